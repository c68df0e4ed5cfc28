/* Judging: everything that stands against an act, each with its clause and what would satisfy it. */
#include "law/effective.h"
#include "law/judging.h"

#include "base/text.h"

struct building {
	struct law_verdict *verdict;
	struct law_refusal **tail, **warning_tail;
	const struct law *law;
	struct arena *arena;
};

static struct law_refusal *refuse(struct building *b, enum law_reason reason, const char *clause, const char *say, const char *mend)
{
	struct law_refusal *refusal = ARENA_NEW(b->arena, struct law_refusal);
	*refusal = (struct law_refusal){.reason = reason, .clause = clause, .cite = law_cite(b->law, clause), .say = say, .mend = mend};
	*b->tail = refusal;
	b->tail = &refusal->next;
	b->verdict->count++;
	b->verdict->allowed = false;
	return refusal;
}

static const char *first_clause(const struct kind *kind)
{
	return kind->parts != NULL && kind->parts->clauses.count > 0 ? kind->parts->clauses.items[0] : NULL;
}

static void name_kind(const struct kind *kind, const struct kind_part *part, struct law_refusal *refusal)
{
	refusal->rule = kind->id;
	refusal->instrument = part == NULL ? kind->instrument->id : part->instrument->id;
}

static void refuse_kind(struct building *b, const struct kind *kind, enum law_reason reason, const char *say, const char *mend)
{
	name_kind(kind, NULL, refuse(b, reason, first_clause(kind), say, mend));
}

static const char *titles_of(const struct names *names, const struct words *words, struct arena *arena)
{
	const char *text = "";
	for (size_t i = 0; i < words->count; i++) {
		const struct named *named = names_get(names, words->items[i]);
		text = arena_printf(arena, "%s%s%s", text, i == 0 ? "" : "、", named == NULL ? words->items[i] : named->title);
	}
	return text;
}

const char *law_kind_denied(const struct law *law, const char *kind, const json_t *roles, struct arena *arena)
{
	const struct kind *found = names_get(&law->kinds, kind);
	if (law_kind_open_to(law, kind, roles))
		return NULL;
	return arena_printf(arena, "您的岗位不能办理“%s”，它由这些岗位的人员办理：%s", found == NULL ? kind : found->title, found == NULL ? "" : titles_of(&law->roles, &found->by, arena));
}

static void judge_procedure(struct building *b, const struct kind *kind, const json_t *facts)
{
	const char *procedure = json_str(facts, "procedure");
	bool is_case = text_eq(kind->stream, "case");
	if (is_case != (procedure != NULL)) {
		refuse_kind(b, kind, LAW_STREAM, is_case ? arena_printf(b->arena, "“%s”只能记在案件里。", kind->title) : arena_printf(b->arena, "“%s”不能记在案件里。", kind->title),
		            is_case ? "先登记案件。" : "到相应的登记簿里办理。");
		return;
	}
	if (kind->procedures.count == 0 || words_has(&kind->procedures, procedure))
		return;
	const struct procedure *here = names_get(&b->law->procedures, procedure);
	const char *for_what = "";
	for (size_t i = 0; i < kind->procedures.count; i++) {
		const struct procedure *one = names_get(&b->law->procedures, kind->procedures.items[i]);
		for_what = arena_printf(b->arena, "%s%s%s", for_what, i == 0 ? "" : "、", one == NULL ? kind->procedures.items[i] : one->title);
	}
	refuse_kind(b, kind, LAW_PROCEDURE, arena_printf(b->arena, "本案按“%s”办理，不能记“%s”。", here == NULL ? procedure : here->title, kind->title),
	            arena_printf(b->arena, "这种记录用于：%s。", for_what));
}

bool kind_open_to(const struct kind *kind, const json_t *roles)
{
	if (roles == NULL || kind->by.count == 0)
		return true;
	for (size_t i = 0; i < json_array_size(roles); i++)
		if (words_has(&kind->by, json_string_value(json_array_get(roles, i))))
			return true;
	return false;
}

static void judge_officers(struct building *b, struct eval *e, const struct kind *kind)
{
	const struct kind_part *strictest = NULL;
	for (const struct kind_part *part = kind->parts; part != NULL; part = part->next)
		if (part->officers > 0 && scope_binds(e->scope, part->instrument) && (strictest == NULL || part->officers > strictest->officers))
			strictest = part;
	if (strictest == NULL || e->body == NULL)
		return;
	int count = qualified_count(e, json_object_get(e->body, "officers"));
	if (count >= strictest->officers)
		return;
	const char *clause = strictest->clauses.count > 0 ? strictest->clauses.items[0] : first_clause(kind);
	struct law_refusal *refusal = refuse(b, LAW_OFFICERS, clause, arena_printf(b->arena, "“%s”至少要有 %d 名执法人员，现在符合条件的只有 %d 名。", kind->title, strictest->officers, count),
	                                     "换上执法证件有效、执法类别和区域相符的执法人员。");
	name_kind(kind, strictest, refusal);
}

static void stand_against(struct building *b, const struct gate *gate)
{
	if (!gate->warn) {
		struct law_refusal *refusal = refuse(b, LAW_GATE, gate->rule.clause, gate->say, gate->mend);
		refusal->rule = gate->rule.name;
		refusal->instrument = gate->rule.instrument->id;
		return;
	}
	struct law_refusal *warning = ARENA_NEW(b->arena, struct law_refusal);
	*warning = (struct law_refusal){.reason = LAW_GATE, .rule = gate->rule.name, .instrument = gate->rule.instrument->id, .clause = gate->rule.clause,
	                                .cite = law_cite(b->law, gate->rule.clause), .say = gate->say, .mend = gate->mend, .warning = true};
	*b->warning_tail = warning;
	b->warning_tail = &warning->next;
}

static void missing_calendar(struct building *b, struct eval *e, const struct gate *gate)
{
	struct law_refusal *refusal = refuse(b, LAW_GATE, gate->rule.clause, arena_printf(b->arena, "没有 %d 年的工作日历，不能计算本条的期限。", e->missing_year),
	                                     "该年节假日安排公布后，请系统管理员载入（sanzhi calendar load）。");
	refusal->rule = gate->rule.name;
	refusal->instrument = gate->rule.instrument->id;
	e->missing_year = 0;
}

enum gate_answer gate_judge(struct eval *e, const struct gate *gate)
{
	if (!scope_binds(e->scope, gate->rule.instrument) || cond_eval(e, gate->when) != ANSWER_YES || cond_eval(e, gate->needs) != ANSWER_NO)
		return e->missing_year == 0 ? GATE_OPEN : GATE_UNKNOWN_YEAR;
	if (e->missing_year != 0)
		return GATE_UNKNOWN_YEAR;
	if (gate->excuse_when != NULL && cond_eval(e, gate->excuse_when) == ANSWER_YES)
		return GATE_EXCUSED;
	return GATE_SHUT;
}

/* Only who asks is told which gates stood and were met: judging itself need not know. */
static void tell(json_t *told, struct eval *e, const struct gate *gate, enum gate_answer answer)
{
	static const char *const words[] = {[GATE_OPEN] = "met", [GATE_SHUT] = "shut", [GATE_EXCUSED] = "excused", [GATE_UNKNOWN_YEAR] = "unknown-year"};
	bool met = answer == GATE_OPEN && scope_binds(e->scope, gate->rule.instrument) && cond_eval(e, gate->when) == ANSWER_YES && cond_eval(e, gate->needs) == ANSWER_YES;
	if (answer == GATE_OPEN && !met)
		return;
	json_t *one = json_object();
	json_put_str(one, "rule", gate->rule.full);
	json_put_str(one, "answer", answer == GATE_SHUT && gate->warn ? "warned" : words[answer]);
	json_push(told, one);
}

static void judge_gates(struct building *b, struct eval *e, const struct kind *kind, json_t *told)
{
	for (size_t i = 0; i < kind->ngates; i++) {
		const struct gate *gate = kind->gates[i];
		enum gate_answer answer = gate_judge(e, gate);
		if (told != NULL)
			tell(told, e, gate, answer);
		switch (answer) {
		case GATE_OPEN: break;
		case GATE_SHUT: stand_against(b, gate); break;
		case GATE_UNKNOWN_YEAR: missing_calendar(b, e, gate); break;
		case GATE_EXCUSED: {
			json_t *one = json_object();
			json_put_str(one, "rule", gate->rule.full);
			json_put_str(one, "clause", gate->rule.clause);
			json_put_str(one, "opens", gate->excuse_opens == NULL ? NULL : gate->excuse_opens->rule.full);
			json_push(b->verdict->excused, one);
			break;
		}
		}
	}
}

const struct law_verdict *law_judge(const struct law_scope *scope, const json_t *state, const struct law_act *act, struct arena *arena)
{
	struct law_verdict *verdict = ARENA_NEW(arena, struct law_verdict);
	struct building b = {.verdict = verdict, .tail = &verdict->refusals, .warning_tail = &verdict->warnings, .law = scope->law, .arena = arena};
	verdict->allowed = true;
	verdict->excused = json_tie(arena, json_array());
	const struct kind *kind = act->kind == NULL ? NULL : names_get(&scope->law->kinds, act->kind);
	if (kind == NULL || !kind_in_scope(scope, kind)) {
		const char *nearest = act->kind == NULL ? NULL : names_nearest(&scope->law->kinds, act->kind);
		refuse(&b, LAW_UNKNOWN_KIND, NULL, arena_printf(arena, "没有叫“%s”的记录种类。", act->kind == NULL ? "" : act->kind),
		       nearest == NULL || text_eq(nearest, act->kind) ? "核对记录种类。" : arena_printf(arena, "是不是“%s”？", nearest));
		return verdict;
	}
	struct eval e;
	eval_init(&e, scope, state, act);
	judge_procedure(&b, kind, e.facts);
	if (!kind_open_to(kind, act->by_roles))
		refuse_kind(&b, kind, LAW_ROLE, arena_printf(arena, "您的岗位不能记“%s”。", kind->title),
		            arena_printf(arena, "由这些岗位的人员办理：%s。", titles_of(&scope->law->roles, &kind->by, arena)));
	if (kind->once && json_array_size(json_object_get(e.entries, kind->id)) > 0)
		refuse_kind(&b, kind, LAW_ONCE, arena_printf(arena, "“%s”只能记一次，已经有了。", kind->title), "需要改正的，用“更正记录”。");
	judge_officers(&b, &e, kind);
	judge_gates(&b, &e, kind, act->told);
	return verdict;
}
