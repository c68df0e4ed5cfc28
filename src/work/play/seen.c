/* What a scenario really met of the law, by the rules' own names: refusals, warnings, duties in each standing. So it is counted what is shown from both sides, whatever a
 * scenario says of itself (tests/cases/both_sides.py). */
#include "base/text.h"
#include "work/play/inside.h"
#include "work/state.h"

static json_t *member(json_t *object, const char *key)
{
	json_t *found = json_object_get(object, key);
	if (found == NULL)
		json_put(object, key, found = json_object());
	return found;
}

static void mark(struct stage *stage, const char *what, const char *rule, const char *how)
{
	if (rule != NULL && how != NULL)
		json_put_bool(member(member(stage->seen, what), rule), how, true);
}

/* A gate's name is its instrument's; with its clause it is one of a kind. */
static const char *named(struct stage *stage, const char *clause, const char *rule)
{
	return arena_printf(stage->arena, "%s %s", clause == NULL ? "" : clause, rule == NULL ? "" : rule);
}

void seen_act(struct stage *stage, const char *kind, const struct done *done)
{
	const json_t *warning;
	size_t i;
	json_put_bool(member(stage->seen, done->rc == 0 ? "allowed" : "failed"), kind, true);
	json_array_foreach(done->warnings, i, warning)
		mark(stage, "refused", named(stage, json_str(warning, "clause"), json_str(warning, "rule")), kind);
	for (const struct diag *d = done->rc == -ERR_REFUSED || done->rc == -ERR_DENIED ? done->err.diags : NULL; d != NULL; d = d->next)
		mark(stage, "refused", named(stage, d->clause, d->where), kind);
}

static void see_part(struct stage *stage, const json_t *part)
{
	const char *rule = json_str(part, "rule");
	mark(stage, "duties", rule, law_duty_standing(stage->play->law, part, atomic_load(&stage->now)));
	json_put_str(member(member(stage->seen, "duties"), rule), "due", instant_format(stage->arena, json_int(part, "due", 0)));
	if (json_object_get(part, "extended") != NULL)
		mark(stage, "duties", rule, "extended");
	if (json_object_get(part, "pauses") != NULL)
		mark(stage, "duties", rule, "suspended");
}

void seen_state(struct stage *stage, const json_t *state)
{
	const json_t *duty, *part, *instrument;
	size_t i, k;
	if (state == NULL)
		return;
	json_array_foreach(json_object_get(state, "duties"), i, duty) {
		see_part(stage, duty);
		json_array_foreach(json_object_get(duty, "also"), k, part)
			see_part(stage, part);
	}
	json_array_foreach(law_binding(state_scope(stage->site, state, instant_day(atomic_load(&stage->now)), stage->arena), stage->arena), i, instrument)
		json_put_bool(member(stage->seen, "binding"), json_str(instrument, "id"), true);
}
