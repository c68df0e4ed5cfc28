/* The database as its header promises it: one table of tests, run on SQLite and on PostgreSQL. */
#include "bed.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define BED struct bed *bed = *state
#define ADD(conn, key, n) DB_RUN((conn), T(ITEM_ADD), NULL, &bed->err, DB_TEXT(key), DB_INT(n), DB_NULL, DB_NULL)

static int64_t count(struct bed *bed, struct db_conn *conn)
{
	struct db_result result;
	OK(bed, db_rows(conn, T(ITEM_COUNT), NULL, 0, 1, bed->arena, &result, &bed->err));
	return db_int(&result, 0, 0);
}

static int64_t count_apart(struct bed *bed)
{
	struct db_conn *conn = acquire(bed, DB_READ);
	int64_t n = count(bed, conn);
	db_release(conn);
	return n;
}

static void test_types(void **state)
{
	BED;
	static const uint8_t bytes[] = {0, 1, 0xFF, 0, '\'', 0x80};
	struct db_conn *conn = acquire(bed, DB_WRITE);
	int64_t changed = -1;
	OK(bed, DB_RUN(conn, T(ITEM_ADD), &changed, &bed->err, DB_TEXT("景洪 'q' \"x\" \\ 𠮷"), DB_INT(INT64_MIN),
	               DB_BLOB(bytes, sizeof(bytes)), DB_TEXT("")));
	assert_int_equal(changed, 1);
	OK(bed, DB_RUN(conn, T(ITEM_ADD), NULL, &bed->err, DB_TEXT("max"), DB_INT(INT64_MAX), DB_BLOB(NULL, 0), DB_NULL));
	db_release(conn);

	conn = acquire(bed, DB_READ);
	struct db_result r;
	OK(bed, DB_ROWS(conn, T(ITEM_GET), 10, bed->arena, &r, &bed->err, DB_TEXT("景洪 'q' \"x\" \\ 𠮷")));
	assert_int_equal(r.rows, 1);
	assert_int_equal(r.cols, 5);
	assert_string_equal(db_str(&r, 0, 1), "景洪 'q' \"x\" \\ 𠮷");
	assert_int_equal(db_int(&r, 0, 2), INT64_MIN);
	size_t len;
	assert_memory_equal(db_blob(&r, 0, 3, &len), bytes, sizeof(bytes));
	assert_int_equal(len, sizeof(bytes));
	assert_false(db_is_null(&r, 0, 4)); /* an empty text is not NULL */
	assert_string_equal(db_str(&r, 0, 4), "");

	OK(bed, DB_ROWS(conn, T(ITEM_GET), 10, bed->arena, &r, &bed->err, DB_TEXT("max")));
	assert_int_equal(db_int(&r, 0, 2), INT64_MAX);
	assert_false(db_is_null(&r, 0, 3));
	assert_non_null(db_blob(&r, 0, 3, &len));
	assert_int_equal(len, 0);
	assert_true(db_is_null(&r, 0, 4));
	assert_null(db_str(&r, 0, 4));

	OK(bed, DB_ROWS(conn, T(ITEM_GET), 10, bed->arena, &r, &bed->err, DB_TEXT("nobody")));
	assert_int_equal(r.rows, 0);
	OK(bed, DB_ROWS(conn, T(ITEM_GET), 10, bed->arena, &r, &bed->err, DB_NULL));
	assert_int_equal(r.rows, 0);
	db_release(conn);
}

static void test_nulls(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	OK(bed, DB_RUN(conn, T(ITEM_ADD), NULL, &bed->err, DB_TEXT("k"), DB_NULL, DB_NULL, DB_TEXT(NULL)));
	struct db_result r;
	OK(bed, DB_ROWS(conn, T(ITEM_GET), 1, bed->arena, &r, &bed->err, DB_TEXT("k")));
	size_t len;
	assert_true(db_is_null(&r, 0, 2) && db_is_null(&r, 0, 3) && db_is_null(&r, 0, 4));
	assert_int_equal(db_int(&r, 0, 2), 0);
	assert_null(db_blob(&r, 0, 3, &len));
	assert_int_equal(len, 0);
	db_release(conn);
}

static void test_bad_text(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	FAILS(bed, ERR_INVALID, ADD(conn, "\xC0\x80", 1));
	struct db_value inner = {.type = DB_TEXT_TYPE, .data = "a\0b", .size = 3};
	FAILS(bed, ERR_INVALID, DB_RUN(conn, T(ITEM_ADD), NULL, &bed->err, inner, DB_INT(1), DB_NULL, DB_NULL));
	assert_int_equal(count(bed, conn), 0);
	db_release(conn);
}

static void test_large(void **state)
{
	BED;
	enum { SIZE = 3 << 20 };
	uint8_t *data = arena_alloc(bed->arena, SIZE);
	for (size_t i = 0; i < SIZE; i++)
		data[i] = (uint8_t)(i * 31);
	struct db_conn *conn = acquire(bed, DB_WRITE);
	OK(bed, DB_RUN(conn, T(ITEM_ADD), NULL, &bed->err, DB_TEXT("big"), DB_INT(1), DB_BLOB(data, SIZE), DB_NULL));
	struct db_result r;
	OK(bed, DB_ROWS(conn, T(ITEM_GET), 1, bed->arena, &r, &bed->err, DB_TEXT("big")));
	size_t len;
	assert_memory_equal(db_blob(&r, 0, 3, &len), data, SIZE);
	assert_int_equal(len, SIZE);
	db_release(conn);
}

static void test_limit(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_READ);
	struct db_result r;
	OK(bed, db_begin(conn, &bed->err));
	FAILS(bed, ERR_LIMIT, DB_ROWS(conn, T(NUMBERS), 99, bed->arena, &r, &bed->err, DB_INT(100)));
	assert_int_equal(r.rows, 0);
	/* Too many rows is the caller's affair; the transaction goes on. */
	OK(bed, DB_ROWS(conn, T(NUMBERS), 100, bed->arena, &r, &bed->err, DB_INT(100)));
	assert_int_equal(r.rows, 100);
	assert_int_equal(db_int(&r, 99, 0), 100);
	OK(bed, db_commit(conn, &bed->err));
	db_release(conn);
}

/* Text is ordered byte by byte on both engines, whatever the database's own collation. */
static void test_order(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	static const char *const keys[] = {"b", "A", "a", "B", "楚雄", "_", "景洪", "a b", "ab"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		OK(bed, ADD(conn, keys[i], 0));
	struct db_result r;
	OK(bed, db_rows(conn, T(ITEM_LIST), NULL, 0, 20, bed->arena, &r, &bed->err));
	for (size_t i = 1; i < r.rows; i++)
		assert_true(strcmp(db_str(&r, i - 1, 0), db_str(&r, i, 0)) < 0);
	db_release(conn);
}

struct seen {
	struct bed *bed;
	int64_t sum, rows, stop_at;
};

static int on_number(void *context, const struct db_value *row, struct err *err)
{
	struct seen *seen = context;
	seen->sum += row[0].num;
	seen->rows++;
	if (seen->rows == seen->stop_at)
		return seen->stop_at == 7 ? ERR(err, ERR_DENIED, "七") : 1;
	return 0;
}

static void test_each(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_READ);
	struct seen seen = {.bed = bed};
	struct db_value upto = DB_INT(50000);
	OK(bed, db_each(conn, T(NUMBERS), &upto, 1, on_number, &seen, &bed->err));
	assert_int_equal(seen.rows, 50000);
	assert_int_equal(seen.sum, INT64_C(50000) * 50001 / 2);

	OK(bed, db_begin(conn, &bed->err));
	seen = (struct seen){.bed = bed, .stop_at = 3};
	assert_int_equal(db_each(conn, T(NUMBERS), &upto, 1, on_number, &seen, &bed->err), 1);
	assert_int_equal(seen.rows, 3);
	seen = (struct seen){.bed = bed, .stop_at = 7};
	FAILS(bed, ERR_DENIED, db_each(conn, T(NUMBERS), &upto, 1, on_number, &seen, &bed->err));
	assert_int_equal(count(bed, conn), 0); /* a stop does not fail the transaction */
	OK(bed, db_commit(conn, &bed->err));
	db_release(conn);
}

static void test_changed(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	int64_t changed;
	OK(bed, ADD(conn, "a", 1));
	OK(bed, ADD(conn, "b", 2));
	OK(bed, DB_RUN(conn, T(ITEM_BUMP), &changed, &bed->err, DB_TEXT("a"), DB_INT(5)));
	assert_int_equal(changed, 1);
	OK(bed, DB_RUN(conn, T(ITEM_BUMP), &changed, &bed->err, DB_TEXT("zz"), DB_INT(5)));
	assert_int_equal(changed, 0);
	OK(bed, DB_RUN(conn, T(ITEM_UPSERT), &changed, &bed->err, DB_TEXT("a"), DB_INT(9)));
	assert_int_equal(changed, 1);
	struct db_result r;
	OK(bed, DB_ROWS(conn, T(ITEM_ADD_BACK), 1, bed->arena, &r, &bed->err, DB_TEXT("c")));
	assert_int_equal(r.rows, 1);
	assert_string_equal(db_str(&r, 0, 1), "c");
	assert_true(db_int(&r, 0, 0) > 0);
	OK(bed, db_rows(conn, T(ITEM_LIST), NULL, 0, 9, bed->arena, &r, &bed->err));
	assert_int_equal(r.rows, 3);
	assert_int_equal(db_int(&r, 0, 1), 9);
	db_release(conn);
}

static void test_conflict(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	OK(bed, ADD(conn, "a", 1));
	FAILS(bed, ERR_CONFLICT, ADD(conn, "a", 2));
	/* Other constraints are no conflict: asking again would not help. */
	FAILS(bed, ERR_INTERNAL, DB_RUN(conn, T(ITEM_ADD), NULL, &bed->err, DB_NULL, DB_INT(1), DB_NULL, DB_NULL));
	FAILS(bed, ERR_INTERNAL,
	      DB_RUN(conn, T(ITEM_ADD), NULL, &bed->err, DB_TEXT("b"), DB_INT(1), DB_NULL, DB_TEXT("never; 'this'")));
	FAILS(bed, ERR_INTERNAL, DB_RUN(conn, T(PART_ADD), NULL, &bed->err, DB_INT(4711), DB_INT(1)));
	assert_int_equal(count(bed, conn), 1);
	db_release(conn);
}

static void test_append_only(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	OK(bed, ADD(conn, "kept", 1));
	OK(bed, ADD(conn, "other", 1));
	FAILS(bed, ERR_INTERNAL, DB_RUN(conn, T(ITEM_DELETE), NULL, &bed->err, DB_TEXT("kept")));
	OK(bed, DB_RUN(conn, T(ITEM_DELETE), NULL, &bed->err, DB_TEXT("other")));
	assert_int_equal(count(bed, conn), 1);
	db_release(conn);
}

static void test_transaction(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	OK(bed, db_begin(conn, &bed->err));
	OK(bed, ADD(conn, "a", 1));
	assert_int_equal(count_apart(bed), 0);
	OK(bed, db_commit(conn, &bed->err));
	assert_int_equal(count_apart(bed), 1);
	OK(bed, db_begin(conn, &bed->err));
	OK(bed, ADD(conn, "b", 1));
	db_rollback(conn);
	db_rollback(conn); /* nothing to do */
	assert_int_equal(count_apart(bed), 1);
	OK(bed, db_begin(conn, &bed->err));
	OK(bed, ADD(conn, "c", 1));
	db_release(conn); /* rolls back */
	assert_int_equal(count_apart(bed), 1);
}

/* After a failure nothing more runs in the transaction, and it cannot commit: on both engines. */
static void test_failed_transaction(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	OK(bed, db_begin(conn, &bed->err));
	OK(bed, ADD(conn, "a", 1));
	FAILS(bed, ERR_CONFLICT, ADD(conn, "a", 2));
	FAILS(bed, ERR_CONFLICT, ADD(conn, "b", 2));
	FAILS(bed, ERR_CONFLICT, db_savepoint(conn, &bed->err));
	FAILS(bed, ERR_CONFLICT, db_commit(conn, &bed->err));
	assert_int_equal(count(bed, conn), 0);
	OK(bed, ADD(conn, "b", 2));
	db_release(conn);
	assert_int_equal(count_apart(bed), 1);
}

static void test_savepoint(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	OK(bed, db_begin(conn, &bed->err));
	for (int i = 0; i < 6; i++) {
		OK(bed, db_savepoint(conn, &bed->err));
		OK(bed, ADD(conn, arena_printf(bed->arena, "x%d", i), i));
		int rc = ADD(conn, i % 3 == 2 ? "x0" : arena_printf(bed->arena, "y%d", i), i);
		if (i % 3 == 2) {
			assert_int_equal(rc, -(int)ERR_CONFLICT);
			OK(bed, db_savepoint_rollback(conn, &bed->err));
		} else {
			assert_int_equal(rc, 0);
			OK(bed, db_savepoint_release(conn, &bed->err));
		}
	}
	OK(bed, db_commit(conn, &bed->err));
	assert_int_equal(count(bed, conn), 8);
	db_release(conn);
}

/* Sent without waiting, in their order, and all there before anything is read. */
static void test_defer(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	struct db_result r;
	int64_t changed;
	OK(bed, db_begin(conn, &bed->err));
	db_defer(conn);
	OK(bed, ADD(conn, "a", 1));
	OK(bed, DB_RUN(conn, T(ITEM_BUMP), NULL, &bed->err, DB_TEXT("a"), DB_INT(5)));
	OK(bed, DB_ROWS(conn, T(ITEM_GET), 1, bed->arena, &r, &bed->err, DB_TEXT("a")));
	assert_int_equal(db_int(&r, 0, 2), 6);
	OK(bed, ADD(conn, "b", 2));
	OK(bed, DB_RUN(conn, T(ITEM_BUMP), &changed, &bed->err, DB_TEXT("b"), DB_INT(1))); /* asked for: waited for */
	assert_int_equal(changed, 1);
	OK(bed, DB_RUN(conn, T(ITEM_UPSERT), NULL, &bed->err, DB_TEXT("c"), DB_INT(9)));
	OK(bed, db_settle(conn, &bed->err));
	OK(bed, ADD(conn, "d", 1));
	db_defer(conn);
	OK(bed, ADD(conn, "e", 1));
	OK(bed, db_commit(conn, &bed->err)); /* waits too */
	assert_int_equal(count(bed, conn), 5);
	/* Undone with the rest. */
	OK(bed, db_begin(conn, &bed->err));
	db_defer(conn);
	OK(bed, ADD(conn, "f", 1));
	db_rollback(conn);
	OK(bed, db_begin(conn, &bed->err));
	db_defer(conn);
	OK(bed, ADD(conn, "g", 1));
	db_release(conn);
	assert_int_equal(count_apart(bed), 5);
}

/* A failure among them is told by the settling at the latest, and nothing of the transaction stays. */
static void test_defer_fails(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	OK(bed, ADD(conn, "a", 1));
	for (int way = 0; way < 3; way++) {
		OK(bed, db_begin(conn, &bed->err));
		db_defer(conn);
		int rc = ADD(conn, "b", 1);
		for (int i = 0; i < 3 && rc == 0; i++)
			rc = ADD(conn, i == 1 ? "a" : arena_printf(bed->arena, "c%d", i), 1);
		assert_true(rc == 0 || rc == -(int)ERR_CONFLICT);
		if (way == 0)
			FAILS(bed, ERR_CONFLICT, db_settle(conn, &bed->err));
		struct db_result r;
		if (way == 1)
			FAILS(bed, ERR_CONFLICT, db_rows(conn, T(ITEM_LIST), NULL, 0, 9, bed->arena, &r, &bed->err));
		if (way == 2)
			FAILS(bed, ERR_CONFLICT, db_commit(conn, &bed->err));
		else
			FAILS(bed, ERR_CONFLICT, ADD(conn, "d", 1));
		db_rollback(conn);
		assert_int_equal(count(bed, conn), 1);
		OK(bed, db_begin(conn, &bed->err)); /* and the connection is as good as before */
		OK(bed, db_rows(conn, T(ITEM_LIST), NULL, 0, 9, bed->arena, &r, &bed->err));
		OK(bed, db_commit(conn, &bed->err));
	}
	db_release(conn);
}

/* More than any buffer on the way holds. */
static void test_defer_much(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	char *note = arena_alloc(bed->arena, 4001);
	memset(note, 'x', 4000);
	note[4000] = '\0';
	OK(bed, db_begin(conn, &bed->err));
	db_defer(conn);
	for (int i = 0; i < 3000; i++)
		OK(bed, DB_RUN(conn, T(ITEM_ADD), NULL, &bed->err, DB_TEXT(arena_printf(bed->arena, "k%d", i)), DB_INT(i), DB_NULL, DB_TEXT(note)));
	OK(bed, db_settle(conn, &bed->err));
	OK(bed, db_commit(conn, &bed->err));
	assert_int_equal(count(bed, conn), 3000);
	db_release(conn);
}

/* A reader's transaction sees one moment, however much is written beside it. */
static void test_snapshot(void **state)
{
	BED;
	struct db_conn *writer = acquire(bed, DB_WRITE), *reader = acquire(bed, DB_READ);
	OK(bed, ADD(writer, "a", 1));
	OK(bed, db_begin(reader, &bed->err));
	assert_int_equal(count(bed, reader), 1);
	OK(bed, ADD(writer, "b", 1));
	assert_int_equal(count(bed, reader), 1);
	OK(bed, db_commit(reader, &bed->err));
	assert_int_equal(count(bed, reader), 2);
	db_release(reader);
	db_release(writer);
}

struct reading {
	struct db *db;
	_Atomic int done;
	_Atomic int64_t reads, torn;
};

/* Each transaction of the writer adds two rows, so an odd count is half a transaction seen. */
static void *read_on(void *arg)
{
	struct reading *reading = arg;
	struct arena *arena = arena_new();
	struct err err;
	err_init(&err, arena);
	while (!reading->done) {
		struct db_conn *conn;
		struct db_result r;
		if (db_acquire(reading->db, DB_READ, &conn, &err) < 0 ||
		    db_rows(conn, T(ITEM_COUNT), NULL, 0, 1, arena, &r, &err) < 0) {
			reading->torn += 1000;
			break;
		}
		reading->torn += db_int(&r, 0, 0) % 2;
		reading->reads++;
		db_release(conn);
	}
	arena_free(arena);
	return NULL;
}

static void test_readers_beside_writer(void **state)
{
	BED;
	struct reading reading = {.db = bed->db};
	pthread_t threads[4];
	for (size_t i = 0; i < 4; i++) /* more threads than readers: they wait for one another */
		assert_int_equal(pthread_create(&threads[i], NULL, read_on, &reading), 0);
	struct db_conn *conn = acquire(bed, DB_WRITE);
	for (int i = 0; i < 100; i++) {
		OK(bed, db_begin(conn, &bed->err));
		OK(bed, ADD(conn, arena_printf(bed->arena, "a%d", i), i));
		OK(bed, ADD(conn, arena_printf(bed->arena, "b%d", i), i));
		OK(bed, db_commit(conn, &bed->err));
	}
	db_release(conn);
	reading.done = 1;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(reading.torn, 0);
	assert_true(reading.reads > 0);
	assert_int_equal(count_apart(bed), 200);
}

static void *release_later(void *conn)
{
	(void)usleep(100000);
	db_release(conn);
	return NULL;
}

static void test_pool(void **state)
{
	BED;
	struct db_options options = bed->options;
	options.wait_ms = 300;
	struct db *db;
	OK(bed, db_open_list(&options, &test_sql_list, bed->arena, &db, &bed->err));
	struct db_conn *one, *two, *three;
	OK(bed, db_acquire(db, DB_READ, &one, &bed->err));
	OK(bed, db_acquire(db, DB_READ, &two, &bed->err));
	assert_ptr_not_equal(one, two);
	FAILS(bed, ERR_BUSY, db_acquire(db, DB_READ, &three, &bed->err));
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, release_later, one), 0);
	OK(bed, db_acquire(db, DB_READ, &three, &bed->err));
	assert_int_equal(pthread_join(thread, NULL), 0);
	db_release(two);
	db_release(three);
	db_close(db);
}

/* A lock that another connection holds is waited for, then given up. */
static void test_lock_wait(void **state)
{
	BED;
	struct db_options options = bed->options;
	options.wait_ms = 200;
	struct db *other;
	OK(bed, db_open_list(&options, &test_sql_list, bed->arena, &other, &bed->err));
	struct db_conn *conn = acquire(bed, DB_WRITE), *second;
	OK(bed, ADD(conn, "a", 1));
	OK(bed, db_begin(conn, &bed->err));
	OK(bed, DB_RUN(conn, T(ITEM_BUMP), NULL, &bed->err, DB_TEXT("a"), DB_INT(1)));
	OK(bed, db_acquire(other, DB_WRITE, &second, &bed->err));
	FAILS(bed, ERR_BUSY, DB_RUN(second, T(ITEM_BUMP), NULL, &bed->err, DB_TEXT("a"), DB_INT(1)));
	OK(bed, db_commit(conn, &bed->err));
	OK(bed, DB_RUN(second, T(ITEM_BUMP), NULL, &bed->err, DB_TEXT("a"), DB_INT(1)));
	db_release(second);
	db_release(conn);
	db_close(other);
}

static void test_name_lock(void **state)
{
	BED;
	struct db *other;
	OK(bed, db_open_list(&bed->options, &test_sql_list, bed->arena, &other, &bed->err));
	struct db_conn *a = acquire(bed, DB_WRITE), *b;
	OK(bed, db_acquire(other, DB_WRITE, &b, &bed->err));
	bool got = false;
	OK(bed, db_try_lock(a, 77, &got, &bed->err));
	assert_true(got);
	OK(bed, db_try_lock(b, 77, &got, &bed->err));
	assert_int_equal(got, bed->engine == DB_SQLITE);
	if (got)
		db_unlock(b, 77);
	db_unlock(a, 77);
	OK(bed, db_try_lock(b, 77, &got, &bed->err));
	assert_true(got);
	db_release(b); /* gives the lock back with it */
	OK(bed, db_try_lock(a, 77, &got, &bed->err));
	assert_true(got);
	db_release(a);
	db_close(other);
}

/* A unit of work of five statements, each made to fail in turn: all of it happens or none. */
static int work(struct bed *bed, struct db_conn *conn)
{
	int rc = db_begin(conn, &bed->err);
	if (rc == 0)
		rc = ADD(conn, "a", 1);
	if (rc == 0)
		rc = db_savepoint(conn, &bed->err);
	if (rc == 0)
		rc = ADD(conn, "b", 1);
	if (rc == 0)
		rc = db_savepoint_release(conn, &bed->err);
	if (rc == 0)
		rc = db_commit(conn, &bed->err);
	db_rollback(conn);
	return rc;
}

static void test_fail_after(void **state)
{
	BED;
	static const enum err_code codes[] = {ERR_FULL, ERR_UNAVAILABLE, ERR_BUSY, ERR_CONFLICT, ERR_CORRUPT};
	struct db_conn *conn = acquire(bed, DB_WRITE);
	for (unsigned n = 1; n <= 6; n++) {
		enum err_code code = codes[n % 5];
		db_fail_after(bed->db, n, code);
		FAILS(bed, code, work(bed, conn));
		assert_int_equal(count(bed, conn), 0);
	}
	db_fail_after(bed->db, 1, ERR_FULL);
	db_fail_after(bed->db, 0, ERR_NONE);
	OK(bed, work(bed, conn));
	assert_int_equal(count(bed, conn), 2);
	db_release(conn);
}

static void test_migrate(void **state)
{
	BED;
	OK(bed, db_migrate(bed->db, &bed->err)); /* nothing to do */
	OK(bed, db_migrated(bed->db, &bed->err));
	struct db_conn *conn = acquire(bed, DB_READ);
	struct db_result r;
	OK(bed, db_rows(conn, T(PAIR_ALL), NULL, 0, 9, bed->arena, &r, &bed->err));
	assert_int_equal(r.rows, 1);
	assert_string_equal(db_str(&r, 0, 0), "a;b");
	assert_string_equal(db_str(&r, 0, 1), "--c");
	db_release(conn);

	/* A program that knows less; one whose first migration reads differently. */
	struct sql_list list = test_sql_list;
	struct sql_migration changed[2] = {list.migrations[0], list.migrations[1]};
	struct db *db;
	list.nmigrations = 1;
	OK(bed, db_open_list(&bed->options, &list, bed->arena, &db, &bed->err));
	FAILS(bed, ERR_UNSUPPORTED, db_migrate(db, &bed->err));
	FAILS(bed, ERR_UNSUPPORTED, db_migrated(db, &bed->err));
	db_close(db);
	changed[0].checksum = "0000";
	list.migrations = changed;
	list.nmigrations = 2;
	OK(bed, db_open_list(&bed->options, &list, bed->arena, &db, &bed->err));
	FAILS(bed, ERR_CORRUPT, db_migrate(db, &bed->err));
	FAILS(bed, ERR_CORRUPT, db_migrated(db, &bed->err));
	db_close(db);
}

/* A migration that fails leaves nothing of itself, and the ones before it stand. */
static void test_migration_fails(void **state)
{
	BED;
	static const char *const bad[] = {"create table half (a integer)", "create table half (a integer)", NULL};
	struct sql_migration migrations[3] = {test_sql_list.migrations[0], test_sql_list.migrations[1]};
	migrations[2] = (struct sql_migration){.number = 3, .name = "bad", .checksum = "ff", .statements = {bad, bad}};
	struct sql_list list = test_sql_list;
	list.migrations = migrations;
	struct db_options options;
	bed_fresh(bed, &options);
	for (list.nmigrations = 3; list.nmigrations >= 2; list.nmigrations--) {
		struct db *db;
		OK(bed, db_open_list(&options, &list, bed->arena, &db, &bed->err));
		int rc = db_migrate(db, &bed->err);
		assert_int_equal(rc, list.nmigrations == 3 ? -(int)ERR_INTERNAL : 0);
		assert_int_equal(db_migrated(db, &bed->err), list.nmigrations == 3 ? -(int)ERR_UNSUPPORTED : 0);
		db_close(db);
	}
	migrations[2].statements[0] = migrations[2].statements[1] = (const char *const[]){bad[0], NULL};
	list.nmigrations = 3;
	struct db *db;
	OK(bed, db_open_list(&options, &list, bed->arena, &db, &bed->err));
	OK(bed, db_migrate(db, &bed->err));
	db_close(db);
}

static void *migrate_one(void *arg)
{
	struct bed *bed = arg;
	struct arena *arena = arena_new();
	struct err err;
	struct db *db;
	err_init(&err, arena);
	uintptr_t bad = 1;
	if (db_open_list(&bed->options, &test_sql_list, arena, &db, &err) == 0) {
		bad = db_migrate(db, &err) != 0;
		db_close(db);
	}
	arena_free(arena);
	return (void *)bad;
}

static void test_migrate_together(void **state)
{
	BED;
	bed_fresh(bed, &bed->options);
	pthread_t threads[3];
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, migrate_one, bed), 0);
	for (size_t i = 0; i < 3; i++) {
		void *bad;
		assert_int_equal(pthread_join(threads[i], &bad), 0);
		assert_null(bad);
	}
}

/* The program's own closed list, after its own migrations, on a fresh database. */
static void test_prepare_all(void **state)
{
	BED;
	struct db_options options;
	struct db *db;
	bed_fresh(bed, &options);
	OK(bed, db_open(&options, bed->arena, &db, &bed->err));
	OK(bed, db_migrate(db, &bed->err));
	OK(bed, db_prepare_all(db, &bed->err));
	db_close(db);
}

static void test_open_wrong(void **state)
{
	BED;
	struct db *db;
	struct db_options options = {.readers = 1, .wait_ms = 500};
	FAILS(bed, ERR_INVALID, db_open(&options, bed->arena, &db, &bed->err));
	options.sqlite_path = "/nowhere/at/all.db";
	if (bed->engine == DB_POSTGRES) {
		options.sqlite_path = NULL;
		options.postgres_url = "postgres://sanzhi@127.0.0.1:1/none";
	}
	FAILS(bed, ERR_UNAVAILABLE, db_open(&options, bed->arena, &db, &bed->err));
	assert_non_null(bed->err.detail);
}

/* ---- what only one engine can show */

static void test_full(void **state)
{
	BED;
	static const uint8_t block[8000];
	struct db_conn *conn;
	OK(bed, db_limit_pages(bed->db, 60, &bed->err));
	int rc = 0, kept = 0;
	for (int i = 0; rc == 0 && i < 100; i++) {
		conn = acquire(bed, DB_WRITE);
		OK(bed, db_begin(conn, &bed->err));
		OK(bed, db_savepoint(conn, &bed->err));
		rc = DB_RUN(conn, T(ITEM_ADD), NULL, &bed->err, DB_TEXT(arena_printf(bed->arena, "%d", i)), DB_INT(i),
		            DB_BLOB(block, sizeof(block)), DB_NULL);
		if (rc < 0 && db_savepoint_rollback(conn, &bed->err) == 0)
			OK(bed, db_commit(conn, &bed->err)); /* of nothing */
		if (rc == 0)
			rc = db_commit(conn, &bed->err);
		kept += rc == 0;
		db_release(conn);
	}
	assert_int_equal(rc, -(int)ERR_FULL);
	assert_true(kept > 0);
	assert_int_equal(count_apart(bed), kept); /* what was there stays readable */
	OK(bed, db_limit_pages(bed->db, 1000, &bed->err));
	conn = acquire(bed, DB_WRITE);
	OK(bed, ADD(conn, "room again", 1));
	db_release(conn);
}

/* A file that is no database, and one with a torn page, say so. */
static void test_corrupt(void **state)
{
	BED;
	struct db *db;
	struct db_options options = {.readers = 1, .wait_ms = 500};
	options.sqlite_path = arena_printf(bed->arena, "%s/not.db", bed->folder);
	FILE *file = fopen(options.sqlite_path, "w");
	for (int i = 0; i < 1000; i++)
		(void)fprintf(file, "not a database ");
	(void)fclose(file);
	FAILS(bed, ERR_CORRUPT, db_open(&options, bed->arena, &db, &bed->err));
}

static void test_file_mode(void **state)
{
	BED;
	/* Nobody else may read a database of cases. */
	char out[20] = "";
	FILE *pipe = popen(arena_printf(bed->arena, "stat -c %%a %s", bed->options.sqlite_path), "r");
	assert_non_null(fgets(out, sizeof(out), pipe));
	(void)pclose(pipe);
	assert_string_equal(out, "600\n");
}

/* Another process that opens and closes the database leaves its log of changes alone while this one is at work: the
 * locks of this process must not go when it opens one more connection. */
static void test_second_process(void **state)
{
	BED;
	const char *wal = arena_printf(bed->arena, "%s-wal", bed->options.sqlite_path);
	struct db_conn *writer = acquire(bed, DB_WRITE), *reader = acquire(bed, DB_READ);
	OK(bed, ADD(writer, "a", 1));
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		/* Another program, not a copy of this one: SQLite keeps what it knows of locks in memory. */
		(void)execl("/proc/self/exe", "test-db", "visit", bed->options.sqlite_path, NULL);
		_exit(127);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(access(wal, F_OK), 0);
	OK(bed, ADD(writer, "b", 1));
	assert_int_equal(count(bed, reader), 2);
	db_release(reader);
	db_release(writer);
}

/* Even if a statement that changes the schema or reaches elsewhere came into the list, SQLite would not take it. */
static void test_authorizer(void **state)
{
	BED;
	static const char *const texts[] = {
	    "attach database ':memory:' as other", "pragma synchronous = off", "create table t (a)", "drop table item",
	    "alter table item rename to other",    "delete from migration",    "vacuum",             "reindex",
	    "delete from sqlite_schema",           "create temp table t (a)",  "analyze",            "detach database main",
	};
	enum { N = sizeof(texts) / sizeof(texts[0]) };
	struct sql_query queries[N] = {0};
	for (size_t i = 0; i < N; i++)
		queries[i] = (struct sql_query){.name = texts[i], .place = "test", .text = {texts[i], texts[i]}, .writes = true};
	struct sql_list list = test_sql_list;
	list.queries = queries;
	list.nqueries = N;
	struct db *db;
	OK(bed, db_open_list(&bed->options, &list, bed->arena, &db, &bed->err));
	for (size_t i = 0; i < N; i++) {
		struct db_conn *conn;
		OK(bed, db_acquire(db, DB_WRITE, &conn, &bed->err));
		assert_true(db_run(conn, (enum sql_id)i, NULL, 0, NULL, &bed->err) < 0);
		db_release(conn);
	}
	db_close(db);
	assert_int_equal(count_apart(bed), 0);
}

static void test_server_restarts(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE), *idle = acquire(bed, DB_WRITE);
	OK(bed, ADD(conn, "a", 1));
	OK(bed, db_begin(conn, &bed->err));
	OK(bed, ADD(conn, "b", 1));
	bool got;
	OK(bed, db_try_lock(idle, 5, &got, &bed->err));
	bed_kill_server(bed);

	/* Gone: the open transaction is lost, and nothing works meanwhile. */
	FAILS(bed, ERR_UNAVAILABLE, ADD(conn, "c", 1));
	FAILS(bed, ERR_UNAVAILABLE, db_commit(conn, &bed->err));
	FAILS(bed, ERR_UNAVAILABLE, db_begin(conn, &bed->err));
	struct db_conn *reader;
	FAILS(bed, ERR_UNAVAILABLE, db_acquire(bed->db, DB_READ, &reader, &bed->err));

	bed_revive_server(bed);
	OK(bed, db_begin(conn, &bed->err)); /* the same connection, made anew */
	OK(bed, ADD(conn, "d", 1));
	OK(bed, db_commit(conn, &bed->err));
	assert_int_equal(count_apart(bed), 2);
	/* Whoever held a lock must learn that it is gone. */
	FAILS(bed, ERR_UNAVAILABLE, db_begin(idle, &bed->err));
	db_release(idle);
	db_release(conn);
	assert_int_equal(count_apart(bed), 2);
}

static void test_defer_server_gone(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	OK(bed, db_begin(conn, &bed->err));
	db_defer(conn);
	OK(bed, ADD(conn, "a", 1));
	bed_kill_server(bed);
	int rc = ADD(conn, "b", 1);
	assert_true(rc == 0 || rc == -(int)ERR_UNAVAILABLE);
	FAILS(bed, ERR_UNAVAILABLE, db_settle(conn, &bed->err));
	FAILS(bed, ERR_UNAVAILABLE, db_commit(conn, &bed->err));
	bed_revive_server(bed);
	OK(bed, db_begin(conn, &bed->err));
	db_defer(conn);
	OK(bed, ADD(conn, "c", 1));
	OK(bed, db_settle(conn, &bed->err));
	OK(bed, db_commit(conn, &bed->err));
	db_release(conn);
	assert_int_equal(count_apart(bed), 1);
}

static void test_restart_unnoticed(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	OK(bed, ADD(conn, "a", 1));
	bed_kill_server(bed);
	bed_revive_server(bed);
	OK(bed, ADD(conn, "b", 1)); /* alone, without a transaction: sent once */
	db_release(conn);
	assert_int_equal(count_apart(bed), 2);
}

static double seconds_since(const struct timespec *then)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

/* A server that stands still, not gone: nothing waits for ever, whether in a statement, at a commit or while it connects. */
static void test_server_stands_still(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE), *sending = acquire(bed, DB_WRITE), *reader;
	OK(bed, ADD(conn, "a", 1));
	OK(bed, db_begin(conn, &bed->err));
	OK(bed, ADD(conn, "b", 1));
	OK(bed, db_begin(sending, &bed->err));
	db_defer(sending);
	struct timespec then;
	(void)clock_gettime(CLOCK_MONOTONIC, &then);
	bed_freeze_server(bed, true);

	/* The store waits two seconds here, and two for another connection's word. */
	FAILS(bed, ERR_UNAVAILABLE, ADD(conn, "c", 1));
	assert_true(seconds_since(&then) < 8);
	FAILS(bed, ERR_UNAVAILABLE, db_commit(conn, &bed->err));
	FAILS(bed, ERR_UNAVAILABLE, db_acquire(bed->db, DB_READ, &reader, &bed->err));
	/* What is sent and never read fills no buffer so that the sender would hang. */
	size_t size = (size_t)1 << 20;
	char *big = arena_alloc(bed->arena, size);
	memset(big, 'x', size - 1);
	for (int i = 0; i < 16; i++)
		(void)!DB_RUN(sending, T(ITEM_ADD), NULL, &bed->err, DB_TEXT(arena_printf(bed->arena, "d%d", i)), DB_INT(i), DB_NULL, DB_TEXT(big));
	FAILS(bed, ERR_UNAVAILABLE, db_settle(sending, &bed->err));
	db_rollback(sending);
	assert_true(seconds_since(&then) < 20);

	bed_freeze_server(bed, false);
	struct timespec pause = {.tv_sec = 1, .tv_nsec = 100000000}; /* a server that hung is left alone for a second */
	(void)nanosleep(&pause, NULL);
	OK(bed, db_begin(conn, &bed->err));
	OK(bed, ADD(conn, "e", 1));
	OK(bed, db_commit(conn, &bed->err));
	db_release(sending);
	db_release(conn);
	assert_int_equal(count_apart(bed), 2);
}

/* One that works longer than anybody waits for a lock is not given up while the server answers others. */
static void test_slow_statement(void **state)
{
	BED;
	static const char sleeps[] = "DO $$ BEGIN PERFORM pg_sleep(4.5); END $$";
	struct sql_query query = {.name = "sleep", .place = "test", .text = {"", sleeps}, .writes = true};
	struct sql_list list = test_sql_list;
	list.queries = &query;
	list.nqueries = 1;
	struct db *db;
	struct db_conn *conn;
	OK(bed, db_open_list(&bed->options, &list, bed->arena, &db, &bed->err));
	OK(bed, db_acquire(db, DB_WRITE, &conn, &bed->err));
	OK(bed, db_run(conn, (enum sql_id)0, NULL, 0, NULL, &bed->err));
	db_release(conn);
	db_close(db);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_set_up, bed_tear_down)

static const struct CMUnitTest common_tests[] = {
    TEST(test_types), TEST(test_nulls), TEST(test_bad_text), TEST(test_large), TEST(test_limit), TEST(test_order),
    TEST(test_each), TEST(test_changed), TEST(test_conflict), TEST(test_append_only), TEST(test_transaction),
    TEST(test_failed_transaction), TEST(test_savepoint), TEST(test_defer), TEST(test_defer_fails), TEST(test_defer_much), TEST(test_snapshot), TEST(test_readers_beside_writer),
    TEST(test_pool), TEST(test_lock_wait), TEST(test_name_lock), TEST(test_fail_after), TEST(test_migrate),
    TEST(test_migration_fails), TEST(test_migrate_together), TEST(test_variants), TEST(test_prepare_all),
    TEST(test_open_wrong), TEST(test_tidy),
};
static const struct CMUnitTest sqlite_tests[] = {TEST(test_full), TEST(test_corrupt), TEST(test_file_mode),
                                                 TEST(test_authorizer), TEST(test_second_process)};
static const struct CMUnitTest postgres_tests[] = {TEST(test_server_restarts), TEST(test_restart_unnoticed),
                                                   TEST(test_defer_server_gone), TEST(test_server_stands_still),
                                                   TEST(test_slow_statement)};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int run_some(const char *name, struct bed *bed, const struct CMUnitTest *tests, size_t count)
{
	struct CMUnitTest mine[COUNT(common_tests)];
	assert_true(count <= COUNT(mine));
	for (size_t i = 0; i < count; i++) {
		mine[i] = tests[i];
		mine[i].initial_state = bed;
	}
	return _cmocka_run_group_tests(name, mine, count, NULL, NULL);
}

static int run_group(enum db_engine engine, const char *name)
{
	struct bed bed;
	if (!bed_start(&bed, engine)) {
		print_message("skipped: %s is not installed\n", name);
		bed_stop(&bed);
		return 0;
	}
	int failed = run_some(name, &bed, common_tests, COUNT(common_tests));
	if (engine == DB_SQLITE)
		failed += run_some(name, &bed, sqlite_tests, COUNT(sqlite_tests));
	else
		failed += run_some(name, &bed, postgres_tests, COUNT(postgres_tests));
	bed_stop(&bed);
	return failed;
}

/* What the second process does: opens the database and closes it. */
static int visit(const char *path)
{
	struct arena *arena = arena_new();
	struct db_options options = {.sqlite_path = path, .readers = 1, .wait_ms = 1000};
	struct err err;
	struct db *db;
	err_init(&err, arena);
	int rc = db_open_list(&options, &test_sql_list, arena, &db, &err);
	if (rc == 0)
		db_close(db);
	arena_free(arena);
	return rc == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "visit") == 0)
		return visit(argv[2]);
	int failed = run_group(DB_SQLITE, "SQLite");
	failed += run_group(DB_POSTGRES, "PostgreSQL");
	return failed != 0;
}
