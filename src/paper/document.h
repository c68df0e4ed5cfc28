/*
 * Official documents as PDF, set on the page of GB/T 9704-2012 (paper/page.h). The model knows nothing of cases: it is a head, a sequence of
 * blocks and a signature. Texts are UTF-8, borrowed until paper_render returns; any may be NULL or empty unless it says otherwise. What they hold is
 * set as it is: `<`, `&` and the like mean nothing. Line breaks part paragraphs; other control characters and those that turn the direction
 * of writing are left out.
 */
#ifndef SANZHI_PAPER_DOCUMENT_H
#define SANZHI_PAPER_DOCUMENT_H

#include <stdbool.h>

#include "base/civil.h"
#include "base/err.h"

#define PAPER_TEXT_MAX ((size_t)1 << 20)  /* bytes of all texts of one document */
#define PAPER_PDF_MAX ((size_t)64 << 20)  /* bytes of a PDF */
#define PAPER_PAGES_MAX 400
#define PAPER_COLUMNS_MAX 8

enum paper_block_type {
	PAPER_TEXT,    /* paragraphs: two characters in, later lines flush */
	PAPER_FLUSH,   /* paragraphs flush with the left edge, such as the addressee */
	PAPER_FIELD,   /* `label`：text, flush; later lines begin where the text began */
	PAPER_HEADING, /* level 1 (一、 in 黑体), 2 (（一） in 楷体), 3 (1. as the text) */
	PAPER_TABLE,
	PAPER_BLANK,   /* one empty line */
	PAPER_NOTE     /* 附注: in round brackets, two characters in; follows the date */
};

struct paper_table {
	size_t columns, rows;      /* columns: 1 to PAPER_COLUMNS_MAX */
	const unsigned *widths;    /* of each column, in any unit; NULL: all equal */
	const char *const *titles; /* of the columns; NULL: no head. Repeated on each page */
	const char *const *cells;  /* row by row */
};

struct paper_block {
	enum paper_block_type type;
	int level;                       /* of a heading */
	const char *label, *text;
	const struct paper_table *table; /* PAPER_TABLE */
};

struct paper_document {
	const char *agency;      /* 发文机关标志, red; required */
	const char *number;      /* 发文字号, such as 景市监罚〔2026〕12号 */
	const char *title;       /* required */
	const char *addressee;   /* 主送, with its colon */
	const struct paper_block *blocks;
	size_t nblocks;
	const char *signer;      /* who signs; NULL: no signature */
	day_t date;              /* under the signer, and the PDF's date; DAY_NONE: none, and 1970-01-01 */
	bool seal;               /* marks where the seal goes */
	const char *const *notes; /* 附注, without brackets */
	size_t nnotes;
	const char *qr;          /* what the QR code says; NULL: no code */
	const char *qr_caption;
};

/* The PDF, in `arena`. ERR_INVALID: an agency or title is missing, or a text is not UTF-8; ERR_LIMIT: too long; ERR_INTERNAL: a library failed.
 * May be called by any number of threads; two documents are set at once, the others wait their turn. The first of the process reads the fonts and takes longer. */
int paper_render(const struct paper_document *document, struct arena *arena, void **pdf_out, size_t *len_out, struct err *err) MUST_USE;

#endif
