/* rules (check, list, show, conflicts, coverage), due, calendar. */
#include <errno.h>
#include <stdio.h>

#include "base/ids.h"
#include "base/text.h"
#include "cli/cli.h"

#define RULEBOOK_OPTION {"--rulebook", "DIR", "规则库目录，缺省为安装的规则库", false}

/* --- rules ---------------------------------------------------------------------------------------------------------- */

static int rules_check(struct cli *cli)
{
	struct law *law;
	if (cli_law(cli, &law) != 0)
		return cli_fail(cli);
	json_t *instruments = law_instruments(law, cli->arena);
	json_t *out = json_tie(cli->arena, json_object());
	json_put_int(out, "instruments", (int64_t)json_array_size(instruments));
	if (!cli_print_json(cli, out))
		(void)printf("规则库没有错误：%zu 部文件\n", json_array_size(instruments));
	return CLI_OK;
}

#define SECTIONS "kinds gates duties major retention redaction exemptions lists grounds params clauses"

static bool word_in(const char *words, const char *word)
{
	size_t len = strlen(word);
	for (const char *at = words; *at != '\0'; at += strcspn(at, " "), at += *at == ' ')
		if (len > 0 && strcspn(at, " ") == len && strncmp(at, word, len) == 0)
			return true;
	return false;
}

/* CLI_USAGE for a section that is none, CLI_NO for an instrument that the rulebook does not have; each names what there is. */
static int check_list(struct cli *cli, const struct law *law, const char *instrument, const char *section)
{
	if (section != NULL && !word_in(SECTIONS, section))
		return cli_usage(cli, "没有“%s”这一类，应当是其中之一：%s", section, SECTIONS);
	if (instrument == NULL)
		return CLI_OK;
	const char *known = "";
	const json_t *item;
	size_t i;
	json_array_foreach(law_instruments(law, cli->arena), i, item) {
		if (text_eq(json_str(item, "id"), instrument))
			return CLI_OK;
		known = arena_printf(cli->arena, "%s%s%s", known, i == 0 ? "" : " ", text_or_empty(json_str(item, "id")));
	}
	(void)ERR(&cli->err, ERR_NOT_FOUND, "没有编号为 %s 的文件，已有：%s", instrument, known);
	return cli_fail(cli);
}

static int rules_list(struct cli *cli)
{
	struct law *law;
	if (cli_law(cli, &law) != 0)
		return cli_fail(cli);
	const char *instrument = cli->argc > 0 ? cli->argv[0] : NULL, *section = cli_get(cli, "--section");
	int status = check_list(cli, law, instrument, section);
	if (status != CLI_OK)
		return status;
	json_t *list = instrument == NULL && section == NULL ? law_instruments(law, cli->arena) : law_rules(law, instrument, section, cli->arena);
	if (cli_print_json(cli, list))
		return json_array_size(list) == 0 ? CLI_NO : CLI_OK;
	const json_t *item;
	size_t i;
	json_array_foreach(list, i, item) {
		if (json_str(item, "short") != NULL || json_str(item, "level") != NULL)
			(void)printf("%-12s %-10s %s  自 %s 起施行\n", text_or_empty(json_str(item, "id")), text_or_empty(json_str(item, "level")), text_or_empty(json_str(item, "title")),
			             text_or_empty(json_str(item, "in-force")));
		else
			(void)printf("%-14s %-10s %-36s %s\n", text_or_empty(json_str(item, "clause")), text_or_empty(json_str(item, "section")), text_or_empty(json_str(item, "rule")),
			             text_or_empty(json_str(item, "title")));
	}
	return json_array_size(list) == 0 ? CLI_NO : CLI_OK;
}

static int rules_show(struct cli *cli)
{
	struct law *law;
	if (cli->argc != 1)
		return cli_usage(cli, "写明一个条款编号，例如 yn-gs-14");
	if (cli_law(cli, &law) != 0)
		return cli_fail(cli);
	json_t *clause = law_clause(law, cli->argv[0], cli->arena);
	if (clause == NULL) {
		(void)ERR(&cli->err, ERR_NOT_FOUND, "没有编号为 %s 的条款，编号见 sanzhi rules coverage", cli->argv[0]);
		return cli_fail(cli);
	}
	if (cli_print_json(cli, clause))
		return CLI_OK;
	(void)printf("%s  %s\n%s\n", json_str(clause, "id"), text_or_empty(law_cite(law, cli->argv[0])), text_or_empty(json_str(clause, "text")));
	const json_t *rule;
	size_t i;
	json_array_foreach(json_object_get(clause, "rules"), i, rule) {
		if (json_is_string(rule))
			(void)printf("  %s\n", json_string_value(rule));
		else
			(void)printf("  %s %s %s\n", text_or_empty(json_str(rule, "section")), text_or_empty(json_str(rule, "rule")), text_or_empty(json_str(rule, "title")));
	}
	return CLI_OK;
}

static int rules_conflicts(struct cli *cli)
{
	struct law *law;
	if (cli_law(cli, &law) != 0)
		return cli_fail(cli);
	json_t *all = law_conflicts(law, cli->arena);
	if (cli_print_json(cli, all))
		return CLI_OK;
	const json_t *item;
	size_t i, shown = 0;
	bool every = cli_has(cli, "--all");
	json_array_foreach(all, i, item) {
		const char *difference = text_or_empty(json_str(item, "difference"));
		if (!every && !text_eq(difference, "laxer") && !text_eq(difference, "lower-laxer"))
			continue;
		const json_t *higher = json_object_get(item, "higher"), *lower = json_object_get(item, "lower"), *governs = json_object_get(item, "governs");
		shown++;
		(void)printf("%s（%s）\n  上位 %s %s %s\n  下位 %s %s %s\n  以 %s 为准\n", text_or_empty(json_str(item, "title")), text_or_empty(json_str(item, "topic")),
		             text_or_empty(json_str(higher, "clause")), text_or_empty(json_str(higher, "cite")), text_or_empty(json_str(higher, "value")),
		             text_or_empty(json_str(lower, "clause")), text_or_empty(json_str(lower, "cite")), text_or_empty(json_str(lower, "value")),
		             json_is_string(governs) ? json_string_value(governs) : text_or_empty(json_str(governs, "clause")));
	}
	(void)printf("%zu 处下位规定比上位规定宽\n", shown);
	return CLI_OK;
}

static int rules_coverage(struct cli *cli)
{
	struct law *law;
	if (cli_law(cli, &law) != 0)
		return cli_fail(cli);
	json_t *rows = law_coverage(law, cli->arena);
	if (cli_print_json(cli, rows))
		return CLI_OK;
	const json_t *row;
	size_t i, served = 0;
	json_array_foreach(rows, i, row) {
		bool not_yet = text_eq(json_str(row, "state"), "not-yet");
		const json_t *serves = json_object_get(row, "serves"), *shown = json_object_get(row, "shown-by");
		const char *first = json_string_value(json_array_get(serves, 0)), *test = json_string_value(json_array_get(shown, 0));
		served += !not_yet;
		(void)printf("%-14s %-8s %-48s %s\n", text_or_empty(json_str(row, "clause")), text_or_empty(json_str(row, "kind")), not_yet ? "not yet" : text_or_empty(first), text_or_empty(test));
	}
	(void)printf("%zu 条中 %zu 条已落实\n", json_array_size(rows), served);
	return CLI_OK;
}

/* --- due ------------------------------------------------------------------------------------------------------------ */

/* "2026-02-10" (its first moment counts for nothing: the day is not counted) or an instant. */
static bool read_from(const char *text, instant_t *out)
{
	day_t day;
	if (day_parse(text, strlen(text), &day)) {
		*out = day_start(day);
		return true;
	}
	return instant_parse(text, strlen(text), out);
}

static const char *due_shown(struct arena *arena, const struct law_limit *limit, instant_t due)
{
	return limit != NULL && limit->unit == LIMIT_HOURS ? instant_format(arena, due) : day_format(arena, instant_day(due));
}

static void print_explained(const json_t *days)
{
	const json_t *day;
	size_t i;
	json_array_foreach(days, i, day) {
		int64_t number = json_int(day, "number", 0);
		(void)printf("  %s %s  %s", text_or_empty(json_str(day, "day")), text_or_empty(json_str(day, "weekday")), json_bool(day, "counted") ? "计入" : "不计");
		if (json_bool(day, "counted") && number > 0)
			(void)printf("，第 %lld 日", (long long)number);
		(void)printf("  %s\n", text_or_empty(json_str(day, "why")));
	}
}

static int due_within(struct cli *cli, const struct law *law, instant_t from)
{
	struct law_limit limit;
	instant_t due;
	const struct calendar *calendar = law_calendar(law);
	if (law_limit_parse(cli_get(cli, "--within"), &limit, &cli->err) != 0)
		return cli_usage(cli, "%s", cli->err.message);
	if (limit.count == 0 && (limit.unit == LIMIT_WORKING_DAYS || limit.unit == LIMIT_DAYS || limit.unit == LIMIT_HOURS || limit.unit == LIMIT_MONTHS || limit.unit == LIMIT_YEARS))
		return cli_usage(cli, "期限“%s”是零：至少是 1；当日之内写作 \"at once\"", cli_get(cli, "--within"));
	if (calendar_due(calendar, &limit, from, NULL, 0, &due, &cli->err) != 0)
		return cli_fail(cli);
	json_t *days = NULL, *out = json_tie(cli->arena, json_object());
	if ((cli_has(cli, "--explain") || cli->json) && calendar_explain(calendar, &limit, from, NULL, 0, cli->arena, &days, &cli->err) != 0)
		return cli_fail(cli);
	json_put_str(out, "due", due_shown(cli->arena, &limit, due));
	json_put_str(out, "instant", instant_format(cli->arena, due));
	if (days != NULL)
		json_put(out, "explain", json_incref(days));
	if (cli_print_json(cli, out))
		return CLI_OK;
	if (days != NULL)
		print_explained(days);
	(void)printf("%s\n", json_str(out, "due"));
	return CLI_OK;
}

/* The place whose rules count. An agency's code names the division where it is registered (GB 32100, third to eighth digit); --area says it where the agency sits
 * elsewhere. CLI_USAGE where a code is wrong. */
static int place_of(struct cli *cli, const struct law *law, struct law_place *out, bool *given)
{
	const char *code = cli_get(cli, "--agency"), *area = cli_get(cli, "--area");
	*given = code != NULL || area != NULL;
	if (code != NULL && !uscc_valid(code))
		return cli_usage(cli, "%s 不是正确的统一社会信用代码：核对十八位代码", code);
	if (area == NULL && code != NULL)
		area = arena_strndup(cli->arena, code + 2, 6);
	if (area != NULL && law_division_name(law, area) == NULL)
		return cli_usage(cli, "区划表中没有 %s：用 --area 写明机关所在的区划，例如 532801", area);
	*out = (struct law_place){.agency = code, .area = area};
	return CLI_OK;
}

/* Instants become the day on which a limit ends, or the moment where it is in hours. */
static void put_texts(struct cli *cli, json_t *list)
{
	json_t *item;
	size_t i;
	json_array_foreach(list, i, item) {
		struct law_limit limit;
		struct err ignored;
		instant_t due = json_int(item, "due", 0);
		err_init(&ignored, cli->arena);
		bool read = law_limit_parse(text_or_empty(json_str(item, "limit")), &limit, &ignored) == 0;
		json_put_str(item, "due", due_shown(cli->arena, read ? &limit : NULL, due));
		json_put_str(item, "due-at", instant_format(cli->arena, due));
		json_put_str(item, "from", instant_format(cli->arena, json_int(item, "from", 0)));
	}
}

/* The earliest of those that govern: what must be kept to keep them all. */
static const json_t *strictest(const json_t *list)
{
	const json_t *best = NULL, *item;
	size_t i;
	json_array_foreach(list, i, item) {
		bool better = best == NULL || (json_bool(item, "governs") && !json_bool(best, "governs")) ||
		              (json_bool(item, "governs") == json_bool(best, "governs") && strcmp(text_or_empty(json_str(item, "due")), text_or_empty(json_str(best, "due"))) < 0);
		if (better)
			best = item;
	}
	return best;
}

/* An act of the vocabulary; CLI_USAGE, naming them all, where it is none of them. */
static int check_act(struct cli *cli, const struct law *law, const char *act)
{
	const char *known = "";
	const json_t *one;
	size_t i;
	json_array_foreach(json_object_get(law_vocabulary(law), "acts"), i, one) {
		if (text_eq(json_string_value(one), act))
			return CLI_OK;
		known = arena_printf(cli->arena, "%s%s%s", known, i == 0 ? "" : "、", json_string_value(one));
	}
	return cli_usage(cli, "没有“%s”这个执法类别，应当是其中之一：%s", act, known);
}

static int due_clause(struct cli *cli, const struct law *law, instant_t from)
{
	int status = cli_has(cli, "--kind") ? check_act(cli, law, cli_get(cli, "--kind")) : CLI_OK;
	if (status != CLI_OK)
		return status;
	struct law_place place;
	bool placed;
	json_t *facts = json_tie(cli->arena, json_object()), *list;
	json_put_str(facts, "act", cli_get(cli, "--kind"));
	status = place_of(cli, law, &place, &placed);
	if (status != CLI_OK)
		return status;
	if (law_due(law, placed ? &place : NULL, cli_get(cli, "--clause"), facts, from, cli->arena, &list, &cli->err) != 0)
		return cli_fail(cli);
	if (json_array_size(list) == 0) {
		(void)ERR(&cli->err, ERR_NOT_FOUND, "条款 %s 对这类执法没有规定期限", cli_get(cli, "--clause"));
		return cli_fail(cli);
	}
	put_texts(cli, list);
	if (cli_print_json(cli, list))
		return CLI_OK;
	const json_t *item;
	size_t i;
	if (!cli_has(cli, "--all") && !cli_has(cli, "--explain")) {
		(void)printf("%s\n", text_or_empty(json_str(strictest(list), "due")));
		return CLI_OK;
	}
	json_array_foreach(list, i, item) {
		if (cli_has(cli, "--explain"))
			print_explained(json_object_get(item, "explain"));
		(void)printf("%s  %s %s（%s）%s\n", text_or_empty(json_str(item, "due")), text_or_empty(json_str(item, "clause")), text_or_empty(json_str(item, "title")), text_or_empty(json_str(item, "limit")),
		             json_bool(item, "governs") ? "  为准" : "");
	}
	return CLI_OK;
}

static int run_due(struct cli *cli)
{
	struct law *law;
	instant_t from;
	const char *text = cli_get(cli, "--from");
	if (text == NULL)
		return cli_usage(cli, "缺少 --from：从哪一天（2026-02-10）或者哪一刻（2026-02-10T09:00）算起");
	if (!read_from(text, &from))
		return cli_usage(cli, "读不懂的时间 %s：写成 2026-02-10 或者 2026-02-10T09:00", text);
	bool within = cli_has(cli, "--within"), clause = cli_has(cli, "--clause");
	if (within == clause)
		return cli_usage(cli, "写明 --within（例如 7wd）或者 --clause（例如 yn-gs-14），二者择一");
	if (within && (cli_has(cli, "--kind") || cli_has(cli, "--agency") || cli_has(cli, "--area") || cli_has(cli, "--all")))
		return cli_usage(cli, "--kind、--agency、--area 和 --all 与 --clause 同用：--within 已写明期限，与哪个机关无关");
	if (cli_law(cli, &law) != 0)
		return cli_fail(cli);
	return within ? due_within(cli, law, from) : due_clause(cli, law, from);
}

/* --- calendar -------------------------------------------------------------------------------------------------------- */

static int calendar_show(struct cli *cli)
{
	struct law *law;
	int64_t year;
	if (cli->argc != 1 || !text_int(cli->argv[0], strlen(cli->argv[0]), &year) || year < 1900 || year > 2999)
		return cli_usage(cli, "写明一个年份，例如 2026");
	if (cli_law(cli, &law) != 0)
		return cli_fail(cli);
	day_t day, end;
	json_t *list = json_tie(cli->arena, json_array());
	if (!day_from_ymd((int)year, 1, 1, &day) || !day_from_ymd((int)year, 12, 31, &end))
		return cli_usage(cli, "年份不对");
	for (; day <= end; day++) {
		bool working;
		const char *why;
		if (calendar_is_working(law_calendar(law), day, &working, &why, &cli->err) != 0)
			return cli_fail(cli);
		if (why == NULL)
			continue;
		json_t *item = json_object();
		json_put_str(item, "day", day_format(cli->arena, day));
		json_put_bool(item, "working", working);
		json_put_str(item, "why", why);
		json_push(list, item);
	}
	if (cli_print_json(cli, list))
		return CLI_OK;
	const json_t *item;
	size_t i;
	json_array_foreach(list, i, item)
		(void)printf("%s  %s  %s\n", json_str(item, "day"), json_bool(item, "working") ? "上班" : "放假", json_str(item, "why"));
	return CLI_OK;
}

static int calendar_check(struct cli *cli)
{
	int year, holidays, workdays;
	if (cli->argc != 1)
		return cli_usage(cli, "写明一个文件，例如 2027.tsv");
	if (calendar_check_file(cli->argv[0], cli->arena, &year, &holidays, &workdays, &cli->err) != 0)
		return cli_fail(cli);
	(void)printf("%d 年：放假 %d 天，调休上班 %d 天，没有错误\n", year, holidays, workdays);
	return CLI_OK;
}

/* Copies a checked file into the rulebook's calendar; a year that is there already is replaced only with --replace. */
static int calendar_load_year(struct cli *cli)
{
	int year, holidays, workdays;
	const char *dir = cli_get(cli, "--rulebook");
	if (cli->argc != 1)
		return cli_usage(cli, "写明一个文件，例如 2027.tsv");
	if (dir == NULL)
		dir = getenv("SANZHI_RULEBOOK");
	if (dir == NULL)
		dir = SANZHI_RULEBOOK_DIR;
	if (calendar_check_file(cli->argv[0], cli->arena, &year, &holidays, &workdays, &cli->err) != 0)
		return cli_fail(cli);
	char *target = arena_printf(cli->arena, "%s/calendar/%d.tsv", dir, year), *fresh = arena_printf(cli->arena, "%s.new", target);
	FILE *probe = fopen(target, "re");
	if (probe != NULL)
		(void)fclose(probe);
	if (probe != NULL && !cli_has(cli, "--replace")) {
		(void)fprintf(stderr, "sanzhi：%d 年的日历已经有了；年中调整放假安排时加 --replace\n", year);
		return CLI_NO;
	}
	FILE *in = fopen(cli->argv[0], "re");
	const char *failed = in == NULL ? cli->argv[0] : fresh;
	FILE *out = in == NULL ? NULL : fopen(fresh, "we");
	int cause = errno;
	char block[4096];
	size_t n;
	bool good = in != NULL && out != NULL;
	while (good && (n = fread(block, 1, sizeof(block), in)) > 0)
		good = fwrite(block, 1, n, out) == n;
	if (in != NULL)
		(void)fclose(in);
	if (out != NULL)
		good = fclose(out) == 0 && good;
	if (!good || rename(fresh, target) != 0) {
		cause = in != NULL && out != NULL ? errno : cause;
		(void)remove(fresh);
		(void)ERR(&cli->err, ERR_IO, "日历没有装入，%s：%s", failed, err_path(cli->arena, failed, cause));
		return cli_fail(cli);
	}
	(void)printf("已装入 %d 年的日历：放假 %d 天，调休上班 %d 天。重新启动服务后生效\n", year, holidays, workdays);
	return CLI_OK;
}

static const struct cli_option rules_options[] = {RULEBOOK_OPTION, CLI_JSON_OPTION, CLI_END};
static const struct cli_option list_options[] = {
    {"--section", "NAME", "只列一类：" SECTIONS, false}, RULEBOOK_OPTION, CLI_JSON_OPTION, CLI_END};
static const struct cli_option conflict_options[] = {{"--all", NULL, "也列出下位规定更严或者相同的", false}, RULEBOOK_OPTION, CLI_JSON_OPTION, CLI_END};
static const struct cli_option due_options[] = {
    {"--from", "TIME", "从哪一天或者哪一刻算起", false},
    {"--within", "LIMIT", "期限：7wd 工作日，30d 日，24h 小时，3m 月，2y 年", false},
    {"--clause", "ID", "条款编号，按它规定的期限算", false},
    {"--kind", "ACT", "执法类别：许可、处罚、强制、检查 等", false},
    {"--agency", "CODE", "机关的统一社会信用代码：按约束它的各级规定中最严的算；所在区划取代码中登记机关的区划", false},
    {"--area", "CODE", "机关所在区划：与 --agency 同用，代替代码中的区划；也可单用", false},
    {"--all", NULL, "列出这一条款下的全部期限；缺省只给最严的一个", false},
    {"--explain", NULL, "逐日说明计入和不计的理由", false},
    RULEBOOK_OPTION,
    CLI_JSON_OPTION,
    CLI_END};
static const struct cli_option load_options[] = {{"--replace", NULL, "替换已有的年份", false}, RULEBOOK_OPTION, CLI_END};

const struct cli_command cli_law_commands[] = {
    {"rules check", "", "检查规则库，一次说出全部错误", NULL, rules_options, rules_check},
    {"rules list", "[文件编号]", "列出规范性文件，或者一部文件的规则", NULL, list_options, rules_list},
    {"rules show", "条款编号", "一条规定的大意和由它而来的规则", NULL, rules_options, rules_show},
    {"rules conflicts", "", "下位规定比上位规定宽的地方，以及以哪个为准", NULL, conflict_options, rules_conflicts},
    {"rules coverage", "", "每一条规定由什么落实、由哪项测试证明", NULL, rules_options, rules_coverage},
    {"due", "", "算一个期限的最后时刻", "事情发生的当天不计；按工作日计的期限到最后一日终了；按小时计的从那一刻起算。", due_options, run_due},
    {"calendar show", "年份", "一年的放假与调休", NULL, rules_options, calendar_show},
    {"calendar check", "文件", "检查一年的日历文件", NULL, rules_options, calendar_check},
    {"calendar load", "文件", "装入新一年的日历", NULL, load_options, calendar_load_year},
    {NULL, NULL, NULL, NULL, NULL, NULL}};
