/* Conditions, compiled to trees with interned paths. Every name in them is checked: kinds, fields, facts, roles, the words of choices. */
#include "law/facts.h"
#include "law/limit.h"

#include "base/text.h"

#define PARTS_MAX 6

static const struct cond *all_of(struct loader *l, const struct yaml *map, const struct kinds *kinds);

/* --- paths --------------------------------------------------------------------------------------------------------- */

static struct path *split_path(struct loader *l, const char *text, enum path_root root, const char *rest)
{
	struct path *path = ARENA_NEW(l->arena, struct path);
	path->root = root;
	path->text = text;
	path->slot = -1;
	path->parts = ARENA_ARRAY(l->arena, PARTS_MAX, const char *);
	while (path->count < PARTS_MAX) {
		const char *dot = strchr(rest, '.');
		path->parts[path->count++] = dot == NULL ? rest : arena_strndup(l->arena, rest, (size_t)(dot - rest));
		if (dot == NULL)
			break;
		rest = dot + 1;
	}
	return path;
}

static const struct field *field_of(const struct kinds *kinds, const char *name)
{
	for (size_t i = 0; kinds != NULL && i < kinds->count; i++) {
		const struct field *field = names_get(&kinds->items[i]->fields, name);
		if (field != NULL)
			return field;
	}
	return NULL;
}

static const char *nearest_field(const struct kinds *kinds, const char *name)
{
	const char *nearest = NULL;
	for (size_t i = 0; kinds != NULL && nearest == NULL && i < kinds->count; i++)
		nearest = names_nearest(&kinds->items[i]->fields, name);
	return nearest;
}

static void check_member(struct loader *l, const struct yaml *node, const struct field *field, const struct path *path)
{
	const struct field *base = field == NULL ? NULL : field_base(field);
	if (base == NULL || path->count < 2)
		return;
	const char *const *members = members_of(base->type), *const *one = members;
	while (one != NULL && *one != NULL && strcmp(*one, path->parts[1]) != 0)
		one++;
	if (one != NULL && *one != NULL)
		return;
	const char *nearest = members == NULL ? NULL : names_nearest_of(members, path->parts[1]);
	load_mistake(l, node, members == NULL ? "这个字段没有下一级" : "这类字段的下一级名称",
	             nearest == NULL ? NULL : arena_printf(l->err->arena, "是不是“%s”？", nearest), "“%s”里没有“%s”", path->parts[0], path->parts[1]);
}

static void check_body_path(struct loader *l, const struct yaml *node, const struct kinds *kinds, const struct path *path)
{
	if (kinds == NULL || kinds->count == 0) /* nothing known to look at: said where the kinds are wrong */
		return;
	const struct field *field = field_of(kinds, path->parts[0]);
	if (field != NULL) {
		check_member(l, node, field, path);
		return;
	}
	const char *nearest = nearest_field(kinds, path->parts[0]);
	load_mistake(l, node, arena_printf(l->err->arena, "“%s”的字段", kinds->items[0]->id), nearest == NULL ? NULL : arena_printf(l->err->arena, "是不是“%s”？", nearest),
	             "没有叫“%s”的字段", path->parts[0]);
}

static void check_fact_path(struct loader *l, const struct yaml *node, const struct path *path)
{
	const struct fact_source *source = names_get(&l->law->facts, path->parts[0]);
	if (source == NULL) {
		const char *nearest = names_nearest(&l->law->facts, path->parts[0]);
		load_mistake(l, node, "案件事实（字段的 fact、记录的 sets，或者程序自己记的），或者 body.字段、by.roles",
		             nearest == NULL ? NULL : arena_printf(l->err->arena, "是不是“%s”？", nearest), "没有叫“%s”的事实", path->parts[0]);
		return;
	}
	for (; source != NULL && source->field == NULL; source = source->next)
		if (source->constant == NULL)
			return;
	if (source != NULL)
		check_member(l, node, source->field, path);
}

static const struct path *path_at(struct loader *l, const struct yaml *node, const struct kinds *kinds)
{
	const char *text = node->text;
	struct path *path;
	if (text_starts(text, "body.")) {
		path = split_path(l, text, PATH_BODY, text + 5);
		check_body_path(l, node, kinds, path);
	} else if (text_starts(text, "by.")) {
		path = split_path(l, text, PATH_BY, text + 3);
		if (!text_eq(path->text, "by.roles") && !text_eq(path->text, "by.id"))
			load_mistake(l, node, "by.roles 或者 by.id", NULL, "不认识“%s”", text);
	} else {
		path = split_path(l, text, PATH_FACT, text);
		check_fact_path(l, node, path);
		path->slot = names_index(&l->law->facts, path->parts[0]);
	}
	return path;
}

const struct path *load_path(struct loader *l, const struct yaml *node, const struct kinds *kinds)
{
	if (node == NULL || !load_is(l, node, YAML_SCALAR, "路径"))
		return NULL;
	return path_at(l, node, kinds);
}

/* --- values and tests ---------------------------------------------------------------------------------------------- */

/* Two decimals make money: compared in fen. */
static bool looks_like_money(const char *text)
{
	const char *dot = strchr(text, '.');
	return dot != NULL && strlen(dot) == 3 && strspn(text, "0123456789") == (size_t)(dot - text) && strspn(dot + 1, "0123456789") == 2;
}

static void value_at(struct loader *l, const struct yaml *node, const struct kinds *kinds, struct value *out)
{
	static const char *const keys[] = {"ref", NULL};
	*out = (struct value){.type = VALUE_TEXT, .text = ""};
	if (node->type == YAML_MAP) {
		load_keys(l, node, keys);
		out->type = VALUE_REF;
		out->ref = load_path(l, yaml_get(node, "ref"), kinds);
		if (out->ref == NULL)
			load_mistake(l, node, "{ref: 路径}", NULL, "比较的对象写法不对");
		return;
	}
	if (!load_is(l, node, YAML_SCALAR, "比较的对象"))
		return;
	out->text = node->text;
	if (node->quoted)
		return;
	if (text_eq(node->text, "true") || text_eq(node->text, "false")) {
		out->type = VALUE_BOOL;
		out->yes = text_eq(node->text, "true");
	} else if (looks_like_money(node->text) ? text_money(node->text, &out->number) : text_int(node->text, strlen(node->text), &out->number)) {
		out->type = VALUE_NUMBER;
	}
}

/* The words of a choice are checked, so that a slip of the pen in a condition cannot hide. */
static void check_value(struct loader *l, const struct yaml *node, const struct path *path, const struct kinds *kinds, const struct value *value)
{
	const char *nearest = NULL;
	bool fine = true;
	if (path->root == PATH_BY) {
		fine = !text_eq(path->text, "by.roles") || names_has(&l->law->roles, value->text);
		nearest = fine ? NULL : names_nearest(&l->law->roles, value->text);
	} else if (path->count == 1 && path->root == PATH_FACT) {
		fine = !names_has(&l->law->facts, path->parts[0]) || fact_may_hold(l->law, path->parts[0], value, &nearest);
	} else if (path->count == 1) {
		bool known = false, held = false;
		for (size_t i = 0; kinds != NULL && i < kinds->count; i++) {
			const struct field *field = names_get(&kinds->items[i]->fields, path->parts[0]);
			known = known || field != NULL;
			held = held || (field != NULL && field_may_hold(field, value, &nearest));
		}
		fine = !known || held;
	}
	if (!fine)
		load_mistake(l, node, "它可能有的值", nearest == NULL ? NULL : arena_printf(l->err->arena, "是不是“%s”？", nearest), "“%s”不会是“%s”", path->text, value->text);
}

static struct test *test_of(struct loader *l, enum test_op op, const struct yaml *node, const struct path *path, const struct kinds *kinds, const struct kinds *owners)
{
	struct test *test = ARENA_NEW(l->arena, struct test);
	size_t count = node->type == YAML_LIST ? node->count : 1;
	test->op = op;
	test->values = ARENA_ARRAY(l->arena, count, struct value);
	test->count = count;
	bool words = op == TEST_IN || op == TEST_NOT_IN || op == TEST_HAS;
	if (count == 0)
		load_mistake(l, node, "至少一项", NULL, "列表是空的");
	if (!words && node->type == YAML_LIST)
		load_mistake(l, node, "一个值", NULL, "比大小不能用列表");
	for (size_t i = 0; i < count; i++) {
		const struct yaml *item = node->type == YAML_LIST ? node->items[i] : node;
		value_at(l, item, kinds, &test->values[i]);
		if (op == TEST_PRESENT ? test->values[i].type != VALUE_BOOL : test->values[i].type == VALUE_BOOL && !words)
			load_mistake(l, item, op == TEST_PRESENT ? "true 或者 false" : "数、金额、日期或者 {ref: 路径}", NULL, "比较的对象写法不对");
		if (words)
			check_value(l, item, path, owners, &test->values[i]);
	}
	return test;
}

static const struct test *test_map(struct loader *l, const struct yaml *map, const struct path *path, const struct kinds *kinds, const struct kinds *owners)
{
	static const char *const words[] = {"at-least", "at-most", "above", "below", "is", "not", "in", "has", "present", NULL};
	static const enum test_op ops[] = {TEST_AT_LEAST, TEST_AT_MOST, TEST_ABOVE, TEST_BELOW, TEST_IN, TEST_NOT_IN, TEST_IN, TEST_HAS, TEST_PRESENT};
	const struct test *first = NULL;
	load_keys(l, map, words);
	for (size_t i = map->count; i-- > 0;) {
		for (size_t k = 0; words[k] != NULL; k++) {
			if (strcmp(words[k], map->keys[i]->text) != 0)
				continue;
			struct test *test = test_of(l, ops[k], map->items[i], path, kinds, owners);
			test->next = first;
			first = test;
		}
	}
	return first;
}

/* `owners`: the kinds whose field the path names; `kinds`: what `body` in a {ref: …} may be. */
static const struct cond *test_line(struct loader *l, const struct path *path, const struct yaml *node, const struct kinds *kinds, const struct kinds *owners)
{
	struct cond *cond = ARENA_NEW(l->arena, struct cond);
	cond->op = COND_TEST;
	cond->path = path;
	bool map = node->type == YAML_MAP && yaml_get(node, "ref") == NULL;
	cond->test = map ? test_map(l, node, path, kinds, owners) : test_of(l, TEST_IN, node, path, kinds, owners);
	return cond;
}

/* --- lines --------------------------------------------------------------------------------------------------------- */

static void watch(struct loader *l, const struct kinds *kinds, const struct path *path)
{
	(void)l;
	for (size_t i = 0; i < kinds->count; i++)
		(void)names_put(&((struct kind *)(uintptr_t)kinds->items[i])->watched, path->parts[0], NULL);
}

static const struct cond *with_lines(struct loader *l, const struct yaml *map, const struct kinds *owners, const struct kinds *kinds)
{
	const struct cond *first = NULL;
	if (!load_is(l, map, YAML_MAP, "with"))
		return NULL;
	for (size_t i = map->count; i-- > 0;) {
		struct path *path = split_path(l, map->keys[i]->text, PATH_ENTRY, map->keys[i]->text);
		check_body_path(l, map->keys[i], owners, path);
		watch(l, owners, path);
		struct cond *line = (struct cond *)(uintptr_t)test_line(l, path, map->items[i], kinds, owners);
		line->next = first;
		first = line;
	}
	return first;
}

/* `after: KIND`, a list of kinds, or {kind: …, with: {…}}. */
static void after_line(struct loader *l, const struct yaml *node, const struct kinds *kinds, struct cond *cond)
{
	static const char *const keys[] = {"kind", "with", NULL};
	if (node == NULL)
		return;
	bool map = node->type == YAML_MAP;
	if (map) {
		load_keys(l, node, keys);
		if (yaml_get(node, "kind") == NULL)
			load_mistake(l, node, "kind: 记录种类", "补上“kind”", "没有写在哪种记录之后");
	}
	struct kinds of = load_kinds(l, map ? yaml_get(node, "kind") : node);
	cond->after = of.items;
	cond->nafter = of.count;
	if (map && yaml_get(node, "with") != NULL)
		cond->after_with = with_lines(l, yaml_get(node, "with"), &of, kinds);
}

static struct cond *entry_line(struct loader *l, const struct yaml *node, const struct kinds *kinds)
{
	static const char *const keys[] = {"kind", "with", "latest", "after", "at-least", NULL};
	struct cond *cond = ARENA_NEW(l->arena, struct cond);
	cond->op = COND_ENTRY;
	cond->at_least = 1;
	struct kinds of = load_kinds(l, node->type == YAML_MAP ? yaml_get(node, "kind") : node);
	if (node->type == YAML_MAP) {
		int64_t count;
		load_keys(l, node, keys);
		if (yaml_get(node, "kind") == NULL)
			load_mistake(l, node, "kind: 记录种类", "补上“kind”", "没有写哪种记录");
		cond->latest = load_bool(l, node, "latest", false);
		after_line(l, yaml_get(node, "after"), kinds, cond);
		if (yaml_get(node, "at-least") != NULL && load_int(l, yaml_get(node, "at-least"), 1, 1000, &count))
			cond->at_least = (int)count;
		if (yaml_get(node, "with") != NULL)
			cond->first = with_lines(l, yaml_get(node, "with"), &of, kinds);
	}
	cond->kinds = of.items;
	cond->nkinds = of.count;
	return cond;
}

static struct cond *hand_line(struct loader *l, const struct yaml *node)
{
	struct cond *cond = ARENA_NEW(l->arena, struct cond);
	struct kinds of = load_kinds(l, node);
	cond->op = COND_DIFFERENT_HAND;
	cond->kinds = of.items;
	cond->nkinds = of.count;
	return cond;
}

static struct cond *qualified_line(struct loader *l, const struct yaml *node, const struct kinds *kinds)
{
	static const char *const keys[] = {"of", "at-least", NULL};
	struct cond *cond = ARENA_NEW(l->arena, struct cond);
	int64_t count = 1;
	cond->op = COND_QUALIFIED;
	if (!load_is(l, node, YAML_MAP, "qualified"))
		return cond;
	load_keys(l, node, keys);
	cond->path = load_path(l, yaml_get(node, "of"), kinds);
	if (cond->path == NULL)
		load_mistake(l, node, "of: 执法人员的路径", "补上“of”", "没有写看哪个字段");
	if (yaml_get(node, "at-least") != NULL)
		(void)load_int(l, yaml_get(node, "at-least"), 1, 20, &count);
	cond->at_least = (int)count;
	return cond;
}

static void read_since(struct loader *l, const struct yaml *node, const struct kinds *kinds, struct cond *cond)
{
	if (!load_is(l, node, YAML_SCALAR, "since"))
		return;
	const struct kind *kind = names_get(&l->law->kinds, node->text);
	if (kind == NULL) {
		cond->path = path_at(l, node, kinds);
		return;
	}
	cond->kinds = ARENA_ARRAY(l->arena, 1, const struct kind *);
	cond->kinds[0] = kind;
	cond->nkinds = 1;
}

static struct cond *elapsed_line(struct loader *l, const struct yaml *node, const struct kinds *kinds)
{
	static const char *const keys[] = {"since", "until", "at-least", "at-most", "above", "below", NULL};
	static const enum test_op ops[] = {TEST_AT_LEAST, TEST_AT_MOST, TEST_ABOVE, TEST_BELOW};
	struct cond *cond = ARENA_NEW(l->arena, struct cond);
	int bounds = 0;
	cond->op = COND_ELAPSED;
	if (!load_is(l, node, YAML_MAP, "elapsed"))
		return cond;
	load_keys(l, node, keys);
	if (yaml_get(node, "since") == NULL)
		load_mistake(l, node, "since: 记录种类或者路径", "补上“since”", "没有写从什么时候算起");
	else
		read_since(l, yaml_get(node, "since"), kinds, cond);
	cond->until = load_path(l, yaml_get(node, "until"), kinds);
	for (size_t i = 0; i < 4; i++) {
		const struct yaml *bound = yaml_get(node, keys[i + 2]);
		if (bound == NULL)
			continue;
		bounds++;
		cond->bound = ops[i];
		(void)load_limit(l, bound, &cond->limit);
	}
	if (bounds != 1)
		load_mistake(l, node, "at-least、at-most、above、below 中的一个", NULL, "elapsed 要写恰好一个界限");
	return cond;
}

/* "06:00" to µs of the day. */
static int64_t clock_time(struct loader *l, const struct yaml *node, int64_t fallback)
{
	int64_t hour, minute;
	if (node == NULL)
		return fallback;
	if (node->type == YAML_SCALAR && strlen(node->text) == 5 && node->text[2] == ':' && text_int(node->text, 2, &hour) && text_int(node->text + 3, 2, &minute) &&
	    hour >= 0 && hour < 24 && minute >= 0 && minute < 60)
		return hour * INSTANT_HOUR + minute * 60 * INSTANT_SECOND;
	load_mistake(l, node, "形如 \"06:00\"（写在引号里）", NULL, "时刻写法不对");
	return fallback;
}

static struct cond *working_line(struct loader *l, const struct yaml *node, const struct kinds *kinds)
{
	static const char *const keys[] = {"of", "from", "until", NULL};
	struct cond *cond = ARENA_NEW(l->arena, struct cond);
	cond->op = COND_WORKING_TIME;
	if (!load_is(l, node, YAML_MAP, "working-time"))
		return cond;
	load_keys(l, node, keys);
	cond->path = load_path(l, yaml_get(node, "of"), kinds);
	if (cond->path == NULL)
		load_mistake(l, node, "of: 路径", "补上“of”", "没有写看哪个时间");
	cond->day_from = clock_time(l, yaml_get(node, "from"), 0);
	cond->day_until = clock_time(l, yaml_get(node, "until"), INSTANT_DAY);
	return cond;
}

static struct cond *group(struct loader *l, enum cond_op op, const struct yaml *node, const struct kinds *kinds)
{
	struct cond *cond = ARENA_NEW(l->arena, struct cond);
	cond->op = op;
	if (op == COND_NOT) {
		cond->first = all_of(l, node, kinds);
		return cond;
	}
	if (!load_is(l, node, YAML_LIST, op == COND_ANY ? "any" : "all"))
		return cond;
	if (node->count == 0)
		load_mistake(l, node, "至少一项", NULL, "列表是空的");
	for (size_t i = node->count; i-- > 0;) {
		struct cond *child = (struct cond *)(uintptr_t)all_of(l, node->items[i], kinds);
		if (child == NULL)
			continue;
		child->next = cond->first;
		cond->first = child;
	}
	return cond;
}

static struct cond *line_at(struct loader *l, const struct yaml *key, const struct yaml *node, const struct kinds *kinds)
{
	const char *word = key->text;
	if (strcmp(word, "any") == 0)
		return group(l, COND_ANY, node, kinds);
	if (strcmp(word, "all") == 0)
		return group(l, COND_ALL, node, kinds);
	if (strcmp(word, "not") == 0)
		return group(l, COND_NOT, node, kinds);
	if (strcmp(word, "entry") == 0)
		return entry_line(l, node, kinds);
	if (strcmp(word, "different-hand") == 0)
		return hand_line(l, node);
	if (strcmp(word, "qualified") == 0 && node->type == YAML_MAP && yaml_get(node, "of") != NULL)
		return qualified_line(l, node, kinds);
	if (strcmp(word, "elapsed") == 0)
		return elapsed_line(l, node, kinds);
	if (strcmp(word, "working-time") == 0)
		return working_line(l, node, kinds);
	const struct path *path = path_at(l, key, kinds);
	return (struct cond *)(uintptr_t)test_line(l, path, node, kinds, kinds);
}

static const struct cond *all_of(struct loader *l, const struct yaml *map, const struct kinds *kinds)
{
	if (!load_is(l, map, YAML_MAP, "条件"))
		return NULL;
	struct cond *cond = ARENA_NEW(l->arena, struct cond);
	cond->op = COND_ALL;
	if (map->count == 0)
		load_mistake(l, map, "至少一行", NULL, "条件是空的");
	for (size_t i = map->count; i-- > 0;) {
		struct cond *line = line_at(l, map->keys[i], map->items[i], kinds);
		line->next = cond->first;
		cond->first = line;
	}
	return cond;
}

const struct cond *load_cond(struct loader *l, const struct yaml *node, const struct kinds *kinds)
{
	const struct cond *cond = node == NULL ? NULL : all_of(l, node, kinds);
	memo_number(l, cond);
	return cond;
}
