/* Licences and their kin, inspections, coercion, fees. */
#include "base/text.h"
#include "work/demo/inside.h"

/* --- licences ----------------------------------------------------------------------------------------------------------- */

static void apply(struct walk *walk, bool incomplete)
{
	walk_on(walk, HAND_WINDOW, "application.submitted", "{s:s,s:s}", "act-kind", walk_var(walk, "act"), "application-type", "新办");
	walk_days(walk, 0, 2);
	if (!incomplete)
		return;
	walk_on(walk, HAND_WINDOW, "application.notice", NULL);
	walk_days(walk, 2, 8);
	walk_on(walk, HAND_WINDOW, "application.supplemented", NULL);
	walk_days(walk, 0, 2);
}

static void examine(struct walk *walk, bool granted)
{
	walk_days(walk, 1, 4);
	if (walk_chance(walk, 45)) {
		json_put(walk->vars, "@clean", json_boolean(granted));
		part_recorded_visit(walk, "现场检查");
	}
	if (walk_chance(walk, 10))
		walk_on(walk, walk->handler, "expert.reviewed", NULL);
	if (walk_chance(walk, 10))
		walk_on(walk, walk->handler, "opinions.sought", NULL);
	walk_days(walk, 1, 4);
	bool registration = text_eq(walk_var(walk, "act"), "登记");
	if (registration)
		walk_on(walk, walk->handler, "inquiry.ended", NULL);
	else
		walk_on(walk, walk->handler, "inquiry.ended", "{s:s}", "licence-outcome", granted ? "准予" : "不予");
}

static void grant(struct walk *walk, bool granted)
{
	bool registration = text_eq(walk_var(walk, "act"), "登记");
	walk_on(walk, walk->handler, "decision.proposed", NULL);
	walk_hours(walk, 0, 4);
	walk_on(walk, HAND_UNIT_HEAD, "decision.reviewed", "{s:s}", "conclusion", "同意");
	walk_days(walk, 0, 2);
	walk_on(walk, HAND_LEADER, "decision.approved", "{s:s}", "conclusion", "同意");
	if (walk_chance(walk, 5)) {
		walk_days(walk, 1, 2);
		walk_on(walk, HAND_HEAD, "decision.extended", "{s:b}", "told-party", true);
	}
	walk_on(walk, walk->handler, "decision.made", "{s:s,s:s,s:n,s:n}", "number", "{decision-number}", "outcome", registration ? "登记" : granted ? "准予" : "不予", "performance-manner",
	        "reasons");
	walk_days(walk, 0, walk_chance(walk, 6) ? 12 : 5);
	if (granted)
		walk_on(walk, HAND_WINDOW, "licence.issued", NULL);
	else
		part_service(walk, "决定书");
}

static void licence_words(struct walk *walk, bool granted)
{
	const char *item = json_str(walk->matter, "item"), *party = walk_var(walk, "party");
	json_put_str(walk->vars, "fact", granted ? arena_printf(walk->arena, "%s提交的申请材料齐全，%s", party, json_str(walk->matter, "conditions"))
	                                         : arena_printf(walk->arena, "%s的条件与“%s”的要求不符", party, json_str(walk->matter, "conditions")));
	json_put_str(walk->vars, "proposal", arena_printf(walk->arena, "%s%s的%s申请", granted ? "准予" : "不予批准", party, item));
	json_put_str(walk->vars, "decision-number", "{agency-abbr}许〔{year}〕{n}号");
	json_put_str(walk->vars, "evidence", "申请材料、现场核查记录");
	json_put_str(walk->vars, "violation", item);
}

void plan_licence(struct walk *walk)
{
	bool granted = text_eq(walk_var(walk, "act"), "登记") || !walk_chance(walk, 10);
	licence_words(walk, granted);
	apply(walk, walk_chance(walk, 25));
	if (walk_chance(walk, 5)) {
		walk_on(walk, HAND_WINDOW, "application.refused", NULL);
		walk_days(walk, 0, 2);
		walk_on(walk, HAND_WINDOW, "service.made", "{s:s}", "document", "受理或者不予受理通知书");
		part_closing(walk, "不予受理");
		return;
	}
	walk_on(walk, HAND_WINDOW, "application.accepted", NULL);
	if (walk_chance(walk, 6)) {
		walk_days(walk, 2, 7);
		walk_on(walk, HAND_WINDOW, "case.withdrawn", NULL);
		part_closing(walk, "申请人撤回");
		return;
	}
	examine(walk, granted);
	if (walk_chance(walk, 4))
		return; /* forgotten on a desk */
	if (!granted && walk->banna)
		part_review(walk, true);
	walk_days(walk, 0, 2);
	grant(walk, granted);
	part_publication(walk, "执法决定", walk_chance(walk, 6));
	if (!granted && walk->banna)
		walk_on(walk, HAND_LEGAL, "major.filed", NULL);
	part_closing(walk, "许可办结");
}

/* --- inspections -------------------------------------------------------------------------------------------------------- */

static void conclude(struct walk *walk, bool clean)
{
	bool simple = clean || walk_chance(walk, 70);
	walk_days(walk, 0, 3);
	walk_on(walk, walk->handler, "finding.told", "{s:b,s:b}", "simple", simple, "corrected-at-once", simple);
	if (!clean)
		walk_on(walk, walk->handler, "correction.ordered", NULL);
	walk_days(walk, 0, 2);
	walk_on(walk, walk->handler, "finding.concluded", "{s:s,s:b}", "conclusion", clean ? "未发现问题" : "责令改正", "clean", clean);
}

void plan_inspection(struct walk *walk)
{
	static const char *const kinds[] = {"双随机抽查", "日常检查", "专项检查", "因举报或者线索检查"};
	bool clean = walk_chance(walk, 60);
	json_put(walk->vars, "@clean", json_boolean(clean));
	json_put_str(walk->vars, "finding", json_str(walk->matter, clean ? "good" : "bad"));
	json_put_str(walk->vars, "fact", json_str(walk->matter, clean ? "good" : "bad"));
	json_put_str(walk->vars, "proposal", clean ? "未发现问题" : "责令限期改正");
	json_put_str(walk->vars, "decision-number", "{agency-abbr}检〔{year}〕{n}号");
	walk_on(walk, walk->handler, "inspection.planned", "{s:s}", "kind", kinds[rng_below(&walk->rng, 4)]);
	walk_hours(walk, 1, 6);
	walk_on(walk, HAND_HEAD, "inspection.approved", "{s:s}", "conclusion", "同意");
	walk_on(walk, HAND_UNIT_HEAD, "officers.assigned", NULL);
	walk_on(walk, walk->handler, "inspection.notice", NULL);
	walk_days(walk, 1, 3);
	walk_on(walk, walk->handler, "inspection.noticed-on-site", NULL);
	part_recorded_visit(walk, "现场检查");
	if (walk_chance(walk, 3))
		return;
	if (walk_chance(walk, 15))
		walk_on(walk, walk->handler, "inquiry.questioned", NULL);
	conclude(walk, clean);
	part_publication(walk, "检查结果", walk_chance(walk, 8));
	if (!clean) {
		walk_days(walk, 2, 8);
		walk_on(walk, walk->handler, "correction.checked", NULL);
	}
	part_closing(walk, "检查办结");
}

/* --- coercion ----------------------------------------------------------------------------------------------------------- */

void plan_coercion(struct walk *walk)
{
	bool urgent = walk_chance(walk, 20), handled = walk_chance(walk, 25);
	json_put_str(walk->vars, "decision-number", "{agency-abbr}强措〔{year}〕{n}号");
	json_put_str(walk->vars, "proposal", arena_printf(walk->arena, "对%s依法采取“%s”的行政强制措施", walk_var(walk, "party"), walk_var(walk, "measure")));
	walk_on(walk, walk->handler, "source.registered", "{s:s,s:s}", "source", walk_var(walk, "source"), "act-kind", "强制");
	walk_on(walk, walk->handler, "filing.proposed", "{s:b}", "major-expected", false);
	walk_on(walk, HAND_UNIT_HEAD, "filing.reviewed", "{s:s}", "conclusion", "同意");
	walk_on(walk, HAND_HEAD, "filing.approved", "{s:s}", "conclusion", "同意");
	walk_on(walk, HAND_UNIT_HEAD, "officers.assigned", NULL);
	part_measure(walk, urgent);
	part_publication(walk, "强制措施或者执行决定", walk_chance(walk, 8));
	if (walk->banna && text_eq(walk_var(walk, "measure"), "查封场所、设施或者财物")) {
		walk_days(walk, 1, 4);
		walk_on(walk, HAND_LEGAL, "major.filed", NULL);
	}
	if (walk_chance(walk, 8)) {
		walk_days(walk, 8, 12);
		walk_on(walk, HAND_HEAD, "measure.extended", NULL);
		walk_days(walk, 10, 20);
	}
	if (walk_chance(walk, 6))
		return;
	walk_days(walk, 3, 12);
	walk_on(walk, walk->handler, handled ? "measure.handled" : "measure.lifted", NULL);
	if (handled) {
		walk_days(walk, 2, 6);
		walk_on(walk, walk->handler, "goods.disposed", NULL);
	}
	part_closing(walk, "强制办结");
}

/* --- fees --------------------------------------------------------------------------------------------------------------- */

static void levy_words(struct walk *walk)
{
	const json_t *bounds = json_object_get(walk->matter, "fee");
	int64_t yuan = rng_between(&walk->rng, json_integer_value(json_array_get(bounds, 0)) / 100, json_integer_value(json_array_get(bounds, 1)) / 100) * 100;
	json_put_int(walk->vars, "@fine", yuan * 100);
	json_put_str(walk->vars, "proposal", arena_printf(walk->arena, "向%s征收%s %lld 元", walk_var(walk, "party"), json_str(walk->matter, "fee-name"), (long long)yuan));
	json_put_str(walk->vars, "decision-number", "{agency-abbr}征〔{year}〕{n}号");
}

static void find_fee_due(struct walk *walk)
{
	walk_on(walk, walk->handler, "source.registered", "{s:s,s:s,s:s}", "source", walk_var(walk, "source"), "act-kind", "收费", "content",
	        "{source-line}{party}应当{violation}。初步核查：{fact}。");
	walk_days(walk, 0, 2);
	walk_on(walk, walk->handler, "filing.proposed", "{s:b,s:s}", "major-expected", false, "reason", "经初步核查，{fact}，应当{violation}。");
	walk_hours(walk, 0, 4);
	walk_on(walk, HAND_UNIT_HEAD, "filing.reviewed", "{s:s}", "conclusion", "同意");
	walk_on(walk, HAND_HEAD, "filing.approved", "{s:s}", "conclusion", "同意");
	walk_on(walk, HAND_UNIT_HEAD, "officers.assigned", NULL);
	walk_days(walk, 0, 3);
	json_put(walk->vars, "@clean", json_true());
	part_recorded_visit(walk, "现场检查");
	walk_days(walk, 1, 5);
	walk_on(walk, walk->handler, "inquiry.ended", "{s:s}", "report-text",
	        "一、来源：{source-line}\n二、查明：{fact}。\n三、材料：{evidence}。\n四、依据：{basis-text}。\n五、建议：{proposal}。");
}

void plan_levy(struct walk *walk)
{
	levy_words(walk);
	find_fee_due(walk);
	if (walk_chance(walk, 8))
		return; /* left lying */
	walk_days(walk, 1, 3);
	walk_on(walk, walk->handler, "rights.told", "{s:b,s:s,s:s,s:s,s:s}", "hearing-right", false, "reasons", "上述情形属于依法应当缴费的情形。", "remedies",
	        "自收到告知书之日起五个工作日内可以提出陈述、申辩。", "file", "@file:征收事先告知书", "answer-by", "@day+7");
	walk_days(walk, 1, 4);
	walk_on(walk, walk->handler, "statement.waived", "{s:s}", "note", "缴费义务人对拟作决定没有意见。");
	walk_on(walk, walk->handler, "decision.proposed", "{s:s}", "discretion", "按照公布的收费标准和核定的数量计算，没有裁量。");
	walk_hours(walk, 0, 4);
	walk_on(walk, HAND_UNIT_HEAD, "decision.reviewed", "{s:s}", "conclusion", "同意");
	walk_days(walk, 0, 1);
	walk_on(walk, HAND_HEAD, "decision.approved", "{s:s}", "conclusion", "同意");
	walk_on(walk, walk->handler, "decision.made", "{s:s,s:s,s:s,s:s}", "number", "{decision-number}", "outcome", "收费", "reasons", "缴费情形清楚，数额按照公布的标准计算。",
	        "performance-manner", "自收到决定书之日起十五日内持缴款通知书到指定银行或者通过电子支付系统缴纳。");
	walk_days(walk, 0, 4);
	part_service(walk, "决定书");
	part_publication(walk, "执法决定", walk_chance(walk, 8));
	walk_days(walk, 1, 9);
	walk_on(walk, walk->handler, "payment.received", "{s:s,s:b}", "amount", "@fine", "full", true);
	walk_on(walk, walk->handler, "performance.recorded", "{s:s}", "done", "自动履行完毕");
	part_closing(walk, "征收收费办结");
}
