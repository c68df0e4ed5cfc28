/*
 * What a rulebook is once it is loaded. Private to src/law: others see law.h. Everything stands in the arena of law_load and
 * never changes afterwards.
 */
#ifndef SANZHI_LAW_MODEL_H
#define SANZHI_LAW_MODEL_H

#include "law/calendar.h"
#include "law/law.h"
#include "law/names.h"
#include "law/yaml.h"

#define INSTRUMENTS_MAX 256

struct words {
	const char **items;
	size_t count;
};
bool words_has(const struct words *words, const char *word);

enum law_level { LEVEL_PLATFORM, LEVEL_NATION, LEVEL_PROVINCE, LEVEL_PREFECTURE, LEVEL_BUREAU };

struct instrument {
	unsigned index;
	const char *id, *title, *short_title, *basis, *area, *agency;
	enum law_level level;
	day_t in_force, repealed; /* repealed: DAY_NONE while it stands */
	bool keeps_opened;
	struct words repeals;
	const struct yaml *source;
};

struct cited { /* a rule that cites a clause */
	const char *section, *rule;
	struct cited *next;
};

struct clause {
	const char *id, *kind, *cite, *full_cite, *text;
	struct words shown_by, served_by;
	const struct instrument *instrument;
	struct cited *cited, **cited_tail;
};

/* What all rules have. `full` is "instrument/name". */
struct rule {
	const char *section, *name, *full, *title, *topic, *clause;
	struct words clauses;
	const struct instrument *instrument;
	const struct yaml *source;
};

enum field_type {
	FIELD_NONE, FIELD_TEXT, FIELD_LONG, FIELD_CHOICE, FIELD_CHOICES, FIELD_YES_NO, FIELD_NUMBER, FIELD_MONEY, FIELD_DATE, FIELD_TIME, FIELD_RANGE,
	FIELD_FILE, FIELD_FILES, FIELD_PERSON, FIELD_ORGANISATION, FIELD_PARTY, FIELD_USCC, FIELD_ID_NUMBER, FIELD_DIVISION, FIELD_ADDRESS, FIELD_OFFICER,
	FIELD_OFFICERS, FIELD_SIGNATURE, FIELD_AGENCY, FIELD_USER, FIELD_LIST, FIELD_CLAUSES, FIELD_TABLE, FIELD_TYPES
};
extern const char *const field_type_words[FIELD_TYPES + 1]; /* by type; ended by NULL; the first is "" */

struct cond;

/* Options of a choice that only some procedures have. */
struct options_for {
	const char *procedure;
	struct words options;
	const struct options_for *next;
};

/* One instrument's word on one field; the field is the chain of them, the broadest instrument first. */
struct field {
	const char *name, *title, *help, *fact, *clause;
	enum field_type type; /* FIELD_NONE where this part only adds */
	bool required;
	bool past; /* a date, instant or range that may not lie after the act's time */
	const struct cond *required_when, *applies_when;
	const struct yaml *required_source, *applies_source; /* compiled once every kind is known */
	struct words options, clauses;
	const struct options_for *options_for;
	bool has_min, has_max;
	int64_t min, max;
	struct field **columns;
	size_t ncolumns;
	const struct instrument *instrument;
	const struct yaml *source;
	struct field *next;
};

struct setting {
	const char *fact;
	json_t *value;
	struct setting *next;
};
#define FACT_SLOTS 256 /* facts beyond have no slot, and are looked up each time */
struct fact_field {
	const char *fact, *field;
	struct fact_field *next;
};

struct kind_part {
	const struct instrument *instrument;
	int officers;
	struct words signs, clauses;
	const struct yaml *source;
	struct kind_part *next;
};

struct gate;
struct duty;

struct kind {
	const char *id, *title, *stream, *stage;
	struct words procedures, by;
	bool once, internal, defined;
	struct setting *sets;
	struct words clears;
	struct names fields; /* name -> struct field chain */
	struct fact_field *facts;
	bool touches[FACT_SLOTS]; /* which facts it sets, clears or has a field for, by their places in law->facts */
	struct kind_part *parts, **parts_tail;
	const struct instrument *instrument;
	const struct yaml *source;
	const struct gate **gates;
	size_t ngates;
	const struct duty **opens;
	size_t nopens;
	struct names watched; /* fields kept in the state */
	size_t order;
};

/* --- conditions --- */

enum path_root { PATH_FACT, PATH_BODY, PATH_BY, PATH_ENTRY };
struct path {
	enum path_root root;
	const char *text;
	const char **parts;
	size_t count;
	int slot; /* PATH_FACT: the fact's place in law->facts, so that an evaluation looks each fact up once; -1: none */
};

enum value_type { VALUE_TEXT, VALUE_NUMBER, VALUE_BOOL, VALUE_REF };
struct value {
	enum value_type type;
	const char *text;
	int64_t number;
	bool yes;
	const struct path *ref;
};

enum test_op { TEST_IN, TEST_NOT_IN, TEST_HAS, TEST_AT_LEAST, TEST_AT_MOST, TEST_ABOVE, TEST_BELOW, TEST_PRESENT };
struct test {
	enum test_op op;
	struct value *values;
	size_t count;
	const struct test *next; /* all must hold */
};

enum cond_op { COND_ALL, COND_ANY, COND_NOT, COND_ENTRY, COND_DIFFERENT_HAND, COND_QUALIFIED, COND_ELAPSED, COND_WORKING_TIME, COND_TEST };
#define MEMO_SLOTS 1024 /* conditions beyond are evaluated each time */
struct cond {
	enum cond_op op;
	unsigned memo; /* the same in all conditions that ask the same and whose answer may be kept (memo.c); 0: none */
	const struct cond *first, *next; /* children (ALL, ANY, NOT; ENTRY: its `with`), sibling */
	const struct path *path;         /* TEST, QUALIFIED, WORKING_TIME; ELAPSED: since */
	const struct path *until;
	const struct test *test;
	const struct kind **kinds; /* ENTRY, DIFFERENT_HAND; ELAPSED: one, when `since` is a kind */
	size_t nkinds;
	const struct kind **after; /* ENTRY: only what came after the newest of these */
	size_t nafter;
	const struct cond *after_with; /* … that these lines hold of */
	bool latest;
	int at_least;               /* ENTRY, QUALIFIED */
	struct law_limit limit;     /* ELAPSED */
	enum test_op bound;         /* ELAPSED: at least, at most, above, below */
	int64_t day_from, day_until; /* WORKING_TIME: µs of the day */
};

/* --- rules --- */

struct kinds {
	const struct kind **items;
	size_t count;
};

struct gate {
	struct rule rule;
	struct kinds before;
	const struct cond *when, *needs, *excuse_when;
	const struct duty *excuse_opens;
	const char *say, *mend;
	bool warn;
};

struct extension {
	struct kinds on;
	struct law_limit by;      /* how much longer; where `until` is given: nothing */
	const struct path *until; /* the day it now ends on, as the extending entry says */
	bool once;
	const struct cond *when;
	const struct extension *next;
};
struct suspension {
	struct kinds from, until;
	const struct cond *when;
	const struct suspension *next;
};

struct duty {
	struct rule rule;
	const char *who, *deemed, *ground;
	struct kinds opens; /* empty: opened only by an excuse */
	const struct cond *opens_when;
	bool each;
	const struct path *each_of; /* one at a time for each value of this field of the opening entry */
	const struct path *from;
	struct law_limit limit;
	const char *limit_text;
	const struct extension *extends;
	const struct suspension *suspends;
	struct kinds met;
	const struct cond *met_when;
	const struct path *met_matching;
	struct kinds excused;
	const struct cond *excused_when;
};

struct major {
	struct rule rule;
	struct words acts;
	const struct cond *when;
};

struct retention {
	struct rule rule;
	const char *what, *keep;
	const struct cond *when;
};

struct redaction {
	struct rule rule;
	const char *of;
	struct words hide, except;
	const struct cond *when;
};

struct exemption {
	struct rule rule;
	const char *question;
	bool override;
	const struct cond *when;
};

struct list {
	struct rule rule;
	const char *stage, *review;
	struct field **fields;
	size_t nfields;
};

struct material {
	struct rule rule;
	const struct kind *kind;
	const char *field;
};

struct ground {
	struct rule rule; /* its name is the clause */
	const struct duty **late;
	size_t nlate;
	const struct cond *when;
	const char *check;
};

struct param {
	struct rule rule;
	const char *value, *unit;
};

struct topic {
	const char *id, *title, *stricter;
	struct topic_moment *moments; /* from which a limit may run, the earliest (the strictest) first */
	size_t nmoments;
};
struct topic_moment {
	const char *path, *title;
};
struct procedure {
	const char *id, *title, *act, *clause;
	json_t *act_json; /* the same as a value, for conditions */
	const struct kind *opens;
	struct kinds flow; /* the usual order of its acts, for people */
};
struct named {
	const char *id, *title;
};

/* An array of pointers that grew while loading. */
struct vec {
	void **items;
	size_t count, cap;
};

struct division {
	const char *code, *name, *level;
};

struct law {
	struct arena *arena;
	const struct calendar *calendar;
	struct vec instruments;   /* the broadest level first, then by id */
	struct names instrument_ids, clauses, stages, procedures, roles, topics, kinds, facts, duties /* by full name */, gates;
	struct words acts;
	struct vec gate_list, duty_list, major, retention, redaction, exemptions, lists, materials, grounds, params;
	struct division *divisions;
	size_t ndivisions;
	struct {
		const json_t *procedures, *vocabulary;
	} said; /* what every page asks for, made once */
};

struct law_scope {
	const struct law *law;
	struct law_place place;
	day_t today, opened;
	uint64_t bits[INSTRUMENTS_MAX / 64];
};

static inline bool scope_binds(const struct law_scope *scope, const struct instrument *instrument)
{
	return (scope->bits[instrument->index / 64] >> (instrument->index % 64) & 1) != 0;
}
/* Whether a place can stand under an instrument, whatever the day. */
bool instrument_covers(const struct instrument *instrument, const struct law_place *place);
const char *level_word(enum law_level level);
const char *level_zh(enum law_level level);
/* 0 is the highest authority (the nation); the platform comes last. */
int level_rank(enum law_level level);

void vec_push(struct vec *vec, struct arena *arena, void *item);

/* --- shared by the files of this folder --- */

int divisions_load(const char *path, struct arena *arena, struct law *law, struct err *err) MUST_USE;
/* Whether `inner` is `outer` or lies in it, by the codes' prefixes (a code's trailing pairs of zeros stand for the whole). */
bool area_within(const char *inner, const char *outer);
/* The part of a field that carries its type: the broadest instrument's. NULL where none does. */
const struct field *field_base(const struct field *field);
/* Whether the kind is defined by an instrument that binds. */
bool kind_in_scope(const struct law_scope *scope, const struct kind *kind);
bool kinds_has(const struct kinds *kinds, const struct kind *kind);

#endif
