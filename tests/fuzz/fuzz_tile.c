/*
 * A path below the log's prefix of arbitrary bytes: whatever is taken for a tile's path is the one path of that tile, so that
 * no cache between us and a stranger holds a tile under two names (C2SP tlog-tiles).
 */
#include "base/text.h"
#include "journal/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The path by the description: groups of three digits, all but the last behind an x. */
static char *path_of(const struct tile_path *tile, struct arena *arena)
{
	char *number = arena_printf(arena, "%03d", (int)(tile->number % 1000));
	for (int64_t rest = tile->number / 1000; rest > 0; rest /= 1000)
		number = arena_printf(arena, "x%03d/%s", (int)(rest % 1000), number);
	char *what = tile->entries ? arena_strdup(arena, "entries") : arena_printf(arena, "%u", tile->level);
	char *part = tile->width == JOURNAL_TILE ? arena_strdup(arena, "") : arena_printf(arena, ".p/%d", (int)tile->width);
	return arena_printf(arena, "tile/%s/%s%s", what, number, part);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct tile_path tile;
	const char *path = arena_strndup(arena, (const char *)data, size);
	if (tile_path_parse(path, &tile)) {
		BUG_ON(tile.level > 7 || tile.number < 0 || tile.width < 1 || tile.width > JOURNAL_TILE);
		BUG_ON(tile.entries && tile.level != 0);
		BUG_ON(!text_eq(path_of(&tile, arena), path));
	}
	/* And each tile's path is understood as that tile. */
	struct tile_path made = {.width = JOURNAL_TILE}, again;
	for (size_t i = 0; i < size && i < 6; i++)
		made.number = made.number * 256 + data[i];
	if (size > 7) {
		made.entries = (data[6] & 1) != 0;
		made.level = made.entries ? 0 : (data[6] >> 1) % 8;
		made.width = data[7] == 0 ? JOURNAL_TILE : data[7];
	}
	BUG_ON(!tile_path_parse(path_of(&made, arena), &again));
	BUG_ON(again.entries != made.entries || again.level != made.level || again.number != made.number || again.width != made.width);
	arena_free(arena);
	return 0;
}
