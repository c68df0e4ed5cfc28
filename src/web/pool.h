/*
 * A bounded pool of worker threads with a bounded queue. Jobs run in the order they came, but for looks: only so many of them run at once, since they are made of
 * computing, and more of them than the processor has cores for are all slower and hold more memory. Acts wait for the disk most of the time, and wait together.
 */
#ifndef SANZHI_WEB_POOL_H
#define SANZHI_WEB_POOL_H

#include <stdbool.h>

#include "base/err.h"

struct pool;

enum pool_lane { POOL_ACT, POOL_LOOK, POOL_LANES };

struct pool_options {
	unsigned workers; /* threads */
	unsigned looks;   /* jobs of POOL_LOOK that run at once */
	unsigned queue;   /* jobs that wait, of both sorts together */
};

/* `run` is called on a worker with what was submitted. ERR_INTERNAL where threads cannot be had. */
int pool_start(const struct pool_options *options, void (*run)(void *job), struct arena *arena, struct pool **out,
	       struct err *err) MUST_USE;
/* False: the queue is full, or the pool is stopping. */
bool pool_submit(struct pool *pool, enum pool_lane lane, void *job);
/* Runs what is queued, then ends the threads. Once. */
void pool_stop(struct pool *pool);

#endif
