/* backup, restore, export, import, sweep. */
#include <errno.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/cli.h"
#include "work/sweep.h"
#include "work/transfer.h"

#define IMPORT_MAX ((size_t)64 << 20)

static int run_backup(struct cli *cli)
{
	struct site *site;
	json_t *summary;
	const char *to = cli_get(cli, "--to");
	if (to == NULL)
		return cli_usage(cli, "写明 --to：备份写到哪个文件");
	if (cli_site(cli, false, &site) != 0)
		return cli_fail(cli);
	int rc = transfer_backup(site, to, cli->arena, &summary, &cli->err);
	site_close(site);
	if (rc != 0)
		return cli_fail(cli);
	if (!cli_print_json(cli, summary))
		(void)printf("已备份到 %s：%lld 条记录，%lld 个文件，附密钥和设置\n", to, (long long)json_int(summary, "size", 0), (long long)json_int(summary, "files", 0));
	return CLI_OK;
}

static int run_restore(struct cli *cli)
{
	json_t *summary;
	const char *from = cli_get(cli, "--from");
	struct site_options options = cli_site_options(cli, true);
	if (from == NULL || !cli_has(cli, "--site"))
		return cli_usage(cli, "写明 --from（备份文件）和 --site（恢复到哪个目录）");
	if (transfer_restore(&options, from, cli->arena, &summary, &cli->err) != 0)
		return cli_fail(cli);
	const json_t *findings = json_object_get(summary, "findings"), *finding;
	size_t i;
	if (!cli_print_json(cli, summary)) {
		json_array_foreach(findings, i, finding)
			(void)printf("%s\n", json_str(finding, "text"));
		(void)printf("已恢复到 %s：%lld 条记录、%lld 个文件，核对%s\n", options.dir, (long long)json_int(summary, "entries", 0), (long long)json_int(summary, "files", 0),
		             json_array_size(findings) == 0 ? "无误" : "发现问题");
	}
	return json_array_size(findings) == 0 ? CLI_OK : CLI_NO;
}

static int print_line(void *context, const char *text, size_t len, struct err *err)
{
	(void)context;
	return fwrite(text, 1, len, stdout) == len && putchar('\n') == '\n' ? 0 : ERR(err, ERR_IO, "无法写到标准输出");
}

static int export_register(struct cli *cli, const char *what)
{
	struct site *site;
	json_t *summary;
	struct transfer_giving giving = {.what = what, .files = cli_get(cli, "--files"), .json = cli->json, .line = print_line};
	if (cli_site(cli, false, &site) != 0)
		return cli_fail(cli);
	int rc = transfer_registers(site, &giving, cli->arena, &summary, &cli->err);
	site_close(site);
	if (rc == 0 && fflush(stdout) != 0)
		rc = ERR(&cli->err, ERR_IO, "无法写到标准输出：%s", err_errno(errno));
	if (rc != 0)
		return cli_fail(cli);
	long long files = json_int(summary, "files", 0), ended = json_int(summary, "ended", 0), without = json_int(summary, "without", 0);
	(void)fprintf(stderr, "已导出 %lld 行", (long long)json_int(summary, "rows", 0));
	if (files > 0)
		(void)fprintf(stderr, "、%lld 个文件（在 %s 下）", files, giving.files);
	if (ended > 0)
		(void)fprintf(stderr, "；另有 %lld 项已经停用、暂扣或者收回，没有导出", ended);
	if (without > 0)
		(void)fprintf(stderr, "；有 %lld 张相片没有导出：加上 --files 目录", without);
	(void)fprintf(stderr, "\n");
	return CLI_OK;
}

static int run_export(struct cli *cli)
{
	struct site *site;
	int64_t count;
	const char *stream = cli_get(cli, "--stream"), *what = cli_get(cli, "--what");
	if ((stream != NULL) + cli_has(cli, "--all") + (what != NULL) != 1)
		return cli_usage(cli, "写明 --what（登记表，例如 officers）、--stream（记录，例如 case/机关代码-2026-0001，或者只写 case）或者 --all（全部记录），三者择一");
	if (what == NULL && cli_has(cli, "--files"))
		return cli_usage(cli, "--files 只与 --what 一起用");
	if (what != NULL)
		return export_register(cli, what);
	const char *slash = stream == NULL ? NULL : strchr(stream, '/');
	const char *type = slash == NULL ? stream : arena_strndup(cli->arena, stream, (size_t)(slash - stream));
	if (cli_site(cli, false, &site) != 0)
		return cli_fail(cli);
	int rc = transfer_export(site, type, slash == NULL ? NULL : slash + 1, print_line, NULL, &count, &cli->err);
	site_close(site);
	return rc == 0 ? CLI_OK : cli_fail(cli);
}

/* A whole file, or standard input for "-". */
static int read_input(struct cli *cli, const char *path, char **out, size_t *len)
{
	bool standard = text_eq(path, "-");
	FILE *in = standard ? stdin : fopen(path, "re");
	if (in == NULL)
		return ERR(&cli->err, ERR_NOT_FOUND, "读不了文件 %s：%s", path, err_path(cli->arena, path, errno));
	char *text = arena_alloc(cli->arena, IMPORT_MAX + 1);
	*len = fread(text, 1, IMPORT_MAX + 1, in);
	bool good = ferror(in) == 0;
	int cause = errno;
	if (!standard)
		(void)fclose(in);
	if (!good)
		return ERR(&cli->err, ERR_IO, "读不了文件 %s：%s", path, err_path(cli->arena, path, cause));
	if (*len > IMPORT_MAX)
		return ERR(&cli->err, ERR_LIMIT, "文件 %s 过大：至多 %zu MiB，分成几个文件", path, IMPORT_MAX >> 20);
	*out = text;
	return 0;
}

/* Where the table's files lie: as said, or beside the table. */
static const char *files_of(struct cli *cli, const char *table)
{
	const char *said = cli_get(cli, "--files"), *slash = strrchr(table, '/');
	if (said != NULL)
		return said;
	return slash == NULL ? "." : slash == table ? "/" : arena_strndup(cli->arena, table, (size_t)(slash - table));
}

static int run_import(struct cli *cli)
{
	struct site *site;
	json_t *summary;
	char *text = NULL;
	struct transfer_taking taking = {.what = cli_get(cli, "--what"), .new_only = cli_has(cli, "--new-only"), .look = cli_has(cli, "--look")};
	if (cli->argc != 1 || taking.what == NULL)
		return cli_usage(cli, "写明一个文件和 --what（agencies、officers、assistants、reviewers 或者 users）");
	if (read_input(cli, cli->argv[0], &text, &taking.len) != 0)
		return cli_fail(cli);
	taking.text = text;
	taking.files = files_of(cli, cli->argv[0]);
	if (cli_site(cli, false, &site) != 0)
		return cli_fail(cli);
	struct actor actor = actor_system(cli->arena);
	int rc = transfer_import(site, &actor, &taking, cli->arena, &summary, &cli->err);
	site_close(site);
	if (rc != 0)
		return cli_fail(cli);
	if (cli_print_json(cli, summary))
		return CLI_OK;
	const char *login;
	json_t *password;
	json_object_foreach(json_object_get(summary, "passwords"), login, password)
		(void)printf("%-30s %s\n", login, json_string_value(password));
	long long taken = json_int(summary, "taken", 0), known = json_int(summary, "known", 0);
	(void)printf(taking.look ? "没有错误，可以导入 %lld 行" : "已导入 %lld 行", taken);
	if (known > 0)
		(void)printf("；跳过已有的 %lld 行", known);
	(void)printf("\n");
	return CLI_OK;
}

static int run_sweep(struct cli *cli)
{
	struct site *site;
	struct sweep_options options = {.look = cli_has(cli, "--look")};
	struct sweep_result result;
	if (cli_site(cli, false, &site) != 0)
		return cli_fail(cli);
	int rc = sweep_blobs(site, &options, &result, &cli->err);
	if (rc == 0 && !options.look)
		rc = db_tidy(site->db, NULL, NULL, &cli->err);
	site_close(site);
	if (rc != 0)
		return cli_fail(cli);
	json_t *summary = json_tie(cli->arena, json_object());
	json_put_int(summary, "held", result.held);
	json_put_int(summary, "named", result.named);
	json_put_int(summary, "swept", result.swept);
	json_put_int(summary, "bytes", result.bytes);
	if (!cli_print_json(cli, summary))
		(void)printf("共存有 %lld 个文件，记录引用 %lld 个；%s %lld 个，%lld 字节\n", (long long)result.held, (long long)result.named,
		             options.look ? "可以清理" : "清理了", (long long)result.swept, (long long)result.bytes);
	return CLI_OK;
}

static const struct cli_option sweep_options[] = {{"--look", NULL, "只数一数，不清理", false}, CLI_SITE_OPTIONS, CLI_JSON_OPTION, CLI_END};
static const struct cli_option backup_options[] = {{"--to", "FILE", "写到哪个文件（不能已存在）", false}, CLI_SITE_OPTIONS, CLI_JSON_OPTION, CLI_END};
static const struct cli_option restore_options[] = {{"--from", "FILE", "备份文件", false}, CLI_SITE_OPTIONS, CLI_JSON_OPTION, CLI_END};
static const struct cli_option export_options[] = {
    {"--what", "WHAT", "登记表：agencies（机关）、officers（执法人员）、assistants（辅助人员）、reviewers（法制审核人员）、users（用户）", false},
    {"--files", "DIR", "与 --what 一起：相片写到这个新的或者空的文件夹，表里写它们的文件名", false},
    {"--stream", "TYPE/KEY", "一个流的记录，例如 case/机关代码-2026-0001；只写类型则为该类全部", false},
    {"--all", NULL, "全部记录", false},
    CLI_SITE_OPTIONS,
    {"--json", NULL, "登记表也每行一个 JSON，缺省为 CSV；记录总是 JSON", false},
    CLI_END};
static const struct cli_option import_options[] = {
    {"--what", "WHAT", "导入什么：agencies（机关）、officers（执法人员）、assistants（辅助人员）、reviewers（法制审核人员）、users（用户）", false},
    {"--files", "DIR", "相片所在的文件夹，缺省为表格所在的文件夹；表里写文件在它下面的名称", false},
    {"--new-only", NULL, "已经登记的机关、人员、用户跳过，只导入新的", false},
    {"--look", NULL, "只核对，不导入", false},
    CLI_SITE_OPTIONS,
    CLI_JSON_OPTION,
    CLI_END};

const struct cli_command cli_data_commands[] = {
    {"backup", "", "备份：记录、文件、密钥和设置，一个文件",
     "运行中也可以备份。备份文件是 tar 格式，末尾的 manifest.json 写明每个成员的大小和 SHA-256。其中有密钥，请妥善保管。", backup_options, run_backup},
    {"restore", "", "由备份恢复到新的目录，核对每个摘要和整个日志", "备份与数据库引擎无关：SQLite 的备份可以用 --db 恢复到 PostgreSQL，反之亦可。", restore_options, run_restore},
    {"export", "", "导出登记表（CSV，import 可以再导入）或者记录（每行一个 JSON）",
     "--what 写出现在有效的机关、人员或者用户，可以用 import 导入另一个站点；密码、动态验证码和令牌从不写出。暂扣、收回的证件和停用的用户不写出，以免导入以后重新生效。"
     "--stream 和 --all 写出记录本身，含规范字节、盐和叶子。", export_options, run_export},
    {"import", "文件", "导入机关、人员、用户的表格（CSV 或者 JSON）",
     "每一行是一个登记行为。先全部核对，有一处错误就一行也不导入，并把所有错误连同行号一起列出。CSV 第一行是列名，列名与登记表的字段名相同（export --what 写出的表格可以作样本）；"
     "一格里有几项的用分号隔开。相片一格写文件名，是 PNG 或者 JPEG，不超过 16 MiB。用户的初始密码在导入以后列出一次。", import_options, run_import},
    {"sweep", "", "日常维护：清理没有记录引用的文件，归并检索索引",
     "上传中断、办理被拒绝以后，已经传上来的文件没有任何记录引用它。存放满一天的这类文件由本命令清理，记录引用的文件从不清理。SQLite 的检索索引随记录一段一段增长，"
     "也由本命令归并，查找因此更快。运行中的 serve 每天自己做一次。", sweep_options, run_sweep},
    {NULL, NULL, NULL, NULL, NULL, NULL}};
