#include "paper/decision.h"

#include "base/buf.h"
#include "base/text.h"
#include "paper/amount.h"

#define BLOCKS_MAX 64
#define NOTES_MAX 4
#define LIST_MAX ((size_t)256 << 10)
#define UNFILLED "（未填写）"

/* A document while it is made. */
struct maker {
	const struct decision_source *source;
	const json_t *facts, *body;
	struct arena *arena;
	struct paper_block *blocks;
	size_t nblocks;
	const char **notes;
	size_t nnotes;
	int section;
};

static bool is_empty(const char *text)
{
	return text == NULL || *text == '\0';
}

/* --- blocks ---------------------------------------------------------------------------------------------------------- */

static void add(struct maker *m, struct paper_block block)
{
	BUG_ON(m->nblocks == BLOCKS_MAX);
	m->blocks[m->nblocks++] = block;
}

static void add_text(struct maker *m, const char *text)
{
	add(m, (struct paper_block){.type = PAPER_TEXT, .text = text});
}

/* What the law asks for is said to be missing; the rest is left out. */
static void add_field(struct maker *m, const char *label, const char *text, bool asked)
{
	if (!is_empty(text) || asked)
		add(m, (struct paper_block){.type = PAPER_FIELD, .label = label, .text = is_empty(text) ? UNFILLED : text});
}

static void add_heading(struct maker *m, const char *text)
{
	static const char *const numbers[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};
	BUG_ON(m->section >= 10);
	add(m, (struct paper_block){.type = PAPER_HEADING, .level = 1, .text = arena_printf(m->arena, "%s、%s", numbers[m->section++], text)});
}

static void add_section(struct maker *m, const char *heading, const char *text, bool asked)
{
	if (is_empty(text) && !asked)
		return;
	add_heading(m, heading);
	add_text(m, is_empty(text) ? UNFILLED : text);
}

static void add_note(struct maker *m, const char *text)
{
	BUG_ON(m->nnotes == NOTES_MAX);
	m->notes[m->nnotes++] = text;
}

/* --- values ---------------------------------------------------------------------------------------------------------- */

static const char *text_of(const struct maker *m, const char *field)
{
	return json_str(m->body, field);
}

/* Register ids become citations; an entry may also hold one text. */
static const char *list_of(const struct maker *m, const char *field, bool cite)
{
	const json_t *list = json_object_get(m->body, field), *item;
	struct buf out;
	size_t i;
	buf_init(&out, m->arena, LIST_MAX);
	if (json_is_string(list))
		buf_adds(&out, json_string_value(list));
	json_array_foreach(list, i, item) {
		const char *word = json_string_value(item);
		const char *said = cite && word != NULL && m->source->law != NULL ? law_cite(m->source->law, word) : NULL;
		if (is_empty(word))
			continue;
		if (out.len > 0)
			buf_adds(&out, "、");
		buf_adds(&out, said != NULL ? said : word);
	}
	return out.len == 0 ? NULL : out.data;
}

static const char *basis_of(const struct maker *m)
{
	const char *basis = list_of(m, "basis", true);
	return basis == NULL ? NULL : arena_printf(m->arena, "根据%s的规定。", basis);
}

static bool instant_of(const json_t *value, instant_t *out)
{
	const char *text = json_string_value(value);
	return text != NULL && instant_parse(text, strlen(text), out);
}

static const char *time_of(const struct maker *m, const char *field)
{
	instant_t at;
	return instant_of(json_object_get(m->body, field), &at) ? instant_format_zh(m->arena, at) : NULL;
}

static const char *date_text(const struct maker *m, const char *text)
{
	day_t day;
	return text != NULL && day_parse(text, strlen(text), &day) ? day_format_zh(m->arena, day) : text;
}

/* The last day of a period is the day its last moment falls on. */
static const char *period_of(const struct maker *m, const char *field)
{
	instant_t from, to;
	const json_t *range = json_object_get(m->body, field);
	if (!instant_of(json_object_get(range, "from"), &from) || !instant_of(json_object_get(range, "to"), &to))
		return NULL;
	return arena_printf(m->arena, "自%s起至%s止", day_format_zh(m->arena, instant_day(from)), day_format_zh(m->arena, instant_day(to)));
}

static const char *money_of(const struct maker *m, const char *field)
{
	const json_t *value = json_object_get(m->body, field);
	return json_is_integer(value) && json_integer_value(value) >= 0 ? amount_full(m->arena, json_integer_value(value)) : NULL;
}

static const char *address_of(const struct maker *m, const json_t *address)
{
	if (json_is_string(address))
		return json_string_value(address);
	const char *code = json_str(address, "division"), *detail = json_str(address, "detail");
	const char *name = code != NULL && m->source->law != NULL ? law_division_name(m->source->law, code) : NULL;
	if (name == NULL && detail == NULL)
		return NULL;
	return arena_printf(m->arena, "%s%s", name == NULL ? "" : name, detail == NULL ? "" : detail);
}

/* --- who ------------------------------------------------------------------------------------------------------------- */

/* The party as the entry has it, or as the case has it. */
static const json_t *party_of(const struct maker *m)
{
	const json_t *own = json_object_get(m->body, "party");
	return json_is_object(own) ? own : json_object_get(m->facts, "party");
}

static void add_party(struct maker *m, const char *label)
{
	const json_t *party = party_of(m);
	bool person = text_eq(json_str(party, "type"), "公民");
	add_field(m, label, json_str(party, "name"), true);
	if (person) {
		add_field(m, "性别", json_str(party, "sex"), false);
		add_field(m, "出生日期", date_text(m, json_str(party, "birth")), false);
		add_field(m, "身份证件号码", json_str(party, "id-number"), false);
		add_field(m, "住址", address_of(m, json_object_get(party, "address")), true);
		return;
	}
	add_field(m, "统一社会信用代码", json_str(party, "uscc"), false);
	add_field(m, "住所（住址）", address_of(m, json_object_get(party, "address")), true);
	add_field(m, text_eq(json_str(party, "type"), "个体工商户") ? "经营者" : "法定代表人（负责人）", json_str(party, "legal-representative"), false);
	add_field(m, "身份证件号码", json_str(party, "id-number"), false);
}

static const char *officer_text(const json_t *officer, const char *key)
{
	const char *text = json_is_string(officer) && text_eq(key, "name") ? json_string_value(officer) : json_str(officer, key);
	return text == NULL ? "" : text;
}

/* Officers with the numbers of their certificates, and room for their signatures. */
static void add_officers(struct maker *m)
{
	static const char *const titles[] = {"执法人员", "执法证号", "签　名"};
	static const unsigned widths[] = {3, 5, 4};
	const json_t *officers = json_object_get(m->body, "officers"), *one;
	size_t count = json_array_size(officers), i;
	if (count == 0)
		return;
	const char **cells = ARENA_ARRAY(m->arena, count * 3, const char *);
	json_array_foreach(officers, i, one) {
		cells[i * 3] = officer_text(one, "name");
		cells[i * 3 + 1] = officer_text(one, "certificate");
		cells[i * 3 + 2] = "";
	}
	struct paper_table *table = ARENA_NEW(m->arena, struct paper_table);
	*table = (struct paper_table){.columns = 3, .rows = count, .widths = widths, .titles = titles, .cells = cells};
	add(m, (struct paper_block){.type = PAPER_BLANK});
	add(m, (struct paper_block){.type = PAPER_TABLE, .table = table});
}

/* --- the documents --------------------------------------------------------------------------------------------------- */

#define REMEDIES "申请行政复议、提起行政诉讼的途径和期限"

static void add_penalties(struct maker *m)
{
	const char *kinds = list_of(m, "sanctions", false), *fine = money_of(m, "fine"), *confiscated = money_of(m, "confiscated");
	if (kinds != NULL)
		add_text(m, arena_printf(m->arena, "处罚种类：%s。", kinds));
	if (fine != NULL)
		add_text(m, arena_printf(m->arena, "罚款数额：%s。", fine));
	if (confiscated != NULL)
		add_text(m, arena_printf(m->arena, "没收金额或者价值：%s。", confiscated));
}

static void make_penalty(struct maker *m, struct paper_document *out)
{
	out->title = "行政处罚决定书";
	add_party(m, "当事人");
	add_section(m, "违法事实和证据", text_of(m, "facts"), true);
	add_section(m, "处罚依据", basis_of(m), true);
	add_heading(m, "处罚种类和内容");
	add_text(m, "本机关决定对当事人作出如下行政处罚：");
	add_text(m, is_empty(text_of(m, "content")) ? UNFILLED : text_of(m, "content"));
	add_penalties(m);
	add_section(m, "履行方式和期限", text_of(m, "performance-manner"), true);
	add_section(m, REMEDIES, text_of(m, "remedies"), true);
	add_note(m, "本机关依法公示行政处罚决定信息");
}

static void make_simple(struct maker *m, struct paper_document *out)
{
	const json_t *signature = json_object_get(m->body, "signature");
	out->title = "当场行政处罚决定书";
	add_party(m, "当事人");
	add_field(m, "处罚时间", time_of(m, "when"), true);
	add_field(m, "处罚地点", text_of(m, "place"), true);
	add_section(m, "违法事实", text_of(m, "facts"), true);
	add_section(m, "处罚依据", basis_of(m), true);
	add_heading(m, "处罚种类和内容");
	add_text(m, "本机关决定对当事人当场作出如下行政处罚：");
	add_penalties(m);
	add_section(m, REMEDIES, text_of(m, "remedies"), true);
	add_officers(m);
	add(m, (struct paper_block){.type = PAPER_BLANK});
	if (json_is_true(json_object_get(signature, "refused"))) {
		const char *reason = json_str(signature, "reason"), *witness = json_str(signature, "witness");
		add_field(m, "当事人签收", "当事人拒绝签收", true);
		add_field(m, "拒签情况", reason, true);
		add_field(m, "见证人", witness, false);
	} else {
		add_field(m, "当事人签收", "　　　　　　　　　　　年　　月　　日", true);
	}
	add_note(m, "本决定书当场交付当事人，并报行政机关备案");
}

static void make_measure(struct maker *m, struct paper_document *out)
{
	static const char *const titles[] = {"序号", "名　称", "数　量", "特征、状态"};
	static const unsigned widths[] = {2, 6, 3, 6};
	const json_t *list = json_object_get(m->body, "list"), *row;
	size_t count = json_array_size(list), i;
	const char *measure = text_of(m, "measure"), *period = period_of(m, "period"), *value = money_of(m, "value");
	out->title = "行政强制措施决定书";
	add_party(m, "当事人");
	add_section(m, "事实和理由", text_of(m, "facts"), true);
	add_section(m, "依据", basis_of(m), true);
	add_heading(m, "措施和期限");
	add_text(m, arena_printf(m->arena, "本机关决定采取以下行政强制措施：%s。", is_empty(measure) ? UNFILLED : measure));
	add_text(m, arena_printf(m->arena, "期限：%s。", period == NULL ? UNFILLED : period));
	if (value != NULL)
		add_text(m, arena_printf(m->arena, "涉及财物价值：%s。", value));
	if (count > 0) {
		const char **cells = ARENA_ARRAY(m->arena, count * 4, const char *);
		json_array_foreach(list, i, row) {
			cells[i * 4] = arena_printf(m->arena, "%zu", i + 1);
			cells[i * 4 + 1] = json_str(row, "name");
			cells[i * 4 + 2] = json_str(row, "quantity");
			cells[i * 4 + 3] = json_str(row, "state");
		}
		struct paper_table *table = ARENA_NEW(m->arena, struct paper_table);
		*table = (struct paper_table){.columns = 4, .rows = count, .widths = widths, .titles = titles, .cells = cells};
		add_heading(m, "场所、设施或者财物清单");
		add(m, (struct paper_block){.type = PAPER_TABLE, .table = table});
		add_note(m, "清单一式两份，由当事人和行政机关分别保存");
	}
	add_section(m, REMEDIES, text_of(m, "remedies"), true);
}

static void make_finding(struct maker *m, struct paper_document *out)
{
	const char *conclusion = text_of(m, "conclusion"), *other = text_of(m, "new-case");
	out->title = "行政检查结果告知书";
	add_party(m, "检查对象");
	add_field(m, "检查事项", json_str(m->facts, "item"), false);
	add_field(m, "检查结束时间", time_of(m, "ended"), true);
	add_section(m, "检查情况", text_of(m, "content"), true);
	add_heading(m, "检查结论");
	add_text(m, is_empty(conclusion) ? UNFILLED : arena_printf(m->arena, "%s。", conclusion));
	if (!is_empty(other))
		add_text(m, arena_printf(m->arena, "发现的问题另案办理，立案编号：%s。", other));
}

static void make_none(struct maker *m, struct paper_document *out)
{
	static const struct {
		const char *kind, *title;
	} titles[] = {{"不予处罚", "不予行政处罚决定书"}, {"违法事实不成立", "不予行政处罚决定书"}, {"终止办理", "终止办理决定书"}, {"撤销案件", "撤销案件决定书"}};
	const char *kind = text_of(m, "kind"), *education = text_of(m, "education");
	out->title = "不予处理决定书";
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (text_eq(kind, titles[i].kind))
			out->title = titles[i].title;
	add_party(m, "当事人");
	add_section(m, "事实和理由", text_of(m, "reason"), true);
	add_section(m, "依据", basis_of(m), false);
	add_heading(m, "决定");
	add_text(m, arena_printf(m->arena, "本机关决定：%s。", is_empty(kind) ? UNFILLED : kind));
	add_section(m, "教育情况", education, false);
	add_section(m, REMEDIES, text_of(m, "remedies"), false);
}

/* Title of a decision on an application: what was decided on what. */
static const char *licence_title(const struct maker *m, const char *outcome)
{
	static const struct {
		const char *outcome, *title; /* one %s: the matter */
	} titles[] = {{"准予", "准予%s决定书"},         {"不予", "不予%s决定书"}, {"变更", "准予变更%s决定书"}, {"延续", "准予延续%s决定书"}, {"不予变更", "不予变更%s决定书"},
	              {"不予延续", "不予延续%s决定书"}, {"撤销", "撤销%s决定书"}, {"撤回", "撤回%s决定书"},     {"注销", "注销%s决定书"}};
	static const char *const acts[] = {"许可", "确认", "登记", "裁决"};
	const char *act = json_str(m->facts, "act"), *matter = "行政许可";
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (text_eq(act, acts[i]))
			matter = arena_printf(m->arena, "行政%s", acts[i]);
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
		const char *at = strstr(titles[i].title, "%s");
		if (text_eq(outcome, titles[i].outcome))
			return arena_printf(m->arena, "%.*s%s%s", (int)(at - titles[i].title), titles[i].title, matter, at + 2);
	}
	return NULL;
}

static const char *other_title(const char *outcome)
{
	static const struct {
		const char *outcome, *title;
	} titles[] = {{"征收征用", "行政征收（征用）决定书"}, {"收费", "行政收费决定书"}, {"确认", "行政确认决定书"}, {"登记", "行政登记决定书"}, {"裁决", "行政裁决书"}};
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (text_eq(outcome, titles[i].outcome))
			return titles[i].title;
	return "行政决定书";
}

static void make_other(struct maker *m, struct paper_document *out)
{
	const char *outcome = text_of(m, "outcome"), *licence = licence_title(m, outcome);
	const char *expires = date_text(m, text_of(m, "licence-expires"));
	bool refused = text_starts(outcome == NULL ? "" : outcome, "不予");
	out->title = licence != NULL ? licence : other_title(outcome);
	add_party(m, licence != NULL ? "申请人" : "当事人");
	add_field(m, "申请事项", json_str(m->facts, "item"), false);
	add_field(m, "申请类型", json_str(m->facts, "application-type"), false);
	add_section(m, refused ? "事实和理由" : "事实和证据", text_of(m, "facts"), true);
	add_section(m, "依据", basis_of(m), true);
	add_heading(m, "决定内容");
	add_text(m, is_empty(text_of(m, "content")) ? UNFILLED : text_of(m, "content"));
	if (!is_empty(expires))
		add_text(m, arena_printf(m->arena, "证照有效期至：%s。", expires));
	add_section(m, "履行方式和期限", text_of(m, "performance-manner"), false);
	add_section(m, REMEDIES, text_of(m, "remedies"), true);
	add_note(m, "本机关依法公开行政决定");
}

/* --- all of them ----------------------------------------------------------------------------------------------------- */

static int make(struct maker *m, struct paper_document *out, struct err *err)
{
	const char *kind = m->source->entry->kind;
	bool penalty = text_eq(text_of(m, "outcome"), "给予处罚");
	if (text_eq(kind, "decision.made") && penalty)
		make_penalty(m, out);
	else if (text_eq(kind, "decision.made"))
		make_other(m, out);
	else if (text_eq(kind, "decision.none"))
		make_none(m, out);
	else if (text_eq(kind, "simple.decided"))
		make_simple(m, out);
	else if (text_eq(kind, "measure.decided"))
		make_measure(m, out);
	else if (text_eq(kind, "finding.concluded"))
		make_finding(m, out);
	else
		return ERR(err, ERR_UNSUPPORTED, "“%s”不是决定，没有决定书", kind);
	return 0;
}

int decision_model(const struct decision_source *source, struct arena *arena, struct paper_document *out, struct err *err)
{
	struct maker m = {.source = source, .facts = source->facts, .body = source->entry->body, .arena = arena};
	m.blocks = ARENA_ARRAY(arena, BLOCKS_MAX, struct paper_block);
	m.notes = ARENA_ARRAY(arena, NOTES_MAX, const char *);
	*out = (struct paper_document){.agency = source->agency, .signer = source->agency, .date = instant_day(source->entry->at), .seal = true};
	int rc = make(&m, out, err);
	if (rc != 0)
		return rc;
	out->number = is_empty(text_of(&m, "number")) ? json_str(source->facts, "case-number") : text_of(&m, "number");
	out->blocks = m.blocks;
	out->nblocks = m.nblocks;
	out->notes = m.notes;
	out->nnotes = m.nnotes;
	if (!is_empty(source->base_url)) {
		out->qr = arena_printf(arena, "%s/p/%lld", source->base_url, (long long)source->entry->id);
		out->qr_caption = "扫码查验本文书";
	}
	return 0;
}
