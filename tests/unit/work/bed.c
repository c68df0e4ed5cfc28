#include "bed.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <setjmp.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "work/demo/demo.h"

#define DUMP_MAX ((size_t)256 << 20)

static int remove_one(const char *path, const struct stat *info UNUSED, int flag UNUSED, struct FTW *ftw UNUSED)
{
	return remove(path);
}

void bed_make(struct bed *bed)
{
	bed->arena = arena_new();
	err_init(&bed->err, bed->arena);
	char *root = arena_strdup(bed->arena, "/tmp/sanzhi-work-XXXXXX");
	assert_non_null(mkdtemp(root));
	bed->root = root;
	bed->options = (struct site_options){.dir = arena_printf(bed->arena, "%s/site", root), .rulebook = RULEBOOK, .log_level = LOG_ERROR_, .migrate = true};
}

void bed_demo(struct bed *bed, unsigned cases, uint64_t seed)
{
	json_t *summary;
	day_t until;
	bed_make(bed);
	assert_true(day_from_ymd(2026, 11, 20, &until));
	struct demo_options options = {.site = bed->options, .name = "试验", .base_url = "http://127.0.0.1:8080", .data = DEMO_DATA, .seed = seed, .cases = cases, .until = until};
	int rc = demo_make(&options, bed->arena, &summary, &bed->err);
	for (const struct diag *d = bed->err.diags; rc != 0 && d != NULL; d = d->next)
		print_error("%s: %s\n", d->where, d->what);
	if (rc != 0)
		fail_msg("%s", bed->err.message);
}

void bed_drop(struct bed *bed)
{
	assert_int_equal(nftw(bed->root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	arena_free(bed->arena);
}

struct site *bed_open(struct bed *bed)
{
	struct site *site;
	if (site_open(&bed->options, bed->arena, &site, &bed->err) != 0)
		fail_msg("%s", bed->err.message);
	return site;
}

static void add_rows(struct buf *out, sqlite3 *db, const char *query)
{
	sqlite3_stmt *stmt;
	assert_int_equal(sqlite3_prepare_v2(db, query, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(stmt); i++)
			buf_addf(out, "%s|", sqlite3_column_type(stmt, i) == SQLITE_NULL ? "NULL" : (const char *)sqlite3_column_text(stmt, i));
		buf_addc(out, '\n');
	}
	assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
}

static char *dump(struct bed *bed, const char *dir, const char *const *queries)
{
	struct buf out;
	sqlite3 *db;
	buf_init(&out, bed->arena, DUMP_MAX);
	assert_int_equal(sqlite3_open_v2(arena_printf(bed->arena, "%s/sanzhi.db", dir), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (; *queries != NULL; queries++)
		add_rows(&out, db, *queries);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_false(out.overflow);
	return out.data;
}

char *bed_projections(struct bed *bed, const char *dir)
{
	static const char *const queries[] = {"select * from stream_state order by stream", "select * from case_file order by id", "select * from case_duty order by stream, duty",
	                                      "select * from agency order by code", "select * from officer order by id", "select * from app_user order by id",
	                                      "select * from list_item order by agency, list, item", "select * from publication order by entry",
	                                      "select rowid from case_search where case_search match '053570*' order by rowid", NULL};
	return dump(bed, dir, queries);
}

char *bed_journal(struct bed *bed, const char *dir, bool salts)
{
	static const char *const all[] = {"select * from stream order by id", "select id, stream, number, kind, at, recorded, by_user, agency, hex(bytes), hex(salt), hex(leaf) from entry order by id",
	                                  "select entry, position, name, type, hex(sha256), hex(sm3), size, field from entry_file order by entry, position",
	                                  "select idx, entry, hex(hash) from leaf order by idx", "select level, idx, hex(hash) from node order by level, idx",
	                                  "select user_id, password, must_change from credential order by user_id", NULL};
	static const char *const plain[] = {"select * from stream order by id", "select id, stream, number, kind, at, recorded, by_user, agency, hex(bytes) from entry order by id",
	                                    "select entry, position, name, type, hex(sha256), hex(sm3), size, field from entry_file order by entry, position", NULL};
	return dump(bed, dir, salts ? all : plain);
}
