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

static const json_t *numbered(int64_t number)
{
	json_t *state = json_tie(arena, json_object());
	json_put_int(state, "n", number);
	return state;
}

static void only_its_head(void **state UNUSED)
{
	state_cache_put(cache, 7, 3, numbered(3), 10);
	assert_int_equal(json_int(state_cache_get(cache, 7, 3, arena), "n", 0), 3);
	assert_null(state_cache_get(cache, 7, 2, arena));
	assert_null(state_cache_get(cache, 7, 4, arena));
	assert_null(state_cache_get(cache, 8, 3, arena));
}

static void the_newest_stays(void **state UNUSED)
{
	state_cache_put(cache, 7, 4, numbered(4), 10);
	state_cache_put(cache, 7, 3, numbered(3), 10); /* from a slower thread */
	assert_int_equal(json_int(state_cache_get(cache, 7, 4, arena), "n", 0), 4);
	assert_null(state_cache_get(cache, 7, 3, arena));
	state_cache_put(cache, 7 + 1024, 1, numbered(1), 10); /* another stream in the same place */
	assert_null(state_cache_get(cache, 7, 4, arena));
	assert_int_equal(json_int(state_cache_get(cache, 7 + 1024, 1, arena), "n", 0), 1);
}

static void bounded(void **state UNUSED)
{
	size_t kept = 0;
	for (int64_t i = 0; i < 1024; i++)
		state_cache_put(cache, i, 1, numbered(i), 60000);
	for (int64_t i = 0; i < 1024; i++)
		kept += state_cache_get(cache, i, 1, arena) != NULL;
	assert_true(kept > 50 && kept <= (4 << 20) / 60000);
	assert_non_null(state_cache_get(cache, 1023, 1, arena));
	state_cache_put(cache, 5000, 1, numbered(1), 1 << 20); /* too large to be kept */
	assert_null(state_cache_get(cache, 5000, 1, arena));
}

static void *many(void *arg)
{
	struct arena *own = arena_new();
	int64_t seed = *(int64_t *)arg;
	for (int64_t i = 0; i < 3000; i++) {
		int64_t stream = (i * 31 + seed) % 40;
		json_t *made = json_tie(own, json_object());
		json_put_int(made, "n", stream * 1000000 + i);
		state_cache_put(cache, stream, i, made, 40000);
		const json_t *found = state_cache_get(cache, (stream + 1) % 40, i - 5, own);
		if (found != NULL && json_int(found, "n", -1) != (stream + 1) % 40 * 1000000 + i - 5)
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
	    cmocka_unit_test_setup_teardown(bounded, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(by_many_threads, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
