/* Heads, shared vocabulary and clauses. */
#include "law/loader.h"

#include "base/text.h"

static const char *const levels[] = {"platform", "nation", "province", "prefecture", "bureau", NULL};
static const char *const sections[] = {"instrument", "title", "short", "level", "area", "agency", "in-force", "repealed", "keeps", "repeals", "basis", "clauses",
                                       "stages", "acts", "procedures", "roles", "topics", "kinds", "gates", "duties", "major", "retention", "redaction",
                                       "exemptions", "lists", "materials", "grounds", "params", NULL};

const char *level_word(enum law_level level)
{
	return levels[level];
}

const char *level_zh(enum law_level level)
{
	static const char *const words[] = {"平台", "国家", "省", "州市", "部门"};
	return words[level];
}

int level_rank(enum law_level level)
{
	return level == LEVEL_PLATFORM ? LEVEL_BUREAU : (int)level - 1;
}

static void check_bindings(struct loader *l, const struct yaml *head, struct instrument *in)
{
	bool local = in->level == LEVEL_PROVINCE || in->level == LEVEL_PREFECTURE;
	if (local && in->area == NULL)
		load_mistake(l, head, "area: 六位区划代码", "写明它管到哪里", "省级、州市级的规范性文件没有写 area");
	if (in->level == LEVEL_BUREAU && in->agency == NULL)
		load_mistake(l, head, "agency: 统一社会信用代码", "写明它约束哪个机关", "部门的规范性文件没有写 agency");
	if (!local && in->area != NULL)
		load_mistake(l, yaml_get(head, "area"), "只有省级、州市级才写 area", "删去", "这一级不写 area");
	if (in->level != LEVEL_BUREAU && in->agency != NULL)
		load_mistake(l, yaml_get(head, "agency"), "只有部门级才写 agency", "删去", "这一级不写 agency");
	if (in->repealed != DAY_NONE && in->in_force != DAY_NONE && in->repealed <= in->in_force)
		load_mistake(l, yaml_get(head, "repealed"), "晚于施行日", NULL, "废止日不晚于施行日");
}

static void read_head(struct loader *l, const struct yaml *head, struct instrument *in)
{
	static const char *const keeps[] = {"opened", NULL};
	in->source = head;
	in->title = load_text(l, head, "title", true);
	in->short_title = load_text(l, head, "short", false);
	in->basis = load_text(l, head, "basis", false);
	in->area = load_text(l, head, "area", false);
	in->agency = load_text(l, head, "agency", false);
	in->in_force = load_day(l, head, "in-force", true);
	in->repealed = load_day(l, head, "repealed", false);
	in->repeals = load_words(l, yaml_get(head, "repeals"));
	in->keeps_opened = load_one_of(l, yaml_get(head, "keeps"), keeps, "keeps 的写法") != NULL;
	const struct yaml *level = yaml_get(head, "level");
	if (level == NULL)
		load_mistake(l, head, "level: platform、nation、province、prefecture 或者 bureau", "补上“level”", "缺少“level”");
	const char *word = load_one_of(l, level, levels, "级别");
	for (int i = 0; word != NULL && levels[i] != NULL; i++)
		if (levels[i] == word)
			in->level = (enum law_level)i;
	if (word != NULL)
		check_bindings(l, head, in);
	if (in->title == NULL)
		in->title = in->id;
	if (in->short_title == NULL)
		in->short_title = in->title;
}

void load_head(struct loader *l, struct source *source)
{
	const struct yaml *head = source->file;
	load_keys(l, head, sections);
	const struct yaml *id = yaml_get(head, "instrument");
	if (id == NULL)
		return;
	if (!load_is(l, id, YAML_SCALAR, "instrument"))
		return;
	if (!text_eq(id->text, source->instrument->id))
		load_mistake(l, id, arena_printf(l->err->arena, "文件夹名“%s”", source->instrument->id), "改成一样的名称", "编号“%s”和所在文件夹不一致", id->text);
	if (source->instrument->source != NULL) {
		load_mistake(l, id, "每个文件夹只有一份", "留一份", "文件头写了两次");
		return;
	}
	read_head(l, head, source->instrument);
}

/* A map of id: title. */
static void read_titles(struct loader *l, const struct yaml *map, struct names *out, const char *what)
{
	if (map == NULL || !load_is(l, map, YAML_MAP, what))
		return;
	for (size_t i = 0; i < map->count; i++) {
		struct named *one = ARENA_NEW(l->arena, struct named);
		one->id = map->keys[i]->text;
		one->title = load_is(l, map->items[i], YAML_SCALAR, what) ? map->items[i]->text : one->id;
		if (!names_put(out, one->id, one))
			load_mistake(l, map->keys[i], "每个名称一次", "留一个", "“%s”已经有了", one->id);
	}
}

static void read_moments(struct loader *l, const struct yaml *map, struct topic *topic)
{
	if (map == NULL || !load_is(l, map, YAML_MAP, "moments"))
		return;
	topic->moments = arena_array(l->arena, map->count, sizeof(*topic->moments));
	for (size_t i = 0; i < map->count; i++) {
		topic->moments[topic->nmoments].path = map->keys[i]->text;
		topic->moments[topic->nmoments++].title = load_text(l, map, map->keys[i]->text, true);
	}
}

static void read_topics(struct loader *l, const struct yaml *map)
{
	static const char *const keys[] = {"title", "stricter", "moments", NULL};
	static const char *const ways[] = {"shorter", "longer", "larger", "smaller", "more", "present", NULL};
	if (map == NULL || !load_is(l, map, YAML_MAP, "topics"))
		return;
	for (size_t i = 0; i < map->count; i++) {
		struct topic *topic = ARENA_NEW(l->arena, struct topic);
		topic->id = map->keys[i]->text;
		(void)names_put(&l->law->topics, topic->id, topic);
		if (!load_is(l, map->items[i], YAML_MAP, "主题"))
			continue;
		load_keys(l, map->items[i], keys);
		topic->title = load_text(l, map->items[i], "title", true);
		const struct yaml *way = yaml_get(map->items[i], "stricter");
		if (way == NULL)
			load_mistake(l, map->items[i], "stricter: shorter、longer、larger、smaller、more 或者 present", NULL, "主题“%s”没有说哪样更严", topic->id);
		topic->stricter = load_one_of(l, way, ways, "严格方向");
		read_moments(l, yaml_get(map->items[i], "moments"), topic);
	}
}

static void read_procedures(struct loader *l, const struct yaml *map)
{
	static const char *const keys[] = {"title", "act", "opens", "clause", "flow", NULL};
	if (map == NULL || !load_is(l, map, YAML_MAP, "procedures"))
		return;
	for (size_t i = 0; i < map->count; i++) {
		struct procedure *procedure = ARENA_NEW(l->arena, struct procedure);
		const struct yaml *one = map->items[i];
		procedure->id = map->keys[i]->text;
		(void)names_put(&l->law->procedures, procedure->id, procedure);
		if (!load_is(l, one, YAML_MAP, "程序"))
			continue;
		load_keys(l, one, keys);
		procedure->title = load_text(l, one, "title", true);
		procedure->act = load_text(l, one, "act", true);
		procedure->act_json = procedure->act == NULL ? NULL : json_tie(l->arena, json_string(procedure->act));
		if (procedure->act != NULL && !words_has(&l->law->acts, procedure->act))
			load_unknown(l, yaml_get(one, "act"), "执法类别", NULL);
	}
}

void load_vocabulary(struct loader *l, const struct source *source)
{
	static const char *const words[] = {"stages", "acts", "procedures", "roles", "topics", NULL};
	const struct yaml *file = source->file;
	if (source->instrument->level != LEVEL_PLATFORM) {
		for (size_t i = 0; words[i] != NULL; i++)
			if (yaml_get(file, words[i]) != NULL)
				load_mistake(l, yaml_get(file, words[i]), "共用词汇只写在 common/", "移到 common/", "“%s”不能写在这里", words[i]);
		return;
	}
	if (yaml_get(file, "acts") != NULL)
		l->law->acts = load_words(l, yaml_get(file, "acts"));
	read_titles(l, yaml_get(file, "stages"), &l->law->stages, "阶段");
	read_titles(l, yaml_get(file, "roles"), &l->law->roles, "角色");
	read_topics(l, yaml_get(file, "topics"));
	read_procedures(l, yaml_get(file, "procedures"));
}

static void check_served(struct loader *l, const struct yaml *map, const struct words *served)
{
	for (size_t i = 0; i < served->count; i++) {
		const char *colon = strchr(served->items[i], ':');
		if (colon == NULL || colon[1] == '\0' || strchr(served->items[i], ' ') == served->items[i])
			load_mistake(l, yaml_get(map, "served-by"), "page:路径、command:命令、list:名称、kind:名称等", NULL, "served-by 的“%s”读不懂", served->items[i]);
	}
}

static void read_clause(struct loader *l, const struct yaml *key, const struct yaml *map, struct instrument *instrument)
{
	static const char *const keys[] = {"kind", "cite", "text", "served-by", NULL};
	static const char *const kinds[] = {"def", "param", "gate", "duty", "record", "content", "redact", "access", "right", "oversee", "ground", "org", "final", NULL};
	struct clause *clause = ARENA_NEW(l->arena, struct clause);
	clause->id = key->text;
	clause->instrument = instrument;
	clause->cited_tail = &clause->cited;
	size_t len = strlen(instrument->id);
	if (strncmp(clause->id, instrument->id, len) != 0 || clause->id[len] != '-')
		load_mistake(l, key, arena_printf(l->err->arena, "以“%s-”开头", instrument->id), NULL, "条款编号“%s”不属于本文件", clause->id);
	if (!names_put(&l->law->clauses, clause->id, clause)) {
		load_mistake(l, key, "每个条款一次", "留一个", "条款“%s”已经有了", clause->id);
		return;
	}
	if (!load_is(l, map, YAML_MAP, "条款"))
		return;
	load_keys(l, map, keys);
	clause->cite = load_text(l, map, "cite", true);
	clause->text = load_text(l, map, "text", true);
	const struct yaml *kind = yaml_get(map, "kind");
	if (kind == NULL)
		load_mistake(l, map, "kind: def、param、gate、duty 等", "补上“kind”", "条款“%s”没有写种类", clause->id);
	clause->kind = load_one_of(l, kind, kinds, "条款种类");
	clause->served_by = load_words(l, yaml_get(map, "served-by"));
	check_served(l, map, &clause->served_by);
	clause->full_cite = arena_printf(l->arena, "《%s》%s", instrument->title, clause->cite == NULL ? "" : clause->cite);
}

void load_clauses(struct loader *l, const struct source *source)
{
	const struct yaml *map = yaml_get(source->file, "clauses");
	if (map == NULL || !load_is(l, map, YAML_MAP, "clauses"))
		return;
	for (size_t i = 0; i < map->count; i++)
		read_clause(l, map->keys[i], map->items[i], source->instrument);
}
