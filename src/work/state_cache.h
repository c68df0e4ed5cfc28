/*
 * The newest states of streams that were acted on, kept as they were read or made, so that the next act on one need not read its text again. A state belongs to a stream
 * and a head for ever, and whoever asks has just read the head: what is kept can be old, never wrong. Kept states are shared between threads and changed by nobody.
 */
#ifndef SANZHI_WORK_STATE_CACHE_H
#define SANZHI_WORK_STATE_CACHE_H

#include "base/json.h"

struct state_cache;

/* An empty cache, gone with the arena. */
struct state_cache *state_cache_new(struct arena *arena);

/* The state of a stream at a head, tied to the arena; NULL where it is not kept. */
const json_t *state_cache_get(struct state_cache *cache, int64_t stream, int64_t head, struct arena *arena);

/* Keeps a state, which nobody may change from now on; `size` is that of its text in bytes. */
void state_cache_put(struct state_cache *cache, int64_t stream, int64_t head, const json_t *state, size_t size);

#endif
