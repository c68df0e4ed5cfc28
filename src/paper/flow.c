#include "paper/flow.h"

#include "base/buf.h"
#include "base/text.h"
#include "paper/page.h"

/* Half a point of grace, so that a full line of 28 characters is not turned over by rounding. */
#define FULL_WIDTH (AREA_WIDTH + 0.5)
#define TABLE_PAD 5.0
#define HEAD_SLOTS_MAX 6
#define SIGNER_WIDTH (17 * CHAR_PITCH)

void flow_init(struct flow *flow, const struct fonts *fonts)
{
	*flow = (struct flow){.arena = fonts->arena, .fonts = fonts};
}

static struct row *add_row(struct flow *flow, enum row_type type)
{
	if (flow->count == flow->cap) {
		size_t cap = flow->cap == 0 ? 64 : flow->cap * 2;
		struct row *grown = ARENA_ARRAY(flow->arena, cap, struct row);
		if (flow->count > 0)
			memcpy(grown, flow->rows, flow->count * sizeof(*grown));
		flow->rows = grown;
		flow->cap = cap;
	}
	struct row *row = &flow->rows[flow->count++];
	*row = (struct row){.type = type};
	return row;
}

/* Lines of one paragraph: neither its first nor its last stands alone on a page. */
static void add_lines(struct flow *flow, const struct set_text *text, double left, bool keep_all)
{
	for (int i = 0; i < text->count; i++) {
		struct row *row = add_row(flow, ROW_TEXT);
		row->text = text;
		row->line = i;
		row->left = left;
		row->keep = keep_all || (text->count > 1 && (i == 0 || i == text->count - 2));
	}
}

/* --- text ------------------------------------------------------------------------------------------------------------ */

typedef void (*paragraph_fn)(struct flow *flow, const struct paper_block *block, const char *text);

/* A text's paragraphs without the blanks and empty lines that people set them apart with. */
static void each_paragraph(struct flow *flow, const struct paper_block *block, paragraph_fn add)
{
	const char *rest = block->text == NULL ? "" : block->text;
	while (*rest != '\0') {
		size_t len = strcspn(rest, "\r\n");
		const char *one = text_trim(flow->arena, arena_strndup(flow->arena, rest, len));
		if (*one != '\0')
			add(flow, block, one);
		rest += len;
		rest += strspn(rest, "\r\n");
	}
}

static void add_paragraph(struct flow *flow, const struct paper_block *block, const char *text)
{
	struct text_style style = {.face = FACE_TEXT, .size = SIZE_3, .pitch = CHAR_PITCH, .width = FULL_WIDTH, .justify = true};
	style.indent = block->type == PAPER_FLUSH ? 0 : 2 * CHAR_PITCH;
	add_lines(flow, text_set(flow->fonts, &style, text), 0, false);
}

static void add_heading(struct flow *flow, const struct paper_block *block, const char *text)
{
	struct text_style style = {.face = FACE_TEXT, .size = SIZE_3, .pitch = CHAR_PITCH, .width = FULL_WIDTH, .indent = 2 * CHAR_PITCH};
	if (block->level <= 2)
		style.face = block->level == 2 ? FACE_KAI : FACE_BLACK;
	add_lines(flow, text_set(flow->fonts, &style, text), 0, true);
}

static void add_field(struct flow *flow, const struct paper_block *block)
{
	const char *label = arena_printf(flow->arena, "%s：", block->label == NULL ? "" : block->label);
	struct text_style style = {.face = FACE_TEXT, .size = SIZE_3, .pitch = CHAR_PITCH};
	double hang = text_set(flow->fonts, &style, label)->width;
	style.width = FULL_WIDTH;
	style.justify = hang < AREA_WIDTH / 2;
	style.indent = style.justify ? -hang : 0;
	add_lines(flow, text_set(flow->fonts, &style, arena_printf(flow->arena, "%s%s", label, block->text == NULL ? "" : block->text)), 0, false);
}

static void add_note(struct flow *flow, const struct paper_block *block, const char *text)
{
	struct text_style style = {.face = FACE_TEXT, .size = SIZE_3, .pitch = CHAR_PITCH, .width = FULL_WIDTH, .indent = 2 * CHAR_PITCH, .justify = true};
	(void)block;
	add_lines(flow, text_set(flow->fonts, &style, arena_printf(flow->arena, "（%s）", text)), 0, false);
}

void flow_notes(struct flow *flow, const char *const *notes, size_t count)
{
	size_t first = flow->count;
	for (size_t i = 0; i < count; i++)
		flow_block(flow, &(struct paper_block){.type = PAPER_NOTE, .text = notes[i]});
	for (size_t i = first; i + 1 < flow->count; i++)
		flow->rows[i].keep = true;
}

void flow_addressee(struct flow *flow, const char *text)
{
	struct paper_block block = {.type = PAPER_FLUSH, .text = text};
	flow_block(flow, &block);
}

/* --- tables ---------------------------------------------------------------------------------------------------------- */

static struct set_text *set_cell(struct flow *flow, const struct set_table *table, size_t column, const char *text, bool head)
{
	double width = table->edges[column + 1] - table->edges[column] - 2 * TABLE_PAD;
	struct text_style style = {.face = head ? FACE_BLACK : FACE_TEXT, .size = SIZE_4, .width = width, .align = PANGO_ALIGN_CENTER};
	struct set_text *out = text_set(flow->fonts, &style, text);
	if (out->count == 1)
		return out;
	style.align = PANGO_ALIGN_LEFT;
	return text_set(flow->fonts, &style, text);
}

static void set_edges(struct set_table *out, const struct paper_table *table)
{
	double all = 0, at = 0;
	for (size_t i = 0; i < table->columns; i++)
		all += table->widths == NULL ? 1.0 : (double)table->widths[i];
	for (size_t i = 0; i < table->columns; i++) {
		out->edges[i] = at;
		at += AREA_WIDTH * (table->widths == NULL ? 1.0 : (double)table->widths[i]) / all;
	}
	out->edges[table->columns] = AREA_WIDTH;
}

static void add_table_row(struct flow *flow, const struct set_table *table, size_t number)
{
	int slots = 1;
	for (size_t i = 0; i < table->columns; i++) {
		int lines = table->cells[number * table->columns + i]->count;
		slots = lines > slots ? lines : slots;
	}
	for (int i = 0; i < slots; i++) {
		struct row *row = add_row(flow, ROW_TABLE);
		row->table = table;
		row->table_row = number;
		row->slot = i;
		row->slots = slots;
		row->keep = slots <= PAGE_LINES / 2 && i < slots - 1;
	}
}

static void add_table(struct flow *flow, const struct paper_table *table)
{
	struct set_table *out = ARENA_NEW(flow->arena, struct set_table);
	out->columns = table->columns;
	out->head = table->titles != NULL;
	out->rows = table->rows + (out->head ? 1 : 0);
	set_edges(out, table);
	out->cells = ARENA_ARRAY(flow->arena, out->rows * out->columns, struct set_text *);
	size_t at = 0;
	for (size_t i = 0; out->head && i < table->columns; i++)
		out->cells[at++] = set_cell(flow, out, i, table->titles[i], true);
	for (size_t i = 0; i < table->rows * table->columns; i++)
		out->cells[at++] = set_cell(flow, out, i % table->columns, table->cells[i], false);
	size_t first = flow->count;
	for (size_t i = 0; i < out->rows; i++) {
		add_table_row(flow, out, i);
		if (i > 0 || !out->head)
			continue;
		/* The head is no row by itself: it stays with the first that it names. */
		out->head_slots = (int)(flow->count - first);
		flow->rows[flow->count - 1].keep = out->rows > 1;
	}
}

void flow_block(struct flow *flow, const struct paper_block *block)
{
	switch (block->type) {
	case PAPER_TEXT:
	case PAPER_FLUSH: each_paragraph(flow, block, add_paragraph); break;
	case PAPER_FIELD: add_field(flow, block); break;
	case PAPER_HEADING: each_paragraph(flow, block, add_heading); break;
	case PAPER_TABLE: add_table(flow, block->table); break;
	case PAPER_BLANK: (void)add_row(flow, ROW_BLANK); break;
	case PAPER_NOTE: each_paragraph(flow, block, add_note); break;
	}
}

/* --- signature ------------------------------------------------------------------------------------------------------- */

/* The last lines of the text go along with the signature, so that it never stands on a page of its own. */
static void keep_last_lines(struct flow *flow)
{
	for (size_t i = 0; i < 2 && i < flow->count; i++)
		flow->rows[flow->count - 1 - i].keep = true;
}

static void add_kept(struct flow *flow, const struct set_text *text, double left, bool pale)
{
	for (int i = 0; i < text->count; i++) {
		struct row *row = add_row(flow, ROW_TEXT);
		*row = (struct row){.type = ROW_TEXT, .keep = true, .pale = pale, .text = text, .line = i, .left = left};
	}
}

static void add_signer(struct flow *flow, const struct paper_document *document)
{
	struct text_style style = {.face = FACE_TEXT, .size = SIZE_3, .pitch = CHAR_PITCH};
	const struct set_text *date = document->date == DAY_NONE ? NULL : text_set(flow->fonts, &style, day_format_zh(flow->arena, document->date));
	const struct set_text *seal = document->seal ? text_set(flow->fonts, &style, "（印　章）") : NULL;
	const struct set_text *signer = text_set(flow->fonts, &style, document->signer);
	double widest = signer->width;
	if (widest > SIGNER_WIDTH) {
		style.width = widest = SIGNER_WIDTH;
		style.align = PANGO_ALIGN_CENTER;
		signer = text_set(flow->fonts, &style, document->signer);
	}
	/* The date ends four characters from the right, the name stands centred over it; a longer name keeps two from the edge. */
	double centre = AREA_WIDTH - 4 * CHAR_PITCH - (date == NULL ? 0 : date->width) / 2;
	if (centre + widest / 2 > AREA_WIDTH - 2 * CHAR_PITCH)
		centre = AREA_WIDTH - 2 * CHAR_PITCH - widest / 2;
	add_kept(flow, signer, centre - widest / 2, false);
	if (seal != NULL)
		add_kept(flow, seal, centre - seal->width / 2, true);
	if (date != NULL)
		add_kept(flow, date, centre - date->width / 2, false);
}

void flow_signature(struct flow *flow, const struct paper_document *document, const struct qr *qr)
{
	bool signer = document->signer != NULL && *document->signer != '\0';
	if (!signer && qr == NULL)
		return;
	keep_last_lines(flow);
	add_row(flow, ROW_BLANK)->keep = true;
	size_t start = flow->count;
	add_row(flow, ROW_BLANK)->keep = true;
	if (signer)
		add_signer(flow, document);
	if (qr != NULL) {
		struct text_style style = {.face = FACE_SONG, .size = SIZE_5, .width = 3 * QR_SIDE / 2, .align = PANGO_ALIGN_CENTER};
		while (flow->count < start + 4)
			add_row(flow, ROW_BLANK)->keep = true;
		flow->rows[start].qr = qr;
		flow->rows[start].caption = text_set(flow->fonts, &style, document->qr_caption);
	}
	/* Notes follow the date on its own page. */
	flow->rows[flow->count - 1].keep = document->nnotes > 0;
}

/* --- pages ----------------------------------------------------------------------------------------------------------- */

struct breaking {
	struct place *places;
	size_t count, cap;
	int page, line;
	struct arena *arena;
};

static void put(struct breaking *b, const struct row *row)
{
	if (b->count == b->cap) {
		size_t cap = b->cap * 2 + 64;
		struct place *grown = ARENA_ARRAY(b->arena, cap, struct place);
		if (b->count > 0)
			memcpy(grown, b->places, b->count * sizeof(*grown));
		b->places = grown;
		b->cap = cap;
	}
	b->places[b->count++] = (struct place){.row = row, .page = b->page, .line = b->line++};
}

static size_t group_length(const struct flow *flow, size_t from)
{
	size_t n = 1;
	while (from + n < flow->count && flow->rows[from + n - 1].keep)
		n++;
	return n;
}

/* The rows of the head of a table that goes on on a new page. */
static void put_head_again(struct breaking *b, const struct flow *flow, size_t at)
{
	const struct row *row = &flow->rows[at];
	if (row->type != ROW_TABLE || !row->table->head || row->table_row == 0 || row->table->head_slots > HEAD_SLOTS_MAX)
		return;
	size_t first = at;
	while (first > 0 && flow->rows[first - 1].table == row->table)
		first--;
	for (int i = 0; i < row->table->head_slots; i++)
		put(b, &flow->rows[first + (size_t)i]);
}

static void mark_tables(struct breaking *b)
{
	for (size_t i = 0; i < b->count; i++) {
		struct place *place = &b->places[i];
		const struct set_table *table = place->row->table;
		if (table == NULL)
			continue;
		place->first = i == 0 || b->places[i - 1].row->table != table || b->places[i - 1].page != place->page;
		place->last = i + 1 == b->count || b->places[i + 1].row->table != table || b->places[i + 1].page != place->page;
	}
}

int flow_break(const struct flow *flow, int first_line, struct place **out, size_t *count_out, int *pages_out, struct err *err)
{
	struct breaking b = {.line = first_line, .arena = flow->arena};
	size_t kept = 0; /* rows of the group that has found its page */
	for (size_t i = 0; i < flow->count; i++) {
		if (kept == 0) {
			kept = group_length(flow, i);
			bool fits = kept <= (size_t)(PAGE_LINES - b.line);
			if (!fits && kept <= PAGE_LINES && b.line > 0 && b.line < PAGE_LINES)
				b.line = PAGE_LINES;
		}
		if (b.line == PAGE_LINES) {
			if (++b.page == PAPER_PAGES_MAX)
				return ERR(err, ERR_LIMIT, "文书超过 %d 页", PAPER_PAGES_MAX);
			b.line = 0;
			put_head_again(&b, flow, i);
		}
		/* An empty line at the top of a page parts nothing, unless a QR code begins in it. */
		bool idle = b.line == 0 && flow->rows[i].type == ROW_BLANK && flow->rows[i].qr == NULL;
		if (!idle)
			put(&b, &flow->rows[i]);
		kept--;
	}
	mark_tables(&b);
	*out = b.places;
	*count_out = b.count;
	*pages_out = b.page + 1;
	return 0;
}
