/*
 * The law engine: reads the rulebook (docs/formats/rulebook.md), checks it, and judges. Pure: no database, no clock of
 * its own, no mutable state after loading; one `struct law` serves all threads.
 *
 * A stream's state is one JSON document that law_fold grows entry by entry (docs/formats/state.md):
 *   {"facts": {…}, "entries": {KIND: [{"n": number in the stream, "at": µs, "by": user, "f": {watched fields}}, …]},
 *    "duties": [{"id","rule","clause","clauses","topic","title","who","opened_by","from","due","state","met_by","met_at",
 *                "suspended","extended","also":[…]}, …]}
 * `f` holds only the fields that some condition looks at, so that the document stays small.
 */
#ifndef SANZHI_LAW_LAW_H
#define SANZHI_LAW_LAW_H

#include "base/json.h"
#include "law/calendar.h"

struct law;

/* Reads and checks a whole rulebook directory, calendar and divisions with it. Every mistake becomes a diagnostic
 * (where = file:line:column); ERR_INVALID when there is one. Tied to the arena. */
int law_load(const char *dir, struct arena *arena, struct law **out, struct err *err) MUST_USE;
const struct calendar *law_calendar(const struct law *law);

/* Who is judged: the agency and its place. */
struct law_place {
	const char *agency; /* 统一社会信用代码, or NULL */
	const char *area;   /* GB/T 2260 code of the agency's division */
};

/* The instruments that bind, chosen once for a place, a day and (for `keeps: opened`) the day a case was opened
 * (DAY_NONE: no case). Tied to the arena; cheap enough to make for each request. */
struct law_scope;
struct law_scope *law_scope(const struct law *law, const struct law_place *place, day_t today, day_t opened, struct arena *arena);

/* An act: an entry that somebody wants to append. `body` must have passed law_check_body. */
struct law_act {
	const char *kind;
	instant_t at;          /* when it happened */
	const char *by;        /* user id; NULL for the program itself */
	const json_t *by_roles; /* array of role words, or NULL: not judged by role */
	const json_t *body;
	json_t *told;          /* array or NULL: what each gate said that stood before the act, {rule, answer: met|shut|warned|excused|unknown-year}, is pushed to it */
};

enum law_reason { LAW_GATE, LAW_ROLE, LAW_ONCE, LAW_PROCEDURE, LAW_UNKNOWN_KIND, LAW_OFFICERS, LAW_STREAM };

struct law_refusal {
	enum law_reason reason;
	const char *rule;       /* gate's name */
	const char *instrument; /* its id */
	const char *clause;     /* register id */
	const char *cite;       /* "《…》第…条" */
	const char *say, *mend; /* for the officer */
	bool warning;           /* says so, but does not refuse */
	struct law_refusal *next;
};

struct law_verdict {
	bool allowed;
	struct law_refusal *refusals; /* all that stand against it, strictest instrument first */
	size_t count;                 /* of refusals that are not warnings */
	struct law_refusal *warnings;
	json_t *excused;              /* array of {rule, clause, opens}: gates let pass, with the duty that follows */
};

/* Checks a body against the kind's effective fields in this scope: types, limits, required, unknown names, fields that are not for such a case, and dates
 * after `at`, when the act happened, where they cannot be. The checked copy
 * (trimmed, normalised: USCC upper case, money in fen, instants in RFC 3339) comes back. ERR_INVALID with one diagnostic a field,
 * `where` = field path. `state` is needed for `required: {when: …}`. */
int law_check_body(const struct law_scope *scope, const json_t *state, const char *kind, instant_t at, const json_t *body, struct arena *arena,
                   json_t **out, struct err *err) MUST_USE;

/* Judges an act on a stream's state. Never fails but by memory: an unknown kind is a refusal. */
const struct law_verdict *law_judge(const struct law_scope *scope, const json_t *state, const struct law_act *act, struct arena *arena);

/* A new stream's state: no entries; facts given (agency, area, procedure, act, opened …). */
json_t *law_state_new(const struct law_place *place, const char *procedure, instant_t opened, struct arena *arena);

/* Takes an appended entry into the state: entry list, facts, status and stage, major, duties opened, met, extended, suspended, excused.
 * ERR_INVALID where a year of the calendar is missing (the message says which and how to load it). Mutates `state`. */
int law_fold(const struct law_scope *scope, json_t *state, const struct law_act *act, int64_t number, struct arena *arena, struct err *err) MUST_USE;

/* A duty's standing at a moment: "open", "amber" (the last third of its time, or its last two working days), "late", "met", "met-late",
 * "excused", "suspended"; from the state's duty object. */
const char *law_duty_standing(const struct law *law, const json_t *duty, instant_t now);

/* Every kind of the stream's type that may come next: array of {kind, title, stage, allowed, refusals:[{clause, cite, say, mend}], warnings}.
 * Only kinds the roles may append (by_roles NULL: all). The judgement leaves out what depends on the body alone. */
json_t *law_next(const struct law_scope *scope, const json_t *state, const struct law_act *who, struct arena *arena);

/* A kind's effective form in the scope: {kind, title, stage, fields:[{name, title, type, required, past, options, max, columns, clause, cite, help}], clauses}, with the
 * fields that are for the case of `state`; `state` NULL: with all that there are. NULL: unknown kind. */
json_t *law_form(const struct law_scope *scope, const json_t *state, const char *kind, struct arena *arena);

/* Kind facts that the program needs: stream type, title, stage, internal; false where the kind is unknown. */
struct law_kind_info {
	const char *kind, *title, *stream, *stage, *stage_title;
	bool internal, opens; /* opens: it is the first entry of a procedure */
};
bool law_kind(const struct law *law, const char *kind, struct law_kind_info *out);
/* Whether one of these roles may record it. False for an unknown kind. */
bool law_kind_open_to(const struct law *law, const char *kind, const json_t *roles);
/* Why these roles may not, naming those that may; NULL: they may. */
const char *law_kind_denied(const struct law *law, const char *kind, const json_t *roles, struct arena *arena);

/* --- what the law says: lists for pages and the command; each returns JSON in the arena --- */
json_t *law_instruments(const struct law *law, struct arena *arena);
json_t *law_binding(const struct law_scope *scope, struct arena *arena); /* those that bind in the scope, the platform's own vocabulary left out */
json_t *law_clause(const struct law *law, const char *clause, struct arena *arena); /* NULL: unknown; else {id, cite, kind, text, instrument, rules:[…], shown-by, served-by} */
json_t *law_rules(const struct law *law, const char *instrument, const char *section, struct arena *arena); /* both may be NULL; "clauses" is a section too, asked for by name; `written` is the rule as its file has it */
json_t *law_coverage(const struct law *law, struct arena *arena);  /* [{clause, kind, serves:[…], shown-by:[…], state: served|not-yet}] */
json_t *law_conflicts(const struct law *law, struct arena *arena); /* [{topic, title, higher:{…}, lower:{…}, difference, governs}] */
/* These two are made once, when the rulebook is loaded, and shared by all threads. */
const json_t *law_procedures(const struct law *law);
const json_t *law_vocabulary(const struct law *law); /* stages, acts, roles, topics with titles */
json_t *law_lists(const struct law_scope *scope, struct arena *arena);
json_t *law_params(const struct law_scope *scope, struct arena *arena); /* figures that bind: [{rule, instrument, clause, cite, topic, title, value, unit}]; value absent: the agency's own to set */
json_t *law_exemptions(const struct law_scope *scope, const json_t *state, struct arena *arena); /* questions before publication */
json_t *law_redactions(const struct law_scope *scope, const json_t *state, struct arena *arena);
json_t *law_retention(const struct law_scope *scope, const json_t *state, const char *what, const json_t *body, struct arena *arena);
json_t *law_grounds(const struct law_scope *scope, const json_t *state, instant_t now, struct arena *arena); /* grounds that stand now, each with its evidence */
json_t *law_divisions(const struct law *law, const char *within, struct arena *arena);
const char *law_division_name(const struct law *law, const char *code); /* NULL: unknown */
/* A clause's citation for people ("《云南省行政执法公示办法》第十四条"), or NULL. */
const char *law_cite(const struct law *law, const char *clause);

/* --- limits by themselves (`sanzhi due`) --- */
/* Reads "7wd", "7 wd", "30d", "24h", "3m", "2y". */
int law_limit_parse(const char *text, struct law_limit *out, struct err *err) MUST_USE;
/* Due dates of the duties that cite `clause` for facts {act: …}; strictest of what binds `place` (NULL: the clause alone).
 * [{rule, clause, cite, title, limit, from, due, explain:[…], governs}] */
int law_due(const struct law *law, const struct law_place *place, const char *clause, const json_t *facts, instant_t from,
            struct arena *arena, json_t **out, struct err *err) MUST_USE;

#endif
