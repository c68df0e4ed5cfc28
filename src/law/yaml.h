/*
 * Plain YAML as a tree with places: maps, lists and scalars. Anchors, aliases, tags, merges and a key twice are mistakes.
 * The only user of libfyaml.
 */
#ifndef SANZHI_LAW_YAML_H
#define SANZHI_LAW_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum yaml_type { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
	enum yaml_type type;
	const char *file; /* as it is shown: below the rulebook's directory */
	int line, column; /* from 1 */
	const char *text; /* scalar */
	bool quoted;      /* scalar: written in quotes, so that it is text whatever it looks like */
	size_t count;     /* list: items; map: pairs */
	struct yaml **keys, **items;
};

/* Reads one file of at most 1 MiB. Mistakes become diagnostics of `err` (where = file:line:column); NULL where nothing could be made of it.
 * `shown` is the name that diagnostics carry. The tree stands in the arena. */
struct yaml *yaml_read(const char *path, const char *shown, struct arena *arena, struct err *err);

/* "file:line:column" of a node. */
const char *yaml_where(const struct yaml *node, struct arena *arena);
/* A map's value, NULL where the node is NULL, no map, or has no such key. */
struct yaml *yaml_get(const struct yaml *map, const char *key);

#endif
