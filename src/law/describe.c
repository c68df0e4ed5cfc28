/* What the law says, as lists. */
#include "law/describe.h"

#include "base/text.h"
#include "law/limit.h"

static json_t *words_array(const struct words *words)
{
	json_t *out = json_array();
	for (size_t i = 0; i < words->count; i++)
		json_push_str(out, words->items[i]);
	return out;
}

static json_t *instrument_json(const struct law *law, const struct instrument *in, struct arena *arena)
{
	json_t *one = json_object();
	size_t clauses = 0, rules = 0;
	for (size_t k = 0; k < law->clauses.count; k++) {
		const struct clause *clause = law->clauses.values[k];
		clauses += clause->instrument == in;
		for (const struct cited *cited = clause->instrument == in ? clause->cited : NULL; cited != NULL; cited = cited->next)
			rules++;
	}
	json_put_str(one, "id", in->id);
	json_put_str(one, "title", in->title);
	json_put_str(one, "short", in->short_title);
	json_put_str(one, "level", level_word(in->level));
	json_put_str(one, "level-title", level_zh(in->level));
	json_put_str(one, "area", in->area);
	json_put_str(one, "area-name", law_division_name(law, in->area));
	json_put_str(one, "agency", in->agency);
	json_put_str(one, "in-force", in->in_force == DAY_NONE ? NULL : day_format(arena, in->in_force));
	json_put_str(one, "repealed", in->repealed == DAY_NONE ? NULL : day_format(arena, in->repealed));
	json_put_bool(one, "keeps-opened", in->keeps_opened);
	json_put_str(one, "basis", in->basis);
	json_put_int(one, "clauses", (int64_t)clauses);
	json_put_int(one, "rules", (int64_t)rules); /* made from its clauses */
	return one;
}

json_t *law_instruments(const struct law *law, struct arena *arena)
{
	json_t *out = json_tie(arena, json_array());
	for (size_t i = 0; i < law->instruments.count; i++)
		json_push(out, instrument_json(law, law->instruments.items[i], arena));
	return out;
}

json_t *law_binding(const struct law_scope *scope, struct arena *arena)
{
	json_t *out = json_tie(arena, json_array());
	for (size_t i = 0; i < scope->law->instruments.count; i++) {
		const struct instrument *in = scope->law->instruments.items[i];
		if ((scope->bits[i / 64] >> (i % 64) & 1) != 0 && in->level != LEVEL_PLATFORM)
			json_push(out, instrument_json(scope->law, in, arena));
	}
	return out;
}

json_t *law_clause(const struct law *law, const char *id, struct arena *arena)
{
	const struct clause *clause = names_get(&law->clauses, id);
	if (clause == NULL)
		return NULL;
	json_t *out = json_tie(arena, json_object()), *rules = json_array();
	for (const struct cited *cited = clause->cited; cited != NULL; cited = cited->next)
		json_push_str(rules, arena_printf(arena, "%s:%s", cited->section, cited->rule));
	json_put_str(out, "id", clause->id);
	json_put_str(out, "cite", clause->full_cite);
	json_put_str(out, "article", clause->cite);
	json_put_str(out, "kind", clause->kind);
	json_put_str(out, "text", clause->text);
	json_put_str(out, "instrument", clause->instrument->id);
	json_put_str(out, "instrument-title", clause->instrument->title);
	json_put(out, "rules", rules);
	json_put(out, "shown-by", words_array(&clause->shown_by));
	json_put(out, "served-by", words_array(&clause->served_by));
	return out;
}

/* --- rules --------------------------------------------------------------------------------------------------------- */

/* A rule as its file has it, every scalar a text. */
static json_t *written(const struct yaml *node)
{
	if (node->type == YAML_SCALAR)
		return json_string(node->text);
	json_t *out = node->type == YAML_MAP ? json_object() : json_array();
	for (size_t i = 0; i < node->count; i++) {
		if (node->type == YAML_MAP)
			json_put(out, node->keys[i]->text, written(node->items[i]));
		else
			json_push(out, written(node->items[i]));
	}
	return out;
}

json_t *rule_summary(const struct law *law, const struct rule *rule)
{
	json_t *one = json_object();
	json_put_str(one, "section", rule->section);
	json_put_str(one, "name", rule->name);
	json_put_str(one, "rule", rule->full);
	json_put_str(one, "instrument", rule->instrument->id);
	json_put_str(one, "clause", rule->clause);
	json_put_str(one, "cite", law_cite(law, rule->clause));
	json_put_str(one, "topic", rule->topic);
	json_put_str(one, "title", rule->title);
	return one;
}

const char *kinds_titles(const struct kinds *kinds, struct arena *arena)
{
	const char *text = "";
	for (size_t i = 0; i < kinds->count; i++)
		text = arena_printf(arena, "%s%s%s", text, i == 0 ? "" : "、", kinds->items[i]->title);
	return text;
}

static json_t *kinds_ids(const struct kinds *kinds)
{
	json_t *out = json_array();
	for (size_t i = 0; i < kinds->count; i++)
		json_push_str(out, kinds->items[i]->id);
	return out;
}

static void gate_detail(json_t *one, const struct gate *gate, struct arena *arena)
{
	json_put_str(one, "before", kinds_titles(&gate->before, arena));
	json_put(one, "kinds", kinds_ids(&gate->before));
	json_put_str(one, "say", gate->say);
	json_put_str(one, "mend", gate->mend);
	json_put_bool(one, "warn", gate->warn);
	json_put_str(one, "excused-by", gate->excuse_opens == NULL ? NULL : gate->excuse_opens->rule.full);
}

static void duty_detail(json_t *one, const struct law *law, const struct duty *duty, struct arena *arena)
{
	const struct named *who = duty->who == NULL ? NULL : names_get(&law->roles, duty->who);
	json_put_str(one, "opens", kinds_titles(&duty->opens, arena));
	json_put_str(one, "met", kinds_titles(&duty->met, arena));
	json_put(one, "opened-by", kinds_ids(&duty->opens));
	json_put(one, "met-by", kinds_ids(&duty->met));
	json_put(one, "excused-by", kinds_ids(&duty->excused));
	json_put_str(one, "limit", duty->limit_text);
	json_put_str(one, "limit-text", limit_zh(&duty->limit, arena));
	json_put_str(one, "who", duty->who);
	json_put_str(one, "who-title", who == NULL ? duty->who : who->title);
	json_put_str(one, "from", duty->from == NULL ? NULL : duty->from->text);
	json_put_str(one, "deemed", duty->deemed);
	json_put_str(one, "ground", duty->ground);
	if (duty->extends != NULL)
		json_put_str(one, "extends", duty->extends->until != NULL ? "至批准的日期" : limit_zh(&duty->extends->by, arena));
}

static void other_detail(json_t *one, const struct rule *rule)
{
	if (text_eq(rule->section, "retention")) {
		json_put_str(one, "what", ((const struct retention *)rule)->what);
		json_put_str(one, "keep", ((const struct retention *)rule)->keep);
	} else if (text_eq(rule->section, "redaction")) {
		json_put_str(one, "of", ((const struct redaction *)rule)->of);
		json_put(one, "hide", words_array(&((const struct redaction *)rule)->hide));
	} else if (text_eq(rule->section, "exemptions")) {
		json_put_str(one, "question", ((const struct exemption *)rule)->question);
		json_put_bool(one, "override", ((const struct exemption *)rule)->override);
	} else if (text_eq(rule->section, "major")) {
		json_put(one, "acts", words_array(&((const struct major *)rule)->acts));
	} else if (text_eq(rule->section, "params")) {
		json_put_str(one, "value", ((const struct param *)rule)->value);
		json_put_str(one, "unit", ((const struct param *)rule)->unit);
	} else if (text_eq(rule->section, "lists")) {
		json_put_str(one, "stage", ((const struct list *)rule)->stage);
		json_put_str(one, "review", ((const struct list *)rule)->review);
		json_put_int(one, "fields", (int64_t)((const struct list *)rule)->nfields);
	} else if (text_eq(rule->section, "grounds")) {
		json_put_str(one, "check", ((const struct ground *)rule)->check);
	}
}

static json_t *kind_summary(const struct law *law, const struct kind *kind)
{
	json_t *one = json_object();
	const char *clause = kind->parts != NULL && kind->parts->clauses.count > 0 ? kind->parts->clauses.items[0] : NULL;
	json_put_str(one, "section", "kinds");
	json_put_str(one, "name", kind->id);
	json_put_str(one, "rule", kind->id);
	json_put_str(one, "instrument", kind->instrument->id);
	json_put_str(one, "clause", clause);
	json_put_str(one, "cite", law_cite(law, clause));
	json_put_str(one, "title", kind->title);
	json_put_str(one, "stream", kind->stream);
	json_put_str(one, "stage", kind->stage);
	json_put_int(one, "fields", (int64_t)kind->fields.count);
	return one;
}

static json_t *clause_summary(const struct clause *clause)
{
	json_t *out = json_object();
	json_put_str(out, "section", "clauses");
	json_put_str(out, "rule", clause->id);
	json_put_str(out, "instrument", clause->instrument->id);
	json_put_str(out, "clause", clause->id);
	json_put_str(out, "cite", clause->full_cite);
	json_put_str(out, "kind", clause->kind);
	json_put_str(out, "title", clause->text);
	return out;
}

json_t *law_rules(const struct law *law, const char *instrument, const char *section, struct arena *arena)
{
	const struct vec *const sections[] = {&law->gate_list, &law->duty_list, &law->major, &law->retention, &law->redaction, &law->exemptions, &law->lists,
	                                      &law->materials, &law->grounds, &law->params};
	json_t *out = json_tie(arena, json_array());
	for (size_t i = 0; i < law->clauses.count && text_eq(section, "clauses"); i++) {
		const struct clause *clause = law->clauses.values[i];
		if (instrument == NULL || text_eq(clause->instrument->id, instrument))
			json_push(out, clause_summary(clause));
	}
	for (size_t i = 0; i < law->kinds.count && (section == NULL || text_eq(section, "kinds")); i++) {
		const struct kind *kind = law->kinds.values[i];
		if (instrument == NULL || text_eq(kind->instrument->id, instrument))
			json_push(out, kind_summary(law, kind));
	}
	for (size_t s = 0; s < sizeof(sections) / sizeof(*sections); s++) {
		for (size_t i = 0; i < sections[s]->count; i++) {
			const struct rule *rule = sections[s]->items[i]; /* every rule begins with its struct rule */
			if ((section != NULL && !text_eq(section, rule->section)) || (instrument != NULL && !text_eq(instrument, rule->instrument->id)))
				continue;
			json_t *one = rule_summary(law, rule);
			if (text_eq(rule->section, "gates"))
				gate_detail(one, (const struct gate *)rule, arena);
			else if (text_eq(rule->section, "duties"))
				duty_detail(one, law, (const struct duty *)rule, arena);
			else
				other_detail(one, rule);
			if (rule->source != NULL)
				json_put(one, "written", written(rule->source));
			json_push(out, one);
		}
	}
	return out;
}

/* --- vocabulary ---------------------------------------------------------------------------------------------------- */

static json_t *procedures(const struct law *law)
{
	json_t *out = json_array();
	for (size_t i = 0; i < law->procedures.count; i++) {
		const struct procedure *procedure = law->procedures.values[i];
		json_t *one = json_object();
		json_put_str(one, "id", procedure->id);
		json_put_str(one, "title", procedure->title);
		json_put_str(one, "act", procedure->act);
		json_put_str(one, "opens", procedure->opens == NULL ? NULL : procedure->opens->id);
		json_put_str(one, "opens-title", procedure->opens == NULL ? NULL : procedure->opens->title);
		json_put_str(one, "clause", procedure->clause);
		json_put_str(one, "cite", law_cite(law, procedure->clause));
		json_t *flow = json_array();
		for (size_t k = 0; k < procedure->flow.count; k++)
			json_push_str(flow, procedure->flow.items[k]->id);
		json_put(one, "flow", flow);
		json_push(out, one);
	}
	return out;
}

static json_t *titles(const struct names *names)
{
	json_t *out = json_object();
	for (size_t i = 0; i < names->count; i++)
		json_put_str(out, names->keys[i], ((const struct named *)names->values[i])->title);
	return out;
}

static json_t *vocabulary(const struct law *law)
{
	json_t *out = json_object(), *topics = json_object();
	for (size_t i = 0; i < law->topics.count; i++)
		json_put_str(topics, law->topics.keys[i], ((const struct topic *)law->topics.values[i])->title);
	json_put(out, "stages", titles(&law->stages));
	json_put(out, "roles", titles(&law->roles));
	json_put(out, "acts", words_array(&law->acts));
	json_put(out, "topics", topics);
	return out;
}

void describe_once(struct law *law)
{
	law->said.procedures = json_tie(law->arena, procedures(law));
	law->said.vocabulary = json_tie(law->arena, vocabulary(law));
}

const json_t *law_procedures(const struct law *law)
{
	return law->said.procedures;
}

const json_t *law_vocabulary(const struct law *law)
{
	return law->said.vocabulary;
}
