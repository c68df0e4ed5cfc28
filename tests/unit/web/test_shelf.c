/* The shelf of kept pages: what it gives back, when it lets go, how it stays within its size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "web/shelf.h"

#define SIZE ((size_t)80000)

static struct shelf *shelf_of(void **state)
{
	struct arena *arena = arena_new();
	*state = arena;
	return shelf_new(arena, SIZE);
}

static void put(struct shelf *shelf, const char *key, const char *stamp, const void *body, size_t len)
{
	struct shelved page = {.type = "text/html", .body = body, .len = len};
	shelf_put(shelf, key, stamp, 100, 200, &page);
}

static bool there(struct shelf *shelf, const char *key, const char *stamp, instant_t now, const char *body)
{
	struct arena *arena = arena_new();
	const struct shelved *page = shelf_get(shelf, key, stamp, now, arena);
	bool found = page != NULL;
	if (found)
		assert_true(page->len == strlen(body) && memcmp(page->body, body, page->len) == 0 && strcmp(page->type, "text/html") == 0);
	arena_free(arena);
	return found;
}

static void test_stamp_and_time(void **state)
{
	struct shelf *shelf = shelf_of(state);
	put(shelf, "a", "1", "one", 3);
	put(shelf, "b", "1", "two", 3);
	assert_true(there(shelf, "a", "1", 100, "one") && there(shelf, "b", "1", 199, "two"));
	assert_false(there(shelf, "c", "1", 150, ""));
	put(shelf, "a", "2", "three", 5);
	assert_true(there(shelf, "a", "2", 150, "three"));
	assert_false(there(shelf, "a", "1", 150, "")); /* and it is gone: no page has two states */
	assert_false(there(shelf, "a", "2", 150, ""));
	assert_false(there(shelf, "b", "1", 200, ""));
	put(shelf, "b", "1", "two", 3);
	assert_false(there(shelf, "b", "1", 99, ""));
	arena_free(*state);
}

/* Whoever holds a page keeps it, whatever happens on the shelf. */
static void test_hold(void **state)
{
	struct shelf *shelf = shelf_of(state);
	struct arena *first = arena_new(), *second = arena_new();
	put(shelf, "a", "1", "one", 3);
	const struct shelved *page = shelf_get(shelf, "a", "1", 100, first);
	assert_non_null(page);
	put(shelf, "a", "2", "two", 3);
	shelf_hold(shelf, page, second);
	arena_free(first);
	assert_memory_equal(page->body, "one", 3);
	arena_free(second);
	assert_true(there(shelf, "a", "2", 100, "two"));
	arena_free(*state);
}

static void test_bounded(void **state)
{
	static char large[SIZE / 8 + 1], body[SIZE / 10];
	struct shelf *shelf = shelf_of(state);
	memset(body, 'x', sizeof(body) - 1);
	memset(large, 'y', sizeof(large));
	for (char key[] = "a"; key[0] <= 'h'; key[0]++) {
		put(shelf, key, "1", body, sizeof(body) - 1);
		assert_true(there(shelf, "a", "1", 100, body)); /* asked for again and again: never the oldest */
	}
	put(shelf, "i", "1", body, sizeof(body) - 1);
	put(shelf, "j", "1", body, sizeof(body) - 1);
	assert_true(there(shelf, "a", "1", 100, body) && there(shelf, "j", "1", 100, body));
	assert_false(there(shelf, "b", "1", 100, body));
	put(shelf, "large", "1", large, sizeof(large));
	assert_false(there(shelf, "large", "1", 100, ""));
	assert_true(there(shelf, "j", "1", 100, body));
	arena_free(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_stamp_and_time),
	    cmocka_unit_test(test_hold),
	    cmocka_unit_test(test_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
