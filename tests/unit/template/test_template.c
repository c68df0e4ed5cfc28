/* The template engine: the public spec where it lies beside the checkout, our own table, limits, threads. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/text.h"
#include "template/template.h"

#define OUT_MAX ((size_t)1 << 20)

/* Documents here may hold NUL: it marks HTML made by the program. */
static json_t *read_json(struct arena *arena, const char *path)
{
	json_error_t fault;
	json_t *value = json_load_file(path, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &fault);
	if (value == NULL)
		fail_msg("%s:%d: %s", path, fault.line, fault.text);
	return json_tie(arena, value);
}

static json_t *texts_of(struct arena *arena, const json_t *test)
{
	json_t *texts = json_tie(arena, json_object());
	json_t *partials = json_object_get(test, "partials");
	if (partials != NULL)
		assert_int_equal(json_object_update(texts, partials), 0);
	json_put_str(texts, "page", json_str(test, "template"));
	return texts;
}

static char *render(struct arena *arena, const json_t *test, unsigned flags, struct err *err)
{
	struct template_set *set;
	struct buf out;
	buf_init(&out, arena, OUT_MAX);
	err_init(err, arena);
	if (template_from(texts_of(arena, test), flags, arena, &set, err) != 0)
		return NULL;
	return template_render(set, "page", json_object_get(test, "data"), &out, err) == 0 ? out.data : NULL;
}

static void expect(struct arena *arena, const json_t *test, unsigned flags, const char *from)
{
	struct err err;
	const char *got = render(arena, test, flags, &err), *want = json_str(test, "expected");
	if (got == NULL)
		fail_msg("%s: %s: %s (%s)", from, json_str(test, "name"), err.message,
			 err.diags ? err.diags->what : "");
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s:\nexpected |%s|\ngot      |%s|", from, json_str(test, "name"), want, got);
}

static void test_spec(void **state)
{
	(void)state;
	static const char *const files[] = {"comments", "delimiters", "interpolation",
					    "inverted", "partials",   "sections"};
	struct arena *arena = arena_new();
	size_t count = 0;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const char *path = arena_printf(arena, "%s/mustache/%s.json", SUITES_DIR, files[i]);
		FILE *file = fopen(path, "r");
		if (file == NULL) {
			print_message("passed over: no %s beside the checkout\n", path);
			arena_free(arena);
			skip();
		}
		(void)fclose(file);
		json_t *test;
		size_t n;
		json_array_foreach(json_object_get(read_json(arena, path), "tests"), n, test)
		{
			expect(arena, test, TEMPLATE_RAW, files[i]);
			count++;
		}
	}
	assert_int_equal(count, 136);
	arena_free(arena);
}

static void test_renders(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	json_t *test;
	size_t n;
	json_array_foreach(json_object_get(read_json(arena, CASES), "renders"), n, test)
	    expect(arena, test, json_bool(test, "lax") ? 0 : TEMPLATE_STRICT, "cases.json");
	arena_free(arena);
}

/* Refused at loading, or in strict mode at rendering: at the right place, with the right word. */
static void refused(const char *table)
{
	struct arena *arena = arena_new();
	json_t *test;
	size_t n;
	json_array_foreach(json_object_get(read_json(arena, CASES), table), n, test)
	{
		struct err err;
		if (render(arena, test, TEMPLATE_STRICT, &err) != NULL)
			fail_msg("not refused: %s", json_str(test, "name"));
		assert_int_equal(err.code, ERR_INVALID);
		const char *what = json_str(test, "what");
		if (!text_eq(err.diags->where, json_str(test, "where")) ||
		    (what != NULL && strstr(err.diags->what, what) == NULL))
			fail_msg("%s: got %s %s", json_str(test, "name"), err.diags->where, err.diags->what);
	}
	arena_free(arena);
}

static void test_refused(void **state)
{
	(void)state;
	refused("refused");
}

static void test_strict(void **state)
{
	(void)state;
	refused("strict");
}

static void test_all_mistakes_at_once(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct err err;
	json_t *test = json_tie(arena, json_pack("{s:s, s:{s:s}}", "template", "{{{a}}}\n{{/b}}\n{{>c}}", "partials",
						 "other", "<p {{x}}>"));
	assert_null(render(arena, test, 0, &err));
	assert_int_equal(err.ndiags, 4);
	arena_free(arena);
}

static void test_limits(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct err err;
	struct buf text;
	json_t *endless = json_tie(
	    arena, json_pack("{s:s, s:{s:s}, s:{}}", "template", "{{>p}}", "partials", "p", "x{{>p}}{{>p}}", "data"));
	assert_null(render(arena, endless, 0, &err));
	assert_int_equal(err.code, ERR_LIMIT);

	buf_init(&text, arena, OUT_MAX);
	for (int i = 0; i < 65; i++)
		buf_adds(&text, "{{#a}}");
	json_t *deep = json_tie(arena, json_pack("{s:s, s:{}}", "template", text.data, "data"));
	assert_null(render(arena, deep, 0, &err));
	assert_int_equal(err.code, ERR_INVALID);
	assert_int_equal(err.ndiags, 1);

	struct template_set *set;
	struct buf out;
	json_t *texts = json_tie(arena, json_pack("{s:s}", "page", "{{#l}}0123456789{{/l}}"));
	json_t *data = json_tie(arena, json_pack("{s:[i,i,i]}", "l", 1, 2, 3));
	err_init(&err, arena);
	assert_int_equal(template_from(texts, 0, arena, &set, &err), 0);
	buf_init(&out, arena, 30);
	assert_int_equal(template_render(set, "page", data, &out, &err), 0);
	buf_init(&out, arena, 29);
	assert_int_equal(template_render(set, "page", data, &out, &err), -ERR_LIMIT);
	assert_int_equal(template_render(set, "nowhere", data, &out, &err), -ERR_NOT_FOUND);
	assert_true(template_has(set, "page"));
	assert_false(template_has(set, "nowhere"));
	arena_free(arena);
}

/* Without what indents lines, but where blanks are shown. */
static void test_tight(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct err err;
	struct template_set *set;
	struct buf out;
	json_t *texts = json_tie(arena, json_pack("{s:s, s:s, s:s}", "page", "  <ul>\n    {{#l}}\n    <li> {{.}}  a\n\t\t b</li>\n      {{>part}}\n    {{/l}}\n  </ul> {{>part}}\n", "part",
						  "  <b>\n  c</b>\n", "whole", "  <pre>\n  {{l}} x</pre>"));
	json_t *data = json_tie(arena, json_pack("{s:[s,s]}", "l", "1", " 2"));
	err_init(&err, arena);
	assert_int_equal(template_from(texts, TEMPLATE_TIGHT, arena, &set, &err), 0);
	buf_init(&out, arena, OUT_MAX);
	assert_int_equal(template_render(set, "page", data, &out, &err), 0);
	assert_string_equal(out.data, "<ul>\n<li> 1  a\nb</li>\n<b>\nc</b>\n<li>  2  a\nb</li>\n<b>\nc</b>\n</ul> <b>\nc</b>\n\n");
	buf_init(&out, arena, OUT_MAX);
	assert_int_equal(template_render(set, "whole", data, &out, &err), 0);
	assert_string_equal(out.data, "  <pre>\n   x</pre>");
	arena_free(arena);
}

static void test_load(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct err err;
	struct template_set *set;
	err_init(&err, arena);
	assert_int_equal(template_load("/nowhere/at/all", 0, arena, &set, &err), -ERR_IO);
	arena_free(arena);
}

static void test_html(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct err err;
	json_t *test = json_tie(
	    arena, json_pack("{s:s, s:{s:o}}", "template", "{{x}}", "data", "x", template_html("<svg>&</svg>")));
	assert_string_equal(render(arena, test, TEMPLATE_STRICT, &err), "<svg>&</svg>");
	/* The strict reader lets no NUL in, so that nobody outside can forge the mark. */
	static const char forged[] = "{\"html\":\"\\u0000<b>\"}";
	json_t *value;
	assert_int_equal(json_read(arena, forged, sizeof forged - 1, 100, &value, &err), -ERR_INVALID);
	arena_free(arena);
}

struct job {
	const struct template_set *set;
	int number;
	bool right;
};

static void *work(void *arg)
{
	struct job *job = arg;
	job->right = true;
	for (int i = 0; i < 500; i++) {
		struct arena *arena = arena_new();
		struct err err;
		struct buf out;
		err_init(&err, arena);
		buf_init(&out, arena, OUT_MAX);
		json_t *data = json_tie(arena, json_pack("{s:[i,i], s:i}", "l", job->number, i, "x", job->number));
		int rc = template_render(job->set, "page", data, &out, &err);
		const char *want = arena_printf(arena, "  %d-%d\n  %d-%d\n", job->number, job->number, i, job->number);
		job->right = job->right && rc == 0 && strcmp(out.data, want) == 0;
		arena_free(arena);
	}
	return NULL;
}

static void test_threads(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct err err;
	struct template_set *set;
	struct job jobs[4];
	pthread_t threads[4];
	err_init(&err, arena);
	json_t *texts =
	    json_tie(arena, json_pack("{s:s, s:s}", "page", "  {{>p}}\n", "p", "{{#l}}\n{{.}}-{{x}}\n{{/l}}\n"));
	assert_int_equal(template_from(texts, TEMPLATE_STRICT, arena, &set, &err), 0);
	for (int i = 0; i < 4; i++) {
		jobs[i] = (struct job){.set = set, .number = i};
		assert_int_equal(pthread_create(&threads[i], NULL, work, &jobs[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_true(jobs[i].right);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_spec),   cmocka_unit_test(test_renders), cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_strict), cmocka_unit_test(test_limits),  cmocka_unit_test(test_all_mistakes_at_once),
	    cmocka_unit_test(test_tight),
	    cmocka_unit_test(test_load),   cmocka_unit_test(test_html),    cmocka_unit_test(test_threads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
