/* From a handler's response, or an error, to status, headers and bytes. */
#ifndef SANZHI_WEB_ANSWER_H
#define SANZHI_WEB_ANSWER_H

#include "web/exchange.h"

/* The handler's response as asked for: page, JSON, redirect, bytes or file. */
void answer_response(struct exchange *exchange);
/* The error in exchange->err: the form again, the error page or a problem; signed out: the way to the login page. */
void answer_failure(struct exchange *exchange);
/* The same without template: for what must not block or fail. */
void answer_plain(struct exchange *exchange);

/* The cookie's names on this site. */
const char *cookie_session(const struct web *web);
const char *cookie_pre(const struct web *web);
const char *cookie_notice(const struct web *web);

/* Whether the actor may take the action. */
bool permits(const struct action *action, const struct actor *actor);

/* application/json preferred over text/html by an Accept header; NULL or a bare wildcard: `otherwise`. */
bool accept_json(const char *accept, bool otherwise);

/* Whether an If-None-Match (NULL: absent) names the quoted tag (NULL: none). */
bool etag_matches(const char *header, const char *etag);

#endif
