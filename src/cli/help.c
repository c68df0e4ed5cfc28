#include "cli/help.h"

#include <stdio.h>

#include "base/text.h"

void help_all(const struct cli_command *const *families, size_t count)
{
	(void)printf("三制 sanzhi %s：行政执法三项制度平台\n\n用法：sanzhi 命令 [选项]\n\n", SANZHI_VERSION);
	for (size_t f = 0; f < count; f++)
		for (const struct cli_command *c = families[f]; c->words != NULL; c++)
			(void)printf("  %-18s %s\n", c->words, c->summary);
	(void)printf("\n“sanzhi 命令 --help” 说明每条命令。退出状态：0 成功，1 答案为否或者失败，2 用法不对。\n");
}

void help_command(const struct cli_command *command)
{
	(void)printf("用法：sanzhi %s%s%s [选项]\n\n%s\n", command->words, *command->arguments == '\0' ? "" : " ", command->arguments, command->summary);
	if (command->details != NULL)
		(void)printf("\n%s\n", command->details);
	if (command->options != NULL && command->options->name != NULL)
		(void)printf("\n选项：\n");
	for (const struct cli_option *o = command->options; o != NULL && o->name != NULL; o++)
		(void)printf("  %s %-*s %s\n", o->name, 20 - (int)strlen(o->name), o->value == NULL ? "" : o->value, o->help);
}

/* "log" alone: the commands that begin with it. Returns how many. */
static size_t list_family(FILE *to, const char *word, const struct cli_command *const *families, size_t count)
{
	size_t found = 0, len = strlen(word);
	for (size_t f = 0; f < count; f++)
		for (const struct cli_command *c = families[f]; c->words != NULL; c++)
			if (strncmp(c->words, word, len) == 0 && c->words[len] == ' ') {
				if (found++ == 0)
					(void)fprintf(to, "“%s”有这些命令：\n\n", word);
				(void)fprintf(to, "  %-18s %s\n", c->words, c->summary);
			}
	return found;
}

int help_unknown(int argc, char **argv, const struct cli_command *const *families, size_t count)
{
	bool asked = argc > 1 && (text_eq(argv[1], "--help") || text_eq(argv[1], "-h"));
	if ((argc == 1 || asked) && list_family(asked ? stdout : stderr, argv[0], families, count) > 0)
		return asked ? CLI_OK : CLI_USAGE;
	const char *near = NULL;
	unsigned best = 5;
	char said[64];
	(void)snprintf(said, sizeof(said), "%s%s%s", argv[0], argc > 1 && argv[1][0] != '-' ? " " : "", argc > 1 && argv[1][0] != '-' ? argv[1] : "");
	for (size_t f = 0; f < count; f++) {
		for (const struct cli_command *c = families[f]; c->words != NULL; c++) {
			unsigned whole = text_distance(c->words, said, 4), first = text_distance(c->words, argv[0], 4);
			unsigned distance = whole < first ? whole : first;
			if (distance < best) {
				best = distance;
				near = c->words;
			}
		}
	}
	(void)fprintf(stderr, "sanzhi：没有“%s”这条命令%s%s%s\n", said, near == NULL ? "" : "，是不是 ", near == NULL ? "" : near, near == NULL ? "" : "？");
	(void)fprintf(stderr, "运行 sanzhi --help 查看全部命令\n");
	return CLI_USAGE;
}

/* True where an earlier command has the same first `len` characters as this one: a word of a family is offered once. */
static bool said_before(const struct cli_command *const *families, const struct cli_command *command, size_t len)
{
	for (size_t f = 0;; f++)
		for (const struct cli_command *c = families[f]; c->words != NULL; c++) {
			if (c == command)
				return false;
			if (strncmp(c->words, command->words, len) == 0 && (c->words[len] == ' ' || c->words[len] == '\0'))
				return true;
		}
}

/* What may follow "rules": the second words of the family. */
static void complete_family(const struct cli_command *const *families, size_t count, const struct cli_command *first)
{
	size_t len = strcspn(first->words, " ");
	if (first->words[len] == '\0' || said_before(families, first, len))
		return;
	(void)printf("\t\"%.*s\") COMPREPLY=($(compgen -W \"--help", (int)len, first->words);
	for (size_t f = 0; f < count; f++)
		for (const struct cli_command *c = families[f]; c->words != NULL; c++)
			if (strncmp(c->words, first->words, len + 1) == 0)
				(void)printf(" %s", c->words + len + 1);
	(void)printf("\" -- \"$cur\")) ;;\n");
}

static void completion(const struct cli_command *const *families, size_t count)
{
	(void)printf("# bash completion for sanzhi\n_sanzhi()\n{\n\tlocal line=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" cur=\"${COMP_WORDS[COMP_CWORD]}\"\n\tcase \"$line\" in\n");
	for (size_t f = 0; f < count; f++) {
		for (const struct cli_command *c = families[f]; c->words != NULL; c++) {
			complete_family(families, count, c);
			(void)printf("\t\"%s\"|\"%s \"*) COMPREPLY=($(compgen -f -W \"--help", c->words, c->words);
			for (const struct cli_option *o = c->options; o != NULL && o->name != NULL; o++)
				(void)printf(" %s", o->name);
			(void)printf("\" -- \"$cur\")) ;;\n");
		}
	}
	(void)printf("\t\"\") COMPREPLY=($(compgen -W \"--help --version");
	for (size_t f = 0; f < count; f++)
		for (const struct cli_command *c = families[f]; c->words != NULL; c++) {
			size_t len = strcspn(c->words, " ");
			if (!said_before(families, c, len))
				(void)printf(" %.*s", (int)len, c->words);
		}
	(void)printf("\" -- \"$cur\")) ;;\n\t*) COMPREPLY=() ;;\n\tesac\n}\ncomplete -F _sanzhi sanzhi\n");
}

/* man's own markup: a leading dot or quote and every hyphen of an option are escaped. */
static void manual_text(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			(void)fputs("\\e", stdout);
		else if (*text == '-')
			(void)fputs("\\-", stdout);
		else
			(void)putchar(*text);
	}
}

static void manual_command(const struct cli_command *command)
{
	(void)printf(".SS \"sanzhi %s %s\"\n", command->words, command->arguments);
	manual_text(command->summary);
	(void)printf("。\n");
	if (command->details != NULL) {
		(void)printf(".PP\n");
		manual_text(command->details);
		(void)printf("\n");
	}
	for (const struct cli_option *o = command->options; o != NULL && o->name != NULL; o++) {
		(void)printf(".TP\n.B ");
		manual_text(o->name);
		(void)printf(" %s\n", o->value == NULL ? "" : o->value);
		manual_text(o->help);
		(void)printf("\n");
	}
}

static void manual(const struct cli_command *const *families, size_t count)
{
	(void)printf(".TH SANZHI 1 \"\" \"sanzhi %s\" \"三制\"\n.SH 名称\nsanzhi \\- 行政执法三项制度平台\n.SH 概要\n.B sanzhi\n.I 命令\n[选项]\n.SH 命令\n", SANZHI_VERSION);
	for (size_t f = 0; f < count; f++)
		for (const struct cli_command *c = families[f]; c->words != NULL; c++)
			manual_command(c);
	(void)printf(".SH 退出状态\n0 成功；1 答案为否或者失败；2 用法不对。\n");
}

int help_generate(const char *what, const struct cli_command *const *families, size_t count)
{
	if (text_eq(what, "--completion"))
		completion(families, count);
	else
		manual(families, count);
	return CLI_OK;
}
