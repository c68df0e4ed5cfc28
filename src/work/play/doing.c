/* One act of a scenario, done through the door that everybody's acts go through. */
#include "base/text.h"
#include "work/play/inside.h"
#include "work/state.h"

const json_t *stage_state(const struct stage *stage, const char *type, const char *key)
{
	if (type == NULL) {
		type = "case";
		key = stage->key;
	}
	return key == NULL ? NULL : json_object_get(stage->states, arena_printf(stage->arena, "%s/%s", type, key));
}

static const char *usual_key(const struct stage *stage, const char *type)
{
	if (text_eq(type, "case"))
		return stage->key;
	if (text_eq(type, "agency"))
		return stage->code;
	return text_eq(type, "officer") ? "first" : type;
}

static const char *procedure_of(const struct stage *stage, const char *kind)
{
	const json_t *one;
	size_t i;
	if (stage->procedure != NULL)
		return stage->procedure;
	json_array_foreach(law_procedures(stage->play->law), i, one)
		if (text_eq(json_str(one, "opens"), kind))
			return json_str(one, "id");
	return NULL;
}

/* The form as the act's judgement will see it. */
static const json_t *form_of(struct stage *stage, const struct doing *doing, const json_t *state, const char *procedure)
{
	day_t today = instant_day(doing->happened == INSTANT_NONE ? doing->at : doing->happened);
	if (state != NULL)
		return law_form(state_scope(stage->site, state, today, stage->arena), state, doing->kind, stage->arena);
	struct law_place place = {.agency = stage->code, .area = stage->area};
	struct law_scope *scope = law_scope(stage->play->law, &place, today, today, stage->arena);
	return law_form(scope, law_state_new(&place, procedure, doing->at, stage->arena), doing->kind, stage->arena);
}

static void keep_state(struct stage *stage, const struct done *done, json_t *state)
{
	json_put(stage->states, arena_printf(stage->arena, "%s/%s", done->type, done->key), json_incref(state));
}

int do_act(struct stage *stage, const struct doing *doing, struct done *out, struct err *err)
{
	struct law_kind_info info;
	struct actor actor;
	struct act_result result;
	struct entry_file *files = ARENA_ARRAY(stage->arena, PLAY_FILES_MAX, struct entry_file);
	size_t nfiles = 0;
	json_t *body;
	*out = (struct done){.kind = doing->kind};
	err_init(&out->err, stage->arena);
	if (!law_kind(stage->play->law, doing->kind, &info))
		return ERR(err, ERR_INVALID, "没有“%s”这一类记录", doing->kind);
	const char *hand = doing->by != NULL ? doing->by : body_hand(stage, doing->kind);
	int rc = world_actor(stage, hand == NULL ? "handler" : hand, &actor, err);
	if (rc != 0)
		return rc;
	out->type = doing->type == NULL ? info.stream : doing->type;
	out->key = doing->key == NULL ? usual_key(stage, out->type) : doing->key;
	bool opening = text_eq(out->type, "case") && out->key == NULL;
	const char *procedure = opening ? procedure_of(stage, doing->kind) : stage->procedure;
	if (opening && (!info.opens || procedure == NULL))
		return ERR(err, ERR_INVALID, "案件还没有开始，“%s”不是开始案件的记录", info.title);
	atomic_store(&stage->now, doing->at);
	struct layers layers = {.maps = {body_defaults(stage, doing->kind, NULL), procedure == NULL ? NULL : body_defaults(stage, doing->kind, procedure), doing->bodies[0], doing->bodies[1],
	                                 doing->bodies[2]},
	                        .count = 5};
	rc = body_make(stage, doing->kind, form_of(stage, doing, stage_state(stage, out->type, out->key), procedure), &layers, doing->at, files, &nfiles, &body, err);
	if (rc != 0)
		return rc;
	struct act act = {.stream_type = out->type, .stream_key = out->key, .kind = doing->kind, .at = doing->happened == INSTANT_NONE ? doing->at : doing->happened, .body = body, .files = files,
	                  .nfiles = nfiles, .expect = -1, .told = json_tie(stage->arena, json_array())};
	out->body = body;
	out->gates = act.told;
	out->before = stage_state(stage, out->type, out->key);
	out->rc = opening ? act_open_case(stage->site, &actor, procedure, &act, stage->arena, &result, &out->err)
	                  : act_do(stage->site, &actor, &act, stage->arena, &result, &out->err);
	if (out->rc != 0)
		return 0;
	if (opening) {
		stage->key = out->key = arena_strdup(stage->arena, result.entry.stream_key);
		stage->procedure = procedure;
	}
	out->warnings = result.warnings;
	keep_state(stage, out, result.state);
	return 0;
}
