/*
 * The multipart parser under arbitrary bytes, whole and in pieces: the parts must be the same whichever way the bytes
 * arrive. The first byte says how large the pieces are.
 */
#include "base/text.h"
#include "web/multipart.h"

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int begin(void *context, const struct multipart_part *part, struct err *err)
{
	(void)err;
	BUG_ON(part->name == NULL || !utf8_valid(part->name, strlen(part->name)));
	buf_addf(context, "[%s|%s|%s:", part->name, part->filename == NULL ? "-" : part->filename,
		 part->type == NULL ? "-" : part->type);
	return 0;
}

static int content(void *context, const void *bytes, size_t len, struct err *err)
{
	(void)err;
	buf_add(context, bytes, len);
	return 0;
}

static int end(void *context, struct err *err)
{
	(void)err;
	buf_addc(context, ']');
	return 0;
}

static int parse(struct arena *arena, const uint8_t *data, size_t size, size_t piece, struct buf *out)
{
	struct err err;
	err_init(&err, arena);
	buf_init(out, arena, size * 4 + 1000000);
	struct multipart_sink sink = {begin, content, end, out};
	struct multipart *multipart = multipart_new(arena, "multipart/form-data; boundary=B", &sink);
	BUG_ON(multipart == NULL);
	for (size_t at = 0; at < size; at += piece) {
		int fail = multipart_add(multipart, data + at, size - at < piece ? size - at : piece, &err);
		if (fail != 0)
			return fail;
	}
	return multipart_finish(multipart, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct arena *arena = arena_new();
	struct buf whole, pieces;
	char type[64] = "multipart/form-data;";
	size_t len = size < 40 ? size : 40;
	memcpy(type + 20, data, len);
	struct multipart_sink sink = {begin, content, end, &whole};
	(void)multipart_new(arena, type, &sink);
	int one = parse(arena, data + 1, size - 1, size, &whole);
	int other = parse(arena, data + 1, size - 1, (size_t)data[0] % 64 + 1, &pieces);
	BUG_ON(one != other);
	BUG_ON(whole.len != pieces.len || memcmp(whole.data, pieces.data, whole.len) != 0);
	arena_free(arena);
	return 0;
}
