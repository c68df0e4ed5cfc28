/*
 * Evaluating conditions. Three answers: yes, no, and maybe — where the answer hangs on what is not known yet (no body given, or, when rules are
 * compared, a fact that is absent). Nothing is allocated, nothing is changed but the evaluation's own notes.
 * These keep what was looked up and answered: an evaluation is of one state, and begins anew (eval_init) when that changes.
 */
#ifndef SANZHI_LAW_EVAL_H
#define SANZHI_LAW_EVAL_H

#include "law/model.h"

enum answer { ANSWER_NO, ANSWER_MAYBE, ANSWER_YES };

#define KIND_SLOTS 256 /* kinds beyond are looked up each time */

struct eval {
	const struct law *law;
	const struct law_scope *scope; /* for `major` as it will be; NULL: the fact as it stands */
	const json_t *facts, *entries;
	const struct kind *kind;       /* the act's; its sets and fact fields count already; NULL: none */
	const json_t *body;            /* NULL: not known */
	const char *by;                /* NULL: not known */
	const json_t *roles;           /* NULL: not known */
	instant_t at;
	bool absent_maybe;             /* an absent fact or entry may still come */
	const json_t *entry;           /* the entry that `with` looks at */
	int missing_year;              /* out: a year without a calendar was needed */
	int major;                     /* 0 not computed yet, 1 no, 2 yes, 3 being computed */
	const json_t *known[FACT_SLOTS]; /* facts looked up already, by slot; a JSON null where there is none */
	uint8_t answers[MEMO_SLOTS];     /* given already, by memo: 1 + enum answer; 0: not yet */
	const json_t *lists[KIND_SLOTS]; /* entries of a kind looked up already, by its order; likewise */
};

void eval_init(struct eval *e, const struct law_scope *scope, const json_t *state, const struct law_act *act);

/* The act (执法类别) of the stream: its fact, or its procedure's. NULL: none. */
const json_t *eval_act(const struct eval *e);
/* NULL holds. */
enum answer cond_eval(struct eval *e, const struct cond *cond);
/* The entries of a kind as the state keeps them, oldest first; NULL: none. */
const json_t *entries_of(struct eval *e, const struct kind *kind);
/* A value by path; NULL where absent. *unknown is set where it hangs on what is not known. */
const json_t *path_get(struct eval *e, const struct path *path, bool *unknown);
/* An instant out of a value: µs, RFC 3339, or a day (its start). */
bool value_instant(const json_t *value, instant_t *out);
/* One path's tests; `value` may be NULL (absent). */
enum answer test_eval(struct eval *e, const struct test *test, const json_t *value);
/* Whether any binding threshold holds; pushes their clauses to `by` unless NULL. */
bool major_eval(struct eval *e, json_t *by);
/* How many of the officers hold a certificate valid on the day, for the act and the area of the facts. */
int qualified_count(const struct eval *e, const json_t *officers);

/* A state's document for reading only (jansson's iteration wants it without const). */
static inline json_t *unconst(const json_t *value)
{
	return (json_t *)(uintptr_t)value;
}

#endif
