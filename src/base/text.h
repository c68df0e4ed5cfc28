/* Text: UTF-8, hexadecimal, base64, numbers. Pure functions. */
#ifndef SANZHI_BASE_TEXT_H
#define SANZHI_BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* Whether the bytes are valid UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF) without NUL. */
bool utf8_valid(const char *text, size_t len);
/* The code point at *pos, which is moved past it; text must be valid UTF-8 and *pos below len. */
uint32_t utf8_next(const char *text, size_t len, size_t *pos);
/* Code points in a valid text. */
size_t utf8_count(const char *text, size_t len);
/* Writes a code point (at most 4 bytes) and returns its length. */
size_t utf8_put(uint32_t point, char out[4]);
/* Whether the code point is a Chinese character (the unified ideographs with extensions A and B, and 〇). */
bool utf8_is_han(uint32_t point);

bool text_eq(const char *a, const char *b); /* NULL equals only NULL */
const char *text_or_empty(const char *text); /* "" for NULL */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);
/* A copy without blanks (ASCII and U+3000) at both ends. */
char *text_trim(struct arena *arena, const char *text);
/* Edit distance in bytes, at most `limit` (then limit + 1): for "did you mean". */
unsigned text_distance(const char *a, const char *b, unsigned limit);

/* A whole decimal number, optional minus, nothing before or after; false where it is not one or does not fit. */
bool text_int(const char *text, size_t len, int64_t *out);
/* Yuan with at most two decimals ("5000", "5000.5", "5000.00", an optional ¥, commas between thousands) to fen. */
bool text_money(const char *text, int64_t *fen_out);
/* Fen as "5000.00". */
char *money_format(struct arena *arena, int64_t fen);

char *hex_encode(struct arena *arena, const uint8_t *data, size_t len);
/* Lower or upper case; false where a digit is wrong or the length is not 2 × out_len. */
bool hex_decode(const char *text, size_t len, uint8_t *out, size_t out_len);
char *base64_encode(struct arena *arena, const uint8_t *data, size_t len); /* RFC 4648 §4, padded */
bool base64_decode(struct arena *arena, const char *text, size_t len, uint8_t **out, size_t *out_len); /* strict */
char *base64url_encode(struct arena *arena, const uint8_t *data, size_t len); /* §5, no padding */

#endif
