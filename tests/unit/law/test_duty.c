/* Duties: opened, met on the last moment, late by one microsecond, extended, suspended, excused, the strictest of a topic. */
#include "bed.h"

static const char *standing(struct bed *bed, const char *rule, instant_t now)
{
	json_t *part;
	assert_non_null(bed_duty(bed, rule, &part));
	return law_duty_standing(bed->law, part, now);
}

static void meet_at(struct bed *bed, instant_t at, const char *want)
{
	bed_case(bed, NULL, "532301", "penalty", "2026-02-01", "2026-02-10");
	bed_fold(bed, "decision.made", "2026-02-10T09:00", "{'reason': 'x'}");
	assert_string_equal(bed_due(bed, "pv/publish"), "2026-02-26T23:59:59+08:00");
	struct law_act act = {.kind = "publication.published", .at = at, .by = "u1", .body = bed_json(bed, "{}")};
	assert_int_equal(law_fold(bed->scope, bed->state, &act, 2, bed->arena, &bed->err), 0);
	assert_string_equal(standing(bed, "pv/publish", at), want);
}

static void last_moment(void **state)
{
	struct bed *bed = *state;
	instant_t last = bed_at("2026-02-27T00:00") - 1;
	meet_at(bed, last, "met");
	meet_at(bed, last + 1, "met-late");
	bed_case(bed, NULL, "532301", "penalty", "2026-02-01", "2026-02-10");
	bed_fold(bed, "decision.made", "2026-02-10T09:00", "{'reason': 'x'}");
	assert_string_equal(standing(bed, "pv/publish", bed_at("2026-02-11T09:00")), "open");
	assert_string_equal(standing(bed, "pv/publish", bed_at("2026-02-25T09:00")), "amber");
	assert_string_equal(standing(bed, "pv/publish", last), "amber");
	assert_string_equal(standing(bed, "pv/publish", last + 1), "late");
	json_t *duty = bed_duty(bed, "pv/publish", NULL);
	assert_string_equal(json_str(duty, "clause"), "pv-3");
	assert_string_equal(json_str(duty, "limit"), "7 wd");
	assert_string_equal(json_str(duty, "who"), "handler");
	assert_string_equal(json_str(duty, "topic"), "publication");
	assert_int_equal(json_int(duty, "opened_by", 0), 1);
}

/* The prefecture gives four days, the province five with three more: the prefecture governs, until the province's part is all that is left. */
static void strictest(void **state)
{
	struct bed *bed = *state;
	bed_fold(bed, "review.taken-in", "2026-01-12T09:00", "{'received': '2026-01-12'}");
	json_t *part, *duty = bed_duty(bed, "pv/opinion", &part);
	assert_string_equal(json_str(duty, "rule"), "pf/opinion");
	assert_string_equal(bed_due(bed, "pf/opinion"), "2026-01-16T23:59:59+08:00");
	assert_string_equal(bed_due(bed, "pv/opinion"), "2026-01-19T23:59:59+08:00");
	assert_int_equal(json_array_size(json_object_get(duty, "also")), 1);
	bed_fold(bed, "review.taken-in", "2026-01-13T09:00", "{'received': '2026-01-13'}"); /* it stands already: it stays */
	assert_int_equal(json_array_size(json_object_get(bed->state, "duties")), 1);
	bed_fold(bed, "review.extended", "2026-01-13T09:00", "{'complex': false}");
	assert_string_equal(bed_due(bed, "pv/opinion"), "2026-01-19T23:59:59+08:00");
	bed_fold(bed, "review.extended", "2026-01-13T09:00", "{'complex': true}");
	assert_string_equal(bed_due(bed, "pv/opinion"), "2026-01-22T23:59:59+08:00");
	bed_fold(bed, "review.extended", "2026-01-13T09:00", "{'complex': true}"); /* once */
	assert_string_equal(bed_due(bed, "pv/opinion"), "2026-01-22T23:59:59+08:00");
	bed_fold(bed, "review.opinion", "2026-01-19T09:00", "{'conclusion': '同意'}");
	duty = bed_duty(bed, "pv/opinion", NULL);
	assert_string_equal(law_duty_standing(bed->law, duty, bed_at("2026-01-19T09:00")), "met-late"); /* late by the governing rule */
	assert_string_equal(standing(bed, "pv/opinion", 0), "met");
	bed_fold(bed, "review.taken-in", "2026-01-20T09:00", "{}"); /* the first is met: another occurrence opens another */
	assert_int_equal(json_array_size(json_object_get(bed->state, "duties")), 2);
	assert_string_equal(json_str(bed_duty(bed, "pf/opinion", NULL), "id"), "7/pv/opinion");
}

static void from_default(void **state)
{
	struct bed *bed = *state;
	bed_fold(bed, "review.taken-in", "2026-01-14T09:00", "{}");
	assert_string_equal(bed_due(bed, "pf/opinion"), "2026-01-20T23:59:59+08:00");
}

static void suspended(void **state)
{
	struct bed *bed = *state;
	bed_fold(bed, "filing.approved", "2026-03-02T09:00", "{'conclusion': '同意'}");
	assert_string_equal(bed_due(bed, "na/handle"), "2026-04-01T23:59:59+08:00");
	bed_fold(bed, "test.commissioned", "2026-03-10T09:00", "{}");
	assert_string_equal(standing(bed, "na/handle", bed_at("2026-05-10T09:00")), "suspended");
	bed_fold(bed, "test.result", "2026-03-20T09:00", "{}");
	assert_string_equal(bed_due(bed, "na/handle"), "2026-04-13T23:59:59+08:00"); /* 1 April and ten days, a Saturday */
	assert_string_equal(standing(bed, "na/handle", bed_at("2026-03-21T09:00")), "open");
	bed_fold(bed, "review.extended", "2026-03-21T09:00", "{}");
	assert_string_equal(bed_due(bed, "na/handle"), "2026-05-11T23:59:59+08:00");
	bed_fold(bed, "case.withdrawn", "2026-03-21T09:00", "{}");
	assert_string_equal(standing(bed, "na/handle", bed_at("2027-03-21T09:00")), "excused");
}

static void opened_while_suspended(void **state)
{
	struct bed *bed = *state;
	bed_fold(bed, "test.commissioned", "2026-03-02T09:00", "{}");
	bed_fold(bed, "filing.approved", "2026-03-03T09:00", "{'conclusion': '同意'}");
	assert_string_equal(standing(bed, "na/handle", bed_at("2026-06-10T09:00")), "suspended");
	bed_fold(bed, "test.result", "2026-03-13T09:00", "{}");
	assert_string_equal(bed_due(bed, "na/handle"), "2026-04-13T23:59:59+08:00"); /* 2 April and ten days, a Sunday */
}

static void excused_by_fact(void **state)
{
	struct bed *bed = *state;
	bed_fold(bed, "decision.made", "2026-02-10T09:00", "{'reason': 'x'}");
	bed_fold(bed, "publication.refused", "2026-02-11T09:00", "{}");
	assert_string_equal(standing(bed, "pv/publish", bed_at("2026-12-11T09:00")), "excused");
	bed_fold(bed, "decision.made", "2026-02-12T09:00", "{'reason': 'x'}"); /* opens and falls away at once */
	assert_string_equal(standing(bed, "pv/publish", bed_at("2026-12-11T09:00")), "excused");
}

static void each_and_matching(void **state)
{
	struct bed *bed = *state;
	json_t *part;
	bed_fold(bed, "recording.made", "2026-01-12T09:00", "{}");
	bed_fold(bed, "recording.made", "2026-01-12T10:00", "{}");
	bed_fold(bed, "recording.made", "2026-01-12T11:00", "{}");
	size_t each = 0;
	for (size_t i = 0; i < json_array_size(json_object_get(bed->state, "duties")); i++)
		each += text_eq(json_str(json_array_get(json_object_get(bed->state, "duties"), i), "rule"), "na/keep-recording");
	assert_int_equal(each, 3);
	bed_fold(bed, "recording.stored", "2026-01-12T12:00", "{'recording': 2}");
	bed_fold(bed, "recording.stored", "2026-01-12T12:00", "{}"); /* not said which: the oldest */
	const char *want[] = {"met", "met", "open"};
	each = 0;
	for (size_t i = 0; i < json_array_size(json_object_get(bed->state, "duties")); i++) {
		part = json_array_get(json_object_get(bed->state, "duties"), i);
		if (text_eq(json_str(part, "rule"), "na/keep-recording"))
			assert_string_equal(json_str(part, "state"), want[each++]);
	}
	assert_non_null(bed_duty(bed, "pf/store", &part));
	assert_string_equal(json_str(part, "state"), "met");
}

/* One at a time for each value of a field; met by what names the same value. */
static void each_value(void **state)
{
	struct bed *bed = *state;
	bed_fold(bed, "recording.made", "2026-01-12T09:00", "{'device': '甲'}");
	bed_fold(bed, "recording.made", "2026-01-12T10:00", "{'device': '甲'}"); /* stands already */
	bed_fold(bed, "recording.made", "2026-01-12T11:00", "{'device': '乙'}");
	bed_fold(bed, "recording.stored", "2026-01-12T12:00", "{'device': '丙'}");
	bed_fold(bed, "recording.stored", "2026-01-12T12:00", "{}");
	bed_fold(bed, "recording.stored", "2026-01-12T12:00", "{'device': '乙'}");
	bed_fold(bed, "recording.made", "2026-01-12T13:00", "{'device': '乙'}"); /* anew */
	const char *want[][2] = {{"甲", "open"}, {"乙", "met"}, {"乙", "open"}};
	size_t found = 0;
	for (size_t i = 0; i < json_array_size(json_object_get(bed->state, "duties")); i++) {
		const json_t *part = json_array_get(json_object_get(bed->state, "duties"), i);
		if (!text_eq(json_str(part, "rule"), "na/empty-device"))
			continue;
		assert_true(found < 3);
		assert_string_equal(json_str(part, "of"), want[found][0]);
		assert_string_equal(json_str(part, "state"), want[found++][1]);
	}
	assert_int_equal(found, 3);
}

/* The lower instrument's three days beside the province's two: the stricter governs. */
static void storing_two_days(void **state)
{
	struct bed *bed = *state;
	bed_case(bed, "11532300015175292T", "532300", "penalty", "2026-01-05", "2026-01-05");
	bed_fold(bed, "recording.made", "2026-01-12T09:00", "{'remote': false}");
	json_t *part, *duty = bed_duty(bed, "bu/store", &part);
	assert_string_equal(json_str(duty, "rule"), "pv/store");
	assert_string_equal(bed_due(bed, "pv/store"), "2026-01-14T23:59:59+08:00");
	assert_string_equal(bed_due(bed, "bu/store"), "2026-01-15T23:59:59+08:00");
	bed_case(bed, "11532300015175292T", "532300", "penalty", "2026-01-05", "2026-01-05");
	bed_fold(bed, "recording.made", "2026-01-12T09:00", "{'remote': true}"); /* the province's other rule: only the bureau's stands */
	assert_string_equal(json_str(bed_duty(bed, "bu/store", &part), "rule"), "bu/store");
}

static void counted_back(void **state)
{
	struct bed *bed = *state;
	bed_fold(bed, "inquiry.ended", "2026-03-02T09:00", "{'deadline': '2026-03-20'}");
	assert_string_equal(bed_due(bed, "na/ask-before"), "2026-03-17T23:59:59+08:00");
	assert_string_equal(standing(bed, "na/ask-before", bed_at("2026-03-03T09:00")), "open");
	assert_string_equal(standing(bed, "na/ask-before", bed_at("2026-03-13T09:00")), "amber");
	assert_string_equal(standing(bed, "na/ask-before", bed_at("2026-03-18T00:00")), "late");
}

static void yearly(void **state)
{
	struct bed *bed = *state;
	bed_case(bed, NULL, "532801", NULL, "2025-03-01", "2025-03-01");
	bed_fold(bed, "agency.registered", "2025-03-01T09:00", "{}");
	assert_string_equal(bed_due(bed, "na/report-year"), "2026-01-31T23:59:59+08:00");
	assert_string_equal(bed_due(bed, "na/half-year"), "2025-07-30T23:59:59+08:00");
	bed_fold(bed, "year.reported", "2026-01-31T23:00", "{}");
	assert_string_equal(bed_due(bed, "na/report-year"), "2027-01-31T23:59:59+08:00"); /* met, and the next one opened */
	assert_int_equal(json_array_size(json_object_get(bed->state, "duties")), 3);
}

/* No calendar for the next year: the duty stands with the earliest day it can end on, says so, and is never called late. */
static void provisional(void **state)
{
	struct bed *bed = *state;
	bed_fold(bed, "decision.made", "2026-12-28T09:00", "{'reason': 'x'}");
	json_t *part;
	assert_non_null(bed_duty(bed, "pv/publish", &part));
	assert_int_equal(json_int(part, "provisional", 0), 2027);
	assert_string_equal(bed_due(bed, "pv/publish"), "2027-01-04T23:59:59+08:00");
	assert_string_equal(law_duty_standing(bed->law, part, bed_at("2027-02-01T09:00")), "amber");
}

/* Amber is the last third of a limit, of a long one the last thirty days. */
static void amber(void **state)
{
	struct bed *bed = *state;
	static const struct {
		const char *from, *due, *open, *amber;
	} limits[] = {{"2026-03-02T00:00", "2026-04-01T00:00", "2026-03-21T00:00", "2026-03-22T01:00"}, {"2026-01-01T00:00", "2026-12-31T00:00", "2026-11-30T00:00", "2026-12-01T00:00"}};
	for (size_t i = 0; i < 2; i++) {
		json_t *duty = json_tie(bed->arena, json_object());
		json_put_str(duty, "state", "open");
		json_put_int(duty, "from", bed_at(limits[i].from));
		json_put_int(duty, "due", bed_at(limits[i].due));
		assert_string_equal(law_duty_standing(bed->law, duty, bed_at(limits[i].open)), "open");
		assert_string_equal(law_duty_standing(bed->law, duty, bed_at(limits[i].amber)), "amber");
	}
}

static void state_document(void **state)
{
	struct bed *bed = *state;
	bed_fold(bed, "source.registered", "2026-01-06T09:00", "{'title': '某案', 'party': {'type': '公民', 'name': '张三'}}");
	assert_string_equal(json_string_value(json_path(bed->state, "facts.act")), "处罚");
	assert_string_equal(json_string_value(json_path(bed->state, "facts.status")), "已登记");
	assert_string_equal(json_string_value(json_path(bed->state, "facts.stage")), "start");
	assert_string_equal(json_string_value(json_path(bed->state, "facts.party.name")), "张三");
	bed_fold(bed, "review.opinion", "2026-01-06T09:00", "{'conclusion': '同意'}");
	const json_t *entry = json_array_get(json_object_get(json_object_get(bed->state, "entries"), "review.opinion"), 0);
	assert_int_equal(json_int(entry, "n", 0), 2);
	assert_string_equal(json_str(entry, "by"), "u1");
	assert_string_equal(json_string_value(json_path(entry, "f.conclusion")), "同意");
	entry = json_array_get(json_object_get(json_object_get(bed->state, "entries"), "source.registered"), 0);
	assert_null(json_object_get(entry, "f")); /* no rule looks at its fields */
	struct law_act act = {.kind = "no.such", .at = 0, .body = bed_json(bed, "{}")};
	assert_int_equal(law_fold(bed->scope, bed->state, &act, 9, bed->arena, &bed->err), -ERR_INVALID);
}

static void grounds(void **state)
{
	struct bed *bed = *state;
	bed_fold(bed, "filing.approved", "2026-03-02T09:00", "{'conclusion': '同意'}");
	bed_fold(bed, "review.taken-in", "2026-03-02T09:00", "{}");
	assert_int_equal(json_array_size(law_grounds(bed->scope, bed->state, bed_at("2026-03-03T09:00"), bed->arena)), 0);
	const json_t *grounds = law_grounds(bed->scope, bed->state, bed_at("2026-05-03T09:00"), bed->arena);
	assert_int_equal(json_array_size(grounds), 1);
	assert_string_equal(json_str(json_array_get(grounds, 0), "clause"), "na-5");
	assert_int_equal(json_array_size(json_object_get(json_array_get(grounds, 0), "evidence")), 2);
	bed_case(bed, NULL, "532801", "penalty", "2026-01-05", "2026-01-05");
	assert_int_equal(json_array_size(law_grounds(bed->scope, bed->state, bed_at("2026-05-03T09:00"), bed->arena)), 0);
	bed_fold(bed, "closing.approved", "2026-03-02T09:00", "{}"); /* closed without a decision */
	assert_int_equal(json_array_size(law_grounds(bed->scope, bed->state, bed_at("2026-05-03T09:00"), bed->arena)), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(last_moment, bed_up, bed_down),       cmocka_unit_test_setup_teardown(strictest, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(from_default, bed_up, bed_down),      cmocka_unit_test_setup_teardown(suspended, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(opened_while_suspended, bed_up, bed_down), cmocka_unit_test_setup_teardown(excused_by_fact, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(each_and_matching, bed_up, bed_down), cmocka_unit_test_setup_teardown(each_value, bed_up, bed_down), cmocka_unit_test_setup_teardown(storing_two_days, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(counted_back, bed_up, bed_down),      cmocka_unit_test_setup_teardown(yearly, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(amber, bed_up, bed_down), cmocka_unit_test_setup_teardown(provisional, bed_up, bed_down),       cmocka_unit_test_setup_teardown(state_document, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(grounds, bed_up, bed_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
