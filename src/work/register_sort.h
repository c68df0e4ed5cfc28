/* Inside this floor: the registers that go out as tables (export) and come in as tables (import). One list, so that what goes out can come in. */
#ifndef SANZHI_WORK_REGISTER_SORT_H
#define SANZHI_WORK_REGISTER_SORT_H

#include "work/site.h"

struct register_sort {
	const char *what;   /* as the command names it: "officers" */
	const char *stream; /* type of stream */
	const char *kind;   /* the entry that a line becomes; its fields are the columns */
	const char *key;    /* the column that names the stream */
};
/* ERR_INVALID, naming those there are. */
int register_sort_find(const char *what, const struct register_sort **out, struct err *err) MUST_USE;

/* The form of a line ({column: text or value}) by the rules of the line's own place today. */
const json_t *register_form(struct site *site, const struct register_sort *sort, const json_t *cells, struct arena *arena);

#endif
