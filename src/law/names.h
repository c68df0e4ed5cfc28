/* Tables of names: exact look-up, and the nearest name for "did you mean". Built while loading, read-only afterwards. */
#ifndef SANZHI_LAW_NAMES_H
#define SANZHI_LAW_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct names {
	struct arena *arena;
	const char **keys; /* in the order they came */
	void **values;
	size_t count, cap;
	unsigned *slots; /* index + 1; 0 is free */
	size_t nslots;
};

void names_init(struct names *names, struct arena *arena);
/* Puts a name; false where it was there already (and stays as it was). The key is not copied. */
bool names_put(struct names *names, const char *key, void *value);
/* The value; NULL where there is none (or it is NULL). */
void *names_get(const struct names *names, const char *key);
/* Its place in the order they came, or -1. */
int names_index(const struct names *names, const char *key);
bool names_has(const struct names *names, const char *key);
/* The name that differs least, or NULL when none is near. */
const char *names_nearest(const struct names *names, const char *wrong);
/* The nearest of a list ended by NULL. */
const char *names_nearest_of(const char *const *list, const char *wrong);

#endif
