/* The pool: looks run only so many at once, acts pass them by, and what was queued when it stops is run. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#include "web/pool.h"

#define LOOKS 3

struct bed {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	unsigned looking, acting, most_looking, done;
	bool open; /* jobs may end */
};
struct job {
	struct bed *bed;
	enum pool_lane lane;
};

static void run(void *what)
{
	struct job *job = what;
	struct bed *bed = job->bed;
	unsigned *running = job->lane == POOL_LOOK ? &bed->looking : &bed->acting;
	(void)pthread_mutex_lock(&bed->lock);
	(*running)++;
	if (bed->looking > bed->most_looking)
		bed->most_looking = bed->looking;
	(void)pthread_cond_broadcast(&bed->moved);
	while (!bed->open)
		(void)pthread_cond_wait(&bed->moved, &bed->lock);
	(*running)--;
	bed->done++;
	(void)pthread_cond_broadcast(&bed->moved);
	(void)pthread_mutex_unlock(&bed->lock);
}

/* Waits until so many run; false after five seconds. */
static bool come_to(struct bed *bed, unsigned looking, unsigned acting)
{
	struct timespec until;
	int status = 0;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 5;
	(void)pthread_mutex_lock(&bed->lock);
	while (status == 0 && (bed->looking != looking || bed->acting != acting))
		status = pthread_cond_timedwait(&bed->moved, &bed->lock, &until);
	(void)pthread_mutex_unlock(&bed->lock);
	return status == 0;
}

static void test_lanes(void **state)
{
	(void)state;
	struct bed bed = {.lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER};
	struct job looks[12], acts[4];
	struct arena *arena = arena_new();
	struct pool *pool;
	struct err err;
	err_init(&err, arena);
	const struct pool_options options = {.workers = 6, .looks = LOOKS, .queue = 10};
	assert_int_equal(pool_start(&options, run, arena, &pool, &err), 0);
	for (size_t i = 0; i < 8; i++) { /* three run, five wait */
		looks[i] = (struct job){&bed, POOL_LOOK};
		assert_true(pool_submit(pool, POOL_LOOK, &looks[i]));
	}
	assert_true(come_to(&bed, LOOKS, 0));
	for (size_t i = 0; i < 4; i++)
		acts[i] = (struct job){&bed, POOL_ACT};
	for (size_t i = 0; i < 3; i++) /* acts do not wait behind looks */
		assert_true(pool_submit(pool, POOL_ACT, &acts[i]));
	assert_true(come_to(&bed, LOOKS, 3));
	for (size_t i = 8; i < 12; i++) { /* five wait, and now nine */
		looks[i] = (struct job){&bed, POOL_LOOK};
		assert_true(pool_submit(pool, POOL_LOOK, &looks[i]));
	}
	assert_true(pool_submit(pool, POOL_ACT, &acts[3])); /* all workers are busy: the tenth */
	assert_false(pool_submit(pool, POOL_ACT, &acts[0]));
	assert_false(pool_submit(pool, POOL_LOOK, &looks[0]));
	(void)pthread_mutex_lock(&bed.lock);
	bed.open = true;
	(void)pthread_cond_broadcast(&bed.moved);
	(void)pthread_mutex_unlock(&bed.lock);
	pool_stop(pool);
	assert_int_equal(bed.done, 16);
	assert_int_equal(bed.most_looking, LOOKS);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lanes)};
	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
