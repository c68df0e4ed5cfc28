/* Help texts, shell completion and the manual pages: all from the one table of commands. */
#ifndef SANZHI_CLI_HELP_H
#define SANZHI_CLI_HELP_H

#include "cli/cli.h"

void help_all(const struct cli_command *const *families, size_t count);
void help_command(const struct cli_command *command);
/* Lists the commands of a family where its word stands alone ("log", "log --help"); else says that the words are no command, and the nearest one.
 * Returns CLI_USAGE, or CLI_OK where help was asked for. */
int help_unknown(int argc, char **argv, const struct cli_command *const *families, size_t count);
/* "--completion": a bash completion; "--manual": sanzhi(1) in man's language. */
int help_generate(const char *what, const struct cli_command *const *families, size_t count);

#endif
