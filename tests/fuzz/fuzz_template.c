/*
 * The template parser under arbitrary bytes, and what it takes rendered over a document whose texts are hostile: nothing of them may come out as markup.
 */
#include "base/text.h"
#include "template/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char document[] = "{\"a\":\"<script>\",\"b\":[{\"a\":\"<script>\",\"c\":1},\"<script>\"],\"c\":true,\"d\":null,\"url\":\"javascript:<script>\",\"e\":{\"a\":\"\\\"'&\"}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct err err;
	struct template_set *set;
	struct buf out;
	json_t *texts = json_tie(arena, json_object()), *doc;
	json_t *text = json_stringn((const char *)data, size);
	err_init(&err, arena);
	buf_init(&out, arena, 1 << 18);
	if (text != NULL) {
		bool markup = memchr(data, '<', size) != NULL;
		json_put(texts, "t", text);
		json_put_str(texts, "p", "{{a}}");
		BUG_ON(json_read(arena, document, sizeof(document) - 1, sizeof(document), &doc, &err) != 0);
		if (template_from(texts, 0, arena, &set, &err) != 0)
			BUG_ON(err.ndiags == 0);
		else if (template_render(set, "t", doc, &out, &err) == 0)
			BUG_ON(!markup && out.len > 0 && memchr(out.data, '<', out.len) != NULL);
	}
	arena_free(arena);
	return 0;
}
