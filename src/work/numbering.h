/* Case numbers: one after the other for each agency and year. */
#ifndef SANZHI_WORK_NUMBERING_H
#define SANZHI_WORK_NUMBERING_H

#include "work/site.h"

struct numbering *numbering_new(struct arena *arena);

/* The next number to try. Counts on in memory from what the database holds, so that many clerks at once do not collide; where another process was
 * first, the append says ERR_CONFLICT and numbering_retry makes the next call look at the database again. */
int numbering_next(struct site *site, const char *agency, int year, struct arena *arena, int64_t *out, struct err *err) MUST_USE;
void numbering_retry(struct site *site, const char *agency, int year);
/* A number that became no case (the act was refused, or its form was wrong) is the next to be given away: refusals leave no gap in the register.
 * Should it have been used all the same (an answer that was lost), the append says ERR_CONFLICT, as above. */
void numbering_give_back(struct site *site, const char *agency, int year, int64_t number);

#endif
