/* The interface for programs, described from the table of actions and the rulebook's kinds (OpenAPI 3.1). */
#ifndef SANZHI_WEB_OPENAPI_H
#define SANZHI_WEB_OPENAPI_H

#include "web/web.h"

/* The whole document. `base_url`: where the site is, NULL: "/". */
json_t *openapi_document(const struct action_table *actions, const json_t *kinds, const char *base_url,
			 struct arena *arena);

#endif
