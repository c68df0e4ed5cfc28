/* What the tests of paper share: a PDF looked at with the tools a stranger would use (poppler, zbar). */
#ifndef SANZHI_TESTS_PAPER_BED_H
#define SANZHI_TESTS_PAPER_BED_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

struct bed {
	struct arena *arena;
	struct err err;
	char dir[64]; /* temporary, removed at the end */
};

int bed_open(void **state);
int bed_close(void **state);

/* Runs a command (a format) and returns what it printed; `%s` parts must be names of the bed's own. */
const char *bed_run(struct bed *bed, const char *format, ...) PRINTF_LIKE(2, 3);
/* Writes the bytes to <dir>/paper.pdf; to $PAPER_OUT/<name>.pdf too where that is set, to be looked at. */
void bed_write(struct bed *bed, const char *name, const void *pdf, size_t len);
/* The text of the PDF written last, without blanks and line breaks (they are the setting's, not the text's). */
const char *bed_text(struct bed *bed);
int bed_pages(struct bed *bed);
bool bed_says(const char *text, const char *part);

#endif
