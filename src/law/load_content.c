/* Thresholds, retention, redaction, exemptions, lists, materials, grounds, parameters. */
#include "law/limit.h"
#include "law/loader.h"

#include "base/text.h"

static const struct yaml *section_of(struct loader *l, const struct source *source, const char *name, enum yaml_type type)
{
	const struct yaml *node = yaml_get(source->file, name);
	return node != NULL && load_is(l, node, type, name) ? node : NULL;
}

/* A rule of a list of rules has no name of its own: its clause and place in the list make one. */
static const char *made_name(struct loader *l, const struct yaml *map, const char *section)
{
	const struct yaml *clause = yaml_get(map, "clause");
	const char *id = clause == NULL || clause->type == YAML_MAP ? "" : clause->type == YAML_LIST ? (clause->count > 0 && clause->items[0]->type == YAML_SCALAR ? clause->items[0]->text : "") : clause->text;
	return arena_printf(l->arena, "%s-%s-%d", section, id, map->line);
}

void load_major(struct loader *l, const struct source *source)
{
	static const char *const keys[] = {"clause", "topic", "title", "act", "when", NULL};
	const struct yaml *list = section_of(l, source, "major", YAML_LIST);
	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const struct yaml *map = list->items[i];
		if (!load_is(l, map, YAML_MAP, "重大决定标准"))
			continue;
		struct major *major = ARENA_NEW(l->arena, struct major);
		load_keys(l, map, keys);
		load_rule(l, map, "major", made_name(l, map, "major"), source->instrument, &major->rule);
		(void)load_text(l, map, "title", true);
		major->acts = load_words(l, yaml_get(map, "act"));
		for (size_t k = 0; k < major->acts.count; k++)
			if (!words_has(&l->law->acts, major->acts.items[k]))
				load_mistake(l, yaml_get(map, "act"), "执法类别", NULL, "没有叫“%s”的执法类别", major->acts.items[k]);
		major->when = load_cond(l, yaml_get(map, "when"), NULL);
		if (yaml_get(map, "when") == NULL && major->acts.count == 0)
			load_mistake(l, map, "when: 条件，或者 act: 类别", NULL, "没有写什么情形属于重大");
		vec_push(&l->law->major, l->arena, major);
	}
}

/* What retention conditions call `body`: whatever kind holds the thing that is kept. */
static struct kinds kept_kinds(struct loader *l, const char *what)
{
	struct kinds out = {.items = ARENA_ARRAY(l->arena, l->law->kinds.count, const struct kind *)};
	for (size_t i = 0; i < l->law->kinds.count; i++)
		if (text_starts(l->law->kinds.keys[i], what))
			out.items[out.count++] = l->law->kinds.values[i];
	return out;
}

void load_retention(struct loader *l, const struct source *source)
{
	static const char *const keys[] = {"clause", "topic", "title", "what", "when", "keep", NULL};
	const struct yaml *list = section_of(l, source, "retention", YAML_LIST);
	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const struct yaml *map = list->items[i];
		if (!load_is(l, map, YAML_MAP, "保存期限"))
			continue;
		struct retention *retention = ARENA_NEW(l->arena, struct retention);
		struct law_limit limit;
		load_keys(l, map, keys);
		load_rule(l, map, "retention", made_name(l, map, "retention"), source->instrument, &retention->rule);
		retention->what = load_text(l, map, "what", true);
		retention->keep = load_text(l, map, "keep", true);
		struct kinds kinds = kept_kinds(l, retention->what == NULL ? "" : retention->what);
		retention->when = load_cond(l, yaml_get(map, "when"), &kinds);
		const char *keep = retention->keep;
		if (keep != NULL && !text_eq(keep, "长期") && !text_eq(keep, "永久") && !text_eq(keep, "file") && !limit_read(keep, &limit))
			load_mistake(l, yaml_get(map, "keep"), "n y、长期、永久或者 file（与案卷相同）", NULL, "保存期限“%s”读不懂", keep);
		vec_push(&l->law->retention, l->arena, retention);
	}
}

void load_redaction(struct loader *l, const struct source *source)
{
	static const char *const keys[] = {"clause", "topic", "title", "of", "hide", "except", "when", NULL};
	static const char *const objects[] = {"person", "organisation", "any", NULL};
	const struct yaml *list = section_of(l, source, "redaction", YAML_LIST);
	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const struct yaml *map = list->items[i];
		if (!load_is(l, map, YAML_MAP, "隐去规则"))
			continue;
		struct redaction *redaction = ARENA_NEW(l->arena, struct redaction);
		load_keys(l, map, keys);
		load_rule(l, map, "redaction", made_name(l, map, "redaction"), source->instrument, &redaction->rule);
		redaction->of = yaml_get(map, "of") == NULL ? "any" : load_one_of(l, yaml_get(map, "of"), objects, "隐去对象");
		redaction->hide = load_words(l, yaml_get(map, "hide"));
		redaction->except = load_words(l, yaml_get(map, "except"));
		redaction->when = load_cond(l, yaml_get(map, "when"), NULL);
		if (redaction->hide.count == 0)
			load_mistake(l, map, "hide: [person-name, address, …]", "补上“hide”", "没有写隐去什么");
		vec_push(&l->law->redaction, l->arena, redaction);
	}
}

void load_exemptions(struct loader *l, const struct source *source)
{
	static const char *const keys[] = {"id", "clause", "topic", "title", "question", "override", "when", NULL};
	const struct yaml *list = section_of(l, source, "exemptions", YAML_LIST);
	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const struct yaml *map = list->items[i];
		if (!load_is(l, map, YAML_MAP, "不公示情形"))
			continue;
		struct exemption *exemption = ARENA_NEW(l->arena, struct exemption);
		load_keys(l, map, keys);
		const char *id = load_text(l, map, "id", true);
		load_rule(l, map, "exemptions", id == NULL ? made_name(l, map, "exemption") : id, source->instrument, &exemption->rule);
		exemption->question = load_text(l, map, "question", true);
		exemption->override = load_bool(l, map, "override", false);
		exemption->when = load_cond(l, yaml_get(map, "when"), NULL);
		for (size_t k = 0; k < l->law->exemptions.count; k++)
			if (text_eq(((struct exemption *)l->law->exemptions.items[k])->rule.full, exemption->rule.full))
				load_mistake(l, map, "一个文件里名称不重复", "改名", "不公示情形“%s”已经有了", exemption->rule.name);
		vec_push(&l->law->exemptions, l->arena, exemption);
	}
}

void load_lists(struct loader *l, const struct source *source)
{
	static const char *const keys[] = {"clause", "title", "topic", "stage", "fields", "review", NULL};
	static const char *const stages[] = {"before", "during", "after", NULL};
	const struct yaml *map = section_of(l, source, "lists", YAML_MAP);
	for (size_t i = 0; map != NULL && i < map->count; i++) {
		const struct yaml *one = map->items[i], *fields = yaml_get(one, "fields");
		if (!load_is(l, one, YAML_MAP, "清单"))
			continue;
		struct list *list = ARENA_NEW(l->arena, struct list);
		load_keys(l, one, keys);
		load_rule(l, one, "lists", map->keys[i]->text, source->instrument, &list->rule);
		(void)load_text(l, one, "title", true);
		if (yaml_get(one, "stage") == NULL)
			load_mistake(l, one, "stage: before、during 或者 after", "补上“stage”", "清单“%s”没有写环节", list->rule.name);
		list->stage = load_one_of(l, yaml_get(one, "stage"), stages, "公示环节");
		list->review = load_text(l, one, "review", false);
		if (fields == NULL) {
			load_mistake(l, one, "fields: 各项内容", "补上“fields”", "清单“%s”没有内容", list->rule.name);
		} else if (load_is(l, fields, YAML_MAP, "fields")) {
			list->fields = ARENA_ARRAY(l->arena, fields->count, struct field *);
			for (size_t k = 0; k < fields->count; k++) {
				struct field *field = load_field(l, fields->keys[k]->text, fields->items[k], source->instrument, "lists", list->rule.full);
				if (field == NULL)
					continue;
				if (field->type == FIELD_NONE)
					load_mistake(l, fields->items[k], "type: 字段类型", "补上“type”", "清单“%s”的“%s”没有类型", list->rule.name, field->name);
				if (field->past || field->applies_source != NULL || field->options_for != NULL || field->required_source != NULL)
					load_mistake(l, fields->items[k], "清单的内容不写 past、when 和 options-for，required 只写 true", "删去", "清单“%s”的“%s”写多了", list->rule.name, field->name);
				list->fields[list->nfields++] = field;
			}
		}
		vec_push(&l->law->lists, l->arena, list);
	}
}

void load_materials(struct loader *l, const struct source *source)
{
	static const char *const keys[] = {"clause", "title", "topic", "kind", "field", NULL};
	const struct yaml *list = section_of(l, source, "materials", YAML_LIST);
	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const struct yaml *map = list->items[i];
		if (!load_is(l, map, YAML_MAP, "材料"))
			continue;
		struct material *material = ARENA_NEW(l->arena, struct material);
		load_keys(l, map, keys);
		load_rule(l, map, "materials", made_name(l, map, "material"), source->instrument, &material->rule);
		material->field = load_text(l, map, "field", true);
		if (yaml_get(map, "kind") == NULL)
			load_mistake(l, map, "kind: 记录种类", "补上“kind”", "没有写在哪种记录里");
		else
			material->kind = load_kind(l, yaml_get(map, "kind"));
		if (material->kind != NULL && material->field != NULL && !names_has(&material->kind->fields, material->field))
			load_unknown(l, yaml_get(map, "field"), "字段", names_nearest(&material->kind->fields, material->field));
		vec_push(&l->law->materials, l->arena, material);
	}
}

static void read_detect(struct loader *l, const struct yaml *map, struct ground *ground)
{
	static const char *const keys[] = {"late", "when", "check", NULL};
	static const char *const checks[] = {"log", "files", "leak", "reported", NULL};
	if (!load_is(l, map, YAML_MAP, "detect"))
		return;
	load_keys(l, map, keys);
	if (map->count == 0)
		load_mistake(l, map, "late、when 或者 check", NULL, "detect 是空的");
	struct words late = load_words(l, yaml_get(map, "late"));
	ground->late = ARENA_ARRAY(l->arena, late.count, const struct duty *);
	for (size_t i = 0; i < late.count; i++) {
		bool full = strchr(late.items[i], '/') != NULL;
		const char *name = full ? late.items[i] : arena_printf(l->arena, "%s/%s", ground->rule.instrument->id, late.items[i]);
		const struct duty *duty = names_get(&l->law->duties, name);
		if (duty != NULL) {
			ground->late[ground->nlate++] = duty;
			continue;
		}
		const struct yaml *node = yaml_get(map, "late");
		load_unknown(l, node->type == YAML_LIST ? node->items[i] : node, "责任（duties）", names_nearest(&l->law->duties, name));
	}
	ground->when = load_cond(l, yaml_get(map, "when"), NULL);
	ground->check = load_one_of(l, yaml_get(map, "check"), checks, "查法");
}

void load_grounds(struct loader *l, const struct source *source)
{
	static const char *const keys[] = {"title", "detect", "topic", NULL};
	const struct yaml *map = section_of(l, source, "grounds", YAML_MAP);
	for (size_t i = 0; map != NULL && i < map->count; i++) {
		const struct yaml *one = map->items[i];
		if (!load_is(l, one, YAML_MAP, "追责情形"))
			continue;
		struct ground *ground = ARENA_NEW(l->arena, struct ground);
		struct clause *clause = names_get(&l->law->clauses, map->keys[i]->text);
		load_keys(l, one, keys);
		ground->rule = (struct rule){.section = "grounds", .name = map->keys[i]->text, .full = arena_printf(l->arena, "%s/%s", source->instrument->id, map->keys[i]->text),
		                             .instrument = source->instrument, .source = one, .clause = map->keys[i]->text};
		ground->rule.title = load_text(l, one, "title", true);
		if (clause == NULL) {
			load_unknown(l, map->keys[i], "条款", names_nearest(&l->law->clauses, map->keys[i]->text));
		} else {
			struct cited *cited = ARENA_NEW(l->arena, struct cited);
			*cited = (struct cited){.section = "grounds", .rule = ground->rule.full};
			*clause->cited_tail = cited;
			clause->cited_tail = &cited->next;
		}
		if (yaml_get(one, "detect") == NULL)
			load_mistake(l, one, "detect: {late: [..]}、{when: 条件} 或者 {check: ..}", "补上“detect”", "追责情形“%s”没有写怎么发现", ground->rule.name);
		else
			read_detect(l, yaml_get(one, "detect"), ground);
		vec_push(&l->law->grounds, l->arena, ground);
	}
}

void load_params(struct loader *l, const struct source *source)
{
	static const char *const keys[] = {"clause", "title", "topic", "value", "unit", NULL};
	static const char *const units[] = {"wd", "d", "h", "m", "y", "yuan", "percent", "person", "date", NULL};
	const struct yaml *map = section_of(l, source, "params", YAML_MAP);
	for (size_t i = 0; map != NULL && i < map->count; i++) {
		const struct yaml *one = map->items[i];
		if (!load_is(l, one, YAML_MAP, "参数"))
			continue;
		struct param *param = ARENA_NEW(l->arena, struct param);
		load_keys(l, one, keys);
		load_rule(l, one, "params", map->keys[i]->text, source->instrument, &param->rule);
		(void)load_text(l, one, "title", true);
		param->value = load_text(l, one, "value", false);
		param->unit = load_one_of(l, yaml_get(one, "unit"), units, "单位");
		vec_push(&l->law->params, l->arena, param);
	}
}
