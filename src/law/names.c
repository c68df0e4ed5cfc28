#include "law/names.h"

#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

void names_init(struct names *names, struct arena *arena)
{
	*names = (struct names){.arena = arena};
}

static uint32_t hash_of(const char *key)
{
	uint32_t hash = 2166136261U;
	for (const unsigned char *p = (const unsigned char *)key; *p != 0; p++)
		hash = (hash ^ *p) * 16777619U;
	return hash;
}

static size_t slot_of(const struct names *names, const char *key)
{
	size_t slot = hash_of(key) & (names->nslots - 1);
	while (names->slots[slot] != 0 && strcmp(names->keys[names->slots[slot] - 1], key) != 0)
		slot = (slot + 1) & (names->nslots - 1);
	return slot;
}

static void grow(struct names *names)
{
	size_t cap = names->cap == 0 ? 16 : names->cap * 2;
	const char **keys = ARENA_ARRAY(names->arena, cap, const char *);
	void **values = ARENA_ARRAY(names->arena, cap, void *);
	if (names->count > 0) {
		memcpy(keys, names->keys, names->count * sizeof(*keys));
		memcpy(values, names->values, names->count * sizeof(*values));
	}
	names->keys = keys;
	names->values = values;
	names->cap = cap;
	names->nslots = cap * 2;
	names->slots = ARENA_ARRAY(names->arena, names->nslots, unsigned);
	for (size_t i = 0; i < names->count; i++)
		names->slots[slot_of(names, keys[i])] = (unsigned)i + 1;
}

bool names_put(struct names *names, const char *key, void *value)
{
	if (names->count == names->cap)
		grow(names);
	size_t slot = slot_of(names, key);
	if (names->slots[slot] != 0)
		return false;
	names->keys[names->count] = key;
	names->values[names->count] = value;
	names->slots[slot] = (unsigned)++names->count;
	return true;
}

void *names_get(const struct names *names, const char *key)
{
	if (names->nslots == 0 || key == NULL)
		return NULL;
	unsigned at = names->slots[slot_of(names, key)];
	return at == 0 ? NULL : names->values[at - 1];
}

int names_index(const struct names *names, const char *key)
{
	return names->nslots == 0 ? -1 : (int)names->slots[slot_of(names, key)] - 1;
}

bool names_has(const struct names *names, const char *key)
{
	return names->nslots != 0 && key != NULL && names->slots[slot_of(names, key)] != 0;
}

/* Near means at most a third of the longer name's bytes, so that short names do not resemble everything. */
static unsigned reach(const char *wrong)
{
	unsigned len = (unsigned)strlen(wrong);
	return len < 4 ? 1 : len < 9 ? 3 : len / 3 > 9 ? 9 : len / 3 + 1;
}

static void consider(const char *name, const char *wrong, unsigned *least, const char **best)
{
	unsigned distance = text_distance(name, wrong, *least);
	if (distance < *least) {
		*least = distance;
		*best = name;
	}
}

const char *names_nearest(const struct names *names, const char *wrong)
{
	const char *best = NULL;
	unsigned least = reach(wrong) + 1;
	for (size_t i = 0; i < names->count; i++)
		consider(names->keys[i], wrong, &least, &best);
	return best;
}

const char *names_nearest_of(const char *const *list, const char *wrong)
{
	const char *best = NULL;
	unsigned least = reach(wrong) + 1;
	for (; *list != NULL; list++)
		consider(*list, wrong, &least, &best);
	return best;
}
