/* A body checked field by field. Private to the files that do it. */
#ifndef SANZHI_LAW_BODY_H
#define SANZHI_LAW_BODY_H

#include "law/effective.h"

struct body_check {
	const struct law_scope *scope;
	struct arena *arena;
	struct err *err;
	instant_t at;      /* when the act happened */
	struct eval before; /* the case as it stands before the act */
};

/* A mistake at a path, with what was expected and how to mend it (NULL: nothing to add). Always NULL, so that a check can end with it. */
json_t *body_wrong(struct body_check *c, const char *where, const char *what, const char *mend);
/* A value of a field, normalised: a new reference. NULL where it is wrong (said). `first` is the field's chain, `typed` its part with the type. */
json_t *body_value(struct body_check *c, const char *where, const struct field *first, const struct field *typed, const json_t *value);
/* A composite value: person, organisation, party, address, range, signature, officer. */
json_t *body_composite(struct body_check *c, const char *where, enum field_type type, const json_t *value);
/* Plain checks that composites use too; each a new reference or NULL (said). */
json_t *body_text(struct body_check *c, const char *where, const json_t *value, int64_t least, int64_t most, bool lines);
json_t *body_date(struct body_check *c, const char *where, const json_t *value);
json_t *body_time(struct body_check *c, const char *where, const json_t *value);
json_t *body_uscc(struct body_check *c, const char *where, const json_t *value);
json_t *body_id_number(struct body_check *c, const char *where, const json_t *value);
json_t *body_division(struct body_check *c, const char *where, const json_t *value);
/* Whether a checked date, instant or range ends by the act's time; where it does not, that is said of `title`. Another value, or none: true. */
bool body_past(struct body_check *c, const char *where, const char *title, const json_t *value);
/* Whether the value is as good as not given: null, blank text, empty list. */
bool body_blank(const json_t *value);

#endif
