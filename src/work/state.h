/* Inside this floor: a stream's state as it is stored, and what an append hands to the projector. */
#ifndef SANZHI_WORK_STATE_H
#define SANZHI_WORK_STATE_H

#include "work/site.h"

struct stream_state {
	int64_t stream;       /* id; 0: the stream does not exist yet */
	int64_t head;
	const char *agency;   /* that it belongs to */
	const json_t *state;  /* tied to the arena */
};

/* Loads a stream's state; a stream that does not exist gives stream = 0 and state = NULL. */
int state_load(struct db_conn *conn, const char *type, const char *key, struct arena *arena, struct stream_state *out, struct err *err) MUST_USE;

/* The same by the site's cache: the state may be shared with other threads, and nothing of it may be changed or put into what will be changed. Not within an append's
 * transaction, whose states may be undone. */
int state_recall(struct site *site, struct db_conn *conn, const char *type, const char *key, struct arena *arena, struct stream_state *out, struct err *err) MUST_USE;

/* The state that this process saw last, without a look at the database: another process may have been further since. Only for what is appended on its head, which fails
 * where it was old; nobody is refused by it. False where none is kept. */
bool state_guess(struct site *site, const char *type, const char *key, struct arena *arena, struct stream_state *out);

/* The law's scope for a stream's state on a day. */
struct law_scope *state_scope(const struct site *site, const json_t *state, day_t today, struct arena *arena);

/* Handed through journal_append, so that the one thread that writes need not compute it: the states before and after, the text of the latter and the words by which
 * the entry is found. */
struct project_hint {
	const json_t *before; /* NULL for a stream's first entry */
	const json_t *after;
	const char *text;     /* of `after` */
	const char *words;    /* by which a case's entry is found; NULL: there are none */
};

/* The state after an entry; `before` NULL for a first entry. A new document in the arena, which shares with `before` what the entry left as it was. */
int state_after(const struct site *site, const json_t *before, const char *agency, const struct law_act *act, int64_t number, struct arena *arena, json_t **out,
                struct err *err) MUST_USE;

/* Who handles the case (user id, "" where nobody): whom the newest change names, else who asked for its opening, else who began it. */
const char *state_handler(const json_t *state);

/* When the case was closed (INSTANT_NONE: it is open). */
instant_t state_closed(const json_t *state);

/* A case's key holds its procedure's agency, year and number: "AGENCY-2026-0012" (docs/formats/entry.md). */
bool case_key_parse(const char *key, char agency_out[19], int *year_out, int64_t *number_out);

#endif
