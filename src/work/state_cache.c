#include "work/state_cache.h"

#include <pthread.h>

#include "base/text.h"

#define SLOTS 1024
#define WAYS 4 /* slots that a stream may lie in */
#define SIZE_MOST ((size_t)4 << 20) /* of texts; as values they take some eight times as much */
#define ONE_MOST ((size_t)64 << 10)

#define NAME_MOST 96 /* of a stream, its end included; longer ones are not kept */
#define AGENCY_MOST 32

struct slot {
	char name[NAME_MOST]; /* "type:key" */
	char agency[AGENCY_MOST];
	int64_t stream, head;
	json_t *state; /* NULL: empty */
	size_t size;
	uint64_t used; /* when it was last asked for or put, by the cache's count */
};

struct state_cache {
	pthread_mutex_t mutex;
	struct slot slots[SLOTS];
	size_t size, hand;
	uint64_t uses;
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

static bool name_of(const char *type, const char *key, char out[NAME_MOST])
{
	int len = snprintf(out, NAME_MOST, "%s:%s", type, key);
	return len > 0 && len < NAME_MOST;
}

/* Where a stream lies, or the slot that it would be put into: an empty one, or else the one that was used longest ago. */
static struct slot *slot_of(struct state_cache *cache, const char *name)
{
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
	for (const char *at = name; *at != '\0'; at++)
		hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
	struct slot *set = &cache->slots[hash % (SLOTS / WAYS) * WAYS], *best = set;
	for (struct slot *slot = set; slot < set + WAYS; slot++) {
		if (slot->state != NULL && text_eq(slot->name, name))
			return slot;
		if (slot->used < best->used)
			best = slot;
	}
	return best;
}

bool state_cache_get(struct state_cache *cache, const char *type, const char *key, int64_t head, struct arena *arena, struct stream_state *out)
{
	char name[NAME_MOST], agency[AGENCY_MOST];
	json_t *found = NULL;
	if (!name_of(type, key, name))
		return false;
	(void)pthread_mutex_lock(&cache->mutex);
	struct slot *slot = slot_of(cache, name);
	if (slot->state != NULL && text_eq(slot->name, name) && (head == STATE_NEWEST || slot->head == head)) {
		slot->used = ++cache->uses;
		found = json_incref(slot->state);
		*out = (struct stream_state){.stream = slot->stream, .head = slot->head};
		memcpy(agency, slot->agency, sizeof(agency));
	}
	(void)pthread_mutex_unlock(&cache->mutex);
	if (found == NULL)
		return false;
	out->state = json_tie(arena, found);
	out->agency = arena_strdup(arena, agency);
	return true;
}

void state_cache_put(struct state_cache *cache, const char *type, const char *key, const struct stream_state *state, size_t size)
{
	char name[NAME_MOST];
	if (size > ONE_MOST || strlen(state->agency) >= AGENCY_MOST || !name_of(type, key, name))
		return;
	json_t *gone[8];
	size_t count = 0;
	(void)pthread_mutex_lock(&cache->mutex);
	struct slot *slot = slot_of(cache, name);
	bool older = slot->state != NULL && text_eq(slot->name, name) && slot->head > state->head; /* another thread was further already */
	if (!older) {
		if (slot->state != NULL)
			gone[count++] = take_out(cache, slot);
		*slot = (struct slot){.stream = state->stream, .head = state->head, .state = json_incref((json_t *)(uintptr_t)state->state), .size = size, .used = ++cache->uses};
		memcpy(slot->name, name, sizeof(name));
		memcpy(slot->agency, state->agency, strlen(state->agency) + 1);
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
