/* Publication: what the public sees, made anew from what may be shown; and its withdrawal. Fails closed. */
#ifndef SANZHI_WORK_PUBLICATION_H
#define SANZHI_WORK_PUBLICATION_H

#include "work/casefile.h"

/* The page before a publication: exemption questions, the proposed text made from the structured fields with the parties' names, numbers and addresses already struck, what was struck and why. */
int publication_draft_doc(struct site *site, const struct actor *actor, const char *key, struct arena *arena, json_t **out, struct err *err) MUST_USE;

/* Puts into the body of a publication.published what leaves: {"shown": {title, party, number, manner, facts, basis, decision, agency, date, text}}, made from the newest proposal and the
 * newest redacted text, never from the case's own fields; the law's gates decide whether it may leave. ERR_REFUSED where there is nothing that may be shown. */
int publication_shown(struct site *site, struct db_conn *conn, const char *key, struct arena *arena, json_t *body, struct err *err) MUST_USE;

/* The same for a publication.change-published: {"shown": {how, by, number, date, content}}, what a reader of the published decision is told of its change (yn-gs-16). */
int publication_change(struct site *site, struct db_conn *conn, const char *key, struct arena *arena, json_t *body, struct err *err) MUST_USE;

struct publication_query {
	const char *text, *agency, *area, *act; /* NULL: any */
	const char *before;
	int limit;
};
/* The portal's list (withdrawn ones as such), one publication, and its agency lists. Public facts only. */
int publication_list(struct site *site, const struct publication_query *query, struct arena *arena, json_t **out, struct err *err) MUST_USE;
/* Publications of this year by category: [{title, value, unit}]. */
int publication_figures(struct site *site, struct arena *arena, json_t **out, struct err *err) MUST_USE;
int publication_doc(struct site *site, const char *id, struct arena *arena, json_t **out, struct err *err) MUST_USE;

#endif
