/* Values by path. The facts that the act itself would set count already. */
#include "law/eval.h"

#include "base/text.h"

void eval_init(struct eval *e, const struct law_scope *scope, const json_t *state, const struct law_act *act)
{
	*e = (struct eval){.law = scope->law, .scope = scope, .facts = json_object_get(state, "facts"), .entries = json_object_get(state, "entries")};
	if (act == NULL)
		return;
	e->kind = act->kind == NULL ? NULL : names_get(&scope->law->kinds, act->kind);
	e->body = act->body;
	e->by = act->by;
	e->roles = act->by_roles;
	e->at = act->at;
}

const json_t *entries_of(struct eval *e, const struct kind *kind)
{
	if (kind->order >= KIND_SLOTS)
		return json_object_get(e->entries, kind->id);
	if (e->lists[kind->order] == NULL) {
		const json_t *list = json_object_get(e->entries, kind->id);
		e->lists[kind->order] = list == NULL ? json_null() : list;
	}
	return json_is_null(e->lists[kind->order]) ? NULL : e->lists[kind->order];
}

static const json_t *fact_set(const struct eval *e, const char *fact, bool *cleared)
{
	for (const struct fact_field *link = e->kind->facts; link != NULL && e->body != NULL; link = link->next) {
		if (strcmp(link->fact, fact) != 0)
			continue;
		const json_t *value = json_object_get(e->body, link->field);
		if (value != NULL && !json_is_null(value))
			return value;
	}
	for (const struct setting *set = e->kind->sets; set != NULL; set = set->next)
		if (strcmp(set->fact, fact) == 0)
			return set->value;
	*cleared = words_has(&e->kind->clears, fact);
	return NULL;
}

const json_t *eval_act(const struct eval *e)
{
	const json_t *act = json_object_get(e->facts, "act");
	if (act != NULL)
		return act;
	const struct procedure *procedure = names_get(&e->law->procedures, json_str(e->facts, "procedure"));
	return procedure == NULL ? NULL : procedure->act_json;
}

static const json_t *look_up(struct eval *e, const char *fact, int slot)
{
	bool cleared = false;
	if (e->scope != NULL && e->major != 3 && e->kind != NULL && strcmp(fact, "major") == 0) {
		if (e->major == 0) {
			e->major = 3;
			e->major = major_eval(e, NULL) ? 2 : 1;
		}
		return e->major == 2 ? json_true() : json_false();
	}
	bool touched = e->kind != NULL && (slot < 0 || slot >= FACT_SLOTS || e->kind->touches[slot]);
	const json_t *value = touched ? fact_set(e, fact, &cleared) : NULL;
	if (cleared)
		return NULL;
	return value != NULL ? value : strcmp(fact, "act") == 0 ? eval_act(e) : json_object_get(e->facts, fact);
}

static const json_t *fact_value(struct eval *e, const struct path *path, bool *unknown)
{
	/* while the thresholds are looked at, `major` is the fact as it stood: not an answer to keep */
	bool has_slot = path->slot >= 0 && path->slot < FACT_SLOTS && (e->major != 3 || strcmp(path->parts[0], "major") != 0);
	const json_t *value = has_slot ? e->known[path->slot] : NULL;
	if (value == NULL) {
		value = look_up(e, path->parts[0], path->slot);
		if (has_slot)
			e->known[path->slot] = value == NULL ? json_null() : value;
	}
	if (json_is_null(value))
		value = NULL;
	if (value == NULL && e->absent_maybe)
		*unknown = true;
	return value;
}

const json_t *path_get(struct eval *e, const struct path *path, bool *unknown)
{
	const json_t *value = NULL;
	size_t from = 1;
	switch (path->root) {
	case PATH_FACT: value = fact_value(e, path, unknown); break;
	case PATH_BODY:
		if (e->body == NULL)
			*unknown = true;
		value = json_object_get(e->body, path->parts[0]);
		break;
	case PATH_ENTRY: value = json_object_get(json_object_get(e->entry, "f"), path->parts[0]); break;
	case PATH_BY:
		if (strcmp(path->parts[0], "roles") == 0)
			value = e->roles;
		if (value == NULL)
			*unknown = true;
		break;
	}
	for (; value != NULL && from < path->count; from++)
		value = json_object_get(value, path->parts[from]);
	return json_is_null(value) ? NULL : value;
}

bool value_instant(const json_t *value, instant_t *out)
{
	day_t day;
	if (json_is_integer(value)) {
		*out = json_integer_value(value);
		return true;
	}
	const char *text = json_string_value(value);
	if (text == NULL)
		return false;
	if (day_parse(text, json_string_length(value), &day)) {
		*out = day_start(day);
		return true;
	}
	return instant_parse(text, json_string_length(value), out);
}
