/* The pool, and the rules both engines share: what may run where, and that a failed statement fails its transaction. */
#include "store/db.h"

#include <errno.h>
#include <time.h>

#include "base/text.h"
#include "store/db_impl.h"
#include "store/db_test.h"

#define WAIT_DEFAULT_MS 5000U
#define READERS_MAX 256U

int db_raise(struct err *err, enum err_code code, const char *detail)
{
	static const char *const words[ERR_CODE_MAX] = {
	    [ERR_INVALID] = "内容不能存入数据库",
	    [ERR_CONFLICT] = "记录已存在或已被他人改动，请刷新后重试",
	    [ERR_LIMIT] = "结果过多，请缩小范围",
	    [ERR_BUSY] = "系统繁忙，请稍后再试",
	    [ERR_UNAVAILABLE] = "数据库暂时不可用，请稍后再试",
	    [ERR_FULL] = "存储空间已满，未能保存，请联系系统管理员",
	    [ERR_CORRUPT] = "数据库内容损坏，请联系系统管理员",
	};
	const char *message = words[code] != NULL ? words[code] : "数据库操作失败，请联系系统管理员";
	int rc = ERR(err, code, "%s", message);
	err_detail(err, "%s", detail);
	return rc;
}

struct db_value db_text(const char *text)
{
	if (text == NULL)
		return DB_NULL;
	return (struct db_value){.type = DB_TEXT_TYPE, .data = text, .size = strlen(text)};
}

/* ---- opening and closing */

static int open_conns(struct db *db, struct arena *arena, unsigned readers)
{
	const struct db_driver *driver = db->driver;
	db->nreaders = readers;
	db->nconns = readers + driver->writers;
	db->conns = ARENA_ARRAY(arena, db->nconns, struct db_conn);
	for (size_t i = 0; i < db->nconns; i++) {
		db->conns[i].db = db;
		db->conns[i].mode = i < readers ? DB_READ : DB_WRITE;
		db->conns[i].engine = arena_alloc(arena, driver->conn_size + db->list->nqueries * driver->query_size);
	}
	return 0;
}

int db_open_list(const struct db_options *options, const struct sql_list *list, struct arena *arena, struct db **out,
                 struct err *err)
{
	if ((options->sqlite_path == NULL) == (options->postgres_url == NULL))
		return ERR(err, ERR_INVALID, "须指定一个数据库：SQLite 文件或 PostgreSQL 地址");
	struct db *db = ARENA_NEW(arena, struct db);
	db->engine = options->sqlite_path != NULL ? DB_SQLITE : DB_POSTGRES;
	db->driver = db->engine == DB_SQLITE ? &db_sqlite_driver : &db_postgres_driver;
	db->path = arena_strdup(arena, db->engine == DB_SQLITE ? options->sqlite_path : options->postgres_url);
	db->list = list;
	db->wait_ms = options->wait_ms == 0 ? WAIT_DEFAULT_MS : options->wait_ms;
	unsigned readers = options->readers == 0 ? 1 : options->readers > READERS_MAX ? READERS_MAX : options->readers;
	open_conns(db, arena, readers);

	pthread_condattr_t attr;
	BUG_ON(pthread_condattr_init(&attr) != 0 || pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) != 0);
	BUG_ON(pthread_mutex_init(&db->mutex, NULL) != 0);
	BUG_ON(pthread_cond_init(&db->freed[DB_READ], &attr) != 0 || pthread_cond_init(&db->freed[DB_WRITE], &attr) != 0);
	(void)pthread_condattr_destroy(&attr);

	/* One writer now, so that a wrong path, a wrong password or an old engine is said at the start. */
	struct db_conn *conn;
	int rc = db_acquire(db, DB_WRITE, &conn, err);
	if (rc < 0) {
		db_close(db);
		return rc;
	}
	db_release(conn);
	*out = db;
	return 0;
}

int db_open(const struct db_options *options, struct arena *arena, struct db **out, struct err *err)
{
	return db_open_list(options, &sql_program, arena, out, err);
}

void db_close(struct db *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < db->nconns; i++) {
		BUG_ON(db->conns[i].taken);
		db->driver->disconnect(&db->conns[i]);
	}
	(void)pthread_cond_destroy(&db->freed[DB_READ]);
	(void)pthread_cond_destroy(&db->freed[DB_WRITE]);
	(void)pthread_mutex_destroy(&db->mutex);
}

enum db_engine db_engine(const struct db *db)
{
	return db->engine;
}

static int on_one(struct db *db, enum db_mode mode, int (*work)(struct db_conn *conn, struct err *err), struct err *err)
{
	struct db_conn *conn;
	int rc = db_acquire(db, mode, &conn, err);
	if (rc < 0)
		return rc;
	rc = work(conn, err);
	db_release(conn);
	return rc;
}

int db_migrate(struct db *db, struct err *err)
{
	return on_one(db, DB_WRITE, db_migrate_on, err);
}

int db_migrated(struct db *db, struct err *err)
{
	return on_one(db, DB_READ, db_migrated_on, err);
}

/* ---- the pool */

static struct db_conn *take_free(struct db *db, enum db_mode mode)
{
	size_t first = mode == DB_READ ? 0 : db->nreaders, last = mode == DB_READ ? db->nreaders : db->nconns;
	for (size_t i = first; i < last; i++) {
		if (!db->conns[i].taken) {
			db->conns[i].taken = true;
			return &db->conns[i];
		}
	}
	return NULL;
}

static void give_back(struct db_conn *conn)
{
	struct db *db = conn->db;
	(void)pthread_mutex_lock(&db->mutex);
	conn->taken = false;
	(void)pthread_cond_signal(&db->freed[conn->mode]);
	(void)pthread_mutex_unlock(&db->mutex);
}

int db_acquire(struct db *db, enum db_mode mode, struct db_conn **out, struct err *err)
{
	struct timespec until;
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(db->wait_ms / 1000);
	until.tv_nsec += (long)(db->wait_ms % 1000) * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	(void)pthread_mutex_lock(&db->mutex);
	struct db_conn *conn;
	int waited = 0;
	while ((conn = take_free(db, mode)) == NULL && waited != ETIMEDOUT)
		waited = pthread_cond_timedwait(&db->freed[mode], &db->mutex, &until);
	(void)pthread_mutex_unlock(&db->mutex);
	if (conn == NULL)
		return db_raise(err, ERR_BUSY, "no connection free in time");
	int rc = db->driver->ready(conn, err);
	if (rc < 0) {
		give_back(conn);
		return rc;
	}
	*out = conn;
	return 0;
}

void db_release(struct db_conn *conn)
{
	BUG_ON(!conn->taken || conn->running);
	db_rollback(conn);
	if (conn->locks > 0)
		conn->db->driver->unlock(conn, 0);
	conn->locks = 0;
	give_back(conn);
}

/* ---- faults that tests ask for */

void db_fail_after(struct db *db, unsigned statements, enum err_code code)
{
	atomic_store(&db->fail_code, (int)code);
	atomic_store(&db->fail_after, statements);
}

/* Counts a statement, and says so where it is the one to fail. */
static int fault(struct db *db, struct err *err)
{
	unsigned left = atomic_load(&db->fail_after);
	while (left > 0)
		if (atomic_compare_exchange_weak(&db->fail_after, &left, left - 1))
			return left == 1 ? db_raise(err, (enum err_code)atomic_load(&db->fail_code), "db_fail_after") : 0;
	return 0;
}

/* ---- transactions */

/* A transaction that a failure broke takes nothing more until it falls back: on PostgreSQL that is the engine's rule,
 * on SQLite it keeps a later statement from committing half of an act, or from running outside of any transaction. */
static int broken(struct db_conn *conn, struct err *err)
{
	if (!conn->in_tx)
		return 0;
	if (conn->failed == ERR_NONE && !conn->db->driver->tx_open(conn))
		conn->failed = ERR_UNAVAILABLE;
	return conn->failed == ERR_NONE ? 0 : db_raise(err, conn->failed, "an earlier statement of the transaction failed");
}

static int note_failure(struct db_conn *conn, int rc)
{
	if (rc < 0 && rc != -(int)ERR_LIMIT && conn->in_tx && conn->failed == ERR_NONE)
		conn->failed = (enum err_code) - rc;
	return rc;
}

int db_begin(struct db_conn *conn, struct err *err)
{
	BUG_ON(conn->in_tx || conn->running);
	int rc = fault(conn->db, err);
	if (rc == 0)
		rc = conn->db->driver->ready(conn, err);
	if (rc == 0)
		rc = conn->db->driver->begin(conn, err);
	conn->in_tx = rc == 0;
	conn->defer = false;
	conn->failed = ERR_NONE;
	return rc;
}

void db_defer(struct db_conn *conn)
{
	BUG_ON(!conn->in_tx);
	conn->defer = true;
}

int db_settle(struct db_conn *conn, struct err *err)
{
	BUG_ON(!conn->in_tx || conn->running);
	conn->defer = false;
	int rc = broken(conn, err);
	if (rc == 0 && conn->db->driver->settle != NULL)
		rc = note_failure(conn, conn->db->driver->settle(conn, err));
	return rc;
}

int db_commit(struct db_conn *conn, struct err *err)
{
	BUG_ON(!conn->in_tx || conn->running);
	int rc = broken(conn, err);
	if (rc == 0)
		rc = fault(conn->db, err);
	if (rc == 0)
		rc = conn->db->driver->exec(conn, "COMMIT", err);
	if (rc < 0)
		db_rollback(conn);
	conn->in_tx = false;
	return rc;
}

void db_rollback(struct db_conn *conn)
{
	if (!conn->in_tx)
		return;
	BUG_ON(conn->running);
	struct arena *arena = arena_new();
	struct err err;
	err_init(&err, arena);
	/* What cannot be rolled back is dropped with its connection, which comes to the same. */
	if (conn->db->driver->tx_open(conn) && conn->db->driver->exec(conn, "ROLLBACK", &err) < 0)
		conn->db->driver->disconnect(conn);
	arena_free(arena);
	conn->in_tx = false;
	conn->failed = ERR_NONE;
}

static int point(struct db_conn *conn, const char *text, struct err *err)
{
	BUG_ON(!conn->in_tx || conn->running);
	int rc = broken(conn, err);
	if (rc == 0)
		rc = fault(conn->db, err);
	if (rc == 0)
		rc = conn->db->driver->exec(conn, text, err);
	return note_failure(conn, rc);
}

int db_savepoint(struct db_conn *conn, struct err *err)
{
	return point(conn, "SAVEPOINT point", err);
}

int db_savepoint_release(struct db_conn *conn, struct err *err)
{
	return point(conn, "RELEASE SAVEPOINT point", err);
}

int db_savepoint_rollback(struct db_conn *conn, struct err *err)
{
	BUG_ON(!conn->in_tx || conn->running);
	const struct db_driver *driver = conn->db->driver;
	if (!driver->tx_open(conn)) {
		/* The engine gave up the whole transaction (disk full, connection lost): there is no point to go back to. */
		if (conn->failed == ERR_NONE)
			conn->failed = ERR_UNAVAILABLE;
		return broken(conn, err);
	}
	enum err_code before = conn->failed;
	conn->failed = ERR_NONE;
	int rc = driver->exec(conn, "ROLLBACK TO SAVEPOINT point", err);
	if (rc == 0)
		rc = driver->exec(conn, "RELEASE SAVEPOINT point", err);
	if (rc < 0)
		conn->failed = before != ERR_NONE ? before : (enum err_code) - rc;
	return rc;
}

/* ---- statements */

static void misuse(const struct sql_query *query, const char *what) __attribute__((noreturn));
static void misuse(const struct sql_query *query, const char *what)
{
	char text[300];
	(void)snprintf(text, sizeof(text), "%s: %s", query->name, what);
	bug_report(text, query->place, 0);
}

/* Before any statement: that it is asked for rightly (else a bug), and that it may run now. */
static int enter(struct db_conn *conn, size_t sql, const struct db_value *args, size_t nargs, bool rows, struct err *err)
{
	BUG_ON(sql >= conn->db->list->nqueries);
	const struct sql_query *query = db_query(conn, sql);
	if (!conn->taken || conn->running)
		misuse(query, "the connection is not free for it");
	if (query->writes && conn->mode == DB_READ)
		misuse(query, "writes on a connection that reads");
	if (rows != (query->ncols > 0))
		misuse(query, rows ? "returns no rows" : "returns rows");
	if (nargs != query->nargs)
		misuse(query, "wrong number of arguments");
	for (size_t i = 0; i < nargs; i++) {
		if (args[i].type != DB_NULL_TYPE && args[i].type != query->args[i].type)
			misuse(query, "an argument of the wrong type");
		if (args[i].type == DB_TEXT_TYPE && !utf8_valid(args[i].data, args[i].size)) {
			int rc = ERR(err, ERR_INVALID, "文字不是有效的 UTF-8");
			err_detail(err, "%s: argument %s", query->name, query->args[i].name);
			return rc;
		}
	}
	int rc = broken(conn, err);
	if (rc == 0 && !conn->in_tx)
		rc = conn->db->driver->ready(conn, err);
	if (rc == 0)
		rc = note_failure(conn, fault(conn->db, err));
	if (rc == 0)
		rc = note_failure(conn, conn->db->driver->prepare(conn, sql, err));
	conn->running = rc == 0;
	return rc;
}

static int leave(struct db_conn *conn, int rc)
{
	conn->running = false;
	return note_failure(conn, rc);
}

int db_run(struct db_conn *conn, enum sql_id sql, const struct db_value *args, size_t nargs, int64_t *changed,
           struct err *err)
{
	int64_t count = 0;
	int rc = enter(conn, sql, args, nargs, false, err);
	if (rc < 0)
		return rc;
	if (conn->defer && changed == NULL && conn->db->driver->send != NULL)
		return leave(conn, conn->db->driver->send(conn, sql, args, err));
	rc = leave(conn, conn->db->driver->run(conn, sql, args, &count, err));
	if (rc == 0 && changed != NULL)
		*changed = count;
	return rc;
}

int db_rows(struct db_conn *conn, enum sql_id sql, const struct db_value *args, size_t nargs, size_t limit,
            struct arena *arena, struct db_result *out, struct err *err)
{
	*out = (struct db_result){.cols = 0};
	int rc = enter(conn, sql, args, nargs, true, err);
	if (rc < 0)
		return rc;
	rc = leave(conn, conn->db->driver->rows(conn, sql, args, limit, arena, out, err));
	if (rc < 0)
		*out = (struct db_result){.cols = 0};
	return rc;
}

int db_each(struct db_conn *conn, enum sql_id sql, const struct db_value *args, size_t nargs, db_each_fn each,
            void *context, struct err *err)
{
	int stopped = 0, rc = enter(conn, sql, args, nargs, true, err);
	if (rc < 0)
		return rc;
	rc = leave(conn, conn->db->driver->each(conn, sql, args, each, context, &stopped, err));
	return rc < 0 ? rc : stopped;
}

/* ---- cells */

static const struct db_value *cell(const struct db_result *result, size_t row, size_t col, enum db_type type)
{
	BUG_ON(row >= result->rows || col >= result->cols);
	const struct db_value *value = &result->cells[row * result->cols + col];
	BUG_ON(type != DB_NULL_TYPE && value->type != DB_NULL_TYPE && value->type != type);
	return value;
}

bool db_is_null(const struct db_result *result, size_t row, size_t col)
{
	return cell(result, row, col, DB_NULL_TYPE)->type == DB_NULL_TYPE;
}

int64_t db_int(const struct db_result *result, size_t row, size_t col)
{
	return cell(result, row, col, DB_INT_TYPE)->num;
}

const char *db_str(const struct db_result *result, size_t row, size_t col)
{
	return cell(result, row, col, DB_TEXT_TYPE)->data;
}

const uint8_t *db_blob(const struct db_result *result, size_t row, size_t col, size_t *len_out)
{
	const struct db_value *value = cell(result, row, col, DB_BLOB_TYPE);
	*len_out = value->size;
	return value->data;
}

/* ---- locks on names */

int db_try_lock(struct db_conn *conn, int64_t name, bool *got, struct err *err)
{
	BUG_ON(!conn->taken || conn->running || name == 0);
	int rc = broken(conn, err);
	if (rc == 0 && !conn->in_tx)
		rc = conn->db->driver->ready(conn, err);
	if (rc == 0)
		rc = note_failure(conn, conn->db->driver->try_lock(conn, name, got, err));
	if (rc == 0 && *got)
		conn->locks++;
	return rc;
}

void db_unlock(struct db_conn *conn, int64_t name)
{
	BUG_ON(!conn->taken || conn->running || conn->locks == 0 || name == 0);
	conn->db->driver->unlock(conn, name);
	conn->locks--;
}

/* ---- for tests of the store */

/* A column that stands in another's place: both carry names that the declaration knows, in another order. */
static void check_names(struct db_conn *conn, size_t sql, struct arena *arena, struct err *err)
{
	const struct sql_query *query = db_query(conn, sql);
	const char *names[DB_COLS_MAX];
	for (size_t i = 0; i < query->ncols; i++)
		names[i] = conn->db->driver->column_name(conn, sql, i, arena);
	for (size_t i = 0; i < query->ncols; i++) {
		for (size_t j = 0; j < query->ncols; j++) {
			if (i != j && text_eq(names[i], query->cols[j].name) && !text_eq(names[i], query->cols[i].name) &&
			    !text_eq(names[j], query->cols[j].name))
				err_diag(err, query->place, "%s: column %zu is %s, declared is %s", query->name, i + 1,
				         names[i], query->cols[i].name);
		}
	}
}

int db_prepare_all(struct db *db, struct err *err)
{
	struct db_conn *conn;
	int rc = db_acquire(db, DB_WRITE, &conn, err);
	if (rc < 0)
		return rc;
	struct arena *arena = arena_new();
	for (size_t sql = 0; sql < db->list->nqueries; sql++) {
		struct err one;
		err_init(&one, arena);
		if (db->driver->prepare(conn, sql, &one) < 0)
			err_diag(err, db->list->queries[sql].place, "%s: %s", db->list->queries[sql].name,
			         one.detail != NULL ? one.detail : one.message);
		else
			check_names(conn, sql, arena, err);
	}
	arena_free(arena);
	db_release(conn);
	return err->ndiags == 0 ? 0 : ERR(err, ERR_INVALID, "%zu 条语句有误", err->ndiags);
}

int db_tidy(struct db *db, bool (*halt)(void *context), void *context, struct err *err)
{
	static const struct timespec pause = {.tv_nsec = 2000000}; /* whoever waits to write goes first */
	bool more = db->driver->tidy != NULL;
	while (more && (halt == NULL || !halt(context))) {
		struct db_conn *conn;
		int rc = db_acquire(db, DB_WRITE, &conn, err);
		if (rc < 0)
			return rc;
		rc = db->driver->tidy(conn, &more, err);
		db_release(conn);
		if (rc < 0)
			return rc;
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

int db_limit_pages(struct db *db, unsigned pages, struct err *err)
{
	struct db_conn *conn;
	int rc = db_acquire(db, DB_WRITE, &conn, err);
	if (rc < 0)
		return rc;
	rc = db->driver->limit_pages(conn, pages, err);
	db_release(conn);
	return rc;
}
