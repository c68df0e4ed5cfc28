/* The log as strangers see it: tiles, entry bundles, checkpoints, consistency. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/text.h"
#include "bed.h"
#include "journal/merkle.h"

static const char *const two[] = {"k1", "k2"};

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

static void tile_paths(struct bed *bed)
{
	static const struct {
		const char *path;
		size_t len; /* 0: not served */
	} tiles[] = {
	    {"tile/0/000", 8192},
	    {"tile/0/001", 8192},
	    {"tile/0/002.p/3", 96},
	    {"tile/0/002.p/2", 64},
	    {"tile/0/000.p/255", 8160},
	    {"tile/1/000.p/2", 64},
	    {"tile/1/000.p/1", 32},
	    {"tile/entries/001", 256 * 34},
	    {"tile/entries/002.p/3", 3 * 34},
	    {"tile/0/002", 0},
	    {"tile/0/002.p/4", 0},
	    {"tile/0/003.p/1", 0},
	    {"tile/1/000", 0},
	    {"tile/1/000.p/3", 0},
	    {"tile/2/000.p/1", 0},
	    {"tile/0/002.p/0", 0},
	    {"tile/0/002.p/03", 0},
	    {"tile/0/000.p/256", 0},
	    {"tile/00/000", 0},
	    {"tile/0/0", 0},
	    {"tile/0/x000/000", 0},
	    {"tile/0/000/", 0},
	    {"tile/0/x001/000", 0},
	    {"tile/64/000", 0},
	    {"tile/-1/000", 0},
	    {"tile/0/00a", 0},
	    {"tile/0", 0},
	    {"tile/0/000.p/", 0},
	    {"tile/0/000.p/1x", 0},
	    {"tiles/0/000", 0},
	    {"", 0},
	    {"tile/0/x999/x999/x999/x999/x999/999", 0},
	    {"tile/7/000.p/1", 0},
	};
	for (size_t i = 0; i < sizeof(tiles) / sizeof(tiles[0]); i++) {
		void *data;
		size_t len = 0;
		int status = journal_tile(bed->journal, tiles[i].path, bed->arena, &data, &len, &bed->err);
		if (status != (tiles[i].len == 0 ? -ERR_NOT_FOUND : 0) || (status == 0 && len != tiles[i].len))
			fail_msg("%s: %d, %zu bytes", tiles[i].path, status, len);
	}
}

static void tiles_to_root(struct bed *bed)
{
	/* A stranger who has the tiles only: entries hash to level 0, level 0 to level 1, all of it to the checkpoint's
	 * root. */
	uint8_t *entries, *leaves, *upper;
	size_t len;
	struct merkle_frontier all = {0};
	for (int tile = 0; tile < 3; tile++) {
		char *suffix = arena_printf(bed->arena, tile < 2 ? "%03d" : "%03d.p/3", tile);
		struct merkle_frontier frontier = {0};
		assert_int_equal(journal_tile(bed->journal, arena_printf(bed->arena, "tile/entries/%s", suffix),
					      bed->arena, (void **)&entries, &len, &bed->err),
				 0);
		assert_int_equal(journal_tile(bed->journal, arena_printf(bed->arena, "tile/0/%s", suffix), bed->arena,
					      (void **)&leaves, &len, &bed->err),
				 0);
		for (size_t i = 0; i < len / HASH_LEN; i++) {
			assert_int_equal(entries[i * 34] << 8 | entries[i * 34 + 1], HASH_LEN);
			struct digest hash = merkle_leaf(entries + i * 34 + 2, HASH_LEN);
			assert_memory_equal(hash.bytes, leaves + i * HASH_LEN, HASH_LEN);
			merkle_add(&frontier, &hash);
			merkle_add(&all, &hash);
		}
		if (tile < 2) {
			struct digest root = merkle_root(&frontier);
			assert_int_equal(
			    journal_tile(bed->journal, "tile/1/000.p/2", bed->arena, (void **)&upper, &len, &bed->err),
			    0);
			assert_memory_equal(root.bytes, upper + tile * HASH_LEN, HASH_LEN);
		}
	}
	char *note;
	struct checkpoint opened;
	assert_int_equal(journal_checkpoint(bed->journal, bed->arena, &note, &bed->err), 0);
	assert_int_equal(checkpoint_open(note, strlen(note), keyring_verifiers(bed->keys, bed->arena), bed->arena,
					 &opened, &bed->err),
			 0);
	struct digest root = merkle_root(&all);
	assert_int_equal(opened.size, 515);
	assert_memory_equal(root.bytes, opened.root.bytes, HASH_LEN);
}

static void consistency_over_tiles(struct bed *bed)
{
	uint8_t *leaves = NULL;
	size_t len;
	/* Consistency between any two sizes, over the edges of tiles. */
	static const int64_t sizes[] = {1, 3, 255, 256, 257, 300, 512, 513, 515};
	struct merkle_frontier then;
	for (size_t a = 0; a < 9; a++)
		for (size_t b = a; b < 9; b++) {
			struct digest *path, roots[2];
			for (int k = 0; k < 2; k++) {
				then = (struct merkle_frontier){0};
				for (int64_t i = 0; i < sizes[k == 0 ? a : b]; i++) {
					struct digest hash;
					char *p = arena_printf(bed->arena, i < 512 ? "tile/0/%03d" : "tile/0/%03d.p/3",
							       (int)(i / 256));
					if (i % 256 == 0)
						assert_int_equal(journal_tile(bed->journal, p, bed->arena,
									      (void **)&leaves, &len, &bed->err),
								 0);
					memcpy(hash.bytes, leaves + i % 256 * HASH_LEN, HASH_LEN);
					merkle_add(&then, &hash);
				}
				roots[k] = merkle_root(&then);
			}
			assert_int_equal(
			    journal_consistency(bed->journal, sizes[a], sizes[b], bed->arena, &path, &len, &bed->err),
			    0);
			assert_true(merkle_verify_consistency(sizes[a], sizes[b], path, len, &roots[0], &roots[1]));
		}
}

static void test_tiles(void **state)
{
	struct bed *bed = *state;
	static const char *const keys[] = {"k1", "k2", "k3"};
	bed_fill(bed, 515, keys, 3);
	bed_close(bed); /* signs the last checkpoint */
	bed_open(bed);
	tile_paths(bed);
	tiles_to_root(bed);
	consistency_over_tiles(bed);
	bed_clean(bed);
}

/* The empty log has a checkpoint too, and every later one extends those before. */
static void test_checkpoints(void **state)
{
	struct bed *bed = *state;
	struct checkpoint opened, before;
	char *note;
	const char *verifiers = keyring_verifiers(bed->keys, bed->arena);
	assert_int_equal(journal_checkpoint(bed->journal, bed->arena, &note, &bed->err), 0);
	assert_int_equal(checkpoint_open(note, strlen(note), verifiers, bed->arena, &before, &bed->err), 0);
	assert_int_equal(before.size, 0);
	for (int i = 0; i < 10; i++) {
		bed_fill(bed, 7, two, 2);
		bed_pause(i % 2 == 0 ? 250 : 1);
		assert_int_equal(journal_checkpoint(bed->journal, bed->arena, &note, &bed->err), 0);
		assert_int_equal(checkpoint_open(note, strlen(note), verifiers, bed->arena, &opened, &bed->err), 0);
		assert_true(opened.size >= before.size && opened.size <= (i + 1) * 7);
		if (before.size > 0) {
			struct digest *path;
			size_t count;
			assert_int_equal(journal_consistency(bed->journal, before.size, opened.size, bed->arena, &path,
							     &count, &bed->err),
					 0);
			assert_true(merkle_verify_consistency(before.size, opened.size, path, count, &before.root,
							      &opened.root));
		}
		before = opened;
	}
	bed_close(bed);
	bed_open(bed);
	struct journal_check check;
	assert_int_equal(json_array_size(bed_verify(bed, &check)), 0);
	assert_int_equal(check.entries, 70);
	assert_int_equal(check.leaves, 70);
	assert_true(check.checkpoints >= 5);
}

/* The pause between checkpoints runs from opening where nothing waits for one; what the last run left unsigned is signed
 * at once. */
static void test_pause(void **state)
{
	struct bed *bed = *state;
	struct journal_check check;
	bed_close(bed); /* the empty log's checkpoint */
	bed->options.checkpoint_ms = 60 * 1000;
	bed_open(bed);
	bed_fill(bed, 2, two, 2);
	bed_pause(500); /* more than the sequencer's own rounds */
	bed_fill(bed, 1, two, 2);
	assert_int_equal(json_array_size(bed_verify(bed, &check)), 0);
	assert_int_equal(check.checkpoints, 1);
	bed_close(bed);
	bed->options.keys = NULL;
	bed_open(bed);
	bed_fill(bed, 2, two, 2);
	bed_close(bed);
	bed->options.keys = bed->keys;
	bed_open(bed);
	bed_pause(500);
	assert_int_equal(json_array_size(bed_verify(bed, &check)), 0);
	assert_int_equal(check.checkpoints, 3);
}

/* Without keys the journal works, and signs nothing. */
static void test_no_keys(void **state)
{
	struct bed *bed = *state;
	char *note;
	bed_close(bed);
	bed->options.keys = NULL;
	bed_open(bed);
	bed_fill(bed, 3, two, 2);
	bed_clean(bed);
	bed_close(bed);
	bed->options.keys = bed->keys;
	bed_open(bed);
	assert_int_equal(journal_checkpoint(bed->journal, bed->arena, &note, &bed->err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_tiles, open_sqlite, close_bed),
	    cmocka_unit_test_setup_teardown(test_checkpoints, open_sqlite, close_bed),
	    cmocka_unit_test_setup_teardown(test_pause, open_sqlite, close_bed),
	    cmocka_unit_test_setup_teardown(test_no_keys, open_sqlite, close_bed),
	};
	return cmocka_run_group_tests_name("the log", tests, NULL, NULL);
}
