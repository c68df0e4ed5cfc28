/*
 * A form as one nested document. A name is a path: "f.party.type" is {"f": {"party": {"type": …}}}; digits are places
 * in an array ("f.missing.0.name"; holes close up); a name that ends in "[]", or comes several times, gives an array.
 * A name that is a value and a branch at once, or deeper or longer than the limits, is ERR_INVALID.
 */
#ifndef SANZHI_WEB_FORM_H
#define SANZHI_WEB_FORM_H

#include "base/json.h"
#include "web/url.h"

#define FORM_DEPTH_MAX 8
#define FORM_NAME_MAX 200

struct form {
	struct arena *arena;
	json_t *doc; /* tied to the arena */
};

void form_init(struct form *form, struct arena *arena);
/* Adds a value under a name; takes the reference over, also where it fails. */
int form_add(struct form *form, const char *name, json_t *owned, struct err *err) MUST_USE;
int form_add_pairs(struct form *form, const struct pairs *pairs, struct err *err) MUST_USE;
/* Closes the form: branches whose names are all digits become arrays. The document is borrowed from the arena. */
json_t *form_finish(struct form *form);

/* See request_shape. */
json_t *form_shape(struct arena *arena, const json_t *form_fields, const json_t *values);

#endif
