/* Signing in and out, passwords, sessions, one-time codes, tokens, users. */
#include "base/text.h"
#include "web/guard.h"
#include "web/handlers.h"
#include "web/view.h"
#include "work/people.h"
#include "work/registers.h"

/* --- signing in ------------------------------------------------------------------------------------------------------ */

static json_t *login_doc(struct request *rq)
{
	json_t *doc = json_tie(rq->arena, json_object());
	json_put_str(doc, "user", text_or_empty(rq->doc == NULL ? NULL : json_str(rq->doc, "user")));
	json_put_str(doc, "next", text_or_empty(request_text(rq, "next")));
	return doc;
}

int page_desk_login_form(struct request *rq, struct response *out, struct err *err)
{
	(void)err;
	out->doc = login_doc(rq);
	return 0;
}

/* Only a path of this site, never another host ("//…", "/\…"). */
static const char *safe_next(const char *next)
{
	return path_local(next) ? next : "/desk";
}

int page_desk_login(struct request *rq, struct response *out, struct err *err)
{
	const char *token;
	int rc = session_start(rq->site, request_text(rq, "user"), request_text(rq, "password"), request_text(rq, "totp"), rq->peer, rq->arena, &token, err);
	if (rc != 0) {
		/* A wrong password is a mistake in this form, not a page that needs signing in. */
		out->doc = login_doc(rq);
		return rc == -ERR_SIGNED_OUT ? ERR(err, ERR_INVALID, "%s", err->message) : rc;
	}
	response_redirect(out, safe_next(request_text(rq, "next")), NULL, false);
	out->session = token;
	return 0;
}

int page_desk_logout(struct request *rq, struct response *out, struct err *err)
{
	int rc = rq->session_token == NULL ? 0 : session_end(rq->site, rq->session_token, err);
	response_redirect(out, "/login", NULL, false);
	out->session_end = true;
	return rc;
}

int page_desk_logout_all(struct request *rq, struct response *out, struct err *err)
{
	int rc = session_end_all(rq->site, rq->actor.user, err);
	response_redirect(out, "/login", NULL, false);
	out->session_end = true;
	return rc;
}

static json_t *password_doc(struct request *rq)
{
	json_t *doc = json_tie(rq->arena, json_object());
	json_put_str(doc, "user", text_or_empty(rq->actor.user));
	return doc;
}

int page_desk_password_form(struct request *rq, struct response *out, struct err *err)
{
	(void)err;
	out->doc = password_doc(rq);
	return 0;
}

int page_desk_password(struct request *rq, struct response *out, struct err *err)
{
	const char *new_password = request_text(rq, "new"), *again = request_text(rq, "again");
	int rc = 0;
	if (again != NULL && !text_eq(again, new_password)) {
		(void)err_diag(err, "again", "两次输入的新密码不一样");
		rc = ERR(err, ERR_INVALID, "两次输入的新密码不一样");
	}
	if (rc == 0)
		rc = user_set_password(rq->site, &rq->actor, rq->actor.user, request_text(rq, "old"), new_password, rq->arena, err);
	if (rc != 0) {
		out->doc = password_doc(rq);
		return rc;
	}
	response_redirect(out, "/desk", NULL, false);
	out->notice = "密码已修改";
	return 0;
}

/* --- sessions, codes, tokens ------------------------------------------------------------------------------------------ */

static int security_doc(struct request *rq, const char *uri, const char *token_once, json_t **out, struct err *err)
{
	json_t *sessions, *tokens, *doc = json_tie(rq->arena, json_object()), *rows = json_array(), *list = json_array(), *totp = json_object();
	int rc = session_list(rq->site, rq->actor.user, rq->arena, &sessions, err);
	if (rc == 0)
		rc = token_list(rq->site, &rq->actor, rq->arena, &tokens, err);
	bool on = false;
	if (rc == 0)
		rc = totp_is_on(rq->site, rq->actor.user, &on, err);
	if (rc != 0)
		return rc;
	const json_t *one;
	size_t i;
	json_array_foreach(sessions, i, one) {
		json_t *item = json_object();
		json_put_str(item, "started-text", json_str(one, "started"));
		json_put_str(item, "seen-text", json_str(one, "seen"));
		json_put_str(item, "from", json_str(one, "from"));
		json_put_bool(item, "current", text_eq(json_str(one, "id"), rq->actor.session));
		json_push(rows, item);
	}
	json_array_foreach(tokens, i, one) {
		json_t *item = json_object();
		json_put_str(item, "title", json_str(one, "title"));
		json_put_str(item, "expires-text", json_str(one, "expires"));
		json_put_str(item, "used-text", arena_printf(rq->arena, "%s 建立", json_str(one, "created")));
		json_put_str(item, "revoke-url", arena_printf(rq->arena, "/desk/tokens/%lld/revoke", (long long)json_int(one, "id", 0)));
		json_put_int(item, "id", json_int(one, "id", 0));
		json_push(list, item);
	}
	json_put_bool(totp, "on", on);
	json_put(totp, "setup", json_null());
	if (uri != NULL) {
		json_t *setup = json_object();
		const char *secret = strstr(uri, "secret=");
		size_t len = secret == NULL ? 0 : strcspn(secret + 7, "&");
		json_put_str(setup, "secret", secret == NULL ? "" : arena_strndup(rq->arena, secret + 7, len));
		json_put_str(setup, "uri", uri);
		json_put(setup, "qr", view_qr(rq->arena, uri));
		json_put(totp, "setup", setup);
	}
	json_put(doc, "totp", totp);
	json_put(doc, "sessions", rows);
	json_put(doc, "tokens", list);
	json_put(doc, "token-once", token_once == NULL ? json_null() : json_string(token_once));
	*out = doc;
	return 0;
}

int page_desk_sessions(struct request *rq, struct response *out, struct err *err)
{
	return security_doc(rq, NULL, NULL, &out->doc, err);
}

int page_desk_totp(struct request *rq, struct response *out, struct err *err)
{
	return security_doc(rq, NULL, NULL, &out->doc, err);
}

int page_desk_totp_begin(struct request *rq, struct response *out, struct err *err)
{
	const char *uri;
	int rc = totp_begin(rq->site, &rq->actor, rq->arena, &uri, err);
	return rc == 0 ? security_doc(rq, uri, NULL, &out->doc, err) : rc;
}

int page_desk_totp_confirm(struct request *rq, struct response *out, struct err *err)
{
	int rc = totp_confirm(rq->site, &rq->actor, request_text(rq, "code"), err);
	if (rc != 0) {
		struct err ignored;
		err_init(&ignored, rq->arena);
		if (security_doc(rq, NULL, NULL, &out->doc, &ignored) != 0)
			out->doc = NULL;
		return rc;
	}
	response_redirect(out, "/desk/sessions", NULL, false);
	out->notice = "动态验证码已启用";
	return 0;
}

int page_desk_tokens(struct request *rq, struct response *out, struct err *err)
{
	return security_doc(rq, NULL, NULL, &out->doc, err);
}

int page_desk_token_create(struct request *rq, struct response *out, struct err *err)
{
	const char *token;
	int rc = token_create(rq->site, &rq->actor, request_text(rq, "title"), (int)request_int(rq, "days", 90), rq->arena, &token, err);
	return rc == 0 ? security_doc(rq, NULL, token, &out->doc, err) : rc;
}

int page_desk_token_revoke(struct request *rq, struct response *out, struct err *err)
{
	int rc = token_revoke(rq->site, &rq->actor, request_int(rq, "id", 0), err);
	if (rc == 0)
		response_redirect(out, "/desk/sessions", NULL, false);
	return rc;
}

/* --- users --------------------------------------------------------------------------------------------------------------- */

static const char *const working_roles[] = {"handler", "unit-head", "reviewer", "legal-reviewer", "head", "leader-in-charge", "publisher", "archivist", "window", "supervisor",
                                            "system-admin", "security-admin", "audit-admin"};

static bool listed(const json_t *list, const char *word)
{
	const json_t *one;
	size_t i;
	json_array_foreach(list, i, one)
		if (text_eq(json_string_value(one), word) || text_eq(json_str(one, "id"), word))
			return true;
	return text_eq(json_string_value(list), word);
}

static json_t *role_options(struct request *rq, const json_t *chosen)
{
	const json_t *titles = json_object_get(law_vocabulary(rq->site->law), "roles");
	json_t *out = json_array();
	for (size_t i = 0; i < sizeof(working_roles) / sizeof(working_roles[0]); i++)
		json_push(out, view_option(working_roles[i], text_or_empty(json_str(titles, working_roles[i])), listed(chosen, working_roles[i])));
	return out;
}

static int agency_choices(struct request *rq, const char *chosen, json_t **out, struct err *err)
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

static int users_doc(struct request *rq, json_t **out, struct err *err)
{
	json_t *list, *agencies, *officers, *doc = json_tie(rq->arena, json_object()), *rows = json_array(), *form = json_object(), *options = json_array();
	const char *agency = rq->action->method == METHOD_GET ? request_text(rq, "agency") : NULL;
	int rc = user_list(rq->site, &rq->actor, agency, rq->arena, &list, err);
	if (rc == 0)
		rc = agency_choices(rq, json_str(rq->doc, "agency"), &agencies, err);
	if (rc == 0)
		rc = officer_list(rq->site, rq->actor.agency, rq->arena, &officers, err);
	if (rc != 0)
		return rc;
	const json_t *one;
	size_t i;
	json_array_foreach(list, i, one) {
		json_t *item = json_deep_copy(one);
		json_put_str(item, "url", arena_printf(rq->arena, "/desk/users/%s", json_str(one, "id")));
		json_push(rows, item);
	}
	json_array_foreach(officers, i, one)
		json_push(options, view_option(json_str(one, "id"), json_str(one, "name"), text_eq(json_str(one, "id"), json_str(rq->doc, "officer"))));
	json_put_str(form, "id", text_or_empty(json_str(rq->doc, "id")));
	json_put_str(form, "name", text_or_empty(json_str(rq->doc, "name")));
	json_put(form, "agencies", agencies);
	json_put(form, "officers", options);
	json_put(form, "roles", role_options(rq, json_object_get(rq->doc, "roles")));
	json_put(doc, "users", rows);
	json_put(doc, "form", form);
	json_put_bool(doc, "can-create", actor_has(&rq->actor, "system-admin"));
	*out = doc;
	return 0;
}

int page_desk_users(struct request *rq, struct response *out, struct err *err)
{
	return users_doc(rq, &out->doc, err);
}

static int user_doc(struct request *rq, const char *id, const char *password_once, json_t **out, struct err *err)
{
	json_t *found, *doc = json_tie(rq->arena, json_object()), *user, *acts = json_array(), *entries = json_array();
	struct entry *list;
	size_t count;
	bool on = false;
	struct db_conn *conn;
	int rc = user_get(rq->site, &rq->actor, id, rq->arena, &found, err);
	if (rc == 0)
		rc = totp_is_on(rq->site, id, &on, err);
	if (rc == 0)
		rc = db_acquire(rq->site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = journal_stream(rq->site->journal, conn, "user", id, 0, 200, rq->arena, &list, &count, err);
	db_release(conn);
	if (rc != 0)
		return rc;
	user = json_deep_copy(found);
	struct agency agency;
	struct err ignored;
	err_init(&ignored, rq->arena);
	json_put_str(user, "agency-name", agency_get(rq->site, NULL, text_or_empty(json_str(found, "agency")), rq->arena, &agency, &ignored) == 0 ? agency.name : "");
	json_put_str(user, "totp-text", on ? "已启用" : "未启用");
	json_put_str(user, "last-seen", "");
	for (size_t i = count; i-- > 0;) {
		json_t *item = json_object();
		struct law_kind_info kind;
		json_put_str(item, "title", law_kind(rq->site->law, list[i].kind, &kind) ? kind.title : list[i].kind);
		json_put_int(item, "number", list[i].number);
		json_put_str(item, "at-text", instant_format_zh(rq->arena, list[i].at));
		json_put_str(item, "by-name", text_eq(list[i].by, "sanzhi") ? "本程序" : list[i].by);
		if (text_eq(list[i].kind, "user.signed-in") && *text_or_empty(json_str(user, "last-seen")) == '\0')
			json_put_str(user, "last-seen", instant_format_zh(rq->arena, list[i].at));
		json_push(entries, item);
	}
	json_put(doc, "user", user);
	json_put(doc, "roles", role_options(rq, json_object_get(found, "roles")));
	json_put_str(doc, "roles-url", arena_printf(rq->arena, "/desk/users/%s", id));
	json_put_bool(doc, "may-change", actor_has(&rq->actor, "security-admin"));
	json_put(doc, "password-once", password_once == NULL ? json_null() : json_string(password_once));
	static const struct {
		const char *id, *title;
		bool reason, danger;
	} changes[] = {{"disable", "停用", true, true}, {"enable", "启用", true, false}, {"totp", "取消动态验证码", false, false}, {"logout", "令其全部退出", false, false}};
	bool disabled = text_eq(json_str(found, "status"), "停用");
	for (size_t i = 0; i < 4; i++) {
		if ((i == 0 && disabled) || (i == 1 && !disabled) || (i == 2 && !on))
			continue;
		json_t *item = json_object();
		json_put_str(item, "id", changes[i].id);
		json_put_str(item, "title", changes[i].title);
		json_put_str(item, "url", arena_printf(rq->arena, "/desk/users/%s", id));
		json_put_bool(item, "reason", changes[i].reason);
		json_put_bool(item, "danger", changes[i].danger);
		json_push(acts, item);
	}
	json_put(doc, "acts", acts);
	json_put(doc, "entries", entries);
	*out = doc;
	return 0;
}

int page_desk_user_create(struct request *rq, struct response *out, struct err *err)
{
	const char *password, *given = request_text(rq, "password");
	const json_t *roles = json_object_get(rq->inputs, "roles");
	struct user_new user = {
	    .id = request_text(rq, "id"),
	    .name = request_text(rq, "name"),
	    .agency = request_text(rq, "agency"),
	    .officer = request_text(rq, "officer"),
	    .roles = NULL,
	    .password = given,
	    .must_change = true,
	};
	/* A system administrator makes the user; only a security administrator gives it roles (the three administrators' separation). */
	(void)roles;
	int rc = user_create(rq->site, &rq->actor, &user, rq->arena, &password, err);
	if (rc != 0) {
		struct err ignored;
		err_init(&ignored, rq->arena);
		if (users_doc(rq, &out->doc, &ignored) != 0)
			out->doc = NULL;
		return rc;
	}
	out->template = "desk/user";
	return user_doc(rq, user.id, given == NULL ? password : NULL, &out->doc, err);
}

int page_desk_user(struct request *rq, struct response *out, struct err *err)
{
	return user_doc(rq, request_text(rq, "id"), NULL, &out->doc, err);
}

static int change_user(struct request *rq, const char *id, const char *change, struct err *err)
{
	struct site *site = rq->site;
	const char *reason = request_text(rq, "reason");
	if (!actor_has(&rq->actor, "security-admin") && !text_eq(change, "disable"))
		return ERR(err, ERR_DENIED, "这一事项由安全管理员办理");
	json_t *found; /* whom this administrator does not keep, is not there for him */
	int rc = user_get(site, &rq->actor, id, rq->arena, &found, err);
	if (rc != 0)
		return rc;
	if (text_eq(change, "roles")) {
		const json_t *roles = json_object_get(rq->inputs, "roles");
		return user_set_roles(site, &rq->actor, id, roles == NULL ? json_tie(rq->arena, json_array()) : roles, rq->arena, err);
	}
	if (text_eq(change, "disable") || text_eq(change, "enable"))
		return user_set_disabled(site, &rq->actor, id, text_eq(change, "disable"), reason == NULL ? "未写明" : reason, rq->arena, err);
	if (text_eq(change, "password"))
		return user_set_password(site, &rq->actor, id, NULL, text_or_empty(request_text(rq, "password")), rq->arena, err);
	if (text_eq(change, "totp"))
		return totp_remove(site, &rq->actor, id, rq->arena, err);
	return session_end_all(site, id, err);
}

int page_desk_user_change(struct request *rq, struct response *out, struct err *err)
{
	const char *id = request_text(rq, "id");
	int rc = change_user(rq, id, request_text(rq, "change"), err);
	if (rc != 0) {
		struct err ignored;
		err_init(&ignored, rq->arena);
		if (user_doc(rq, id, NULL, &out->doc, &ignored) != 0)
			out->doc = NULL;
		return rc;
	}
	response_redirect(out, arena_printf(rq->arena, "/desk/users/%s", id), NULL, false);
	out->notice = "已保存";
	return 0;
}
