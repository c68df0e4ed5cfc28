/* A kind's fields as the templates' controls (web/templates/part/field.mustache). */
#include "base/text.h"
#include "web/view.h"

#define RADIOS_MAX 4      /* more options than this are a <select> */
#define TABLE_ROWS_MIN 1
#define FILE_ACCEPT "image/*,audio/*,video/*,application/pdf,.doc,.docx,.xls,.xlsx,.txt,.zip"

/* Members of the composite types, in the order people fill them in. */
struct member {
	const char *name, *title, *type;
	bool required;
};
static const struct member person[] = {{"name", "姓名", "text", true}, {"id-number", "身份证号", "id-number", false}, {"phone", "联系电话", "text", false},
                                       {"address", "住址", "text", false}, {"birth", "出生日期", "date", false}, {NULL, NULL, NULL, false}};
static const struct member organisation[] = {{"name", "名称", "text", true}, {"uscc", "统一社会信用代码", "uscc", false}, {"legal-representative", "法定代表人（负责人）", "text", false},
                                             {"phone", "联系电话", "text", false}, {"address", "地址", "text", false}, {NULL, NULL, NULL, false}};
static const struct member party[] = {{"type", "类型", "party-type", true}, {"name", "姓名或者名称", "text", true}, {"id-number", "身份证号（公民、经营者）", "id-number", false},
                                      {"uscc", "统一社会信用代码（单位、个体工商户）", "uscc", false}, {"legal-representative", "法定代表人（负责人）", "text", false},
                                      {"phone", "联系电话", "text", false}, {"address", "住址或者地址", "text", false}, {"birth", "出生日期（公民）", "date", false}, {NULL, NULL, NULL, false}};
static const struct member address[] = {{"division", "区划", "division", false}, {"detail", "详细地址", "text", true}, {NULL, NULL, NULL, false}};

struct context {
	struct arena *arena;
	const struct form_view *form;
};

static const struct diag *mistake_at(const struct context *c, const char *where)
{
	if (c->form->err == NULL)
		return NULL;
	for (const struct diag *d = c->form->err->diags; d != NULL; d = d->next)
		if (text_eq(d->where, where))
			return d;
	return NULL;
}

/* What was given at a dotted path below the fields. */
static const json_t *given(const struct context *c, const char *where)
{
	return c->form->given == NULL ? NULL : json_path(c->form->given, where);
}

static const char *given_text(const struct context *c, const char *where)
{
	const json_t *value = given(c, where);
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		return arena_printf(c->arena, "%lld", (long long)json_integer_value(value));
	if (json_is_true(value))
		return "yes";
	return json_is_false(value) ? "no" : "";
}

static bool given_has(const struct context *c, const char *where, const char *option)
{
	const json_t *value = given(c, where), *item;
	size_t i;
	if (json_is_string(value))
		return text_eq(json_string_value(value), option);
	json_array_foreach(value, i, item)
		if (text_eq(json_string_value(item), option) || text_eq(json_str(item, "id"), option))
			return true;
	return false;
}

/* A control with every name the templates ask for. */
static json_t *blank(const struct context *c, const char *where, const char *title, bool required)
{
	static const char *const none[] = {"input", "area", "select", "radios", "checks", "range", "file", "signature", "table", "unit", "help", "cite", "label", "members", "placeholder"};
	json_t *out = json_object();
	const char *name = arena_printf(c->arena, "f.%s", where);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		json_put(out, none[i], json_null());
	json_put_str(out, "id", name);
	json_put_str(out, "name", name);
	json_put_str(out, "title", text_or_empty(title));
	json_put_bool(out, "required", required);
	json_put_bool(out, "single", true);
	json_put_bool(out, "wide", false);
	json_put_bool(out, "hint", false);
	json_put(out, "error", json_null());
	const struct diag *d = mistake_at(c, where);
	if (d != NULL) {
		json_t *error = json_object();
		json_put_str(error, "what", d->what);
		json_put(error, "mend", d->mend == NULL ? json_null() : json_string(d->mend));
		json_put(out, "error", error);
		json_put_bool(out, "hint", true);
	}
	return out;
}

static void put_input(const struct context *c, json_t *out, const char *type, const char *where, const char *value)
{
	static const char *const none[] = {"inputmode", "max", "min-value", "max-value", "step", "placeholder"};
	json_t *input = json_object();
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		json_put(input, none[i], json_null());
	json_put_str(input, "type", type);
	json_put_str(input, "value", value == NULL ? given_text(c, where) : value);
	json_put(out, "input", input);
}

/* What may not lie in the future ends with today. The hour is left to the law's own check: a form may stay open while what it is about goes on. */
static const char *latest(const struct context *c, const json_t *field, bool time)
{
	if (!json_bool(field, "past") || c->form->now == INSTANT_NONE)
		return NULL;
	const char *day = day_format(c->arena, instant_day(c->form->now));
	return time ? arena_printf(c->arena, "%sT23:59", day) : day;
}

/* An instant as <input type=datetime-local> has it. */
static const char *local_time(struct arena *arena, const char *text)
{
	instant_t at;
	if (text == NULL || !instant_parse(text, strlen(text), &at))
		return text_or_empty(text);
	return arena_strndup(arena, instant_format(arena, at), 16);
}

static void put_area(const struct context *c, json_t *out, const char *where, int64_t max)
{
	json_t *area = json_object();
	json_put_int(area, "rows", 4);
	json_put(area, "max", max > 0 ? json_integer(max) : json_null());
	json_put_str(area, "value", given_text(c, where));
	json_put(out, "area", area);
	json_put_bool(out, "wide", true);
}

static void put_select(json_t *out, json_t *options)
{
	json_t *select = json_object();
	json_put(select, "options", options);
	json_put(out, "select", select);
}

static void put_picks(json_t *out, const char *as, json_t *options)
{
	json_t *picks = json_object();
	json_put(picks, "options", options);
	json_put(out, as, picks);
	json_put_bool(out, "single", false);
}

static json_t *string_options(const struct context *c, const json_t *options, const char *where)
{
	json_t *out = json_array();
	const json_t *option;
	size_t i;
	json_array_foreach(options, i, option)
		json_push(out, view_option(json_string_value(option), json_string_value(option), given_has(c, where, json_string_value(option))));
	return out;
}

/* The rows of a register as choices, by the members that hold their id and their title. */
static json_t *row_options(const struct context *c, const json_t *rows, const char *id, const char *title, const char *where)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(rows, i, one)
		json_push(out, view_option(json_str(one, id), text_or_empty(json_str(one, title)), given_has(c, where, json_str(one, id))));
	return out;
}

static json_t *officer_options(const struct context *c, const char *where)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(c->form->officers, i, one) {
		json_t *option = view_option(json_str(one, "id"), json_str(one, "name"), given_has(c, where, json_str(one, "id")));
		json_put_str(option, "note", arena_printf(c->arena, "%s %s", text_or_empty(json_str(one, "certificate")), text_or_empty(json_str(one, "status"))));
		json_push(out, option);
	}
	return out;
}

static json_t *control(const struct context *c, const json_t *field, const char *where);

/* Members as a group of their own. */
static void put_members(const struct context *c, json_t *out, const struct member *members, const char *where, bool required)
{
	json_t *list = json_array();
	for (; members->name != NULL; members++) {
		json_t *field = json_tie(c->arena, json_object());
		json_put_str(field, "title", members->title);
		json_put_str(field, "type", members->type);
		json_put_bool(field, "required", required && members->required);
		json_put_bool(field, "past", text_eq(members->name, "birth"));
		json_push(list, control(c, field, arena_printf(c->arena, "%s.%s", where, members->name)));
	}
	json_put_bool(out, "members", true);
	json_put(out, "list", list);
}

static void put_signature(const struct context *c, json_t *out, const char *where)
{
	json_t *signature = json_object();
	json_put_str(signature, "by", given_text(c, arena_printf(c->arena, "%s.by", where)));
	json_put_str(signature, "at", local_time(c->arena, given_text(c, arena_printf(c->arena, "%s.at", where))));
	json_put_str(signature, "image", given_text(c, arena_printf(c->arena, "%s.image", where)));
	json_put_bool(signature, "refused", text_eq(given_text(c, arena_printf(c->arena, "%s.refused", where)), "yes"));
	json_put_str(signature, "reason", given_text(c, arena_printf(c->arena, "%s.reason", where)));
	json_put_str(signature, "witness", given_text(c, arena_printf(c->arena, "%s.witness", where)));
	json_put(out, "signature", signature);
	json_put_bool(out, "single", false);
}

/* In a cell there is room for one control: what has buttons elsewhere is a list to choose from. */
static void cell_select(json_t *cell)
{
	json_t *picks = json_object_get(cell, "radios");
	if (!json_is_object(picks))
		return;
	put_select(cell, json_incref(json_object_get(picks, "options")));
	json_put(cell, "radios", json_null());
	json_put_bool(cell, "single", true);
}

static void put_table(const struct context *c, json_t *out, const json_t *field, const char *where)
{
	const json_t *columns = json_object_get(field, "columns"), *column;
	size_t given_rows = json_array_size(given(c, where)), i;
	json_t *table = json_object(), *rows = json_array(), *heads = json_array();
	json_put_str(table, "caption", text_or_empty(json_str(field, "title")));
	json_array_foreach(columns, i, column) {
		json_t *head = json_object();
		json_put_str(head, "title", text_or_empty(json_str(column, "title")));
		json_put_bool(head, "required", json_bool(column, "required"));
		json_push(heads, head);
	}
	for (size_t r = 0; r < (given_rows > TABLE_ROWS_MIN ? given_rows : TABLE_ROWS_MIN); r++) {
		json_t *row = json_object(), *cells = json_array();
		json_array_foreach(columns, i, column) {
			json_t *cell = control(c, column, arena_printf(c->arena, "%s.%zu.%s", where, r, json_str(column, "name")));
			cell_select(cell);
			json_put_str(cell, "label", arena_printf(c->arena, "%s，第 %zu 行", text_or_empty(json_str(column, "title")), r + 1));
			json_put_bool(cell, "required", false); /* an empty row is no row */
			json_push(cells, cell);
		}
		json_put(row, "cells", cells);
		json_push(rows, row);
	}
	json_put(table, "columns", heads);
	json_put(table, "rows", rows);
	json_put(out, "table", table);
	json_put_bool(out, "single", false);
}

static void put_range(const struct context *c, json_t *out, const json_t *field, const char *where)
{
	json_t *range = json_object();
	json_put_str(range, "from", local_time(c->arena, given_text(c, arena_printf(c->arena, "%s.from", where))));
	json_put_str(range, "to", local_time(c->arena, given_text(c, arena_printf(c->arena, "%s.to", where))));
	const char *last = latest(c, field, true);
	json_put(range, "max-value", last == NULL ? json_null() : json_string(last));
	json_put(out, "range", range);
	json_put_bool(out, "single", false);
}

static void put_file(json_t *out, bool many)
{
	json_t *file = json_object();
	json_put_bool(file, "many", many);
	json_put_str(file, "accept", FILE_ACCEPT);
	json_put(file, "kept", json_null());
	json_put(out, "file", file);
	json_put_bool(out, "single", false);
}

static void put_choice(const struct context *c, json_t *out, const json_t *field, const char *where)
{
	const json_t *options = json_object_get(field, "options");
	json_t *shown = string_options(c, options, where);
	if (json_array_size(shown) == 1 && json_bool(out, "required"))
		json_put_bool(json_array_get(shown, 0), "selected", true); /* nothing else can be chosen */
	if (json_array_size(options) <= RADIOS_MAX)
		put_picks(out, "radios", shown);
	else
		put_select(out, shown);
}

static void put_yes_no(const struct context *c, json_t *out, const char *where)
{
	const char *value = given_text(c, where);
	json_t *options = json_array();
	json_push(options, view_option("yes", "是", text_eq(value, "yes")));
	json_push(options, view_option("no", "否", text_eq(value, "no")));
	put_picks(out, "radios", options);
}

static const struct member *members_of(const char *type)
{
	if (text_eq(type, "person"))
		return person;
	if (text_eq(type, "organisation"))
		return organisation;
	if (text_eq(type, "party"))
		return party;
	return text_eq(type, "address") ? address : NULL;
}

static json_t *party_types(const struct context *c, const char *where)
{
	static const char *const types[] = {"公民", "个体工商户", "法人", "其他组织"};
	json_t *out = json_array();
	for (size_t i = 0; i < 4; i++)
		json_push(out, view_option(types[i], types[i], text_eq(given_text(c, where), types[i])));
	return out;
}

/* Inputs of one line, with what the keyboard should show. */
static void put_line(const struct context *c, json_t *out, const json_t *field, const char *type, const char *where)
{
	bool money = text_eq(type, "money"), number = text_eq(type, "number"), date = text_eq(type, "date"), time = text_eq(type, "time");
	put_input(c, out, number ? "number" : date ? "date" : time ? "datetime-local" : "text", where, time ? local_time(c->arena, given_text(c, where)) : NULL);
	json_t *input = json_object_get(out, "input");
	if (money) {
		json_put_str(out, "unit", "元");
		json_put_str(input, "inputmode", "decimal");
		json_put_str(input, "placeholder", "例如 5000.00");
	}
	const char *last = date || time ? latest(c, field, time) : NULL;
	if (last != NULL)
		json_put_str(input, "max-value", last);
	int64_t max = json_int(field, "max", 0), min = json_int(field, "min", INT64_MIN);
	/* As texts: to a template the number 0 is a no. */
	if (number && max > 0)
		json_put_str(input, "max-value", arena_printf(c->arena, "%lld", (long long)max));
	if (number && min != INT64_MIN)
		json_put_str(input, "min-value", arena_printf(c->arena, "%lld", (long long)min));
	if (!number && !date && !time && max > 0)
		json_put_str(input, "max", arena_printf(c->arena, "%lld", (long long)max));
	if (text_eq(type, "uscc") || text_eq(type, "id-number"))
		json_put_str(input, "max", "18");
}

static void put_control(const struct context *c, json_t *out, const json_t *field, const char *type, const char *where)
{
	const struct member *members = members_of(type);
	if (members != NULL)
		put_members(c, out, members, where, json_bool(field, "required"));
	else if (text_eq(type, "long") || text_eq(type, "clauses"))
		put_area(c, out, where, text_eq(type, "long") ? json_int(field, "max", 0) : 0);
	else if (text_eq(type, "choice"))
		put_choice(c, out, field, where);
	else if (text_eq(type, "choices"))
		put_picks(out, "checks", string_options(c, json_object_get(field, "options"), where));
	else if (text_eq(type, "yes-no"))
		put_yes_no(c, out, where);
	else if (text_eq(type, "party-type"))
		put_picks(out, "radios", party_types(c, where));
	else if (text_eq(type, "division"))
		put_select(out, row_options(c, c->form->divisions, "code", "name", where));
	else if (text_eq(type, "agency") && json_array_size(c->form->agencies) > 0)
		put_select(out, row_options(c, c->form->agencies, "code", "name", where));
	else if (text_eq(type, "list"))
		put_select(out, row_options(c, c->form->lists, "id", "title", where));
	else if (text_eq(type, "officer"))
		put_select(out, officer_options(c, where));
	else if (text_eq(type, "officers"))
		put_picks(out, "checks", officer_options(c, where));
	else if (text_eq(type, "range"))
		put_range(c, out, field, where);
	else if (text_eq(type, "file") || text_eq(type, "files"))
		put_file(out, text_eq(type, "files"));
	else if (text_eq(type, "signature"))
		put_signature(c, out, where);
	else if (text_eq(type, "table"))
		put_table(c, out, field, where);
	else
		put_line(c, out, field, type, where);
}

static json_t *control(const struct context *c, const json_t *field, const char *where)
{
	const char *type = json_str(field, "type"), *cite = json_str(field, "cite"), *help = json_str(field, "help");
	json_t *out = blank(c, where, json_str(field, "title"), json_bool(field, "required"));
	put_control(c, out, field, type == NULL ? "text" : type, where);
	if (cite != NULL && *cite != '\0')
		json_put_str(out, "cite", cite);
	if (help != NULL && *help != '\0')
		json_put_str(out, "help", help);
	if (json_is_string(json_object_get(out, "cite")) || json_is_string(json_object_get(out, "help")))
		json_put_bool(out, "hint", true);
	return out;
}

json_t *view_fields(struct arena *arena, const struct form_view *form)
{
	struct context c = {.arena = arena, .form = form};
	json_t *out = json_array();
	const json_t *field;
	size_t i;
	json_array_foreach(json_object_get(form->form, "fields"), i, field)
		json_push(out, control(&c, field, json_str(field, "name")));
	return out;
}

bool view_has_files(const json_t *form)
{
	const json_t *field;
	size_t i;
	json_array_foreach(json_object_get(form, "fields"), i, field) {
		const char *type = json_str(field, "type");
		if (text_eq(type, "file") || text_eq(type, "files"))
			return true;
	}
	return false;
}
