/*
 * Files by content: a blob's name is its SHA-256. Written to a spool file, hashed on the way (SHA-256 and SM3), synced,
 * then renamed, so that a half-written blob is never seen; reading checks the digest where asked. The interface is
 * ready for an S3 store: nothing in it says where the bytes lie.
 */
#ifndef SANZHI_STORE_BLOB_H
#define SANZHI_STORE_BLOB_H

#include <stdbool.h>

#include "base/hash.h"

struct blob_store;

struct blob_info {
	struct digest sha256, sm3;
	int64_t size; /* bytes */
};

/* A store in a directory (made where missing). Tied to the arena. */
int blob_open_files(const char *dir, struct arena *arena, struct blob_store **out, struct err *err) MUST_USE;

/* Writing: add in pieces, then finish (keeps it) or abandon. ERR_LIMIT past `max` bytes, ERR_FULL, ERR_IO. A writer that is
 * neither finished nor abandoned is abandoned when the arena goes. Finishing a content that is already held is no error. */
struct blob_writer;
int blob_write(struct blob_store *store, int64_t max, struct arena *arena, struct blob_writer **out, struct err *err) MUST_USE;
int blob_add(struct blob_writer *writer, const void *data, size_t len, struct err *err) MUST_USE;
int blob_finish(struct blob_writer *writer, struct blob_info *out, struct err *err) MUST_USE;
void blob_abandon(struct blob_writer *writer);
/* A whole block at once. */
int blob_put(struct blob_store *store, const void *data, size_t len, struct blob_info *out, struct err *err) MUST_USE;

/* Reading: a descriptor to the content, tied to the arena, with its size; ERR_NOT_FOUND. */
int blob_read(struct blob_store *store, const struct digest *sha256, struct arena *arena, int *fd_out, int64_t *size_out,
              struct err *err) MUST_USE;
/* The whole content, at most `max` bytes, its digest checked (ERR_CORRUPT). */
int blob_get(struct blob_store *store, const struct digest *sha256, size_t max, struct arena *arena, void **out, size_t *len_out,
             struct err *err) MUST_USE;
/* Re-hashes the stored bytes against both digests: ERR_NOT_FOUND, ERR_CORRUPT. `sm3` may be NULL. */
int blob_check(struct blob_store *store, const struct digest *sha256, const struct digest *sm3, struct err *err) MUST_USE;
/* Calls `each` with every stored blob's digest and size. */
int blob_each(struct blob_store *store, int (*each)(void *context, const struct digest *sha256, int64_t size, struct err *err),
              void *context, struct err *err) MUST_USE;

/*
 * Removes a content that was put `age_s` seconds ago or longer, unless somebody puts it in this very moment: to put a content
 * that is held already makes it young again, and whoever put it finds it. `old_out`: whether it was that old; with `look`
 * nothing is removed. One that is not there is not old.
 */
int blob_remove_old(struct blob_store *store, const struct digest *sha256, int64_t age_s, bool look, bool *old_out,
                    struct err *err) MUST_USE;

/* Tests: the n-th write or sync from now fails as ENOSPC or EIO would. */
void blob_fail_after(struct blob_store *store, unsigned writes, enum err_code code);

#endif
