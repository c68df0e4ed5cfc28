/* JSON: strict in, canonical out. */
#include "suites.h"

#include "base/buf.h"
#include "base/json.h"

struct bed {
	struct arena *arena;
	struct err err;
};

static int set_up(void **state)
{
	struct arena *arena = arena_new();
	struct bed *bed = ARENA_NEW(arena, struct bed);
	bed->arena = arena;
	err_init(&bed->err, arena);
	*state = bed;
	return 0;
}

static int tear_down(void **state)
{
	struct bed *bed = *state;
	arena_free(bed->arena);
	return 0;
}

static int read_text(struct bed *bed, const char *text, json_t **out)
{
	err_clear(&bed->err);
	return json_read(bed->arena, text, strlen(text), 1 << 20, out, &bed->err);
}

static void test_strict(void **state)
{
	struct bed *bed = *state;
	static const char *const bad[] = {"",        "{",          "{\"a\":1,\"a\":2}", "[1,]",   "{} {}", "\"\xC0\x80\"",
	                                  "\"\\u0000\"", "[\"\\ud800\"]", "{a:1}",            "nul",    "01",    "[1]x",
	                                  "\"\n\"",  "99999999999999999999"};
	json_t *value;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(read_text(bed, bad[i], &value), -(int)ERR_INVALID);
		assert_int_equal(bed->err.ndiags, 1);
	}
	assert_int_equal(read_text(bed, "{\n  \"a\": tru\n}", &value), -(int)ERR_INVALID);
	assert_non_null(strstr(bed->err.message, "第 2 行"));
	/* said in the reader's language, and the key that stands twice is named */
	assert_int_equal(read_text(bed, "{\"名\":1,\"名\":2}", &value), -(int)ERR_INVALID);
	assert_non_null(strstr(bed->err.message, "项目“名”写了两次"));
	assert_int_equal(read_text(bed, "{\"a\":\"\xff\"}", &value), -(int)ERR_INVALID);
	assert_non_null(strstr(bed->err.message, "不是 UTF-8 编码"));
	assert_int_equal(read_text(bed, "{\"a\":", &value), -(int)ERR_INVALID);
	assert_non_null(strstr(bed->err.message, "有误："));
	assert_null(strstr(bed->err.message, "expected"));
	assert_int_equal(json_read(bed->arena, "[1, 2]", 6, 5, &value, &bed->err), -(int)ERR_LIMIT);
	assert_int_equal(read_text(bed, " [1, \"景\", null] ", &value), 0);
	assert_int_equal(json_array_size(value), 3);
}

/* Nested as deep as nobody means it: refused, whatever the stack. */
static void test_deep(void **state)
{
	struct bed *bed = *state;
	enum { DEEP = 10000 };
	char *text = arena_alloc(bed->arena, 2 * DEEP + 1);
	memset(text, '[', DEEP);
	memset(text + DEEP, ']', DEEP);
	json_t *value;
	assert_int_equal(read_text(bed, text, &value), -(int)ERR_INVALID);
	text = arena_alloc(bed->arena, 401);
	memset(text, '[', 200);
	memset(text + 200, ']', 200);
	char *out;
	size_t len;
	assert_int_equal(read_text(bed, text, &value), 0);
	assert_int_equal(json_canonical(bed->arena, value, &out, &len, &bed->err), -(int)ERR_INVALID);
}

static void test_canonical(void **state)
{
	struct bed *bed = *state;
	json_t *value;
	char *out;
	size_t len;
	assert_int_equal(read_text(bed, "{\"b\": [1, -0, true, null, {}], \"a\": \"\\u666f\\/\\u0001\\t\", \"𠮷\": 1, \"景\": 2, \"B\": [ ]}",
	                           &value), 0);
	assert_int_equal(json_canonical(bed->arena, value, &out, &len, &bed->err), 0);
	assert_string_equal(out, "{\"B\":[],\"a\":\"景/\\u0001\\t\",\"b\":[1,0,true,null,{}],\"景\":2,\"𠮷\":1}");
	assert_int_equal(len, strlen(out));
	/* Read again and written again: the same bytes. */
	char *again;
	assert_int_equal(read_text(bed, out, &value), 0);
	assert_int_equal(json_canonical(bed->arena, value, &again, &len, &bed->err), 0);
	assert_string_equal(out, again);
	assert_int_equal(read_text(bed, "[1.5]", &value), 0);
	assert_int_equal(json_canonical(bed->arena, value, &out, &len, &bed->err), -(int)ERR_INVALID);
}

static void test_members(void **state)
{
	struct bed *bed = *state;
	json_t *object = json_tie(bed->arena, json_object()), *array = json_array();
	json_put_str(object, "name", "景洪");
	json_put_str(object, "none", NULL);
	json_put_int(object, "n", INT64_MIN);
	json_put_bool(object, "yes", true);
	json_push_str(array, "x");
	json_push(array, json_integer(2));
	json_put(object, "list", array);
	json_put(object, "nothing", NULL);
	json_put(object, "party", json_pack("{s:{s:s}}", "a", "type", "公民"));
	assert_string_equal(json_str(object, "name"), "景洪");
	assert_null(json_str(object, "none"));
	assert_null(json_str(object, "n"));
	assert_null(json_str(NULL, "n"));
	assert_int_equal(json_int(object, "n", 5), INT64_MIN);
	assert_int_equal(json_int(object, "name", 5), 5);
	assert_true(json_bool(object, "yes"));
	assert_false(json_bool(object, "name"));
	assert_string_equal(json_string_value(json_path(object, "party.a.type")), "公民");
	assert_null(json_path(object, "party.b.type"));
	assert_null(json_path(object, "name.a"));
	size_t len;
	assert_string_equal(json_text(bed->arena, object, &len),
	                    "{\"name\":\"景洪\",\"n\":-9223372036854775808,\"yes\":true,\"list\":[\"x\",2],"
	                    "\"party\":{\"a\":{\"type\":\"公民\"}}}");
}

static void test_written(void **state)
{
	struct bed *bed = *state;
	json_t *value = json_tie(bed->arena, json_pack("{s:f,s:[f,i,b,n],s:s,s:{}}", "z", 0.5, "a", 2.0, 0, 1, "t", "\"\\\n\x01", "o"));
	assert_string_equal(json_text(bed->arena, value, NULL), "{\"z\":0.5,\"a\":[2.0,0,true,null],\"t\":\"\\\"\\\\\\n\\u0001\",\"o\":{}}");
	/* Deeper than canonical bytes may be: a refused body is shown again as it came. */
	json_t *deep = json_array();
	for (int i = 0; i < 1000; i++) {
		json_t *outer = json_array();
		json_push(outer, deep);
		deep = outer;
	}
	size_t len;
	(void)json_text(bed->arena, json_tie(bed->arena, deep), &len);
	assert_int_equal(len, 2002);
}

static void test_in_order(void **state)
{
	struct bed *bed = *state;
	json_t *one, *other;
	assert_int_equal(read_text(bed, "{\"b\":[{\"z\":1,\"y\":{\"d\":2,\"c\":3}}],\"a\":\"x\"}", &one), 0);
	assert_int_equal(read_text(bed, "{\"a\":\"x\",\"b\":[{\"y\":{\"c\":3,\"d\":2},\"z\":1}]}", &other), 0);
	const char *text = json_text(bed->arena, json_tie(bed->arena, json_sorted(one)), NULL);
	assert_string_equal(text, "{\"a\":\"x\",\"b\":[{\"y\":{\"c\":3,\"d\":2},\"z\":1}]}");
	assert_string_equal(text, json_text(bed->arena, json_tie(bed->arena, json_sorted(other)), NULL));
	assert_true(json_equal(one, other));
}

int test_json(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {TEST(test_strict), TEST(test_deep), TEST(test_canonical), TEST(test_members), TEST(test_written), TEST(test_in_order)};
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
