/* Inside the demonstration's generator. */
#ifndef SANZHI_WORK_DEMO_INSIDE_H
#define SANZHI_WORK_DEMO_INSIDE_H

#include <stdatomic.h>

#include "work/act.h"
#include "work/demo/demo.h"
#include "work/demo/rng.h"

#define DEMO_PASSWORD "Banna-Dehong-Chuxiong-2026"
#define DEMO_OFFICERS 6  /* of each agency */
#define DEMO_HANDS 12

/* The hands of an agency, by the last part of their logins. */
enum hand {
	HAND_HANDLER, HAND_HANDLER2, HAND_UNIT_HEAD, HAND_REVIEWER, HAND_LEGAL, HAND_LEADER, HAND_HEAD, HAND_PUBLISHER, HAND_ARCHIVIST, HAND_WINDOW, HAND_COUNT
};

struct demo_agency {
	const json_t *def;     /* of agencies.json */
	const char *code, *name, *abbreviation, *area, *login, *domain;
	const char *county;    /* the division's name */
	unsigned cases;        /* its share of the cases */
	const char *officer_ids[DEMO_OFFICERS], *officer_names[DEMO_OFFICERS];
	const char *assistant, *assistant_card;
	const char *devices[2];
	struct actor hands[HAND_COUNT];
	struct actor supervisor; /* of the justice department over it */
};

struct demo {
	const struct demo_options *options;
	struct site *site;
	struct arena *arena;
	struct err *err;
	struct rng rng;
	_Atomic int64_t now;   /* the site's clock; read by the journal's threads too */
	day_t from, until;
	json_t *agency_defs, *domains, *fills, *names, *lists;
	struct demo_agency *agencies; /* the enforcing ones first, the justice departments after */
	size_t nagencies, nenforcing;
	struct actor administrator;
	json_t *logins;        /* [{login, name, agency, title}] */
	int64_t entries, users, officers;
};

/* --- data.c: the files of data/demo, and words made of them --- */
int demo_load(struct demo *demo, struct arena *arena, struct err *err) MUST_USE;
/* One member of an array. */
const json_t *demo_pick(struct rng *rng, const json_t *array);
const char *demo_word(struct rng *rng, const json_t *array);
/* A person's name as heard in the place, a street and number, a telephone number, a valid identity number of a grown person, a valid 统一社会信用代码. */
const char *demo_name(const struct demo *demo, struct rng *rng, const char *area, struct arena *arena);
const char *demo_street(const struct demo *demo, struct rng *rng, const char *area, struct arena *arena);
const char *demo_phone(struct rng *rng, struct arena *arena);
const char *demo_id_number(struct rng *rng, const char *area, struct arena *arena);
const char *demo_uscc(struct rng *rng, const char *area, struct arena *arena);
/* {"type", "name", …} of a citizen, a sole trader or a company; `kind` NULL: any. */
json_t *demo_party(const struct demo *demo, struct rng *rng, const char *area, const char *domain, const char *kind, struct arena *arena);

/* --- cast.c: agencies, people; lists.c: what agencies publish beforehand, and their year --- */
int demo_cast(struct demo *demo, struct err *err) MUST_USE;
/* An act on a register's stream; takes `body`. */
int demo_register(struct demo *demo, const struct actor *by, const char *type, const char *key, const char *kind, json_t *body, const struct entry_file *files, size_t nfiles,
                  struct err *err) MUST_USE;
int demo_lists(struct demo *demo, struct demo_agency *agency, struct err *err) MUST_USE;
int demo_yearly(struct demo *demo, struct demo_agency *agency, struct err *err) MUST_USE;

/* --- papers.c: small real files --- */
enum paper { PAPER_PDF, PAPER_PHOTO, PAPER_VIDEO };
/* A PDF page with a line of text, a JPEG picture, an AVI with a second of sound and pictures; in the blob store. `mark` makes each content its own. */
int demo_paper(struct site *site, enum paper kind, const char *title, const char *mark, struct arena *arena, struct entry_file *out, struct err *err) MUST_USE;

/* --- fill.c: bodies --- */
struct fill {
	const struct demo *demo;
	const struct demo_agency *agency;
	struct rng *rng;
	const json_t *vars;      /* words for {name} and values for @name */
	instant_t now;
	struct arena *arena;
	const struct actor *by;
	struct entry_file *files; /* JOURNAL_FILES_MAX of them */
	size_t nfiles;
};
/* A text with its words in braces put in. */
const char *fill_words(struct fill *fill, const char *text);
/* The body of a kind's entry: what is given first, then what fills.json says for the kind's field, then whatever the form requires. `given` may be NULL. */
int fill_body(struct fill *fill, const json_t *form, const char *kind, const json_t *given, json_t **out, struct err *err) MUST_USE;
/* Adds the fields that a check found missing; false where one of them cannot be made. */
bool fill_missing(struct fill *fill, const json_t *form, const char *kind, const struct diag *diags, json_t *body, struct err *err);

/* --- walk.c: one case on its way --- */
struct step {
	const char *kind;
	enum hand hand;
	instant_t at;
	json_t *body;            /* given; borrowed from the walk's arena */
};
struct walk {
	struct demo *demo;
	struct demo_agency *agency;
	struct arena *arena;
	struct rng rng;
	const char *procedure;
	json_t *vars;
	const json_t *domain, *matter; /* of domains.json; the violation, item, … of this case */
	enum hand handler;       /* which of the two */
	bool banna, dehong, chuxiong, industry; /* whose measures bind beside the province's */
	struct step *steps;
	size_t count, cap, next;
	instant_t cursor;        /* while planning: when the next step would be */
	const char *key;
	json_t *state;           /* owned */
	unsigned order;          /* ties between walks */
};
/* Planning. `walk_on` puts the next step now and moves the cursor by some minutes; `walk_days` moves it to a morning so many working days later; `walk_afternoon`
 * later on the same day or, when that is over, on the next. The body is a format of jansson's json_pack (or NULL). */
void walk_on(struct walk *walk, enum hand hand, const char *kind, const char *format, ...);
void walk_days(struct walk *walk, int64_t low, int64_t high);
void walk_hours(struct walk *walk, int64_t low, int64_t high);
void walk_calendar_days(struct walk *walk, int days);
bool walk_chance(struct walk *walk, unsigned percent);
const char *walk_var(const struct walk *walk, const char *name);
/* Runs the next step under the demonstration's clock. */
int walk_step(struct walk *walk, struct err *err) MUST_USE;

/* --- plans: each writes the whole way of a case --- */
void plan_penalty(struct walk *walk);
void plan_simple(struct walk *walk);
void plan_licence(struct walk *walk);
void plan_inspection(struct walk *walk);
void plan_coercion(struct walk *walk);
void plan_levy(struct walk *walk);
/* Parts that several share (plan_parts.c). */
void part_recorded_visit(struct walk *walk, const char *purpose);
void part_identity(struct walk *walk);
void part_review(struct walk *walk, bool recheck); /* recheck: a difference may be settled by one, which does for decisions but not for measures */
void part_measure(struct walk *walk, bool urgent);
void part_publication(struct walk *walk, const char *of, bool late);
void part_closing(struct walk *walk, const char *reason);
void part_service(struct walk *walk, const char *document);

#endif
