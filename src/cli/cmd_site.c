/* init, serve, rebuild. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"
#include "web/handlers.h"
#include "web/server.h"
#include "work/people.h"
#include "work/sweep.h"

#define DEFAULT_LISTEN "127.0.0.1:8080"
#define DEFAULT_WORKERS 32
#define DEFAULT_QUEUE 512
#define LOGINS_PER_MINUTE 30 /* from one address; a whole office may share one */
#define GRACE_MS 5000

/* --- init -------------------------------------------------------------------------------------------------------------- */

/* The first of the three administrators makes the other two; nobody else is there yet. */
static struct user_new first_administrator(struct cli *cli)
{
	json_t *roles = json_tie(cli->arena, json_array());
	json_push_str(roles, "system-admin");
	return (struct user_new){.id = cli_has(cli, "--admin") ? cli_get(cli, "--admin") : "admin", .name = "系统管理员", .agency = "", .roles = roles, .must_change = true};
}

static int run_init(struct cli *cli)
{
	struct site_options options = cli_site_options(cli, true);
	const char *name = cli_get(cli, "--name"), *url = cli_get(cli, "--base-url"), *password;
	struct site *site;
	struct actor actor = actor_system(cli->arena);
	struct user_new user = first_administrator(cli);
	/* What can be wrong is looked at before anything is made. */
	if (user_check(&user, &cli->err) != 0 || cli_law(cli, &options.law) != 0)
		return cli_fail(cli);
	if (site_init(&options, name == NULL ? "行政执法综合管理监督平台" : name, url == NULL ? "http://127.0.0.1:8080" : url, &cli->err) != 0)
		return cli_fail(cli);
	if (site_open(&options, cli->arena, &site, &cli->err) != 0)
		return cli_fail(cli);
	int rc = user_create(site, &actor, &user, cli->arena, &password, &cli->err);
	site_close(site);
	if (rc != 0)
		return cli_fail(cli);
	json_t *made = json_tie(cli->arena, json_object());
	json_put_str(made, "site", options.dir);
	json_put_str(made, "user", user.id);
	json_put_str(made, "password", password);
	if (!cli_print_json(cli, made))
		(void)printf("已建立站点 %s\n系统管理员 %s，初始密码 %s（首次登录须修改）\n密钥在 %s/keys，请另存一份\n", options.dir, user.id, password, options.dir);
	return CLI_OK;
}

/* --- serve ------------------------------------------------------------------------------------------------------------- */

static bool read_number(struct cli *cli, const char *name, int64_t fallback, int64_t most, unsigned *out)
{
	const char *text = cli_get(cli, name);
	int64_t value = fallback;
	if (text != NULL && (!text_int(text, strlen(text), &value) || value < 1 || value > most))
		return false;
	*out = (unsigned)value;
	return true;
}

/* "127.0.0.1:8080", "[::1]:8080", ":8080". */
static bool read_listen(struct cli *cli, const char **address, uint16_t *port)
{
	const char *text = cli_get(cli, "--listen");
	if (text == NULL)
		text = DEFAULT_LISTEN;
	const char *colon = strrchr(text, ':');
	int64_t number;
	if (colon == NULL || !text_int(colon + 1, strlen(colon + 1), &number) || number < 0 || number > 65535)
		return false;
	size_t len = (size_t)(colon - text);
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	*address = len == 0 ? "0.0.0.0" : arena_strndup(cli->arena, text, len);
	*port = (uint16_t)number;
	return true;
}

static bool stop_asked(void *context UNUSED)
{
	sigset_t waiting;
	return sigpending(&waiting) == 0 && (sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1);
}

/* The day's housekeeping. What goes wrong is for the log: the pages do not depend on it. */
static void keep_house(struct site *site)
{
	struct arena *arena = arena_new();
	struct err err;
	struct sweep_options options = {.halt = stop_asked};
	struct sweep_result result;
	err_init(&err, arena);
	if (sweep_blobs(site, &options, &result, &err) != 0)
		log_err(&site->log, "sweep", NULL, &err);
	else if (result.swept > 0)
		log_line(&site->log, LOG_INFO_, "sweep", "%lld files, %lld bytes", (long long)result.swept, (long long)result.bytes);
	if (db_tidy(site->db, stop_asked, NULL, &err) != 0)
		log_err(&site->log, "tidy", NULL, &err);
	arena_free(arena);
}

/* Signals are taken by this thread alone, synchronously; every other thread was started with them blocked. Between them it
 * keeps house: an hour after the start, so that a start stays quick, and then every day. */
static int wait_for_stop(const sigset_t *signals, struct site *site)
{
	static const struct timespec hour = {.tv_sec = 3600};
	for (unsigned hours = 0;;) {
		int taken = sigtimedwait(signals, NULL, &hour);
		if (taken > 0)
			return taken;
		if (errno == EAGAIN && hours++ % 24 == 0)
			keep_house(site);
	}
}

/* Where pages and assets lie: the option, the environment (a source tree), or where they were installed. */
static const char *folder(struct cli *cli, const char *option, const char *variable, const char *installed)
{
	const char *value = cli_get(cli, option);
	if (value == NULL)
		value = getenv(variable);
	return value == NULL ? installed : value;
}

static int start(struct cli *cli, struct site *site, const struct server_options *how, struct server **out)
{
	struct web_options options = {
	    .site = site,
	    .actions = &actions,
	    .backend = web_backend_site(),
	    .templates = folder(cli, "--templates", "SANZHI_TEMPLATES", SANZHI_TEMPLATE_DIR),
	    .assets = folder(cli, "--assets", "SANZHI_ASSETS", SANZHI_ASSET_DIR),
	    .logins_per_minute = LOGINS_PER_MINUTE,
	    /* For tests: a name that a page's document lacks is then an error instead of nothing. */
	    .template_flags = getenv("SANZHI_TEMPLATE_STRICT") != NULL ? TEMPLATE_STRICT : 0,
	};
	struct server_options server = *how;
	struct web *web;
	int rc = web_new(&options, cli->arena, &web, &cli->err);
	server.web = web;
	return rc == 0 ? server_start(&server, cli->arena, out, &cli->err) : rc;
}

static int run_serve(struct cli *cli)
{
	struct server_options options = {.proxy = cli_has(cli, "--proxy")};
	struct site *site;
	struct server *server;
	sigset_t signals;
	if (!read_listen(cli, &options.address, &options.port))
		return cli_usage(cli, "读不懂的 --listen：写成 127.0.0.1:8080");
	if (!read_number(cli, "--workers", DEFAULT_WORKERS, 1024, &options.workers) || !read_number(cli, "--queue", DEFAULT_QUEUE, 65536, &options.queue) ||
	    !read_number(cli, "--looks", 0, 1024, &options.looks))
		return cli_usage(cli, "--workers 和 --looks 在 1 至 1024 之间，--queue 在 1 至 65536 之间");
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	if (cli_site(cli, true, &site) != 0)
		return cli_fail(cli);
	if (start(cli, site, &options, &server) != 0) {
		site_close(site);
		return cli_fail(cli);
	}
	(void)printf("%s：http://%s:%u\n", site->name, options.address, server_port(server));
	(void)fflush(stdout);
	int taken = wait_for_stop(&signals, site);
	log_line(&site->log, LOG_INFO_, "stop", "signal %d", taken);
	server_stop(server, GRACE_MS);
	site_close(site);
	return CLI_OK;
}

/* --- rebuild ------------------------------------------------------------------------------------------------------------ */

static void progress(void *context, int64_t done, int64_t all)
{
	(void)context;
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r%lld / %lld", (long long)done, (long long)all);
}

static int run_rebuild(struct cli *cli)
{
	struct site *site;
	if (cli_site(cli, true, &site) != 0)
		return cli_fail(cli);
	int rc = journal_rebuild(site->journal, progress, NULL, &cli->err);
	int64_t size = journal_size(site->journal);
	site_close(site);
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\n");
	if (rc != 0)
		return cli_fail(cli);
	json_t *done = json_tie(cli->arena, json_object());
	json_put_int(done, "entries", size);
	if (!cli_print_json(cli, done))
		(void)printf("已由 %lld 条记录重建\n", (long long)size);
	return CLI_OK;
}

static const struct cli_option init_options[] = {
    {"--name", "NAME", "页面上显示的站点名称", false},
    {"--base-url", "URL", "对外地址，二维码指向它，例如 https://zf.example.gov.cn", false},
    {"--admin", "LOGIN", "系统管理员的用户名，缺省 admin", false},
    CLI_SITE_OPTIONS,
    CLI_JSON_OPTION,
    CLI_END};
static const struct cli_option serve_options[] = {
    {"--listen", "ADDR", "监听地址，缺省 " DEFAULT_LISTEN, false},
    {"--workers", "N", "处理请求的线程数，缺省 32", false},
    {"--looks", "N", "同时生成的页面数，缺省为处理器核数的两倍加二；数据库在另一台机器上时可以多些", false},
    {"--queue", "N", "等候的请求数，满了回 503，缺省 512", false},
    {"--proxy", NULL, "在可信的反向代理之后：以 X-Forwarded-For 的最后一个地址为来源", false},
    {"--templates", "DIR", "页面模板目录", false},
    {"--assets", "DIR", "样式与脚本目录", false},
    CLI_SITE_OPTIONS,
    CLI_END};
static const struct cli_option rebuild_options[] = {CLI_SITE_OPTIONS, CLI_JSON_OPTION, CLI_END};

const struct cli_command cli_site_commands[] = {
    {"init", "", "建立站点：目录、密钥、数据库和第一个管理员", NULL, init_options, run_init},
    {"serve", "", "运行服务，直到收到 SIGTERM 或 SIGINT", NULL, serve_options, run_serve},
    {"rebuild", "", "由日志重新算出全部页面用表", NULL, rebuild_options, run_rebuild},
    {NULL, NULL, NULL, NULL, NULL, NULL}};
