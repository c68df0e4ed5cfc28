/* The parts of the tests of src/base; each gives how many of its tests failed. */
#ifndef SANZHI_TESTS_BASE_SUITES_H
#define SANZHI_TESTS_BASE_SUITES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int test_text(void);
int test_civil(void);
int test_json(void);

#endif
