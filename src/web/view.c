#include "web/view.h"

#include "base/text.h"

/* --- duties --------------------------------------------------------------------------------------------------------- */

const char *view_standing(const char *standing)
{
	static const struct {
		const char *standing, *text;
	} words[] = {{"late", "已逾期"}, {"amber", "即将到期"}, {"open", "期限内"}, {"met", "按期办结"}, {"met-late", "逾期办结"}, {"excused", "不再需要"}, {"suspended", "中止计算"}};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (text_eq(words[i].standing, standing))
			return words[i].text;
	return "";
}

static json_t *explained_days(const json_t *days)
{
	json_t *out = json_array();
	const json_t *day;
	size_t i;
	json_array_foreach(days, i, day) {
		json_t *item = json_object();
		char count[32] = "";
		bool counted = json_bool(day, "counted");
		int64_t number = json_int(day, "number", 0);
		if (counted && number > 0)
			(void)snprintf(count, sizeof(count), "第 %lld 天", (long long)number);
		char text[64];
		(void)snprintf(text, sizeof(text), "%s %s", text_or_empty(json_str(day, "day")), text_or_empty(json_str(day, "weekday")));
		json_put_str(item, "day-text", text);
		json_put_bool(item, "counted", counted);
		json_put_str(item, "count-text", counted ? count : "不计");
		json_put_str(item, "why", text_or_empty(json_str(day, "why")));
		json_push(out, item);
	}
	return out;
}

json_t *view_duty(const json_t *duty)
{
	json_t *out = json_deep_copy(duty);
	const json_t *days = json_object_get(duty, "explain");
	json_put_str(out, "standing-text", view_standing(json_str(duty, "standing")));
	json_put(out, "explain", explained_days(days));
	if (json_object_get(out, "deemed") == NULL)
		json_put(out, "deemed", json_null());
	if (json_object_get(out, "met-text") == NULL)
		json_put(out, "met-text", json_null());
	return out;
}

/* --- options -------------------------------------------------------------------------------------------------------- */

json_t *view_option(const char *value, const char *title, bool selected)
{
	json_t *out = json_object();
	json_put_str(out, "value", text_or_empty(value));
	json_put_str(out, "title", text_or_empty(title));
	json_put_bool(out, "selected", selected);
	json_put(out, "note", json_null());
	return out;
}

json_t *view_filter(const char *name, const char *title, json_t *options)
{
	json_t *out = json_object();
	json_put_str(out, "name", name);
	json_put_str(out, "title", title);
	json_put(out, "options", options);
	return out;
}

/* --- what is shown of an entry -------------------------------------------------------------------------------------- */

static json_t *table_of(const json_t *field)
{
	json_t *table = json_object(), *columns = json_array();
	const json_t *column;
	size_t i;
	json_array_foreach(json_object_get(field, "columns"), i, column)
		json_push_str(columns, text_or_empty(json_str(column, "title")));
	json_put_str(table, "caption", text_or_empty(json_str(field, "title")));
	json_put(table, "columns", columns);
	json_put(table, "rows", json_deep_copy(json_object_get(field, "rows")));
	return table;
}

json_t *view_shown_fields(const json_t *fields)
{
	json_t *out = json_array();
	const json_t *field;
	size_t i;
	json_array_foreach(fields, i, field) {
		json_t *item = json_object();
		const json_t *files = json_object_get(field, "files");
		const char *text = text_or_empty(json_str(field, "text"));
		bool table = json_object_get(field, "rows") != NULL;
		json_put_str(item, "title", text_or_empty(json_str(field, "title")));
		json_put_bool(item, "wide", table || strlen(text) > 90);
		json_put(item, "text", *text == '\0' ? json_null() : json_string(text));
		json_put(item, "table", table ? table_of(field) : json_null());
		json_put(item, "files", files == NULL ? json_array() : json_deep_copy(files));
		json_push(out, item);
	}
	return out;
}

json_t *view_entry(const json_t *entry)
{
	json_t *out = json_object(), *corrections = json_array();
	static const char *const same[] = {"kind", "title", "stage-title", "url"};
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		json_put_str(out, same[i], text_or_empty(json_str(entry, same[i])));
	json_put_int(out, "number", json_int(entry, "number", 0));
	json_put_bool(out, "internal", json_bool(entry, "internal"));
	json_put_str(out, "at-text", text_or_empty(json_str(entry, "at")));
	json_put_str(out, "recorded-text", text_or_empty(json_str(entry, "recorded")));
	json_put_str(out, "by-name", text_or_empty(json_str(entry, "by")));
	json_put(out, "late-recorded-text", json_null());
	if (json_bool(entry, "late-recorded")) {
		char text[128];
		(void)snprintf(text, sizeof(text), "%s 登记", text_or_empty(json_str(entry, "recorded")));
		json_put_str(out, "late-recorded-text", text);
	}
	json_put(out, "fields", view_shown_fields(json_object_get(entry, "fields")));
	const json_t *one;
	size_t i;
	json_array_foreach(json_object_get(entry, "corrections"), i, one) {
		json_t *item = json_object();
		json_put_int(item, "number", json_int(one, "number", 0));
		json_put_str(item, "field-title", text_or_empty(json_str(one, "field")));
		json_put_str(item, "value-text", text_or_empty(json_str(one, "value")));
		json_put_str(item, "reason", text_or_empty(json_str(one, "reason")));
		json_put_str(item, "at-text", text_or_empty(json_str(one, "at")));
		json_put_str(item, "by-name", text_or_empty(json_str(one, "by")));
		json_put_str(item, "url", text_or_empty(json_str(one, "url")));
		json_push(corrections, item);
	}
	json_put(out, "corrections", corrections);
	return out;
}
