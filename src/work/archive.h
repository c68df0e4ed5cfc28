/*
 * One file of members in the order they were added: POSIX ustar, so that `tar` lists and unpacks it. The last member, manifest.json, names every other with its size and
 * SHA-256; reading checks each and that none is missing or added.
 */
#ifndef SANZHI_WORK_ARCHIVE_H
#define SANZHI_WORK_ARCHIVE_H

#include "base/hash.h"
#include "base/json.h"

struct archive;

/* Begins a new file, readable by its owner only. ERR_CONFLICT where there is one of that name. Tied to the arena. */
int archive_create(const char *path, instant_t now, struct arena *arena, struct archive **out, struct err *err) MUST_USE;
/* Adds a block, or what a descriptor holds from its beginning (`size` bytes). Names are ASCII, at most 99 bytes. */
int archive_add(struct archive *archive, const char *name, const void *data, size_t len, struct err *err) MUST_USE;
int archive_add_fd(struct archive *archive, const char *name, int fd, int64_t size, struct err *err) MUST_USE;
/* Writes the manifest (`head` with "members" added) and the end, and syncs. Without it the file is no archive. */
int archive_finish(struct archive *archive, const json_t *head, struct err *err) MUST_USE;

/* What reading hands over: `begin` once for each member with its size, `data` its bytes in pieces, `end` after the last. */
struct archive_sink {
	int (*begin)(void *context, const char *name, int64_t size, struct err *err);
	int (*data)(void *context, const void *bytes, size_t len, struct err *err);
	int (*end)(void *context, struct err *err);
	void *context;
};
/* Reads all members but the manifest through `sink`, and gives the manifest. ERR_CORRUPT where a digest, a size or the list of members does not agree; one
 * diagnostic for each such member. */
int archive_read(const char *path, const struct archive_sink *sink, struct arena *arena, json_t **manifest, struct err *err) MUST_USE;

#endif
