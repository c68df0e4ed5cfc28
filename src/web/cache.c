#include "web/cache.h"

#include <pthread.h>

#include "base/err.h"

struct cache {
	pthread_mutex_t lock;
	struct cached **slots; /* one place for each hash: a collision replaces */
	size_t nslots, bytes, bytes_max;
};

static void drop(struct cached *cached)
{
	if (--cached->refs > 0)
		return;
	cached->release(cached);
	free(cached->key);
	free(cached->etag_copy);
	free(cached);
}

/* Takes a slot's answer out. The lock is held. */
static void empty_slot(struct cache *cache, size_t slot)
{
	struct cached *old = cache->slots[slot];
	if (old == NULL)
		return;
	cache->slots[slot] = NULL;
	cache->bytes -= old->bytes;
	drop(old);
}

static void destroy(void *arg)
{
	struct cache *cache = arg;
	for (size_t i = 0; i < cache->nslots; i++)
		empty_slot(cache, i);
	(void)pthread_mutex_destroy(&cache->lock);
}

struct cache *cache_new(struct arena *arena, size_t entries_max, size_t bytes_max)
{
	struct cache *cache = ARENA_NEW(arena, struct cache);
	cache->nslots = entries_max;
	cache->slots = ARENA_ARRAY(arena, entries_max, struct cached *);
	cache->bytes_max = bytes_max;
	BUG_ON(pthread_mutex_init(&cache->lock, NULL) != 0);
	arena_on_free(arena, destroy, cache);
	return cache;
}

static size_t slot_of(const struct cache *cache, const char *key)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * UINT64_C(1099511628211);
	return (size_t)(hash % cache->nslots);
}

struct cached *cache_get(struct cache *cache, const char *key, int64_t version, instant_t now)
{
	size_t slot = slot_of(cache, key);
	(void)pthread_mutex_lock(&cache->lock);
	struct cached *found = cache->slots[slot];
	if (found != NULL && strcmp(found->key, key) != 0) {
		found = NULL;
	} else if (found != NULL && (found->version != version || now >= found->until)) {
		empty_slot(cache, slot);
		found = NULL;
	}
	if (found != NULL)
		found->refs++;
	(void)pthread_mutex_unlock(&cache->lock);
	return found;
}

void cache_give_back(struct cache *cache, struct cached *cached)
{
	(void)pthread_mutex_lock(&cache->lock);
	drop(cached);
	(void)pthread_mutex_unlock(&cache->lock);
}

struct cached *cache_put(struct cache *cache, const char *key, const struct cached *answer, size_t bytes,
			 int64_t version, instant_t until)
{
	/* Not in an arena: each answer has a life of its own. */
	struct cached *cached = malloc(sizeof(*cached));
	BUG_ON(cached == NULL);
	*cached = *answer;
	cached->key = strdup(key);
	cached->etag_copy = answer->etag == NULL ? NULL : strdup(answer->etag);
	BUG_ON(cached->key == NULL || (answer->etag != NULL && cached->etag_copy == NULL));
	cached->etag = cached->etag_copy;
	cached->bytes = bytes;
	cached->version = version;
	cached->until = until;
	cached->refs = 1; /* the caller's */
	size_t slot = slot_of(cache, key);
	(void)pthread_mutex_lock(&cache->lock);
	empty_slot(cache, slot);
	if (cache->bytes + bytes <= cache->bytes_max) {
		cache->slots[slot] = cached;
		cache->bytes += bytes;
		cached->refs++;
	}
	(void)pthread_mutex_unlock(&cache->lock);
	return cached;
}
