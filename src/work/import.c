/* Registers from tables. Every line is judged and every file looked at before any is taken in, so that a table with mistakes changes nothing and says all of them. */
#include <errno.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/text.h"
#include "work/act.h"
#include "work/register_sort.h"
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
	struct entry_file file; /* a photograph: what it will be in the store, where it comes only with its line */
	const char *path;
	size_t nfiles;
	const char *key;
	bool known;             /* passed over */
};

struct table {
	struct row *rows;
	size_t count;
	struct arena *arena;
	const char *agency;     /* the last one looked up: neighbours have the same */
	bool agency_there;
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

static const struct register_sort sorts[] = {
    {"agencies", "agency", "agency.registered", "uscc"},  {"officers", "officer", "officer.certified", "id"}, {"assistants", "officer", "assistant.carded", "id"},
    {"reviewers", "officer", "reviewer.appointed", "id"}, {"users", "user", "user.created", "login"},
};

int register_sort_find(const char *what, const struct register_sort **out, struct err *err)
{
	const char *all = "";
	for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
		all = arena_printf(err->arena, "%s%s%s", all, i == 0 ? "" : "、", sorts[i].what);
		if (text_eq(sorts[i].what, what)) {
			*out = &sorts[i];
			return 0;
		}
	}
	return ERR(err, ERR_INVALID, "没有“%s”这一种登记表：可以写 %s", what, all);
}

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

static struct diag *wrong_file(struct err *err, const struct row *row, const char *field, const char *name, const char *what, const char *mend)
{
	struct diag *diag = mistake(err, row->line, field, arena_printf(err->arena, "%s：%s", name, what));
	diag->mend = mend;
	return diag;
}

/* A picture by its first bytes: a name says nothing of what is in a file. */
static const char *picture_type(const char *bytes, size_t len)
{
	if (len > 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
		return "image/png";
	return len > 3 && memcmp(bytes, "\xFF\xD8\xFF", 3) == 0 ? "image/jpeg" : NULL;
}

/* Below the folder and nowhere else: tables come from many hands. */
static bool stays_below(const char *name)
{
	return *name != '/' && *name != '\0' && !text_eq(name, "..") && !text_starts(name, "../") && strstr(name, "/../") == NULL && !text_ends(name, "/..");
}

/* Looks at a cell's file and says what the store will hold of it; nothing is stored yet. */
static json_t *look_at_file(struct row *row, const char *field, const char *name, const char *files, struct err *err)
{
	struct arena *own = arena_new();
	struct err fault;
	struct stat found;
	char *bytes;
	size_t len;
	const char *beside = arena_printf(err->arena, "把文件放到 %s 下，表里写它在那里的名称", files), *type = NULL;
	row->path = arena_printf(err->arena, "%s/%s", files, name);
	err_init(&fault, err->arena);
	if (!stays_below(name))
		(void)wrong_file(err, row, field, name, "文件不在给定的文件夹里", beside);
	else if (stat(row->path, &found) != 0)
		(void)wrong_file(err, row, field, name, errno == ENOENT ? err_errno(errno) : err_path(err->arena, row->path, errno), errno == ENOENT ? beside : NULL);
	else if (!S_ISREG(found.st_mode))
		(void)wrong_file(err, row, field, name, "这不是一个文件", beside);
	else if (found.st_size > (off_t)FILE_MAX)
		(void)wrong_file(err, row, field, name, arena_printf(err->arena, "文件有 %lld MiB，超过 %zu MiB", (long long)(found.st_size >> 20), FILE_MAX >> 20), "把图片缩小以后再导入");
	else if (site_file_read(row->path, FILE_MAX, own, &bytes, &len, &fault) != 0)
		(void)wrong_file(err, row, field, name, fault.message, NULL);
	else if ((type = picture_type(bytes, len)) == NULL)
		(void)wrong_file(err, row, field, name, "这不是 PNG 或者 JPEG 图片", "另存为 PNG 或者 JPEG 以后再导入");
	if (type != NULL) {
		const char *slash = strrchr(name, '/');
		row->file = (struct entry_file){.name = slash == NULL ? name : slash + 1, .type = type,
		                                .blob = {.sha256 = hash_sha256(bytes, len), .sm3 = hash_sm3(bytes, len), .size = (int64_t)len}};
		row->nfiles = 1;
	}
	arena_free(own);
	return type == NULL ? NULL : json_pack("{s:i}", "file", 0);
}

/* Puts the line's file into the store, as it was looked at. */
static int store_file(struct site *site, const struct row *row, struct err *err)
{
	struct arena *own = arena_new();
	struct blob_info stored;
	char *bytes;
	size_t len;
	int rc = row->nfiles == 0 ? 0 : site_file_read(row->path, FILE_MAX, own, &bytes, &len, err);
	if (rc == 0 && row->nfiles > 0)
		rc = blob_put(site->blobs, bytes, len, &stored, err);
	if (rc == 0 && row->nfiles > 0 && digest_differs(&stored.sha256, &row->file.blob.sha256) != 0)
		rc = ERR(err, ERR_CONFLICT, "%s 在导入的时候被改动了", row->path);
	arena_free(own);
	return rc;
}

/* A cell as its field's type wants it; what is no text already is left as it is. */
static json_t *cell_value(struct row *row, const json_t *field, const json_t *cell, const char *files, struct arena *arena, struct err *err)
{
	const char *type = json_str(field, "type"), *text = json_string_value(cell), *name = json_str(field, "name");
	if (text == NULL)
		return json_deep_copy(cell);
	if (text_eq(type, "choices") || text_eq(type, "clauses"))
		return split(arena, text);
	if (text_eq(type, "address")) {
		const char *own = json_str(row->cells, arena_printf(arena, "%s.division", name)), *line = json_str(row->cells, "division");
		return json_pack("{s:s,s:s}", "division", own != NULL ? own : text_or_empty(line), "detail", text);
	}
	if (text_eq(type, "yes-no") && (text_eq(text, "是") || text_eq(text, "否")))
		return json_boolean(text_eq(text, "是"));
	if (text_eq(type, "file"))
		return look_at_file(row, name, text, files, err);
	return json_string(text);
}

const json_t *register_form(struct site *site, const struct register_sort *sort, const json_t *cells, struct arena *arena)
{
	const char *division = json_str(cells, "division"), *code = json_str(cells, text_eq(sort->stream, "agency") ? "uscc" : "agency");
	struct agency agency;
	struct err ignored;
	err_init(&ignored, arena);
	if (division == NULL && code != NULL && agency_get(site, NULL, code, arena, &agency, &ignored) == 0)
		division = agency.area;
	struct law_place place = {.agency = code, .area = division == NULL ? "" : division};
	day_t today = instant_day(clock_now(&site->clock));
	return law_form(law_scope(site->law, &place, today, DAY_NONE, arena), law_state_new(&place, NULL, clock_now(&site->clock), arena), sort->kind, arena);
}

/* A column that is no field of the entry: it names the stream, belongs to another act, or is a member of a field ("address.division"). */
static bool stands_apart(const struct register_sort *sort, const json_t *fields, const char *name)
{
	const char *dot = strrchr(name, '.');
	if (text_eq(name, sort->key) || (text_eq(sort->what, "users") && (text_eq(name, "roles") || text_eq(name, "password"))))
		return true;
	const json_t *field;
	size_t i;
	json_array_foreach(fields, i, field) {
		const char *of = json_str(field, "name");
		if (dot != NULL && text_eq(dot, ".division") && text_eq(json_str(field, "type"), "address") && strlen(of) == (size_t)(dot - name) && text_starts(name, of))
			return true;
	}
	return false;
}

static void make_body(struct site *site, const struct register_sort *sort, struct row *row, const char *files, struct arena *arena, struct err *err)
{
	const json_t *fields = json_object_get(register_form(site, sort, row->cells, arena), "fields");
	json_t *cell;
	const char *name;
	row->body = json_tie(arena, json_object());
	json_object_foreach(row->cells, name, cell) {
		const json_t *field = json_find(fields, "name", name);
		if (field == NULL && stands_apart(sort, fields, name))
			continue;
		json_t *value = cell_value(row, field, cell, files, arena, err);
		if (value != NULL)
			json_put(row->body, name, value);
	}
}

static struct act act_of(const struct register_sort *sort, const struct row *row)
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

/* An officer or user of an agency that nobody registered would stand under no place's rules, and pass where the right place's would refuse. */
static int check_agency(struct site *site, struct table *table, const struct register_sort *sort, const struct row *row, struct err *err)
{
	const char *code = json_str(row->cells, "agency");
	struct agency agency;
	struct err fault;
	if (code == NULL || text_eq(sort->stream, "agency"))
		return 0;
	if (!text_eq(code, table->agency)) {
		err_init(&fault, table->arena);
		int rc = agency_get(site, NULL, code, table->arena, &agency, &fault);
		if (rc != 0 && rc != -ERR_NOT_FOUND)
			return ERR(err, fault.code, "%s", fault.message);
		table->agency = code;
		table->agency_there = rc == 0;
	}
	if (!table->agency_there)
		mistake(err, row->line, "agency", arena_printf(err->arena, "机关 %s 还没有登记", code))->mend = "先登记或者导入机关（--what agencies），再导入它的人员和用户";
	return 0;
}

static void judge_row(struct site *site, const struct actor *actor, const struct register_sort *sort, const struct row *row, struct arena *arena, struct err *err)
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

static int take_in(struct site *site, const struct actor *actor, const struct register_sort *sort, const struct row *row, json_t *passwords, struct arena *arena, struct err *err)
{
	struct act_result result;
	const char *password;
	if (!text_eq(sort->what, "users")) {
		struct act act = act_of(sort, row);
		int fault = store_file(site, row, err);
		return fault == 0 ? act_do(site, actor, &act, arena, &result, err) : fault;
	}
	struct user_new user = user_of(row, arena);
	int rc = user_create(site, actor, &user, arena, &password, err);
	if (rc == 0 && user.password == NULL)
		json_put_str(passwords, user.id, password);
	return rc;
}

/* Marks the lines that are registered already. */
static int find_known(struct site *site, const struct register_sort *sort, struct table *table, struct err *err)
{
	struct db_conn *conn;
	struct db_result found;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < table->count; i++) {
		if (table->rows[i].key == NULL)
			continue;
		rc = DB_ROWS(conn, SQL_TABLE_KNOWN, 1, table->arena, &found, err, DB_TEXT(sort->stream), DB_TEXT(table->rows[i].key), DB_TEXT(sort->kind));
		table->rows[i].known = rc == 0 && db_int(&found, 0, 0) > 0;
	}
	db_release(conn);
	return rc;
}

/* Gives a cell that bears the form's title ("姓名") its column's name. */
static void rename_cells(const json_t *titles, json_t *cells)
{
	const char *title;
	json_t *name;
	json_object_foreach((json_t *)(uintptr_t)titles, title, name) {
		json_t *cell = json_object_get(cells, title);
		if (cell == NULL || json_object_get(cells, json_string_value(name)) != NULL)
			continue;
		json_put(cells, json_string_value(name), json_incref(cell));
		(void)json_object_del(cells, title);
	}
}

/* What heads the columns: names or titles. Finds each line's key; false where no line has one, which is a heading that is wrong and no matter of lines. */
static bool name_columns(struct site *site, const struct register_sort *sort, struct table *table, struct err *err)
{
	const json_t *fields = json_object_get(register_form(site, sort, json_tie(table->arena, json_object()), table->arena), "fields"), *field;
	json_t *titles = json_tie(table->arena, json_object());
	size_t i, keys = 0;
	json_array_foreach(fields, i, field)
		json_put_str(titles, json_str(field, "title"), json_str(field, "name"));
	if (text_eq(sort->stream, "officer"))
		json_put_str(titles, "编号", "id");
	if (text_eq(sort->stream, "user")) {
		json_put_str(titles, "角色", "roles");
		json_put_str(titles, "密码", "password");
	}
	for (i = 0; i < table->count; i++) {
		struct row *row = &table->rows[i];
		rename_cells(titles, row->cells);
		row->key = json_str(row->cells, sort->key);
		keys += row->key != NULL;
	}
	if (keys == 0 && table->count > 0) {
		mistake(err, 1, NULL, arena_printf(err->arena, "没有“%s”这一列", sort->key))->mend =
		    arena_printf(err->arena, "第一行写列名；sanzhi export --what %s 写出的表格是样本", sort->what);
		return false;
	}
	for (i = 0; i < table->count; i++)
		if (table->rows[i].key == NULL)
			(void)mistake(err, table->rows[i].line, sort->key, "没有填写");
	return true;
}

static int judge_all(struct site *site, const struct actor *actor, const struct register_sort *sort, const struct transfer_taking *taking, struct table *table, struct arena *arena,
                     struct err *err)
{
	if (!name_columns(site, sort, table, err))
		return 0;
	int rc = taking->new_only ? find_known(site, sort, table, err) : 0;
	if (rc != 0)
		return rc;
	find_doubles(table, err);
	for (size_t i = 0; i < table->count; i++) {
		struct row *row = &table->rows[i];
		size_t told = err->ndiags;
		if (row->known)
			continue;
		rc = check_agency(site, table, sort, row, err);
		if (rc != 0)
			return rc;
		make_body(site, sort, row, taking->files, arena, err);
		/* of a file that is wrong the law would only say that it is wanting */
		if (row->key != NULL && err->ndiags == told)
			judge_row(site, actor, sort, row, arena, err);
	}
	return 0;
}

int transfer_import(struct site *site, const struct actor *actor, const struct transfer_taking *taking, struct arena *arena, json_t **summary, struct err *err)
{
	struct table table = {.arena = arena};
	const struct register_sort *sort;
	size_t before = err->ndiags;
	int64_t taken = 0, known = 0;
	int rc = register_sort_find(taking->what, &sort, err);
	if (rc == 0)
		rc = read_table(taking->text, taking->len, &table, err);
	if (rc != 0)
		return rc;
	if (table.count == 0 && err->ndiags == before)
		return ERR(err, ERR_INVALID, "表格里没有一行内容：第一行写列名，从第二行起每行一项");
	rc = judge_all(site, actor, sort, taking, &table, arena, err);
	if (rc == 0 && err->ndiags > before)
		rc = ERR(err, ERR_INVALID, "有 %zu 处需要改正，一行也没有导入", err->ndiags - before);
	if (rc != 0)
		return rc;
	json_t *passwords = json_object();
	*summary = json_tie(arena, json_object());
	json_put(*summary, "passwords", passwords);
	for (size_t i = 0; i < table.count; i++) {
		known += table.rows[i].known;
		if (table.rows[i].known)
			continue;
		rc = taking->look ? 0 : take_in(site, actor, sort, &table.rows[i], passwords, arena, err);
		if (rc != 0) {
			(void)mistake(err, table.rows[i].line, NULL, "前面的行已经导入，从这一行起没有导入");
			return rc;
		}
		taken++;
	}
	json_put_int(*summary, "taken", taken);
	json_put_int(*summary, "known", known);
	return 0;
}
