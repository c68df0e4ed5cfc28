/* Striking: what leaves holds no struck piece, what may be shown stays whole, and the counts are right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "redact/strike.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct arena *arena;
static struct err err;
static json_t *hidden;

static int setup(void **state UNUSED)
{
	arena = arena_new();
	err_init(&err, arena);
	return 0;
}

static int teardown(void **state UNUSED)
{
	arena_free(arena);
	return 0;
}

static const char *struck(const char *text, const struct strike *strikes, size_t n)
{
	char *out;
	assert_int_equal(strike_out(arena, text, strikes, n, &out, &hidden, &err), 0);
	return out;
}

static int64_t times(const char *what)
{
	const json_t *one;
	size_t i;
	json_array_foreach(hidden, i, one)
		if (strcmp(json_str(one, "what"), what) == 0)
			return json_int(one, "count", -1);
	return 0;
}

static void surnames(void **state UNUSED)
{
	static const char *const names[][2] = {
	    {"岩罕", "岩某"}, {"刀志强", "刀某"}, {"欧阳修", "欧阳某"}, {"司马光", "司马某"}, {"诸葛亮亮", "诸葛某"}, {"欧阳", "欧某"}, {"单", "单某"}, {"Li Na", "L某"}, {"", ""},
	};
	for (size_t i = 0; i < COUNT(names); i++)
		assert_string_equal(strike_name(arena, names[i][0]), names[i][1]);
}

static void classes(void **state UNUSED)
{
	static const struct strike strikes[] = {
	    {"岩罕", STRIKE_PERSON}, {"532801198803120017", STRIKE_ID_NUMBER}, {"13988001234", STRIKE_CONTACT}, {"曼听村18号", STRIKE_ADDRESS}, {"6222020000000000001", STRIKE_BANK}, {"存款三万元", STRIKE_PROPERTY},
	};
	const char *out = struck("岩罕（532801198803120017，13988001234）住曼听村18号，账号6222020000000000001，存款三万元；岩罕承认。", strikes, COUNT(strikes));
	assert_string_equal(out, "岩某（＊＊＊，＊＊＊）住＊＊＊，账号＊＊＊，＊＊＊；岩某承认。");
	assert_int_equal(times("自然人姓名"), 2);
	assert_int_equal(times("身份证号码"), 1);
	assert_int_equal(times("通信方式"), 1);
	assert_int_equal(times("家庭住址"), 1);
	assert_int_equal(times("银行账号"), 1);
	assert_int_equal(times("财产信息"), 1);
	assert_int_equal(json_array_size(hidden), STRIKE_CLASS_MAX);
	assert_string_equal(json_str(json_array_get(hidden, 0), "what"), "自然人姓名");
}

/* 王建国 and 王建 are two people; a name that ends another's is no second strike. */
static void longest_first(void **state UNUSED)
{
	static const struct strike strikes[] = {{"王建", STRIKE_PERSON}, {"王建国", STRIKE_PERSON}, {"建国", STRIKE_PERSON}, {"国庆", STRIKE_PERSON}};
	assert_string_equal(struck("王建国、王建和建国。", strikes, 4), "王某、王某和建某。");
	assert_int_equal(times("自然人姓名"), 3);
	assert_string_equal(struck("王建国庆", strikes, 4), "王某庆"); /* overlapping: the one that begins first */
	assert_int_equal(times("自然人姓名"), 1);
	assert_string_equal(struck("王建国王建国", strikes, 4), "王某王某");
}

static void whole_words(void **state UNUSED)
{
	static const struct strike strikes[] = {{"Li", STRIKE_PERSON}, {"罕", STRIKE_PERSON}, {"岩温", STRIKE_PERSON}, {"", STRIKE_PERSON}, {NULL, STRIKE_PERSON}};
	assert_string_equal(struck("Limited, Li, MaLi, Li罕", strikes, 5), "Limited, L某, MaLi, L某罕"); /* one character is no name to look for */
	assert_string_equal(struck("勐岩温泉", strikes, 5), "勐岩某泉"); /* Chinese has no word ends: rather one too many than one too few */
	assert_string_equal(struck("", strikes, 5), "");
	assert_string_equal(struck("甲", NULL, 0), "甲");
	assert_int_equal(json_array_size(hidden), 0);
}

/* A shop that bears its owner's name keeps its own. */
static void kept(void **state UNUSED)
{
	static const struct strike strikes[] = {{"李明", STRIKE_PERSON}, {"景洪李明小吃店", STRIKE_KEPT}, {"刀志", STRIKE_PERSON}, {"刀志强", STRIKE_KEPT}, {"岩罕", STRIKE_PERSON}, {"岩罕", STRIKE_KEPT}};
	assert_string_equal(struck("景洪李明小吃店经营者李明，法定代表人刀志强，证人刀志，岩罕", strikes, 6), "景洪李明小吃店经营者李某，法定代表人刀志强，证人刀某，岩罕");
	assert_int_equal(times("自然人姓名"), 2);
	assert_int_equal(json_array_size(hidden), 1);
}

/* Who is written as 李某 already is hidden: what was struck once passes a second time. */
static void twice(void **state UNUSED)
{
	static const struct strike strikes[] = {{"李某", STRIKE_PERSON}, {"岩罕", STRIKE_PERSON}, {"13988001234", STRIKE_CONTACT}};
	const char *once = struck("李某和岩罕，13988001234。", strikes, 3);
	assert_string_equal(once, "李某和岩某，＊＊＊。");
	assert_int_equal(times("自然人姓名"), 1);
	assert_string_equal(struck(arena_strdup(arena, once), strikes, 3), once);
	assert_int_equal(json_array_size(hidden), 0);
}

static void too_long(void **state UNUSED)
{
	char *out, *text = arena_alloc(arena, STRIKE_TEXT_MAX + 2);
	memset(text, 'a', STRIKE_TEXT_MAX + 1);
	text[STRIKE_TEXT_MAX + 1] = '\0';
	assert_int_equal(strike_out(arena, text, NULL, 0, &out, &hidden, &err), -ERR_LIMIT);
	err_clear(&err);
	static const struct strike strikes[] = {{"ab", STRIKE_BANK}}; /* what is struck may be longer than what it was */
	for (size_t i = 0; i + 3 < STRIKE_TEXT_MAX; i += 3)
		memcpy(text + i, "ab,", 3);
	text[STRIKE_TEXT_MAX - 4] = '\0';
	assert_int_equal(strike_out(arena, text, strikes, 1, &out, &hidden, &err), -ERR_LIMIT);
	err_clear(&err);
}

static void one(const char *text, const char *number, enum strike_class class)
{
	struct strike found[4];
	size_t n = strike_find(arena, text, found, 4);
	if (number == NULL) {
		if (n != 0)
			fail_msg("%s: %s", text, found[0].text);
		return;
	}
	if (n != 1)
		fail_msg("%s: %zu", text, n);
	assert_string_equal(found[0].text, number);
	assert_int_equal(found[0].class, class);
}

static void numbers(void **state UNUSED)
{
	one("房屋权属证书为云（2020）景洪市不动产权第0001234号，面积", "不动产权第0001234号", STRIKE_PROPERTY);
	one("不动产权证书号：530801２０２０0001。", "不动产权证书号：530801２０２０0001", STRIKE_PROPERTY);
	one("景国用（2003）第123号土地", "国用（2003）第123号", STRIKE_PROPERTY);
	one("景房权证字第A-0123号", "房权证字第A-0123号", STRIKE_PROPERTY);
	one("机动车登记证书编号530012345678", "机动车登记证书编号530012345678", STRIKE_PROPERTY);
	one("因不动产权属纠纷于2026年3月起诉", NULL, 0); /* a year is no number of a certificate */
	one("没有办理不动产权证，第12号商铺", NULL, 0);
	one("证人身份证号110101199003077758。", "110101199003077758", STRIKE_ID_NUMBER);
	one("身份证11010119900307774x号", "11010119900307774x", STRIKE_ID_NUMBER);
	one("电话13988001234，", "13988001234", STRIKE_CONTACT);
	one("电话 139 8800 1234。", "139 8800 1234", STRIKE_CONTACT);
	one("电话139-8800-1234。", "139-8800-1234", STRIKE_CONTACT);
	one("+8613988001234", "8613988001234", STRIKE_CONTACT);
	one("13988001234 2026年", "13988001234", STRIKE_CONTACT);
	one("电话１３９８８００１２３４。", "１３９８８００１２３４", STRIKE_CONTACT); /* full width */
	one("证人１１０１０１19900307７７58", "１１０１０１19900307７７58", STRIKE_ID_NUMBER);
	one("，１３，３０。", NULL, 0);
	one("卡号6222020200112230002", NULL, 0);
	one("卡号6222021001116245701 ", NULL, 0);
	one("卡号6228480402564890018", "6228480402564890018", STRIKE_BANK);
	one("110101199003077759", NULL, 0);       /* a wrong check character */
	one("罚款12345678901.00元", NULL, 0);     /* no mobile begins with 12 */
	one("91532801MA6K00014Q", NULL, 0);       /* 统一社会信用代码 */
	one("〔2026〕监罚 7 号，2026-10-26，0691-2120000", NULL, 0);
	one("139880012345678901234567890123", NULL, 0);
	one("", NULL, 0);
}

static void many_numbers(void **state UNUSED)
{
	struct strike found[2];
	assert_int_equal(strike_find(arena, "13988001234，13988001235，13988001236", found, 2), 3);
	assert_string_equal(found[1].text, "13988001235");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(surnames, setup, teardown),      cmocka_unit_test_setup_teardown(classes, setup, teardown), cmocka_unit_test_setup_teardown(longest_first, setup, teardown),
	    cmocka_unit_test_setup_teardown(whole_words, setup, teardown),   cmocka_unit_test_setup_teardown(kept, setup, teardown),    cmocka_unit_test_setup_teardown(too_long, setup, teardown),
	    cmocka_unit_test_setup_teardown(numbers, setup, teardown),       cmocka_unit_test_setup_teardown(many_numbers, setup, teardown),
	    cmocka_unit_test_setup_teardown(twice, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
