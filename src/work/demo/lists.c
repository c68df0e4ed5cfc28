/* What agencies publish beforehand, and what the year asks of them beside their cases. */
#include "base/text.h"
#include "work/demo/inside.h"

#define ITEMS_MAX 4

static json_t *words_of(struct demo *demo, const struct demo_agency *agency)
{
	const json_t *units = json_object_get(agency->def, "units"), *act;
	json_t *vars = json_tie(demo->arena, json_object());
	const char *acts = "";
	size_t i;
	json_array_foreach(json_object_get(agency->def, "acts"), i, act)
		acts = arena_printf(demo->arena, "%s%s%s", acts, i == 0 ? "" : "、", json_string_value(act));
	json_put_str(vars, "agency", agency->name);
	json_put_str(vars, "agency-address", json_str(agency->def, "address"));
	json_put_str(vars, "area-name", agency->county);
	json_put_str(vars, "phone", json_str(agency->def, "phone"));
	json_put_str(vars, "unit", json_string_value(json_array_get(units, 0)));
	json_put_str(vars, "head", agency->hands[HAND_HEAD].name);
	json_put_str(vars, "acts", acts);
	return vars;
}

/* The columns that the agency's own field of work says better than the common words do. */
static json_t *special(struct demo *demo, const struct demo_agency *agency, const char *from, size_t i)
{
	const json_t *one = json_array_get(json_object_get(json_object_get(demo->domains, agency->domain), from), i);
	json_t *out = json_tie(demo->arena, json_object());
	if (text_eq(from, "officers")) {
		json_put_str(out, "name", agency->officer_names[i]);
		return i < DEMO_OFFICERS ? out : NULL;
	}
	if (text_eq(from, "recordings") || text_eq(from, "reviews"))
		return json_array_get(json_object_get(demo->lists, from), i);
	if (one == NULL)
		return NULL;
	if (text_eq(from, "violations")) {
		json_put_str(out, "name", arena_printf(demo->arena, "对%s行为的处罚", json_str(one, "title")));
		json_put_str(out, "item", json_str(one, "title"));
		json_put_str(out, "circumstances", "初次违法，危害后果较轻，主动配合调查");
	} else if (text_eq(from, "licences")) {
		json_put_str(out, "name", json_str(one, "item"));
		json_put_str(out, "materials", json_joined(demo->arena, json_object_get(one, "materials"), "；"));
		json_put_str(out, "conditions", json_str(one, "conditions"));
	} else {
		json_put_str(out, "content", json_str(one, "content"));
		json_put_str(out, "object", json_str(one, "object"));
	}
	json_put_str(out, "basis", json_joined(demo->arena, json_object_get(one, "basis"), "；"));
	return out;
}

static int set_item(struct demo *demo, struct demo_agency *agency, const json_t *list, const json_t *own, size_t number, struct err *err)
{
	struct fill fill = {.demo = demo, .agency = agency, .rng = &demo->rng, .vars = words_of(demo, agency), .arena = demo->arena};
	const json_t *columns = json_object_get(demo->lists, "columns"), *field;
	json_t *values = json_tie(demo->arena, json_object());
	size_t i;
	json_array_foreach(json_object_get(list, "fields"), i, field) {
		const char *name = json_str(field, "name"), *text = json_str(own, name);
		if (text == NULL)
			text = json_str(columns, name);
		if (text != NULL)
			json_put_str(values, name, fill_words(&fill, text));
	}
	return demo_register(demo, &agency->hands[HAND_PUBLISHER], "agency", agency->code, "list.item-set",
	                     json_pack("{s:s,s:s,s:s}", "list", json_str(list, "id"), "item", arena_printf(demo->arena, "%s-%02zu", json_str(list, "id"), number), "values",
	                               json_text(demo->arena, values, NULL)),
	                     NULL, 0, err);
}

static int set_items(struct demo *demo, struct demo_agency *agency, const json_t *list, struct err *err)
{
	const char *from = json_str(json_object_get(demo->lists, "from"), json_str(list, "id"));
	int rc = 0;
	if (from == NULL)
		return set_item(demo, agency, list, NULL, 1, err);
	for (size_t i = 0; i < ITEMS_MAX && rc == 0; i++) {
		json_t *own = special(demo, agency, from, i);
		if (own == NULL)
			break;
		rc = set_item(demo, agency, list, own, i + 1, err);
	}
	return rc;
}

static int review_and_publish(struct demo *demo, struct demo_agency *agency, const json_t *list, struct err *err)
{
	static const char *const reviewed[] = {"powers", "random", "procedures", "guides", "subjects"};
	const char *id = json_str(list, "id");
	int rc = 0;
	for (size_t i = 0; i < sizeof(reviewed) / sizeof(reviewed[0]) && rc == 0; i++)
		if (text_eq(reviewed[i], id))
			rc = demo_register(demo, &agency->supervisor, "agency", agency->code, "list.reviewed",
			                   json_pack("{s:s,s:s,s:s,s:s}", "list", id, "conclusion", "同意", "body", agency->supervisor.name, "opinion", "内容齐全，同意公示。"), NULL, 0, err);
	if (rc != 0)
		return rc;
	return demo_register(demo, &agency->hands[HAND_PUBLISHER], "agency", agency->code, "list.published",
	                     json_pack("{s:s,s:[s,s],s:s,s:s,s:s}", "lists", id, "channels", "全省行政执法信息公示平台", "本单位网站", "published-at",
	                               instant_format(demo->arena, atomic_load(&demo->now)), "reviewed-by", agency->hands[HAND_UNIT_HEAD].name, "approved-by",
	                               agency->hands[HAND_HEAD].name),
	                     NULL, 0, err);
}

static int adopt_rules(struct demo *demo, struct demo_agency *agency, struct err *err)
{
	static const char *const kinds[] = {"音像记录事项清单", "全过程记录制度", "公示制度", "法制审核制度"};
	int rc = 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && rc == 0; i++)
		rc = demo_register(demo, &agency->hands[HAND_UNIT_HEAD], "agency", agency->code, "rule.adopted",
		                   json_pack("{s:s,s:s,s:s,s:s,s:s}", "kind", kinds[i], "title", arena_printf(demo->arena, "%s%s", agency->name, kinds[i]), "date",
		                             day_format(demo->arena, instant_day(atomic_load(&demo->now))), "filed-with", "本级司法行政机关", "filed-on",
		                             day_format(demo->arena, instant_day(atomic_load(&demo->now)))),
		                   NULL, 0, err);
	if (rc == 0)
		rc = demo_register(demo, &demo->administrator, "agency", agency->code, "place.registered",
		                   json_pack("{s:s,s:s,s:s,s:b,s:b}", "name", "执法办案区", "kind", "办案场所", "address", json_str(agency->def, "address"), "cctv", true, "all-day", true), NULL, 0, err);
	const char *room = json_str(agency->def, "hearing-room"); /* whose place asks for one and has it */
	if (rc == 0 && room != NULL)
		rc = demo_register(demo, &demo->administrator, "agency", agency->code, "place.registered",
		                   json_pack("{s:s,s:s,s:s,s:b,s:b}", "name", room, "kind", "听证室", "address", json_str(agency->def, "address"), "cctv", true, "recording-devices", true), NULL, 0, err);
	return rc;
}

static bool skipped(const struct demo *demo, const char *id)
{
	const json_t *one;
	size_t i;
	json_array_foreach(json_object_get(demo->lists, "skip"), i, one)
		if (text_eq(json_string_value(one), id))
			return true;
	return false;
}

int demo_lists(struct demo *demo, struct demo_agency *agency, struct err *err)
{
	struct law_place place = {.agency = agency->code, .area = agency->area};
	day_t today = instant_day(atomic_load(&demo->now));
	const json_t *lists = law_lists(law_scope(demo->site->law, &place, today, DAY_NONE, demo->arena), demo->arena), *list;
	size_t i;
	int rc = adopt_rules(demo, agency, err);
	json_array_foreach(lists, i, list) {
		if (rc == 0 && !skipped(demo, json_str(list, "id")))
			rc = set_items(demo, agency, list, err);
		if (rc == 0 && !skipped(demo, json_str(list, "id")))
			rc = review_and_publish(demo, agency, list, err);
	}
	return rc;
}

/* January: the year before is reported and published. */
int demo_yearly(struct demo *demo, struct demo_agency *agency, struct err *err)
{
	int year, month, day;
	instant_t now = atomic_load(&demo->now);
	day_to_ymd(instant_day(now), &year, &month, &day);
	const char *at = instant_format(demo->arena, now);
	int rc = demo_register(demo, &agency->hands[HAND_PUBLISHER], "agency", agency->code, "stats.reported",
	                       json_pack("{s:i,s:[s,s],s:s}", "year", year - 1, "to", "本级政府（司法行政机关）", "上级主管部门", "reported-at", at), NULL, 0, err);
	if (rc == 0)
		rc = demo_register(demo, &agency->hands[HAND_PUBLISHER], "agency", agency->code, "stats.published",
		                   json_pack("{s:i,s:s,s:[s,s],s:b,s:b}", "year", year - 1, "published-at", at, "channels", "全省行政执法信息公示平台", "本单位网站", "acts-included", true,
		                             "remedies-included", true),
		                   NULL, 0, err);
	if (rc == 0)
		rc = demo_register(demo, &agency->hands[HAND_UNIT_HEAD], "agency", agency->code, "training.held",
		                   json_pack("{s:s,s:s,s:s,s:i,s:i}", "title", "行政执法三项制度专题培训", "kind", "专题培训", "date", day_format(demo->arena, instant_day(now)), "hours", 16, "people", 24),
		                   NULL, 0, err);
	return rc;
}
