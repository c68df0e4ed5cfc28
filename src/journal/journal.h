/*
 * The journal: append-only streams of entries, the only place that holds the truth. An entry's canonical bytes are made
 * once, stored as bytes, hashed as bytes (docs/formats/entry.md); its salted hash is a leaf of the Merkle log
 * (journal/merkle.h, RFC 6962), whose checkpoints are signed (journal/checkpoint.h, C2SP).
 *
 * Appends of all threads go to one writer thread, which commits them in groups: in one transaction it checks each
 * stream's head, inserts, lets the projector bring the tables up to date, reads back and re-hashes what it wrote, gives the leaves
 * their places in the log, commits, and only then answers. A member of a group that fails is rolled back alone (savepoint).
 * On PostgreSQL several processes append to one database; the one that holds the sequencer's lock places the leaves.
 */
#ifndef SANZHI_JOURNAL_JOURNAL_H
#define SANZHI_JOURNAL_JOURNAL_H

#include "base/civil.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "store/blob.h"
#include "store/db.h"

#define JOURNAL_SALT_LEN 16
#define JOURNAL_BODY_MAX ((size_t)256 << 10) /* bytes of one entry's canonical form */
#define JOURNAL_FILES_MAX 64
#define JOURNAL_FUTURE_MAX (5 * 60 * INSTANT_SECOND) /* how far ahead of the clock an act may be dated */

struct journal;
struct keyring; /* journal/checkpoint.h */

struct entry_file {
	const char *name, *type; /* as uploaded; MIME type */
	struct blob_info blob;
	const char *field;       /* the field of the body it belongs to, or NULL */
};

/* One entry, as it is stored. */
struct entry {
	int64_t id;            /* in the database, ascending */
	int64_t stream;        /* id of its stream */
	const char *stream_type, *stream_key; /* "case" and the case's key, "agency" and its code, … */
	int64_t number;        /* 1, 2, … in the stream */
	const char *kind;
	instant_t at;          /* occurred */
	instant_t recorded;    /* when the program took it in; never before the one recorded before it in the stream */
	const char *by;        /* user id, or "sanzhi" */
	const char *agency;    /* code of the agency it was done for, or "" */
	const json_t *body;
	const struct entry_file *files;
	size_t nfiles;
	const uint8_t *bytes;  /* canonical */
	size_t bytes_len;
	uint8_t salt[JOURNAL_SALT_LEN];
	struct digest leaf;    /* SHA-256(salt || bytes): the log's leaf data */
	int64_t index;         /* place in the log, -1 while it has none (PostgreSQL, for a moment) */
};

/* What somebody wants to append. */
struct entry_draft {
	const char *stream_type, *stream_key; /* made with its first entry */
	int64_t expect;       /* the number of the stream's newest entry that the judgement saw; 0: the stream must not exist; -1: any */
	const char *kind;
	instant_t at;
	const char *by, *agency;
	const json_t *body;
	const struct entry_file *files; /* their blobs must be in the store already */
	size_t nfiles;
	void *hint;           /* handed through to the projector (such as the state that the judgement computed); may be NULL */
};

/* Brings the projections up to date with one entry, inside the append's transaction (or a rebuild's, where hint is NULL). It may use
 * `conn` only for its own tables. A failure undoes the append. */
struct projector {
	int (*apply)(void *context, struct db_conn *conn, const struct entry *entry, void *hint, struct arena *arena, struct err *err);
	int (*clear)(void *context, struct db_conn *conn, struct err *err); /* empties every projection, for a rebuild */
	void *context;
};

struct journal_options {
	struct db *db;
	struct blob_store *blobs;
	struct keyring *keys;
	struct clock clock;
	struct projector projector;
	const struct log *log;
	unsigned group_max;        /* appends in one transaction at most (default 128) */
	unsigned queue_max;        /* appends waiting at most; past it ERR_BUSY (default 1024) */
	unsigned checkpoint_ms;    /* a new checkpoint at most so often, from opening on where nothing waits for one (default 1000) */
	bool inspect;              /* for reading and checking only, in whatever state the log is: no thread, no append, nothing signed */
};

/* Opens over a migrated database, loads the log's frontier, checks the newest checkpoint's signatures, size and root against it (ERR_CORRUPT; to find out more, open with
 * `inspect` and verify), starts the writer and the sequencer. `keys` may be NULL: then nothing is signed. After a fork the child opens a journal of its own. */
int journal_open(const struct journal_options *options, struct arena *arena, struct journal **out, struct err *err) MUST_USE;
/* Waits for what is queued, signs a last checkpoint, stops the threads. */
void journal_close(struct journal *journal);

/* Appends the drafts as one: all or none, in order. Blocks until they are durable. `entries_out` (n of them, in `arena`) come back filled.
 * ERR_CONFLICT: a stream moved on; ERR_INVALID: body too large, dated in the future (says by how much; whether an act may be dated before another is the law's
 * to say, here only before 1991-09-15 is refused), bad text, a file that the blob store does not hold; ERR_BUSY, ERR_UNAVAILABLE, ERR_FULL. A draft's `expect` may be
 * the stream's number before this call or after the drafts before it. A projector may be called twice for one draft, after its first call was undone. A clock set back never gives an entry an earlier `recorded` than the one before it. */
int journal_append(struct journal *journal, const struct entry_draft *drafts, size_t n, struct arena *arena, struct entry *entries_out,
                   struct err *err) MUST_USE;

/* Reading. `after` is a number in the stream; at most `limit` entries come back. */
int journal_stream(struct journal *journal, struct db_conn *conn, const char *type, const char *key, int64_t after, size_t limit, struct arena *arena,
                   struct entry **out, size_t *count_out, struct err *err) MUST_USE;
int journal_entry(struct journal *journal, struct db_conn *conn, int64_t id, struct arena *arena, struct entry *out, struct err *err) MUST_USE;
/* The stream's newest number (0: no such stream). */
int journal_head(struct journal *journal, struct db_conn *conn, const char *type, const char *key, int64_t *number_out, struct err *err) MUST_USE;

/* Everything again from the entries: clears the projections and applies each entry in the log's order, in transactions of some thousands. Nobody else may
 * write. Where it is interrupted, appends are ERR_UNAVAILABLE until one is done; ERR_BUSY while entries wait for their place in the log (PostgreSQL). */
int journal_rebuild(struct journal *journal, void (*progress)(void *context, int64_t done, int64_t all), void *context, struct err *err) MUST_USE;

/* The log. Sizes are numbers of leaves. */
int journal_checkpoint(struct journal *journal, struct arena *arena, char **note_out, struct err *err) MUST_USE; /* the newest signed note */
int64_t journal_size(struct journal *journal);
/* A number that is another one as soon as an append of this process is answered, and whenever the log has grown: on PostgreSQL an entry is read before it has its place
 * in the log. What was made of the entries under another number may be old. Means nothing else, and nothing to another process. */
int64_t journal_version(struct journal *journal);
/* A tile's or entry bundle's bytes by its C2SP path below the log's prefix ("tile/0/x001/234.p/5", "tile/entries/000"); ERR_NOT_FOUND for what is not served, which is
 * all that the newest checkpoint does not cover. */
int journal_tile(struct journal *journal, const char *path, struct arena *arena, void **out, size_t *len_out, struct err *err) MUST_USE;
/* A proof a stranger can check offline: {checkpoint, index, size, leaf, salt and entry (bytes, base64; both absent unless `open`, as the salt alone would let
 * anybody try what a withheld entry says), path: [hex…]}. Waits for a checkpoint that covers the entry (ERR_UNAVAILABLE). */
int journal_prove(struct journal *journal, int64_t entry_id, bool open, struct arena *arena, json_t **out, struct err *err) MUST_USE;
int journal_consistency(struct journal *journal, int64_t from, int64_t to, struct arena *arena, struct digest **out, size_t *count_out, struct err *err) MUST_USE;

/* What a full check found; each finding says which entry, file or leaf. */
struct journal_check {
	int64_t entries, files, leaves, checkpoints;
	json_t *findings; /* [{what, entry, stream, number, index, digest, text}]; empty: all is as it was */
};
/* Re-reads and re-hashes every entry, file and leaf and every checkpoint kept; finds what was changed, removed, added or reordered (docs/formats/log.md lists the
 * findings). Reads in one transaction and in pages, while others append; at most 1,000 findings are kept. A failure means that it could not be finished. */
int journal_verify(struct journal *journal, void (*progress)(void *context, int64_t done, int64_t all), void *context, struct arena *arena,
                   struct journal_check *out, struct err *err) MUST_USE;

#endif
