/*
 * Small blocks for jansson, kept by the thread that frees them. A page is a few thousand values that come and go together; the C library's own
 * caches hold a handful of each size, and what goes beyond them costs more than everything else in such a request. The lists below are the only
 * state of this program that belongs to no object: an allocator has nowhere to hang it.
 */
#include <stdbool.h>

#include "base/json.h"

#define CLASS_BYTES ((size_t)16)
#define CLASSES ((size_t)66) /* blocks of 16 to 1056 bytes, the mark included: the tables of objects with up to 64 members too */
#define CACHE_BYTES ((size_t)4 << 20)

/* What stands before each block. Eight bytes keep what follows fit for pointers and numbers, which is all that jansson puts there. */
struct mark {
	size_t class; /* CLASSES: not ours to keep */
};

struct block {
	struct mark mark;
	struct block *next;
};

struct cache {
	struct block *free[CLASSES];
	size_t bytes;
};

static _Thread_local struct cache cache;

static void *take(size_t size)
{
	size_t class = (size + sizeof(struct mark) - 1) / CLASS_BYTES;
	struct block *block;
	if (size > CLASSES * CLASS_BYTES - sizeof(struct mark)) {
		block = size > SIZE_MAX - sizeof(struct mark) ? NULL : malloc(size + sizeof(struct mark));
		class = CLASSES;
	} else if (cache.free[class] != NULL) {
		block = cache.free[class];
		cache.free[class] = block->next;
		cache.bytes -= (class + 1) * CLASS_BYTES;
	} else {
		block = malloc((class + 1) * CLASS_BYTES);
	}
	if (block == NULL)
		return NULL;
	block->mark.class = class;
	return &block->next;
}

static void give_back(void *memory)
{
	if (memory == NULL)
		return;
	struct block *block = (struct block *)(void *)((char *)memory - sizeof(struct mark));
	size_t class = block->mark.class;
	if (class == CLASSES || cache.bytes >= CACHE_BYTES) {
		free(block);
		return;
	}
	block->next = cache.free[class];
	cache.free[class] = block;
	cache.bytes += (class + 1) * CLASS_BYTES;
}

void json_cache_use(void)
{
#ifndef ARENA_DEBUG /* sanitizers want to see every block */
	json_set_alloc_funcs(take, give_back);
#else
	(void)take;
	(void)give_back;
#endif
}

void json_cache_drop(void)
{
	for (size_t i = 0; i < CLASSES; i++) {
		while (cache.free[i] != NULL) {
			struct block *block = cache.free[i];
			cache.free[i] = block->next;
			free(block);
		}
	}
	cache.bytes = 0;
}

void json_free_text(char *text)
{
	json_free_t release;
	json_get_alloc_funcs(NULL, &release);
	release(text);
}
