#include "base/text.h"
#include "law/effective.h"
#include "law/judging.h"

bool kind_in_scope(const struct law_scope *scope, const struct kind *kind)
{
	return kind->defined && scope_binds(scope, kind->instrument);
}

const struct field *field_in_scope(const struct law_scope *scope, const struct field *field)
{
	for (; field != NULL; field = field->next)
		if (scope_binds(scope, field->instrument))
			return field;
	return NULL;
}

const struct field *field_typed(const struct law_scope *scope, const struct field *field)
{
	for (const struct field *one = field; one != NULL; one = one->next)
		if (one->type != FIELD_NONE && scope_binds(scope, one->instrument))
			return one;
	return field_base(field);
}

void eval_before(struct eval *e, const struct law_scope *scope, const json_t *state)
{
	eval_init(e, scope, state, NULL);
	e->absent_maybe = json_str(e->facts, "procedure") == NULL;
}

bool field_applies(const struct law_scope *scope, struct eval *e, const struct field *field)
{
	bool shut = false;
	for (; field != NULL; field = field->next) {
		if (field->type == FIELD_NONE || !scope_binds(scope, field->instrument))
			continue;
		if (cond_eval(e, field->applies_when) != ANSWER_NO)
			return true;
		shut = true;
	}
	return !shut;
}

bool field_offers(const struct law_scope *scope, const struct field *field, const char *procedure, const char *option)
{
	bool named = false;
	for (; field != NULL && procedure != NULL; field = field->next) {
		for (const struct options_for *one = scope_binds(scope, field->instrument) ? field->options_for : NULL; one != NULL; one = one->next) {
			if (!words_has(&one->options, option))
				continue;
			if (text_eq(one->procedure, procedure))
				return true;
			named = true;
		}
	}
	return !named;
}

/* The procedures or acts that a condition's plain lines ask for. What is said otherwise (not, other facts) is passed over. */
static const char *cases_of(const struct law *law, const struct cond *cond, const char *said, struct arena *arena)
{
	for (; cond != NULL; cond = cond->next) {
		if (cond->op == COND_ALL || cond->op == COND_ANY)
			said = cases_of(law, cond->first, said, arena);
		bool procedure = cond->op == COND_TEST && text_eq(cond->path->text, "procedure"), act = cond->op == COND_TEST && text_eq(cond->path->text, "act");
		for (size_t i = 0; (procedure || act) && cond->test->op == TEST_IN && i < cond->test->count; i++) {
			const struct procedure *named = procedure ? names_get(&law->procedures, cond->test->values[i].text) : NULL;
			const char *word = named == NULL ? cond->test->values[i].text : named->title;
			said = *said == '\0' ? word : arena_printf(arena, "%s、%s", said, word);
		}
	}
	return said;
}

const char *field_cases(const struct law_scope *scope, const struct field *field, struct arena *arena)
{
	const char *said = "";
	for (; field != NULL; field = field->next)
		if (field->applies_when != NULL && scope_binds(scope, field->instrument))
			said = cases_of(scope->law, field->applies_when, said, arena);
	return said;
}

bool field_past(const struct law_scope *scope, const struct field *field)
{
	for (; field != NULL; field = field->next)
		if (field->past && scope_binds(scope, field->instrument))
			return true;
	return false;
}

bool field_required(const struct law_scope *scope, struct eval *e, const struct field *field, const struct field **by)
{
	const struct field *found = NULL;
	/* the shared vocabulary often asks for the same and cites nothing: who is asked should hear by which clause */
	for (; field != NULL && (found == NULL || found->clause == NULL); field = field->next) {
		if (!scope_binds(scope, field->instrument))
			continue;
		if (field->required || (field->required_when != NULL && cond_eval(e, field->required_when) == ANSWER_YES))
			found = found == NULL || field->clause != NULL ? field : found;
	}
	if (found != NULL)
		*by = found;
	return found != NULL;
}

bool law_kind(const struct law *law, const char *kind, struct law_kind_info *out)
{
	const struct kind *found = names_get(&law->kinds, kind);
	if (found == NULL)
		return false;
	const struct named *stage = found->stage == NULL ? NULL : names_get(&law->stages, found->stage);
	*out = (struct law_kind_info){.kind = found->id, .title = found->title, .stream = found->stream, .stage = found->stage, .stage_title = stage == NULL ? NULL : stage->title,
	                              .internal = found->internal};
	for (size_t i = 0; i < law->procedures.count; i++)
		out->opens = out->opens || ((const struct procedure *)law->procedures.values[i])->opens == found;
	return true;
}

bool law_kind_open_to(const struct law *law, const char *kind, const json_t *roles)
{
	const struct kind *found = names_get(&law->kinds, kind);
	return found != NULL && kind_open_to(found, roles);
}

const char *law_cite(const struct law *law, const char *clause)
{
	const struct clause *found = names_get(&law->clauses, clause);
	return found == NULL ? NULL : found->full_cite;
}
