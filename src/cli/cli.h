/*
 * The command: one table of subcommands (cli/main.c), each in the file of its family. A subcommand returns its exit status: 0, 1 (the answer is no) or 2 (wrong use); it
 * prints answers to standard output, mistakes to standard error.
 */
#ifndef SANZHI_CLI_CLI_H
#define SANZHI_CLI_CLI_H

#include "base/err.h"
#include "base/json.h"
#include "work/site.h"

enum cli_status { CLI_OK = 0, CLI_NO = 1, CLI_USAGE = 2 };

struct cli;

struct cli_option {
	const char *name;     /* "--from" */
	const char *value;    /* what it takes, such as "DATE"; NULL: a switch */
	const char *help;
	bool many;
};

struct cli_command {
	const char *words;    /* "log verify" */
	const char *arguments; /* "FILE…", or "" */
	const char *summary;  /* one line */
	const char *details;  /* paragraphs for --help and the manual page; may be NULL */
	const struct cli_option *options; /* ended by a NULL name */
	int (*run)(struct cli *cli);
};

struct cli {
	const struct cli_command *command;
	struct arena *arena;
	struct err err;
	int argc;             /* arguments that are not options */
	char **argv;
	int nset;             /* options given */
	const char **names;
	const char **values;
	bool json;
};

/* The value of an option (the last given), NULL where absent; a switch gives "". */
const char *cli_get(const struct cli *cli, const char *name);
bool cli_has(const struct cli *cli, const char *name);

/* Prints the error with its diagnostics (as JSON with --json) and returns the status: 2 for wrong use of the command itself, else 1. */
int cli_fail(struct cli *cli);
int cli_usage(struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);
/* Prints a document with --json and returns true; false: the caller prints for people. */
bool cli_print_json(struct cli *cli, const json_t *value);

/* Opens the site of --site (default: $SANZHI_SITE, else /var/lib/sanzhi) and --db. On failure the error is set. */
int cli_site(struct cli *cli, bool migrate, struct site **out) MUST_USE;
struct site_options cli_site_options(struct cli *cli, bool migrate);
/* The rulebook alone, without a site. */
int cli_law(struct cli *cli, struct law **out) MUST_USE;

/* The families. Each table ends with a command without words. */
extern const struct cli_command cli_site_commands[];    /* init, serve, rebuild, backup, restore */
extern const struct cli_command cli_law_commands[];     /* rules …, due, calendar … */
extern const struct cli_command cli_log_commands[];     /* log … */
extern const struct cli_command cli_people_commands[];  /* user … */
extern const struct cli_command cli_data_commands[];    /* import, export */
extern const struct cli_command cli_play_commands[];    /* play */
extern const struct cli_command cli_demo_commands[];    /* demo */

#define CLI_SITE_OPTIONS                                                                                               \
	{"--site", "DIR", "站点目录，缺省为 $SANZHI_SITE，再缺省为 /var/lib/sanzhi", false},                           \
	{"--db", "URL", "用 PostgreSQL：postgres://…；缺省为站点目录中的 SQLite", false},                              \
	{"--rulebook", "DIR", "规则库目录，缺省为安装的规则库", false}
#define CLI_JSON_OPTION {"--json", NULL, "以 JSON 输出", false}
#define CLI_END {NULL, NULL, NULL, false}

#endif
