/* Parsers at the door: addresses, forms, multipart, inputs; cookies and tokens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/text.h"
#include "web/answer.h"
#include "web/form.h"
#include "web/guard.h"
#include "web/inputs.h"
#include "web/multipart.h"
#include "web/range.h"

struct env {
	struct arena *arena;
	struct err err;
};

static int setup(void **state)
{
	struct env *env = calloc(1, sizeof(*env));
	env->arena = arena_new();
	err_init(&env->err, env->arena);
	*state = env;
	return 0;
}

static int teardown(void **state)
{
	struct env *env = *state;
	arena_free(env->arena);
	free(env);
	return 0;
}

static void test_url(void **state)
{
	struct env *env = *state;
	const char *bad[] = {"%", "%4", "%zz", "%00", "%ff", "a%c3", "%ed%a0%80"};
	assert_string_equal(url_decode(env->arena, "a%20b+c", 7, true), "a b c");
	assert_string_equal(url_decode(env->arena, "a+b", 3, false), "a+b");
	assert_string_equal(url_decode(env->arena, "%E4%B8%89", 9, false), "三");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(url_decode(env->arena, bad[i], strlen(bad[i]), false));

	struct pairs pairs = {0};
	assert_int_equal(url_pairs(env->arena, "a=1&&b&c==x", 11, &pairs, &env->err), 0);
	assert_int_equal(pairs.count, 3);
	assert_string_equal(pairs.items[1].value, "");
	assert_string_equal(pairs.items[2].value, "=x");
	assert_int_equal(url_pairs(env->arena, "a=%zz", 5, &pairs, &env->err), -ERR_INVALID);
	char many[URL_PAIRS_MAX * 2 + 3];
	for (size_t i = 0; i < sizeof(many); i += 2) {
		many[i] = 'a';
		if (i + 1 < sizeof(many))
			many[i + 1] = '&';
	}
	struct pairs full = {0};
	assert_int_equal(url_pairs(env->arena, many, sizeof(many), &full, &env->err), -ERR_LIMIT);
}

static const char *form_of(struct env *env, const char *urlencoded, int expected)
{
	struct form form;
	struct pairs pairs = {0};
	err_clear(&env->err);
	form_init(&form, env->arena);
	assert_int_equal(url_pairs(env->arena, urlencoded, strlen(urlencoded), &pairs, &env->err), 0);
	assert_int_equal(form_add_pairs(&form, &pairs, &env->err), expected);
	return json_text(env->arena, form_finish(&form), NULL);
}

static void test_form(void **state)
{
	struct env *env = *state;
	assert_string_equal(form_of(env, "f.party.type=x&f.party.name=y&at=1", 0),
			    "{\"f\":{\"party\":{\"type\":\"x\",\"name\":\"y\"}},\"at\":\"1\"}");
	assert_string_equal(form_of(env, "f.m.0.n=a&f.m.2.n=c&f.m.10.n=k", 0),
			    "{\"f\":{\"m\":[{\"n\":\"a\"},{\"n\":\"c\"},{\"n\":\"k\"}]}}");
	assert_string_equal(form_of(env, "f.s=a&f.s=b", 0), "{\"f\":{\"s\":[\"a\",\"b\"]}}");
	assert_string_equal(form_of(env, "f.s[]=a", 0), "{\"f\":{\"s\":[\"a\"]}}");
	assert_string_equal(form_of(env, "1=a", 0), "{\"1\":\"a\"}"); /* the document itself stays an object */
	/* A value and a branch at once, both ways round. */
	(void)form_of(env, "f.a=1&f.a.b=2", -ERR_INVALID);
	(void)form_of(env, "f.a.b=2&f.a=1", -ERR_INVALID);
	(void)form_of(env, "f.a=1&f.a=2&f.a.b=3", -ERR_INVALID);
	/* Names that are no path, too deep, too long. */
	(void)form_of(env, "=x", -ERR_INVALID);
	(void)form_of(env, "a..b=x", -ERR_INVALID);
	(void)form_of(env, ".a=x", -ERR_INVALID);
	(void)form_of(env, "a.=x", -ERR_INVALID);
	(void)form_of(env, "a.b.c.d.e.f.g.h=x", 0);
	(void)form_of(env, "a.b.c.d.e.f.g.h.i=x", -ERR_INVALID);
	char *longest = arena_alloc(env->arena, FORM_NAME_MAX + 10);
	memset(longest, 'a', FORM_NAME_MAX + 1);
	memcpy(longest + FORM_NAME_MAX + 1, "=x", 3);
	(void)form_of(env, longest, -ERR_INVALID);
	(void)form_of(env, longest + 1, 0);
}

static void test_shape(void **state)
{
	struct env *env = *state;
	json_t *fields, *values;
	const char *form = "[{\"name\":\"s\",\"type\":\"choices\"},{\"name\":\"n\",\"type\":\"number\"},{\"name\":"
			   "\"y\",\"type\":\"yes-no\"},"
			   "{\"name\":\"t\",\"type\":\"table\",\"columns\":[{\"name\":\"c\",\"type\":\"number\"}]},{"
			   "\"name\":\"g\",\"type\":\"signature\"},"
			   "{\"name\":\"fs\",\"type\":\"files\"},{\"name\":\"m\",\"type\":\"money\"}]";
	const char *given =
	    "{\"s\":\"a\",\"n\":\" 12 "
	    "\",\"y\":\"on\",\"t\":[{\"c\":\"3\"},{\"c\":\"\"}],\"g\":{\"refused\":\"yes\",\"reason\":\"\"},"
	    "\"fs\":{\"file\":0},\"m\":\"5000.00\",\"x\":\"\",\"e\":{\"a\":{\"b\":\"\"}}}";
	assert_int_equal(json_read(env->arena, form, strlen(form), 10000, &fields, &env->err), 0);
	assert_int_equal(json_read(env->arena, given, strlen(given), 10000, &values, &env->err), 0);
	assert_string_equal(json_text(env->arena, form_shape(env->arena, fields, values), NULL),
			    "{\"s\":[\"a\"],\"n\":12,\"y\":true,\"t\":[{\"c\":3}],\"g\":{\"refused\":true},\"fs\":[{"
			    "\"file\":0}],\"m\":\"5000.00\"}");
	assert_string_equal(json_text(env->arena, form_shape(env->arena, fields, NULL), NULL), "{}");
}

/* ---------------------------------------------------------------- multipart */

static int part_begin(void *context, const struct multipart_part *part, struct err *err)
{
	(void)err;
	buf_addf(context, "[%s|%s|%s:", part->name, part->filename == NULL ? "-" : part->filename,
		 part->type == NULL ? "-" : part->type);
	return 0;
}

static int part_data(void *context, const void *bytes, size_t len, struct err *err)
{
	(void)err;
	buf_add(context, bytes, len);
	return 0;
}

static int part_end(void *context, struct err *err)
{
	(void)err;
	buf_addc(context, ']');
	return 0;
}

/* The parts as one text, the body coming in two pieces cut at `cut`. */
static int parse(struct env *env, const char *body, size_t len, size_t cut, struct buf *out)
{
	buf_init(out, env->arena, 100000);
	struct multipart_sink sink = {part_begin, part_data, part_end, out};
	struct multipart *multipart = multipart_new(env->arena, "multipart/form-data; boundary=\"b--x\"", &sink);
	assert_non_null(multipart);
	err_clear(&env->err);
	int fail = multipart_add(multipart, body, cut, &env->err);
	if (fail == 0)
		fail = multipart_add(multipart, body + cut, len - cut, &env->err);
	return fail != 0 ? fail : multipart_finish(multipart, &env->err);
}

#define BODY                                                                                                           \
	"a preamble\r\n--b--x\r\nContent-Disposition: form-data; "                                                     \
	"name=\"f.a\"\r\n\r\none\r\n--b-\r\r\n--b--\r\n--b--x  \r\n"                                                   \
	"content-disposition: form-data; name=\"f.r\"; filename=\"C:\\dir\\\xe6\x8a\xa5%22.pdf\"\r\nContent-Type: "    \
	"application/pdf\r\n\r\n"                                                                                      \
	"\r\n\r\n--b--x\r\nContent-Disposition: form-data; name=e\r\n\r\n\r\n--b--x--\r\nan epilogue"

static void test_multipart_split(void **state)
{
	struct env *env = *state;
	static const char body[] = BODY;
	static const char expected[] =
	    "[f.a|-|-:one\r\n--b-\r\r\n--b--][f.r|\xe6\x8a\xa5\".pdf|application/pdf:\r\n][e|-|-:]";
	for (size_t cut = 0; cut <= sizeof(body) - 1; cut++) {
		struct buf out;
		assert_int_equal(parse(env, body, sizeof(body) - 1, cut, &out), 0);
		assert_string_equal(out.data, expected);
	}
	/* Every beginning that lacks the last delimiter is refused. */
	size_t end = (size_t)(strstr(body, "--b--x--") - body) + 8;
	for (size_t len = 0; len < end; len++) {
		struct buf out;
		assert_int_equal(parse(env, body, len, len / 2, &out), -ERR_INVALID);
	}
}

static void test_multipart_hostile(void **state)
{
	struct env *env = *state;
	struct buf out;
	const char *bad[] = {
	    "--b--x\r\n\r\nno headers\r\n--b--x--",
	    "--b--x\r\nContent-Type: text/plain\r\n\r\nno name\r\n--b--x--",
	    "--b--x\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n\r\n--b--x--",
	    "--b--x\r\nContent-Disposition: form-data; name=\"a\r\n\r\n\r\n--b--x--",
	    "--b--x\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n\r\n--b--x--",
	    "--b--x\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; "
	    "name=\"b\"\r\n\r\n\r\n--b--x--",
	    "--b--x\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: "
	    "base64\r\n\r\n\r\n--b--x--",
	    "--b--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b--x--",
	    "--b--x\rContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b--x--",
	    "--b--x-x",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(env, bad[i], strlen(bad[i]), 0, &out), -ERR_INVALID);
	static const char nul[] = "--b--x\r\nContent-Disposition: form-data; name=\"a\0b\"\r\n\r\n\r\n--b--x--";
	assert_int_equal(parse(env, nul, sizeof(nul) - 1, 0, &out), -ERR_INVALID);
	char *headers = arena_alloc(env->arena, MULTIPART_HEADERS_MAX + 100);
	memset(headers, 'a', MULTIPART_HEADERS_MAX + 99);
	memcpy(headers, "--b--x\r\n", 8);
	assert_int_equal(parse(env, headers, strlen(headers), 0, &out), -ERR_INVALID);

	const char *types[] = {
	    NULL,
	    "text/plain",
	    "multipart/form-data",
	    "multipart/form-data; boundary=",
	    "multipart/form-data; boundary=\"a",
	    "multipart/form-data; boundary=a\tb\"",
	    "multipart/form-dataX; boundary=a",
	    "multipart/form-data; boundary=01234567890123456789012345678901234567890123456789012345678901234567890"};
	struct multipart_sink sink = {part_begin, part_data, part_end, &out};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		assert_null(multipart_new(env->arena, types[i], &sink));
	assert_non_null(multipart_new(env->arena, "Multipart/Form-Data; charset=utf-8; Boundary=abc", &sink));
}

/* ---------------------------------------------------------------- inputs */

static const char *const colours[] = {"red", "green", NULL};
static const struct action_input some[] = {
    {.name = "key", .where = INPUT_PATH, .type = INPUT_TEXT, .required = true, .max = 5, .title = "编号", .help = "h"},
    {.name = "n", .where = INPUT_QUERY, .type = INPUT_INT, .min = 1, .max = 10, .title = "数", .help = "h"},
    {.name = "day", .where = INPUT_FORM, .type = INPUT_DATE, .title = "日", .help = "h"},
    {.name = "c", .where = INPUT_FORM, .type = INPUT_CHOICE, .options = colours, .title = "色", .help = "h"},
    {.name = "t", .where = INPUT_FORM, .type = INPUT_TEXT, .required = true, .max = 3, .title = "字", .help = "h"},
    {.name = "m", .where = INPUT_FORM, .type = INPUT_TEXT, .many = true, .max = 9, .title = "多", .help = "h"},
    {.name = "p", .where = INPUT_FORM, .type = INPUT_TEXT, .secret = true, .max = 9, .title = "密", .help = "h"},
};
static const struct action act = {.id = "t.t", .inputs = some, .ninputs = 7};

static const char *collect(struct env *env, const char *key, const char *query, const char *body, bool json,
			   int expected)
{
	struct pairs path = {0}, pairs = {0};
	json_t *doc, *out = NULL;
	err_clear(&env->err);
	pairs_add(env->arena, &path, "key", key);
	assert_int_equal(url_pairs(env->arena, query, strlen(query), &pairs, &env->err), 0);
	assert_int_equal(json_read(env->arena, body, strlen(body), 10000, &doc, &env->err), 0);
	assert_int_equal(inputs_collect(&act, &path, &pairs, doc, json, env->arena, &out, &env->err), expected);
	return expected == 0 ? json_text(env->arena, out, NULL) : NULL;
}

static void test_inputs(void **state)
{
	struct env *env = *state;
	assert_string_equal(collect(env, " k ", "n=7&other=1",
				    "{\"day\":\"2026-02-28\",\"c\":\"red\",\"t\":\"三个字\",\"m\":\"x\",\"p\":\" s \"}",
				    true, 0),
			    "{\"key\":\"k\",\"n\":7,\"day\":\"2026-02-28\",\"c\":\"red\",\"t\":\"三个字\",\"m\":[\"x\"]"
			    ",\"p\":\" s \"}");
	assert_string_equal(collect(env, "k", "n=", "{\"t\":\"x\",\"day\":\"\",\"m\":[\"a\",\"b\"],\"u\":1}", false, 0),
			    "{\"key\":\"k\",\"t\":\"x\",\"m\":[\"a\",\"b\"]}");
	(void)collect(env, "toolong", "", "{\"t\":\"x\"}", false, -ERR_NOT_FOUND);
	/* Every mistake at once. */
	(void)collect(env, "k", "n=11", "{\"day\":\"2026-02-30\",\"c\":\"blue\",\"t\":\"四个字啊\",\"u\":1}", true,
		      -ERR_INVALID);
	assert_int_equal(env->err.ndiags, 5);
	(void)collect(env, "k", "n=1&n=2", "{\"t\":\"a\\u0007\"}", false, -ERR_INVALID);
	assert_int_equal(env->err.ndiags, 2);
	(void)collect(env, "k", "", "{\"t\":{\"a\":1}}", false, -ERR_INVALID);
	(void)collect(env, "k", "", "{}", false, -ERR_INVALID);
	assert_string_equal(env->err.diags->where, "t");
}

/* ---------------------------------------------------------------- guard */

static void test_cookie(void **state)
{
	struct env *env = *state;
	assert_string_equal(cookie_get(env->arena, "a=1; sanzhi=tok; b=2", "sanzhi"), "tok");
	assert_string_equal(cookie_get(env->arena, "sanzhi=tok", "sanzhi"), "tok");
	assert_null(cookie_get(env->arena, "xsanzhi=tok; sanzhix=1", "sanzhi"));
	assert_null(cookie_get(env->arena, "sanzhi=a; sanzhi=b", "sanzhi")); /* somebody planted one */
	assert_null(cookie_get(env->arena, NULL, "sanzhi"));
	assert_null(cookie_get(env->arena, "sanzhi", "sanzhi"));
}

static void test_csrf(void **state)
{
	struct env *env = *state;
	uint8_t key[GUARD_KEY_LEN] = {1}, other[GUARD_KEY_LEN] = {2};
	char *token = csrf_token(env->arena, key, "session");
	assert_true(csrf_right(env->arena, key, "session", token));
	assert_false(csrf_right(env->arena, key, "another", token));
	assert_false(csrf_right(env->arena, other, "session", token));
	assert_false(csrf_right(env->arena, key, "session", ""));
	assert_false(csrf_right(env->arena, key, "session", NULL));
	assert_false(csrf_right(env->arena, key, NULL, token));

	assert_true(origin_right(NULL, NULL, "h:1"));
	assert_true(origin_right("http://h:1", "same-origin", "h:1"));
	assert_true(origin_right("https://H:1", "none", "h:1"));
	assert_false(origin_right("http://h:2", NULL, "h:1"));
	assert_false(origin_right("http://h:1.evil", NULL, "h:1"));
	assert_false(origin_right("null", NULL, "h:1"));
	assert_false(origin_right(NULL, "cross-site", "h:1"));
	assert_false(origin_right("http://h:1", "same-site", "h:1"));

	assert_true(path_local("/desk?x=1"));
	assert_false(path_local("//evil"));
	assert_false(path_local("/\\evil"));
	assert_false(path_local("https://evil"));
	assert_false(path_local("/a\nb"));
	assert_false(path_local(NULL));
}

static void test_key(void **state)
{
	struct env *env = *state;
	char dir[] = "/tmp/sanzhi-key-XXXXXX";
	assert_non_null(mkdtemp(dir));
	uint8_t first[GUARD_KEY_LEN], second[GUARD_KEY_LEN];
	assert_int_equal(guard_key(dir, first, &env->err), 0);
	assert_int_equal(guard_key(dir, second, &env->err), 0);
	assert_memory_equal(first, second, GUARD_KEY_LEN);
	const char *path = arena_printf(env->arena, "%s/web.key", dir);
	assert_int_equal(truncate(path, 5), 0);
	assert_int_equal(guard_key(dir, second, &env->err), -ERR_CORRUPT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void test_throttle(void **state)
{
	struct env *env = *state;
	instant_t now = INSTANT_DAY * 20000;
	struct throttle *throttle = throttle_new(env->arena, 6, 3);
	for (int i = 0; i < 3; i++)
		assert_true(throttle_pass(throttle, "10.0.0.1", now));
	assert_false(throttle_pass(throttle, "10.0.0.1", now));
	assert_true(throttle_pass(throttle, "10.0.0.2", now));
	assert_false(throttle_pass(throttle, "10.0.0.1", now + 9 * INSTANT_SECOND));
	assert_true(throttle_pass(throttle, "10.0.0.1", now + 11 * INSTANT_SECOND));
	assert_false(throttle_pass(throttle, "10.0.0.1", now - INSTANT_DAY)); /* a clock set back gives nothing */
	/* One customer's IPv6 addresses are one. */
	for (int i = 0; i < 3; i++)
		assert_true(throttle_pass(throttle, arena_printf(env->arena, "2001:db8:1:2:%d::1", i), now));
	assert_false(throttle_pass(throttle, "2001:db8:1:2:9::1", now));
	struct throttle *off = throttle_new(env->arena, 0, 1);
	for (int i = 0; i < 100; i++)
		assert_true(throttle_pass(off, "10.0.0.1", now));
}

static void test_accept(void **state)
{
	(void)state;
	assert_true(accept_json("application/json", false));
	assert_false(accept_json("text/html,application/xhtml+xml,*/*;q=0.8", true));
	assert_true(accept_json("text/html;q=0.5, application/json;q=0.9", false));
	assert_false(accept_json("text/html, application/json;q=0.9", false));
	assert_true(accept_json("*/*", true));
	assert_false(accept_json("*/*", false));
	assert_false(accept_json("application/json;q=0", false));
	assert_true(accept_json("application/problem+json", false));
	assert_true(accept_json(NULL, true));
}

struct range_case {
	const char *range, *if_range;
	int64_t size;
	enum range_kind kind;
	int64_t first, len;
};

static void test_range(void **state)
{
	(void)state;
	static const struct range_case cases[] = {
	    {NULL, NULL, 100, RANGE_WHOLE, 0, 0},
	    {"bytes=0-", NULL, 100, RANGE_PART, 0, 100},
	    {"bytes=0-0", NULL, 100, RANGE_PART, 0, 1},
	    {"bytes=99-99", NULL, 100, RANGE_PART, 99, 1},
	    {"Bytes= 10-19 ", NULL, 100, RANGE_PART, 10, 10},
	    {"bytes=90-1000", NULL, 100, RANGE_PART, 90, 10},
	    {"bytes=-1", NULL, 100, RANGE_PART, 99, 1},
	    {"bytes=-100", NULL, 100, RANGE_PART, 0, 100},
	    {"bytes=-500", NULL, 100, RANGE_PART, 0, 100},
	    {"bytes=0-99999999999999999999999999", NULL, 100, RANGE_PART, 0, 100},
	    {"bytes=-99999999999999999999999999", NULL, 100, RANGE_PART, 0, 100},
	    /* nothing of it is there */
	    {"bytes=100-", NULL, 100, RANGE_NONE, 0, 0},
	    {"bytes=100-200", NULL, 100, RANGE_NONE, 0, 0},
	    {"bytes=99999999999999999999999999-", NULL, 100, RANGE_NONE, 0, 0},
	    {"bytes=-0", NULL, 100, RANGE_NONE, 0, 0},
	    {"bytes=0-", NULL, 0, RANGE_NONE, 0, 0},
	    {"bytes=-5", NULL, 0, RANGE_NONE, 0, 0},
	    /* not understood, or several: the whole */
	    {"bytes=5-4", NULL, 100, RANGE_WHOLE, 0, 0},
	    {"bytes=-", NULL, 100, RANGE_WHOLE, 0, 0},
	    {"bytes=", NULL, 100, RANGE_WHOLE, 0, 0},
	    {"bytes=a-b", NULL, 100, RANGE_WHOLE, 0, 0},
	    {"bytes=1-2x", NULL, 100, RANGE_WHOLE, 0, 0},
	    {"bytes=+1-2", NULL, 100, RANGE_WHOLE, 0, 0},
	    {"bytes=1--2", NULL, 100, RANGE_WHOLE, 0, 0},
	    {"bytes=0-1,4-5", NULL, 100, RANGE_WHOLE, 0, 0},
	    {"lines=0-1", NULL, 100, RANGE_WHOLE, 0, 0},
	    {"", NULL, 100, RANGE_WHOLE, 0, 0},
	    /* If-Range: only the same content is continued */
	    {"bytes=50-", "\"abc\"", 100, RANGE_PART, 50, 50},
	    {"bytes=50-", "\"abd\"", 100, RANGE_WHOLE, 0, 0},
	    {"bytes=50-", "W/\"abc\"", 100, RANGE_WHOLE, 0, 0},
	    {"bytes=50-", "Sat, 21 Nov 2026 00:00:00 GMT", 100, RANGE_WHOLE, 0, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct range_case *one = &cases[i];
		int64_t first = 0, len = 0;
		enum range_kind kind = range_of(one->range, one->if_range, "\"abc\"", one->size, &first, &len);
		if (kind != one->kind || (kind == RANGE_PART && (first != one->first || len != one->len)))
			fail_msg("%s: %d, from %lld, %lld bytes", one->range, (int)kind, (long long)first, (long long)len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_url, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_form, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_shape, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_multipart_split, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_multipart_hostile, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_inputs, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_cookie, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_csrf, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_key, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_throttle, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_accept, setup, teardown),
	    cmocka_unit_test(test_range),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
