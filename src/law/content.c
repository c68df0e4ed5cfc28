/* Lists, questions before publication, redaction and retention, as a place stands under them. */
#include "base/text.h"
#include "law/eval.h"
#include "law/form_json.h"
#include "law/limit.h"

static json_t *rule_json(const struct law *law, const struct rule *rule)
{
	json_t *one = json_object();
	json_put_str(one, "rule", rule->full);
	json_put_str(one, "instrument", rule->instrument->id);
	json_put_str(one, "clause", rule->clause);
	json_put_str(one, "cite", law_cite(law, rule->clause));
	json_put_str(one, "topic", rule->topic);
	json_put_str(one, "title", rule->title);
	return one;
}

static json_t *by_id(const json_t *array, const char *id)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (text_eq(json_str(json_array_get(array, i), "id"), id))
			return json_array_get(array, i);
	return NULL;
}

static void add_clause(json_t *one, const char *clause)
{
	json_t *clauses = json_object_get(one, "clauses");
	for (size_t i = 0; i < json_array_size(clauses); i++)
		if (text_eq(json_string_value(json_array_get(clauses, i)), clause))
			return;
	json_push_str(clauses, clause);
}

json_t *law_params(const struct law_scope *scope, struct arena *arena)
{
	json_t *out = json_tie(arena, json_array());
	for (size_t i = 0; i < scope->law->params.count; i++) {
		const struct param *param = scope->law->params.items[i];
		if (!scope_binds(scope, param->rule.instrument))
			continue;
		json_t *one = rule_json(scope->law, &param->rule);
		json_put_str(one, "value", param->value);
		json_put_str(one, "unit", param->unit);
		json_push(out, one);
	}
	return out;
}

json_t *law_lists(const struct law_scope *scope, struct arena *arena)
{
	json_t *out = json_tie(arena, json_array());
	for (size_t i = 0; i < scope->law->lists.count; i++) {
		const struct list *list = scope->law->lists.items[i];
		if (!scope_binds(scope, list->rule.instrument))
			continue;
		json_t *one = by_id(out, list->rule.name);
		if (one == NULL) {
			one = rule_json(scope->law, &list->rule);
			json_put_str(one, "id", list->rule.name);
			json_put_str(one, "stage", list->stage);
			json_put(one, "clauses", json_array());
			json_put(one, "fields", json_array());
			json_push(out, one);
		}
		json_put_str(one, "review", list->review);
		add_clause(one, list->rule.clause);
		json_t *fields = json_object_get(one, "fields");
		for (size_t k = 0; k < list->nfields; k++) {
			json_t *field = json_find(fields, "name", list->fields[k]->name);
			if (field == NULL)
				json_push(fields, field_json(scope->law, list->fields[k]));
			else if (list->fields[k]->required)
				json_put_bool(field, "required", true);
		}
	}
	return out;
}

json_t *law_exemptions(const struct law_scope *scope, const json_t *state, struct arena *arena)
{
	json_t *out = json_tie(arena, json_array());
	struct eval e;
	eval_init(&e, scope, state, NULL);
	for (size_t i = 0; i < scope->law->exemptions.count; i++) {
		const struct exemption *exemption = scope->law->exemptions.items[i];
		if (!scope_binds(scope, exemption->rule.instrument) || cond_eval(&e, exemption->when) == ANSWER_NO)
			continue;
		json_t *one = by_id(out, exemption->rule.name);
		if (one == NULL) {
			one = rule_json(scope->law, &exemption->rule);
			json_put_str(one, "id", exemption->rule.name);
			json_put_str(one, "question", exemption->question);
			json_put_bool(one, "override", exemption->override);
			json_put(one, "clauses", json_array());
			json_push(out, one);
		}
		add_clause(one, exemption->rule.clause);
		if (!exemption->override) /* the stricter: it stays closed whoever agrees */
			json_put_bool(one, "override", false);
	}
	return out;
}

static json_t *words_json(const struct words *words)
{
	json_t *out = json_array();
	for (size_t i = 0; i < words->count; i++)
		json_push_str(out, words->items[i]);
	return out;
}

json_t *law_redactions(const struct law_scope *scope, const json_t *state, struct arena *arena)
{
	json_t *out = json_tie(arena, json_array());
	struct eval e;
	eval_init(&e, scope, state, NULL);
	for (size_t i = 0; i < scope->law->redaction.count; i++) {
		const struct redaction *redaction = scope->law->redaction.items[i];
		if (!scope_binds(scope, redaction->rule.instrument) || cond_eval(&e, redaction->when) == ANSWER_NO)
			continue;
		json_t *one = rule_json(scope->law, &redaction->rule);
		json_put_str(one, "of", redaction->of);
		json_put(one, "hide", words_json(&redaction->hide));
		json_put(one, "except", words_json(&redaction->except));
		json_push(out, one);
	}
	return out;
}

/* How long, so that terms compare: 永久 above 长期 above the case file's own term above years. */
static int64_t term_of(const char *keep)
{
	struct law_limit limit;
	if (text_eq(keep, "永久"))
		return INT64_MAX;
	if (text_eq(keep, "长期"))
		return INT64_MAX - 1;
	if (text_eq(keep, "file"))
		return INT64_MAX - 2;
	return limit_read(keep, &limit) ? limit_weight(&limit) : 0;
}

json_t *law_retention(const struct law_scope *scope, const json_t *state, const char *what, const json_t *body, struct arena *arena)
{
	json_t *out = json_tie(arena, json_object()), *also = json_array();
	struct law_act act = {.body = body};
	struct eval e;
	const struct retention *longest = NULL;
	eval_init(&e, scope, state, &act);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < scope->law->retention.count; i++) {
			const struct retention *one = scope->law->retention.items[i];
			if (!scope_binds(scope, one->rule.instrument) || !text_eq(one->what, what) || cond_eval(&e, one->when) != ANSWER_YES)
				continue;
			if (pass == 0) {
				longest = longest == NULL || term_of(one->keep) > term_of(longest->keep) ? one : longest;
			} else if (one != longest) {
				json_t *other = rule_json(scope->law, &one->rule);
				json_put_str(other, "keep", one->keep);
				json_push(also, other);
			}
		}
	}
	if (longest != NULL) {
		json_t *rule = rule_json(scope->law, &longest->rule);
		(void)json_object_update(out, rule);
		json_decref(rule);
		json_put_str(out, "keep", longest->keep);
	}
	json_put(out, "also", also);
	return out;
}
