/* A small site made by the demonstration's generator in a directory of its own: everything in it went through acts. */
#ifndef SANZHI_TESTS_WORK_BED_H
#define SANZHI_TESTS_WORK_BED_H

#include "work/site.h"

struct bed {
	struct arena *arena;
	struct err err;
	const char *root;       /* a directory that bed_drop removes with all in it */
	struct site_options options;
};

/* A directory alone, or with a site of so many cases in it (`root`/site). */
void bed_make(struct bed *bed);
void bed_demo(struct bed *bed, unsigned cases, uint64_t seed);
void bed_drop(struct bed *bed);
/* Opens the site; a failure ends the test. */
struct site *bed_open(struct bed *bed);
/* Every row of the projections, one a line, in the order of their keys. */
char *bed_projections(struct bed *bed, const char *dir);
/* The rows of the journal's own tables; `salts` without what differs between two sites of one seed. */
char *bed_journal(struct bed *bed, const char *dir, bool salts);

#endif
