/* Declared inputs, checked: every mistake at once, each with the input's name as its place. */
#ifndef SANZHI_WEB_INPUTS_H
#define SANZHI_WEB_INPUTS_H

#include "base/json.h"
#include "web/action.h"
#include "web/url.h"

/*
 * Collects an action's inputs from path, query and body document into one object (tied to the arena). `json`: the body
 * was JSON, whose members must all be declared. ERR_NOT_FOUND where a path parameter cannot be (nothing stands there),
 * ERR_INVALID with diagnostics for the rest.
 */
int inputs_collect(const struct action *action, const struct pairs *path, const struct pairs *query, const json_t *doc,
		   bool json, struct arena *arena, json_t **out, struct err *err) MUST_USE;

#endif
