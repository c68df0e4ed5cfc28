/* Which action a method and path mean. Pure. */
#ifndef SANZHI_WEB_ROUTER_H
#define SANZHI_WEB_ROUTER_H

#include "web/action.h"
#include "web/url.h"

#define PATH_SEGMENTS_MAX 16

struct route {
	const struct action *action; /* NULL: no such path, or not by this method */
	unsigned allowed;            /* bits 1 << METHOD_…: what the path allows; 0: no such path */
	struct pairs params;         /* path parameters, decoded */
};

/* HEAD counts as GET. `path` is percent-encoded, without the query. A path with a bad escape, bad UTF-8, a NUL, an
 * empty segment, "." or ".." is no path of ours. */
void route_find(const struct action_table *table, const char *method, const char *path, struct arena *arena,
		struct route *out);

/* "GET, HEAD, POST" of the bits. */
const char *route_allow(unsigned allowed);

#endif
