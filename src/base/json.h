/*
 * JSON at the edges (jansson): strict reading, canonical writing, and documents tied to an arena. A json_t made here
 * is released when its arena goes; what must live longer takes its own reference (json_incref).
 */
#ifndef SANZHI_BASE_JSON_H
#define SANZHI_BASE_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "base/civil.h"
#include "base/err.h"

/* Ties a new reference to the arena and returns it borrowed. NULL (jansson out of memory) ends the process. */
json_t *json_tie(struct arena *arena, json_t *owned);

/* Reads one document: UTF-8, no duplicate keys, nothing after it, at most `max` bytes. ERR_INVALID says line and column. */
int json_read(struct arena *arena, const char *text, size_t len, size_t max, json_t **out, struct err *err) MUST_USE;

/*
 * Canonical bytes: keys sorted by code point, no blanks, integers only (a real number is ERR_INVALID), strings with
 * the least escaping. The same value always gives the same bytes (docs/formats/entry.md).
 */
int json_canonical(struct arena *arena, const json_t *value, char **out, size_t *len_out, struct err *err) MUST_USE;

/* A new reference to the same value with all keys in the canonical order; strings and numbers are shared. */
json_t *json_sorted(const json_t *value);
/* A list's texts with `between` between them; "" for none. */
const char *json_joined(struct arena *arena, const json_t *list, const char *between);

/* Compact text for answers; insertion order kept. */
char *json_text(struct arena *arena, const json_t *value, size_t *len_out);

/* What json_dumps gave. */
void json_free_text(char *text);

/* From now on a thread keeps small blocks of JSON values for its next ones, up to a megabyte. Once, before the first value is made; a program may
 * also do without. */
void json_cache_use(void);
/* Gives a thread's kept blocks back; at its end. */
void json_cache_drop(void);

/* Reading with defaults: absent or of another type gives NULL, `fallback`, or false. */
const char *json_str(const json_t *object, const char *key);
/* The first object of an array whose member `key` is this text; NULL: none. Borrowed. */
json_t *json_find(const json_t *array, const char *key, const char *text);
int64_t json_int(const json_t *object, const char *key, int64_t fallback);
bool json_bool(const json_t *object, const char *key);
/* A value by dotted path ("party.type"), NULL where absent. */
json_t *json_path(const json_t *object, const char *path);

/* Writing: sets a member, ending the process where jansson has no memory. A NULL text or value sets nothing. */
void json_put(json_t *object, const char *key, json_t *owned);
void json_put_str(json_t *object, const char *key, const char *text);
void json_put_int(json_t *object, const char *key, int64_t value);
void json_put_bool(json_t *object, const char *key, bool value);
void json_push(json_t *array, json_t *owned);
void json_push_str(json_t *array, const char *text);

#endif
