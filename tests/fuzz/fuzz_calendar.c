/*
 * A year's calendar file of arbitrary bytes: it is taken, or says what is wrong with it; what is taken counts days without end or hole.
 */
#include <unistd.h>

#include "law/calendar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char folder[] = "/tmp/sanzhi-fuzz-calendar-XXXXXX", path[64];
	BUG_ON(mkdtemp(folder) == NULL);
	(void)snprintf(path, sizeof(path), "%s/2026.tsv", folder);
	FILE *file = fopen(path, "wb");
	BUG_ON(file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0);
	struct arena *arena = arena_new();
	struct err err;
	struct calendar *calendar;
	int year, holidays, workdays;
	err_init(&err, arena);
	if (calendar_check_file(path, arena, &year, &holidays, &workdays, &err) == 0) {
		BUG_ON(year != 2026 || holidays < 0 || workdays < 0);
		BUG_ON(calendar_load(folder, arena, &calendar, &err) != 0 || !calendar_has_year(calendar, 2026));
		static const struct law_limit limit = {.unit = LIMIT_WORKING_DAYS, .count = 3};
		day_t day;
		instant_t due;
		BUG_ON(!day_from_ymd(2026, 3, 2, &day));
		if (calendar_due(calendar, &limit, day_start(day), NULL, 0, &due, &err) == 0)
			BUG_ON(due <= day_start(day));
	} else {
		BUG_ON(err.message == NULL && err.ndiags == 0);
	}
	arena_free(arena);
	(void)unlink(path);
	(void)rmdir(folder);
	return 0;
}
