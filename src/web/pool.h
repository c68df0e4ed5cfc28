/* A bounded pool of worker threads with a bounded queue. */
#ifndef SANZHI_WEB_POOL_H
#define SANZHI_WEB_POOL_H

#include <stdbool.h>

#include "base/err.h"

struct pool;

/* `run` is called on a worker with what was submitted. ERR_INTERNAL where threads cannot be had. */
int pool_start(unsigned workers, unsigned queue, void (*run)(void *job), struct arena *arena, struct pool **out,
	       struct err *err) MUST_USE;
/* False: the queue is full, or the pool is stopping. */
bool pool_submit(struct pool *pool, void *job);
/* Runs what is queued, then ends the threads. Once. */
void pool_stop(struct pool *pool);

#endif
