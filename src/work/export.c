/* Registers as tables that import takes again: what stands now, in the columns of the entry that registers it. Of users no secret. */
#include "base/buf.h"
#include "base/text.h"
#include "work/register_sort.h"
#include "work/site_files.h"
#include "work/transfer.h"

#define LINE_MAX_BYTES ((size_t)1 << 20)
#define FILE_MAX ((size_t)256 << 20)

struct giving {
	struct site *site;
	const struct register_sort *sort;
	const struct transfer_giving *table;
	struct arena *arena;
	json_t *found;   /* [[key, document]]: what stands in the register */
	json_t *rows;    /* [{column: value}] */
	json_t *columns; /* {column: type}, in the order in which forms have them */
	int64_t ended;   /* what is in force no longer and so is not given */
	int64_t files, without; /* written; left out for want of a folder */
	const char *place;      /* whose form this is: neighbours have the same */
	const json_t *form;
};

/* --- one row ------------------------------------------------------------------------------------------------------------ */

/* The name's end, by which a program knows the file: as the file was called when it came. */
static const char *ending(const char *name)
{
	const char *dot = name == NULL ? NULL : strrchr(name, '.');
	size_t len = dot == NULL ? 0 : strlen(dot);
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	return len < 2 || len > 8 || strspn(dot + 1, plain) != len - 1 ? "" : dot;
}

/* Writes the file of a cell below the folder; *out is its name there. */
static int give_file(struct giving *giving, const json_t *file, const char *key, const char *field, char **out, struct err *err)
{
	struct arena *own = arena_new();
	struct digest digest;
	const char *sha256 = json_str(file, "sha256");
	void *bytes;
	size_t len;
	*out = arena_printf(giving->arena, "%s-%s%s", key, field, ending(json_str(file, "name")));
	int rc = sha256 != NULL && hex_decode(sha256, strlen(sha256), digest.bytes, HASH_LEN) ? 0 : ERR(err, ERR_CORRUPT, "%s 的 %s 没有记下文件的摘要", key, field);
	if (rc == 0 && giving->files == 0)
		rc = site_make_dir(giving->table->files, err);
	if (rc == 0)
		rc = blob_get(giving->site->blobs, &digest, FILE_MAX, own, &bytes, &len, err);
	if (rc == 0)
		rc = site_file_write(arena_printf(own, "%s/%s", giving->table->files, *out), bytes, len, err);
	arena_free(own);
	giving->files += rc == 0;
	return rc;
}

static int give_cell(struct giving *giving, json_t *row, const json_t *field, const json_t *value, const char *key, struct err *err)
{
	const char *name = json_str(field, "name"), *type = json_str(field, "type");
	char *file;
	if (value == NULL || json_is_null(value) || text_eq(json_string_value(value), ""))
		return 0;
	if (text_eq(type, "file") && giving->table->files == NULL) {
		giving->without++;
		return 0;
	}
	if (text_eq(type, "file")) {
		int rc = give_file(giving, value, key, name, &file, err);
		if (rc == 0)
			json_put_str(row, name, file);
		return rc;
	}
	if (text_eq(type, "officer") && json_is_object(value)) {
		json_put_str(row, name, json_str(value, "id"));
		return 0;
	}
	if (text_eq(type, "address") && json_is_object(value)) {
		json_put_str(row, name, text_or_empty(json_str(value, "detail")));
		json_put_str(row, arena_printf(giving->arena, "%s.division", name), text_or_empty(json_str(value, "division")));
		return 0;
	}
	json_put(row, name, json_deep_copy(value));
	return 0;
}

static void add_columns(struct giving *giving, const json_t *form)
{
	const json_t *field;
	size_t i;
	json_array_foreach(json_object_get(form, "fields"), i, field) {
		const char *name = json_str(field, "name"), *type = json_str(field, "type");
		if (json_object_get(giving->columns, name) == NULL && (giving->table->files != NULL || !text_eq(type, "file")))
			json_put_str(giving->columns, name, type);
		char *place = arena_printf(giving->arena, "%s.division", name);
		if (text_eq(type, "address") && json_object_get(giving->columns, place) == NULL)
			json_put_str(giving->columns, place, "division");
	}
}

static int give_row(struct giving *giving, const char *key, const json_t *doc, struct err *err)
{
	json_t *row = json_object();
	json_push(giving->rows, row);
	json_put_str(row, giving->sort->key, key);
	const json_t *field;
	size_t i;
	int rc = 0;
	const char *place = arena_printf(giving->arena, "%s/%s", text_or_empty(json_str(doc, "division")), text_or_empty(json_str(doc, "agency")));
	if (!text_eq(place, giving->place)) {
		giving->place = place;
		giving->form = register_form(giving->site, giving->sort, doc, giving->arena);
		add_columns(giving, giving->form);
	}
	json_array_foreach(json_object_get(giving->form, "fields"), i, field) {
		const char *name = json_str(field, "name");
		if (rc == 0 && !text_eq(name, giving->sort->key))
			rc = give_cell(giving, row, field, json_object_get(doc, name), key, err);
	}
	if (text_eq(giving->sort->what, "users")) { /* the roles are set by an act of their own */
		json_put_str(giving->columns, "roles", "choices");
		json_put(row, "roles", json_deep_copy(json_object_get(doc, "roles")));
	}
	return rc;
}

static const char *text_of(struct giving *giving, const struct db_value *cell)
{
	return arena_strndup(giving->arena, cell->data == NULL ? "" : cell->data, cell->size);
}

static json_t *doc_of(struct giving *giving, const struct db_value *row)
{
	if (!text_eq(giving->sort->stream, "user"))
		return json_loadb(row[3].data, row[3].size, 0, NULL);
	json_t *doc = json_object();
	json_put_str(doc, "name", text_of(giving, &row[3]));
	json_put_str(doc, "officer", text_of(giving, &row[4]));
	json_put(doc, "roles", json_loadb(row[5].data, row[5].size, 0, NULL));
	return doc;
}

/* Only kept here: forms are made of other rows, and those are not read while this reading goes on. */
static int take_row(void *context, const struct db_value *row, struct err *err)
{
	struct giving *giving = context;
	const char *key = text_of(giving, &row[0]), *place = text_of(giving, &row[1]);
	json_t *doc = doc_of(giving, row), *pair;
	if (doc == NULL)
		return ERR(err, ERR_CORRUPT, "登记表中 %s 一行读不懂：先运行 sanzhi rebuild", key);
	/* A certificate that was taken away, a user that was disabled, would come back in force by an import. */
	if (row[2].num == 0 || json_is_false(json_object_get(doc, "active"))) {
		giving->ended++;
		json_decref(doc);
		return 0;
	}
	if (*place != '\0')
		json_put_str(doc, text_eq(giving->sort->stream, "agency") ? "division" : "agency", place);
	pair = json_array();
	json_push_str(pair, key);
	json_push(pair, doc);
	json_push(giving->found, pair);
	return 0;
}

/* --- printing ----------------------------------------------------------------------------------------------------------- */

static void csv_cell(struct buf *out, const char *text)
{
	if (strpbrk(text, ",\"\r\n") == NULL && strspn(text, " \t") == 0) {
		buf_adds(out, text);
		return;
	}
	buf_addc(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	buf_addc(out, '"');
}

static const char *cell_text(const json_t *value, struct arena *arena)
{
	const char *text = "";
	const json_t *one;
	size_t i;
	if (json_is_string(value))
		return json_string_value(value);
	if (value == NULL || json_is_null(value))
		return "";
	if (json_is_boolean(value))
		return json_is_true(value) ? "是" : "否";
	if (!json_is_array(value))
		return json_text(arena, value, NULL);
	json_array_foreach(value, i, one)
		text = arena_printf(arena, "%s%s%s", text, i == 0 ? "" : ";", text_or_empty(json_string_value(one)));
	return text;
}

/* A row, or the heading where `row` is NULL. */
static int csv_line(struct giving *giving, const json_t *row, struct err *err)
{
	struct arena *own = arena_new();
	struct buf out;
	const char *name;
	json_t *type;
	buf_init(&out, own, LINE_MAX_BYTES);
	if (row == NULL)
		buf_adds(&out, "\xEF\xBB\xBF"); /* by which spreadsheets know the encoding */
	csv_cell(&out, row == NULL ? giving->sort->key : json_str(row, giving->sort->key));
	json_object_foreach(giving->columns, name, type) {
		if (text_eq(name, giving->sort->key))
			continue;
		buf_addc(&out, ',');
		csv_cell(&out, row == NULL ? name : cell_text(json_object_get(row, name), own));
	}
	int rc = out.overflow ? ERR(err, ERR_LIMIT, "%s 一行太长", row == NULL ? "标题" : json_str(row, giving->sort->key))
	                      : giving->table->line(giving->table->context, out.data, out.len, err);
	arena_free(own);
	return rc;
}

static int json_line(struct giving *giving, const json_t *row, struct err *err)
{
	struct arena *own = arena_new();
	size_t len;
	char *text = json_text(own, row, &len);
	int rc = giving->table->line(giving->table->context, text, len, err);
	arena_free(own);
	return rc;
}

static int print_rows(struct giving *giving, struct err *err)
{
	const json_t *row;
	size_t i;
	int rc = giving->table->json ? 0 : csv_line(giving, NULL, err);
	json_array_foreach(giving->rows, i, row)
		if (rc == 0)
			rc = giving->table->json ? json_line(giving, row, err) : csv_line(giving, row, err);
	return rc;
}

static int read_rows(struct giving *giving, struct err *err)
{
	struct db_value kind = DB_TEXT(giving->sort->kind);
	struct db_conn *conn;
	int rc = db_acquire(giving->site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	if (text_eq(giving->sort->stream, "agency"))
		rc = db_each(conn, SQL_TABLE_AGENCIES, NULL, 0, take_row, giving, err);
	else if (text_eq(giving->sort->stream, "officer"))
		rc = db_each(conn, SQL_TABLE_OFFICERS, &kind, 1, take_row, giving, err);
	else
		rc = db_each(conn, SQL_TABLE_USERS, NULL, 0, take_row, giving, err);
	db_release(conn);
	const json_t *pair;
	size_t i;
	json_array_foreach(giving->found, i, pair)
		if (rc == 0)
			rc = give_row(giving, json_string_value(json_array_get(pair, 0)), json_array_get(pair, 1), err);
	return rc;
}

int transfer_registers(struct site *site, const struct transfer_giving *table, struct arena *arena, json_t **summary, struct err *err)
{
	struct giving giving = {.site = site, .table = table, .arena = arena, .found = json_tie(arena, json_array()), .rows = json_tie(arena, json_array()), .columns = json_tie(arena, json_object())};
	int rc = register_sort_find(table->what, &giving.sort, err);
	if (rc != 0)
		return rc;
	if (table->files != NULL && !site_dir_fresh(table->files))
		return ERR(err, ERR_CONFLICT, "文件夹 %s 里已有内容，或者读不了：写一个新的或者空的文件夹", table->files);
	rc = read_rows(&giving, err);
	if (json_array_size(giving.rows) == 0) /* the columns all the same, for who wants to fill them */
		add_columns(&giving, register_form(site, giving.sort, json_tie(arena, json_object()), arena));
	if (rc == 0)
		rc = print_rows(&giving, err);
	if (rc != 0 && table->files != NULL)
		site_dir_clear(table->files);
	*summary = json_tie(arena, json_object());
	json_put_int(*summary, "rows", (int64_t)json_array_size(giving.rows));
	json_put_int(*summary, "files", giving.files);
	json_put_int(*summary, "ended", giving.ended);
	json_put_int(*summary, "without", giving.without);
	return rc;
}
