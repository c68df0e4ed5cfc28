/* Registers' rows: each is the newest value of what its stream's entries said. */
#include "base/text.h"
#include "work/project.h"

static bool kind_is(const struct entry *entry, const char *kind)
{
	return strcmp(entry->kind, kind) == 0;
}

/* The row's document with the entry's body laid over it. `text` NULL: a new one. */
static json_t *merged(struct arena *arena, const char *text, const json_t *body)
{
	json_t *doc = text == NULL ? json_object() : json_loads(text, 0, NULL);
	if (doc == NULL)
		doc = json_object();
	json_tie(arena, doc);
	BUG_ON(json_object_update(doc, (json_t *)(uintptr_t)body) != 0);
	(void)json_object_del(doc, "stream");
	return doc;
}

/* --- agencies ---------------------------------------------------------------------------------------------------- */

static int project_agency(struct db_conn *conn, const struct entry *entry, struct arena *arena, struct err *err)
{
	struct db_result rows;
	int rc = DB_ROWS(conn, SQL_AGENCY_GET, 1, arena, &rows, err, DB_TEXT(entry->stream_key));
	if (rc != 0)
		return rc;
	json_t *doc = merged(arena, rows.rows == 0 ? NULL : db_str(&rows, 0, 6), entry->body);
	const char *area = json_str(doc, "division"), *kind = json_str(doc, "kind");
	return DB_RUN(conn, SQL_AGENCY_PUT, NULL, err, DB_TEXT(entry->stream_key), DB_TEXT(text_or_empty(json_str(doc, "name"))),
	              DB_TEXT(text_or_empty(json_str(doc, "abbreviation"))), DB_TEXT(text_or_empty(area)), DB_TEXT(text_or_empty(json_str(doc, "parent"))),
	              DB_TEXT(kind == NULL ? "行政机关" : kind), DB_TEXT(project_text(arena, doc)));
}

static int project_list(struct db_conn *conn, const struct entry *entry, struct arena *arena, struct err *err)
{
	const char *list = text_or_empty(json_str(entry->body, kind_is(entry, "list.published") ? "lists" : "list"));
	const char *item = text_or_empty(json_str(entry->body, "item"));
	if (kind_is(entry, "list.item-set"))
		return DB_RUN(conn, SQL_LIST_PUT, NULL, err, DB_TEXT(entry->stream_key), DB_TEXT(list), DB_TEXT(item), DB_INT(entry->id),
		              DB_TEXT(project_text(arena, entry->body)), DB_INT(entry->at));
	if (kind_is(entry, "list.item-removed"))
		return DB_RUN(conn, SQL_LIST_REMOVE, NULL, err, DB_TEXT(entry->stream_key), DB_TEXT(list), DB_TEXT(item));
	return DB_RUN(conn, SQL_LIST_PUBLISHED, NULL, err, DB_TEXT(entry->stream_key), DB_TEXT(list), DB_INT(entry->at));
}

/* --- officers ---------------------------------------------------------------------------------------------------- */

/* "2026-02-10" in the document as a day number, or NULL. */
static struct db_value day_value(const json_t *doc, const char *key)
{
	const char *text = json_str(doc, key);
	day_t day;
	if (text == NULL || !day_parse(text, strlen(text), &day))
		return DB_NULL;
	return DB_INT(day);
}

static const char *officer_status(const struct entry *entry, const char *was)
{
	if (kind_is(entry, "officer.suspended"))
		return "暂扣";
	if (kind_is(entry, "officer.revoked"))
		return "吊销";
	if (kind_is(entry, "officer.certified") || kind_is(entry, "assistant.carded") || kind_is(entry, "reviewer.appointed"))
		return "有效";
	if (kind_is(entry, "officer.restored"))
		return "有效";
	return was == NULL ? "有效" : was;
}

static const char *officer_kind(const struct entry *entry, const char *was)
{
	if (kind_is(entry, "assistant.carded"))
		return "辅助人员";
	if (kind_is(entry, "reviewer.appointed"))
		return was == NULL ? "法制审核人员" : was; /* an officer who also reviews stays an officer */
	return was == NULL ? "执法人员" : was;
}

static int project_officer(struct db_conn *conn, const struct entry *entry, struct arena *arena, struct err *err)
{
	struct db_result rows;
	int rc = DB_ROWS(conn, SQL_OFFICER_GET, 1, arena, &rows, err, DB_TEXT(entry->stream_key));
	if (rc != 0)
		return rc;
	bool known = rows.rows > 0;
	json_t *doc = merged(arena, known ? db_str(&rows, 0, 8) : NULL, entry->body);
	const char *kind = officer_kind(entry, known ? db_str(&rows, 0, 4) : NULL);
	const char *status = officer_status(entry, known ? db_str(&rows, 0, 7) : NULL);
	const char *certificate = json_str(doc, "number"), *agency = json_str(doc, "agency");
	if (kind_is(entry, "reviewer.appointed"))
		json_put_bool(doc, "legal-reviewer", true);
	return DB_RUN(conn, SQL_OFFICER_PUT, NULL, err, DB_TEXT(entry->stream_key), DB_TEXT(agency == NULL ? entry->agency : agency), DB_TEXT(text_or_empty(json_str(doc, "name"))),
	              DB_TEXT(text_or_empty(certificate)), DB_TEXT(kind), day_value(doc, "valid-from"), day_value(doc, "valid-until"),
	              DB_TEXT(status), DB_TEXT(project_text(arena, doc)));
}

/* --- users ------------------------------------------------------------------------------------------------------- */

static int project_user(struct db_conn *conn, const struct entry *entry, struct arena *arena, struct err *err)
{
	struct db_result rows;
	int rc = DB_ROWS(conn, SQL_USER_GET, 1, arena, &rows, err, DB_TEXT(entry->stream_key));
	if (rc != 0)
		return rc;
	bool known = rows.rows > 0;
	/* The officer stands in the entry as the certificate's snapshot. */
	const char *name = json_str(entry->body, "name"), *officer = json_str(json_object_get(entry->body, "officer"), "id");
	const json_t *roles = json_object_get(entry->body, "roles");
	const char *status = kind_is(entry, "user.disabled") ? "停用"
	                     : kind_is(entry, "user.enabled") || !known ? "启用" : db_str(&rows, 0, 5);
	return DB_RUN(conn, SQL_USER_PUT, NULL, err, DB_TEXT(entry->stream_key),
	              DB_TEXT(name != NULL ? name : known ? db_str(&rows, 0, 1) : entry->stream_key),
	              DB_TEXT(entry->agency), DB_TEXT(roles != NULL ? project_text(arena, roles) : known ? db_str(&rows, 0, 3) : "[]"),
	              DB_TEXT(officer != NULL ? officer : known ? text_or_empty(db_str(&rows, 0, 4)) : ""), DB_TEXT(status));
}

/* Entries of a user's stream that change nothing of the user: signing in, reading what is sensitive. */
static bool changes_user(const struct entry *entry)
{
	return kind_is(entry, "user.created") || kind_is(entry, "user.roles-set") || kind_is(entry, "user.disabled") ||
	       kind_is(entry, "user.enabled");
}

int project_register(struct db_conn *conn, const struct entry *entry, const json_t *state, struct arena *arena, struct err *err)
{
	(void)state;
	if (text_eq(entry->stream_type, "agency")) {
		if (kind_is(entry, "agency.registered") || kind_is(entry, "agency.changed") || kind_is(entry, "org.entrusted"))
			return project_agency(conn, entry, arena, err);
		if (text_starts(entry->kind, "list."))
			return kind_is(entry, "list.reviewed") ? 0 : project_list(conn, entry, arena, err);
		return 0;
	}
	if (text_eq(entry->stream_type, "officer"))
		return text_eq(entry->kind, "officer.trained") ? 0 : project_officer(conn, entry, arena, err);
	if (text_eq(entry->stream_type, "user"))
		return changes_user(entry) ? project_user(conn, entry, arena, err) : 0;
	return 0;
}
