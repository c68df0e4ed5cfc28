/* Conditions against a stream's state and an act. */
#include "law/eval.h"

#include "base/text.h"

static enum answer all_hold(struct eval *e, const struct cond *first)
{
	enum answer all = ANSWER_YES;
	for (; first != NULL && all != ANSWER_NO; first = first->next) {
		enum answer one = cond_eval(e, first);
		all = one < all ? one : all;
	}
	return all;
}

static enum answer any_holds(struct eval *e, const struct cond *first)
{
	enum answer any = ANSWER_NO;
	for (; first != NULL && any != ANSWER_YES; first = first->next) {
		enum answer one = cond_eval(e, first);
		any = one > any ? one : any;
	}
	return any;
}

/* --- entries ------------------------------------------------------------------------------------------------------- */

static const json_t *newest(struct eval *e, const struct kind *kind)
{
	const json_t *list = entries_of(e, kind);
	size_t count = json_array_size(list);
	return count == 0 ? NULL : json_array_get(list, count - 1);
}

static enum answer lines_hold(struct eval *e, const struct cond *lines, const json_t *entry)
{
	const json_t *before = e->entry;
	e->entry = entry;
	enum answer out = all_hold(e, lines);
	e->entry = before;
	return out;
}

/* The number after which an entry has to stand; -1 where none is there to stand after. */
static int64_t mark_of(struct eval *e, const struct cond *cond)
{
	int64_t mark = -1;
	for (size_t i = 0; i < cond->nafter; i++) {
		const json_t *list = entries_of(e, cond->after[i]);
		for (size_t k = json_array_size(list); k-- > 0;) {
			const json_t *one = json_array_get(list, k);
			if (json_int(one, "n", 0) <= mark)
				break;
			if (lines_hold(e, cond->after_with, one) != ANSWER_NO)
				mark = json_int(one, "n", 0);
		}
	}
	return mark;
}

/* Only the newest of all the kinds named is looked at. */
static enum answer latest_holds(struct eval *e, const struct cond *cond, int64_t after)
{
	const json_t *best = NULL;
	for (size_t i = 0; i < cond->nkinds; i++) {
		const json_t *one = newest(e, cond->kinds[i]);
		if (one != NULL && (best == NULL || json_int(one, "n", 0) > json_int(best, "n", 0)))
			best = one;
	}
	if (best == NULL)
		return e->absent_maybe ? ANSWER_MAYBE : ANSWER_NO;
	if (json_int(best, "n", 0) <= after || cond->at_least > 1)
		return ANSWER_NO;
	return lines_hold(e, cond->first, best);
}

static enum answer entry_holds(struct eval *e, const struct cond *cond)
{
	int64_t after = mark_of(e, cond);
	if (cond->latest)
		return latest_holds(e, cond, after);
	int sure = 0, possible = 0;
	for (size_t i = 0; i < cond->nkinds; i++) {
		const json_t *list = entries_of(e, cond->kinds[i]);
		for (size_t k = json_array_size(list); k-- > 0;) {
			const json_t *one = json_array_get(list, k);
			if (json_int(one, "n", 0) <= after)
				break;
			enum answer answer = lines_hold(e, cond->first, one);
			sure += answer == ANSWER_YES;
			possible += answer != ANSWER_NO;
			if (sure >= cond->at_least)
				return ANSWER_YES;
		}
	}
	return possible >= cond->at_least || e->absent_maybe ? ANSWER_MAYBE : ANSWER_NO;
}

static enum answer different_hand(struct eval *e, const struct cond *cond)
{
	if (e->by == NULL)
		return ANSWER_MAYBE;
	for (size_t i = 0; i < cond->nkinds; i++) {
		const json_t *one = newest(e, cond->kinds[i]);
		if (one != NULL && text_eq(json_str(one, "by"), e->by))
			return ANSWER_NO;
	}
	return ANSWER_YES;
}

/* --- officers ------------------------------------------------------------------------------------------------------ */

static bool lists(const json_t *array, const char *word)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (text_eq(json_string_value(json_array_get(array, i)), word))
			return true;
	return false;
}

static bool covers(const json_t *areas, const char *area)
{
	for (size_t i = 0; i < json_array_size(areas); i++)
		if (area_within(area, json_string_value(json_array_get(areas, i))))
			return true;
	return false;
}

static bool within_dates(const json_t *officer, day_t day)
{
	const char *from = json_str(officer, "valid-from"), *to = json_str(officer, "valid-to");
	day_t first, last;
	if (from != NULL && (!day_parse(from, strlen(from), &first) || day < first))
		return false;
	return to != NULL && day_parse(to, strlen(to), &last) && day <= last;
}

static bool is_qualified(const struct eval *e, const json_t *officer)
{
	const char *act = json_string_value(eval_act(e)), *area = json_str(e->facts, "area");
	if (!json_is_object(officer) || !text_eq(json_str(officer, "status"), "有效") || !within_dates(officer, instant_day(e->at)))
		return false;
	if (act != NULL && !lists(json_object_get(officer, "kinds"), act))
		return false;
	return area == NULL || covers(json_object_get(officer, "areas"), area);
}

int qualified_count(const struct eval *e, const json_t *officers)
{
	if (json_is_object(officers))
		return is_qualified(e, officers);
	int count = 0;
	for (size_t i = 0; i < json_array_size(officers); i++) {
		const json_t *one = json_array_get(officers, i);
		bool twice = false; /* one person named twice is one person */
		for (size_t k = 0; k < i && !twice; k++)
			twice = text_eq(json_str(json_array_get(officers, k), "id"), json_str(one, "id"));
		count += !twice && is_qualified(e, one);
	}
	return count;
}

static enum answer qualified(struct eval *e, const struct cond *cond)
{
	bool unknown = false;
	const json_t *officers = path_get(e, cond->path, &unknown);
	if (unknown)
		return ANSWER_MAYBE;
	return qualified_count(e, officers) >= cond->at_least ? ANSWER_YES : ANSWER_NO;
}

/* --- time ---------------------------------------------------------------------------------------------------------- */

static bool needs_year(struct eval *e, int rc, instant_t a, instant_t b)
{
	if (rc == 0)
		return false;
	int first, last, month, mday;
	day_to_ymd(instant_day(a < b ? a : b), &first, &month, &mday);
	day_to_ymd(instant_day(a < b ? b : a), &last, &month, &mday);
	while (first < last && calendar_has_year(e->law->calendar, first))
		first++;
	e->missing_year = first;
	return true;
}

/* How the time from a to b stands to the limit: -1 shorter, 0 equal, 1 longer. Days are whole: the first is not counted. */
static bool compare_elapsed(struct eval *e, const struct law_limit *limit, instant_t a, instant_t b, int *out)
{
	day_t first = instant_day(a), last = instant_day(b);
	int64_t have, want = limit->count;
	switch (limit->unit) {
	case LIMIT_HOURS:
		have = b - a;
		want *= INSTANT_HOUR;
		break;
	case LIMIT_WORKING_DAYS: {
		int days = 0;
		struct arena *own = arena_new();
		struct err ignored;
		err_init(&ignored, own);
		int rc = calendar_working_between(e->law->calendar, a, b, &days, &ignored);
		arena_free(own);
		if (needs_year(e, rc, a, b))
			return false;
		have = days;
		break;
	}
	case LIMIT_MONTHS:
	case LIMIT_YEARS:
		have = last;
		want = day_add_months(first, limit->count * (limit->unit == LIMIT_YEARS ? 12 : 1));
		break;
	default: have = last - first; break;
	}
	*out = (have > want) - (have < want);
	return true;
}

/* Whether b is still within the limit. One in days that ends on a day off runs on to the next working day; one in working days is over with the last of them, though
 * the count stays the same through the days off that follow. */
static bool in_time(struct eval *e, const struct law_limit *limit, instant_t a, instant_t b, int sign)
{
	if (sign < 0 || (limit->unit != LIMIT_DAYS && limit->unit != LIMIT_WORKING_DAYS))
		return sign <= 0;
	struct arena *own = arena_new();
	struct err ignored;
	instant_t due;
	err_init(&ignored, own);
	bool kept = calendar_due(e->law->calendar, limit, a, NULL, 0, &due, &ignored) == 0 && b <= due;
	arena_free(own);
	return kept;
}

static enum answer elapsed(struct eval *e, const struct cond *cond)
{
	bool unknown = false;
	instant_t since, until = e->at;
	if (cond->nkinds > 0) {
		const json_t *entry = newest(e, cond->kinds[0]);
		if (entry == NULL)
			return e->absent_maybe ? ANSWER_MAYBE : ANSWER_NO;
		since = json_int(entry, "at", 0);
	} else if (!value_instant(path_get(e, cond->path, &unknown), &since)) {
		return unknown ? ANSWER_MAYBE : ANSWER_NO;
	}
	if (cond->until != NULL && !value_instant(path_get(e, cond->until, &unknown), &until))
		return unknown ? ANSWER_MAYBE : ANSWER_NO;
	int sign;
	if (!compare_elapsed(e, &cond->limit, since, until, &sign))
		return ANSWER_NO;
	bool yes;
	switch (cond->bound) {
	case TEST_AT_LEAST: yes = sign >= 0; break;
	case TEST_ABOVE: yes = sign > 0; break;
	case TEST_BELOW: yes = sign < 0; break;
	default: yes = in_time(e, &cond->limit, since, until, sign); break;
	}
	return yes ? ANSWER_YES : ANSWER_NO;
}

static bool in_working_time(struct eval *e, const struct cond *cond, const json_t *value)
{
	instant_t at;
	bool working = false;
	if (!value_instant(value, &at))
		return false;
	struct arena *own = arena_new();
	struct err ignored;
	err_init(&ignored, own);
	int rc = calendar_is_working(e->law->calendar, instant_day(at), &working, NULL, &ignored);
	arena_free(own);
	if (needs_year(e, rc, at, at) || !working)
		return false;
	int64_t of_day = at - day_start(instant_day(at));
	return of_day >= cond->day_from && of_day <= cond->day_until;
}

static enum answer working_time(struct eval *e, const struct cond *cond)
{
	bool unknown = false;
	const json_t *value = path_get(e, cond->path, &unknown);
	if (unknown)
		return ANSWER_MAYBE;
	if (json_is_object(value))
		return in_working_time(e, cond, json_object_get(value, "from")) && in_working_time(e, cond, json_object_get(value, "to")) ? ANSWER_YES : ANSWER_NO;
	return in_working_time(e, cond, value) ? ANSWER_YES : ANSWER_NO;
}

/* --- all together -------------------------------------------------------------------------------------------------- */

static enum answer test_holds(struct eval *e, const struct cond *cond)
{
	bool unknown = false;
	if (cond->path->root == PATH_BY && cond->path->parts[0][0] == 'i') { /* by.id */
		if (e->by == NULL)
			return ANSWER_MAYBE;
		json_t *id = json_string(e->by);
		enum answer out = test_eval(e, cond->test, id);
		json_decref(id);
		return out;
	}
	const json_t *value = path_get(e, cond->path, &unknown);
	return unknown ? ANSWER_MAYBE : test_eval(e, cond->test, value);
}

static enum answer find_answer(struct eval *e, const struct cond *cond)
{
	switch (cond->op) {
	case COND_ALL: return all_hold(e, cond->first);
	case COND_ANY: return any_holds(e, cond->first);
	case COND_NOT: return (enum answer)(ANSWER_YES - all_hold(e, cond->first));
	case COND_ENTRY: return entry_holds(e, cond);
	case COND_DIFFERENT_HAND: return different_hand(e, cond);
	case COND_QUALIFIED: return qualified(e, cond);
	case COND_ELAPSED: return elapsed(e, cond);
	case COND_WORKING_TIME: return working_time(e, cond);
	case COND_TEST: return test_holds(e, cond);
	}
	return ANSWER_NO;
}

enum answer cond_eval(struct eval *e, const struct cond *cond)
{
	if (cond == NULL)
		return ANSWER_YES;
	if (cond->memo == 0)
		return find_answer(e, cond);
	uint8_t *kept = &e->answers[cond->memo];
	if (*kept == 0)
		*kept = (uint8_t)(1 + find_answer(e, cond));
	return (enum answer)(*kept - 1);
}

bool major_eval(struct eval *e, json_t *by)
{
	const char *act = json_string_value(eval_act(e));
	bool any = false;
	for (size_t i = 0; i < e->law->major.count; i++) {
		const struct major *major = e->law->major.items[i];
		if (!scope_binds(e->scope, major->rule.instrument) || (major->acts.count > 0 && !words_has(&major->acts, act)))
			continue;
		if (cond_eval(e, major->when) != ANSWER_YES)
			continue;
		any = true;
		if (by == NULL)
			break;
		bool there = lists(by, major->rule.clause);
		if (!there)
			json_push_str(by, major->rule.clause);
	}
	return any;
}
