/* Percent-encoding and urlencoded pairs (WHATWG URL §5.1), strictly: a bad escape, bad UTF-8 or a NUL is refused. */
#ifndef SANZHI_WEB_URL_H
#define SANZHI_WEB_URL_H

#include <stdbool.h>

#include "base/err.h"

#define URL_PAIRS_MAX 2000 /* of one query or form */

struct pair {
	const char *name, *value;
};
struct pairs {
	struct pair *items;
	size_t count, cap;
};

/* The decoded text, terminated, in the arena; `plus`: a + is a blank. NULL where it is not well formed. */
char *url_decode(struct arena *arena, const char *text, size_t len, bool plus);

void pairs_add(struct arena *arena, struct pairs *pairs, const char *name, const char *value);

/* "a=1&b=2"; an empty text gives none. ERR_INVALID (bad escape), ERR_LIMIT (more than URL_PAIRS_MAX). */
int url_pairs(struct arena *arena, const char *text, size_t len, struct pairs *out, struct err *err) MUST_USE;

#endif
