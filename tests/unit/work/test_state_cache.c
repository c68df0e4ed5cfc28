/* Kept states: given for the very head only, the newest wins, and their sum stays bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>

#include "work/state_cache.h"

static struct arena *arena;
static struct state_cache *cache;

static int set_up(void **state UNUSED)
{
	arena = arena_new();
	cache = state_cache_new(arena);
	return 0;
}

static int tear_down(void **state UNUSED)
{
	arena_free(arena);
	return 0;
}

/* Streams are named by a number here. */
static void put(struct arena *own, int64_t stream, int64_t head, int64_t number, size_t size)
{
	json_t *state = json_tie(own, json_object());
	json_put_int(state, "n", number);
	struct stream_state kept = {.stream = stream, .head = head, .agency = "11532801MB1B17651K", .state = state};
	state_cache_put(cache, "case", arena_printf(own, "%lld", (long long)stream), &kept, size);
}

/* The number in what is kept; -1: nothing is. */
static int64_t get(struct arena *own, int64_t stream, int64_t head)
{
	struct stream_state found;
	if (!state_cache_get(cache, "case", arena_printf(own, "%lld", (long long)stream), head, own, &found))
		return -1;
	assert_int_equal(found.stream, stream);
	assert_string_equal(found.agency, "11532801MB1B17651K");
	if (head != STATE_NEWEST)
		assert_int_equal(found.head, head);
	return json_int(found.state, "n", -2);
}

static void only_its_head(void **state UNUSED)
{
	struct stream_state found;
	put(arena, 7, 3, 33, 10);
	assert_int_equal(get(arena, 7, 3), 33);
	assert_int_equal(get(arena, 7, STATE_NEWEST), 33);
	assert_int_equal(get(arena, 7, 2), -1);
	assert_int_equal(get(arena, 7, 4), -1);
	assert_int_equal(get(arena, 8, STATE_NEWEST), -1);
	assert_false(state_cache_get(cache, "officer", "7", STATE_NEWEST, arena, &found));
}

static void the_newest_stays(void **state UNUSED)
{
	put(arena, 7, 4, 44, 10);
	put(arena, 7, 3, 33, 10); /* from a slower thread */
	assert_int_equal(get(arena, 7, 4), 44);
	assert_int_equal(get(arena, 7, 3), -1);
	assert_int_equal(get(arena, 7, STATE_NEWEST), 44);
}

static void few_get_in_each_others_way(void **state UNUSED)
{
	size_t kept = 0;
	for (int64_t i = 0; i < 300; i++)
		put(arena, 1000 + 7 * i, 1, i, 100);
	for (int64_t i = 0; i < 300; i++)
		kept += get(arena, 1000 + 7 * i, 1) == i;
	assert_true(kept >= 295);
}

static void bounded(void **state UNUSED)
{
	size_t kept = 0;
	for (int64_t i = 0; i < 1024; i++)
		put(arena, i, 1, i, 60000);
	for (int64_t i = 0; i < 1024; i++)
		kept += get(arena, i, 1) == i;
	assert_true(kept > 50 && kept <= (4 << 20) / 60000);
	assert_int_equal(get(arena, 1023, 1), 1023);
	put(arena, 5000, 1, 1, 1 << 20); /* too large to be kept */
	assert_int_equal(get(arena, 5000, 1), -1);
	char *name = arena_alloc(arena, 200);
	memset(name, 'x', 199);
	name[199] = '\0';
	struct stream_state found, one = {.stream = 1, .head = 1, .agency = "", .state = json_tie(arena, json_object())};
	state_cache_put(cache, "case", name, &one, 10); /* nor is one of such a name */
	assert_false(state_cache_get(cache, "case", name, 1, arena, &found));
}

static void *many(void *arg)
{
	struct arena *own = arena_new();
	int64_t seed = *(int64_t *)arg;
	for (int64_t i = 10; i < 3000; i++) {
		int64_t stream = (i * 31 + seed) % 40;
		put(own, stream, i, stream * 1000000 + i, 40000);
		int64_t found = get(own, (stream + 1) % 40, i - 5);
		if (found != -1 && found != (stream + 1) % 40 * 1000000 + i - 5)
			*(int64_t *)arg = -1;
	}
	arena_free(own);
	return NULL;
}

static void by_many_threads(void **state UNUSED)
{
	pthread_t threads[4];
	int64_t seeds[4] = {1, 2, 3, 4};
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, many, &seeds[i]), 0);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_true(seeds[i] > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(only_its_head, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_newest_stays, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(few_get_in_each_others_way, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(bounded, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(by_many_threads, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
