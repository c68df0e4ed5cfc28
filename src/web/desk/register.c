/* desk.agencies, desk.agency, desk.officers, desk.officer. */
#include "base/text.h"
#include "web/handlers.h"
#include "web/view.h"
#include "work/registers.h"

#define SOON_DAYS 90

int page_desk_agencies(struct request *rq, struct response *out, struct err *err)
{
	json_t *list, *doc = json_tie(rq->arena, json_object()), *rows = json_array();
	int rc = agency_list(rq->site, request_text(rq, "area"), rq->arena, &list, err);
	if (rc != 0)
		return rc;
	const json_t *one;
	size_t i;
	json_array_foreach(list, i, one) {
		json_t *item = json_deep_copy(one);
		json_put_str(item, "url", arena_printf(rq->arena, "/desk/agencies/%s", json_str(one, "code")));
		json_push(rows, item);
	}
	bool may = actor_has(&rq->actor, "supervisor") || actor_has(&rq->actor, "system-admin");
	json_put(doc, "add-url", may ? json_string("/desk/agencies/new/acts/agency.registered") : json_null());
	json_put(doc, "agencies", rows);
	out->doc = doc;
	return 0;
}

/* Kinds of a register's stream that this person may append. */
static json_t *next_kinds(struct request *rq, const char *stream, const char *agency, const char *area, const char *base)
{
	struct law_place place = {.agency = agency, .area = area};
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	const json_t *listed = law_rules(rq->site->law, NULL, "kinds", rq->arena);
	json_array_foreach(listed, i, one) {
		const char *kind = json_str(one, "kind") != NULL ? json_str(one, "kind") : json_str(one, "rule");
		struct law_kind_info info;
		if (kind == NULL || !law_kind(rq->site->law, kind, &info) || !text_eq(info.stream, stream))
			continue;
		struct law_act act = {.kind = info.kind, .at = rq->now, .by = rq->actor.user, .by_roles = rq->actor.roles, .body = json_tie(rq->arena, json_object())};
		struct law_scope *scope = law_scope(rq->site->law, &place, instant_day(rq->now), DAY_NONE, rq->arena);
		const struct law_verdict *verdict = law_judge(scope, law_state_new(&place, NULL, rq->now, rq->arena), &act, rq->arena);
		bool role = true;
		for (const struct law_refusal *r = verdict->refusals; r != NULL; r = r->next)
			role = role && r->reason != LAW_ROLE;
		if (!role)
			continue;
		json_t *item = json_object();
		json_put_str(item, "title", info.title);
		json_put_str(item, "url", arena_printf(rq->arena, "%s/acts/%s", base, info.kind));
		bool known = false;
		const json_t *before;
		size_t k;
		json_array_foreach(out, k, before)
			known = known || text_eq(json_str(before, "url"), json_str(item, "url"));
		if (known)
			json_decref(item);
		else
			json_push(out, item);
	}
	return out;
}

static void add_fact(json_t *fields, const char *title, const char *text)
{
	json_t *item = json_object();
	json_put_str(item, "title", title);
	json_put(item, "text", text == NULL || *text == '\0' ? json_null() : json_string(text));
	json_put_bool(item, "wide", false);
	json_put(item, "table", json_null());
	json_put(item, "files", json_array());
	json_push(fields, item);
}

int page_desk_agency(struct request *rq, struct response *out, struct err *err)
{
	const char *code = request_text(rq, "code");
	json_t *found, *doc = json_tie(rq->arena, json_object()), *agency = json_object(), *fields = json_array(), *lists = json_array(), *owed;
	int rc = agency_doc(rq->site, &rq->actor, code, rq->arena, &found, err);
	if (rc == 0)
		rc = agency_duties(rq->site, &rq->actor, code, rq->arena, &owed, err);
	if (rc != 0)
		return rc;
	static const char *const same[] = {"code", "name", "area-name", "kind"};
	for (size_t i = 0; i < 4; i++)
		json_put_str(agency, same[i], text_or_empty(json_str(found, same[i])));
	json_put(doc, "agency", agency);
	add_fact(fields, "负责人", json_str(found, "head"));
	add_fact(fields, "联系电话", json_str(found, "phone"));
	add_fact(fields, "监督电话", json_str(found, "supervision-phone"));
	add_fact(fields, "机关代字", json_str(found, "abbreviation"));
	add_fact(fields, "执法领域", json_joined(rq->arena, json_object_get(found, "spheres"), "、"));
	json_put(doc, "fields", fields);
	json_t *duties = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(owed, i, one)
		json_push(duties, view_duty(one));
	json_array_foreach(json_object_get(found, "lists"), i, one) {
		json_t *item = json_object();
		const json_t *last = json_array_get(json_object_get(one, "rows"), 0), *row;
		int64_t waiting = 0;
		size_t k;
		json_array_foreach(json_object_get(one, "rows"), k, row)
			waiting += !json_bool(row, "published");
		json_put_str(item, "title", text_or_empty(json_str(one, "title")));
		json_put_str(item, "cite", text_or_empty(json_str(one, "cite")));
		json_put_str(item, "columns", text_or_empty(json_str(one, "columns")));
		json_put_int(item, "count", json_int(one, "count", 0));
		json_put_int(item, "waiting", waiting);
		json_put(item, "updated-text", last == NULL ? json_null() : json_string(text_or_empty(json_str(last, "updated"))));
		json_put_str(item, "url", arena_printf(rq->arena, "/agencies/%s#list-%s", code, text_or_empty(json_str(one, "id"))));
		json_push(lists, item);
	}
	json_put(doc, "lists", lists);
	json_put_str(doc, "officers-url", arena_printf(rq->arena, "/desk/officers?agency=%s", code));
	json_put_str(doc, "portal-url", arena_printf(rq->arena, "/agencies/%s", code));
	json_put(doc, "next", next_kinds(rq, "agency", code, text_or_empty(json_str(found, "area")), arena_printf(rq->arena, "/desk/agencies/%s", code)));
	json_put(doc, "duties", duties);
	out->title = json_str(agency, "name");
	out->doc = doc;
	return 0;
}

static json_t *officer_item(struct request *rq, const json_t *one)
{
	json_t *item = json_deep_copy(one);
	int64_t left = json_int(one, "days-left", INT64_MAX);
	bool good = text_eq(json_str(one, "status"), "有效");
	json_put_str(item, "unit", text_or_empty(json_str(one, "unit")));
	json_put_str(item, "post", text_or_empty(json_str(one, "post")));
	json_put_str(item, "valid-from", text_or_empty(json_str(one, "valid-from")));
	json_put_str(item, "valid-to", text_or_empty(json_str(one, "valid-to")));
	json_put_str(item, "kinds-text", json_joined(rq->arena, json_object_get(one, "kinds"), "、"));
	json_put_str(item, "url", arena_printf(rq->arena, "/desk/officers/%s", json_str(one, "id")));
	json_put_str(item, "standing", !good || left < 0 ? "late" : left <= SOON_DAYS ? "amber" : "met");
	json_put_str(item, "status", good && left < 0 ? "已过期" : text_or_empty(json_str(one, "status")));
	json_put(item, "days-left-text", left > SOON_DAYS ? json_null() : json_string(left < 0 ? arena_printf(rq->arena, "已过期 %lld 天", (long long)-left)
	                                                                                    : arena_printf(rq->arena, "还有 %lld 天", (long long)left)));
	return item;
}

int page_desk_officers(struct request *rq, struct response *out, struct err *err)
{
	const char *code = request_text(rq, "agency");
	struct agency agency = {.name = NULL};
	json_t *list, *doc = json_tie(rq->arena, json_object()), *rows = json_array();
	if (code == NULL)
		code = text_or_empty(rq->actor.agency);
	/* who belongs to no agency (an administrator of the site) has none listed until one is named */
	int rc = *code == '\0' ? 0 : agency_get(rq->site, NULL, code, rq->arena, &agency, err);
	if (rc == 0)
		rc = officer_list(rq->site, code, rq->arena, &list, err);
	if (rc != 0)
		return rc;
	int64_t days = request_int(rq, "days", INT64_MAX), soon = 0;
	const json_t *one;
	size_t i;
	json_array_foreach(list, i, one) {
		int64_t left = json_int(one, "days-left", INT64_MAX);
		soon += left <= SOON_DAYS;
		if (left <= days)
			json_push(rows, officer_item(rq, one));
	}
	json_put(doc, "agency-name", agency.name == NULL ? json_null() : json_string(agency.name));
	json_put_int(doc, "count", (int64_t)json_array_size(rows));
	json_put_int(doc, "soon", soon);
	bool may = actor_has(&rq->actor, "supervisor") || actor_has(&rq->actor, "system-admin");
	json_put(doc, "add-url", may ? json_string("/desk/officers/new/acts/officer.certified") : json_null());
	json_put(doc, "officers", rows);
	out->doc = doc;
	return 0;
}

static int life(struct request *rq, const char *type, const char *key, json_t **out, struct err *err)
{
	struct entry *list;
	size_t count;
	struct db_conn *conn;
	int rc = db_acquire(rq->site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = journal_stream(rq->site->journal, conn, type, key, 0, 500, rq->arena, &list, &count, err);
	db_release(conn);
	if (rc != 0)
		return rc;
	*out = json_array();
	for (size_t i = count; i-- > 0;) {
		json_t *item = json_object();
		struct law_kind_info kind;
		json_put_str(item, "title", law_kind(rq->site->law, list[i].kind, &kind) ? kind.title : list[i].kind);
		json_put_int(item, "number", list[i].number);
		json_put_str(item, "at-text", instant_format_zh(rq->arena, list[i].at));
		json_put_str(item, "by-name", text_eq(list[i].by, "sanzhi") ? "本程序" : list[i].by);
		json_push(*out, item);
	}
	return 0;
}

int page_desk_officer(struct request *rq, struct response *out, struct err *err)
{
	const char *id = request_text(rq, "id");
	json_t *found, *doc = json_tie(rq->arena, json_object()), *fields = json_array(), *entries;
	int rc = officer_doc(rq->site, &rq->actor, id, rq->arena, &found, err);
	if (rc == 0)
		rc = life(rq, "officer", id, &entries, err);
	if (rc != 0)
		return rc;
	json_t *item = officer_item(rq, found);
	add_fact(fields, "证号", json_str(item, "certificate"));
	add_fact(fields, "所在机关", json_str(item, "agency-name"));
	add_fact(fields, "执法类别", json_str(item, "kinds-text"));
	add_fact(fields, "有效期", arena_printf(rq->arena, "%s 至 %s", json_str(item, "valid-from"), json_str(item, "valid-to")));
	out->title = json_str(item, "name");
	json_put(doc, "officer", item);
	json_put(doc, "fields", fields);
	json_put(doc, "next", next_kinds(rq, "officer", text_or_empty(json_str(found, "agency")), rq->actor.area, arena_printf(rq->arena, "/desk/officers/%s", id)));
	json_put(doc, "entries", entries);
	out->doc = doc;
	return 0;
}
