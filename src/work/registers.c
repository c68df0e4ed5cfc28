#include "work/registers.h"

#include "base/text.h"
#include "work/show.h"
#include "work/sight.h"
#include "work/state.h"

#define OFFICERS_AT_ONCE ((size_t)4) /* officer_get_4 */
#define AGENCIES_MAX 20000
#define OFFICERS_MAX 5000
#define ITEMS_MAX 20000

/* Runs `rows` on the caller's connection, or on one of the pool where there is none. */
static int query(struct site *site, struct db_conn *conn, enum sql_id sql, const struct db_value *args, size_t nargs, size_t limit, struct arena *arena, struct db_result *out,
                 struct err *err)
{
	if (conn != NULL)
		return db_rows(conn, sql, args, nargs, limit, arena, out, err);
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = db_rows(conn, sql, args, nargs, limit, arena, out, err);
	db_release(conn);
	return rc;
}

static json_t *parse(struct arena *arena, const char *text)
{
	json_t *value = text == NULL ? NULL : json_loads(text, 0, NULL);
	return json_tie(arena, value == NULL ? json_object() : value);
}

int agency_get(struct site *site, struct db_conn *conn, const char *code, struct arena *arena, struct agency *out, struct err *err)
{
	struct db_result rows;
	struct db_value arg = DB_TEXT(code == NULL ? "" : code);
	int rc = query(site, conn, SQL_AGENCY_GET, &arg, 1, 1, arena, &rows, err);
	if (rc != 0)
		return rc;
	if (rows.rows == 0)
		return ERR(err, ERR_NOT_FOUND, "没有编码为 %s 的机关", code == NULL ? "" : code);
	*out = (struct agency){
	    .code = db_str(&rows, 0, 0),
	    .name = db_str(&rows, 0, 1),
	    .abbreviation = db_str(&rows, 0, 2),
	    .area = db_str(&rows, 0, 3),
	    .parent = db_str(&rows, 0, 4),
	    .kind = db_str(&rows, 0, 5),
	};
	return 0;
}

static size_t level_of(const char *area)
{
	size_t len = strlen(area);
	while (len >= 2 && area[len - 1] == '0' && area[len - 2] == '0')
		len -= 2;
	return len / 2;
}

int agency_list(struct site *site, const char *within_area, struct arena *arena, json_t **out, struct err *err)
{
	struct db_result rows;
	struct db_value arg = DB_TEXT(within_area == NULL ? "" : area_digits(arena, within_area));
	int rc = query(site, NULL, SQL_AGENCY_WITHIN, &arg, 1, AGENCIES_MAX, arena, &rows, err);
	if (rc != 0)
		return rc;
	*out = json_tie(arena, json_array());
	for (size_t i = 0; i < rows.rows; i++) {
		json_t *item = json_object();
		const char *area = db_str(&rows, i, 3);
		json_put_str(item, "code", db_str(&rows, i, 0));
		json_put_str(item, "name", db_str(&rows, i, 1));
		json_put_str(item, "abbreviation", db_str(&rows, i, 2));
		json_put_str(item, "area", area);
		const char *name = law_division_name(site->law, area);
		json_put_str(item, "area-name", name == NULL ? area : name);
		json_put_str(item, "parent", db_str(&rows, i, 4));
		json_put_str(item, "kind", db_str(&rows, i, 5));
		json_put_int(item, "depth", (int64_t)level_of(area));
		json_put_int(item, "officers", db_int(&rows, i, 6));
		json_push(*out, item);
	}
	return 0;
}

int agency_names(struct site *site, size_t most, struct arena *arena, json_t **out, struct err *err)
{
	struct db_result rows;
	struct db_value limit = DB_INT((int64_t)most + 1);
	int rc = query(site, NULL, SQL_AGENCY_NAMES, &limit, 1, most + 1, arena, &rows, err);
	if (rc != 0)
		return rc;
	*out = json_tie(arena, json_array());
	for (size_t i = 0; rows.rows <= most && i < rows.rows; i++) {
		json_t *item = json_object();
		json_put_str(item, "code", db_str(&rows, i, 0));
		json_put_str(item, "name", db_str(&rows, i, 1));
		json_push(*out, item);
	}
	return 0;
}

/* --- officers ------------------------------------------------------------------------------------------------------ */

static day_t today(const struct site *site)
{
	return instant_day(clock_now(&site->clock));
}

/* What an entry keeps of an officer: no more than what the certificate itself shows. */
static json_t *snapshot_of(struct arena *arena, const struct db_result *rows, size_t i)
{
	const json_t *doc = parse(arena, db_str(rows, i, 8));
	json_t *out = json_tie(arena, json_object());
	json_put_str(out, "id", db_str(rows, i, 0));
	json_put_str(out, "agency", db_str(rows, i, 1));
	json_put_str(out, "name", db_str(rows, i, 2));
	json_put_str(out, "certificate", db_str(rows, i, 3));
	json_put_str(out, "kind", db_str(rows, i, 4));
	json_put_str(out, "status", db_str(rows, i, 7));
	json_put_str(out, "valid-from", json_str(doc, "valid-from"));
	json_put_str(out, "valid-to", json_str(doc, "valid-until"));
	const json_t *acts = json_object_get(doc, "acts");
	json_put(out, "kinds", acts == NULL ? json_array() : json_deep_copy(acts));
	json_t *areas = json_array();
	if (json_str(doc, "area") != NULL)
		json_push_str(areas, json_str(doc, "area"));
	json_put(out, "areas", areas);
	return out;
}

int officer_snapshots(struct site *site, struct db_conn *conn, const json_t *ids, struct arena *arena, json_t **out, struct err *err)
{
	size_t count = json_array_size(ids);
	*out = json_tie(arena, json_array());
	for (size_t first = 0; first < count; first += OFFICERS_AT_ONCE) {
		struct db_value args[OFFICERS_AT_ONCE];
		struct db_result rows;
		size_t last = first + OFFICERS_AT_ONCE < count ? first + OFFICERS_AT_ONCE : count;
		for (size_t i = 0; i < OFFICERS_AT_ONCE; i++)
			args[i] = DB_TEXT(first + i < last ? json_string_value(json_array_get(ids, first + i)) : "");
		int rc = query(site, conn, SQL_OFFICER_GET_4, args, OFFICERS_AT_ONCE, OFFICERS_AT_ONCE, arena, &rows, err);
		if (rc != 0)
			return rc;
		for (size_t i = first; i < last; i++) {
			const char *id = json_string_value(json_array_get(ids, i));
			size_t row = 0;
			while (row < rows.rows && !text_eq(db_str(&rows, row, 0), id))
				row++;
			if (row == rows.rows)
				return ERR(err, ERR_NOT_FOUND, "登记中没有编号为 %s 的执法人员", id);
			json_push(*out, json_incref(snapshot_of(arena, &rows, row)));
		}
	}
	return 0;
}

static json_t *officer_row(struct site *site, struct arena *arena, const struct db_result *rows, size_t i)
{
	json_t *item = json_deep_copy(snapshot_of(arena, rows, i));
	const json_t *doc = parse(arena, db_str(rows, i, 8));
	json_put_str(item, "unit", json_str(doc, "unit"));
	json_put_str(item, "post", json_str(doc, "post"));
	if (!db_is_null(rows, i, 6))
		json_put_int(item, "days-left", db_int(rows, i, 6) - today(site));
	return item;
}

int officer_list(struct site *site, const char *agency, struct arena *arena, json_t **out, struct err *err)
{
	struct db_result rows;
	struct db_value arg = DB_TEXT(agency);
	int rc = query(site, NULL, SQL_OFFICER_OF_AGENCY, &arg, 1, OFFICERS_MAX, arena, &rows, err);
	if (rc != 0)
		return rc;
	*out = json_tie(arena, json_array());
	for (size_t i = 0; i < rows.rows; i++)
		json_push(*out, officer_row(site, arena, &rows, i));
	return 0;
}

int officer_doc(struct site *site, const struct actor *actor, const char *id, struct arena *arena, json_t **out, struct err *err)
{
	struct db_result rows;
	struct db_value arg = DB_TEXT(id);
	int rc = query(site, NULL, SQL_OFFICER_GET, &arg, 1, 1, arena, &rows, err);
	if (rc != 0)
		return rc;
	if (rows.rows == 0)
		return ERR(err, ERR_NOT_FOUND, "没有这位执法人员");
	struct agency agency;
	rc = agency_get(site, NULL, db_str(&rows, 0, 1), arena, &agency, err);
	if (rc != 0)
		return rc;
	struct sight sight = sight_of(actor, arena);
	bool admin = actor_has(actor, "system-admin") || actor_has(actor, "security-admin");
	if (!admin && !sight_sees(&sight, agency.code, agency.area, NULL))
		return ERR(err, ERR_NOT_FOUND, "没有这位执法人员");
	*out = json_tie(arena, officer_row(site, arena, &rows, 0));
	json_put_str(*out, "agency-name", agency.name);
	return 0;
}

int officer_roster(struct site *site, const struct actor *actor, int days, struct arena *arena, json_t **out, struct err *err)
{
	struct sight sight = sight_of(actor, arena);
	struct db_result rows;
	struct db_value args[2] = {DB_TEXT(sight.code), DB_INT(today(site) + days)};
	*out = json_tie(arena, json_array());
	if (sight.range == SIGHT_NONE)
		return 0;
	enum sql_id sql = sight.range == SIGHT_AGENCY ? SQL_OFFICER_EXPIRING_AGENCY : SQL_OFFICER_EXPIRING;
	int rc = query(site, NULL, sql, args, 2, OFFICERS_MAX, arena, &rows, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < rows.rows; i++) {
		json_t *item = json_object();
		json_put_str(item, "id", db_str(&rows, i, 0));
		json_put_str(item, "agency", db_str(&rows, i, 1));
		json_put_str(item, "agency-name", db_str(&rows, i, 2));
		json_put_str(item, "name", db_str(&rows, i, 3));
		json_put_str(item, "certificate", db_str(&rows, i, 4));
		json_put_str(item, "valid-to", day_format(arena, (day_t)db_int(&rows, i, 5)));
		json_put_int(item, "days-left", db_int(&rows, i, 5) - today(site));
		json_push(*out, item);
	}
	return 0;
}

/* --- an agency's page ---------------------------------------------------------------------------------------------- */

/* Where in a written line its column's name ends ("依据：……" or "依据:……"): what follows the colon, or NULL where the line begins with no name of a column. */
static const char *after_title(const char *line, const char *title)
{
	size_t len = title == NULL ? 0 : strlen(title);
	if (len == 0 || strncmp(line, title, len) != 0)
		return NULL;
	if (line[len] == ':')
		return line + len + 1;
	return strncmp(line + len, "：", strlen("：")) == 0 ? line + len + strlen("：") : NULL;
}

/* An item as people write it, one column to a line; a line without a column's name goes on with the one before, the first column at the start. */
static json_t *written_values(const json_t *list, const char *text, struct arena *arena)
{
	const json_t *fields = json_object_get(list, "fields"), *field;
	const char *name = json_str(json_array_get(fields, 0), "name");
	json_t *out = json_tie(arena, json_object());
	while (name != NULL && *text != '\0') {
		size_t len = strcspn(text, "\r\n"), i;
		const char *line = arena_strndup(arena, text, len), *said = line;
		json_array_foreach(fields, i, field) {
			const char *rest = after_title(line, json_str(field, "title"));
			if (rest == NULL)
				continue;
			name = json_str(field, "name");
			said = rest;
			break;
		}
		const char *before = json_str(out, name);
		json_put_str(out, name, before == NULL ? said : arena_printf(arena, "%s\n%s", before, said));
		text += len;
		text += strspn(text, "\r\n");
	}
	return out;
}

/* The columns' values of one item, in the list's order, as texts. */
static json_t *item_cells(const json_t *list, const json_t *doc, struct arena *arena)
{
	json_t *cells = json_array();
	const json_t *field, *values = json_object_get(doc, "values");
	size_t i;
	if (values == NULL)
		values = doc;
	else if (json_is_string(values)) { /* an entry keeps the item's columns as one text: each list has columns of its own */
		const char *text = json_string_value(values);
		values = *text == '{' ? parse(arena, text) : written_values(list, text, arena);
	}
	json_array_foreach(json_object_get(list, "fields"), i, field) {
		const json_t *value = json_object_get(values, json_str(field, "name"));
		json_t *cell = json_object();
		json_put_str(cell, "title", json_str(field, "title"));
		json_put_str(cell, "text", json_is_string(value) ? json_string_value(value) : "");
		json_push(cells, cell);
	}
	return cells;
}

/* "机关名称；负责人": what an item of the list says. */
static const char *columns_text(const json_t *list, struct arena *arena)
{
	const char *text = "";
	const json_t *field;
	size_t i;
	json_array_foreach(json_object_get(list, "fields"), i, field)
		text = arena_printf(arena, "%s%s%s", text, *text == '\0' ? "" : "；", json_str(field, "title"));
	return text;
}

static json_t *lists_of(struct site *site, const struct agency *agency, const struct db_result *items, struct arena *arena)
{
	struct law_place place = {.agency = agency->code, .area = agency->area};
	struct law_scope *scope = law_scope(site->law, &place, today(site), DAY_NONE, arena);
	json_t *out = json_tie(arena, json_array());
	const json_t *list;
	size_t i;
	const json_t *known = law_lists(scope, arena);
	json_array_foreach(known, i, list) {
		json_t *item = json_object(), *rows = json_array();
		json_put_str(item, "id", json_str(list, "id"));
		json_put_str(item, "title", json_str(list, "title"));
		json_put_str(item, "clause", json_str(list, "clause"));
		json_put_str(item, "cite", law_cite(site->law, json_str(list, "clause")));
		for (size_t k = 0; k < items->rows; k++) {
			if (!text_eq(db_str(items, k, 0), json_str(list, "id")))
				continue;
			json_t *row = json_object();
			json_put_str(row, "item", db_str(items, k, 1));
			json_put(row, "cells", item_cells(list, parse(arena, db_str(items, k, 2)), arena));
			json_put_str(row, "updated", instant_format_zh(arena, db_int(items, k, 3)));
			json_put_bool(row, "published", !db_is_null(items, k, 4));
			json_push(rows, row);
		}
		json_put_str(item, "columns", columns_text(list, arena));
		json_put_int(item, "count", (int64_t)json_array_size(rows));
		json_put(item, "rows", rows);
		json_push(out, item);
	}
	return out;
}

int agency_doc(struct site *site, const struct actor *actor, const char *code, struct arena *arena, json_t **out, struct err *err)
{
	(void)actor; /* everything here is published before the event: yn-gs-7 */
	struct db_result rows, items;
	struct db_value arg = DB_TEXT(code);
	struct agency agency;
	int rc = agency_get(site, NULL, code, arena, &agency, err);
	if (rc == 0)
		rc = query(site, NULL, SQL_AGENCY_GET, &arg, 1, 1, arena, &rows, err);
	if (rc == 0)
		rc = query(site, NULL, SQL_LIST_ITEMS, &arg, 1, ITEMS_MAX, arena, &items, err);
	json_t *officers;
	if (rc == 0)
		rc = officer_list(site, code, arena, &officers, err);
	if (rc != 0)
		return rc;
	const json_t *facts = parse(arena, db_str(&rows, 0, 6));
	const char *area = law_division_name(site->law, agency.area);
	*out = json_tie(arena, json_object());
	json_put_str(*out, "code", agency.code);
	json_put_str(*out, "name", agency.name);
	json_put_str(*out, "abbreviation", agency.abbreviation);
	json_put_str(*out, "kind", agency.kind);
	json_put_str(*out, "area", agency.area);
	json_put_str(*out, "area-name", area == NULL ? agency.area : area);
	static const char *const public_facts[] = {"head", "phone", "supervision-phone"};
	for (size_t i = 0; i < sizeof(public_facts) / sizeof(public_facts[0]); i++) {
		const char *text = json_str(facts, public_facts[i]);
		json_put_str(*out, public_facts[i], text == NULL ? "" : text);
	}
	const json_t *spheres = json_object_get(facts, "spheres");
	json_put(*out, "spheres", json_is_array(spheres) ? json_deep_copy(spheres) : json_array());
	json_put(*out, "officers", json_incref(officers));
	json_put(*out, "lists", json_incref(lists_of(site, &agency, &items, arena)));
	return 0;
}

static bool sees_duties(const struct actor *actor, const struct agency *agency, struct arena *arena)
{
	struct sight sight = sight_of(actor, arena);
	return text_eq(actor->agency, agency->code) || sight_sees(&sight, agency->code, agency->area, NULL) || sight_keeps(actor, agency->code, agency->area, arena);
}

/* Keeps the list in the order of what is due: it is short. */
static void put_by_due(json_t *list, json_t *duty)
{
	size_t at = json_array_size(list);
	while (at > 0 && json_int(json_array_get(list, at - 1), "due", 0) > json_int(duty, "due", 0))
		at--;
	BUG_ON(json_array_insert(list, at, duty) != 0);
}

int agency_duties(struct site *site, const struct actor *actor, const char *code, struct arena *arena, json_t **out, struct err *err)
{
	struct db_conn *conn;
	struct agency agency;
	struct stream_state stored;
	*out = json_tie(arena, json_array());
	int rc = agency_get(site, NULL, code, arena, &agency, err);
	if (rc != 0 || !sees_duties(actor, &agency, arena))
		return rc;
	rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = state_load(conn, "agency", agency.code, arena, &stored, err);
	db_release(conn);
	const json_t *duty;
	size_t i;
	json_array_foreach(rc == 0 ? json_object_get(stored.state, "duties") : NULL, i, duty) {
		const char *state = json_str(duty, "state");
		if (text_eq(state, "open") || text_eq(state, "suspended"))
			put_by_due(*out, show_duty(site, duty, clock_now(&site->clock), true, arena));
	}
	return rc;
}
