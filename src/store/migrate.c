/* Numbered forward migrations: each in a transaction of its own, behind a lock, so that several processes may start at once. */
#include <inttypes.h>

#include "base/civil.h"
#include "base/text.h"
#include "store/db_impl.h"

#define APPLIED_TABLE                                                                                                  \
	"CREATE TABLE IF NOT EXISTS migration (number bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, "  \
	"applied bigint NOT NULL)"

/* Holds what the database says was applied against the list; `count_out` of its first members are there. */
static int compare(const struct sql_list *list, const struct db_result *applied, size_t *count_out, struct err *err)
{
	for (size_t i = 0; i < applied->rows; i++) {
		const char *number = db_str(applied, i, 0), *checksum = db_str(applied, i, 1);
		int64_t value = 0;
		if (!text_int(number, strlen(number), &value))
			return db_raise(err, ERR_CORRUPT, "a migration's number is not one");
		if (i >= list->nmigrations)
			return ERR(err, ERR_UNSUPPORTED, "数据库（第 %s 号变更）比本程序新，请换用更新的程序", number);
		if (value != list->migrations[i].number || !text_eq(checksum, list->migrations[i].checksum)) {
			int rc = ERR(err, ERR_CORRUPT, "数据库做过的第 %s 号变更与本程序所带的不同", number);
			err_detail(err, "applied %s with %s, the program has %d with %s", number, checksum,
			           list->migrations[i].number, list->migrations[i].checksum);
			return rc;
		}
	}
	*count_out = applied->rows;
	return 0;
}

static int apply(struct db_conn *conn, const struct sql_migration *migration, struct arena *arena, struct err *err)
{
	const struct db_driver *driver = conn->db->driver;
	for (const char *const *statement = migration->statements[conn->db->engine]; *statement != NULL; statement++) {
		int rc = driver->exec(conn, *statement, err);
		if (rc < 0) {
			err_detail(err, "migration %d (%s): %s: %s", migration->number, migration->name, err->detail,
			           *statement);
			return rc;
		}
	}
	struct clock clock = clock_system();
	return driver->exec(conn,
	                    arena_printf(arena, "INSERT INTO migration VALUES (%d, '%s', '%s', %" PRId64 ")",
	                                 migration->number, migration->name, migration->checksum, clock_now(&clock)),
	                    err);
}

#define APPLIED "SELECT cast(number AS text), checksum FROM migration ORDER BY number"

int db_migrated_on(struct db_conn *conn, struct err *err)
{
	struct arena *arena = arena_new();
	struct db_result applied;
	size_t count = 0;
	int rc = conn->db->driver->query(conn, APPLIED, arena, &applied, err);
	if (rc == -ERR_INTERNAL) /* there is no such table */
		rc = ERR(err, ERR_UNSUPPORTED, "数据库里还没有本程序的表；先运行 sanzhi init");
	if (rc == 0)
		rc = compare(conn->db->list, &applied, &count, err);
	if (rc == 0 && count < conn->db->list->nmigrations)
		rc = ERR(err, ERR_UNSUPPORTED, "数据库停在第 %zu 号变更，本程序要第 %zu 号；启动一次 sanzhi serve 即自动变更", count, conn->db->list->nmigrations);
	arena_free(arena);
	return rc;
}

/* One transaction: reads anew what is applied, and applies the next. */
static int step(struct db_conn *conn, bool *done, struct arena *arena, struct err *err)
{
	const struct db_driver *driver = conn->db->driver;
	const struct sql_list *list = conn->db->list;
	struct db_result applied;
	size_t count = 0;
	int rc = db_begin(conn, err);
	if (rc == 0 && conn->db->engine == DB_POSTGRES)
		rc = driver->exec(conn, "SELECT pg_advisory_xact_lock(hashtext('sanzhi.migration'))", err);
	if (rc == 0)
		rc = driver->exec(conn, APPLIED_TABLE, err);
	if (rc == 0)
		rc = driver->query(conn, APPLIED, arena, &applied, err);
	if (rc == 0)
		rc = compare(list, &applied, &count, err);
	*done = rc == 0 && count >= list->nmigrations;
	if (rc == 0 && !*done)
		rc = apply(conn, &list->migrations[count], arena, err);
	if (rc == 0)
		rc = db_commit(conn, err);
	db_rollback(conn);
	return rc;
}

int db_migrate_on(struct db_conn *conn, struct err *err)
{
	struct arena *arena = arena_new();
	bool done = false;
	int rc = conn->db->driver->schema(conn, true, err);
	while (rc == 0 && !done)
		rc = step(conn, &done, arena, err);
	if (rc == 0)
		rc = conn->db->driver->schema(conn, false, err);
	else
		(void)!conn->db->driver->schema(conn, false, &(struct err){.arena = arena});
	arena_free(arena);
	return rc;
}
