#include "base/buf.h"

#include <stdio.h>

#include "base/err.h"

#define FIRST_CAP ((size_t)256)

void buf_init(struct buf *buf, struct arena *arena, size_t max)
{
	*buf = (struct buf){.arena = arena, .max = max};
	buf->data = arena_alloc(arena, 1);
}

/* Room for `more` bytes and the NUL; false (and overflow) where the greatest size would be passed. */
static bool make_room(struct buf *buf, size_t more)
{
	if (buf->overflow || more > buf->max - buf->len) {
		buf->overflow = true;
		return false;
	}
	size_t need = buf->len + more + 1;
	if (need <= buf->cap)
		return true;
	size_t cap = buf->cap < FIRST_CAP ? FIRST_CAP : buf->cap;
	while (cap < need)
		cap *= 2;
	char *data = arena_alloc(buf->arena, cap);
	if (buf->len > 0)
		memcpy(data, buf->data, buf->len);
	buf->data = data;
	buf->cap = cap;
	return true;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	if (len == 0 || !make_room(buf, len))
		return;
	memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_adds(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_addc(struct buf *buf, char c)
{
	if (buf->len + 1 < buf->cap && buf->len < buf->max && !buf->overflow) { /* most of JSON is added in this way */
		buf->data[buf->len++] = c;
		buf->data[buf->len] = '\0';
	} else {
		buf_add(buf, &c, 1);
	}
}

void buf_add_int(struct buf *buf, int64_t value)
{
	char digits[24], *at = digits + sizeof(digits);
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		*--at = '-';
	buf_add(buf, at, (size_t)(digits + sizeof(digits) - at));
}

void buf_addf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	BUG_ON(len < 0);
	if (make_room(buf, (size_t)len)) {
		(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
	va_end(args);
}

void buf_add_html(struct buf *buf, const char *text, size_t len)
{
	size_t plain = 0;
	for (size_t i = 0; i < len; i++) {
		const char *escape;
		switch (text[i]) {
		case '&': escape = "&amp;"; break;
		case '<': escape = "&lt;"; break;
		case '>': escape = "&gt;"; break;
		case '"': escape = "&quot;"; break;
		case '\'': escape = "&#39;"; break;
		default: continue;
		}
		buf_add(buf, text + plain, i - plain);
		buf_adds(buf, escape);
		plain = i + 1;
	}
	buf_add(buf, text + plain, len - plain);
}

static bool url_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

void buf_add_url(struct buf *buf, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (url_plain(text[i]))
			buf_addc(buf, text[i]);
		else
			buf_addf(buf, "%%%02X", (unsigned)(unsigned char)text[i]);
	}
}

void buf_add_json(struct buf *buf, const char *text, size_t len)
{
	static const char names[] = "btnvfr"; /* of 8..13; 11 has no short form */
	size_t plain = 0;
	(void)make_room(buf, len + 2);
	buf_addc(buf, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(buf, text + plain, i - plain);
		plain = i + 1;
		buf_addc(buf, '\\');
		if (c == '"' || c == '\\')
			buf_addc(buf, (char)c);
		else if (c >= 8 && c <= 13 && c != 11)
			buf_addc(buf, names[c - 8]);
		else
			buf_addf(buf, "u%04x", (unsigned)c);
	}
	buf_add(buf, text + plain, len - plain);
	buf_addc(buf, '"');
}
