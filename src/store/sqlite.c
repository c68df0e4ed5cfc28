/* The SQLite driver: WAL, one writer, readers beside it; an authorizer keeps out what is not in the closed list. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/text.h"
#include "store/db_impl.h"

#define VERSION_MIN 3037000                  /* STRICT tables */
#define WRITER_CACHE_KIB 65536
#define READERS_CACHE_KIB 65536              /* shared out among the readers, so that memory does not grow with them */
#define READERS_MMAP_BYTES (64 << 20)        /* likewise: a mapping counts for each connection that has it */
#define READER_MIN_KIB 1024
#define CHECKPOINT_PAGES 4000                /* 16 MB of log: the writer stops for it rarely */
#define MERGE_PAGES 64                       /* written in one step of merging: some milliseconds */
#define WAL_KEEP_BYTES (64 << 20)

struct sqlite_conn {
	sqlite3 *handle;
	bool schema_open;
	sqlite3_stmt *stmts[];
};

static struct sqlite_conn *of(const struct db_conn *conn)
{
	return conn->engine;
}

static enum err_code code_of(int extended)
{
	switch (extended) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
	case SQLITE_BUSY_SNAPSHOT: return ERR_CONFLICT;
	default: break;
	}
	switch (extended & 0xFF) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return ERR_BUSY;
	case SQLITE_FULL: return ERR_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return ERR_CORRUPT;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_INTERRUPT:
	case SQLITE_PROTOCOL: return ERR_UNAVAILABLE;
	default: return ERR_INTERNAL;
	}
}

static int raise_engine(struct sqlite_conn *sc, struct err *err)
{
	int extended = sqlite3_extended_errcode(sc->handle);
	int rc = db_raise(err, code_of(extended), sqlite3_errmsg(sc->handle));
	err_detail(err, "sqlite %d: %s", extended, sqlite3_errmsg(sc->handle));
	return rc;
}

/* Nothing but the closed list can be prepared; this holds even for what a trigger or a damaged schema would say. */
static int authorize(void *arg, int action, const char *a, const char *b, const char *database UNUSED,
                     const char *trigger UNUSED)
{
	const struct sqlite_conn *sc = arg;
	switch (action) {
	case SQLITE_ATTACH:
	case SQLITE_DETACH: return SQLITE_DENY;
	case SQLITE_PRAGMA: /* FTS5 asks this of its own tables */
		return text_eq(a, "data_version") ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_FUNCTION: return text_eq(b, "load_extension") ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
	case SQLITE_TRANSACTION:
	case SQLITE_SAVEPOINT: return SQLITE_OK;
	case SQLITE_UPDATE: /* connecting to a virtual table asks it of the schema, which no statement can write itself */
		if (text_eq(a, "sqlite_master"))
			return SQLITE_OK;
		__attribute__((fallthrough));
	case SQLITE_INSERT:
	case SQLITE_DELETE:
		return sc->schema_open || (!text_starts(a, "sqlite_") && !text_eq(a, "migration")) ? SQLITE_OK : SQLITE_DENY;
	default: return sc->schema_open ? SQLITE_OK : SQLITE_DENY; /* create, drop, alter, reindex, analyze */
	}
}

static void disconnect(struct db_conn *conn)
{
	struct sqlite_conn *sc = of(conn);
	if (sc->handle == NULL)
		return;
	for (size_t i = 0; i < conn->db->list->nqueries; i++) {
		(void)sqlite3_finalize(sc->stmts[i]);
		sc->stmts[i] = NULL;
	}
	int rc = sqlite3_close(sc->handle);
	BUG_ON(rc != SQLITE_OK);
	sc->handle = NULL;
}

static int plain(struct sqlite_conn *sc, const char *text, struct err *err)
{
	return sqlite3_exec(sc->handle, text, NULL, NULL, NULL) == SQLITE_OK ? 0 : raise_engine(sc, err);
}

static int set_up(struct db_conn *conn, struct err *err)
{
	struct sqlite_conn *sc = of(conn);
	struct db *db = conn->db;
	char text[600];
	(void)sqlite3_extended_result_codes(sc->handle, 1);
	(void)sqlite3_busy_timeout(sc->handle, db->wait_ms > INT32_MAX ? INT32_MAX : (int)db->wait_ms);
	(void)sqlite3_db_config(sc->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(sc->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(sc->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(sc->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	(void)sqlite3_db_config(sc->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	int cache = conn->mode == DB_WRITE ? WRITER_CACHE_KIB : READERS_CACHE_KIB / (int)db->nreaders;
	if (cache < READER_MIN_KIB)
		cache = READER_MIN_KIB;
	int map = conn->mode == DB_WRITE ? 0 : READERS_MMAP_BYTES / (int)db->nreaders;
	(void)snprintf(text, sizeof(text),
	               "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-%d; "
	               "PRAGMA mmap_size=%d; PRAGMA wal_autocheckpoint=%d; PRAGMA journal_size_limit=%d; "
	               "PRAGMA temp_store=MEMORY; PRAGMA query_only=%s;",
	               cache, map, CHECKPOINT_PAGES, WAL_KEEP_BYTES, conn->mode == DB_WRITE ? "OFF" : "ON");
	int rc = plain(sc, text, err);
	if (rc == 0)
		(void)sqlite3_set_authorizer(sc->handle, authorize, sc);
	return rc;
}

/*
 * Before the library's first use: it counts no memory. Its counters are one lock for all connections, taken at every
 * allocation, and a thread that is put aside while it holds it stops all others.
 */
static void configure(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int ready(struct db_conn *conn, struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct sqlite_conn *sc = of(conn);
	if (sc->handle != NULL)
		return 0;
	(void)pthread_once(&once, configure);
	if (sqlite3_libversion_number() < VERSION_MIN)
		return ERR(err, ERR_UNSUPPORTED, "SQLite 版本过低：%s，至少须 3.37", sqlite3_libversion());
	/*
	 * Personal data: made for its owner's eyes only; SQLite gives its other files the same mode. Only ever created here,
	 * never opened: closing any descriptor of the file would drop the locks of this process's other connections, and
	 * another process could then take the log of changes away under them.
	 */
	int fd = open(conn->db->path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0 && errno != EEXIST) {
		int rc = db_raise(err, errno == ENOSPC ? ERR_FULL : ERR_UNAVAILABLE, "");
		err_detail(err, "%s: %s", conn->db->path, strerror(errno));
		return rc;
	}
	if (fd >= 0)
		(void)close(fd);
	int rc = sqlite3_open_v2(conn->db->path, &sc->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	BUG_ON(sc->handle == NULL); /* only without memory */
	rc = rc == SQLITE_OK ? set_up(conn, err) : raise_engine(sc, err);
	if (rc < 0)
		disconnect(conn);
	return rc;
}

static int begin(struct db_conn *conn, struct err *err)
{
	return plain(of(conn), conn->mode == DB_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", err);
}

static int exec(struct db_conn *conn, const char *text, struct err *err)
{
	return plain(of(conn), text, err);
}

static bool tx_open(const struct db_conn *conn)
{
	const struct sqlite_conn *sc = of(conn);
	return sc->handle != NULL && sqlite3_get_autocommit(sc->handle) == 0;
}

static int prepare(struct db_conn *conn, size_t sql, struct err *err)
{
	struct sqlite_conn *sc = of(conn);
	if (sc->stmts[sql] != NULL)
		return 0;
	const struct sql_query *query = db_query(conn, sql);
	sqlite3_stmt *stmt;
	if (sqlite3_prepare_v3(sc->handle, query->text[DB_SQLITE], -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		return raise_engine(sc, err);
	if ((size_t)sqlite3_column_count(stmt) != query->ncols) {
		int rc = db_raise(err, ERR_INTERNAL, "");
		err_detail(err, "%s: %d columns, declared are %zu", query->name, sqlite3_column_count(stmt), query->ncols);
		(void)sqlite3_finalize(stmt);
		return rc;
	}
	sc->stmts[sql] = stmt;
	return 0;
}

static const char *column_name(struct db_conn *conn, size_t sql, size_t col, struct arena *arena)
{
	return arena_strdup(arena, sqlite3_column_name(of(conn)->stmts[sql], (int)col));
}

/* Arguments are bound without copying: they outlive the call. An empty block is not NULL. */
static int bind(struct sqlite_conn *sc, sqlite3_stmt *stmt, const struct sql_query *query, const struct db_value *args,
                struct err *err)
{
	for (size_t i = 0; i < query->nargs; i++) {
		const struct db_value *arg = &args[i];
		const void *data = arg->data == NULL ? "" : arg->data;
		int rc, at = (int)i + 1;
		switch (arg->type) {
		case DB_INT_TYPE: rc = sqlite3_bind_int64(stmt, at, arg->num); break;
		case DB_TEXT_TYPE: rc = sqlite3_bind_text64(stmt, at, data, arg->size, SQLITE_STATIC, SQLITE_UTF8); break;
		case DB_BLOB_TYPE: rc = sqlite3_bind_blob64(stmt, at, data, arg->size, SQLITE_STATIC); break;
		default: rc = sqlite3_bind_null(stmt, at); break;
		}
		if (rc != SQLITE_OK)
			return raise_engine(sc, err);
	}
	return 0;
}

static void finish(sqlite3_stmt *stmt)
{
	(void)sqlite3_reset(stmt); /* says again what step said */
	(void)sqlite3_clear_bindings(stmt);
}

/* The row that stmt stands on; text and blocks stay SQLite's, until the next step. */
static int read_row(sqlite3_stmt *stmt, const struct sql_query *query, struct db_value *row, struct err *err)
{
	for (size_t i = 0; i < query->ncols; i++) {
		int col = (int)i, type = sqlite3_column_type(stmt, col);
		enum db_type want = query->cols[i].type;
		row[i] = (struct db_value){.type = want};
		if (type == SQLITE_NULL)
			row[i].type = DB_NULL_TYPE;
		else if (want == DB_INT_TYPE && type == SQLITE_INTEGER)
			row[i].num = sqlite3_column_int64(stmt, col);
		else if (want == DB_TEXT_TYPE && type == SQLITE_TEXT)
			row[i].data = sqlite3_column_text(stmt, col);
		else if (want == DB_BLOB_TYPE && type == SQLITE_BLOB)
			row[i].data = sqlite3_column_blob(stmt, col);
		else {
			int rc = db_raise(err, ERR_INTERNAL, "");
			err_detail(err, "%s: column %s is of another type than declared", query->name, query->cols[i].name);
			return rc;
		}
		if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
			row[i].size = (size_t)sqlite3_column_bytes(stmt, col);
			if (row[i].data == NULL) {
				BUG_ON(row[i].size > 0); /* only without memory */
				row[i].data = "";
			}
		}
	}
	return 0;
}

static int run(struct db_conn *conn, size_t sql, const struct db_value *args, int64_t *changed, struct err *err)
{
	struct sqlite_conn *sc = of(conn);
	sqlite3_stmt *stmt = sc->stmts[sql];
	int rc = bind(sc, stmt, db_query(conn, sql), args, err);
	if (rc == 0 && sqlite3_step(stmt) != SQLITE_DONE)
		rc = raise_engine(sc, err);
	if (rc == 0)
		*changed = sqlite3_changes64(sc->handle);
	finish(stmt);
	return rc;
}

static int each(struct db_conn *conn, size_t sql, const struct db_value *args, db_each_fn fn, void *context, int *stopped,
                struct err *err)
{
	struct sqlite_conn *sc = of(conn);
	const struct sql_query *query = db_query(conn, sql);
	sqlite3_stmt *stmt = sc->stmts[sql];
	struct db_value row[DB_COLS_MAX];
	int state = SQLITE_DONE, rc = bind(sc, stmt, query, args, err);
	while (rc == 0 && *stopped == 0 && (state = sqlite3_step(stmt)) == SQLITE_ROW) {
		rc = read_row(stmt, query, row, err);
		if (rc == 0)
			*stopped = fn(context, row, err);
	}
	if (rc == 0 && *stopped == 0 && state != SQLITE_DONE)
		rc = raise_engine(sc, err);
	finish(stmt);
	return rc;
}

struct collector {
	struct arena *arena;
	struct db_result *out;
	size_t limit, room, cols;
	bool over;
};

static int collect(void *context, const struct db_value *row, struct err *err UNUSED)
{
	struct collector *c = context;
	if (c->out->rows == c->limit) {
		c->over = true;
		return 1;
	}
	if (c->out->rows == c->room) {
		size_t room = c->room == 0 ? 16 : c->room * 2;
		struct db_value *cells = arena_array(c->arena, room * c->cols, sizeof(*cells));
		if (c->room > 0)
			memcpy(cells, c->out->cells, c->room * c->cols * sizeof(*cells));
		c->out->cells = cells;
		c->room = room;
	}
	struct db_value *to = c->out->cells + c->out->rows * c->cols;
	for (size_t i = 0; i < c->cols; i++) {
		to[i] = row[i];
		if (row[i].type == DB_TEXT_TYPE || row[i].type == DB_BLOB_TYPE)
			to[i].data = arena_strndup(c->arena, row[i].data, row[i].size);
	}
	c->out->rows++;
	return 0;
}

static int rows(struct db_conn *conn, size_t sql, const struct db_value *args, size_t limit, struct arena *arena,
                struct db_result *out, struct err *err)
{
	size_t cols = db_query(conn, sql)->ncols;
	struct collector c = {.arena = arena, .out = out, .limit = limit, .cols = cols};
	int stopped = 0;
	*out = (struct db_result){.cols = cols};
	int rc = each(conn, sql, args, collect, &c, &stopped, err);
	return rc == 0 && c.over ? db_raise(err, ERR_LIMIT, db_query(conn, sql)->name) : rc;
}

static int schema(struct db_conn *conn, bool open, struct err *err UNUSED)
{
	of(conn)->schema_open = open;
	return 0;
}

static int query_text(struct db_conn *conn, const char *text, struct arena *arena, struct db_result *out, struct err *err)
{
	struct sqlite_conn *sc = of(conn);
	sqlite3_stmt *stmt;
	if (sqlite3_prepare_v2(sc->handle, text, -1, &stmt, NULL) != SQLITE_OK)
		return raise_engine(sc, err);
	struct collector c = {.arena = arena, .out = out, .limit = SIZE_MAX, .cols = (size_t)sqlite3_column_count(stmt)};
	BUG_ON(c.cols > DB_COLS_MAX);
	*out = (struct db_result){.cols = c.cols};
	int state, rc = 0;
	while ((state = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct db_value row[DB_COLS_MAX];
		for (size_t i = 0; i < c.cols; i++)
			row[i] = db_text((const char *)sqlite3_column_text(stmt, (int)i));
		(void)collect(&c, row, err);
	}
	if (state != SQLITE_DONE)
		rc = raise_engine(sc, err);
	(void)sqlite3_finalize(stmt);
	return rc;
}

/* One process writes an SQLite database, so whoever asks is the one. */
static int try_lock(struct db_conn *conn UNUSED, int64_t name UNUSED, bool *got, struct err *err UNUSED)
{
	*got = true;
	return 0;
}

static void unlock(struct db_conn *conn UNUSED, int64_t name UNUSED) {}

/* Two pieces of a level are enough to merge them: so a large piece is written anew only when as much has come beside it. */
static int merge_step(struct db_conn *conn, const char *table, bool *more, struct err *err)
{
	struct sqlite_conn *sc = of(conn);
	char text[200];
	(void)snprintf(text, sizeof(text), "BEGIN IMMEDIATE; INSERT INTO %s (%s, rank) VALUES ('usermerge', 2)", table, table);
	int rc = plain(sc, text, err);
	int64_t before = sqlite3_total_changes64(sc->handle);
	(void)snprintf(text, sizeof(text), "INSERT INTO %s (%s, rank) VALUES ('merge', %d)", table, table, MERGE_PAGES);
	if (rc == 0)
		rc = plain(sc, text, err);
	*more = *more || sqlite3_total_changes64(sc->handle) - before > 1; /* the statement itself counts for one */
	return rc == 0 ? plain(sc, "COMMIT", err) : rc;
}

static int tidy(struct db_conn *conn, bool *more, struct err *err)
{
	struct arena *arena = arena_new();
	struct db_result tables;
	*more = false;
	int rc = query_text(conn, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'create virtual table % using fts5(%'", arena, &tables, err);
	for (size_t i = 0; rc == 0 && i < tables.rows; i++)
		rc = merge_step(conn, db_str(&tables, i, 0), more, err);
	arena_free(arena);
	return rc;
}

static int limit_pages(struct db_conn *conn, unsigned pages, struct err *err)
{
	struct sqlite_conn *sc = of(conn);
	char text[60];
	(void)snprintf(text, sizeof(text), "PRAGMA max_page_count=%u", pages);
	(void)sqlite3_set_authorizer(sc->handle, NULL, NULL);
	int rc = plain(sc, text, err);
	(void)sqlite3_set_authorizer(sc->handle, authorize, sc);
	return rc;
}

const struct db_driver db_sqlite_driver = {
    .writers = 1,
    .conn_size = sizeof(struct sqlite_conn),
    .query_size = sizeof(sqlite3_stmt *),
    .ready = ready,
    .disconnect = disconnect,
    .exec = exec,
    .begin = begin,
    .tx_open = tx_open,
    .prepare = prepare,
    .column_name = column_name,
    .run = run,
    .rows = rows,
    .each = each,
    .schema = schema,
    .query = query_text,
    .try_lock = try_lock,
    .unlock = unlock,
    .limit_pages = limit_pages,
    .tidy = tidy,
};
