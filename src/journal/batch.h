/* Inside the writer: a group of appends on its way through one transaction. */
#ifndef SANZHI_JOURNAL_BATCH_H
#define SANZHI_JOURNAL_BATCH_H

#include "journal/inside.h"

/* A stream as the transaction has it. */
struct stream_state {
	const char *type, *key;
	int64_t id; /* 0: not there yet */
	int64_t head;
	instant_t recorded;
	int64_t stored_head; /* in bulk: as the table has it, while head runs ahead */
};

struct member {
	struct append *append;
	struct entry *entries; /* as written, in scratch */
	bool written;
};

struct batch {
	struct journal *journal;
	struct db_conn *conn;
	struct arena *arena;
	struct member *members;
	size_t n;
	struct stream_state *streams;
	size_t nstreams, streams_max;
	struct merkle_frontier frontier;
	instant_t now;
	struct err err; /* of what concerns all members */
	bool again;     /* the streams read are old: begin anew */
};

/* What no savepoint mends: the whole group fails. */
static inline bool batch_fatal(int status)
{
	return status == -ERR_UNAVAILABLE || status == -ERR_FULL || status == -ERR_BUSY || status == -ERR_IO ||
	       status == -ERR_CORRUPT;
}

/* batch.c */
int batch_find(struct batch *b, const struct append *append, struct stream_state **states, struct err *err) MUST_USE;
int batch_plan(struct batch *b, struct member *m, struct stream_state **states, struct err *err) MUST_USE;
/* Bytes, leaf and everything else of an entry but its id; the stream's id must be known. */
int batch_fill(struct batch *b, const struct stream_state *state, const struct entry_draft *draft,
	       const struct prepared *prepared, struct entry *entry, struct err *err) MUST_USE;
int batch_add_stream(struct batch *b, struct stream_state *state, instant_t recorded, struct err *err) MUST_USE;
int batch_add_entry(struct batch *b, struct entry *entry, struct err *err) MUST_USE;
int batch_add_files(struct batch *b, const struct entry *entry, struct err *err) MUST_USE;

/* bulk.c: all members together, with few statements. A failure that may be one member's asks for a second try (`redo`),
 * one by one. */
int bulk_write(struct batch *b, bool *redo) MUST_USE;

#endif
