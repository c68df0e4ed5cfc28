/* Finds the subcommand by the longest run of its words, reads its options, runs it. Only this file ends the process. */
#include "cli/cli.h"

#include <stdio.h>

#include "base/text.h"
#include "cli/help.h"

static const struct cli_command *const families[] = {
    cli_site_commands, cli_law_commands, cli_log_commands, cli_people_commands, cli_data_commands, cli_play_commands, cli_demo_commands,
};

/* How many of the arguments are the command's words; 0: it is another one. */
static int words_match(const char *words, int argc, char **argv)
{
	int count = 0;
	while (*words != '\0') {
		size_t len = strcspn(words, " ");
		if (count >= argc || strlen(argv[count]) != len || strncmp(argv[count], words, len) != 0)
			return 0;
		count++;
		words += len;
		while (*words == ' ')
			words++;
	}
	return count;
}

static const struct cli_command *find_command(int argc, char **argv, int *used)
{
	const struct cli_command *best = NULL;
	*used = 0;
	for (size_t f = 0; f < sizeof(families) / sizeof(families[0]); f++) {
		for (const struct cli_command *c = families[f]; c->words != NULL; c++) {
			int count = words_match(c->words, argc, argv);
			if (count > *used) {
				*used = count;
				best = c;
			}
		}
	}
	return best;
}

static const struct cli_option *find_option(const struct cli_command *command, const char *name, size_t len)
{
	for (const struct cli_option *o = command->options; o != NULL && o->name != NULL; o++)
		if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static int unknown_option(struct cli *cli, const char *name)
{
	const char *near = NULL;
	unsigned best = 4;
	for (const struct cli_option *o = cli->command->options; o != NULL && o->name != NULL; o++) {
		unsigned distance = text_distance(o->name, name, 3);
		if (distance < best) {
			best = distance;
			near = o->name;
		}
	}
	if (near != NULL)
		return cli_usage(cli, "不认识的选项 %s，是不是 %s？", name, near);
	return cli_usage(cli, "不认识的选项 %s", name);
}

/* "--name value", "--name=value", "--" ends options. */
static int read_arguments(struct cli *cli, int argc, char **argv)
{
	bool ended = false;
	for (int i = 0; i < argc; i++) {
		if (ended || argv[i][0] != '-' || argv[i][1] == '\0') {
			cli->argv[cli->argc++] = argv[i];
			continue;
		}
		if (text_eq(argv[i], "--")) {
			ended = true;
			continue;
		}
		size_t len = strcspn(argv[i], "=");
		const struct cli_option *option = find_option(cli->command, argv[i], len);
		if (option == NULL)
			return unknown_option(cli, argv[i]);
		const char *value = argv[i][len] == '=' ? argv[i] + len + 1 : NULL;
		if (option->value == NULL && value != NULL)
			return cli_usage(cli, "选项 %s 不带值", option->name);
		if (option->value != NULL && value == NULL) {
			if (++i >= argc)
				return cli_usage(cli, "选项 %s 后面缺少 %s", option->name, option->value);
			value = argv[i];
		}
		cli->names[cli->nset] = option->name;
		cli->values[cli->nset++] = value == NULL ? "" : value;
	}
	cli->json = cli_has(cli, "--json");
	/* What a command does not read must not be passed over in silence: a forgotten "--" would change what is asked. */
	bool optional = *cli->command->arguments == '[';
	if (cli->argc > 0 && *cli->command->arguments == '\0')
		return cli_usage(cli, "多余的“%s”：这条命令只有选项", cli->argv[0]);
	if (cli->argc > 1 && optional)
		return cli_usage(cli, "多余的“%s”", cli->argv[1]);
	return CLI_OK;
}

static int run(struct cli *cli, int argc, char **argv)
{
	int used;
	if (argc == 0 || text_eq(argv[0], "--help") || text_eq(argv[0], "-h") || text_eq(argv[0], "help")) {
		help_all(families, sizeof(families) / sizeof(families[0]));
		return argc == 0 ? CLI_USAGE : CLI_OK;
	}
	if (text_eq(argv[0], "--version")) {
		(void)puts("sanzhi " SANZHI_VERSION);
		return CLI_OK;
	}
	if (text_eq(argv[0], "--completion") || text_eq(argv[0], "--manual"))
		return help_generate(argv[0], families, sizeof(families) / sizeof(families[0]));
	cli->command = find_command(argc, argv, &used);
	if (cli->command == NULL)
		return help_unknown(argc, argv, families, sizeof(families) / sizeof(families[0]));
	for (int i = used; i < argc && !text_eq(argv[i], "--"); i++) {
		if (text_eq(argv[i], "--help") || text_eq(argv[i], "-h")) {
			help_command(cli->command);
			return CLI_OK;
		}
	}
	cli->argv = ARENA_ARRAY(cli->arena, (size_t)argc + 1, char *);
	cli->names = ARENA_ARRAY(cli->arena, (size_t)argc + 1, const char *);
	cli->values = ARENA_ARRAY(cli->arena, (size_t)argc + 1, const char *);
	int status = read_arguments(cli, argc - used, argv + used);
	return status == CLI_OK ? cli->command->run(cli) : status;
}

int main(int argc, char **argv)
{
	json_cache_use();
	struct arena *arena = arena_new();
	struct cli cli = {.arena = arena};
	err_init(&cli.err, arena);
	int status = run(&cli, argc - 1, argv + 1);
	if (fflush(stdout) != 0)
		status = status == CLI_OK ? CLI_NO : status;
	arena_free(arena);
	json_cache_drop();
	return status;
}
