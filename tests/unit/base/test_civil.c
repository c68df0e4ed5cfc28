/* Days and instants, against the C library's own calendar where it has one. */
#include "suites.h"

#include <time.h>

#include "base/civil.h"
#include "base/text.h"

static void test_days(void **state UNUSED)
{
	day_t day, before = DAY_NONE;
	for (int year = 1900; year <= 2999; year += year == 2030 ? 900 : 1) {
		for (int month = 1; month <= 12; month++) {
			for (int mday = 1; mday <= 31; mday++) {
				if (!day_from_ymd(year, month, mday, &day))
					continue;
				int y, m, d;
				day_to_ymd(day, &y, &m, &d);
				assert_true(y == year && m == month && d == mday);
				struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = mday};
				assert_true(timegm(&tm) == (time_t)day * 86400);
				assert_int_equal(day_weekday(day), tm.tm_wday);
				assert_true(before == DAY_NONE || day == before + 1 || year == 2930);
				before = day;
			}
		}
	}
	assert_false(day_from_ymd(2025, 2, 29, &day) || day_from_ymd(1900, 2, 29, &day) || day_from_ymd(1899, 12, 31, &day) ||
	             day_from_ymd(3000, 1, 1, &day) || day_from_ymd(2026, 0, 1, &day) || day_from_ymd(2026, 13, 1, &day) ||
	             day_from_ymd(2026, 4, 31, &day) || day_from_ymd(2026, 4, 0, &day));
	assert_true(day_from_ymd(2000, 2, 29, &day) && day_from_ymd(2024, 2, 29, &day));
}

static day_t on(const char *text)
{
	day_t day = DAY_NONE;
	assert_true(day_parse(text, strlen(text), &day));
	return day;
}

static void test_day_text(void **state UNUSED)
{
	struct arena *arena = arena_new();
	static const char *const bad[] = {"2026-2-10", "2026-02-30", "2026/02/10", "20260210", "2026-02-1a", "", "-026-02-10"};
	day_t day;
	assert_string_equal(day_format(arena, on("2026-02-10")), "2026-02-10");
	assert_string_equal(day_format_zh(arena, on("2026-02-10")), "2026年2月10日");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(day_parse(bad[i], strlen(bad[i]), &day));
	assert_int_equal(day_add_months(on("2026-01-31"), 1), on("2026-02-28"));
	assert_int_equal(day_add_months(on("2024-01-31"), 1), on("2024-02-29"));
	assert_int_equal(day_add_months(on("2025-11-30"), 3), on("2026-02-28"));
	assert_int_equal(day_add_months(on("2026-03-31"), -1), on("2026-02-28"));
	assert_int_equal(day_add_months(on("2026-01-15"), -1), on("2025-12-15"));
	assert_int_equal(day_add_months(on("2026-01-15"), 24), on("2028-01-15"));
	arena_free(arena);
}

static void test_instants(void **state UNUSED)
{
	struct arena *arena = arena_new();
	static const struct {
		const char *text, *as; /* as: NULL where refused */
	} cases[] = {
	    {"2026-02-10T09:00:00+08:00", "2026-02-10T09:00:00+08:00"}, {"2026-02-10T01:00:00Z", "2026-02-10T09:00:00+08:00"},
	    {"2026-02-09T20:00:00-05:00", "2026-02-10T09:00:00+08:00"}, {"2026-02-10 09:00", "2026-02-10T09:00:00+08:00"},
	    {"2026-02-10T09:00", "2026-02-10T09:00:00+08:00"}, {"2026-02-10 09:00:05", "2026-02-10T09:00:05+08:00"},
	    {"2026-02-10T09:00:00.5+08:00", "2026-02-10T09:00:00.500000+08:00"},
	    {"2026-02-10T09:00:00.123456789Z", "2026-02-10T17:00:00.123456+08:00"},
	    {"2026-02-10T16:30:00z", "2026-02-11T00:30:00+08:00"}, {"1969-12-31T23:59:59+08:00", "1969-12-31T23:59:59+08:00"},
	    {"2026-02-10T24:00:00Z", NULL}, {"2026-02-10T09:60:00Z", NULL}, {"2026-02-10T09:00:60Z", NULL},
	    {"2026-02-10T09:00:00.Z", NULL}, {"2026-02-10T09:00:00+0800", NULL}, {"2026-02-10T09:00:00+24:00", NULL},
	    {"2026-02-30T09:00:00Z", NULL}, {"2026-02-10", NULL}, {"2026-02-10T09:00:0", NULL}, {"2026-02-10T09:00:00 x", NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		instant_t at;
		bool good = instant_parse(cases[i].text, strlen(cases[i].text), &at);
		assert_int_equal(good, cases[i].as != NULL);
		if (good)
			assert_string_equal(instant_format(arena, at), cases[i].as);
	}
	day_t day = on("2026-02-10");
	assert_int_equal(instant_day(day_start(day)), day);
	assert_int_equal(instant_day(day_start(day) - 1), day - 1);
	assert_int_equal(instant_day(day_end(day)), day);
	assert_int_equal(instant_day(day_end(day) + 1), day + 1);
	assert_string_equal(instant_format_zh(arena, day_start(day) + 9 * INSTANT_HOUR), "2026年2月10日 09:00");
	struct clock clock = clock_system();
	int64_t apart = clock_now(&clock) / INSTANT_SECOND - (int64_t)time(NULL);
	assert_in_range(apart + 1, 0, 2);
	arena_free(arena);
}

int test_civil(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_days),
	    cmocka_unit_test(test_day_text),
	    cmocka_unit_test(test_instants),
	};
	return cmocka_run_group_tests_name("civil", tests, NULL, NULL);
}
