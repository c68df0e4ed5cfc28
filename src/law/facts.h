/* What may stand at a path: the facts that kinds set and those the program keeps, the members of composite fields, the words a choice
 * may hold. For the loader's checks. */
#ifndef SANZHI_LAW_FACTS_H
#define SANZHI_LAW_FACTS_H

#include "law/loader.h"

struct fact_source {
	const struct field *field;   /* or */
	const json_t *constant;      /* or neither: the program sets it */
	const struct words *options; /* of a program's fact; NULL: anything */
	struct fact_source *next;
};

/* Fills law->facts from every kind and from the program's own. Kinds must be loaded. */
void facts_collect(struct loader *l);
/* The names of members of a composite type, ended by NULL; NULL for a plain type. */
const char *const *members_of(enum field_type type);
/* Whether `value` may be what a field or a fact holds, as far as that is a closed set; the nearest word otherwise. */
bool field_may_hold(const struct field *field, const struct value *value, const char **nearest);
bool fact_may_hold(const struct law *law, const char *fact, const struct value *value, const char **nearest);

#endif
