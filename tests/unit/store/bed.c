#include "bed.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/db_impl.h"

static int shell(const char *command, char *out, size_t room)
{
	FILE *pipe = popen(command, "r");
	assert_non_null(pipe);
	size_t len = fread(out, 1, room - 1, pipe);
	out[len] = '\0';
	out[strcspn(out, "\n")] = '\0';
	int status = pclose(pipe);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int start_server(struct bed *bed, const char *port, struct arena *arena)
{
	char url[200];
	int status = shell(arena_printf(arena, PG_SCRIPT " start %s/pg %s", bed->folder, port), url, sizeof(url));
	bed->url = strdup(url);
	return status;
}

bool bed_start(struct bed *bed, enum db_engine engine)
{
	char folder[] = "/tmp/sanzhi-store-XXXXXX";
	struct arena *arena = arena_new();
	*bed = (struct bed){.engine = engine};
	BUG_ON(mkdtemp(folder) == NULL || chmod(folder, 0755) != 0); /* the server's user must reach its folder in it */
	bed->folder = strdup(folder);
	bool there = true;
	if (engine == DB_POSTGRES) {
		int status = start_server(bed, "0", arena);
		there = status != 77;
		BUG_ON(there && status != 0);
	}
	arena_free(arena);
	return there;
}

void bed_stop(struct bed *bed)
{
	char out[100];
	struct arena *arena = arena_new();
	if (bed->engine == DB_POSTGRES)
		(void)shell(arena_printf(arena, PG_SCRIPT " stop %s/pg", bed->folder), out, sizeof(out));
	(void)shell(arena_printf(arena, "rm -rf %s", bed->folder), out, sizeof(out));
	arena_free(arena);
	free((void *)(uintptr_t)bed->folder);
	free((void *)(uintptr_t)bed->url);
}

void bed_kill_server(struct bed *bed)
{
	char out[100];
	assert_int_equal(shell(arena_printf(bed->arena, PG_SCRIPT " kill %s/pg", bed->folder), out, sizeof(out)), 0);
}

void bed_revive_server(struct bed *bed)
{
	const char *colon = strrchr(bed->url, ':');
	char *old = (char *)(uintptr_t)bed->url;
	char *port = arena_strndup(bed->arena, colon + 1, strcspn(colon + 1, "/"));
	assert_int_equal(start_server(bed, port, bed->arena), 0);
	assert_string_equal(bed->url, old);
	free(old);
}

void bed_freeze_server(struct bed *bed, bool freeze)
{
	char out[100];
	const char *line = arena_printf(bed->arena, PG_SCRIPT " %s %s/pg", freeze ? "freeze" : "thaw", bed->folder);
	assert_int_equal(shell(line, out, sizeof(out)), 0);
}

void bed_fresh(struct bed *bed, struct db_options *out)
{
	*out = (struct db_options){.readers = 2, .wait_ms = 2000};
	unsigned number = bed->databases++;
	if (bed->engine == DB_SQLITE) {
		out->sqlite_path = arena_printf(bed->arena, "%s/%u.db", bed->folder, number);
		return;
	}
	PGconn *pg = PQconnectdb(bed->url);
	assert_int_equal(PQstatus(pg), CONNECTION_OK);
	PGresult *result = PQexec(pg, arena_printf(bed->arena, "CREATE DATABASE test%u", number));
	assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
	PQclear(result);
	PQfinish(pg);
	size_t server = (size_t)(strrchr(bed->url, '/') - bed->url);
	out->postgres_url = arena_printf(bed->arena, "%.*s/test%u", (int)server, bed->url, number);
}

int bed_set_up(void **state)
{
	struct bed *bed = *state;
	bed->arena = arena_new();
	err_init(&bed->err, bed->arena);
	bed_fresh(bed, &bed->options);
	OK(bed, db_open_list(&bed->options, &test_sql_list, bed->arena, &bed->db, &bed->err));
	OK(bed, db_migrate(bed->db, &bed->err));
	return 0;
}

int bed_tear_down(void **state)
{
	struct bed *bed = *state;
	/* A test that failed in its middle has not brought its connections back. */
	for (size_t i = 0; bed->db != NULL && i < bed->db->nconns; i++)
		if (bed->db->conns[i].taken) {
			bed->db->conns[i].running = false;
			db_release(&bed->db->conns[i]);
		}
	db_close(bed->db);
	bed->db = NULL;
	arena_free(bed->arena);
	return 0;
}

void bed_ok(struct bed *bed, int rc, const char *file, int line)
{
	if (rc == 0)
		return;
	print_error("%s: %s (%s)\n", err_word((enum err_code)-rc), bed->err.message, bed->err.detail);
	for (const struct diag *diag = bed->err.diags; diag != NULL; diag = diag->next)
		print_error("  %s: %s\n", diag->where, diag->what);
	_fail(file, line);
}

struct db_conn *acquire(struct bed *bed, enum db_mode mode)
{
	struct db_conn *conn;
	OK(bed, db_acquire(bed->db, mode, &conn, &bed->err));
	return conn;
}
