/* log (verify, checkpoint, prove, keys). */
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"

static void progress(void *context, int64_t done, int64_t all)
{
	(void)context;
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r%lld / %lld", (long long)done, (long long)all);
}

static int log_verify(struct cli *cli)
{
	struct site *site;
	struct journal_check check;
	struct site_options options = cli_site_options(cli, false);
	options.inspect = true; /* a log that was tampered with must open, to be found so */
	if (site_open(&options, cli->arena, &site, &cli->err) != 0)
		return cli_fail(cli);
	int rc = journal_verify(site->journal, progress, NULL, cli->arena, &check, &cli->err);
	site_close(site);
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r");
	if (rc != 0)
		return cli_fail(cli);
	size_t found = json_array_size(check.findings);
	json_t *out = json_tie(cli->arena, json_object());
	json_put_int(out, "entries", check.entries);
	json_put_int(out, "files", check.files);
	json_put_int(out, "leaves", check.leaves);
	json_put_int(out, "checkpoints", check.checkpoints);
	json_put(out, "findings", json_incref(check.findings));
	if (!cli_print_json(cli, out)) {
		const json_t *finding;
		size_t i;
		json_array_foreach(check.findings, i, finding)
			(void)printf("%s\n", json_str(finding, "text"));
		(void)printf("核对了 %lld 条记录、%lld 个文件、%lld 个叶子、%lld 个检查点：%s\n", (long long)check.entries, (long long)check.files, (long long)check.leaves,
		             (long long)check.checkpoints, found == 0 ? "没有改动" : "发现改动");
	}
	return found == 0 ? CLI_OK : CLI_NO;
}

static int log_checkpoint(struct cli *cli)
{
	struct site *site;
	char *note;
	if (cli_site(cli, false, &site) != 0)
		return cli_fail(cli);
	int rc = journal_checkpoint(site->journal, cli->arena, &note, &cli->err);
	site_close(site);
	if (rc != 0)
		return cli_fail(cli);
	json_t *out = json_tie(cli->arena, json_object());
	json_put_str(out, "checkpoint", note);
	if (!cli_print_json(cli, out))
		(void)fputs(note, stdout);
	return CLI_OK;
}

static int log_keys(struct cli *cli)
{
	struct site *site;
	if (cli_site(cli, false, &site) != 0)
		return cli_fail(cli);
	const char *keys = keyring_verifiers(site->keys, cli->arena);
	site_close(site);
	if (!cli->json) {
		(void)fputs(keys, stdout);
		return CLI_OK;
	}
	json_t *out = json_tie(cli->arena, json_object()), *list = json_array();
	json_put(out, "keys", list);
	for (size_t len; (len = strcspn(keys, "\n")) > 0; keys += len + (keys[len] == '\n'))
		json_push_str(list, arena_strndup(cli->arena, keys, len));
	(void)cli_print_json(cli, out);
	return CLI_OK;
}

static int log_prove(struct cli *cli)
{
	struct site *site;
	int64_t id;
	json_t *proof;
	if (cli->argc != 1 || !text_int(cli->argv[0], strlen(cli->argv[0]), &id))
		return cli_usage(cli, "写明一条记录的编号：一个整数，即案件页面上记录的编号，或者 sanzhi export 所列的 id");
	if (cli_site(cli, false, &site) != 0)
		return cli_fail(cli);
	int rc = journal_prove(site->journal, id, cli_has(cli, "--open"), cli->arena, &proof, &cli->err);
	site_close(site);
	if (rc != 0)
		return cli_fail(cli);
	(void)printf("%s\n", json_text(cli->arena, proof, NULL));
	return CLI_OK;
}

static const struct cli_option json_options[] = {CLI_SITE_OPTIONS, CLI_JSON_OPTION, CLI_END};
static const struct cli_option prove_options[] = {{"--open", NULL, "连同记录的内容；缺省只给出摘要", false}, CLI_SITE_OPTIONS, {"--json", NULL, "总是 JSON，写不写都一样", false}, CLI_END};

const struct cli_command cli_log_commands[] = {
    {"log verify", "", "重新读取和计算每条记录、每个文件、每个叶子，找出任何改动", NULL, json_options, log_verify},
    {"log checkpoint", "", "最新的签名检查点", NULL, json_options, log_checkpoint},
    {"log keys", "", "验证检查点用的公钥", NULL, json_options, log_keys},
    {"log prove", "记录编号", "一条记录在日志中的证明，外人可离线核对", NULL, prove_options, log_prove},
    {NULL, NULL, NULL, NULL, NULL, NULL}};
