/* Searching text: one statement in two variants, and the index that is merged. Run by test_db.c, on both engines. */
#include "bed.h"

#define BED struct bed *bed = *state

void test_variants(void **state)
{
	BED;
	struct db_conn *conn = acquire(bed, DB_WRITE);
	OK(bed, DB_RUN(conn, T(TEXT_ADD), NULL, &bed->err, DB_INT(1), DB_TEXT("景洪市曼弄枫路无证经营")));
	OK(bed, DB_RUN(conn, T(TEXT_ADD), NULL, &bed->err, DB_INT(2), DB_TEXT("勐海县")));
	struct db_result r;
	OK(bed, DB_ROWS(conn, T(TEXT_FIND), 9, bed->arena, &r, &bed->err, DB_TEXT("\"曼弄枫\"")));
	assert_int_equal(r.rows, 1);
	assert_int_equal(db_int(&r, 0, 0), 1);
	db_release(conn);
	OK(bed, db_prepare_all(bed->db, &bed->err));
}

static bool at_once(void *context)
{
	++*(int *)context;
	return true;
}

static int64_t text_blocks(struct bed *bed)
{
	struct db_conn *conn = acquire(bed, DB_READ);
	struct db_result r;
	OK(bed, db_rows(conn, T(TEXT_BLOCKS), NULL, 0, 1, bed->arena, &r, &bed->err));
	db_release(conn);
	return db_int(&r, 0, 0);
}

/* The search's index, grown piece by piece, is merged, finds what it found, and is left alone where nothing is to be merged. */
void test_tidy(void **state)
{
	BED;
	struct db_conn *conn;
	struct db_result found[2];
	for (int i = 0; i < 60; i++) {
		conn = acquire(bed, DB_WRITE);
		OK(bed, DB_RUN(conn, T(TEXT_ADD), NULL, &bed->err, DB_INT(i), DB_TEXT(arena_printf(bed->arena, "曼弄枫路 %d 号", i % 7))));
		db_release(conn);
	}
	int asked = 0;
	int64_t before = text_blocks(bed);
	OK(bed, db_tidy(bed->db, at_once, &asked, &bed->err));
	assert_int_equal(text_blocks(bed), before); /* halted at once */
	for (int i = 0; i < 2; i++) {
		conn = acquire(bed, DB_READ);
		OK(bed, DB_ROWS(conn, T(TEXT_FIND), 99, bed->arena, &found[i], &bed->err, DB_TEXT("\"路 3 号\"")));
		db_release(conn);
		OK(bed, db_tidy(bed->db, NULL, NULL, &bed->err));
	}
	assert_int_equal(found[0].rows, 9);
	assert_int_equal(found[1].rows, 9);
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(db_int(&found[0], i, 0), db_int(&found[1], i, 0));
	if (bed->engine == DB_SQLITE) {
		assert_int_equal(asked, 1);
		assert_true(text_blocks(bed) < before);
	}
	int64_t after = text_blocks(bed);
	OK(bed, db_tidy(bed->db, NULL, NULL, &bed->err));
	assert_int_equal(text_blocks(bed), after);
}
