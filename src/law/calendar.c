/* The arithmetic of limits. One walk over the days serves both the answer and its explanation. */
#include "law/calendar_impl.h"

#include "law/limit.h"

static struct calendar_year *year_at(const struct calendar *calendar, int year)
{
	return year < CALENDAR_FIRST || year >= CALENDAR_FIRST + CALENDAR_YEARS ? NULL : calendar->years[year - CALENDAR_FIRST];
}

bool calendar_has_year(const struct calendar *calendar, int year)
{
	return year_at(calendar, year) != NULL;
}

int calendar_first_year(const struct calendar *calendar)
{
	return calendar->first;
}

int calendar_last_year(const struct calendar *calendar)
{
	return calendar->last;
}

static int missing_year(int year, struct err *err)
{
	struct diag *diag = err_diag(err, "calendar", "没有 %d 年的工作日历", year);
	diag->why = "国务院办公厅公布的该年节假日安排";
	diag->mend = "公布后用 sanzhi calendar load 载入";
	return ERR(err, ERR_INVALID, "没有 %d 年的工作日历，不能计算期限；该年节假日安排公布后，用 sanzhi calendar load 载入", year);
}

int calendar_is_working(const struct calendar *calendar, day_t day, bool *working, const char **why, struct err *err)
{
	int year, month, mday;
	day_to_ymd(day, &year, &month, &mday);
	const struct calendar_year *found = year_at(calendar, year);
	if (found == NULL)
		return missing_year(year, err);
	*working = found->working[day - found->first];
	if (why != NULL)
		*why = found->why[day - found->first];
	return 0;
}

/* --- counting ------------------------------------------------------------------------------------------------------ */

enum step { STEP_START, STEP_COUNTED, STEP_OFF, STEP_PAUSED, STEP_ROLLED };

struct walk {
	const struct calendar *calendar;
	const instant_t (*paused)[2];
	size_t npaused;
	bool lenient; /* a year without a calendar is walked as if every day were worked; its number goes to `missing` */
	int missing;
	struct arena *arena; /* NULL: nobody wants the days */
	json_t *days;
};

static void note(struct walk *w, day_t day, enum step step, int number, const char *why)
{
	static const char *const weekdays[] = {"周日", "周一", "周二", "周三", "周四", "周五", "周六"};
	if (w->days == NULL)
		return;
	const char *text = "";
	switch (step) {
	case STEP_START: text = "当日不计算在内"; break;
	case STEP_COUNTED: text = why == NULL ? arena_printf(w->arena, "第%d天", number) : arena_printf(w->arena, "第%d天（%s调休上班）", number, why); break;
	case STEP_OFF: text = why == NULL ? "周末，不计算" : arena_printf(w->arena, "%s放假，不计算", why); break;
	case STEP_PAUSED: text = "期间中止，不计算"; break;
	case STEP_ROLLED: text = why == NULL ? "最后一日是周末，顺延" : arena_printf(w->arena, "最后一日是%s假期，顺延", why); break;
	}
	json_t *one = json_object();
	json_put_str(one, "day", day_format(w->arena, day));
	json_put_str(one, "weekday", weekdays[day_weekday(day)]);
	json_put_bool(one, "counted", step == STEP_COUNTED);
	if (step == STEP_COUNTED)
		json_put_int(one, "number", number);
	json_put_str(one, "why", text);
	json_push(w->days, one);
}

static int day_at(struct walk *w, day_t day, bool *working, const char **why, struct err *err)
{
	int year, month, mday;
	day_to_ymd(day, &year, &month, &mday);
	if (!w->lenient || calendar_has_year(w->calendar, year))
		return calendar_is_working(w->calendar, day, working, why, err);
	if (w->missing == 0)
		w->missing = year;
	*working = true;
	*why = NULL;
	return 0;
}

/* As with limits, the day on which the pause begins is not counted to it, and its last day is. One that
 * has not ended yet (INSTANT_NONE) cannot be counted. */
static bool is_paused(const struct walk *w, day_t day)
{
	for (size_t i = 0; i < w->npaused; i++)
		if (w->paused[i][1] != INSTANT_NONE && instant_day(w->paused[i][0]) < day && instant_day(w->paused[i][1]) >= day)
			return true;
	return false;
}

/* To the next working day when `day` is off. */
static int roll(struct walk *w, day_t *day, struct err *err)
{
	for (;;) {
		bool working;
		const char *why;
		int rc = day_at(w, *day, &working, &why, err);
		if (rc != 0)
			return rc;
		if (working && !is_paused(w, *day))
			return 0;
		note(w, *day, working ? STEP_PAUSED : STEP_ROLLED, 0, why);
		++*day;
	}
}

static int count_working(struct walk *w, day_t *day, int count, int step, struct err *err)
{
	for (int number = 0; number < count;) {
		bool working;
		const char *why;
		*day += step;
		int rc = day_at(w, *day, &working, &why, err);
		if (rc != 0)
			return rc;
		if (is_paused(w, *day)) {
			note(w, *day, STEP_PAUSED, 0, NULL);
		} else if (working) {
			number++;
			note(w, *day, STEP_COUNTED, number, why);
		} else {
			note(w, *day, STEP_OFF, 0, why);
		}
	}
	return 0;
}

static int count_days(struct walk *w, day_t *day, int count, struct err *err)
{
	for (int number = 0; number < count;) {
		++*day;
		if (is_paused(w, *day)) {
			note(w, *day, STEP_PAUSED, 0, NULL);
			continue;
		}
		number++;
		note(w, *day, STEP_COUNTED, number, NULL);
	}
	return roll(w, day, err);
}

/* Months and years run as a whole; the days paused within are added at the end. */
static int count_months(struct walk *w, day_t *day, int months, struct err *err)
{
	day_t start = *day, end = day_add_months(start, months);
	for (day_t one = start + 1; one <= end; one++)
		if (w->npaused > 0 && is_paused(w, one) && end - start < 40000)
			end++;
	*day = end;
	note(w, end, STEP_COUNTED, end - start, NULL);
	return roll(w, day, err);
}

static day_t date_of(int year, int month, int mday)
{
	day_t day;
	BUG_ON(!day_from_ymd(year, month, mday, &day)); /* the loader took only dates of every year */
	return day;
}

static int find_last_day(struct walk *w, const struct law_limit *limit, day_t *day, struct err *err)
{
	int year, month, mday;
	day_to_ymd(*day, &year, &month, &mday);
	if (limit->before) {
		if (limit->unit == LIMIT_WORKING_DAYS)
			return count_working(w, day, limit->count, -1, err);
		*day = limit->unit == LIMIT_MONTHS ? day_add_months(*day, -limit->count)
		       : limit->unit == LIMIT_YEARS ? day_add_months(*day, -limit->count * 12) : *day - limit->count;
		note(w, *day, STEP_COUNTED, limit->count, NULL);
		return 0;
	}
	switch (limit->unit) {
	case LIMIT_WORKING_DAYS: return count_working(w, day, limit->count, 1, err);
	case LIMIT_DAYS: return count_days(w, day, limit->count, err);
	case LIMIT_MONTHS: return count_months(w, day, limit->count, err);
	case LIMIT_YEARS: return count_months(w, day, limit->count * 12, err);
	case LIMIT_BY_DATE: *day = date_of(year + 1, limit->month, limit->mday); break;
	case LIMIT_BY_HALF_YEAR:
		*day = month <= 6 ? date_of(year, limit->month, limit->mday) : date_of(year + 1, limit->month2, limit->mday2);
		break;
	case LIMIT_HOURS:
	case LIMIT_AT_ONCE: return 0;
	}
	note(w, *day, STEP_COUNTED, 1, NULL);
	return 0;
}

static instant_t hours_due(const struct law_limit *limit, instant_t from, const instant_t (*paused)[2], size_t npaused)
{
	instant_t due = from + (limit->before ? -1 : 1) * limit->count * INSTANT_HOUR;
	for (size_t i = 0; i < npaused && !limit->before; i++)
		if (paused[i][1] != INSTANT_NONE && paused[i][0] <= due && paused[i][1] > from)
			due += paused[i][1] - (paused[i][0] > from ? paused[i][0] : from);
	return due;
}

static int run(struct walk *w, const struct law_limit *limit, instant_t from, instant_t *due_out, struct err *err)
{
	if (limit->unit == LIMIT_HOURS) {
		*due_out = hours_due(limit, from, w->paused, w->npaused);
		return 0;
	}
	day_t day = instant_day(from);
	note(w, day, STEP_START, 0, NULL);
	int rc = find_last_day(w, limit, &day, err);
	*due_out = rc == 0 ? day_end(day) : 0;
	return rc;
}

int calendar_due(const struct calendar *calendar, const struct law_limit *limit, instant_t from, const instant_t (*paused)[2], size_t npaused,
                 instant_t *due_out, struct err *err)
{
	struct walk w = {.calendar = calendar, .paused = paused, .npaused = npaused};
	return run(&w, limit, from, due_out, err);
}

int calendar_due_floor(const struct calendar *calendar, const struct law_limit *limit, instant_t from, const instant_t (*paused)[2], size_t npaused,
                       instant_t *due_out, int *missing_out, struct err *err)
{
	struct walk w = {.calendar = calendar, .paused = paused, .npaused = npaused, .lenient = true};
	int rc = run(&w, limit, from, due_out, err);
	*missing_out = w.missing;
	return rc;
}

int calendar_explain(const struct calendar *calendar, const struct law_limit *limit, instant_t from, const instant_t (*paused)[2], size_t npaused,
                     struct arena *arena, json_t **out, struct err *err)
{
	struct walk w = {.calendar = calendar, .paused = paused, .npaused = npaused, .arena = arena, .days = json_tie(arena, json_array())};
	instant_t due;
	int rc = run(&w, limit, from, &due, err);
	*out = w.days;
	if (rc != 0)
		return rc;
	if (limit->unit == LIMIT_HOURS || limit->unit == LIMIT_AT_ONCE) {
		json_t *one = json_array_size(w.days) > 0 ? json_array_get(w.days, 0) : json_object();
		if (json_array_size(w.days) == 0)
			json_push(w.days, one);
		json_put_str(one, "day", day_format(arena, instant_day(due)));
		json_put_bool(one, "counted", true);
		json_put_str(one, "why", limit->unit == LIMIT_AT_ONCE ? "立即办理，当日有效"
		             : arena_printf(arena, "从 %s 起%s%d小时，到 %s 止", instant_format_zh(arena, from), limit->before ? "往回" : "", limit->count, instant_format_zh(arena, due)));
	}
	return 0;
}

int calendar_working_between(const struct calendar *calendar, instant_t a, instant_t b, int *out, struct err *err)
{
	day_t first = instant_day(a), last = instant_day(b);
	bool back = last < first;
	if (back) {
		day_t swap = first;
		first = last;
		last = swap;
	}
	int count = 0;
	for (day_t day = first + 1; day <= last; day++) {
		bool working;
		int rc = calendar_is_working(calendar, day, &working, NULL, err);
		if (rc != 0)
			return rc;
		count += working;
	}
	*out = back ? -count : count;
	return 0;
}
