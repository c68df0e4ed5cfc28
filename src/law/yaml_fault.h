/* What is wrong in a file that is no YAML: the parser's English and its place, in the words of whoever wrote the file. */
#ifndef SANZHI_LAW_YAML_FAULT_H
#define SANZHI_LAW_YAML_FAULT_H

#include <stddef.h>

#include "base/arena.h"

struct yaml_fault {
	int line, column; /* from 1; a column is a character. Where to mend, which may lie before or after where the parser gave up */
	const char *what, *mend;
};

/* `said`: the parser's message, `line` and `column` (from 1) where it stood; `text`: the whole file, ended by a NUL. The texts stand in the arena or are constant. */
struct yaml_fault yaml_fault_read(const char *text, size_t len, const char *said, int line, int column, struct arena *arena);

#endif
