/* A bed for tests of the store: a fresh database on either engine, with the tests' own statements. */
#ifndef SANZHI_TESTS_BED_H
#define SANZHI_TESTS_BED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/db_test.h"
#include "test_sql_ids.h"

extern const struct sql_list test_sql_list;

struct bed {
	enum db_engine engine;
	const char *folder;  /* of the group: temporary */
	const char *url;     /* of the group's server */
	unsigned databases;  /* made so far */
	/* Of the running test: */
	struct arena *arena;
	struct err err;
	struct db_options options;
	struct db *db;
};

/* The group: a folder, and for PostgreSQL a server. False where PostgreSQL is not installed. */
bool bed_start(struct bed *bed, enum db_engine engine);
void bed_stop(struct bed *bed);
/* PostgreSQL: the server killed as by a crash, and started again in the same place. */
void bed_kill_server(struct bed *bed);
void bed_revive_server(struct bed *bed);
/* PostgreSQL: the server stands still, or goes on. */
void bed_freeze_server(struct bed *bed, bool freeze);

/* cmocka's setup and teardown of one test; state is a bed. The database is fresh and migrated. */
int bed_set_up(void **state);
int bed_tear_down(void **state);
/* A fresh, empty database's options. */
void bed_fresh(struct bed *bed, struct db_options *out);

/* A connection of the running test's database; db_release gives it back. */
struct db_conn *acquire(struct bed *bed, enum db_mode mode);

/* Asserts that rc says success, printing what stands in err where it does not. */
void bed_ok(struct bed *bed, int rc, const char *file, int line);
#define OK(bed, call) bed_ok((bed), (call), __FILE__, __LINE__)
#define FAILS(bed, want, call)                                                                                         \
	do {                                                                                                           \
		err_clear(&(bed)->err);                                                                                \
		assert_string_equal(err_word((enum err_code)-(call)), err_word(want));                                 \
		assert_string_equal(err_word((bed)->err.code), err_word(want));                                        \
	} while (0)

/* The test's own statements under the program's type. */
#define T(name) ((enum sql_id)TEST_##name)

/* In test_search.c. */
void test_variants(void **state);
void test_tidy(void **state);

#endif
