/*
 * A site taken away whole and brought back (backup, restore), its entries handed out one by one (export), registers taken in from tables (import).
 * A backup holds entries, files, keys, settings and secrets, and none of what is computed: restoring rebuilds that. It does not depend on the engine, so that a
 * backup of an embedded database may be restored to PostgreSQL and back.
 */
#ifndef SANZHI_WORK_TRANSFER_H
#define SANZHI_WORK_TRANSFER_H

#include "work/people.h"

/* Writes one file (work/archive.h) while others append: everything below the log's size at this moment. `summary`: {size, files, bytes}. ERR_CONFLICT: the file exists. */
int transfer_backup(struct site *site, const char *to, struct arena *arena, json_t **summary, struct err *err) MUST_USE;

/* Makes a site of a backup in a directory that holds none yet: checks every digest, writes the rows, rebuilds the projections and verifies the whole log.
 * `summary`: {entries, files, findings:[…]}. ERR_CORRUPT where the file is not as it was written; what was begun is then no site (it has no site.json). */
int transfer_restore(const struct site_options *options, const char *from, struct arena *arena, json_t **summary, struct err *err) MUST_USE;

/* One JSON document a line: {stream, number, index, id, kind, at, recorded, by, agency, bytes, salt, leaf (base64), files: [{name, type, size, sha256, sm3, field}]}.
 * `type` and `key` NULL: every stream. `line` gets each without its newline. ERR_NOT_FOUND: no such stream. */
int transfer_export(struct site *site, const char *type, const char *key, int (*line)(void *context, const char *text, size_t len, struct err *err), void *context,
                    int64_t *count, struct err *err) MUST_USE;

/* Agencies, officers or users ("agencies", "officers", "users") from a table: CSV with a heading line (UTF-8, RFC 4180) or JSON (an array of objects, or one object a line),
 * each line an act of `actor`. All lines are judged first; where one is wrong nothing is taken in, and every mistake is a diagnostic with "line N" and the field.
 * `summary`: {taken, passwords: {login: password}}. Lists in one cell are divided by semicolons. */
int transfer_import(struct site *site, const struct actor *actor, const char *what, const char *text, size_t len, struct arena *arena, json_t **summary, struct err *err) MUST_USE;

#endif
