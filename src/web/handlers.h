/*
 * The page handlers, one for each action; the prototypes come from the table of actions: desk.case is
 *   int page_desk_case(struct request *rq, struct response *out, struct err *err);
 * They return 0, or the negative code of an error (web/request.h says what becomes of it). They run on a worker thread,
 * may block on the database, and keep nothing beyond the request's arena.
 */
#ifndef SANZHI_WEB_HANDLERS_H
#define SANZHI_WEB_HANDLERS_H

#include "web/request.h"

#include "actions_table.h" /* generated from src/web/actions.yaml */

#endif
