#include "web/router.h"

#include "base/text.h"

struct segments {
	size_t count;
	const char *decoded[PATH_SEGMENTS_MAX];
};

static bool split_path(struct arena *arena, const char *path, struct segments *out)
{
	out->count = 0;
	if (path[0] != '/')
		return false;
	if (path[1] == '\0')
		return true;
	while (*path == '/') {
		size_t len = strcspn(++path, "/");
		if (len == 0 || out->count == PATH_SEGMENTS_MAX)
			return false;
		const char *text = url_decode(arena, path, len, false);
		if (text == NULL || text_eq(text, ".") || text_eq(text, ".."))
			return false;
		out->decoded[out->count++] = text;
		path += len;
	}
	return true;
}

static const char *join(struct arena *arena, const struct segments *segments, size_t from)
{
	const char *all = segments->decoded[from];
	for (size_t i = from + 1; i < segments->count; i++)
		all = arena_printf(arena, "%s/%s", all, segments->decoded[i]);
	return all;
}

/* Compares an action's path with the segments; fills `params` where it matches. */
static bool matches(struct arena *arena, const char *pattern, const struct segments *segments, struct pairs *params)
{
	size_t at = 0;
	params->count = 0;
	if (pattern[1] == '\0')
		return segments->count == 0;
	while (*pattern == '/') {
		size_t len = strcspn(++pattern, "/");
		if (at == segments->count)
			return false;
		if (*pattern != '{') {
			if (strlen(segments->decoded[at]) != len || memcmp(segments->decoded[at], pattern, len) != 0)
				return false;
		} else if (pattern[len - 2] == '*') {
			pairs_add(arena, params, arena_strndup(arena, pattern + 1, len - 3), join(arena, segments, at));
			return true;
		} else {
			pairs_add(arena, params, arena_strndup(arena, pattern + 1, len - 2), segments->decoded[at]);
		}
		at++;
		pattern += len;
	}
	return at == segments->count;
}

void route_find(const struct action_table *table, const char *method, const char *path, struct arena *arena,
		struct route *out)
{
	*out = (struct route){0};
	struct segments segments;
	if (!split_path(arena, path, &segments))
		return;
	int wanted = text_eq(method, "GET") || text_eq(method, "HEAD") ? METHOD_GET
		     : text_eq(method, "POST")                         ? METHOD_POST
								       : -1;
	const char *first =
	    NULL; /* the path that came first decides, so that a literal never shares methods with a parameter */
	struct pairs params = {0};
	for (size_t i = 0; i < table->count; i++) {
		const struct action *action = &table->actions[i];
		if (first != NULL && !text_eq(action->path, first))
			continue;
		if (first == NULL && !matches(arena, action->path, &segments, &params))
			continue;
		first = action->path;
		out->allowed |= 1U << action->method;
		if ((int)action->method == wanted)
			out->action = action;
	}
	if (first != NULL)
		out->params = params;
}

const char *route_allow(unsigned allowed)
{
	switch (allowed) {
	case 1U << METHOD_GET: return "GET, HEAD";
	case 1U << METHOD_POST: return "POST";
	default: return "GET, HEAD, POST";
	}
}
