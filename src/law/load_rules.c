/* Gates and duties. */
#include "law/limit.h"
#include "law/loader.h"

#include "base/text.h"

static void must_have(struct loader *l, const struct yaml *map, const char *key, const char *why, const char *rule)
{
	if (yaml_get(map, key) == NULL)
		load_mistake(l, map, why, arena_printf(l->err->arena, "补上“%s”", key), "“%s”缺少“%s”", rule, key);
}

static const struct duty *duty_named(struct loader *l, const struct instrument *instrument, const struct yaml *node)
{
	if (!load_is(l, node, YAML_SCALAR, "责任名称"))
		return NULL;
	bool full = strchr(node->text, '/') != NULL;
	const char *name = full ? node->text : arena_printf(l->arena, "%s/%s", instrument->id, node->text);
	const struct duty *duty = names_get(&l->law->duties, name);
	if (duty == NULL) {
		const char *nearest = names_nearest(&l->law->duties, name), *slash = nearest == NULL ? NULL : strchr(nearest, '/');
		load_unknown(l, node, "责任（duties）", slash != NULL && !full && strncmp(nearest, instrument->id, (size_t)(slash - nearest)) == 0 ? slash + 1 : nearest);
	}
	return duty;
}

static void read_excuse(struct loader *l, const struct yaml *map, struct gate *gate)
{
	static const char *const keys[] = {"when", "opens", NULL};
	if (map == NULL || !load_is(l, map, YAML_MAP, "excuse"))
		return;
	load_keys(l, map, keys);
	must_have(l, map, "when", "when: 条件", "excuse");
	gate->excuse_when = load_cond(l, yaml_get(map, "when"), &gate->before);
	if (yaml_get(map, "opens") != NULL)
		gate->excuse_opens = duty_named(l, gate->rule.instrument, yaml_get(map, "opens"));
}

static void read_gate(struct loader *l, const struct yaml *key, const struct yaml *map, const struct instrument *instrument)
{
	static const char *const keys[] = {"clause", "topic", "title", "before", "when", "needs", "say", "mend", "excuse", "warn", NULL};
	if (!load_is(l, map, YAML_MAP, "关口"))
		return;
	struct gate *gate = ARENA_NEW(l->arena, struct gate);
	load_keys(l, map, keys);
	load_rule(l, map, "gates", key->text, instrument, &gate->rule);
	if (!names_put(&l->law->gates, gate->rule.full, gate)) {
		load_mistake(l, key, "一个文件里名称不重复", "改名", "关口“%s”已经有了", key->text);
		return;
	}
	must_have(l, map, "before", "before: 记录种类", key->text);
	must_have(l, map, "needs", "needs: 条件", key->text);
	gate->before = load_kinds(l, yaml_get(map, "before"));
	gate->when = load_cond(l, yaml_get(map, "when"), &gate->before);
	gate->needs = load_cond(l, yaml_get(map, "needs"), &gate->before);
	gate->say = load_text(l, map, "say", true);
	gate->mend = load_text(l, map, "mend", true);
	gate->warn = load_bool(l, map, "warn", false);
	read_excuse(l, yaml_get(map, "excuse"), gate);
	vec_push(&l->law->gate_list, l->arena, gate);
}

void load_gates(struct loader *l, const struct source *source)
{
	const struct yaml *map = yaml_get(source->file, "gates");
	if (map == NULL || !load_is(l, map, YAML_MAP, "gates"))
		return;
	for (size_t i = 0; i < map->count; i++)
		read_gate(l, map->keys[i], map->items[i], source->instrument);
}

/* --- duties -------------------------------------------------------------------------------------------------------- */

void load_duty_names(struct loader *l, const struct source *source)
{
	const struct yaml *map = yaml_get(source->file, "duties");
	if (map == NULL || !load_is(l, map, YAML_MAP, "duties"))
		return;
	for (size_t i = 0; i < map->count; i++) {
		struct duty *duty = ARENA_NEW(l->arena, struct duty);
		duty->rule.full = arena_printf(l->arena, "%s/%s", source->instrument->id, map->keys[i]->text);
		duty->rule.source = map->items[i];
		if (!names_put(&l->law->duties, duty->rule.full, duty))
			load_mistake(l, map->keys[i], "一个文件里名称不重复", "改名", "责任“%s”已经有了", map->keys[i]->text);
	}
}

static void read_by_date(struct loader *l, const struct yaml *map, struct law_limit *out)
{
	static const char *const keys[] = {"by", "by-half-year", NULL};
	load_keys(l, map, keys);
	const struct yaml *by = yaml_get(map, "by"), *half = yaml_get(map, "by-half-year");
	bool fine = false;
	if (by != NULL && half == NULL) {
		out->unit = LIMIT_BY_DATE;
		fine = by->type == YAML_SCALAR && limit_month_day(by->text, &out->month, &out->mday);
	} else if (half != NULL && by == NULL) {
		out->unit = LIMIT_BY_HALF_YEAR;
		fine = half->type == YAML_LIST && half->count == 2 && half->items[0]->type == YAML_SCALAR && half->items[1]->type == YAML_SCALAR &&
		       limit_month_day(half->items[0]->text, &out->month, &out->mday) && limit_month_day(half->items[1]->text, &out->month2, &out->mday2);
	}
	if (!fine) {
		load_mistake(l, map, "{by: 01-31} 或者 {by-half-year: [07-30, 01-31]}", NULL, "期限读不懂");
		*out = (struct law_limit){.unit = LIMIT_AT_ONCE};
	}
}

static void read_within(struct loader *l, const struct yaml *map, struct duty *duty)
{
	const struct yaml *within = yaml_get(map, "within"), *before = yaml_get(map, "before");
	duty->limit.unit = LIMIT_AT_ONCE;
	if ((within == NULL) == (before == NULL)) {
		load_mistake(l, map, "within: 期限，或者 before: 期限（往回数）", NULL, "责任“%s”要写恰好一个期限", duty->rule.name);
		return;
	}
	if (before != NULL) {
		if (load_limit(l, before, &duty->limit))
			duty->limit.before = true;
		if (yaml_get(map, "from") == NULL)
			load_mistake(l, before, "from: 往回数的起点", "补上“from”", "责任“%s”往回数，却没有写起点", duty->rule.name);
	} else if (within->type == YAML_MAP) {
		read_by_date(l, within, &duty->limit);
	} else {
		(void)load_limit(l, within, &duty->limit);
	}
	duty->limit_text = limit_write(&duty->limit, l->arena);
}

static const struct extension *read_extension(struct loader *l, const struct yaml *map)
{
	static const char *const keys[] = {"on", "by", "until", "once", "when", "approved-by", NULL};
	struct extension *extension = ARENA_NEW(l->arena, struct extension);
	if (!load_is(l, map, YAML_MAP, "extends"))
		return extension;
	load_keys(l, map, keys);
	must_have(l, map, "on", "on: 记录种类", "extends");
	if (yaml_get(map, "until") == NULL)
		must_have(l, map, "by", "by: 期限，或者 until: body.日期", "extends");
	extension->on = load_kinds(l, yaml_get(map, "on"));
	if (yaml_get(map, "by") != NULL)
		(void)load_limit(l, yaml_get(map, "by"), &extension->by);
	extension->until = load_path(l, yaml_get(map, "until"), &extension->on);
	if (extension->until != NULL && (extension->until->root != PATH_BODY || yaml_get(map, "by") != NULL))
		load_mistake(l, yaml_get(map, "until"), "只写 until: body.字段", NULL, "until 是延长那条记录里的日期，不和 by 一起写");
	extension->once = load_bool(l, map, "once", false);
	extension->when = load_cond(l, yaml_get(map, "when"), &extension->on);
	return extension;
}

static const struct suspension *read_suspension(struct loader *l, const struct yaml *map)
{
	static const char *const keys[] = {"from", "until", "when", NULL};
	struct suspension *suspension = ARENA_NEW(l->arena, struct suspension);
	if (!load_is(l, map, YAML_MAP, "suspends"))
		return suspension;
	load_keys(l, map, keys);
	must_have(l, map, "from", "from: 记录种类", "suspends");
	must_have(l, map, "until", "until: 记录种类", "suspends");
	suspension->from = load_kinds(l, yaml_get(map, "from"));
	suspension->until = load_kinds(l, yaml_get(map, "until"));
	suspension->when = load_cond(l, yaml_get(map, "when"), &suspension->from);
	return suspension;
}

static void read_changes(struct loader *l, const struct yaml *map, struct duty *duty)
{
	const struct yaml *extends = yaml_get(map, "extends"), *suspends = yaml_get(map, "suspends");
	size_t count = extends == NULL ? 0 : extends->type == YAML_LIST ? extends->count : 1;
	for (size_t i = count; i-- > 0;) {
		struct extension *one = (struct extension *)(uintptr_t)read_extension(l, extends->type == YAML_LIST ? extends->items[i] : extends);
		one->next = duty->extends;
		duty->extends = one;
	}
	count = suspends == NULL ? 0 : suspends->type == YAML_LIST ? suspends->count : 1;
	for (size_t i = count; i-- > 0;) {
		struct suspension *one = (struct suspension *)(uintptr_t)read_suspension(l, suspends->type == YAML_LIST ? suspends->items[i] : suspends);
		one->next = duty->suspends;
		duty->suspends = one;
	}
}

static void read_ends(struct loader *l, const struct yaml *map, struct duty *duty)
{
	static const char *const met_keys[] = {"by", "when", "matching", NULL}, *const excused_keys[] = {"by", "when", NULL};
	const struct yaml *met = yaml_get(map, "met"), *excused = yaml_get(map, "excused");
	must_have(l, map, "met", "met: {by: 记录种类}", duty->rule.name);
	if (met != NULL && load_is(l, met, YAML_MAP, "met")) {
		load_keys(l, met, met_keys);
		must_have(l, met, "by", "by: 记录种类", "met");
		duty->met = load_kinds(l, yaml_get(met, "by"));
		duty->met_when = load_cond(l, yaml_get(met, "when"), &duty->met);
		duty->met_matching = load_path(l, yaml_get(met, "matching"), &duty->met);
		if (duty->met_matching != NULL && duty->met_matching->root != PATH_BODY)
			load_mistake(l, yaml_get(met, "matching"), "body.字段（填写开始那条记录的序号）", NULL, "matching 只看办理那条记录的字段");
		for (const struct suspension *s = duty->met_matching == NULL ? NULL : duty->suspends; s != NULL; s = s->next)
			for (size_t i = 0; i < s->from.count; i++) /* which duty an earlier pause meant is asked of the state */
				(void)names_put(&((struct kind *)(uintptr_t)s->from.items[i])->watched, duty->met_matching->parts[0], NULL);
	}
	if (excused != NULL && load_is(l, excused, YAML_MAP, "excused")) {
		load_keys(l, excused, excused_keys);
		duty->excused = load_kinds(l, yaml_get(excused, "by"));
		duty->excused_when = load_cond(l, yaml_get(excused, "when"), &duty->excused);
		if (excused->count == 0)
			load_mistake(l, excused, "by: 记录种类，或者 when: 条件", NULL, "excused 是空的");
	}
}

static void read_opening(struct loader *l, const struct yaml *map, struct duty *duty)
{
	static const char *const keys[] = {"on", "when", "each", NULL};
	const struct yaml *opens = yaml_get(map, "opens");
	if (opens == NULL) /* opened by a gate's excuse alone; check_index says when no gate does */
		return;
	if (!load_is(l, opens, YAML_MAP, "opens"))
		return;
	load_keys(l, opens, keys);
	must_have(l, opens, "on", "on: 记录种类", "opens");
	duty->opens = load_kinds(l, yaml_get(opens, "on"));
	duty->opens_when = load_cond(l, yaml_get(opens, "when"), &duty->opens);
	const struct yaml *each = yaml_get(opens, "each");
	if (each == NULL || each->text == NULL || !text_starts(each->text, "body.")) {
		duty->each = load_bool(l, opens, "each", false);
		return;
	}
	duty->each_of = load_path(l, each, &duty->opens);
}

static void read_duty(struct loader *l, const struct yaml *key, const struct yaml *map, const struct instrument *instrument)
{
	static const char *const keys[] = {"clause", "title", "topic", "who", "opens", "from", "within", "before", "extends", "suspends", "met", "excused", "deemed", "ground", NULL};
	struct duty *duty = names_get(&l->law->duties, arena_printf(l->arena, "%s/%s", instrument->id, key->text));
	if (!load_is(l, map, YAML_MAP, "责任") || duty == NULL || duty->rule.source != map) /* the second of one name was reported */
		return;
	load_keys(l, map, keys);
	load_rule(l, map, "duties", key->text, instrument, &duty->rule);
	if (duty->rule.topic == NULL)
		duty->rule.topic = duty->rule.full;
	if (duty->rule.title == NULL)
		load_mistake(l, map, "title: 中文名称", "补上“title”", "责任“%s”没有名称", key->text);
	duty->who = load_text(l, map, "who", true);
	if (duty->who != NULL && !names_has(&l->law->roles, duty->who))
		load_unknown(l, yaml_get(map, "who"), "角色", names_nearest(&l->law->roles, duty->who));
	duty->deemed = load_text(l, map, "deemed", false);
	duty->ground = load_text(l, map, "ground", false);
	if (duty->ground != NULL && !names_has(&l->law->clauses, duty->ground))
		load_unknown(l, yaml_get(map, "ground"), "条款", names_nearest(&l->law->clauses, duty->ground));
	read_opening(l, map, duty);
	duty->from = load_path(l, yaml_get(map, "from"), &duty->opens);
	read_within(l, map, duty);
	read_changes(l, map, duty);
	read_ends(l, map, duty);
	vec_push(&l->law->duty_list, l->arena, duty);
}

void load_duties(struct loader *l, const struct source *source)
{
	const struct yaml *map = yaml_get(source->file, "duties");
	if (map == NULL || map->type != YAML_MAP)
		return;
	for (size_t i = 0; i < map->count; i++)
		read_duty(l, map->keys[i], map->items[i], source->instrument);
}
