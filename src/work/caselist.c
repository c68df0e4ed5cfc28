/* Lists of cases: browsing and searching. */
#include "base/text.h"
#include "work/casefile.h"
#include "work/search.h"
#include "work/sight.h"

#define HITS_MAX 40000 /* pieces looked at for one page of a search */
#define AMBER (3 * INSTANT_DAY) /* before a limit, by which it is amber */

/* Columns 0–16 are the same in every list query. */
static json_t *row_of(const struct site *site, struct arena *arena, const struct db_result *rows, size_t i, instant_t now)
{
	const json_t *stages = json_object_get(law_vocabulary(site->law), "stages");
	json_t *item = json_object();
	json_put_str(item, "key", db_str(rows, i, 1));
	json_put_str(item, "url", arena_printf(arena, "/desk/cases/%s", db_str(rows, i, 1)));
	json_put_str(item, "number", db_str(rows, i, 2));
	json_put_str(item, "title", db_str(rows, i, 3));
	json_put_str(item, "agency", db_str(rows, i, 4));
	json_put_str(item, "agency-name", db_str(rows, i, 15));
	json_put_str(item, "handler", db_str(rows, i, 16));
	json_put_str(item, "act", db_str(rows, i, 5));
	json_put_str(item, "procedure", db_str(rows, i, 6));
	json_put_str(item, "status", db_str(rows, i, 7));
	json_put_str(item, "stage", db_str(rows, i, 8));
	json_put_str(item, "stage-title", text_or_empty(json_str(stages, db_str(rows, i, 8))));
	json_put_str(item, "party", db_str(rows, i, 9));
	json_put_bool(item, "major", db_int(rows, i, 10) != 0);
	json_put_bool(item, "urgent", db_int(rows, i, 11) != 0);
	json_put_str(item, "opened", day_format(arena, instant_day(db_int(rows, i, 12))));
	json_put_bool(item, "closed", !db_is_null(rows, i, 13));
	bool owes = !db_is_null(rows, i, 14);
	int64_t due = owes ? db_int(rows, i, 14) : 0;
	json_put_str(item, "due", owes ? day_format(arena, instant_day(due)) : "");
	json_put_str(item, "standing", !owes ? "none" : due < now ? "late" : due - now < AMBER ? "amber" : "open");
	return item;
}

/* What every list leaves out, as the last arguments of its query. */
#define FILTERS 7
static void put_filters(const struct sight *sight, const struct case_query *query, instant_t now, struct db_value *out)
{
	int64_t late = query->late == NULL ? 0 : text_eq(query->late, "amber") ? now + AMBER : now;
	const struct db_value filters[FILTERS] = {
	    DB_TEXT(text_or_empty(query->procedure)), DB_TEXT(text_or_empty(query->stage)), DB_TEXT(text_or_empty(query->status)),
	    DB_INT(query->opened_from == DAY_NONE ? INT64_MIN : day_start(query->opened_from)),
	    DB_INT(query->opened_to == DAY_NONE ? INT64_MAX : day_end(query->opened_to)), DB_INT(late), DB_INT(sight->secret),
	};
	memcpy(out, filters, sizeof(filters));
}

static int64_t cursor_of(const char *before)
{
	int64_t value;
	return before != NULL && text_int(before, strlen(before), &value) && value > 0 ? value : INT64_MAX / SEARCH_PIECES;
}

/* A whole number needs no search: the cases that bear it, as far as they are within sight. */
static int by_number(struct site *site, struct db_conn *conn, const struct sight *sight, const struct case_query *query, instant_t now, struct arena *arena, json_t *list,
                     int64_t *last, struct err *err)
{
	struct db_value args[2 + FILTERS] = {DB_TEXT(text_trim(arena, query->text)), DB_INT(query->limit)};
	struct db_result rows;
	if (query->before != NULL)
		return 0;
	put_filters(sight, query, now, args + 2);
	int rc = db_rows(conn, SQL_CASE_BY_NUMBER, args, sizeof(args) / sizeof(args[0]), (size_t)query->limit, arena, &rows, err);
	for (size_t i = 0; rc == 0 && i < rows.rows; i++) {
		bool other = query->agency != NULL && !text_eq(query->agency, db_str(&rows, i, 4));
		if (other || !sight_sees(sight, db_str(&rows, i, 4), db_str(&rows, i, 17), NULL))
			continue;
		json_push(list, row_of(site, arena, &rows, i, now));
		*last = db_int(&rows, i, 0);
	}
	return rc;
}

/*
 * Pieces come newest case first, gathered by case. However few of them a filter leaves, no more than HITS_MAX are looked at for one page: *last
 * is then where the next one goes on, and *more is true.
 */
static int search(struct site *site, struct db_conn *conn, const struct sight *sight, const struct case_query *query, instant_t now, struct arena *arena, json_t *list, int64_t *last,
                  bool *more, struct err *err)
{
	struct search_mark mark = {.mark = sight->range == SIGHT_AGENCY ? 'z' : 'y', .code = sight->range == SIGHT_ALL && *sight->code == '\0' ? NULL : sight->code};
	struct search_mark marks[2] = {mark, {.mark = 'z', .code = query->agency}};
	char *words = search_query(arena, db_engine(site->db), query->text, marks, 2);
	struct db_result rows;
	struct db_value args[5 + FILTERS];
	if (words == NULL)
		return 0;
	int64_t done = 0, looked = 0, batch = query->limit + query->limit / 4 + 1, found, before = cursor_of(query->before) * SEARCH_PIECES;
	bool full = false;
	put_filters(sight, query, now, args + 5);
	do {
		args[0] = DB_TEXT(words);
		args[1] = DB_INT(before);
		args[2] = DB_INT(batch);
		args[3] = DB_INT(SEARCH_PIECES);
		args[4] = DB_TEXT(sight->range == SIGHT_AGENCY ? sight->code : text_or_empty(query->agency));
		int rc = db_rows(conn, SQL_CASE_SEARCH, args, sizeof(args) / sizeof(args[0]), (size_t)batch, arena, &rows, err);
		if (rc != 0)
			return rc;
		found = 0;
		for (size_t i = 0; i < rows.rows && !full; i++) {
			before = db_int(&rows, i, 17);
			found += db_int(&rows, i, 18);
			if (before / SEARCH_PIECES == done)
				continue;
			*last = done = before / SEARCH_PIECES;
			if (!db_is_null(&rows, i, 0))
				json_push(list, row_of(site, arena, &rows, i, now));
			full = json_array_size(list) == (size_t)query->limit;
		}
		looked += batch;
		*more = full || found == batch;
		batch = batch * 4 < HITS_MAX - looked ? batch * 4 : HITS_MAX - looked;
	} while (*more && !full && batch > 0);
	return 0;
}

static int browse(struct site *site, struct db_conn *conn, const struct sight *sight, const struct case_query *query, instant_t now, struct arena *arena, json_t *list, int64_t *last,
                  struct err *err)
{
	static const enum sql_id by_range[] = {
	    [SIGHT_NONE] = SQL_CASE_PAGE_AGENCY,  [SIGHT_AGENCY] = SQL_CASE_PAGE_AGENCY, [SIGHT_AREA6] = SQL_CASE_PAGE_AREA6,
	    [SIGHT_AREA4] = SQL_CASE_PAGE_AREA4, [SIGHT_ALL] = SQL_CASE_PAGE_ALL,
	};
	enum sql_id sql = by_range[sight->range];
	const char *code = sight->code;
	if (query->agency != NULL && sight->range != SIGHT_AGENCY) {
		sql = SQL_CASE_PAGE_AGENCY;
		code = query->agency;
	}
	if (sql == SQL_CASE_PAGE_AGENCY && query->late != NULL)
		sql = SQL_CASE_PAGE_LATE;
	struct db_value args[3 + FILTERS] = {DB_INT(cursor_of(query->before)), DB_INT(query->limit), DB_TEXT(code)};
	struct db_result rows;
	put_filters(sight, query, now, args + 3);
	int rc = db_rows(conn, sql, args, sizeof(args) / sizeof(args[0]), (size_t)query->limit, arena, &rows, err);
	for (size_t i = 0; rc == 0 && i < rows.rows; i++) {
		json_push(list, row_of(site, arena, &rows, i, now));
		*last = db_int(&rows, i, 0);
	}
	return rc;
}

/* An agency named in a query must lie within sight; what does not is as if it were not. */
static int check_agency(struct db_conn *conn, const struct sight *sight, const char *agency, struct arena *arena, bool *seen, struct err *err)
{
	struct db_result rows;
	int rc = DB_ROWS(conn, SQL_AGENCY_GET, 1, arena, &rows, err, DB_TEXT(agency));
	*seen = rc == 0 && rows.rows == 1 && sight_sees(sight, agency, db_str(&rows, 0, 3), NULL);
	return rc;
}

int case_list(struct site *site, const struct actor *actor, const struct case_query *query, struct arena *arena, json_t **out, struct err *err)
{
	struct sight sight = sight_of(actor, arena);
	struct db_conn *conn;
	json_t *list = json_array();
	int64_t last = 0;
	instant_t now = clock_now(&site->clock);
	*out = json_tie(arena, json_object());
	json_put(*out, "cases", list);
	if (sight.range == SIGHT_NONE)
		return 0;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	bool seen = true;
	if (query->agency != NULL)
		rc = check_agency(conn, &sight, query->agency, arena, &seen, err);
	bool more = false, typed = query->text != NULL && *query->text != '\0';
	if (rc == 0 && seen && typed)
		rc = by_number(site, conn, &sight, query, now, arena, list, &last, err);
	if (rc == 0 && seen && typed && json_array_size(list) == 0)
		rc = search(site, conn, &sight, query, now, arena, list, &last, &more, err);
	else if (rc == 0 && seen && !typed)
		rc = browse(site, conn, &sight, query, now, arena, list, &last, err);
	db_release(conn);
	if (rc == 0 && (more || json_array_size(list) == (size_t)query->limit))
		json_put_str(*out, "next", arena_printf(arena, "%lld", (long long)last));
	return rc;
}
