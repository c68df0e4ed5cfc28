/* Registers from tables. Every line is judged before any is taken in, so that a table with mistakes changes nothing and says all of them. */
#include "base/buf.h"
#include "base/text.h"
#include "work/act.h"
#include "work/registers.h"
#include "work/site_files.h"
#include "work/transfer.h"

#define COLUMNS_MAX 64
#define ROWS_MAX 100000
#define CELL_MAX ((size_t)65536)
#define FILE_MAX ((size_t)16 << 20)

struct row {
	size_t line;
	json_t *cells; /* {column: text or value} */
	json_t *body;
	struct entry_file file; /* a photograph */
	size_t nfiles;
	const char *key;
};

struct table {
	struct row *rows;
	size_t count;
	struct arena *arena;
};

static struct diag *mistake(struct err *err, size_t line, const char *field, const char *what)
{
	const char *where = arena_printf(err->arena, "第 %zu 行%s%s", line, field == NULL ? "" : "，", field == NULL ? "" : field);
	return err_diag(err, where, "%s", what);
}

static void add_row(struct table *table, size_t line, json_t *cells, struct err *err)
{
	if (table->count == ROWS_MAX) {
		if (err->ndiags == 0)
			(void)mistake(err, line, NULL, "行数太多，请分几次导入");
		return;
	}
	table->rows[table->count++] = (struct row){.line = line, .cells = json_tie(table->arena, cells)};
}

/* --- CSV (RFC 4180) ------------------------------------------------------------------------------------------------------ */

struct csv {
	const char *text;
	size_t len, at, line;
};

/* One cell; *last says that the record ends with it. */
static char *csv_cell(struct csv *csv, struct arena *arena, bool *last, struct err *err)
{
	struct buf out;
	bool quoted = csv->at < csv->len && csv->text[csv->at] == '"';
	size_t begun = csv->line;
	buf_init(&out, arena, CELL_MAX);
	csv->at += quoted;
	for (;;) {
		char c = csv->at < csv->len ? csv->text[csv->at] : '\0';
		bool ended = csv->at >= csv->len;
		if (ended && quoted)
			(void)mistake(err, begun, NULL, "引号没有配对");
		if (quoted && c == '"' && csv->at + 1 < csv->len && csv->text[csv->at + 1] == '"') {
			buf_addc(&out, '"');
			csv->at += 2;
			continue;
		}
		if (quoted && c == '"') {
			quoted = false;
			csv->at++;
			continue;
		}
		if (ended || (!quoted && (c == ',' || c == '\n'))) {
			csv->at += !ended;
			csv->line += c == '\n' && !ended;
			*last = ended || c == '\n';
			break;
		}
		csv->line += c == '\n';
		if (c != '\r' || quoted)
			buf_addc(&out, c);
		csv->at++;
	}
	if (out.overflow)
		(void)mistake(err, begun, NULL, "这一格太长");
	return text_trim(arena, out.data);
}

static size_t csv_heading(struct csv *csv, struct arena *arena, const char **names, struct err *err)
{
	size_t count = 0;
	bool last = false;
	while (!last && count < COLUMNS_MAX)
		names[count++] = csv_cell(csv, arena, &last, err);
	if (!last)
		(void)mistake(err, 1, NULL, "列数太多");
	return count;
}

static void read_csv(const char *text, size_t len, struct table *table, struct err *err)
{
	struct csv csv = {.text = text, .len = len, .line = 1};
	const char *names[COLUMNS_MAX];
	size_t columns = csv_heading(&csv, table->arena, names, err);
	while (csv.at < csv.len && err->ndiags < 1000) {
		size_t line = csv.line, column = 0;
		bool last = false, blank = true;
		json_t *cells = json_object();
		while (!last) {
			const char *cell = csv_cell(&csv, table->arena, &last, err);
			if (column >= columns && *cell != '\0')
				(void)mistake(err, line, NULL, "这一行的格数比标题行多");
			else if (column < columns && *cell != '\0') {
				json_put_str(cells, names[column], cell);
				blank = false;
			}
			column++;
		}
		if (blank)
			json_decref(cells);
		else
			add_row(table, line, cells, err);
	}
}

/* --- JSON ------------------------------------------------------------------------------------------------------------- */

static void read_json_lines(const char *text, size_t len, struct table *table, struct err *err)
{
	size_t line = 0, at = 0;
	while (at < len) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t size = end == NULL ? len - at : (size_t)(end - text) - at;
		json_t *value;
		struct err fault;
		line++;
		err_init(&fault, table->arena);
		if (strspn(arena_strndup(table->arena, text + at, size), " \t\r") == size) {
			at += size + 1;
			continue;
		}
		if (json_read(table->arena, text + at, size, CELL_MAX * 4, &value, &fault) != 0)
			(void)mistake(err, line, NULL, fault.message);
		else if (!json_is_object(value))
			(void)mistake(err, line, NULL, "这一行应当是一个对象");
		else
			add_row(table, line, json_incref(value), err);
		at += size + 1;
	}
}

static int read_json_array(const char *text, size_t len, struct table *table, struct err *err)
{
	json_t *array;
	const json_t *item;
	size_t i;
	int rc = json_read(table->arena, text, len, len + 1, &array, err);
	if (rc != 0)
		return rc;
	json_array_foreach(array, i, item) {
		if (json_is_object(item))
			add_row(table, i + 1, json_incref((json_t *)(uintptr_t)item), err);
		else
			(void)mistake(err, i + 1, NULL, "这一项应当是一个对象");
	}
	return 0;
}

static int read_table(const char *text, size_t len, struct table *table, struct err *err)
{
	if (!utf8_valid(text, len))
		return ERR(err, ERR_INVALID, "文件不是 UTF-8 编码；在电子表格程序里另存为“CSV UTF-8”");
	if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		text += 3;
		len -= 3;
	}
	const char *first = text;
	while (first < text + len && strchr(" \t\r\n", *first) != NULL)
		first++;
	int rc = 0;
	table->rows = ARENA_ARRAY(table->arena, ROWS_MAX, struct row);
	if (first < text + len && *first == '[')
		rc = read_json_array(text, len, table, err);
	else if (first < text + len && *first == '{')
		read_json_lines(text, len, table, err);
	else
		read_csv(text, len, table, err);
	return rc;
}

/* --- rows to acts ----------------------------------------------------------------------------------------------------- */

struct sort {
	const char *what, *stream, *kind, *key; /* key: the column that names the stream */
};
static const struct sort sorts[] = {
    {"agencies", "agency", "agency.registered", "uscc"}, {"officers", "officer", "officer.certified", "id"}, {"users", "user", "user.created", "login"},
};

static json_t *split(struct arena *arena, const char *text)
{
	json_t *out = json_array();
	while (*text != '\0') {
		size_t len = strcspn(text, ";"), wide = 0;
		const char *stop = strstr(text, "；");
		if (stop != NULL && (size_t)(stop - text) < len) {
			len = (size_t)(stop - text);
			wide = strlen("；") - 1;
		}
		const char *one = text_trim(arena, arena_strndup(arena, text, len));
		if (*one != '\0')
			json_push_str(out, one);
		text += len + (text[len] != '\0') + wide;
	}
	return out;
}

static json_t *take_file(struct site *site, struct row *row, const char *path, struct arena *arena, struct err *err)
{
	struct err fault;
	char *bytes;
	size_t len;
	err_init(&fault, arena);
	int rc = site_file_read(path, FILE_MAX, arena, &bytes, &len, &fault);
	if (rc == 0)
		rc = blob_put(site->blobs, bytes, len, &row->file.blob, &fault);
	if (rc != 0) {
		(void)mistake(err, row->line, "photo", fault.message);
		return NULL;
	}
	const char *name = strrchr(path, '/');
	row->file.name = arena_strdup(arena, name == NULL ? path : name + 1);
	row->file.type = text_ends(path, ".png") ? "image/png" : "image/jpeg";
	row->nfiles = 1;
	return json_pack("{s:i}", "file", 0);
}

/* A cell as its field's type wants it; what is no text already is left as it is. */
static json_t *cell_value(struct site *site, struct row *row, const json_t *field, const char *division, const json_t *cell, struct arena *arena, struct err *err)
{
	const char *type = json_str(field, "type"), *text = json_string_value(cell);
	if (text == NULL)
		return json_deep_copy(cell);
	if (text_eq(type, "choices") || text_eq(type, "clauses"))
		return split(arena, text);
	if (text_eq(type, "address"))
		return json_pack("{s:s,s:s}", "division", division == NULL ? "" : division, "detail", text);
	if (text_eq(type, "file"))
		return take_file(site, row, text, arena, err);
	return json_string(text);
}

static const json_t *form_for(struct site *site, const struct sort *sort, const struct row *row, struct arena *arena)
{
	const char *division = json_str(row->cells, "division"), *code = json_str(row->cells, sort->key[0] == 'u' ? "uscc" : "agency");
	struct agency agency;
	struct err ignored;
	err_init(&ignored, arena);
	if (division == NULL && code != NULL && agency_get(site, NULL, code, arena, &agency, &ignored) == 0)
		division = agency.area;
	struct law_place place = {.agency = code, .area = division == NULL ? "" : division};
	day_t today = instant_day(clock_now(&site->clock));
	return law_form(law_scope(site->law, &place, today, DAY_NONE, arena), law_state_new(&place, NULL, clock_now(&site->clock), arena), sort->kind, arena);
}

static void make_body(struct site *site, const struct sort *sort, struct row *row, struct arena *arena, struct err *err)
{
	const json_t *form = form_for(site, sort, row, arena);
	json_t *cell;
	const char *name;
	row->body = json_tie(arena, json_object());
	row->key = json_str(row->cells, sort->key);
	if (row->key == NULL)
		(void)mistake(err, row->line, sort->key, "没有填写");
	json_object_foreach(row->cells, name, cell) {
		const json_t *field = json_find(json_object_get(form, "fields"), "name", name);
		bool apart = text_eq(name, "id") || (text_eq(sort->what, "users") && (text_eq(name, "roles") || text_eq(name, "password")));
		if (apart && field == NULL)
			continue; /* names the stream, or belongs to another act */
		json_t *value = cell_value(site, row, field, json_str(row->cells, "division"), cell, arena, err);
		if (value != NULL)
			json_put(row->body, name, value);
	}
}

static struct act act_of(const struct sort *sort, const struct row *row)
{
	return (struct act){.stream_type = sort->stream, .stream_key = row->key, .kind = sort->kind, .at = INSTANT_NONE, .body = row->body, .files = &row->file, .nfiles = row->nfiles,
	                    .expect = -1};
}

static void tell_diags(const struct row *row, const struct err *from, struct err *err)
{
	if (from->diags == NULL)
		(void)mistake(err, row->line, NULL, from->message);
	for (const struct diag *diag = from->diags; diag != NULL; diag = diag->next) {
		struct diag *copy = mistake(err, row->line, diag->where, diag->what);
		copy->mend = arena_strdup(err->arena, diag->mend);
		copy->clause = arena_strdup(err->arena, diag->clause);
		copy->cite = arena_strdup(err->arena, diag->cite);
	}
}

static json_t *roles_of(const struct row *row, struct arena *arena)
{
	const json_t *roles = json_object_get(row->cells, "roles");
	return json_tie(arena, json_is_array(roles) ? json_deep_copy(roles) : split(arena, json_string_value(roles) == NULL ? "" : json_string_value(roles)));
}

static struct user_new user_of(const struct row *row, struct arena *arena)
{
	return (struct user_new){.id = row->key, .name = json_str(row->cells, "name"), .agency = json_str(row->cells, "agency"), .officer = json_str(row->cells, "officer"),
	                         .roles = roles_of(row, arena), .password = json_str(row->cells, "password"), .must_change = true};
}

static void judge_row(struct site *site, const struct actor *actor, const struct sort *sort, const struct row *row, struct arena *arena, struct err *err)
{
	struct act act = act_of(sort, row);
	struct err fault;
	json_t *verdict;
	const json_t *refusal;
	size_t i;
	err_init(&fault, arena);
	if (act_judge(site, actor, &act, arena, &verdict, &fault) != 0) {
		tell_diags(row, &fault, err);
		return;
	}
	if (!json_bool(verdict, "allowed"))
		json_array_foreach(json_object_get(verdict, "refusals"), i, refusal)
			(void)mistake(err, row->line, NULL, json_str(refusal, "say"));
	struct user_new user = user_of(row, arena);
	if (text_eq(sort->what, "users") && (user_check(&user, &fault) != 0 || user_roles_known(site, user.roles, &fault) != 0))
		tell_diags(row, &fault, err);
}

static void find_doubles(const struct table *table, struct err *err)
{
	json_t *seen = json_tie(table->arena, json_object());
	for (size_t i = 0; i < table->count; i++) {
		const struct row *row = &table->rows[i];
		if (row->key == NULL)
			continue;
		int64_t first = json_int(seen, row->key, 0);
		if (first > 0)
			(void)mistake(err, row->line, NULL, arena_printf(table->arena, "%s 与第 %lld 行重复", row->key, (long long)first));
		else
			json_put_int(seen, row->key, (int64_t)row->line);
	}
}

static int take_in(struct site *site, const struct actor *actor, const struct sort *sort, const struct row *row, json_t *passwords, struct arena *arena, struct err *err)
{
	struct act_result result;
	const char *password;
	if (!text_eq(sort->what, "users")) {
		struct act act = act_of(sort, row);
		return act_do(site, actor, &act, arena, &result, err);
	}
	struct user_new user = user_of(row, arena);
	int rc = user_create(site, actor, &user, arena, &password, err);
	if (rc == 0 && user.password == NULL)
		json_put_str(passwords, user.id, password);
	return rc;
}

int transfer_import(struct site *site, const struct actor *actor, const char *what, const char *text, size_t len, struct arena *arena, json_t **summary, struct err *err)
{
	struct table table = {.arena = arena};
	const struct sort *sort = NULL;
	size_t before = err->ndiags;
	for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++)
		if (text_eq(sorts[i].what, what))
			sort = &sorts[i];
	if (sort == NULL)
		return ERR(err, ERR_INVALID, "不能导入“%s”：可以导入 agencies、officers、users", what);
	int rc = read_table(text, len, &table, err);
	if (rc != 0)
		return rc;
	if (table.count == 0 && err->ndiags == before)
		return ERR(err, ERR_INVALID, "表格里没有一行内容：第一行写列名，从第二行起每行一项");
	for (size_t i = 0; i < table.count; i++)
		make_body(site, sort, &table.rows[i], arena, err);
	find_doubles(&table, err);
	for (size_t i = 0; i < table.count; i++)
		if (table.rows[i].key != NULL)
			judge_row(site, actor, sort, &table.rows[i], arena, err);
	if (err->ndiags > before)
		return ERR(err, ERR_INVALID, "有 %zu 处需要改正，一行也没有导入", err->ndiags - before);
	json_t *passwords = json_object();
	*summary = json_tie(arena, json_object());
	json_put(*summary, "passwords", passwords);
	for (size_t i = 0; i < table.count; i++) {
		rc = take_in(site, actor, sort, &table.rows[i], passwords, arena, err);
		if (rc != 0) {
			(void)mistake(err, table.rows[i].line, NULL, "前面的行已经导入，从这一行起没有导入");
			return rc;
		}
		json_put_int(*summary, "taken", (int64_t)i + 1);
	}
	return 0;
}
