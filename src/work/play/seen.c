/* What an act or a moment showed of the rules. Expectations are claims; this is what is counted when somebody asks which rules the scenarios really show. */
#include "base/text.h"
#include "work/play/inside.h"

static json_t *part_seen(struct stage *stage, const json_t *part)
{
	json_t *out = json_object();
	json_put_str(out, "rule", json_str(part, "rule"));
	json_put_str(out, "state", json_str(part, "state"));
	json_put_str(out, "from", instant_format(stage->arena, json_int(part, "from", 0)));
	json_put_str(out, "due", instant_format(stage->arena, json_int(part, "due", 0)));
	if (json_object_get(part, "met_at") != NULL)
		json_put_str(out, "met-at", instant_format(stage->arena, json_int(part, "met_at", 0)));
	if (json_object_get(part, "extended") != NULL)
		json_put_int(out, "extended", (int64_t)json_array_size(json_object_get(part, "extended")));
	if (json_object_get(part, "pauses") != NULL)
		json_put_int(out, "paused", (int64_t)json_array_size(json_object_get(part, "pauses")));
	if (json_object_get(part, "provisional") != NULL)
		json_put_bool(out, "provisional", true);
	return out;
}

/* A rule's own part of a duty, which may have changed places since. */
static const json_t *by_rule(const json_t *duty, const char *rule)
{
	const json_t *also;
	size_t i;
	if (duty == NULL || text_eq(json_str(duty, "rule"), rule))
		return duty;
	json_array_foreach(json_object_get(duty, "also"), i, also)
		if (text_eq(json_str(also, "rule"), rule))
			return also;
	return NULL;
}

static void push_changed(struct stage *stage, const json_t *part, const json_t *before, json_t *out)
{
	static const char *const told[] = {"state", "due", "met_at", "extended", "pauses", "provisional"};
	const json_t *was = by_rule(before, json_str(part, "rule"));
	bool changed = was == NULL;
	for (size_t i = 0; !changed && i < sizeof(told) / sizeof(told[0]); i++) {
		json_t *a = json_object_get(part, told[i]), *b = json_object_get(was, told[i]);
		changed = a != b && (a == NULL || b == NULL || !json_equal(a, b));
	}
	if (changed)
		json_push(out, part_seen(stage, part));
}

static void push_late(struct stage *stage, const json_t *part, json_t *out)
{
	if (text_eq(law_duty_standing(stage->play->law, part, atomic_load(&stage->now)), "late"))
		json_push(out, part_seen(stage, part));
}

void seen_late(struct stage *stage, const char *type, const char *key, json_t *verdict)
{
	json_t *late = json_array();
	const json_t *duty, *also;
	size_t i, k;
	json_array_foreach(json_object_get(stage_state(stage, type, key), "duties"), i, duty) {
		push_late(stage, duty, late);
		json_array_foreach(json_object_get(duty, "also"), k, also)
			push_late(stage, also, late);
	}
	json_put(verdict, "late", late);
}

/* What amounts and categories a threshold looks at. */
static json_t *facts_seen(const json_t *facts)
{
	static const char *const told[] = {"fine", "confiscated", "measure", "measure-value", "execution-manner", "party", "major-by", NULL};
	json_t *out = json_object();
	for (const char *const *name = told; *name != NULL; name++)
		if (json_object_get(facts, *name) != NULL)
			json_put(out, *name, json_incref(json_object_get(facts, *name)));
	return out;
}

void seen_act(struct stage *stage, const struct done *done, json_t *verdict)
{
	json_t *changed = json_array();
	const json_t *duty, *also;
	size_t i, k;
	json_put_str(verdict, "kind", done->kind);
	json_put_bool(verdict, "taken", done->rc == 0);
	json_put(verdict, "gates", json_incref((json_t *)(uintptr_t)done->gates));
	json_put(verdict, "body", json_incref((json_t *)(uintptr_t)done->body));
	json_put(verdict, "facts", facts_seen(json_object_get(done->rc == 0 ? stage_state(stage, done->type, done->key) : done->before, "facts")));
	json_put(verdict, "duties", changed);
	json_array_foreach(json_object_get(done->rc == 0 ? stage_state(stage, done->type, done->key) : NULL, "duties"), i, duty) {
		const json_t *before = json_find(json_object_get(done->before, "duties"), "id", json_str(duty, "id"));
		push_changed(stage, duty, before, changed);
		json_array_foreach(json_object_get(duty, "also"), k, also)
			push_changed(stage, also, before, changed);
	}
	seen_late(stage, done->type, done->key, verdict);
}
