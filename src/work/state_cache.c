#include "work/state_cache.h"

#include <pthread.h>

#define SLOTS 1024
#define SIZE_MOST ((size_t)4 << 20) /* of texts; as values they take some eight times as much */
#define ONE_MOST ((size_t)64 << 10)

struct slot {
	int64_t stream, head;
	json_t *state; /* NULL: empty */
	size_t size;
};

struct state_cache {
	pthread_mutex_t mutex;
	struct slot slots[SLOTS]; /* a stream has one place only */
	size_t size, hand;
};

static json_t *take_out(struct state_cache *cache, struct slot *slot)
{
	json_t *state = slot->state;
	cache->size -= slot->size;
	*slot = (struct slot){0};
	return state;
}

static void drop(void *value)
{
	struct state_cache *cache = value;
	for (size_t i = 0; i < SLOTS; i++)
		json_decref(take_out(cache, &cache->slots[i]));
	(void)pthread_mutex_destroy(&cache->mutex);
}

struct state_cache *state_cache_new(struct arena *arena)
{
	struct state_cache *cache = ARENA_NEW(arena, struct state_cache);
	*cache = (struct state_cache){0};
	(void)pthread_mutex_init(&cache->mutex, NULL);
	arena_on_free(arena, drop, cache);
	return cache;
}

static struct slot *slot_of(struct state_cache *cache, int64_t stream)
{
	return &cache->slots[(uint64_t)stream % SLOTS];
}

const json_t *state_cache_get(struct state_cache *cache, int64_t stream, int64_t head, struct arena *arena)
{
	json_t *found = NULL;
	(void)pthread_mutex_lock(&cache->mutex);
	const struct slot *slot = slot_of(cache, stream);
	if (slot->state != NULL && slot->stream == stream && slot->head == head)
		found = json_incref(slot->state);
	(void)pthread_mutex_unlock(&cache->mutex);
	return found == NULL ? NULL : json_tie(arena, found);
}

void state_cache_put(struct state_cache *cache, int64_t stream, int64_t head, const json_t *state, size_t size)
{
	if (size > ONE_MOST)
		return;
	json_t *gone[8];
	size_t count = 0;
	(void)pthread_mutex_lock(&cache->mutex);
	struct slot *slot = slot_of(cache, stream);
	bool older = slot->state != NULL && slot->stream == stream && slot->head > head; /* another thread was further already */
	if (!older) {
		if (slot->state != NULL)
			gone[count++] = take_out(cache, slot);
		*slot = (struct slot){.stream = stream, .head = head, .state = json_incref((json_t *)(uintptr_t)state), .size = size};
		cache->size += size;
	}
	/* A few are taken out at a time, whichever the hand points at; values are released outside the lock. */
	for (size_t looked = 0; cache->size > SIZE_MOST && count < 8 && looked < SLOTS; looked++) {
		struct slot *victim = &cache->slots[cache->hand++ % SLOTS];
		if (victim->state != NULL && victim != slot)
			gone[count++] = take_out(cache, victim);
	}
	(void)pthread_mutex_unlock(&cache->mutex);
	for (size_t i = 0; i < count; i++)
		json_decref(gone[i]);
}
