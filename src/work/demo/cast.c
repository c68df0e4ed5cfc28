/* Who there is: agencies, their officers, devices and users, the justice departments and the three administrators. Each is an act of somebody entitled to it. */
#include "base/text.h"
#include "work/demo/inside.h"
#include "work/password.h"

static const struct {
	const char *login, *title, *roles[3];
} hands[HAND_COUNT] = {
    [HAND_HANDLER] = {"chengban", "承办人", {"handler"}},         [HAND_HANDLER2] = {"chengban2", "承办人", {"handler"}},
    [HAND_UNIT_HEAD] = {"jigou", "承办机构负责人", {"unit-head"}}, [HAND_REVIEWER] = {"shenhe", "审核人", {"reviewer"}},
    [HAND_LEGAL] = {"fazhi", "法制审核人员", {"legal-reviewer"}},  [HAND_LEADER] = {"fenguan", "分管领导", {"leader-in-charge"}},
    [HAND_HEAD] = {"juzhang", "行政机关负责人", {"head"}},         [HAND_PUBLISHER] = {"gongshi", "公示员", {"publisher"}},
    [HAND_ARCHIVIST] = {"dangan", "档案员", {"archivist"}},        [HAND_WINDOW] = {"chuangkou", "窗口人员", {"window"}},
};

/* An act on a register's stream, its body filled from what is given. */
int demo_register(struct demo *demo, const struct actor *by, const char *type, const char *key, const char *kind, json_t *body, const struct entry_file *files, size_t nfiles,
                  struct err *err)
{
	struct arena *arena = arena_new();
	struct act act = {.stream_type = type, .stream_key = key, .kind = kind, .at = INSTANT_NONE, .body = json_tie(arena, body), .files = files, .nfiles = nfiles, .expect = -1};
	struct act_result result;
	atomic_fetch_add(&demo->now, rng_between(&demo->rng, 20, 90) * INSTANT_SECOND);
	int rc = act_do(demo->site, by, &act, arena, &result, err);
	if (rc != 0)
		(void)ERR(err, ERR_INTERNAL, "演示登记 %s %s 的“%s”不成：%s", type, key, kind, err->message);
	demo->entries++;
	arena_free(arena);
	return rc;
}

static struct actor actor_of(struct demo *demo, const char *login, const char *name, const char *agency, const char *area, const char *const *roles, const char *officer)
{
	json_t *list = json_tie(demo->arena, json_array());
	for (size_t i = 0; i < 3 && roles[i] != NULL; i++)
		json_push_str(list, roles[i]);
	return (struct actor){.user = login, .name = name, .agency = agency, .area = area, .roles = list, .officer = officer};
}

/* One password for all, hashed once: what it protects is invented. */
static int add_user(struct demo *demo, const struct actor *user, const char *title, const char *agency_name, const char *hash, struct err *err)
{
	struct arena *arena = arena_new();
	struct actor program = actor_system(arena);
	struct user_new new = {.id = user->user, .name = user->name, .agency = user->agency, .roles = user->roles, .officer = user->officer, .password = DEMO_PASSWORD, .hash = hash};
	atomic_fetch_add(&demo->now, 15 * INSTANT_SECOND);
	int rc = user_create(demo->site, &program, &new, arena, NULL, err);
	arena_free(arena);
	if (rc != 0)
		return rc;
	demo->users++;
	demo->entries += 2;
	json_t *login = json_object();
	json_put_str(login, "login", user->user);
	json_put_str(login, "name", user->name);
	json_put_str(login, "title", title);
	json_put_str(login, "agency", agency_name);
	json_push(demo->logins, login);
	return 0;
}

/* --- agencies --------------------------------------------------------------------------------------------------------- */

static json_t *acts_of(const json_t *def)
{
	const json_t *acts = json_object_get(def, "acts");
	return json_deep_copy(acts);
}

static int add_agency(struct demo *demo, struct demo_agency *agency, struct err *err)
{
	struct rng *rng = &demo->rng;
	json_t *body = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:{s:s,s:s},s:s,s:s,s:s}", "name", agency->name, "uscc", agency->code, "abbreviation", agency->abbreviation, "division",
	                         agency->area, "level", json_str(agency->def, "level"), "kind", json_str(agency->def, "kind"), "address", "division", agency->area, "detail",
	                         json_str(agency->def, "address"), "head", agency->hands[HAND_HEAD].name == NULL ? demo_name(demo, rng, agency->area, demo->arena) : agency->hands[HAND_HEAD].name,
	                         "phone", json_str(agency->def, "phone"), "supervision-phone", json_str(agency->def, "phone"));
	json_put(body, "acts", acts_of(agency->def));
	json_put(body, "spheres", json_deep_copy(json_object_get(agency->def, "spheres")));
	json_put_str(body, "parent", json_str(agency->def, "parent"));
	return demo_register(demo, &demo->administrator, "agency", agency->code, "agency.registered", body, NULL, 0, err);
}

static int qualify(struct demo *demo, struct demo_agency *agency, struct err *err)
{
	json_t *body = json_pack("{s:s,s:s,s:s,s:s}", "document", arena_printf(demo->arena, "关于确认%s行政执法主体资格的公告", agency->name), "number", "第 3 号", "date",
	                         day_format(demo->arena, demo->from - 30), "area", agency->county);
	json_put(body, "acts", acts_of(agency->def));
	return demo_register(demo, &agency->supervisor, "agency", agency->code, "agency.qualified", body, NULL, 0, err);
}

/* --- officers --------------------------------------------------------------------------------------------------------- */

/* Most certificates run for years; the fifth runs out within weeks after the last day, the sixth has run out by then. */
static day_t valid_until(const struct demo *demo, size_t i)
{
	if (i == 4)
		return demo->until + 35;
	return i == 5 ? demo->until - 60 : demo->until + 700 + (day_t)i * 60;
}

static int add_officer(struct demo *demo, struct demo_agency *agency, size_t i, struct err *err)
{
	struct arena *arena = demo->arena;
	const char *id = arena_printf(arena, "%s-%02zu", agency->login, i + 1), *name = agency->officer_names[i];
	const json_t *units = json_object_get(agency->def, "units");
	struct entry_file photo;
	agency->officer_ids[i] = id;
	int rc = demo_paper(demo->site, PAPER_PHOTO, "证件照", id, arena, &photo, err);
	if (rc != 0)
		return rc;
	json_t *body = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:{s:i}}", "name", name, "number", arena_printf(arena, "云%.4s%07lld", agency->area, (long long)rng_between(&demo->rng, 1, 9999999)),
	                         "agency", agency->code, "unit", json_string_value(json_array_get(units, i % json_array_size(units))), "post", i == 0 ? "副大队长" : "执法人员", "area",
	                         agency->area, "valid-from", day_format(arena, demo->from - 900), "valid-until", day_format(arena, valid_until(demo, i)), "photo", "file", 0);
	json_put(body, "acts", acts_of(agency->def));
	demo->officers++;
	return demo_register(demo, &agency->supervisor, "officer", id, "officer.certified", body, &photo, 1, err);
}

static int add_assistant(struct demo *demo, struct demo_agency *agency, struct err *err)
{
	const char *id = arena_printf(demo->arena, "%s-fz1", agency->login);
	agency->assistant = demo_name(demo, &demo->rng, agency->area, demo->arena);
	agency->assistant_card = arena_printf(demo->arena, "辅%.6s%03lld", agency->area, (long long)rng_between(&demo->rng, 1, 999));
	demo->officers++;
	return demo_register(demo, &demo->administrator, "officer", id, "assistant.carded",
	                    json_pack("{s:s,s:s,s:s,s:s}", "name", agency->assistant, "number", agency->assistant_card, "agency", agency->code, "valid-until", day_format(demo->arena, demo->until + 200)),
	                    NULL, 0, err);
}

/* The fourth officer examines what the others do. */
static int appoint_reviewer(struct demo *demo, struct demo_agency *agency, struct err *err)
{
	return demo_register(demo, &agency->supervisor, "officer", agency->officer_ids[3], "reviewer.appointed",
	                    json_pack("{s:s,s:s,s:s,s:b,s:s,s:b,s:s}", "name", agency->officer_names[3], "agency", agency->code, "capacity", "法制审核人员", "legal-qualification", true,
	                              "qualification-number", arena_printf(demo->arena, "A2018%.6s0%lld", agency->area, (long long)rng_between(&demo->rng, 100, 999)), "first-time", false,
	                              "from", day_format(demo->arena, demo->from - 400)),
	                    NULL, 0, err);
}

static int add_devices(struct demo *demo, struct demo_agency *agency, struct err *err)
{
	static const char *const kinds[2] = {"执法记录仪", "摄像机"};
	int rc = 0;
	for (size_t i = 0; i < 2 && rc == 0; i++) {
		agency->devices[i] = arena_printf(demo->arena, "%s-%s%zu", agency->abbreviation, i == 0 ? "J" : "S", i + 1);
		rc = demo_register(demo, &agency->hands[HAND_ARCHIVIST], "device", arena_printf(demo->arena, "%s.d%zu", agency->login, i + 1), "device.registered",
		                  json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:s}", "name", arena_printf(demo->arena, "%s %s", agency->abbreviation, kinds[i]), "number", agency->devices[i], "kind",
		                            kinds[i], "agency", agency->code, "bought-on", day_format(demo->arena, demo->from - 500), "cost", i == 0 ? 268000 : 520000, "funding", "同级财政",
		                            "keeper", agency->hands[HAND_ARCHIVIST].name),
		                  NULL, 0, err);
	}
	return rc;
}

/* --- one agency's people ---------------------------------------------------------------------------------------------- */

static void name_people(struct demo *demo, struct demo_agency *agency)
{
	for (size_t i = 0; i < DEMO_OFFICERS; i++)
		agency->officer_names[i] = demo_name(demo, &demo->rng, agency->area, demo->arena);
	for (size_t i = 0; i < HAND_COUNT; i++) {
		static const int officer_of[HAND_COUNT] = {[HAND_HANDLER] = 1, [HAND_HANDLER2] = 2, [HAND_UNIT_HEAD] = 3, [HAND_LEGAL] = 4};
		const char *name = officer_of[i] > 0 ? agency->officer_names[officer_of[i] - 1] : demo_name(demo, &demo->rng, agency->area, demo->arena);
		const char *officer = officer_of[i] > 0 ? arena_printf(demo->arena, "%s-%02d", agency->login, officer_of[i]) : NULL;
		agency->hands[i] = actor_of(demo, arena_printf(demo->arena, "%s.%s", agency->login, hands[i].login), name, agency->code, agency->area, hands[i].roles, officer);
	}
}

static int people_of(struct demo *demo, struct demo_agency *agency, const char *hash, struct err *err)
{
	int rc = qualify(demo, agency, err);
	for (size_t i = 0; i < DEMO_OFFICERS && rc == 0; i++)
		rc = add_officer(demo, agency, i, err);
	if (rc == 0)
		rc = appoint_reviewer(demo, agency, err);
	if (rc == 0)
		rc = add_assistant(demo, agency, err);
	for (size_t i = 0; i < HAND_COUNT && rc == 0; i++)
		rc = add_user(demo, &agency->hands[i], hands[i].title, agency->name, hash, err);
	return rc == 0 ? add_devices(demo, agency, err) : rc;
}

/* A justice department supervises; its own year it reports like any agency. */
static int justice_people(struct demo *demo, struct demo_agency *justice, const char *hash, struct err *err)
{
	static const enum hand own[] = {HAND_UNIT_HEAD, HAND_PUBLISHER};
	int rc = add_user(demo, &justice->supervisor, "司法行政监督人员", justice->name, hash, err);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]) && rc == 0; i++) {
		struct actor *actor = &justice->hands[own[i]];
		*actor = actor_of(demo, arena_printf(demo->arena, "%s.%s", justice->login, hands[own[i]].login), demo_name(demo, &demo->rng, justice->area, demo->arena), justice->code,
		                  justice->area, hands[own[i]].roles, NULL);
		rc = add_user(demo, actor, hands[own[i]].title, justice->name, hash, err);
	}
	return rc;
}

static void take_defs(struct demo *demo)
{
	const json_t *def;
	size_t i, at = 0;
	demo->agencies = ARENA_ARRAY(demo->arena, json_array_size(demo->agency_defs), struct demo_agency);
	for (int justice = 0; justice <= 1; justice++) {
		json_array_foreach(demo->agency_defs, i, def) {
			if (text_eq(json_str(def, "domain"), "justice") != (justice == 1))
				continue;
			const char *area = json_str(def, "area"), *county = law_division_name(demo->site->law, area);
			demo->agencies[at++] = (struct demo_agency){.def = def, .code = json_str(def, "code"), .name = json_str(def, "name"), .abbreviation = json_str(def, "abbreviation"),
			                                            .area = area, .login = json_str(def, "login"), .domain = json_str(def, "domain"), .county = county == NULL ? area : county,
			                                            .cases = (unsigned)json_int(def, "cases", 0)};
		}
		if (justice == 0)
			demo->nenforcing = at;
	}
	demo->nagencies = at;
}

static void take_supervisors(struct demo *demo)
{
	static const char *const roles[3] = {"supervisor"};
	for (size_t i = demo->nenforcing; i < demo->nagencies; i++) {
		struct demo_agency *justice = &demo->agencies[i];
		justice->supervisor = actor_of(demo, justice->login, demo_name(demo, &demo->rng, justice->area, demo->arena), justice->code, justice->area, roles, NULL);
		for (size_t k = 0; k < demo->nenforcing; k++) {
			bool own = strncmp(demo->agencies[k].area, justice->area, 4) == 0;
			if (own || (demo->agencies[k].supervisor.user == NULL && text_eq(justice->area, "530000")))
				demo->agencies[k].supervisor = justice->supervisor;
		}
	}
}

static int administrators(struct demo *demo, const char *hash, struct err *err)
{
	static const struct {
		const char *login, *name, *title, *roles[3];
	} three[] = {{"xitong", "系统管理员", "系统管理员", {"system-admin"}}, {"anquan", "安全管理员", "安全管理员", {"security-admin"}}, {"shenji", "审计管理员", "审计管理员", {"audit-admin"}}};
	int rc = 0;
	for (size_t i = 0; i < 3 && rc == 0; i++) {
		struct actor user = actor_of(demo, three[i].login, three[i].name, "", "", three[i].roles, NULL);
		if (i == 0)
			demo->administrator = user;
		rc = add_user(demo, &user, three[i].title, demo->options->name, hash, err);
	}
	return rc;
}

int demo_cast(struct demo *demo, struct err *err)
{
	char *hash;
	take_defs(demo);
	take_supervisors(demo);
	int rc = password_hash(demo->arena, DEMO_PASSWORD, &hash, err);
	if (rc == 0)
		rc = administrators(demo, hash, err);
	for (size_t i = 0; i < demo->nagencies && rc == 0; i++) {
		if (i < demo->nenforcing)
			name_people(demo, &demo->agencies[i]);
		rc = add_agency(demo, &demo->agencies[i], err);
	}
	for (size_t i = demo->nenforcing; i < demo->nagencies && rc == 0; i++)
		rc = justice_people(demo, &demo->agencies[i], hash, err);
	for (size_t i = 0; i < demo->nenforcing && rc == 0; i++)
		rc = people_of(demo, &demo->agencies[i], hash, err);
	return rc;
}
