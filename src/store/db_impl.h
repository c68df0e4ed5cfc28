/*
 * Inside the store: what db.c (pool, checks, rules common to both engines) and the two drivers share. A driver knows
 * one engine and nothing of pools, limits or the closed list's rules.
 */
#ifndef SANZHI_STORE_DB_IMPL_H
#define SANZHI_STORE_DB_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/sql.h"

struct db_driver;

struct db_conn {
	struct db *db;
	enum db_mode mode;
	bool taken;             /* under db->mutex */
	bool in_tx, running;    /* running: inside a statement or its callback */
	bool defer;             /* statements may be sent without waiting */
	enum err_code failed;   /* what broke the open transaction; only falling back mends it */
	unsigned locks;         /* advisory locks held */
	void *engine;           /* the driver's own, zeroed at first */
};

struct db {
	const struct db_driver *driver;
	enum db_engine engine;
	const struct sql_list *list;
	const char *path;       /* file name or URL */
	unsigned wait_ms;
	struct db_conn *conns;  /* readers first, then writers */
	size_t nreaders, nconns;
	pthread_mutex_t mutex;
	pthread_cond_t freed[2]; /* by enum db_mode: readers wait apart from writers, and one is woken for one that was freed */
	atomic_llong down_until_ms; /* PostgreSQL: by the monotonic clock; before it nobody tries to connect */
	atomic_uint fail_after;
	atomic_int fail_code;
};

struct db_driver {
	unsigned writers;       /* connections that may write at once */
	/* Prepares conn for use: connects where it is not connected (any more), and makes a lost connection anew unless it
	 * holds advisory locks. */
	int (*ready)(struct db_conn *conn, struct err *err);
	void (*disconnect)(struct db_conn *conn);
	/* Space for the driver's state of one connection, and for each query of the list beside it. */
	size_t conn_size, query_size;
	/* A statement without arguments or rows that is the store's own (transactions, migrations). */
	int (*exec)(struct db_conn *conn, const char *text, struct err *err);
	/* Begins a transaction in the connection's mode. */
	int (*begin)(struct db_conn *conn, struct err *err);
	/* Whether the engine itself still has the transaction open (it may have ended it after a failure). */
	bool (*tx_open)(const struct db_conn *conn);
	/* For the statements below: `sql` is of the list, the arguments are checked, and the connection is ready. A failure
	 * fills err; ERR_LIMIT (too many rows) leaves the transaction as it is. */
	int (*prepare)(struct db_conn *conn, size_t sql, struct err *err);
	int (*run)(struct db_conn *conn, size_t sql, const struct db_value *args, int64_t *changed, struct err *err);
	/* Sends one as run does, without waiting; settle waits for all that were sent, as every other statement does first. NULL: the engine is no journey away. */
	int (*send)(struct db_conn *conn, size_t sql, const struct db_value *args, struct err *err);
	int (*settle)(struct db_conn *conn, struct err *err);
	int (*rows)(struct db_conn *conn, size_t sql, const struct db_value *args, size_t limit, struct arena *arena,
	            struct db_result *out, struct err *err);
	int (*each)(struct db_conn *conn, size_t sql, const struct db_value *args, db_each_fn fn, void *context,
	            int *stopped, struct err *err);
	/* The name of a prepared statement's column (valid until the statement is prepared anew). */
	const char *(*column_name)(struct db_conn *conn, size_t sql, size_t col, struct arena *arena);
	/* Lets migrations change the schema for as long as they like, or ends that. */
	int (*schema)(struct db_conn *conn, bool open, struct err *err);
	/* The rows of a query that is the store's own, every cell as text. */
	int (*query)(struct db_conn *conn, const char *text, struct arena *arena, struct db_result *out, struct err *err);
	int (*try_lock)(struct db_conn *conn, int64_t name, bool *got, struct err *err);
	void (*unlock)(struct db_conn *conn, int64_t name); /* every lock where name is 0 */
	int (*limit_pages)(struct db_conn *conn, unsigned pages, struct err *err);
	/* One short step of db_tidy's work; *more where there is another. NULL: the engine keeps itself tidy. */
	int (*tidy)(struct db_conn *conn, bool *more, struct err *err);
};

extern const struct db_driver db_sqlite_driver, db_postgres_driver;

static inline const struct sql_query *db_query(const struct db_conn *conn, size_t sql)
{
	return &conn->db->list->queries[sql];
}

/* Raises a code with the words people know it by, and the engine's own as detail. */
int db_raise(struct err *err, enum err_code code, const char *detail) MUST_USE;

/* migrate.c */
int db_migrate_on(struct db_conn *conn, struct err *err) MUST_USE;
int db_migrated_on(struct db_conn *conn, struct err *err) MUST_USE;

#endif
