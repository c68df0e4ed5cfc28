/* Inside this floor: how an entry of a register's stream becomes rows (work/project_register.c). */
#ifndef SANZHI_WORK_PROJECT_H
#define SANZHI_WORK_PROJECT_H

#include "work/site.h"
#include "work/state.h"

/* Brings agency, officer, user and list rows up to date with one entry. `state` is the stream's, after it. */
int project_register(struct db_conn *conn, const struct entry *entry, const json_t *state, struct arena *arena, struct err *err) MUST_USE;

/* What an append hands along with its entry; texts are the arena's. */
struct project_hint project_hint_of(const struct site *site, const char *stream_type, const json_t *before, const json_t *after, const json_t *body, struct arena *arena);

/* A document as rows keep it: keys sorted, since an entry's own are in its canonical bytes; so a row is the same whether the body came from its author or from them. */
char *project_text(struct arena *arena, const json_t *value);

#endif
