/* Blobs as their header promises them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "store/blob.h"

struct bed {
	struct arena *arena;
	struct err err;
	char dir[64];
	struct blob_store *store;
};

#define BED struct bed *bed = *state
#define FAILS(bed, want, call)                                                                                         \
	do {                                                                                                           \
		assert_string_equal(err_word((enum err_code)-(call)), err_word(want));                                 \
		assert_string_equal(err_word((bed)->err.code), err_word(want));                                        \
	} while (0)

static int set_up(void **state)
{
	struct arena *arena = arena_new();
	struct bed *bed = ARENA_NEW(arena, struct bed);
	bed->arena = arena;
	err_init(&bed->err, arena);
	(void)snprintf(bed->dir, sizeof(bed->dir), "/tmp/sanzhi-blob-XXXXXX");
	assert_non_null(mkdtemp(bed->dir));
	assert_int_equal(blob_open_files(bed->dir, arena, &bed->store, &bed->err), 0);
	*state = bed;
	return 0;
}

static int tear_down(void **state)
{
	BED;
	char command[100];
	(void)snprintf(command, sizeof(command), "rm -rf %s", bed->dir);
	arena_free(bed->arena);
	return system(command);
}

static char *path_of(struct bed *bed, const struct digest *digest)
{
	char *hex = hex_encode(bed->arena, digest->bytes, HASH_LEN);
	return arena_printf(bed->arena, "%s/%.2s/%.2s/%s", bed->dir, hex, hex + 2, hex);
}

static size_t spooled(struct bed *bed)
{
	size_t count = 0;
	DIR *dir = opendir(arena_printf(bed->arena, "%s/spool", bed->dir));
	while (readdir(dir) != NULL)
		count++;
	(void)closedir(dir);
	return count - 2;
}

static void test_put_get(void **state)
{
	BED;
	static const char text[] = "现场检查笔录\0with a NUL";
	struct blob_info info, again;
	assert_int_equal(blob_put(bed->store, text, sizeof(text), &info, &bed->err), 0);
	struct digest sha256 = hash_sha256(text, sizeof(text)), sm3 = hash_sm3(text, sizeof(text));
	assert_false(digest_differs(&info.sha256, &sha256) || digest_differs(&info.sm3, &sm3));
	assert_int_equal(info.size, sizeof(text));
	assert_int_equal(blob_put(bed->store, text, sizeof(text), &again, &bed->err), 0); /* held already: no error */
	assert_int_equal(spooled(bed), 0);

	void *out;
	size_t len;
	assert_int_equal(blob_get(bed->store, &sha256, sizeof(text), bed->arena, &out, &len, &bed->err), 0);
	assert_int_equal(len, sizeof(text));
	assert_memory_equal(out, text, len);
	FAILS(bed, ERR_LIMIT, blob_get(bed->store, &sha256, sizeof(text) - 1, bed->arena, &out, &len, &bed->err));
	assert_int_equal(blob_check(bed->store, &sha256, &sm3, &bed->err), 0);
	assert_int_equal(blob_check(bed->store, &sha256, NULL, &bed->err), 0);
	FAILS(bed, ERR_CORRUPT, blob_check(bed->store, &sha256, &sha256, &bed->err));

	int fd;
	int64_t size;
	char first;
	assert_int_equal(blob_read(bed->store, &sha256, bed->arena, &fd, &size, &bed->err), 0);
	assert_int_equal(size, sizeof(text));
	assert_int_equal(read(fd, &first, 1), 1);
	assert_int_equal(first, text[0]);
	FAILS(bed, ERR_NOT_FOUND, blob_read(bed->store, &sm3, bed->arena, &fd, &size, &bed->err));
	FAILS(bed, ERR_NOT_FOUND, blob_check(bed->store, &sm3, NULL, &bed->err));

	struct stat stat_buf;
	assert_int_equal(stat(path_of(bed, &sha256), &stat_buf), 0);
	assert_int_equal(stat_buf.st_mode & 0777, 0400);
}

static void test_empty(void **state)
{
	BED;
	struct blob_info info;
	void *out;
	size_t len = 1;
	assert_int_equal(blob_put(bed->store, NULL, 0, &info, &bed->err), 0);
	assert_int_equal(info.size, 0);
	assert_int_equal(blob_get(bed->store, &info.sha256, 0, bed->arena, &out, &len, &bed->err), 0);
	assert_int_equal(len, 0);
}

static void test_pieces_and_limit(void **state)
{
	BED;
	struct arena *arena = arena_new();
	struct blob_writer *writer;
	struct blob_info info;
	assert_int_equal(blob_write(bed->store, 10, arena, &writer, &bed->err), 0);
	assert_int_equal(blob_add(writer, "12345", 5, &bed->err), 0);
	assert_int_equal(blob_add(writer, "67890", 5, &bed->err), 0);
	FAILS(bed, ERR_LIMIT, blob_add(writer, "!", 1, &bed->err));
	assert_int_equal(blob_finish(writer, &info, &bed->err), 0);
	struct digest whole = hash_sha256("1234567890", 10);
	assert_false(digest_differs(&info.sha256, &whole));
	assert_int_equal(blob_write(bed->store, 10, arena, &writer, &bed->err), 0);
	blob_abandon(writer);
	blob_abandon(writer);
	assert_int_equal(blob_write(bed->store, 10, arena, &writer, &bed->err), 0);
	assert_int_equal(spooled(bed), 1);
	arena_free(arena); /* abandons it */
	assert_int_equal(spooled(bed), 0);
}

/* Each write and sync made to fail in turn: an error, nothing seen, nothing left; then all goes well. */
static void test_faults(void **state)
{
	BED;
	struct blob_info info;
	struct digest digest = hash_sha256("fault", 5);
	unsigned n = 1;
	for (;; n++) {
		enum err_code code = n % 2 == 0 ? ERR_FULL : ERR_IO;
		blob_fail_after(bed->store, n, code);
		int rc = blob_put(bed->store, "fault", 5, &info, &bed->err);
		if (rc == 0)
			break;
		assert_int_equal(rc, -(int)code);
		assert_int_equal(spooled(bed), 0);
		/* After the rename the content is whole, though nobody was told. */
		int seen = blob_check(bed->store, &digest, NULL, &bed->err);
		assert_true(seen == 0 || seen == -(int)ERR_NOT_FOUND);
	}
	assert_int_equal(n, 6); /* write, fsync, three directories */
	blob_fail_after(bed->store, 0, ERR_NONE);
	assert_int_equal(blob_check(bed->store, &digest, NULL, &bed->err), 0);
}

static void test_damage(void **state)
{
	BED;
	struct blob_info info;
	void *out;
	size_t len;
	assert_int_equal(blob_put(bed->store, "original", 8, &info, &bed->err), 0);
	char *path = path_of(bed, &info.sha256);
	assert_int_equal(chmod(path, 0600), 0);
	int fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "O", 1, 0), 1);
	(void)close(fd);
	FAILS(bed, ERR_CORRUPT, blob_get(bed->store, &info.sha256, 100, bed->arena, &out, &len, &bed->err));
	FAILS(bed, ERR_CORRUPT, blob_check(bed->store, &info.sha256, &info.sm3, &bed->err));
	/* Writing the content again mends it. */
	assert_int_equal(blob_put(bed->store, "original", 8, &info, &bed->err), 0);
	assert_int_equal(blob_check(bed->store, &info.sha256, &info.sm3, &bed->err), 0);
	assert_int_equal(unlink(path), 0);
	FAILS(bed, ERR_NOT_FOUND, blob_get(bed->store, &info.sha256, 100, bed->arena, &out, &len, &bed->err));
}

struct tally {
	size_t count, stop_at;
	int64_t bytes;
	struct digest last;
};

static int on_blob(void *context, const struct digest *sha256, int64_t size, struct err *err)
{
	struct tally *tally = context;
	if (tally->count > 0)
		assert_true(memcmp(tally->last.bytes, sha256->bytes, HASH_LEN) < 0);
	tally->last = *sha256;
	tally->count++;
	tally->bytes += size;
	return tally->count == tally->stop_at ? ERR(err, ERR_DENIED, "够了") : 0;
}

static void test_each(void **state)
{
	BED;
	struct blob_info info;
	for (int i = 0; i < 20; i++) {
		const char *text = arena_printf(bed->arena, "blob %02d", i);
		assert_int_equal(blob_put(bed->store, text, strlen(text), &info, &bed->err), 0);
	}
	int fd = open(arena_printf(bed->arena, "%s/README", bed->dir), O_WRONLY | O_CREAT, 0600);
	(void)close(fd);
	struct tally tally = {0};
	assert_int_equal(blob_each(bed->store, on_blob, &tally, &bed->err), 0);
	assert_int_equal(tally.count, 20);
	assert_int_equal(tally.bytes, 20 * 7);
	tally = (struct tally){.stop_at = 5};
	FAILS(bed, ERR_DENIED, blob_each(bed->store, on_blob, &tally, &bed->err));
	assert_int_equal(tally.count, 5);
}

static void test_stale_spool(void **state)
{
	BED;
	const char *stale = arena_printf(bed->arena, "%s/spool/stale", bed->dir);
	const char *fresh = arena_printf(bed->arena, "%s/spool/fresh", bed->dir);
	(void)close(open(stale, O_WRONLY | O_CREAT, 0600));
	(void)close(open(fresh, O_WRONLY | O_CREAT, 0600));
	struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	assert_int_equal(utimensat(AT_FDCWD, stale, old, 0), 0);
	struct blob_store *again;
	assert_int_equal(blob_open_files(bed->dir, bed->arena, &again, &bed->err), 0);
	assert_int_equal(access(stale, F_OK), -1);
	assert_int_equal(access(fresh, F_OK), 0);
}

static void age(struct bed *bed, const struct digest *digest, time_t seconds)
{
	struct timespec then[2] = {{.tv_sec = time(NULL) - seconds}, {.tv_sec = time(NULL) - seconds}};
	assert_int_equal(utimensat(AT_FDCWD, path_of(bed, digest), then, 0), 0);
}

static bool removed(struct bed *bed, const struct digest *digest, bool look)
{
	bool old;
	assert_int_equal(blob_remove_old(bed->store, digest, 3600, look, &old, &bed->err), 0);
	return old;
}

static void test_remove(void **state)
{
	BED;
	struct blob_info young, old;
	struct digest nowhere = {.bytes = {1}};
	assert_int_equal(blob_put(bed->store, "young", 5, &young, &bed->err), 0);
	assert_int_equal(blob_put(bed->store, "old", 3, &old, &bed->err), 0);
	age(bed, &young.sha256, 3500);
	age(bed, &old.sha256, 3700);
	assert_false(removed(bed, &young.sha256, false));
	assert_false(removed(bed, &nowhere, false));
	assert_true(removed(bed, &old.sha256, true));
	assert_int_equal(blob_check(bed->store, &old.sha256, &old.sm3, &bed->err), 0); /* only looked at */
	/* To put it again makes it young. */
	assert_int_equal(blob_put(bed->store, "old", 3, &old, &bed->err), 0);
	assert_false(removed(bed, &old.sha256, false));
	age(bed, &old.sha256, 3700);
	assert_true(removed(bed, &old.sha256, false));
	FAILS(bed, ERR_NOT_FOUND, blob_check(bed->store, &old.sha256, NULL, &bed->err));
	assert_int_equal(blob_check(bed->store, &young.sha256, &young.sm3, &bed->err), 0);
}

struct putter {
	struct blob_store *store;
	const struct digest *digest;
	atomic_bool stop;
	unsigned lost;
};

/* Puts a content again and again; once put, it must be there for as long as it is young. */
static void *put_on(void *arg)
{
	struct putter *putter = arg;
	struct arena *arena = arena_new();
	struct err err;
	err_init(&err, arena);
	for (unsigned i = 0; i < 300; i++) {
		struct blob_info info;
		if (blob_put(putter->store, "same", 4, &info, &err) != 0 || blob_check(putter->store, putter->digest, NULL, &err) != 0)
			putter->lost++;
	}
	atomic_store(&putter->stop, true);
	arena_free(arena);
	return NULL;
}

static void test_remove_while_put(void **state)
{
	BED;
	struct blob_info info;
	assert_int_equal(blob_put(bed->store, "same", 4, &info, &bed->err), 0);
	struct putter putter = {.store = bed->store, .digest = &info.sha256};
	const char *path = path_of(bed, &info.sha256);
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, put_on, &putter), 0);
	while (!atomic_load(&putter.stop)) {
		bool old;
		assert_int_equal(blob_remove_old(bed->store, &info.sha256, 3600, false, &old, &bed->err), 0);
		assert_false(old); /* it was always put just now */
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(putter.lost, 0);
	assert_int_equal(access(path, F_OK), 0);
}

static void test_no_place(void **state)
{
	BED;
	struct blob_store *store;
	FAILS(bed, ERR_IO, blob_open_files("/nowhere/at/all", bed->arena, &store, &bed->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_put_get, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_empty, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_pieces_and_limit, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_faults, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_damage, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_each, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_stale_spool, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_remove, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_remove_while_put, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_no_place, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("blob", tests, NULL, NULL);
}
