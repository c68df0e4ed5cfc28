/*
 * The strict JSON reader under arbitrary bytes: what it takes is whole, and its canonical bytes are read back to the same canonical bytes.
 */
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct err err;
	json_t *value, *again;
	char *bytes, *same;
	size_t len, same_len;
	err_init(&err, arena);
	if (json_read(arena, (const char *)data, size, 1 << 20, &value, &err) != 0) {
		BUG_ON(err.message == NULL);
	} else if (json_canonical(arena, value, &bytes, &len, &err) == 0) {
		BUG_ON(json_read(arena, bytes, len, 1 << 22, &again, &err) != 0);
		BUG_ON(json_canonical(arena, again, &same, &same_len, &err) != 0);
		BUG_ON(len != same_len || memcmp(bytes, same, len) != 0);
	}
	arena_free(arena);
	return 0;
}
