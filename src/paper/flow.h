/*
 * Inside this folder: a document's blocks cut into rows, each one line of the grid high, and the rows broken into pages.
 */
#ifndef SANZHI_PAPER_FLOW_H
#define SANZHI_PAPER_FLOW_H

#include "paper/document.h"
#include "paper/font.h"
#include "paper/qr.h"

enum row_type { ROW_BLANK, ROW_TEXT, ROW_TABLE };

struct set_table {
	size_t columns, rows;
	double edges[PAPER_COLUMNS_MAX + 1]; /* from the area's left edge */
	struct set_text **cells;             /* row by row */
	bool head;                           /* the first row names the columns */
	int head_slots;
};

struct row {
	enum row_type type;
	bool keep;    /* stands on the same page as the row after it */
	bool pale;    /* grey: what will be covered or filled in */
	const struct set_text *text;
	int line;     /* of the text */
	double left;  /* of the text, from the area's left edge */
	const struct set_table *table;
	size_t table_row;
	int slot, slots; /* this line of how many in the table's row */
	/* A QR code that begins in this row and hangs over those after it, which are kept with it. */
	const struct qr *qr;
	const struct set_text *caption;
};

struct flow {
	struct arena *arena;
	const struct fonts *fonts;
	struct row *rows;
	size_t count, cap;
};

/* Where a row is drawn. Rows of a table's head may be placed again and again. */
struct place {
	const struct row *row;
	int page, line;          /* both from 0 */
	bool first, last;        /* of the table's rows on its page */
};

void flow_init(struct flow *flow, const struct fonts *fonts);
void flow_addressee(struct flow *flow, const char *text);
void flow_block(struct flow *flow, const struct paper_block *block);
/* Signature, date, seal's mark and QR code: one group, on the page where the text ends. `qr` may be NULL. */
void flow_signature(struct flow *flow, const struct paper_document *document, const struct qr *qr);
/* 附注 after the date, all on its page. */
void flow_notes(struct flow *flow, const char *const *notes, size_t count);

/* Breaks the rows into pages; the first page takes them from line `first_line` on. ERR_LIMIT: more than PAPER_PAGES_MAX. */
int flow_break(const struct flow *flow, int first_line, struct place **out, size_t *count_out, int *pages_out, struct err *err) MUST_USE;

#endif
