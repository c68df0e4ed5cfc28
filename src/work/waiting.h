/*
 * What waits for a person's hand: an act that another's act made possible, such as a review or an approval. Computed from a case's state when an entry
 * is projected, so that who asks reads one row a case.
 */
#ifndef SANZHI_WORK_WAITING_H
#define SANZHI_WORK_WAITING_H

#include "work/people.h"

/* The text of case_file.waiting: a JSON array of {kind, by (user id), at (instant)}, or "" where nothing waits. In the arena. */
const char *waiting_text(const json_t *state, struct arena *arena);

#endif
