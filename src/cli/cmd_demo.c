/* demo: a site with a year of plausible work, and its sample logins. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"
#include "work/demo/demo.h"

#define TAIL_DAYS 31 /* between the last day of work and the end of the published calendar: what is due then can still be counted */
#define AS_TEXT(number) AS_TEXT_(number)
#define AS_TEXT_(number) #number

static void progress(void *context, int64_t done, int64_t all, const char *what)
{
	(void)context;
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r%3lld%%  第 %lld 天，共 %lld 天  %s        ", (long long)(all == 0 ? 100 : done * 100 / all), (long long)done, (long long)all, what);
}

/* The data stand beside the rulebook, in the source tree as where they are installed. */
static const char *data_dir(struct cli *cli)
{
	struct stat found;
	const char *named = cli_get(cli, "--data"), *rulebook = cli_get(cli, "--rulebook");
	if (named != NULL)
		return named;
	if (rulebook == NULL)
		rulebook = getenv("SANZHI_RULEBOOK");
	if (rulebook == NULL)
		rulebook = SANZHI_RULEBOOK_DIR;
	const char *beside = arena_printf(cli->arena, "%s/../data/demo", rulebook);
	return stat(beside, &found) == 0 ? beside : arena_printf(cli->arena, "%s/../data/demo", SANZHI_RULEBOOK_DIR);
}

static void print_logins(const json_t *summary, bool all)
{
	const json_t *login;
	const char *agency = "";
	size_t i, agencies = 0;
	(void)printf("演示密码（所有用户相同）：%s\n", json_str(summary, "password"));
	json_array_foreach(json_object_get(summary, "logins"), i, login) {
		const char *of = json_str(login, "agency");
		if (!text_eq(of, agency))
			agencies++;
		if (!all && agencies > 9)
			break;
		if (!text_eq(of, agency))
			(void)printf("\n%s\n", of);
		agency = of;
		(void)printf("  %-26s %s %s\n", json_str(login, "login"), json_str(login, "title"), json_str(login, "name"));
	}
}

static int show_logins(struct cli *cli, const char *dir)
{
	json_t *summary;
	if (demo_logins(dir, cli->arena, &summary, &cli->err) != 0)
		return cli_fail(cli);
	if (!cli_print_json(cli, summary))
		print_logins(summary, true);
	return CLI_OK;
}

static bool read_count(struct cli *cli, const char *name, int64_t fallback, int64_t least, int64_t most, int64_t *out)
{
	const char *text = cli_get(cli, name);
	*out = fallback;
	return text == NULL || (text_int(text, strlen(text), out) && *out >= least && *out <= most);
}

static day_t year_end(int year)
{
	day_t day;
	BUG_ON(!day_from_ymd(year, 12, 31, &day));
	return day;
}

/* The given day, or today, but not so late that what is due would fall beyond the last published calendar. A wrong day is told. */
static int read_until(struct cli *cli, const struct law *law, day_t *out)
{
	const char *text = cli_get(cli, "--until");
	const struct calendar *calendar = law_calendar(law);
	int first = calendar_first_year(calendar), last = calendar_last_year(calendar);
	day_t from = year_end(first + 1), end = year_end(last); /* the officers' certificates and the first cases reach into the year before */
	struct clock clock = clock_system();
	if (text == NULL) {
		day_t today = instant_day(clock_now(&clock));
		*out = today < end - TAIL_DAYS ? today : end - TAIL_DAYS;
		return CLI_OK;
	}
	if (!day_parse(text, strlen(text), out))
		return cli_usage(cli, "读不懂的 --until“%s”：写成 %s", text, day_format(cli->arena, end - TAIL_DAYS));
	if (*out < from || *out > end)
		return cli_usage(cli, "--until 在 %s 至 %s 之间：演示的一年要有工作日历", day_format(cli->arena, from), day_format(cli->arena, end));
	return CLI_OK;
}

static int run_demo(struct cli *cli)
{
	struct demo_options options = {.site = cli_site_options(cli, true), .name = "云南省行政执法三项制度平台（演示）", .progress = progress};
	int64_t seed, cases;
	json_t *summary;
	if (cli_has(cli, "--logins"))
		return show_logins(cli, options.site.dir);
	options.base_url = cli_has(cli, "--base-url") ? cli_get(cli, "--base-url") : "http://127.0.0.1:8080";
	options.data = data_dir(cli);
	if (!read_count(cli, "--seed", 20260101, 0, INT64_MAX, &seed) || !read_count(cli, "--cases", 500, 1, 100000, &cases))
		return cli_usage(cli, "--seed 是一个非负整数，--cases 在 1 至 100000 之间");
	if (cli_law(cli, &options.site.law) != 0)
		return cli_fail(cli);
	int status = read_until(cli, options.site.law, &options.until);
	if (status != CLI_OK)
		return status;
	options.seed = (uint64_t)seed;
	options.cases = (unsigned)cases;
	int rc = demo_make(&options, cli->arena, &summary, &cli->err);
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\n");
	if (rc != 0)
		return cli_fail(cli);
	if (cli_print_json(cli, summary))
		return CLI_OK;
	(void)printf("已建立演示站点 %s：%lld 个机关，%lld 个用户，%lld 个案件，%lld 条记录（%s 至 %s）\n", options.site.dir, (long long)json_int(summary, "agencies", 0),
	             (long long)json_int(summary, "users", 0), (long long)json_int(summary, "cases", 0), (long long)json_int(summary, "entries", 0), json_str(summary, "from"),
	             json_str(summary, "until"));
	(void)printf("用户名和密码：sanzhi demo --site %s --logins\n", options.site.dir);
	return CLI_OK;
}

static const struct cli_option demo_options[] = {
    {"--logins", NULL, "只列出演示站点的用户名和密码", false},
    {"--base-url", "URL", "对外地址，缺省 http://127.0.0.1:8080", false},
    {"--seed", "N", "随机种子：同一种子得到同样的一年", false},
    {"--cases", "N", "案件数，缺省 500", false},
    {"--until", "DATE", "最后一天，缺省今天，但不晚于已公布的最后一年工作日历结束前 " AS_TEXT(TAIL_DAYS) " 天", false},
    {"--data", "DIR", "演示数据目录，缺省在规则库旁的 data/demo", false},
    CLI_SITE_OPTIONS,
    CLI_JSON_OPTION,
    CLI_END};

const struct cli_command cli_demo_commands[] = {
    {"demo", "", "建立一个有一年工作内容的演示站点",
     "机关、人员、案件和文书都是编造的。每一条记录都按规则库逐条判断后才写入，与实际办理走同样的路。", demo_options, run_demo},
    {NULL, NULL, NULL, NULL, NULL, NULL}};
