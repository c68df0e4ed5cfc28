/* Small real files made from nothing: a PDF page, a JPEG picture, an AVI of such pictures. Each opens in an ordinary viewer. */
#include "base/buf.h"
#include "base/text.h"
#include "work/demo/inside.h"

#define FILE_BYTES_MAX ((size_t)1 << 20)

/* --- PDF ------------------------------------------------------------------------------------------------------------ */

static void add_utf16(struct buf *out, const char *text)
{
	size_t len = strlen(text), pos = 0;
	while (pos < len) {
		uint32_t point = utf8_next(text, len, &pos);
		if (point > 0xFFFF)
			point = 0x3013; /* a geta mark for what lies beyond the plane */
		buf_addf(out, "%04X", (unsigned)point);
	}
}

/* One A4 page; the text in the standard CJK font that every viewer supplies (ISO 32000-1, 9.7.5.2). */
static void make_pdf(struct buf *out, const char *title, const char *mark, struct arena *arena)
{
	static const char *const objects[] = {
	    "<</Type/Catalog/Pages 2 0 R>>",
	    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
	    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
	    NULL,
	    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
	    "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor 7 0 R>>",
	    "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
	};
	struct buf page;
	size_t count = sizeof(objects) / sizeof(objects[0]), at[sizeof(objects) / sizeof(objects[0])];
	buf_init(&page, arena, FILE_BYTES_MAX);
	buf_adds(&page, "BT /F 22 Tf 90 720 Td <");
	add_utf16(&page, title);
	buf_adds(&page, "> Tj /F 12 Tf 0 -40 Td <");
	add_utf16(&page, mark);
	buf_adds(&page, "> Tj ET");
	buf_adds(out, "%PDF-1.4\n");
	for (size_t i = 0; i < count; i++) {
		at[i] = out->len;
		if (objects[i] != NULL)
			buf_addf(out, "%zu 0 obj%s endobj\n", i + 1, objects[i]);
		else
			buf_addf(out, "%zu 0 obj<</Length %zu>>stream\n%s\nendstream endobj\n", i + 1, page.len, page.data);
	}
	size_t table = out->len;
	buf_addf(out, "xref\n0 %zu\n0000000000 65535 f \n", count + 1);
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "%010zu 00000 n \n", at[i]);
	buf_addf(out, "trailer<</Size %zu/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", count + 1, table);
}

/* --- JPEG ----------------------------------------------------------------------------------------------------------- */

#define BLOCKS_WIDE 40
#define BLOCKS_HIGH 30

struct bits {
	struct buf *out;
	uint32_t held;
	unsigned count;
};

static void put_bits(struct bits *bits, uint32_t value, unsigned count)
{
	bits->held = bits->held << count | value;
	bits->count += count;
	while (bits->count >= 8) {
		uint8_t byte = (uint8_t)(bits->held >> (bits->count - 8));
		buf_addc(bits->out, (char)byte);
		if (byte == 0xFF)
			buf_addc(bits->out, 0);
		bits->count -= 8;
		bits->held &= (UINT32_C(1) << bits->count) - 1;
	}
}

/* A mosaic of grey squares: every block has a mean and nothing else, so that two tiny Huffman tables serve. */
static void make_jpeg(struct buf *out, struct rng *rng)
{
	static const uint8_t head[] = {0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0};
	static const uint8_t frame[] = {0xFF, 0xC0, 0, 11, 8, 0, BLOCKS_HIGH * 8, BLOCKS_WIDE * 8 / 256, BLOCKS_WIDE * 8 % 256, 1, 1, 0x11, 0};
	static const uint8_t dc[] = {0xFF, 0xC4, 0, 26, 0x00, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6};
	static const uint8_t ac[] = {0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t scan[] = {0xFF, 0xDA, 0, 8, 1, 1, 0x00, 0, 63, 0};
	uint8_t quant[69] = {0xFF, 0xDB, 0, 67, 0};
	memset(quant + 5, 8, 64);
	buf_add(out, head, sizeof(head));
	buf_add(out, quant, sizeof(quant));
	buf_add(out, frame, sizeof(frame));
	buf_add(out, dc, sizeof(dc));
	buf_add(out, ac, sizeof(ac));
	buf_add(out, scan, sizeof(scan));
	struct bits bits = {.out = out};
	int64_t mean = 0;
	for (unsigned i = 0; i < BLOCKS_WIDE * BLOCKS_HIGH; i++) {
		int64_t next = mean + rng_between(rng, -24, 24);
		next = next < -100 ? -100 : next > 100 ? 100 : next;
		int64_t diff = next - mean, size = diff < 0 ? -diff : diff;
		unsigned category = 0;
		while (size >> category != 0)
			category++;
		put_bits(&bits, category, 3);
		if (category > 0)
			put_bits(&bits, (uint32_t)(diff < 0 ? diff + (INT64_C(1) << category) - 1 : diff), category);
		put_bits(&bits, 0, 1); /* no more in this block */
		mean = next;
	}
	put_bits(&bits, 0x7F, 7); /* to a whole byte */
	buf_add(out, "\xFF\xD9", 2);
}

/* --- AVI ------------------------------------------------------------------------------------------------------------ */

static void add_u32(struct buf *out, uint32_t value)
{
	uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
	buf_add(out, bytes, 4);
}

static void add_words(struct buf *out, const uint32_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_u32(out, words[i]);
}

#define FRAMES 2

/* Two frames of a motion picture of JPEGs, one a second. */
static void make_avi(struct buf *out, struct rng *rng, struct arena *arena)
{
	struct buf movie;
	size_t largest = 0;
	buf_init(&movie, arena, FILE_BYTES_MAX);
	buf_adds(&movie, "movi");
	for (unsigned i = 0; i < FRAMES; i++) {
		struct buf frame;
		buf_init(&frame, arena, FILE_BYTES_MAX);
		make_jpeg(&frame, rng);
		buf_adds(&movie, "00dc");
		add_u32(&movie, (uint32_t)frame.len);
		buf_add(&movie, frame.data, frame.len);
		if (frame.len % 2 != 0)
			buf_addc(&movie, 0);
		largest = frame.len > largest ? frame.len : largest;
	}
	const uint32_t wide = BLOCKS_WIDE * 8, high = BLOCKS_HIGH * 8;
	const uint32_t avih[14] = {1000000, (uint32_t)largest, 0, 0, FRAMES, 0, 1, (uint32_t)largest, wide, high};
	const uint32_t strh[12] = {0, 0, 0, 1, 1, 0, FRAMES, (uint32_t)largest, UINT32_MAX, 0, 0, high << 16 | wide};
	const uint32_t strf[10] = {40, wide, high, 24 << 16 | 1, 0x47504A4D /* MJPG */, wide * high * 3};
	const uint32_t strl = 4 + 8 + 8 + sizeof(strh) + 8 + sizeof(strf), hdrl = 4 + 8 + sizeof(avih) + 8 + strl;
	buf_adds(out, "RIFF");
	add_u32(out, 4 + 8 + hdrl + 8 + (uint32_t)movie.len);
	buf_adds(out, "AVI LIST");
	add_u32(out, hdrl);
	buf_adds(out, "hdrlavih");
	add_u32(out, sizeof(avih));
	add_words(out, avih, 14);
	buf_adds(out, "LIST");
	add_u32(out, strl);
	buf_adds(out, "strlstrh");
	add_u32(out, 8 + sizeof(strh));
	buf_adds(out, "vidsMJPG");
	add_words(out, strh, 12);
	buf_adds(out, "strf");
	add_u32(out, sizeof(strf));
	add_words(out, strf, 10);
	buf_adds(out, "LIST");
	add_u32(out, (uint32_t)movie.len);
	buf_add(out, movie.data, movie.len);
}

static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325); /* FNV-1a: only to make pictures differ */
	for (; *text != '\0'; text++)
		hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001B3);
	return hash;
}

int demo_paper(struct site *site, enum paper kind, const char *title, const char *mark, struct arena *arena, struct entry_file *out, struct err *err)
{
	static const char *const types[] = {"application/pdf", "image/jpeg", "video/x-msvideo"}, *const ends[] = {"pdf", "jpg", "avi"};
	struct buf content;
	struct rng rng;
	buf_init(&content, arena, FILE_BYTES_MAX);
	rng_seed(&rng, hash_of(mark), hash_of(title));
	if (kind == PAPER_PDF)
		make_pdf(&content, title, mark, arena);
	else if (kind == PAPER_PHOTO)
		make_jpeg(&content, &rng);
	else
		make_avi(&content, &rng, arena);
	BUG_ON(content.overflow);
	*out = (struct entry_file){.name = arena_printf(arena, "%s.%s", title, ends[kind]), .type = types[kind]};
	return blob_put(site->blobs, content.data, content.len, &out->blob, err);
}
