/*
 * A growable text buffer in an arena, created with its greatest size. When an addition would pass it, the buffer says
 * `overflow` from then on and takes nothing more, so that a chain of additions is checked once, at its end.
 */
#ifndef SANZHI_BASE_BUF_H
#define SANZHI_BASE_BUF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct buf {
	struct arena *arena;
	char *data; /* always terminated by a NUL that `len` does not count */
	size_t len, cap, max;
	bool overflow;
};

/* An empty buffer that holds at most `max` bytes. */
void buf_init(struct buf *buf, struct arena *arena, size_t max);

void buf_add(struct buf *buf, const void *data, size_t len);
void buf_adds(struct buf *buf, const char *text);
void buf_addc(struct buf *buf, char c);
void buf_add_int(struct buf *buf, int64_t value); /* in decimal digits */
void buf_addf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* Text with & < > " ' escaped for HTML text and quoted attributes. */
void buf_add_html(struct buf *buf, const char *text, size_t len);
/* Bytes other than letters, digits and -._~ percent-encoded (RFC 3986). */
void buf_add_url(struct buf *buf, const char *text, size_t len);
/* A JSON string with its quotes; control characters, quote and backslash escaped, the rest as it is. */
void buf_add_json(struct buf *buf, const char *text, size_t len);

#endif
