/* desk.open(-form), desk.act(-form), desk.judge, desk.publish, the registers' acts: forms made from the rulebook, judged, appended. */
#include "base/text.h"
#include "web/handlers.h"
#include "web/view.h"
#include "work/casefile.h"
#include "work/publication.h"
#include "work/registers.h"

/* --- the form's document ------------------------------------------------------------------------------------------------ */

struct act_page {
	const json_t *form;             /* law_form with officers, divisions */
	const json_t *refusals;         /* known before the fields are filled in */
	const char *denied;             /* why this hand may not send it at all; NULL: it may */
	const char *title, *stage_title;
	const char *case_url, *case_number, *case_title, *party; /* case_url NULL: no case yet */
	const char *action_url, *back_url;
	int64_t expect;
};

static json_t *refusal_rows(const json_t *refusals)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(refusals, i, one) {
		json_t *item = json_object();
		json_put_str(item, "say", text_or_empty(json_str(one, "say")));
		json_put_str(item, "cite", text_or_empty(json_str(one, "cite")));
		json_put(item, "mend", json_str(one, "mend") == NULL ? json_null() : json_string(json_str(one, "mend")));
		json_push(out, item);
	}
	return out;
}

static json_t *cites(struct request *rq, const json_t *clauses)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(clauses, i, one) {
		const char *id = json_is_string(one) ? json_string_value(one) : json_str(one, "clause");
		const char *cite = id == NULL ? NULL : law_cite(rq->site->law, id);
		if (cite != NULL)
			json_push_str(out, cite);
	}
	return out;
}

static json_t *form_doc(struct request *rq, const struct act_page *page, const struct err *err)
{
	json_t *doc = json_tie(rq->arena, json_object()), *at = json_object();
	struct form_view view = {
	    .form = page->form,
	    .given = rq->fields,
	    .err = err,
	    .now = rq->now,
	    .officers = json_object_get(page->form, "officers"),
	    .divisions = json_object_get(page->form, "divisions"),
	    .lists = json_object_get(page->form, "lists"),
	    .agencies = json_object_get(page->form, "agencies"),
	};
	json_put_str(doc, "title", page->title);
	json_put_str(doc, "stage-title", text_or_empty(page->stage_title));
	json_put(doc, "case", json_null());
	if (page->case_url != NULL) {
		json_t *the_case = json_object();
		json_put_str(the_case, "url", page->case_url);
		json_put_str(the_case, "number", page->case_number);
		json_put_str(the_case, "title", page->case_title);
		json_put_str(the_case, "party-text", page->party);
		json_put(doc, "case", the_case);
	}
	json_put_bool(doc, "has-warnings", false);
	json_put(doc, "warnings", json_array());
	json_put_bool(doc, "has-refusals", err == NULL && json_array_size(page->refusals) > 0);
	json_put(doc, "refusals", refusal_rows(page->refusals));
	json_put_str(doc, "action-url", page->action_url);
	json_put_str(doc, "back-url", page->back_url);
	json_put_str(doc, "enctype", view_has_files(page->form) ? "multipart/form-data" : "application/x-www-form-urlencoded");
	json_put_str(doc, "draft-key", page->action_url);
	/* A register's stream is not looked at before: its form expects nothing. */
	json_put(doc, "expect", page->expect < 0 ? json_null() : json_string(arena_printf(rq->arena, "%lld", (long long)page->expect)));
	json_put(doc, "clauses", cites(rq, json_object_get(page->form, "clauses")));
	json_put(doc, "fields", view_fields(rq->arena, &view));
	const char *given_at = rq->doc == NULL ? NULL : json_str(rq->doc, "at");
	json_put_bool(at, "given", given_at != NULL && *given_at != '\0');
	json_put_str(at, "value", text_or_empty(given_at));
	json_put_str(at, "max", arena_strndup(rq->arena, instant_format(rq->arena, rq->now), 16));
	json_put(doc, "at", at);
	return doc;
}

/* When it happened: the form's `at`, or now. */
static int read_at(struct request *rq, instant_t *out, struct err *err)
{
	const char *text = request_text(rq, "at");
	*out = INSTANT_NONE;
	if (text == NULL || instant_parse(text, strlen(text), out))
		return 0;
	struct diag *diag = err_diag(err, "at", "读不懂的时间：%s", text);
	diag->mend = "写成 2026-02-10T09:00";
	return ERR(err, ERR_INVALID, "发生时间不对");
}

static struct act act_of(struct request *rq, const json_t *form, const char *type, const char *key, const char *kind, instant_t at, int64_t expect)
{
	return (struct act){
	    .stream_type = type,
	    .stream_key = key,
	    .kind = kind,
	    .at = at,
	    .body = request_shape(rq, json_object_get(form, "fields")),
	    .files = rq->files,
	    .nfiles = rq->nfiles,
	    .expect = expect,
	};
}

static json_t *result_doc(struct request *rq, const struct act_result *result, const char *url)
{
	json_t *doc = json_tie(rq->arena, json_object());
	json_put_str(doc, "url", url);
	json_put_int(doc, "entry", result->entry.id);
	json_put_int(doc, "number", result->entry.number);
	json_put_str(doc, "kind", result->entry.kind);
	json_put_str(doc, "at", instant_format(rq->arena, result->entry.at));
	json_put_str(doc, "recorded", instant_format(rq->arena, result->entry.recorded));
	json_put(doc, "opened", json_deep_copy(result->opened));
	json_put(doc, "met", json_deep_copy(result->met));
	json_put(doc, "warnings", json_deep_copy(result->warnings));
	return doc;
}

/* A form that failed is shown again with what was filled in; also where the database or the disk failed it. */
static int shown_again(struct request *rq, struct response *out, const struct act_page *page, int rc, struct err *err)
{
	if (rc == -ERR_INVALID || rc == -ERR_REFUSED || rc == -ERR_CONFLICT || rc == -ERR_DENIED || rc == -ERR_BUSY ||
	    rc == -ERR_UNAVAILABLE || rc == -ERR_FULL)
		out->doc = form_doc(rq, page, err);
	return rc;
}

/* --- a new case ----------------------------------------------------------------------------------------------------------- */

static int open_page(struct request *rq, struct act_page *page, const char **kind, struct err *err)
{
	json_t *found;
	const char *procedure = request_text(rq, "procedure");
	int rc = case_new_doc(rq->site, &rq->actor, procedure, rq->arena, &found, err);
	if (rc != 0)
		return rc;
	*kind = json_str(found, "kind");
	*page = (struct act_page){
	    .form = json_object_get(found, "form"),
	    .title = json_str(json_object_get(found, "form"), "title"),
	    .stage_title = json_str(found, "title"),
	    .action_url = arena_printf(rq->arena, "/desk/new/%s", procedure),
	    .back_url = "/desk/new",
	};
	return 0;
}

/* Who sends a form that other hands have to send is refused with the clause; nobody is let fill it in for that. Whose registers they keep is said when it is sent. */
static int check_hands(struct request *rq, const char *kind, struct err *err)
{
	const char *denied = law_kind_denied(rq->site->law, kind, rq->actor.roles, rq->arena);
	return denied == NULL ? 0 : ERR(err, ERR_DENIED, "%s", denied);
}

int page_desk_open_form(struct request *rq, struct response *out, struct err *err)
{
	struct act_page page;
	const char *kind;
	int rc = open_page(rq, &page, &kind, err);
	if (rc == 0)
		rc = check_hands(rq, kind, err);
	if (rc == 0)
		out->doc = form_doc(rq, &page, NULL);
	return rc;
}

int page_desk_open(struct request *rq, struct response *out, struct err *err)
{
	struct act_page page;
	struct act_result result;
	const char *kind;
	instant_t at;
	int rc = open_page(rq, &page, &kind, err);
	if (rc != 0)
		return rc;
	rc = read_at(rq, &at, err);
	if (rc == 0) {
		struct act act = act_of(rq, page.form, "case", "", kind, at, 0);
		rc = act_open_case(rq->site, &rq->actor, request_text(rq, "procedure"), &act, rq->arena, &result, err);
	}
	if (rc != 0)
		return shown_again(rq, out, &page, rc, err);
	const char *url = arena_printf(rq->arena, "/desk/cases/%s", result.entry.stream_key);
	response_redirect(out, url, result_doc(rq, &result, url), true);
	out->notice = "案件已建立";
	return 0;
}

/* --- an act on a case -------------------------------------------------------------------------------------------------------- */

static int case_page(struct request *rq, struct act_page *page, struct err *err)
{
	json_t *found;
	struct law_kind_info info;
	const char *key = request_text(rq, "key"), *kind = request_text(rq, "kind");
	int rc = case_form_doc(rq->site, &rq->actor, key, kind, rq->arena, &found, err);
	if (rc != 0)
		return rc;
	const json_t *form = json_object_get(found, "form");
	*page = (struct act_page){
	    .form = form,
	    .refusals = json_object_get(found, "refusals"),
	    .denied = json_str(found, "denied"),
	    .title = json_str(form, "title"),
	    .stage_title = law_kind(rq->site->law, kind, &info) ? info.stage_title : NULL,
	    .case_url = arena_printf(rq->arena, "/desk/cases/%s", key),
	    .case_number = text_or_empty(json_str(found, "number")),
	    .case_title = text_or_empty(json_str(found, "title")),
	    .party = text_or_empty(json_str(found, "party")),
	    .action_url = arena_printf(rq->arena, "/desk/cases/%s/acts/%s", key, kind),
	    .back_url = arena_printf(rq->arena, "/desk/cases/%s", key),
	    .expect = json_int(found, "expect", 0),
	};
	return 0;
}

int page_desk_act_form(struct request *rq, struct response *out, struct err *err)
{
	struct act_page page;
	int rc = case_page(rq, &page, err);
	/* What the law holds against the act now, the form tells; nobody is let fill in what another hand has to send. */
	if (rc == 0 && page.denied != NULL)
		return ERR(err, ERR_DENIED, "%s", page.denied);
	if (rc == 0)
		out->doc = form_doc(rq, &page, NULL);
	return rc;
}

static const json_t *shape_fields(void *context, const json_t *fields)
{
	return request_shape(context, fields);
}

/* The page is made only now: an act that goes through needs none. */
static int case_act_failed(struct request *rq, struct response *out, int rc, struct err *err)
{
	struct act_page page;
	struct err unseen;
	err_init(&unseen, rq->arena);
	int page_rc = case_page(rq, &page, &unseen);
	if (page_rc == 0)
		return shown_again(rq, out, &page, rc, err);
	/* No such case, or not for these eyes: that is said, and nothing of what else stood against the act. */
	err_clear(err);
	return ERR(err, unseen.code, "%s", unseen.message);
}

int page_desk_act(struct request *rq, struct response *out, struct err *err)
{
	struct act_result result;
	struct law_kind_info info;
	const char *key = request_text(rq, "key"), *kind = request_text(rq, "kind");
	instant_t at;
	int rc = read_at(rq, &at, err);
	if (rc == 0) {
		struct act act = {
		    .stream_type = "case",
		    .stream_key = key,
		    .kind = kind,
		    .at = at,
		    .body = rq->fields,
		    .shape = shape_fields,
		    .shape_context = rq,
		    .files = rq->files,
		    .nfiles = rq->nfiles,
		    .expect = request_int(rq, "expect", -1),
		};
		rc = act_do(rq->site, &rq->actor, &act, rq->arena, &result, err);
	}
	if (rc != 0)
		return case_act_failed(rq, out, rc, err);
	const char *url = arena_printf(rq->arena, "/desk/cases/%s", key);
	response_redirect(out, url, result_doc(rq, &result, url), true);
	out->notice = arena_printf(rq->arena, "已记入案卷：%s", law_kind(rq->site->law, kind, &info) ? info.title : kind);
	return 0;
}

int page_desk_judge(struct request *rq, struct response *out, struct err *err)
{
	struct act_page page;
	instant_t at;
	json_t *verdict;
	int rc = case_page(rq, &page, err);
	if (rc == 0)
		rc = read_at(rq, &at, err);
	if (rc != 0)
		return rc;
	struct act act = act_of(rq, page.form, "case", request_text(rq, "key"), request_text(rq, "kind"), at, -1);
	rc = act_judge(rq->site, &rq->actor, &act, rq->arena, &verdict, err);
	out->doc = verdict;
	return rc;
}

#define AGENCIES_CHOSEN_FROM 500 /* more than these nobody picks from: the code is typed */

/* --- registers ------------------------------------------------------------------------------------------------------------------ */

static int register_page(struct request *rq, const char *type, const char *key, const char *agency, const char *area, const char *base, struct act_page *page, struct err *err)
{
	const char *kind = request_text(rq, "kind");
	struct law_kind_info info;
	if (!law_kind(rq->site->law, kind, &info) || !text_eq(info.stream, type))
		return ERR(err, ERR_NOT_FOUND, "没有“%s”这一事项", kind);
	struct law_place place = {.agency = agency, .area = area};
	day_t today = instant_day(rq->now);
	struct law_scope *scope = law_scope(rq->site->law, &place, today, DAY_NONE, rq->arena);
	json_t *form = law_form(scope, law_state_new(&place, NULL, rq->now, rq->arena), kind, rq->arena), *officers, *agencies;
	int rc = officer_list(rq->site, agency, rq->arena, &officers, err);
	if (rc == 0)
		rc = agency_names(rq->site, AGENCIES_CHOSEN_FROM, rq->arena, &agencies, err);
	if (rc != 0)
		return rc;
	json_put(form, "officers", json_incref(officers));
	json_put(form, "divisions", json_incref(law_divisions(rq->site->law, "53", rq->arena)));
	json_put(form, "lists", json_incref(law_lists(scope, rq->arena)));
	json_put(form, "agencies", json_incref(agencies));
	*page = (struct act_page){
	    .form = form,
	    .title = info.title,
	    .stage_title = "登记",
	    .action_url = arena_printf(rq->arena, "%s/%s/acts/%s", base, key, kind),
	    .back_url = text_eq(key, "new") ? base : arena_printf(rq->arena, "%s/%s", base, key),
	    .expect = -1,
	};
	return 0;
}

/* A new agency is the one whose code is given in its form. */
static const char *agency_code(struct request *rq)
{
	const char *asked = request_text(rq, "code"), *given = json_str(rq->fields, "uscc");
	return text_eq(asked, "new") && given != NULL && *given != '\0' ? given : asked;
}

static int agency_page(struct request *rq, struct act_page *page, struct err *err)
{
	struct agency agency;
	const char *code = agency_code(rq);
	struct err ignored;
	err_init(&ignored, rq->arena);
	bool known = agency_get(rq->site, NULL, code, rq->arena, &agency, &ignored) == 0;
	return register_page(rq, "agency", request_text(rq, "code"), code, known ? agency.area : rq->actor.area, "/desk/agencies", page, err);
}

static int register_act(struct request *rq, struct response *out, const char *type, const char *key, const struct act_page *page, struct err *err)
{
	struct act_result result;
	instant_t at;
	int rc = read_at(rq, &at, err);
	if (rc == 0) {
		struct act act = act_of(rq, page->form, type, key, request_text(rq, "kind"), at, request_int(rq, "expect", -1));
		rc = act_do(rq->site, &rq->actor, &act, rq->arena, &result, err);
	}
	if (rc != 0)
		return shown_again(rq, out, page, rc, err);
	const char *url = arena_printf(rq->arena, "/desk/%s/%s", text_eq(type, "agency") ? "agencies" : "officers", key);
	response_redirect(out, url, result_doc(rq, &result, url), true);
	out->notice = arena_printf(rq->arena, "已登记：%s", page->title);
	return 0;
}

int page_desk_agency_act_form(struct request *rq, struct response *out, struct err *err)
{
	struct act_page page;
	int rc = agency_page(rq, &page, err);
	if (rc == 0)
		rc = check_hands(rq, request_text(rq, "kind"), err);
	if (rc == 0)
		out->doc = form_doc(rq, &page, NULL);
	return rc;
}

int page_desk_agency_act(struct request *rq, struct response *out, struct err *err)
{
	struct act_page page;
	int rc = agency_page(rq, &page, err);
	return rc == 0 ? register_act(rq, out, "agency", agency_code(rq), &page, err) : rc;
}

/* A new officer's id: the agency's code and random letters; the certificate's number may change, the id never. */
static const char *officer_id(struct request *rq, const char *asked)
{
	uint8_t bytes[6];
	if (!text_eq(asked, "new"))
		return asked;
	random_bytes(bytes, sizeof(bytes));
	return arena_printf(rq->arena, "o%s", hex_encode(rq->arena, bytes, sizeof(bytes)));
}

int page_desk_officer_act_form(struct request *rq, struct response *out, struct err *err)
{
	struct act_page page;
	int rc = register_page(rq, "officer", request_text(rq, "id"), rq->actor.agency, rq->actor.area, "/desk/officers", &page, err);
	if (rc == 0)
		rc = check_hands(rq, request_text(rq, "kind"), err);
	if (rc == 0)
		out->doc = form_doc(rq, &page, NULL);
	return rc;
}

int page_desk_officer_act(struct request *rq, struct response *out, struct err *err)
{
	struct act_page page;
	const char *id = officer_id(rq, request_text(rq, "id"));
	int rc = register_page(rq, "officer", request_text(rq, "id"), rq->actor.agency, rq->actor.area, "/desk/officers", &page, err);
	return rc == 0 ? register_act(rq, out, "officer", id, &page, err) : rc;
}
