/* Cases as pages and programs see them. Organisation and secrecy are checked in the queries: what the actor may not see is not found. */
#ifndef SANZHI_WORK_CASEFILE_H
#define SANZHI_WORK_CASEFILE_H

#include "work/act.h"

/* What decides whether a case may be seen, and whether its page has changed: all of it by one small query. */
struct case_glance {
	int64_t head; /* the number of its newest entry */
	const char *agency, *agency_name; /* "": not registered */
	const char *area, *secrecy;
};
/* ERR_NOT_FOUND: there is none that the actor may see. */
int case_glance(struct site *site, const struct actor *actor, const char *key, struct arena *arena, struct case_glance *out, struct err *err) MUST_USE;
/* For a case that is shown without case_doc: a sensitive case's reading is written to the journal. */
int case_note_reading(struct site *site, const struct actor *actor, const char *key, const struct case_glance *glance, struct arena *arena, struct err *err) MUST_USE;

/* The case page's document (docs/formats/pages.md, desk/case) without its `page` part; `names-known`: each of those who acted is a user. A sensitive case's reading is written to the journal. */
int case_doc(struct site *site, const struct actor *actor, const char *key, struct arena *arena, json_t **out, struct err *err) MUST_USE;
/* One entry: fields as shown, files, its canonical bytes with their SM3, leaf and salt; case-number, case-title, agency. */
int case_entry_doc(struct site *site, const struct actor *actor, const char *key, int64_t number, struct arena *arena, json_t **out, struct err *err) MUST_USE;
/* The kinds of entry that end in a document of their own; ended by NULL. */
extern const char *const case_decision_kinds[];

/* The newest decision of a case (one of these kinds) as it was entered, and the case's facts; ERR_NOT_FOUND where there is none. */
int case_decision(struct site *site, const struct actor *actor, const char *key, struct arena *arena, json_t **facts, struct entry *decision, struct err *err) MUST_USE;
/* A kind's form on this case, with the verdict as far as it is known before the fields; `denied`: why the actor's hand may not send it at all (absent: it may). */
int case_form_doc(struct site *site, const struct actor *actor, const char *key, const char *kind, struct arena *arena, json_t **out, struct err *err) MUST_USE;
/* The form of a procedure's first entry. */
int case_new_doc(struct site *site, const struct actor *actor, const char *procedure, struct arena *arena, json_t **out, struct err *err) MUST_USE;

struct case_query {
	const char *text;      /* Chinese substring over names, numbers, titles, facts; several words: all of them */
	const char *agency, *procedure, *stage, *status;
	day_t opened_from, opened_to; /* DAY_NONE: open */
	const char *late;      /* "late", "amber", NULL */
	const char *before;    /* cursor of the page before (opaque), or NULL */
	int limit;             /* 1–100 */
};
/* {cases:[…], next: cursor or absent} newest first. */
int case_list(struct site *site, const struct actor *actor, const struct case_query *query, struct arena *arena, json_t **out, struct err *err) MUST_USE;
/* What the actor owes, {late, amber, open: [duty…], waiting: [act…], count, own, agency, more}: duties by urgency, and acts that wait for this actor's hand. `own`: what a handler
 * owes, of the actor's own cases alone; the counts `own` and `agency` say how many there are of either. `more`: there are more than the 500 most urgent duties or 200 acts. */
int case_my_work(struct site *site, const struct actor *actor, bool own, struct arena *arena, json_t **out, struct err *err) MUST_USE;
/* A file of an entry: its info, after the check that the actor may see it. */
int case_file_info(struct site *site, const struct actor *actor, const char *key, int64_t number, int64_t position, struct arena *arena, struct entry_file *out, struct err *err) MUST_USE;

#endif
