/* Inside the store: what a place for blobs (files now, S3 to come) offers to blob.c, which hashes, counts and checks. */
#ifndef SANZHI_STORE_BLOB_IMPL_H
#define SANZHI_STORE_BLOB_IMPL_H

#include <stdatomic.h>

#include "store/blob.h"

struct blob_place {
	/* A spooled content: opened, added to, then kept under its name or dropped. */
	int (*spool)(struct blob_store *store, struct arena *arena, void **out, struct err *err);
	int (*add)(struct blob_store *store, void *spool, const void *data, size_t len, struct err *err);
	int (*keep)(struct blob_store *store, void *spool, const struct digest *sha256, struct err *err);
	void (*drop)(struct blob_store *store, void *spool);
	/* A descriptor to a kept content (the caller closes it) and its size. */
	int (*open)(struct blob_store *store, const struct digest *sha256, int *fd_out, int64_t *size_out, struct err *err);
	int (*each)(struct blob_store *store, int (*fn)(void *, const struct digest *, int64_t, struct err *), void *context,
	            struct err *err);
	/* As blob_remove_old. */
	int (*remove)(struct blob_store *store, const struct digest *sha256, int64_t age_s, bool look, bool *old_out,
	              struct err *err);
};

struct blob_store {
	const struct blob_place *place;
	void *own; /* the place's */
	atomic_uint fail_after;
	atomic_int fail_code;
};

/* A store over a place. */
struct blob_store *blob_store_new(const struct blob_place *place, void *own, struct arena *arena);

/* Raises what an errno means to people; `doing` goes to the log. */
int blob_raise(struct err *err, int number, const char *doing, const char *path) MUST_USE;

/* Counts a write or sync against blob_fail_after; fills err where it is its turn. */
int blob_fault(struct blob_store *store, struct err *err) MUST_USE;

#endif
