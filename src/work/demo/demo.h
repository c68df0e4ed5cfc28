/*
 * A site with a year of plausible work: agencies, officers, users and lists, and some hundreds of cases of every procedure, in every state. Each act goes through
 * act_do and act_open_case under a clock that walks through the year, so that the law judges every one; nothing is written past it. The same seed gives the same
 * acts, bodies and times.
 */
#ifndef SANZHI_WORK_DEMO_DEMO_H
#define SANZHI_WORK_DEMO_DEMO_H

#include "work/site.h"

struct demo_options {
	struct site_options site; /* its clock is replaced */
	const char *name;         /* shown on pages */
	const char *base_url;
	const char *data;         /* directory of data/demo */
	uint64_t seed;
	unsigned cases;
	day_t until;              /* the last day of work; the year before it is walked through */
	void (*progress)(void *context, int64_t done, int64_t all, const char *what); /* days walked of all; may be NULL */
	void *context;
};

/* Makes the site (it must not exist yet) and fills it; writes <site>/demo.json with the sample logins and the password. `summary`: {cases, entries, agencies, users,
 * officers, publications, password, logins:[…]}. An act that the law refuses is a mistake of the generator and comes back as ERR_INTERNAL with its refusals. */
int demo_make(const struct demo_options *options, struct arena *arena, json_t **summary, struct err *err) MUST_USE;

/* What demo_make wrote about its logins; ERR_NOT_FOUND where the site is no demonstration. */
int demo_logins(const char *dir, struct arena *arena, json_t **out, struct err *err) MUST_USE;

#endif
