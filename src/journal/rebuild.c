/* Projections anew from the entries. A mark in the database says that it was begun: until it is done nothing may be
 * appended. */
#include "journal/inside.h"

#define GROUP 2000
#define PAGE 200

struct rebuild {
	struct journal *journal;
	struct db_conn *conn;
	int64_t next, all;
	void (*progress)(void *context, int64_t done, int64_t all);
	void *context;
};

static int begin(struct rebuild *r, struct arena *arena, struct err *err)
{
	struct db_result waiting;
	const struct projector *projector = &r->journal->projector;
	int status = db_begin(r->conn, err);
	if (status == 0)
		status = db_rows(r->conn, SQL_UNPLACED_COUNT, NULL, 0, 1, arena, &waiting, err);
	if (status == 0 && db_int(&waiting, 0, 0) > 0)
		status = ERR(err, ERR_BUSY, "还有 %lld 条未入日志，请稍后再重建", (long long)db_int(&waiting, 0, 0));
	if (status == 0)
		status = log_size(r->conn, arena, &r->all, err);
	if (status == 0)
		status = DB_RUN(r->conn, SQL_JOURNAL_MARK_SET, NULL, err, DB_TEXT(JOURNAL_MARK_REBUILD),
				DB_INT(clock_now(&r->journal->clock)));
	if (status == 0 && projector->clear != NULL)
		status = projector->clear(projector->context, r->conn, err);
	if (status == 0)
		status = db_commit(r->conn, err);
	return status;
}

static int apply_page(struct rebuild *r, struct arena *arena, size_t *count_out, struct err *err)
{
	struct db_result rows;
	const struct projector *projector = &r->journal->projector;
	*count_out = 0;
	int status = DB_ROWS(r->conn, SQL_ENTRY_IN_LOG_ORDER, PAGE, arena, &rows, err, DB_INT(r->next), DB_INT(PAGE));
	for (size_t i = 0; status == 0 && i < rows.rows; i++) {
		struct entry entry;
		status = entry_from_row(&rows.cells[i * rows.cols], arena, &entry, err);
		if (status == 0 && entry.index != r->next)
			status =
			    ERR(err, ERR_CORRUPT, "日志缺第 %lld 号叶；请运行 sanzhi log verify", (long long)r->next);
		if (status == 0 && projector->apply != NULL)
			status = projector->apply(projector->context, r->conn, &entry, NULL, arena, err);
		if (status != 0)
			err_detail(err, "rebuild, entry %lld: %s", (long long)entry.id,
				   err->detail == NULL ? "" : err->detail);
		else
			r->next++;
	}
	*count_out = rows.rows;
	return status;
}

/* One transaction; the last one takes the mark away. */
static int apply_group(struct rebuild *r, bool *done, struct err *err)
{
	int64_t end = r->next + GROUP;
	size_t count = PAGE;
	int status = db_begin(r->conn, err);
	while (status == 0 && count == PAGE && r->next < end) {
		struct arena *scratch = arena_new();
		status = apply_page(r, scratch, &count, err);
		arena_free(scratch);
	}
	*done = count < PAGE;
	if (status == 0 && *done)
		status = DB_RUN(r->conn, SQL_JOURNAL_MARK_DROP, NULL, err, DB_TEXT(JOURNAL_MARK_REBUILD));
	if (status == 0)
		status = db_commit(r->conn, err);
	return status;
}

int journal_rebuild(struct journal *journal, void (*progress)(void *context, int64_t done, int64_t all), void *context,
		    struct err *err)
{
	struct rebuild r = {.journal = journal, .progress = progress, .context = context};
	bool done = false;
	int status = db_acquire(journal->db, DB_WRITE, &r.conn, err);
	if (status != 0)
		return status;
	struct arena *scratch = arena_new();
	status = begin(&r, scratch, err);
	arena_free(scratch);
	if (status == 0)
		atomic_store(&journal->rebuilding, true);
	while (status == 0 && !done) {
		status = apply_group(&r, &done, err);
		if (status == 0 && progress != NULL)
			progress(context, r.next, r.all > r.next ? r.all : r.next);
	}
	db_release(r.conn);
	if (status == 0)
		atomic_store(&journal->rebuilding, false);
	return status;
}
