/* What all requests share. Made once, then only read (but for what guards itself: throttle, shelf). */
#ifndef SANZHI_WEB_WEB_H
#define SANZHI_WEB_WEB_H

#include "template/template.h"
#include "web/assets.h"
#include "web/guard.h"
#include "web/request.h"
#include "web/shelf.h"

/* What the core asks of the floors below; web_backend_site() is the real one, tests bring their own. */
struct web_backend {
	int (*session)(struct site *site, const char *token, struct arena *arena, struct actor *out, struct err *err);
	int (*token)(struct site *site, const char *token, struct arena *arena, struct actor *out, struct err *err);
	int64_t (*version)(struct site *site); /* grows with every entry; what was made under another is old */
	int64_t (*entries)(struct site *site); /* in the log */
	/* Adds "agency-name", "role-titles" and "may-open" (some procedure) to a page's user; from what the actor holds and the rulebook alone. */
	void (*describe)(struct site *site, const struct actor *actor, json_t *user);
	/* Kinds of entry with their fields, for OpenAPI: [{kind, title, stream, fields: [law_form's]}]. */
	json_t *(*kinds)(struct site *site, struct arena *arena);
};
const struct web_backend *web_backend_site(void); /* web/backend.c */

struct web {
	struct site *site;
	const struct action_table *actions;
	const struct web_backend *backend;
	const struct template_set *templates; /* NULL: every answer is JSON, or the plain error page */
	const struct assets *assets;
	struct throttle *throttle;
	struct shelf *shelf; /* pages of people who are signed in, kept for a moment */
	uint8_t key[GUARD_KEY_LEN];
	bool secure; /* the site's address is https: cookies with __Host- and Secure */
};

struct web_options {
	struct site *site;
	const struct action_table *actions;
	const struct web_backend *backend;
	const char *templates; /* directories; NULL: none */
	const char *assets;
	unsigned template_flags;
	unsigned logins_per_minute; /* from one address; 0: without limit */
};

/* Loads templates, assets and the key. ERR_INVALID (templates, with diagnostics), ERR_IO. Tied to the arena. */
int web_new(const struct web_options *options, struct arena *arena, struct web **out, struct err *err) MUST_USE;

#endif
