/* Dates and moments as text: what is read is written again to what reads the same. */
#include "base/text.h"

#include "base/civil.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)data, size);
	day_t day, same_day;
	instant_t at, same;
	if (day_parse(text, strlen(text), &day)) {
		const char *again = day_format(arena, day);
		int year, month, mday;
		BUG_ON(!day_parse(again, strlen(again), &same_day) || same_day != day);
		day_to_ymd(day, &year, &month, &mday);
		BUG_ON(!day_from_ymd(year, month, mday, &same_day) || same_day != day);
		BUG_ON(day_weekday(day) < 0 || day_weekday(day) > 6 || instant_day(day_start(day)) != day || instant_day(day_end(day)) != day);
		(void)day_add_months(day, (int)(size % 48));
	}
	if (instant_parse(text, strlen(text), &at)) {
		const char *again = instant_format(arena, at);
		BUG_ON(!instant_parse(again, strlen(again), &same) || same != at);
		(void)instant_format_zh(arena, at);
	}
	int64_t number;
	if (text_int(text, strlen(text), &number))
		BUG_ON(size > 20 && strlen(text) > 20 && text[0] != '0' && text[0] != '-');
	if (text_money(text, &number)) {
		const char *again = money_format(arena, number);
		int64_t fen;
		BUG_ON(!text_money(again, &fen) || fen != number);
	}
	arena_free(arena);
	return 0;
}
