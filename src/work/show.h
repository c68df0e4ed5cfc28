/* Inside this floor: values as people read them. */
#ifndef SANZHI_WORK_SHOW_H
#define SANZHI_WORK_SHOW_H

#include "work/site.h"

/* An entry's body as a list in the form's order: [{name, title, type, text, rows?:[{cells:[…]}], file?:{…}}]; members the form does not know come last under their names. `key` is the
 * case's, for files' addresses. */
json_t *show_fields(const struct site *site, const json_t *form, const struct entry *entry, const char *key, struct arena *arena);

/* One value of a field's type as text. */
const char *show_value(const struct site *site, const json_t *field, const json_t *value, struct arena *arena);

/* A duty as pages show it: {id, title, clause, cite, who, who-title, due, due-text, limit, standing, remaining-text, share (0–100, how much of the time is gone), also:[{cite, due-text}], explain:[…]}. */
json_t *show_duty(const struct site *site, const json_t *duty, instant_t now, bool explain, struct arena *arena);

#endif
