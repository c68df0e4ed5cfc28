/*
 * What stands between a stranger's page and a signed-in user: cookies, tokens against forged requests, the check of
 * where a request comes from, and a limit on how often one address may try to sign in.
 */
#ifndef SANZHI_WEB_GUARD_H
#define SANZHI_WEB_GUARD_H

#include <stdbool.h>

#include "base/civil.h"
#include "base/hash.h"

#define GUARD_KEY_LEN 32

/* The key all processes of a site share for these tokens: <dir>/web.key, made at the first start (32 random bytes,
 * readable by the owner only). ERR_IO, ERR_CORRUPT (of another length). */
int guard_key(const char *dir, uint8_t out[GUARD_KEY_LEN], struct err *err) MUST_USE;

/* A cookie's value from the Cookie header, unless it is there twice (then somebody planted one); NULL. */
const char *cookie_get(struct arena *arena, const char *header, const char *name);

/* The form token that belongs to a session's token or to a pre-session cookie: HMAC-SHA256, base64url. */
char *csrf_token(struct arena *arena, const uint8_t key[GUARD_KEY_LEN], const char *base);
bool csrf_right(struct arena *arena, const uint8_t key[GUARD_KEY_LEN], const char *base, const char *given);

/* Whether a request that changes something comes from our own pages, as far as the browser says: Sec-Fetch-Site must be
 * same-origin or none, Origin must name the host that was asked. What is absent (NULL) does not speak. */
bool origin_right(const char *origin, const char *sec_fetch_site, const char *host);

/* A path on this site that one may be led to after signing in: begins with one slash, no backslash, no control
 * character. */
bool path_local(const char *path);

/* How often one address may try: `burst` at once, then `per_minute`. 0 switches it off. Shared by threads. */
struct throttle;
struct throttle *throttle_new(struct arena *arena, unsigned per_minute, unsigned burst);
bool throttle_pass(struct throttle *throttle, const char *address, instant_t now);

#endif
