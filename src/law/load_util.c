#include "law/limit.h"
#include "law/loader.h"

#include "base/text.h"

void vec_push(struct vec *vec, struct arena *arena, void *item)
{
	if (vec->count == vec->cap) {
		size_t cap = vec->cap == 0 ? 16 : vec->cap * 2;
		void **bigger = ARENA_ARRAY(arena, cap, void *);
		if (vec->count > 0)
			memcpy(bigger, vec->items, vec->count * sizeof(*bigger));
		vec->items = bigger;
		vec->cap = cap;
	}
	vec->items[vec->count++] = item;
}

bool words_has(const struct words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (text_eq(words->items[i], word))
			return true;
	return false;
}

void load_mistake(struct loader *l, const struct yaml *node, const char *why, const char *mend, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const char *what = arena_vprintf(l->err->arena, format, args);
	va_end(args);
	struct diag *diag = err_diag(l->err, yaml_where(node, l->err->arena), "%s", what);
	diag->why = arena_strdup(l->err->arena, why);
	diag->mend = arena_strdup(l->err->arena, mend);
}

void load_unknown(struct loader *l, const struct yaml *node, const char *what, const char *nearest)
{
	struct diag *diag = err_diag(l->err, yaml_where(node, l->err->arena), "没有叫“%s”的%s", node->text, what);
	diag->why = arena_printf(l->err->arena, "已有的%s", what);
	diag->mend = nearest == NULL ? "核对名称" : arena_printf(l->err->arena, "是不是“%s”？", nearest);
}

bool load_is(struct loader *l, const struct yaml *node, enum yaml_type type, const char *what)
{
	static const char *const words[] = {"一个标量", "一个列表", "一个映射"};
	if (node->type == type)
		return true;
	load_mistake(l, node, words[type], NULL, "%s写法不对", what);
	return false;
}

void load_keys(struct loader *l, const struct yaml *map, const char *const *known)
{
	for (size_t i = 0; i < map->count; i++) {
		const char *const *word = known;
		while (*word != NULL && strcmp(*word, map->keys[i]->text) != 0)
			word++;
		if (*word != NULL)
			continue;
		const char *nearest = names_nearest_of(known, map->keys[i]->text);
		struct buf {
			char *text;
		} all = {arena_strdup(l->err->arena, known[0] == NULL ? "" : known[0])};
		for (word = known[0] == NULL ? known : known + 1; *word != NULL; word++)
			all.text = arena_printf(l->err->arena, "%s、%s", all.text, *word);
		load_mistake(l, map->keys[i], arena_printf(l->err->arena, "只认 %s", all.text),
		             nearest == NULL ? "删去或者改名" : arena_printf(l->err->arena, "是不是“%s”？", nearest), "不认识的键“%s”", map->keys[i]->text);
	}
}

const char *load_text(struct loader *l, const struct yaml *map, const char *key, bool must)
{
	const struct yaml *node = yaml_get(map, key);
	if (node == NULL) {
		if (must)
			load_mistake(l, map, arena_printf(l->err->arena, "%s: 文字", key), arena_printf(l->err->arena, "补上“%s”", key), "缺少“%s”", key);
		return NULL;
	}
	if (!load_is(l, node, YAML_SCALAR, key))
		return NULL;
	if (node->text[0] == '\0') {
		load_mistake(l, node, "不空的文字", "填写或者删去这一行", "“%s”是空的", key);
		return NULL;
	}
	return node->text;
}

bool load_bool(struct loader *l, const struct yaml *map, const char *key, bool fallback)
{
	const struct yaml *node = yaml_get(map, key);
	if (node == NULL)
		return fallback;
	if (node->type == YAML_SCALAR && !node->quoted && text_eq(node->text, "true"))
		return true;
	if (node->type == YAML_SCALAR && !node->quoted && text_eq(node->text, "false"))
		return false;
	load_mistake(l, node, "true 或者 false", NULL, "“%s”写法不对", key);
	return fallback;
}

bool load_int(struct loader *l, const struct yaml *node, int64_t least, int64_t most, int64_t *out)
{
	if (node->type == YAML_SCALAR && text_int(node->text, strlen(node->text), out) && *out >= least && *out <= most)
		return true;
	load_mistake(l, node, arena_printf(l->err->arena, "%lld 到 %lld 之间的整数", (long long)least, (long long)most), NULL, "数字写法不对");
	return false;
}

day_t load_day(struct loader *l, const struct yaml *map, const char *key, bool must)
{
	const char *text = load_text(l, map, key, must);
	day_t day = DAY_NONE;
	if (text != NULL && !day_parse(text, strlen(text), &day)) {
		load_mistake(l, yaml_get(map, key), "形如 2021-01-01", NULL, "日期“%s”读不懂", text);
		return DAY_NONE;
	}
	return day;
}

struct words load_words(struct loader *l, const struct yaml *node)
{
	struct words out = {0};
	if (node == NULL)
		return out;
	if (node->type == YAML_MAP) {
		load_mistake(l, node, "一个词，或者词的列表", NULL, "写法不对");
		return out;
	}
	size_t count = node->type == YAML_LIST ? node->count : 1;
	out.items = ARENA_ARRAY(l->arena, count, const char *);
	for (size_t i = 0; i < count; i++) {
		const struct yaml *item = node->type == YAML_LIST ? node->items[i] : node;
		if (load_is(l, item, YAML_SCALAR, "列表的一项"))
			out.items[out.count++] = item->text;
	}
	return out;
}

const char *load_one_of(struct loader *l, const struct yaml *node, const char *const *list, const char *what)
{
	if (node == NULL || !load_is(l, node, YAML_SCALAR, what))
		return NULL;
	for (const char *const *word = list; *word != NULL; word++)
		if (strcmp(*word, node->text) == 0)
			return *word;
	load_unknown(l, node, what, names_nearest_of(list, node->text));
	return NULL;
}

/* The node of one word among those load_words read. */
static const struct yaml *node_of(const struct yaml *node, const char *word)
{
	for (size_t i = 0; node->type == YAML_LIST && i < node->count; i++)
		if (node->items[i]->type == YAML_SCALAR && strcmp(node->items[i]->text, word) == 0)
			return node->items[i];
	return node;
}

void load_words_known(struct loader *l, const struct yaml *node, const struct words *words, const struct names *known, const char *what)
{
	for (size_t i = 0; i < words->count; i++)
		if (!names_has(known, words->items[i]))
			load_unknown(l, node_of(node, words->items[i]), what, names_nearest(known, words->items[i]));
}

const struct kind *load_kind(struct loader *l, const struct yaml *node)
{
	if (!load_is(l, node, YAML_SCALAR, "记录种类"))
		return NULL;
	const struct kind *kind = names_get(&l->law->kinds, node->text);
	if (kind == NULL)
		load_unknown(l, node, "记录种类", names_nearest(&l->law->kinds, node->text));
	return kind;
}

struct kinds load_kinds(struct loader *l, const struct yaml *node)
{
	struct kinds out = {0};
	if (node == NULL)
		return out;
	if (node->type == YAML_MAP) {
		load_mistake(l, node, "一个记录种类，或者它们的列表", NULL, "写法不对");
		return out;
	}
	size_t count = node->type == YAML_LIST ? node->count : 1;
	out.items = ARENA_ARRAY(l->arena, count, const struct kind *);
	for (size_t i = 0; i < count; i++) {
		const struct kind *kind = load_kind(l, node->type == YAML_LIST ? node->items[i] : node);
		if (kind != NULL)
			out.items[out.count++] = kind;
	}
	return out;
}

bool load_limit(struct loader *l, const struct yaml *node, struct law_limit *out)
{
	*out = (struct law_limit){.unit = LIMIT_AT_ONCE};
	if (node->type == YAML_SCALAR && limit_read(node->text, out))
		return true;
	load_mistake(l, node, LIMIT_FORMS, NULL, "期限%s%s%s读不懂", node->type == YAML_SCALAR ? "“" : "", node->type == YAML_SCALAR ? node->text : "",
	             node->type == YAML_SCALAR ? "”" : "");
	return false;
}

void load_clause(struct loader *l, const struct yaml *map, const char *section, const char *rule, bool must, const char **first, struct words *all)
{
	const struct yaml *node = yaml_get(map, "clause");
	*first = NULL;
	*all = (struct words){0};
	if (node == NULL) {
		if (must)
			load_mistake(l, map, "clause: 条款编号", "写明依据的条款，例如 clause: yn-gs-14", "“%s”没有写依据的条款", rule);
		return;
	}
	*all = load_words(l, node);
	for (size_t i = 0; i < all->count; i++) {
		struct clause *clause = names_get(&l->law->clauses, all->items[i]);
		if (clause == NULL) {
			load_unknown(l, node_of(node, all->items[i]), "条款", names_nearest(&l->law->clauses, all->items[i]));
			continue;
		}
		struct cited *cited = ARENA_NEW(l->arena, struct cited);
		*cited = (struct cited){.section = section, .rule = rule};
		*clause->cited_tail = cited;
		clause->cited_tail = &cited->next;
		if (*first == NULL)
			*first = clause->id;
	}
}

void load_rule(struct loader *l, const struct yaml *map, const char *section, const char *name, const struct instrument *instrument, struct rule *out)
{
	out->section = section;
	out->name = name;
	out->full = arena_printf(l->arena, "%s/%s", instrument->id, name);
	out->instrument = instrument;
	out->source = map;
	load_clause(l, map, section, out->full, true, &out->clause, &out->clauses);
	out->title = yaml_get(map, "title") == NULL ? NULL : load_text(l, map, "title", false);
	const struct yaml *topic = yaml_get(map, "topic");
	if (topic != NULL && load_is(l, topic, YAML_SCALAR, "topic")) {
		out->topic = topic->text;
		if (!names_has(&l->law->topics, topic->text))
			load_unknown(l, topic, "主题", names_nearest(&l->law->topics, topic->text));
	}
}
