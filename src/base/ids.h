/* Numbers that carry their own check: 统一社会信用代码 and 居民身份号码. Pure functions. */
#ifndef SANZHI_BASE_IDS_H
#define SANZHI_BASE_IDS_H

#include <stdbool.h>

#include "base/civil.h"

/* GB 32100-2015: 18 characters of the 31-character set with a right check character. Lower case is not accepted. */
bool uscc_valid(const char *text);
/* The check character of the first 17 characters, or 0 where one of them is not of the set. */
char uscc_check(const char *first17);

/* GB 11643-1999: 18 characters, a real date of birth, a right check character ('X' upper case). */
bool id_number_valid(const char *text);
/* Date of birth and sex (0 female, 1 male) of a valid number. */
day_t id_number_birth(const char *text);
int id_number_sex(const char *text);

#endif
