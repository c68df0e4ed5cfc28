/* A field as pages see it: a new reference. Private to form and lists. */
#ifndef SANZHI_LAW_FORM_JSON_H
#define SANZHI_LAW_FORM_JSON_H

#include "law/model.h"

json_t *field_json(const struct law *law, const struct field *field);

#endif
