/* The ordinary penalty, and the penalty on the spot. */
#include "base/text.h"
#include "work/demo/inside.h"

/* What becomes of one case, drawn once. */
struct fate {
	bool major, hearing, measure, urgent, preserved, sampled, suspended, appealed, unpaid, stalled;
	bool not_filed, crime, transferred, none;
};

static struct fate draw(struct walk *walk)
{
	struct fate fate = {.major = walk_chance(walk, 24), .preserved = walk_chance(walk, 14), .sampled = walk_chance(walk, 14), .suspended = walk_chance(walk, 5),
	                    .appealed = walk_chance(walk, 5), .unpaid = walk_chance(walk, 12), .stalled = walk_chance(walk, 5), .urgent = walk_chance(walk, 5)};
	fate.hearing = fate.major && walk_chance(walk, 40);
	fate.measure = json_array_size(json_object_get(walk->domain, "measures")) > 0 && walk_chance(walk, 12) && !walk->industry;
	int64_t end = rng_between(&walk->rng, 0, 99);
	fate.not_filed = end < 6;
	fate.transferred = end >= 6 && end < 9;
	fate.crime = end >= 9 && end < 12;
	fate.none = end >= 12 && end < 18;
	return fate;
}

/* The fine within the law's bounds and on the right side of the threshold of major cases. */
static void set_fine(struct walk *walk, bool major)
{
	const json_t *bounds = json_object_get(walk->matter, "fine"), *party = json_object_get(walk->vars, "@party");
	bool person = !text_eq(json_str(party, "type"), "法人");
	int64_t low = json_integer_value(json_array_get(bounds, 0)), high = json_integer_value(json_array_get(bounds, 1));
	int64_t threshold = person ? 5000 : 100000;
	if (!major && high >= threshold)
		high = threshold - 100;
	if (major && high < threshold)
		high = threshold + 2000;
	if (major && low < threshold)
		low = threshold;
	int64_t yuan = low >= high ? high : rng_between(&walk->rng, low / 100, high / 100) * 100;
	json_put_int(walk->vars, "@fine", yuan * 100);
	json_put_str(walk->vars, "fine-yuan", arena_printf(walk->arena, "%lld", (long long)yuan));
	json_put_str(walk->vars, "proposal", arena_printf(walk->arena, "责令%s改正违法行为，并处罚款 %lld 元", walk_var(walk, "party"), (long long)yuan));
	json_put_str(walk->vars, "decision-number", "{agency-abbr}罚决〔{year}〕{n}号");
}

static void begin(struct walk *walk, const struct fate *fate)
{
	bool complaint = text_eq(walk_var(walk, "source"), "投诉举报");
	walk_on(walk, complaint ? HAND_WINDOW : walk->handler, "source.registered", "{s:s,s:s}", "source", walk_var(walk, "source"), "act-kind", "处罚");
	if (complaint)
		walk_on(walk, HAND_WINDOW, "complaint.received", "{s:b,s:s}", "named", true, "reporter", "@reporter");
	walk_days(walk, 0, 2);
	if (fate->urgent)
		walk_on(walk, walk->handler, "filing.urgent", NULL);
	walk_on(walk, walk->handler, "filing.proposed", "{s:b}", "major-expected", fate->major);
	walk_hours(walk, 0, 3);
	walk_on(walk, HAND_UNIT_HEAD, "filing.reviewed", "{s:s}", "conclusion", "同意");
	walk_hours(walk, 0, fate->urgent ? 1 : 5);
	walk_on(walk, HAND_HEAD, "filing.approved", "{s:s}", "conclusion", fate->not_filed ? "不予立案" : "同意");
	if (fate->not_filed) {
		if (complaint) {
			json_put_str(walk->vars, "answer", "反映的情况不属实，决定不予立案");
			walk_days(walk, 1, 4);
			walk_on(walk, HAND_WINDOW, "complaint.answered", "{s:b}", "taken-up", false);
		}
		part_closing(walk, "不予立案");
		return;
	}
	if (complaint) {
		json_put_str(walk->vars, "answer", "已经立案调查，处理结果将依法公示");
		walk_on(walk, HAND_WINDOW, "complaint.answered", "{s:b}", "taken-up", true);
	}
	walk_on(walk, HAND_UNIT_HEAD, "officers.assigned", NULL);
	if (walk_chance(walk, 15))
		walk_on(walk, HAND_UNIT_HEAD, "assistants.assigned", NULL);
}

static void sampling(struct walk *walk)
{
	walk_on(walk, walk->handler, "evidence.sampled", NULL);
	walk_hours(walk, 1, 1);
	walk_on(walk, walk->handler, "recording.made", "{s:s}", "purpose", "抽样");
	walk_days(walk, 0, 1);
	walk_on(walk, walk->handler, "recording.stored", "{s:s}", "file", "@video:抽样音像记录");
	walk_on(walk, walk->handler, "evidence.test-commissioned", NULL);
	walk_days(walk, 6, 14);
	walk_on(walk, walk->handler, "evidence.test-result", NULL);
}

static void inquire(struct walk *walk, const struct fate *fate)
{
	walk_days(walk, 0, 4);
	part_recorded_visit(walk, "现场检查");
	if (walk_chance(walk, 35))
		walk_on(walk, walk->handler, "correction.ordered", NULL);
	if (fate->preserved) {
		walk_on(walk, walk->handler, "evidence.preserved", NULL);
		walk_days(walk, 2, walk_chance(walk, 10) ? 9 : 6);
		walk_on(walk, walk->handler, "evidence.disposed", NULL);
	}
	if (fate->measure)
		part_measure(walk, false);
	walk_on(walk, walk->handler, "evidence.collected", NULL);
	walk_days(walk, 1, 5);
	walk_on(walk, walk->handler, "inquiry.questioned", NULL);
	if (fate->sampled)
		sampling(walk);
	if (fate->suspended) {
		walk_on(walk, walk->handler, "case.suspended", NULL);
		walk_days(walk, 8, 20);
		walk_on(walk, walk->handler, "case.resumed", NULL);
	}
	if (walk_chance(walk, 4))
		walk_on(walk, HAND_UNIT_HEAD, "handler.changed", "{s:s}", "to", walk->agency->hands[walk->handler].user);
	if (fate->measure) {
		walk_days(walk, 3, 10);
		walk_on(walk, walk->handler, "measure.lifted", NULL);
	}
	walk_days(walk, 1, 8);
	walk_on(walk, walk->handler, "inquiry.ended", "{s:[s],s:s,s:b,s:b}", "sanctions", "罚款", "fine", "@fine", "complex", fate->major, "suspected-crime", fate->crime);
}

static void hear(struct walk *walk)
{
	walk_days(walk, 1, 4);
	walk_on(walk, walk->handler, "hearing.requested", NULL);
	walk_days(walk, 1, 3);
	walk_on(walk, walk->handler, "hearing.noticed", NULL);
	walk_days(walk, 8, 11);
	walk_on(walk, HAND_LEGAL, "hearing.held", NULL);
	walk_on(walk, walk->handler, "recording.made", "{s:s}", "purpose", "听证");
	walk_days(walk, 0, 1);
	walk_on(walk, walk->handler, "recording.stored", "{s:s}", "file", "@video:听证音像记录");
}

static void tell(struct walk *walk, const struct fate *fate)
{
	walk_days(walk, 1, 3);
	bool right = fate->hearing || (fate->major && walk_chance(walk, 60));
	json_t *rights = right ? json_pack("[s,s,s]", "陈述", "申辩", "听证") : json_pack("[s,s]", "陈述", "申辩");
	walk_on(walk, walk->handler, "rights.told", "{s:b,s:o,s:s,s:s}", "hearing-right", right, "rights", rights, "told-fine", "@fine", "answer-by", "@day+7");
	if (walk_chance(walk, 3)) {
		walk_days(walk, 1, 2);
		walk_on(walk, walk->handler, "recusal.requested", NULL);
		walk_on(walk, HAND_HEAD, "recusal.decided", NULL);
	}
	if (fate->hearing) {
		hear(walk);
	} else if (right) {
		walk_days(walk, 2, 4);
		walk_on(walk, walk->handler, "hearing.waived", NULL);
	}
	walk_days(walk, 1, 3);
	if (walk_chance(walk, 30)) {
		walk_on(walk, walk->handler, "statement.made", NULL);
		walk_on(walk, HAND_UNIT_HEAD, "statement.reviewed", NULL);
	} else {
		walk_on(walk, walk->handler, "statement.waived", NULL);
	}
}

static void decide(struct walk *walk, const struct fate *fate)
{
	if (fate->major)
		walk_on(walk, HAND_HEAD, "discussion.held", NULL);
	walk_days(walk, 0, 3);
	if (walk_chance(walk, 4))
		walk_on(walk, HAND_HEAD, "decision.extended", NULL);
	if (fate->none)
		walk_on(walk, walk->handler, "decision.proposed", "{s:[s],s:s,s:s}", "lenient-grounds", "轻微并及时改正且没有危害后果", "leniency", "不予处罚", "opinion",
		        "违法行为轻微并及时改正，没有造成危害后果，建议不予处罚。");
	else
		walk_on(walk, walk->handler, "decision.proposed", "{s:[s],s:s}", "sanctions", "罚款", "fine", "@fine");
	walk_hours(walk, 0, 4);
	walk_on(walk, HAND_UNIT_HEAD, "decision.reviewed", "{s:s}", "conclusion", "同意");
	walk_days(walk, 0, 2);
	walk_on(walk, HAND_HEAD, "decision.approved", "{s:s}", "conclusion", "同意");
	if (fate->none)
		walk_on(walk, walk->handler, "decision.none", "{s:s}", "kind", "不予处罚");
	else
		walk_on(walk, walk->handler, "decision.made", "{s:s,s:s,s:[s],s:s}", "number", "{decision-number}", "outcome", "给予处罚", "sanctions", "罚款", "fine", "@fine");
}

static void appeal(struct walk *walk)
{
	walk_days(walk, 10, 30);
	walk_on(walk, walk->handler, "remedy.filed", "{s:s}", "kind", "行政复议");
	walk_days(walk, 25, 40);
	bool kept = walk_chance(walk, 50);
	walk_on(walk, walk->handler, "remedy.result", "{s:s}", "result", kept ? "维持" : "变更");
	if (kept)
		return;
	walk_on(walk, HAND_LEGAL, "decision.changed", "{s:s,s:s}", "how", "变更", "cause", "行政复议");
	walk_hours(walk, 1, 3);
	walk_on(walk, HAND_PUBLISHER, "publication.withdrawn", "{s:s}", "reason", "决定被变更");
	walk_on(walk, HAND_PUBLISHER, "publication.change-published", NULL);
}

/* Fifteen days went by without payment. */
static void enforce(struct walk *walk)
{
	bool court = walk_chance(walk, 50);
	walk_calendar_days(walk, 18);
	walk_on(walk, walk->handler, "demand.issued", "{s:s}", "for", court ? "申请法院强制执行" : "行政机关强制执行");
	if (court) {
		walk_days(walk, 12, 18);
		walk_on(walk, walk->handler, "court.applied", NULL);
		walk_days(walk, 5, 9);
		walk_on(walk, walk->handler, "court.result", "{s:s}", "ruling", "执行完毕");
		return;
	}
	walk_calendar_days(walk, 12);
	walk_on(walk, walk->handler, "execution.proposed", "{s:s}", "manner", "加处罚款或者滞纳金");
	walk_on(walk, HAND_HEAD, "execution.approved", "{s:s}", "conclusion", "同意");
	walk_on(walk, walk->handler, "execution.decided", "{s:s}", "manner", "加处罚款或者滞纳金");
	walk_days(walk, 0, 2);
	part_service(walk, "强制执行决定书");
	walk_days(walk, 2, 5);
	walk_on(walk, walk->handler, "execution.done", "{s:s,s:s}", "manner", "加处罚款或者滞纳金", "result", "执行完毕");
	part_publication(walk, "强制措施或者执行决定", false);
}

static void carry_out(struct walk *walk, const struct fate *fate)
{
	bool late = walk_chance(walk, 6);
	walk_days(walk, 0, walk_chance(walk, 5) ? 9 : 4);
	part_service(walk, "决定书");
	part_publication(walk, "执法决定", late);
	if (fate->measure)
		part_publication(walk, "强制措施或者执行决定", false);
	if (fate->major) {
		walk_days(walk, 1, 6);
		walk_on(walk, HAND_LEGAL, "major.filed", NULL);
	}
	if (fate->unpaid) {
		enforce(walk);
	} else {
		if (walk_chance(walk, 6)) {
			walk_on(walk, HAND_HEAD, "payment.deferred", NULL);
			walk_days(walk, 8, 15);
		}
		walk_days(walk, 1, 5);
		walk_on(walk, walk->handler, "payment.received", "{s:s,s:b}", "amount", "@fine", "full", true);
	}
	if (fate->appealed)
		appeal(walk);
	walk_on(walk, walk->handler, "performance.recorded", "{s:s}", "done", fate->unpaid ? "强制执行完毕" : "自动履行完毕");
	if (!fate->appealed && !walk_chance(walk, 12))
		part_publication(walk, "履行情况", false);
}

static bool check_correction(const struct walk *walk)
{
	for (size_t i = 0; i < walk->count; i++)
		if (text_eq(walk->steps[i].kind, "correction.ordered"))
			return true;
	return false;
}

void plan_penalty(struct walk *walk)
{
	struct fate fate = draw(walk);
	set_fine(walk, fate.major);
	begin(walk, &fate);
	if (fate.not_filed)
		return;
	inquire(walk, &fate);
	if (fate.stalled)
		return; /* nobody went on with it: what is owed becomes late */
	if (fate.transferred) {
		walk_days(walk, 1, 4);
		walk_on(walk, walk->handler, "case.transferred", NULL);
		part_closing(walk, "移送");
		return;
	}
	if (fate.crime) {
		walk_on(walk, walk->handler, "crime.proposed", NULL);
		walk_days(walk, 0, 1);
		walk_on(walk, HAND_HEAD, "crime.approved", "{s:s}", "conclusion", "同意");
		walk_hours(walk, 2, 5);
		walk_on(walk, walk->handler, "crime.transferred", NULL);
		part_closing(walk, "移送");
		return;
	}
	if (fate.major)
		part_review(walk, true);
	tell(walk, &fate);
	decide(walk, &fate);
	if (check_correction(walk)) {
		walk_days(walk, 0, 3);
		walk_on(walk, walk->handler, "correction.checked", NULL);
	}
	if (fate.none) {
		part_service(walk, "决定书");
		part_closing(walk, "不予处罚");
		return;
	}
	carry_out(walk, &fate);
	part_closing(walk, fate.unpaid && walk->count > 0 ? "法院执行完毕或者终结" : "决定履行完毕");
}

/* --- on the spot -------------------------------------------------------------------------------------------------------- */

static void set_small_fine(struct walk *walk, bool warning, bool cash)
{
	bool person = !text_eq(json_str(json_object_get(walk->vars, "@party"), "type"), "法人");
	int64_t yuan = cash ? rng_between(&walk->rng, 2, 10) * 10 : rng_between(&walk->rng, 11, person ? 20 : 300) * 10;
	json_put_int(walk->vars, "@fine", yuan * 100);
	json_put_str(walk->vars, "decision-number", "{agency-abbr}当罚〔{year}〕{n}号");
	json_put_str(walk->vars, "proposal", warning ? arena_printf(walk->arena, "对%s给予警告", walk_var(walk, "party"))
	                                             : arena_printf(walk->arena, "对%s处以罚款 %lld 元", walk_var(walk, "party"), (long long)yuan));
}

void plan_simple(struct walk *walk)
{
	bool warning = walk_chance(walk, 30), cash = !warning && walk_chance(walk, 30), recorded = walk_chance(walk, 40);
	set_small_fine(walk, warning, cash);
	walk_on(walk, walk->handler, "source.registered", "{s:s,s:s}", "source", "检查发现", "act-kind", "处罚");
	part_identity(walk);
	if (recorded)
		walk_on(walk, walk->handler, "recording.made", "{s:s}", "purpose", "现场检查");
	if (warning)
		walk_on(walk, walk->handler, "simple.decided", "{s:[s],s:b}", "sanctions", "警告", "delivered", true);
	else
		walk_on(walk, walk->handler, "simple.decided", "{s:[s],s:s,s:b}", "sanctions", "罚款", "fine", "@fine", "delivered", true);
	if (cash)
		walk_on(walk, walk->handler, "fine.collected", "{s:s}", "amount", "@fine");
	walk_days(walk, 0, 1);
	if (recorded)
		walk_on(walk, walk->handler, "recording.stored", NULL);
	walk_on(walk, walk->handler, "simple.filed", NULL);
	if (cash) {
		walk_on(walk, walk->handler, "fine.handed-in", "{s:s}", "amount", "@fine");
		walk_days(walk, 0, 2);
		walk_on(walk, HAND_UNIT_HEAD, "fine.banked", "{s:s}", "amount", "@fine");
	}
	part_publication(walk, "执法决定", walk_chance(walk, 7));
	if (!warning && !cash) {
		walk_days(walk, 0, 3);
		walk_on(walk, walk->handler, "payment.received", "{s:s,s:b}", "amount", "@fine", "full", true);
	}
	if (walk_chance(walk, 3))
		return;
	if (warning)
		walk_on(walk, walk->handler, "performance.recorded", "{s:s}", "done", "自动履行完毕");
	if (warning && walk_chance(walk, 85))
		part_publication(walk, "履行情况", false);
	part_closing(walk, "决定履行完毕");
}
