/* Limits as text, for the loader and for people. Pure functions. */
#ifndef SANZHI_LAW_LIMIT_H
#define SANZHI_LAW_LIMIT_H

#include "law/calendar.h"

#define LIMIT_FORMS "数字加单位，如 7wd（工作日）、30d（日）、24h（小时）、3m（月）、2y（年），或者 at once（立即）"

/* "5 wd", "30d", "24 h", "3 m", "2 y", "at once"; false where it is none. */
bool limit_read(const char *text, struct law_limit *out);
/* "01-31"; false where no common year has that date. */
bool limit_month_day(const char *text, int *month, int *mday);
/* As it is written ("5 wd", "by 01-31"); law_limit_parse reads it again. */
const char *limit_write(const struct law_limit *limit, struct arena *arena);
/* In Chinese ("5个工作日"). */
const char *limit_zh(const struct law_limit *limit, struct arena *arena);
/* About how many hours, to compare limits that count from one moment (a working day taken as 1.4 days). */
int64_t limit_weight(const struct law_limit *limit);

#endif
