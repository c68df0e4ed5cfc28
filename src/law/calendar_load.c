/* Reading the calendar's files: one year each, only the days that differ from the plain week. */
#include <dirent.h>
#include <errno.h>

#include "base/text.h"
#include "law/calendar_impl.h"

#define LINE_BYTES 256

struct reading {
	const char *shown;
	struct arena *arena;
	struct err *err;
	struct calendar_year *year;
	int number, holidays, workdays;
	bool partial;
	day_t last;
};

static void mistake(struct reading *r, const char *what, const char *why)
{
	struct diag *diag = err_diag(r->err, arena_printf(r->err->arena, "%s:%d:1", r->shown, r->number), "%s", what);
	diag->why = why;
	diag->mend = "对照国务院办公厅的节假日安排通知改正";
}

static void read_day(struct reading *r, char *line)
{
	char *kind = strchr(line, '\t'), *why = kind == NULL ? NULL : strchr(kind + 1, '\t');
	day_t day;
	if (why == NULL) {
		mistake(r, "这一行读不懂", "日期、holiday 或者 workday、节日，以制表符隔开");
		return;
	}
	*kind++ = '\0';
	*why++ = '\0';
	if (!day_parse(line, strlen(line), &day) || day < r->year->first || day >= r->year->first + r->year->length) {
		mistake(r, "日期不对", "本年的一天，形如 2026-02-17");
		return;
	}
	bool holiday = strcmp(kind, "holiday") == 0, weekend = day_weekday(day) == 0 || day_weekday(day) == 6;
	if (!holiday && strcmp(kind, "workday") != 0)
		mistake(r, "种类不对", "holiday（放假）或者 workday（调休上班）");
	else if (day <= r->last)
		mistake(r, day == r->last ? "同一天写了两次" : "日期没有按先后排列", "按日期先后，每天一行");
	else if (!holiday && !weekend)
		mistake(r, "调休上班的日子不在周末", "workday 只能是周六或者周日");
	else if (*why == '\0' || !utf8_valid(why, strlen(why)))
		mistake(r, "没有写节日名称", "第三列写节日，例如 春节");
	r->last = day > r->last ? day : r->last;
	r->holidays += holiday;
	r->workdays += !holiday;
	r->year->working[day - r->year->first] = !holiday;
	r->year->why[day - r->year->first] = arena_strdup(r->arena, why);
}

/* A year has at least New Year, Spring Festival, Labour Day and National Day; a notice with far more or fewer days is not one. */
static void check_plausible(struct reading *r)
{
	if (r->partial)
		return;
	if (r->holidays < 7 || r->holidays > 60)
		mistake(r, arena_printf(r->err->arena, "全年放假 %d 天，不合常理", r->holidays), "七天以上、六十天以下");
	if (r->workdays > r->holidays)
		mistake(r, "调休上班的日子比放假的还多", "调休上班的日子少于放假");
}

static void plain_week(struct calendar_year *year, int number)
{
	day_t next;
	year->number = number;
	BUG_ON(!day_from_ymd(number, 1, 1, &year->first) || !day_from_ymd(number + 1, 1, 1, &next));
	year->length = next - year->first;
	for (int i = 0; i < year->length; i++) {
		int weekday = day_weekday(year->first + i);
		year->working[i] = weekday != 0 && weekday != 6;
	}
}

static int read_year(const char *path, const char *shown, int number, struct arena *arena, struct reading *r, struct err *err)
{
	FILE *file = fopen(path, "r");
	if (file == NULL)
		return ERR(err, ERR_NOT_FOUND, "读不到日历文件 %s：%s", path, err_errno(errno));
	size_t before = err->ndiags;
	char line[LINE_BYTES];
	*r = (struct reading){.shown = shown, .arena = arena, .err = err, .year = ARENA_NEW(arena, struct calendar_year), .last = DAY_NONE};
	plain_week(r->year, number);
	while (fgets(line, sizeof(line), file) != NULL) {
		r->number++;
		line[strcspn(line, "\r\n")] = '\0';
		if (strcmp(line, "# partial") == 0)
			r->partial = true;
		if (line[0] != '\0' && line[0] != '#')
			read_day(r, line);
	}
	bool failed = ferror(file) != 0;
	int cause = errno;
	(void)fclose(file);
	if (failed)
		return ERR(err, ERR_IO, "读不到日历文件 %s：%s", path, err_errno(cause));
	check_plausible(r);
	return err->ndiags > before ? ERR(err, ERR_INVALID, "日历文件 %s 有错误", shown) : 0;
}

/* The year a file's name says ("2026.tsv"), or 0. */
static int year_of(const char *name)
{
	int64_t year;
	return strlen(name) == 8 && text_ends(name, ".tsv") && text_int(name, 4, &year) && year >= 1990 && year <= 2200 ? (int)year : 0;
}

int calendar_load(const char *dir, struct arena *arena, struct calendar **out, struct err *err)
{
	struct calendar *calendar = ARENA_NEW(arena, struct calendar);
	*out = calendar;
	DIR *handle = opendir(dir);
	if (handle == NULL)
		return ERR(err, ERR_NOT_FOUND, "读不到日历文件夹 %s：%s", dir, err_errno(errno));
	const struct dirent *entry;
	int rc = 0;
	while ((entry = readdir(handle)) != NULL) {
		int year = year_of(entry->d_name);
		if (year == 0)
			continue;
		struct reading r;
		const char *shown = arena_printf(arena, "calendar/%s", entry->d_name);
		int one = read_year(arena_printf(arena, "%s/%s", dir, entry->d_name), shown, year, arena, &r, err);
		if (one != 0)
			rc = one;
		else if (!r.partial)
			calendar->years[year - CALENDAR_FIRST] = r.year;
	}
	(void)closedir(handle);
	for (int i = 0; i < CALENDAR_YEARS; i++) {
		if (calendar->years[i] == NULL)
			continue;
		calendar->last = CALENDAR_FIRST + i;
		if (calendar->first == 0)
			calendar->first = calendar->last;
	}
	if (rc == 0 && calendar->first == 0)
		return ERR(err, ERR_INVALID, "日历文件夹 %s 里一年的日历也没有", dir);
	return rc;
}

int calendar_check_file(const char *path, struct arena *arena, int *year_out, int *holidays_out, int *workdays_out, struct err *err)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	int year = year_of(name);
	if (year == 0) {
		err_diag(err, name, "文件名不是年份")->why = "形如 2027.tsv";
		return ERR(err, ERR_INVALID, "日历文件名应当是年份，形如 2027.tsv");
	}
	struct reading r;
	int rc = read_year(path, name, year, arena, &r, err);
	*year_out = year;
	*holidays_out = rc == 0 ? r.holidays : 0;
	*workdays_out = rc == 0 ? r.workdays : 0;
	return rc;
}
