/*
 * The official calendar: which days are working days (工作日), make-up weekends included, and the arithmetic of limits.
 * Rules: the day something happens is not counted; a limit in working days ends with the end of its last counted day; a limit in
 * calendar days, months or years whose last day is a day off rolls to the next working day; hours run from the instant.
 * Source: the State Council's yearly notices (rulebook/calendar). A year without one is a plain error, never a guess.
 */
#ifndef SANZHI_LAW_CALENDAR_H
#define SANZHI_LAW_CALENDAR_H

#include "base/json.h"

struct calendar;

/* Reads every YYYY.tsv of a directory. Diagnostics as law_load. Tied to the arena. */
int calendar_load(const char *dir, struct arena *arena, struct calendar **out, struct err *err) MUST_USE;
/* Checks one year's file (right year, no day twice, holidays and make-up days plausible) and says how many days it holds. */
int calendar_check_file(const char *path, struct arena *arena, int *year_out, int *holidays_out, int *workdays_out, struct err *err) MUST_USE;

bool calendar_has_year(const struct calendar *calendar, int year);
int calendar_first_year(const struct calendar *calendar);
int calendar_last_year(const struct calendar *calendar);
/* Whether a day is worked, and why ("春节" …, NULL on plain days). ERR_INVALID for a year without a calendar. */
int calendar_is_working(const struct calendar *calendar, day_t day, bool *working, const char **why, struct err *err) MUST_USE;

enum law_unit { LIMIT_WORKING_DAYS, LIMIT_DAYS, LIMIT_HOURS, LIMIT_MONTHS, LIMIT_YEARS, LIMIT_AT_ONCE, LIMIT_BY_DATE, LIMIT_BY_HALF_YEAR };
struct law_limit {
	enum law_unit unit;
	int count;            /* of the unit */
	int month, mday;      /* LIMIT_BY_DATE: in the year after `from` */
	int month2, mday2;    /* LIMIT_BY_HALF_YEAR: month/mday for the first half (same year), month2/mday2 for the second (next year) */
	bool before;          /* counts back from `from` */
};

/* The last moment at which the limit is met, counting from `from`. Days from..to in `paused` (pairs of instants, `npaused` of them) do not count. */
int calendar_due(const struct calendar *calendar, const struct law_limit *limit, instant_t from, const instant_t (*paused)[2], size_t npaused,
                 instant_t *due_out, struct err *err) MUST_USE;
/* The same where a year may have no calendar yet: the earliest that the last moment can be, with the first such year (0: none was needed, the moment is
 * exact). A stream must not stop every November because the next year's notice is not out; what is only a floor is marked as one. */
int calendar_due_floor(const struct calendar *calendar, const struct law_limit *limit, instant_t from, const instant_t (*paused)[2], size_t npaused,
                       instant_t *due_out, int *missing_out, struct err *err) MUST_USE;
/* The same as calendar_due, day by day: [{day, weekday, counted, number, why}] in words an officer understands. */
int calendar_explain(const struct calendar *calendar, const struct law_limit *limit, instant_t from, const instant_t (*paused)[2], size_t npaused,
                     struct arena *arena, json_t **out, struct err *err) MUST_USE;
/* Working days after a's day up to and including b's day (negative when b is earlier). */
int calendar_working_between(const struct calendar *calendar, instant_t a, instant_t b, int *out, struct err *err) MUST_USE;

#endif
