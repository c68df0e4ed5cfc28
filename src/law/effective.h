/* The effective kind in a scope: the union over the instruments that bind. */
#ifndef SANZHI_LAW_EFFECTIVE_H
#define SANZHI_LAW_EFFECTIVE_H

#include "law/eval.h"

/* The first part of a field that an instrument in scope speaks; NULL: the field is not asked here. */
const struct field *field_in_scope(const struct law_scope *scope, const struct field *field);
/* The part that carries title and type. */
const struct field *field_typed(const struct law_scope *scope, const struct field *field);
/* Whether the field is for such a case: for some binding instrument that makes the field (with title and type) it is. `e` is of the case as it stands before the act (eval_before). */
bool field_applies(const struct law_scope *scope, struct eval *e, const struct field *field);
/* Whether a choice has this option in a procedure (NULL: none in particular): those that `options-for` names are for the procedures named only. */
bool field_offers(const struct law_scope *scope, const struct field *field, const char *procedure, const char *option);
/* The cases it is for, in words, as far as its `when` names procedures and acts; "" where it names none. */
const char *field_cases(const struct law_scope *scope, const struct field *field, struct arena *arena);
/* An evaluation of the case before any act. What is not known (no case yet) shuts nothing out. */
void eval_before(struct eval *e, const struct law_scope *scope, const json_t *state);
/* Whether some binding instrument says that its date may not lie after the act's time. */
bool field_past(const struct law_scope *scope, const struct field *field);
/* Whether some binding instrument requires it now, and which part does. */
bool field_required(const struct law_scope *scope, struct eval *e, const struct field *field, const struct field **by);

#endif
