/* Memory, errors, digests, the log. */
#include "suites.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"

struct trace {
	char text[8];
	size_t len;
};

struct step {
	struct trace *trace;
	char letter;
};

static void leave_letter(void *arg)
{
	struct step *step = arg;
	step->trace->text[step->trace->len++] = step->letter;
}

static void test_arena_memory(void **state UNUSED)
{
	struct arena *arena = arena_new();
	for (size_t size = 0; size < 40000; size = size * 2 + 1) {
		unsigned char *block = arena_alloc(arena, size);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(block[i], 0);
		memset(block, 0xAA, size);
	}
	char *text = arena_strndup(arena, "景洪市", 6);
	assert_string_equal(text, "景洪");
	assert_null(arena_strdup(arena, NULL));
	assert_string_equal(arena_printf(arena, "%d-%s", 7, "x"), "7-x");
	assert_memory_equal(arena_memdup(arena, "a\0b", 3), "a\0b", 3);
	size_t held = arena_used(arena);
	struct arena_mark mark = arena_mark(arena);
	for (int i = 0; i < 100; i++)
		memset(arena_alloc(arena, 1000), 0xBB, 1000);
	assert_true(arena_used(arena) >= held + 100000);
	arena_rewind(arena, mark);
	assert_int_equal(arena_used(arena), held);
	assert_string_equal(text, "景洪");
	/* What is handed out again after a rewind is zeroed again. */
	const char *again = arena_alloc(arena, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(again[i], 0);
	arena_free(arena);
	arena_free(NULL);
}

static void test_arena_cleanups(void **state UNUSED)
{
	struct trace trace = {.len = 0};
	struct step a = {&trace, 'a'}, b = {&trace, 'b'}, c = {&trace, 'c'};
	struct arena *arena = arena_new();
	arena_on_free(arena, leave_letter, &a);
	struct arena_mark mark = arena_mark(arena);
	arena_on_free(arena, leave_letter, &b);
	arena_on_free(arena, leave_letter, &c);
	arena_rewind(arena, mark);
	assert_string_equal(trace.text, "cb");
	arena_free(arena);
	assert_string_equal(trace.text, "cba");
}

static void test_buf(void **state UNUSED)
{
	struct arena *arena = arena_new();
	struct buf buf;
	buf_init(&buf, arena, 1000);
	assert_string_equal(buf.data, "");
	buf_add_html(&buf, "<a href='x'>&\"", 14);
	assert_string_equal(buf.data, "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
	buf_init(&buf, arena, 1000);
	buf_add_url(&buf, "a b/景-_.~", strlen("a b/景-_.~"));
	assert_string_equal(buf.data, "a%20b%2F%E6%99%AF-_.~");
	buf_init(&buf, arena, 1000);
	buf_add_json(&buf, "\"\\\b\t\n\f\r\v\x01/景", strlen("\"\\\b\t\n\f\r\v\x01/景"));
	assert_string_equal(buf.data, "\"\\\"\\\\\\b\\t\\n\\f\\r\\u000b\\u0001/景\"");

	buf_init(&buf, arena, 10);
	buf_adds(&buf, "12345");
	buf_addf(&buf, "%05d", 67890);
	assert_false(buf.overflow);
	buf_addc(&buf, '!');
	assert_true(buf.overflow);
	buf_adds(&buf, "");
	assert_string_equal(buf.data, "1234567890");
	arena_free(arena);
}

static void test_err(void **state UNUSED)
{
	struct arena *arena = arena_new();
	struct err err;
	err_init(&err, arena);
	err_diag(&err, "amount", "罚款 %d 元", 5)->clause = "yn-gs-14";
	err_diag(&err, NULL, "另一处");
	assert_int_equal(ERR(&err, ERR_INVALID, "有 %zu 处错误", err.ndiags), -(int)ERR_INVALID);
	assert_string_equal(err.message, "有 2 处错误");
	assert_string_equal(err.diags->where, "amount");
	assert_string_equal(err.diags->what, "罚款 5 元");
	assert_null(err.diags->next->where);
	assert_null(err.diags->next->next);
	assert_non_null(strstr(err.file, "test_base.c"));
	for (int code = ERR_NONE; code < ERR_CODE_MAX; code++) {
		assert_non_null(err_word((enum err_code)code));
		assert_in_range(err_http_status((enum err_code)code), 200, 599);
	}
	err_clear(&err);
	assert_int_equal(err.ndiags, 0);
	assert_int_equal(err.code, ERR_NONE);
	arena_free(arena);
}

static void is_hex(struct arena *arena, const struct digest *digest, const char *hex)
{
	assert_string_equal(hex_encode(arena, digest->bytes, HASH_LEN), hex);
}

static void test_hash(void **state UNUSED)
{
	/* The examples of FIPS 180-4 and of GB/T 32905. */
	static const char sha_abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	static const char sm3_abc[] = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
	struct arena *arena = arena_new();
	struct digest a = hash_sha256("abc", 3), b = hash_sm3("abc", 3), c = hash_sha256_2("a", 1, "bc", 2);
	is_hex(arena, &a, sha_abc);
	is_hex(arena, &b, sm3_abc);
	is_hex(arena, &c, sha_abc);
	c = hash_sha256(NULL, 0);
	is_hex(arena, &c, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	struct hasher *hasher = hasher_new(arena);
	hasher_add(hasher, "a", 1);
	hasher_add(hasher, "", 0);
	hasher_add(hasher, "bc", 2);
	struct digest sha256, sm3;
	hasher_end(hasher, &sha256, &sm3);
	assert_int_equal(digest_differs(&sha256, &a), 0);
	assert_int_equal(digest_differs(&sm3, &b), 0);
	assert_int_not_equal(digest_differs(&a, &b), 0);
	uint8_t x[16] = {0}, y[16] = {0};
	random_bytes(x, sizeof(x));
	random_bytes(y, sizeof(y));
	assert_memory_not_equal(x, y, sizeof(x));
	arena_free(arena);
}

/* Every line of the log is one JSON object, whatever is said, and not cut inside a character. */
static void test_log(void **state UNUSED)
{
	int ends[2];
	char line[8192];
	assert_int_equal(pipe(ends), 0);
	struct log log = {.level = LOG_INFO_, .fd = ends[1]};
	struct arena *arena = arena_new();
	char *text = arena_alloc(arena, 4000);
	memset(text, 'x', 1999);
	for (size_t i = 1999; i + 3 < 4000; i += 3)
		memcpy(text + i, "景", 3);
	log_line(&log, LOG_DEBUG_, "dropped", "%s", "quiet");
	log_line(&log, LOG_WARN_, "said", "%s", text);
	ssize_t len = read(ends[0], line, sizeof(line) - 1);
	assert_true(len > 0);
	line[len] = '\0';
	assert_int_equal(line[len - 1], '\n');
	assert_true(utf8_valid(line, (size_t)len));
	assert_non_null(strstr(line, "\"level\":\"warn\",\"event\":\"said\""));
	assert_null(strstr(line, "dropped"));

	struct err err;
	err_init(&err, arena);
	(void)!ERR(&err, ERR_IO, "说 \"%s\"", "x");
	err_detail(&err, "errno %d\n", 5);
	log_err(&log, "failed", "r1", &err);
	len = read(ends[0], line, sizeof(line) - 1);
	line[len] = '\0';
	assert_non_null(strstr(line, "\"request\":\"r1\",\"code\":\"io\",\"message\":\"说 \\\"x\\\"\",\"detail\":\"errno 5\\n\""));
	assert_ptr_equal(strchr(line, '\n'), line + len - 1);
	log_line(NULL, LOG_ERROR_, "nowhere", "x");
	(void)close(ends[0]);
	(void)close(ends[1]);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_arena_memory), cmocka_unit_test(test_arena_cleanups), cmocka_unit_test(test_buf),
	    cmocka_unit_test(test_err),          cmocka_unit_test(test_hash),           cmocka_unit_test(test_log),
	};
	int failed = cmocka_run_group_tests_name("base", tests, NULL, NULL);
	failed += test_text();
	failed += test_civil();
	failed += test_json();
	return failed != 0;
}
