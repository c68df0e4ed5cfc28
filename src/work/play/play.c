/* Playing: the prelude first, then the scenario's own steps, one after the other as the clock comes to each. */
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "work/play/inside.h"

#define SHARED_MEMORY "/dev/shm" /* nothing of a throw-away site has to last: half the time of a scenario is waiting for a disk */
#define PAUSE (10 * 60 * INSTANT_SECOND) /* between two acts, where a step says no time */

/* --- steps -------------------------------------------------------------------------------------------------------------------- */

static const char *step_title(struct stage *stage, const char *kind, const char *by)
{
	struct law_kind_info info;
	const char *hand = by != NULL ? by : body_hand(stage, kind);
	return arena_printf(stage->arena, "%s（%s，%s）", law_kind(stage->play->law, kind, &info) ? info.title : "?", kind, hand == NULL ? "handler" : hand);
}

static bool mistaken(struct stage *stage, const struct yaml *step, const char *what, const struct err *err)
{
	(void)verdict_add(stage, step, false, false, what, "写得对的一步",
	            arena_printf(stage->arena, "%s%s%s", err->message, err->diags == NULL ? "" : "：", err->diags == NULL ? "" : err->diags->what));
	return false;
}

/* When a step happens: what it says, else a little after the step before. A prelude's times give way to the clock. */
static bool step_time(struct stage *stage, const struct yaml *step, bool yields, instant_t *out)
{
	const char *text = yaml_member(step, "at");
	instant_t now = atomic_load(&stage->now);
	*out = now + PAUSE;
	if (text == NULL)
		return true;
	if (!world_time(stage, text, out))
		return false;
	if (*out < now && yields)
		*out = now + PAUSE;
	return *out >= now;
}

/* Performs an act; false where the scenario cannot go on. */
static bool run_act(struct stage *stage, const struct yaml *step, bool prelude, bool given)
{
	const char *kind = yaml_member(step, "act"), *happened = yaml_member(step, "happened");
	struct doing doing = {.kind = kind, .by = yaml_member(step, "by"), .key = yaml_member(step, "on"), .happened = INSTANT_NONE,
	                      .bodies = {prelude ? yaml_get(step, "body") : NULL, prelude ? yaml_get(yaml_get(stage->scenario, "with"), kind) : NULL, prelude ? NULL : yaml_get(step, "body")}};
	const char *what = step_title(stage, kind, doing.by);
	struct done done;
	struct err err;
	err_init(&err, stage->arena);
	if (!step_time(stage, step, prelude, &doing.at)) {
		(void)ERR(&err, ERR_INVALID, "时间读不懂，或者早于前一步：%s", yaml_member(step, "at"));
		return mistaken(stage, step, what, &err);
	}
	if (happened != NULL && !world_time(stage, happened, &doing.happened)) {
		(void)ERR(&err, ERR_INVALID, "时间读不懂：%s", happened);
		return mistaken(stage, step, what, &err);
	}
	if (do_act(stage, &doing, &done, &err) != 0)
		return mistaken(stage, step, what, &err);
	expect_act(stage, step, given, what, &done);
	expect_state(stage, step, done.type, done.key);
	return !prelude || done.rc == 0;
}

static bool listed(const struct yaml *list, const char *text)
{
	for (size_t i = 0; list != NULL && i < list->count; i++)
		if (text_eq(yaml_text(list->items[i]), text))
			return true;
	return false;
}

/* Plays the prelude on: up to and with the act marked so, or (until) up to but without the next act of a kind. */
static bool run_prelude(struct stage *stage, const struct yaml *step, const char *mark, const char *until, bool given)
{
	const struct yaml *without = yaml_get(stage->scenario, "without");
	struct err err;
	err_init(&err, stage->arena);
	for (; stage->prelude != NULL && stage->position < stage->prelude->count; stage->position++) {
		const struct yaml *act = stage->prelude->items[stage->position], *places = yaml_get(act, "places");
		const char *kind = yaml_member(act, "act");
		bool last = mark != NULL && text_eq(yaml_member(act, "mark"), mark);
		if (until != NULL && text_eq(kind, until))
			return true;
		bool here = places == NULL || listed(places, yaml_member(stage->scenario, "place"));
		if (here && !listed(without, kind) && !run_act(stage, act, true, given))
			return false;
		if (last) {
			stage->position++;
			return true;
		}
	}
	(void)ERR(&err, ERR_INVALID, "序幕里没有“%s”", mark == NULL ? until : mark);
	return mistaken(stage, step, "序幕", &err);
}

static bool run_check(struct stage *stage, const struct yaml *step)
{
	struct err err;
	instant_t at;
	const char *on = yaml_member(step, "on");
	err_init(&err, stage->arena);
	if (!step_time(stage, step, false, &at)) {
		(void)ERR(&err, ERR_INVALID, "时间读不懂，或者早于前一步：%s", yaml_member(step, "at"));
		return mistaken(stage, step, "核对", &err);
	}
	if (yaml_get(step, "at") != NULL)
		atomic_store(&stage->now, at);
	const char *type = text_eq(on, "agency") ? "agency" : on == NULL ? NULL : "officer", *key = text_eq(on, "agency") ? stage->code : on;
	size_t before = json_array_size(stage->verdicts);
	expect_state(stage, yaml_get(step, "check"), type, key);
	if (json_array_size(stage->verdicts) > before)
		seen_late(stage, type, key, json_array_get(stage->verdicts, before));
	return true;
}

static bool run_step(struct stage *stage, const struct yaml *step)
{
	if (yaml_get(step, "act") != NULL)
		return run_act(stage, step, false, false);
	if (yaml_get(step, "check") != NULL)
		return run_check(stage, step);
	return run_prelude(stage, step, yaml_member(step, "continue"), yaml_member(step, "continue-until"), false);
}

/* --- a scenario ----------------------------------------------------------------------------------------------------------------- */

static void run_steps(struct stage *stage)
{
	const struct yaml *acts = yaml_get(stage->scenario, "acts");
	const char *given = yaml_member(stage->scenario, "given"), *until = yaml_member(stage->scenario, "given-until");
	if ((given != NULL || until != NULL) && !run_prelude(stage, yaml_get(stage->scenario, given == NULL ? "given-until" : "given"), given, until, true))
		return;
	for (size_t i = 0; i < acts->count; i++)
		if (!run_step(stage, acts->items[i]))
			return;
}

static json_t *shows_of(const struct yaml *scenario)
{
	const struct yaml *shows = yaml_get(scenario, "shows");
	json_t *out = json_array();
	for (size_t i = 0; shows != NULL && shows->type == YAML_LIST && i < shows->count; i++)
		json_push_str(out, yaml_text(shows->items[i]));
	return out;
}

static json_t *described(const struct yaml *scenario, struct arena *arena)
{
	json_t *out = json_object();
	json_put_str(out, "title", yaml_member(scenario, "title"));
	json_put(out, "shows", shows_of(scenario));
	json_put_str(out, "where", yaml_where(scenario, arena));
	return out;
}

static int run_scenario(struct play *play, const struct library *library, const struct yaml *scenario, const char *dir, json_t *out, struct err *err)
{
	struct arena *arena = arena_new();
	struct err own;
	err_init(&own, arena);
	struct stage stage = {.play = play, .library = library, .arena = arena, .err = err, .scenario = scenario, .procedure = yaml_member(scenario, "procedure"),
	                      .states = json_tie(arena, json_object()), .verdicts = json_array(), .ok = true};
	const char *prelude = yaml_member(scenario, "prelude");
	stage.prelude = yaml_get(library->preludes, prelude != NULL ? prelude : stage.procedure == NULL ? "penalty" : stage.procedure);
	int rc = world_open(&stage, dir, &own);
	if (rc == 0)
		run_steps(&stage);
	else if (rc == -ERR_INVALID)
		(void)mistaken(&stage, scenario, "搭建", &own);
	world_close(&stage);
	const struct yaml *place = yaml_get(scenario, "place");
	json_put_str(out, "place", place == NULL ? USUAL_PLACE : yaml_text(place)); /* none where it is described in place */
	json_put_str(out, "procedure", stage.procedure);
	json_put(out, "verdicts", stage.verdicts);
	json_put_bool(out, "ok", stage.ok);
	if (rc != 0 && rc != -ERR_INVALID)
		(void)ERR(err, own.code, "场景“%s”的站点建不起来：%s", yaml_member(scenario, "title"), own.message);
	arena_free(arena);
	return rc == -ERR_INVALID ? 0 : rc;
}

/* --- files ----------------------------------------------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	(void)info;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int make_dir(struct arena *arena, char **out, struct err *err)
{
	const char *base = getenv("TMPDIR");
	if (base == NULL || *base == '\0')
		base = access(SHARED_MEMORY, W_OK | X_OK) == 0 ? SHARED_MEMORY : "/tmp";
	*out = arena_printf(arena, "%s/sanzhi-play-XXXXXX", base);
	return mkdtemp(*out) != NULL ? 0 : ERR(err, ERR_IO, "临时目录 %s 建不成：%s", *out, err_errno(errno));
}

int play_open(const struct play_options *options, struct arena *arena, struct play **out, struct err *err)
{
	struct play *play = ARENA_NEW(arena, struct play);
	const char *rulebook = options->rulebook != NULL ? options->rulebook : getenv("SANZHI_RULEBOOK");
	play->arena = arena;
	play->db_url = options->db_url;
	*out = play;
	return law_load(rulebook == NULL ? SANZHI_RULEBOOK_DIR : rulebook, arena, &play->law, err);
}

int play_list(struct play *play, const char *path, struct arena *arena, json_t **out, struct err *err)
{
	struct yaml **scenarios;
	size_t count;
	(void)play;
	int rc = scenarios_read(path, arena, &scenarios, &count, err);
	if (rc != 0)
		return rc;
	*out = json_tie(arena, json_array());
	for (size_t i = 0; i < count; i++)
		json_push(*out, described(scenarios[i], arena));
	return 0;
}

int play_run(struct play *play, const char *path, struct arena *arena, json_t **out, struct err *err)
{
	struct yaml **scenarios;
	struct library library;
	size_t count = 0;
	char *dir = NULL;
	int64_t passed = 0;
	int rc = scenarios_read(path, arena, &scenarios, &count, err);
	if (rc == 0)
		rc = library_find(path, arena, &library, err);
	if (rc == 0)
		rc = make_dir(arena, &dir, err);
	if (rc != 0)
		return rc;
	json_t *list = json_array();
	*out = json_tie(arena, json_object());
	json_put_str(*out, "file", path);
	json_put(*out, "scenarios", list);
	for (size_t i = 0; i < count && rc == 0; i++) {
		json_t *one = described(scenarios[i], arena);
		json_push(list, one);
		const char *site = arena_printf(arena, "%s/%zu", dir, i + 1);
		rc = run_scenario(play, &library, scenarios[i], site, one, err);
		(void)nftw(site, remove_one, 16, FTW_DEPTH | FTW_PHYS);
		passed += json_bool(one, "ok");
	}
	json_put_int(*out, "passed", passed);
	json_put_int(*out, "failed", (int64_t)count - passed);
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return rc;
}
