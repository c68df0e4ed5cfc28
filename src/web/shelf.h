/*
 * Pages of people who are signed in, kept as they were made: what one person was answered at one address. Each lies under
 * a key (who, what, in which form; shelf_key) and bears a stamp, which names the state of everything the page was made
 * of. The asker says the stamp of this moment, read anew: another stamp, or a time that is over, and the page goes.
 * Whether the person may see it is asked before, each time (docs/decisions/0017). Bounded; the page that was asked for
 * longest ago goes first. Shared by threads.
 */
#ifndef SANZHI_WEB_SHELF_H
#define SANZHI_WEB_SHELF_H

#include "base/civil.h"
#include "web/request.h"

struct shelf;

struct shelved {
	const char *type; /* of the body */
	const void *body;
	size_t len;
};

/* Keeps at most so many bytes of bodies. Lives as long as the arena, which outlives those of all requests. */
struct shelf *shelf_new(struct arena *arena, size_t bytes_max);

/* Everything of a request that its answer depends on, but the state of the data: the same key, the same person with the same
 * roles at the same address in the same session. In the request's arena. */
const char *shelf_key(const struct request *rq);

/* The page under a key that bears this stamp, or NULL. It stays alive as long as the arena. */
const struct shelved *shelf_get(struct shelf *shelf, const char *key, const char *stamp, instant_t now, struct arena *arena);
/* The same page, alive as long as this arena too. */
void shelf_hold(struct shelf *shelf, const struct shelved *page, struct arena *arena);
/* Keeps a copy for the time from `from` to before `until` (a clock may be set back), in the place of what lay under the key. What is larger than an eighth of the shelf is not kept. */
void shelf_put(struct shelf *shelf, const char *key, const char *stamp, instant_t from, instant_t until, const struct shelved *page);

#endif
