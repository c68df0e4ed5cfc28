/* Parts of the way that several procedures share. */
#include "base/text.h"
#include "work/demo/inside.h"

void part_identity(struct walk *walk)
{
	walk_on(walk, walk->handler, "identity.shown", NULL);
}

/* A recording of what was just done, kept within two working days (or not quite, now and then). */
static void recorded(struct walk *walk, const char *purpose)
{
	if (walk_chance(walk, 4))
		walk_on(walk, walk->handler, "recording.interrupted", NULL);
	walk_on(walk, walk->handler, "recording.made", "{s:s}", "purpose", purpose);
}

static void stored(struct walk *walk, const char *purpose, bool evidence)
{
	if (walk_chance(walk, 5))
		walk_days(walk, 3, 6);
	else
		walk_days(walk, 0, 1);
	walk_hours(walk, 0, 2);
	walk_on(walk, walk_chance(walk, 30) ? HAND_ARCHIVIST : walk->handler, "recording.stored", "{s:b,s:s}", "evidence", evidence, "file",
	        arena_printf(walk->arena, "@video:%s音像记录", purpose));
	if (evidence)
		walk_on(walk, walk->handler, "recording.noted", "{s:s}", "about", "证据说明");
}

/* What an inspection on the spot needs: certificates shown, those present told, the record, the recording and its keeping. */
void part_recorded_visit(struct walk *walk, const char *purpose)
{
	part_identity(walk);
	if (walk_chance(walk, 60))
		walk_on(walk, walk->handler, "recording.announced", NULL);
	if (walk_chance(walk, 4))
		walk_on(walk, walk->handler, "inquiry.inspected", "{s:{s:b,s:s,s:s}}", "signature", "refused", true, "reason", "对检查结果有异议，拒绝签字", "witness", "社区工作人员");
	else
		walk_on(walk, walk->handler, "inquiry.inspected", "{s:b}", "violations", !json_is_true(json_object_get(walk->vars, "@clean")));
	walk_hours(walk, 1, 1);
	recorded(walk, purpose);
	if (walk_chance(walk, 2))
		walk_on(walk, walk->handler, "obstruction.reported", NULL);
	stored(walk, purpose, walk_chance(walk, 25));
}

void part_service(struct walk *walk, const char *document)
{
	bool post = walk_chance(walk, 12);
	if (post) {
		walk_on(walk, walk->handler, "service.made", "{s:s,s:s,s:s,s:s,s:s,s:n}", "document", document, "manner", "邮寄送达", "post-manner", "邮政特快专递", "post-register",
		        "EMS-1108{n}", "post-proof", "@file:付邮凭证", "certificates-shown");
		return;
	}
	if (walk_chance(walk, 5)) {
		walk_on(walk, walk->handler, "service.failed", NULL);
		walk_days(walk, 1, 1);
	}
	if (walk_chance(walk, 6)) {
		recorded(walk, "留置送达");
		walk_on(walk, walk->handler, "service.made", "{s:s,s:s,s:s,s:s,s:s,s:s}", "document", document, "manner", "留置送达", "refusal-reason", "受送达人拒绝签收", "refused-on", "@day",
		        "witness", "社区工作人员", "left-at", "{place}");
		stored(walk, "留置送达", false);
		return;
	}
	walk_on(walk, walk->handler, "service.made", "{s:s,s:s}", "document", document, "manner", "直接送达");
}

/* The opinion itself: now and then the material goes back first. In 西双版纳 a difference may be rechecked; the bureau of industry has words of its own. */
static void opinions(struct walk *walk, bool recheck)
{
	if (walk_chance(walk, 10)) {
		walk_on(walk, HAND_LEGAL, "review.opinion", "{s:s,s:s,s:s}", "conclusion", walk->industry ? "继续调查" : "退回补充", "opinion", "证据之间的关联需要补充说明，补充后重新送审。",
		        "point-facts", "不符合");
		walk_days(walk, 1, 3);
		walk_on(walk, walk->handler, "evidence.collected", NULL);
		walk_on(walk, walk->handler, "review.sent", NULL);
		walk_days(walk, 0, 1);
		walk_on(walk, HAND_LEGAL, "review.taken-in", NULL);
		walk_days(walk, 1, 3);
	} else if (recheck && walk->banna && walk_chance(walk, 10)) {
		walk_on(walk, HAND_LEGAL, "review.opinion", "{s:s,s:s,s:s}", "conclusion", "变更", "opinion", "裁量阶次偏高，建议变更。", "point-law", "不符合");
		walk_days(walk, 1, 1);
		walk_on(walk, walk->handler, "review.objected", NULL);
		walk_days(walk, 1, 2);
		walk_on(walk, HAND_LEGAL, "review.rechecked", "{s:s}", "conclusion", "同意");
		return;
	}
	walk_on(walk, HAND_LEGAL, "review.opinion", "{s:s}", "conclusion", "同意");
}

void part_review(struct walk *walk, bool recheck)
{
	walk_days(walk, 1, walk_chance(walk, 8) ? 7 : 3);
	walk_on(walk, walk->handler, "review.sent", NULL);
	walk_days(walk, 0, 1);
	if (walk_chance(walk, 6)) {
		walk_on(walk, HAND_LEGAL, "review.completion-asked", NULL);
		walk_days(walk, 1, 2);
		walk_on(walk, walk->handler, "review.sent", NULL);
	}
	walk_on(walk, HAND_LEGAL, "review.taken-in", NULL);
	if (walk_chance(walk, 10)) {
		walk_days(walk, 2, 3);
		walk_on(walk, HAND_LEADER, "review.extended", NULL);
		walk_days(walk, 2, 4);
	} else {
		walk_days(walk, 1, walk_chance(walk, 8) ? 8 : 4);
	}
	opinions(walk, recheck);
}

/* A coercive measure from its proposal to its recording; it ends elsewhere. */
void part_measure(struct walk *walk, bool urgent)
{
	bool sealing = text_eq(walk_var(walk, "measure"), "查封场所、设施或者财物");
	bool reviewed = walk->banna && (sealing || json_integer_value(json_object_get(walk->vars, "@measure-value")) >= 10000000);
	const char *purpose = sealing ? "查封" : "扣押";
	if (urgent) {
		walk_on(walk, walk->handler, "measure.urgent", NULL);
	} else {
		walk_on(walk, walk->handler, "measure.proposed", NULL);
		walk_hours(walk, 0, 1);
		walk_on(walk, HAND_HEAD, "measure.approved", "{s:s}", "conclusion", "同意");
		if (reviewed)
			part_review(walk, false);
		walk_on(walk, walk->handler, "measure.decided", NULL);
	}
	part_identity(walk);
	walk_hours(walk, 1, 1);
	walk_on(walk, walk->handler, "measure.executed", NULL);
	recorded(walk, purpose);
	if (urgent) {
		walk_on(walk, walk->handler, "measure.proposed", NULL);
		walk_on(walk, HAND_HEAD, "measure.approved", "{s:s}", "conclusion", "同意");
		walk_on(walk, walk->handler, "measure.decided", NULL);
	}
	walk_on(walk, walk->handler, "service.made", "{s:s,s:s}", "document", "强制措施决定书", "manner", "直接送达");
	if (urgent && reviewed) {
		walk_days(walk, 1, 3);
		walk_on(walk, HAND_LEGAL, "review.made-up", "{s:s}", "conclusion", "同意");
	}
	stored(walk, purpose, true);
}

/* What was decided, in the words that may leave: a citizen by surname only. */
static void put_proposal_shown(struct walk *walk)
{
	const char *proposal = walk_var(walk, "proposal"), *party = walk_var(walk, "party"), *at = strstr(proposal, party);
	if (at == NULL || *party == '\0') {
		json_put_str(walk->vars, "proposal-shown", proposal);
		return;
	}
	json_put_str(walk->vars, "proposal-shown",
	             arena_printf(walk->arena, "%.*s%s%s", (int)(at - proposal), proposal, walk_var(walk, "party-shown"), at + strlen(party)));
}

static bool performed(const struct walk *walk)
{
	for (size_t i = 0; i < walk->count; i++)
		if (text_eq(walk->steps[i].kind, "performance.recorded"))
			return true;
	return false;
}

void part_publication(struct walk *walk, const char *of, bool late)
{
	put_proposal_shown(walk);
	if (late)
		walk_days(walk, 8, 24);
	else
		walk_days(walk, 1, 3);
	walk_on(walk, walk->handler, "publication.proposed", "{s:s,s:o}", "of", of, "performance", performed(walk) ? json_string("已经履行完毕。") : json_null());
	walk_on(walk, HAND_PUBLISHER, "publication.redacted", NULL);
	walk_hours(walk, 0, 3);
	walk_on(walk, HAND_REVIEWER, "publication.reviewed", "{s:s}", "conclusion", "同意");
	walk_days(walk, 0, 1);
	walk_on(walk, HAND_HEAD, "publication.approved", "{s:s}", "conclusion", "同意");
	walk_on(walk, HAND_PUBLISHER, "publication.published", "{s:s}", "of", of);
	if (walk_chance(walk, 2)) {
		walk_days(walk, 3, 9);
		walk_on(walk, HAND_WINDOW, "publication.correction-requested", NULL);
		walk_days(walk, 2, 8);
		walk_on(walk, HAND_PUBLISHER, "publication.correction-answered", "{s:s,s:s}", "accurate", "内容不准确", "corrected", "已更正");
	}
}

void part_closing(struct walk *walk, const char *reason)
{
	walk_days(walk, 1, 6);
	if (walk_chance(walk, 4))
		walk_on(walk, walk->handler, "entry.corrected", "{s:i,s:s,s:s}", "entry", 1, "field", "content", "value", "内容中的地点应为{place}。");
	walk_on(walk, walk->handler, "closing.proposed", "{s:s}", "reason", reason);
	walk_days(walk, 0, 2);
	if (walk_chance(walk, 4)) {
		walk_on(walk, HAND_HEAD, "closing.returned", NULL);
		walk_days(walk, 1, 3);
		walk_on(walk, walk->handler, "closing.proposed", "{s:s}", "reason", reason);
		walk_days(walk, 0, 1);
	}
	walk_on(walk, HAND_HEAD, "closing.approved", NULL);
	walk_days(walk, 3, 18);
	walk_on(walk, HAND_ARCHIVIST, "file.archived", NULL);
	if (walk->industry && text_eq(walk->procedure, "inspection")) {
		walk_days(walk, 2, 8);
		walk_on(walk, HAND_ARCHIVIST, "file.handed-over", NULL);
	}
	if (walk_chance(walk, 3)) {
		walk_days(walk, 4, 20);
		walk_on(walk, HAND_WINDOW, "file.consulted", NULL);
		walk_on(walk, walk->industry ? HAND_LEADER : HAND_UNIT_HEAD, "file.consult-approved", "{s:s}", "conclusion", "同意");
	}
}
