/* The decisions: every element that the law asks for stands on the paper, whatever the case holds. */
#include "paper/decision.h"

#include "bed.h"
#include "paper/amount.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define MADE_AT INT64_C(1770688800000000) /* 2026-02-10 10:00 in Shanghai */

static const char *const company =
    "{'agency': '11532801015170000X', 'act': '处罚', 'case-number': '景市监案〔2026〕12号', 'item': '食品安全监督检查', 'party': {'type': '法人', 'name': "
    "'景洪市曼听食品有限公司', 'uscc': '91532801MA6K000001', 'legal-representative': '岩温', 'address': '云南省景洪市嘎洒镇曼景法村8号'}}";
static const char *const citizen =
    "{'act': '处罚', 'party': {'type': '公民', 'name': '玉香', 'sex': '女', 'birth': '1988-06-01', 'id-number': '532801198806010020', 'address': {'division': '532801', "
    "'detail': '告庄西双景12栋3号'}}}";

static json_t *parse(struct bed *bed, const char *text)
{
	char *copy = arena_strdup(bed->arena, text);
	json_error_t error;
	for (char *c = copy; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	json_t *value = json_loads(copy, 0, &error);
	if (value == NULL)
		print_error("%s at %d\n", error.text, error.position);
	assert_non_null(value);
	return json_tie(bed->arena, value);
}

static struct paper_document model(struct bed *bed, const char *facts, const char *kind, json_t *body)
{
	struct entry *entry = ARENA_NEW(bed->arena, struct entry);
	struct paper_document out;
	*entry = (struct entry){.id = 4711, .kind = kind, .at = MADE_AT, .body = body};
	struct decision_source source = {.agency = "景洪市市场监督管理局", .base_url = "https://zf.example.gov.cn", .facts = parse(bed, facts), .entry = entry};
	assert_int_equal(decision_model(&source, bed->arena, &out, &bed->err), 0);
	return out;
}

static const char *print(struct bed *bed, const char *name, const char *facts, const char *kind, const char *body)
{
	struct paper_document document = model(bed, facts, kind, parse(bed, body));
	void *pdf;
	size_t len;
	assert_int_equal(paper_render(&document, bed->arena, &pdf, &len, &bed->err), 0);
	bed_write(bed, name, pdf, len);
	return bed_text(bed);
}

static const char *const penalty =
    "{'number': '景市监罚〔2026〕12号', 'outcome': '给予处罚', 'facts': '经查明，当事人于2026年1月5日至1月18日期间，在其位于景洪市嘎洒镇曼景法村8号的经营场所销售超过保质期的“曼听”牌牛肉干"
    "（规格500克/袋，生产日期2025年6月30日，保质期6个月）共计46袋，货值金额2300元，已售出18袋，违法所得900元。\\n上述事实，有下列证据证明：\\n1. 现场检查笔录1份、现场照片6张，证明检查当日"
    "货架上陈列有超过保质期的牛肉干28袋。\\n2. 询问笔录2份，证明当事人承认销售超过保质期食品的事实。\\n3. 销售小票和收银系统导出的销售记录，证明已售出的数量和金额。\\n本机关于2026年1月28日"
    "告知当事人拟作出处罚的内容、事实、理由、依据以及依法享有的陈述、申辩权利，当事人在规定期限内未提出陈述、申辩意见。', 'basis': ['《中华人民共和国食品安全法》第三十四条第十项', "
    "'《中华人民共和国食品安全法》第一百二十四条第一款第五项', '《中华人民共和国行政处罚法》第二十八条'], 'content': '没收违法所得900元；没收超过保质期的牛肉干28袋；罚款人民币50000元。', "
    "'sanctions': ['罚款', '没收违法所得', '没收非法财物'], 'fine': 5000000, 'confiscated': 230000, 'performance-manner': '自收到本决定书之日起十五日内，持本决定书到中国农业银行景洪市支行或者"
    "通过电子支付系统缴纳罚没款。到期不缴纳的，每日按罚款数额的百分之三加处罚款。', 'remedies': '如不服本决定，可以自收到本决定书之日起六十日内向景洪市人民政府申请行政复议，也可以自收到本决定书"
    "之日起六个月内依法向人民法院提起行政诉讼。'}";

static void test_penalty(void **state)
{
	struct bed *bed = *state;
	const char *text = print(bed, "penalty", company, "decision.made", penalty);
	static const char *const elements[] = {"景洪市市场监督管理局", "行政处罚决定书", "景市监罚〔2026〕12号", "当事人：景洪市曼听食品有限公司", "91532801MA6K000001",
	                                       "云南省景洪市嘎洒镇曼景法村8号", "岩温", "一、违法事实和证据", "现场检查笔录1份", "二、处罚依据", "第一百二十四条第一款第五项", "三、处罚种类和内容",
	                                       "罚款、没收违法所得、没收非法财物", "人民币伍万元整（¥50,000.00）", "四、履行方式和期限", "十五日内", "申请行政复议、提起行政诉讼的途径和期限",
	                                       "六个月内依法向人民法院", "2026年2月10日", "（印章）", "扫码查验本文书", "依法公示行政处罚决定信息"};
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		assert_true(bed_says(text, elements[i]));
	assert_null(strstr(text, "未填写"));
	assert_int_equal(bed_pages(bed), 3);
}

static void test_qr_leads_to_the_proof(void **state)
{
	struct bed *bed = *state;
	(void)print(bed, "qr", company, "decision.made", penalty);
	(void)bed_run(bed, "pdftoppm -r 150 -png %s/paper.pdf %s/page", bed->dir, bed->dir);
	assert_true(bed_says(bed_run(bed, "zbarimg -q --raw %s/page-%d.png 2>/dev/null", bed->dir, bed_pages(bed)), "https://zf.example.gov.cn/p/4711"));
}

static void test_simple(void **state)
{
	struct bed *bed = *state;
	const char *text = print(bed, "simple", citizen, "simple.decided",
	                         "{'number': '景市监当罚〔2026〕3号', 'party': {'type': '公民', 'name': '玉香', 'id-number': '532801198806010020', 'address': '景洪市告庄西双景12栋3号'}, 'facts': "
	                         "'在菜市场经营时使用未经检定的计量器具。', 'basis': ['《中华人民共和国计量法实施细则》第四十三条'], 'sanctions': ['警告', '罚款'], 'fine': 10050, 'when': "
	                         "'2026-02-10T10:00:00+08:00', 'place': '景洪市勐泐农贸市场', 'officers': [{'id': 'o1', 'name': '刀建国', 'certificate': '53280100123'}, {'id': 'o2', 'name': '李梅', "
	                         "'certificate': '53280100124'}], 'certificates-shown': true, 'remedies': '如不服本决定，应当先申请行政复议。', 'delivered': true, 'signature': {'by': '玉香'}}");
	static const char *const elements[] = {"当场行政处罚决定书", "玉香", "2026年2月10日10:00", "景洪市勐泐农贸市场", "未经检定的计量器具", "计量法实施细则", "警告、罚款",
	                                       "人民币壹佰元伍角整（¥100.50）", "应当先申请行政复议", "刀建国", "53280100123", "李梅", "53280100124", "当事人签收"};
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		assert_true(bed_says(text, elements[i]));
}

static void test_refused_signature(void **state)
{
	struct bed *bed = *state;
	const char *text = print(bed, "refused", citizen, "simple.decided",
	                         "{'number': '3', 'facts': '甲', 'basis': [], 'sanctions': ['警告'], 'signature': {'refused': true, 'reason': '认为处罚过重', 'witness': '市场管理员岩罕'}}");
	assert_true(bed_says(text, "当事人拒绝签收"));
	assert_true(bed_says(text, "认为处罚过重"));
	assert_true(bed_says(text, "市场管理员岩罕"));
	assert_true(bed_says(text, "处罚地点：（未填写）"));
}

static void test_measure(void **state)
{
	struct bed *bed = *state;
	const char *text = print(bed, "measure", company, "measure.decided",
	                         "{'number': '景市监强制〔2026〕5号', 'measure': '扣押财物', 'value': 12000000, 'period': {'from': '2026-02-10T10:00:00+08:00', 'to': '2026-03-11T23:59:59+08:00'}, 'facts': "
	                         "'当事人涉嫌经营无合法来源的药品。', 'basis': ['《中华人民共和国行政强制法》第二十二条'], 'remedies': '六十日内申请行政复议，六个月内提起行政诉讼。', 'list': [{'name': '药品甲', "
	                         "'quantity': '120盒', 'state': '外包装完好，批号不清'}, {'name': '进货单据', 'quantity': '3册', 'state': ''}]}");
	static const char *const elements[] = {"行政强制措施决定书", "扣押财物", "自2026年2月10日起至2026年3月11日止", "人民币壹拾贰万元整", "清单", "药品甲", "120盒", "外包装完好", "进货单据", "3册",
	                                       "行政强制法", "六十日内", "清单一式两份", "2026年2月10日", "（印章）"};
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		assert_true(bed_says(text, elements[i]));
}

static void test_licences(void **state)
{
	struct bed *bed = *state;
	static const struct {
		const char *outcome, *act, *title;
	} cases[] = {{"准予", "许可", "准予行政许可决定书"}, {"不予", "许可", "不予行政许可决定书"}, {"延续", "许可", "准予延续行政许可决定书"}, {"撤销", "许可", "撤销行政许可决定书"}, {"准予", "登记", "准予行政登记决定书"},
	             {"收费", "收费", "行政收费决定书"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *facts = arena_printf(bed->arena,
		                                 "{'act': '%s', 'item': '食品经营许可', 'application-type': '新办', 'party': {'type': '个体工商户', 'name': '勐海老茶馆', 'legal-representative': '李老四', 'address': '勐海县象山街5号'}}",
		                                 cases[i].act);
		const char *body = arena_printf(bed->arena,
		                                "{'number': '景市监许〔2026〕9号', 'outcome': '%s', 'facts': '申请材料齐全，经现场核查符合条件。', 'basis': ['《食品经营许可和备案管理办法》第十九条'], 'content': '决定如上。', "
		                                "'licence-expires': '2031-02-09', 'remedies': '可以依法申请行政复议或者提起行政诉讼。'}",
		                                cases[i].outcome);
		const char *text = print(bed, i == 0 ? "licence" : "licence-other", facts, "decision.made", body);
		assert_true(bed_says(text, cases[i].title));
		assert_true(bed_says(text, "2031年2月9日"));
		assert_true(bed_says(text, "经营者：李老四"));
		assert_true(bed_says(text, "申请行政复议"));
	}
}

static void test_finding_and_none(void **state)
{
	struct bed *bed = *state;
	const char *text = print(bed, "finding", company, "finding.concluded",
	                         "{'conclusion': '责令改正', 'clean': false, 'ended': '2026-02-10T16:20:00+08:00', 'content': '仓库内食品与杂物混放。', 'new-case': '景市监案〔2026〕31号'}");
	static const char *const elements[] = {"行政检查结果告知书", "景市监案〔2026〕12号", "检查对象：景洪市曼听食品有限公司", "食品安全监督检查", "2026年2月10日16:20", "杂物混放", "责令改正", "〔2026〕31号"};
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		assert_true(bed_says(text, elements[i]));
	text = print(bed, "none", company, "decision.none", "{'kind': '不予处罚', 'reason': '违法行为轻微并及时改正，没有造成危害后果。', 'basis': ['《中华人民共和国行政处罚法》第三十三条第一款'], 'education': '已当面教育。', 'remedies': '如不服本决定，可以申请行政复议。', 'number': '景市监不罚〔2026〕1号'}");
	assert_true(bed_says(text, "可以申请行政复议"));
	assert_true(bed_says(text, "不予行政处罚决定书"));
	assert_true(bed_says(text, "违法行为轻微"));
	assert_true(bed_says(text, "已当面教育"));
}

static void test_no_decision(void **state)
{
	struct bed *bed = *state;
	struct entry entry = {.id = 1, .kind = "rights.told", .at = MADE_AT, .body = parse(bed, "{}")};
	struct decision_source source = {.agency = "甲", .facts = parse(bed, "{}"), .entry = &entry};
	struct paper_document out;
	assert_int_equal(decision_model(&source, bed->arena, &out, &bed->err), -ERR_UNSUPPORTED);
}

/* Entries that hold nothing, or something else than their form, still make a paper: it says what is missing. */
static void test_empty_and_odd(void **state)
{
	struct bed *bed = *state;
	static const char *const kinds[] = {"decision.made", "decision.none", "simple.decided", "measure.decided", "finding.concluded"};
	static const char *const bodies[] = {"{}", "{'outcome': '给予处罚'}", "{'outcome': 7, 'basis': 'x', 'list': {}, 'fine': 'many', 'officers': ['o1', 3, null], 'party': [], 'period': 1, 'when': {}, 'facts': ''}",
	                                     "{'list': [1, null, {}], 'sanctions': [null, ''], 'fine': -5, 'signature': 1}"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (size_t k = 0; k < sizeof(bodies) / sizeof(bodies[0]); k++)
			assert_true(bed_says(print(bed, "empty", "{}", kinds[i], bodies[k]), "未填写"));
}

static void test_markup_is_harmless(void **state)
{
	struct bed *bed = *state;
	const char *text = print(bed, "markup", "{'party': {'type': '法人', 'name': '<b>甲&乙</b>&amp;公司', 'address': '</span>%s%n'}}", "decision.made",
	                         "{'number': '<i>1</i>', 'outcome': '给予处罚', 'facts': 'a < b && c > d \\u202e倒\\u0007写', 'content': '<span size=\\\"xx\\\">'}");
	assert_true(bed_says(text, "<b>甲&乙</b>&amp;公司"));
	assert_true(bed_says(text, "</span>%s%n"));
	assert_true(bed_says(text, "<i>1</i>"));
	assert_true(bed_says(text, "a<b&&c>d倒写"));
	assert_true(bed_says(text, "<spansize=\"xx\">"));
}

static void test_amounts(void **state)
{
	struct bed *bed = *state;
	static const struct {
		int64_t fen;
		const char *text;
	} cases[] = {{0, "人民币零元整"}, {1, "人民币壹分"}, {10, "人民币壹角整"}, {100, "人民币壹元整"}, {105, "人民币壹元零伍分"}, {150, "人民币壹元伍角整"}, {1000, "人民币壹拾元整"}, {10001, "人民币壹佰元零壹分"},
	             {20050000, "人民币贰拾万零伍佰元整"}, {500000, "人民币伍仟元整"}, {1000000, "人民币壹万元整"}, {1000100, "人民币壹万零壹元整"}, {1010000, "人民币壹万零壹佰元整"}, {10000000000, "人民币壹亿元整"},
	             {10000000100, "人民币壹亿零壹元整"}, {10001000000, "人民币壹亿零壹万元整"}, {123456789012, "人民币壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"}, {100000000000000, "人民币壹万亿元整"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(amount_capital(bed->arena, cases[i].fen), cases[i].text);
	assert_string_equal(amount_full(bed->arena, 123456789), "人民币壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分（¥1,234,567.89）");
	assert_true(strlen(amount_capital(bed->arena, INT64_MAX)) > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_penalty, bed_open, bed_close),          cmocka_unit_test_setup_teardown(test_qr_leads_to_the_proof, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_simple, bed_open, bed_close),           cmocka_unit_test_setup_teardown(test_refused_signature, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_measure, bed_open, bed_close),          cmocka_unit_test_setup_teardown(test_licences, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_finding_and_none, bed_open, bed_close), cmocka_unit_test_setup_teardown(test_no_decision, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_empty_and_odd, bed_open, bed_close),    cmocka_unit_test_setup_teardown(test_markup_is_harmless, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_amounts, bed_open, bed_close),
	};
	return cmocka_run_group_tests_name("paper-decision", tests, NULL, NULL);
}
