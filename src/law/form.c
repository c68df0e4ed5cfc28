/* A kind's effective form. */
#include "law/effective.h"
#include "law/form_json.h"

#include "base/text.h"

static void put_range(json_t *out, const struct field *typed)
{
	if (typed->has_min)
		json_put_int(out, "min", typed->min);
	if (typed->has_max)
		json_put_int(out, "max", typed->max);
	else if (typed->type == FIELD_TEXT || typed->type == FIELD_LONG)
		json_put_int(out, "max", typed->type == FIELD_TEXT ? 200 : 20000);
}

static void put_words(json_t *out, const struct words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		bool there = false;
		for (size_t k = 0; k < json_array_size(out); k++)
			there = there || text_eq(json_string_value(json_array_get(out, k)), words->items[i]);
		if (!there)
			json_push_str(out, words->items[i]);
	}
}

json_t *field_json(const struct law *law, const struct field *field)
{
	json_t *out = json_object();
	json_put_str(out, "name", field->name);
	json_put_str(out, "title", field->title == NULL ? field->name : field->title);
	json_put_str(out, "type", field_type_words[field->type]);
	json_put_bool(out, "required", field->required);
	json_put_bool(out, "past", field->past);
	json_put_str(out, "help", field->help);
	json_put_str(out, "clause", field->clause);
	json_put_str(out, "cite", law_cite(law, field->clause));
	put_range(out, field);
	if (field->options.count > 0) {
		json_t *options = json_array();
		put_words(options, &field->options);
		json_put(out, "options", options);
	}
	if (field->ncolumns > 0) {
		json_t *columns = json_array();
		for (size_t i = 0; i < field->ncolumns; i++)
			json_push(columns, field_json(law, field->columns[i]));
		json_put(out, "columns", columns);
	}
	return out;
}

/* Options that other procedures have are left out. */
static void drop_options(const struct law_scope *scope, const char *procedure, const struct field *first, json_t *options)
{
	for (size_t i = json_array_size(options); i-- > 0;)
		if (!field_offers(scope, first, procedure, json_string_value(json_array_get(options, i))))
			(void)json_array_remove(options, i);
}

/* What the instruments in scope add to the part that carries the type. */
static void put_union(const struct law_scope *scope, struct eval *e, const struct field *first, json_t *out)
{
	const struct field *by = NULL;
	bool required = field_required(scope, e, first, &by), maybe = false;
	json_t *options = json_object_get(out, "options");
	const char *clause = by == NULL ? NULL : by->clause;
	for (const struct field *part = first; part != NULL; part = part->next) {
		if (!scope_binds(scope, part->instrument))
			continue;
		maybe = maybe || part->required_when != NULL;
		if (options != NULL)
			put_words(options, &part->options);
		/* Who asks for it at times only is no ground for what is asked for always: a penalty's form named the law of licences. */
		if (clause == NULL && !(required && part->required_when != NULL))
			clause = part->clause;
		if (json_str(out, "help") == NULL)
			json_put_str(out, "help", part->help);
	}
	json_put_bool(out, "required", required);
	json_put_bool(out, "sometimes", !required && maybe);
	json_put_bool(out, "past", field_past(scope, first));
	if (clause != NULL) {
		json_put_str(out, "clause", clause);
		json_put_str(out, "cite", law_cite(scope->law, clause));
	}
}

static void put_clauses(const struct law_scope *scope, const struct kind *kind, json_t *out)
{
	json_t *clauses = json_array();
	int officers = 0;
	for (const struct kind_part *part = kind->parts; part != NULL; part = part->next) {
		if (!scope_binds(scope, part->instrument))
			continue;
		put_words(clauses, &part->clauses);
		officers = part->officers > officers ? part->officers : officers;
	}
	json_put(out, "clauses", clauses);
	if (officers > 0)
		json_put_int(out, "officers", officers);
}

json_t *law_form(const struct law_scope *scope, const json_t *state, const char *kind_id, struct arena *arena)
{
	const struct kind *kind = names_get(&scope->law->kinds, kind_id);
	if (kind == NULL || !kind_in_scope(scope, kind))
		return NULL;
	struct law_act act = {.kind = kind_id, .body = json_tie(arena, json_object())};
	struct eval e, before;
	eval_init(&e, scope, state, &act);
	eval_before(&before, scope, state);
	json_t *out = json_tie(arena, json_object()), *fields = json_array();
	json_put_str(out, "kind", kind->id);
	json_put_str(out, "title", kind->title);
	json_put_str(out, "stage", kind->stage);
	json_put_bool(out, "internal", kind->internal);
	put_clauses(scope, kind, out);
	for (size_t i = 0; i < kind->fields.count; i++) {
		const struct field *first = kind->fields.values[i], *typed = field_typed(scope, first);
		if (typed == NULL || field_in_scope(scope, first) == NULL || !field_applies(scope, &before, first))
			continue;
		json_t *field = field_json(scope->law, typed);
		put_union(scope, &e, first, field);
		drop_options(scope, json_str(before.facts, "procedure"), first, json_object_get(field, "options"));
		json_push(fields, field);
	}
	json_put(out, "fields", fields);
	return out;
}
