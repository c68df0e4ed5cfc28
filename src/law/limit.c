/* Limits as they are written: "5 wd", "30d", "24 h", "3 m", "2 y", "at once". */
#include "law/limit.h"

#include "base/text.h"
#include "law/law.h"

static const struct {
	const char *word, *zh;
	enum law_unit unit;
	int max;
} units[] = {
    {"wd", "个工作日", LIMIT_WORKING_DAYS, 2000}, {"d", "日", LIMIT_DAYS, 20000}, {"h", "小时", LIMIT_HOURS, 20000},
    {"m", "个月", LIMIT_MONTHS, 1200},            {"y", "年", LIMIT_YEARS, 100},
};

bool limit_read(const char *text, struct law_limit *out)
{
	*out = (struct law_limit){0};
	if (strcmp(text, "at once") == 0) {
		out->unit = LIMIT_AT_ONCE;
		return true;
	}
	size_t digits = strspn(text, "0123456789");
	int64_t count;
	if (digits == 0 || digits > 6 || !text_int(text, digits, &count))
		return false;
	const char *word = text + digits + strspn(text + digits, " ");
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(word, units[i].word) == 0 && count <= units[i].max) {
			out->unit = units[i].unit;
			out->count = (int)count;
			return true;
		}
	}
	return false;
}

bool limit_month_day(const char *text, int *month, int *mday)
{
	day_t day;
	if (strlen(text) != 5)
		return false;
	char full[] = "2001-00-00"; /* a plain year: the 29th of February is not a date of every year */
	memcpy(full + 5, text, 5);
	if (!day_parse(full, 10, &day))
		return false;
	int year;
	day_to_ymd(day, &year, month, mday);
	return true;
}

/* "by 01-31", "by-half-year 07-30 01-31", "before 30 d": as limit_write says them. */
static bool read_written(const char *text, struct law_limit *out)
{
	if (text_starts(text, "before ") && limit_read(text + 7, out)) {
		out->before = true;
		return true;
	}
	*out = (struct law_limit){0};
	if (text_starts(text, "by ")) {
		out->unit = LIMIT_BY_DATE;
		return limit_month_day(text + 3, &out->month, &out->mday);
	}
	if (text_starts(text, "by-half-year ") && strlen(text) == 24) {
		char first[6] = {0};
		memcpy(first, text + 13, 5);
		out->unit = LIMIT_BY_HALF_YEAR;
		return limit_month_day(first, &out->month, &out->mday) && limit_month_day(text + 19, &out->month2, &out->mday2);
	}
	return false;
}

int law_limit_parse(const char *text, struct law_limit *out, struct err *err)
{
	if (limit_read(text, out) || read_written(text, out))
		return 0;
	struct diag *diag = err_diag(err, "within", "期限“%s”读不懂", text);
	diag->why = LIMIT_FORMS;
	diag->mend = "例如 7wd 表示七个工作日，24h 表示二十四小时";
	return ERR(err, ERR_INVALID, "期限“%s”读不懂：应当是%s", text, LIMIT_FORMS);
}

const char *limit_write(const struct law_limit *limit, struct arena *arena)
{
	const char *before = limit->before ? "before " : "";
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (units[i].unit == limit->unit)
			return arena_printf(arena, "%s%d %s", before, limit->count, units[i].word);
	if (limit->unit == LIMIT_BY_DATE)
		return arena_printf(arena, "by %02d-%02d", limit->month, limit->mday);
	if (limit->unit == LIMIT_BY_HALF_YEAR)
		return arena_printf(arena, "by-half-year %02d-%02d %02d-%02d", limit->month, limit->mday, limit->month2, limit->mday2);
	return "at once";
}

const char *limit_zh(const struct law_limit *limit, struct arena *arena)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (units[i].unit == limit->unit)
			return arena_printf(arena, "%s%d%s", limit->before ? "届满前" : "", limit->count, units[i].zh);
	if (limit->unit == LIMIT_BY_DATE)
		return arena_printf(arena, "次年%d月%d日前", limit->month, limit->mday);
	if (limit->unit == LIMIT_BY_HALF_YEAR)
		return arena_printf(arena, "上半年的%d月%d日前，下半年的次年%d月%d日前", limit->month, limit->mday, limit->month2, limit->mday2);
	return "立即（当日）";
}

int64_t limit_weight(const struct law_limit *limit)
{
	switch (limit->unit) {
	case LIMIT_AT_ONCE: return 0;
	case LIMIT_HOURS: return limit->count;
	case LIMIT_WORKING_DAYS: return limit->count * INT64_C(24) * 7 / 5;
	case LIMIT_DAYS: return limit->count * INT64_C(24);
	case LIMIT_MONTHS: return limit->count * INT64_C(24) * 61 / 2;
	case LIMIT_YEARS: return limit->count * INT64_C(24) * 365;
	case LIMIT_BY_DATE: return (limit->month * INT64_C(31) + limit->mday) * 24;
	case LIMIT_BY_HALF_YEAR: return (limit->month * INT64_C(31) + limit->mday) * 24;
	}
	return 0;
}
