/*
 * The full check: entries against their digests, their columns and their files; streams against their heads; then the
 * log (verify_log.c). Everything is read in pages within one transaction that only reads, so that memory is bounded and
 * appends go on meanwhile.
 */
#include "base/text.h"
#include "journal/inside.h"

#define PAGE 500
#define SEEN 8192 /* blobs remembered as checked: a form attached to ten thousand entries is read once */

json_t *check_found(struct check *check, const char *what, const char *format, ...)
{
	if (json_array_size(check->out->findings) >= FINDINGS_MAX) {
		check->unkept++;
		return NULL;
	}
	va_list args;
	va_start(args, format);
	char *text = arena_vprintf(check->arena, format, args);
	va_end(args);
	json_t *finding = json_object();
	json_put_str(finding, "what", what);
	json_put_str(finding, "text", text);
	json_push(check->out->findings, finding);
	return finding;
}

void check_progress(struct check *check, int64_t more)
{
	check->done += more;
	if (check->progress != NULL)
		check->progress(check->context, check->done, check->all > check->done ? check->all : check->done);
}

/* ---- entries */

enum {
	E_ID,
	E_STREAM,
	E_TYPE,
	E_KEY,
	E_NUMBER,
	E_KIND,
	E_AT,
	E_RECORDED,
	E_BY,
	E_AGENCY,
	E_BYTES,
	E_SALT,
	E_LEAF,
	E_INDEX,
	E_HASH,
	E_WAITS
};

struct entries_check {
	struct check *check;
	const struct db_result *files; /* of the page */
	size_t file;
	struct digest *seen;
	bool *seen_used;
};

/* A finding about an entry, which names it in every way. */
static json_t *about(struct check *check, const struct db_value *row, const char *what, const char *why)
{
	const char *type = row[E_TYPE].data, *key = row[E_KEY].data;
	json_t *finding =
	    check_found(check, what, "第 %lld 号条目（%s:%s 第 %lld 条）：%s", (long long)row[E_ID].num,
			type == NULL ? "?" : type, key == NULL ? "?" : key, (long long)row[E_NUMBER].num, why);
	if (finding == NULL)
		return NULL;
	json_put_int(finding, "entry", row[E_ID].num);
	if (type != NULL && key != NULL)
		json_put_str(finding, "stream", arena_printf(check->arena, "%s:%s", type, key));
	json_put_int(finding, "number", row[E_NUMBER].num);
	if (row[E_INDEX].type != DB_NULL_TYPE)
		json_put_int(finding, "index", row[E_INDEX].num);
	return finding;
}

static void put_digest(struct check *check, json_t *finding, const struct digest *digest)
{
	if (finding != NULL)
		json_put_str(finding, "digest", hex_encode(check->arena, digest->bytes, HASH_LEN));
}

static bool same(const struct db_value *cell, const char *text)
{
	return cell->data != NULL && text_eq(cell->data, text);
}

static void check_hash(struct check *check, const struct db_value *row)
{
	struct digest column, leaf_row,
	    leaf = hash_sha256_2(row[E_SALT].data, row[E_SALT].size, row[E_BYTES].data, row[E_BYTES].size);
	struct digest hash = merkle_leaf(leaf.bytes, HASH_LEN);
	digest_from_blob(&row[E_LEAF], &column);
	digest_from_blob(&row[E_HASH], &leaf_row);
	bool placed = row[E_INDEX].type != DB_NULL_TYPE, in_log = placed && digest_differs(&hash, &leaf_row) == 0;
	if (digest_differs(&leaf, &column) != 0) {
		if (in_log)
			put_digest(check, about(check, row, "entry-digest", "所记摘要被改动，内容与日志相符"), &column);
		else
			put_digest(check, about(check, row, "entry-changed", "内容或盐被改动，与所记摘要不符"), &leaf);
	} else if (placed && !in_log) {
		put_digest(check, about(check, row, "entry-replaced", "与日志中的叶不符：条目或叶被改动"), &leaf);
	}
	if (!placed && row[E_WAITS].type == DB_NULL_TYPE)
		(void)about(check, row, "entry-unlogged", "不在日志中：条目是后加的，或其叶被删除");
}

static void check_columns(struct check *check, const struct db_value *row, const struct entry *entry,
			  struct arena *scratch)
{
	char *canonical;
	size_t len;
	struct err err;
	err_init(&err, scratch);
	if (!same(&row[E_TYPE], entry->stream_type) || !same(&row[E_KEY], entry->stream_key))
		(void)about(check, row, "entry-stream", "所属的流与内容不符");
	if (row[E_NUMBER].num != entry->number)
		(void)about(check, row, "entry-number", "序号与内容不符");
	if (!same(&row[E_KIND], entry->kind) || row[E_AT].num != entry->at || row[E_RECORDED].num != entry->recorded ||
	    !same(&row[E_BY], entry->by) || !same(&row[E_AGENCY], entry->agency))
		(void)about(check, row, "entry-columns", "种类、时间、经手人或机关的副本与内容不符");
	json_t *doc;
	if (json_read(scratch, (const char *)entry->bytes, entry->bytes_len, JOURNAL_BODY_MAX, &doc, &err) != 0 ||
	    json_canonical(scratch, doc, &canonical, &len, &err) != 0 || len != entry->bytes_len ||
	    memcmp(canonical, entry->bytes, len) != 0)
		(void)about(check, row, "entry-form", "不是规范形式");
}

/* Whether a blob was checked a moment ago. */
static bool *slot_of(struct entries_check *c, const struct digest *sha256, bool *known)
{
	size_t slot = ((size_t)sha256->bytes[0] << 8 | sha256->bytes[1]) % SEEN;
	*known = c->seen_used[slot] && memcmp(c->seen[slot].bytes, sha256->bytes, HASH_LEN) == 0;
	c->seen[slot] = *sha256;
	return &c->seen_used[slot];
}

static int check_blob(struct entries_check *c, const struct db_value *row, const struct entry_file *file,
		      struct arena *scratch, struct err *err)
{
	struct check *check = c->check;
	bool known, *good = slot_of(c, &file->blob.sha256, &known);
	if (check->journal->blobs == NULL || known)
		return 0;
	*good = false;
	int status = blob_check(check->journal->blobs, &file->blob.sha256, &file->blob.sm3, err);
	if (status == -ERR_NOT_FOUND || status == -ERR_CORRUPT) {
		bool gone = status == -ERR_NOT_FOUND;
		err_clear(err);
		put_digest(check,
			   about(check, row, gone ? "file-missing" : "file-changed",
				 arena_printf(scratch, gone ? "文件“%s”不见了" : "文件“%s”被改动", file->name)),
			   &file->blob.sha256);
		return 0;
	}
	*good = status == 0;
	return status;
}

static bool file_same(const struct db_result *rows, size_t i, const struct entry_file *file)
{
	const struct db_value *row = &rows->cells[i * rows->cols];
	struct digest sha256, sm3;
	digest_from_blob(&row[4], &sha256);
	digest_from_blob(&row[5], &sm3);
	return same(&row[2], file->name) && same(&row[3], file->type) &&
	       digest_differs(&sha256, &file->blob.sha256) == 0 && digest_differs(&sm3, &file->blob.sm3) == 0 &&
	       row[6].num == file->blob.size && text_eq(row[7].data, file->field);
}

/* The entry's files in the table against those in its bytes, which are the ones that count. */
static int check_files(struct entries_check *c, const struct db_value *row, const struct entry *entry, bool parsed,
		       struct arena *scratch, struct err *err)
{
	int64_t id = row[E_ID].num;
	size_t i = 0;
	bool differ = false;
	for (; c->file < c->files->rows && db_int(c->files, c->file, 0) <= id; c->file++) {
		if (db_int(c->files, c->file, 0) < id)
			continue; /* of an entry that is gone: found by itself */
		differ = differ || i >= entry->nfiles || db_int(c->files, c->file, 1) != (int64_t)i ||
			 !file_same(c->files, c->file, &entry->files[i]);
		i++;
	}
	if (!parsed)
		return 0;
	if (differ || i != entry->nfiles)
		(void)about(c->check, row, "entry-files", "文件清单的副本与内容不符");
	for (i = 0; i < entry->nfiles; i++) {
		int status = check_blob(c, row, &entry->files[i], scratch, err);
		if (status != 0)
			return status;
	}
	c->check->out->files += (int64_t)entry->nfiles;
	return 0;
}

static int check_entry(struct entries_check *c, const struct db_value *row, struct err *err)
{
	struct arena *scratch = arena_new();
	struct err own;
	struct entry entry = {0};
	err_init(&own, scratch);
	check_hash(c->check, row);
	bool parsed = entry_parse(row[E_BYTES].data, row[E_BYTES].size, scratch, &entry, &own) == 0;
	if (parsed)
		check_columns(c->check, row, &entry, scratch);
	else
		(void)about(c->check, row, "entry-form", "内容读不出来");
	int status = check_files(c, row, &entry, parsed, scratch, err);
	arena_free(scratch);
	c->check->out->entries++;
	return status;
}

/* The files of a page of entries: at most JOURNAL_FILES_MAX each, but a table that was tampered with may hold more. */
static int page_files(struct check *check, const struct db_result *rows, struct arena *arena, struct db_result *out,
		      struct err *err)
{
	int64_t most = (int64_t)rows->rows * JOURNAL_FILES_MAX + 1;
	return DB_ROWS(check->conn, SQL_VERIFY_FILES, (size_t)most, arena, out, err, DB_INT(db_int(rows, 0, E_ID)),
		       DB_INT(db_int(rows, rows->rows - 1, E_ID)), DB_INT(0), DB_INT(-1), DB_INT(most));
}

static int check_entries(struct check *check, struct err *err)
{
	struct entries_check c = {.check = check,
				  .seen = ARENA_ARRAY(check->scratch, SEEN, struct digest),
				  .seen_used = ARENA_ARRAY(check->scratch, SEEN, bool)};
	int64_t after = 0;
	for (;;) {
		struct arena *page = arena_new();
		struct db_result rows, files;
		int status =
		    DB_ROWS(check->conn, SQL_VERIFY_ENTRIES, PAGE, page, &rows, err, DB_INT(after), DB_INT(PAGE));
		if (status == 0 && rows.rows > 0) {
			status = page_files(check, &rows, page, &files, err);
			c.files = &files;
			c.file = 0;
		}
		for (size_t i = 0; status == 0 && i < rows.rows; i++)
			status = check_entry(&c, &rows.cells[i * rows.cols], err);
		size_t count = status == 0 ? rows.rows : 0;
		if (count > 0)
			after = db_int(&rows, count - 1, E_ID);
		arena_free(page);
		check_progress(check, (int64_t)count);
		if (status != 0 || count < PAGE)
			return status;
	}
}

static int check_lost_files(struct check *check, struct err *err)
{
	struct db_result rows;
	int status =
	    DB_ROWS(check->conn, SQL_VERIFY_LOST_FILES, FINDINGS_MAX, check->scratch, &rows, err, DB_INT(FINDINGS_MAX));
	for (size_t i = 0; status == 0 && i < rows.rows; i++) {
		json_t *finding = check_found(check, "entry-missing", "第 %lld 号条目被删除，其文件“%s”还在清单中",
					      (long long)db_int(&rows, i, 0), db_str(&rows, i, 2));
		if (finding != NULL)
			json_put_int(finding, "entry", db_int(&rows, i, 0));
	}
	return status;
}

/* ---- streams */

struct stream_walk {
	int64_t stream, number, recorded, index; /* of the entry before */
	int64_t head, head_recorded;
	bool any, has_head;
};

static json_t *about_stream(struct check *check, int64_t stream, int64_t number, const char *what, const char *why)
{
	struct db_result rows;
	struct err err;
	err_init(&err, check->scratch);
	const char *name = "?";
	if (json_array_size(check->out->findings) < FINDINGS_MAX &&
	    DB_ROWS(check->conn, SQL_VERIFY_STREAM_NAME, 1, check->scratch, &rows, &err, DB_INT(stream)) == 0 &&
	    rows.rows > 0)
		name = arena_printf(check->arena, "%s:%s", db_str(&rows, 0, 0), db_str(&rows, 0, 1));
	json_t *finding = check_found(check, what, "%s 第 %lld 条：%s", name, (long long)number, why);
	if (finding != NULL) {
		json_put_str(finding, "stream", name);
		json_put_int(finding, "number", number);
	}
	return finding;
}

static void end_of_stream(struct check *check, const struct stream_walk *w)
{
	if (!w->any)
		return;
	if (!w->has_head)
		(void)about_stream(check, w->stream, w->number, "stream-missing", "流本身被删除");
	else if (w->head > w->number)
		(void)about_stream(check, w->stream, w->number + 1, "entry-missing", "末尾的条目被删除");
	else if (w->head < w->number || w->head_recorded != w->recorded)
		(void)about_stream(check, w->stream, w->number, "stream-head", "流的末条标记与条目不符");
}

static void walk_entry(struct check *check, struct stream_walk *w, const struct db_value *row)
{
	if (!w->any || row[0].num != w->stream) {
		end_of_stream(check, w);
		*w = (struct stream_walk){.stream = row[0].num, .recorded = INSTANT_NONE, .index = -1, .any = true};
	}
	if (row[1].num != w->number + 1) {
		json_t *finding =
		    about_stream(check, w->stream, w->number + 1, "entry-missing", "条目被删除，序号不连续");
		if (finding != NULL && row[1].num > w->number + 2)
			json_put_int(finding, "until", row[1].num - 1);
	}
	if (row[3].num < w->recorded)
		(void)about_stream(check, w->stream, row[1].num, "entry-order", "记录时间早于前一条");
	if (row[6].type != DB_NULL_TYPE && row[6].num < w->index)
		(void)about_stream(check, w->stream, row[1].num, "leaf-order", "在日志中的位置先于前一条：次序被改动");
	w->number = row[1].num;
	w->recorded = row[3].num;
	w->index = row[6].type == DB_NULL_TYPE ? w->index : row[6].num;
	w->has_head = row[4].type != DB_NULL_TYPE;
	w->head = row[4].num;
	w->head_recorded = row[5].num;
}

static int check_streams(struct check *check, struct err *err)
{
	struct stream_walk w = {.any = false};
	for (;;) {
		struct arena *page = arena_new();
		struct db_result rows;
		int status = DB_ROWS(check->conn, SQL_VERIFY_STREAMS, PAGE, page, &rows, err, DB_INT(w.stream),
				     DB_INT(w.number), DB_INT(PAGE));
		for (size_t i = 0; status == 0 && i < rows.rows; i++)
			walk_entry(check, &w, &rows.cells[i * rows.cols]);
		size_t count = rows.rows;
		arena_free(page);
		if (status != 0)
			return status;
		check_progress(check, (int64_t)count);
		if (count < PAGE)
			break;
	}
	end_of_stream(check, &w);
	struct db_result empty;
	int status = DB_ROWS(check->conn, SQL_VERIFY_EMPTY_STREAMS, FINDINGS_MAX, check->scratch, &empty, err,
			     DB_INT(FINDINGS_MAX));
	for (size_t i = 0; status == 0 && i < empty.rows; i++)
		(void)about_stream(check, db_int(&empty, i, 0), 1, "entry-missing", "流的条目全被删除");
	return status;
}

static int check_all(struct check *check, struct err *err)
{
	int status = db_begin(check->conn, err);
	if (status == 0)
		status = log_size(check->conn, check->scratch, &check->size, err);
	check->all = check->size * 3;
	if (status == 0)
		status = check_entries(check, err);
	if (status == 0)
		status = check_lost_files(check, err);
	if (status == 0)
		status = check_streams(check, err);
	if (status == 0)
		status = check_log(check, err);
	if (status == 0 && check->unkept > 0) {
		json_t *more = json_object();
		json_put_str(more, "what", "more");
		json_put_str(more, "text", arena_printf(check->arena, "另有 %lld 处未列出", (long long)check->unkept));
		json_push(check->out->findings, more);
	}
	return status;
}

int journal_verify(struct journal *journal, void (*progress)(void *context, int64_t done, int64_t all), void *context,
		   struct arena *arena, struct journal_check *out, struct err *err)
{
	*out = (struct journal_check){.findings = json_tie(arena, json_array())};
	struct check check = {.journal = journal,
			      .arena = arena,
			      .scratch = arena_new(),
			      .out = out,
			      .progress = progress,
			      .context = context};
	int status = db_acquire(journal->db, DB_READ, &check.conn, err);
	if (status == 0) {
		status = check_all(&check, err);
		db_release(check.conn);
	}
	arena_free(check.scratch);
	return status;
}
