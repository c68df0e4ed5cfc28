#include "base/text.h"

#include "base/err.h"

/* Length of the sequence that a first byte announces, and the least code point that needs it. */
static size_t lead_length(unsigned char c, uint32_t *bits, uint32_t *least)
{
	if (c < 0x80) { *bits = c; *least = 1; return 1; }
	if ((c & 0xE0) == 0xC0) { *bits = c & 0x1FU; *least = 0x80; return 2; }
	if ((c & 0xF0) == 0xE0) { *bits = c & 0x0FU; *least = 0x800; return 3; }
	if ((c & 0xF8) == 0xF0) { *bits = c & 0x07U; *least = 0x10000; return 4; }
	return 0;
}

bool utf8_valid(const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t point, least;
		uint64_t eight;
		if (len - i >= sizeof(eight)) { /* of plain ASCII at once */
			memcpy(&eight, text + i, sizeof(eight));
			if ((eight & UINT64_C(0x8080808080808080)) == 0) {
				i += sizeof(eight);
				continue;
			}
		}
		size_t n = lead_length((unsigned char)text[i], &point, &least);
		if (n == 0 || n > len - i)
			return false;
		for (size_t k = 1; k < n; k++) {
			unsigned char c = (unsigned char)text[i + k];
			if ((c & 0xC0) != 0x80)
				return false;
			point = point << 6 | (c & 0x3FU);
		}
		if (point < least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
			return false;
		i += n;
	}
	return true;
}

uint32_t utf8_next(const char *text, size_t len, size_t *pos)
{
	uint32_t point, least;
	size_t n = lead_length((unsigned char)text[*pos], &point, &least);
	BUG_ON(n == 0 || n > len - *pos);
	for (size_t k = 1; k < n; k++)
		point = point << 6 | ((unsigned char)text[*pos + k] & 0x3FU);
	*pos += n;
	return point;
}

size_t utf8_count(const char *text, size_t len)
{
	size_t count = 0;
	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80;
	return count;
}

size_t utf8_put(uint32_t point, char out[4])
{
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		out[0] = (char)(0xC0 | point >> 6);
		out[1] = (char)(0x80 | (point & 0x3F));
		return 2;
	}
	if (point < 0x10000) {
		out[0] = (char)(0xE0 | point >> 12);
		out[1] = (char)(0x80 | (point >> 6 & 0x3F));
		out[2] = (char)(0x80 | (point & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | point >> 18);
	out[1] = (char)(0x80 | (point >> 12 & 0x3F));
	out[2] = (char)(0x80 | (point >> 6 & 0x3F));
	out[3] = (char)(0x80 | (point & 0x3F));
	return 4;
}

bool utf8_is_han(uint32_t point)
{
	return (point >= 0x4E00 && point <= 0x9FFF) || (point >= 0x3400 && point <= 0x4DBF) ||
	       (point >= 0x20000 && point <= 0x2A6DF) || point == 0x3007;
}

bool text_eq(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

const char *text_or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

bool text_starts(const char *text, const char *prefix)
{
	return text != NULL && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
	if (text == NULL)
		return false;
	size_t len = strlen(text), slen = strlen(suffix);
	return slen <= len && memcmp(text + len - slen, suffix, slen) == 0;
}

#define WIDE_BLANK "\xE3\x80\x80" /* U+3000 */

char *text_trim(struct arena *arena, const char *text)
{
	size_t len = strlen(text);
	for (;;) {
		if (len > 0 && strchr(" \t\r\n", *text) != NULL) {
			text++;
			len--;
		} else if (len >= 3 && memcmp(text, WIDE_BLANK, 3) == 0) {
			text += 3;
			len -= 3;
		} else {
			break;
		}
	}
	for (;;) {
		if (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
			len--;
		else if (len >= 3 && memcmp(text + len - 3, WIDE_BLANK, 3) == 0)
			len -= 3;
		else
			break;
	}
	return arena_strndup(arena, text, len);
}

unsigned text_distance(const char *a, const char *b, unsigned limit)
{
	enum { WIDEST = 64 };
	size_t alen = strlen(a), blen = strlen(b);
	if (alen > WIDEST || blen > WIDEST)
		return limit + 1;
	unsigned row[WIDEST + 1];
	for (size_t j = 0; j <= blen; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= alen; i++) {
		unsigned diagonal = row[0];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= blen; j++) {
			unsigned swap = diagonal + (a[i - 1] != b[j - 1]);
			unsigned gap = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			diagonal = row[j];
			row[j] = swap < gap ? swap : gap;
		}
	}
	return row[blen] > limit ? limit + 1 : row[blen];
}

bool text_int(const char *text, size_t len, int64_t *out)
{
	bool minus = len > 0 && text[0] == '-';
	size_t i = minus;
	if (i == len)
		return false;
	int64_t value = 0;
	for (; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, text[i] - '0', &value))
			return false;
	}
	if (!minus && value == INT64_MIN)
		return false;
	*out = minus ? value : -value; /* summed below zero, where there is room for one more */
	return true;
}

/* A comma may stand where three digits follow and one to three, or another group, precede. */
static bool comma_fits(const char *start, const char *comma)
{
	size_t before = 0;
	while (comma - before > start && comma[-(ptrdiff_t)before - 1] != ',')
		before++;
	bool first = comma - before == start;
	return (first ? before >= 1 && before <= 3 : before == 3) && strspn(comma + 1, "0123456789") == 3;
}

bool text_money(const char *text, int64_t *fen_out)
{
	if (text_starts(text, "¥"))
		text += strlen("¥");
	const char *start = text;
	int64_t fen = 0;
	int decimals = -1;
	size_t digits = 0;
	for (; *text != '\0'; text++) {
		if (*text == ',' && decimals < 0 && comma_fits(start, text))
			continue;
		if (*text == '.' && decimals < 0 && digits > 0) {
			decimals = 0;
			continue;
		}
		if (*text < '0' || *text > '9' || decimals == 2)
			return false;
		if (__builtin_mul_overflow(fen, 10, &fen) || __builtin_add_overflow(fen, *text - '0', &fen))
			return false;
		digits++;
		if (decimals >= 0)
			decimals++;
	}
	if (digits == 0 || decimals == 0)
		return false;
	for (int i = decimals < 0 ? 0 : decimals; i < 2; i++)
		if (__builtin_mul_overflow(fen, 10, &fen))
			return false;
	*fen_out = fen;
	return true;
}

char *money_format(struct arena *arena, int64_t fen)
{
	uint64_t size = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;
	return arena_printf(arena, "%s%llu.%02u", fen < 0 ? "-" : "", (unsigned long long)(size / 100),
	                    (unsigned)(size % 100));
}

char *hex_encode(struct arena *arena, const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_alloc(arena, len * 2 + 1);
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[data[i] >> 4];
		text[2 * i + 1] = digits[data[i] & 15];
	}
	return text;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(const char *text, size_t len, uint8_t *out, size_t out_len)
{
	if (len != out_len * 2)
		return false;
	for (size_t i = 0; i < out_len; i++) {
		int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static char *base64_with(struct arena *arena, const uint8_t *data, size_t len, const char *last_two, bool pad)
{
	static const char common[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	char *text = arena_alloc(arena, (len + 2) / 3 * 4 + 1), *p = text;
	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t bits = (uint32_t)data[i] << 16;
		if (n > 1)
			bits |= (uint32_t)data[i + 1] << 8;
		if (n > 2)
			bits |= data[i + 2];
		for (size_t k = 0; k < 4; k++) {
			uint32_t six = bits >> (18 - 6 * k) & 63;
			if (k <= n)
				*p++ = six < 62 ? common[six] : last_two[six - 62];
			else if (pad)
				*p++ = '=';
		}
	}
	return text;
}

char *base64_encode(struct arena *arena, const uint8_t *data, size_t len)
{
	return base64_with(arena, data, len, "+/", true);
}

char *base64url_encode(struct arena *arena, const uint8_t *data, size_t len)
{
	return base64_with(arena, data, len, "-_", false);
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct arena *arena, const char *text, size_t len, uint8_t **out, size_t *out_len)
{
	if (len % 4 != 0)
		return false;
	size_t pad = len == 0 ? 0 : (size_t)(text[len - 1] == '=') + (size_t)(text[len - 1] == '=' && text[len - 2] == '=');
	uint8_t *data = arena_alloc(arena, len / 4 * 3 + 1);
	size_t used = 0;
	uint32_t bits = 0;
	for (size_t i = 0; i < len; i++) {
		int digit = i >= len - pad ? 0 : base64_digit(text[i]);
		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		if (i % 4 == 3) {
			data[used++] = (uint8_t)(bits >> 16);
			data[used++] = (uint8_t)(bits >> 8);
			data[used++] = (uint8_t)bits;
			if (i == len - 1 && ((pad == 1 && (bits & 0xFF) != 0) || (pad == 2 && (bits & 0xFFFF) != 0)))
				return false; /* stray bits: two texts for one value */
			bits = 0;
		}
	}
	*out = data;
	*out_len = used - pad;
	return true;
}
