/*
 * The projector: keeps this floor's tables up to date with each entry, in the append's own transaction. The same function serves a rebuild, where it computes the
 * states itself; so a rebuilt site is identical.
 */
#include "base/text.h"
#include "work/project.h"
#include "work/waiting.h"
#include "work/publication.h"
#include "work/search.h"
#include "work/state.h"

static void free_text(void *text)
{
	json_free_text(text);
}

char *project_text(struct arena *arena, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	BUG_ON(text == NULL);
	arena_on_free(arena, free_text, text);
	return text;
}

/* The first n digits of a division's code. */
static const char *area_prefix(struct arena *arena, const char *area, size_t n)
{
	size_t len = strlen(area);
	return arena_strndup(arena, area, len < n ? len : n);
}

static struct db_value int_or_null(int64_t value)
{
	return value == INSTANT_NONE ? DB_NULL : DB_INT(value);
}

/* --- duties ----------------------------------------------------------------------------------------------------- */

static int put_duty(struct db_conn *conn, const struct entry *entry, const json_t *facts, const json_t *duty, struct arena *arena, struct err *err)
{
	const char *area = text_or_empty(json_str(facts, "area"));
	return DB_RUN(conn, SQL_DUTY_PUT, NULL, err, DB_INT(entry->stream), DB_TEXT(text_or_empty(json_str(duty, "id"))),
	              DB_TEXT(text_or_empty(json_str(facts, "agency"))), DB_TEXT(area_prefix(arena, area, 4)),
	              DB_TEXT(area_prefix(arena, area, 6)), DB_TEXT(text_or_empty(json_str(duty, "rule"))),
	              DB_TEXT(text_or_empty(json_str(duty, "clause"))), DB_TEXT(text_or_empty(json_str(duty, "topic"))),
	              DB_TEXT(text_or_empty(json_str(duty, "title"))), DB_TEXT(text_or_empty(json_str(duty, "who"))),
	              DB_INT(json_int(duty, "opened_by", 0)), DB_INT(json_int(duty, "from", 0)), DB_INT(json_int(duty, "due", 0)),
	              DB_TEXT(text_or_empty(json_str(duty, "state"))), int_or_null(json_int(duty, "met_at", INSTANT_NONE)),
	              DB_TEXT(project_text(arena, duty)));
}

/* Duties only grow in number and keep their places, so those that changed are found by position. */
static int put_duties(struct db_conn *conn, const struct entry *entry, const json_t *before, const json_t *after, struct arena *arena, struct err *err)
{
	const json_t *old = json_object_get(before, "duties"), *facts = json_object_get(after, "facts"), *duty;
	size_t i;
	json_array_foreach(json_object_get(after, "duties"), i, duty) {
		const json_t *was = json_array_get(old, i);
		if (was != NULL && json_equal(was, duty))
			continue;
		int rc = put_duty(conn, entry, facts, duty, arena, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int64_t next_due(const json_t *state)
{
	int64_t least = INSTANT_NONE;
	const json_t *duty;
	size_t i;
	json_array_foreach(json_object_get(state, "duties"), i, duty) {
		int64_t due = json_int(duty, "due", INSTANT_NONE);
		if (text_eq(json_str(duty, "state"), "open") && due != INSTANT_NONE && (least == INSTANT_NONE || due < least))
			least = due;
	}
	return least;
}

/* --- the case's row ---------------------------------------------------------------------------------------------- */

static int put_case(struct db_conn *conn, const struct entry *entry, const json_t *state, struct arena *arena, struct err *err)
{
	const json_t *facts = json_object_get(state, "facts"), *party = json_object_get(facts, "party");
	const char *area = text_or_empty(json_str(facts, "area"));
	const char *number = json_str(facts, "case-number"), *title = json_str(facts, "title");
	const char *status = json_str(facts, "status"), *secrecy = json_str(facts, "secrecy");
	return DB_RUN(conn, SQL_CASE_PUT, NULL, err, DB_INT(entry->stream), DB_TEXT(entry->stream_key), DB_TEXT(text_or_empty(number)),
	              DB_TEXT(title == NULL ? text_or_empty(number) : title), DB_TEXT(text_or_empty(json_str(facts, "agency"))), DB_TEXT(area),
	              DB_TEXT(area_prefix(arena, area, 2)), DB_TEXT(area_prefix(arena, area, 4)), DB_TEXT(area_prefix(arena, area, 6)),
	              DB_TEXT(text_or_empty(json_str(facts, "act"))), DB_TEXT(text_or_empty(json_str(facts, "procedure"))),
	              DB_TEXT(status == NULL ? "办理中" : status), DB_TEXT(text_or_empty(json_str(facts, "stage"))),
	              DB_TEXT(text_or_empty(json_str(party, "name"))), DB_TEXT(text_or_empty(json_str(party, "type"))),
	              DB_TEXT(secrecy == NULL ? "公开" : secrecy), DB_TEXT(state_handler(state)),
	              DB_INT(json_bool(facts, "major")), DB_INT(json_bool(facts, "urgent")), DB_INT(json_int(facts, "opened", entry->at)),
	              int_or_null(state_closed(state)), DB_INT(entry->recorded), int_or_null(next_due(state)),
	              DB_INT(entry->number), DB_TEXT(waiting_text(state, arena)));
}

/* --- search ------------------------------------------------------------------------------------------------------ */

/* Every text in a value but digests, instants and codes: what a person would look for. */
static void add_texts(struct buf *words, const json_t *value, size_t *left)
{
	if (json_is_string(value)) {
		size_t len = json_string_length(value);
		if (len == 0 || len > *left)
			return;
		*left -= len;
		search_add_text(words, json_string_value(value));
		return;
	}
	const json_t *member;
	if (json_is_object(value)) {
		const char *key;
		json_object_foreach((json_t *)(uintptr_t)value, key, member) {
			if (!text_eq(key, "sha256") && !text_eq(key, "sm3") && !text_eq(key, "image") && !text_eq(key, "stream"))
				add_texts(words, member, left);
		}
	} else if (json_is_array(value)) {
		size_t i;
		json_array_foreach(value, i, member)
			add_texts(words, member, left);
	}
}

static const char *project_words(const struct site *site, const json_t *body, const json_t *state, struct arena *arena)
{
	const json_t *facts = json_object_get(state, "facts");
	const char *area = text_or_empty(json_str(facts, "area"));
	struct buf words;
	buf_init(&words, arena, SEARCH_TEXT_MAX * 16);
	search_add_text(&words, json_str(facts, "case-number"));
	search_add_text(&words, json_str(facts, "title"));
	search_add_text(&words, json_str(json_object_get(facts, "party"), "name"));
	size_t head = words.len, left = SEARCH_TEXT_MAX;
	add_texts(&words, body, &left);
	if (words.len == head)
		return NULL;
	search_add_mark(&words, 'z', json_str(facts, "agency"));
	search_add_mark(&words, 'y', area_prefix(arena, area, 2));
	search_add_mark(&words, 'y', area_prefix(arena, area, 4));
	search_add_mark(&words, 'y', area_prefix(arena, area, 6));
	return search_tokens(arena, db_engine(site->db), words.data);
}

static int put_search(struct db_conn *conn, const struct entry *entry, const char *words, struct err *err)
{
	if (words == NULL || entry->number >= SEARCH_PIECES)
		return 0; /* so many entries are far beyond any real case; its first thousand find it */
	return DB_RUN(conn, SQL_SEARCH_ADD, NULL, err, DB_INT(entry->stream * SEARCH_PIECES + entry->number), DB_TEXT(words));
}

/* --- publications ------------------------------------------------------------------------------------------------ */

static int put_publication(const struct site *site, struct db_conn *conn, const struct entry *entry, const json_t *state, struct arena *arena, struct err *err)
{
	const json_t *facts = json_object_get(state, "facts"), *shown = json_object_get(entry->body, "shown");
	const char *area = text_or_empty(json_str(facts, "area"));
	const char *title = text_or_empty(json_str(shown, "title")), *party = text_or_empty(json_str(shown, "party"));
	const char *number = text_or_empty(json_str(shown, "number"));
	char *id = arena_printf(arena, "%s.%lld", entry->stream_key, (long long)entry->number);
	int rc = DB_RUN(conn, SQL_PUBLICATION_PUT, NULL, err, DB_TEXT(id), DB_INT(entry->stream), DB_INT(entry->id),
	                DB_TEXT(text_or_empty(json_str(facts, "agency"))), DB_TEXT(area_prefix(arena, area, 2)), DB_TEXT(area_prefix(arena, area, 4)),
	                DB_TEXT(area_prefix(arena, area, 6)), DB_TEXT(text_or_empty(json_str(facts, "act"))), DB_TEXT(title), DB_TEXT(party),
	                DB_TEXT(number), DB_INT(entry->at), DB_TEXT(project_text(arena, shown == NULL ? json_tie(arena, json_object()) : shown)));
	if (rc != 0)
		return rc;
	struct buf words;
	buf_init(&words, arena, SEARCH_TEXT_MAX * 16);
	size_t left = SEARCH_TEXT_MAX;
	add_texts(&words, shown, &left);
	return DB_RUN(conn, SQL_PUBLICATION_SEARCH_ADD, NULL, err, DB_INT(entry->id),
	              DB_TEXT(search_tokens(arena, db_engine(site->db), words.data)));
}

static int project_case(const struct site *site, struct db_conn *conn, const struct entry *entry, const struct project_hint *states, struct arena *arena, struct err *err)
{
	const json_t *after = states->after;
	int rc = put_case(conn, entry, after, arena, err);
	if (rc == 0)
		rc = put_search(conn, entry, states->words, err);
	if (rc == 0 && text_eq(entry->kind, "publication.published"))
		rc = put_publication(site, conn, entry, after, arena, err);
	if (rc == 0 && text_eq(entry->kind, "publication.withdrawn"))
		rc = DB_RUN(conn, SQL_PUBLICATION_WITHDRAW, NULL, err, DB_INT(entry->stream), DB_INT(entry->at),
		            DB_TEXT(text_or_empty(json_str(entry->body, "reason"))));
	return rc;
}

struct project_hint project_hint_of(const struct site *site, const char *stream_type, const json_t *before, const json_t *after, const json_t *body, struct arena *arena)
{
	return (struct project_hint){
	    .before = before,
	    .after = after,
	    .text = json_text(arena, after, NULL), /* as it grew: the same each time, since folding is (docs/formats/state.md) */
	    .words = text_eq(stream_type, "case") ? project_words(site, body, after, arena) : NULL,
	};
}

static int apply(void *context, struct db_conn *conn, const struct entry *entry, void *hint, struct arena *arena, struct err *err)
{
	const struct site *site = context;
	struct project_hint computed = {0};
	const struct project_hint *states = hint;
	int rc = 0;
	if (states == NULL) {
		struct stream_state stored;
		rc = state_load(conn, entry->stream_type, entry->stream_key, arena, &stored, err);
		if (rc != 0)
			return rc;
		struct law_act act = {.kind = entry->kind, .at = entry->at, .by = entry->by, .body = entry->body};
		json_t *after;
		rc = state_after(site, stored.state, entry->agency, &act, entry->number, arena, &after, err);
		if (rc != 0)
			return rc;
		computed = project_hint_of(site, entry->stream_type, stored.state, after, entry->body, arena);
		states = &computed;
	}
	rc = DB_RUN(conn, SQL_STATE_PUT, NULL, err, DB_INT(entry->stream), DB_TEXT(entry->stream_type), DB_TEXT(entry->stream_key),
	            DB_INT(entry->number), DB_TEXT(entry->agency), DB_TEXT(states->text));
	if (rc == 0)
		rc = put_duties(conn, entry, states->before, states->after, arena, err);
	if (rc != 0)
		return rc;
	if (text_eq(entry->stream_type, "case"))
		return project_case(site, conn, entry, states, arena, err);
	return project_register(conn, entry, states->after, arena, err);
}

static int clear(void *context, struct db_conn *conn, struct err *err)
{
	(void)context;
	static const enum sql_id all[] = {
	    SQL_STATE_CLEAR, SQL_CASE_CLEAR,        SQL_DUTY_CLEAR,   SQL_AGENCY_CLEAR,
	    SQL_OFFICER_CLEAR, SQL_USER_CLEAR,      SQL_LIST_CLEAR,   SQL_PUBLICATION_CLEAR,
	    SQL_SEARCH_CLEAR, SQL_PUBLICATION_SEARCH_CLEAR,
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int rc = db_run(conn, all[i], NULL, 0, NULL, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

struct projector work_projector(struct site *site)
{
	return (struct projector){.apply = apply, .clear = clear, .context = site};
}
