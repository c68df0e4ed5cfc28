/* The law itself, for anybody and for supervisors alike: instruments, articles in our words, the rules made from them. */
#include "base/text.h"
#include "web/handlers.h"
#include "web/view.h"
#include "work/site.h"

static const char *kind_title(const char *kind)
{
	static const struct {
		const char *kind, *title;
	} titles[] = {{"def", "定义"}, {"param", "参数"}, {"gate", "关口"}, {"duty", "期限"}, {"record", "记录"}, {"content", "内容"}, {"redact", "隐去"}, {"access", "权限"}, {"right", "权利"}, {"oversee", "监督"}, {"org", "组织"}, {"ground", "追责"}, {"final", "效力"}};
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (text_eq(titles[i].kind, kind))
			return titles[i].title;
	return text_or_empty(kind);
}

static const char *section_title(const char *section)
{
	static const struct {
		const char *section, *title;
	} titles[] = {{"kinds", "记录种类"}, {"fields", "登记项"}, {"gates", "关口"}, {"duties", "期限"}, {"major", "重大决定"}, {"retention", "保存"}, {"redaction", "隐去"}, {"exemptions", "不公示"}, {"lists", "清单"}, {"params", "参数"}, {"grounds", "追责"}, {"served-by", "页面与命令"}};
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (text_eq(titles[i].section, section))
			return titles[i].title;
	return text_or_empty(section);
}

/* "duties:yn-gs/publish-decision" as its section and its own title. */
static json_t *clause_rules(struct request *rq, const json_t *clause, const json_t *rules)
{
	json_t *out = json_array();
	const json_t *one, *rule;
	size_t i, k;
	json_array_foreach(json_object_get(clause, "rules"), i, one) {
		const char *id = text_or_empty(json_string_value(one)), *name = strchr(id, ':'), *title = NULL;
		if (name == NULL)
			continue;
		json_t *item = json_object();
		json_put_str(item, "section-title", section_title(arena_strndup(rq->arena, id, (size_t)(name - id))));
		json_array_foreach(rules, k, rule)
			if (text_eq(json_str(rule, "rule"), name + 1))
				title = json_str(rule, "title");
		json_put_str(item, "text", title != NULL && *title != '\0' ? title : name + 1);
		json_push(out, item);
	}
	return out;
}

static json_t *clause_rows(struct request *rq, const char *instrument)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	const json_t *listed = law_rules(rq->site->law, instrument, "clauses", rq->arena), *rules = law_rules(rq->site->law, NULL, NULL, rq->arena);
	json_array_foreach(listed, i, one) {
		const char *id = json_str(one, "clause");
		const json_t *clause = id == NULL ? NULL : law_clause(rq->site->law, id, rq->arena);
		if (clause == NULL)
			continue;
		json_t *item = json_object();
		json_put_str(item, "id", id);
		json_put_str(item, "cite", text_or_empty(json_str(clause, "cite")));
		json_put_str(item, "kind-title", kind_title(json_str(clause, "kind")));
		json_put_str(item, "text", text_or_empty(json_str(clause, "text")));
		json_put(item, "rules", clause_rules(rq, clause, rules));
		json_push(out, item);
	}
	return out;
}

/* All instruments, and the articles of the one that is asked for. */
static json_t *rules_doc(struct request *rq, const char *base)
{
	const char *chosen = request_text(rq, "instrument");
	json_t *doc = json_tie(rq->arena, json_object()), *list = json_array();
	const json_t *one;
	size_t i;
	json_put(doc, "instrument", json_null());
	const json_t *binding = law_instruments(rq->site->law, rq->arena);
	json_array_foreach(binding, i, one) {
		const char *id = text_or_empty(json_str(one, "id")), *repealed = json_str(one, "repealed");
		if (text_eq(json_str(one, "level"), "platform"))
			continue; /* the program's own vocabulary is nobody's law */
		json_t *item = json_object();
		json_put_str(item, "id", id);
		json_put_str(item, "title", text_or_empty(json_str(one, "title")));
		json_put_str(item, "basis", text_or_empty(json_str(one, "basis")));
		json_put_str(item, "in-force-text", text_or_empty(json_str(one, "in-force")));
		json_put(item, "repealed-text", repealed == NULL ? json_null() : json_string(repealed));
		json_put_str(item, "level-title", text_or_empty(json_str(one, "level-title")));
		json_put_int(item, "clause-count", json_int(one, "clauses", 0));
		json_put_int(item, "rule-count", json_int(one, "rules", 0));
		json_put_str(item, "url", arena_printf(rq->arena, "%s?instrument=%s", base, id));
		json_push(list, item);
		if (text_eq(id, chosen)) {
			json_t *shown = json_object();
			json_put_str(shown, "title", text_or_empty(json_str(one, "title")));
			json_put(shown, "clauses", clause_rows(rq, id));
			json_put(doc, "instrument", shown);
		}
	}
	json_put(doc, "instruments", list);
	return doc;
}

int page_portal_rules(struct request *rq, struct response *out, struct err *err)
{
	(void)err;
	out->doc = rules_doc(rq, "/rules");
	return 0;
}

int page_tower_rules(struct request *rq, struct response *out, struct err *err)
{
	(void)err;
	out->doc = rules_doc(rq, "/tower/rules");
	return 0;
}

int page_portal_rule(struct request *rq, struct response *out, struct err *err)
{
	const char *id = request_text(rq, "clause");
	const json_t *clause = law_clause(rq->site->law, id, rq->arena);
	if (clause == NULL)
		return ERR(err, ERR_NOT_FOUND, "没有编号为 %s 的条款", id);
	json_t *doc = json_tie(rq->arena, json_object()), *paragraphs = json_array(), *links = json_array(), *link = json_object();
	const char *instrument = json_str(clause, "instrument");
	json_put_str(doc, "id", id);
	json_put_str(doc, "title", text_or_empty(law_cite(rq->site->law, id)));
	json_push_str(paragraphs, text_or_empty(json_str(clause, "text")));
	json_t *rules = clause_rules(rq, clause, law_rules(rq->site->law, NULL, NULL, rq->arena));
	const json_t *one;
	size_t i;
	json_array_foreach(rules, i, one)
		json_push_str(paragraphs, arena_printf(rq->arena, "%s：%s", json_str(one, "section-title"), json_str(one, "text")));
	json_put(doc, "paragraphs", paragraphs);
	json_put(doc, "rules", rules);
	json_put_str(link, "url", arena_printf(rq->arena, "/rules?instrument=%s", text_or_empty(instrument)));
	json_put_str(link, "title", "查看全文大意");
	json_push(links, link);
	json_put(doc, "links", links);
	out->title = json_str(doc, "title");
	out->doc = doc;
	return 0;
}

int page_tower_conflicts(struct request *rq, struct response *out, struct err *err)
{
	(void)err;
	json_t *doc = json_tie(rq->arena, json_object()), *rows = json_array();
	static const char *const sides[] = {"higher", "lower"};
	const json_t *one;
	size_t i;
	const json_t *found = law_conflicts(rq->site->law, rq->arena);
	json_array_foreach(found, i, one) {
		if (!text_eq(json_str(one, "difference"), "laxer") && !text_eq(json_str(one, "difference"), "lower-laxer"))
			continue;
		json_t *item = json_object();
		json_put_str(item, "title", text_or_empty(json_str(one, "title")));
		for (size_t k = 0; k < 2; k++) {
			const json_t *side = json_object_get(one, sides[k]);
			json_t *shown = json_object();
			json_put_str(shown, "text", text_or_empty(json_str(side, "value")));
			json_put_str(shown, "cite", text_or_empty(json_str(side, "cite")));
			json_put(item, sides[k], shown);
		}
		const json_t *governs = json_object_get(one, "governs");
		const char *clause = json_is_string(governs) ? json_string_value(governs) : json_str(governs, "clause");
		json_put_str(item, "difference", "下位较宽");
		json_put_str(item, "governs-cite", text_or_empty(clause == NULL ? NULL : law_cite(rq->site->law, clause)));
		json_push(rows, item);
	}
	json_put(doc, "conflicts", rows);
	out->doc = doc;
	return 0;
}
