/* Grounds of accountability that stand, each with its evidence. Those that only a person or the program's own checks can find
 * (`check: …`) are not for the state to tell. */
#include "base/text.h"
#include "law/eval.h"

static void add_late(const struct law *law, const json_t *part, const json_t *duty, const struct ground *ground, instant_t now, json_t *evidence)
{
	bool named = false;
	for (size_t i = 0; i < ground->nlate && !named; i++)
		named = text_eq(ground->late[i]->rule.full, json_str(part, "rule"));
	if (!named)
		return;
	const char *standing = law_duty_standing(law, part, now);
	if (!text_eq(standing, "late") && !text_eq(standing, "met-late"))
		return;
	json_t *one = json_object();
	json_put_str(one, "duty", json_str(duty, "id"));
	json_put_str(one, "rule", json_str(part, "rule"));
	json_put_str(one, "title", json_str(part, "title"));
	json_put_str(one, "standing", standing);
	json_put_int(one, "opened_by", json_int(duty, "opened_by", 0));
	json_put_int(one, "due", json_int(part, "due", 0));
	if (json_object_get(part, "met_at") != NULL)
		json_put_int(one, "met_at", json_int(part, "met_at", 0));
	json_push(evidence, one);
}

static void look_at_duties(const struct law *law, const json_t *state, const struct ground *ground, instant_t now, json_t *evidence)
{
	const json_t *duties = json_object_get(state, "duties");
	for (size_t i = 0; i < json_array_size(duties); i++) {
		const json_t *duty = json_array_get(duties, i), *also = json_object_get(duty, "also");
		add_late(law, duty, duty, ground, now, evidence);
		for (size_t k = 0; k < json_array_size(also); k++)
			add_late(law, json_array_get(also, k), duty, ground, now, evidence);
	}
}

json_t *law_grounds(const struct law_scope *scope, const json_t *state, instant_t now, struct arena *arena)
{
	json_t *out = json_tie(arena, json_array());
	const json_t *facts = json_object_get(state, "facts");
	for (size_t i = 0; i < scope->law->grounds.count; i++) {
		const struct ground *ground = scope->law->grounds.items[i];
		if (!scope_binds(scope, ground->rule.instrument))
			continue;
		json_t *evidence = json_array();
		look_at_duties(scope->law, state, ground, now, evidence);
		if (ground->when != NULL && json_is_true(json_object_get(facts, "closed"))) {
			struct law_act act = {.at = now};
			struct eval e;
			eval_init(&e, scope, state, &act);
			if (cond_eval(&e, ground->when) == ANSWER_YES) {
				json_t *one = json_object();
				json_put_str(one, "title", ground->rule.title);
				json_put_str(one, "standing", "found");
				json_push(evidence, one);
			}
		}
		if (json_array_size(evidence) == 0) {
			json_decref(evidence);
			continue;
		}
		json_t *one = json_object();
		json_put_str(one, "clause", ground->rule.clause);
		json_put_str(one, "cite", law_cite(scope->law, ground->rule.clause));
		json_put_str(one, "title", ground->rule.title);
		json_put_str(one, "instrument", ground->rule.instrument->id);
		json_put(one, "evidence", evidence);
		json_push(out, one);
	}
	return out;
}
