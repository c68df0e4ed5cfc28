/*
 * Finished answers, kept for a moment: what a public page answered to one path and query. An answer is dropped when the
 * journal has grown since, or after its time. Shared by threads; an answer in use stays alive until it is given back.
 */
#ifndef SANZHI_WEB_CACHE_H
#define SANZHI_WEB_CACHE_H

#include "base/civil.h"

struct cache;

struct cached {
	void *answer;                           /* the server's own */
	const char *etag;                       /* or NULL */
	void *not_modified;                     /* the server's answer to a right If-None-Match, or NULL */
	void (*release)(struct cached *cached); /* frees what `answer` and `not_modified` are */
	/* kept by the cache */
	char *key;
	char *etag_copy;
	size_t bytes;
	int64_t version;
	instant_t until;
	int refs;
};

struct cache *cache_new(struct arena *arena, size_t entries_max, size_t bytes_max);

/* The answer for a key, if it was made at this version of the journal and its time is not over; give it back. */
struct cached *cache_get(struct cache *cache, const char *key, int64_t version, instant_t now);
void cache_give_back(struct cache *cache, struct cached *cached);

/* Takes an answer in (copies key and etag); the caller gets it back as from cache_get. What does not fit is not kept,
 * but lives until it is given back. */
struct cached *cache_put(struct cache *cache, const char *key, const struct cached *answer, size_t bytes,
			 int64_t version, instant_t until);

#endif
