/*
 * The newest states of streams that were acted on, kept as they were read or made, so that the next act on one need not read its text again. A state belongs to a stream
 * and a head for ever: what is kept can be old, never wrong. Kept states are shared between threads and changed by nobody.
 */
#ifndef SANZHI_WORK_STATE_CACHE_H
#define SANZHI_WORK_STATE_CACHE_H

#include "work/state.h"

struct state_cache;

#define STATE_NEWEST (-1) /* in place of a head: whichever is kept */

/* An empty cache, gone with the arena. */
struct state_cache *state_cache_new(struct arena *arena);

/* The state of a stream at a head, everything tied to the arena; false where it is not kept. */
bool state_cache_get(struct state_cache *cache, const char *type, const char *key, int64_t head, struct arena *arena, struct stream_state *out);

/* Keeps a state, which nobody may change from now on; `size` is that of its text in bytes. */
void state_cache_put(struct state_cache *cache, const char *type, const char *key, const struct stream_state *state, size_t size);

#endif
