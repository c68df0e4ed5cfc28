/*
 * Mustache, the public spec whole (interpolation, sections, inverted sections, partials with indentation, comments, delimiters), over JSON
 * documents. Escaping is always on: {{{x}}} and {{&x}} are refused outside the spec's own tests, but for values that the program marked as safe HTML
 * (made by template_html). A section is passed over when its value is absent, null, false, "", 0 or an empty list. Strict mode: a name that the
 * document lacks is an error with template, line and column. What may stand where in the HTML: docs/formats/pages.md.
 * Templates are parsed once and shared by threads.
 */
#ifndef SANZHI_TEMPLATE_TEMPLATE_H
#define SANZHI_TEMPLATE_TEMPLATE_H

#include "base/buf.h"
#include "base/json.h"

struct template_set;

enum template_flags {
	TEMPLATE_STRICT = 1, /* a missing name is an error (tests); else it renders as nothing */
	TEMPLATE_RAW = 2,    /* allows {{{x}}}: the spec's own tests only */
	TEMPLATE_TIGHT = 4,  /* leaves out what indents a template's lines, a quarter of a page: browsers take it for one blank. A template that holds
	                        <pre> or <textarea> stays as it is */
};

/* Reads every *.mustache below a directory; a template's name is its path without the ending ("desk/case"). Checks: sections closed, partials exist,
 * no inline script or style, no on… or style attribute, no interpolation in an unquoted attribute or a tag; an interpolation that begins an address
 * (href, src, action …) has a name ending in url, href or assets. All mistakes become diagnostics (where = name:line:column). Tied to the arena. */
int template_load(const char *dir, unsigned flags, struct arena *arena, struct template_set **out, struct err *err) MUST_USE;
/* A set from texts in memory: {"name": "text"}; for tests. */
int template_from(const json_t *texts, unsigned flags, struct arena *arena, struct template_set **out, struct err *err) MUST_USE;

bool template_has(const struct template_set *set, const char *name);
/* Renders into `out` (whose greatest size bounds it: ERR_LIMIT). Recursive partials are bounded at a depth of 64. */
int template_render(const struct template_set *set, const char *name, const json_t *document, struct buf *out, struct err *err) MUST_USE;

/* Text that is HTML already and may be put in as it is (never into an attribute); made only in audited places (SVG from the program itself).
 * Owned by the caller. It is {"html": "\u0000…"}: the NUL is the mark, which no JSON that came through json_read can hold. */
json_t *template_html(const char *html);

#endif
