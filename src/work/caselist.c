/* Lists of cases: browsing, searching, and what one owes. */
#include "base/text.h"
#include "work/casefile.h"
#include "work/search.h"
#include "work/show.h"
#include "work/sight.h"
#include "work/state.h"

#define HITS_MAX 40000 /* pieces looked at for one page of a search */
#define AMBER (3 * INSTANT_DAY) /* before a limit, by which it is amber */
#define DUTIES_MAX 500
#define WAITING_MAX 200

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
	struct db_value args[4 + FILTERS];
	if (words == NULL)
		return 0;
	int64_t done = 0, looked = 0, batch = query->limit + query->limit / 4 + 1, found, before = cursor_of(query->before) * SEARCH_PIECES;
	bool full = false;
	put_filters(sight, query, now, args + 4);
	do {
		args[0] = DB_TEXT(words);
		args[1] = DB_INT(before);
		args[2] = DB_INT(batch);
		args[3] = DB_INT(SEARCH_PIECES);
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

/* --- what one owes ------------------------------------------------------------------------------------------------------ */

/* What waits for a hand of this person: an act that another's act made possible, such as a review or an approval. */
static const struct {
	const char *done, *waiting, *role;
} hands[] = {
    {"filing.proposed", "filing.reviewed", "unit-head"},       {"filing.reviewed", "filing.approved", "head"},
    {"decision.proposed", "decision.reviewed", "unit-head"},   {"decision.reviewed", "decision.approved", "head"},
    {"review.sent", "review.taken-in", "legal-reviewer"},      {"review.taken-in", "review.opinion", "legal-reviewer"},
    {"publication.redacted", "publication.reviewed", "unit-head"}, {"publication.reviewed", "publication.approved", "head"},
    {"publication.approved", "publication.published", "publisher"}, {"measure.proposed", "measure.approved", "head"},
    {"closing.proposed", "closing.approved", "head"},          {"closing.approved", "file.archived", "archivist"},
};

static const json_t *last_of(const json_t *state, const char *kind)
{
	const json_t *list = json_object_get(json_object_get(state, "entries"), kind);
	size_t n = json_array_size(list);
	return n == 0 ? NULL : json_array_get(list, n - 1);
}

static int64_t last_number(const json_t *state, const char *kind)
{
	return json_int(last_of(state, kind), "n", 0);
}

static void add_waiting(struct site *site, const struct actor *actor, const json_t *state, const char *key, struct arena *arena, json_t *out)
{
	const json_t *facts = json_object_get(state, "facts");
	for (size_t i = 0; i < sizeof(hands) / sizeof(hands[0]); i++) {
		const json_t *done_by = last_of(state, hands[i].done);
		int64_t done = json_int(done_by, "n", 0);
		if (done == 0 || last_number(state, hands[i].waiting) > done || !actor_has(actor, hands[i].role))
			continue;
		struct law_kind_info kind;
		if (!law_kind(site->law, hands[i].waiting, &kind))
			continue;
		json_t *item = json_object();
		json_put_str(item, "key", key);
		json_put_str(item, "number", text_or_empty(json_str(facts, "case-number")));
		json_put_str(item, "title", text_or_empty(json_str(facts, "title")));
		json_put_str(item, "kind", kind.kind);
		json_put_str(item, "act", kind.title);
		json_put_str(item, "from", text_or_empty(json_str(done_by, "by"))); /* an id here; name_hands makes it a name */
		json_put_str(item, "since", instant_format_zh(arena, json_int(done_by, "at", 0)));
		json_put_str(item, "url", arena_printf(arena, "/desk/cases/%s/acts/%s", key, kind.kind));
		json_push(out, item);
	}
}

struct waiting {
	struct site *site;
	const struct actor *actor;
	const struct sight *sight;
	struct arena *arena;
	json_t *out;
};

static int each_open(void *context, const struct db_value *row, struct err *err)
{
	(void)err;
	struct waiting *waiting = context;
	json_t *state = json_loadb(row[1].data, row[1].size, 0, NULL);
	bool hidden = text_eq(json_str(json_object_get(state, "facts"), "secrecy"), "秘密") && !waiting->sight->secret;
	if (state != NULL && !hidden && json_array_size(waiting->out) < WAITING_MAX)
		add_waiting(waiting->site, waiting->actor, state, row[0].data, waiting->arena, waiting->out);
	json_decref(state);
	return 0;
}

/* Whose hand it came from, by name: looked up once the rows are read, for one connection runs one query at a time. */
static int name_hands(struct db_conn *conn, json_t *waiting, struct arena *arena, struct err *err)
{
	json_t *item;
	size_t i;
	json_array_foreach(waiting, i, item) {
		struct db_result rows;
		int rc = DB_ROWS(conn, SQL_USER_GET, 1, arena, &rows, err, DB_TEXT(text_or_empty(json_str(item, "from"))));
		if (rc != 0)
			return rc;
		if (rows.rows > 0)
			json_put_str(item, "from", db_str(&rows, 0, 1));
	}
	return 0;
}

static bool owes(const struct actor *actor, const char *who)
{
	if (*who == '\0')
		return actor_has(actor, "handler");
	return actor_has(actor, who);
}

int case_my_work(struct site *site, const struct actor *actor, struct arena *arena, json_t **out, struct err *err)
{
	static const char *const groups[] = {"late", "amber", "open"};
	struct sight sight = sight_of(actor, arena);
	struct db_conn *conn;
	struct db_result rows;
	instant_t now = clock_now(&site->clock);
	json_t *lists[3];
	*out = json_tie(arena, json_object());
	for (size_t i = 0; i < 3; i++)
		json_put(*out, groups[i], lists[i] = json_array());
	struct waiting waiting = {.site = site, .actor = actor, .sight = &sight, .arena = arena, .out = json_array()};
	json_put(*out, "waiting", waiting.out);
	if (sight.range != SIGHT_AGENCY)
		return 0;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = DB_ROWS(conn, SQL_DUTIES_OF_AGENCY, DUTIES_MAX, arena, &rows, err, DB_TEXT(sight.code), DB_INT(DUTIES_MAX));
	for (size_t i = 0; rc == 0 && i < rows.rows; i++) {
		if (!owes(actor, db_str(&rows, i, 9)) || (text_eq(db_str(&rows, i, 12), "秘密") && !sight.secret))
			continue;
		json_t *doc = json_loads(db_str(&rows, i, 4), 0, NULL);
		json_t *item = json_deep_copy(show_duty(site, doc, now, false, arena));
		json_decref(doc);
		json_put_str(item, "key", db_str(&rows, i, 1));
		json_put_str(item, "url", arena_printf(arena, "/desk/cases/%s", db_str(&rows, i, 1)));
		json_put_str(item, "number", db_str(&rows, i, 2));
		json_put_str(item, "case-title", db_str(&rows, i, 3));
		const char *standing = json_str(item, "standing");
		json_push(text_eq(standing, "late") ? lists[0] : text_eq(standing, "amber") ? lists[1] : lists[2], item);
	}
	struct db_value agency = DB_TEXT(sight.code);
	if (rc == 0)
		rc = db_each(conn, SQL_STATES_OPEN, &agency, 1, each_open, &waiting, err);
	if (rc == 0)
		rc = name_hands(conn, waiting.out, arena, err);
	db_release(conn);
	json_put_int(*out, "count", (int64_t)(json_array_size(lists[0]) + json_array_size(lists[1]) + json_array_size(lists[2])));
	return rc;
}
