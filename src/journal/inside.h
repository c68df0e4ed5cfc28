/* Inside the journal: what its files share and nobody above sees. */
#ifndef SANZHI_JOURNAL_INSIDE_H
#define SANZHI_JOURNAL_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "journal/checkpoint.h"
#include "journal/journal.h"
#include "journal/merkle.h"

#define JOURNAL_TILE 256        /* hashes in a full tile (C2SP tlog-tiles) */
#define JOURNAL_TILE_HEIGHT 8   /* levels in one */
#define JOURNAL_MARK_REBUILD "rebuild"

/* A draft made ready by its caller: all of the canonical bytes but the number and the moment of recording, which only the
 * writer knows. The two stand side by side in the order of keys: head, "n":…,"recorded":…, tail. */
struct prepared {
	const char *head, *tail;
	size_t head_len, tail_len;
	uint8_t salt[JOURNAL_SALT_LEN];
};

/* One call of journal_append, on its caller's stack, in the writer's queue. */
struct append {
	struct append *next;
	const struct entry_draft *drafts;
	const struct prepared *prepared;
	size_t n;
	struct arena *arena;   /* the caller's: the caller is blocked meanwhile */
	struct entry *out;
	struct err *err;
	int status;
	bool done;
	pthread_cond_t answered;
};

struct journal {
	struct db *db;
	struct blob_store *blobs;
	struct keyring *keys;       /* NULL: nothing is signed */
	const char *verifiers;      /* NULL without keys */
	struct clock clock;
	struct projector projector;
	const struct log *log;      /* may be NULL */
	unsigned group_max, queue_max, checkpoint_ms;
	bool inspect;               /* no thread runs */
	bool covered;               /* when it was opened the newest checkpoint covered all */

	pthread_t writer, sequencer;
	pthread_mutex_t mutex;      /* guards what follows */
	pthread_cond_t work;        /* the queue has something, or stopping */
	pthread_cond_t sequence;    /* entries wait for a place, a checkpoint is asked for, or stopping */
	pthread_cond_t checkpointed; /* a checkpoint was signed or seen */
	struct append *first, **last;
	unsigned queued;
	bool stopping, stop_sequencer;
	bool hurry;                 /* somebody waits for a checkpoint */
	bool placing;               /* entries may wait for a place */

	struct merkle_frontier frontier; /* of the thread that places leaves: the writer on SQLite, the sequencer on PostgreSQL */
	_Atomic int64_t groups; /* written by this process since it opened */
	_Atomic int64_t size, signed_size; /* leaves; leaves under the newest checkpoint (-1: there is none) */
	atomic_bool rebuilding;     /* projections are half made: nothing may be appended */
};

/* entry.c */
int entry_prepare(const struct journal *journal, const struct entry_draft *draft, struct arena *arena, struct prepared *out, struct err *err) MUST_USE;
/* The canonical bytes; ERR_INVALID past JOURNAL_BODY_MAX. */
int entry_bytes(const struct prepared *prepared, int64_t number, instant_t recorded, struct arena *arena, uint8_t **out, size_t *len_out, struct err *err)
    MUST_USE;
struct digest entry_leaf(const uint8_t salt[JOURNAL_SALT_LEN], const void *bytes, size_t len);
/* Fills everything that the bytes say: all but id, stream, salt, leaf and index. ERR_CORRUPT. `bytes` are borrowed. */
int entry_parse(const uint8_t *bytes, size_t len, struct arena *arena, struct entry *out, struct err *err) MUST_USE;

/* read.c: a row of id, stream, bytes, salt, leaf, idx. */
int entry_from_row(const struct db_value *row, struct arena *arena, struct entry *out, struct err *err) MUST_USE;

/* batch.c: runs a group of appends (linked by next, n of them) in one transaction; fills the status and err of each. */
void batch_run(struct journal *journal, struct append *first, size_t n, struct arena *scratch);

/* sequence.c */
struct log_reader {
	struct db_conn *conn;
	struct arena *arena; /* scratch */
};
/* A merkle_node_fn over a struct log_reader: what the tables hold. ERR_CORRUPT where leaves or nodes are missing. */
int log_node(void *context, unsigned level, int64_t index, struct digest *out, struct err *err) MUST_USE;
int log_size(struct db_conn *conn, struct arena *arena, int64_t *out, struct err *err) MUST_USE;
int log_load(struct db_conn *conn, struct arena *arena, struct merkle_frontier *out, struct err *err) MUST_USE;
/* The newest checkpoint; size -1 where there is none. */
struct stored_checkpoint {
	int64_t size;
	struct digest root;
	const char *note;
};
int log_checkpoint(struct db_conn *conn, struct arena *arena, struct stored_checkpoint *out, struct err *err) MUST_USE;
/* Gives entries their places at the frontier's end, inside the caller's transaction: one after the other, and at last the rest. */
#define PLACING_MAX 16
struct placing {
	struct db_conn *conn;
	struct merkle_frontier *frontier;
	struct {
		int64_t index, entry;
		struct digest hash;
	} waiting[PLACING_MAX];
	size_t count;
};
int log_place(struct placing *placing, int64_t entry, const struct digest *leaf, struct err *err) MUST_USE;
int log_place_rest(struct placing *placing, struct err *err) MUST_USE;
void *sequencer_main(void *journal);
/* Waits until a checkpoint covers `size` leaves (0: any); ERR_UNAVAILABLE when none comes. */
int sequencer_wait(struct journal *journal, int64_t size, struct err *err) MUST_USE;

/* tile.c: which tile a path below the log's prefix names. Each tile has one path; any other is false. */
struct tile_path {
	bool entries;   /* an entry bundle; then the level is 0 */
	unsigned level; /* 0 to 7 */
	int64_t number;
	int64_t width;  /* 1 to 256: so many hashes */
};
bool tile_path_parse(const char *path, struct tile_path *out);

/* write.c */
void *writer_main(void *journal);

/* verify.c, verify_log.c: one full check. Findings past FINDINGS_MAX are counted, not kept. */
#define FINDINGS_MAX 1000
struct check {
	struct journal *journal;
	struct db_conn *conn;
	struct arena *arena, *scratch;
	struct journal_check *out;
	int64_t size;      /* leaves at the beginning */
	int64_t unkept;    /* findings past the limit */
	int64_t done, all; /* for progress */
	void (*progress)(void *context, int64_t done, int64_t all);
	void *context;
};
/* Adds a finding; returns it for its members to be set, or NULL past the limit. */
json_t *check_found(struct check *check, const char *what, const char *format, ...) PRINTF_LIKE(3, 4);
void check_progress(struct check *check, int64_t more);
int check_log(struct check *check, struct err *err) MUST_USE;

static inline void digest_from_blob(const struct db_value *value, struct digest *out)
{
	memset(out->bytes, 0, HASH_LEN);
	if (value->type == DB_BLOB_TYPE && value->size == HASH_LEN)
		memcpy(out->bytes, value->data, HASH_LEN);
}

#endif
