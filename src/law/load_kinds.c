/* Kinds of entry and their fields. Conditions of `required` are compiled later, when every kind is known. */
#include "law/loader.h"

#include "base/text.h"

const char *const field_type_words[FIELD_TYPES + 1] = {
    "", "text", "long", "choice", "choices", "yes-no", "number", "money", "date", "time", "range", "file", "files", "person", "organisation", "party", "uscc",
    "id-number", "division", "address", "officer", "officers", "signature", "agency", "user", "list", "clauses", "table", NULL};

static enum field_type read_type(struct loader *l, const struct yaml *node)
{
	const char *word = load_one_of(l, node, field_type_words + 1, "字段类型");
	for (int i = 1; word != NULL && i < FIELD_TYPES; i++)
		if (field_type_words[i] == word)
			return (enum field_type)i;
	return FIELD_NONE;
}

static void read_required(struct loader *l, const struct yaml *node, struct field *field)
{
	static const char *const keys[] = {"when", NULL};
	if (node == NULL)
		return;
	if (node->type == YAML_SCALAR && !node->quoted && text_eq(node->text, "true")) {
		field->required = true;
	} else if (node->type == YAML_MAP) {
		load_keys(l, node, keys);
		field->required_source = yaml_get(node, "when");
		if (field->required_source == NULL)
			load_mistake(l, node, "{when: 条件}", NULL, "required 没有写条件");
	} else if (node->type != YAML_SCALAR || node->quoted || !text_eq(node->text, "false")) {
		load_mistake(l, node, "true，或者 {when: 条件}", NULL, "required 写法不对");
	}
}

bool field_may_be_past(enum field_type type)
{
	return type == FIELD_DATE || type == FIELD_TIME || type == FIELD_RANGE;
}

static void read_limits(struct loader *l, const struct yaml *map, struct field *field)
{
	const struct yaml *min = yaml_get(map, "min"), *max = yaml_get(map, "max");
	int64_t least = field->type == FIELD_NUMBER || field->type == FIELD_MONEY || field->type == FIELD_NONE ? -INT64_C(1000000000000) : 0;
	if (min != NULL)
		field->has_min = load_int(l, min, least, INT64_C(1000000000000), &field->min);
	if (max != NULL)
		field->has_max = load_int(l, max, least, INT64_C(1000000000000), &field->max);
	if (field->has_min && field->has_max && field->min > field->max)
		load_mistake(l, min, "不大于 max", NULL, "min 大于 max");
}

static void read_columns(struct loader *l, const struct yaml *map, struct field *field, const char *section, const char *rule)
{
	const struct yaml *columns = yaml_get(map, "columns");
	if (field->type == FIELD_TABLE && columns == NULL)
		load_mistake(l, map, "columns: 各列的字段", "补上“columns”", "表格“%s”没有列", field->name);
	if (columns == NULL || !load_is(l, columns, YAML_MAP, "columns"))
		return;
	field->columns = ARENA_ARRAY(l->arena, columns->count, struct field *);
	for (size_t i = 0; i < columns->count; i++) {
		struct field *column = load_field(l, columns->keys[i]->text, columns->items[i], field->instrument, section, rule);
		if (column == NULL)
			continue;
		field->columns[field->ncolumns++] = column;
		if (column->type == FIELD_NONE || column->type == FIELD_TABLE)
			load_mistake(l, columns->items[i], "有类型、不是表格的字段", NULL, "列“%s”的类型不对", column->name);
		if (column->fact != NULL || column->required_source != NULL || column->applies_source != NULL || column->options_for != NULL)
			load_mistake(l, columns->items[i], "列里不写 fact、when 和 options-for，required 只写 true", NULL, "列“%s”写多了", column->name);
	}
}

static void read_options_for(struct loader *l, const struct yaml *map, struct field *field)
{
	if (map == NULL || !load_is(l, map, YAML_MAP, "options-for"))
		return;
	for (size_t i = 0; i < map->count; i++) {
		struct options_for *one = ARENA_NEW(l->arena, struct options_for);
		one->procedure = map->keys[i]->text;
		one->options = load_words(l, map->items[i]);
		one->next = field->options_for;
		field->options_for = one;
		if (!names_has(&l->law->procedures, one->procedure))
			load_unknown(l, map->keys[i], "程序", names_nearest(&l->law->procedures, one->procedure));
		for (size_t k = 0; k < one->options.count; k++)
			if (!words_has(&field->options, one->options.items[k]))
				load_mistake(l, map->items[i], "同一字段 options 里的词", NULL, "options-for 里的“%s”不在 options 里", one->options.items[k]);
	}
}

static void check_shape(struct loader *l, const struct yaml *map, const struct field *field)
{
	bool choice = field->type == FIELD_CHOICE || field->type == FIELD_CHOICES;
	if (choice && field->options.count == 0)
		load_mistake(l, map, "options: [..]", "列出可选的词", "选择字段“%s”没有选项", field->name);
	if (!choice && field->type != FIELD_NONE && field->options.count > 0)
		load_mistake(l, yaml_get(map, "options"), "只有 choice 和 choices 有选项", "删去 options 或者改类型", "字段“%s”不是选择字段", field->name);
	if (field->type != FIELD_NONE && field->title == NULL)
		load_mistake(l, map, "title: 中文名称", "补上“title”", "字段“%s”没有名称", field->name);
	if (field->applies_source != NULL && field->type == FIELD_NONE)
		load_mistake(l, field->applies_source, "when 写在有 title 和 type 的那一处", "移到那里", "字段“%s”在这里没有类型", field->name);
	if (field->past && field->type != FIELD_NONE && !field_may_be_past(field->type))
		load_mistake(l, yaml_get(map, "past"), "只有 date、time 和 range 能写 past", "删去 past", "字段“%s”不是日期或者时间", field->name);
	if (field->type != FIELD_TABLE && field->type != FIELD_NONE && field->columns != NULL)
		load_mistake(l, yaml_get(map, "columns"), "只有 table 有列", NULL, "字段“%s”不是表格", field->name);
}

struct field *load_field(struct loader *l, const char *name, const struct yaml *map, const struct instrument *instrument, const char *section, const char *rule)
{
	static const char *const keys[] = {"title", "type", "required", "options", "options-for", "min", "max", "fact", "clause", "columns", "help", "past", "when", NULL};
	if (!load_is(l, map, YAML_MAP, "字段"))
		return NULL;
	struct field *field = ARENA_NEW(l->arena, struct field);
	field->name = name;
	field->instrument = instrument;
	field->source = map;
	load_keys(l, map, keys);
	field->title = load_text(l, map, "title", false);
	field->help = load_text(l, map, "help", false);
	field->fact = load_text(l, map, "fact", false);
	field->type = yaml_get(map, "type") == NULL ? FIELD_NONE : read_type(l, yaml_get(map, "type"));
	field->options = load_words(l, yaml_get(map, "options"));
	read_options_for(l, yaml_get(map, "options-for"), field);
	load_clause(l, map, section, arena_printf(l->arena, "%s.%s", rule, name), false, &field->clause, &field->clauses);
	read_required(l, yaml_get(map, "required"), field);
	field->past = load_bool(l, map, "past", false);
	field->applies_source = yaml_get(map, "when");
	read_limits(l, map, field);
	read_columns(l, map, field, section, rule);
	check_shape(l, map, field);
	return field;
}

static void add_field(struct kind *kind, struct field *field)
{
	struct field *first = names_get(&kind->fields, field->name);
	if (first == NULL) {
		(void)names_put(&kind->fields, field->name, field);
		return;
	}
	while (first->next != NULL)
		first = first->next;
	first->next = field;
}

static json_t *constant(struct loader *l, const struct yaml *node)
{
	int64_t number;
	if (!load_is(l, node, YAML_SCALAR, "事实的值"))
		return json_tie(l->arena, json_null());
	if (!node->quoted && text_eq(node->text, "true"))
		return json_tie(l->arena, json_true());
	if (!node->quoted && text_eq(node->text, "false"))
		return json_tie(l->arena, json_false());
	if (!node->quoted && text_int(node->text, strlen(node->text), &number))
		return json_tie(l->arena, json_integer(number));
	return json_tie(l->arena, json_string(node->text));
}

static void read_sets(struct loader *l, const struct yaml *map, struct kind *kind)
{
	if (map == NULL || !load_is(l, map, YAML_MAP, "sets"))
		return;
	struct setting **tail = &kind->sets;
	for (size_t i = 0; i < map->count; i++) {
		struct setting *setting = ARENA_NEW(l->arena, struct setting);
		setting->fact = map->keys[i]->text;
		setting->value = constant(l, map->items[i]);
		*tail = setting;
		tail = &setting->next;
	}
}

/* What only the instrument that makes the kind may say. */
static void read_base(struct loader *l, const struct yaml *map, struct kind *kind, const struct instrument *instrument)
{
	static const char *const streams[] = {"case", "agency", "officer", "user", "device", "list", "report", "publication", NULL};
	kind->defined = true;
	kind->instrument = instrument;
	kind->source = map;
	kind->title = load_text(l, map, "title", true);
	const struct yaml *stream = yaml_get(map, "stream"), *stage = yaml_get(map, "stage");
	kind->stream = stream == NULL ? "case" : load_one_of(l, stream, streams, "记录流");
	if (stage != NULL && load_is(l, stage, YAML_SCALAR, "stage")) {
		kind->stage = stage->text;
		if (!names_has(&l->law->stages, stage->text))
			load_unknown(l, stage, "阶段", names_nearest(&l->law->stages, stage->text));
	}
	if (text_eq(kind->stream, "case") && stage == NULL)
		load_mistake(l, map, "stage: 五个阶段之一", "补上“stage”", "案件的记录种类“%s”没有写阶段", kind->id);
	kind->procedures = load_words(l, yaml_get(map, "procedures"));
	kind->by = load_words(l, yaml_get(map, "by"));
	load_words_known(l, yaml_get(map, "procedures"), &kind->procedures, &l->law->procedures, "程序");
	load_words_known(l, yaml_get(map, "by"), &kind->by, &l->law->roles, "角色");
	kind->once = load_bool(l, map, "once", false);
	kind->internal = load_bool(l, map, "internal", false);
	kind->clears = load_words(l, yaml_get(map, "clears"));
	read_sets(l, yaml_get(map, "sets"), kind);
}

static void read_fields(struct loader *l, const struct yaml *fields, struct kind *kind, const struct instrument *instrument)
{
	if (fields == NULL || !load_is(l, fields, YAML_MAP, "fields"))
		return;
	for (size_t i = 0; i < fields->count; i++) {
		const char *name = fields->keys[i]->text;
		struct field *field = load_field(l, name, fields->items[i], instrument, "kinds", arena_printf(l->arena, "%s/%s", instrument->id, kind->id));
		if (field != NULL)
			add_field(kind, field);
	}
}

static void read_kind(struct loader *l, const struct yaml *key, const struct yaml *map, const struct instrument *instrument)
{
	static const char *const all[] = {"title", "stream", "stage", "procedures", "by", "once", "officers", "signs", "sets", "clears", "clause", "internal", "fields", NULL};
	static const char *const adding[] = {"fields", "officers", "signs", "clause", NULL};
	if (!load_is(l, map, YAML_MAP, "记录种类"))
		return;
	struct kind *kind = names_get(&l->law->kinds, key->text);
	bool base = yaml_get(map, "title") != NULL;
	if (kind == NULL) {
		kind = ARENA_NEW(l->arena, struct kind);
		kind->id = key->text;
		kind->order = l->law->kinds.count;
		kind->source = map;
		kind->parts_tail = &kind->parts;
		names_init(&kind->fields, l->arena);
		names_init(&kind->watched, l->arena);
		(void)names_put(&l->law->kinds, kind->id, kind);
	} else if (base && kind->defined) {
		load_mistake(l, key, "在一处定义，别处只写 fields、officers、signs", "改名，或者只留要加的", "记录种类“%s”已经在 %s 定义过", kind->id,
		             yaml_where(kind->source, l->err->arena));
		base = false;
	}
	load_keys(l, map, base ? all : adding);
	if (base)
		read_base(l, map, kind, instrument);
	struct kind_part *part = ARENA_NEW(l->arena, struct kind_part);
	part->instrument = instrument;
	part->source = map;
	part->signs = load_words(l, yaml_get(map, "signs"));
	const char *clause;
	load_clause(l, map, "kinds", arena_printf(l->arena, "%s/%s", instrument->id, kind->id), base, &clause, &part->clauses);
	int64_t officers = 0;
	if (yaml_get(map, "officers") != NULL && load_int(l, yaml_get(map, "officers"), 1, 20, &officers))
		part->officers = (int)officers;
	*kind->parts_tail = part;
	kind->parts_tail = &part->next;
	read_fields(l, yaml_get(map, "fields"), kind, instrument);
}

void load_kind_section(struct loader *l, const struct source *source)
{
	const struct yaml *map = yaml_get(source->file, "kinds");
	if (map == NULL || !load_is(l, map, YAML_MAP, "kinds"))
		return;
	for (size_t i = 0; i < map->count; i++)
		read_kind(l, map->keys[i], map->items[i], source->instrument);
}
