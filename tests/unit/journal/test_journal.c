/* The journal on SQLite and, where the server can be started, on PostgreSQL. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "bed.h"
#include "journal/merkle.h"
#include "store/db_test.h"

static const char *const two[] = {"k1", "k2"};

/* The PostgreSQL server of this run, or NULL. */
struct server {
	char dir[64], url[200];
	bool up;
	int databases;
};

static int open_sqlite(void **state)
{
	*state = bed_new(NULL);
	return 0;
}

static int close_bed(void **state)
{
	bed_remove(*state);
	return 0;
}

/* ---- what both engines must do */

static void append_and_read(struct bed *bed)
{
	struct entry made[2], *read, one;
	size_t count;
	int64_t head;
	struct blob_info blob;
	struct db_conn *conn;
	assert_int_equal(blob_put(bed->blobs, "照片", 6, &blob, &bed->err), 0);
	struct entry_file file = {.name = "现场“照片”.jpg", .type = "image/jpeg", .blob = blob, .field = "photo"};
	struct entry_draft drafts[2] = {bed_draft(bed, "k1", 0, "第一\n条\"\\"), bed_draft(bed, "k1", 0, "second")};
	drafts[0].files = &file;
	drafts[0].nfiles = 1;
	if (journal_append(bed->journal, drafts, 2, bed->arena, made, &bed->err) != 0)
		fail_msg("%s (%s)", bed->err.message, bed->err.detail);
	assert_int_equal(made[0].number, 1);
	assert_int_equal(made[1].number, 2);
	assert_int_equal(made[0].recorded, T0);

	/* The bytes are the canonical form of what they say. */
	json_t *doc;
	char *canonical;
	size_t len;
	assert_int_equal(
	    json_read(bed->arena, (const char *)made[0].bytes, made[0].bytes_len, JOURNAL_BODY_MAX, &doc, &bed->err),
	    0);
	assert_int_equal(json_canonical(bed->arena, doc, &canonical, &len, &bed->err), 0);
	assert_int_equal(len, made[0].bytes_len);
	assert_memory_equal(canonical, made[0].bytes, len);
	struct digest leaf = hash_sha256_2(made[0].salt, JOURNAL_SALT_LEN, made[0].bytes, made[0].bytes_len);
	assert_memory_equal(leaf.bytes, made[0].leaf.bytes, HASH_LEN);
	assert_true(memcmp(made[0].salt, made[1].salt, JOURNAL_SALT_LEN) != 0);

	bed_wait(bed, 2);
	assert_int_equal(db_acquire(bed->db, DB_READ, &conn, &bed->err), 0);
	assert_int_equal(journal_stream(bed->journal, conn, "case", "k1", 0, 10, bed->arena, &read, &count, &bed->err),
			 0);
	assert_int_equal(count, 2);
	assert_int_equal(read[0].id, made[0].id);
	assert_int_equal(read[0].index, 0);
	assert_int_equal(read[1].index, 1);
	assert_string_equal(read[0].stream_type, "case");
	assert_string_equal(read[0].stream_key, "k1");
	assert_string_equal(read[0].kind, "noted");
	assert_string_equal(read[0].by, "u1");
	assert_string_equal(read[0].agency, "A1");
	assert_string_equal(json_str(read[0].body, "text"), "第一\n条\"\\");
	assert_int_equal(read[0].nfiles, 1);
	assert_string_equal(read[0].files[0].name, "现场“照片”.jpg");
	assert_string_equal(read[0].files[0].field, "photo");
	assert_int_equal(read[0].files[0].blob.size, 6);
	assert_memory_equal(read[0].files[0].blob.sm3.bytes, blob.sm3.bytes, HASH_LEN);
	assert_int_equal(journal_stream(bed->journal, conn, "case", "k1", 1, 10, bed->arena, &read, &count, &bed->err),
			 0);
	assert_int_equal(count, 1);
	assert_int_equal(read[0].number, 2);
	assert_int_equal(
	    journal_stream(bed->journal, conn, "case", "none", 0, 10, bed->arena, &read, &count, &bed->err), 0);
	assert_int_equal(count, 0);
	assert_int_equal(journal_entry(bed->journal, conn, made[1].id, bed->arena, &one, &bed->err), 0);
	assert_int_equal(one.number, 2);
	assert_int_equal(journal_entry(bed->journal, conn, 999999, bed->arena, &one, &bed->err), -ERR_NOT_FOUND);
	assert_int_equal(journal_head(bed->journal, conn, "case", "k1", &head, &bed->err), 0);
	assert_int_equal(head, 2);
	assert_int_equal(journal_head(bed->journal, conn, "case", "none", &head, &bed->err), 0);
	assert_int_equal(head, 0);
	db_release(conn);
	bed_clean(bed);
}

static void refusals(struct bed *bed)
{
	struct entry out[3];
	/* What the judgement saw. */
	assert_int_equal(bed_append(bed, "k1", 1, "x", NULL), -ERR_CONFLICT);
	assert_int_equal(bed_append(bed, "k1", 0, "x", NULL), 0);
	assert_int_equal(bed_append(bed, "k1", 0, "x", NULL), -ERR_CONFLICT);
	assert_int_equal(bed_append(bed, "k1", 1, "x", NULL), 0);
	assert_int_equal(bed_append(bed, "k1", 1, "x", NULL), -ERR_CONFLICT);
	/* All or none. */
	struct entry_draft drafts[3] = {bed_draft(bed, "k1", 2, "a"), bed_draft(bed, "k9", 0, "b"),
					bed_draft(bed, "k1", 7, "c")};
	assert_int_equal(journal_append(bed->journal, drafts, 3, bed->arena, out, &bed->err), -ERR_CONFLICT);
	drafts[2].expect = 3;
	drafts[2].kind = "refused";
	bed->refuse = ERR_REFUSED;
	assert_int_equal(journal_append(bed->journal, drafts, 3, bed->arena, out, &bed->err), -ERR_REFUSED);
	drafts[2].kind = "noted";
	assert_int_equal(journal_append(bed->journal, drafts, 3, bed->arena, out, &bed->err), 0);
	assert_int_equal(out[2].number, 4);

	/* Dates. */
	struct entry_draft d = bed_draft(bed, "k1", -1, "x");
	d.at = T0 + JOURNAL_FUTURE_MAX + 90 * INSTANT_SECOND;
	assert_int_equal(journal_append(bed->journal, &d, 1, bed->arena, out, &bed->err), -ERR_INVALID);
	assert_non_null(strstr(bed->err.message, "6 分 30 秒"));
	d.at = T0 + 40 * INSTANT_DAY; /* a wrong month, said in days */
	err_clear(&bed->err);
	assert_int_equal(journal_append(bed->journal, &d, 1, bed->arena, out, &bed->err), -ERR_INVALID);
	assert_non_null(strstr(bed->err.message, "晚于现在 40 天"));
	d.at = T0 + JOURNAL_FUTURE_MAX;
	assert_int_equal(journal_append(bed->journal, &d, 1, bed->arena, out, &bed->err), 0);
	d.at = 0;
	assert_int_equal(journal_append(bed->journal, &d, 1, bed->arena, out, &bed->err), -ERR_INVALID);

	/* Texts and sizes. */
	d = bed_draft(bed, "k1", -1, "x");
	char *large = arena_alloc(bed->arena, JOURNAL_BODY_MAX + 1);
	memset(large, 'a', JOURNAL_BODY_MAX);
	json_put_str((json_t *)(uintptr_t)d.body, "text", large);
	assert_int_equal(journal_append(bed->journal, &d, 1, bed->arena, out, &bed->err), -ERR_INVALID);
	large[JOURNAL_BODY_MAX - 500] = '\0';
	json_put_str((json_t *)(uintptr_t)d.body, "text", large);
	assert_int_equal(journal_append(bed->journal, &d, 1, bed->arena, out, &bed->err), 0);
	const char *bad[] = {"", "a\xff", "a\nb"};
	for (size_t i = 0; i < 3; i++) {
		d = bed_draft(bed, bad[i], -1, "x");
		assert_int_equal(journal_append(bed->journal, &d, 1, bed->arena, out, &bed->err), -ERR_INVALID);
		d = bed_draft(bed, "k1", -1, "x");
		d.by = bad[i];
		assert_int_equal(journal_append(bed->journal, &d, 1, bed->arena, out, &bed->err), -ERR_INVALID);
	}
	d = bed_draft(bed, "k1", -1, "x");
	d.stream_type = "a:b";
	assert_int_equal(journal_append(bed->journal, &d, 1, bed->arena, out, &bed->err), -ERR_INVALID);
	d = bed_draft(bed, "k1", -1, "x");
	json_put((json_t *)(uintptr_t)d.body, "real", json_real(1.5));
	assert_int_equal(journal_append(bed->journal, &d, 1, bed->arena, out, &bed->err), -ERR_INVALID);
	/* A file that is not held. */
	struct entry_file file = {.name = "a", .type = "text/plain"};
	d = bed_draft(bed, "k1", -1, "x");
	d.files = &file;
	d.nfiles = 1;
	assert_int_equal(journal_append(bed->journal, &d, 1, bed->arena, out, &bed->err), -ERR_INVALID);
	err_clear(&bed->err);
	bed_wait(bed, 7);
	bed_clean(bed);
}

static void clock_back(struct bed *bed)
{
	struct entry entry;
	assert_int_equal(bed_append(bed, "k1", 0, "x", &entry), 0);
	atomic_store(&bed->now, T0 - INSTANT_HOUR);
	assert_int_equal(bed_append(bed, "k1", 1, "x", &entry), 0); /* dated T0: not in the future of its stream */
	assert_int_equal(entry.recorded, T0);
	atomic_store(&bed->now, T0 + 5);
	assert_int_equal(bed_append(bed, "k1", 2, "x", &entry), 0);
	assert_int_equal(entry.recorded, T0 + 5);
	bed_wait(bed, 3);
	bed_clean(bed);
}

struct racer {
	struct bed *bed;
	int won, lost, other;
	const char *key;
	int rounds;
	bool any;
};

static void *race(void *arg)
{
	struct racer *r = arg;
	struct arena *arena = arena_new();
	struct err err;
	err_init(&err, arena);
	json_t *body = json_tie(arena, json_object());
	for (int i = 0; i < r->rounds; i++) {
		struct entry entry;
		struct entry_draft d = {.stream_type = "case",
					.stream_key = r->key,
					.expect = r->any ? -1 : i,
					.kind = "noted",
					.at = T0,
					.by = "u",
					.body = body};
		err_clear(&err);
		int status = journal_append(r->bed->journal, &d, 1, arena, &entry, &err);
		r->won += status == 0;
		r->lost += status == -ERR_CONFLICT;
		r->other += status != 0 && status != -ERR_CONFLICT;
		if (status != 0 && status != -ERR_CONFLICT)
			print_message("%s (%s)\n", err.message, err.detail);
	}
	arena_free(arena);
	return NULL;
}

static void two_racers(struct bed *bed, bool any, int rounds)
{
	pthread_t threads[2];
	struct racer racers[2] = {{.bed = bed, .key = "k1", .rounds = rounds, .any = any},
				  {.bed = bed, .key = "k1", .rounds = rounds, .any = any}};
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(racers[0].other + racers[1].other, 0);
	/* One thread may be ahead of the other, whose rounds then find no head as they expect; but never do two win
	 * one. */
	if (any)
		assert_int_equal(racers[0].won + racers[1].won, 2 * rounds);
	else
		assert_true(racers[0].won + racers[1].won <= rounds);
	bed_wait(bed, racers[0].won + racers[1].won);
	bed_clean(bed);
}

static void proofs(struct bed *bed)
{
	struct entry entry;
	json_t *proof;
	struct checkpoint opened;
	const char *verifiers = keyring_verifiers(bed->keys, bed->arena);
	bed_fill(bed, 5, two, 2);
	assert_int_equal(bed_append(bed, "k3", 0, "proved", &entry), 0);
	for (int open = 0; open < 2; open++) {
		if (journal_prove(bed->journal, entry.id, open == 1, bed->arena, &proof, &bed->err) != 0)
			fail_msg("%s (%s)", bed->err.message, bed->err.detail);
		const char *note = json_str(proof, "checkpoint");
		assert_int_equal(checkpoint_open(note, strlen(note), verifiers, bed->arena, &opened, &bed->err), 0);
		assert_int_equal(opened.size, json_int(proof, "size", -1));
		struct digest leaf, path[64];
		assert_true(hex_decode(json_str(proof, "leaf"), 64, leaf.bytes, HASH_LEN));
		const json_t *list = json_object_get(proof, "path");
		for (size_t i = 0; i < json_array_size(list); i++)
			assert_true(
			    hex_decode(json_string_value(json_array_get(list, i)), 64, path[i].bytes, HASH_LEN));
		struct digest hash = merkle_leaf(leaf.bytes, HASH_LEN);
		assert_true(merkle_verify_inclusion(json_int(proof, "index", -1), opened.size, &hash, path,
						    json_array_size(list), &opened.root));
		assert_int_equal(json_str(proof, "entry") != NULL, open == 1);
		assert_int_equal(json_str(proof, "salt") != NULL, open == 1);
	}
	assert_int_equal(journal_prove(bed->journal, 12345, true, bed->arena, &proof, &bed->err), -ERR_NOT_FOUND);
	struct digest *path;
	size_t count;
	assert_int_equal(journal_consistency(bed->journal, 2, 6, bed->arena, &path, &count, &bed->err), 0);
	assert_true(count > 0);
	assert_int_equal(journal_consistency(bed->journal, 0, 6, bed->arena, &path, &count, &bed->err), -ERR_INVALID);
	assert_int_equal(journal_consistency(bed->journal, 2, 7, bed->arena, &path, &count, &bed->err), -ERR_INVALID);
}

static void rebuild_same(struct bed *bed)
{
	static const char *const keys[] = {"k1", "k2", "k3", "k4", "k5"};
	bed_fill(bed, 430, keys, 5);
	bed_wait(bed, 430);
	int64_t before = bed_projection(bed);
	if (journal_rebuild(bed->journal, NULL, NULL, &bed->err) != 0)
		fail_msg("%s (%s)", bed->err.message, bed->err.detail);
	assert_true(before != 0);
	assert_int_equal(bed_projection(bed), before);
	assert_int_equal(bed_append(bed, "k1", -1, "x", NULL), 0);
}

/* ---- SQLite */

static void test_append_and_read(void **state)
{
	append_and_read(*state);
}
static void test_refusals(void **state)
{
	refusals(*state);
}
static void test_clock_back(void **state)
{
	clock_back(*state);
}
static void test_two_racers(void **state)
{
	two_racers(*state, false, 100);
}
static void test_two_writers(void **state)
{
	two_racers(*state, true, 100);
}
static void test_proofs(void **state)
{
	proofs(*state);
}
static void test_rebuild(void **state)
{
	rebuild_same(*state);
}

/* An interrupted rebuild leaves a mark: nothing is appended onto half a projection. */
static void test_rebuild_broken(void **state)
{
	struct bed *bed = *state;
	bed_fill(bed, 50, two, 2);
	int64_t before = bed_projection(bed);
	db_fail_after(bed->db, 110, ERR_UNAVAILABLE); /* past the clearing, which is undone whole */
	assert_int_equal(journal_rebuild(bed->journal, NULL, NULL, &bed->err), -ERR_UNAVAILABLE);
	db_fail_after(bed->db, 0, ERR_NONE);
	assert_int_equal(bed_append(bed, "k1", -1, "x", NULL), -ERR_UNAVAILABLE);
	bed_close(bed);
	bed_open(bed);
	assert_int_equal(bed_append(bed, "k1", -1, "x", NULL), -ERR_UNAVAILABLE);
	err_clear(&bed->err);
	assert_int_equal(journal_rebuild(bed->journal, NULL, NULL, &bed->err), 0);
	assert_int_equal(bed_projection(bed), before);
	assert_int_equal(bed_append(bed, "k1", -1, "x", NULL), 0);
}

/* A member that fails in the middle of a group takes nobody with it. */
struct crowd {
	struct bed *bed;
	int number, status;
	bool held;
};

static void *crowd_member(void *arg)
{
	struct crowd *c = arg;
	struct arena *arena = arena_new();
	struct err err;
	struct entry entry;
	err_init(&err, arena);
	char *key = arena_printf(arena, "k%d", c->number);
	struct entry_draft d = {.stream_type = "case",
				.stream_key = key,
				.expect = 0,
				.kind = c->held ? "held" : c->number % 3 == 0 ? "refused" : "noted",
				.at = T0,
				.by = "u"};
	c->status = journal_append(c->bed->journal, &d, 1, arena, &entry, &err);
	arena_free(arena);
	return NULL;
}

static void test_group(void **state)
{
	struct bed *bed = *state;
	bed->refuse = ERR_REFUSED;
	pthread_t threads[24];
	struct crowd crowd[24];
	struct db_conn *conn;
	/* The writer is held up, so that all of them land in one group. */
	assert_int_equal(db_acquire(bed->db, DB_WRITE, &conn, &bed->err), 0);
	for (int i = 0; i < 24; i++) {
		crowd[i] = (struct crowd){.bed = bed, .number = i};
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_member, &crowd[i]), 0);
	}
	bed_pause(100);
	db_release(conn);
	for (int i = 0; i < 24; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(crowd[i].status, i % 3 == 0 ? -ERR_REFUSED : 0);
	}
	assert_int_equal(journal_size(bed->journal), 16);
	bed_clean(bed);
}

static void test_busy(void **state)
{
	struct bed *bed = *state;
	bed_close(bed);
	bed->options.queue_max = 3;
	bed_open(bed);
	pthread_t threads[8];
	struct crowd crowd[8];
	struct db_conn *conn;
	int busy = 0, good = 0;
	assert_int_equal(db_acquire(bed->db, DB_WRITE, &conn, &bed->err), 0);
	for (int i = 0; i < 8; i++) {
		crowd[i] = (struct crowd){.bed = bed, .number = 3 * i + 1};
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_member, &crowd[i]), 0);
	}
	bed_pause(100);
	db_release(conn);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		busy += crowd[i].status == -ERR_BUSY;
		good += crowd[i].status == 0;
	}
	assert_int_equal(busy + good, 8);
	assert_true(busy >= 2);
	bed_clean(bed);
}

/* A database that is full says so, and is used again as soon as there is room. */
static void test_full(void **state)
{
	struct bed *bed = *state;
	int status = 0, kept = 0;
	char *text = arena_alloc(bed->arena, 60001);
	memset(text, 'x', 60000);
	assert_int_equal(db_limit_pages(bed->db, 300, &bed->err), 0);
	while ((status = bed_append(bed, "k1", kept, text, NULL)) == 0 && kept < 1000)
		kept++;
	assert_int_equal(status, -ERR_FULL);
	assert_true(kept > 0);
	assert_int_equal(journal_size(bed->journal), kept);
	assert_int_equal(bed_append(bed, "k1", kept, text, NULL), -ERR_FULL);
	assert_int_equal(db_limit_pages(bed->db, 1000000, &bed->err), 0);
	assert_int_equal(bed_append(bed, "k1", kept, text, NULL), 0);
	bed_clean(bed);
}

/* The n-th statement fails, for each n in turn: nothing half-written, and the next append succeeds. */
static void test_faults(void **state)
{
	struct bed *bed = *state;
	static const enum err_code codes[] = {ERR_FULL, ERR_UNAVAILABLE, ERR_CONFLICT};
	struct blob_info blob;
	assert_int_equal(blob_put(bed->blobs, "x", 1, &blob, &bed->err), 0);
	struct entry_file file = {.name = "x", .type = "text/plain", .blob = blob};
	bed_close(bed);
	bed->options.checkpoint_ms = 3600000; /* its statements would be counted too */
	bed_open(bed);
	bed_pause(300);
	int failures = 0;
	for (size_t c = 0; c < 3; c++) {
		bool through = false;
		for (unsigned n = 1; !through; n++) {
			assert_true(n < 100);
			struct entry out[2];
			struct entry_draft drafts[2] = {bed_draft(bed, "k1", -1, "a"), bed_draft(bed, "k2", -1, "b")};
			drafts[1].files = &file;
			drafts[1].nfiles = 1;
			int64_t size = journal_size(bed->journal), projection = bed_projection(bed);
			db_fail_after(bed->db, n, codes[c]);
			err_clear(&bed->err);
			int status = journal_append(bed->journal, drafts, 2, bed->arena, out, &bed->err);
			db_fail_after(bed->db, 0, ERR_NONE);
			through = status == 0;
			if (!through) {
				failures++;
				assert_int_equal(status, -(int)codes[c]);
				assert_int_equal(journal_size(bed->journal), size);
				assert_int_equal(bed_projection(bed), projection);
			}
			bed_clean(bed);
		}
	}
	assert_true(failures > 30);
	assert_int_equal(bed_append(bed, "k1", -1, "after", NULL), 0);
	bed_clean(bed);
}

/* ---- kill -9 */

static void child_appends(const char *dir, const char *url, int out)
{
	struct bed *bed = bed_again(dir, url);
	pthread_t other;
	struct racer racer = {.bed = bed, .key = "k2", .rounds = 100000, .any = true};
	(void)pthread_create(&other, NULL, race, &racer); /* so that groups form */
	for (int i = 0; i < 100000; i++) {
		struct entry entry;
		if (bed_append(bed, "k1", -1, "acknowledged", &entry) != 0)
			_exit(1);
		if (write(out, &entry.number, sizeof(entry.number)) != sizeof(entry.number))
			_exit(1);
	}
	_exit(0);
}

static int64_t kill_in_the_middle(const char *dir, const char *url, int64_t after)
{
	int ends[2], status;
	int64_t number, last = 0;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)close(ends[0]);
		child_appends(dir, url, ends[1]);
	}
	(void)close(ends[1]);
	while (read(ends[0], &number, sizeof(number)) == sizeof(number)) {
		last = number;
		if (last == after)
			(void)kill(child, SIGKILL);
	}
	(void)close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	return last;
}

static void killed(const char *url)
{
	struct bed *bed = bed_new(url);
	char dir[64];
	(void)snprintf(dir, sizeof(dir), "%s", bed->dir);
	bed_free(bed);
	int64_t acknowledged = 0;
	for (int round = 0; round < 3; round++)
		acknowledged = kill_in_the_middle(dir, url, acknowledged + 333);
	bed = bed_again(dir, url);
	struct db_conn *conn;
	int64_t head;
	assert_int_equal(db_acquire(bed->db, DB_READ, &conn, &bed->err), 0);
	assert_int_equal(journal_head(bed->journal, conn, "case", "k1", &head, &bed->err), 0);
	db_release(conn);
	assert_true(acknowledged >= 999);
	assert_in_range(head, acknowledged, acknowledged + 1); /* at most the one that was under way */
	if (url != NULL) {
		assert_int_equal(bed_append(bed, "k3", -1, "x", NULL), 0);
		bed_pause(1500);
	}
	bed_clean(bed);
	int64_t before = bed_projection(bed);
	assert_int_equal(journal_rebuild(bed->journal, NULL, NULL, &bed->err), 0);
	assert_int_equal(bed_projection(bed), before);
	bed_remove(bed);
}

static void test_killed(void **state)
{
	(void)state;
	killed(NULL);
}

/* ---- PostgreSQL */

static int start_server(void **state)
{
	struct server *server = calloc(1, sizeof(*server));
	char command[300];
	assert_non_null(server);
	(void)snprintf(server->dir, sizeof(server->dir), "/tmp/sanzhi-journal-pg-XXXXXX");
	assert_non_null(mkdtemp(server->dir));
	(void)snprintf(command, sizeof(command), "sh '%s' start '%s' 0", PG_SCRIPT, server->dir);
	FILE *pipe = popen(command, "r");
	assert_non_null(pipe);
	if (fgets(server->url, sizeof(server->url), pipe) != NULL) {
		server->url[strcspn(server->url, "\n")] = '\0';
		server->up = true;
	}
	int status = pclose(pipe);
	server->up = server->up && status == 0;
	*state = server;
	return 0;
}

static int stop_server(void **state)
{
	struct server *server = *state;
	char command[300];
	(void)snprintf(command, sizeof(command), "sh '%s' stop '%s'", PG_SCRIPT, server->dir);
	(void)!system(command);
	free(server);
	return 0;
}

/* A database of its own in the server; skips the test where there is no server. */
static char *fresh_database(struct server *server, char url[256])
{
	if (!server->up) {
		print_message("PostgreSQL cannot be started here: passed over\n");
		skip();
	}
	char command[600];
	int base = (int)(strrchr(server->url, '/') - server->url), number = ++server->databases;
	(void)snprintf(command, sizeof(command), "psql -q -X '%s' -c 'create database j%d'", server->url, number);
	assert_int_equal(system(command), 0);
	(void)snprintf(url, 256, "%.*s/j%d", base, server->url, number);
	return url;
}

static void on_postgres(void **state, void (*test)(struct bed *))
{
	char url[256];
	struct bed *bed = bed_new(fresh_database(*state, url));
	test(bed);
	bed_remove(bed);
}

/* Groups of which some members fail, while another journal of the same database appends too. */
static void crowds(struct bed *bed)
{
	struct bed *other = bed_again(bed->dir, bed->url);
	bed->refuse = other->refuse = ERR_REFUSED;
	pthread_t threads[48];
	struct crowd crowd[48];
	int good = 0;
	for (int i = 0; i < 48; i++) {
		crowd[i] = (struct crowd){.bed = i < 24 ? bed : other, .number = i % 24};
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_member, &crowd[i]), 0);
	}
	for (int i = 0; i < 48; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		good += crowd[i].status == 0;
	}
	/* Each stream is made by exactly one of the two, those of the refused kind by none. */
	for (int i = 0; i < 24; i++) {
		int a = crowd[i].status, b = crowd[i + 24].status;
		assert_true(i % 3 == 0 ? a != 0 && b != 0 : (a == 0) != (b == 0));
		assert_true(i % 3 == 0 || a == -ERR_CONFLICT || b == -ERR_CONFLICT);
	}
	assert_int_equal(good, 16);
	bed_wait(bed, 16);
	bed_clean(bed);
	bed_free(other);
}

/* The same new streams in opposite order by two processes, each group with refused members, so that both are tried one by one. A held entry keeps each writer
 * busy until the others stand in line behind it, in the order of their threads. */
static void crossing(struct bed *bed)
{
	enum { EACH = 48 };
	struct bed *beds[2] = {bed, bed_again(bed->dir, bed->url)};
	pthread_t threads[2][EACH + 1];
	struct crowd crowd[2][EACH + 1];
	for (int b = 0; b < 2; b++) {
		beds[b]->refuse = ERR_REFUSED;
		atomic_store(&beds[b]->hold, true);
		for (int i = 0; i <= EACH; i++) {
			int number = i == 0 ? EACH + b : b == 0 ? i - 1 : EACH - i;
			crowd[b][i] = (struct crowd){.bed = beds[b], .number = number, .held = i == 0};
			assert_int_equal(pthread_create(&threads[b][i], NULL, crowd_member, &crowd[b][i]), 0);
			bed_pause(i == 0 ? 50 : 1);
		}
	}
	for (int b = 0; b < 2; b++)
		atomic_store(&beds[b]->hold, false);
	for (int b = 0; b < 2; b++)
		for (int i = 0; i <= EACH; i++)
			assert_int_equal(pthread_join(threads[b][i], NULL), 0);
	for (int i = 1; i <= EACH; i++) {
		int number = crowd[0][i].number, mine = crowd[0][i].status, other = crowd[1][EACH + 1 - i].status;
		if (number % 3 == 0)
			assert_true(mine != 0 && other != 0);
		else
			assert_true((mine == 0 && other == -ERR_CONFLICT) || (mine == -ERR_CONFLICT && other == 0));
	}
	bed_wait(bed, 2 + EACH - EACH / 3);
	bed_clean(bed);
	bed_free(beds[1]);
}

static void racers_expect(struct bed *bed)
{
	two_racers(bed, false, 50);
}
static void racers_any(struct bed *bed)
{
	two_racers(bed, true, 50);
}

static void test_pg_append(void **state)
{
	on_postgres(state, append_and_read);
}
static void test_pg_refusals(void **state)
{
	on_postgres(state, refusals);
}
static void test_pg_clock(void **state)
{
	on_postgres(state, clock_back);
}
static void test_pg_racers(void **state)
{
	on_postgres(state, racers_expect);
}
static void test_pg_writers(void **state)
{
	on_postgres(state, racers_any);
}
static void test_pg_crowds(void **state)
{
	on_postgres(state, crowds);
}

static void test_pg_crossing(void **state)
{
	on_postgres(state, crossing);
}

static void test_pg_proofs(void **state)
{
	on_postgres(state, proofs);
}
static void test_pg_rebuild(void **state)
{
	on_postgres(state, rebuild_same);
}

static void test_pg_killed(void **state)
{
	char url[256];
	killed(fresh_database(*state, url));
}

static int append_some(const char *dir, const char *url, int n, bool die)
{
	struct bed *bed = bed_again(dir, url);
	static const char *const keys[] = {"k1", "k2", "k3", "k4"};
	for (int i = 0; i < n; i++)
		if (bed_append(bed, keys[i % 4], -1, "x", NULL) != 0) {
			print_message("%s (%s)\n", bed->err.message, bed->err.detail);
			return 1;
		}
	if (die)
		(void)kill(getpid(), SIGKILL);
	bed_free(bed);
	return 0;
}

/* Three processes on one database, to the same streams; one of them is killed, perhaps while it sequences. */
static void test_pg_processes(void **state)
{
	char url[256];
	pid_t children[3];
	struct bed *first = bed_new(fresh_database(*state, url));
	char dir[64];
	(void)snprintf(dir, sizeof(dir), "%s", first->dir);
	bed_free(first);
	for (int i = 0; i < 3; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0)
			_exit(append_some(dir, url, 200, i == 0));
	}
	for (int i = 0; i < 3; i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		if (i == 0)
			assert_true(WIFSIGNALED(status));
		else
			assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	/* Two journals in this process stand for two more: one sequences, the other sees it. */
	struct bed *a = bed_again(dir, url), *b = bed_again(dir, url);
	bed_wait(a, 600);
	bed_wait(b, 600);
	assert_int_equal(bed_append(a, "k1", 150, "x", NULL), 0);
	assert_int_equal(bed_append(b, "k1", 150, "x", NULL), -ERR_CONFLICT);
	assert_int_equal(bed_append(b, "k1", 151, "x", NULL), 0);
	bed_wait(a, 602);
	bed_wait(b, 602);
	char *note;
	struct checkpoint opened;
	struct journal_check check;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(journal_checkpoint(b->journal, b->arena, &note, &b->err), 0);
		assert_int_equal(checkpoint_open(note, strlen(note), keyring_verifiers(b->keys, b->arena), b->arena,
						 &opened, &b->err),
				 0);
		if (opened.size == 602)
			break;
		bed_pause(50);
	}
	assert_int_equal(opened.size, 602);
	bed_clean(a);
	assert_int_equal(json_array_size(bed_verify(b, &check)), 0);
	assert_int_equal(check.leaves, 602);
	/* The one that sequences goes; the other takes over. */
	bed_free(a);
	assert_int_equal(bed_append(b, "k2", -1, "x", NULL), 0);
	bed_wait(b, 603);
	bed_remove(b);
}

/* The server crashes and comes back: the error is honest, and the journal goes on by itself. */
static void test_pg_crash(void **state)
{
	struct server *server = *state;
	char url[256], command[300];
	struct bed *bed = bed_new(fresh_database(server, url));
	bed_fill(bed, 20, two, 2);
	(void)snprintf(command, sizeof(command), "sh '%s' kill '%s'", PG_SCRIPT, server->dir);
	assert_int_equal(system(command), 0);
	assert_int_equal(bed_append(bed, "k1", -1, "x", NULL), -ERR_UNAVAILABLE);
	char *colon = strrchr(server->url, ':');
	(void)snprintf(command, sizeof(command), "sh '%s' start '%s' %d >/dev/null", PG_SCRIPT, server->dir,
		       (int)strtol(colon + 1, NULL, 10));
	assert_int_equal(system(command), 0);
	int status = -1;
	for (int i = 0; i < 50 && status != 0; i++) {
		status = bed_append(bed, "k1", -1, "x", NULL);
		bed_pause(100);
	}
	assert_int_equal(status, 0);
	bed_wait(bed, 21);
	bed_clean(bed);
	bed_remove(bed);
}

int main(void)
{
#define SQLITE(name) cmocka_unit_test_setup_teardown(name, open_sqlite, close_bed)
	const struct CMUnitTest sqlite[] = {
	    SQLITE(test_append_and_read),
	    SQLITE(test_refusals),
	    SQLITE(test_clock_back),
	    SQLITE(test_two_racers),
	    SQLITE(test_two_writers),
	    SQLITE(test_proofs),
	    SQLITE(test_rebuild),
	    SQLITE(test_rebuild_broken),
	    SQLITE(test_group),
	    SQLITE(test_busy),
	    SQLITE(test_faults),
	    SQLITE(test_full),
	    cmocka_unit_test(test_killed),
	};
	const struct CMUnitTest postgres[] = {
	    cmocka_unit_test(test_pg_append),    cmocka_unit_test(test_pg_refusals), cmocka_unit_test(test_pg_clock),
	    cmocka_unit_test(test_pg_racers),    cmocka_unit_test(test_pg_writers),  cmocka_unit_test(test_pg_proofs),
	    cmocka_unit_test(test_pg_crowds), cmocka_unit_test(test_pg_crossing),    cmocka_unit_test(test_pg_rebuild),  cmocka_unit_test(test_pg_killed),
	    cmocka_unit_test(test_pg_processes), cmocka_unit_test(test_pg_crash),
	};
	int failed = cmocka_run_group_tests_name("journal on SQLite", sqlite, NULL, NULL);
	return failed + cmocka_run_group_tests_name("journal on PostgreSQL", postgres, start_server, stop_server);
}
