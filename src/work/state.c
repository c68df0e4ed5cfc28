#include "work/state.h"

#include "base/text.h"
#include "work/state_cache.h"

int state_load(struct db_conn *conn, const char *type, const char *key, struct arena *arena, struct stream_state *out, struct err *err)
{
	struct db_result rows;
	*out = (struct stream_state){0};
	int rc = DB_ROWS(conn, SQL_STATE_GET, 1, arena, &rows, err, DB_TEXT(type), DB_TEXT(key));
	if (rc != 0 || rows.rows == 0)
		return rc;
	out->stream = db_int(&rows, 0, 0);
	out->head = db_int(&rows, 0, 1);
	out->agency = db_str(&rows, 0, 2);
	const char *text = db_str(&rows, 0, 3);
	json_error_t fault;
	json_t *state = json_loads(text, 0, &fault);
	if (state == NULL)
		return ERR(err, ERR_CORRUPT, "案卷状态无法读取，请运行 sanzhi rebuild 重建（%s:%s）", type, key);
	out->state = json_tie(arena, state);
	return 0;
}

int state_recall(struct site *site, struct db_conn *conn, const char *type, const char *key, struct arena *arena, struct stream_state *out, struct err *err)
{
	struct db_result rows;
	*out = (struct stream_state){0};
	int rc = DB_ROWS(conn, SQL_STATE_HEAD, 1, arena, &rows, err, DB_TEXT(type), DB_TEXT(key));
	if (rc != 0 || rows.rows == 0)
		return rc;
	if (state_cache_get(site->states, type, key, db_int(&rows, 0, 1), arena, out))
		return 0;
	return state_load(conn, type, key, arena, out, err);
}

bool state_guess(struct site *site, const char *type, const char *key, struct arena *arena, struct stream_state *out)
{
	return state_cache_get(site->states, type, key, STATE_NEWEST, arena, out);
}

struct law_scope *state_scope(const struct site *site, const json_t *state, day_t today, struct arena *arena)
{
	const json_t *facts = json_object_get(state, "facts");
	struct law_place place = {.agency = json_str(facts, "agency"), .area = json_str(facts, "area")};
	instant_t opened = json_int(facts, "opened", INSTANT_NONE);
	return law_scope(site->law, &place, today, opened == INSTANT_NONE ? DAY_NONE : instant_day(opened), arena);
}

/* What the program itself put into a stream's first entry: {"stream": {"area", "procedure", "number"}}. */
static json_t *first_state(const char *agency, instant_t at, const json_t *body, struct arena *arena)
{
	const json_t *own = json_object_get(body, "stream");
	struct law_place place = {.agency = agency, .area = json_str(own, "area")};
	json_t *state = law_state_new(&place, json_str(own, "procedure"), at, arena);
	json_put_str(json_object_get(state, "facts"), "case-number", json_str(own, "number"));
	return state;
}

static json_t *shared(json_t *(*copy)(json_t *), const json_t *state, const char *member)
{
	json_t *out = copy(json_object_get(state, member));
	BUG_ON(out == NULL);
	return out;
}

static json_t *copy_whole(json_t *value)
{
	return json_deep_copy(value);
}

/* A state to fold an entry into. Folding sets facts and adds to the entries of its kind, never changing what is in them; duties it changes in place. */
static json_t *next_state(const json_t *before, const char *kind, struct arena *arena)
{
	json_t *state = json_tie(arena, json_object()), *entries = shared(json_copy, before, "entries"), *same = json_object_get(entries, kind);
	if (same != NULL)
		json_put(entries, kind, json_copy(same));
	json_put(state, "facts", shared(json_copy, before, "facts"));
	json_put(state, "entries", entries);
	json_put(state, "duties", shared(copy_whole, before, "duties"));
	return state;
}

int state_after(const struct site *site, const json_t *before, const char *agency, const struct law_act *act, int64_t number, struct arena *arena, json_t **out,
                struct err *err)
{
	json_t *state = before == NULL ? first_state(agency, act->at, act->body, arena) : next_state(before, act->kind, arena);
	struct law_scope *scope = state_scope(site, state, instant_day(act->at), arena);
	struct law_act kept = *act; /* who a person was is in no entry: a rebuild would fold otherwise than the append did */
	kept.by_roles = NULL;
	int rc = law_fold(scope, state, &kept, number, arena, err);
	if (rc == 0)
		*out = state;
	return rc;
}

bool case_key_parse(const char *key, char agency_out[19], int *year_out, int64_t *number_out)
{
	size_t len = strlen(key);
	if (len < 18 + 1 + 4 + 1 + 1 || len > 40 || key[18] != '-' || key[23] != '-')
		return false;
	int64_t year;
	if (!text_int(key + 19, 4, &year) || !text_int(key + 24, len - 24, number_out) || *number_out < 1)
		return false;
	memcpy(agency_out, key, 18);
	agency_out[18] = '\0';
	*year_out = (int)year;
	return true;
}

const char *state_handler(const json_t *state)
{
	static const char *const begun[] = {"filing.proposed", "source.registered", "application.submitted", "inspection.planned"};
	const char *named = json_str(json_object_get(state, "facts"), "handler");
	for (size_t i = 0; named == NULL && i < sizeof(begun) / sizeof(begun[0]); i++)
		named = json_str(json_array_get(json_object_get(json_object_get(state, "entries"), begun[i]), 0), "by");
	return named == NULL ? "" : named;
}

instant_t state_closed(const json_t *state)
{
	const json_t *approved = json_object_get(json_object_get(state, "entries"), "closing.approved");
	if (!json_bool(json_object_get(state, "facts"), "closed"))
		return INSTANT_NONE;
	return json_int(json_array_get(approved, json_array_size(approved) - 1), "at", INSTANT_NONE);
}
