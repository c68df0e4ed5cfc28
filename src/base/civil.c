#include "base/civil.h"

#include <time.h>

#include "base/text.h"

#define OFFSET (8 * INSTANT_HOUR)

static instant_t system_now(void *context UNUSED)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (instant_t)now.tv_sec * INSTANT_SECOND + now.tv_nsec / 1000;
}

struct clock clock_system(void)
{
	return (struct clock){.now = system_now};
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_length(int year, int month)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

/* Days since 1970-01-01 of a proleptic Gregorian date, counting years from March so that the leap day comes last. */
static day_t days_from(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = y / 400, of_era = y - era * 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
	return era * 146097 + days - 719468;
}

bool day_from_ymd(int year, int month, int day, day_t *out)
{
	if (year < 1900 || year > 2999 || month < 1 || month > 12 || day < 1 || day > month_length(year, month))
		return false;
	*out = days_from(year, month, day);
	return true;
}

void day_to_ymd(day_t day, int *year, int *month, int *mday)
{
	int z = day + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int of_era = z - era * 146097;
	int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * y + y / 4 - y / 100);
	int m = (5 * of_year + 2) / 153;
	*mday = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = y + era * 400 + (*month <= 2);
}

int day_weekday(day_t day)
{
	int weekday = (day + 4) % 7; /* 1970-01-01 was a Thursday */
	return weekday < 0 ? weekday + 7 : weekday;
}

/* `count` digits as a number, or -1. */
static int digits(const char *text, size_t count)
{
	int value = 0;
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

bool day_parse(const char *text, size_t len, day_t *out)
{
	if (len != 10 || text[4] != '-' || text[7] != '-')
		return false;
	return day_from_ymd(digits(text, 4), digits(text + 5, 2), digits(text + 8, 2), out);
}

char *day_format(struct arena *arena, day_t day)
{
	int y, m, d;
	day_to_ymd(day, &y, &m, &d);
	return arena_printf(arena, "%04d-%02d-%02d", y, m, d);
}

char *day_format_zh(struct arena *arena, day_t day)
{
	int y, m, d;
	day_to_ymd(day, &y, &m, &d);
	return arena_printf(arena, "%d年%d月%d日", y, m, d);
}

day_t day_add_months(day_t day, int months)
{
	int y, m, d;
	day_to_ymd(day, &y, &m, &d);
	int total = y * 12 + (m - 1) + months;
	y = total / 12;
	m = total % 12 + 1;
	int last = month_length(y, m);
	return days_from(y, m, d > last ? last : d);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	int64_t q = a / b;
	return a % b < 0 ? q - 1 : q;
}

day_t instant_day(instant_t at)
{
	return (day_t)floor_div(at + OFFSET, INSTANT_DAY);
}

instant_t day_start(day_t day)
{
	return (instant_t)day * INSTANT_DAY - OFFSET;
}

instant_t day_end(day_t day)
{
	return day_start(day + 1) - 1;
}

/* The offset after the time, in microseconds east; absent means Shanghai (only where allowed). */
static bool parse_offset(const char *text, size_t len, int64_t *out)
{
	if (len == 0) {
		*out = OFFSET;
		return true;
	}
	if (len == 1 && (*text == 'Z' || *text == 'z')) {
		*out = 0;
		return true;
	}
	if (len != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
		return false;
	int hours = digits(text + 1, 2), minutes = digits(text + 4, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return false;
	int64_t offset = hours * INSTANT_HOUR + minutes * 60 * INSTANT_SECOND;
	*out = text[0] == '-' ? -offset : offset;
	return true;
}

bool instant_parse(const char *text, size_t len, instant_t *out)
{
	day_t day;
	if (len < 16 || !day_parse(text, 10, &day) || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') ||
	    text[13] != ':')
		return false;
	int hour = digits(text + 11, 2), minute = digits(text + 14, 2), second = 0;
	size_t pos = 16;
	int64_t fraction = 0;
	if (pos < len && text[pos] == ':') {
		if (len < 19)
			return false;
		second = digits(text + 17, 2);
		pos = 19;
		if (pos < len && text[pos] == '.') {
			int64_t unit = INSTANT_SECOND;
			size_t first = ++pos;
			for (; pos < len && text[pos] >= '0' && text[pos] <= '9'; pos++) {
				unit /= 10;
				fraction += (text[pos] - '0') * unit;
			}
			if (pos == first)
				return false;
		}
	}
	int64_t offset;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 ||
	    !parse_offset(text + pos, len - pos, &offset))
		return false;
	*out = (int64_t)day * INSTANT_DAY + hour * INSTANT_HOUR + (minute * 60 + second) * INSTANT_SECOND + fraction -
	       offset;
	return true;
}

char *instant_format(struct arena *arena, instant_t at)
{
	int64_t of_day = at - day_start(instant_day(at));
	int64_t seconds = of_day / INSTANT_SECOND, micros = of_day % INSTANT_SECOND;
	char *text = arena_printf(arena, "%sT%02d:%02d:%02d", day_format(arena, instant_day(at)), (int)(seconds / 3600),
	                          (int)(seconds / 60 % 60), (int)(seconds % 60));
	if (micros != 0)
		text = arena_printf(arena, "%s.%06d", text, (int)micros);
	return arena_printf(arena, "%s+08:00", text);
}

char *instant_format_zh(struct arena *arena, instant_t at)
{
	int64_t minutes = (at - day_start(instant_day(at))) / INSTANT_SECOND / 60;
	return arena_printf(arena, "%s %02d:%02d", day_format_zh(arena, instant_day(at)), (int)(minutes / 60),
	                    (int)(minutes % 60));
}
