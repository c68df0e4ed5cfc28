/* Pieces of the lists that pages and the command show. Private to src/law. */
#ifndef SANZHI_LAW_DESCRIBE_H
#define SANZHI_LAW_DESCRIBE_H

#include "law/model.h"

/* Makes what law_procedures and law_vocabulary say; the rulebook is whole. */
void describe_once(struct law *law);
/* section, rule (full name), instrument, clause, cite, topic, title: a new reference. */
json_t *rule_summary(const struct law *law, const struct rule *rule);
const char *kinds_titles(const struct kinds *kinds, struct arena *arena);
/* Whether two instruments can bind one agency on one day. */
bool instruments_meet(const struct instrument *a, const struct instrument *b);
/* Whether both openings can be one occurrence: a kind in common and no condition that shuts the other out. */
bool duties_meet(const struct duty *a, const struct duty *b);
/* Whether two conditions can hold at once, as far as their plain lines tell. */
bool conds_meet(const struct cond *a, const struct cond *b);

#endif
