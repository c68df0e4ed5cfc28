#include "web/pool.h"

#include <pthread.h>
#include <string.h>

#include "base/json.h"

/* A worker that waits. The one that waited least is called first: its memory is still in the processor's caches. */
struct idle {
	pthread_cond_t called;
	bool go;
	struct idle *next;
};

struct waiting {
	void *job;
	uint64_t number; /* in the order they came */
};

struct lane {
	struct waiting *jobs; /* a ring */
	size_t first, count;
	unsigned running, most;
};

struct pool {
	pthread_mutex_t lock;
	struct idle *idle; /* a stack */
	void (*run)(void *job);
	struct lane lanes[POOL_LANES];
	size_t cap, count; /* of all lanes */
	uint64_t number;
	pthread_t *threads;
	unsigned nthreads;
	bool stopping;
};

static void wait_for_call(struct pool *pool, struct idle *me)
{
	me->go = false;
	me->next = pool->idle;
	pool->idle = me;
	while (!me->go)
		(void)pthread_cond_wait(&me->called, &pool->lock);
}

static void call_one(struct pool *pool)
{
	struct idle *one = pool->idle;
	if (one == NULL)
		return; /* all are busy; who is ready first looks at the queue */
	pool->idle = one->next;
	one->go = true;
	(void)pthread_cond_signal(&one->called);
}

/* The lane whose first job came before the others', of those that may run one more. */
static struct lane *next_lane(struct pool *pool)
{
	struct lane *next = NULL;
	for (size_t i = 0; i < POOL_LANES; i++) {
		struct lane *lane = &pool->lanes[i];
		if (lane->count > 0 && lane->running < lane->most &&
		    (next == NULL || lane->jobs[lane->first].number < next->jobs[next->first].number))
			next = lane;
	}
	return next;
}

static void *take(struct pool *pool, struct lane *lane)
{
	void *job = lane->jobs[lane->first].job;
	lane->first = (lane->first + 1) % pool->cap;
	lane->count--;
	pool->count--;
	lane->running++;
	return job;
}

static void *work(void *arg)
{
	struct pool *pool = arg;
	struct idle me;
	struct lane *lane;
	BUG_ON(pthread_cond_init(&me.called, NULL) != 0);
	(void)pthread_mutex_lock(&pool->lock);
	for (;;) {
		while ((lane = next_lane(pool)) == NULL && !pool->stopping)
			wait_for_call(pool, &me);
		if (lane == NULL)
			break; /* what still waits in a full lane is run by those who fill it */
		void *job = take(pool, lane);
		(void)pthread_mutex_unlock(&pool->lock);
		pool->run(job);
		(void)pthread_mutex_lock(&pool->lock);
		lane->running--;
	}
	(void)pthread_mutex_unlock(&pool->lock);
	(void)pthread_cond_destroy(&me.called);
	json_cache_drop();
	return NULL;
}

int pool_start(const struct pool_options *options, void (*run)(void *job), struct arena *arena, struct pool **out,
	       struct err *err)
{
	struct pool *pool = ARENA_NEW(arena, struct pool);
	BUG_ON(options->workers == 0 || options->queue == 0 || options->looks == 0);
	pool->run = run;
	pool->cap = options->queue;
	for (size_t i = 0; i < POOL_LANES; i++)
		pool->lanes[i] = (struct lane){.jobs = ARENA_ARRAY(arena, pool->cap, struct waiting),
					       .most = i == POOL_LOOK ? options->looks : options->workers};
	pool->threads = ARENA_ARRAY(arena, options->workers, pthread_t);
	BUG_ON(pthread_mutex_init(&pool->lock, NULL) != 0);
	for (; pool->nthreads < options->workers; pool->nthreads++) {
		int fault = pthread_create(&pool->threads[pool->nthreads], NULL, work, pool);
		if (fault != 0) {
			pool_stop(pool);
			err_detail(err, "pthread_create: %s", strerror(fault));
			return ERR(err, ERR_INTERNAL, "不能启动工作线程");
		}
	}
	*out = pool;
	return 0;
}

bool pool_submit(struct pool *pool, enum pool_lane which, void *job)
{
	struct lane *lane = &pool->lanes[which];
	(void)pthread_mutex_lock(&pool->lock);
	bool room = pool->count < pool->cap && !pool->stopping;
	if (room) {
		lane->jobs[(lane->first + lane->count) % pool->cap] = (struct waiting){.job = job, .number = pool->number++};
		lane->count++;
		pool->count++;
		if (lane->running < lane->most)
			call_one(pool);
	}
	(void)pthread_mutex_unlock(&pool->lock);
	return room;
}

void pool_stop(struct pool *pool)
{
	(void)pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	while (pool->idle != NULL)
		call_one(pool);
	(void)pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->nthreads; i++)
		(void)pthread_join(pool->threads[i], NULL);
	(void)pthread_mutex_destroy(&pool->lock);
}
