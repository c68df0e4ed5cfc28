/* Duties in a stream's state. Private to folding. */
#ifndef SANZHI_LAW_DUTY_H
#define SANZHI_LAW_DUTY_H

#include "law/eval.h"

struct folding {
	const struct law_scope *scope;
	json_t *state, *duties;
	const struct law_act *act;
	const struct kind *kind;
	int64_t number;
	struct arena *arena;
	struct err *err;
	struct names used; /* rules of `met … matching` that this entry has met without naming which */
};

/* What the entry does to the duties that stand: paused, resumed, met, excused, extended. */
int duties_touch(struct folding *f, struct eval *e);
/* Opens one; joins it to what the same entry opened on the same topic, the strictest governing. */
int duty_open(struct folding *f, struct eval *e, const struct duty *duty);

#endif
