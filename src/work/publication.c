#include "work/publication.h"

#include "base/text.h"
#include "redact/strike.h"
#include "work/registers.h"
#include "work/search.h"
#include "work/sight.h"
#include "work/state.h"

#define ENTRIES_MAX ((size_t)5000)
#define STRIKES_MAX ((size_t)4096)
#define ADDRESS_MIN 4 /* characters: a shorter one names a town, not a door */

/* --- the case's entries ------------------------------------------------------------------------------------------- */

struct entries {
	struct entry *list;
	size_t count;
};

static int load(struct site *site, struct db_conn *conn, const char *key, struct arena *arena, struct entries *out, struct err *err)
{
	return journal_stream(site->journal, conn, "case", key, 0, ENTRIES_MAX, arena, &out->list, &out->count, err);
}

static const struct entry *newest(const struct entries *entries, const char *kind)
{
	for (size_t i = entries->count; i-- > 0;)
		if (text_eq(entries->list[i].kind, kind))
			return &entries->list[i];
	return NULL;
}

/* --- what is struck ----------------------------------------------------------------------------------------------- */

struct strikes {
	struct strike list[STRIKES_MAX];
	size_t count;
	bool full; /* something was left out: nothing may leave */
};

static void add(struct strikes *strikes, const char *text, enum strike_class class)
{
	if (text == NULL || *text == '\0' || (class == STRIKE_ADDRESS && utf8_count(text, strlen(text)) < ADDRESS_MIN))
		return;
	for (size_t i = 0; i < strikes->count; i++)
		if (text_eq(strikes->list[i].text, text))
			return;
	strikes->full = strikes->full || strikes->count == STRIKES_MAX;
	if (strikes->full)
		return;
	strikes->list[strikes->count++] = (struct strike){.text = text, .class = class};
}

static void add_person(struct strikes *strikes, const json_t *person)
{
	add(strikes, json_str(person, "name"), STRIKE_PERSON);
	add(strikes, json_str(person, "id-number"), STRIKE_ID_NUMBER);
	add(strikes, json_str(person, "phone"), STRIKE_CONTACT);
	add(strikes, json_str(person, "bank-account"), STRIKE_BANK);
	const json_t *address = json_object_get(person, "address");
	add(strikes, json_is_string(address) ? json_string_value(address) : json_str(address, "detail"), STRIKE_ADDRESS);
}

/* A party that is an organisation keeps its name and address; its account and telephone go. */
static void add_party(struct strikes *strikes, const json_t *party)
{
	const char *type = json_str(party, "type");
	if (text_eq(type, "公民") || type == NULL) {
		add_person(strikes, party);
		return;
	}
	add(strikes, json_str(party, "bank-account"), STRIKE_BANK);
	add(strikes, json_str(party, "phone"), STRIKE_CONTACT);
	add(strikes, json_str(party, "id-number"), STRIKE_ID_NUMBER);
}

/* Persons and parties anywhere in a body: objects with a name beside a number, telephone or address. */
static void add_from(struct strikes *strikes, const json_t *value)
{
	const json_t *member;
	if (json_is_array(value)) {
		size_t i;
		json_array_foreach(value, i, member)
			add_from(strikes, member);
		return;
	}
	if (!json_is_object(value))
		return;
	if (json_str(value, "id") != NULL && json_str(value, "certificate") != NULL)
		return; /* an officer acts in public */
	if (json_str(value, "type") != NULL && json_str(value, "name") != NULL)
		add_party(strikes, value);
	else if (json_object_get(value, "uscc") != NULL)
		add(strikes, json_str(value, "phone"), STRIKE_CONTACT); /* an organisation's name and seat are public */
	else if (json_str(value, "name") != NULL &&
	         (json_object_get(value, "id-number") != NULL || json_object_get(value, "phone") != NULL || json_object_get(value, "address") != NULL))
		add_person(strikes, value);
	const char *key;
	json_object_foreach((json_t *)(uintptr_t)value, key, member)
		add_from(strikes, member);
}

/* Numbers of persons in any text of a value: a field may well hold what belongs to another. */
static void find_in(struct strikes *strikes, const char *text, struct arena *arena)
{
	struct strike found[64];
	size_t n = strike_find(arena, text_or_empty(text), found, 64);
	strikes->full = strikes->full || n > 64;
	for (size_t i = 0; i < n && i < 64; i++)
		add(strikes, found[i].text, found[i].class);
}

/* What may be shown comes first, so that it stands for itself: the legal representative (yn-gs-10.1), an organisation's name (yn-gs-9), the agency's own. */
static void gather(struct strikes *strikes, const struct entries *entries, const json_t *facts, const char *agency_name)
{
	const json_t *party = json_object_get(facts, "party");
	const char *type = json_str(party, "type");
	add(strikes, agency_name, STRIKE_KEPT);
	add(strikes, json_str(party, "legal-representative"), STRIKE_KEPT);
	if (type != NULL && !text_eq(type, "公民"))
		add(strikes, json_str(party, "name"), STRIKE_KEPT);
	for (size_t i = 0; i < entries->count; i++)
		add_from(strikes, entries->list[i].body);
}

/* --- the draft ------------------------------------------------------------------------------------------------------ */

/* A natural person by surname, an organisation by name: yn-gs-9. */
static const char *party_shown(struct arena *arena, const json_t *party)
{
	const char *name = json_str(party, "name"), *type = json_str(party, "type");
	if (name == NULL)
		return "";
	return type == NULL || text_eq(type, "公民") ? strike_name(arena, name) : name;
}

static const char *cited(const struct site *site, const json_t *clauses, struct arena *arena)
{
	if (json_is_string(clauses))
		return json_string_value(clauses);
	const char *out = "";
	const json_t *item;
	size_t i;
	json_array_foreach(clauses, i, item) {
		const char *cite = law_cite(site->law, json_string_value(item));
		out = arena_printf(arena, "%s%s%s", out, *out == '\0' ? "" : "；", cite == NULL ? json_string_value(item) : cite);
	}
	return out;
}

/* What was decided, whichever act decided it: a decision says it in words, the others in their fields. */
static const char *decided(const json_t *body, struct arena *arena)
{
	static const char *const said[] = {"content", "measure", "conclusion", "kind"};
	const json_t *sanctions = json_object_get(body, "sanctions"), *one;
	const char *out = "";
	size_t i;
	if (json_str(body, "content") == NULL && json_array_size(sanctions) > 0) {
		json_array_foreach(sanctions, i, one)
			out = arena_printf(arena, "%s%s%s", out, *out == '\0' ? "" : "、", json_string_value(one));
		int64_t fine = json_int(body, "fine", 0);
		return fine > 0 ? arena_printf(arena, "%s %s 元", out, money_format(arena, fine)) : out;
	}
	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (json_str(body, said[i]) != NULL)
			return json_str(body, said[i]);
	return "";
}

/* A finding says its facts as its content and what was decided as its conclusion. */
static const char *facts_of(const struct entry *decision)
{
	const char *facts = json_str(decision->body, "facts");
	if (facts == NULL)
		facts = json_str(decision->body, text_eq(decision->kind, "decision.none") ? "reason" : "content");
	return text_or_empty(facts);
}

static const char *outcome_of(const struct entry *decision, struct arena *arena)
{
	if (text_eq(decision->kind, "finding.concluded"))
		return text_or_empty(json_str(decision->body, "conclusion"));
	return decided(decision->body, arena);
}

/* An inspection cites its basis in the notice of it. */
static const json_t *basis_of(const struct entries *entries, const struct entry *decision)
{
	const json_t *basis = json_object_get(decision->body, "basis");
	const struct entry *notice = basis == NULL ? newest(entries, "inspection.notice") : NULL;
	return notice == NULL ? basis : json_object_get(notice->body, "basis");
}

static const char *number_of(const struct entry *decision, const json_t *facts)
{
	const char *number = json_str(decision->body, "number");
	return number != NULL ? number : text_or_empty(json_str(facts, "case-number"));
}

static const char *subject_of(const struct entry *decision)
{
	if (text_eq(decision->kind, "measure.decided"))
		return "强制措施或者执行决定";
	return text_eq(decision->kind, "finding.concluded") ? "检查结果" : "执法决定";
}

static const char *procedure_title(const struct site *site, const char *id)
{
	const json_t *one;
	size_t i;
	json_array_foreach(law_procedures(site->law), i, one)
		if (text_eq(json_str(one, "id"), id))
			return text_or_empty(json_str(one, "title"));
	return "";
}

/* How the decision was carried out, where that is known already. */
static const char *performance_of(const struct entries *entries, struct arena *arena)
{
	const struct entry *performed = newest(entries, "performance.recorded");
	if (performed == NULL)
		return "";
	const char *done = text_or_empty(json_str(performed->body, "done")), *account = text_or_empty(json_str(performed->body, "account"));
	return *account == '\0' ? done : arena_printf(arena, "%s。%s", done, account);
}

/* The text to begin with: the decision's own fields, one paragraph each. */
static const char *full_text(const struct site *site, const json_t *facts, const struct entries *entries, const struct entry *decision, struct arena *arena)
{
	const json_t *party = json_object_get(facts, "party");
	return arena_printf(arena, "%s\n\n当事人：%s\n\n%s\n\n依据：%s\n\n决定：%s\n\n%s\n\n%s", number_of(decision, facts), text_or_empty(json_str(party, "name")), facts_of(decision),
	                    cited(site, basis_of(entries, decision), arena), outcome_of(decision, arena), text_or_empty(json_str(decision->body, "remedies")),
	                    day_format_zh(arena, instant_day(decision->at)));
}

static const struct entry *decision_of(const struct entries *entries)
{
	static const char *const kinds[] = {"decision.made", "simple.decided", "measure.decided", "finding.concluded", "decision.none"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct entry *found = newest(entries, kinds[i]);
		if (found != NULL)
			return found;
	}
	return NULL;
}

/* A summary field with the strikes taken out. */
static int put_struck(json_t *doc, const char *key, const char *text, const struct strikes *strikes, struct arena *arena, struct err *err)
{
	char *out;
	json_t *hidden;
	int rc = strike_out(arena, text_or_empty(text), strikes->list, strikes->count, &out, &hidden, err);
	if (rc == 0)
		json_put_str(doc, key, out);
	return rc;
}

static int too_many(struct err *err)
{
	return ERR(err, ERR_LIMIT, "案卷中的个人信息过多，程序不能一一隐去，没有生成公示文本");
}

static int draft_of(struct site *site, const struct entries *entries, const json_t *facts, const char *agency_name, struct arena *arena, json_t *doc, struct err *err)
{
	const struct entry *decision = decision_of(entries);
	if (decision == NULL)
		return ERR(err, ERR_REFUSED, "还没有作出决定或者结论，没有可以公示的结果");
	struct strikes *strikes = ARENA_NEW(arena, struct strikes);
	const char *original = full_text(site, facts, entries, decision, arena);
	gather(strikes, entries, facts, agency_name);
	find_in(strikes, original, arena);
	find_in(strikes, json_str(facts, "title"), arena);
	find_in(strikes, performance_of(entries, arena), arena);
	if (strikes->full)
		return too_many(err);
	char *text;
	json_t *hidden;
	int rc = strike_out(arena, original, strikes->list, strikes->count, &text, &hidden, err);
	if (rc != 0)
		return rc;
	json_t *summary = json_object();
	json_put(doc, "summary", summary);
	json_put_str(doc, "original", original);
	json_put_str(doc, "text", text);
	json_put(doc, "hidden", json_incref(hidden));
	json_put_str(summary, "of", subject_of(decision));
	json_put_str(summary, "method", procedure_title(site, json_str(facts, "procedure")));
	json_put_str(summary, "number", number_of(decision, facts));
	json_put_str(summary, "party-shown", party_shown(arena, json_object_get(facts, "party")));
	json_put_str(summary, "date", day_format(arena, instant_day(decision->at)));
	rc = put_struck(summary, "case-name", json_str(facts, "title"), strikes, arena, err);
	if (rc == 0)
		rc = put_struck(summary, "facts", facts_of(decision), strikes, arena, err);
	if (rc == 0)
		rc = put_struck(summary, "basis", cited(site, basis_of(entries, decision), arena), strikes, arena, err);
	if (rc == 0)
		rc = put_struck(summary, "decision", outcome_of(decision, arena), strikes, arena, err);
	if (rc == 0)
		rc = put_struck(summary, "performance", performance_of(entries, arena), strikes, arena, err);
	return rc;
}

/* Whether the place's form of a proposal has a field. */
static bool asks_for(const struct law_scope *scope, const json_t *state, const char *name, struct arena *arena)
{
	return json_find(json_object_get(law_form(scope, state, "publication.proposed", arena), "fields"), "name", name) != NULL;
}

int publication_draft_doc(struct site *site, const struct actor *actor, const char *key, struct arena *arena, json_t **out, struct err *err)
{
	struct db_conn *conn;
	struct stream_state stored;
	struct entries entries = {0};
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = state_load(conn, "case", key, arena, &stored, err);
	if (rc == 0 && stored.state == NULL)
		rc = ERR(err, ERR_NOT_FOUND, "没有这个案件");
	if (rc == 0)
		rc = sight_may_act(site, conn, actor, "case", stored.agency, stored.state, arena, err);
	if (rc == 0)
		rc = load(site, conn, key, arena, &entries, err);
	db_release(conn);
	if (rc != 0)
		return rc;
	const json_t *facts = json_object_get(stored.state, "facts");
	struct law_scope *scope = state_scope(site, stored.state, instant_day(clock_now(&site->clock)), arena);
	*out = json_tie(arena, json_object());
	json_put_str(*out, "key", key);
	json_put_int(*out, "expect", stored.head);
	json_put_str(*out, "number", json_str(facts, "case-number"));
	json_put_str(*out, "title", text_or_empty(json_str(facts, "title")));
	struct agency agency;
	rc = agency_get(site, NULL, stored.agency, arena, &agency, err);
	if (rc != 0)
		return rc;
	json_put_str(*out, "agency-name", agency.name);
	json_put(*out, "exemptions", json_incref(law_exemptions(scope, stored.state, arena)));
	json_put(*out, "redactions", json_incref(law_redactions(scope, stored.state, arena)));
	json_put_bool(*out, "method-asked", asks_for(scope, stored.state, "method", arena));
	rc = draft_of(site, &entries, facts, agency.name, arena, *out, err);
	struct case_glance glance = {.agency = stored.agency, .secrecy = json_str(facts, "secrecy")};
	return rc == 0 ? case_note_reading(site, actor, key, &glance, arena, err) : rc;
}

/* --- what leaves ---------------------------------------------------------------------------------------------------- */

static void copy_text(json_t *to, const char *as, const json_t *from, const char *key)
{
	json_put_str(to, as, text_or_empty(json_str(from, key)));
}

static const struct {
	const char *key, *title;
} leaving[] = {{"number", "文号"}, {"title", "案件名称"}, {"party", "当事人"}, {"facts", "违法事实或者事项"}, {"basis", "法律依据"}, {"decision", "执法决定"}, {"performance", "履行情况"}, {"text", "公示文本"},
             {"by", "作出机关"}, {"content", "变更情况"}};

/* Each piece that stands in a text although it must be hidden, by its own name: whoever reads the refusal works on this case and must find it. */
static int name_left(const struct strikes *strikes, size_t which, const char *text, struct arena *arena, struct err *err)
{
	struct strike *alone = ARENA_ARRAY(arena, strikes->count + 1, struct strike);
	size_t kept = 1;
	for (size_t i = 0; i < strikes->count; i++)
		if (strikes->list[i].class == STRIKE_KEPT)
			alone[kept++] = strikes->list[i];
	for (size_t i = 0; i < strikes->count; i++) {
		char *struck;
		json_t *hidden;
		if (strikes->list[i].class == STRIKE_KEPT || strstr(text, strikes->list[i].text) == NULL)
			continue;
		alone[0] = strikes->list[i];
		int rc = strike_out(arena, text, alone, kept, &struck, &hidden, err);
		if (rc != 0)
			return rc;
		if (json_array_size(hidden) == 0)
			continue;
		struct diag *diag = err_diag(err, leaving[which].key, "“%s”中还有应当隐去的%s“%s”", leaving[which].title, strike_title(strikes->list[i].class), strikes->list[i].text);
		diag->clause = "yn-gs-10";
		diag->mend = "重新拟公示，隐去后再审核、批准；恰与地名、品名等同字的，换一种写法";
	}
	return 0;
}

/* Whoever proposed or redacted may have written a name or number back in: nothing leaves that holds what must be hidden. */
static int check_shown(const struct strikes *strikes, const json_t *shown, struct arena *arena, struct err *err)
{
	bool left = false;
	for (size_t i = 0; i < sizeof(leaving) / sizeof(leaving[0]); i++) {
		char *struck;
		json_t *hidden;
		const char *text = text_or_empty(json_str(shown, leaving[i].key));
		int rc = strike_out(arena, text, strikes->list, strikes->count, &struck, &hidden, err);
		if (rc == 0 && json_array_size(hidden) > 0) {
			left = true;
			rc = name_left(strikes, i, text, arena, err);
		}
		if (rc != 0)
			return rc;
	}
	return left ? ERR(err, ERR_REFUSED, "公示内容里还有应当隐去的个人信息，不能公示") : 0;
}

static int check_leaving(struct site *site, struct db_conn *conn, const char *key, const struct entries *entries, const json_t *shown, struct arena *arena, struct err *err)
{
	struct stream_state stored;
	struct agency agency;
	int rc = state_load(conn, "case", key, arena, &stored, err);
	if (rc == 0)
		rc = agency_get(site, conn, stored.agency, arena, &agency, err);
	if (rc != 0)
		return rc;
	struct strikes *strikes = ARENA_NEW(arena, struct strikes);
	gather(strikes, entries, json_object_get(stored.state, "facts"), agency.name);
	for (size_t i = 0; i < sizeof(leaving) / sizeof(leaving[0]); i++)
		find_in(strikes, json_str(shown, leaving[i].key), arena);
	return strikes->full ? too_many(err) : check_shown(strikes, shown, arena, err);
}

int publication_shown(struct site *site, struct db_conn *conn, const char *key, struct arena *arena, json_t *body, struct err *err)
{
	struct entries entries = {0};
	int rc = load(site, conn, key, arena, &entries, err);
	if (rc != 0)
		return rc;
	const struct entry *proposed = newest(&entries, "publication.proposed");
	if (proposed == NULL)
		return 0; /* the law's gates refuse it and say why */
	const struct entry *redacted = newest(&entries, "publication.redacted"), *corrected = newest(&entries, "publication.correction-answered");
	bool full = text_eq(json_str(proposed->body, "manner"), "全文");
	json_t *shown = json_object();
	json_put(body, "shown", shown);
	copy_text(shown, "manner", proposed->body, "manner");
	copy_text(shown, "of", proposed->body, "of");
	copy_text(shown, "number", proposed->body, "number");
	copy_text(shown, "title", proposed->body, "case-name");
	copy_text(shown, "party", proposed->body, "party-shown");
	copy_text(shown, "facts", proposed->body, "facts");
	copy_text(shown, "basis", proposed->body, "basis");
	copy_text(shown, "decision", proposed->body, "decision");
	copy_text(shown, "performance", proposed->body, "performance");
	copy_text(shown, "agency", proposed->body, "agency");
	copy_text(shown, "date", proposed->body, "date");
	const char *text = redacted == NULL ? NULL : json_str(redacted->body, "text");
	if (corrected != NULL && redacted != NULL && corrected->number > redacted->number && json_str(corrected->body, "text") != NULL)
		text = json_str(corrected->body, "text");
	if (full && text == NULL)
		return ERR(err, ERR_REFUSED, "全文公示须先作隐去处理并通读核对");
	json_put_str(shown, "text", full ? text : "");
	return check_leaving(site, conn, key, &entries, shown, arena, err);
}

int publication_change(struct site *site, struct db_conn *conn, const char *key, struct arena *arena, json_t *body, struct err *err)
{
	struct entries entries = {0};
	int rc = load(site, conn, key, arena, &entries, err);
	if (rc != 0)
		return rc;
	const struct entry *changed = newest(&entries, "decision.changed");
	const char *how = changed == NULL ? NULL : json_str(changed->body, "how");
	json_t *shown = json_object();
	json_put(body, "shown", shown);
	json_put_str(shown, "how", how == NULL ? "变更" : how);
	copy_text(shown, "by", body, "by");
	copy_text(shown, "number", body, "number");
	copy_text(shown, "date", body, "date");
	copy_text(shown, "content", body, "content");
	return check_leaving(site, conn, key, &entries, shown, arena, err);
}

/* --- the portal ------------------------------------------------------------------------------------------------------ */

static json_t *list_row(struct arena *arena, const struct db_result *rows, size_t i)
{
	json_t *item = json_object();
	json_put_str(item, "id", db_str(rows, i, 0));
	json_put_str(item, "url", arena_printf(arena, "/publications/%s", db_str(rows, i, 0)));
	json_put_str(item, "agency", db_str(rows, i, 2));
	json_put_str(item, "agency-name", db_str(rows, i, 3));
	json_put_str(item, "act", db_str(rows, i, 4));
	bool withdrawn = !db_is_null(rows, i, 9);
	json_put_bool(item, "withdrawn", withdrawn);
	json_put_str(item, "title", withdrawn ? "（已撤下）" : db_str(rows, i, 5));
	json_put_str(item, "party", withdrawn ? "" : db_str(rows, i, 6));
	json_put_str(item, "number", db_str(rows, i, 7));
	json_put_str(item, "published", day_format_zh(arena, instant_day(db_int(rows, i, 8))));
	return item;
}

static int64_t cursor_of(const char *before)
{
	int64_t value;
	return before != NULL && text_int(before, strlen(before), &value) && value > 0 ? value : INT64_MAX;
}

static int search_rows(struct db_conn *conn, enum db_engine engine, const struct publication_query *query, int64_t before, struct arena *arena, json_t *list, int64_t *last,
                       struct err *err)
{
	char *words = search_query(arena, engine, query->text, NULL, 0);
	struct db_result hits, rows;
	*last = 0;
	if (words == NULL)
		return 0;
	int rc = DB_ROWS(conn, SQL_PUBLICATION_SEARCH, 1000, arena, &hits, err, DB_TEXT(words), DB_INT(before), DB_INT(1000));
	for (size_t i = 0; rc == 0 && i < hits.rows && json_array_size(list) < (size_t)query->limit; i++) {
		rc = DB_ROWS(conn, SQL_PUBLICATION_BY_ENTRY, 1, arena, &rows, err, DB_INT(db_int(&hits, i, 0)));
		if (rc != 0 || rows.rows == 0 || !db_is_null(&rows, 0, 9))
			continue; /* what was withdrawn is not found by what it said */
		if (query->agency != NULL && !text_eq(query->agency, db_str(&rows, 0, 2)))
			continue;
		if (query->act != NULL && !text_eq(query->act, db_str(&rows, 0, 4)))
			continue;
		if (query->area != NULL && !text_starts(db_str(&rows, 0, 10), area_digits(arena, query->area)))
			continue;
		json_push(list, list_row(arena, &rows, 0));
		*last = db_int(&hits, i, 0);
	}
	return rc;
}

int publication_list(struct site *site, const struct publication_query *query, struct arena *arena, json_t **out, struct err *err)
{
	struct db_conn *conn;
	struct db_result rows;
	int64_t before = cursor_of(query->before), last = 0;
	json_t *list = json_array();
	*out = json_tie(arena, json_object());
	json_put(*out, "publications", list);
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	if (query->text != NULL && *query->text != '\0') {
		rc = search_rows(conn, db_engine(site->db), query, before, arena, list, &last, err);
	} else {
		rc = DB_ROWS(conn, SQL_PUBLICATION_PAGE, (size_t)query->limit, arena, &rows, err, DB_INT(before), DB_INT(query->limit), DB_TEXT(text_or_empty(query->agency)),
		             DB_TEXT(query->area == NULL ? "" : area_digits(arena, query->area)), DB_TEXT(text_or_empty(query->act)));
		for (size_t i = 0; rc == 0 && i < rows.rows; i++) {
			json_push(list, list_row(arena, &rows, i));
			last = db_int(&rows, i, 1);
		}
	}
	db_release(conn);
	if (rc == 0 && json_array_size(list) == (size_t)query->limit)
		json_put_str(*out, "next", arena_printf(arena, "%lld", (long long)last));
	return rc;
}

/* What became of the decision after it was published: [{date, how, by, number, content}], oldest first. */
static int changes_of(struct site *site, struct db_conn *conn, const char *id, struct arena *arena, json_t **out, struct err *err)
{
	struct entries entries = {0};
	const char *dot = strrchr(id, '.');
	int64_t published = 0;
	*out = json_tie(arena, json_array());
	if (dot == NULL || !text_int(dot + 1, strlen(dot + 1), &published))
		return 0;
	int rc = load(site, conn, arena_strndup(arena, id, (size_t)(dot - id)), arena, &entries, err);
	for (size_t i = 0; rc == 0 && i < entries.count; i++) {
		const struct entry *entry = &entries.list[i];
		const json_t *shown = json_object_get(entry->body, "shown");
		day_t day;
		if (entry->number <= published || shown == NULL || !text_eq(entry->kind, "publication.change-published"))
			continue;
		json_t *item = json_object();
		const char *date = text_or_empty(json_str(shown, "date"));
		json_put_str(item, "date-text", day_parse(date, strlen(date), &day) ? day_format_zh(arena, day) : date);
		copy_text(item, "how", shown, "how");
		copy_text(item, "by", shown, "by");
		copy_text(item, "number", shown, "number");
		copy_text(item, "content", shown, "content");
		json_push(*out, item);
	}
	return rc;
}

int publication_doc(struct site *site, const char *id, struct arena *arena, json_t **out, struct err *err)
{
	struct db_conn *conn;
	struct db_result rows;
	json_t *changes = NULL;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = DB_ROWS(conn, SQL_PUBLICATION_GET, 1, arena, &rows, err, DB_TEXT(id));
	if (rc == 0 && rows.rows > 0)
		rc = changes_of(site, conn, id, arena, &changes, err);
	db_release(conn);
	if (rc != 0)
		return rc;
	if (rows.rows == 0)
		return ERR(err, ERR_NOT_FOUND, "没有这条公示信息");
	json_t *shown = json_loads(db_str(&rows, 0, 12), 0, NULL);
	bool withdrawn = !db_is_null(&rows, 0, 10);
	*out = json_tie(arena, json_object());
	json_put_str(*out, "id", id);
	json_put_int(*out, "entry", db_int(&rows, 0, 2));
	json_put_str(*out, "agency", db_str(&rows, 0, 3));
	json_put_str(*out, "agency-name", db_str(&rows, 0, 4));
	json_put_str(*out, "act", db_str(&rows, 0, 5));
	json_put_str(*out, "number", db_str(&rows, 0, 8));
	json_put_str(*out, "published", day_format_zh(arena, instant_day(db_int(&rows, 0, 9))));
	json_put_bool(*out, "withdrawn", withdrawn);
	json_put_str(*out, "withdrawn-on", withdrawn ? day_format_zh(arena, instant_day(db_int(&rows, 0, 10))) : "");
	json_put_str(*out, "reason", db_str(&rows, 0, 11));
	json_put(*out, "shown", withdrawn || shown == NULL ? json_object() : json_incref(shown));
	json_decref(shown);
	json_put(*out, "changes", json_incref(changes));
	return 0;
}

int publication_figures(struct site *site, struct arena *arena, json_t **out, struct err *err)
{
	struct db_conn *conn;
	struct db_result rows;
	int year, month, day;
	day_t first, next;
	day_to_ymd(instant_day(clock_now(&site->clock)), &year, &month, &day);
	BUG_ON(!day_from_ymd(year, 1, 1, &first) || !day_from_ymd(year + 1, 1, 1, &next));
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = DB_ROWS(conn, SQL_PUBLICATION_FIGURES, 100, arena, &rows, err, DB_INT(day_start(first)), DB_INT(day_start(next)));
	db_release(conn);
	if (rc != 0)
		return rc;
	*out = json_tie(arena, json_array());
	for (size_t i = 0; i < rows.rows; i++) {
		json_t *item = json_object();
		json_put_str(item, "title", arena_printf(arena, "公示%s", db_str(&rows, i, 0)));
		json_put_int(item, "value", db_int(&rows, i, 1));
		json_put_str(item, "unit", "件");
		json_push(*out, item);
	}
	return 0;
}
