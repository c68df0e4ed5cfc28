#include "work/oversight.h"

#include "base/text.h"
#include "work/registers.h"
#include "work/show.h"
#include "work/sight.h"
#include "work/state.h"

#define AGENCIES_MAX 20000
#define DUTIES_MAX 500
#define OFFICERS_MAX 20000
#define NEAR (5 * INSTANT_DAY) /* a supervisor looks a week ahead, weekends included */

/* Supervisors within their area; a head within the own agency. */
static int may_oversee(const struct actor *actor, const struct sight *sight, struct err *err)
{
	if (sight->range == SIGHT_AREA4 || sight->range == SIGHT_AREA6 || sight->range == SIGHT_ALL)
		return 0;
	if (sight->range == SIGHT_AGENCY && (actor_has(actor, "head") || actor_has(actor, "leader-in-charge")))
		return 0;
	return ERR(err, ERR_DENIED, "只有行政执法监督人员和本机关负责人可以查看");
}

static void add_total(json_t *totals, const char *key, int64_t value)
{
	json_put_int(totals, key, json_int(totals, key, 0) + value);
}

int oversight_overview(struct site *site, const struct actor *actor, struct arena *arena, json_t **out, struct err *err)
{
	static const char *const keys[] = {"cases", "open", "late", "amber", "met-late"};
	struct sight sight = sight_of(actor, arena);
	struct db_conn *conn;
	struct db_result rows;
	instant_t now = clock_now(&site->clock);
	int rc = may_oversee(actor, &sight, err);
	if (rc == 0)
		rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = DB_ROWS(conn, SQL_OVERSIGHT_AGENCIES, AGENCIES_MAX, arena, &rows, err, DB_TEXT(sight.range == SIGHT_AGENCY ? actor->area : sight.code), DB_INT(now), DB_INT(now + NEAR));
	db_release(conn);
	if (rc != 0)
		return rc;
	json_t *list = json_array(), *totals = json_object();
	*out = json_tie(arena, json_object());
	json_put(*out, "agencies", list);
	json_put(*out, "totals", totals);
	for (size_t i = 0; i < rows.rows; i++) {
		if (sight.range == SIGHT_AGENCY && !text_eq(db_str(&rows, i, 0), sight.code))
			continue;
		json_t *item = json_object();
		const char *area = law_division_name(site->law, db_str(&rows, i, 2));
		json_put_str(item, "code", db_str(&rows, i, 0));
		json_put_str(item, "name", db_str(&rows, i, 1));
		json_put_str(item, "area-name", area == NULL ? db_str(&rows, i, 2) : area);
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			json_put_int(item, keys[k], db_int(&rows, i, 3 + k));
			add_total(totals, keys[k], db_int(&rows, i, 3 + k));
		}
		int64_t open = db_int(&rows, i, 4), late = db_int(&rows, i, 5);
		json_put_int(item, "late-share", open == 0 ? 0 : late * 100 / open);
		json_push(list, item);
	}
	return 0;
}

/* Grounds of accountability that stand in a case now. */
static int add_grounds(struct site *site, struct db_conn *conn, const char *key, instant_t now, struct arena *arena, json_t *out, struct err *err)
{
	struct stream_state stored;
	int rc = state_load(conn, "case", key, arena, &stored, err);
	if (rc != 0 || stored.state == NULL)
		return rc;
	const json_t *ground;
	size_t i;
	const json_t *grounds = law_grounds(state_scope(site, stored.state, instant_day(now), arena), stored.state, now, arena);
	json_array_foreach(grounds, i, ground) {
		json_t *item = json_deep_copy(ground);
		json_put_str(item, "key", key);
		json_push(out, item);
	}
	return 0;
}

/* How many reviewers there are beside how many officers, where a rule of the place sets a share (topic review.staff). */
static int add_staff(struct site *site, struct db_conn *conn, const struct agency *agency, instant_t now, struct arena *arena, json_t *out, struct err *err)
{
	struct law_place place = {.agency = agency->code, .area = agency->area};
	const json_t *params = law_params(law_scope(site->law, &place, instant_day(now), DAY_NONE, arena), arena), *param;
	const char *cite = NULL;
	int64_t share = 0, least = 0, officers = 0, reviewers = 0;
	size_t i;
	json_put(out, "staff", json_null());
	json_array_foreach(params, i, param) {
		const char *value = json_str(param, "value");
		int64_t figure;
		if (!text_eq(json_str(param, "topic"), "review.staff") || value == NULL || !text_int(value, strlen(value), &figure))
			continue;
		int64_t *which = text_eq(json_str(param, "unit"), "percent") ? &share : &least;
		*which = figure > *which ? figure : *which;
		cite = json_str(param, "cite");
	}
	if (cite == NULL)
		return 0;
	struct db_result rows;
	int rc = DB_ROWS(conn, SQL_OFFICER_OF_AGENCY, OFFICERS_MAX, arena, &rows, err, DB_TEXT(agency->code));
	for (i = 0; rc == 0 && i < rows.rows; i++) {
		if (!text_eq(db_str(&rows, i, 7), "有效"))
			continue;
		json_t *doc = json_loads(db_str(&rows, i, 8), 0, NULL);
		officers += text_eq(db_str(&rows, i, 4), "执法人员");
		reviewers += json_bool(doc, "legal-reviewer");
		json_decref(doc);
	}
	if (rc != 0)
		return rc;
	int64_t needed = (officers * share + 99) / 100;
	needed = officers > 0 && needed < least ? least : needed;
	json_t *staff = json_object();
	json_put(out, "staff", staff);
	json_put_int(staff, "officers", officers);
	json_put_int(staff, "reviewers", reviewers);
	json_put_int(staff, "needed", needed);
	json_put_str(staff, "cite", cite);
	return 0;
}

int oversight_agency(struct site *site, const struct actor *actor, const char *code, struct arena *arena, json_t **out, struct err *err)
{
	struct sight sight = sight_of(actor, arena);
	struct agency agency;
	struct db_conn *conn;
	struct db_result rows;
	instant_t now = clock_now(&site->clock);
	int rc = may_oversee(actor, &sight, err);
	if (rc == 0)
		rc = agency_get(site, NULL, code, arena, &agency, err);
	if (rc == 0 && !sight_sees(&sight, agency.code, agency.area, NULL))
		rc = ERR(err, ERR_NOT_FOUND, "没有这个机关");
	if (rc == 0)
		rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	json_t *duties = json_array(), *grounds = json_array();
	*out = json_tie(arena, json_object());
	json_put_str(*out, "code", agency.code);
	json_put_str(*out, "name", agency.name);
	json_put_str(*out, "area-name", law_division_name(site->law, agency.area));
	json_put(*out, "duties", duties);
	json_put(*out, "grounds", grounds);
	const char *last = "";
	rc = DB_ROWS(conn, SQL_OVERSIGHT_LATE, DUTIES_MAX, arena, &rows, err, DB_TEXT(code), DB_INT(now + NEAR), DB_INT(DUTIES_MAX));
	for (size_t i = 0; rc == 0 && i < rows.rows; i++) {
		if (text_eq(db_str(&rows, i, 5), "秘密") && !sight.secret)
			continue;
		json_t *doc = json_loads(db_str(&rows, i, 4), 0, NULL);
		json_t *item = json_deep_copy(show_duty(site, doc, now, false, arena));
		json_decref(doc);
		json_put_str(item, "key", db_str(&rows, i, 1));
		json_put_str(item, "number", db_str(&rows, i, 2));
		json_put_str(item, "case-title", db_str(&rows, i, 3));
		json_push(duties, item);
		if (!text_eq(last, db_str(&rows, i, 1)))
			rc = add_grounds(site, conn, db_str(&rows, i, 1), now, arena, grounds, err);
		last = db_str(&rows, i, 1);
	}
	if (rc == 0)
		rc = add_staff(site, conn, &agency, now, arena, *out, err);
	db_release(conn);
	return rc;
}
