/* user (add, list, roles, password, disable, enable, token): on the machine itself, by whoever may read the site's keys. */
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"
#include "work/people.h"
#include "work/registers.h"

static json_t *roles_of(struct cli *cli, const char *text)
{
	json_t *roles = json_tie(cli->arena, json_array());
	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		if (len > 0)
			json_push(roles, json_stringn(text, len));
		text += len + (text[len] == ',');
	}
	return roles;
}

/* A password from standard input, so that it stands in no process list. */
static const char *read_password(struct cli *cli)
{
	char line[256];
	if (isatty(STDIN_FILENO))
		(void)fprintf(stderr, "密码：");
	if (fgets(line, sizeof(line), stdin) == NULL)
		return NULL;
	line[strcspn(line, "\r\n")] = '\0';
	return arena_strdup(cli->arena, line);
}

static int user_add(struct cli *cli)
{
	struct site *site;
	const char *password;
	if (cli->argc != 1 || !cli_has(cli, "--name") || !cli_has(cli, "--roles"))
		return cli_usage(cli, "写明用户名、--name 和 --roles");
	struct user_new user = {
	    .id = cli->argv[0],
	    .name = cli_get(cli, "--name"),
	    .agency = cli_get(cli, "--agency"),
	    .officer = cli_get(cli, "--officer"),
	    .roles = roles_of(cli, cli_get(cli, "--roles")),
	    .password = cli_has(cli, "--password-stdin") ? read_password(cli) : NULL,
	    .must_change = !cli_has(cli, "--keep-password"),
	};
	if (cli_site(cli, false, &site) != 0)
		return cli_fail(cli);
	struct actor actor = actor_system(cli->arena);
	struct agency agency;
	struct err unknown;
	err_init(&unknown, cli->arena);
	int rc = user_create(site, &actor, &user, cli->arena, &password, &cli->err);
	bool later = rc == 0 && user.agency != NULL && *user.agency != '\0' && agency_get(site, NULL, user.agency, cli->arena, &agency, &unknown) == -ERR_NOT_FOUND;
	site_close(site);
	if (rc != 0)
		return cli_fail(cli);
	if (later) /* the first users of an agency may be made before it */
		(void)fprintf(stderr, "注意：机关 %s 还没有登记，登记以后这个用户才能办理它的事项\n", user.agency);
	json_t *made = json_tie(cli->arena, json_object());
	json_put_str(made, "user", user.id);
	if (user.password == NULL)
		json_put_str(made, "password", password);
	if (cli_print_json(cli, made))
		return CLI_OK;
	if (user.password == NULL)
		(void)printf("已建立用户 %s，初始密码 %s（首次登录须修改）\n", user.id, password);
	else
		(void)printf("已建立用户 %s\n", user.id);
	return CLI_OK;
}

static int user_show_list(struct cli *cli)
{
	struct site *site;
	json_t *list;
	if (cli_site(cli, false, &site) != 0)
		return cli_fail(cli);
	struct actor actor = actor_system(cli->arena);
	int rc = user_list(site, &actor, cli_get(cli, "--agency"), cli->arena, &list, &cli->err);
	site_close(site);
	if (rc != 0)
		return cli_fail(cli);
	if (cli_print_json(cli, list))
		return CLI_OK;
	const json_t *item, *role;
	size_t i, k;
	json_array_foreach(list, i, item) {
		(void)printf("%-24s %-10s %s  %s ", json_str(item, "id"), json_str(item, "status"), json_str(item, "name"), json_str(item, "agency-name"));
		json_array_foreach(json_object_get(item, "roles"), k, role)
			(void)printf(" %s", json_str(role, "title"));
		(void)printf("\n");
	}
	return CLI_OK;
}

static int user_change(struct cli *cli, int (*change)(struct cli *, struct site *, const struct actor *), const char *done)
{
	struct site *site;
	if (cli->argc != 1)
		return cli_usage(cli, "写明一个用户名");
	if (cli_site(cli, false, &site) != 0)
		return cli_fail(cli);
	struct actor actor = actor_system(cli->arena);
	int rc = change(cli, site, &actor);
	site_close(site);
	if (rc != 0)
		return cli_fail(cli);
	json_t *user = json_tie(cli->arena, json_object());
	json_put_str(user, "user", cli->argv[0]);
	if (!cli_print_json(cli, user))
		(void)printf("%s%s\n", done, cli->argv[0]);
	return CLI_OK;
}

static int change_roles(struct cli *cli, struct site *site, const struct actor *actor)
{
	return user_set_roles(site, actor, cli->argv[0], roles_of(cli, cli_get(cli, "--roles")), cli->arena, &cli->err);
}

static int change_password(struct cli *cli, struct site *site, const struct actor *actor)
{
	const char *password = read_password(cli);
	if (password == NULL)
		return ERR(&cli->err, ERR_INVALID, "从标准输入读不到密码");
	return user_set_password(site, actor, cli->argv[0], NULL, password, cli->arena, &cli->err);
}

static int change_disable(struct cli *cli, struct site *site, const struct actor *actor)
{
	return user_set_disabled(site, actor, cli->argv[0], true, cli_has(cli, "--reason") ? cli_get(cli, "--reason") : "由命令行停用", cli->arena, &cli->err);
}

static int change_enable(struct cli *cli, struct site *site, const struct actor *actor)
{
	return user_set_disabled(site, actor, cli->argv[0], false, cli_has(cli, "--reason") ? cli_get(cli, "--reason") : "由命令行启用", cli->arena, &cli->err);
}

static int change_totp(struct cli *cli, struct site *site, const struct actor *actor)
{
	return totp_remove(site, actor, cli->argv[0], cli->arena, &cli->err);
}

/* A token made on the machine itself, for programs that have no browser. */
static int user_token(struct cli *cli)
{
	struct site *site;
	const char *token, *days = cli_get(cli, "--days");
	int64_t count = 90;
	if (cli->argc != 1 || !cli_has(cli, "--title"))
		return cli_usage(cli, "写明用户名和 --title（用途）");
	if (days != NULL && (!text_int(days, strlen(days), &count) || count < 1 || count > 366))
		return cli_usage(cli, "--days 在 1 至 366 之间");
	if (cli_site(cli, false, &site) != 0)
		return cli_fail(cli);
	struct actor actor = {.user = cli->argv[0], .agency = "", .area = ""};
	int rc = token_create(site, &actor, cli_get(cli, "--title"), (int)count, cli->arena, &token, &cli->err);
	site_close(site);
	if (rc != 0)
		return cli_fail(cli);
	json_t *issued = json_tie(cli->arena, json_object());
	json_put_str(issued, "user", cli->argv[0]);
	json_put_str(issued, "token", token);
	json_put_int(issued, "days", count);
	if (!cli_print_json(cli, issued))
		(void)printf("%s\n", token);
	return CLI_OK;
}

static int user_roles(struct cli *cli)
{
	return cli_has(cli, "--roles") ? user_change(cli, change_roles, "已设定角色：") : cli_usage(cli, "写明 --roles");
}
static int user_password(struct cli *cli) { return user_change(cli, change_password, "已设置密码，并退出其全部登录："); }
static int user_disable(struct cli *cli) { return user_change(cli, change_disable, "已停用："); }
static int user_enable(struct cli *cli) { return user_change(cli, change_enable, "已启用："); }
static int user_totp_off(struct cli *cli) { return user_change(cli, change_totp, "已停用动态验证码："); }

static const struct cli_option add_options[] = {
    {"--name", "NAME", "姓名", false},
    {"--agency", "CODE", "所在机关的统一社会信用代码", false},
    {"--officer", "ID", "对应的执法人员编号", false},
    {"--roles", "A,B", "角色，以逗号分开：handler unit-head reviewer legal-reviewer head leader-in-charge publisher archivist window supervisor system-admin security-admin audit-admin", false},
    {"--password-stdin", NULL, "从标准输入读密码；缺省生成一个", false},
    {"--keep-password", NULL, "首次登录不必修改密码", false},
    CLI_SITE_OPTIONS,
    CLI_JSON_OPTION,
    CLI_END};
static const struct cli_option list_options[] = {{"--agency", "CODE", "只列一个机关的", false}, CLI_SITE_OPTIONS, CLI_JSON_OPTION, CLI_END};
static const struct cli_option roles_options[] = {{"--roles", "A,B", "角色，以逗号分开", false}, CLI_SITE_OPTIONS, CLI_JSON_OPTION, CLI_END};
static const struct cli_option reason_options[] = {{"--reason", "TEXT", "原因，记入日志", false}, CLI_SITE_OPTIONS, CLI_JSON_OPTION, CLI_END};
static const struct cli_option token_options[] = {{"--title", "TEXT", "用途", false}, {"--days", "N", "有效天数，缺省 90", false}, CLI_SITE_OPTIONS, CLI_JSON_OPTION, CLI_END};
static const struct cli_option site_options[] = {CLI_SITE_OPTIONS, CLI_JSON_OPTION, CLI_END};

const struct cli_command cli_people_commands[] = {
    {"user add", "用户名", "建立用户", NULL, add_options, user_add},
    {"user list", "", "列出用户", NULL, list_options, user_show_list},
    {"user roles", "用户名", "设定角色", NULL, roles_options, user_roles},
    {"user password", "用户名", "设置密码（从标准输入读），并退出其全部登录", NULL, site_options, user_password},
    {"user disable", "用户名", "停用用户", NULL, reason_options, user_disable},
    {"user enable", "用户名", "启用用户", NULL, reason_options, user_enable},
    {"user token", "用户名", "发放接口令牌，只显示这一次", NULL, token_options, user_token},
    {"user totp-off", "用户名", "停用其动态验证码", NULL, site_options, user_totp_off},
    {NULL, NULL, NULL, NULL, NULL, NULL}};
