/* What may come next in a stream. */
#include "base/text.h"
#include "law/judging.h"

/* The type of a stream that is no case: that of its first entries. NULL: nothing stands in it yet. */
static const char *stream_of(const struct law *law, const json_t *state)
{
	if (json_path(state, "facts.procedure") != NULL)
		return "case";
	void *first = json_object_iter(json_object_get(state, "entries"));
	const struct kind *kind = first == NULL ? NULL : names_get(&law->kinds, json_object_iter_key(first));
	return kind == NULL ? NULL : kind->stream;
}

static json_t *refusals_json(const struct law_refusal *refusal)
{
	json_t *out = json_array();
	for (; refusal != NULL; refusal = refusal->next) {
		json_t *one = json_object();
		json_put_str(one, "rule", refusal->rule);
		json_put_str(one, "clause", refusal->clause);
		json_put_str(one, "cite", refusal->cite);
		json_put_str(one, "say", refusal->say);
		json_put_str(one, "mend", refusal->mend);
		json_push(out, one);
	}
	return out;
}

static json_t *next_kind(const struct law_scope *scope, const json_t *state, const struct law_act *who, const struct kind *kind, struct arena *arena)
{
	struct law_act act = {.kind = kind->id, .at = who->at, .by = who->by, .by_roles = who->by_roles};
	const struct law_verdict *verdict = law_judge(scope, state, &act, arena);
	const struct named *stage = kind->stage == NULL ? NULL : names_get(&scope->law->stages, kind->stage);
	json_t *one = json_object();
	json_put_str(one, "kind", kind->id);
	json_put_str(one, "title", kind->title);
	json_put_str(one, "stage", kind->stage);
	json_put_str(one, "stage-title", stage == NULL ? NULL : stage->title);
	json_put_bool(one, "allowed", verdict->allowed);
	json_put(one, "refusals", refusals_json(verdict->refusals));
	json_put(one, "warnings", refusals_json(verdict->warnings));
	json_put(one, "excused", json_incref(verdict->excused));
	return one;
}

json_t *law_next(const struct law_scope *scope, const json_t *state, const struct law_act *who, struct arena *arena)
{
	json_t *out = json_tie(arena, json_array());
	const char *stream = stream_of(scope->law, state), *procedure = json_str(json_object_get(state, "facts"), "procedure");
	for (size_t i = 0; i < scope->law->kinds.count; i++) {
		const struct kind *kind = scope->law->kinds.values[i];
		if (!kind_in_scope(scope, kind) || !kind_open_to(kind, who->by_roles))
			continue;
		if (stream == NULL ? text_eq(kind->stream, "case") : !text_eq(kind->stream, stream))
			continue;
		if (kind->procedures.count > 0 && !words_has(&kind->procedures, procedure))
			continue;
		json_push(out, next_kind(scope, state, who, kind, arena));
	}
	return out;
}
