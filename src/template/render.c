/* Nodes and a document to text. Everything here only reads the set, so that threads share it. */
#include "base/text.h"
#include "template/ast.h"

/* The context stack, on the C stack: bounded by the nesting of sections times that of partials. */
struct frame {
	const json_t *value;
	const struct frame *up;
};

/* Indentations of the partials around, outermost first. */
struct indent {
	const char *text;
	size_t len;
	const struct indent *up;
};

struct run {
	const struct template_set *set;
	struct buf *out;
	struct err *err;
	bool strict;
	int depth; /* partials inside partials */
};

struct scope {
	const struct template *tpl;
	const struct frame *frame;
	const struct indent *indent;
};

static int render(struct run *run, const struct scope *scope, const struct node *nodes) MUST_USE;

static int fault(struct run *run, const struct scope *scope, const struct node *node, const char *what)
{
	const char *where = template_where(scope->tpl, node->at, run->err->arena);
	err_diag(run->err, where, "%s：%s", what, node->name.text);
	return ERR(run->err, ERR_INVALID, "页面模板 %s 用不上这份文档：%s“%s”", where, what, node->name.text);
}

/* The value of a name, or NULL where the document lacks it. */
static const json_t *look_up(const struct frame *frame, const struct name *name)
{
	if (name->count == 0)
		return frame->value;
	const json_t *value = NULL;
	for (; frame != NULL && value == NULL; frame = frame->up)
		value = json_object_get(frame->value, name->parts[0]);
	for (size_t i = 1; i < name->count && value != NULL; i++)
		value = json_object_get(value, name->parts[i]);
	return value;
}

/* What a section takes for no: absent, null, false, an empty list, an empty text, the number 0. */
static bool is_no(const json_t *value)
{
	switch (value != NULL ? json_typeof(value) : JSON_NULL) {
	case JSON_NULL:
	case JSON_FALSE: return true;
	case JSON_ARRAY: return json_array_size(value) == 0;
	case JSON_STRING: return json_string_length(value) == 0;
	case JSON_INTEGER: return json_integer_value(value) == 0;
	case JSON_REAL: return !(json_real_value(value) < 0 || json_real_value(value) > 0);
	default: return false;
	}
}

static void put_indent(struct run *run, const struct indent *indent)
{
	if (indent == NULL)
		return;
	put_indent(run, indent->up);
	buf_add(run->out, indent->text, indent->len);
}

static void put_text(struct run *run, const struct indent *indent, const char *text, size_t len)
{
	if (indent == NULL) {
		buf_add(run->out, text, len);
		return;
	}
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t line = end != NULL ? (size_t)(end - text) + 1 : len;
		buf_add(run->out, text, line);
		text += line;
		len -= line;
		if (len > 0)
			put_indent(run, indent);
	}
}

/* Whether a browser would take the text for an address that runs nothing: a path, a fragment, a query, or a plain
 * scheme. */
static bool url_is_plain(const char *text)
{
	static const char *const schemes[] = {"https://", "http://", "mailto:", "tel:"};
	if (text[0] == '\0' || text[0] == '#' || text[0] == '?' ||
	    (text[0] == '/' && text[1] != '/' && text[1] != '\\'))
		return true;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		if (text_starts(text, schemes[i]))
			return true;
	}
	return false;
}

/* HTML made by the program: its text opens with a NUL, which no JSON from outside can hold (see template_html). */
static const json_t *as_html(const json_t *value)
{
	const json_t *html = json_object_get(value, "html");
	if (!json_is_string(html) || json_string_length(html) == 0 || json_string_value(html)[0] != '\0')
		return NULL;
	return html;
}

static void put_number(struct run *run, double number)
{
	char text[40];
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof text, "%.*g", digits, number);
		double back = strtod(text, NULL);
		if (!(back < number) && !(back > number))
			break;
	}
	buf_adds(run->out, text);
}

static int put_string(struct run *run, const struct scope *scope, const struct node *node, const json_t *value)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	if (node->url && !url_is_plain(text)) {
		if (run->strict)
			return fault(run, scope, node, "不能作链接地址");
		buf_addc(run->out, '#');
	} else if (node->raw) {
		buf_add(run->out, text, len);
	} else {
		buf_add_html(run->out, text, len);
	}
	return 0;
}

static int put_value(struct run *run, const struct scope *scope, const struct node *node)
{
	const json_t *value = look_up(scope->frame, &node->name);
	if (value == NULL)
		return run->strict ? fault(run, scope, node, "文档里没有这个名字") : 0;
	switch (json_typeof(value)) {
	case JSON_STRING: return put_string(run, scope, node, value);
	case JSON_INTEGER: buf_addf(run->out, "%lld", (long long)json_integer_value(value)); return 0;
	case JSON_REAL: put_number(run, json_real_value(value)); return 0;
	case JSON_TRUE: buf_adds(run->out, "true"); return 0;
	case JSON_FALSE: buf_adds(run->out, "false"); return 0;
	case JSON_NULL: return 0;
	default: break;
	}
	const json_t *html = as_html(value);
	if (html != NULL && !node->quoted) {
		buf_add(run->out, json_string_value(html) + 1, json_string_length(html) - 1);
		return 0;
	}
	return run->strict ? fault(run, scope, node, "不是文字，不能直接输出") : 0;
}

static int put_section(struct run *run, const struct scope *scope, const struct node *node)
{
	const json_t *value = look_up(scope->frame, &node->name);
	if (value == NULL && run->strict)
		return fault(run, scope, node, "文档里没有这个名字");
	if (node->type == NODE_INVERTED)
		return is_no(value) ? render(run, scope, node->children) : 0;
	if (is_no(value))
		return 0;
	struct frame frame = {.value = value, .up = scope->frame};
	struct scope inner = {.tpl = scope->tpl, .frame = &frame, .indent = scope->indent};
	if (!json_is_array(value))
		return render(run, &inner, node->children);
	for (size_t i = 0; i < json_array_size(value); i++) {
		frame.value = json_array_get(value, i);
		int rc = render(run, &inner, node->children);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int put_partial(struct run *run, const struct scope *scope, const struct node *node)
{
	if (node->partial == NULL)
		return 0;
	if (run->depth == TEMPLATE_MAX_PARTIALS)
		return ERR(run->err, ERR_LIMIT, "页面模板套用过深：%s", node->name.text);
	struct indent indent = {.text = node->text, .len = node->len, .up = scope->indent};
	struct scope inner = {.tpl = node->partial, .frame = scope->frame};
	/* A partial inside a line brings its lines as they are; one alone on its line is indented as a whole. */
	if (node->alone)
		inner.indent = node->len > 0 ? &indent : scope->indent;
	run->depth++;
	int rc = render(run, &inner, node->partial->nodes);
	run->depth--;
	return rc;
}

static int render(struct run *run, const struct scope *scope, const struct node *nodes)
{
	for (const struct node *node = nodes; node != NULL; node = node->next) {
		int rc = 0;
		if (node->line_start)
			put_indent(run, scope->indent);
		switch (node->type) {
		case NODE_TEXT: put_text(run, scope->indent, node->text, node->len); break;
		case NODE_VALUE: rc = put_value(run, scope, node); break;
		case NODE_SECTION:
		case NODE_INVERTED: rc = put_section(run, scope, node); break;
		case NODE_PARTIAL: rc = put_partial(run, scope, node); break;
		}
		if (rc != 0)
			return rc;
		if (run->out->overflow)
			return ERR(run->err, ERR_LIMIT, "页面超过了最大长度（%zu 字节）", run->out->max);
	}
	return 0;
}

int template_render(const struct template_set *set, const char *name, const json_t *document, struct buf *out,
		    struct err *err)
{
	const struct template *tpl = template_find(set, name);
	if (tpl == NULL)
		return ERR(err, ERR_NOT_FOUND, "没有页面模板：%s", name);
	struct run run = {.set = set, .out = out, .err = err, .strict = (set->flags & TEMPLATE_STRICT) != 0};
	struct frame frame = {.value = document};
	struct scope scope = {.tpl = tpl, .frame = &frame};
	return render(&run, &scope, tpl->nodes);
}
