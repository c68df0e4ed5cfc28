/*
 * Contents that no entry names: of an upload that was broken off, of an act that was refused. They may hold personal data
 * that nobody was to keep, and go a day after they came.
 *
 * Nothing that an entry names is ever lost: contents are listed first, then what the entries name is struck from the list,
 * and of the rest only what nobody put since is removed. An entry made meanwhile names a content that was put by the same
 * request, so within the day, even where the store had it for long (store/blob.h). Only a request that takes longer than
 * a day between its file and its end finds its file gone; it is refused like any whose file is not held.
 */
#ifndef SANZHI_WORK_SWEEP_H
#define SANZHI_WORK_SWEEP_H

#include "work/site.h"

#define SWEEP_AGE_S ((int64_t)24 * 3600)

struct sweep_options {
	bool look;                    /* only count */
	bool (*halt)(void *context);  /* asked between two removals; true: enough for now. May be NULL */
	void *context;
};

struct sweep_result {
	int64_t held, named;   /* contents in the store, and how many of them entries name */
	int64_t swept, bytes;  /* removed (or, looking only, to be removed) */
};

/*
 * ERR_REFUSED, and nothing removed, where the database does not seem to be the one that belongs to these files: it names
 * files, and holds of the store's none.
 */
int sweep_blobs(struct site *site, const struct sweep_options *options, struct sweep_result *out, struct err *err) MUST_USE;

#endif
