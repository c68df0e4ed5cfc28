/* What a supervisor sees: what is owed and late by agency, grounds of accountability that the journal shows. */
#ifndef SANZHI_WORK_OVERSIGHT_H
#define SANZHI_WORK_OVERSIGHT_H

#include "work/casefile.h"

/* {agencies:[{code, name, open, late, amber, met-late, cases}], totals:{…}} within the actor's area. */
int oversight_overview(struct site *site, const struct actor *actor, struct arena *arena, json_t **out, struct err *err) MUST_USE;
/* One agency: its late and near duties with case, clause, days; grounds with evidence; staff {officers, reviewers, needed, cite}, null where no rule sets a share of reviewers. */
int oversight_agency(struct site *site, const struct actor *actor, const char *code, struct arena *arena, json_t **out, struct err *err) MUST_USE;

#endif
