/* UTF-8, numbers, codes, and the numbers of organisations and persons. */
#include "suites.h"

#include "base/ids.h"
#include "base/text.h"

static void test_utf8(void **state UNUSED)
{
	static const char *const good[] = {"", "a", "景洪", "é", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF", "𠮷"};
	static const char *const bad[] = {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
	                                  "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFF", "\xE6\x99", "\xE6g\xAF"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(utf8_valid(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	assert_false(utf8_valid("a\0b", 3));
	assert_int_equal(utf8_count("a景𠮷", strlen("a景𠮷")), 3);
	static const char text[] = "a景𠮷";
	size_t pos = 0, len = strlen(text);
	static const uint32_t points[] = {'a', 0x666F, 0x20BB7};
	for (size_t i = 0; i < 3; i++) {
		char out[4];
		size_t from = pos;
		uint32_t point = utf8_next(text, len, &pos);
		assert_int_equal(point, points[i]);
		assert_int_equal(utf8_put(point, out), pos - from);
		assert_memory_equal(out, text + from, pos - from);
	}
	assert_int_equal(pos, len);
	assert_true(utf8_is_han(0x4E00) && utf8_is_han(0x20BB7) && utf8_is_han(0x3007));
	assert_false(utf8_is_han('a') || utf8_is_han(0xFF0C));
}

static void test_small(void **state UNUSED)
{
	struct arena *arena = arena_new();
	assert_true(text_eq(NULL, NULL) && text_eq("a", "a"));
	assert_false(text_eq(NULL, "") || text_eq("a", "b"));
	assert_true(text_starts("yn-gs-14", "yn-") && text_ends("yn-gs-14", "-14") && text_ends("x", ""));
	assert_false(text_starts(NULL, "a") || text_ends(NULL, "a") || text_ends("a", "ba"));
	assert_string_equal(text_trim(arena, "\t 　 景 洪　\r\n"), "景 洪");
	assert_string_equal(text_trim(arena, " 　"), "");
	assert_int_equal(text_distance("review.sent", "reveiw.sent", 5), 2);
	assert_int_equal(text_distance("abc", "abc", 2), 0);
	assert_int_equal(text_distance("", "abc", 9), 3);
	assert_int_equal(text_distance("abcdef", "uvwxyz", 2), 3);
	arena_free(arena);
}

static void test_int(void **state UNUSED)
{
	static const struct {
		const char *text;
		bool good;
		int64_t value;
	} cases[] = {
	    {"0", true, 0}, {"-0", true, 0}, {"007", true, 7}, {"-12", true, -12},
	    {"9223372036854775807", true, INT64_MAX}, {"-9223372036854775808", true, INT64_MIN},
	    {"9223372036854775808", false, 0}, {"-9223372036854775809", false, 0}, {"92233720368547758070", false, 0},
	    {"", false, 0}, {"-", false, 0}, {"+1", false, 0}, {" 1", false, 0}, {"1 ", false, 0}, {"1.0", false, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t value = 0;
		assert_int_equal(text_int(cases[i].text, strlen(cases[i].text), &value), cases[i].good);
		assert_true(value == cases[i].value);
	}
}

static void test_money(void **state UNUSED)
{
	static const struct {
		const char *text;
		int64_t fen; /* -1: refused */
	} cases[] = {
	    {"5000", 500000}, {"5000.5", 500050}, {"5000.05", 500005}, {"0", 0}, {"0.01", 1}, {"¥5,000.00", 500000},
	    {"1,234,567.89", 123456789}, {"12,345", 1234500}, {"92233720368547758.07", INT64_MAX},
	    {"92233720368547758.08", -1}, {"92233720368547759", -1}, {"", -1}, {"¥", -1}, {".5", -1}, {"5.", -1},
	    {"5.001", -1}, {"-5", -1}, {"5 000", -1}, {"1e3", -1}, {"5..0", -1},
	    /* Commas part thousands and nothing else: "1,5" may well have meant one and a half. */
	    {"1,5", -1}, {"5,", -1}, {",500", -1}, {"1,,000", -1}, {"1000,000", -1}, {"1,0000", -1}, {"1,00.00", -1},
	};
	struct arena *arena = arena_new();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t fen = -1;
		assert_int_equal(text_money(cases[i].text, &fen), cases[i].fen >= 0);
		assert_true(fen == cases[i].fen);
	}
	assert_string_equal(money_format(arena, 0), "0.00");
	assert_string_equal(money_format(arena, 5), "0.05");
	assert_string_equal(money_format(arena, -123456), "-1234.56");
	assert_string_equal(money_format(arena, INT64_MIN), "-92233720368547758.08");
	arena_free(arena);
}

static void test_codes(void **state UNUSED)
{
	/* RFC 4648 §10. */
	static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
	static const char *const coded[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
	static const char *const bad[] = {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "Z===", "Zg==Zg==", "Zm9v\n", "Zm-v", "Zm 9"};
	struct arena *arena = arena_new();
	uint8_t *out, four[4];
	size_t len;
	for (size_t i = 0; i < 7; i++) {
		assert_string_equal(base64_encode(arena, (const uint8_t *)plain[i], i), coded[i]);
		assert_true(base64_decode(arena, coded[i], strlen(coded[i]), &out, &len));
		assert_int_equal(len, i);
		assert_memory_equal(out, plain[i], i);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(base64_decode(arena, bad[i], strlen(bad[i]), &out, &len));
	assert_string_equal(base64url_encode(arena, (const uint8_t *)"\xFB\xFF\xFE\xFF", 4), "-__-_w");
	assert_string_equal(hex_encode(arena, (const uint8_t *)"\x00\xAB\x7F", 3), "00ab7f");
	assert_true(hex_decode("00aBCdef", 8, four, 4));
	assert_memory_equal(four, "\x00\xAB\xCD\xEF", 4);
	assert_false(hex_decode("00aBCde", 7, four, 4) || hex_decode("00aBCdeg", 8, four, 4));
	arena_free(arena);
}

static void test_ids(void **state UNUSED)
{
	/* A code made with the check's own rule, and every single wrong character in it found. */
	char code[19] = "91532801MA6K000000";
	code[17] = uscc_check(code);
	assert_true(uscc_valid(code));
	assert_true(uscc_valid("91350100M000100Y43")); /* the standard's own example */
	for (size_t i = 0; i < 18; i++) {
		char was = code[i];
		code[i] = was == '3' ? '4' : '3';
		assert_false(uscc_valid(code));
		code[i] = was;
	}
	assert_false(uscc_valid("91350100m000100y43") || uscc_valid("") || uscc_valid("91350100M000100Y4"));
	assert_int_equal(uscc_check("91350100I000100Y4"), 0);

	assert_true(id_number_valid("11010519491231002X")); /* the standard's own examples */
	assert_true(id_number_valid("440524188001010014") == false); /* a birth before 1900: nobody the program can meet */
	assert_false(id_number_valid("11010519491231002x") || id_number_valid("110105194912310021"));
	assert_false(id_number_valid("110105194913310020") || id_number_valid("11010519491231002") || id_number_valid("1101051949a231002X"));
	day_t birth;
	assert_true(day_from_ymd(1949, 12, 31, &birth));
	assert_int_equal(id_number_birth("11010519491231002X"), birth);
	assert_int_equal(id_number_sex("11010519491231002X"), 0);
}

int test_text(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_utf8),  cmocka_unit_test(test_small), cmocka_unit_test(test_int),
	    cmocka_unit_test(test_money), cmocka_unit_test(test_codes), cmocka_unit_test(test_ids),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
