/* The portal: what anybody may read. Only what was published, and the law itself. */
#include "base/text.h"
#include "web/handlers.h"
#include "web/view.h"
#include "work/publication.h"
#include "work/registers.h"

#define PAGE_ROWS 20
#define LATEST_ROWS 8

/* --- lists ----------------------------------------------------------------------------------------------------------- */

static json_t *publication_row(const json_t *one)
{
	json_t *item = json_deep_copy(one);
	json_put_str(item, "date-text", text_or_empty(json_str(one, "published")));
	json_put_str(item, "published-text", text_or_empty(json_str(one, "published")));
	json_put_bool(item, "changed", json_bool(one, "changed"));
	return item;
}

static json_t *publication_rows(const json_t *found)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(json_object_get(found, "publications"), i, one)
		json_push(out, publication_row(one));
	return out;
}

int page_portal_home(struct request *rq, struct response *out, struct err *err)
{
	struct publication_query query = {.limit = LATEST_ROWS};
	json_t *found, *figures, *doc = json_tie(rq->arena, json_object());
	int year, month, day;
	int rc = publication_list(rq->site, &query, rq->arena, &found, err);
	if (rc == 0)
		rc = publication_figures(rq->site, rq->arena, &figures, err);
	if (rc != 0)
		return rc;
	day_to_ymd(instant_day(rq->now), &year, &month, &day);
	json_put(doc, "latest", publication_rows(found));
	json_put_int(doc, "year", year);
	json_put(doc, "figures", json_incref(figures));
	out->doc = doc;
	return 0;
}

static int agency_options(struct request *rq, const char *chosen, json_t **out, struct err *err)
{
	json_t *list;
	int rc = agency_list(rq->site, NULL, rq->arena, &list, err);
	if (rc != 0)
		return rc;
	*out = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(list, i, one)
		json_push(*out, view_option(json_str(one, "code"), json_str(one, "name"), text_eq(json_str(one, "code"), chosen)));
	return 0;
}

static json_t *act_options(struct request *rq, const char *chosen)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	const json_t *words = json_object_get(law_vocabulary(rq->site->law), "acts");
	json_array_foreach(words, i, one)
		json_push(out, view_option(json_string_value(one), json_string_value(one), text_eq(json_string_value(one), chosen)));
	return out;
}

int page_portal_list(struct request *rq, struct response *out, struct err *err)
{
	static const char *const names[] = {"q", "agency", "area", "act"};
	struct publication_query query = {
	    .text = request_text(rq, "q"),
	    .agency = request_text(rq, "agency"),
	    .area = request_text(rq, "area"),
	    .act = request_text(rq, "act"),
	    .before = request_text(rq, "before"),
	    .limit = (int)request_int(rq, "limit", PAGE_ROWS),
	};
	json_t *found, *agencies, *doc = json_tie(rq->arena, json_object()), *filters = json_array(), *echo = json_object();
	int rc = publication_list(rq->site, &query, rq->arena, &found, err);
	if (rc == 0)
		rc = agency_options(rq, query.agency, &agencies, err);
	if (rc != 0)
		return rc;
	json_put_str(echo, "q", text_or_empty(query.text));
	json_put(doc, "query", echo);
	json_push(filters, view_filter("agency", "执法机关", agencies));
	json_push(filters, view_filter("act", "执法类别", act_options(rq, query.act)));
	json_put(doc, "filters", filters);
	json_t *rows = publication_rows(found);
	json_put_str(doc, "count-text", arena_printf(rq->arena, "本页 %zu 条", json_array_size(rows)));
	json_put(doc, "publications", rows);
	const char *next = json_str(found, "next");
	json_put(doc, "next", next == NULL ? json_null() : json_string(next));
	json_put(doc, "first-url", query.before == NULL ? json_null() : json_string("/publications"));
	json_put(doc, "next-url", json_null());
	if (next != NULL) {
		struct buf url;
		buf_init(&url, rq->arena, 4096);
		buf_addf(&url, "/publications?before=%s", next);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			const char *value = request_text(rq, names[i]);
			if (value == NULL)
				continue;
			buf_addf(&url, "&%s=", names[i]);
			buf_add_url(&url, value, strlen(value));
		}
		json_put_str(doc, "next-url", url.data);
	}
	out->doc = doc;
	return 0;
}

/* --- one publication ---------------------------------------------------------------------------------------------------- */

static json_t *shown_rows(const json_t *shown)
{
	static const struct {
		const char *key, *title;
		bool wide;
	} rows[] = {{"number", "决定书文号", false}, {"party", "当事人", false}, {"agency", "执法机关", false}, {"date", "决定日期", false},
	            {"facts", "违法事实（事项）", true}, {"basis", "法律依据", true}, {"decision", "执法决定", true},
	            {"performance", "履行情况", true}};
	json_t *out = json_array();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = json_str(shown, rows[i].key);
		if (text == NULL || *text == '\0')
			continue;
		json_t *item = json_object();
		json_put_str(item, "title", rows[i].title);
		json_put_str(item, "text", text);
		json_put_bool(item, "wide", rows[i].wide);
		json_push(out, item);
	}
	return out;
}

static json_t *paragraphs(struct arena *arena, const char *text)
{
	json_t *out = json_array();
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		if (len > 0)
			json_push_str(out, arena_strndup(arena, text, len));
		text += len + (text[len] == '\n');
	}
	return out;
}

int page_portal_publication(struct request *rq, struct response *out, struct err *err)
{
	const char *id = request_text(rq, "id");
	json_t *found, *doc = json_tie(rq->arena, json_object()), *item = json_object();
	int rc = publication_doc(rq->site, id, rq->arena, &found, err);
	if (rc != 0)
		return rc;
	bool withdrawn = json_bool(found, "withdrawn");
	const json_t *shown = json_object_get(found, "shown");
	const char *title = withdrawn ? "已撤下的公示" : text_or_empty(json_str(shown, "title")), *text = text_or_empty(json_str(shown, "text"));
	json_put_str(item, "id", id);
	json_put_str(item, "title", *title == '\0' ? text_or_empty(json_str(found, "number")) : title);
	json_put_str(item, "act", text_or_empty(json_str(found, "act")));
	json_put_str(item, "agency-name", text_or_empty(json_str(found, "agency-name")));
	json_put_str(item, "published-text", text_or_empty(json_str(found, "published")));
	json_put(item, "withdrawn", json_null());
	json_put(item, "shown", json_null());
	if (withdrawn) {
		json_t *gone = json_object();
		json_put_str(gone, "date-text", text_or_empty(json_str(found, "withdrawn-on")));
		json_put_str(gone, "reason", text_or_empty(json_str(found, "reason")));
		json_put(gone, "cite", json_null());
		json_put(item, "withdrawn", gone);
	} else {
		json_t *body = json_object(), *full = json_object();
		json_put(body, "rows", shown_rows(shown));
		json_put(full, "paragraphs", paragraphs(rq->arena, text));
		json_put(body, "full", *text == '\0' ? json_null() : json_incref(full));
		json_decref(full);
		json_put(item, "shown", body);
	}
	json_put(item, "changes", json_incref(json_object_get(found, "changes")));
	int64_t entry = json_int(found, "entry", 0);
	const char *proof = arena_printf(rq->arena, "/p/%lld", (long long)entry);
	json_put(item, "qr", view_qr(rq->arena, arena_printf(rq->arena, "%s%s", rq->site->base_url, proof)));
	json_put_str(item, "log-index-text", arena_printf(rq->arena, "记录编号 %lld", (long long)entry));
	json_put_str(item, "proof-url", proof);
	json_put_str(item, "correct-url", arena_printf(rq->arena, "/agencies/%s#facts", text_or_empty(json_str(found, "agency"))));
	out->title = json_str(item, "title");
	json_put(doc, "publication", item);
	out->doc = doc;
	return 0;
}

/* --- agencies ------------------------------------------------------------------------------------------------------------- */

int page_portal_agencies(struct request *rq, struct response *out, struct err *err)
{
	json_t *list, *doc = json_tie(rq->arena, json_object()), *rows = json_array();
	int rc = agency_list(rq->site, request_text(rq, "area"), rq->arena, &list, err);
	if (rc != 0)
		return rc;
	const json_t *one;
	size_t i;
	json_array_foreach(list, i, one) {
		json_t *item = json_deep_copy(one);
		json_put_str(item, "url", arena_printf(rq->arena, "/agencies/%s", json_str(one, "code")));
		json_push(rows, item);
	}
	json_put(doc, "agencies", rows);
	out->doc = doc;
	return 0;
}

static json_t *public_officers(struct request *rq, const json_t *officers)
{
	json_t *out = json_array();
	const json_t *one, *area;
	size_t i, k;
	json_array_foreach(officers, i, one) {
		if (!text_eq(json_str(one, "kind"), "执法人员") || !text_eq(json_str(one, "status"), "有效"))
			continue;
		json_t *item = json_object();
		const char *areas = "";
		json_put_str(item, "name", text_or_empty(json_str(one, "name")));
		json_put_str(item, "unit", text_or_empty(json_str(one, "unit")));
		json_put_str(item, "post", text_or_empty(json_str(one, "post")));
		json_put_str(item, "certificate", text_or_empty(json_str(one, "certificate")));
		json_put_str(item, "kinds-text", json_joined(rq->arena, json_object_get(one, "kinds"), "、"));
		json_array_foreach(json_object_get(one, "areas"), k, area)
			areas = arena_printf(rq->arena, "%s%s", areas, text_or_empty(law_division_name(rq->site->law, json_string_value(area))));
		json_put_str(item, "areas-text", areas);
		json_push(out, item);
	}
	return out;
}

static json_t *fact(const char *title, const char *text)
{
	json_t *item = json_object();
	json_put_str(item, "title", title);
	json_put(item, "text", text == NULL || *text == '\0' ? json_null() : json_string(text));
	json_put_bool(item, "wide", false);
	json_put(item, "table", json_null());
	json_put(item, "files", json_array());
	return item;
}

static json_t *public_lists(const json_t *lists)
{
	json_t *out = json_array();
	const json_t *one, *row, *cell;
	size_t i, k, n;
	json_array_foreach(lists, i, one) {
		json_t *item = json_object(), *rows = json_array(), *columns = json_array();
		const char *updated = NULL;
		json_array_foreach(json_object_get(one, "rows"), k, row) {
			if (!json_bool(row, "published"))
				continue;
			updated = json_str(row, "updated");
			if (json_array_size(columns) == 0)
				json_array_foreach(json_object_get(row, "cells"), n, cell)
					json_push_str(columns, text_or_empty(json_str(cell, "title")));
			json_push(rows, json_deep_copy(row));
		}
		json_put_str(item, "id", text_or_empty(json_str(one, "id")));
		json_put_str(item, "title", text_or_empty(json_str(one, "title")));
		json_put_str(item, "cite", text_or_empty(json_str(one, "cite")));
		json_put(item, "updated-text", updated == NULL ? json_null() : json_string(updated));
		json_put_bool(item, "has-rows", json_array_size(rows) > 0);
		json_put(item, "columns", columns);
		json_put(item, "rows", rows);
		json_push(out, item);
	}
	return out;
}

int page_portal_agency(struct request *rq, struct response *out, struct err *err)
{
	json_t *found, *doc = json_tie(rq->arena, json_object()), *agency = json_object(), *fields = json_array();
	struct actor nobody = actor_public();
	int rc = agency_doc(rq->site, &nobody, request_text(rq, "code"), rq->arena, &found, err);
	if (rc != 0)
		return rc;
	json_put_str(agency, "name", text_or_empty(json_str(found, "name")));
	json_put_str(agency, "area-name", text_or_empty(json_str(found, "area-name")));
	json_put_str(agency, "kind", text_or_empty(json_str(found, "kind")));
	json_push(fields, fact("统一社会信用代码", json_str(found, "code")));
	json_push(fields, fact("负责人", json_str(found, "head")));
	json_push(fields, fact("联系电话", json_str(found, "phone")));
	json_push(fields, fact("监督电话", json_str(found, "supervision-phone")));
	json_put(doc, "fields", fields);
	json_put(doc, "lists", public_lists(json_object_get(found, "lists")));
	json_put(doc, "officers", public_officers(rq, json_object_get(found, "officers")));
	out->title = json_str(agency, "name");
	json_put(doc, "agency", agency);
	out->doc = doc;
	return 0;
}
