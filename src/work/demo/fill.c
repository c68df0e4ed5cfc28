/*
 * Bodies. What a plan gives comes first, then what fills.json says for the kind's field, then whatever else the form requires. Values are written with words in
 * braces ({party}) and, as whole values, marks (@now-30, @officers, @file:决定书) that are made good here.
 */
#include "base/buf.h"
#include "base/text.h"
#include "work/demo/inside.h"

#define WORDS_MAX ((size_t)65536)
#define MINUTE (60 * INSTANT_SECOND)

static json_t *expand(struct fill *fill, const json_t *value, struct err *err);

/* --- words in braces -------------------------------------------------------------------------------------------------- */

static void add_word(struct fill *fill, struct buf *out, const char *name, size_t len)
{
	const char *word = json_str(fill->vars, arena_strndup(fill->arena, name, len));
	buf_adds(out, word == NULL ? "" : word);
}

/* {name} becomes the word; a word may hold braces itself, once. */
static const char *words(struct fill *fill, const char *text, int depth)
{
	struct buf out;
	if (strchr(text, '{') == NULL || depth > 2)
		return text;
	buf_init(&out, fill->arena, WORDS_MAX);
	while (*text != '\0') {
		size_t plain = strcspn(text, "{"), len;
		buf_add(&out, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		len = strcspn(text, "}");
		add_word(fill, &out, text + 1, len - 1);
		text += len + (text[len] == '}');
	}
	return words(fill, out.data, depth + 1);
}

const char *fill_words(struct fill *fill, const char *text)
{
	return words(fill, text, 0);
}

/* --- marks ------------------------------------------------------------------------------------------------------------ */

/* "+30" or "-30"; 0 where there is nothing. Moves *text past it. */
static int64_t offset(const char **text)
{
	int64_t value = 0;
	size_t len = strspn(*text, "+-") > 0 ? 1 + strspn(*text + 1, "0123456789") : 0;
	if (len > 1)
		(void)text_int(*text + (**text == '+'), len - (**text == '+'), &value);
	*text += len;
	return value;
}

static json_t *time_value(struct fill *fill, instant_t at)
{
	return json_string(instant_format(fill->arena, at));
}

static json_t *range_value(struct fill *fill, instant_t from, instant_t to)
{
	json_t *range = json_object();
	json_put(range, "from", time_value(fill, from));
	json_put(range, "to", time_value(fill, to));
	return range;
}

static json_t *signature(struct fill *fill, const char *who)
{
	json_t *out = json_object();
	json_put_str(out, "by", *who == '\0' ? json_str(fill->vars, "present") : words(fill, who, 0));
	json_put(out, "at", time_value(fill, fill->now));
	return out;
}

static json_t *paper(struct fill *fill, enum paper kind, const char *title, bool many, struct err *err)
{
	BUG_ON(fill->nfiles >= JOURNAL_FILES_MAX);
	struct entry_file *file = &fill->files[fill->nfiles];
	const char *mark = arena_printf(fill->arena, "%s　%s　%s", json_str(fill->vars, "case-number"), json_str(fill->vars, "party"), instant_format(fill->arena, fill->now));
	if (demo_paper(fill->demo->site, kind, words(fill, title, 0), mark, fill->arena, file, err) != 0)
		return NULL;
	json_t *place = json_object();
	json_put_int(place, "file", (int64_t)fill->nfiles++);
	if (!many)
		return place;
	json_t *list = json_array();
	json_push(list, place);
	return list;
}

static json_t *mark(struct fill *fill, const char *text, struct err *err)
{
	const char *rest;
	if (text_starts(text, "@now")) {
		rest = text + 4;
		return time_value(fill, fill->now + offset(&rest) * MINUTE);
	}
	if (text_starts(text, "@day")) {
		rest = text + 4;
		return json_string(day_format(fill->arena, instant_day(fill->now) + (day_t)offset(&rest)));
	}
	if (text_starts(text, "@range")) {
		rest = text + 6;
		instant_t from = fill->now + offset(&rest) * MINUTE;
		return range_value(fill, from, fill->now + offset(&rest) * MINUTE);
	}
	if (text_starts(text, "@period-"))
		return range_value(fill, fill->now, day_end(instant_day(fill->now) + 29) - INSTANT_SECOND + 1);
	if (text_starts(text, "@sign"))
		return signature(fill, text[5] == ':' ? text + 6 : "");
	if (text_starts(text, "@file:"))
		return paper(fill, PAPER_PDF, text + 6, false, err);
	if (text_starts(text, "@files:"))
		return paper(fill, PAPER_PDF, text + 7, true, err);
	if (text_starts(text, "@photos:"))
		return paper(fill, PAPER_PHOTO, text + 8, true, err);
	if (text_starts(text, "@video:"))
		return paper(fill, PAPER_VIDEO, text + 7, true, err);
	const json_t *value = json_object_get(fill->vars, text);
	if (json_is_string(value))
		return json_deep_copy(value);
	return value == NULL ? NULL : expand(fill, value, err);
}

static json_t *expand_members(struct fill *fill, const json_t *value, struct err *err)
{
	json_t *out = json_object(), *member;
	const char *key;
	json_object_foreach((json_t *)(uintptr_t)value, key, member) {
		json_t *one = expand(fill, member, err);
		if (one != NULL)
			json_put(out, key, one);
	}
	return out;
}

/* A new value, or NULL where a mark says nothing here. */
static json_t *expand(struct fill *fill, const json_t *value, struct err *err)
{
	if (json_is_string(value)) {
		const char *text = json_string_value(value);
		return *text == '@' ? mark(fill, text, err) : json_string(words(fill, text, 0));
	}
	if (json_is_array(value)) {
		json_t *out = json_array();
		const json_t *item;
		size_t i;
		json_array_foreach(value, i, item) {
			json_t *one = expand(fill, item, err);
			if (one != NULL)
				json_push(out, one);
		}
		return out;
	}
	if (!json_is_object(value))
		return json_deep_copy(value);
	const json_t *choices = json_object_get(value, "one-of");
	if (choices != NULL)
		return expand(fill, demo_pick(fill->rng, choices), err);
	return expand_members(fill, value, err);
}

/* --- fields ----------------------------------------------------------------------------------------------------------- */

static json_t *by_type(struct fill *fill, const json_t *field, struct err *err)
{
	const char *type = json_str(field, "type"), *title = json_str(field, "title");
	const json_t *options = json_object_get(field, "options");
	if (text_eq(type, "text") || text_eq(type, "long"))
		return json_string(arena_printf(fill->arena, "%s见附卷材料", title));
	if (text_eq(type, "choice"))
		return json_deep_copy(json_array_get(options, 0));
	if (text_eq(type, "choices"))
		return json_pack("[O]", json_array_get(options, 0));
	if (text_eq(type, "yes-no"))
		return json_false();
	if (text_eq(type, "number"))
		return json_integer(json_int(field, "min", 1));
	if (text_eq(type, "money"))
		return mark(fill, "@fine", err);
	if (text_eq(type, "date"))
		return mark(fill, "@day", err);
	if (text_eq(type, "time"))
		return mark(fill, "@now-10", err);
	if (text_eq(type, "range"))
		return mark(fill, "@range-60-10", err);
	if (text_eq(type, "file") || text_eq(type, "files"))
		return paper(fill, PAPER_PDF, title, text_eq(type, "files"), err);
	if (text_eq(type, "signature"))
		return signature(fill, "");
	static const char *const marks[][2] = {{"party", "@party"}, {"person", "@person"}, {"officer", "@officer1"}, {"officers", "@officers"}, {"clauses", "@basis"},
	                                       {"division", "@division"}, {"agency", "@agency"}, {"user", "@handler"}, {"address", "@address"}};
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (text_eq(type, marks[i][0]))
			return mark(fill, marks[i][1], err);
	return NULL;
}

/* A table's rows, with the columns that this place has and no other; a required column that is empty gets its title's sake. */
static void fit_rows(struct fill *fill, const json_t *field, json_t *rows, struct err *err)
{
	json_t *row;
	size_t i, k;
	json_array_foreach(rows, i, row) {
		json_t *fitted = json_object();
		const json_t *column;
		json_array_foreach(json_object_get(field, "columns"), k, column) {
			const char *name = json_str(column, "name");
			json_t *value = json_object_get(row, name);
			if (value != NULL)
				json_put(fitted, name, json_incref(value));
			else if (json_bool(column, "required"))
				json_put(fitted, name, by_type(fill, column, err));
		}
		BUG_ON(json_array_set_new(rows, i, fitted) != 0);
	}
}

static json_t *made(struct fill *fill, const json_t *field, const json_t *source, struct err *err)
{
	json_t *value = source == NULL ? by_type(fill, field, err) : expand(fill, source, err);
	if (value == NULL && source != NULL)
		value = by_type(fill, field, err);
	if (value != NULL && text_eq(json_str(field, "type"), "table"))
		fit_rows(fill, field, value, err);
	return value;
}

static const json_t *fill_of(const struct fill *fill, const char *kind, const char *field)
{
	return json_object_get(fill->demo->fills, arena_printf(fill->arena, "%s.%s", kind, field));
}

int fill_body(struct fill *fill, const json_t *form, const char *kind, const json_t *given, json_t **out, struct err *err)
{
	const json_t *field;
	size_t i;
	*out = json_tie(fill->arena, json_object());
	json_array_foreach(json_object_get(form, "fields"), i, field) {
		const char *name = json_str(field, "name");
		const json_t *source = json_object_get(given, name);
		if (json_is_null(source))
			continue; /* left out on purpose */
		if (source == NULL)
			source = fill_of(fill, kind, name);
		if (source == NULL && !json_bool(field, "required"))
			continue;
		if (source == NULL)
			source = fill_of(fill, "*", name);
		json_t *value = made(fill, field, source, err);
		if (err->code != ERR_NONE)
			return -(int)err->code;
		if (value != NULL)
			json_put(*out, name, value);
	}
	return 0;
}

bool fill_missing(struct fill *fill, const json_t *form, const char *kind, const struct diag *diags, json_t *body, struct err *err)
{
	bool all = diags != NULL;
	(void)kind;
	for (const struct diag *diag = diags; diag != NULL; diag = diag->next) {
		const json_t *field, *found = NULL;
		size_t i;
		json_array_foreach(json_object_get(form, "fields"), i, field)
			if (text_eq(json_str(field, "name"), diag->where))
				found = field;
		if (found == NULL || json_object_get(body, diag->where) != NULL) {
			all = false;
			continue;
		}
		json_t *value = made(fill, found, fill_of(fill, "*", diag->where), err);
		if (value == NULL)
			all = false;
		else
			json_put(body, diag->where, value);
	}
	return all;
}
