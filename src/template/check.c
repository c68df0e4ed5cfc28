/*
 * Where the tags stand in the HTML. A small tokenizer walks the template's own text and so knows for each tag whether
 * it stands in text, in a quoted attribute or where nothing may be put in. The rules (docs/formats/pages.md,
 * "Templates"):
 *   - values only in text, in <title> and <textarea>, and in quoted attributes;
 *   - no inline script, style sheet, style attribute or on… attribute at all: the content-security policy forbids them;
 *   - a value that begins an address (href, src, action, …) is named url, href or assets, or ends so, and is checked
 * when rendered;
 *   - what a section holds begins and ends in the same place, so that the page is whole with it and without it;
 *   - partials stand in text, and each template begins and ends in text.
 */
#include <ctype.h>
#include <strings.h>

#include "base/text.h"
#include "template/ast.h"

#define WORD_MAX 24

enum state {
	IN_TEXT,
	AFTER_LT,   /* "<" */
	AFTER_BANG, /* "<!" */
	AFTER_DASH, /* "<!-" */
	IN_COMMENT,
	IN_DECLARATION,
	IN_TAG_NAME,
	IN_TAG,     /* between attributes */
	NEED_BLANK, /* between attributes, but a name may have ended just before: a blank must come first */
	IN_NAME,    /* an attribute's name */
	AFTER_NAME,
	BEFORE_VALUE,
	IN_DOUBLE,
	IN_SINGLE,
	IN_UNQUOTED, /* an attribute's value */
	IN_RAW,      /* the content of script and style */
	IN_PLAIN,    /* the content of title and textarea */
};

struct walk {
	struct template *tpl;
	struct err *err;
	enum state state;
	int tag_id, attr_id; /* which tag, which attribute: a section may not begin in one and end in another */
	char tag[WORD_MAX + 1], attr[WORD_MAX + 1];
	size_t tag_len, attr_len;
	bool end_tag;
	size_t value_len; /* bytes of the attribute's value so far, at least */
	size_t matched;   /* of "</tag" inside IN_RAW and IN_PLAIN; dashes inside IN_COMMENT */
	size_t at;
	bool stop;
};

static void mistake(struct walk *w, size_t at, const char *what, const char *mend)
{
	struct diag *diag = err_diag(w->err, template_where(w->tpl, at, w->err->arena), "%s", what);
	diag->mend = mend;
}

static void put_word(char *word, size_t *len, char c)
{
	if (*len < WORD_MAX)
		word[(*len)++] = (char)tolower((unsigned char)c);
	word[*len] = '\0';
}

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (strcmp(word, *list) == 0)
			return true;
	}
	return false;
}

static bool is_address(const char *attr)
{
	static const char *const list[] = {"href",   "src",      "action",     "formaction",  "poster",
					   "data",   "cite",     "xlink:href", "hx-get",      "hx-post",
					   "hx-put", "hx-patch", "hx-delete",  "hx-push-url", NULL};
	return is_one_of(attr, list);
}

static void name_done(struct walk *w)
{
	if (w->end_tag)
		return;
	if (strncmp(w->attr, "on", 2) == 0)
		mistake(w, w->at, "不许用 on… 属性", "写进 web/assets/sanzhi.js");
	else if (strcmp(w->attr, "style") == 0 || strcmp(w->attr, "srcdoc") == 0)
		mistake(w, w->at, "不许用 style、srcdoc 属性", "写进 web/assets/sanzhi.css");
}

static void begin_name(struct walk *w, char c)
{
	w->state = IN_NAME;
	w->attr_id++;
	w->attr_len = 0;
	put_word(w->attr, &w->attr_len, c);
}

static void tag_done(struct walk *w)
{
	static const char *const raw[] = {"script", "style", NULL}, *const plain[] = {"title", "textarea", NULL};
	w->matched = 0;
	w->state = IN_TEXT;
	if (w->end_tag)
		return;
	if (is_one_of(w->tag, raw))
		w->state = IN_RAW;
	else if (is_one_of(w->tag, plain))
		w->state = IN_PLAIN;
}

/* One byte inside a tag, outside a value. */
static void step_tag(struct walk *w, char c)
{
	bool blank = isspace((unsigned char)c) != 0;
	if (w->state == IN_NAME && (blank || c == '=' || c == '>' || c == '/'))
		name_done(w);
	if (c == '>') {
		tag_done(w);
	} else if (w->state == IN_TAG_NAME) {
		if (blank || c == '/')
			w->state = IN_TAG;
		else
			put_word(w->tag, &w->tag_len, c);
	} else if (blank) {
		if (w->state == IN_NAME)
			w->state = AFTER_NAME;
		else if (w->state == NEED_BLANK)
			w->state = IN_TAG;
	} else if (c == '/') {
		w->state = IN_TAG;
	} else if (c == '=' && (w->state == IN_NAME || w->state == AFTER_NAME)) {
		w->state = BEFORE_VALUE;
	} else if (w->state == NEED_BLANK) {
		mistake(w, w->at, "段落后面紧跟着属性名", "中间加一个空格");
		begin_name(w, c);
	} else if (w->state == IN_NAME) {
		put_word(w->attr, &w->attr_len, c);
	} else {
		begin_name(w, c);
	}
}

static void step_value(struct walk *w, char c)
{
	if (w->state == BEFORE_VALUE) {
		w->value_len = 0;
		if (c == '>')
			tag_done(w);
		else if (!isspace((unsigned char)c))
			w->state = c == '"' ? IN_DOUBLE : c == '\'' ? IN_SINGLE : IN_UNQUOTED;
	} else if ((w->state == IN_DOUBLE && c == '"') || (w->state == IN_SINGLE && c == '\'')) {
		w->state = IN_TAG;
	} else if (w->state == IN_UNQUOTED && (isspace((unsigned char)c) || c == '>')) {
		w->state = IN_TAG;
		if (c == '>')
			tag_done(w);
	} else {
		w->value_len++;
	}
}

/* The content of an element that ends only with its own end tag. */
static void step_content(struct walk *w, char c)
{
	char want = w->matched == 0 ? '<' : w->matched == 1 ? '/' : w->tag[w->matched - 2];
	if (tolower((unsigned char)c) == want && want != '\0') {
		if (++w->matched == w->tag_len + 2) {
			w->state = IN_TAG;
			w->end_tag = true;
		}
		return;
	}
	if (w->state == IN_RAW && !isspace((unsigned char)c)) {
		mistake(w, w->at, "不许内嵌脚本或样式", "写进 web/assets 的文件");
		w->stop = true;
	}
	w->matched = c == '<' ? 1 : 0;
}

static void step_markup(struct walk *w, char c)
{
	switch (w->state) {
	case AFTER_LT:
		if (c == '!') {
			w->state = AFTER_BANG;
		} else if (c == '/' || isalpha((unsigned char)c)) {
			w->state = IN_TAG_NAME;
			w->tag_id++;
			w->tag_len = 0;
			w->tag[0] = '\0';
			w->end_tag = c == '/';
			if (c != '/')
				put_word(w->tag, &w->tag_len, c);
		} else {
			w->state = c == '<' ? AFTER_LT : IN_TEXT;
		}
		break;
	case AFTER_BANG: w->state = c == '-' ? AFTER_DASH : c == '>' ? IN_TEXT : IN_DECLARATION; break;
	case AFTER_DASH:
		w->state = c == '-' ? IN_COMMENT : IN_DECLARATION;
		w->matched = 0;
		break;
	case IN_COMMENT:
		if (c == '>' && w->matched >= 2)
			w->state = IN_TEXT;
		w->matched = c == '-' ? w->matched + 1 : 0;
		break;
	default:
		if (c == '>')
			w->state = IN_TEXT;
		break;
	}
}

static void step(struct walk *w, char c)
{
	switch (w->state) {
	case IN_TEXT:
		if (c == '<')
			w->state = AFTER_LT;
		break;
	case AFTER_LT:
	case AFTER_BANG:
	case AFTER_DASH:
	case IN_COMMENT:
	case IN_DECLARATION: step_markup(w, c); break;
	case IN_TAG_NAME:
	case IN_TAG:
	case NEED_BLANK:
	case IN_NAME:
	case AFTER_NAME: step_tag(w, c); break;
	case BEFORE_VALUE:
	case IN_DOUBLE:
	case IN_SINGLE:
	case IN_UNQUOTED: step_value(w, c); break;
	case IN_RAW:
	case IN_PLAIN: step_content(w, c); break;
	}
}

static bool ends_as_address(const struct name *name)
{
	const char *last = name->count > 0 ? name->parts[name->count - 1] : "";
	return text_ends(last, "url") || text_ends(last, "href") || text_ends(last, "assets");
}

static void check_value(struct walk *w, struct node *node)
{
	switch (w->state) {
	case IN_TEXT: return;
	case IN_PLAIN: node->quoted = true; return;
	case IN_DOUBLE:
	case IN_SINGLE: break;
	case BEFORE_VALUE:
	case IN_UNQUOTED:
		mistake(w, node->at, "值放在没有引号的属性里", "给属性值加双引号");
		w->stop = true;
		return;
	default:
		mistake(w, node->at, "值只能放在正文或带引号的属性里", NULL);
		w->stop = true;
		return;
	}
	node->quoted = true;
	if (is_address(w->attr) && w->value_len == 0) {
		node->url = true;
		if (!ends_as_address(&node->name))
			mistake(w, node->at, "地址属性以值开头，而值的名字不以 url、href 或 assets 结尾",
				"把名字改成 …url，或在前面写固定的路径");
	} else if (is_address(w->attr) && w->value_len == 1 && w->tpl->text[node->at - 1] == '/') {
		mistake(w, node->at, "地址属性里“/”后面直接跟着值", "“//”会指向别的网站；在中间写固定的路径");
	}
	w->value_len++;
}

static void check(struct walk *w, struct node *nodes);

/* Between attributes these are one place. */
static enum state place_of(enum state state)
{
	return state == NEED_BLANK || state == IN_NAME || state == AFTER_NAME || state == IN_TAG_NAME ? IN_TAG : state;
}

static void check_section(struct walk *w, struct node *node)
{
	w->at = node->at;
	if (w->state == IN_NAME)
		name_done(w);
	if (w->state == IN_NAME || w->state == IN_TAG_NAME)
		w->state = NEED_BLANK;
	else if (w->state == AFTER_NAME)
		w->state = IN_TAG;
	bool may = w->state == IN_TEXT || w->state == IN_PLAIN || w->state == IN_TAG || w->state == NEED_BLANK ||
		   w->state == IN_DOUBLE || w->state == IN_SINGLE;
	if (!may) {
		mistake(w, node->at, "段落开始的地方不对", "段落只能在正文里、属性之间或带引号的属性值里");
		w->stop = true;
		return;
	}
	struct walk before = *w;
	check(w, node->children);
	if (w->stop)
		return;
	bool value = before.state == IN_DOUBLE || before.state == IN_SINGLE;
	bool same = place_of(w->state) == place_of(before.state) &&
		    (before.state == IN_TEXT || w->tag_id == before.tag_id) && (!value || w->attr_id == before.attr_id);
	if (!same) {
		mistake(w, node->at, "段落开始和结束的地方不一样", "段落里的标签和引号要成对");
		w->stop = true;
		return;
	}
	if (w->state == IN_NAME) {
		w->at = node->at;
		name_done(w);
		w->state = NEED_BLANK;
	}
	/* Without the section the value is as short as it was. */
	w->value_len = before.value_len;
}

static void check(struct walk *w, struct node *nodes)
{
	for (struct node *node = nodes; node != NULL && !w->stop; node = node->next) {
		switch (node->type) {
		case NODE_TEXT:
			for (size_t i = 0; i < node->len && !w->stop; i++) {
				w->at = node->at + i;
				step(w, node->text[i]);
			}
			break;
		case NODE_VALUE: check_value(w, node); break;
		case NODE_SECTION:
		case NODE_INVERTED: check_section(w, node); break;
		case NODE_PARTIAL:
			if (w->state != IN_TEXT)
				mistake(w, node->at, "套用的模板只能放在正文里", NULL);
			break;
		}
	}
}

void template_check(struct template *tpl, struct err *err)
{
	struct walk w = {.tpl = tpl, .err = err};
	check(&w, tpl->nodes);
	if (!w.stop && w.state != IN_TEXT)
		mistake(&w, tpl->len > 0 ? tpl->len - 1 : 0, "模板结束在标签中间", "补上缺的“>”或引号");
}
