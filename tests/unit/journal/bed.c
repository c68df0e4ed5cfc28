#include "bed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"

#define KEYS_MAX 64

static instant_t bed_now(void *context)
{
	struct bed *bed = context;
	return atomic_load(&bed->now);
}

/* The projection: one mark for each stream, over the numbers and moments of its entries in their order. */
static int get_mark(struct db_conn *conn, const char *name, struct arena *arena, int64_t *out, struct err *err)
{
	struct db_result rows;
	int status = DB_ROWS(conn, SQL_JOURNAL_MARK_GET, 1, arena, &rows, err, DB_TEXT(name));
	if (status == 0)
		*out = rows.rows == 0 ? 0 : db_int(&rows, 0, 0);
	return status;
}

static int apply(void *context, struct db_conn *conn, const struct entry *entry, void *hint, struct arena *arena,
		 struct err *err)
{
	struct bed *bed = context;
	int64_t value;
	(void)hint;
	char *name = arena_printf(arena, "test:%s", entry->stream_key);
	int status = get_mark(conn, name, arena, &value, err);
	atomic_fetch_add(&bed->applied, 1);
	if (status != 0)
		return status;
	value = (int64_t)(((uint64_t)value * 31 + (uint64_t)entry->number * 7 + (uint64_t)entry->at +
			   (uint64_t)json_object_size(entry->body)) &
			  INT64_MAX);
	status = DB_RUN(conn, SQL_JOURNAL_MARK_SET, NULL, err, DB_TEXT(name), DB_INT(value));
	while (text_eq(entry->kind, "held") && atomic_load(&bed->hold))
		bed_pause(2);
	if (status == 0 && text_eq(entry->kind, "refused"))
		return ERR(err, (enum err_code)bed->refuse, "the projector refuses");
	return status;
}

static char *mark_name(struct arena *arena, int key)
{
	return arena_printf(arena, "test:k%d", key);
}

static int clear(void *context, struct db_conn *conn, struct err *err)
{
	struct bed *bed = context;
	int status = 0;
	for (int i = 0; i < KEYS_MAX && status == 0; i++)
		status = DB_RUN(conn, SQL_JOURNAL_MARK_DROP, NULL, err, DB_TEXT(mark_name(bed->arena, i)));
	return status;
}

int64_t bed_projection(struct bed *bed)
{
	struct db_conn *conn;
	int64_t sum = 0;
	assert_int_equal(db_acquire(bed->db, DB_READ, &conn, &bed->err), 0);
	for (int i = 0; i < KEYS_MAX; i++) {
		int64_t value = 0;
		assert_int_equal(get_mark(conn, mark_name(bed->arena, i), bed->arena, &value, &bed->err), 0);
		sum = (int64_t)(((uint64_t)sum * 131 + (uint64_t)value) & INT64_MAX);
	}
	db_release(conn);
	return sum;
}

static struct bed *make(const char *dir, const char *url, bool fresh)
{
	struct arena *arena = arena_new();
	struct bed *bed = ARENA_NEW(arena, struct bed);
	bed->arena = arena;
	err_init(&bed->err, arena);
	(void)snprintf(bed->dir, sizeof(bed->dir), "%s", dir);
	atomic_store(&bed->now, T0);
	bed->url = url;
	bed->path = url == NULL ? arena_printf(arena, "%s/site.db", bed->dir) : NULL;
	char *keys = arena_printf(arena, "%s/keys", bed->dir);
	if (fresh && keyring_create(keys, "log.example/test", &bed->err) != 0)
		fail_msg("%s", bed->err.message);
	assert_int_equal(keyring_load(keys, arena, &bed->keys, &bed->err), 0);
	assert_int_equal(blob_open_files(arena_printf(arena, "%s/blobs", bed->dir), arena, &bed->blobs, &bed->err), 0);
	struct db_options options = {.sqlite_path = bed->path, .postgres_url = url, .readers = 4, .wait_ms = 5000};
	if (db_open(&options, arena, &bed->db, &bed->err) != 0 || db_migrate(bed->db, &bed->err) != 0)
		fail_msg("%s (%s)", bed->err.message, bed->err.detail);
	bed->options = (struct journal_options){.db = bed->db,
						.blobs = bed->blobs,
						.keys = bed->keys,
						.clock = {.now = bed_now, .context = bed},
						.projector = {.apply = apply, .clear = clear, .context = bed},
						.checkpoint_ms = 20};
	bed_open(bed);
	return bed;
}

struct bed *bed_new(const char *url)
{
	char dir[] = "/tmp/sanzhi-journal-XXXXXX";
	assert_non_null(mkdtemp(dir));
	return make(dir, url, true);
}

struct bed *bed_again(const char *dir, const char *url)
{
	return make(dir, url, false);
}

void bed_open(struct bed *bed)
{
	if (journal_open(&bed->options, bed->arena, &bed->journal, &bed->err) != 0)
		fail_msg("%s (%s)", bed->err.message, bed->err.detail);
}

void bed_close(struct bed *bed)
{
	journal_close(bed->journal);
	bed->journal = NULL;
}

void bed_free(struct bed *bed)
{
	bed_close(bed);
	db_close(bed->db);
	arena_free(bed->arena);
}

void bed_remove(struct bed *bed)
{
	char command[128];
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", bed->dir);
	bed_free(bed);
	assert_int_equal(system(command), 0);
}

struct entry_draft bed_draft(struct bed *bed, const char *key, int64_t expect, const char *text)
{
	json_t *body = json_tie(bed->arena, json_object());
	json_put_str(body, "text", text);
	return (struct entry_draft){.stream_type = "case",
				    .stream_key = key,
				    .expect = expect,
				    .kind = "noted",
				    .at = T0,
				    .by = "u1",
				    .agency = "A1",
				    .body = body};
}

int bed_append(struct bed *bed, const char *key, int64_t expect, const char *text, struct entry *out)
{
	struct entry entry;
	struct entry_draft draft = bed_draft(bed, key, expect, text);
	err_clear(&bed->err);
	return journal_append(bed->journal, &draft, 1, bed->arena, out == NULL ? &entry : out, &bed->err);
}

void bed_fill(struct bed *bed, int n, const char *const *keys, int nkeys)
{
	for (int i = 0; i < n; i++)
		if (bed_append(bed, keys[i % nkeys], -1, "行政执法", NULL) != 0)
			fail_msg("entry %d: %s (%s)", i, bed->err.message, bed->err.detail);
}

json_t *bed_verify(struct bed *bed, struct journal_check *out)
{
	struct journal_check own, *check = out == NULL ? &own : out;
	err_clear(&bed->err);
	if (journal_verify(bed->journal, NULL, NULL, bed->arena, check, &bed->err) != 0)
		fail_msg("%s (%s)", bed->err.message, bed->err.detail);
	return check->findings;
}

bool bed_has(const json_t *findings, const char *what, const char *member, int64_t value)
{
	size_t i;
	json_t *finding;
	json_array_foreach(findings, i, finding)
	{
		if (text_eq(json_str(finding, "what"), what) &&
		    (member == NULL || json_int(finding, member, INT64_MIN) == value))
			return true;
	}
	return false;
}

void bed_clean(struct bed *bed)
{
	size_t i;
	json_t *finding, *findings = bed_verify(bed, NULL);
	json_array_foreach(findings, i, finding) print_message("finding: %s\n", json_str(finding, "text"));
	assert_int_equal(json_array_size(findings), 0);
}

void bed_pause(long ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	(void)nanosleep(&t, NULL);
}

void bed_wait(struct bed *bed, int64_t size)
{
	for (int i = 0; i < 500 && journal_size(bed->journal) < size; i++)
		bed_pause(10);
	assert_int_equal(journal_size(bed->journal), size);
}
