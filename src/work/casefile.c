#include "work/casefile.h"

#include "base/text.h"
#include "work/registers.h"
#include "work/show.h"
#include "work/sight.h"
#include "work/state.h"

#define ENTRIES_MAX ((size_t)5000)

/* --- loading one case within sight ---------------------------------------------------------------------------------- */

struct loaded {
	struct stream_state stored;
	const json_t *facts;
	struct law_scope *scope; /* of today */
	instant_t now;
	json_t *forms; /* {kind: law_form}: a case has many entries of few kinds */
	json_t *names; /* {user: name}, null where there is no such user: and of few hands */
};

static int load(struct site *site, struct db_conn *conn, const struct actor *actor, const char *key, struct arena *arena, struct loaded *out, struct err *err)
{
	int rc = state_load(conn, "case", key, arena, &out->stored, err);
	if (rc != 0)
		return rc;
	struct sight sight = sight_of(actor, arena);
	out->facts = json_object_get(out->stored.state, "facts");
	if (out->stored.state == NULL || !sight_sees(&sight, out->stored.agency, json_str(out->facts, "area"), json_str(out->facts, "secrecy")))
		return ERR(err, ERR_NOT_FOUND, "没有这个案件");
	out->now = clock_now(&site->clock);
	out->forms = json_tie(arena, json_object());
	out->names = json_tie(arena, json_object());
	out->scope = state_scope(site, out->stored.state, instant_day(out->now), arena);
	return 0;
}

/* A case marked secret, or one of another agency: who read it is written down. */
int case_note_reading(struct site *site, const struct actor *actor, const char *key, const struct case_glance *glance, struct arena *arena, struct err *err)
{
	bool sensitive = text_eq(glance->secrecy, "秘密") || !text_eq(actor->agency, glance->agency);
	if (!sensitive || text_eq(actor->user, "sanzhi"))
		return 0;
	struct actor program = actor_system(arena);
	json_t *body = json_tie(arena, json_object());
	json_put_str(body, "case", key);
	struct act act = {.stream_type = "user", .stream_key = actor->user, .kind = "user.read", .at = INSTANT_NONE, .body = body, .expect = -1};
	struct act_result result;
	return act_do(site, &program, &act, arena, &result, err);
}

static int note_reading(struct site *site, const struct actor *actor, const struct loaded *loaded, const char *key, struct arena *arena, struct err *err)
{
	struct case_glance glance = {.agency = loaded->stored.agency, .secrecy = json_str(loaded->facts, "secrecy")};
	return case_note_reading(site, actor, key, &glance, arena, err);
}

int case_glance(struct site *site, const struct actor *actor, const char *key, struct arena *arena, struct case_glance *out, struct err *err)
{
	struct db_conn *conn;
	struct db_result rows;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = DB_ROWS(conn, SQL_CASE_GLANCE, 1, arena, &rows, err, DB_TEXT(key));
	db_release(conn);
	if (rc != 0)
		return rc;
	struct sight sight = sight_of(actor, arena);
	if (rows.rows == 0 || !sight_sees(&sight, db_str(&rows, 0, 1), db_str(&rows, 0, 3), db_str(&rows, 0, 4)))
		return ERR(err, ERR_NOT_FOUND, "没有这个案件");
	*out = (struct case_glance){.head = db_int(&rows, 0, 0),
	                            .agency = db_str(&rows, 0, 1),
	                            .agency_name = db_str(&rows, 0, 2),
	                            .area = db_str(&rows, 0, 3),
	                            .secrecy = db_str(&rows, 0, 4)};
	return 0;
}

/* --- the head of the page --------------------------------------------------------------------------------------------- */

static json_t *clauses_cited(const struct site *site, const json_t *clauses)
{
	json_t *out = json_array();
	const json_t *item;
	size_t i;
	json_array_foreach(clauses, i, item) {
		json_t *one = json_object();
		json_put_str(one, "clause", json_string_value(item));
		json_put_str(one, "cite", text_or_empty(law_cite(site->law, json_string_value(item))));
		json_push(out, one);
	}
	return out;
}

static json_t *party_lines(const struct site *site, const json_t *party, struct arena *arena)
{
	static const struct {
		const char *key, *title;
	} lines[] = {{"type", "类型"}, {"name", "名称（姓名）"}, {"uscc", "统一社会信用代码"}, {"legal-representative", "法定代表人"}, {"id-number", "身份证号"}, {"phone", "联系电话"}, {"address", "地址"}};
	json_t *out = json_array();
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *text = show_value(site, NULL, json_object_get(party, lines[i].key), arena);
		if (*text == '\0')
			continue;
		json_t *item = json_object();
		json_put_str(item, "title", lines[i].title);
		json_put_str(item, "text", text);
		json_push(out, item);
	}
	return out;
}

static const char *procedure_title(const struct site *site, const char *procedure)
{
	const char *title = json_str(json_find(law_procedures(site->law), "id", procedure), "title");
	return title != NULL ? title : text_or_empty(procedure);
}

static const char *user_name(struct db_conn *conn, const struct loaded *loaded, const char *id, struct arena *arena)
{
	struct db_result rows;
	struct err ignored;
	err_init(&ignored, arena);
	if (text_eq(id, "sanzhi"))
		return "本程序";
	const json_t *name = json_object_get(loaded->names, id);
	if (name == NULL) {
		bool known = DB_ROWS(conn, SQL_USER_GET, 1, arena, &rows, &ignored, DB_TEXT(id)) == 0 && rows.rows > 0;
		json_put(loaded->names, id, known ? json_string(db_str(&rows, 0, 1)) : json_null());
		name = json_object_get(loaded->names, id);
	}
	return json_is_string(name) ? json_string_value(name) : id;
}

static bool names_known(const struct loaded *loaded)
{
	const char *id;
	json_t *name;
	json_object_foreach(loaded->names, id, name)
		if (json_is_null(name))
			return false;
	return true;
}

static void put_head(struct site *site, struct db_conn *conn, const struct loaded *loaded, const char *key, struct arena *arena, json_t *doc)
{
	const json_t *facts = loaded->facts, *party = json_object_get(facts, "party");
	const char *title = json_str(facts, "title");
	json_put_str(doc, "key", key);
	json_put_int(doc, "expect", loaded->stored.head);
	json_put_str(doc, "number", text_or_empty(json_str(facts, "case-number")));
	json_put_str(doc, "title", title == NULL ? text_or_empty(json_str(facts, "case-number")) : title);
	json_put_str(doc, "status", json_str(facts, "status") == NULL ? "办理中" : json_str(facts, "status"));
	json_put_str(doc, "act", text_or_empty(json_str(facts, "act")));
	json_put_str(doc, "procedure", text_or_empty(json_str(facts, "procedure")));
	json_put_str(doc, "procedure-title", procedure_title(site, json_str(facts, "procedure")));
	json_put_str(doc, "secrecy", json_str(facts, "secrecy") == NULL ? "公开" : json_str(facts, "secrecy"));
	json_put_bool(doc, "secret", text_eq(json_str(facts, "secrecy"), "秘密"));
	json_put_bool(doc, "urgent", json_bool(facts, "urgent"));
	json_put_bool(doc, "major", json_bool(facts, "major"));
	json_put(doc, "major-by", clauses_cited(site, json_object_get(facts, "major-by")));
	json_put_str(doc, "party", text_or_empty(json_str(party, "name")));
	json_put(doc, "party-lines", party_lines(site, party, arena));
	json_put_str(doc, "opened", instant_format_zh(arena, json_int(facts, "opened", 0)));
	const char *handler = state_handler(loaded->stored.state);
	json_put_str(doc, "handler", *handler == '\0' ? "" : user_name(conn, loaded, handler, arena));
	struct agency agency;
	struct err ignored;
	err_init(&ignored, arena);
	bool known = agency_get(site, conn, loaded->stored.agency, arena, &agency, &ignored) == 0;
	json_put_str(doc, "agency", loaded->stored.agency);
	json_put_str(doc, "agency-name", known ? agency.name : loaded->stored.agency);
}

/* The rail: which of the five stages the case has been through, is in, has before it. */
static json_t *rail(struct site *site, const json_t *facts)
{
	static const char *const order[] = {"start", "inquiry", "decision", "service", "archive"};
	const json_t *titles = json_object_get(law_vocabulary(site->law), "stages");
	const char *stage = json_str(facts, "stage");
	size_t at = 0;
	for (size_t i = 0; i < 5; i++)
		if (text_eq(order[i], stage))
			at = i;
	json_t *out = json_array();
	for (size_t i = 0; i < 5; i++) {
		json_t *item = json_object();
		json_put_str(item, "id", order[i]);
		json_put_str(item, "title", text_or_empty(json_str(titles, order[i])));
		json_put_bool(item, "done", i < at);
		json_put_bool(item, "current", i == at);
		json_put_bool(item, "ahead", i > at);
		json_put_int(item, "number", (int64_t)i + 1);
		json_push(out, item);
	}
	return out;
}

/* --- what may be done next ---------------------------------------------------------------------------------------------- */

static json_t *next_acts(const struct actor *actor, const struct loaded *loaded, const char *key, struct arena *arena, json_t *doc)
{
	struct law_act who = {.at = loaded->now, .by = actor->user, .by_roles = sight_roles(actor, loaded->stored.agency, arena)};
	json_t *may = json_array(), *may_not = json_array();
	json_t *item;
	size_t i;
	json_t *coming = law_next(loaded->scope, loaded->stored.state, &who, arena); /* made for this call: its members are put to use as they are */
	json_array_foreach(coming, i, item) {
		const char *kind = json_str(item, "kind");
		bool publish = text_eq(kind, "publication.proposed") || text_eq(kind, "publication.redacted");
		json_put_str(item, "url", publish ? arena_printf(arena, "/desk/cases/%s/publish", key) : arena_printf(arena, "/desk/cases/%s/acts/%s", key, kind));
		if (json_object_get(item, "refusals") == NULL)
			json_put(item, "refusals", json_array());
		json_push(json_bool(item, "allowed") ? may : may_not, json_incref(item));
	}
	json_put(doc, "next", may);
	json_put(doc, "not-now", may_not);
	return may;
}

/* --- the timeline --------------------------------------------------------------------------------------------------------- */

/* The corrections that later entries made to this one: they stand beside it, and change nothing of it. */
static json_t *corrections_of(const struct entry *entries, size_t count, int64_t number, struct arena *arena)
{
	json_t *out = json_array();
	for (size_t i = 0; i < count; i++) {
		if (!text_eq(entries[i].kind, "entry.corrected") || json_int(entries[i].body, "entry", 0) != number)
			continue;
		json_t *item = json_object();
		json_put_int(item, "number", entries[i].number);
		json_put_str(item, "at", instant_format_zh(arena, entries[i].at));
		json_put_str(item, "field", text_or_empty(json_str(entries[i].body, "field")));
		json_put_str(item, "value", text_or_empty(json_str(entries[i].body, "value")));
		json_put_str(item, "reason", text_or_empty(json_str(entries[i].body, "reason")));
		json_push(out, item);
	}
	return out;
}

static const json_t *form_of(const struct loaded *loaded, const char *kind, struct arena *arena)
{
	json_t *form = json_object_get(loaded->forms, kind);
	if (form == NULL) {
		/* of no case in particular: what was written down is shown, also in fields that would not be asked for now */
		form = law_form(loaded->scope, NULL, kind, arena);
		json_put(loaded->forms, kind, form == NULL ? json_null() : json_incref(form));
	}
	return form;
}

static json_t *entry_item(struct site *site, struct db_conn *conn, const struct loaded *loaded, const struct entry *entry, const char *key, struct arena *arena)
{
	struct law_kind_info kind;
	json_t *item = json_object();
	bool known = law_kind(site->law, entry->kind, &kind);
	json_put_int(item, "number", entry->number);
	json_put_str(item, "kind", entry->kind);
	json_put_str(item, "title", known ? kind.title : entry->kind);
	json_put_str(item, "stage", known ? text_or_empty(kind.stage) : "");
	json_put_str(item, "stage-title", known ? text_or_empty(kind.stage_title) : "");
	json_put_bool(item, "internal", known && kind.internal);
	json_put_str(item, "at", instant_format_zh(arena, entry->at));
	json_put_str(item, "at-iso", instant_format(arena, entry->at));
	json_put_str(item, "recorded", instant_format_zh(arena, entry->recorded));
	json_put_bool(item, "late-recorded", entry->recorded - entry->at > INSTANT_DAY);
	json_put_str(item, "by", user_name(conn, loaded, entry->by, arena));
	json_put_str(item, "url", arena_printf(arena, "/desk/cases/%s/entries/%lld", key, (long long)entry->number));
	json_put(item, "fields", json_incref(show_fields(site, form_of(loaded, entry->kind, arena), entry, key, arena)));
	return item;
}

static int timeline(struct site *site, struct db_conn *conn, const struct loaded *loaded, const char *key, struct arena *arena, json_t *doc, struct err *err)
{
	struct entry *entries;
	size_t count;
	int rc = journal_stream(site->journal, conn, "case", key, 0, ENTRIES_MAX, arena, &entries, &count, err);
	if (rc != 0)
		return rc;
	json_t *list = json_array();
	for (size_t i = count; i-- > 0;) { /* newest first */
		json_t *item = entry_item(site, conn, loaded, &entries[i], key, arena);
		json_put(item, "corrections", corrections_of(entries, count, entries[i].number, arena));
		json_push(list, item);
	}
	json_put(doc, "timeline", list);
	json_put_int(doc, "entries", (int64_t)count);
	return 0;
}

static int urgency(const char *standing)
{
	if (text_eq(standing, "late"))
		return 0;
	if (text_eq(standing, "amber"))
		return 1;
	if (text_eq(standing, "open"))
		return 2;
	return text_eq(standing, "suspended") ? 3 : 4;
}

/* Duties by urgency, those that are done last. */
static json_t *duty_list(struct site *site, const struct loaded *loaded, struct arena *arena)
{
	json_t *out = json_array();
	const json_t *duty;
	size_t i;
	for (int wanted = 0; wanted <= 4; wanted++) {
		json_array_foreach(json_object_get(loaded->stored.state, "duties"), i, duty)
			if (urgency(law_duty_standing(site->law, duty, loaded->now)) == wanted)
				json_push(out, json_incref(show_duty(site, duty, loaded->now, true, arena)));
	}
	return out;
}

int case_doc(struct site *site, const struct actor *actor, const char *key, struct arena *arena, json_t **out, struct err *err)
{
	struct db_conn *conn;
	struct loaded loaded;
	*out = json_tie(arena, json_object());
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = load(site, conn, actor, key, arena, &loaded, err);
	if (rc == 0)
		rc = timeline(site, conn, &loaded, key, arena, *out, err);
	if (rc == 0)
		put_head(site, conn, &loaded, key, arena, *out);
	db_release(conn);
	if (rc == 0)
		rc = note_reading(site, actor, &loaded, key, arena, err);
	if (rc != 0)
		return rc;
	json_put_bool(*out, "names-known", names_known(&loaded));
	json_put(*out, "rail", rail(site, loaded.facts));
	json_put(*out, "duties", duty_list(site, &loaded, arena));
	(void)next_acts(actor, &loaded, key, arena, *out);
	json_put(*out, "grounds", json_incref(law_grounds(loaded.scope, loaded.stored.state, loaded.now, arena)));
	return 0;
}

/* --- one entry ---------------------------------------------------------------------------------------------------------- */

static int find_entry(struct site *site, struct db_conn *conn, const char *key, int64_t number, struct arena *arena, struct entry *out, struct err *err)
{
	struct entry *entries;
	size_t count;
	int rc = journal_stream(site->journal, conn, "case", key, number - 1, 1, arena, &entries, &count, err);
	if (rc != 0)
		return rc;
	if (count == 0 || entries[0].number != number)
		return ERR(err, ERR_NOT_FOUND, "没有第 %lld 条记录", (long long)number);
	*out = entries[0];
	return 0;
}

int case_entry_doc(struct site *site, const struct actor *actor, const char *key, int64_t number, struct arena *arena, json_t **out, struct err *err)
{
	struct db_conn *conn;
	struct loaded loaded;
	struct entry entry;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = load(site, conn, actor, key, arena, &loaded, err);
	if (rc == 0)
		rc = find_entry(site, conn, key, number, arena, &entry, err);
	if (rc == 0)
		*out = json_tie(arena, entry_item(site, conn, &loaded, &entry, key, arena));
	db_release(conn);
	if (rc == 0)
		rc = note_reading(site, actor, &loaded, key, arena, err);
	if (rc != 0)
		return rc;
	json_put_str(*out, "key", key);
	json_put_str(*out, "case-number", text_or_empty(json_str(loaded.facts, "case-number")));
	json_put_str(*out, "case-title", text_or_empty(json_str(loaded.facts, "title")));
	json_put_str(*out, "agency", loaded.stored.agency);
	json_put_int(*out, "id", entry.id);
	json_put_int(*out, "index", entry.index);
	json_put_str(*out, "leaf", hex_encode(arena, entry.leaf.bytes, HASH_LEN));
	json_put_str(*out, "salt", hex_encode(arena, entry.salt, JOURNAL_SALT_LEN));
	struct digest sm3 = hash_sm3(entry.bytes, entry.bytes_len);
	json_put_str(*out, "sm3", hex_encode(arena, sm3.bytes, HASH_LEN));
	json_put_str(*out, "bytes", arena_strndup(arena, (const char *)entry.bytes, entry.bytes_len));
	return 0;
}

const char *const case_decision_kinds[] = {"decision.made", "decision.none", "simple.decided", "measure.decided", "finding.concluded", NULL};

int case_decision(struct site *site, const struct actor *actor, const char *key, struct arena *arena, json_t **facts, struct entry *decision, struct err *err)
{
	struct db_conn *conn;
	struct loaded loaded;
	int64_t newest = 0;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = load(site, conn, actor, key, arena, &loaded, err);
	for (size_t i = 0; rc == 0 && case_decision_kinds[i] != NULL; i++) {
		const json_t *made = json_object_get(json_object_get(loaded.stored.state, "entries"), case_decision_kinds[i]);
		int64_t number = json_int(json_array_get(made, json_array_size(made) == 0 ? 0 : json_array_size(made) - 1), "n", 0);
		newest = number > newest ? number : newest;
	}
	if (rc == 0 && newest == 0)
		rc = ERR(err, ERR_NOT_FOUND, "本案还没有作出决定");
	if (rc == 0)
		rc = find_entry(site, conn, key, newest, arena, decision, err);
	db_release(conn);
	if (rc == 0)
		rc = note_reading(site, actor, &loaded, key, arena, err);
	if (rc == 0)
		*facts = (json_t *)(uintptr_t)loaded.facts;
	return rc;
}

int case_file_info(struct site *site, const struct actor *actor, const char *key, int64_t number, int64_t position, struct arena *arena, struct entry_file *out, struct err *err)
{
	struct db_conn *conn;
	struct loaded loaded;
	struct entry entry;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = load(site, conn, actor, key, arena, &loaded, err);
	if (rc == 0)
		rc = find_entry(site, conn, key, number, arena, &entry, err);
	db_release(conn);
	if (rc == 0)
		rc = note_reading(site, actor, &loaded, key, arena, err);
	if (rc != 0)
		return rc;
	if (position < 0 || (size_t)position >= entry.nfiles)
		return ERR(err, ERR_NOT_FOUND, "没有这个文件");
	*out = entry.files[position];
	return 0;
}

/* --- forms ---------------------------------------------------------------------------------------------------------------- */

/* What a field may be chosen from, where the rulebook leaves it to the registers. */
static int put_choices(struct site *site, const char *agency, const char *area, json_t *form, struct arena *arena, struct err *err)
{
	json_t *officers = NULL, *field;
	size_t i;
	json_array_foreach(json_object_get(form, "fields"), i, field) {
		const char *type = json_str(field, "type");
		if ((text_eq(type, "officer") || text_eq(type, "officers")) && officers == NULL) {
			int rc = officer_list(site, agency, arena, &officers, err);
			if (rc != 0)
				return rc;
		}
	}
	json_put(form, "officers", officers == NULL ? json_array() : json_incref(officers));
	json_put(form, "divisions", json_incref(law_divisions(site->law, area, arena)));
	return 0;
}

/* Why this hand may not send the form, whatever it fills in; NULL: it may. */
static const char *denied(struct site *site, const struct actor *actor, const struct loaded *loaded, const char *kind, struct arena *arena)
{
	struct err err;
	err_init(&err, arena);
	if (sight_may_act(site, NULL, actor, "case", loaded->stored.agency, loaded->stored.state, arena, &err) != 0)
		return err.message;
	return law_kind_denied(site->law, kind, sight_roles(actor, loaded->stored.agency, arena), arena);
}

int case_form_doc(struct site *site, const struct actor *actor, const char *key, const char *kind, struct arena *arena, json_t **out, struct err *err)
{
	struct db_conn *conn;
	struct loaded loaded;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	*out = json_tie(arena, json_object());
	rc = load(site, conn, actor, key, arena, &loaded, err);
	if (rc == 0)
		put_head(site, conn, &loaded, key, arena, *out);
	db_release(conn);
	if (rc == 0)
		rc = note_reading(site, actor, &loaded, key, arena, err);
	if (rc != 0)
		return rc;
	json_t *form = law_form(loaded.scope, loaded.stored.state, kind, arena);
	struct law_kind_info info;
	if (form == NULL || !law_kind(site->law, kind, &info) || !text_eq(info.stream, "case"))
		return ERR(err, ERR_NOT_FOUND, "没有“%s”这一类记录", kind);
	rc = put_choices(site, loaded.stored.agency, json_str(loaded.facts, "area"), form, arena, err);
	if (rc != 0)
		return rc;
	json_put(*out, "form", json_incref(form));
	json_put_str(*out, "denied", denied(site, actor, &loaded, kind, arena));
	json_put_str(*out, "now", instant_format(arena, loaded.now));
	const json_t *one;
	size_t i;
	struct law_act who = {.at = loaded.now, .by = actor->user, .by_roles = sight_roles(actor, loaded.stored.agency, arena)};
	json_put(*out, "refusals", json_array());
	const json_t *coming = law_next(loaded.scope, loaded.stored.state, &who, arena);
	json_array_foreach(coming, i, one)
		if (text_eq(json_str(one, "kind"), kind) && !json_bool(one, "allowed"))
			json_put(*out, "refusals", json_deep_copy(json_object_get(one, "refusals")));
	return 0;
}

int case_new_doc(struct site *site, const struct actor *actor, const char *procedure, struct arena *arena, json_t **out, struct err *err)
{
	const json_t *found = NULL, *one;
	size_t i;
	const json_t *offered = law_procedures(site->law);
	json_array_foreach(offered, i, one)
		if (text_eq(json_str(one, "id"), procedure))
			found = one;
	if (found == NULL)
		return ERR(err, ERR_NOT_FOUND, "没有“%s”这一程序", procedure);
	if (actor->agency == NULL || *actor->agency == '\0')
		return ERR(err, ERR_DENIED, "您的账号不属于任何执法机关，不能登记案件");
	struct agency agency;
	int rc = agency_get(site, NULL, actor->agency, arena, &agency, err);
	if (rc != 0)
		return rc;
	instant_t now = clock_now(&site->clock);
	struct law_place place = {.agency = agency.code, .area = agency.area};
	json_t *state = law_state_new(&place, procedure, now, arena);
	struct law_scope *scope = law_scope(site->law, &place, instant_day(now), instant_day(now), arena);
	json_t *form = law_form(scope, state, json_str(found, "opens"), arena);
	rc = put_choices(site, agency.code, agency.area, form, arena, err);
	if (rc != 0)
		return rc;
	*out = json_tie(arena, json_object());
	json_put_str(*out, "procedure", procedure);
	json_put_str(*out, "title", json_str(found, "title"));
	json_put_str(*out, "kind", json_str(found, "opens"));
	json_put(*out, "form", json_incref(form));
	json_put_str(*out, "now", instant_format(arena, now));
	return 0;
}
