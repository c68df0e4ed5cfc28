/* For tests of the store itself: databases over a list of statements of their own, and small disks. */
#ifndef SANZHI_STORE_DB_TEST_H
#define SANZHI_STORE_DB_TEST_H

#include "store/sql.h"

/* As db_open, with another list than the program's; `list` must outlive the database. */
int db_open_list(const struct db_options *options, const struct sql_list *list, struct arena *arena, struct db **out,
                 struct err *err) MUST_USE;

/* Prepares every statement of the list on one connection and holds its columns against what `-- returns:` declares,
 * names included. Each mistake is a diagnostic (where: file:line); ERR_INVALID where there is one. */
int db_prepare_all(struct db *db, struct err *err) MUST_USE;

/* SQLite: the file may grow to `pages` pages at most, so that a full disk can be met without one. */
int db_limit_pages(struct db *db, unsigned pages, struct err *err) MUST_USE;

#endif
