/*
 * The database: one interface over SQLite (WAL, one writer, readers in parallel) and PostgreSQL (a pool). SQL stands
 * in .sql files; the build (tools/sqlgen.py) turns them into the closed list `enum sql_id`, and no other SQL can run.
 *
 * A connection belongs to one thread from db_acquire to db_release. What a query returns lives in the arena it was
 * given. Failures: ERR_UNAVAILABLE (gone, or not in time), ERR_BUSY (no connection free in time), ERR_FULL (disk or
 * database full), ERR_CONFLICT (a unique key or a serialisation failure), ERR_CORRUPT, ERR_INTERNAL.
 */
#ifndef SANZHI_STORE_DB_H
#define SANZHI_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "sql_ids.h" /* generated: enum sql_id, SQL_MAX */

struct db;
struct db_conn;

enum db_engine { DB_SQLITE, DB_POSTGRES };
enum db_mode { DB_READ, DB_WRITE };
enum db_type { DB_NULL_TYPE, DB_INT_TYPE, DB_TEXT_TYPE, DB_BLOB_TYPE };

/* A value, as an argument or in a row. Text is UTF-8 and also terminated by NUL; `size` does not count it. */
struct db_value {
	enum db_type type;
	int64_t num;
	const void *data;
	size_t size;
};
#define DB_NULL ((struct db_value){.type = DB_NULL_TYPE})
#define DB_INT(n) ((struct db_value){.type = DB_INT_TYPE, .num = (n)})
#define DB_BLOB(p, n) ((struct db_value){.type = DB_BLOB_TYPE, .data = (p), .size = (n)})
struct db_value db_text(const char *text); /* NULL gives DB_NULL */
#define DB_TEXT(s) db_text(s)

struct db_result {
	size_t rows, cols;
	struct db_value *cells; /* row by row */
};

struct db_options {
	const char *sqlite_path;  /* the file; or */
	const char *postgres_url; /* "postgres://…" */
	unsigned readers;         /* connections that read, at least 1 */
	unsigned wait_ms;         /* how long db_acquire and a lock may wait */
};

/* Opens (and for SQLite makes) the database, checks the engine's version. Does not migrate. Tied to nothing: db_close. */
int db_open(const struct db_options *options, struct arena *arena, struct db **out, struct err *err) MUST_USE;
void db_close(struct db *db); /* every connection must be back */
enum db_engine db_engine(const struct db *db);

/* Runs the numbered forward migrations that are missing, each in a transaction of its own; refuses a database that is
 * newer than the program, or whose applied migrations differ (checksums). */
int db_migrate(struct db *db, struct err *err) MUST_USE;
/* Only looks: ERR_UNSUPPORTED where migrations are missing or the database is newer, ERR_CORRUPT where they differ. */
int db_migrated(struct db *db, struct err *err) MUST_USE;
/* What makes reading quicker and changes nothing that can be read: SQLite's search indexes grow in pieces, which are merged here, in steps of some
 * milliseconds with others' writing between them. PostgreSQL does such work by itself. `halt` (may be NULL) is asked between two steps; true: enough. */
int db_tidy(struct db *db, bool (*halt)(void *context), void *context, struct err *err) MUST_USE;

/* A connection from the pool. DB_WRITE: for SQLite the only writer, for PostgreSQL one of four; DB_READ refuses (as a bug)
 * every statement that writes. A connection that the server dropped meanwhile is made anew. */
int db_acquire(struct db *db, enum db_mode mode, struct db_conn **out, struct err *err) MUST_USE;
void db_release(struct db_conn *conn); /* rolls back what was not committed */

/* Transactions (SQLite: BEGIN IMMEDIATE on the writer, BEGIN on a reader; PostgreSQL: READ COMMITTED to write, and one
 * moment, REPEATABLE READ, to read). No nesting. After a statement failed nothing more runs in the transaction (each
 * try gives the first failure's code) until it is rolled back, wholly or to its savepoint: on both engines. A commit that
 * fails has been rolled back; only where it says ERR_UNAVAILABLE may it have happened all the same. */
int db_begin(struct db_conn *conn, struct err *err) MUST_USE;
int db_commit(struct db_conn *conn, struct err *err) MUST_USE;
void db_rollback(struct db_conn *conn);
/* A named point inside a transaction to fall back to, for a batch of which one member may fail. */
int db_savepoint(struct db_conn *conn, struct err *err) MUST_USE;
int db_savepoint_release(struct db_conn *conn, struct err *err) MUST_USE;
int db_savepoint_rollback(struct db_conn *conn, struct err *err) MUST_USE;

/* Runs a statement that returns no rows; `changed` (may be NULL) is how many it changed. */
int db_run(struct db_conn *conn, enum sql_id sql, const struct db_value *args, size_t nargs, int64_t *changed,
           struct err *err) MUST_USE;
/*
 * From here on a statement without rows whose `changed` nobody asks for need not be waited for: on PostgreSQL it is sent and its answer read later, which spares a journey to
 * the server each; on SQLite nothing changes. What fails breaks the transaction and is told by the next statement that is waited for or by db_settle, so it is not known whose
 * failure it was. Within a transaction; db_settle ends it, as does the transaction's end.
 */
void db_defer(struct db_conn *conn);
int db_settle(struct db_conn *conn, struct err *err) MUST_USE;

/* Runs a query and returns all its rows in `arena`; more than `limit` rows is ERR_LIMIT. */
int db_rows(struct db_conn *conn, enum sql_id sql, const struct db_value *args, size_t nargs, size_t limit,
            struct arena *arena, struct db_result *out, struct err *err) MUST_USE;
/* Hands each row to `each` (values valid during the call only); a non-zero return stops and is returned. `each` must not
 * use this connection. Neither its stop nor an ERR_LIMIT of db_rows fails a transaction. */
typedef int (*db_each_fn)(void *context, const struct db_value *row, struct err *err);
int db_each(struct db_conn *conn, enum sql_id sql, const struct db_value *args, size_t nargs, db_each_fn each,
            void *context, struct err *err) MUST_USE;

#define DB_RUN(conn, sql, changed, err, ...)                                                                           \
	db_run((conn), (sql), (const struct db_value[]){__VA_ARGS__},                                                  \
	       sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value), (changed), (err))
#define DB_ROWS(conn, sql, limit, arena, out, err, ...)                                                                \
	db_rows((conn), (sql), (const struct db_value[]){__VA_ARGS__},                                                 \
	        sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value), (limit), (arena), (out),     \
	        (err))

/* Cells. Row and column must exist; a NULL gives 0, NULL or an empty blob; another type than asked is a bug. */
bool db_is_null(const struct db_result *result, size_t row, size_t col);
int64_t db_int(const struct db_result *result, size_t row, size_t col);
const char *db_str(const struct db_result *result, size_t row, size_t col);
const uint8_t *db_blob(const struct db_result *result, size_t row, size_t col, size_t *len_out);

/* An advisory lock on a name, held by the connection until db_unlock or its end: who sequences the log of a
 * PostgreSQL database. `got` is false when another connection holds it. SQLite always gets it (one process writes). A
 * connection that held locks and is lost is not made anew in silence: ERR_UNAVAILABLE until it is released. `name` is
 * not 0. */
int db_try_lock(struct db_conn *conn, int64_t name, bool *got, struct err *err) MUST_USE;
void db_unlock(struct db_conn *conn, int64_t name);

/* Tests: the n-th statement from now fails as if the engine had said `code` (0 switches it off). */
void db_fail_after(struct db *db, unsigned statements, enum err_code code);

#endif
