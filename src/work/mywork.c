/* What one owes: duties by urgency, and acts that wait for one's hand. */
#include "base/buf.h"
#include "base/text.h"
#include "work/casefile.h"
#include "work/show.h"
#include "work/sight.h"
#include "work/waiting.h"

#define DUTIES_MAX 500
#define WAITING_MAX 200

struct waiting {
	const struct site *site;
	const json_t *hands; /* the actor's roles but the handler's, whose work is in duties and next acts */
	struct arena *arena;
	json_t *out;
	bool more;
};

static void add_waiting(struct waiting *waiting, const struct db_value *row, const json_t *one)
{
	struct law_kind_info kind;
	if (!law_kind_open_to(waiting->site->law, json_str(one, "kind"), waiting->hands) || !law_kind(waiting->site->law, json_str(one, "kind"), &kind))
		return;
	json_t *item = json_object();
	json_put_str(item, "key", row[0].data);
	json_put_str(item, "number", row[1].data);
	json_put_str(item, "title", row[2].data);
	json_put_str(item, "kind", kind.kind);
	json_put_str(item, "act", kind.title);
	json_put_str(item, "from", text_or_empty(json_str(one, "by"))); /* an id here; name_hands makes it a name */
	json_put_str(item, "since", instant_format_zh(waiting->arena, json_int(one, "at", 0)));
	json_put_str(item, "url", arena_printf(waiting->arena, "/desk/cases/%s/acts/%s", (const char *)row[0].data, kind.kind));
	json_push(waiting->out, item);
}

static int each_waiting(void *context, const struct db_value *row, struct err *err UNUSED)
{
	struct waiting *waiting = context;
	const json_t *one;
	size_t i;
	if (json_array_size(waiting->out) >= WAITING_MAX) {
		waiting->more = true;
		return 1;
	}
	json_t *list = json_loadb(row[3].data, row[3].size, 0, NULL);
	json_array_foreach(list, i, one)
		add_waiting(waiting, row, one);
	json_decref(list);
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

static const json_t *hands_of(const struct actor *actor, struct arena *arena)
{
	json_t *hands = json_tie(arena, json_array()), *role;
	size_t i;
	json_array_foreach(actor->roles, i, role)
		if (!text_eq(json_string_value(role), "handler"))
			json_push(hands, json_incref(role));
	return hands;
}

static const char *roles_of(const struct actor *actor, struct arena *arena)
{
	struct buf text;
	const json_t *role;
	size_t i;
	buf_init(&text, arena, 4096);
	buf_addc(&text, ',');
	json_array_foreach(actor->roles, i, role) {
		buf_adds(&text, json_string_value(role));
		buf_addc(&text, ',');
	}
	return text.data;
}

static int add_duties(const struct site *site, struct db_conn *conn, const struct actor *actor, const struct sight *sight, bool own, struct arena *arena, json_t *const lists[3],
                      int64_t counts[2], struct err *err)
{
	struct db_result rows;
	instant_t now = clock_now(&site->clock);
	const char *roles = roles_of(actor, arena);
	int rc = DB_ROWS(conn, SQL_DUTIES_COUNTED, 1, arena, &rows, err, DB_TEXT(sight->code), DB_TEXT(roles), DB_TEXT(actor->user), DB_INT(sight->secret));
	for (size_t i = 0; rc == 0 && i < 2; i++)
		counts[i] = db_int(&rows, 0, 1 - i);
	if (rc == 0)
		rc = DB_ROWS(conn, SQL_DUTIES_OWED, DUTIES_MAX, arena, &rows, err, DB_TEXT(sight->code), DB_TEXT(roles), DB_TEXT(actor->user), DB_INT(own), DB_INT(sight->secret),
		             DB_INT(DUTIES_MAX));
	for (size_t i = 0; rc == 0 && i < rows.rows; i++) {
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
	return rc;
}

int case_my_work(struct site *site, const struct actor *actor, bool own, struct arena *arena, json_t **out, struct err *err)
{
	static const char *const groups[] = {"late", "amber", "open"};
	struct sight sight = sight_of(actor, arena);
	struct db_conn *conn;
	json_t *lists[3];
	int64_t counts[2] = {0, 0}; /* in own cases, in all */
	*out = json_tie(arena, json_object());
	for (size_t i = 0; i < 3; i++)
		json_put(*out, groups[i], lists[i] = json_array());
	struct waiting waiting = {.site = site, .hands = hands_of(actor, arena), .arena = arena, .out = json_array()};
	json_put(*out, "waiting", waiting.out);
	if (sight.range != SIGHT_AGENCY)
		return 0;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = add_duties(site, conn, actor, &sight, own, arena, lists, counts, err);
	const struct db_value of_agency[] = {DB_TEXT(sight.code), DB_INT(sight.secret)};
	if (rc == 0)
		rc = db_each(conn, SQL_CASES_WAITING, of_agency, 2, each_waiting, &waiting, err);
	if (rc == 1)
		rc = 0;
	if (rc == 0)
		rc = name_hands(conn, waiting.out, arena, err);
	db_release(conn);
	json_put_int(*out, "count", (int64_t)(json_array_size(lists[0]) + json_array_size(lists[1]) + json_array_size(lists[2])));
	json_put_int(*out, "own", counts[0]);
	json_put_int(*out, "agency", counts[1]);
	json_put_bool(*out, "more", counts[own ? 0 : 1] > DUTIES_MAX || waiting.more);
	return rc;
}
