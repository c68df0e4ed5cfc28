/* What the law says: limits by clause, conflicts, coverage, lists, questions, redaction, retention, descriptions. */
#include "bed.h"

static const json_t *row(const json_t *rows, const char *key, const char *value)
{
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (text_eq(json_str(json_array_get(rows, i), key), value))
			return json_array_get(rows, i);
	return NULL;
}

static void due(void **state)
{
	struct bed *bed = *state;
	json_t *rows;
	json_t *facts = bed_json(bed, "{'act': '处罚'}");
	assert_int_equal(law_due(bed->law, NULL, "pv-3", facts, bed_at("2026-02-10T00:00"), bed->arena, &rows, &bed->err), 0);
	assert_int_equal(json_array_size(rows), 1);
	assert_true(json_bool(json_array_get(rows, 0), "governs"));
	assert_string_equal(day_format(bed->arena, instant_day(json_int(json_array_get(rows, 0), "due", 0))), "2026-02-26");
	assert_int_equal(json_array_size(json_object_get(json_array_get(rows, 0), "explain")), 17);
	assert_int_equal(law_due(bed->law, NULL, "pv-3", bed_json(bed, "{'act': '检查'}"), bed_at("2026-02-10T00:00"), bed->arena, &rows, &bed->err), -ERR_NOT_FOUND);
	assert_int_equal(law_due(bed->law, NULL, "pv-33", facts, bed_at("2026-02-10T00:00"), bed->arena, &rows, &bed->err), -ERR_NOT_FOUND);
	assert_non_null(bed->err.diags->mend);
	/* a bureau's three days; at that bureau the province's two govern; elsewhere the bureau's measure binds nobody */
	assert_int_equal(law_due(bed->law, NULL, "bu-1", facts, bed_at("2026-02-10T00:00"), bed->arena, &rows, &bed->err), 0);
	assert_string_equal(json_str(row(rows, "rule", "bu/store"), "limit"), "3 wd");
	struct law_place bureau = {.agency = "11532300015175292T", .area = "532300"}, other = {.area = "532300"};
	assert_int_equal(law_due(bed->law, &bureau, "bu-1", facts, bed_at("2026-02-10T00:00"), bed->arena, &rows, &bed->err), 0);
	assert_false(json_bool(row(rows, "rule", "bu/store"), "governs"));
	assert_true(json_bool(row(rows, "rule", "pv/store"), "governs"));
	assert_int_equal(law_due(bed->law, &other, "bu-1", facts, bed_at("2026-02-10T00:00"), bed->arena, &rows, &bed->err), 0);
	assert_false(json_bool(row(rows, "rule", "bu/store"), "binds"));
	/* a figure with a limit's unit; a year without a calendar */
	assert_int_equal(law_due(bed->law, NULL, "na-7", facts, bed_at("2026-02-10T00:00"), bed->arena, &rows, &bed->err), 0);
	assert_string_equal(json_str(json_array_get(rows, 0), "limit"), "5 wd");
	assert_int_equal(law_due(bed->law, NULL, "pv-3", facts, bed_at("2026-12-28T00:00"), bed->arena, &rows, &bed->err), -ERR_INVALID);
}

static const json_t *conflict(const json_t *rows, const char *higher, const char *lower)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *one = json_array_get(rows, i);
		if (text_eq(json_str(json_object_get(one, "higher"), "rule"), higher) && text_eq(json_str(json_object_get(one, "lower"), "rule"), lower))
			return one;
	}
	return NULL;
}

static void conflicts(void **state)
{
	struct bed *bed = *state;
	const json_t *rows = law_conflicts(bed->law, bed->arena), *one = conflict(rows, "pv/store", "bu/store");
	assert_string_equal(json_str(one, "difference"), "laxer");
	assert_string_equal(json_str(one, "governs"), "pv-2");
	assert_int_equal(json_array_size(json_object_get(one, "acts")), 3);
	assert_string_equal(json_str(conflict(rows, "pv/opinion", "pf/opinion"), "difference"), "stricter");
	assert_string_equal(json_str(conflict(rows, "pv/opinion", "pf/opinion"), "governs"), "pf-1");
	assert_string_equal(json_str(conflict(rows, "pv/opinion", "old/opinion"), "difference"), "laxer");
	assert_null(conflict(rows, "pf/store", "bu/store")); /* 西双版纳 and a bureau of 楚雄 never meet */
	assert_string_equal(json_str(conflict(rows, "pv/privacy", "pf/privacy"), "difference"), "stricter");
	assert_string_equal(json_str(conflict(rows, "pv/minor", "pf/privacy"), "difference"), "laxer");
	assert_string_equal(json_str(conflict(rows, "pv/officers", "pf/officers"), "difference"), "laxer");
	size_t major = 0, redaction = 0;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		major += text_eq(json_str(json_array_get(rows, i), "topic"), "review.major") && text_eq(json_str(json_array_get(rows, i), "difference"), "stricter");
		redaction += text_eq(json_str(json_array_get(rows, i), "topic"), "redaction") && text_eq(json_str(json_array_get(rows, i), "difference"), "laxer");
	}
	assert_int_equal(major, 1);
	assert_int_equal(redaction, 1);
}

static void coverage(void **state)
{
	struct bed *bed = *state;
	const json_t *rows = law_coverage(bed->law, bed->arena);
	assert_string_equal(json_str(row(rows, "clause", "na-6"), "state"), "not-yet");
	assert_string_equal(json_str(row(rows, "clause", "na-7"), "state"), "served");
	assert_string_equal(json_string_value(json_array_get(json_object_get(row(rows, "clause", "na-7"), "shown-by"), 0)), "cases/x.yaml");
	assert_string_equal(json_string_value(json_array_get(json_object_get(row(rows, "clause", "na-5"), "serves"), 0)), "grounds:na/na-5");
}

static void content(void **state)
{
	struct bed *bed = *state;
	const json_t *lists = law_lists(bed->scope, bed->arena), *fields = json_object_get(json_array_get(lists, 0), "fields");
	assert_int_equal(json_array_size(lists), 1);
	assert_int_equal(json_array_size(fields), 3); /* name, photo, post: the union */
	const json_t *questions = law_exemptions(bed->scope, bed->state, bed->arena);
	assert_int_equal(json_array_size(questions), 2);
	assert_false(json_bool(row(questions, "id", "privacy"), "override")); /* the prefecture shuts what the province leaves open */
	assert_int_equal(json_array_size(json_object_get(row(questions, "id", "privacy"), "clauses")), 2);
	assert_int_equal(json_array_size(law_redactions(bed->scope, bed->state, bed->arena)), 2);
	const json_t *kept = law_retention(bed->scope, bed->state, "recording", bed_json(bed, "{'evidence': false}"), bed->arena);
	assert_string_equal(json_str(kept, "keep"), "2 y");
	kept = law_retention(bed->scope, bed->state, "recording", bed_json(bed, "{'evidence': true}"), bed->arena);
	assert_string_equal(json_str(kept, "keep"), "永久");
	assert_string_equal(json_str(kept, "clause"), "pf-2");
	assert_int_equal(json_array_size(json_object_get(kept, "also")), 1);
	assert_null(json_str(law_retention(bed->scope, bed->state, "nothing", bed_json(bed, "{}"), bed->arena), "keep"));
}

static void descriptions(void **state)
{
	struct bed *bed = *state;
	assert_int_equal(json_array_size(law_instruments(bed->law, bed->arena)), 6);
	assert_string_equal(json_str(row(law_instruments(bed->law, bed->arena), "id", "pf"), "area-name"), "西双版纳傣族自治州");
	const json_t *clause = law_clause(bed->law, "pv-1", bed->arena);
	assert_string_equal(json_str(clause, "cite"), "《省办法》第一条");
	assert_true(json_array_size(json_object_get(clause, "rules")) >= 2);
	assert_null(law_clause(bed->law, "pv-100", bed->arena));
	assert_null(law_cite(bed->law, "pv-100"));
	const json_t *duties = law_rules(bed->law, "pv", "duties", bed->arena);
	assert_int_equal(json_array_size(duties), 3);
	assert_string_equal(json_str(row(duties, "rule", "pv/publish"), "limit-text"), "7个工作日");
	assert_true(json_array_size(law_rules(bed->law, NULL, NULL, bed->arena)) > 40);
	assert_int_equal(json_array_size(law_procedures(bed->law)), 2);
	assert_string_equal(json_string_value(json_path(law_vocabulary(bed->law), "roles.handler")), "承办人");
	assert_int_equal(json_array_size(law_divisions(bed->law, "532800", bed->arena)), 3);
	assert_string_equal(law_division_name(bed->law, "532801"), "景洪市");
	struct law_kind_info info;
	assert_true(law_kind(bed->law, "source.registered", &info));
	assert_true(info.opens);
	assert_string_equal(info.stage_title, "启动");
	assert_false(law_kind(bed->law, "x", &info));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(due, bed_up, bed_down),     cmocka_unit_test_setup_teardown(conflicts, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(coverage, bed_up, bed_down), cmocka_unit_test_setup_teardown(content, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(descriptions, bed_up, bed_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
