/* Backup, restore and export. */
#include "work/transfer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "work/archive.h"
#include "work/site_files.h"

#define FORMAT "sanzhi-backup-1"
#define SMALL_MAX ((size_t)1 << 20)
#define LINE_MAX_BYTES ((size_t)8 << 20)
#define COLUMNS_MAX 16
#define BATCH 500 /* rows in one transaction of a restore */

static const struct {
	const char *name;
	enum sql_id dump, restore;
	size_t columns;
	int cut;     /* how many arguments the cut takes: 0 none, 1 the size, 4 the nodes' */
} tables[] = {
    {"stream", SQL_DUMP_STREAMS, SQL_RESTORE_STREAM, 5, 1},         {"entry", SQL_DUMP_ENTRIES, SQL_RESTORE_ENTRY, 11, 1},
    {"file", SQL_DUMP_FILES, SQL_ENTRY_FILE_ADD, 8, 1},             {"leaf", SQL_DUMP_LEAVES, SQL_LEAF_ADD, 3, 1},
    {"node", SQL_DUMP_NODES, SQL_NODE_ADD, 3, 4},                   {"checkpoint", SQL_DUMP_CHECKPOINTS, SQL_CHECKPOINT_ADD, 4, 1},
    {"credential", SQL_DUMP_CREDENTIALS, SQL_RESTORE_CREDENTIAL, 9, 0}, {"token", SQL_DUMP_TOKENS, SQL_RESTORE_TOKEN, 7, 0},
};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

/* --- rows --------------------------------------------------------------------------------------------------------------- */

struct dump {
	FILE *out;
	const char *path;
	size_t table;
	int64_t rows;
};

static json_t *cell_json(const struct db_value *cell, struct arena *arena)
{
	switch (cell->type) {
	case DB_INT_TYPE: return json_integer(cell->num);
	case DB_TEXT_TYPE: return json_stringn(cell->data, cell->size);
	case DB_BLOB_TYPE: return json_pack("{s:s}", "b", base64_encode(arena, cell->data, cell->size));
	default: return json_null();
	}
}

static int dump_row(void *context, const struct db_value *row, struct err *err)
{
	struct dump *dump = context;
	struct arena *arena = arena_new();
	json_t *line = json_tie(arena, json_array());
	size_t len;
	json_push_str(line, tables[dump->table].name);
	for (size_t i = 0; i < tables[dump->table].columns; i++)
		json_push(line, cell_json(&row[i], arena));
	char *text = json_text(arena, line, &len);
	bool good = fwrite(text, 1, len, dump->out) == len && fputc('\n', dump->out) == '\n';
	arena_free(arena);
	dump->rows++;
	return good ? 0 : ERR(err, ERR_IO, "无法写入 %s：%s", dump->path, err_path(err->arena, dump->path, errno));
}

static int dump_tables(struct site *site, struct dump *dump, int64_t size, struct err *err)
{
	const struct db_value nodes[4] = {DB_INT(size >> 8), DB_INT(size >> 16), DB_INT(size >> 24), DB_INT(size >> 32)}, whole = DB_INT(size);
	struct db_conn *conn;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = db_begin(conn, err);
	for (dump->table = 0; dump->table < TABLES && rc == 0; dump->table++) {
		int cut = tables[dump->table].cut;
		rc = db_each(conn, tables[dump->table].dump, cut == 4 ? nodes : cut == 1 ? &whole : NULL, (size_t)cut, dump_row, dump, err);
	}
	db_release(conn);
	return rc;
}

/* --- backup ------------------------------------------------------------------------------------------------------------- */

struct taking {
	struct site *site;
	struct archive *archive;
	int64_t files, bytes;
};

static int take_blob(void *context, const struct digest *sha256, int64_t size, struct err *err)
{
	struct taking *taking = context;
	struct arena *arena = arena_new();
	int fd;
	int rc = blob_read(taking->site->blobs, sha256, arena, &fd, &size, err);
	if (rc == -ERR_NOT_FOUND) { /* listed just now: no entry named it, and it was swept (work/sweep.h) */
		err_clear(err);
		arena_free(arena);
		return 0;
	}
	if (rc == 0)
		rc = archive_add_fd(taking->archive, arena_printf(arena, "blobs/%s", hex_encode(arena, sha256->bytes, HASH_LEN)), fd, size, err);
	arena_free(arena);
	taking->files++;
	taking->bytes += size;
	return rc;
}

static int take_file(struct archive *archive, const char *path, const char *name, struct arena *arena, struct err *err)
{
	char *text;
	size_t len;
	int rc = site_file_read(path, SMALL_MAX, arena, &text, &len, err);
	return rc == 0 ? archive_add(archive, name, text, len, err) : rc;
}

static int take_keys(struct site *site, struct archive *archive, struct arena *arena, struct err *err)
{
	const char *dir = arena_printf(arena, "%s/keys", site->dir);
	DIR *listing = opendir(dir);
	if (listing == NULL)
		return ERR(err, ERR_IO, "无法读取 %s：%s", dir, err_path(err->arena, dir, errno));
	int rc = 0;
	for (struct dirent *one = readdir(listing); one != NULL && rc == 0; one = readdir(listing))
		if (one->d_name[0] != '.')
			rc = take_file(archive, arena_printf(arena, "%s/%s", dir, one->d_name), arena_printf(arena, "keys/%s", one->d_name), arena, err);
	(void)closedir(listing);
	return rc;
}

static int take_rows(struct site *site, struct archive *archive, const char *to, int64_t size, struct arena *arena, struct err *err)
{
	struct dump dump = {.path = arena_printf(arena, "%s.rows", to)};
	int fd = open(dump.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return ERR(err, ERR_IO, "无法建立 %s：%s", dump.path, err_path(err->arena, dump.path, errno));
	(void)unlink(dump.path); /* it lives as long as its descriptor */
	dump.out = fdopen(fd, "w+");
	BUG_ON(dump.out == NULL);
	int rc = dump_tables(site, &dump, size, err);
	if (rc == 0 && fflush(dump.out) != 0)
		rc = ERR(err, ERR_IO, "无法写入 %s：%s", dump.path, err_path(err->arena, dump.path, errno));
	struct stat found;
	if (rc == 0 && fstat(fd, &found) != 0)
		rc = ERR(err, ERR_IO, "无法读取 %s：%s", dump.path, err_path(err->arena, dump.path, errno));
	if (rc == 0)
		rc = archive_add_fd(archive, "rows.jsonl", fd, found.st_size, err);
	(void)fclose(dump.out);
	return rc;
}

int transfer_backup(struct site *site, const char *to, struct arena *arena, json_t **summary, struct err *err)
{
	struct taking taking = {.site = site};
	char *note;
	int rc = journal_checkpoint(site->journal, arena, &note, err);
	int64_t size = journal_size(site->journal); /* a file that an entry below it names was in the store before the entry was */
	if (rc == 0)
		rc = archive_create(to, clock_now(&site->clock), arena, &taking.archive, err);
	if (rc != 0)
		return rc;
	rc = take_file(taking.archive, arena_printf(arena, "%s/site.json", site->dir), "site.json", arena, err);
	if (rc == 0)
		rc = take_keys(site, taking.archive, arena, err);
	if (rc == 0)
		rc = take_rows(site, taking.archive, to, size, arena, err);
	if (rc == 0)
		rc = blob_each(site->blobs, take_blob, &taking, err);
	json_t *head = json_tie(arena, json_object());
	json_put_str(head, "format", FORMAT);
	json_put_str(head, "made", instant_format(arena, clock_now(&site->clock)));
	json_put_str(head, "origin", keyring_origin(site->keys));
	json_put_int(head, "size", size);
	if (rc == 0)
		rc = archive_finish(taking.archive, head, err);
	if (rc != 0) {
		(void)unlink(to); /* half a backup is worse than none */
		return rc;
	}
	*summary = json_tie(arena, json_object());
	json_put_int(*summary, "size", size);
	json_put_int(*summary, "files", taking.files);
	json_put_int(*summary, "bytes", taking.bytes);
	return 0;
}

/* --- restore ------------------------------------------------------------------------------------------------------------ */

struct bringing {
	const char *dir;
	struct arena *arena;
	struct blob_store *blobs;
	struct arena *member;      /* of the one being read */
	struct blob_writer *blob;
	struct digest expected;
	int fd;
	const char *name;
	char *settings;            /* site.json, written last */
	size_t settings_len, small_len;
	char *small;
};

static int begin_member(void *context, const char *name, int64_t size, struct err *err)
{
	struct bringing *b = context;
	b->member = arena_new();
	b->name = arena_strdup(b->member, name);
	b->fd = -1;
	b->blob = NULL;
	b->small = NULL;
	b->small_len = 0;
	if (text_starts(name, "blobs/")) {
		if (!hex_decode(name + 6, strlen(name + 6), b->expected.bytes, HASH_LEN))
			return ERR(err, ERR_CORRUPT, "备份文件中有不认识的内容 %s", name);
		return blob_write(b->blobs, size, b->member, &b->blob, err);
	}
	if (text_eq(name, "rows.jsonl")) {
		const char *path = arena_printf(b->arena, "%s/restore.rows", b->dir);
		b->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		return b->fd < 0 ? ERR(err, ERR_IO, "无法建立 %s：%s", path, err_path(err->arena, path, errno)) : 0;
	}
	bool key = text_starts(name, "keys/") && strchr(name + 5, '/') == NULL && name[5] != '.' && name[5] != '\0';
	if ((!key && !text_eq(name, "site.json")) || size > (int64_t)SMALL_MAX)
		return ERR(err, ERR_CORRUPT, "备份文件中有不认识的内容 %s", name);
	b->small = arena_alloc(b->member, (size_t)size + 1);
	return 0;
}

static int member_data(void *context, const void *bytes, size_t len, struct err *err)
{
	struct bringing *b = context;
	if (b->blob != NULL)
		return blob_add(b->blob, bytes, len, err);
	if (b->fd >= 0)
		return write(b->fd, bytes, len) == (ssize_t)len ? 0 : ERR(err, errno == ENOSPC ? ERR_FULL : ERR_IO, "无法写入 %s：%s", b->name, err_errno(errno));
	memcpy(b->small + b->small_len, bytes, len);
	b->small_len += len;
	return 0;
}

static int end_member(void *context, struct err *err)
{
	struct bringing *b = context;
	struct blob_info info;
	int rc = 0;
	if (b->blob != NULL) {
		rc = blob_finish(b->blob, &info, err);
		if (rc == 0 && digest_differs(&info.sha256, &b->expected) != 0)
			rc = ERR(err, ERR_CORRUPT, "文件 %s 的内容与它的名称不符", b->name);
	} else if (b->fd >= 0) {
		if (close(b->fd) != 0)
			rc = ERR(err, ERR_IO, "无法写入 %s：%s", b->name, err_path(err->arena, b->name, errno));
	} else if (text_eq(b->name, "site.json")) {
		b->settings = arena_memdup(b->arena, b->small, b->small_len + 1);
		b->settings_len = b->small_len;
	} else {
		rc = site_file_write(arena_printf(b->arena, "%s/%s", b->dir, b->name), b->small, b->small_len, err);
	}
	arena_free(b->member);
	b->member = NULL;
	return rc;
}

static int cell_value(const json_t *cell, struct arena *arena, struct db_value *out)
{
	const char *text = json_str(cell, "b");
	uint8_t *bytes;
	size_t len;
	if (json_is_null(cell))
		*out = DB_NULL;
	else if (json_is_integer(cell))
		*out = DB_INT(json_integer_value(cell));
	else if (json_is_string(cell))
		*out = DB_TEXT(json_string_value(cell));
	else if (text != NULL && base64_decode(arena, text, strlen(text), &bytes, &len))
		*out = DB_BLOB(bytes, len);
	else
		return -1;
	return 0;
}

static int restore_row(struct db_conn *conn, const char *line, size_t len, struct err *err)
{
	struct arena *arena = arena_new();
	struct db_value values[COLUMNS_MAX];
	json_t *row;
	int rc = json_read(arena, line, len, LINE_MAX_BYTES, &row, err);
	const char *name = rc == 0 ? json_string_value(json_array_get(row, 0)) : NULL;
	size_t table = 0;
	while (table < TABLES && !text_eq(tables[table].name, name))
		table++;
	bool good = rc == 0 && table < TABLES && json_array_size(row) == tables[table].columns + 1;
	for (size_t i = 0; good && i < tables[table].columns; i++)
		good = cell_value(json_array_get(row, i + 1), arena, &values[i]) == 0;
	if (rc == 0)
		rc = good ? db_run(conn, tables[table].restore, values, tables[table].columns, NULL, err) : ERR(err, ERR_CORRUPT, "备份中有读不懂的一行");
	arena_free(arena);
	return rc;
}

static int restore_rows(struct db_conn *conn, FILE *rows, struct err *err)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int count = 0, rc = db_begin(conn, err);
	while (rc == 0 && (len = getline(&line, &cap, rows)) > 0) {
		rc = restore_row(conn, line, (size_t)len, err);
		if (rc == 0 && ++count % BATCH == 0) {
			rc = db_commit(conn, err);
			if (rc == 0)
				rc = db_begin(conn, err);
		}
	}
	free(line); /* getline's own */
	struct db_result done;
	if (rc == 0)
		rc = db_rows(conn, SQL_RESTORE_COUNTERS, NULL, 0, 1, err->arena, &done, err);
	return rc == 0 ? db_commit(conn, err) : rc;
}

static int restore_database(const struct site_options *options, const char *rows_path, struct arena *arena, struct err *err)
{
	struct db *db;
	struct db_conn *conn;
	struct db_result size;
	FILE *rows = fopen(rows_path, "re");
	if (rows == NULL)
		return ERR(err, ERR_CORRUPT, "备份中没有记录");
	int rc = site_database(options, arena, &db, err);
	if (rc == 0) {
		rc = db_acquire(db, DB_WRITE, &conn, err);
		if (rc == 0) {
			rc = db_rows(conn, SQL_LOG_SIZE, NULL, 0, 1, arena, &size, err);
			if (rc == 0 && db_int(&size, 0, 0) != 0)
				rc = ERR(err, ERR_CONFLICT, "数据库里已经有记录，只能恢复到空的数据库");
			if (rc == 0)
				rc = restore_rows(conn, rows, err);
			db_release(conn);
		}
		db_close(db);
	}
	(void)fclose(rows);
	return rc;
}

static int check_restored(const struct site_options *options, struct arena *arena, json_t **summary, struct err *err)
{
	struct site *site;
	struct journal_check check;
	int rc = site_open(options, arena, &site, err);
	if (rc != 0)
		return rc;
	rc = journal_rebuild(site->journal, NULL, NULL, err);
	if (rc == 0)
		rc = journal_verify(site->journal, NULL, NULL, arena, &check, err);
	site_close(site);
	if (rc != 0)
		return rc;
	*summary = json_tie(arena, json_object());
	json_put_int(*summary, "entries", check.entries);
	json_put_int(*summary, "files", check.files);
	json_put(*summary, "findings", json_incref(check.findings));
	return 0;
}

int transfer_restore(const struct site_options *options, const char *from, struct arena *arena, json_t **summary, struct err *err)
{
	struct bringing bringing = {.dir = options->dir, .arena = arena, .fd = -1};
	const struct archive_sink sink = {.begin = begin_member, .data = member_data, .end = end_member, .context = &bringing};
	const char *settings = arena_printf(arena, "%s/site.json", options->dir), *rows = arena_printf(arena, "%s/restore.rows", options->dir);
	json_t *manifest;
	if (access(settings, F_OK) == 0)
		return ERR(err, ERR_CONFLICT, "%s 已经是一个站点", options->dir);
	if (!site_dir_fresh(options->dir))
		return ERR(err, ERR_CONFLICT, "%s 里已有别的内容：恢复到一个新的或者空的目录", options->dir);
	int rc = site_make_dir(options->dir, err);
	if (rc == 0)
		rc = site_make_dir(arena_printf(arena, "%s/keys", options->dir), err);
	if (rc == 0)
		rc = blob_open_files(arena_printf(arena, "%s/blobs", options->dir), arena, &bringing.blobs, err);
	if (rc == 0)
		rc = archive_read(from, &sink, arena, &manifest, err);
	if (bringing.member != NULL)
		arena_free(bringing.member);
	if (rc == 0 && !text_eq(json_str(manifest, "format"), FORMAT))
		rc = ERR(err, ERR_UNSUPPORTED, "备份的格式是“%s”，本程序认识的是“%s”", json_str(manifest, "format"), FORMAT);
	if (rc == 0 && bringing.settings == NULL)
		rc = ERR(err, ERR_CORRUPT, "备份中没有站点设置");
	if (rc == 0)
		rc = restore_database(options, rows, arena, err);
	(void)unlink(rows);
	if (rc == 0)
		rc = site_file_write(settings, bringing.settings, bringing.settings_len, err);
	if (rc != 0)
		site_dir_clear(options->dir); /* it was empty before: the next try finds it so */
	return rc == 0 ? check_restored(options, arena, summary, err) : rc;
}

/* --- export ------------------------------------------------------------------------------------------------------------- */

struct handing {
	struct site *site;
	int (*line)(void *context, const char *text, size_t len, struct err *err);
	void *context;
	int64_t count;
};

static json_t *entry_line(const struct entry *entry, struct arena *arena)
{
	json_t *out = json_tie(arena, json_object()), *files = json_array();
	json_put_str(out, "stream", arena_printf(arena, "%s/%s", entry->stream_type, entry->stream_key));
	json_put_int(out, "number", entry->number);
	json_put_int(out, "index", entry->index);
	json_put_int(out, "id", entry->id);
	json_put_str(out, "kind", entry->kind);
	json_put_str(out, "at", instant_format(arena, entry->at));
	json_put_str(out, "recorded", instant_format(arena, entry->recorded));
	json_put_str(out, "by", entry->by);
	json_put_str(out, "agency", entry->agency);
	json_put_str(out, "bytes", base64_encode(arena, entry->bytes, entry->bytes_len));
	json_put_str(out, "salt", base64_encode(arena, entry->salt, JOURNAL_SALT_LEN));
	json_put_str(out, "leaf", base64_encode(arena, entry->leaf.bytes, HASH_LEN));
	for (size_t i = 0; i < entry->nfiles; i++) {
		const struct entry_file *file = &entry->files[i];
		json_t *item = json_object();
		json_put_str(item, "name", file->name);
		json_put_str(item, "type", file->type);
		json_put_int(item, "size", file->blob.size);
		json_put_str(item, "sha256", hex_encode(arena, file->blob.sha256.bytes, HASH_LEN));
		json_put_str(item, "sm3", hex_encode(arena, file->blob.sm3.bytes, HASH_LEN));
		json_put_str(item, "field", file->field);
		json_push(files, item);
	}
	json_put(out, "files", files);
	return out;
}

static int export_stream(struct handing *handing, struct db_conn *conn, const char *type, const char *key, struct err *err)
{
	int64_t after = 0;
	for (;;) {
		struct arena *arena = arena_new();
		struct entry *entries;
		size_t count;
		int rc = journal_stream(handing->site->journal, conn, type, key, after, 200, arena, &entries, &count, err);
		for (size_t i = 0; rc == 0 && i < count; i++) {
			size_t len;
			char *text = json_text(arena, entry_line(&entries[i], arena), &len);
			rc = handing->line(handing->context, text, len, err);
			after = entries[i].number;
			handing->count++;
		}
		arena_free(arena);
		if (rc != 0 || count < 200)
			return rc;
	}
}

int transfer_export(struct site *site, const char *type, const char *key, int (*line)(void *context, const char *text, size_t len, struct err *err), void *context,
                    int64_t *count, struct err *err)
{
	struct handing handing = {.site = site, .line = line, .context = context};
	struct arena *arena = arena_new();
	struct db_conn *conn;
	struct db_result rows = {0};
	int64_t head;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc == 0 && key != NULL) {
		rc = journal_head(site->journal, conn, type, key, &head, err);
		if (rc == 0 && head == 0)
			rc = ERR(err, ERR_NOT_FOUND, "没有 %s/%s", type, key);
		if (rc == 0)
			rc = export_stream(&handing, conn, type, key, err);
	} else if (rc == 0) {
		rc = DB_ROWS(conn, SQL_EXPORT_STREAMS, SIZE_MAX, arena, &rows, err, DB_TEXT(type == NULL ? "" : type));
		for (size_t i = 0; rc == 0 && i < rows.rows; i++)
			rc = export_stream(&handing, conn, db_str(&rows, i, 0), db_str(&rows, i, 1), err);
		if (rc == 0 && rows.rows == 0 && type != NULL)
			rc = ERR(err, ERR_NOT_FOUND, "没有“%s”一类的记录", type);
	}
	if (conn != NULL)
		db_release(conn);
	arena_free(arena);
	*count = handing.count;
	return rc;
}
