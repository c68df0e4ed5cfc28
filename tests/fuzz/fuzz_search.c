/*
 * What people type into a search: whatever it is, the engine's query holds only words of ours, quoted, joined and bounded; a text
 * always gives whole words.
 */
#include "base/text.h"
#include "work/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_words(const char *query, const char *allowed)
{
	BUG_ON(query[strspn(query, allowed)] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!utf8_valid((const char *)data, size)) /* such text does not come through the door */
		return 0;
	struct arena *arena = arena_new();
	const char *typed = arena_strndup(arena, (const char *)data, size);
	const struct search_mark marks[] = {{'z', "11532801015175290P"}, {'y', typed}, {'x', NULL}};
	char *sqlite = search_query(arena, DB_SQLITE, typed, marks, 1), *postgres = search_query(arena, DB_POSTGRES, typed, marks, 1);
	BUG_ON((sqlite == NULL) != (postgres == NULL));
	if (sqlite != NULL) {
		check_words(sqlite, "0123456789abcdefghijklmnopqrstuvwxyz \"*AND");
		check_words(postgres, "0123456789abcdefghijklmnopqrstuvwxyz ()<->&:*");
		size_t quotes = 0;
		for (const char *at = sqlite; *at != '\0'; at++)
			quotes += *at == '"';
		BUG_ON(quotes % 2 != 0);
	}
	struct buf words;
	buf_init(&words, arena, 1 << 22);
	search_add_text(&words, typed);
	search_add_mark(&words, 'z', typed);
	BUG_ON(words.len > 0 && words.data[words.len - 1] != ' ');
	arena_free(arena);
	return 0;
}
