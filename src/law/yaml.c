#include "law/yaml.h"

#include <errno.h>
#include <libfyaml.h>

#include "base/text.h"
#include "law/yaml_fault.h"

#define FILE_MAX_BYTES ((size_t)1 << 20)
#define DEPTH_MAX 32

struct reader {
	struct fy_parser *parser;
	const char *shown;
	const char *text; /* the whole file, ended by a NUL */
	size_t len;
	struct arena *arena;
	struct err *err;
};

const char *yaml_where(const struct yaml *node, struct arena *arena)
{
	return arena_printf(arena, "%s:%d:%d", node->file, node->line, node->column);
}

struct yaml *yaml_get(const struct yaml *map, const char *key)
{
	if (map == NULL || map->type != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->keys[i]->text, key) == 0)
			return map->items[i];
	return NULL;
}

static struct diag *mistake(struct reader *r, const struct yaml *node, const char *what, const char *mend)
{
	struct diag *diag = err_diag(r->err, yaml_where(node, r->err->arena), "%s", what);
	diag->why = "只用普通的映射、列表和标量";
	diag->mend = mend;
	return diag;
}

static struct yaml *node_at(struct reader *r, struct fy_event *event, enum yaml_type type)
{
	struct yaml *node = ARENA_NEW(r->arena, struct yaml);
	const struct fy_mark *mark = fy_event_start_mark(event);
	node->type = type;
	node->file = r->shown;
	node->line = mark == NULL ? 1 : mark->line + 1;
	node->column = mark == NULL ? 1 : mark->column + 1;
	return node;
}

static void refuse_extras(struct reader *r, const struct yaml *node, struct fy_event *event)
{
	if (fy_event_get_anchor_token(event) != NULL)
		mistake(r, node, "这里用了锚（&）", "把内容直接写出来");
	if (fy_event_get_tag_token(event) != NULL)
		mistake(r, node, "这里用了类型标签（!）", "去掉标签");
}

struct growing {
	struct yaml **data;
	size_t count, cap;
};

static void push(struct arena *arena, struct growing *list, struct yaml *node)
{
	if (list->count == list->cap) {
		size_t cap = list->cap == 0 ? 8 : list->cap * 2;
		struct yaml **bigger = ARENA_ARRAY(arena, cap, struct yaml *);
		if (list->count > 0)
			memcpy(bigger, list->data, list->count * sizeof(*bigger));
		list->data = bigger;
		list->cap = cap;
	}
	list->data[list->count++] = node;
}

static struct yaml *read_node(struct reader *r, struct fy_event *event, int depth);

/* The next event's node, or NULL at the end of the collection or where the parser gave up (*broken). */
static struct yaml *next_node(struct reader *r, enum fy_event_type end, int depth, bool *broken)
{
	struct fy_event *event = fy_parser_parse(r->parser);
	*broken = event == NULL;
	if (event == NULL)
		return NULL;
	struct yaml *node = NULL;
	if (event->type != end) {
		node = read_node(r, event, depth);
		*broken = node == NULL;
	}
	fy_parser_event_free(r->parser, event);
	return node;
}

static bool check_key(struct reader *r, const struct growing *keys, const struct yaml *key)
{
	if (key->type != YAML_SCALAR) {
		mistake(r, key, "键不是一个词", "用一个词作键");
		return false;
	}
	if (strcmp(key->text, "<<") == 0) {
		mistake(r, key, "这里用了合并键（<<）", "把内容直接写出来");
		return false;
	}
	for (size_t i = 0; i < keys->count; i++) {
		if (strcmp(keys->data[i]->text, key->text) == 0) {
			char *what = arena_printf(r->err->arena, "键“%s”写了两次（前一次在第 %d 行）", key->text, keys->data[i]->line);
			mistake(r, key, what, "留一个，或者改名")->why = "一个映射里每个键只出现一次";
			return false;
		}
	}
	return true;
}

static struct yaml *read_map(struct reader *r, struct yaml *map, int depth)
{
	struct growing keys = {0}, items = {0};
	for (;;) {
		bool broken;
		struct yaml *key = next_node(r, FYET_MAPPING_END, depth, &broken);
		if (broken)
			return NULL;
		if (key == NULL)
			break;
		struct yaml *item = next_node(r, FYET_NONE, depth, &broken);
		if (broken)
			return NULL;
		if (!check_key(r, &keys, key))
			continue;
		push(r->arena, &keys, key);
		push(r->arena, &items, item);
	}
	map->count = keys.count;
	map->keys = keys.data;
	map->items = items.data;
	return map;
}

static struct yaml *read_list(struct reader *r, struct yaml *list, int depth)
{
	struct growing items = {0};
	for (;;) {
		bool broken;
		struct yaml *item = next_node(r, FYET_SEQUENCE_END, depth, &broken);
		if (broken)
			return NULL;
		if (item == NULL)
			break;
		push(r->arena, &items, item);
	}
	list->count = items.count;
	list->items = items.data;
	return list;
}

static struct yaml *read_scalar(struct reader *r, struct fy_event *event)
{
	struct yaml *node = node_at(r, event, YAML_SCALAR);
	refuse_extras(r, node, event);
	size_t len = 0;
	const char *text = fy_token_get_text(event->scalar.value, &len);
	node->text = arena_strndup(r->arena, text == NULL ? "" : text, text == NULL ? 0 : len);
	node->quoted = fy_token_scalar_style(event->scalar.value) != FYSS_PLAIN;
	if (!utf8_valid(node->text, strlen(node->text)) || strlen(node->text) != len) {
		mistake(r, node, "文字不是规范的 UTF-8", "用 UTF-8 保存文件");
		node->text = "";
	}
	return node;
}

static struct yaml *read_node(struct reader *r, struct fy_event *event, int depth)
{
	struct yaml *node;
	switch (event->type) {
	case FYET_SCALAR: return read_scalar(r, event);
	case FYET_ALIAS:
		node = node_at(r, event, YAML_SCALAR);
		node->text = "";
		mistake(r, node, "这里用了别名（*）", "把内容直接写出来");
		return node;
	case FYET_MAPPING_START:
	case FYET_SEQUENCE_START:
		node = node_at(r, event, event->type == FYET_MAPPING_START ? YAML_MAP : YAML_LIST);
		refuse_extras(r, node, event);
		if (depth >= DEPTH_MAX) {
			mistake(r, node, "嵌套太深", "减少层数");
			return NULL;
		}
		return node->type == YAML_MAP ? read_map(r, node, depth + 1) : read_list(r, node, depth + 1);
	default: return NULL;
	}
}

static void report_parser(struct reader *r, struct fy_diag *diag, size_t before)
{
	void *prev = NULL;
	struct fy_diag_error *fault;
	while ((fault = fy_diag_errors_iterate(diag, &prev)) != NULL) { /* its lines and columns count from 1 */
		struct yaml_fault found = yaml_fault_read(r->text, r->len, fault->msg, fault->line, fault->column, r->err->arena);
		struct diag *out = err_diag(r->err, arena_printf(r->err->arena, "%s:%d:%d", r->shown, found.line, found.column), "%s", found.what);
		out->mend = found.mend;
	}
	if (r->err->ndiags == before) {
		struct diag *out = err_diag(r->err, arena_printf(r->err->arena, "%s:1:1", r->shown), "YAML 写法有误，读不下去");
		out->mend = "检查缩进、引号、括号和冒号";
	}
}

static struct yaml *read_document(struct reader *r, struct fy_diag *diag)
{
	struct yaml *root = NULL;
	size_t before = r->err->ndiags;
	int documents = 0;
	struct fy_event *event;
	while ((event = fy_parser_parse(r->parser)) != NULL) {
		enum fy_event_type type = event->type;
		bool stop = type == FYET_STREAM_END;
		if (type == FYET_DOCUMENT_START && ++documents > 1) {
			struct yaml *second = node_at(r, event, YAML_SCALAR);
			mistake(r, second, "一个文件里有两份文档（---）", "分成两个文件");
			stop = true;
		} else if (type == FYET_SCALAR || type == FYET_MAPPING_START || type == FYET_SEQUENCE_START || type == FYET_ALIAS) {
			root = read_node(r, event, 0);
			stop = root == NULL;
		}
		fy_parser_event_free(r->parser, event);
		if (stop) {
			if (documents == 0) {
				struct diag *empty = err_diag(r->err, arena_printf(r->err->arena, "%s:1:1", r->shown), "文件里什么也没有");
				empty->mend = "写上内容，存为 UTF-8 编码";
			}
			if (type == FYET_STREAM_END || documents > 1)
				return root;
			break;
		}
	}
	if (fy_parser_get_stream_error(r->parser) || r->err->ndiags == before)
		report_parser(r, diag, before);
	return NULL;
}

static char *slurp(const char *path, const char *shown, struct arena *arena, size_t *len, struct err *err)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		err_diag(err, shown, "读不到文件：%s", err_errno(errno));
		return NULL;
	}
	char *text = arena_alloc(arena, FILE_MAX_BYTES + 1);
	*len = fread(text, 1, FILE_MAX_BYTES + 1, file);
	bool failed = ferror(file) != 0;
	int cause = errno;
	(void)fclose(file);
	if (failed) {
		err_diag(err, shown, "读文件出错：%s", err_errno(cause));
		return NULL;
	}
	if (*len > FILE_MAX_BYTES) {
		struct diag *diag = err_diag(err, shown, "文件太大");
		diag->why = "至多 1 MiB";
		diag->mend = "分成几个文件";
		return NULL;
	}
	text[*len] = '\0';
	return text;
}

struct yaml *yaml_read(const char *path, const char *shown, struct arena *arena, struct err *err)
{
	struct arena *own = arena_new(); /* the raw text goes when it is read */
	struct reader r = {.shown = arena_strdup(arena, shown), .arena = arena, .err = err};
	struct yaml *root = NULL;
	size_t len = 0;
	const char *text = slurp(path, shown, own, &len, err);
	if (text != NULL) {
		r.text = text;
		r.len = len;
		struct fy_diag_cfg diag_cfg;
		fy_diag_cfg_default(&diag_cfg);
		diag_cfg.fp = NULL;
		diag_cfg.output_fn = NULL;
		diag_cfg.colorize = false;
		struct fy_diag *diag = fy_diag_create(&diag_cfg);
		BUG_ON(diag == NULL);
		fy_diag_set_collect_errors(diag, true);
		struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG, .diag = diag};
		r.parser = fy_parser_create(&cfg);
		BUG_ON(r.parser == NULL || fy_parser_set_string(r.parser, text, len) != 0);
		root = read_document(&r, diag);
		fy_parser_destroy(r.parser);
		fy_diag_destroy(diag);
	}
	arena_free(own);
	return root;
}
