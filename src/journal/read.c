/* Reading entries: by id, and a stream page by page. What is handed out comes from the bytes, never from the columns
 * beside them. */
#include "journal/inside.h"

enum { ROW_ID, ROW_STREAM, ROW_BYTES, ROW_SALT, ROW_LEAF, ROW_INDEX };

int entry_from_row(const struct db_value *row, struct arena *arena, struct entry *out, struct err *err)
{
	*out = (struct entry){.id = row[ROW_ID].num,
			      .stream = row[ROW_STREAM].num,
			      .index = row[ROW_INDEX].type == DB_NULL_TYPE ? -1 : row[ROW_INDEX].num};
	if (row[ROW_SALT].size != JOURNAL_SALT_LEN || row[ROW_LEAF].size != HASH_LEN)
		return ERR(err, ERR_CORRUPT, "第 %lld 号条目的盐或摘要长度有误", (long long)out->id);
	memcpy(out->salt, row[ROW_SALT].data, JOURNAL_SALT_LEN);
	digest_from_blob(&row[ROW_LEAF], &out->leaf);
	int status = entry_parse(row[ROW_BYTES].data, row[ROW_BYTES].size, arena, out, err);
	if (status != 0)
		err_detail(err, "entry %lld", (long long)out->id);
	return status;
}

static int find_stream(struct db_conn *conn, const char *type, const char *key, struct arena *arena,
		       struct db_result *out, struct err *err)
{
	return DB_ROWS(conn, SQL_STREAM_FIND, 1, arena, out, err, DB_TEXT(type), DB_TEXT(key));
}

int journal_stream(struct journal *journal, struct db_conn *conn, const char *type, const char *key, int64_t after,
		   size_t limit, struct arena *arena, struct entry **out, size_t *count_out, struct err *err)
{
	(void)journal;
	struct db_result found, rows;
	*out = NULL;
	*count_out = 0;
	int status = find_stream(conn, type, key, arena, &found, err);
	if (status != 0 || found.rows == 0 || limit == 0)
		return status;
	status = DB_ROWS(conn, SQL_ENTRY_OF_STREAM, limit, arena, &rows, err, DB_INT(db_int(&found, 0, 0)),
			 DB_INT(after), DB_INT(limit > INT32_MAX ? INT32_MAX : (int64_t)limit));
	if (status != 0)
		return status;
	struct entry *entries = ARENA_ARRAY(arena, rows.rows, struct entry);
	for (size_t i = 0; i < rows.rows; i++) {
		status = entry_from_row(&rows.cells[i * rows.cols], arena, &entries[i], err);
		if (status != 0)
			return status;
	}
	*out = entries;
	*count_out = rows.rows;
	return 0;
}

int journal_entry(struct journal *journal, struct db_conn *conn, int64_t id, struct arena *arena, struct entry *out,
		  struct err *err)
{
	(void)journal;
	struct db_result rows;
	int status = DB_ROWS(conn, SQL_ENTRY_BY_ID, 1, arena, &rows, err, DB_INT(id));
	if (status != 0)
		return status;
	if (rows.rows == 0)
		return ERR(err, ERR_NOT_FOUND, "没有第 %lld 号条目", (long long)id);
	return entry_from_row(rows.cells, arena, out, err);
}

int journal_head(struct journal *journal, struct db_conn *conn, const char *type, const char *key, int64_t *number_out,
		 struct err *err)
{
	(void)journal;
	struct arena *scratch = arena_new();
	struct db_result found;
	int status = find_stream(conn, type, key, scratch, &found, err);
	if (status == 0)
		*number_out = found.rows == 0 ? 0 : db_int(&found, 0, 1);
	arena_free(scratch);
	return status;
}
