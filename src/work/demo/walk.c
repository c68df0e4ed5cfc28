/* One case on its way: planning its steps, and doing them one after the other as the clock comes to each. */
#include "base/text.h"
#include "work/demo/inside.h"
#include "work/state.h"

#define MINUTE (60 * INSTANT_SECOND)
#define TRIES 5
#define STEPS_MAX 200

/* --- time ------------------------------------------------------------------------------------------------------------- */

static bool works(const struct walk *walk, day_t day)
{
	struct err ignored;
	bool working = true;
	err_init(&ignored, walk->arena);
	return calendar_is_working(law_calendar(walk->demo->site->law), day, &working, NULL, &ignored) != 0 || working;
}

static instant_t at_minute(day_t day, int64_t minute)
{
	return day_start(day) + minute * MINUTE;
}

/* Into office hours: 9:00 to 11:50 and 14:30 to 17:40 of a working day. */
static instant_t office(struct walk *walk, instant_t at)
{
	day_t day = instant_day(at);
	int64_t minute = (at - day_start(day)) / MINUTE;
	if (minute > 17 * 60 + 40) {
		day++;
		minute = 0;
	}
	while (!works(walk, day)) {
		day++;
		minute = 0;
	}
	if (minute < 9 * 60)
		return at_minute(day, 9 * 60 + rng_between(&walk->rng, 2, 80));
	if (minute > 11 * 60 + 50 && minute < 14 * 60 + 30)
		return at_minute(day, 14 * 60 + 30 + rng_between(&walk->rng, 2, 60));
	return day == instant_day(at) ? at : at_minute(day, minute);
}

void walk_days(struct walk *walk, int64_t low, int64_t high)
{
	day_t day = instant_day(walk->cursor);
	for (int64_t left = rng_between(&walk->rng, low, high); left > 0; left--) {
		do
			day++;
		while (!works(walk, day));
	}
	if (day != instant_day(walk->cursor))
		walk->cursor = at_minute(day, rng_between(&walk->rng, 9 * 60, 11 * 60));
}

void walk_calendar_days(struct walk *walk, int days)
{
	walk->cursor = at_minute(instant_day(walk->cursor) + days, rng_between(&walk->rng, 9 * 60, 11 * 60));
}

void walk_hours(struct walk *walk, int64_t low, int64_t high)
{
	walk->cursor += rng_between(&walk->rng, low * 60, high * 60) * MINUTE;
}

bool walk_chance(struct walk *walk, unsigned percent)
{
	return rng_chance(&walk->rng, percent);
}

const char *walk_var(const struct walk *walk, const char *name)
{
	return json_str(walk->vars, name);
}

/* --- planning ----------------------------------------------------------------------------------------------------------- */

void walk_on(struct walk *walk, enum hand hand, const char *kind, const char *format, ...)
{
	if (walk->steps == NULL)
		walk->steps = ARENA_ARRAY(walk->arena, STEPS_MAX, struct step);
	BUG_ON(walk->count == STEPS_MAX);
	walk->cursor = office(walk, walk->cursor);
	json_t *body = NULL;
	if (format != NULL) {
		va_list args;
		json_error_t fault;
		va_start(args, format);
		body = json_vpack_ex(&fault, 0, format, args);
		va_end(args);
		BUG_ON(body == NULL); /* a format of this program's own */
		json_tie(walk->arena, body);
	}
	walk->steps[walk->count++] = (struct step){.kind = kind, .hand = hand, .at = walk->cursor, .body = body};
	walk->cursor += rng_between(&walk->rng, 6, 28) * MINUTE;
}

/* --- doing -------------------------------------------------------------------------------------------------------------- */

/* What the opening gave the case: its number goes into every later text. */
static void note_opening(struct walk *walk, const struct act_result *result)
{
	char agency[19];
	int year;
	int64_t number;
	walk->key = arena_strdup(walk->arena, result->entry.stream_key);
	if (!case_key_parse(walk->key, agency, &year, &number))
		return;
	json_put_str(walk->vars, "n", arena_printf(walk->arena, "%lld", (long long)number));
	json_put_str(walk->vars, "year", arena_printf(walk->arena, "%d", year));
	json_put_str(walk->vars, "case-number", json_str(json_object_get(result->state, "facts"), "case-number"));
}

static int refused(const struct walk *walk, const struct step *step, struct err *from, struct err *err)
{
	for (const struct diag *diag = from->diags; diag != NULL; diag = diag->next) {
		struct diag *copy = err_diag(err, diag->where, "%s", diag->what);
		copy->mend = arena_strdup(err->arena, diag->mend);
		copy->clause = arena_strdup(err->arena, diag->clause);
		copy->cite = arena_strdup(err->arena, diag->cite);
	}
	return ERR(err, ERR_INTERNAL, "演示案件 %s（%s，%s）在 %s 办理“%s”时不成：%s", walk->key == NULL ? "（未立）" : walk->key, walk->agency->name, walk->procedure,
	           instant_format(err->arena, step->at), step->kind, from->message);
}

static int attempt(struct walk *walk, const struct step *step, struct fill *fill, const json_t *body, struct act_result *result, struct err *err)
{
	struct act act = {.stream_type = "case", .stream_key = walk->key, .kind = step->kind, .at = INSTANT_NONE, .body = body, .files = fill->files, .nfiles = fill->nfiles,
	                  .expect = -1};
	if (walk->key == NULL)
		return act_open_case(walk->demo->site, fill->by, walk->procedure, &act, fill->arena, result, err);
	return act_do(walk->demo->site, fill->by, &act, fill->arena, result, err);
}

static json_t *form_of(struct walk *walk, const struct step *step, instant_t now, struct arena *arena)
{
	if (walk->state != NULL)
		return law_form(state_scope(walk->demo->site, walk->state, instant_day(now), arena), walk->state, step->kind, arena);
	struct law_place place = {.agency = walk->agency->code, .area = walk->agency->area};
	struct law_scope *scope = law_scope(walk->demo->site->law, &place, instant_day(now), instant_day(now), arena);
	return law_form(scope, law_state_new(&place, walk->procedure, now, arena), step->kind, arena);
}

static int do_step(struct walk *walk, const struct step *step, struct arena *arena, struct err *err)
{
	instant_t now = atomic_load(&walk->demo->now);
	struct fill fill = {.demo = walk->demo, .agency = walk->agency, .rng = &walk->rng, .vars = walk->vars, .now = now, .arena = arena,
	                    .by = &walk->agency->hands[step->hand], .files = ARENA_ARRAY(arena, JOURNAL_FILES_MAX, struct entry_file)};
	const json_t *form = form_of(walk, step, now, arena);
	struct err tried;
	struct act_result result;
	json_t *body;
	err_init(&tried, arena);
	int rc = form == NULL ? ERR(&tried, ERR_INTERNAL, "没有“%s”这一类记录", step->kind) : fill_body(&fill, form, step->kind, step->body, &body, &tried);
	for (int i = 0; rc == 0 && i < TRIES; i++) {
		rc = attempt(walk, step, &fill, body, &result, &tried);
		if (rc != -ERR_INVALID)
			break;
		struct err asked = tried;
		err_init(&tried, arena);
		if (!fill_missing(&fill, form, step->kind, asked.diags, body, &tried)) {
			tried = asked;
			break;
		}
		rc = 0;
	}
	if (rc != 0)
		return refused(walk, step, &tried, err);
	if (walk->key == NULL)
		note_opening(walk, &result);
	json_decref(walk->state);
	walk->state = json_incref(result.state);
	walk->demo->entries++;
	return 0;
}

int walk_step(struct walk *walk, struct err *err)
{
	struct arena *arena = arena_new();
	const struct step *step = &walk->steps[walk->next++];
	if (step->at > atomic_load(&walk->demo->now))
		atomic_store(&walk->demo->now, step->at);
	int rc = do_step(walk, step, arena, err);
	arena_free(arena);
	return rc;
}
