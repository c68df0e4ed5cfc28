#include "work/show.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/text.h"

#define TEXT_MAX_BYTES ((size_t)256 << 10)

/* --- values ---------------------------------------------------------------------------------------------------------- */

static void add_part(struct buf *out, const char *separator, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	if (out->len > 0)
		buf_adds(out, separator);
	buf_adds(out, text);
}

static const char *instant_text(struct arena *arena, const json_t *value)
{
	instant_t at;
	const char *text = json_string_value(value);
	if (text != NULL && instant_parse(text, strlen(text), &at))
		return instant_format_zh(arena, at);
	return text == NULL ? "" : text;
}

/* Members that people look for first, in their order; the rest of an object follows by its own. */
static const char *object_text(const struct site *site, const json_t *value, struct arena *arena)
{
	static const char *const first[] = {"type", "name", "legal-representative", "uscc", "id-number", "certificate", "phone", "address", "detail"};
	struct buf out;
	buf_init(&out, arena, TEXT_MAX_BYTES);
	if (json_is_true(json_object_get(value, "refused"))) {
		add_part(&out, "，", "拒绝签名");
		add_part(&out, "，", json_str(value, "reason"));
		add_part(&out, "，见证人", json_str(value, "witness"));
		return out.data;
	}
	const char *division = json_str(value, "division");
	if (division != NULL) {
		const char *name = law_division_name(site->law, division);
		add_part(&out, "", name == NULL ? division : name);
	}
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		const json_t *member = json_object_get(value, first[i]);
		if (json_is_string(member))
			add_part(&out, "，", json_string_value(member));
		else if (json_is_object(member))
			add_part(&out, "，", object_text(site, member, arena));
	}
	const char *by = json_str(value, "by");
	if (by != NULL && out.len == 0)
		add_part(&out, "", arena_printf(arena, "%s 签名", by));
	return out.data;
}

static const char *list_text(const struct site *site, const json_t *field, const json_t *value, struct arena *arena)
{
	struct buf out;
	buf_init(&out, arena, TEXT_MAX_BYTES);
	const json_t *item;
	size_t i;
	json_array_foreach(value, i, item)
		add_part(&out, "、", show_value(site, field, item, arena));
	return out.data;
}

static const char *string_text(const struct site *site, const char *type, const json_t *value, struct arena *arena)
{
	const char *text = json_string_value(value);
	if (text_eq(type, "time"))
		return instant_text(arena, value);
	if (text_eq(type, "division")) {
		const char *name = law_division_name(site->law, text);
		return name == NULL ? text : name;
	}
	if (text_eq(type, "clauses")) {
		const char *cite = law_cite(site->law, text);
		return cite == NULL ? text : cite;
	}
	return text;
}

const char *show_value(const struct site *site, const json_t *field, const json_t *value, struct arena *arena)
{
	const char *type = json_str(field, "type");
	if (value == NULL || json_is_null(value))
		return "";
	if (json_is_boolean(value))
		return json_is_true(value) ? "是" : "否";
	if (json_is_integer(value)) {
		if (text_eq(type, "money"))
			return arena_printf(arena, "%s 元", money_format(arena, json_integer_value(value)));
		return arena_printf(arena, "%lld", (long long)json_integer_value(value));
	}
	if (json_is_string(value))
		return string_text(site, type, value, arena);
	if (json_is_array(value))
		return list_text(site, field, value, arena);
	if (text_eq(type, "range"))
		return arena_printf(arena, "%s 至 %s", instant_text(arena, json_object_get(value, "from")), instant_text(arena, json_object_get(value, "to")));
	return object_text(site, value, arena);
}

/* --- fields ---------------------------------------------------------------------------------------------------------- */

static json_t *table_rows(const struct site *site, const json_t *field, const json_t *value, struct arena *arena)
{
	json_t *rows = json_array();
	const json_t *row, *column;
	size_t i, k;
	json_array_foreach(value, i, row) {
		json_t *item = json_object(), *cells = json_array();
		json_array_foreach(json_object_get(field, "columns"), k, column) {
			json_t *cell = json_object();
			json_put_str(cell, "title", json_str(column, "title"));
			json_put_str(cell, "text", show_value(site, column, json_object_get(row, json_str(column, "name")), arena));
			json_push(cells, cell);
		}
		json_put(item, "cells", cells);
		json_push(rows, item);
	}
	return rows;
}

static json_t *files_of(const struct entry *entry, const char *field, const char *key, struct arena *arena)
{
	json_t *files = json_array();
	for (size_t i = 0; i < entry->nfiles; i++) {
		const struct entry_file *file = &entry->files[i];
		if (!text_eq(file->field, field))
			continue;
		json_t *item = json_object();
		json_put_str(item, "name", file->name);
		json_put_str(item, "type", file->type);
		json_put_int(item, "size", file->blob.size);
		json_put_str(item, "size-text", file->blob.size < 1048576 ? arena_printf(arena, "%lld KB", (long long)(file->blob.size + 1023) / 1024)
		                                                          : arena_printf(arena, "%.1f MB", (double)file->blob.size / 1048576.0));
		json_put_str(item, "sha256", hex_encode(arena, file->blob.sha256.bytes, HASH_LEN));
		json_put_str(item, "url", arena_printf(arena, "/desk/cases/%s/entries/%lld/files/%zu", key, (long long)entry->number, i));
		json_push(files, item);
	}
	return files;
}

static json_t *show_field(const struct site *site, const json_t *field, const struct entry *entry, const char *key, struct arena *arena)
{
	const char *name = json_str(field, "name"), *type = json_str(field, "type");
	const json_t *value = json_object_get(entry->body, name);
	json_t *item = json_object();
	json_put_str(item, "name", name);
	json_put_str(item, "title", json_str(field, "title"));
	json_put_str(item, "type", type);
	if (text_eq(type, "table") && json_is_array(value)) {
		json_put(item, "columns", json_deep_copy(json_object_get(field, "columns")));
		json_put(item, "rows", table_rows(site, field, value, arena));
		json_put_str(item, "text", "");
	} else if (text_eq(type, "file") || text_eq(type, "files")) {
		json_put(item, "files", files_of(entry, name, key, arena));
		json_put_str(item, "text", "");
	} else {
		json_put_str(item, "text", show_value(site, field, value, arena));
	}
	return item;
}

static bool filled(const json_t *value)
{
	if (value == NULL || json_is_null(value))
		return false;
	if (json_is_string(value))
		return json_string_length(value) > 0;
	return !json_is_array(value) || json_array_size(value) > 0;
}

json_t *show_fields(const struct site *site, const json_t *form, const struct entry *entry, const char *key, struct arena *arena)
{
	json_t *out = json_tie(arena, json_array());
	const json_t *field;
	size_t i;
	json_array_foreach(json_object_get(form, "fields"), i, field) {
		const char *type = json_str(field, "type");
		bool file = text_eq(type, "file") || text_eq(type, "files");
		if (filled(json_object_get(entry->body, json_str(field, "name"))) || (file && entry->nfiles > 0))
			json_push(out, show_field(site, field, entry, key, arena));
	}
	return out;
}

/* --- duties ---------------------------------------------------------------------------------------------------------- */

static const char *remaining_text(const struct site *site, int64_t due, instant_t now, const char *standing, struct arena *arena)
{
	struct err ignored;
	int days;
	err_init(&ignored, arena);
	if (text_eq(standing, "met"))
		return "已按期完成";
	if (text_eq(standing, "met-late"))
		return "已完成（逾期）";
	if (text_eq(standing, "excused"))
		return "不再需要";
	if (text_eq(standing, "suspended"))
		return "期间中止计算";
	if (due < now) {
		int64_t late = (now - due) / INSTANT_DAY;
		return late == 0 ? "今天逾期" : arena_printf(arena, "已逾期 %lld 天", (long long)late);
	}
	if (due - now < INSTANT_DAY)
		return instant_day(due) == instant_day(now) ? "今天到期" : arena_printf(arena, "还有 %lld 小时", (long long)((due - now) / INSTANT_HOUR));
	if (calendar_working_between(law_calendar(site->law), now, due, &days, &ignored) != 0)
		return arena_printf(arena, "还有 %lld 天", (long long)((due - now) / INSTANT_DAY));
	return arena_printf(arena, "还有 %d 个工作日", days);
}

static const char *due_text(struct arena *arena, int64_t due)
{
	/* A limit that ends with a day is said as the day; one in hours with its minute. */
	return due == day_end(instant_day(due)) ? day_format_zh(arena, instant_day(due)) : instant_format_zh(arena, due);
}

/* "7 wd" as "7个工作日", in the words of the rulebook's format. */
static const char *limit_words(struct arena *arena, const char *limit)
{
	static const struct {
		const char *unit, *words;
	} units[] = {{" wd", "个工作日"}, {" d", "日"}, {" h", "小时"}, {" m", "个月"}, {" y", "年"}};
	int month, day;
	if (limit == NULL)
		return "";
	if (text_eq(limit, "at once"))
		return "立即";
	if (sscanf(limit, "by %d-%d", &month, &day) == 2)
		return arena_printf(arena, "次年%d月%d日前", month, day);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (text_ends(limit, units[i].unit))
			return arena_printf(arena, "%s%s", arena_strndup(arena, limit, strlen(limit) - strlen(units[i].unit)), units[i].words);
	return limit;
}

static json_t *also_binding(const struct site *site, const json_t *duty, struct arena *arena)
{
	json_t *out = json_array();
	const json_t *other;
	size_t i;
	json_array_foreach(json_object_get(duty, "also"), i, other) {
		json_t *item = json_object();
		json_put_str(item, "clause", json_str(other, "clause"));
		json_put_str(item, "cite", law_cite(site->law, json_str(other, "clause")));
		json_put_str(item, "due-text", due_text(arena, json_int(other, "due", 0)));
		json_put_str(item, "limit", json_str(other, "limit"));
		json_push(out, item);
	}
	return out;
}

json_t *show_duty(const struct site *site, const json_t *duty, instant_t now, bool explain, struct arena *arena)
{
	const char *standing = law_duty_standing(site->law, duty, now), *who = json_str(duty, "who");
	int64_t from = json_int(duty, "from", 0), due = json_int(duty, "due", 0);
	json_t *out = json_tie(arena, json_object());
	json_put_str(out, "id", json_str(duty, "id"));
	json_put_str(out, "title", json_str(duty, "title"));
	json_put_str(out, "clause", json_str(duty, "clause"));
	json_put_str(out, "cite", law_cite(site->law, json_str(duty, "clause")));
	json_put_str(out, "who", who);
	const char *title = json_str(json_object_get(law_vocabulary(site->law), "roles"), who == NULL ? "" : who);
	json_put_str(out, "who-title", title == NULL ? "承办人" : title);
	json_put_int(out, "due", due);
	int64_t provisional = json_int(duty, "provisional", 0);
	/* The year's calendar is not published: the day given is the earliest it can be, and nothing is called late by it. */
	json_put_str(out, "due-text", provisional == 0 ? due_text(arena, due) : arena_printf(arena, "不早于 %s（%lld 年放假安排未公布）", due_text(arena, due), (long long)provisional));
	json_put_str(out, "due-iso", instant_format(arena, due));
	json_put_str(out, "from-text", instant_format_zh(arena, from));
	json_put_str(out, "limit", json_str(duty, "limit"));
	json_put_str(out, "limit-text", limit_words(arena, json_str(duty, "limit")));
	json_put_str(out, "standing", standing);
	json_put_str(out, "remaining-text", remaining_text(site, due, now, standing, arena));
	int64_t share = due <= from ? 100 : (now - from) * 100 / (due - from);
	json_put_int(out, "share", share < 0 ? 0 : share > 100 ? 100 : share);
	json_put(out, "also", also_binding(site, duty, arena));
	struct law_limit limit;
	struct err ignored;
	json_t *days;
	err_init(&ignored, arena);
	const char *text = json_str(duty, "limit");
	if (explain && text != NULL && law_limit_parse(text, &limit, &ignored) == 0 &&
	    calendar_explain(law_calendar(site->law), &limit, from, NULL, 0, arena, &days, &ignored) == 0)
		json_put(out, "explain", json_incref(days));
	return out;
}
