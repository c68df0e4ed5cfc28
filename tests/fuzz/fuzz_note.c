/*
 * A signed note of arbitrary bytes under a known key, and a verifier's line of arbitrary bytes: whatever is opened was signed by that key.
 */
#include "base/text.h"
#include "journal/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key that the signed-note format's description signs its example with. */
static const char verifier[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n";
static const char text[] = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct err err;
	struct note note;
	err_init(&err, arena);
	if (note_open((const char *)data, size, verifier, arena, &note, &err) == 0) {
		/* Nobody here can sign with it: only its own example passes. */
		BUG_ON(note.verified != 1 || !text_eq(note.names[0], "PeterNeumann"));
		BUG_ON(note.len != sizeof(text) - 1 || memcmp(note.text, text, note.len) != 0);
	}
	err_clear(&err);
	if (utf8_valid((const char *)data, size)) {
		const char *line = arena_strndup(arena, (const char *)data, size);
		if (note_open(text, sizeof(text) - 1, line, arena, &note, &err) == 0)
			BUG_ON(true); /* it bears no signature at all */
	}
	(void)note_name_valid((const char *)data, size);
	arena_free(arena);
	return 0;
}
