/* The effective kind in a scope: the union over the instruments that bind. */
#ifndef SANZHI_LAW_EFFECTIVE_H
#define SANZHI_LAW_EFFECTIVE_H

#include "law/eval.h"

/* The first part of a field that an instrument in scope speaks; NULL: the field is not asked here. */
const struct field *field_in_scope(const struct law_scope *scope, const struct field *field);
/* The part that carries title and type. */
const struct field *field_typed(const struct law_scope *scope, const struct field *field);
/* Whether some binding instrument requires it now, and which part does. */
bool field_required(const struct law_scope *scope, struct eval *e, const struct field *field, const struct field **by);

#endif
