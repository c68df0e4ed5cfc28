/* law_check_body: every field of a body against the kind's effective fields, all mistakes at once. */
#include "law/body.h"

#include "base/ids.h"
#include "base/text.h"

#define ROWS_MAX 500
#define LIST_MAX 200

json_t *body_wrong(struct body_check *c, const char *where, const char *what, const char *mend)
{
	struct diag *diag = err_diag(c->err, where, "%s", what);
	diag->mend = arena_strdup(c->err->arena, mend);
	return NULL;
}

bool body_blank(const json_t *value)
{
	if (value == NULL || json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0))
		return true;
	const char *text = json_string_value(value);
	for (; text != NULL && *text != '\0'; text++)
		if (strchr(" \t\r\n", *text) == NULL)
			return false;
	return text != NULL;
}

json_t *body_text(struct body_check *c, const char *where, const json_t *value, int64_t least, int64_t most, bool lines)
{
	if (!json_is_string(value))
		return body_wrong(c, where, "这里应当是文字", NULL);
	const char *text = text_trim(c->arena, json_string_value(value));
	size_t len = strlen(text);
	if (strlen(json_string_value(value)) != json_string_length(value) || !utf8_valid(text, len))
		return body_wrong(c, where, "文字里有不能识别的字符", "重新填写");
	for (const char *p = text; *p != '\0'; p++) {
		unsigned char ch = (unsigned char)*p;
		if (ch == 0x7F || (ch < 0x20 && !(lines && (ch == '\n' || ch == '\r' || ch == '\t'))))
			return body_wrong(c, where, lines ? "文字里有控制字符" : "这里只能写一行", "去掉换行和控制字符");
	}
	int64_t count = (int64_t)utf8_count(text, len);
	if (count > most)
		return body_wrong(c, where, arena_printf(c->arena, "写了 %lld 个字，太长", (long long)count), arena_printf(c->arena, "不超过 %lld 个字", (long long)most));
	if (count < least)
		return body_wrong(c, where, arena_printf(c->arena, "只写了 %lld 个字", (long long)count), arena_printf(c->arena, "至少 %lld 个字", (long long)least));
	return json_string(text);
}

json_t *body_date(struct body_check *c, const char *where, const json_t *value)
{
	day_t day;
	const char *text = json_is_string(value) ? text_trim(c->arena, json_string_value(value)) : NULL;
	if (text == NULL || !day_parse(text, strlen(text), &day))
		return body_wrong(c, where, "日期读不懂", "写成 2026-02-10 这样的形式");
	return json_string(text);
}

json_t *body_time(struct body_check *c, const char *where, const json_t *value)
{
	instant_t at;
	const char *text = json_is_string(value) ? text_trim(c->arena, json_string_value(value)) : NULL;
	if (text == NULL || !instant_parse(text, strlen(text), &at))
		return body_wrong(c, where, "时间读不懂", "写成 2026-02-10T09:00 这样的形式");
	return json_string(instant_format(c->arena, at));
}

static char *upper(struct body_check *c, const json_t *value)
{
	char *text = text_trim(c->arena, json_string_value(value));
	for (char *p = text; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return text;
}

json_t *body_uscc(struct body_check *c, const char *where, const json_t *value)
{
	const char *text = json_is_string(value) ? upper(c, value) : "";
	if (!uscc_valid(text))
		return body_wrong(c, where, "统一社会信用代码不对", "核对十八位代码，最后一位是校验码");
	return json_string(text);
}

json_t *body_id_number(struct body_check *c, const char *where, const json_t *value)
{
	const char *text = json_is_string(value) ? upper(c, value) : "";
	if (!id_number_valid(text))
		return body_wrong(c, where, "身份证号码不对", "核对十八位号码，最后一位是校验码");
	return json_string(text);
}

json_t *body_division(struct body_check *c, const char *where, const json_t *value)
{
	const char *text = json_is_string(value) ? text_trim(c->arena, json_string_value(value)) : NULL;
	if (text == NULL || law_division_name(c->scope->law, text) == NULL)
		return body_wrong(c, where, "没有这个行政区划代码", "从区划表里选择");
	return json_string(text);
}

static bool is_option(const struct law_scope *scope, const struct field *first, const struct field *typed, const char *word)
{
	if (words_has(&typed->options, word))
		return true;
	for (; first != NULL; first = first->next)
		if (scope_binds(scope, first->instrument) && words_has(&first->options, word))
			return true;
	return false;
}

/* "（普通程序处罚）": which procedure the case is in; "" where in none. */
static const char *case_words(const struct body_check *c)
{
	const struct procedure *procedure = names_get(&c->scope->law->procedures, json_str(c->before.facts, "procedure"));
	return procedure == NULL ? "" : arena_printf(c->arena, "（%s）", procedure->title);
}

static json_t *choice(struct body_check *c, const char *where, const struct field *first, const struct field *typed, const json_t *value)
{
	const char *text = json_is_string(value) ? text_trim(c->arena, json_string_value(value)) : NULL;
	const char *procedure = json_str(c->before.facts, "procedure");
	bool known = text != NULL && is_option(c->scope, first, typed, text);
	if (known && field_offers(c->scope, first, procedure, text))
		return json_string(text);
	struct names options;
	names_init(&options, c->arena);
	const char *all = "";
	for (size_t i = 0; i < typed->options.count; i++) {
		if (!field_offers(c->scope, first, procedure, typed->options.items[i]))
			continue;
		(void)names_put(&options, typed->options.items[i], NULL);
		all = arena_printf(c->arena, "%s%s%s", all, *all == '\0' ? "" : "、", typed->options.items[i]);
	}
	if (known)
		return body_wrong(c, where, arena_printf(c->arena, "“%s”不适用于本案%s", text, case_words(c)), arena_printf(c->arena, "可选：%s", all));
	const char *nearest = text == NULL ? NULL : names_nearest(&options, text);
	return body_wrong(c, where, text == NULL ? "这里应当选一项" : arena_printf(c->arena, "没有“%s”这一项", text),
	                  nearest != NULL ? arena_printf(c->arena, "是不是“%s”？", nearest) : arena_printf(c->arena, "可选：%s", all));
}

/* A list whose items one function checks; a single value stands for a list of one. */
typedef json_t *(*item_check)(struct body_check *c, const char *where, const struct field *first, const struct field *typed, const json_t *value);

static json_t *list_of(struct body_check *c, const char *where, const struct field *first, const struct field *typed, const json_t *value, item_check check)
{
	json_t *out = json_array();
	size_t before = c->err->ndiags, count = json_is_array(value) ? json_array_size(value) : 1;
	if (count > LIST_MAX)
		(void)body_wrong(c, where, "项数太多", arena_printf(c->arena, "不超过 %d 项", LIST_MAX));
	for (size_t i = 0; i < count && count <= LIST_MAX; i++) {
		const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;
		json_t *one = check(c, arena_printf(c->arena, "%s[%zu]", where, i), first, typed, item);
		bool twice = false;
		for (size_t k = 0; one != NULL && k < json_array_size(out); k++)
			twice = twice || json_equal(json_array_get(out, k), one);
		if (one != NULL && !twice)
			json_push(out, one);
		else
			json_decref(one);
	}
	if (c->err->ndiags == before)
		return out;
	json_decref(out);
	return NULL;
}

static json_t *number(struct body_check *c, const char *where, const struct field *typed, const json_t *value)
{
	int64_t count;
	const char *text = json_is_string(value) ? text_trim(c->arena, json_string_value(value)) : NULL;
	if (json_is_integer(value))
		count = json_integer_value(value);
	else if (text == NULL || !text_int(text, strlen(text), &count))
		return body_wrong(c, where, "这里应当是整数", NULL);
	if ((typed->has_min && count < typed->min) || (typed->has_max && count > typed->max)) {
		const char *low = typed->has_min ? arena_printf(c->arena, "不小于 %lld", (long long)typed->min) : "";
		const char *high = typed->has_max ? arena_printf(c->arena, "不大于 %lld", (long long)typed->max) : "";
		return body_wrong(c, where, "数字超出范围", arena_printf(c->arena, "%s%s%s", low, *low != '\0' && *high != '\0' ? "，" : "", high));
	}
	return json_integer(count);
}

/* An integer is fen; a text is yuan, as people write it. */
static json_t *money(struct body_check *c, const char *where, const struct field *typed, const json_t *value)
{
	int64_t fen;
	const char *text = json_is_string(value) ? text_trim(c->arena, json_string_value(value)) : NULL;
	if (json_is_integer(value))
		fen = json_integer_value(value);
	else if (text == NULL || !text_money(text, &fen))
		return body_wrong(c, where, "金额读不懂", "写元，最多两位小数，例如 5000 或者 5000.00");
	if (fen < 0)
		return body_wrong(c, where, "金额不能是负数", NULL);
	if ((typed->has_min && fen < typed->min) || (typed->has_max && fen > typed->max))
		return body_wrong(c, where, "金额超出范围", NULL);
	return json_integer(fen);
}

static json_t *yes_no(struct body_check *c, const char *where, const json_t *value)
{
	const char *text = json_string_value(value);
	if (json_is_true(value) || text_eq(text, "true"))
		return json_true();
	if (json_is_false(value) || text_eq(text, "false"))
		return json_false();
	return body_wrong(c, where, "这里应当答是或者否", NULL);
}

/* A file already taken in: its place among the act's files ({"file": 0}), what the store says of it (an object with sha256), or its digest. */
static json_t *file(struct body_check *c, const char *where, const struct field *first UNUSED, const struct field *typed UNUSED, const json_t *value)
{
	if (json_is_object(value) && (json_is_string(json_object_get(value, "sha256")) || json_int(value, "file", -1) >= 0))
		return json_deep_copy(value);
	if (json_is_string(value) && !body_blank(value))
		return body_text(c, where, value, 1, 200, false);
	return body_wrong(c, where, "这里应当是已经上传的文件", "先上传文件");
}

static json_t *officer(struct body_check *c, const char *where, const struct field *first UNUSED, const struct field *typed UNUSED, const json_t *value)
{
	return body_composite(c, where, FIELD_OFFICER, value);
}

static json_t *citation(struct body_check *c, const char *where, const struct field *first UNUSED, const struct field *typed UNUSED, const json_t *value)
{
	return body_text(c, where, value, 1, 500, false);
}

static const struct field *column_named(const struct field *table, const char *name)
{
	for (size_t i = 0; i < table->ncolumns; i++)
		if (text_eq(table->columns[i]->name, name))
			return table->columns[i];
	return NULL;
}

static void row_unknown(struct body_check *c, const char *where, const struct field *table, const json_t *row)
{
	struct names columns;
	names_init(&columns, c->arena);
	for (size_t i = 0; i < table->ncolumns; i++)
		(void)names_put(&columns, table->columns[i]->name, NULL);
	const char *key;
	json_t *value;
	json_object_foreach(unconst(row), key, value) {
		if (column_named(table, key) != NULL)
			continue;
		const char *nearest = names_nearest(&columns, key);
		(void)body_wrong(c, arena_printf(c->arena, "%s.%s", where, key), arena_printf(c->arena, "表格里没有“%s”这一列", key),
		                 nearest == NULL ? "去掉这一列" : arena_printf(c->arena, "是不是“%s”？", nearest));
	}
}

static json_t *row_of(struct body_check *c, const char *where, const struct field *table, const json_t *row)
{
	if (!json_is_object(row))
		return body_wrong(c, where, "表格的一行写法不对", NULL);
	json_t *out = json_object();
	size_t before = c->err->ndiags;
	for (size_t i = 0; i < table->ncolumns; i++) {
		const struct field *column = table->columns[i];
		const json_t *value = json_object_get(row, column->name);
		const char *path = arena_printf(c->arena, "%s.%s", where, column->name);
		if (!body_blank(value))
			json_put(out, column->name, body_value(c, path, column, column, value));
		else if (column->required)
			(void)body_wrong(c, path, arena_printf(c->arena, "“%s”没有填写", column->title), NULL);
	}
	row_unknown(c, where, table, row);
	if (c->err->ndiags == before)
		return out;
	json_decref(out);
	return NULL;
}

static json_t *table(struct body_check *c, const char *where, const struct field *typed, const json_t *value)
{
	if (!json_is_array(value))
		return body_wrong(c, where, "这里应当是表格", NULL);
	if (json_array_size(value) > ROWS_MAX)
		return body_wrong(c, where, "行数太多", arena_printf(c->arena, "不超过 %d 行", ROWS_MAX));
	json_t *out = json_array();
	size_t before = c->err->ndiags;
	for (size_t i = 0; i < json_array_size(value); i++) {
		json_t *row = row_of(c, arena_printf(c->arena, "%s[%zu]", where, i), typed, json_array_get(value, i));
		if (row != NULL)
			json_push(out, row);
	}
	if (c->err->ndiags == before)
		return out;
	json_decref(out);
	return NULL;
}

static json_t *words_value(struct body_check *c, const char *where, const struct field *typed, const json_t *value, bool lines)
{
	int64_t most = typed->has_max ? typed->max : lines ? 20000 : 200;
	return body_text(c, where, value, typed->has_min ? typed->min : 0, most, lines);
}

json_t *body_value(struct body_check *c, const char *where, const struct field *first, const struct field *typed, const json_t *value)
{
	switch (typed->type) {
	case FIELD_TEXT: return words_value(c, where, typed, value, false);
	case FIELD_LONG: return words_value(c, where, typed, value, true);
	case FIELD_CHOICE: return choice(c, where, first, typed, value);
	case FIELD_CHOICES: return list_of(c, where, first, typed, value, choice);
	case FIELD_YES_NO: return yes_no(c, where, value);
	case FIELD_NUMBER: return number(c, where, typed, value);
	case FIELD_MONEY: return money(c, where, typed, value);
	case FIELD_DATE: return body_date(c, where, value);
	case FIELD_TIME: return body_time(c, where, value);
	case FIELD_FILE: return file(c, where, first, typed, value);
	case FIELD_FILES: return list_of(c, where, first, typed, value, file);
	case FIELD_USCC:
	case FIELD_AGENCY: return body_uscc(c, where, value);
	case FIELD_ID_NUMBER: return body_id_number(c, where, value);
	case FIELD_DIVISION: return body_division(c, where, value);
	case FIELD_LIST:
	case FIELD_USER: return body_text(c, where, value, 1, 64, false);
	case FIELD_CLAUSES: return list_of(c, where, first, typed, value, citation);
	case FIELD_OFFICERS: return list_of(c, where, first, typed, value, officer);
	case FIELD_TABLE: return table(c, where, typed, value);
	case FIELD_RANGE:
	case FIELD_PERSON:
	case FIELD_ORGANISATION:
	case FIELD_PARTY:
	case FIELD_ADDRESS:
	case FIELD_SIGNATURE:
	case FIELD_OFFICER: return body_composite(c, where, typed->type, value);
	case FIELD_NONE:
	case FIELD_TYPES: break;
	}
	return body_wrong(c, where, "这个字段没有类型", NULL);
}

/* --- the whole body ------------------------------------------------------------------------------------------------ */

/* A field that is not for such a case: said, with the cases it is for as far as the rulebook names them. */
static void misplaced(struct body_check *c, const struct field *field)
{
	const struct field *typed = field_typed(c->scope, field);
	const char *title = typed == NULL || typed->title == NULL ? field->name : typed->title, *cases = field_cases(c->scope, field, c->arena);
	(void)body_wrong(c, field->name, arena_printf(c->arena, "“%s”不适用于本案%s", title, case_words(c)),
	                 *cases == '\0' ? "去掉这一项" : arena_printf(c->arena, "去掉这一项；它只用于%s", cases));
}

static void check_unknown(struct body_check *c, const struct kind *kind, const json_t *body)
{
	const char *key;
	json_t *value;
	struct names here;
	names_init(&here, c->arena);
	for (size_t i = 0; i < kind->fields.count; i++)
		if (field_in_scope(c->scope, kind->fields.values[i]) != NULL)
			(void)names_put(&here, kind->fields.keys[i], kind->fields.values[i]);
	json_object_foreach(unconst(body), key, value) {
		const struct field *field = names_get(&here, key);
		if (field != NULL && !body_blank(value) && !field_applies(c->scope, &c->before, field))
			misplaced(c, field);
		if (field != NULL)
			continue;
		const char *nearest = names_nearest(&here, key);
		(void)body_wrong(c, key, arena_printf(c->arena, "“%s”没有“%s”这个字段", kind->title, key),
		                 nearest == NULL ? "去掉这个字段" : arena_printf(c->arena, "是不是“%s”？", nearest));
	}
}

static void check_required(struct body_check *c, const struct kind *kind, struct eval *e, const json_t *given)
{
	for (size_t i = 0; i < kind->fields.count; i++) {
		const struct field *first = kind->fields.values[i], *by = NULL;
		if (!body_blank(json_object_get(given, first->name)) || !field_applies(c->scope, &c->before, first) || !field_required(c->scope, e, first, &by))
			continue;
		const struct field *typed = field_typed(c->scope, first);
		struct diag *diag = err_diag(c->err, first->name, "“%s”没有填写", typed == NULL || typed->title == NULL ? first->name : typed->title);
		diag->clause = by->clause;
		diag->cite = by->clause == NULL ? NULL : law_cite(c->scope->law, by->clause);
		diag->mend = "填写后再提交";
	}
}

static void check_signed(struct body_check *c, const struct kind *kind, const json_t *out)
{
	for (const struct kind_part *part = kind->parts; part != NULL; part = part->next) {
		if (part->signs.count == 0 || !scope_binds(c->scope, part->instrument))
			continue;
		const char *missing = NULL;
		for (size_t i = 0; i < kind->fields.count; i++) {
			const struct field *typed = field_typed(c->scope, kind->fields.values[i]);
			if (typed == NULL || typed->type != FIELD_SIGNATURE)
				continue;
			if (json_object_get(out, typed->name) != NULL)
				return;
			missing = typed->name;
		}
		struct diag *diag = err_diag(c->err, missing, "还没有签名");
		diag->clause = part->clauses.count > 0 ? part->clauses.items[0] : NULL;
		diag->cite = diag->clause == NULL ? NULL : law_cite(c->scope->law, diag->clause);
		diag->mend = "签名后提交；拒绝签名的，勾选拒签并写明原因";
	}
}

/* One field of the body: the checked value goes to `out`; blank, not asked here or not for such a case: nothing. */
static void check_value(struct body_check *c, const struct field *first, const json_t *value, json_t *out)
{
	const struct field *typed = field_typed(c->scope, first);
	if (typed == NULL || field_in_scope(c->scope, first) == NULL || body_blank(value) || !field_applies(c->scope, &c->before, first))
		return;
	json_t *checked = body_value(c, first->name, first, typed, value);
	if (checked != NULL && field_past(c->scope, first))
		(void)body_past(c, first->name, typed->title, checked);
	json_put(out, first->name, checked);
}

int law_check_body(const struct law_scope *scope, const json_t *state, const char *kind_id, instant_t at, const json_t *body, struct arena *arena, json_t **out, struct err *err)
{
	const struct kind *kind = names_get(&scope->law->kinds, kind_id);
	struct body_check c = {.scope = scope, .arena = arena, .err = err, .at = at};
	size_t before = err->ndiags;
	if (kind == NULL || !kind_in_scope(scope, kind)) {
		const char *nearest = kind_id == NULL ? NULL : names_nearest(&scope->law->kinds, kind_id);
		(void)body_wrong(&c, "kind", arena_printf(arena, "没有叫“%s”的记录种类", kind_id == NULL ? "" : kind_id), nearest == NULL ? NULL : arena_printf(arena, "是不是“%s”？", nearest));
		return ERR(err, ERR_INVALID, "没有叫“%s”的记录种类", kind_id == NULL ? "" : kind_id);
	}
	if (!json_is_object(body)) {
		(void)body_wrong(&c, "body", "内容应当是一个对象", NULL);
		return ERR(err, ERR_INVALID, "内容应当是一个对象");
	}
	json_t *checked = json_tie(arena, json_object());
	eval_before(&c.before, scope, state);
	for (size_t i = 0; i < kind->fields.count; i++)
		check_value(&c, kind->fields.values[i], json_object_get(body, kind->fields.keys[i]), checked);
	check_unknown(&c, kind, body);
	struct law_act act = {.kind = kind_id, .at = at, .body = checked};
	struct eval e;
	eval_init(&e, scope, state, &act);
	check_required(&c, kind, &e, body);
	check_signed(&c, kind, checked);
	if (err->ndiags > before)
		return ERR(err, ERR_INVALID, "填写的内容有 %zu 处需要改正", err->ndiags - before);
	*out = checked;
	return 0;
}
