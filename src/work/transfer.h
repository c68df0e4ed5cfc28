/*
 * A site taken away whole and brought back (backup, restore), its entries handed out one by one (export), registers given and taken as tables (export, import).
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

/* Registers as tables: "agencies", "officers", "assistants", "reviewers" or "users" (work/register_sort.h). A line is {column: value}; what goes out comes in again elsewhere. */

struct transfer_giving {
	const char *what;
	const char *files; /* folder, new or empty, that takes the files (photographs) of the lines; NULL: their column is left out */
	bool json;         /* one object a line; otherwise CSV with a heading, for spreadsheets */
	int (*line)(void *context, const char *text, size_t len, struct err *err); /* gets each without its newline */
	void *context;
};
/* What is in force now: no revoked or suspended certificates, no disabled users, no password, no one-time secret, no token. `summary`: {rows, files, ended (left out because
 * in force no longer), without (files left out)}. ERR_INVALID: no such register; ERR_CONFLICT: the folder is not empty. On failure the folder is left empty. */
int transfer_registers(struct site *site, const struct transfer_giving *giving, struct arena *arena, json_t **summary, struct err *err) MUST_USE;

struct transfer_taking {
	const char *what;
	const char *text;  /* CSV with a heading line (UTF-8, RFC 4180) or JSON (an array of objects, or one object a line); lists in one cell are divided by semicolons */
	size_t len;
	const char *files; /* folder below which the cells of file columns name files */
	bool new_only;     /* lines whose agency, officer or user is there already are passed over */
	bool look;         /* only judge: nothing is taken in */
};
/* Each line is an act of `actor`. All lines and files are looked at first; where one is wrong nothing is taken in, not even a file, and every mistake is a diagnostic with
 * "line N" and the field. Files are pictures (PNG or JPEG by their content) of at most 16 MiB. `summary`: {taken, known (passed over), passwords: {login: password}}. */
int transfer_import(struct site *site, const struct actor *actor, const struct transfer_taking *taking, struct arena *arena, json_t **summary, struct err *err) MUST_USE;

#endif
