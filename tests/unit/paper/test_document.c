/* The page: its measures, its breaks, the same bytes each time, in several threads at once. */
#include "paper/document.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "bed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define DATE 20494 /* 2026-02-10 */

static struct paper_document sample(const struct paper_block *blocks, size_t count)
{
	return (struct paper_document){.agency = "景洪市市场监督管理局", .number = "景市监罚〔2026〕12号", .title = "行政处罚决定书", .blocks = blocks, .nblocks = count, .signer = "景洪市市场监督管理局",
	                               .date = DATE, .seal = true, .qr = "https://zf.example.gov.cn/p/1", .qr_caption = "扫码查验本文书"};
}

static void render(struct bed *bed, const char *name, const struct paper_document *document)
{
	void *pdf;
	size_t len;
	assert_int_equal(paper_render(document, bed->arena, &pdf, &len, &bed->err), 0);
	bed_write(bed, name, pdf, len);
}

static const char *repeat(struct bed *bed, const char *text, int times)
{
	struct buf out;
	buf_init(&out, bed->arena, (size_t)4 << 20);
	for (int i = 0; i < times; i++)
		buf_adds(&out, text);
	return out.data;
}

/* Left edge and baseline box of a text's words on a page, in points. */
static bool word_box(struct bed *bed, int page, const char *word, double box[4])
{
	const char *found = bed_run(bed, "pdftotext -bbox -f %d -l %d %s/paper.pdf - | grep '>%s<' | head -1", page, page, bed->dir, word);
	return sscanf(found, " <word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"", &box[0], &box[1], &box[2], &box[3]) == 4;
}

static void test_page(void **state)
{
	struct bed *bed = *state;
	struct paper_block blocks[] = {{.type = PAPER_TEXT, .text = repeat(bed, "正文满行二十八字", 200)}};
	struct paper_document document = sample(blocks, 1);
	double box[4];
	render(bed, "page", &document);
	assert_true(bed_says(bed_run(bed, "pdfinfo %s/paper.pdf", bed->dir), "595.276 x 841.89 pts (A4)"));
	assert_true(bed_says(bed_run(bed, "pdfinfo %s/paper.pdf", bed->dir), "Title:           行政处罚决定书 景市监罚〔2026〕12号"));
	assert_true(bed_says(bed_run(bed, "TZ=Asia/Shanghai pdfinfo -isodates %s/paper.pdf", bed->dir), "CreationDate:    2026-02-10T00:00:00+08"));
	/* 28 characters from 79.4 to 521.6 pt: 28 and 26 mm from the paper's edges. */
	assert_true(word_box(bed, 2, "八字正文[^<]*", box));
	assert_true(box[0] > 78.5 && box[0] < 80.5);
	assert_true(box[2] > 520.0 && box[2] < 523.5);
	/* 22 lines on a page that is full, the first 37 mm from the top. */
	const char *lines = bed_run(bed, "pdftotext -layout -f 2 -l 2 %s/paper.pdf - | grep -c 正文", bed->dir);
	assert_int_equal(strtol(lines, NULL, 10), 22);
	const char *chars = bed_run(bed, "pdftotext -layout -f 2 -l 2 %s/paper.pdf - | head -1 | tr -d ' \\n' | wc -m", bed->dir);
	assert_int_equal(strtol(chars, NULL, 10), 28);
	/* Page numbers outside: odd pages right, even pages left. */
	assert_true(word_box(bed, 1, "1", box) && box[0] > 470);
	assert_true(word_box(bed, 2, "2", box) && box[2] < 130);
	assert_true(box[1] > 742.7 && box[3] < 790);
}

static void test_red_line_and_head(void **state)
{
	struct bed *bed = *state;
	struct paper_block blocks[] = {{.type = PAPER_TEXT, .text = "正文。"}};
	struct paper_document document = sample(blocks, 1);
	double box[4];
	render(bed, "head", &document);
	assert_int_equal(bed_pages(bed), 1);
	/* The agency's name begins 35 mm below the text area's top: 204 pt from the paper's edge, give or take its box. */
	assert_true(word_box(bed, 1, "景洪市市场监督管理局", box));
	assert_true(box[1] > 190 && box[1] < 208);
	assert_true(box[0] + box[2] > 2 * 300 - 4 && box[0] + box[2] < 2 * 300 + 6); /* centred on the text area, 300.5 pt */
	/* Something red and as wide as the text area stands under the number: looked for in the picture. */
	(void)bed_run(bed, "pdftoppm -r 72 -f 1 -l 1 %s/paper.pdf %s/head", bed->dir, bed->dir);
	FILE *file = fopen(arena_printf(bed->arena, "%s/head-1.ppm", bed->dir), "rb");
	int width, height, widest = 0;
	assert_non_null(file);
	assert_int_equal(fscanf(file, "P6 %d %d 255%*c", &width, &height), 2);
	unsigned char *row = arena_alloc(bed->arena, (size_t)width * 3);
	for (int y = 0; y < height && fread(row, 3, (size_t)width, file) == (size_t)width; y++) {
		int red = 0;
		for (int x = 0; x < width; x++)
			red += row[x * 3] > 180 && row[x * 3 + 1] < 160 && row[x * 3 + 2] < 160;
		widest = red > widest ? red : widest;
	}
	(void)fclose(file);
	assert_in_range(widest, 440, 445);
}

static void test_same_bytes(void **state)
{
	struct bed *bed = *state;
	struct paper_block blocks[] = {{.type = PAPER_FIELD, .label = "当事人", .text = "甲公司"}, {.type = PAPER_TEXT, .text = "同样的内容 and the same bytes。"}};
	struct paper_document document = sample(blocks, 2);
	void *one, *two;
	size_t one_len, two_len;
	assert_int_equal(paper_render(&document, bed->arena, &one, &one_len, &bed->err), 0);
	assert_int_equal(paper_render(&document, bed->arena, &two, &two_len, &bed->err), 0);
	assert_int_equal(one_len, two_len);
	assert_memory_equal(one, two, one_len);
}

struct job {
	const struct paper_document *document;
	size_t len;
	unsigned char first[1 << 20];
	bool good;
};

static void *work(void *arg)
{
	struct job *job = arg;
	job->good = true;
	for (int i = 0; i < 8; i++) {
		struct arena *arena = arena_new();
		struct err err;
		void *pdf;
		size_t len;
		err_init(&err, arena);
		bool good = paper_render(job->document, arena, &pdf, &len, &err) == 0 && len <= sizeof(job->first);
		if (good && i == 0) {
			memcpy(job->first, pdf, len);
			job->len = len;
		}
		job->good = job->good && good && len == job->len && memcmp(job->first, pdf, len) == 0;
		arena_free(arena);
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct bed *bed = *state;
	struct paper_block blocks[] = {{.type = PAPER_HEADING, .level = 1, .text = "一、并行"}, {.type = PAPER_TEXT, .text = repeat(bed, "两个线程同时排版，", 120)}};
	struct paper_document document = sample(blocks, 2);
	struct job *jobs = ARENA_ARRAY(bed->arena, 2, struct job);
	pthread_t threads[2];
	for (int i = 0; i < 2; i++) {
		jobs[i].document = &document;
		assert_int_equal(pthread_create(&threads[i], NULL, work, &jobs[i]), 0);
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_true(jobs[0].good && jobs[1].good);
	assert_int_equal(jobs[0].len, jobs[1].len);
	assert_memory_equal(jobs[0].first, jobs[1].first, jobs[0].len);
}

static void test_long_text_flows(void **state)
{
	struct bed *bed = *state;
	/* 10,000 characters: 358 lines. */
	struct paper_block blocks[] = {{.type = PAPER_TEXT, .text = repeat(bed, "一二三四五六七八九十", 1000)}};
	struct paper_document document = sample(blocks, 1);
	render(bed, "long", &document);
	assert_in_range(bed_pages(bed), 17, 19);
	const char *text = bed_text(bed);
	size_t count = 0;
	for (const char *at = text; (at = strstr(at, "九")) != NULL; at++)
		count++;
	assert_int_equal(count, 1000);
	/* The signature's page has text of the decision too. */
	assert_true(bed_says(bed_run(bed, "pdftotext -f %d %s/paper.pdf -", bed_pages(bed), bed->dir), "五"));
}

/* Whatever the length, signature, seal, date and note stay together on one page, and that page has lines of the text. */
static void test_signature_never_alone(void **state)
{
	struct bed *bed = *state;
	for (int chars = 0; chars < 26; chars++) {
		struct paper_block blocks[] = {{.type = PAPER_TEXT, .text = repeat(bed, "此段文字占满一整行共二十八个汉字不多不少正好如此而已也", chars)}};
		struct paper_document document = sample(blocks, 1);
		const char *const notes[] = {"本机关依法公示"};
		document.notes = notes;
		document.nnotes = 1;
		render(bed, "alone", &document);
		int pages = bed_pages(bed);
		const char *last = bed_run(bed, "pdftotext -f %d -l %d %s/paper.pdf -", pages, pages, bed->dir);
		assert_true(bed_says(last, "2026"));
		assert_true(bed_says(last, "扫码"));
		assert_true(bed_says(last, "（本机关依法公示）"));
		assert_true(chars == 0 || bed_says(last, "字"));
	}
}

static void test_odd_words(void **state)
{
	struct bed *bed = *state;
	static const char *const titles[] = {"序号", "名称"};
	const char *word = repeat(bed, "Supercalifragilisticexpialidocious", 20);
	const char *cells[] = {"1", word, "2", NULL, "3", repeat(bed, "很长的名称", 300)};
	struct paper_table table = {.columns = 2, .rows = 3, .titles = titles, .cells = cells};
	struct paper_block blocks[] = {{.type = PAPER_TEXT, .text = word}, {.type = PAPER_TEXT, .text = ""}, {.type = PAPER_TEXT, .text = NULL}, {.type = PAPER_TEXT, .text = "\n\n　　\r\n段一\n\n\n段二\n"},
	                               {.type = PAPER_FIELD, .label = repeat(bed, "很长的标签", 8), .text = word}, {.type = PAPER_HEADING, .level = 2, .text = "（一）楷体"}, {.type = PAPER_HEADING, .level = 3, .text = "1. 三级"},
	                               {.type = PAPER_TABLE, .table = &table}, {.type = PAPER_BLANK}, {.type = PAPER_FLUSH, .text = "顶格"}, {.type = PAPER_NOTE, .text = "附注"}};
	struct paper_document document = sample(blocks, sizeof(blocks) / sizeof(blocks[0]));
	document.agency = repeat(bed, "西双版纳傣族自治州", 12);
	document.title = repeat(bed, "关于一件事情的很长的标题", 12);
	document.signer = repeat(bed, "西双版纳傣族自治州人民政府", 3);
	document.addressee = "景洪市某公司：";
	render(bed, "odd", &document);
	const char *text = bed_text(bed);
	assert_true(bed_says(text, "Supercali"));
	assert_true(bed_says(text, "段一"));
	assert_true(bed_says(text, "景洪市某公司："));
	/* The table's head stands again on its second page. */
	const char *heads = bed_run(bed, "pdftotext %s/paper.pdf - | grep -c 序号", bed->dir);
	assert_true(strtol(heads, NULL, 10) >= 2);
}

static void test_nothing_but_the_head(void **state)
{
	struct bed *bed = *state;
	struct paper_document document = {.agency = "甲", .title = "乙", .date = DAY_NONE};
	render(bed, "bare", &document);
	assert_int_equal(bed_pages(bed), 1);
	assert_true(bed_says(bed_text(bed), "乙"));
}

static void test_refusals(void **state)
{
	struct bed *bed = *state;
	void *pdf;
	size_t len;
	struct paper_block bad[] = {{.type = PAPER_TEXT, .text = "\xff\xfe"}};
	struct paper_document document = sample(bad, 1);
	assert_int_equal(paper_render(&document, bed->arena, &pdf, &len, &bed->err), -ERR_INVALID);
	document = sample(NULL, 0);
	document.title = "";
	assert_int_equal(paper_render(&document, bed->arena, &pdf, &len, &bed->err), -ERR_INVALID);
	document = sample(NULL, 0);
	document.qr = repeat(bed, "x", 4000);
	assert_int_equal(paper_render(&document, bed->arena, &pdf, &len, &bed->err), -ERR_LIMIT);
	struct paper_block huge[] = {{.type = PAPER_TEXT, .text = repeat(bed, "大", 400000)}};
	document = sample(huge, 1);
	assert_int_equal(paper_render(&document, bed->arena, &pdf, &len, &bed->err), -ERR_LIMIT);
}

#ifdef ARENA_DEBUG
#else
#endif

/* Two pages, warm, stay below a tenth of a second. */
int main(void)
{
	const struct CMUnitTest tests[] = {
	    /* First, so that the fonts are read by two threads at once. */
	    cmocka_unit_test_setup_teardown(test_threads, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_page, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_red_line_and_head, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_same_bytes, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_long_text_flows, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_signature_never_alone, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_odd_words, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_nothing_but_the_head, bed_open, bed_close),
	    cmocka_unit_test_setup_teardown(test_refusals, bed_open, bed_close),
	};
	return cmocka_run_group_tests_name("paper-document", tests, NULL, NULL);
}
