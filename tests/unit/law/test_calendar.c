/* The official calendar and the arithmetic of limits. */
#include "bed.h"

static void due_is(struct bed *bed, const char *limit_text, const char *from, const char *want)
{
	struct law_limit limit;
	instant_t due;
	assert_int_equal(law_limit_parse(limit_text, &limit, &bed->err), 0);
	assert_int_equal(calendar_due(law_calendar(bed->law), &limit, bed_at(from), NULL, 0, &due, &bed->err), 0);
	assert_string_equal(instant_format(bed->arena, due - due % INSTANT_SECOND), want);
}

static void spring_festival(void **state)
{
	due_is(*state, "7wd", "2026-02-10T09:00", "2026-02-26T23:59:59+08:00");
	due_is(*state, "7 wd", "2026-02-10T00:00", "2026-02-26T23:59:59+08:00");
	due_is(*state, "7wd", "2026-02-10T23:59", "2026-02-26T23:59:59+08:00");
	due_is(*state, "0wd", "2026-02-10T09:00", "2026-02-10T23:59:59+08:00");
}

static void make_up_weekend(void **state)
{
	due_is(*state, "1wd", "2026-02-13T09:00", "2026-02-14T23:59:59+08:00"); /* a Saturday that is worked */
	due_is(*state, "2wd", "2026-02-13T09:00", "2026-02-24T23:59:59+08:00");
	due_is(*state, "1wd", "2026-02-27T09:00", "2026-02-28T23:59:59+08:00");
}

static void year_end(void **state)
{
	due_is(*state, "3wd", "2025-12-30T09:00", "2026-01-05T23:59:59+08:00"); /* 31, 4 (a worked Sunday), 5 */
}

static void days_months_years_roll(void **state)
{
	due_is(*state, "5d", "2026-02-10T09:00", "2026-02-24T23:59:59+08:00"); /* the 15th is in the festival */
	due_is(*state, "4d", "2026-02-10T09:00", "2026-02-14T23:59:59+08:00"); /* a make-up Saturday is no day off */
	due_is(*state, "1m", "2026-01-31T09:00", "2026-02-28T23:59:59+08:00");
	due_is(*state, "1m", "2026-01-15T09:00", "2026-02-24T23:59:59+08:00");
	due_is(*state, "1y", "2025-02-15T09:00", "2026-02-24T23:59:59+08:00");
}

static void hours_and_at_once(void **state)
{
	due_is(*state, "24h", "2026-02-15T09:30:15", "2026-02-16T09:30:15+08:00"); /* holidays do not stop hours */
	due_is(*state, "at once", "2026-02-15T09:30", "2026-02-15T23:59:59+08:00");
}

static void fixed_dates(void **state)
{
	due_is(*state, "by 01-31", "2025-03-01T09:00", "2026-01-31T23:59:59+08:00");
	due_is(*state, "by-half-year 07-30 01-31", "2025-06-30T09:00", "2025-07-30T23:59:59+08:00");
	due_is(*state, "by-half-year 07-30 01-31", "2025-07-01T09:00", "2026-01-31T23:59:59+08:00");
	due_is(*state, "before 7 wd", "2026-02-26T09:00", "2026-02-10T23:59:59+08:00");
	due_is(*state, "before 30 d", "2026-03-31T09:00", "2026-03-01T23:59:59+08:00");
}

static void missing_year(void **state)
{
	struct bed *bed = *state;
	struct law_limit limit;
	instant_t due;
	bool working;
	int missing;
	assert_int_equal(law_limit_parse("20wd", &limit, &bed->err), 0);
	assert_int_equal(calendar_due(law_calendar(bed->law), &limit, bed_at("2026-12-10T09:00"), NULL, 0, &due, &bed->err), -ERR_INVALID);
	assert_non_null(strstr(bed->err.message, "2027"));
	assert_int_equal(calendar_is_working(law_calendar(bed->law), bed_day("2027-01-04"), &working, NULL, &bed->err), -ERR_INVALID);
	assert_false(calendar_has_year(law_calendar(bed->law), 2027));
	assert_int_equal(calendar_first_year(law_calendar(bed->law)), 2025);
	assert_int_equal(calendar_last_year(law_calendar(bed->law)), 2026);
	/* the floor: 15 days are left in December, the 5 others are at least the first five of January */
	assert_int_equal(calendar_due_floor(law_calendar(bed->law), &limit, bed_at("2026-12-10T09:00"), NULL, 0, &due, &missing, &bed->err), 0);
	assert_int_equal(missing, 2027);
	assert_string_equal(day_format(bed->arena, instant_day(due)), "2027-01-05");
	assert_int_equal(calendar_due_floor(law_calendar(bed->law), &limit, bed_at("2026-11-02T09:00"), NULL, 0, &due, &missing, &bed->err), 0);
	assert_int_equal(missing, 0);
}

static void pauses(void **state)
{
	struct bed *bed = *state;
	struct law_limit limit;
	instant_t due, paused[2][2] = {{bed_at("2026-03-03T10:00"), bed_at("2026-03-05T10:00")}, {bed_at("2026-03-06T10:00"), INSTANT_NONE}};
	assert_int_equal(law_limit_parse("5wd", &limit, &bed->err), 0);
	/* from Monday the 2nd: 3 counts, 4 and 5 are paused, then 6, 9, 10, 11; the pause that has not ended is passed over */
	assert_int_equal(calendar_due(law_calendar(bed->law), &limit, bed_at("2026-03-02T09:00"), paused, 2, &due, &bed->err), 0);
	assert_string_equal(day_format(bed->arena, instant_day(due)), "2026-03-11");
	assert_int_equal(law_limit_parse("24h", &limit, &bed->err), 0);
	assert_int_equal(calendar_due(law_calendar(bed->law), &limit, bed_at("2026-03-03T09:00"), paused, 1, &due, &bed->err), 0);
	assert_true(due == bed_at("2026-03-06T09:00"));
}

static void explained(void **state)
{
	struct bed *bed = *state;
	struct law_limit limit;
	json_t *days;
	assert_int_equal(law_limit_parse("7wd", &limit, &bed->err), 0);
	assert_int_equal(calendar_explain(law_calendar(bed->law), &limit, bed_at("2026-02-10T09:00"), NULL, 0, bed->arena, &days, &bed->err), 0);
	assert_int_equal(json_array_size(days), 17);
	assert_string_equal(json_str(json_array_get(days, 0), "why"), "当日不计算在内");
	assert_string_equal(json_str(json_array_get(days, 1), "why"), "第1天");
	assert_string_equal(json_str(json_array_get(days, 4), "why"), "第4天（春节调休上班）");
	assert_string_equal(json_str(json_array_get(days, 5), "why"), "春节放假，不计算");
	assert_int_equal(json_int(json_array_get(days, 16), "number", 0), 7);
	assert_int_equal(law_limit_parse("24h", &limit, &bed->err), 0);
	assert_int_equal(calendar_explain(law_calendar(bed->law), &limit, bed_at("2026-02-10T09:00"), NULL, 0, bed->arena, &days, &bed->err), 0);
	assert_non_null(strstr(json_str(json_array_get(days, 0), "why"), "24小时"));
}

static void between(void **state)
{
	struct bed *bed = *state;
	int days;
	assert_int_equal(calendar_working_between(law_calendar(bed->law), bed_at("2026-02-10T09:00"), bed_at("2026-02-26T00:00"), &days, &bed->err), 0);
	assert_int_equal(days, 7);
	assert_int_equal(calendar_working_between(law_calendar(bed->law), bed_at("2026-02-26T00:00"), bed_at("2026-02-10T09:00"), &days, &bed->err), 0);
	assert_int_equal(days, -7);
}

static void limits_read(void **state)
{
	static const char *const wrong[] = {"", "wd", "5", "5 weeks", "-1 d", "5wd ", "by 02-29", "by 13-01", "999999999 d", "before", "by-half-year 07-30"};
	struct bed *bed = *state;
	struct law_limit limit;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(law_limit_parse(wrong[i], &limit, &bed->err), -ERR_INVALID);
		assert_non_null(bed->err.diags);
	}
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void check_file(void **state)
{
	struct bed *bed = *state;
	char dir[] = "/tmp/sanzhi-calendar-XXXXXX";
	int year, holidays, workdays;
	assert_non_null(mkdtemp(dir));
	char *path = arena_printf(bed->arena, "%s/2027.tsv", dir);
	write_file(path, "2027-01-01\tholiday\t元旦\n2027-01-01\tholiday\t元旦\n2027-01-04\tworkday\t元旦\n2026-02-01\tholiday\t春节\n2027-03-01\tfree\tx\nnonsense\n");
	assert_int_equal(calendar_check_file(path, bed->arena, &year, &holidays, &workdays, &bed->err), -ERR_INVALID);
	assert_true(bed->err.ndiags >= 6); /* twice, no weekend, wrong year, wrong kind, nonsense, too few holidays */
	assert_string_equal(bed->err.diags->where, "2027.tsv:2:1");
	err_clear(&bed->err);
	assert_int_equal(remove(path), 0);
	assert_int_equal(remove(dir), 0);
	assert_int_equal(calendar_check_file(DATA_DIR "/small/calendar/2026.tsv", bed->arena, &year, &holidays, &workdays, &bed->err), 0);
	assert_int_equal(year, 2026);
	assert_int_equal(holidays, 33);
	assert_int_equal(workdays, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(spring_festival, bed_up, bed_down),     cmocka_unit_test_setup_teardown(make_up_weekend, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(year_end, bed_up, bed_down),            cmocka_unit_test_setup_teardown(days_months_years_roll, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(hours_and_at_once, bed_up, bed_down),   cmocka_unit_test_setup_teardown(fixed_dates, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(missing_year, bed_up, bed_down),        cmocka_unit_test_setup_teardown(pauses, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(explained, bed_up, bed_down),           cmocka_unit_test_setup_teardown(between, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(limits_read, bed_up, bed_down),         cmocka_unit_test_setup_teardown(check_file, bed_up, bed_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
