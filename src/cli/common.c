#include <stdio.h>

#include "base/text.h"
#include "cli/cli.h"

const char *cli_get(const struct cli *cli, const char *name)
{
	const char *value = NULL;
	for (int i = 0; i < cli->nset; i++)
		if (strcmp(cli->names[i], name) == 0)
			value = cli->values[i];
	return value;
}

bool cli_has(const struct cli *cli, const char *name)
{
	return cli_get(cli, name) != NULL;
}

static json_t *error_json(struct cli *cli)
{
	json_t *out = json_tie(cli->arena, json_object()), *list = json_array();
	json_put_str(out, "code", err_word(cli->err.code));
	json_put_str(out, "message", cli->err.message);
	json_put(out, "errors", list);
	for (const struct diag *d = cli->err.diags; d != NULL; d = d->next) {
		json_t *item = json_object();
		json_put_str(item, "where", d->where);
		json_put_str(item, "what", d->what);
		json_put_str(item, "why", d->why);
		json_put_str(item, "mend", d->mend);
		json_put_str(item, "clause", d->clause);
		json_put_str(item, "cite", d->cite);
		json_push(list, item);
	}
	return out;
}

/* What stands after the mistake itself: what was expected, by which clause, how to mend it. */
static void print_rest(const struct diag *d)
{
	if (d->why != NULL)
		(void)fprintf(stderr, "；%s", d->why);
	if (d->cite != NULL)
		(void)fprintf(stderr, "（%s）", d->cite);
	if (d->mend != NULL)
		(void)fprintf(stderr, "。%s", d->mend);
	(void)fprintf(stderr, "\n");
}

int cli_fail(struct cli *cli)
{
	if (cli->json) {
		(void)fprintf(stderr, "%s\n", json_text(cli->arena, error_json(cli), NULL));
		return CLI_NO;
	}
	/* One mistake whose words the message repeats is told once. */
	const struct diag *only = cli->err.ndiags == 1 && text_starts(cli->err.message, cli->err.diags->what) ? cli->err.diags : NULL;
	for (const struct diag *d = only == NULL ? cli->err.diags : NULL; d != NULL; d = d->next) {
		(void)fprintf(stderr, "%s%s%s", d->where == NULL ? "" : d->where, d->where == NULL ? "" : "：", d->what);
		print_rest(d);
	}
	(void)fprintf(stderr, "sanzhi：%s", cli->err.message);
	if (only != NULL && text_eq(cli->err.message, only->what))
		print_rest(only);
	else
		(void)fprintf(stderr, "\n");
	if (cli->err.detail != NULL)
		(void)fprintf(stderr, "  %s\n", cli->err.detail);
	return CLI_NO;
}

int cli_usage(struct cli *cli, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)fprintf(stderr, "sanzhi：%s\n", arena_vprintf(cli->arena, format, args));
	va_end(args);
	(void)fprintf(stderr, "运行 sanzhi %s --help 查看用法\n", cli->command->words);
	return CLI_USAGE;
}

bool cli_print_json(struct cli *cli, const json_t *value)
{
	if (!cli->json)
		return false;
	(void)printf("%s\n", json_text(cli->arena, value, NULL));
	return true;
}

struct site_options cli_site_options(struct cli *cli, bool migrate)
{
	const char *dir = cli_get(cli, "--site"), *db = cli_get(cli, "--db");
	if (dir == NULL)
		dir = getenv("SANZHI_SITE");
	if (db == NULL)
		db = getenv("SANZHI_DB");
	return (struct site_options){
	    .dir = dir == NULL ? "/var/lib/sanzhi" : dir,
	    .db_url = db,
	    .rulebook = cli_get(cli, "--rulebook"),
	    .log_level = LOG_INFO_,
	    .migrate = migrate,
	};
}

int cli_site(struct cli *cli, bool migrate, struct site **out)
{
	struct site_options options = cli_site_options(cli, migrate);
	return site_open(&options, cli->arena, out, &cli->err);
}

int cli_law(struct cli *cli, struct law **out)
{
	const char *dir = cli_get(cli, "--rulebook");
	if (dir == NULL)
		dir = getenv("SANZHI_RULEBOOK");
	return law_load(dir == NULL ? SANZHI_RULEBOOK_DIR : dir, cli->arena, out, &cli->err);
}
