/*
 * Time. An instant is microseconds since 1970-01-01T00:00:00Z. A day is a whole number: days since 1970-01-01 in
 * Asia/Shanghai, which has been UTC+8 without summer time since 1991-09-15; the program keeps no earlier instants.
 */
#ifndef SANZHI_BASE_CIVIL_H
#define SANZHI_BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

typedef int64_t instant_t; /* microseconds, UTC */
typedef int32_t day_t;     /* days since 1970-01-01, Shanghai */

#define INSTANT_SECOND INT64_C(1000000)
#define INSTANT_MINUTE (60 * INSTANT_SECOND)
#define INSTANT_HOUR (3600 * INSTANT_SECOND)
#define INSTANT_DAY (24 * INSTANT_HOUR)
#define DAY_NONE INT32_MIN
#define INSTANT_NONE INT64_MIN

/* A clock, so that scenarios and tests run under their own time. */
struct clock {
	instant_t (*now)(void *context);
	void *context;
};
/* The system's clock. */
struct clock clock_system(void);
static inline instant_t clock_now(const struct clock *clock) { return clock->now(clock->context); }

bool day_from_ymd(int year, int month, int day, day_t *out); /* false where there is no such day; years 1900–2999 */
void day_to_ymd(day_t day, int *year, int *month, int *mday);
int day_weekday(day_t day);                                  /* 0 Sunday … 6 Saturday */
bool day_parse(const char *text, size_t len, day_t *out);    /* "2026-02-10" */
char *day_format(struct arena *arena, day_t day);            /* "2026-02-10" */
char *day_format_zh(struct arena *arena, day_t day);         /* "2026年2月10日" */
/* The same day of the month `months` later, or the month's last day where it has none. */
day_t day_add_months(day_t day, int months);

day_t instant_day(instant_t at);   /* the Shanghai day it falls on */
instant_t day_start(day_t day);    /* 00:00 Shanghai */
instant_t day_end(day_t day);      /* the last microsecond of the day */
/* RFC 3339 with any offset, fraction optional; also "2026-02-10T09:00" and "2026-02-10 09:00[:00]" as Shanghai time. */
bool instant_parse(const char *text, size_t len, instant_t *out);
char *instant_format(struct arena *arena, instant_t at);     /* "2026-02-10T09:00:00+08:00", fraction only where there is one */
char *instant_format_zh(struct arena *arena, instant_t at);  /* "2026年2月10日 09:00" */

#endif
