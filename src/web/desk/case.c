/* desk.case, desk.entry, desk.file, desk.cases, desk.work, desk.new. */
#include "base/text.h"
#include "web/handlers.h"
#include "web/view.h"
#include "work/casefile.h"
#include "work/registers.h"

#define PAGE_ROWS 30
#define AGENCIES_OFFERED ((size_t)200) /* a choice of more is none */

/* --- my work --------------------------------------------------------------------------------------------------------- */

static void add_duties(json_t *out, const json_t *list)
{
	const json_t *duty;
	size_t i;
	json_array_foreach(list, i, duty) {
		json_t *item = view_duty(duty);
		json_put_str(item, "case-number", text_or_empty(json_str(duty, "number")));
		json_push(out, item);
	}
}

static json_t *waiting_rows(const json_t *list)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(list, i, one) {
		json_t *item = json_object();
		json_put_str(item, "title", text_or_empty(json_str(one, "act")));
		json_put_str(item, "url", text_or_empty(json_str(one, "url")));
		json_put_str(item, "case-number", text_or_empty(json_str(one, "number")));
		json_put_str(item, "case-title", text_or_empty(json_str(one, "title")));
		json_put_str(item, "from-name", text_or_empty(json_str(one, "from")));
		json_put_str(item, "since-text", text_or_empty(json_str(one, "since")));
		json_push(out, item);
	}
	return out;
}

/* A handler sees the own cases first, who leads or approves those of the whole agency. */
static bool own_work(const struct request *rq)
{
	const char *asked = request_text(rq, "scope");
	bool leads = actor_has(&rq->actor, "unit-head") || actor_has(&rq->actor, "head");
	return asked != NULL ? text_eq(asked, "own") : actor_has(&rq->actor, "handler") && !leads;
}

/* The way to the other of the two, with how much is there. */
static json_t *work_scopes(struct request *rq, const json_t *work, bool own)
{
	static const char *const ids[] = {"own", "agency"}, *const titles[] = {"我承办的", "本机关全部"};
	json_t *scopes = json_array();
	for (size_t i = 0; actor_has(&rq->actor, "handler") && i < 2; i++) {
		json_t *one = json_object();
		json_put_str(one, "title", titles[i]);
		json_put_str(one, "url", arena_printf(rq->arena, "/desk?scope=%s", ids[i]));
		json_put_int(one, "count", json_int(work, ids[i], 0));
		json_put_bool(one, "current", own == (i == 0));
		json_push(scopes, one);
	}
	return scopes;
}

int page_desk_work(struct request *rq, struct response *out, struct err *err)
{
	static const char *const weekdays[] = {"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"};
	json_t *work;
	bool own = own_work(rq);
	int rc = case_my_work(rq->site, &rq->actor, own, rq->arena, &work, err);
	if (rc != 0)
		return rc;
	json_t *doc = json_tie(rq->arena, json_object()), *scopes = work_scopes(rq, work, own), *duties = json_array(), *counts = json_object();
	day_t today = instant_day(rq->now);
	json_put_str(doc, "today-text", arena_printf(rq->arena, "%s %s", day_format_zh(rq->arena, today), weekdays[day_weekday(today)]));
	bool working;
	const char *why = NULL;
	struct err ignored;
	err_init(&ignored, rq->arena);
	if (calendar_is_working(law_calendar(rq->site->law), today, &working, &why, &ignored) != 0)
		json_put_str(doc, "today-note", "今年的工作日历还没有装入");
	else
		json_put(doc, "today-note", working ? json_null() : json_sprintf("休息日%s%s", why == NULL ? "" : "，", text_or_empty(why)));
	static const char *const groups[] = {"late", "amber", "open"};
	for (size_t i = 0; i < 3; i++) {
		add_duties(duties, json_object_get(work, groups[i]));
		json_put_int(counts, groups[i], (int64_t)json_array_size(json_object_get(work, groups[i])));
	}
	json_t *waiting = waiting_rows(json_object_get(work, "waiting"));
	json_put_int(counts, "waiting", (int64_t)json_array_size(waiting));
	json_put(doc, "counts", counts);
	json_put_bool(doc, "has-duties", json_array_size(duties) > 0);
	json_put(doc, "duties", duties);
	json_put_bool(doc, "has-waiting", json_array_size(waiting) > 0);
	json_put(doc, "waiting", waiting);
	json_put_bool(doc, "more", json_bool(work, "more"));
	json_put_bool(doc, "has-scopes", json_array_size(scopes) > 0);
	json_put(doc, "scopes", scopes);
	out->doc = doc;
	return 0;
}

/* --- the list ---------------------------------------------------------------------------------------------------------- */

static json_t *procedure_options(struct request *rq, const char *chosen)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	const json_t *offered = law_procedures(rq->site->law);
	json_array_foreach(offered, i, one)
		json_push(out, view_option(json_str(one, "id"), json_str(one, "title"), text_eq(json_str(one, "id"), chosen)));
	return out;
}

static json_t *stage_options(struct request *rq, const char *chosen)
{
	json_t *out = json_array(), *title;
	const char *id;
	json_t *words = json_object_get(law_vocabulary(rq->site->law), "stages");
	json_object_foreach(words, id, title)
		json_push(out, view_option(id, json_string_value(title), text_eq(id, chosen)));
	return out;
}

static json_t *late_options(const char *chosen)
{
	json_t *out = json_array();
	json_push(out, view_option("late", "已逾期", text_eq(chosen, "late")));
	json_push(out, view_option("amber", "三天内到期", text_eq(chosen, "amber")));
	return out;
}

static int agency_options(struct request *rq, const char *chosen, json_t *filters, struct err *err)
{
	json_t *list, *options = json_array();
	const json_t *one;
	size_t i;
	struct agency agency;
	int rc = agency_names(rq->site, AGENCIES_OFFERED, rq->arena, &list, err);
	if (rc != 0)
		return rc;
	/* Of a whole province's a page of the tower leads to each one's cases; here stands the one that was chosen there. */
	if (json_array_size(list) == 0 && chosen != NULL && agency_get(rq->site, NULL, chosen, rq->arena, &agency, err) == 0)
		json_push(options, view_option(agency.code, agency.name, true));
	json_array_foreach(list, i, one)
		json_push(options, view_option(json_str(one, "code"), json_str(one, "name"), text_eq(json_str(one, "code"), chosen)));
	json_push(filters, view_filter("agency", "机关", options));
	return 0;
}

/* Adds to a case of a list what only the page shows. */
static void show_row(struct request *rq, json_t *item)
{
	const char *standing = json_str(item, "standing"), *due = text_or_empty(json_str(item, "due"));
	const char *title = json_str(json_find(law_procedures(rq->site->law), "id", json_str(item, "procedure")), "title");
	json_put_str(item, "procedure-title", title != NULL ? title : text_or_empty(json_str(item, "act")));
	if (text_eq(standing, "none")) {
		json_put(item, "duty", json_null());
		return;
	}
	json_t *duty = json_object();
	json_put_str(duty, "standing", standing);
	json_put_str(duty, "remaining-text", arena_printf(rq->arena, "%s", view_standing(standing)));
	json_put_str(duty, "title", arena_printf(rq->arena, "%s 止", due));
	json_put(item, "duty", duty);
}

/* This list's address with another cursor. */
static const char *next_url(struct request *rq, const char *path, const char *const *names, size_t n, const char *next)
{
	struct buf url;
	buf_init(&url, rq->arena, 4096);
	buf_addf(&url, "%s?before=", path);
	buf_add_url(&url, next, strlen(next));
	for (size_t i = 0; i < n; i++) {
		const char *value = request_text(rq, names[i]);
		if (value == NULL)
			continue;
		buf_addf(&url, "&%s=", names[i]);
		buf_add_url(&url, value, strlen(value));
	}
	return url.data;
}

int page_desk_cases(struct request *rq, struct response *out, struct err *err)
{
	static const char *const names[] = {"q", "agency", "procedure", "stage", "status", "late", "from", "to"};
	struct case_query query = {
	    .text = request_text(rq, "q"),
	    .agency = request_text(rq, "agency"),
	    .procedure = request_text(rq, "procedure"),
	    .stage = request_text(rq, "stage"),
	    .status = request_text(rq, "status"),
	    .late = request_text(rq, "late"),
	    .opened_from = request_day(rq, "from"),
	    .opened_to = request_day(rq, "to"),
	    .before = request_text(rq, "before"),
	    .limit = (int)request_int(rq, "limit", PAGE_ROWS),
	};
	if (query.opened_from != DAY_NONE && query.opened_to != DAY_NONE && query.opened_from > query.opened_to) { /* the days between the two, whichever was given first */
		day_t last = query.opened_from;
		query.opened_from = query.opened_to;
		query.opened_to = last;
	}
	json_t *found, *doc = json_tie(rq->arena, json_object()), *rows, *filters = json_array(), *echo = json_object();
	int rc = case_list(rq->site, &rq->actor, &query, rq->arena, &found, err);
	if (rc == 0 && actor_has(&rq->actor, "supervisor"))
		rc = agency_options(rq, query.agency, filters, err);
	if (rc != 0)
		return rc;
	json_t *one;
	size_t i;
	rows = json_incref(json_object_get(found, "cases"));
	json_array_foreach(rows, i, one)
		show_row(rq, one);
	json_push(filters, view_filter("procedure", "程序", procedure_options(rq, query.procedure)));
	json_push(filters, view_filter("stage", "阶段", stage_options(rq, query.stage)));
	json_push(filters, view_filter("late", "期限", late_options(query.late)));
	json_put_str(echo, "q", text_or_empty(query.text));
	json_put_bool(echo, "filtered", query.agency != NULL || query.procedure != NULL || query.stage != NULL || query.status != NULL || query.late != NULL ||
	                                    query.opened_from != DAY_NONE || query.opened_to != DAY_NONE);
	json_put_str(echo, "from", query.opened_from == DAY_NONE ? "" : day_format(rq->arena, query.opened_from));
	json_put_str(echo, "to", query.opened_to == DAY_NONE ? "" : day_format(rq->arena, query.opened_to));
	json_put(doc, "query", echo);
	json_put(doc, "filters", filters);
	json_put_bool(doc, "has-cases", json_array_size(rows) > 0);
	json_put_str(doc, "count-text", arena_printf(rq->arena, "本页 %zu 件", json_array_size(rows)));
	json_put(doc, "cases", rows);
	const char *next = json_str(found, "next");
	json_put_bool(doc, "more", next != NULL);
	json_put(doc, "next", next == NULL ? json_null() : json_string(next));
	json_put(doc, "first-url", query.before == NULL ? json_null() : json_string("/desk/cases"));
	json_put(doc, "next-url", next == NULL ? json_null() : json_string(next_url(rq, "/desk/cases", names, sizeof(names) / sizeof(names[0]), next)));
	out->doc = doc;
	return 0;
}

/* --- the case ------------------------------------------------------------------------------------------------------------ */

static json_t *rail(const json_t *stages)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(stages, i, one) {
		json_t *item = json_object();
		bool done = json_bool(one, "done"), current = json_bool(one, "current");
		json_put_str(item, "title", text_or_empty(json_str(one, "title")));
		json_put_str(item, "state", done ? "done" : current ? "current" : "ahead");
		json_put_str(item, "state-text", done ? "已过" : current ? "进行中" : "未到");
		json_put_bool(item, "current", current);
		json_push(out, item);
	}
	return out;
}

static json_t *head(const json_t *found)
{
	static const char *const same[] = {"procedure-title", "title", "number", "status", "agency-name"};
	json_t *out = json_object();
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		json_put_str(out, same[i], text_or_empty(json_str(found, same[i])));
	json_put_bool(out, "major", json_bool(found, "major"));
	json_put_bool(out, "urgent", json_bool(found, "urgent"));
	const char *secrecy = json_str(found, "secrecy");
	json_put(out, "secrecy", text_eq(secrecy, "公开") ? json_null() : json_string(text_or_empty(secrecy)));
	json_put_str(out, "party-text", *text_or_empty(json_str(found, "party")) == '\0' ? "未登记" : json_str(found, "party"));
	json_put_str(out, "handler-text", *text_or_empty(json_str(found, "handler")) == '\0' ? "未指派" : json_str(found, "handler"));
	json_put_str(out, "opened-text", text_or_empty(json_str(found, "opened")));
	json_t *by = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(json_object_get(found, "major-by"), i, one) {
		json_t *item = json_object();
		json_put_str(item, "text", text_or_empty(json_str(one, "title")));
		json_put_str(item, "cite", text_or_empty(json_str(one, "cite")));
		json_push(by, item);
	}
	json_put(out, "major-by", by);
	return out;
}

#define BUTTONS_MAX 5 /* more than this is a list, not a choice */

/* Where the newest of the entries that belong to the usual order stands in it; -1: nowhere yet. */
static int64_t place_reached(const json_t *places, const json_t *timeline)
{
	const json_t *one;
	size_t i;
	int64_t newest = 0, reached = -1;
	json_array_foreach(timeline, i, one) {
		int64_t number = json_int(one, "number", 0), place = json_int(places, text_or_empty(json_str(one, "kind")), -1);
		if (place >= 0 && number > newest) {
			newest = number;
			reached = place;
		}
	}
	return reached;
}

/* {kind: how far ahead it is in the procedure's usual order, seen from where the case has come to}, without those that are done already. What was passed over comes last, what is
 * nearest first. */
static const json_t *places_ahead(struct request *rq, const json_t *found)
{
	json_t *places = json_tie(rq->arena, json_object()), *out = json_tie(rq->arena, json_object());
	const json_t *procedure = json_find(law_procedures(rq->site->law), "id", json_str(found, "procedure"));
	const json_t *flow = json_object_get(procedure, "flow"), *timeline = json_object_get(found, "timeline"), *one;
	const char *kind;
	size_t i;
	json_array_foreach(flow, i, one)
		json_put_int(places, json_string_value(one), (int64_t)i);
	int64_t length = (int64_t)json_array_size(flow), reached = place_reached(places, timeline);
	json_object_foreach(places, kind, one) {
		int64_t place = json_integer_value(one);
		json_put_int(out, kind, place > reached ? place - reached : length + reached - place);
	}
	json_array_foreach(timeline, i, one)
		(void)json_object_del(out, text_or_empty(json_str(one, "kind")));
	return out;
}

static json_t *next_item(const json_t *one)
{
	json_t *item = json_object();
	const json_t *warnings = json_object_get(one, "warnings");
	json_put_str(item, "title", text_or_empty(json_str(one, "title")));
	json_put_str(item, "url", text_or_empty(json_str(one, "url")));
	json_put_str(item, "kind", text_or_empty(json_str(one, "kind")));
	json_put_str(item, "stage-title", text_or_empty(json_str(one, "stage-title")));
	json_put_bool(item, "primary", false);
	json_put(item, "warnings", warnings == NULL ? json_array() : json_deep_copy(warnings));
	return item;
}

/* What usually comes next stands as buttons, in its order; what else may be noted stands in a fold. */
static void put_next(const json_t *found, const json_t *ahead, json_t *doc)
{
	const json_t *allowed = json_object_get(found, "next"), *one;
	json_t *next = json_array(), *more = json_array(), *folded = json_object();
	size_t i, used = 0, coming[BUTTONS_MAX] = {0};
	for (int64_t after = -1, least = 0; used < BUTTONS_MAX && least >= 0; after = least) {
		least = -1;
		json_array_foreach(allowed, i, one) {
			int64_t place = json_int(ahead, json_str(one, "kind"), -1);
			if (place <= after || (least >= 0 && place >= least))
				continue;
			least = place;
			coming[used] = i;
		}
		if (least >= 0)
			used++;
	}
	for (size_t k = 0; k < used; k++) {
		json_t *item = next_item(json_array_get(allowed, coming[k]));
		json_put_bool(item, "primary", k == 0);
		json_push(next, item);
	}
	json_array_foreach(allowed, i, one) {
		bool shown = false;
		for (size_t k = 0; k < used; k++)
			shown = shown || coming[k] == i;
		if (!shown)
			json_push(more, next_item(one));
	}
	json_put_int(folded, "count", (int64_t)json_array_size(more));
	bool any = json_array_size(more) > 0;
	json_put(folded, "list", more);
	json_put_bool(doc, "has-next", json_array_size(next) > 0);
	json_put(doc, "next", next);
	json_put(doc, "more-acts", any ? json_incref(folded) : json_null());
	json_decref(folded);
}

static json_t *refusal_row(const json_t *refusal)
{
	json_t *why = json_object();
	json_put_str(why, "say", text_or_empty(json_str(refusal, "say")));
	json_put_str(why, "cite", text_or_empty(json_str(refusal, "cite")));
	json_put(why, "mend", json_str(refusal, "mend") == NULL ? json_null() : json_string(json_str(refusal, "mend")));
	return why;
}

static void put_blocked(const json_t *found, const json_t *ahead, json_t *doc)
{
	const json_t *not_now = json_object_get(found, "not-now"), *one, *refusal;
	json_t *blocked = json_array();
	size_t i, k;
	json_array_foreach(not_now, i, one) {
		const json_t *refusals_known = json_object_get(one, "refusals");
		json_t *item = json_object(), *refusals = json_array();
		json_put_str(item, "title", text_or_empty(json_str(one, "title")));
		json_array_foreach(refusals_known, k, refusal)
			json_push(refusals, refusal_row(refusal));
		json_put(item, "refusals", refusals);
		/* What usually comes sooner stands first. */
		if (json_object_get(ahead, text_or_empty(json_str(one, "kind"))) == NULL)
			json_push(blocked, item);
		else
			BUG_ON(json_array_insert_new(blocked, 0, item) != 0);
	}
	json_put_bool(doc, "has-blocked", json_array_size(blocked) > 0);
	json_put_int(doc, "blocked-count", (int64_t)json_array_size(blocked));
	json_put(doc, "blocked", blocked);
}

static void put_duties(struct request *rq, const json_t *found, json_t *doc)
{
	json_t *open = json_array(), *done = json_array();
	const json_t *duty;
	size_t i;
	json_array_foreach(json_object_get(found, "duties"), i, duty) {
		const char *standing = json_str(duty, "standing");
		bool over = text_eq(standing, "met") || text_eq(standing, "met-late") || text_eq(standing, "excused");
		json_push(over ? done : open, view_duty(duty));
	}
	(void)rq;
	json_put_bool(doc, "has-done-duties", json_array_size(done) > 0);
	json_put(doc, "duties", open);
	json_put(doc, "done-duties", done);
}

static void add_paper(json_t *papers, const char *url, const char *title, const char *note)
{
	json_t *item = json_object();
	json_put_str(item, "url", url);
	json_put_str(item, "title", title);
	json_put_str(item, "note", note);
	json_push(papers, item);
}

static json_t *papers(struct request *rq, const json_t *found, const char *key)
{
	json_t *out = json_array();
	bool decided = false;
	for (size_t i = 0; case_decision_kinds[i] != NULL; i++)
		decided = decided || json_find(json_object_get(found, "timeline"), "kind", case_decision_kinds[i]) != NULL;
	if (decided)
		add_paper(out, arena_printf(rq->arena, "/desk/cases/%s/decision.pdf", key), "决定书（PDF）", "带查验二维码");
	const json_t *one;
	size_t i;
	json_array_foreach(json_object_get(found, "timeline"), i, one)
		if (text_eq(json_str(one, "kind"), "publication.published"))
			add_paper(out, arena_printf(rq->arena, "/publications/%s.%lld", key, (long long)json_int(one, "number", 0)), "公示页面", text_or_empty(json_str(one, "at")));
	return out;
}

/* The page is made of the case's entries and state, the agency's name, the names of those who acted (which no entry changes once
 * they are there), the rulebook and the clock. */
static const char *stamp_of(struct request *rq, int64_t head_number, const char *agency_name)
{
	return arena_printf(rq->arena, "%lld %s", (long long)head_number, agency_name);
}

/* Lets the page be kept until a limit runs out, if it was made of what was glanced at: another entry may have come between. */
static void keep_case(struct request *rq, const char *stamp, const json_t *found, struct response *out)
{
	instant_t until = INT64_MAX;
	const json_t *duty;
	size_t i;
	json_array_foreach(json_object_get(found, "duties"), i, duty) {
		int64_t due = json_int(duty, "due", 0);
		if (due >= rq->now && due < until)
			until = due + 1; /* late is what is later than the limit */
	}
	if (json_bool(found, "names-known") && text_eq(stamp, stamp_of(rq, json_int(found, "expect", 0), text_or_empty(json_str(found, "agency-name")))))
		response_keep(rq, stamp, until, out);
}

int page_desk_case(struct request *rq, struct response *out, struct err *err)
{
	const char *key = request_text(rq, "key");
	struct case_glance glance;
	int rc = case_glance(rq->site, &rq->actor, key, rq->arena, &glance, err);
	if (rc != 0)
		return rc;
	const char *stamp = stamp_of(rq, glance.head, glance.agency_name);
	if (response_kept(rq, stamp, out))
		return case_note_reading(rq->site, &rq->actor, key, &glance, rq->arena, err);
	json_t *found, *doc = json_tie(rq->arena, json_object()), *entries = json_array();
	rc = case_doc(rq->site, &rq->actor, key, rq->arena, &found, err);
	if (rc != 0)
		return rc;
	json_put(doc, "case", head(found));
	json_put_str(doc, "key", key);
	json_put_int(doc, "expect", json_int(found, "expect", 0));
	json_put(doc, "stages", rail(json_object_get(found, "rail")));
	const json_t *ahead = places_ahead(rq, found);
	put_next(found, ahead, doc);
	put_blocked(found, ahead, doc);
	put_duties(rq, found, doc);
	json_put(doc, "papers", papers(rq, found, key));
	const json_t *one;
	size_t i;
	json_array_foreach(json_object_get(found, "timeline"), i, one)
		json_push(entries, view_entry(one));
	json_put_int(doc, "entry-count", (int64_t)json_array_size(entries));
	json_put(doc, "entries", entries);
	json_put(doc, "grounds", json_deep_copy(json_object_get(found, "grounds")));
	out->title = arena_printf(rq->arena, "%s %s", text_or_empty(json_str(found, "number")), text_or_empty(json_str(found, "title")));
	out->doc = doc;
	keep_case(rq, stamp, found, out);
	return 0;
}

int page_desk_entry(struct request *rq, struct response *out, struct err *err)
{
	const char *key = request_text(rq, "key");
	json_t *found, *doc = json_tie(rq->arena, json_object()), *the_case = json_object(), *proof = json_object();
	int rc = case_entry_doc(rq->site, &rq->actor, key, request_int(rq, "number", 0), rq->arena, &found, err);
	if (rc != 0)
		return rc;
	json_put_str(the_case, "url", arena_printf(rq->arena, "/desk/cases/%s", key));
	json_put_str(the_case, "number", text_or_empty(json_str(found, "case-number")));
	json_put_str(the_case, "title", text_or_empty(json_str(found, "case-title")));
	json_put(doc, "case", the_case);
	json_put(doc, "entry", view_entry(found));
	json_put_str(proof, "leaf", text_or_empty(json_str(found, "leaf")));
	json_put_str(proof, "sm3", text_or_empty(json_str(found, "sm3")));
	int64_t index = json_int(found, "index", -1), size = journal_size(rq->site->journal);
	json_put_str(proof, "index", index < 0 ? "等待编入" : arena_printf(rq->arena, "%lld", (long long)index));
	json_put(proof, "checkpoint-size", index >= 0 && index < size ? json_integer(size) : json_null());
	json_put(proof, "download-url", index < 0 ? json_null() : json_string(arena_printf(rq->arena, "/p/%lld", (long long)json_int(found, "id", 0))));
	json_put(doc, "proof", proof);
	json_put_str(doc, "bytes", text_or_empty(json_str(found, "bytes")));
	bool may_correct = text_eq(rq->actor.agency, json_str(found, "agency"));
	json_put(doc, "correct-url", may_correct ? json_string(arena_printf(rq->arena, "/desk/cases/%s/acts/entry.corrected", key)) : json_null());
	out->title = json_str(found, "title");
	out->doc = doc;
	return 0;
}

int page_desk_file(struct request *rq, struct response *out, struct err *err)
{
	struct entry_file *file = ARENA_NEW(rq->arena, struct entry_file);
	int rc = case_file_info(rq->site, &rq->actor, request_text(rq, "key"), request_int(rq, "number", 0), request_int(rq, "position", -1), rq->arena, file, err);
	if (rc == 0)
		response_file(out, file, request_text(rq, "download") != NULL);
	return rc;
}

/* --- a new case ------------------------------------------------------------------------------------------------------------ */

int page_desk_new(struct request *rq, struct response *out, struct err *err)
{
	struct agency agency = {.name = ""};
	/* The three administrators are of no agency; the page tells them that they open no cases. */
	bool nowhere = rq->actor.agency == NULL || *rq->actor.agency == '\0';
	int rc = nowhere ? 0 : agency_get(rq->site, NULL, rq->actor.agency, rq->arena, &agency, err);
	if (rc != 0)
		return rc;
	json_t *doc = json_tie(rq->arena, json_object()), *procedures = json_array(), *instruments = json_array();
	const json_t *one;
	size_t i;
	const json_t *offered = law_procedures(rq->site->law);
	json_array_foreach(offered, i, one) {
		if (nowhere || !law_kind_open_to(rq->site->law, json_str(one, "opens"), rq->actor.roles))
			continue;
		json_t *item = json_object();
		struct law_kind_info kind;
		json_put_str(item, "title", text_or_empty(json_str(one, "title")));
		json_put_str(item, "procedure", text_or_empty(json_str(one, "id")));
		json_put_str(item, "url", arena_printf(rq->arena, "/desk/new/%s", json_str(one, "id")));
		json_put_str(item, "note", law_kind(rq->site->law, text_or_empty(json_str(one, "opens")), &kind) ? arena_printf(rq->arena, "从“%s”开始", kind.title) : "");
		json_put_str(item, "cite", text_or_empty(law_cite(rq->site->law, text_or_empty(json_str(one, "clause")))));
		json_push(procedures, item);
	}
	json_put_str(doc, "agency-name", agency.name);
	json_put_bool(doc, "has-procedures", json_array_size(procedures) > 0);
	json_put(doc, "procedures", procedures);
	struct law_place place = {.agency = agency.code, .area = agency.area};
	const json_t *binding = law_binding(law_scope(rq->site->law, &place, instant_day(rq->now), DAY_NONE, rq->arena), rq->arena);
	json_array_foreach(binding, i, one) {
		json_t *item = json_object();
		json_put_str(item, "title", text_or_empty(json_str(one, "title")));
		json_put_str(item, "level-title", text_or_empty(json_str(one, "level-title")));
		json_put_str(item, "in-force-text", text_or_empty(json_str(one, "in-force")));
		json_push(instruments, item);
	}
	json_put(doc, "instruments", instruments);
	out->doc = doc;
	return 0;
}
