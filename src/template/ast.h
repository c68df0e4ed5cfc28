/* The parsed form of a template, shared by the parser, the checker and the renderer; nothing outside this folder sees
 * it. */
#ifndef SANZHI_TEMPLATE_AST_H
#define SANZHI_TEMPLATE_AST_H

#include "template/template.h"

#define TEMPLATE_MAX_BYTES ((size_t)256 * 1024) /* of one template's text */
#define TEMPLATE_MAX_NESTING 64                 /* sections inside sections */
#define TEMPLATE_MAX_PARTIALS 64                /* partials inside partials, while rendering */
#define TEMPLATE_MAX_FOLDERS 8                  /* folders inside folders */
#define TEMPLATE_MAX_FILES 2000

/* A name split at its dots; no parts: the implicit iterator ".". */
struct name {
	const char *text;
	size_t count;
	const char **parts;
};

enum node_type { NODE_TEXT, NODE_VALUE, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL };

struct node {
	enum node_type type;
	bool line_start; /* first thing in a line of the template: an indented partial puts its indentation before it */
	bool alone;      /* NODE_PARTIAL: alone on its line, so that its lines are indented */
	bool raw;        /* NODE_VALUE: {{{x}}} or {{&x}} */
	bool quoted; /* NODE_VALUE: stands in an attribute's value or in <title>, <textarea>: no HTML may go there */
	bool url;    /* NODE_VALUE: begins the value of an attribute that holds an address */
	size_t at;   /* offset of the tag in the text, for line and column */
	const char *text; /* NODE_TEXT: what is printed; NODE_PARTIAL: its indentation */
	size_t len;
	struct name name;
	struct node *children;
	struct node *next;
	const struct template *partial; /* NULL where it does not exist (the spec's own tests only) */
};

struct template
{
	const char *name;
	const char *text;
	size_t len;
	struct node *nodes;
};

struct template_set {
	unsigned flags;
	struct template *list; /* sorted by name */
	size_t count;
};

/* Line and column (from 1, in bytes) of an offset. */
void template_place(const struct template *tpl, size_t at, int *line, int *column);
/* "desk/case:12:5", for diagnostics. */
const char *template_where(const struct template *tpl, size_t at, struct arena *arena);
const struct template *template_find(const struct template_set *set, const char *name);

/* Fills tpl->nodes from its text. Each mistake becomes a diagnostic; parsing goes on where it can. */
void template_parse(struct template *tpl, unsigned flags, struct arena *arena, struct err *err);
/* Reads the HTML around the tags: marks values that stand in attributes, and reports what may not stand where it
 * stands. */
void template_check(struct template *tpl, struct err *err);

#endif
