/* Bodies: every field type, good and bad; required, unknown, normalised. */
#include "bed.h"

#define HAPPENED "2026-02-10T10:00"

static json_t *check(struct bed *bed, const char *kind, const char *body)
{
	json_t *out = NULL;
	err_clear(&bed->err);
	if (law_check_body(bed->scope, bed->state, kind, bed_at(HAPPENED), bed_json(bed, body), bed->arena, &out, &bed->err) != 0)
		return NULL;
	return out;
}

static void wrong(struct bed *bed, const char *kind, const char *body, const char *where)
{
	assert_null(check(bed, kind, body));
	assert_int_equal(bed->err.code, ERR_INVALID);
	for (const struct diag *diag = bed->err.diags; diag != NULL; diag = diag->next)
		if (text_eq(diag->where, where))
			return;
	print_error("%s: %s is at %s\n", body, bed->err.diags->what, bed->err.diags->where);
	fail();
}

static void right(struct bed *bed, const char *kind, const char *body, const char *path, const char *want)
{
	json_t *out = check(bed, kind, body);
	if (out == NULL)
		print_error("%s: %s: %s\n", body, bed->err.diags->where, bed->err.diags->what);
	assert_non_null(out);
	const json_t *value = json_path(out, path);
	if (want == NULL)
		assert_null(value);
	else
		assert_string_equal(json_is_string(value) ? json_string_value(value) : json_text(bed->arena, value, &(size_t){0}), want);
}

static void texts(void **state)
{
	struct bed *bed = *state;
	right(bed, "source.registered", "{'title': ' 　某案 '}", "title", "某案");
	wrong(bed, "source.registered", "{'title': '   '}", "title");
	wrong(bed, "source.registered", "{'title': null}", "title");
	wrong(bed, "source.registered", "{'title': 5}", "title");
	wrong(bed, "source.registered", "{'title': 'a\\nb'}", "title");
	right(bed, "source.registered", "{'title': '一二三四五六七八九十一二三四五六七八九十'}", "title", "一二三四五六七八九十一二三四五六七八九十");
	wrong(bed, "source.registered", "{'title': '一二三四五六七八九十一二三四五六七八九十一'}", "title");
	right(bed, "decision.made", "{'reason': '一\\n二'}", "reason", "一\n二");
	wrong(bed, "source.registered", "{'title': 'x', 'titel': 'y'}", "titel");
	assert_non_null(strstr(bed->err.diags->mend, "title"));
}

static void choices(void **state)
{
	struct bed *bed = *state;
	right(bed, "filing.approved", "{'conclusion': '同意'}", "conclusion", "同意");
	wrong(bed, "filing.approved", "{'conclusion': '不同'}", "conclusion");
	wrong(bed, "filing.approved", "{'conclusion': true}", "conclusion");
	right(bed, "inquiry.ended", "{'sanctions': ['警告', '罚款', '警告']}", "sanctions", "[\"警告\",\"罚款\"]");
	right(bed, "inquiry.ended", "{'sanctions': '警告'}", "sanctions", "[\"警告\"]");
	right(bed, "inquiry.ended", "{'sanctions': []}", "sanctions", NULL);
	wrong(bed, "inquiry.ended", "{'sanctions': ['警告', '拘留']}", "sanctions[1]");
	/* the prefecture adds a word of its own */
	right(bed, "decision.made", "{'sanctions': ['通报批评']}", "sanctions", "[\"通报批评\"]");
	bed_case(bed, NULL, "532301", "penalty", "2026-01-05", "2026-01-05");
	wrong(bed, "decision.made", "{'sanctions': ['通报批评']}", "sanctions[0]");
}

static void numbers(void **state)
{
	struct bed *bed = *state;
	right(bed, "recording.stored", "{'recording': '7', 'evidence': 'true'}", "recording", "7");
	right(bed, "recording.stored", "{'recording': 7, 'evidence': false}", "evidence", "false");
	wrong(bed, "recording.stored", "{'recording': 0}", "recording");
	wrong(bed, "recording.stored", "{'recording': 100000}", "recording");
	wrong(bed, "recording.stored", "{'recording': 1.5}", "recording");
	wrong(bed, "recording.stored", "{'evidence': '也许'}", "evidence");
	right(bed, "inquiry.ended", "{'fine': 500000}", "fine", "500000");
	right(bed, "inquiry.ended", "{'fine': '5000'}", "fine", "500000");
	right(bed, "inquiry.ended", "{'fine': '5000.5'}", "fine", "500050");
	wrong(bed, "inquiry.ended", "{'fine': -1}", "fine");
	wrong(bed, "inquiry.ended", "{'fine': '-1'}", "fine");
	wrong(bed, "inquiry.ended", "{'fine': 12.5}", "fine");
	wrong(bed, "inquiry.ended", "{'fine': '1.234'}", "fine");
}

static void times(void **state)
{
	struct bed *bed = *state;
	right(bed, "source.registered", "{'title': 'x', 'received': '2026-02-10T01:00:00Z'}", "received", "2026-02-10T09:00:00+08:00");
	right(bed, "source.registered", "{'title': 'x', 'received': '2026-02-10T09:00'}", "received", "2026-02-10T09:00:00+08:00");
	wrong(bed, "source.registered", "{'title': 'x', 'received': '2026-02-30T09:00'}", "received");
	wrong(bed, "source.registered", "{'title': 'x', 'received': '2026-02-10'}", "received");
	right(bed, "inquiry.ended", "{'deadline': '2026-02-28'}", "deadline", "2026-02-28");
	wrong(bed, "inquiry.ended", "{'deadline': '2026-02-29'}", "deadline");
	right(bed, "inquiry.questioned", "{'officers': ['u1'], 'signature': {'refused': true, 'reason': '不识字'}, 'when': {'from': '2026-02-10T09:00', 'to': '2026-02-10T09:00'}}", "when.to",
	      "2026-02-10T09:00:00+08:00");
	wrong(bed, "inquiry.questioned", "{'officers': ['u1'], 'when': {'from': '2026-02-10T09:01', 'to': '2026-02-10T09:00'}}", "when");
	wrong(bed, "inquiry.questioned", "{'officers': ['u1'], 'when': {'from': '2026-02-10T09:01'}}", "when.to");
}

/* What has happened is not later than the act: a day may be the act's own, an instant its very moment. */
static void not_in_the_future(void **state)
{
	struct bed *bed = *state;
	right(bed, "source.registered", "{'title': 'x', 'received': '" HAPPENED "'}", "received", HAPPENED ":00+08:00");
	wrong(bed, "source.registered", "{'title': 'x', 'received': '2026-02-10T10:01'}", "received");
	assert_string_equal(bed->err.diags->what, "“收到时间”填的是2026年2月10日 10:01，晚于本记录的发生时间2026年2月10日 10:00");
	assert_non_null(strstr(bed->err.diags->mend, "发生时间"));
	right(bed, "inquiry.ended", "{'happened': '2026-02-10'}", "happened", "2026-02-10");
	wrong(bed, "inquiry.ended", "{'happened': '2026-02-11'}", "happened");
	right(bed, "inquiry.ended", "{'deadline': '2027-02-11'}", "deadline", "2027-02-11"); /* one that says nothing of it */
	const char *sign = "'officers': ['u1'], 'signature': {'refused': true, 'reason': 'x'}";
	right(bed, "inquiry.questioned", arena_printf(bed->arena, "{%s, 'when': {'from': '2026-02-10T09:00', 'to': '" HAPPENED "'}}", sign), "when.to", HAPPENED ":00+08:00");
	wrong(bed, "inquiry.questioned", arena_printf(bed->arena, "{%s, 'when': {'from': '2026-02-10T09:00', 'to': '2026-02-10T10:01'}}", sign), "when");
	/* nobody is born after the act, whatever the field */
	right(bed, "source.registered", "{'title': 'x', 'party': {'type': '公民', 'name': 'x', 'birth': '2026-02-10'}}", "party.birth", "2026-02-10");
	wrong(bed, "source.registered", "{'title': 'x', 'party': {'type': '公民', 'name': 'x', 'birth': '2026-02-11'}}", "party.birth");
}

static bool asks(const json_t *form, const char *name)
{
	return json_find(json_object_get(form, "fields"), "name", name) != NULL;
}

/* A field or an option that is for other cases is not in the form, and is refused by name where it is sent all the same. */
static void for_other_cases(void **state)
{
	struct bed *bed = *state;
	const json_t *form = law_form(bed->scope, bed->state, "inquiry.ended", bed->arena);
	assert_false(asks(form, "valid-until"));
	assert_true(asks(form, "refund"));
	assert_int_equal(json_array_size(json_object_get(json_find(json_object_get(form, "fields"), "name", "outcome"), "options")), 2);
	wrong(bed, "inquiry.ended", "{'valid-until': '2026-03-01'}", "valid-until");
	assert_string_equal(bed->err.diags->what, "“证照有效期至”不适用于本案（普通程序）");
	assert_string_equal(bed->err.diags->mend, "去掉这一项；它只用于许可程序");
	right(bed, "inquiry.ended", "{'valid-until': ' ', 'refund': 5}", "valid-until", NULL);
	right(bed, "inquiry.ended", "{'outcome': '其他'}", "outcome", "其他");
	wrong(bed, "inquiry.ended", "{'outcome': '准予'}", "outcome"); /* and nothing is asked for besides */
	assert_int_equal(bed->err.ndiags, 1);
	assert_string_equal(bed->err.diags->what, "“准予”不适用于本案（普通程序）");
	assert_string_equal(bed->err.diags->mend, "可选：处罚、其他");
	bed_case(bed, NULL, "532801", "licence", "2026-01-05", "2026-01-05");
	form = law_form(bed->scope, bed->state, "inquiry.ended", bed->arena);
	assert_true(asks(form, "valid-until"));
	assert_false(asks(form, "refund"));
	right(bed, "inquiry.ended", "{'outcome': '准予', 'valid-until': '2026-03-01'}", "outcome", "准予");
	wrong(bed, "inquiry.ended", "{'outcome': '准予'}", "valid-until");
	wrong(bed, "inquiry.ended", "{'refund': 5}", "refund");
	/* of no case in particular: all there are */
	form = law_form(bed->scope, NULL, "inquiry.ended", bed->arena);
	assert_true(asks(form, "valid-until") && asks(form, "refund"));
	assert_int_equal(json_array_size(json_object_get(json_find(json_object_get(form, "fields"), "name", "outcome"), "options")), 3);
}

static void registers(void **state)
{
	struct bed *bed = *state;
	bed_case(bed, NULL, "532801", NULL, "2026-01-05", "2026-01-05");
	right(bed, "agency.registered", "{'uscc': ' 91350100m000100y43 '}", "uscc", "91350100M000100Y43");
	wrong(bed, "agency.registered", "{'uscc': '91350100M000100Y44'}", "uscc");
	right(bed, "agency.registered", "{'agency': '91350100M000100Y43'}", "agency", "91350100M000100Y43");
	right(bed, "agency.registered", "{'id': '11010519491231002x'}", "id", "11010519491231002X");
	wrong(bed, "agency.registered", "{'id': '110105194912310021'}", "id");
	right(bed, "agency.registered", "{'division': '532801'}", "division", "532801");
	wrong(bed, "agency.registered", "{'division': '532899'}", "division");
	right(bed, "agency.registered", "{'address': {'division': '532801', 'detail': '一号'}}", "address.detail", "一号");
	wrong(bed, "agency.registered", "{'address': {'division': '532801'}}", "address.detail");
	wrong(bed, "agency.registered", "{'address': {'division': '999999', 'detail': '一号'}}", "address.division");
	right(bed, "agency.registered", "{'person': {'name': '张三', 'id-number': '11010519491231002x', 'phone': '0691-1234567', 'sex': '女', 'birth': '1949-12-31'}}",
	      "person.id-number", "11010519491231002X");
	wrong(bed, "agency.registered", "{'person': {'phone': '12345'}}", "person.name");
	wrong(bed, "agency.registered", "{'person': {'name': 'x', 'phone': '电话'}}", "person.phone");
	wrong(bed, "agency.registered", "{'person': {'name': 'x', 'sex': '雄'}}", "person.sex");
	wrong(bed, "agency.registered", "{'person': {'name': 'x', 'nmae': 'y'}}", "person.nmae");
	wrong(bed, "agency.registered", "{'person': '张三'}", "person");
	right(bed, "agency.registered", "{'organisation': {'name': 'x', 'uscc': '91350100M000100Y43'}}", "organisation.name", "x");
	wrong(bed, "agency.registered", "{'organisation': {'name': 'x'}}", "organisation.uscc");
	right(bed, "agency.registered", "{'paper': {'file': 0}, 'papers': [{'file': 1}, {'sha256': 'ab'}, 'cd']}", "papers", "[{\"file\":1},{\"sha256\":\"ab\"},\"cd\"]");
	wrong(bed, "agency.registered", "{'paper': {'file': -1}}", "paper");
	wrong(bed, "agency.registered", "{'papers': [5]}", "papers[0]");
	right(bed, "agency.registered", "{'basis': '某法第一条'}", "basis", "[\"某法第一条\"]");
	right(bed, "agency.registered", "{'user': 'u12'}", "user", "u12");
	right(bed, "agency.registered", "{'officer': {'id': 'u12', 'name': '李四', 'status': '有效'}}", "officer.status", "有效");
	wrong(bed, "agency.registered", "{'officer': {'name': '李四'}}", "officer");
	bed_case(bed, NULL, "532801", "penalty", "2026-01-05", "2026-01-05");
	right(bed, "source.registered", "{'title': 'x', 'party': {'type': '法人', 'name': '某公司', 'uscc': '91350100M000100Y43'}}", "party.type", "法人");
	wrong(bed, "source.registered", "{'title': 'x', 'party': {'type': '公司', 'name': '某公司'}}", "party.type");
	wrong(bed, "source.registered", "{'title': 'x', 'party': {'type': '法人'}}", "party.name");
	wrong(bed, "source.registered", "{'title': 'x', 'party': {'type': '法人', 'name': 'x', 'uscc': '1'}}", "party.uscc");
}

static void tables_and_signatures(void **state)
{
	struct bed *bed = *state;
	const char *sign = "'signature': {'by': '张三', 'at': '2026-02-10T09:00'}, 'officers': ['u1']";
	right(bed, "inquiry.questioned", arena_printf(bed->arena, "{%s, 'lines': [{'name': '锅', 'value': '12.50'}]}", sign), "lines", "[{\"name\":\"锅\",\"value\":1250}]");
	wrong(bed, "inquiry.questioned", arena_printf(bed->arena, "{%s, 'lines': [{'name': '锅'}, {'name': '碗'}, {'value': 1}]}", sign), "lines[2].name");
	wrong(bed, "inquiry.questioned", arena_printf(bed->arena, "{%s, 'lines': [{'name': '锅', 'valeu': 1}]}", sign), "lines[0].valeu");
	wrong(bed, "inquiry.questioned", arena_printf(bed->arena, "{%s, 'lines': ['锅']}", sign), "lines[0]");
	wrong(bed, "inquiry.questioned", arena_printf(bed->arena, "{%s, 'lines': {'name': '锅'}}", sign), "lines");
	wrong(bed, "inquiry.questioned", "{'officers': ['u1'], 'signature': {'refused': true}}", "signature.reason");
	wrong(bed, "inquiry.questioned", "{'officers': ['u1'], 'signature': {'by': '张三'}}", "signature.at");
	wrong(bed, "inquiry.questioned", "{'officers': ['u1']}", "signature"); /* the kind has to be signed */
	wrong(bed, "inquiry.questioned", "{'signature': {'refused': true, 'reason': 'x'}}", "officers");
}

static void required(void **state)
{
	struct bed *bed = *state;
	wrong(bed, "decision.made", "{'fine': 1}", "reason");
	assert_string_equal(bed->err.diags->clause, "na-2");
	assert_string_equal(bed->err.diags->cite, "《全国法》第二条");
	assert_non_null(check(bed, "decision.made", "{'fine': 0}"));
	assert_non_null(check(bed, "decision.made", "{}"));
	/* what each instrument asks of one kind */
	wrong(bed, "review.sent", "{}", "report");
	assert_int_equal(bed->err.ndiags, 1);
	assert_non_null(check(bed, "review.sent", "{'report': {'file': 0}}"));
	bed_fold(bed, "inquiry.questioned", "2026-01-06T09:00", "{}");
	wrong(bed, "review.sent", "{'report': {'file': 0}}", "statement");
	bed_case(bed, NULL, "532301", "penalty", "2026-01-05", "2026-01-05");
	bed_fold(bed, "inquiry.questioned", "2026-01-06T09:00", "{}");
	wrong(bed, "review.sent", "{'report': {'file': 0}, 'statement': 'x'}", "statement"); /* another prefecture's field is unknown here */
	assert_non_null(check(bed, "review.sent", "{'report': {'file': 0}}"));
	bed_case(bed, NULL, "110000", "penalty", "2026-01-05", "2026-01-05");
	assert_non_null(check(bed, "review.sent", "{}"));
}

static void all_at_once(void **state)
{
	struct bed *bed = *state;
	assert_null(check(bed, "source.registered", "{'party': {'type': 'x', 'uscc': 'y'}, 'received': 'z', 'more': 1}"));
	assert_int_equal(bed->err.ndiags, 5); /* two in the party, the time, the unknown field, the title */
	assert_null(check(bed, "source.registerd", "{}"));
	assert_non_null(strstr(bed->err.diags->mend, "source.registered"));
	assert_null(check(bed, "source.registered", "[]"));
}

static void form(void **state)
{
	struct bed *bed = *state;
	const json_t *form = law_form(bed->scope, bed->state, "review.sent", bed->arena), *fields = json_object_get(form, "fields");
	assert_int_equal(json_array_size(fields), 2);
	assert_string_equal(json_str(json_array_get(fields, 0), "name"), "report");
	assert_true(json_bool(json_array_get(fields, 0), "required"));
	assert_string_equal(json_str(json_array_get(fields, 0), "cite"), "《省办法》第一条");
	assert_false(json_bool(json_array_get(fields, 1), "required"));
	assert_true(json_bool(json_array_get(fields, 1), "sometimes"));
	bed_fold(bed, "inquiry.questioned", "2026-01-06T09:00", "{}");
	form = law_form(bed->scope, bed->state, "review.sent", bed->arena);
	assert_true(json_bool(json_array_get(json_object_get(form, "fields"), 1), "required"));
	form = law_form(bed->scope, bed->state, "decision.made", bed->arena);
	assert_int_equal(json_int(form, "officers", 0), 2);
	assert_int_equal(json_array_size(json_object_get(json_array_get(json_object_get(form, "fields"), 1), "options")), 4);
	form = law_form(bed->scope, bed->state, "inquiry.questioned", bed->arena);
	assert_int_equal(json_array_size(json_object_get(json_array_get(json_object_get(form, "fields"), 3), "columns")), 2);
	assert_null(law_form(bed->scope, bed->state, "no.such", bed->arena));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(texts, bed_up, bed_down),       cmocka_unit_test_setup_teardown(choices, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(numbers, bed_up, bed_down),     cmocka_unit_test_setup_teardown(times, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(registers, bed_up, bed_down),   cmocka_unit_test_setup_teardown(tables_and_signatures, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(required, bed_up, bed_down),    cmocka_unit_test_setup_teardown(all_at_once, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(form, bed_up, bed_down),        cmocka_unit_test_setup_teardown(not_in_the_future, bed_up, bed_down),
	    cmocka_unit_test_setup_teardown(for_other_cases, bed_up, bed_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
