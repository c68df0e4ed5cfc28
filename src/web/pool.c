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

struct pool {
	pthread_mutex_t lock;
	struct idle *idle; /* a stack */
	void (*run)(void *job);
	void **jobs; /* a ring */
	size_t cap, first, count;
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

static void *work(void *arg)
{
	struct pool *pool = arg;
	struct idle me;
	BUG_ON(pthread_cond_init(&me.called, NULL) != 0);
	for (;;) {
		(void)pthread_mutex_lock(&pool->lock);
		while (pool->count == 0 && !pool->stopping)
			wait_for_call(pool, &me);
		if (pool->count == 0) {
			(void)pthread_mutex_unlock(&pool->lock);
			(void)pthread_cond_destroy(&me.called);
			json_cache_drop();
			return NULL;
		}
		void *job = pool->jobs[pool->first];
		pool->first = (pool->first + 1) % pool->cap;
		pool->count--;
		(void)pthread_mutex_unlock(&pool->lock);
		pool->run(job);
	}
}

int pool_start(unsigned workers, unsigned queue, void (*run)(void *job), struct arena *arena, struct pool **out,
	       struct err *err)
{
	struct pool *pool = ARENA_NEW(arena, struct pool);
	pool->run = run;
	pool->cap = queue;
	pool->jobs = ARENA_ARRAY(arena, queue, void *);
	pool->threads = ARENA_ARRAY(arena, workers, pthread_t);
	BUG_ON(workers == 0 || queue == 0);
	BUG_ON(pthread_mutex_init(&pool->lock, NULL) != 0);
	for (; pool->nthreads < workers; pool->nthreads++) {
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

bool pool_submit(struct pool *pool, void *job)
{
	(void)pthread_mutex_lock(&pool->lock);
	bool room = pool->count < pool->cap && !pool->stopping;
	if (room) {
		pool->jobs[(pool->first + pool->count) % pool->cap] = job;
		pool->count++;
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
