#include "paper/document.h"

#include <cairo-pdf.h>
#include <malloc.h>
#include <pthread.h>

#include "base/buf.h"
#include "base/text.h"
#include "paper/flow.h"
#include "paper/page.h"

#define MARK_SIZE_MAX 40.0
#define MARK_SIZE_MIN 24.0
#define MARK_LINES_MAX 3
#define TITLE_LINES_MAX 8

/* --- what comes in --------------------------------------------------------------------------------------------------- */

struct checked {
	size_t bytes;
	bool bad;
};

static void look(struct checked *seen, const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);
	seen->bytes += len;
	seen->bad = seen->bad || (len > 0 && !utf8_valid(text, len));
}

static void look_table(struct checked *seen, const struct paper_table *table)
{
	for (size_t i = 0; table->titles != NULL && i < table->columns; i++)
		look(seen, table->titles[i]);
	for (size_t i = 0; i < table->columns * table->rows; i++)
		look(seen, table->cells[i]);
}

static bool empty(const char *text)
{
	return text == NULL || *text == '\0';
}

static int check(const struct paper_document *document, struct err *err)
{
	struct checked seen = {0};
	const char *const head[] = {document->agency, document->number, document->title, document->addressee, document->signer, document->qr, document->qr_caption};
	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		look(&seen, head[i]);
	for (size_t i = 0; i < document->nnotes; i++)
		look(&seen, document->notes[i]);
	for (size_t i = 0; i < document->nblocks; i++) {
		const struct paper_block *block = &document->blocks[i];
		look(&seen, block->label);
		look(&seen, block->text);
		if (block->type == PAPER_TABLE) {
			BUG_ON(block->table == NULL || block->table->columns == 0 || block->table->columns > PAPER_COLUMNS_MAX);
			look_table(&seen, block->table);
		}
	}
	if (seen.bad)
		return ERR(err, ERR_INVALID, "文书中有不是 UTF-8 的文字");
	if (empty(document->agency) || empty(document->title))
		return ERR(err, ERR_INVALID, "文书缺少机关名称或者标题");
	if (seen.bytes > PAPER_TEXT_MAX)
		return ERR(err, ERR_LIMIT, "文书过长：%zu 字节，最多 %zu", seen.bytes, PAPER_TEXT_MAX);
	return 0;
}

/* --- the head -------------------------------------------------------------------------------------------------------- */

struct head {
	const struct set_text *mark, *number, *title;
	double number_middle, line_y;
	int title_line, body_line; /* of the grid */
};

/* The agency's name as large as it goes on one line; a very long one on several. */
static const struct set_text *set_mark(const struct fonts *fonts, const char *agency)
{
	struct text_style style = {.face = FACE_TITLE, .size = MARK_SIZE_MAX};
	const struct set_text *mark = text_set(fonts, &style, agency);
	if (mark->width <= AREA_WIDTH - 2 * CHAR_PITCH)
		return mark;
	style.size = MARK_SIZE_MAX * (AREA_WIDTH - 2 * CHAR_PITCH) / mark->width;
	if (style.size >= MARK_SIZE_MIN)
		return text_set(fonts, &style, agency);
	style.size = MARK_SIZE_MIN;
	style.width = AREA_WIDTH;
	style.align = PANGO_ALIGN_CENTER;
	return text_set(fonts, &style, agency);
}

static int shown(const struct set_text *text, int most)
{
	return text->count < most ? text->count : most;
}

static int line_at(double y)
{
	double lines = (y - AREA_TOP) / LINE_PITCH;
	int whole = (int)lines;
	return lines - whole > 0.01 ? whole + 1 : whole;
}

static void set_head(struct head *out, const struct fonts *fonts, const struct paper_document *document)
{
	struct text_style number = {.face = FACE_TEXT, .size = SIZE_3};
	struct text_style title = {.face = FACE_TITLE, .size = SIZE_2, .width = AREA_WIDTH, .align = PANGO_ALIGN_CENTER};
	out->mark = set_mark(fonts, document->agency);
	out->number = empty(document->number) ? NULL : text_set(fonts, &number, document->number);
	out->title = text_set(fonts, &title, document->title);
	double y = AREA_TOP + MARK_BELOW_TOP + out->mark->size * 1.25 * shown(out->mark, MARK_LINES_MAX);
	/* Two empty lines, then the number; where there is none the line stands where it would. */
	y += 2 * LINE_PITCH + SIZE_3;
	out->number_middle = y - SIZE_3 / 2;
	out->line_y = y + LINE_BELOW_NUMBER;
	out->title_line = line_at(out->line_y + 2 * LINE_PITCH - (LINE_PITCH - SIZE_2) / 2);
	out->body_line = out->title_line + shown(out->title, TITLE_LINES_MAX) + 1;
}

static double line_middle(int line)
{
	return AREA_TOP + (line + 0.5) * LINE_PITCH;
}

static double centred(const struct set_text *text)
{
	return text->count == 1 ? AREA_LEFT + (AREA_WIDTH - text->width) / 2 - text->offsets[0] : AREA_LEFT;
}

static void draw_head(cairo_t *cr, const struct head *head)
{
	cairo_set_source_rgb(cr, 0.85, 0, 0);
	double middle = AREA_TOP + MARK_BELOW_TOP + head->mark->size * 0.5;
	for (int i = 0; i < shown(head->mark, MARK_LINES_MAX); i++)
		text_draw(cr, head->mark, i, centred(head->mark), middle + i * head->mark->size * 1.25);
	cairo_set_line_width(cr, RED_LINE_WIDTH);
	cairo_move_to(cr, AREA_LEFT, head->line_y);
	cairo_line_to(cr, AREA_RIGHT, head->line_y);
	cairo_stroke(cr);
	cairo_set_source_rgb(cr, 0, 0, 0);
	if (head->number != NULL)
		text_draw(cr, head->number, 0, centred(head->number), head->number_middle);
	for (int i = 0; i < shown(head->title, TITLE_LINES_MAX); i++)
		text_draw(cr, head->title, i, AREA_LEFT, line_middle(head->title_line + i));
}

/* --- rows ------------------------------------------------------------------------------------------------------------ */

static void rule(cairo_t *cr, double x1, double y1, double x2, double y2)
{
	cairo_move_to(cr, x1, y1);
	cairo_line_to(cr, x2, y2);
	cairo_stroke(cr);
}

static void draw_cell(cairo_t *cr, const struct row *row, size_t column, double middle)
{
	const struct set_table *table = row->table;
	const struct set_text *text = table->cells[row->table_row * table->columns + column];
	int line = row->slot - (row->slots - text->count) / 2;
	if (line >= 0 && line < text->count)
		text_draw(cr, text, line, AREA_LEFT + table->edges[column] + 5.0, middle);
}

static void draw_table(cairo_t *cr, const struct place *place)
{
	const struct row *row = place->row;
	const struct set_table *table = row->table;
	double top = AREA_TOP + place->line * LINE_PITCH, bottom = top + LINE_PITCH;
	cairo_set_line_width(cr, 0.6);
	for (size_t i = 0; i <= table->columns; i++)
		rule(cr, AREA_LEFT + table->edges[i], top, AREA_LEFT + table->edges[i], bottom);
	if (row->slot == 0 || place->first)
		rule(cr, AREA_LEFT, top, AREA_RIGHT, top);
	bool under_head = table->head && row->table_row == 0 && row->slot == row->slots - 1;
	if (place->last || under_head)
		rule(cr, AREA_LEFT, bottom, AREA_RIGHT, bottom);
	for (size_t i = 0; i < table->columns; i++)
		draw_cell(cr, row, i, line_middle(place->line));
}

static void draw_qr(cairo_t *cr, const struct row *row, double top)
{
	const struct qr *qr = row->qr;
	double module = QR_SIDE / qr->side, left = AREA_LEFT + CHAR_PITCH;
	for (int y = 0; y < qr->side; y++) {
		for (int x = 0; x < qr->side; x++) {
			int run = 0;
			while (x + run < qr->side && qr->dark[y * qr->side + x + run] != 0)
				run++;
			if (run > 0)
				cairo_rectangle(cr, left + x * module, top + y * module, run * module, module);
			x += run;
		}
	}
	cairo_fill(cr);
	/* The caption's column is wider than the code and centred under it. */
	for (int i = 0; row->caption != NULL && i < row->caption->count && i < 2; i++)
		text_draw(cr, row->caption, i, left - QR_SIDE / 4, top + QR_SIDE + 12.0 + i * 14.0);
}

static void draw_place(cairo_t *cr, const struct place *place)
{
	const struct row *row = place->row;
	if (row->qr != NULL)
		draw_qr(cr, row, AREA_TOP + place->line * LINE_PITCH + 6.0);
	if (row->type == ROW_TABLE)
		draw_table(cr, place);
	if (row->type != ROW_TEXT)
		return;
	double grey = row->pale ? 0.55 : 0;
	cairo_set_source_rgb(cr, grey, grey, grey);
	text_draw(cr, row->text, row->line, AREA_LEFT + row->left, line_middle(place->line));
	cairo_set_source_rgb(cr, 0, 0, 0);
}

static void draw_folio(cairo_t *cr, const struct fonts *fonts, int number)
{
	struct text_style style = {.face = FACE_SONG, .size = SIZE_4};
	const struct set_text *folio = text_set(fonts, &style, arena_printf(fonts->arena, "— %d —", number));
	double left = number % 2 == 1 ? AREA_RIGHT - SIZE_4 - folio->width : AREA_LEFT + SIZE_4;
	text_draw(cr, folio, 0, left, AREA_BOTTOM + FOLIO_BELOW);
}

/* --- the file -------------------------------------------------------------------------------------------------------- */

static cairo_status_t take(void *closure, const unsigned char *data, unsigned int len)
{
	struct buf *out = closure;
	buf_add(out, data, len);
	return out->overflow ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void destroy_surface(void *surface)
{
	cairo_surface_destroy(surface);
}

static void destroy_context(void *cr)
{
	cairo_destroy(cr);
}

/* Dates come from the document: without them Cairo would ask the clock, and no two files would be the same. */
static void put_metadata(cairo_surface_t *surface, const struct paper_document *document, struct arena *arena)
{
	const char *date = arena_printf(arena, "%sT00:00:00+08:00", day_format(arena, document->date == DAY_NONE ? 0 : document->date));
	const char *title = empty(document->number) ? document->title : arena_printf(arena, "%s %s", document->title, document->number);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, document->agency);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Sanzhi");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date);
}

static int build_flow(struct flow *flow, const struct fonts *fonts, const struct paper_document *document, struct err *err)
{
	struct qr *qr = NULL;
	flow_init(flow, fonts);
	if (!empty(document->qr)) {
		qr = ARENA_NEW(fonts->arena, struct qr);
		int rc = qr_make(document->qr, fonts->arena, qr, err);
		if (rc != 0)
			return rc;
	}
	flow_addressee(flow, document->addressee);
	for (size_t i = 0; i < document->nblocks; i++)
		flow_block(flow, &document->blocks[i]);
	flow_signature(flow, document, qr);
	flow_notes(flow, document->notes, document->nnotes);
	return 0;
}

static int draw(const struct paper_document *document, struct arena *scratch, struct buf *out, struct err *err)
{
	struct fonts fonts;
	struct flow flow;
	struct head head;
	struct place *places;
	size_t count, at = 0;
	int pages;
	fonts_open(&fonts, scratch);
	set_head(&head, &fonts, document);
	int rc = build_flow(&flow, &fonts, document, err);
	if (rc == 0)
		rc = flow_break(&flow, head.body_line, &places, &count, &pages, err);
	if (rc != 0)
		return rc;
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(take, out, PAGE_WIDTH, PAGE_HEIGHT);
	arena_on_free(scratch, destroy_surface, surface);
	put_metadata(surface, document, scratch);
	cairo_t *cr = cairo_create(surface);
	arena_on_free(scratch, destroy_context, cr);
	draw_head(cr, &head);
	for (int page = 0; page < pages; page++) {
		for (; at < count && places[at].page == page; at++)
			draw_place(cr, &places[at]);
		draw_folio(cr, &fonts, page + 1);
		cairo_show_page(cr);
	}
	cairo_status_t drawn = cairo_status(cr);
	cairo_surface_finish(surface);
	cairo_status_t written = cairo_surface_status(surface);
	if (out->overflow)
		return ERR(err, ERR_LIMIT, "文书的 PDF 超过 %zu 字节", PAPER_PDF_MAX);
	if (drawn != CAIRO_STATUS_SUCCESS || written != CAIRO_STATUS_SUCCESS) {
		err_detail(err, "cairo: %s", cairo_status_to_string(drawn != CAIRO_STATUS_SUCCESS ? drawn : written));
		return ERR(err, ERR_INTERNAL, "无法生成 PDF");
	}
	return 0;
}

/*
 * How many documents are set at once. Cairo copies whole fonts to cut them down, some thirty megabytes for each document, so that
 * every worker at once would take a gigabyte. Nothing but the count of them is shared.
 */
#define PRESSES 2
static struct {
	pthread_mutex_t mutex;
	pthread_cond_t free;
	int busy;
} presses = {.mutex = PTHREAD_MUTEX_INITIALIZER, .free = PTHREAD_COND_INITIALIZER};

static void press_take(void)
{
	(void)pthread_mutex_lock(&presses.mutex);
	while (presses.busy == PRESSES)
		(void)pthread_cond_wait(&presses.free, &presses.mutex);
	presses.busy++;
	(void)pthread_mutex_unlock(&presses.mutex);
}

static void press_give(void)
{
	(void)pthread_mutex_lock(&presses.mutex);
	presses.busy--;
	(void)pthread_cond_signal(&presses.free);
	(void)pthread_mutex_unlock(&presses.mutex);
}

int paper_render(const struct paper_document *document, struct arena *arena, void **pdf_out, size_t *len_out, struct err *err)
{
	int rc = check(document, err);
	if (rc != 0)
		return rc;
	struct buf out;
	buf_init(&out, arena, PAPER_PDF_MAX);
	/* Pango's objects go as soon as the bytes stand, not only with the caller's arena. */
	press_take();
	struct arena *scratch = arena_new();
	rc = draw(document, scratch, &out, err);
	arena_free(scratch);
	/* Each thread's heap would keep what Cairo took until the thread ends. */
	(void)malloc_trim(0);
	press_give();
	if (rc != 0)
		return rc;
	*pdf_out = out.data;
	*len_out = out.len;
	return 0;
}
