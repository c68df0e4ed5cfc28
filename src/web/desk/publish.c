/* desk.publish(-submit), desk.decision: what leaves the house. */
#include "base/text.h"
#include "paper/decision.h"
#include "web/handlers.h"
#include "web/view.h"
#include "work/casefile.h"
#include "work/publication.h"

static const char *given_answer(const struct request *rq, const char *id)
{
	/* Yes or no: anything else is no answer, and must not pass for a no. */
	const char *answer = json_str(json_object_get(rq->fields, "exemptions"), id);
	return text_eq(answer, "yes") || text_eq(answer, "no") ? answer : NULL;
}

static json_t *exemption_rows(struct request *rq, const json_t *found)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(found, i, one) {
		json_t *item = json_object();
		const char *id = json_str(one, "id"), *answer = given_answer(rq, id);
		json_put_str(item, "id", id);
		json_put_str(item, "question", text_or_empty(json_str(one, "question")));
		json_put_str(item, "cite", text_or_empty(law_cite(rq->site->law, text_or_empty(json_str(one, "clause")))));
		json_put_bool(item, "is-no", text_eq(answer, "no"));
		json_put_bool(item, "is-yes", text_eq(answer, "yes"));
		json_put_bool(item, "override", json_bool(one, "override"));
		json_put_str(item, "override-reason", text_or_empty(json_str(json_object_get(rq->fields, "override"), id)));
		json_push(out, item);
	}
	return out;
}

static json_t *manner_rows(struct request *rq)
{
	const char *chosen = json_str(rq->fields, "manner");
	json_t *out = json_array(), *summary = view_option("摘要", "摘要", chosen == NULL || text_eq(chosen, "摘要")), *full = view_option("全文", "全文", text_eq(chosen, "全文"));
	json_put_str(summary, "note", "文号、当事人、事实、依据、决定、机关、日期");
	json_put_str(full, "note", "隐去处理后的决定书全文");
	json_push(out, summary);
	json_push(out, full);
	return out;
}

static const char *clause_for(struct request *rq, const json_t *redactions, const char *what)
{
	static const struct {
		const char *what, *hide;
	} names[] = {{"自然人姓名", "person-name"}, {"家庭住址", "address"}, {"身份证号码", "id-number"}, {"通信方式", "contact"}, {"银行账号", "bank-account"}, {"财产信息", "property-status"}};
	const json_t *one, *hide;
	size_t i, k, n;
	for (n = 0; n < sizeof(names) / sizeof(names[0]); n++)
		if (text_eq(names[n].what, what))
			break;
	if (n == sizeof(names) / sizeof(names[0]))
		return "";
	json_array_foreach(redactions, i, one)
		json_array_foreach(json_object_get(one, "hide"), k, hide)
			if (text_eq(json_string_value(hide), names[n].hide))
				return text_or_empty(law_cite(rq->site->law, text_or_empty(json_str(one, "clause"))));
	return "";
}

static json_t *struck_rows(struct request *rq, const json_t *found)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(json_object_get(found, "hidden"), i, one) {
		json_t *item = json_object();
		const char *what = text_or_empty(json_str(one, "what"));
		json_put_str(item, "title", what);
		json_put_int(item, "count", json_int(one, "count", 0));
		json_put_str(item, "instead", text_eq(what, "自然人姓名") ? "姓氏加“某”" : "＊＊＊");
		json_put_str(item, "cite", clause_for(rq, json_object_get(found, "redactions"), what));
		json_push(out, item);
	}
	return out;
}

static json_t *publish_doc(struct request *rq, const json_t *found, const char *key)
{
	json_t *doc = json_tie(rq->arena, json_object()), *the_case = json_object(), *original = json_array(), *piece = json_object();
	json_put_str(the_case, "url", arena_printf(rq->arena, "/desk/cases/%s", key));
	json_put_str(the_case, "number", text_or_empty(json_str(found, "number")));
	json_put_str(the_case, "title", text_or_empty(json_str(found, "title")));
	json_put(doc, "case", the_case);
	json_put_str(doc, "decision-number", text_or_empty(json_str(json_object_get(found, "summary"), "number")));
	json_put(doc, "due-text", json_null());
	json_put_str(doc, "action-url", arena_printf(rq->arena, "/desk/cases/%s/publish", key));
	json_put_str(doc, "draft-key", arena_printf(rq->arena, "/desk/cases/%s/publish", key));
	json_put_int(doc, "expect", json_int(found, "expect", 0));
	json_put(doc, "exemptions", exemption_rows(rq, json_object_get(found, "exemptions")));
	json_put(doc, "manners", manner_rows(rq));
	json_put(piece, "struck", json_null());
	json_put_str(piece, "text", text_or_empty(json_str(found, "original")));
	json_push(original, piece);
	json_put(doc, "original", original);
	const char *given = json_str(rq->fields, "text");
	json_put_str(doc, "redacted", given != NULL ? given : text_or_empty(json_str(found, "text")));
	json_put(doc, "struck-list", struck_rows(rq, found));
	json_put(doc, "summary", json_deep_copy(json_object_get(found, "summary")));
	return doc;
}

int page_desk_publish(struct request *rq, struct response *out, struct err *err)
{
	json_t *found;
	const char *key = request_text(rq, "key");
	int rc = publication_draft_doc(rq->site, &rq->actor, key, rq->arena, &found, err);
	if (rc == 0)
		out->doc = publish_doc(rq, found, key);
	return rc;
}

/* The proposal: the answers under the exemptions' ids, and the summary as the program struck it. */
static json_t *proposal(struct request *rq, const json_t *found, json_t **missing)
{
	json_t *body = json_tie(rq->arena, json_object());
	const json_t *one, *summary = json_object_get(found, "summary");
	const char *key;
	json_t *value;
	size_t i;
	*missing = json_tie(rq->arena, json_array());
	json_array_foreach(json_object_get(found, "exemptions"), i, one) {
		const char *id = json_str(one, "id"), *answer = given_answer(rq, id), *reason = json_str(json_object_get(rq->fields, "override"), id);
		if (answer == NULL)
			json_push_str(*missing, text_or_empty(json_str(one, "question")));
		json_put_bool(body, id, text_eq(answer, "yes"));
		if (text_eq(answer, "yes") && reason != NULL && *reason != '\0') {
			json_put_str(body, "override", "不公开可能对公共利益造成重大影响");
			json_put_str(body, "override-reason", reason);
		}
	}
	/* a place may ask for less than the draft says: 执法方式 is asked for in 西双版纳 only */
	json_object_foreach((json_t *)(uintptr_t)summary, key, value)
		if (json_string_length(value) > 0 && (!text_eq(key, "method") || json_bool(found, "method-asked")))
			json_put(body, key, json_incref(value));
	json_put_str(body, "manner", text_eq(json_str(rq->fields, "manner"), "全文") ? "全文" : "摘要");
	json_put_str(body, "agency", json_str(found, "agency-name"));
	return body;
}

static json_t *redacted_body(struct request *rq, const json_t *found)
{
	json_t *body = json_tie(rq->arena, json_object());
	json_put_str(body, "text", text_or_empty(json_str(rq->fields, "text")));
	json_put(body, "hidden", json_deep_copy(json_object_get(found, "hidden")));
	json_put_bool(body, "read-through", text_eq(json_str(rq->fields, "read"), "yes") || json_bool(rq->fields, "read"));
	return body;
}

static int submit(struct request *rq, const char *key, const json_t *found, struct err *err)
{
	json_t *missing, *body = proposal(rq, found, &missing);
	if (json_array_size(missing) > 0) {
		const json_t *one;
		size_t i;
		json_array_foreach(missing, i, one)
			(void)err_diag(err, NULL, "没有回答：%s", json_string_value(one));
		return ERR(err, ERR_INVALID, "有 %zu 个问题没有回答，全部答完才能提交", json_array_size(missing));
	}
	struct act_result result;
	struct act act = {.stream_type = "case", .stream_key = key, .kind = "publication.proposed", .at = INSTANT_NONE, .body = body, .expect = request_int(rq, "expect", -1)};
	int rc = act_do(rq->site, &rq->actor, &act, rq->arena, &result, err);
	if (rc != 0)
		return rc;
	act.kind = "publication.redacted";
	act.body = redacted_body(rq, found);
	act.expect = result.entry.number;
	return act_do(rq->site, &rq->actor, &act, rq->arena, &result, err);
}

int page_desk_publish_submit(struct request *rq, struct response *out, struct err *err)
{
	json_t *found;
	const char *key = request_text(rq, "key");
	int rc = publication_draft_doc(rq->site, &rq->actor, key, rq->arena, &found, err);
	if (rc != 0)
		return rc;
	rc = submit(rq, key, found, err);
	if (rc != 0) {
		out->doc = publish_doc(rq, found, key);
		return rc;
	}
	response_redirect(out, arena_printf(rq->arena, "/desk/cases/%s", key), NULL, false);
	out->notice = "已提交公示审核";
	return 0;
}

int page_desk_decision(struct request *rq, struct response *out, struct err *err)
{
	struct entry decision;
	json_t *facts;
	void *pdf;
	size_t len;
	int rc = case_decision(rq->site, &rq->actor, request_text(rq, "key"), rq->arena, &facts, &decision, err);
	if (rc == 0)
		rc = paper_decision(rq->site, facts, &decision, rq->arena, &pdf, &len, err);
	if (rc != 0)
		return rc;
	response_bytes(out, "application/pdf", pdf, len);
	out->filename = arena_printf(rq->arena, "%s.pdf", request_text(rq, "key"));
	out->cache = CACHE_NONE;
	return 0;
}
