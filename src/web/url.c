#include "web/url.h"

#include "base/text.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char *url_decode(struct arena *arena, const char *text, size_t len, bool plus)
{
	char *out = arena_alloc(arena, len + 1);
	size_t used = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '%') {
			out[used++] = plus && text[i] == '+' ? ' ' : text[i];
			continue;
		}
		int high = len - i > 2 ? hex_digit(text[i + 1]) : -1;
		int low = len - i > 2 ? hex_digit(text[i + 2]) : -1;
		if (high < 0 || low < 0)
			return NULL;
		out[used++] = (char)(high * 16 + low);
		i += 2;
	}
	return utf8_valid(out, used) ? out : NULL;
}

void pairs_add(struct arena *arena, struct pairs *pairs, const char *name, const char *value)
{
	if (pairs->count == pairs->cap) {
		size_t cap = pairs->cap == 0 ? 16 : pairs->cap * 2;
		struct pair *items = ARENA_ARRAY(arena, cap, struct pair);
		if (pairs->count > 0)
			memcpy(items, pairs->items, pairs->count * sizeof(*items));
		pairs->items = items;
		pairs->cap = cap;
	}
	pairs->items[pairs->count++] = (struct pair){name, value};
}

int url_pairs(struct arena *arena, const char *text, size_t len, struct pairs *out, struct err *err)
{
	size_t start = 0;
	while (start < len) {
		const char *end = memchr(text + start, '&', len - start);
		size_t size = end == NULL ? len - start : (size_t)(end - text) - start;
		const char *equals = memchr(text + start, '=', size);
		size_t name_len = equals == NULL ? size : (size_t)(equals - text) - start;
		if (size > 0) {
			if (out->count >= URL_PAIRS_MAX)
				return ERR(err, ERR_LIMIT, "填写的项目过多，至多 %d 项", URL_PAIRS_MAX);
			const char *name = url_decode(arena, text + start, name_len, true);
			const char *value =
			    equals == NULL ? "" : url_decode(arena, equals + 1, size - name_len - 1, true);
			if (name == NULL || value == NULL)
				return ERR(err, ERR_INVALID, "请求中有编码错误的文字");
			pairs_add(arena, out, name, value);
		}
		start += size + 1;
	}
	return 0;
}
