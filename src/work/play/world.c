/* The throw-away site of one scenario: an agency, its officers, and the hands that act. */
#include "base/text.h"
#include "work/play/inside.h"

#define HEAD_START INSTANT_DAY /* how long before the first act the agency and its people are registered */

/* --- time ------------------------------------------------------------------------------------------------------------------- */

static day_t working_day_after(const struct stage *stage, day_t day, int64_t count)
{
	struct err ignored;
	err_init(&ignored, stage->arena);
	while (count > 0) {
		bool working = false;
		day++;
		if (calendar_is_working(law_calendar(stage->play->law), day, &working, NULL, &ignored) != 0)
			working = day_weekday(day) != 0 && day_weekday(day) != 6;
		count -= working;
	}
	return day;
}

bool world_time(const struct stage *stage, const char *text, instant_t *out)
{
	int64_t count;
	size_t digits = strspn(text, "0123456789");
	if (instant_parse(text, strlen(text), out))
		return true;
	if (digits == 0 || digits > 4 || text[digits] != ' ' || !text_int(text, digits, &count))
		return false;
	const char *day = day_format(stage->arena, working_day_after(stage, stage->from, count));
	const char *whole = arena_printf(stage->arena, "%sT%s", day, text + digits + 1);
	return instant_parse(whole, strlen(whole), out);
}

/* --- hands -------------------------------------------------------------------------------------------------------------------- */

static bool is_role(const struct stage *stage, const char *name)
{
	const json_t *roles = json_object_get(law_vocabulary(stage->play->law), "roles"), *role;
	size_t i;
	if (json_is_object(roles))
		return json_object_get(roles, name) != NULL;
	json_array_foreach(roles, i, role)
		if (text_eq(json_str(role, "id"), name))
			return true;
	return false;
}

int world_actor(struct stage *stage, const char *name, struct actor *out, struct err *err)
{
	const struct yaml *own = yaml_get(yaml_get(stage->scenario, "users"), name);
	json_t *roles = json_tie(stage->arena, json_array());
	if (text_eq(name, "program")) {
		*out = actor_system(stage->arena);
		out->agency = stage->code;
		out->area = stage->area;
		return 0;
	}
	if (own != NULL && own->type == YAML_LIST)
		for (size_t i = 0; i < own->count; i++)
			json_push_str(roles, yaml_text(own->items[i]));
	else if (text_eq(name, "second"))
		json_push_str(roles, "handler");
	else if (is_role(stage, name))
		json_push_str(roles, name);
	else
		return ERR(err, ERR_INVALID, "没有叫“%s”的人：写一个角色，或者在 users 里列出", name);
	*out = (struct actor){.user = name, .name = name, .agency = stage->code, .area = stage->area, .roles = roles};
	return 0;
}

/* --- the site ------------------------------------------------------------------------------------------------------------------- */

static instant_t stage_now(void *context)
{
	struct stage *stage = context;
	return atomic_load(&stage->now);
}

static int find_place(struct stage *stage, struct err *err)
{
	const struct yaml *place = yaml_get(stage->scenario, "place");
	const char *name = place == NULL ? USUAL_PLACE : yaml_text(place);
	if (name != NULL) {
		place = yaml_get(stage->library->places, name);
		if (place == NULL)
			return ERR(err, ERR_INVALID, "places.yaml 里没有地方“%s”", name);
	}
	stage->code = yaml_member(place, "code");
	stage->agency = yaml_member(place, "name");
	stage->abbreviation = yaml_member(place, "abbreviation");
	stage->area = yaml_member(place, "area");
	stage->level = yaml_member(place, "level");
	if (stage->code == NULL || stage->agency == NULL || stage->area == NULL)
		return ERR(err, ERR_INVALID, "地方要有 code、name 和 area");
	if (stage->abbreviation == NULL)
		stage->abbreviation = stage->agency;
	if (stage->level == NULL)
		stage->level = "县市区";
	return 0;
}

static int enter(struct stage *stage, const char *kind, const char *key, const char *by, const struct yaml *body, struct err *err)
{
	struct doing doing = {.kind = kind, .by = by, .key = key, .bodies = {body}, .at = atomic_load(&stage->now), .happened = INSTANT_NONE};
	struct done done;
	int rc = do_act(stage, &doing, &done, err);
	if (rc != 0)
		return rc;
	if (done.rc != 0)
		return ERR(err, ERR_INVALID, "登记 %s（%s）不成：%s%s%s", kind, key, done.err.message, done.err.diags == NULL ? "" : "；",
		           done.err.diags == NULL ? "" : arena_printf(stage->arena, "%s %s", done.err.diags->where, done.err.diags->what));
	atomic_fetch_add(&stage->now, 60 * INSTANT_SECOND);
	return 0;
}

static int enter_people(struct stage *stage, struct err *err)
{
	static const char *const usual[] = {"first", "second", "third"};
	const struct yaml *own = yaml_get(stage->scenario, "officers");
	int rc = enter(stage, "agency.registered", stage->code, "system-admin", NULL, err);
	for (size_t i = 0; rc == 0 && i < sizeof(usual) / sizeof(usual[0]); i++)
		if (yaml_get(own, usual[i]) == NULL)
			rc = enter(stage, "officer.certified", usual[i], "system-admin", body_defaults(stage, "officer.certified", usual[i]), err);
	for (size_t i = 0; rc == 0 && own != NULL && i < own->count; i++)
		rc = enter(stage, "officer.certified", own->keys[i]->text, "system-admin", own->items[i], err);
	return rc;
}

/* When the agency is registered: `since`, else a day before the first act. */
static int first_moment(struct stage *stage, struct err *err)
{
	const char *since = yaml_member(stage->scenario, "since"), *from = yaml_member(stage->scenario, "from");
	const struct yaml *acts = yaml_get(stage->scenario, "acts");
	const char *first = acts == NULL || acts->count == 0 ? NULL : yaml_member(acts->items[0], "at");
	instant_t at;
	day_t day;
	stage->from = DAY_NONE;
	if (from != NULL && !day_parse(from, strlen(from), &stage->from))
		return ERR(err, ERR_INVALID, "读不懂的 from：%s", from);
	bool begun = yaml_get(stage->scenario, "given") != NULL || yaml_get(stage->scenario, "given-until") != NULL || first == NULL || strchr(first, '-') == NULL;
	if (stage->from == DAY_NONE && (begun || !instant_parse(first, strlen(first), &at)))
		BUG_ON(!day_parse("2026-03-02", 10, &stage->from));
	else if (stage->from == DAY_NONE)
		stage->from = instant_day(at);
	if (since != NULL && day_parse(since, strlen(since), &day))
		atomic_store(&stage->now, day_start(day) + 9 * INSTANT_HOUR);
	else if (since != NULL)
		return ERR(err, ERR_INVALID, "读不懂的 since：%s", since);
	else
		atomic_store(&stage->now, day_start(stage->from) - HEAD_START + INSTANT_HOUR);
	return 0;
}

int world_open(struct stage *stage, const char *dir, struct err *err)
{
	struct site_options options = {.dir = dir, .db_url = stage->play->db_url, .law = stage->play->law, .clock = {.now = stage_now, .context = stage}, .readers = 1,
	                               .log_level = LOG_ERROR_, .migrate = false};
	int rc = find_place(stage, err);
	if (rc == 0)
		rc = first_moment(stage, err);
	if (rc == 0)
		rc = site_init(&options, "场景", "http://127.0.0.1:8080", err);
	if (rc == 0)
		rc = site_open(&options, stage->arena, &stage->site, err);
	if (rc == 0)
		rc = enter_people(stage, err);
	return rc;
}

void world_close(struct stage *stage)
{
	if (stage->site != NULL)
		site_close(stage->site);
	stage->site = NULL;
}
