#include "web/page.h"

#include "base/text.h"
#include "web/answer.h"

static const char *const titles[ERR_CODE_MAX] = {
    [ERR_NONE] = "",
    [ERR_INVALID] = "填写的内容需要改正",
    [ERR_REFUSED] = "依照规定不能这样办理",
    [ERR_CONFLICT] = "别人已经先办理了",
    [ERR_NOT_FOUND] = "没有找到",
    [ERR_DENIED] = "不能办理",
    [ERR_SIGNED_OUT] = "需要登录",
    [ERR_LIMIT] = "超出限度",
    [ERR_BUSY] = "系统繁忙",
    [ERR_UNAVAILABLE] = "暂时不能使用",
    [ERR_FULL] = "存储空间不足",
    [ERR_CORRUPT] = "数据校验不符",
    [ERR_IO] = "系统故障",
    [ERR_UNSUPPORTED] = "不支持的请求",
    [ERR_INTERNAL] = "系统故障",
};

const char *problem_title(enum err_code code)
{
	return titles[code];
}

const char *problem_detail(const struct err *err)
{
	switch (err->code) {
	case ERR_IO:
	case ERR_INTERNAL:
	case ERR_CORRUPT: return "系统出了故障，已经记录下来；请稍后再试，或者把请求编号告诉管理员。";
	default: return err->message == NULL ? "" : err->message;
	}
}

static void put_or_null(json_t *object, const char *key, const char *text)
{
	json_put(object, key, text == NULL ? json_null() : json_string(text));
}

void page_add_problem(json_t *doc, const struct err *err, int status)
{
	json_t *problem = json_object(), *errors = json_array();
	json_put_str(problem, "code", err_word(err->code));
	json_put_str(problem, "title", problem_title(err->code));
	json_put_int(problem, "status", status);
	json_put_str(problem, "detail", problem_detail(err));
	json_put(doc, "problem", problem);
	for (const struct diag *diag = err->diags; diag != NULL; diag = diag->next) {
		json_t *one = json_object();
		put_or_null(one, "where", diag->where);
		json_put_str(one, "what", diag->what);
		put_or_null(one, "why", diag->why);
		put_or_null(one, "mend", diag->mend);
		put_or_null(one, "clause", diag->clause);
		put_or_null(one, "cite", diag->cite);
		json_push(errors, one);
	}
	json_put(doc, "errors", errors);
}

json_t *problem_document(const struct request *rq, const struct err *err, int status)
{
	json_t *doc = json_tie(rq->arena, json_object()), *clauses = json_array(), *errors = json_array();
	json_put_str(doc, "type", arena_printf(rq->arena, "urn:sanzhi:problem:%s", err_word(err->code)));
	json_put_str(doc, "title", problem_title(err->code));
	json_put_int(doc, "status", status);
	json_put_str(doc, "detail", problem_detail(err));
	json_put_str(doc, "instance", arena_printf(rq->arena, "urn:sanzhi:request:%s", rq->id));
	for (const struct diag *diag = err->diags; diag != NULL; diag = diag->next) {
		if (diag->clause != NULL) {
			json_t *one = json_object();
			json_put_str(one, "clause", diag->clause);
			json_put_str(one, "cite", diag->cite);
			json_put_str(one, "say", diag->what);
			json_put_str(one, "mend", diag->mend);
			json_push(clauses, one);
		}
		/* A field's mistake says where it is, whether a clause asks for the field or not. */
		if (diag->clause == NULL || err->code == ERR_INVALID) {
			json_t *one = json_object();
			json_put_str(one, "where", diag->where);
			json_put_str(one, "what", diag->what);
			json_put_str(one, "why", diag->why);
			json_put_str(one, "mend", diag->mend);
			json_put_str(one, "clause", diag->clause);
			json_push(errors, one);
		}
	}
	json_put(doc, "clauses", clauses);
	json_put(doc, "errors", errors);
	return doc;
}

/* ---------------------------------------------------------------- page */

static bool of_portal(const struct action *action)
{
	return action != NULL && text_starts(action->id, "portal.");
}

static int by_order(const void *a, const void *b)
{
	const struct action *x = *(const struct action *const *)a, *y = *(const struct action *const *)b;
	return x->nav_order < y->nav_order ? -1 : x->nav_order > y->nav_order;
}

/* How much of the request's path a link covers: the longest is where one is. */
static size_t covers(const char *link, const char *path)
{
	size_t len = strlen(link);
	return strncmp(link, path, len) == 0 && (path[len] == '\0' || path[len] == '/') ? len : 0;
}

/* Links of the floor that the actor may follow, in the order of their declaration. Signed out, there are the portal's.
 */
static json_t *navigation(const struct request *rq, const json_t *user)
{
	const struct action_table *table = rq->web->actions;
	const struct action **links = ARENA_ARRAY(rq->arena, table->count, const struct action *);
	bool portal = of_portal(rq->action) || rq->actor.user == NULL;
	size_t count = 0, longest = 0;
	for (size_t i = 0; i < table->count; i++) {
		const struct action *action = &table->actions[i];
		bool here = portal ? action->permission == PERMIT_PUBLIC : action->permission != PERMIT_PUBLIC;
		if (action->nav == NULL || !here || !permits(action, &rq->actor))
			continue;
		/* Who may open a case is for the rulebook to say, not for the table of actions. */
		if (text_eq(action->id, "desk.new") && !json_bool(user, "may-open"))
			continue;
		links[count++] = action;
		size_t len = covers(action->path, rq->path);
		longest = len > longest ? len : longest;
	}
	qsort(links, count, sizeof(*links), by_order);
	json_t *nav = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *link = json_object();
		json_put_str(link, "url", links[i]->path);
		json_put_str(link, "title", links[i]->nav);
		json_put_bool(link, "current", longest > 0 && covers(links[i]->path, rq->path) == longest);
		json_push(nav, link);
	}
	return nav;
}

static json_t *user_document(const struct request *rq)
{
	const struct actor *actor = &rq->actor;
	if (actor->user == NULL)
		return json_null();
	json_t *user = json_tie(rq->arena, json_object());
	json_put_str(user, "id", actor->user);
	json_put_str(user, "name", actor->name == NULL ? actor->user : actor->name);
	json_put_str(user, "agency", actor->agency == NULL ? "" : actor->agency);
	put_or_null(user, "officer", actor->officer);
	json_put(user, "roles", actor->roles == NULL ? json_array() : json_incref((json_t *)(uintptr_t)actor->roles));
	rq->web->backend->describe(rq->site, actor, user);
	return json_incref(user);
}

json_t *page_document(const struct request *rq, const struct page_options *options)
{
	const struct action *action = rq->action;
	json_t *page = json_tie(rq->arena, json_object()), *user = user_document(rq), *notice = json_null();
	const char *id = action == NULL ? "" : action->id;
	bool portal = of_portal(action) || rq->actor.user == NULL;
	json_put_str(page, "site", rq->site->name == NULL ? "三制" : rq->site->name);
	json_put_str(page, "title", options->title != NULL ? options->title : action == NULL ? "" : action->title);
	json_put_str(page, "id", id);
	json_put_str(page, "floor", action == NULL ? "portal" : arena_strndup(rq->arena, id, strcspn(id, ".")));
	json_put_str(page, "path", rq->path);
	json_put_str(page, "language", rq->language);
	json_put_str(page, "version", SANZHI_VERSION);
	json_put_str(page, "assets", rq->web->assets->prefix);
	json_put_str(page, "home-url", portal ? "/" : "/desk");
	json_put(page, "nav", navigation(rq, user));
	json_put_str(page, "csrf", options->csrf);
	json_put(page, "user", user);
	if (options->notice != NULL) {
		notice = json_object();
		json_put_str(notice, "text", options->notice);
		json_put_str(notice, "kind", "success");
	}
	json_put(page, "notice", notice);
	json_put_bool(page, "htmx", rq->htmx);
	json_put_str(page, "request", rq->id);
	json_put_bool(page, "must-change", rq->actor.must_change);
	return page;
}
