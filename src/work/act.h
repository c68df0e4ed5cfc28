/*
 * Judge, then append. The one way in which anything changes: an act on a stream is checked against its kind's fields, judged by the law of the stream's place and day, and, if
 * nothing stands against it, appended; the state it leads to goes along, and the projector stores it in the same transaction.
 */
#ifndef SANZHI_WORK_ACT_H
#define SANZHI_WORK_ACT_H

#include "work/people.h"

struct act {
	const char *stream_type, *stream_key;
	const char *kind;
	instant_t at;             /* when it happened; INSTANT_NONE: now */
	const json_t *body;       /* as the form or program gave it: officers as ids, money as fen or yuan text */
	/* Where `body` is still in the shape a form sends it: makes of it what the kind's fields (law_form's) ask for. NULL: it has that shape. */
	const json_t *(*shape)(void *context, const json_t *fields);
	void *shape_context;
	const struct entry_file *files; /* in the store already; the body's file fields name them by position: {"file": 0} */
	size_t nfiles;
	int64_t expect;           /* newest number the actor saw; -1: any */
	json_t *told;             /* array or NULL: what each gate said, as law_act's */
};

struct act_result {
	struct entry entry;
	json_t *state;            /* after it */
	json_t *opened, *met;     /* duties (arrays of duty objects) */
	json_t *warnings;         /* [{clause, cite, say}] */
};

/* ERR_NOT_FOUND (no such stream, or not for these eyes), ERR_DENIED, ERR_INVALID (fields), ERR_REFUSED (diags carry clauses, say in `what`, mend), ERR_CONFLICT (someone was first). */
int act_do(struct site *site, const struct actor *actor, const struct act *act, struct arena *arena, struct act_result *out, struct err *err) MUST_USE;

/* Opens a case: gives it its key and number, appends the procedure's first entry. `procedure` from law_procedures. */
int act_open_case(struct site *site, const struct actor *actor, const char *procedure, const struct act *first, struct arena *arena, struct act_result *out, struct err *err) MUST_USE;

/* The judgement alone, without appending: as for act_do; a refusal is no failure but is described in `verdict` {allowed, refusals:[…], warnings}. */
int act_judge(struct site *site, const struct actor *actor, const struct act *act, struct arena *arena, json_t **verdict, struct err *err) MUST_USE;

#endif
