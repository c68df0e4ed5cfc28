/*
 * Inside this folder: fonts and layouts. Everything of Pango that is made here ends with the arena it was made with, in that thread. Sizes and widths are in points.
 */
#ifndef SANZHI_PAPER_FONT_H
#define SANZHI_PAPER_FONT_H

#include <pango/pangocairo.h>
#include <stdbool.h>

#include "base/arena.h"

enum face {
	FACE_TEXT,  /* 仿宋 */
	FACE_TITLE, /* 小标宋 */
	FACE_BLACK, /* 黑体 */
	FACE_KAI,   /* 楷体 */
	FACE_SONG,  /* 宋体 */
	FACES
};

struct fonts {
	struct arena *arena;
	PangoContext *context;
	PangoFontDescription *faces[FACES];
};

/* Fonts for one document. A machine that has the standard's faces uses them; another sets the Noto faces in their place. */
void fonts_open(struct fonts *out, struct arena *arena);

struct text_style {
	enum face face;
	double size;
	double pitch;  /* from one character to the next; 0: the size */
	double width;  /* 0: one line, as wide as it gets */
	double indent; /* of the first line; negative: of the others */
	PangoAlignment align;
	bool justify;
};

/* A text set in lines. */
struct set_text {
	double size;
	int count;
	double width;            /* of the widest line */
	PangoLayoutLine **lines; /* `count` of them */
	double *offsets;         /* of each from the text's left edge */
};

/* Control characters and marks of direction are left out; line breaks become new lines. The text must be valid UTF-8 or NULL. */
struct set_text *text_set(const struct fonts *fonts, const struct text_style *style, const char *text) __attribute__((returns_nonnull));

/* Draws one line with the middle of its characters at `middle`, the text's left edge at `left`. */
void text_draw(cairo_t *cr, const struct set_text *text, int line, double left, double middle);

#endif
