/*
 * Many cases at once, for the bench's site only: rows of the tables that lists and searches read, written directly, without entries behind
 * them. The same numbers give the same rows.
 *
 *   fill SITE.db CASES AGENCY USER           into a SQLite database
 *   fill FOLDER/ CASES AGENCY USER FIRST     for PostgreSQL: a file of rows for each table, and load.sql that takes them in with psql; ids from FIRST on
 *
 * Twelve hundred agencies of the province's counties stand beside AGENCY; how many cases each has falls off as in life (a few have very many), and
 * AGENCY has a tenth, so that
 * its pages are full at either size. Ten years of cases; a sixth is open and owes something, half of that late.
 */
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>

#include "base/civil.h"
#include "base/text.h"
#include "work/search.h"

#define AGENCIES 1200
#define OWN_SHARE 10 /* one case in so many is AGENCY's */
#define YEARS 10
#define OPEN_SHARE 6 /* one in so many is open */

/* Where the rows of one table go: a statement, or a file that COPY reads. */
struct table {
	const char *name, *columns;
	sqlite3_stmt *stmt;
	FILE *copy;
	int place; /* of the column that was given last */
};

struct fill {
	sqlite3 *db;         /* NULL: files in `folder` */
	const char *folder;
	FILE *load;
	struct table stream, the_case, search, duty;
	struct arena *arena;
	uint64_t rng;
	const char *own, *user;
	int64_t id, count;
	instant_t now;
};

struct agency_row {
	char code[19], area[7], name[64];
};

static _Noreturn void die(struct fill *fill, const char *what)
{
	(void)fprintf(stderr, "fill: %s: %s\n", what, fill->db == NULL ? strerror(errno) : sqlite3_errmsg(fill->db));
	exit(2);
}

static void run(struct fill *fill, const char *sql)
{
	if (sqlite3_exec(fill->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(fill, sql);
}

static sqlite3_stmt *prepare(struct fill *fill, const char *sql)
{
	sqlite3_stmt *stmt;
	if (sqlite3_prepare_v2(fill->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		die(fill, sql);
	return stmt;
}

/* Its columns in the order in which they are given. */
static struct table open_table(struct fill *fill, const char *name, const char *columns)
{
	struct table table = {.name = name, .columns = columns};
	if (fill->db == NULL) {
		const char *path = arena_printf(fill->arena, "%s%s.copy", fill->folder, name);
		table.copy = fopen(path, "w");
		if (table.copy == NULL)
			die(fill, path);
		return table;
	}
	const char *marks = "?";
	for (const char *c = columns; *c != '\0'; c++)
		marks = *c == ',' ? arena_printf(fill->arena, "%s, ?", marks) : marks;
	table.stmt = prepare(fill, arena_printf(fill->arena, "insert or ignore into %s (%s) values (%s)", name, columns, marks));
	return table;
}

static void close_table(struct fill *fill, struct table *table)
{
	(void)sqlite3_finalize(table->stmt);
	if (table->copy != NULL && fclose(table->copy) != 0)
		die(fill, table->name);
}

static void put_text(struct table *table, const char *text)
{
	table->place++;
	if (table->copy == NULL) {
		(void)sqlite3_bind_text(table->stmt, table->place, text, -1, SQLITE_TRANSIENT);
		return;
	}
	if (table->place > 1)
		(void)fputc('\t', table->copy);
	BUG_ON(strpbrk(text, "\t\n\\") != NULL); /* nothing here needs an escape */
	(void)fputs(text, table->copy);
}

static void put_int(struct table *table, int64_t value)
{
	table->place++;
	if (table->copy == NULL)
		(void)sqlite3_bind_int64(table->stmt, table->place, value);
	else
		(void)fprintf(table->copy, table->place > 1 ? "\t%" PRId64 : "%" PRId64, value);
}

static void put_null(struct table *table)
{
	table->place++;
	if (table->copy == NULL)
		(void)sqlite3_bind_null(table->stmt, table->place);
	else
		(void)fputs(table->place > 1 ? "\t\\N" : "\\N", table->copy);
}

static void end_row(struct fill *fill, struct table *table)
{
	table->place = 0;
	if (table->copy != NULL) {
		if (fputc('\n', table->copy) == EOF)
			die(fill, table->name);
		return;
	}
	if (sqlite3_step(table->stmt) != SQLITE_DONE)
		die(fill, "insert");
	(void)sqlite3_reset(table->stmt);
}

static uint64_t draw(struct fill *fill, uint64_t below)
{
	fill->rng = fill->rng * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (fill->rng >> 33) % below;
}

#define PICK(fill, list) (list)[draw((fill), sizeof(list) / sizeof((list)[0]))]

/* One line of load.sql. */
static void load_table(struct fill *fill, const struct table *table)
{
	if (fill->load != NULL)
		(void)fprintf(fill->load, "\\copy %s (%s) from '%s%s.copy'\n", table->name, table->columns, fill->folder, table->name);
}

/* --- agencies ------------------------------------------------------------------------------------------------------ */

static void agency_at(size_t i, struct agency_row *out)
{
	static const char *const what[] = {"市场监督管理局", "交通运输局", "自然资源局", "农业农村局", "卫生健康局", "应急管理局", "城市管理局", "生态环境局分局"};
	unsigned prefecture = (unsigned)(i % 16) + 1, county = (unsigned)(i / 16 % 9) + 21;
	(void)snprintf(out->area, sizeof(out->area), "53%02u%02u", prefecture, county);
	(void)snprintf(out->code, sizeof(out->code), "1153%02u%02uBENCH%05zu", prefecture, county, i);
	(void)snprintf(out->name, sizeof(out->name), "第%zu县%s", i / 8, what[i % 8]);
}

static void fill_agencies(struct fill *fill)
{
	struct table table = open_table(fill, "agency", "code, name, abbreviation, area, parent, kind, doc");
	for (size_t i = 0; i < AGENCIES; i++) {
		struct agency_row row;
		agency_at(i, &row);
		const char *const columns[] = {row.code, row.name, "县执", row.area, "", "行政机关", "{}"};
		for (size_t k = 0; k < sizeof(columns) / sizeof(columns[0]); k++)
			put_text(&table, columns[k]);
		end_row(fill, &table);
	}
	close_table(fill, &table);
	load_table(fill, &table);
}

/* --- cases --------------------------------------------------------------------------------------------------------- */

static const char *const surnames[] = {"李", "王", "张", "刘", "陈", "杨", "岩", "玉", "刀", "罕", "普", "段", "赵", "周", "徐", "马"};
static const char *const given[] = {"勤", "建国", "明", "秀英", "温叫", "香", "志强", "文", "丽", "军", "波", "艳", "光", "应", "春梅", "海"};
static const char *const wrong[] = {"销售超过保质期的食品", "未取得许可从事经营", "超限运输", "占用耕地建房", "未按规定公示价格", "使用未检定的计量器具", "违法倾倒垃圾", "无证行医", "安全出口堵塞", "超标排放污水", "虚假宣传", "非法采砂"};
static const char *const firms[] = {"商贸", "食品", "运输", "建筑", "农业开发", "餐饮", "医药", "矿业"};
static const char *const procedures[][2] = {{"penalty", "处罚"}, {"simple-penalty", "处罚"}, {"licence", "许可"}, {"inspection", "检查"}, {"coercion", "强制"}};
static const char *const stages[] = {"start", "inquiry", "decision", "service"};

static void add_search(struct fill *fill, int64_t id, const char *const *texts, size_t n, const struct agency_row *agency)
{
	struct buf words;
	buf_init(&words, fill->arena, 65536);
	for (size_t i = 0; i < n; i++)
		search_add_text(&words, texts[i]);
	search_add_mark(&words, 'z', agency->code);
	for (size_t len = 2; len <= 6; len += 2)
		search_add_mark(&words, 'y', arena_strndup(fill->arena, agency->area, len));
	put_int(&fill->search, id * SEARCH_PIECES + 1);
	put_text(&fill->search, search_tokens(fill->arena, fill->db == NULL ? DB_POSTGRES : DB_SQLITE, words.data));
	end_row(fill, &fill->search);
}

static void add_duty(struct fill *fill, int64_t id, const struct agency_row *agency, instant_t opened, instant_t due)
{
	const char *doc = arena_printf(fill->arena, "{\"id\":\"1\",\"rule\":\"yn-gs/publish-decision\",\"clause\":\"yn-gs-14\",\"title\":\"公开执法决定\",\"who\":\"handler\",\"from\":%" PRId64 ",\"due\":%" PRId64 ",\"state\":\"open\",\"limit\":\"7 wd\"}", opened, due);
	struct table *table = &fill->duty;
	put_int(table, id);
	const char *const texts[] = {"1", agency->code, arena_strndup(fill->arena, agency->area, 4), agency->area, "yn-gs/publish-decision", "yn-gs-14", "", "公开执法决定", "handler"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		put_text(table, texts[i]);
	put_int(table, 1);
	put_int(table, opened);
	put_int(table, due);
	put_text(table, "open");
	put_null(table);
	put_text(table, doc);
	end_row(fill, table);
}

static void add_case(struct fill *fill, int64_t i)
{
	struct agency_row agency;
	int64_t id = ++fill->id;
	/* The square of an even draw: the first of the list have the most. */
	uint64_t even = draw(fill, 1000000);
	agency_at((size_t)(even * even / 1000000 * AGENCIES / 1000000), &agency);
	if (draw(fill, OWN_SHARE) == 0) {
		(void)snprintf(agency.code, sizeof(agency.code), "%s", fill->own);
		(void)snprintf(agency.area, sizeof(agency.area), "532801");
	}
	instant_t opened = fill->now - (fill->count - i) * (YEARS * 365 * INSTANT_DAY / fill->count) - INSTANT_HOUR;
	int year, month, mday;
	day_to_ymd(instant_day(opened), &year, &month, &mday);
	const char *surname = PICK(fill, surnames), *name = PICK(fill, given), *what = PICK(fill, wrong);
	bool firm = draw(fill, 3) == 0, open = draw(fill, OPEN_SHARE) == 0;
	const char *party = firm ? arena_printf(fill->arena, "%s%s%s有限公司", surname, name, PICK(fill, firms)) : arena_printf(fill->arena, "%s%s", surname, name);
	const char *title = arena_printf(fill->arena, "%s%s案", party, what), *number = arena_printf(fill->arena, "县执案〔%d〕%" PRId64 "号", year, id);
	const char *key = arena_printf(fill->arena, "%s-%04d-%07" PRId64, agency.code, year, id);
	const char *const *procedure = PICK(fill, procedures);
	instant_t due = fill->now + (instant_t)draw(fill, 30) * INSTANT_DAY - 15 * INSTANT_DAY;
	const char *const searched[] = {number, title, party};
	const char *const before[] = {key, number, title, agency.code, agency.area, arena_strndup(fill->arena, agency.area, 2), arena_strndup(fill->arena, agency.area, 4), agency.area,
	                              procedure[1], procedure[0], open ? "办理中" : "已归档", open ? PICK(fill, stages) : "archive", party, firm ? "法人" : "公民", "公开", fill->user};
	put_int(&fill->stream, id);
	put_text(&fill->stream, "case");
	put_text(&fill->stream, key);
	put_int(&fill->stream, 1);
	put_int(&fill->stream, opened);
	end_row(fill, &fill->stream);
	struct table *table = &fill->the_case;
	put_int(table, id);
	for (size_t k = 0; k < sizeof(before) / sizeof(before[0]); k++)
		put_text(table, before[k]);
	put_int(table, draw(fill, 40) == 0);
	put_int(table, 0);
	put_int(table, opened);
	if (open)
		put_null(table);
	else
		put_int(table, opened + 40 * INSTANT_DAY);
	put_int(table, opened);
	if (open)
		put_int(table, due);
	else
		put_null(table);
	put_int(table, 1);
	end_row(fill, table);
	if (open)
		add_duty(fill, id, &agency, opened, due);
	add_search(fill, id, searched, 3, &agency);
}

static void fill_cases(struct fill *fill)
{
	fill->stream = open_table(fill, "stream", "id, type, key, head, recorded");
	fill->the_case = open_table(fill, "case_file", "id, key, number, title, agency, area, area2, area4, area6, act, procedure, status, stage, party, party_type, secrecy, handler, "
						       "major, urgent, opened, closed, updated, next_due, entries");
	fill->search = open_table(fill, "case_search", "rowid, tokens");
	fill->duty = open_table(fill, "case_duty", "stream, duty, agency, area4, area6, rule, clause, topic, title, who, opened_by, from_at, due, state, met_at, doc");
	for (int64_t i = 0; i < fill->count; i++) {
		struct arena_mark mark = arena_mark(fill->arena);
		add_case(fill, i);
		arena_rewind(fill->arena, mark);
	}
	struct table *const all[] = {&fill->stream, &fill->the_case, &fill->search, &fill->duty};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		close_table(fill, all[i]);
		load_table(fill, all[i]);
	}
}

static void into_sqlite(struct fill *fill, const char *path)
{
	if (sqlite3_open_v2(path, &fill->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		die(fill, path);
	run(fill, "pragma journal_mode = wal; pragma synchronous = off; pragma wal_autocheckpoint = 200000; pragma cache_size = -262144; begin");
	sqlite3_stmt *last = prepare(fill, "select max(id) from stream");
	fill->id = sqlite3_step(last) == SQLITE_ROW ? sqlite3_column_int64(last, 0) : 0;
	(void)sqlite3_finalize(last);
	fill_agencies(fill);
	fill_cases(fill);
	run(fill, "commit");
	run(fill, "pragma wal_checkpoint(truncate)");
	if (sqlite3_close(fill->db) != SQLITE_OK)
		die(fill, "close");
}

static void into_files(struct fill *fill, const char *folder, int64_t first)
{
	const char *path = arena_printf(fill->arena, "%sload.sql", folder);
	fill->folder = folder;
	fill->id = first - 1;
	fill->load = fopen(path, "w");
	if (fill->load == NULL)
		die(fill, path);
	fill_agencies(fill);
	fill_cases(fill);
	(void)fputs("select setval(pg_get_serial_sequence('stream', 'id'), (select max(id) from stream));\nanalyze;\n", fill->load);
	if (fclose(fill->load) != 0)
		die(fill, path);
}

int main(int argc, char **argv)
{
	struct fill fill = {.arena = arena_new(), .rng = 20260101};
	int64_t first = 1;
	bool files = argc == 6 && argv[1][0] != '\0' && argv[1][strlen(argv[1]) - 1] == '/';
	if ((argc != 5 && !files) || !text_int(argv[2], strlen(argv[2]), &fill.count) || fill.count < 1 || (files && !text_int(argv[5], strlen(argv[5]), &first))) {
		(void)fprintf(stderr, "usage: fill SITE.db CASES AGENCY USER\n       fill FOLDER/ CASES AGENCY USER FIRST\n");
		return 2;
	}
	fill.own = argv[3];
	fill.user = argv[4];
	struct clock clock = clock_system();
	fill.now = clock_now(&clock);
	if (files)
		into_files(&fill, argv[1], first);
	else
		into_sqlite(&fill, argv[1]);
	arena_free(fill.arena);
	return 0;
}
