/*
 * Scenarios: lists of acts with their times and what is expected of each (docs/formats/scenario.md). Each scenario is run in a throw-away site of its own, under its own
 * clock, through the same doors as everybody's acts. The law is loaded once for all of them.
 */
#ifndef SANZHI_WORK_PLAY_H
#define SANZHI_WORK_PLAY_H

#include "work/site.h"

struct play;

struct play_options {
	const char *rulebook; /* directory; NULL: the installed one, or the source tree's (SANZHI_RULEBOOK) */
	const char *db_url;   /* postgres://… of a server on which databases can be made and dropped; NULL: the embedded engine */
};

/* Loads the law. ERR_INVALID with diagnostics where the rulebook is wrong. Tied to the arena. */
int play_open(const struct play_options *options, struct arena *arena, struct play **out, struct err *err) MUST_USE;

/* What a file holds, without running it: [{title, shows:[clause…], where}]. ERR_INVALID with diagnostics where the file is wrong. */
int play_list(struct play *play, const char *path, struct arena *arena, json_t **out, struct err *err) MUST_USE;

/* Runs every scenario of a file: {file, passed, failed, scenarios: [{title, shows, where, place, procedure, ok, verdicts: [{where, at, what, given, ok, expected, came}]}]}; passed and failed
 * count scenarios; `given` marks the acts of a prelude. An act's verdict also has what it showed of the rules, expected or not: kind, taken, body, facts, gates: [{rule, answer:
 * met|shut|warned|excused|unknown-year}] (those that stood before it), duties: [{rule, state, from, due, met-at, extended, paused, provisional}] (the parts that changed), late: [the same] (late now);
 * the first verdict of a check has `late`. A scenario that differs is no failure of the function; ERR_INVALID: the file is wrong; others: no site could be made. */
int play_run(struct play *play, const char *path, struct arena *arena, json_t **out, struct err *err) MUST_USE;

#endif
