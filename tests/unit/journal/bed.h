/* A journal over a database of its own, for the tests. */
#ifndef SANZHI_TEST_JOURNAL_BED_H
#define SANZHI_TEST_JOURNAL_BED_H

#include <stdatomic.h>

#include "base/log.h"
#include "journal/checkpoint.h"
#include "journal/journal.h"

#define T0 INT64_C(1770688800000000) /* 2026-02-10T10:00:00+08:00 */

struct bed {
	struct arena *arena;
	struct err err;
	char dir[64];
	const char *path; /* of the SQLite file, or NULL */
	const char *url;  /* of the PostgreSQL database, or NULL */
	struct db *db;
	struct blob_store *blobs;
	struct keyring *keys;
	struct journal *journal;
	struct journal_options options;
	_Atomic int64_t now; /* the journal's clock */
	int refuse;          /* the projector fails entries of kind "refused" with this code */
	_Atomic bool hold;   /* the projector does not come back from an entry of kind "held" */
	_Atomic int applied;
};

/* Makes a folder, keys, a blob store and a migrated database (SQLite, or PostgreSQL at `url`), and opens the journal.
 */
struct bed *bed_new(const char *url);
/* The same over what another bed (perhaps of a process that was killed) left in `dir`. */
struct bed *bed_again(const char *dir, const char *url);
void bed_open(struct bed *bed);   /* the journal */
void bed_close(struct bed *bed);  /* the journal; the database stays open */
void bed_free(struct bed *bed);   /* closes all, keeps the folder */
void bed_remove(struct bed *bed); /* closes all, removes the folder */

/* A draft of kind "noted" with the body {"text": text}. */
struct entry_draft bed_draft(struct bed *bed, const char *key, int64_t expect, const char *text);
/* Appends one; returns the status. */
int bed_append(struct bed *bed, const char *key, int64_t expect, const char *text, struct entry *out);
/* `n` entries, to the streams of `keys` in turn, each of which must succeed. */
void bed_fill(struct bed *bed, int n, const char *const *keys, int nkeys);
/* One number over all that the projector has written. */
int64_t bed_projection(struct bed *bed);
/* Checks the whole journal; returns the findings. */
json_t *bed_verify(struct bed *bed, struct journal_check *out);
/* Whether a finding of this `what` is among them. */
bool bed_has(const json_t *findings, const char *what, const char *member, int64_t value);
/* Asserts that the check finds nothing; prints what it finds. */
void bed_clean(struct bed *bed);
void bed_pause(long ms);
/* Waits until the log has this size (PostgreSQL: entries are placed a moment after they are acknowledged). */
void bed_wait(struct bed *bed, int64_t size);

#endif
