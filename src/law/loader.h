/*
 * Reading the sections of the rulebook. Private to the loader. Every function reports what is wrong and goes on; what it gives
 * back is then good enough to go on with.
 */
#ifndef SANZHI_LAW_LOADER_H
#define SANZHI_LAW_LOADER_H

#include "law/model.h"

struct source {
	const struct yaml *file; /* a whole file */
	struct instrument *instrument;
};

struct loader {
	struct law *law;
	struct arena *arena;
	struct err *err;
	struct source *sources;
	size_t nsources;
	struct names asked; /* memo.c: the conditions so far, by what they ask */
	unsigned nmemos;
};

/* --- load_util.c: reading nodes --- */

/* A mistake at a node. `why` (what was expected) and `mend` may be NULL. */
void load_mistake(struct loader *l, const struct yaml *node, const char *why, const char *mend, const char *format, ...) PRINTF_LIKE(5, 6);
/* The same with the nearest name as the way to mend it. */
void load_unknown(struct loader *l, const struct yaml *node, const char *what, const char *nearest);
/* Whether the node is of the type; says so otherwise. */
bool load_is(struct loader *l, const struct yaml *node, enum yaml_type type, const char *what);
/* Reports every key of a map that is not in the list (ended by NULL). */
void load_keys(struct loader *l, const struct yaml *map, const char *const *known);
/* A scalar under a key, NULL where absent; `must` says that it has to be there. */
const char *load_text(struct loader *l, const struct yaml *map, const char *key, bool must);
bool load_bool(struct loader *l, const struct yaml *map, const char *key, bool fallback);
bool load_int(struct loader *l, const struct yaml *node, int64_t least, int64_t most, int64_t *out);
day_t load_day(struct loader *l, const struct yaml *map, const char *key, bool must);
/* A scalar or a list of scalars. */
struct words load_words(struct loader *l, const struct yaml *node);
/* One of a table's or list's names. */
const char *load_one_of(struct loader *l, const struct yaml *node, const char *const *list, const char *what);
void load_words_known(struct loader *l, const struct yaml *node, const struct words *words, const struct names *known, const char *what);
/* A kind by its node; NULL (said) where there is none. A kind or a list of kinds. */
const struct kind *load_kind(struct loader *l, const struct yaml *node);
struct kinds load_kinds(struct loader *l, const struct yaml *node);
bool load_limit(struct loader *l, const struct yaml *node, struct law_limit *out);
/* `clause`: fills clause and clauses, checks them, links them to `section` and `rule`. `must`: reports where absent. */
void load_clause(struct loader *l, const struct yaml *map, const char *section, const char *rule, bool must, const char **first, struct words *all);
/* name, instrument, clause, title and topic of a rule. */
void load_rule(struct loader *l, const struct yaml *map, const char *section, const char *name, const struct instrument *instrument, struct rule *out);

/* --- load_cond.c: conditions. `kinds` is what `body` may be (empty: no body to look at). NULL stays NULL. --- */
const struct cond *load_cond(struct loader *l, const struct yaml *node, const struct kinds *kinds);
/* memo.c: numbers the conditions that stand in several rules, this one and those below it. NULL stays NULL. */
void memo_number(struct loader *l, const struct cond *cond);
const struct path *load_path(struct loader *l, const struct yaml *node, const struct kinds *kinds);

/* --- one section each; `map` is its node --- */
void load_head(struct loader *l, struct source *source);
void load_vocabulary(struct loader *l, const struct source *source);
void load_clauses(struct loader *l, const struct source *source);
void load_kind_section(struct loader *l, const struct source *source);
void load_gates(struct loader *l, const struct source *source);
void load_duty_names(struct loader *l, const struct source *source); /* first, so that gates and grounds may name them */
void load_duties(struct loader *l, const struct source *source);
void load_major(struct loader *l, const struct source *source);
void load_retention(struct loader *l, const struct source *source);
void load_redaction(struct loader *l, const struct source *source);
void load_exemptions(struct loader *l, const struct source *source);
void load_lists(struct loader *l, const struct source *source);
void load_materials(struct loader *l, const struct source *source);
void load_grounds(struct loader *l, const struct source *source);
void load_params(struct loader *l, const struct source *source);
/* shown-by.tsv, after the clauses; what it says about clauses that are not there is a mistake. */
void load_shown(struct loader *l, const char *path);
/* Whether a field of this type may say `past`. */
bool field_may_be_past(enum field_type type);
/* A map of fields, as kinds, lists and tables have them. */
struct field *load_field(struct loader *l, const char *name, const struct yaml *map, const struct instrument *instrument, const char *section, const char *rule);

/* --- check.c: what needs all sections --- */
void check_kinds(struct loader *l);       /* after kinds: types agree, bases exist; facts collected */
void check_requirements(struct loader *l); /* required: {when: …}, compiled once all kinds are known */
void check_index(struct loader *l);       /* gates and duties by kind */

#endif
