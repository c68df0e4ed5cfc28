/* What the law's tests share: the small rulebook, a stream to fold into, JSON written with single quotes. */
#ifndef SANZHI_TEST_LAW_BED_H
#define SANZHI_TEST_LAW_BED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "law/law.h"

struct bed {
	struct arena *arena;
	struct err err;
	struct law *law;
	struct law_place place;
	struct law_scope *scope;
	json_t *state;
	int64_t number;
	const char *by;
	const json_t *roles;
};

int bed_up(void **state);   /* cmocka's setup: the small rulebook, a penalty case in 景洪市 opened 2026-01-05 */
int bed_down(void **state);

json_t *bed_json(struct bed *bed, const char *text); /* ' stands for " */
instant_t bed_at(const char *text);
day_t bed_day(const char *text);
/* A fresh stream (procedure NULL: no case) of a place, on the rules of a day. */
void bed_case(struct bed *bed, const char *agency, const char *area, const char *procedure, const char *opened, const char *today);
/* Judges; or folds without judging. `body` as bed_json. */
const struct law_verdict *bed_judge(struct bed *bed, const char *kind, const char *at, const char *body);
void bed_fold(struct bed *bed, const char *kind, const char *at, const char *body);
/* The refusal of a gate, NULL where it does not stand against. */
const struct law_refusal *bed_refusal(const struct law_verdict *verdict, const char *rule);
/* The newest duty that holds a rule ("pv/opinion"), as governing or as also binding; the part in *part. */
json_t *bed_duty(struct bed *bed, const char *rule, json_t **part);
const char *bed_due(struct bed *bed, const char *rule); /* its due moment, RFC 3339 to the second */

#endif
