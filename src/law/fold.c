/* A stream's state, grown entry by entry. */
#include "base/text.h"
#include "law/duty.h"
#include "law/judging.h"

json_t *law_state_new(const struct law_place *place, const char *procedure, instant_t opened, struct arena *arena)
{
	json_t *state = json_tie(arena, json_object()), *facts = json_object();
	json_put_str(facts, "agency", place->agency);
	json_put_str(facts, "area", place->area);
	json_put_str(facts, "procedure", procedure);
	json_put_int(facts, "opened", opened);
	json_put(state, "facts", facts);
	json_put(state, "entries", json_object());
	json_put(state, "duties", json_array());
	return state;
}

static json_t *member(json_t *object, const char *key, json_t *(*make)(void))
{
	json_t *found = json_object_get(object, key);
	if (found == NULL) {
		found = make();
		json_put(object, key, found);
	}
	return found;
}

static void add_entry(struct folding *f, json_t *entries)
{
	json_t *entry = json_object(), *fields = json_object();
	json_put_int(entry, "n", f->number);
	json_put_int(entry, "at", f->act->at);
	json_put_str(entry, "by", f->act->by);
	for (size_t i = 0; i < f->kind->watched.count; i++) {
		const json_t *value = json_object_get(f->act->body, f->kind->watched.keys[i]);
		if (value != NULL && !json_is_null(value))
			json_put(fields, f->kind->watched.keys[i], json_sorted(value)); /* an author's order is in no entry */
	}
	if (json_object_size(fields) > 0)
		json_put(entry, "f", fields);
	else
		json_decref(fields);
	json_push(member(entries, f->kind->id, json_array), entry);
}

static void set_facts(struct folding *f, struct eval *e, json_t *facts)
{
	const json_t *act = eval_act(e);
	if (act != NULL && json_object_get(facts, "act") == NULL)
		json_put(facts, "act", json_deep_copy(act));
	for (size_t i = 0; i < f->kind->clears.count; i++)
		(void)json_object_del(facts, f->kind->clears.items[i]);
	for (const struct setting *set = f->kind->sets; set != NULL; set = set->next)
		json_put(facts, set->fact, json_deep_copy(set->value));
	for (const struct fact_field *link = f->kind->facts; link != NULL; link = link->next) {
		const json_t *value = json_object_get(f->act->body, link->field);
		if (value != NULL && !json_is_null(value))
			json_put(facts, link->fact, json_sorted(value));
	}
	if (text_eq(f->kind->stream, "case") && f->kind->stage != NULL)
		json_put_str(facts, "stage", f->kind->stage);
}

static void set_major(struct folding *f, json_t *facts)
{
	struct law_act act = {.at = f->act->at, .by = f->act->by, .body = f->act->body};
	struct eval e;
	json_t *by = json_array();
	eval_init(&e, f->scope, f->state, &act);
	e.major = 3; /* a threshold that looks at `major` sees the fact as it stood */
	bool major = major_eval(&e, by);
	json_put_bool(facts, "major", major);
	if (major) {
		json_put(facts, "major-by", by);
	} else {
		json_decref(by);
		(void)json_object_del(facts, "major-by");
	}
}

/* The duties that follow from gates let pass: judged on the state before the entry. */
static size_t excused_duties(const struct folding *f, const struct duty **out)
{
	struct eval e;
	size_t count = 0;
	eval_init(&e, f->scope, f->state, f->act);
	for (size_t i = 0; i < f->kind->ngates; i++)
		if (f->kind->gates[i]->excuse_opens != NULL && gate_judge(&e, f->kind->gates[i]) == GATE_EXCUSED)
			out[count++] = f->kind->gates[i]->excuse_opens;
	return count;
}

static int open_duties(struct folding *f, struct eval *e, const struct duty **excused, size_t nexcused)
{
	for (size_t i = 0; i < f->kind->nopens; i++) {
		const struct duty *duty = f->kind->opens[i];
		if (!scope_binds(f->scope, duty->rule.instrument) || cond_eval(e, duty->opens_when) != ANSWER_YES)
			continue;
		int rc = duty_open(f, e, duty);
		if (rc != 0)
			return rc;
	}
	for (size_t i = 0; i < nexcused; i++) {
		int rc = duty_open(f, e, excused[i]);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int law_fold(const struct law_scope *scope, json_t *state, const struct law_act *act, int64_t number, struct arena *arena, struct err *err)
{
	const struct kind *kind = act->kind == NULL ? NULL : names_get(&scope->law->kinds, act->kind);
	if (kind == NULL)
		return ERR(err, ERR_INVALID, "没有叫“%s”的记录种类", act->kind == NULL ? "" : act->kind);
	struct folding f = {.scope = scope, .state = state, .act = act, .kind = kind, .number = number, .arena = arena, .err = err};
	names_init(&f.used, arena);
	const struct duty **excused = ARENA_ARRAY(arena, kind->ngates, const struct duty *);
	size_t nexcused = excused_duties(&f, excused);
	json_t *facts = member(state, "facts", json_object), *entries = member(state, "entries", json_object);
	f.duties = member(state, "duties", json_array);
	struct eval e;
	eval_init(&e, scope, state, act);
	add_entry(&f, entries);
	set_facts(&f, &e, facts);
	if (text_eq(kind->stream, "case"))
		set_major(&f, facts);
	eval_init(&e, scope, state, act); /* nothing is kept of the state before */
	e.kind = NULL; /* the facts stand now: none is to be looked ahead at */
	int rc = duties_touch(&f, &e);
	return rc != 0 ? rc : open_duties(&f, &e, excused, nexcused);
}
