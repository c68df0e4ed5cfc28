/* Gates, roles, procedures, thresholds, scope: what is allowed, and what is refused with which clause. */
#include "bed.h"

static void unknown_kind(void **state)
{
	struct bed *bed = *state;
	const struct law_verdict *verdict = bed_judge(bed, "decision.mad", "2026-01-06T09:00", "{}");
	assert_false(verdict->allowed);
	assert_int_equal(verdict->refusals->reason, LAW_UNKNOWN_KIND);
	assert_non_null(strstr(verdict->refusals->mend, "decision.made"));
}

static void role_once_procedure_stream(void **state)
{
	struct bed *bed = *state;
	bed->roles = bed_json(bed, "['head']");
	const struct law_verdict *verdict = bed_judge(bed, "source.registered", "2026-01-06T09:00", "{}");
	assert_false(verdict->allowed);
	assert_int_equal(verdict->refusals->reason, LAW_ROLE);
	assert_string_equal(verdict->refusals->clause, "na-1");
	assert_string_equal(verdict->refusals->cite, "《全国法》第一条");
	assert_non_null(strstr(verdict->refusals->mend, "承办人"));
	bed->roles = bed_json(bed, "['head', 'handler']");
	assert_true(bed_judge(bed, "source.registered", "2026-01-06T09:00", "{}")->allowed);
	bed_fold(bed, "source.registered", "2026-01-06T09:00", "{'title': 'x'}");
	verdict = bed_judge(bed, "source.registered", "2026-01-06T09:00", "{}");
	assert_int_equal(verdict->refusals->reason, LAW_ONCE);
	assert_int_equal(bed_judge(bed, "agency.registered", "2026-01-06T09:00", "{}")->refusals->reason, LAW_STREAM);
	bed_case(bed, NULL, "532801", "licence", "2026-01-05", "2026-01-05");
	verdict = bed_judge(bed, "decision.made", "2026-01-06T09:00", "{'reason': 'x'}");
	assert_int_equal(verdict->refusals->reason, LAW_PROCEDURE);
	assert_non_null(strstr(verdict->refusals->mend, "普通程序"));
}

static void fact_gate(void **state)
{
	struct bed *bed = *state;
	const struct law_verdict *verdict = bed_judge(bed, "inquiry.ended", "2026-01-06T09:00", "{}");
	const struct law_refusal *refusal = bed_refusal(verdict, "filed-first");
	assert_non_null(refusal);
	assert_string_equal(refusal->instrument, "na");
	assert_string_equal(refusal->say, "没有立案。");
	bed_fold(bed, "filing.approved", "2026-01-06T09:00", "{'conclusion': '同意'}");
	assert_true(bed_judge(bed, "inquiry.ended", "2026-01-06T10:00", "{}")->allowed);
}

/* 西双版纳's threshold is 5000 yuan for a citizen, the province's 10000: one fen below, at. */
static void thresholds(void **state)
{
	struct bed *bed = *state;
	static const struct {
		const char *area, *body;
		bool major;
	} cases[] = {
	    {"532801", "{'fine': 499999, 'reason': 'x'}", false}, {"532801", "{'fine': 500000, 'reason': 'x'}", true}, {"532801", "{'fine': 500001, 'reason': 'x'}", true},
	    {"532301", "{'fine': 500000, 'reason': 'x'}", false}, {"532301", "{'fine': 999999, 'reason': 'x'}", false}, {"532301", "{'fine': 1000000, 'reason': 'x'}", true},
	    {"532801", "{'sanctions': ['警告', '吊销许可证件'], 'reason': 'x'}", true}, {"532801", "{'sanctions': ['警告'], 'reason': 'x'}", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bed_case(bed, NULL, cases[i].area, "penalty", "2026-01-05", "2026-01-05");
		bed_fold(bed, "source.registered", "2026-01-06T09:00", "{'title': 'x', 'party': {'type': '公民', 'name': '张三'}}");
		const struct law_verdict *verdict = bed_judge(bed, "decision.made", "2026-01-08T09:00", cases[i].body);
		assert_int_equal(bed_refusal(verdict, "reviewed") != NULL, cases[i].major);
		bed_fold(bed, "decision.made", "2026-01-08T09:00", cases[i].body);
		assert_int_equal(json_bool(json_object_get(bed->state, "facts"), "major"), cases[i].major);
	}
	assert_null(json_path(bed->state, "facts.major-by"));
	bed_case(bed, NULL, "532801", "penalty", "2026-01-05", "2026-01-05");
	bed_fold(bed, "source.registered", "2026-01-06T09:00", "{'title': 'x', 'party': {'type': '公民'}, 'name-of': '政府'}");
	bed_fold(bed, "inquiry.ended", "2026-01-06T09:00", "{'fine': 2000000}");
	const json_t *by = json_path(bed->state, "facts.major-by");
	assert_int_equal(json_array_size(by), 2);
	assert_string_equal(json_string_value(json_array_get(by, 0)), "pv-5");
	assert_string_equal(json_string_value(json_array_get(by, 1)), "pf-3");
}

static void review_needed(void **state)
{
	struct bed *bed = *state;
	const char *body = "{'fine': 600000, 'reason': 'x'}";
	bed_fold(bed, "source.registered", "2026-01-06T09:00", "{'party': {'type': '公民'}}");
	bed_fold(bed, "review.opinion", "2026-01-07T09:00", "{'conclusion': '同意'}");
	assert_null(bed_refusal(bed_judge(bed, "decision.made", "2026-01-08T09:00", body), "reviewed"));
	bed_fold(bed, "review.opinion", "2026-01-07T10:00", "{'conclusion': '变更'}"); /* only the latest counts */
	assert_non_null(bed_refusal(bed_judge(bed, "decision.made", "2026-01-08T09:00", body), "reviewed"));
}

static void excused_and_made_up(void **state)
{
	struct bed *bed = *state;
	const char *officers = "{'fine': 600000, 'reason': 'x'}";
	bed_case(bed, NULL, "532301", "penalty", "2026-01-05", "2026-01-05");
	bed_fold(bed, "source.registered", "2026-01-06T09:00", "{'party': {'type': '公民'}}");
	bed_fold(bed, "urgency.declared", "2026-01-06T09:00", "{}");
	const struct law_verdict *verdict = bed_judge(bed, "decision.made", "2026-01-08T09:00", "{'fine': 2000000, 'reason': 'x'}");
	assert_true(verdict->allowed);
	assert_int_equal(json_array_size(verdict->excused), 1);
	assert_string_equal(json_str(json_array_get(verdict->excused, 0), "opens"), "na/make-up");
	bed_fold(bed, "decision.made", "2026-01-08T09:00", "{'fine': 2000000, 'reason': 'x'}");
	assert_string_equal(bed_due(bed, "na/make-up"), "2026-01-09T09:00:00+08:00");
	assert_string_equal(json_str(bed_duty(bed, "na/make-up", NULL), "id"), "3/na/make-up");
	bed_fold(bed, "urgency.lifted", "2026-01-08T10:00", "{}");
	assert_null(json_path(bed->state, "facts.urgent"));
	assert_false(bed_judge(bed, "decision.made", "2026-01-08T11:00", "{'fine': 2000000, 'reason': 'x'}")->allowed);
	assert_true(bed_judge(bed, "decision.made", "2026-01-08T11:00", officers)->allowed);
}

static void warnings(void **state)
{
	struct bed *bed = *state;
	bed_case(bed, NULL, "532301", "penalty", "2026-01-05", "2026-01-05");
	const struct law_verdict *verdict = bed_judge(bed, "decision.made", "2026-01-08T09:00", "{}");
	assert_true(verdict->allowed);
	assert_non_null(verdict->warnings);
	assert_true(verdict->warnings->warning);
	assert_string_equal(verdict->warnings->rule, "reason-given");
}

static void different_hand(void **state)
{
	struct bed *bed = *state;
	bed_fold(bed, "review.sent", "2026-01-06T09:00", "{}");
	assert_non_null(bed_refusal(bed_judge(bed, "review.opinion", "2026-01-07T09:00", "{'conclusion': '同意'}"), "other-hand"));
	bed->by = "u2";
	assert_null(bed_refusal(bed_judge(bed, "review.opinion", "2026-01-07T09:00", "{'conclusion': '同意'}"), "other-hand"));
	bed->by = NULL; /* not known yet: nothing stands against it */
	assert_null(bed_refusal(bed_judge(bed, "review.opinion", "2026-01-07T09:00", "{'conclusion': '同意'}"), "other-hand"));
}

#define OFFICER(id, status, kinds, areas, to) \
	"{'id': '" id "', 'name': 'x', 'status': '" status "', 'kinds': " kinds ", 'areas': " areas ", 'valid-from': '2025-01-01', 'valid-to': '" to "'}"

static void qualified(void **state)
{
	struct bed *bed = *state;
	static const struct {
		const char *second;
		bool enough;
	} cases[] = {
	    {OFFICER("2", "有效", "['处罚']", "['532800']", "2026-01-06"), true},  {OFFICER("2", "有效", "['处罚']", "['532801']", "2026-12-31"), true},
	    {OFFICER("2", "有效", "['处罚']", "['530000']", "2026-12-31"), true},  {OFFICER("1", "有效", "['处罚']", "['532800']", "2026-12-31"), false},
	    {OFFICER("2", "暂扣", "['处罚']", "['532800']", "2026-12-31"), false}, {OFFICER("2", "有效", "['许可']", "['532800']", "2026-12-31"), false},
	    {OFFICER("2", "有效", "['处罚']", "['532300']", "2026-12-31"), false}, {OFFICER("2", "有效", "['处罚']", "['532800']", "2026-01-05"), false},
	    {"'u2'", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *body = arena_printf(bed->arena, "{'officers': [%s, %s]}", OFFICER("1", "有效", "['处罚', '检查']", "['532801']", "2026-12-31"), cases[i].second);
		const struct law_verdict *verdict = bed_judge(bed, "inquiry.questioned", "2026-01-06T09:00", body);
		assert_int_equal(bed_refusal(verdict, "two-qualified") == NULL, cases[i].enough);
		assert_int_equal(verdict->allowed, cases[i].enough); /* the kind's own number is one */
		verdict = bed_judge(bed, "decision.made", "2026-01-06T09:00", body);
		assert_int_equal(bed_refusal(verdict, "decision.made") == NULL, cases[i].enough);
	}
	const struct law_verdict *verdict = bed_judge(bed, "inquiry.questioned", "2026-01-06T09:00", "{'officers': []}");
	assert_int_equal(verdict->refusals->reason, LAW_OFFICERS);
	assert_int_equal(verdict->count, 2); /* the nation's kind and the prefecture's gate: both are said */
}

static void references_and_elapsed(void **state)
{
	struct bed *bed = *state;
	assert_true(bed_judge(bed, "recording.made", "2026-01-06T12:00", "{'arrived': '2026-01-06T09:00:00+08:00', 'started': '2026-01-06T09:00:00+08:00'}")->allowed);
	assert_true(bed_judge(bed, "recording.made", "2026-01-06T12:00", "{'started': '2026-01-06T09:00:00+08:00'}")->allowed);
	assert_false(bed_judge(bed, "recording.made", "2026-01-06T12:00", "{'arrived': '2026-01-06T09:00:00+08:00', 'started': '2026-01-06T09:00:00.000001+08:00'}")->allowed);
	assert_false(bed_judge(bed, "recording.made", "2026-01-06T12:00", "{'arrived': '2026-01-06T09:00:00+08:00'}")->allowed);
	assert_true(bed_judge(bed, "publication.published", "2026-01-06T12:00", "{}")->allowed); /* `when` does not hold yet */
	bed_fold(bed, "filing.approved", "2026-01-05T09:00", "{'conclusion': '同意'}");
	bed_fold(bed, "inquiry.ended", "2026-02-13T18:00", "{}");
	assert_false(bed_judge(bed, "publication.published", "2026-02-23T12:00", "{}")->allowed);
	assert_true(bed_judge(bed, "publication.published", "2026-02-24T00:00", "{}")->allowed);
	const struct law_verdict *verdict = bed_judge(bed, "publication.published", "2027-02-24T00:00", "{}");
	assert_false(verdict->allowed);
	assert_non_null(strstr(verdict->refusals->say, "2027"));
}

static bool binds(struct bed *bed, const char *agency, const char *area, const char *opened, const char *today, const char *gate_kind, const char *rule)
{
	bed_case(bed, agency, area, "penalty", opened, today);
	bed_fold(bed, gate_kind, arena_printf(bed->arena, "%sT09:00", today), "{}");
	json_t *part;
	return bed_duty(bed, rule, &part) != NULL;
}

static void scope(void **state)
{
	struct bed *bed = *state;
	assert_true(binds(bed, NULL, "532801", "2026-01-05", "2026-01-05", "review.taken-in", "pf/opinion"));
	assert_true(binds(bed, NULL, "532801001", "2026-01-05", "2026-01-05", "review.taken-in", "pf/opinion")); /* a township lies in it */
	assert_false(binds(bed, NULL, "532301", "2026-01-05", "2026-01-05", "review.taken-in", "pf/opinion"));
	assert_true(binds(bed, NULL, "532301", "2026-01-05", "2026-01-05", "review.taken-in", "pv/opinion"));
	assert_true(binds(bed, "11532300015175292T", "532300", "2026-01-05", "2026-01-05", "recording.made", "bu/store"));
	assert_false(binds(bed, "11532800015175292T", "532300", "2026-01-05", "2026-01-05", "recording.made", "bu/store"));
	/* a case opened under the old measures stays under them, and the new ones give way to it */
	assert_true(binds(bed, NULL, "532801", "2020-12-31", "2026-01-05", "review.taken-in", "old/opinion"));
	assert_false(binds(bed, NULL, "532801", "2020-12-31", "2026-01-05", "review.taken-in", "pf/opinion"));
	assert_false(binds(bed, NULL, "532801", "2021-01-01", "2026-01-05", "review.taken-in", "old/opinion"));
	assert_true(binds(bed, NULL, "532801", "2021-01-01", "2026-01-05", "review.taken-in", "pf/opinion"));
}

static void next_acts(void **state)
{
	struct bed *bed = *state;
	struct law_act who = {.at = bed_at("2026-01-06T09:00"), .by = "u1", .by_roles = bed_json(bed, "['handler']")};
	const json_t *next = law_next(bed->scope, bed->state, &who, bed->arena), *one;
	size_t i, seen = 0;
	json_array_foreach(next, i, one) {
		const char *kind = json_str(one, "kind");
		assert_false(text_eq(kind, "filing.approved")); /* another's role */
		assert_false(text_eq(kind, "agency.registered"));
		if (text_eq(kind, "inquiry.ended")) {
			seen++;
			assert_false(json_bool(one, "allowed"));
			assert_string_equal(json_str(json_array_get(json_object_get(one, "refusals"), 0), "clause"), "na-1");
		}
		if (text_eq(kind, "recording.made") || text_eq(kind, "inquiry.questioned") || text_eq(kind, "decision.made")) { /* only the body could stand against them */
			seen++;
			assert_true(json_bool(one, "allowed"));
		}
	}
	assert_int_equal(seen, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(unknown_kind, bed_up, bed_down),        cmocka_unit_test_setup_teardown(role_once_procedure_stream, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(fact_gate, bed_up, bed_down),           cmocka_unit_test_setup_teardown(thresholds, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(review_needed, bed_up, bed_down),       cmocka_unit_test_setup_teardown(excused_and_made_up, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(warnings, bed_up, bed_down),            cmocka_unit_test_setup_teardown(different_hand, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(qualified, bed_up, bed_down),           cmocka_unit_test_setup_teardown(references_and_elapsed, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(scope, bed_up, bed_down),               cmocka_unit_test_setup_teardown(next_acts, bed_up, bed_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
