/* Inside the scenarios' player. */
#ifndef SANZHI_WORK_PLAY_INSIDE_H
#define SANZHI_WORK_PLAY_INSIDE_H

#include <stdatomic.h>

#include "law/yaml.h"
#include "work/act.h"
#include "work/play/play.h"

#define PLAY_FILES_MAX 64
#define USUAL_PLACE "jinghong" /* of places.yaml, where a scenario names none */

struct play {
	struct arena *arena;
	struct law *law;
	const char *db_url;
};

/* What stands beside the scenarios: places, bodies and preludes, each the map of its file, NULL where there is none. */
struct library {
	struct yaml *places, *bodies, *preludes;
};

/* One scenario being played. */
struct stage {
	struct play *play;
	const struct library *library;
	struct arena *arena;         /* the scenario's */
	struct err *err;             /* failures that are not verdicts */
	const struct yaml *scenario;
	_Atomic int64_t now;         /* the site's clock; the journal's threads read it too */
	struct site *site;
	const char *code, *agency, *abbreviation, *area, *level; /* of the place */
	const char *procedure, *key; /* the case's key once it is opened */
	day_t from;                  /* the day that relative times count from */
	const struct yaml *prelude;  /* list of acts */
	size_t position;             /* in the prelude */
	json_t *states;              /* {"type/key": state} */
	json_t *verdicts;
	bool ok;
};

/* --- read.c --- */
const char *yaml_text(const struct yaml *node);            /* a scalar's text, else NULL */
const char *yaml_member(const struct yaml *map, const char *key); /* the same of a map's member */
/* Reads a scenario file: its scenarios as maps, keys checked. ERR_INVALID with diagnostics. */
int scenarios_read(const char *path, struct arena *arena, struct yaml ***out, size_t *count_out, struct err *err) MUST_USE;
/* places.yaml, bodies.yaml and preludes.yaml of the file's folder or the nearest one above that has them. */
int library_find(const char *path, struct arena *arena, struct library *out, struct err *err) MUST_USE;

/* --- body.c --- */
/* A body made of layers, the last the strongest: each a map or NULL. Only of the strongest do names that the kind has no field for count. Files that its fields name
 * are put into the store. ERR_INVALID where a mark cannot be read. */
struct layers {
	const struct yaml *maps[6];
	size_t count;
};
int body_make(struct stage *stage, const char *kind, const json_t *form, const struct layers *layers, instant_t at, struct entry_file *files, size_t *nfiles, json_t **out,
              struct err *err) MUST_USE;
const struct yaml *body_defaults(const struct stage *stage, const char *kind, const char *variant); /* of bodies.yaml; variant NULL: the plain one */
const char *body_hand(const struct stage *stage, const char *kind); /* who usually does it; NULL: bodies.yaml does not say */

/* --- world.c --- */
/* Makes the site, its agency and officers, at the moment the scenario's clock shows. */
int world_open(struct stage *stage, const char *dir, struct err *err) MUST_USE;
void world_close(struct stage *stage);
/* The actor of a name: a standard hand, or one of the scenario's `users`. ERR_INVALID. */
int world_actor(struct stage *stage, const char *name, struct actor *out, struct err *err) MUST_USE;
/* "2026-03-02 09:00", or "3 09:00": so many working days after the scenario's first day. */
bool world_time(const struct stage *stage, const char *text, instant_t *out);

/* --- doing.c --- */
struct doing {
	const char *kind, *by, *type, *key; /* by, type and key NULL: as usual for the kind */
	const struct yaml *bodies[3];       /* from the weakest to the strongest; may be NULL */
	instant_t at, happened;             /* happened INSTANT_NONE: at */
};
struct done {
	int rc;                   /* 0, or a negative err_code */
	struct err err;           /* its diagnostics, where rc is not 0 */
	const json_t *warnings;
	const char *kind, *type, *key;
	const json_t *body;       /* as it was sent */
	const json_t *gates;      /* what each gate said that stood before it */
	const json_t *before;     /* the stream's state, NULL: none yet */
};
/* Does one act at its time. A failure that belongs to the scenario's making (unknown hand, unreadable mark) is ERR_INVALID of `err`; all else is in `out`. */
int do_act(struct stage *stage, const struct doing *doing, struct done *out, struct err *err) MUST_USE;
/* The state of a stream (type NULL: the case), NULL where it has none yet. */
const json_t *stage_state(const struct stage *stage, const char *type, const char *key);

/* --- seen.c --- */
/* Adds to a verdict what the act showed of the rules, whether or not anything of it was expected: kind, what each gate said, the parts of duties that changed and those late now. */
void seen_act(struct stage *stage, const struct done *done, json_t *verdict);
/* The same of a moment: what is late now in a stream (type NULL: the case). */
void seen_late(struct stage *stage, const char *type, const char *key, json_t *verdict);

/* --- expect.c --- */
/* The verdict is the stage's. */
json_t *verdict_add(struct stage *stage, const struct yaml *where, bool given, bool ok, const char *what, const char *expected, const char *came);
/* Compares what came of an act with the step's `expect` and `warns`. */
void expect_act(struct stage *stage, const struct yaml *step, bool given, const char *what, const struct done *done);
/* Compares duties, facts, grounds, retention and binding instruments of a stream with what a map says of them. */
void expect_state(struct stage *stage, const struct yaml *map, const char *type, const char *key);

#endif
