/* The parts of a page's document that are the same for all: `page`, `problem`, `errors`; and problems for programs. */
#ifndef SANZHI_WEB_PAGE_H
#define SANZHI_WEB_PAGE_H

#include "web/request.h"

struct page_options {
	const char *title, *notice; /* NULL: the action's, none */
	const char *csrf;           /* "" where there is none */
};

/* The member `page` (see web/request.h), tied to the request's arena. */
json_t *page_document(const struct request *rq, const struct page_options *options);

/* Sets `problem` and `errors` of a page that is shown because of an error. */
void page_add_problem(json_t *doc, const struct err *err, int status);

/* RFC 9457: {type, title, status, detail, instance, clauses, errors}. */
json_t *problem_document(const struct request *rq, const struct err *err, int status);
/* What kind of mistake it is, and what is said about it; of failures of our own nothing but that they happened. */
const char *problem_title(enum err_code code);
const char *problem_detail(const struct err *err);

#endif
