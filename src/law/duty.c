/*
 * Duties in the state. Several rules may speak on one topic of one occurrence: they make one duty, whose own members are those of the rule that
 * governs, the others standing under `also`. Each rule's part is opened, met, paused and extended by its own words.
 */
#include "law/duty.h"

#include "base/text.h"
#include "law/limit.h"

static const char *const part_keys[] = {"rule", "clause", "clauses", "title", "who", "from", "due", "limit", "state", "met_by", "met_at", "extended", "pauses", "suspended",
                                        "provisional", "deemed", "ground", "of", NULL};

static bool is_standing(const json_t *part)
{
	const char *state = json_str(part, "state");
	return text_eq(state, "open") || text_eq(state, "suspended");
}

/* --- due dates ----------------------------------------------------------------------------------------------------- */

static size_t closed_pauses(const json_t *part, struct arena *arena, const instant_t (**out)[2])
{
	const json_t *pauses = json_object_get(part, "pauses");
	size_t count = 0, total = json_array_size(pauses);
	instant_t(*all)[2] = (instant_t(*)[2])arena_array(arena, total, sizeof(*all));
	for (size_t i = 0; i < total; i++) {
		const json_t *pause = json_array_get(pauses, i);
		if (!json_is_integer(json_array_get(pause, 1)))
			continue;
		all[count][0] = json_integer_value(json_array_get(pause, 0));
		all[count++][1] = json_integer_value(json_array_get(pause, 1));
	}
	*out = (const instant_t(*)[2])all;
	return count;
}

/* Extensions in the limit's own unit lengthen it; others begin where it ends; one until a day never shortens it. */
static int due_of(struct folding *f, const struct duty *duty, json_t *part)
{
	const instant_t(*pauses)[2];
	size_t npauses = closed_pauses(part, f->arena, &pauses);
	struct law_limit limit = duty->limit;
	const json_t *extended = json_object_get(part, "extended");
	instant_t from = json_int(part, "from", 0), due;
	int missing, missing_later = 0;
	for (size_t i = 0; i < json_array_size(extended); i++) {
		struct law_limit by;
		const char *text = json_str(json_array_get(extended, i), "by");
		if (text != NULL && limit_read(text, &by) && by.unit == limit.unit && !limit.before)
			limit.count += by.count;
	}
	int rc = calendar_due_floor(f->scope->law->calendar, &limit, from, pauses, npauses, &due, &missing, f->err);
	for (size_t i = 0; rc == 0 && i < json_array_size(extended); i++) {
		struct law_limit by;
		const char *text = json_str(json_array_get(extended, i), "by");
		if (text != NULL && limit_read(text, &by) && by.unit != limit.unit) {
			rc = calendar_due_floor(f->scope->law->calendar, &by, due, pauses, npauses, &due, &missing_later, f->err);
			missing = missing == 0 ? missing_later : missing;
		}
	}
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < json_array_size(extended); i++) {
		instant_t until = json_int(json_array_get(extended, i), "until", 0);
		if (until > due) {
			due = until;
			missing = 0;
		}
	}
	json_put_int(part, "due", due);
	if (missing != 0)
		json_put_int(part, "provisional", missing);
	else
		(void)json_object_del(part, "provisional");
	return 0;
}

/* --- who governs --------------------------------------------------------------------------------------------------- */

/* Standing before met, met late before met in time, excused last; among equals the earlier due. */
static int weight_of(const json_t *part)
{
	if (is_standing(part))
		return 0;
	if (text_eq(json_str(part, "state"), "excused"))
		return 3;
	return json_int(part, "met_at", 0) > json_int(part, "due", 0) ? 1 : 2;
}

static bool governs_over(const json_t *a, const json_t *b)
{
	int x = weight_of(a), y = weight_of(b);
	return x != y ? x < y : json_int(a, "due", 0) < json_int(b, "due", 0);
}

static void swap_parts(json_t *a, json_t *b)
{
	for (const char *const *key = part_keys; *key != NULL; key++) {
		json_t *x = json_incref(json_object_get(a, *key)), *y = json_incref(json_object_get(b, *key));
		(void)json_object_del(a, *key);
		(void)json_object_del(b, *key);
		json_put(a, *key, y);
		json_put(b, *key, x);
	}
}

static void govern(json_t *duty)
{
	const json_t *also = json_object_get(duty, "also");
	for (size_t i = 0; i < json_array_size(also); i++)
		if (governs_over(json_array_get(also, i), duty))
			swap_parts(duty, json_array_get(also, i));
}

/* --- opening ------------------------------------------------------------------------------------------------------- */

/* What the duty's `each` names in the entry that is being taken in; NULL where it names nothing. */
static const char *value_of(struct eval *e, const struct duty *duty)
{
	bool unknown = false;
	return duty->each_of == NULL ? NULL : json_string_value(path_get(e, duty->each_of, &unknown));
}

static bool is_this_standing(const json_t *part, const struct duty *duty, const char *of)
{
	return text_eq(json_str(part, "rule"), duty->rule.full) && is_standing(part) && text_eq(json_str(part, "of"), of);
}

static bool stands_already(const struct folding *f, const struct duty *duty, const char *of)
{
	for (size_t i = 0; i < json_array_size(f->duties); i++) {
		const json_t *one = json_array_get(f->duties, i), *also = json_object_get(one, "also");
		if (is_this_standing(one, duty, of))
			return true;
		for (size_t k = 0; k < json_array_size(also); k++)
			if (is_this_standing(json_array_get(also, k), duty, of))
				return true;
	}
	return false;
}

/* The newest number among the entries of these kinds, or -1. */
static int64_t newest_of(struct eval *e, const struct kinds *kinds)
{
	int64_t newest = -1;
	for (size_t i = 0; i < kinds->count; i++) {
		const json_t *list = entries_of(e, kinds->items[i]);
		int64_t n = json_int(json_array_get(list, json_array_size(list) - 1), "n", -1);
		newest = json_array_size(list) > 0 && n > newest ? n : newest;
	}
	return newest;
}

static void pause(json_t *part, instant_t at)
{
	json_t *pauses = json_object_get(part, "pauses");
	if (pauses == NULL) {
		pauses = json_array();
		json_put(part, "pauses", pauses);
	}
	json_t *one = json_array();
	json_push(one, json_integer(at));
	json_push(one, json_null());
	json_push(pauses, one);
	json_put_str(part, "state", "suspended");
	json_put_bool(part, "suspended", true);
}

/* Whether the newest of these entries says, where the duty's `matching` looks, which entry's duty it means. */
static bool names_another(struct eval *e, const struct duty *duty, const struct kinds *kinds)
{
	const json_t *best = NULL;
	for (size_t i = 0; i < kinds->count; i++) {
		const json_t *list = entries_of(e, kinds->items[i]), *one = json_array_get(list, json_array_size(list) - 1);
		best = best == NULL || (one != NULL && json_int(one, "n", 0) > json_int(best, "n", 0)) ? one : best;
	}
	return duty->met_matching != NULL && json_is_integer(json_object_get(json_object_get(best, "f"), duty->met_matching->parts[0]));
}

static json_t *new_part(struct folding *f, struct eval *e, const struct duty *duty)
{
	json_t *part = json_object(), *clauses = json_array();
	bool unknown = false;
	instant_t from = f->act->at;
	if (duty->from != NULL && !value_instant(path_get(e, duty->from, &unknown), &from))
		from = f->act->at;
	for (size_t i = 0; i < duty->rule.clauses.count; i++)
		json_push_str(clauses, duty->rule.clauses.items[i]);
	json_put_str(part, "rule", duty->rule.full);
	json_put_str(part, "clause", duty->rule.clause);
	json_put(part, "clauses", clauses);
	json_put_str(part, "title", duty->rule.title);
	json_put_str(part, "who", duty->who);
	json_put_int(part, "from", from);
	json_put_str(part, "limit", duty->limit_text);
	json_put_str(part, "state", "open");
	json_put_str(part, "deemed", duty->deemed);
	json_put_str(part, "ground", duty->ground);
	json_put_str(part, "of", value_of(e, duty));
	/* what stood still already when it was opened; what named another duty is not its own */
	for (const struct suspension *s = duty->suspends; s != NULL; s = s->next) {
		int64_t begun = newest_of(e, &s->from);
		if (begun >= 0 && begun < f->number && !names_another(e, duty, &s->from) && newest_of(e, &s->until) < begun && text_eq(json_str(part, "state"), "open"))
			pause(part, f->act->at);
	}
	return part;
}

static json_t *same_occurrence(const struct folding *f, const struct duty *duty)
{
	for (size_t i = json_array_size(f->duties); i-- > 0;) {
		json_t *one = json_array_get(f->duties, i);
		if (json_int(one, "opened_by", -1) == f->number && text_eq(json_str(one, "topic"), duty->rule.topic))
			return one;
	}
	return NULL;
}

int duty_open(struct folding *f, struct eval *e, const struct duty *duty)
{
	if (!duty->each && stands_already(f, duty, value_of(e, duty)))
		return 0;
	json_t *part = json_tie(f->arena, new_part(f, e, duty));
	int rc = due_of(f, duty, part);
	if (rc != 0)
		return rc;
	if (duty->excused.count == 0 && duty->excused_when != NULL && cond_eval(e, duty->excused_when) == ANSWER_YES)
		json_put_str(part, "state", "excused");
	json_t *same = same_occurrence(f, duty);
	if (same != NULL) {
		json_push(json_object_get(same, "also"), json_incref(part));
		govern(same);
		return 0;
	}
	json_put_str(part, "id", arena_printf(f->arena, "%lld/%s", (long long)f->number, duty->rule.full));
	json_put_str(part, "topic", duty->rule.topic);
	json_put_int(part, "opened_by", f->number);
	json_put_int(part, "opened_at", f->act->at);
	json_put(part, "also", json_array());
	json_push(f->duties, json_incref(part));
	return 0;
}

/* --- what an entry does to standing duties ------------------------------------------------------------------------- */

static bool is_met(struct folding *f, struct eval *e, const struct duty *duty, const char *of, int64_t opened_by)
{
	if (!kinds_has(&duty->met, f->kind) || cond_eval(e, duty->met_when) != ANSWER_YES)
		return false;
	if (duty->met_matching == NULL)
		return true;
	bool unknown = false;
	const json_t *which = path_get(e, duty->met_matching, &unknown);
	if (duty->each_of != NULL)
		return of == NULL || text_eq(json_string_value(which), of); /* opened without a value: met by any */
	if (json_is_integer(which))
		return json_integer_value(which) == opened_by;
	return names_put(&f->used, duty->rule.full, NULL); /* not named: the oldest */
}

static bool is_excused(struct folding *f, struct eval *e, const struct duty *duty)
{
	if (duty->excused.count == 0)
		return duty->excused_when != NULL && cond_eval(e, duty->excused_when) == ANSWER_YES;
	return kinds_has(&duty->excused, f->kind) && cond_eval(e, duty->excused_when) == ANSWER_YES;
}

static void resume(json_t *part, instant_t at)
{
	const json_t *pauses = json_object_get(part, "pauses");
	json_t *last = json_array_get(pauses, json_array_size(pauses) - 1);
	BUG_ON(json_array_set_new(last, 1, json_integer(at)) != 0);
	json_put_str(part, "state", "open");
	(void)json_object_del(part, "suspended");
}

/* Two reasons may stop one duty's time at once: it runs on when the last of them is over. */
static bool is_paused_yet(struct eval *e, const struct duty *duty)
{
	for (const struct suspension *s = duty->suspends; s != NULL; s = s->next) {
		int64_t begun = newest_of(e, &s->from);
		if (s->when == NULL && begun >= 0 && newest_of(e, &s->until) < begun)
			return true;
	}
	return false;
}

static bool touch_pauses(struct folding *f, struct eval *e, const struct duty *duty, json_t *part)
{
	bool changed = false;
	for (const struct suspension *s = duty->suspends; s != NULL; s = s->next) {
		if (text_eq(json_str(part, "state"), "suspended") && kinds_has(&s->until, f->kind) && !is_paused_yet(e, duty)) {
			resume(part, f->act->at);
			changed = true;
		} else if (text_eq(json_str(part, "state"), "open") && kinds_has(&s->from, f->kind) && cond_eval(e, s->when) == ANSWER_YES) {
			pause(part, f->act->at);
		}
	}
	return changed;
}

static bool touch_extensions(struct folding *f, struct eval *e, const struct duty *duty, json_t *part)
{
	bool changed = false;
	for (const struct extension *x = duty->extends; x != NULL; x = x->next) {
		json_t *done = json_object_get(part, "extended");
		if (!kinds_has(&x->on, f->kind) || (x->once && json_array_size(done) > 0) || cond_eval(e, x->when) != ANSWER_YES)
			continue;
		if (done == NULL) {
			done = json_array();
			json_put(part, "extended", done);
		}
		bool unknown = false;
		instant_t until;
		json_t *one = json_object();
		json_put_int(one, "n", f->number);
		if (x->until == NULL)
			json_put_str(one, "by", limit_write(&x->by, f->arena));
		else if (value_instant(path_get(e, x->until, &unknown), &until))
			json_put_int(one, "until", day_end(instant_day(until)));
		json_push(done, one);
		changed = true;
	}
	return changed;
}

/* Whether the entry means the duty that this entry opened: it does, where a duty has no `matching` and where the entry names none. */
static bool concerns(struct eval *e, const struct duty *duty, int64_t opened_by)
{
	bool unknown = false;
	const json_t *which = duty->met_matching == NULL ? NULL : path_get(e, duty->met_matching, &unknown);
	return !json_is_integer(which) || json_integer_value(which) == opened_by;
}

static int touch_part(struct folding *f, struct eval *e, json_t *part, int64_t opened_by)
{
	const struct duty *duty = names_get(&f->scope->law->duties, json_str(part, "rule"));
	if (duty == NULL || !is_standing(part)) /* a rule that left the rulebook keeps its duty as it was */
		return 0;
	bool meant = concerns(e, duty, opened_by), changed = meant && touch_pauses(f, e, duty, part);
	if ((meant && touch_extensions(f, e, duty, part)) || changed || json_object_get(part, "provisional") != NULL) {
		int rc = due_of(f, duty, part);
		if (rc != 0)
			return rc;
	}
	if (is_met(f, e, duty, json_str(part, "of"), opened_by)) {
		json_put_str(part, "state", "met");
		json_put_int(part, "met_by", f->number);
		json_put_int(part, "met_at", f->act->at);
		(void)json_object_del(part, "suspended");
	} else if (is_excused(f, e, duty)) {
		json_put_str(part, "state", "excused");
		json_put_int(part, "met_by", f->number);
		(void)json_object_del(part, "suspended");
	}
	return 0;
}

int duties_touch(struct folding *f, struct eval *e)
{
	for (size_t i = 0; i < json_array_size(f->duties); i++) {
		json_t *duty = json_array_get(f->duties, i), *also = json_object_get(duty, "also");
		int64_t opened_by = json_int(duty, "opened_by", -1);
		int rc = touch_part(f, e, duty, opened_by);
		for (size_t k = 0; rc == 0 && k < json_array_size(also); k++)
			rc = touch_part(f, e, json_array_get(also, k), opened_by);
		if (rc != 0)
			return rc;
		govern(duty);
	}
	return 0;
}

/* --- standing ------------------------------------------------------------------------------------------------------ */

#define AMBER_MOST (30 * INSTANT_DAY) /* of a year's limit a third would be four months */

/* The last third of its time, or its last two working days. */
static bool is_amber(const struct law *law, const json_t *duty, instant_t now)
{
	instant_t due = json_int(duty, "due", 0), from = json_int(duty, "from", 0), opened = json_int(duty, "opened_at", from);
	instant_t start = from < due ? from : opened; /* counted back: its time began when it was opened */
	instant_t third = (due - start) / 3;
	if (due - now <= (third < AMBER_MOST ? third : AMBER_MOST))
		return true;
	if (due - now > 15 * INSTANT_DAY) /* no holiday is so long that only two working days are left in it */
		return false;
	struct arena *own = arena_new();
	struct err ignored;
	int days = 0;
	err_init(&ignored, own);
	bool known = calendar_working_between(law->calendar, now, due, &days, &ignored) == 0;
	arena_free(own);
	return known && days <= 2;
}

const char *law_duty_standing(const struct law *law, const json_t *duty, instant_t now)
{
	const char *state = json_str(duty, "state");
	instant_t due = json_int(duty, "due", 0);
	if (text_eq(state, "met"))
		return json_int(duty, "met_at", 0) > due ? "met-late" : "met";
	if (text_eq(state, "excused"))
		return "excused";
	if (text_eq(state, "suspended"))
		return "suspended";
	if (now > due)
		return json_object_get(duty, "provisional") != NULL ? "amber" : "late"; /* only a floor: not late until the year's calendar says so */
	return is_amber(law, duty, now) ? "amber" : "open";
}
