/* play: scenarios of acts with what is expected of each, in throw-away sites. */
#include <errno.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/cli.h"
#include "work/play/play.h"

struct tally {
	int64_t passed, failed, verdicts;
	json_t *files;
};

static void print_verdict(const json_t *verdict)
{
	bool ok = json_bool(verdict, "ok");
	const char *at = json_str(verdict, "at");
	(void)printf("  %-6s %.10s %.5s  %s  应为 %s", ok ? "ok" : "failed", at, strlen(at) > 16 ? at + 11 : "", json_str(verdict, "what"), json_str(verdict, "expected"));
	if (!ok || !text_eq(json_str(verdict, "expected"), json_str(verdict, "came")))
		(void)printf("；实为 %s", text_or_empty(json_str(verdict, "came")));
	if (!ok && json_str(verdict, "where") != NULL)
		(void)printf("  [%s]", json_str(verdict, "where"));
	(void)printf("\n");
}

static void print_scenario(const json_t *scenario, bool failed_only, bool whole)
{
	const json_t *verdict;
	size_t i;
	bool ok = json_bool(scenario, "ok");
	if (ok && failed_only)
		return;
	(void)printf("%s %s  [%s]\n", ok ? "✓" : "✗", json_str(scenario, "title"), json_str(scenario, "where"));
	json_array_foreach(json_object_get(scenario, "verdicts"), i, verdict)
		if (!json_bool(verdict, "ok") || (!failed_only && (whole || !json_bool(verdict, "given"))))
			print_verdict(verdict);
}

static int play_one(struct cli *cli, struct play *play, const char *path, struct tally *tally)
{
	json_t *result;
	const json_t *scenario;
	size_t i;
	int rc = play_run(play, path, cli->arena, &result, &cli->err);
	if (rc != 0)
		return rc;
	tally->passed += json_int(result, "passed", 0);
	tally->failed += json_int(result, "failed", 0);
	json_array_foreach(json_object_get(result, "scenarios"), i, scenario) {
		tally->verdicts += (int64_t)json_array_size(json_object_get(scenario, "verdicts"));
		if (!cli->json)
			print_scenario(scenario, cli_has(cli, "--failed"), cli_has(cli, "--whole"));
	}
	if (cli->json || cli_get(cli, "--verdicts") != NULL)
		json_push(tally->files, json_incref(result));
	return 0;
}

static int list_all(struct cli *cli, struct play *play)
{
	json_t *all = json_tie(cli->arena, json_array());
	for (int i = 0; i < cli->argc; i++) {
		json_t *list, *one = json_object();
		const json_t *scenario;
		size_t k;
		json_push(all, one);
		if (play_list(play, cli->argv[i], cli->arena, &list, &cli->err) != 0)
			return cli_fail(cli);
		json_put_str(one, "file", cli->argv[i]);
		json_put(one, "scenarios", json_incref(list));
		if (cli->json)
			continue;
		json_array_foreach(list, k, scenario)
			(void)printf("%s  [%s]\n", json_str(scenario, "title"), json_str(scenario, "where"));
	}
	(void)cli_print_json(cli, all);
	return CLI_OK;
}

static int write_verdicts(struct cli *cli, const json_t *all)
{
	const char *path = cli_get(cli, "--verdicts");
	if (json_dump_file(all, path, JSON_COMPACT) == 0)
		return 0;
	return ERR(&cli->err, ERR_IO, "%s 写不成：%s", path, err_path(cli->arena, path, errno));
}

static int run_play(struct cli *cli)
{
	struct play *play;
	struct play_options options = {.rulebook = cli_get(cli, "--rulebook"), .db_url = cli_get(cli, "--db")};
	struct tally tally = {.files = json_tie(cli->arena, json_array())};
	if (cli->argc == 0)
		return cli_usage(cli, "写明场景文件");
	if (play_open(&options, cli->arena, &play, &cli->err) != 0)
		return cli_fail(cli);
	if (cli_has(cli, "--list"))
		return list_all(cli, play);
	for (int i = 0; i < cli->argc; i++)
		if (play_one(cli, play, cli->argv[i], &tally) != 0)
			return cli_fail(cli);
	json_t *out = json_tie(cli->arena, json_object());
	json_put_int(out, "passed", tally.passed);
	json_put_int(out, "failed", tally.failed);
	json_put_int(out, "verdicts", tally.verdicts);
	json_put(out, "files", json_incref(tally.files));
	if (cli_get(cli, "--verdicts") != NULL && write_verdicts(cli, out) != 0)
		return cli_fail(cli);
	if (!cli_print_json(cli, out))
		(void)printf("%lld passed, %lld failed\n", (long long)tally.passed, (long long)tally.failed);
	return tally.failed == 0 ? CLI_OK : CLI_NO;
}

static const struct cli_option play_options_[] = {
    {"--failed", NULL, "只列出不符的", false},
    {"--whole", NULL, "序幕里的每一步也列出", false},
    {"--list", NULL, "只列出场景和它们证明的条款，不运行", false},
    {"--verdicts", "FILE", "另外把全部判断写进这个文件（JSON）", false},
    {"--rulebook", "DIR", "规则库目录，缺省为安装的规则库", false},
    {"--db", "URL", "用 PostgreSQL 的一个空库：一个场景用一个", false},
    CLI_JSON_OPTION,
    CLI_END};

const struct cli_command cli_play_commands[] = {
    {"play", "文件…", "在用后即弃的站点里按场景办理，逐步核对规则的判断",
     "场景文件写明每一步由谁、在什么时候、办什么，以及应当准许还是因哪几条规定不准，有哪些期限、到哪一天。写法见 docs/formats/scenario.md。", play_options_, run_play},
    {NULL, NULL, NULL, NULL, NULL, NULL}};
