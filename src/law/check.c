/* What can be checked only when all sections are read, and the indexes that judging uses. */
#include "law/facts.h"
#include "law/loader.h"

#include "base/text.h"

const struct field *field_base(const struct field *field)
{
	for (; field != NULL; field = field->next)
		if (field->type != FIELD_NONE)
			return field;
	return NULL;
}

bool kinds_has(const struct kinds *kinds, const struct kind *kind)
{
	for (size_t i = 0; i < kinds->count; i++)
		if (kinds->items[i] == kind)
			return true;
	return false;
}

static void check_field(struct loader *l, const struct kind *kind, const struct field *first)
{
	const struct field *base = field_base(first);
	for (const struct field *field = first; field != NULL; field = field->next) {
		if (base == NULL) {
			const char *nearest = names_nearest(&kind->fields, field->name);
			load_mistake(l, field->source, "在某一处写 title 和 type", nearest == NULL || text_eq(nearest, field->name) ? "补上 title 和 type，或者核对字段名" : arena_printf(l->err->arena, "是不是“%s”？", nearest),
			             "“%s”的字段“%s”没有类型", kind->id, field->name);
		} else if (field->type != FIELD_NONE && field->type != base->type) {
			load_mistake(l, field->source, arena_printf(l->err->arena, "%s（%s）", field_type_words[base->type], yaml_where(base->source, l->err->arena)), "改成一样的类型，或者换一个字段名",
			             "“%s”的字段“%s”有两种类型", kind->id, field->name);
		} else if (field->options.count > 0 && base->type != FIELD_CHOICE && base->type != FIELD_CHOICES) {
			load_mistake(l, field->source, "只有 choice 和 choices 有选项", NULL, "“%s”的字段“%s”不是选择字段", kind->id, field->name);
		} else if (field->past && field->type == FIELD_NONE && !field_may_be_past(base->type)) {
			load_mistake(l, field->source, "只有 date、time 和 range 能写 past", "删去 past", "“%s”的字段“%s”不是日期或者时间", kind->id, field->name);
		}
	}
}

static void check_part(struct loader *l, const struct kind *kind, const struct kind_part *part)
{
	const struct field *officers = names_get(&kind->fields, "officers");
	if (part->officers > 0 && (officers == NULL || field_base(officers) == NULL || field_base(officers)->type != FIELD_OFFICERS))
		load_mistake(l, part->source, "officers: {type: officers}", NULL, "“%s”要求执法人员人数，却没有 officers 字段", kind->id);
	bool signature = false;
	for (size_t i = 0; i < kind->fields.count; i++) {
		const struct field *base = field_base(kind->fields.values[i]);
		signature = signature || (base != NULL && base->type == FIELD_SIGNATURE);
	}
	if (part->signs.count > 0 && !signature)
		load_mistake(l, part->source, "一个 type: signature 的字段", NULL, "“%s”要求签名，却没有签名字段", kind->id);
}

static void check_procedures(struct loader *l)
{
	for (size_t i = 0; i < l->nsources; i++) {
		const struct yaml *map = yaml_get(l->sources[i].file, "procedures");
		for (size_t k = 0; map != NULL && map->type == YAML_MAP && k < map->count; k++) {
			struct procedure *procedure = names_get(&l->law->procedures, map->keys[k]->text);
			struct words clauses;
			if (procedure == NULL || map->items[k]->type != YAML_MAP)
				continue;
			load_clause(l, map->items[k], "procedures", arena_printf(l->arena, "%s/%s", l->sources[i].instrument->id, procedure->id), true, &procedure->clause, &clauses);
			if (yaml_get(map->items[k], "opens") == NULL)
				load_mistake(l, map->items[k], "opens: 第一种记录", "补上“opens”", "程序“%s”没有写从哪种记录开始", procedure->id);
			else
				procedure->opens = load_kind(l, yaml_get(map->items[k], "opens"));
			if (yaml_get(map->items[k], "flow") != NULL)
				procedure->flow = load_kinds(l, yaml_get(map->items[k], "flow"));
		}
	}
}

void check_kinds(struct loader *l)
{
	for (size_t i = 0; i < l->law->kinds.count; i++) {
		const struct kind *kind = l->law->kinds.values[i];
		if (!kind->defined)
			load_unknown(l, &(struct yaml){.text = kind->id, .file = kind->source->file, .line = kind->source->line, .column = kind->source->column}, "记录种类",
			             names_nearest(&l->law->kinds, kind->id) == kind->id ? NULL : names_nearest(&l->law->kinds, kind->id));
		for (size_t k = 0; k < kind->fields.count; k++)
			check_field(l, kind, kind->fields.values[k]);
		for (const struct kind_part *part = kind->parts; part != NULL; part = part->next)
			check_part(l, kind, part);
	}
	check_procedures(l);
	facts_collect(l);
}

/* Where a field applies is asked before anything is filled in: the case may be looked at, the act may not. */
static void check_case_only(struct loader *l, const struct yaml *node)
{
	for (size_t i = 0; node != NULL && node->type != YAML_SCALAR && i < node->count; i++) {
		const struct yaml *key = node->type == YAML_MAP ? node->keys[i] : NULL;
		if (key != NULL && (text_starts(key->text, "body.") || text_starts(key->text, "by.")))
			load_mistake(l, key, "案件的事实，例如 procedure: licence", "写案件的事实，或者写成 required: {when: …}", "字段的 when 不看“%s”", key->text);
		check_case_only(l, node->items[i]);
	}
}

void check_requirements(struct loader *l)
{
	for (size_t i = 0; i < l->law->kinds.count; i++) {
		const struct kind *kind = l->law->kinds.values[i];
		struct kinds self = {.items = &kind, .count = 1}, nothing = {0};
		for (size_t k = 0; k < kind->fields.count; k++)
			for (struct field *field = kind->fields.values[k]; field != NULL; field = field->next) {
				field->required_when = load_cond(l, field->required_source, &self);
				check_case_only(l, field->applies_source);
				field->applies_when = load_cond(l, field->applies_source, &nothing);
			}
	}
}

/* --- indexes ------------------------------------------------------------------------------------------------------- */

static int by_authority(const void *a, const void *b)
{
	const struct gate *x = *(const struct gate *const *)a, *y = *(const struct gate *const *)b;
	int difference = level_rank(x->rule.instrument->level) - level_rank(y->rule.instrument->level);
	return difference != 0 ? difference : strcmp(x->rule.full, y->rule.full);
}

static void index_gates(struct loader *l)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < l->law->gate_list.count; i++) {
			const struct gate *gate = l->law->gate_list.items[i];
			for (size_t k = 0; k < gate->before.count; k++) {
				struct kind *kind = (struct kind *)(uintptr_t)gate->before.items[k];
				if (pass == 1)
					kind->gates[kind->ngates] = gate;
				kind->ngates++;
			}
		}
		for (size_t i = 0; i < l->law->kinds.count; i++) {
			struct kind *kind = l->law->kinds.values[i];
			if (pass == 0) {
				kind->gates = ARENA_ARRAY(l->arena, kind->ngates, const struct gate *);
				kind->ngates = 0;
			} else if (kind->ngates > 0) {
				qsort(kind->gates, kind->ngates, sizeof(*kind->gates), by_authority);
			}
		}
	}
}

static void index_duties(struct loader *l)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < l->law->duty_list.count; i++) {
			const struct duty *duty = l->law->duty_list.items[i];
			for (size_t k = 0; k < duty->opens.count; k++) {
				struct kind *kind = (struct kind *)(uintptr_t)duty->opens.items[k];
				if (pass == 1)
					kind->opens[kind->nopens] = duty;
				kind->nopens++;
			}
		}
		for (size_t i = 0; pass == 0 && i < l->law->kinds.count; i++) {
			struct kind *kind = l->law->kinds.values[i];
			kind->opens = ARENA_ARRAY(l->arena, kind->nopens, const struct duty *);
			kind->nopens = 0;
		}
	}
}

/* A duty that nothing opens is a slip. */
static void check_opened(struct loader *l)
{
	for (size_t i = 0; i < l->law->duty_list.count; i++) {
		const struct duty *duty = l->law->duty_list.items[i];
		bool opened = yaml_get(duty->rule.source, "opens") != NULL;
		for (size_t k = 0; !opened && k < l->law->gate_list.count; k++)
			opened = ((const struct gate *)l->law->gate_list.items[k])->excuse_opens == duty;
		if (!opened)
			load_mistake(l, duty->rule.source, "opens: {on: 记录种类}，或者由某个关口的 excuse 打开", "补上“opens”", "责任“%s”没有什么会打开它", duty->rule.name);
	}
}

void check_index(struct loader *l)
{
	check_opened(l);
	index_gates(l);
	index_duties(l);
}
