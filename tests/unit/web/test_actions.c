/* The real table of actions, with one handler for all: every path is found, permissions are what they should be,
 * OpenAPI is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "web/answer.h"
#include "web/openapi.h"
#include "web/router.h"

#include "stubs_table.h"

int web_stub_handler(struct request *rq, struct response *out, struct err *err);
int web_stub_handler(struct request *rq, struct response *out, struct err *err)
{
	(void)rq;
	(void)out;
	return ERR(err, ERR_INTERNAL, "stub");
}

/* An action's path with its parameters filled in. */
static char *example(struct arena *arena, const char *path)
{
	struct buf out;
	buf_init(&out, arena, 1000);
	for (const char *at = path; *at != '\0'; at++) {
		if (*at != '{') {
			buf_addc(&out, *at);
			continue;
		}
		const char *end = strchr(at, '}');
		buf_adds(&out, end[-1] == '*' ? "x001/234.p/5" : "A%E4%B8%89-2%2F6");
		at = end;
	}
	return out.data;
}

static void test_routes(void **state)
{
	(void)state;
	static const char *const methods[] = {"GET", "POST"};
	struct arena *arena = arena_new();
	assert_true(actions.count >= 60);
	for (size_t i = 0; i < actions.count; i++) {
		const struct action *action = &actions.actions[i];
		struct route route;
		char *path = example(arena, action->path);
		route_find(&actions, methods[action->method], path, arena, &route);
		assert_ptr_equal(route.action, action);
		for (size_t p = 0; p < route.params.count; p++) {
			const char *value = route.params.items[p].value;
			assert_true(text_eq(value, "A三-2/6") || text_eq(value, "x001/234.p/5"));
		}
		route_find(&actions, "DELETE", path, arena, &route);
		assert_null(route.action);
		assert_true(route.allowed & (1U << action->method));
	}
	arena_free(arena);
}

static const struct action *found(struct arena *arena, const char *method, const char *path)
{
	struct route route;
	route_find(&actions, method, path, arena, &route);
	return route.action;
}

static void test_router(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct route route;
	const char *none[] = {"",
			      "x",
			      "//",
			      "/desk/",
			      "/desk//cases",
			      "/desk/./cases",
			      "/desk/../login",
			      "/desk/%2e%2e/login",
			      "/publications/%00",
			      "/publications/%ff",
			      "/publications/%",
			      "/nothing",
			      "/log/tile",
			      "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"};
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		route_find(&actions, "GET", none[i], arena, &route);
		assert_null(route.action);
		assert_int_equal(route.allowed, 0);
	}
	assert_string_equal(found(arena, "GET", "/")->id, "portal.home");
	assert_string_equal(found(arena, "HEAD", "/desk")->id, "desk.work");
	assert_string_equal(found(arena, "GET", "/desk/new")->id, "desk.new");
	assert_string_equal(found(arena, "POST", "/desk/new/penalty")->id, "desk.open");
	assert_string_equal(found(arena, "GET", "/desk/cases/K/decision.pdf")->id, "desk.decision");
	assert_string_equal(found(arena, "GET", "/log/tile/0/x001/234.p/5")->id, "portal.tile");

	route_find(&actions, "GET", "/logout", arena, &route);
	assert_null(route.action);
	assert_string_equal(route_allow(route.allowed), "POST");
	route_find(&actions, "PUT", "/login", arena, &route);
	assert_string_equal(route_allow(route.allowed), "GET, HEAD, POST");
	route_find(&actions, "get", "/desk", arena, &route);
	assert_null(route.action);
	assert_string_equal(route_allow(route.allowed), "GET, HEAD");
	arena_free(arena);
}

static bool under(const struct action *action, const char *prefix)
{
	return text_starts(action->path, prefix);
}

/* Who may do what, seen from outside the table: nothing of the desk or the tower is open, and what changes something is
 * not public but for signing in. */
static void test_permissions(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct actor stranger = {.agency = ""},
		     officer = {.user = "u", .agency = "", .roles = json_tie(arena, json_pack("[s]", "handler"))};
	struct actor program = officer,
		     keeper = {.user = "s", .agency = "", .roles = json_tie(arena, json_pack("[s]", "system-admin"))};
	program.token = true;
	for (size_t i = 0; i < actions.count; i++) {
		const struct action *action = &actions.actions[i];
		if (under(action, "/desk") || under(action, "/tower"))
			assert_false(permits(action, &stranger));
		if (action->method == METHOD_POST && action->permission == PERMIT_PUBLIC)
			assert_true(action->open || text_eq(action->path, "/login"));
		if (under(action, "/desk/users")) {
			assert_false(permits(action, &officer));
			assert_true(permits(action, &keeper));
		}
		if (action->audit == AUDIT_ACCESS && !under(action, "/desk/users") &&
		    action->permission != PERMIT_PUBLIC)
			assert_false(permits(action, &program));
		if (action->cache)
			assert_true(permits(action, &stranger));
		assert_true(action->method == METHOD_GET || action->body_max > 0);
	}
	arena_free(arena);
}

/* ---------------------------------------------------------------- OpenAPI */

static void check_references(const json_t *value, const json_t *doc, size_t *count)
{
	const char *key;
	json_t *member;
	json_object_foreach((json_t *)(uintptr_t)value, key, member)
	{
		if (text_eq(key, "$ref")) {
			char path[200];
			const char *target = json_string_value(member);
			assert_true(text_starts(target, "#/components/"));
			(void)snprintf(path, sizeof(path), "%s", target + 13);
			char *name = strchr(path, '/');
			*name++ = '\0';
			assert_non_null(
			    json_object_get(json_object_get(json_object_get(doc, "components"), path), name));
			(*count)++;
		}
		check_references(member, doc, count);
	}
	for (size_t i = 0; i < json_array_size(value); i++)
		check_references(json_array_get(value, i), doc, count);
}

static void test_openapi(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	json_t *kinds = json_tie(arena, json_pack("[{s:s,s:s,s:s,s:[{s:s,s:s,s:s,s:b},{s:s,s:s,s:s,s:[s,s]}]}]", "kind",
						  "review.sent", "title", "送审", "stream", "case", "fields", "name",
						  "report", "title", "报告", "type", "file", "required", 1, "name",
						  "how", "title", "方式", "type", "choices", "options", "甲", "乙"));
	json_t *doc = openapi_document(&actions, kinds, NULL, arena);
	size_t references = 0, operations = 0;
	check_references(doc, doc, &references);
	assert_true(references > actions.count);
	const char *path, *method;
	json_t *item, *operation;
	json_object_foreach(json_object_get(doc, "paths"), path, item)
	{
		json_object_foreach(item, method, operation)
		{
			operations++;
			assert_non_null(json_str(operation, "operationId"));
			const json_t *parameters = json_object_get(operation, "parameters");
			for (size_t i = 0; i < json_array_size(parameters); i++) {
				const json_t *one = json_array_get(parameters, i);
				if (text_eq(json_str(one, "in"), "path"))
					assert_non_null(
					    strstr(path, arena_printf(arena, "{%s}", json_str(one, "name"))));
			}
		}
	}
	assert_int_equal(operations, actions.count);
	assert_non_null(json_path(doc, "components.schemas"));
	const json_t *sent = json_object_get(json_path(doc, "components.schemas"), "kind.review.sent");
	assert_string_equal(json_text(arena, json_object_get(sent, "required"), NULL), "[\"report\"]");
	assert_string_equal(json_text(arena, json_path(sent, "properties.how.items.enum"), NULL), "[\"甲\",\"乙\"]");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_routes), cmocka_unit_test(test_router),
					   cmocka_unit_test(test_permissions), cmocka_unit_test(test_openapi)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
