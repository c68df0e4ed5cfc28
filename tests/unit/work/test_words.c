/* What needs no site: words for searching, passwords, one-time codes, striking out, sight. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "redact/strike.h"
#include "work/demo/rng.h"
#include "work/password.h"
#include "work/search.h"
#include "work/sight.h"
#include "work/state.h"

static struct arena *arena;

static int set_up(void **state UNUSED)
{
	arena = arena_new();
	return 0;
}

static int tear_down(void **state UNUSED)
{
	arena_free(arena);
	return 0;
}

/* --- search ----------------------------------------------------------------------------------------------------------- */

static const char *words_of(const char *text)
{
	struct buf words;
	buf_init(&words, arena, 65536);
	search_add_text(&words, text);
	return words.data;
}

static void search_words_are_pairs(void **state UNUSED)
{
	/* 景洪市: two pairs, the last character alone, and a gap */
	assert_string_equal(words_of("景洪市"), "0666f06d2a 06d2a05e02 05e02 xgap ");
	assert_string_equal(words_of("Ａb"), "0006100062 00062 xgap "); /* full width and case are folded */
	assert_string_equal(words_of("甲　乙"), "07532 xgap 04e59 xgap ");  /* no phrase runs over a blank */
	assert_string_equal(words_of(""), "");
}

static void search_queries(void **state UNUSED)
{
	struct search_mark marks[2] = {{'z', "11532300015175292T"}, {'y', NULL}};
	assert_string_equal(search_query(arena, DB_SQLITE, "景洪市", NULL, 0), "\"0666f06d2a 06d2a05e02\"");
	assert_string_equal(search_query(arena, DB_POSTGRES, "景洪市", NULL, 0), "(0666f06d2a <-> 06d2a05e02)");
	assert_string_equal(search_query(arena, DB_SQLITE, " 景 市场 ", NULL, 0), "0666f* AND \"05e020573a\"");
	assert_string_equal(search_query(arena, DB_POSTGRES, "景", NULL, 0), "0666f:*");
	assert_string_equal(search_query(arena, DB_SQLITE, "景", marks, 2), "0666f* AND z11532300015175292t");
	assert_null(search_query(arena, DB_SQLITE, "  　 ", NULL, 0));
	assert_null(search_query(arena, DB_SQLITE, NULL, NULL, 0));
}

/* What a person types is words for the engine and nothing else: quotes and operators become pairs of digits. */
static void search_takes_no_orders(void **state UNUSED)
{
	const char *query = search_query(arena, DB_SQLITE, "\" OR 1=1 --*", NULL, 0);
	assert_non_null(query);
	assert_int_equal(strspn(query, "0123456789abcdef \"*AND"), strlen(query));
	char typed[2000];
	memset(typed, 'a', sizeof(typed) - 1);
	typed[sizeof(typed) - 1] = '\0';
	assert_true(strlen(search_query(arena, DB_SQLITE, typed, NULL, 0)) < 11 * SEARCH_QUERY_MAX + 10);
}

/* --- passwords and codes ---------------------------------------------------------------------------------------------- */

static bool accepted(const char *login, const char *password)
{
	struct err err;
	err_init(&err, arena);
	int rc = password_check(login, password, &err);
	assert_true(rc == 0 || (rc == -ERR_INVALID && err.diags != NULL && text_eq(err.diags->where, "password") && err.diags->mend != NULL));
	return rc == 0;
}

static void password_rules(void **state UNUSED)
{
	assert_true(accepted("zhangsan", "Lancang-2026"));
	assert_true(accepted("zhangsan", "澜沧江水流到海Aa1")); /* characters are counted, not bytes */
	assert_false(accepted("zhangsan", "Aa1-aaaaa"));        /* nine */
	assert_true(accepted("zhangsan", "Aa1-aaaaaa"));        /* ten */
	assert_false(accepted("zhangsan", "lancangjiang2026")); /* two classes */
	assert_false(accepted("zhangsan", "Zhangsan-2026"));    /* holds the login, whatever its case */
	assert_false(accepted("zhangsan", "p@ssW0rd123"));      /* among the commonest */
	char longest[130];
	memset(longest, 'a', 129);
	memcpy(longest, "A1", 2);
	longest[129] = '\0';
	assert_false(accepted("x", longest));
	longest[128] = '\0';
	assert_true(accepted("x", longest));
	for (int i = 0; i < 50; i++)
		assert_true(accepted("zhangsan", password_random(arena)));
}

/* RFC 6238, appendix B, the six last digits of its eight. */
static void totp_vectors(void **state UNUSED)
{
	static const struct {
		int64_t at;
		const char *code;
	} vectors[] = {{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"}, {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
	static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		int64_t step = 0, again;
		instant_t now = vectors[i].at * INSTANT_SECOND;
		assert_true(totp_check(secret, vectors[i].code, now, 0, &step));
		assert_int_equal(step, vectors[i].at / 30);
		assert_false(totp_check(secret, vectors[i].code, now, step, &again)); /* a code counts once */
		assert_true(totp_check(secret, vectors[i].code, now + 30 * INSTANT_SECOND, 0, &again));
		assert_true(totp_check(secret, vectors[i].code, now - 30 * INSTANT_SECOND, 0, &again));
		assert_false(totp_check(secret, vectors[i].code, now + 61 * INSTANT_SECOND, 0, &again));
		assert_true(now < 61 * INSTANT_SECOND || !totp_check(secret, vectors[i].code, now - 61 * INSTANT_SECOND, 0, &again));
	}
	int64_t step;
	assert_false(totp_check(secret, "28708", 59 * INSTANT_SECOND, 0, &step));
	assert_false(totp_check(secret, "2870820", 59 * INSTANT_SECOND, 0, &step));
	assert_false(totp_check("not base32!", "287082", 59 * INSTANT_SECOND, 0, &step));
	assert_int_equal(strlen(totp_secret(arena)), 32);
}

/* --- striking out ------------------------------------------------------------------------------------------------------- */

static void strikes(void **state UNUSED)
{
	struct err err;
	char *out;
	json_t *hidden;
	const struct strike list[] = {{"岩温", STRIKE_PERSON}, {"景洪市嘎兰中路 12 号", STRIKE_ADDRESS}, {"17000001234", STRIKE_CONTACT}, {"李", STRIKE_PERSON}};
	err_init(&err, arena);
	assert_int_equal(strike_out(arena, "岩温住景洪市嘎兰中路 12 号，电话 17000001234，岩温签字。李某作证。", list, 4, &out, &hidden, &err), 0);
	assert_null(strstr(out, "岩温"));
	assert_null(strstr(out, "17000001234"));
	assert_null(strstr(out, "嘎兰中路"));
	assert_non_null(strstr(out, "岩某"));
	assert_non_null(strstr(out, "李某作证")); /* one character is no name to look for */
	assert_true(json_array_size(hidden) >= 3);
	assert_string_equal(strike_name(arena, "王小明"), "王某");
	assert_string_equal(strike_name(arena, "欧阳锋"), "欧阳某");
}

/* --- sight -------------------------------------------------------------------------------------------------------------- */

static struct actor person(const char *role, const char *agency, const char *area)
{
	json_t *roles = json_tie(arena, json_array());
	json_push_str(roles, role);
	return (struct actor){.user = "somebody", .agency = agency, .area = area, .roles = roles};
}

static void sight(void **state UNUSED)
{
	struct actor handler = person("handler", "A", "532801"), window = person("window", "A", "532801"), county = person("supervisor", "J", "532801"),
	             prefecture = person("supervisor", "J", "532800"), province = person("supervisor", "J", "530000"), admin = person("system-admin", "", ""), nobody = actor_public();
	struct sight of = sight_of(&handler, arena);
	assert_true(sight_sees(&of, "A", "532801", "公开"));
	assert_true(sight_sees(&of, "A", "532801", "秘密"));
	assert_false(sight_sees(&of, "B", "532801", "公开"));
	of = sight_of(&window, arena);
	assert_false(sight_sees(&of, "A", "532801", "秘密"));
	of = sight_of(&county, arena);
	assert_true(sight_sees(&of, "B", "532801", "公开"));
	assert_false(sight_sees(&of, "B", "532822", "公开"));
	assert_false(sight_sees(&of, "B", "532801", "秘密"));
	of = sight_of(&prefecture, arena);
	assert_true(sight_sees(&of, "B", "532822", "公开"));
	assert_false(sight_sees(&of, "B", "533103", "公开"));
	of = sight_of(&province, arena);
	assert_true(sight_sees(&of, "B", "533103", NULL));
	of = sight_of(&admin, arena);
	assert_false(sight_sees(&of, "A", "532801", "公开")); /* they keep the system; the cases are none of theirs */
	of = sight_of(&nobody, arena);
	assert_false(sight_sees(&of, "A", "532801", "公开"));
}

/* --- keys and numbers --------------------------------------------------------------------------------------------------- */

static void case_keys(void **state UNUSED)
{
	char agency[19];
	int year;
	int64_t number;
	assert_true(case_key_parse("11532300015175292T-2026-0012", agency, &year, &number));
	assert_string_equal(agency, "11532300015175292T");
	assert_int_equal(year, 2026);
	assert_int_equal(number, 12);
	assert_true(case_key_parse("11532300015175292T-2026-12345", agency, &year, &number));
	assert_false(case_key_parse("11532300015175292T-2026-0000", agency, &year, &number));
	assert_false(case_key_parse("11532300015175292T-2026-", agency, &year, &number));
	assert_false(case_key_parse("11532300015175292T/2026-0001", agency, &year, &number));
	assert_false(case_key_parse("", agency, &year, &number));
}

static void rng_is_its_own(void **state UNUSED)
{
	struct rng a, b, c;
	rng_seed(&a, 1, 1);
	rng_seed(&b, 1, 1);
	rng_seed(&c, 1, 2);
	uint64_t first = rng_next(&a);
	assert_true(first == rng_next(&b));
	assert_false(first == rng_next(&c));
	for (int i = 0; i < 1000; i++) {
		int64_t value = rng_between(&a, -3, 3);
		assert_true(value >= -3 && value <= 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(search_words_are_pairs), cmocka_unit_test(search_queries), cmocka_unit_test(search_takes_no_orders), cmocka_unit_test(password_rules),
	    cmocka_unit_test(totp_vectors),           cmocka_unit_test(strikes),        cmocka_unit_test(sight),                  cmocka_unit_test(case_keys),
	    cmocka_unit_test(rng_is_its_own),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
