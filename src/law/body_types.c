/* Values made of members: persons, organisations, parties, addresses, ranges, signatures, officers. */
#include "law/body.h"
#include "law/facts.h"

#include "base/text.h"

bool body_past(struct body_check *c, const char *where, const char *title, const json_t *value)
{
	const json_t *last = json_is_object(value) ? json_object_get(value, "to") : value;
	const char *text = json_string_value(last);
	day_t day;
	instant_t given;
	if (text == NULL || !value_instant(last, &given))
		return true;
	bool whole = day_parse(text, strlen(text), &day); /* a day may be the act's own */
	if (whole ? day <= instant_day(c->at) : given <= c->at)
		return true;
	(void)body_wrong(c, where,
	                 arena_printf(c->arena, "“%s”填的是%s，晚于本记录的发生时间%s", title, whole ? day_format_zh(c->arena, day) : instant_format_zh(c->arena, given),
	                              whole ? day_format_zh(c->arena, instant_day(c->at)) : instant_format_zh(c->arena, c->at)),
	                 "核对这一项；这件事确实在后的，把本记录的发生时间改到它之后，还没有发生的等发生后再记");
	return false;
}

/* Nobody is born after the act, whatever the field. */
static json_t *birth(struct body_check *c, const char *where, const json_t *value)
{
	json_t *day = body_date(c, where, value);
	if (day == NULL || body_past(c, where, "出生日期", day))
		return day;
	json_decref(day);
	return NULL;
}

static json_t *phone(struct body_check *c, const char *where, const json_t *value)
{
	json_t *text = body_text(c, where, value, 5, 30, false);
	if (text != NULL && strspn(json_string_value(text), "0123456789-+() ") != json_string_length(text)) {
		json_decref(text);
		return body_wrong(c, where, "电话号码里只能有数字、空格和 - + ( )", NULL);
	}
	return text;
}

static json_t *one_of(struct body_check *c, const char *where, const json_t *value, const char *const *words)
{
	const char *text = json_string_value(value);
	for (const char *const *word = words; text != NULL && *word != NULL; word++)
		if (strcmp(*word, text) == 0)
			return json_string(text);
	return body_wrong(c, where, "这里应当选一项", arena_printf(c->arena, "例如“%s”", words[0]));
}

static json_t *words_list(struct body_check *c, const char *where, const json_t *value)
{
	json_t *out = json_array();
	for (size_t i = 0; i < json_array_size(value) && i < 100; i++) {
		json_t *one = body_text(c, where, json_array_get(value, i), 1, 100, false);
		if (one != NULL)
			json_push(out, one);
	}
	return out;
}

static json_t *member(struct body_check *c, const char *where, enum field_type type, const char *name, const json_t *value)
{
	static const char *const sexes[] = {"男", "女", NULL}, *const parties[] = {"公民", "个体工商户", "法人", "其他组织", NULL};
	if (strcmp(name, "id-number") == 0)
		return body_id_number(c, where, value);
	if (strcmp(name, "uscc") == 0)
		return body_uscc(c, where, value);
	if (strcmp(name, "phone") == 0)
		return phone(c, where, value);
	if (strcmp(name, "birth") == 0)
		return birth(c, where, value);
	if (strcmp(name, "valid-from") == 0 || strcmp(name, "valid-to") == 0)
		return body_date(c, where, value);
	if (strcmp(name, "sex") == 0)
		return one_of(c, where, value, sexes);
	if (strcmp(name, "division") == 0)
		return body_division(c, where, value);
	if (strcmp(name, "type") == 0 && type == FIELD_PARTY)
		return one_of(c, where, value, parties);
	if (strcmp(name, "address") == 0 && json_is_object(value))
		return body_composite(c, where, FIELD_ADDRESS, value);
	if (strcmp(name, "from") == 0 || strcmp(name, "to") == 0 || strcmp(name, "at") == 0)
		return body_time(c, where, value);
	if (strcmp(name, "refused") == 0)
		return json_is_boolean(value) ? json_incref(unconst(value)) : body_wrong(c, where, "这里应当答是或者否", NULL);
	if (strcmp(name, "kinds") == 0 || strcmp(name, "areas") == 0)
		return words_list(c, where, value);
	if (strcmp(name, "image") == 0 && json_is_object(value))
		return json_deep_copy(value);
	return body_text(c, where, value, 0, strcmp(name, "reason") == 0 ? 2000 : 300, strcmp(name, "reason") == 0);
}

static void must(struct body_check *c, const char *where, const json_t *out, const char *name, const char *title)
{
	if (json_object_get(out, name) == NULL)
		(void)body_wrong(c, arena_printf(c->arena, "%s.%s", where, name), arena_printf(c->arena, "“%s”没有填写", title), NULL);
}

static void check_range(struct body_check *c, const char *where, const json_t *out)
{
	instant_t from, to;
	must(c, where, out, "from", "开始时间");
	must(c, where, out, "to", "结束时间");
	if (value_instant(json_object_get(out, "from"), &from) && value_instant(json_object_get(out, "to"), &to) && from > to)
		(void)body_wrong(c, where, "结束时间早于开始时间", "核对起止时间");
}

static void check_signature(struct body_check *c, const char *where, const json_t *out)
{
	if (json_is_true(json_object_get(out, "refused"))) {
		must(c, where, out, "reason", "拒绝签名的原因");
		return;
	}
	must(c, where, out, "by", "签名人");
	must(c, where, out, "at", "签名时间");
}

static void check_whole(struct body_check *c, const char *where, enum field_type type, const json_t *out)
{
	switch (type) {
	case FIELD_PERSON: must(c, where, out, "name", "姓名"); break;
	case FIELD_ORGANISATION:
		must(c, where, out, "name", "名称");
		must(c, where, out, "uscc", "统一社会信用代码");
		break;
	case FIELD_PARTY:
		must(c, where, out, "type", "当事人类型");
		must(c, where, out, "name", "姓名或者名称");
		break;
	case FIELD_ADDRESS: must(c, where, out, "detail", "详细地址"); break;
	case FIELD_RANGE: check_range(c, where, out); break;
	case FIELD_SIGNATURE: check_signature(c, where, out); break;
	default: break;
	}
}

static json_t *members(struct body_check *c, const char *where, enum field_type type, const json_t *value, const char *const *names)
{
	json_t *out = json_object();
	size_t before = c->err->ndiags;
	const char *key;
	json_t *given;
	json_object_foreach(unconst(value), key, given) {
		const char *path = arena_printf(c->arena, "%s.%s", where, key), *const *name = names;
		while (*name != NULL && strcmp(*name, key) != 0)
			name++;
		if (*name != NULL) {
			if (!body_blank(given))
				json_put(out, key, member(c, path, type, key, given));
			continue;
		}
		const char *nearest = names_nearest_of(names, key);
		(void)body_wrong(c, path, arena_printf(c->arena, "没有“%s”这一项", key), nearest == NULL ? "去掉这一项" : arena_printf(c->arena, "是不是“%s”？", nearest));
	}
	if (c->err->ndiags == before)
		check_whole(c, where, type, out);
	if (c->err->ndiags == before)
		return out;
	json_decref(out);
	return NULL;
}

json_t *body_composite(struct body_check *c, const char *where, enum field_type type, const json_t *value)
{
	if (type == FIELD_OFFICER && json_is_string(value)) /* no snapshot beside it: such an officer is never qualified */
		return body_text(c, where, value, 1, 64, false);
	if (!json_is_object(value))
		return body_wrong(c, where, "这一项写法不对", NULL);
	if (type != FIELD_OFFICER)
		return members(c, where, type, value, members_of(type));
	/* the snapshot is the program's own: it may carry more than rules look at */
	if (json_str(value, "id") == NULL)
		return body_wrong(c, where, "没有写是哪位执法人员", "从执法人员名录里选择");
	return json_deep_copy(value);
}
