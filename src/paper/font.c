#include "paper/font.h"

#include "base/buf.h"
#include "base/text.h"
#include "paper/document.h"

/* Family lists for fontconfig: the face that the standard names, under the names it is sold by, then what stands in for it. */
static const char *const families[FACES] = {
    [FACE_TEXT] = "FangSong,FangSong_GB2312,STFangsong,Noto Serif CJK SC",
    [FACE_TITLE] = "FZXiaoBiaoSong-B05S,FZXiaoBiaoSong-B05,Noto Serif CJK SC",
    [FACE_BLACK] = "SimHei,STHeiti,Noto Sans CJK SC",
    [FACE_KAI] = "KaiTi,KaiTi_GB2312,STKaiti,Noto Serif CJK SC",
    [FACE_SONG] = "SimSun,NSimSun,STSong,Noto Serif CJK SC",
};

static void unref(void *object)
{
	g_object_unref(object);
}

static void free_description(void *description)
{
	pango_font_description_free(description);
}

void fonts_open(struct fonts *out, struct arena *arena)
{
	/*
	 * A map of its own for each document, gone with it. The map that Pango keeps for each thread would save the reading of the fonts' tables,
	 * but hold them mapped in every worker: tens of megabytes a thread.
	 */
	PangoFontMap *map = pango_cairo_font_map_new();
	arena_on_free(arena, unref, map);
	*out = (struct fonts){.arena = arena, .context = pango_font_map_create_context(map)};
	arena_on_free(arena, unref, out->context);
	pango_context_set_base_dir(out->context, PANGO_DIRECTION_LTR);
	pango_context_set_language(out->context, pango_language_from_string("zh-cn"));
	/* Outlines are for paper: neither the screen's hints nor its pixels may move them. */
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(out->context, options);
	cairo_font_options_destroy(options);
	pango_cairo_context_set_resolution(out->context, 72.0);
	pango_context_set_round_glyph_positions(out->context, FALSE);
	for (int i = 0; i < FACES; i++) {
		out->faces[i] = pango_font_description_new();
		arena_on_free(arena, free_description, out->faces[i]);
		pango_font_description_set_family_static(out->faces[i], families[i]);
	}
	/* The title's own face is heavy by itself; what stands in for it is made so. */
	bool own = pango_font_map_get_family(map, "FZXiaoBiaoSong-B05S") != NULL || pango_font_map_get_family(map, "FZXiaoBiaoSong-B05") != NULL;
	pango_font_description_set_weight(out->faces[FACE_TITLE], own ? PANGO_WEIGHT_NORMAL : PANGO_WEIGHT_BOLD);
}

/* Characters that set nothing but change what stands around them, or that no document holds. */
static bool unwanted(uint32_t point)
{
	if (point < 0x20 || (point >= 0x7F && point <= 0x9F))
		return point != '\n';
	return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0x200E || point == 0x200F || point == 0x061C ||
	       point == 0xFEFF || (point >= 0xFFF9 && point <= 0xFFFC);
}

static const char *clean(struct arena *arena, const char *text, size_t *len_out)
{
	struct buf out;
	size_t len = strlen(text), pos = 0;
	buf_init(&out, arena, PAPER_TEXT_MAX + 1);
	while (pos < len) {
		size_t start = pos;
		uint32_t point = utf8_next(text, len, &pos);
		if (point == '\t')
			buf_addc(&out, ' ');
		else if (point == 0x2028 || point == 0x2029)
			buf_addc(&out, '\n');
		else if (!unwanted(point))
			buf_add(&out, text + start, pos - start);
	}
	*len_out = out.len;
	return out.len == 0 ? "" : out.data;
}

static int units(double points)
{
	return (int)(points * PANGO_SCALE + (points < 0 ? -0.5 : 0.5));
}

/* Where each line stands, read once: Pango walks its lines from the first each time it is asked. */
static void read_lines(struct set_text *out, PangoLayout *layout, struct arena *arena)
{
	out->count = pango_layout_get_line_count(layout);
	out->lines = ARENA_ARRAY(arena, (size_t)out->count, PangoLayoutLine *);
	out->offsets = ARENA_ARRAY(arena, (size_t)out->count, double);
	PangoLayoutIter *iter = pango_layout_get_iter(layout);
	for (int i = 0; i < out->count; i++) {
		PangoRectangle logical;
		out->lines[i] = pango_layout_iter_get_line_readonly(iter);
		pango_layout_iter_get_line_extents(iter, NULL, &logical);
		out->offsets[i] = (double)logical.x / PANGO_SCALE;
		double width = (double)logical.width / PANGO_SCALE;
		out->width = width > out->width ? width : out->width;
		(void)pango_layout_iter_next_line(iter);
	}
	pango_layout_iter_free(iter);
}

struct set_text *text_set(const struct fonts *fonts, const struct text_style *style, const char *text)
{
	size_t len;
	const char *good = clean(fonts->arena, text == NULL ? "" : text, &len);
	PangoLayout *layout = pango_layout_new(fonts->context);
	arena_on_free(fonts->arena, unref, layout);
	pango_layout_set_auto_dir(layout, FALSE);
	pango_layout_set_font_description(layout, fonts->faces[style->face]);
	PangoAttrList *attributes = pango_attr_list_new();
	pango_attr_list_insert(attributes, pango_attr_size_new_absolute(units(style->size)));
	/* A long number broken over two lines must not gain a hyphen. */
	pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
	if (style->pitch > 0)
		pango_attr_list_insert(attributes, pango_attr_letter_spacing_new(units(style->pitch - style->size)));
	pango_layout_set_attributes(layout, attributes);
	pango_attr_list_unref(attributes);
	pango_layout_set_alignment(layout, style->align);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	if (style->width > 0)
		pango_layout_set_width(layout, units(style->width));
	pango_layout_set_indent(layout, units(style->indent));
	pango_layout_set_justify(layout, style->justify);
	pango_layout_set_text(layout, good, (int)len);
	struct set_text *out = ARENA_NEW(fonts->arena, struct set_text);
	out->size = style->size;
	read_lines(out, layout, fonts->arena);
	return out;
}

void text_draw(cairo_t *cr, const struct set_text *text, int line, double left, double middle)
{
	/* A Chinese character fills its square from 0.88 of the size above the baseline to 0.12 below. */
	cairo_move_to(cr, left + text->offsets[line], middle + 0.38 * text->size);
	pango_cairo_show_layout_line(cr, text->lines[line]);
}
