/* Limits as text: what is read is written again to what reads the same, and has words. */
#include "base/text.h"
#include "law/law.h"
#include "law/limit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)data, size);
	struct err err;
	struct law_limit limit, again;
	int month, day;
	err_init(&err, arena);
	if (law_limit_parse(text, &limit, &err) == 0) {
		const char *written = limit_write(&limit, arena);
		BUG_ON(law_limit_parse(written, &again, &err) != 0 || again.unit != limit.unit || again.count != limit.count);
		BUG_ON(!utf8_valid(limit_zh(&limit, arena), strlen(limit_zh(&limit, arena))));
		(void)limit_weight(&limit);
	} else {
		BUG_ON(err.message == NULL);
	}
	if (limit_month_day(text, &month, &day))
		BUG_ON(month < 1 || month > 12 || day < 1 || day > 31);
	arena_free(arena);
	return 0;
}
