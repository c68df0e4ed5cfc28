/* Text to nodes, as the Mustache spec has it: sections, partials, comments, delimiters, and tags alone on their line.
 */
#include <ctype.h>

#include "template/ast.h"

#define DELIMITER_MAX 16

struct list {
	struct node *first, **tail;
};

struct parser {
	struct template *tpl;
	struct arena *arena;
	struct err *err;
	unsigned flags;
	size_t pos;
	size_t tag_end;  /* where the newest tag ended; a tag after it on the same line is not alone there */
	bool line_start; /* nothing was yet printed on this line of the template */
	char open[DELIMITER_MAX + 1], close[DELIMITER_MAX + 1];
	/* The sections that are open, outermost first; [0] is the template itself. */
	struct {
		struct node *node;
		struct list list;
	} stack[TEMPLATE_MAX_NESTING + 1];
	size_t depth;
	bool stop;
};

struct tag {
	size_t at;        /* of the opening delimiter */
	size_t line_at;   /* where its line's leading blanks begin */
	char sigil;       /* one of # ^ / > ! = { & or 0 */
	const char *body; /* between sigil and closing delimiter, blanks taken off */
	size_t len;
	bool alone; /* alone on its line: the line goes with it */
};

void template_place(const struct template *tpl, size_t at, int *line, int *column)
{
	*line = 1;
	*column = 1;
	for (size_t i = 0; i < at && i < tpl->len; i++) {
		if (tpl->text[i] == '\n') {
			++*line;
			*column = 1;
		} else {
			++*column;
		}
	}
}

const char *template_where(const struct template *tpl, size_t at, struct arena *arena)
{
	int line, column;
	template_place(tpl, at, &line, &column);
	return arena_printf(arena, "%s:%d:%d", tpl->name, line, column);
}

static struct diag *mistake(struct parser *p, size_t at, const char *what, const char *mend)
{
	struct diag *diag = err_diag(p->err, template_where(p->tpl, at, p->arena), "%s", what);
	diag->mend = mend;
	return diag;
}

static struct node *add(struct parser *p, enum node_type type, size_t at)
{
	struct node *node = ARENA_NEW(p->arena, struct node);
	struct list *list = &p->stack[p->depth].list;
	node->type = type;
	node->at = at;
	node->line_start = p->line_start;
	*list->tail = node;
	list->tail = &node->next;
	return node;
}

static void add_text(struct parser *p, size_t from, size_t to)
{
	if (from >= to)
		return;
	struct node *node = add(p, NODE_TEXT, from);
	node->text = p->tpl->text + from;
	node->len = to - from;
	p->line_start = p->tpl->text[to - 1] == '\n';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t find(const struct parser *p, size_t from, const char *what)
{
	const char *hit =
	    from <= p->tpl->len ? memmem(p->tpl->text + from, p->tpl->len - from, what, strlen(what)) : NULL;
	return hit != NULL ? (size_t)(hit - p->tpl->text) : SIZE_MAX;
}

static void trim(const char **text, size_t *len)
{
	while (*len > 0 && isspace((unsigned char)**text)) {
		++*text;
		--*len;
	}
	while (*len > 0 && isspace((unsigned char)(*text)[*len - 1]))
		--*len;
}

/* Whether the tag from `at` to `end` has its line to itself; then *end moves past the line's end. */
static bool alone_on_line(const struct parser *p, size_t at, size_t *end, size_t *line_at)
{
	const char *text = p->tpl->text;
	size_t from = at, to = *end;
	while (from > 0 && is_blank(text[from - 1]))
		from--;
	if (from < p->tag_end || (from > 0 && text[from - 1] != '\n'))
		return false;
	while (to < p->tpl->len && is_blank(text[to]))
		to++;
	if (to < p->tpl->len && text[to] == '\r')
		to++;
	if (to < p->tpl->len && text[to] != '\n')
		return false;
	*end = to < p->tpl->len ? to + 1 : to;
	*line_at = from;
	return true;
}

/* Reads the tag whose opening delimiter stands at `at`; moves p->pos past it. False where it never closes. */
static bool read_tag(struct parser *p, size_t at, struct tag *tag)
{
	const char *text = p->tpl->text;
	size_t from = at + strlen(p->open);
	*tag = (struct tag){.at = at, .line_at = at};
	while (from < p->tpl->len && isspace((unsigned char)text[from]))
		from++;
	if (from < p->tpl->len && strchr("#^/>!={&", text[from]) != NULL && text[from] != '\0')
		tag->sigil = text[from++];
	char closing[DELIMITER_MAX + 2] = "";
	(void)snprintf(closing, sizeof closing, "%s%s",
		       tag->sigil == '{'   ? "}"
		       : tag->sigil == '=' ? "="
					   : "",
		       p->close);
	size_t to = find(p, from, closing);
	if (to == SIZE_MAX) {
		mistake(p, at, "标签没有结束", "补上结束的界符");
		return false;
	}
	tag->body = text + from;
	tag->len = to - from;
	trim(&tag->body, &tag->len);
	size_t end = to + strlen(closing);
	if (tag->sigil != 0 && strchr("#^/>!=", tag->sigil) != NULL)
		tag->alone = alone_on_line(p, at, &end, &tag->line_at);
	p->pos = end;
	return true;
}

static void read_name(struct parser *p, const struct tag *tag, struct name *name)
{
	*name = (struct name){.text = arena_strndup(p->arena, tag->body, tag->len)};
	if (tag->len == 0) {
		mistake(p, tag->at, "标签里没有名字", NULL);
		return;
	}
	for (size_t i = 0; i < tag->len; i++) {
		if (isspace((unsigned char)tag->body[i])) {
			mistake(p, tag->at, "名字里不能有空白", NULL);
			return;
		}
	}
	if (strcmp(name->text, ".") == 0)
		return;
	size_t parts = 1;
	for (size_t i = 0; i < tag->len; i++)
		parts += tag->body[i] == '.';
	name->parts = ARENA_ARRAY(p->arena, parts, const char *);
	const char *rest = name->text;
	for (;;) {
		const char *dot = strchr(rest, '.');
		size_t len = dot != NULL ? (size_t)(dot - rest) : strlen(rest);
		if (len == 0)
			mistake(p, tag->at, "名字的点号前后不能空着", NULL);
		name->parts[name->count++] = arena_strndup(p->arena, rest, len);
		if (dot == NULL)
			return;
		rest = dot + 1;
	}
}

static void set_delimiters(struct parser *p, const struct tag *tag)
{
	size_t first = 0;
	while (first < tag->len && !isspace((unsigned char)tag->body[first]))
		first++;
	const char *second = tag->body + first;
	size_t second_len = tag->len - first;
	trim(&second, &second_len);
	bool bad = first == 0 || second_len == 0 || first > DELIMITER_MAX || second_len > DELIMITER_MAX ||
		   memchr(tag->body, '=', tag->len) != NULL;
	for (size_t i = 0; i < second_len; i++)
		bad = bad || isspace((unsigned char)second[i]);
	if (bad) {
		mistake(p, tag->at, "界符的写法不对", "写两个不含空白和等号的界符，中间用空格隔开");
		p->stop = true;
		return;
	}
	(void)snprintf(p->open, sizeof p->open, "%.*s", (int)first, tag->body);
	(void)snprintf(p->close, sizeof p->close, "%.*s", (int)second_len, second);
}

static void open_section(struct parser *p, const struct tag *tag)
{
	if (p->depth == TEMPLATE_MAX_NESTING) {
		mistake(p, tag->at, "段落嵌套过深", NULL);
		p->stop = true;
		return;
	}
	struct node *node = add(p, tag->sigil == '#' ? NODE_SECTION : NODE_INVERTED, tag->at);
	read_name(p, tag, &node->name);
	if (tag->alone)
		node->line_start = false;
	else
		p->line_start = false;
	p->depth++;
	p->stack[p->depth].node = node;
	p->stack[p->depth].list = (struct list){.tail = &p->stack[p->depth].list.first};
}

static void close_section(struct parser *p, const struct tag *tag)
{
	struct name name;
	read_name(p, tag, &name);
	if (p->depth == 0) {
		mistake(p, tag->at, "结束了一个没有开始的段落", NULL);
		return;
	}
	/* What follows the tag on its line belongs outside, but the line began inside. */
	if (!tag->alone && p->line_start) {
		struct node *node = add(p, NODE_TEXT, tag->at);
		node->text = "";
		p->line_start = false;
	}
	struct node *node = p->stack[p->depth].node;
	node->children = p->stack[p->depth].list.first;
	p->depth--;
	if (strcmp(node->name.text, name.text) != 0)
		mistake(p, tag->at, arena_printf(p->arena, "段落“%s”用“%s”来结束", node->name.text, name.text), NULL);
}

static void take_tag(struct parser *p, const struct tag *tag)
{
	struct node *node;
	switch (tag->sigil) {
	case '!': break;
	case '=': set_delimiters(p, tag); break;
	case '#':
	case '^': open_section(p, tag); break;
	case '/': close_section(p, tag); break;
	case '>':
		node = add(p, NODE_PARTIAL, tag->at);
		read_name(p, tag, &node->name);
		node->alone = tag->alone;
		if (tag->alone) {
			node->line_start = false;
			node->text = p->tpl->text + tag->line_at;
			node->len = tag->at - tag->line_at;
		} else {
			node->text = "";
			p->line_start = false;
		}
		break;
	default:
		node = add(p, NODE_VALUE, tag->at);
		read_name(p, tag, &node->name);
		node->raw = tag->sigil == '{' || tag->sigil == '&';
		p->line_start = false;
		if (node->raw && !(p->flags & TEMPLATE_RAW))
			mistake(p, tag->at, "不许不转义就输出", "写成 {{名字}}；程序自己生成的 HTML 用 template_html");
		break;
	}
}

void template_parse(struct template *tpl, unsigned flags, struct arena *arena, struct err *err)
{
	struct parser p = {
	    .tpl = tpl, .arena = arena, .err = err, .flags = flags, .line_start = true, .open = "{{", .close = "}}"};
	p.stack[0].list.tail = &p.stack[0].list.first;
	while (!p.stop) {
		size_t at = find(&p, p.pos, p.open), from = p.pos;
		if (at == SIZE_MAX)
			break;
		struct tag tag;
		if (!read_tag(&p, at, &tag)) {
			p.pos = tpl->len;
			break;
		}
		add_text(&p, from, tag.alone ? tag.line_at : at);
		take_tag(&p, &tag);
		p.tag_end = p.pos;
		if (tag.alone)
			p.line_start = true;
	}
	if (!p.stop)
		add_text(&p, p.pos, tpl->len);
	for (; p.depth > 0; p.depth--) {
		struct node *node = p.stack[p.depth].node;
		node->children = p.stack[p.depth].list.first;
		if (!p.stop)
			mistake(&p, node->at, arena_printf(arena, "段落“%s”没有结束", node->name.text),
				"补上 {{/名字}}");
	}
	tpl->nodes = p.stack[0].list.first;
}
