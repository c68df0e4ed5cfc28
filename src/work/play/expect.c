/* What came, against what a scenario expects. */
#include "base/buf.h"
#include "base/text.h"
#include "work/play/inside.h"
#include "work/state.h"

#define LINE_MAX_BYTES ((size_t)16384)

json_t *verdict_add(struct stage *stage, const struct yaml *where, bool given, bool ok, const char *what, const char *expected, const char *came)
{
	json_t *verdict = json_object();
	json_put_str(verdict, "where", where == NULL ? NULL : yaml_where(where, stage->arena));
	json_put_str(verdict, "at", instant_format(stage->arena, atomic_load(&stage->now)));
	json_put_str(verdict, "what", what);
	json_put_bool(verdict, "given", given);
	json_put_bool(verdict, "ok", ok);
	json_put_str(verdict, "expected", expected);
	json_put_str(verdict, "came", came);
	json_push(stage->verdicts, verdict);
	stage->ok = stage->ok && ok;
	return verdict;
}

/* --- lists ---------------------------------------------------------------------------------------------------------------------- */

/* What a verdict prints where there is nothing: the word a scenario has for it, and two quotes for an empty text. */
#define NONE "none"

static const char *shown(const char *text)
{
	return text == NULL ? NONE : *text == '\0' ? "“”" : text;
}

/* A list's texts joined; a scalar is a list of one. */
static const char *joined(struct stage *stage, const struct yaml *list)
{
	struct buf out;
	if (list == NULL || list->type == YAML_SCALAR || list->count == 0)
		return list == NULL || list->type != YAML_SCALAR ? NONE : shown(list->text);
	buf_init(&out, stage->arena, LINE_MAX_BYTES);
	for (size_t i = 0; i < list->count; i++)
		buf_addf(&out, "%s%s", i == 0 ? "" : "、", yaml_text(list->items[i]) == NULL ? "?" : list->items[i]->text);
	return out.data;
}

static bool list_has(const struct yaml *list, const char *text)
{
	if (list == NULL || list->type == YAML_SCALAR)
		return text_eq(yaml_text(list), text);
	for (size_t i = 0; i < list->count; i++)
		if (text_eq(yaml_text(list->items[i]), text))
			return true;
	return false;
}

static bool array_has(const json_t *array, const char *text)
{
	const json_t *item;
	size_t i;
	json_array_foreach(array, i, item)
		if (text_eq(json_string_value(item), text))
			return true;
	return false;
}

/* Whether every text of the list is in the array; exact: and nothing else is. */
static bool same(const struct yaml *list, const json_t *array, bool exact)
{
	const json_t *item;
	size_t i;
	if (list != NULL && list->type == YAML_SCALAR && !array_has(array, list->text))
		return false;
	for (size_t k = 0; list != NULL && list->type == YAML_LIST && k < list->count; k++)
		if (!array_has(array, yaml_text(list->items[k])))
			return false;
	if (!exact)
		return true;
	json_array_foreach(array, i, item)
		if (!list_has(list, json_string_value(item)))
			return false;
	return true;
}

/* One member of each object of an array. */
static json_t *members(struct stage *stage, const json_t *array, const char *name)
{
	json_t *out = json_tie(stage->arena, json_array());
	const json_t *item;
	size_t i;
	json_array_foreach(array, i, item)
		if (json_str(item, name) != NULL)
			json_push_str(out, json_str(item, name));
	return out;
}

static const char *array_text(struct stage *stage, const json_t *array)
{
	struct buf out;
	const json_t *item;
	size_t i;
	if (json_array_size(array) == 0)
		return NONE;
	buf_init(&out, stage->arena, LINE_MAX_BYTES);
	json_array_foreach(array, i, item) {
		char *text = json_is_string(item) ? NULL : json_text(stage->arena, item, NULL);
		buf_addf(&out, "%s%s", i == 0 ? "" : "、", text == NULL ? shown(json_string_value(item)) : text);
	}
	return out.data;
}

/* --- acts ------------------------------------------------------------------------------------------------------------------------ */

static json_t *diag_texts(struct stage *stage, const struct err *err, bool clauses)
{
	json_t *out = json_tie(stage->arena, json_array());
	for (const struct diag *d = err->diags; d != NULL; d = d->next) {
		const char *text = clauses ? d->clause : d->where;
		if (text != NULL && !array_has(out, text))
			json_push_str(out, text);
	}
	return out;
}

static const char *came_text(struct stage *stage, const struct done *done)
{
	struct buf out;
	buf_init(&out, stage->arena, LINE_MAX_BYTES);
	if (done->rc == 0) {
		const json_t *warned = members(stage, done->warnings, "clause");
		bool any = json_array_size(warned) > 0;
		buf_addf(&out, "allowed%s%s", any ? "，提醒 " : "", any ? array_text(stage, warned) : "");
		return out.data;
	}
	buf_addf(&out, "%s", err_word((enum err_code)-done->rc));
	for (const struct diag *d = done->err.diags; d != NULL; d = d->next) {
		const char *place = d->clause != NULL && done->rc != -ERR_INVALID ? d->clause : text_or_empty(d->where);
		buf_addf(&out, "%s%s%s%s", d == done->err.diags ? "：" : "；", place, *place == '\0' ? "" : " ", d->what);
	}
	if (done->err.diags == NULL)
		buf_addf(&out, "：%s", done->err.message);
	return out.data;
}

static void expect_warnings(struct stage *stage, const struct yaml *step, bool given, const char *what, const struct done *done)
{
	const struct yaml *warns = yaml_get(step, "warns");
	if (warns == NULL || done->rc != 0)
		return;
	const json_t *came = members(stage, done->warnings, "clause");
	bool none = text_eq(yaml_text(warns), "none");
	bool ok = none ? json_array_size(came) == 0 : same(warns, came, false);
	(void)verdict_add(stage, warns, given, ok, what, arena_printf(stage->arena, "提醒 %s", joined(stage, warns)), arena_printf(stage->arena, "提醒 %s", array_text(stage, came)));
}

void expect_act(struct stage *stage, const struct yaml *step, bool given, const char *what, const struct done *done)
{
	const struct yaml *expect = yaml_get(step, "expect"), *refused = yaml_get(expect, "refused"), *invalid = yaml_get(expect, "invalid");
	const char *came = came_text(stage, done), *word = yaml_text(expect), *error = yaml_member(expect, "error");
	json_t *verdict;
	bool exact = text_eq(yaml_member(expect, "exact"), "true");
	if (refused != NULL)
		verdict = verdict_add(stage, expect, given, done->rc == -ERR_REFUSED && same(refused, diag_texts(stage, &done->err, true), exact), what,
		            arena_printf(stage->arena, "refused：%s", joined(stage, refused)), came);
	else if (invalid != NULL)
		verdict = verdict_add(stage, expect, given, done->rc == -ERR_INVALID && same(invalid, diag_texts(stage, &done->err, false), exact), what,
		            arena_printf(stage->arena, "invalid：%s", joined(stage, invalid)), came);
	else if (error != NULL || (word != NULL && !text_eq(word, "allowed")))
		verdict = verdict_add(stage, expect, given, done->rc != 0 && text_eq(err_word((enum err_code)-done->rc), error == NULL ? word : error), what, error == NULL ? word : error, came);
	else
		verdict = verdict_add(stage, step, given, done->rc == 0, what, "allowed", came);
	seen_act(stage, done, verdict);
	expect_warnings(stage, step, given, what, done);
}

/* --- duties ------------------------------------------------------------------------------------------------------------------------ */

static bool rule_is(const json_t *part, const char *key)
{
	const char *rule = json_str(part, "rule"), *slash = rule == NULL ? NULL : strchr(rule, '/');
	return text_eq(rule, key) || (slash != NULL && text_eq(slash + 1, key));
}

/* The newest duty of a topic or rule; a rule that does not govern is found among the parts that also bind. */
static const json_t *duty_of(const json_t *state, const char *key, const json_t **part)
{
	const json_t *duty, *also, *found = NULL;
	size_t i, k;
	json_array_foreach(json_object_get(state, "duties"), i, duty) {
		if (rule_is(duty, key) || text_eq(json_str(duty, "topic"), key)) {
			found = *part = duty;
			continue;
		}
		json_array_foreach(json_object_get(duty, "also"), k, also) {
			if (rule_is(also, key)) {
				found = duty;
				*part = also;
			}
		}
	}
	return found;
}

static bool due_is(const char *text, instant_t due)
{
	day_t day;
	instant_t at;
	if (strlen(text) == 10 && day_parse(text, 10, &day))
		return instant_day(due) == day;
	return instant_parse(text, strlen(text), &at) && at == due;
}

static const char *part_text(struct stage *stage, const json_t *part, const char *standing)
{
	instant_t due = json_int(part, "due", INSTANT_NONE);
	const char *limit = text_or_empty(json_str(part, "limit")), *clause = text_or_empty(json_str(part, "clause"));
	const char *until = due == INSTANT_NONE ? "没有期限" : arena_printf(stage->arena, "%s%s至 %s", limit, *limit == '\0' ? "" : " ", instant_format(stage->arena, due));
	return arena_printf(stage->arena, "%s，%s%s%s%s", standing, until, *clause == '\0' ? "" : "，", clause, json_object_get(part, "provisional") != NULL ? "，历年未全" : "");
}

static bool standing_is(const char *expected, const char *came)
{
	return text_eq(expected, came) || (text_eq(expected, "open") && text_eq(came, "amber"));
}

static bool part_is(struct stage *stage, const struct yaml *expected, const json_t *duty, const json_t *part, const char *standing)
{
	const char *state = expected->type == YAML_SCALAR ? expected->text : yaml_member(expected, "state"), *due = yaml_member(expected, "due"), *clause = yaml_member(expected, "clause"),
		   *limit = yaml_member(expected, "limit"), *deemed = yaml_member(expected, "deemed"), *who = yaml_member(expected, "who"), *ground = yaml_member(expected, "ground");
	const struct yaml *also = yaml_get(expected, "also");
	int64_t year = 0;
	const char *provisional = yaml_member(expected, "provisional");
	if (provisional != NULL && (!text_int(provisional, strlen(provisional), &year) || json_int(part, "provisional", 0) != year))
		return false;
	return (state == NULL || standing_is(state, standing)) && (due == NULL || due_is(due, json_int(part, "due", INSTANT_NONE))) && (clause == NULL || text_eq(clause, json_str(part, "clause"))) &&
	       (limit == NULL || text_eq(limit, json_str(part, "limit"))) && (deemed == NULL || text_eq(deemed, json_str(part, "deemed"))) &&
	       (who == NULL || text_eq(who, json_str(duty, "who"))) && (ground == NULL || text_eq(text_eq(ground, "none") ? NULL : ground, json_str(part, "ground"))) &&
	       (also == NULL || same(also, members(stage, json_object_get(duty, "also"), "clause"), false));
}

/* How an expectation reads in one line. */
static const char *expected_text(struct stage *stage, const struct yaml *expected)
{
	struct buf out;
	if (expected->type != YAML_MAP || expected->count == 0)
		return joined(stage, expected);
	buf_init(&out, stage->arena, LINE_MAX_BYTES);
	for (size_t i = 0; i < expected->count; i++)
		buf_addf(&out, "%s%s %s", i == 0 ? "" : "，", expected->keys[i]->text, joined(stage, expected->items[i]));
	return out.data;
}

static void expect_duty(struct stage *stage, const char *key, const struct yaml *expected, const json_t *state)
{
	const json_t *part = NULL, *duty = duty_of(state, key, &part);
	const char *what = arena_printf(stage->arena, "期限 %s", key);
	bool none = text_eq(yaml_text(expected), "none");
	if (duty == NULL || none) {
		(void)verdict_add(stage, expected, false, (duty == NULL) == none, what, expected_text(stage, expected),
		            duty == NULL ? "none" : part_text(stage, part, law_duty_standing(stage->play->law, part, atomic_load(&stage->now))));
		return;
	}
	const char *standing = law_duty_standing(stage->play->law, part, atomic_load(&stage->now));
	(void)verdict_add(stage, expected, false, part_is(stage, expected, duty, part, standing), what, expected_text(stage, expected), part_text(stage, part, standing));
}

/* --- facts and lists ----------------------------------------------------------------------------------------------------------------- */

static const char *json_words(struct stage *stage, const json_t *value)
{
	if (value == NULL || json_is_null(value))
		return "~";
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_array(value))
		return array_text(stage, value);
	return json_text(stage->arena, value, NULL);
}

static void expect_fact(struct stage *stage, const char *path, const struct yaml *expected, const json_t *state)
{
	const json_t *value = json_path(json_object_get(state, "facts"), path);
	int64_t fen;
	bool ok;
	if (expected->type == YAML_LIST)
		ok = json_is_array(value) && same(expected, value, false);
	else if (json_is_integer(value) && strchr(expected->text, '.') != NULL)
		ok = text_money(expected->text, &fen) && fen == json_integer_value(value);
	else if (json_is_array(value))
		ok = array_has(value, expected->text);
	else
		ok = text_eq(expected->text, json_words(stage, value)) || (value == NULL && text_eq(expected->text, "false"));
	(void)verdict_add(stage, expected, false, ok, arena_printf(stage->arena, "事实 %s", path), joined(stage, expected),
	                  !ok && value == NULL ? "没有这一事实" : shown(json_words(stage, value)));
}

static void expect_grounds(struct stage *stage, const struct yaml *expected, struct law_scope *scope, const json_t *state)
{
	const json_t *came = members(stage, law_grounds(scope, state, atomic_load(&stage->now), stage->arena), "clause");
	bool none = text_eq(yaml_text(expected), "none");
	(void)verdict_add(stage, expected, false, none ? json_array_size(came) == 0 : same(expected, came, false), "追责情形", joined(stage, expected), array_text(stage, came));
}

static void expect_binding(struct stage *stage, const struct yaml *expected, struct law_scope *scope)
{
	const json_t *came = members(stage, law_binding(scope, stage->arena), "id");
	const struct yaml *not = yaml_get(expected, "not"), *has = expected->type == YAML_MAP ? yaml_get(expected, "has") : expected;
	bool ok = has == NULL || same(has, came, false);
	for (size_t i = 0; not != NULL && i < not->count; i++)
		ok = ok && !array_has(came, yaml_text(not->items[i]));
	(void)verdict_add(stage, expected, false, ok, "适用的规定", expected_text(stage, expected), array_text(stage, came));
}

/* The clauses of an array's members, whether a member has one or several. */
static json_t *clauses_of(struct stage *stage, const json_t *array)
{
	json_t *out = members(stage, array, "clause");
	const json_t *item, *clause;
	size_t i, k;
	json_array_foreach(array, i, item)
		json_array_foreach(json_object_get(item, "clauses"), k, clause)
			if (!array_has(out, json_string_value(clause)))
				json_push_str(out, json_string_value(clause));
	return out;
}

static void expect_clauses(struct stage *stage, const char *what, const struct yaml *expected, const json_t *array)
{
	const json_t *came = clauses_of(stage, array);
	if (expected != NULL)
		(void)verdict_add(stage, expected, false, same(expected, came, false), what, joined(stage, expected), array_text(stage, came));
}

/* retention: {what, keep, clause, body: {…}}: how long such a thing is kept. */
static void expect_retention(struct stage *stage, const struct yaml *expected, struct law_scope *scope, const json_t *state)
{
	const struct yaml *body = yaml_get(expected, "body");
	json_t *given = json_tie(stage->arena, json_object());
	for (size_t i = 0; body != NULL && i < body->count; i++)
		json_put_bool(given, body->keys[i]->text, text_eq(yaml_text(body->items[i]), "true"));
	const json_t *came = law_retention(scope, state, yaml_member(expected, "what"), given, stage->arena);
	const char *keep = json_str(came, "keep"), *clause = json_str(came, "clause");
	bool ok = text_eq(keep, yaml_member(expected, "keep")) && (yaml_get(expected, "clause") == NULL || text_eq(clause, yaml_member(expected, "clause")));
	(void)verdict_add(stage, expected, false, ok, "保存期限", shown(yaml_member(expected, "keep")),
	            keep == NULL ? NONE : clause == NULL ? keep : arena_printf(stage->arena, "%s（%s）", keep, clause));
}

void expect_state(struct stage *stage, const struct yaml *map, const char *type, const char *key)
{
	const json_t *state = stage_state(stage, type, key);
	const struct yaml *duties = yaml_get(map, "duties"), *facts = yaml_get(map, "facts"), *grounds = yaml_get(map, "grounds"), *retention = yaml_get(map, "retention"),
			  *binding = yaml_get(map, "binding");
	struct law_scope *scope = state == NULL ? NULL : state_scope(stage->site, state, instant_day(atomic_load(&stage->now)), stage->arena);
	if (state == NULL) {
		if (duties != NULL || facts != NULL || grounds != NULL || retention != NULL || binding != NULL)
			(void)verdict_add(stage, map, false, false, "核对", "已有记录", "还没有任何记录");
		return;
	}
	for (size_t i = 0; duties != NULL && i < duties->count; i++)
		expect_duty(stage, duties->keys[i]->text, duties->items[i], state);
	for (size_t i = 0; facts != NULL && i < facts->count; i++)
		expect_fact(stage, facts->keys[i]->text, facts->items[i], state);
	if (grounds != NULL)
		expect_grounds(stage, grounds, scope, state);
	if (retention != NULL)
		expect_retention(stage, retention, scope, state);
	if (binding != NULL)
		expect_binding(stage, binding, scope);
	expect_clauses(stage, "公示清单", yaml_get(map, "lists"), law_lists(scope, stage->arena));
	expect_clauses(stage, "隐去规则", yaml_get(map, "redactions"), law_redactions(scope, state, stage->arena));
	expect_clauses(stage, "不予公开的问题", yaml_get(map, "exemptions"), law_exemptions(scope, state, stage->arena));
}
