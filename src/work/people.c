#include "work/people.h"

#include <sodium.h>

#include "base/text.h"
#include "work/act.h"
#include "work/password.h"
#include "work/sight.h"

#define USERS_MAX 20000

struct actor actor_public(void)
{
	return (struct actor){.agency = "", .area = ""};
}

struct actor actor_system(struct arena *arena)
{
	static const char *const roles[] = {"program",   "handler",      "unit-head",      "reviewer",        "legal-reviewer",
	                                    "head",      "window",       "publisher",      "leader-in-charge", "archivist",
	                                    "supervisor", "system-admin", "security-admin", "audit-admin"};
	json_t *all = json_tie(arena, json_array());
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		json_push_str(all, roles[i]);
	return (struct actor){.user = "sanzhi", .name = "本程序", .agency = "", .area = "", .roles = all};
}

bool actor_has(const struct actor *actor, const char *role)
{
	const json_t *item;
	size_t i;
	json_array_foreach(actor->roles, i, item)
		if (text_eq(json_string_value(item), role))
			return true;
	return false;
}

/* --- rules about users --------------------------------------------------------------------------------------------- */

static bool id_good(const char *id)
{
	size_t len = strlen(id);
	if (len < 2 || len > 40)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!((id[i] >= 'a' && id[i] <= 'z') || (id[i] >= '0' && id[i] <= '9') || (i > 0 && strchr("._-", id[i]) != NULL)))
			return false;
	return !text_eq(id, "sanzhi");
}

static bool is_administrator(const char *role)
{
	return text_eq(role, "system-admin") || text_eq(role, "security-admin") || text_eq(role, "audit-admin");
}

/* The three administrators check each other; one hand in two of them, or in the work they keep, checks nothing. */
static int check_roles(const json_t *roles, struct err *err)
{
	const json_t *item;
	size_t i;
	bool administrator = false;
	if (!json_is_array(roles) || json_array_size(roles) == 0)
		return ERR(err, ERR_INVALID, "至少要有一个角色");
	json_array_foreach(roles, i, item)
		administrator |= json_is_string(item) && is_administrator(json_string_value(item));
	if (administrator && json_array_size(roles) > 1) {
		struct diag *diag = err_diag(err, "roles", "系统、安全、审计管理员三者分设，不得互相兼任，也不得兼任办案角色");
		diag->mend = "只保留一个管理员角色，或者另建用户";
		return ERR(err, ERR_INVALID, "角色不能这样组合");
	}
	return 0;
}

static int store_hash(struct site *site, const char *id, const char *hash, bool must_change, struct err *err)
{
	struct db_conn *conn;
	int rc = db_acquire(site->db, DB_WRITE, &conn, err);
	if (rc != 0)
		return rc;
	rc = DB_RUN(conn, SQL_CREDENTIAL_PUT, NULL, err, DB_TEXT(id), DB_TEXT(hash), DB_INT(must_change), DB_INT(clock_now(&site->clock)));
	db_release(conn);
	return rc;
}

static int store_password(struct site *site, struct arena *arena, const char *id, const char *password, bool must_change, struct err *err)
{
	char *hash;
	int rc = password_hash(arena, password, &hash, err);
	return rc == 0 ? store_hash(site, id, hash, must_change, err) : rc;
}

static int user_act(struct site *site, const struct actor *actor, const char *id, const char *kind, json_t *body, int64_t expect, struct arena *arena, struct err *err)
{
	struct act act = {.stream_type = "user", .stream_key = id, .kind = kind, .at = INSTANT_NONE, .body = body, .expect = expect};
	struct act_result result;
	return act_do(site, actor, &act, arena, &result, err);
}

int user_check(const struct user_new *user, struct err *err)
{
	if (!id_good(user->id)) {
		struct diag *diag = err_diag(err, "id", "用户名由 2 至 40 个小写字母、数字和 . _ - 组成，以字母或数字开头");
		diag->mend = "例如 jinghong.zhangsan";
		return ERR(err, ERR_INVALID, "用户名不合要求");
	}
	int rc = user->roles == NULL ? 0 : check_roles(user->roles, err);
	return rc == 0 && user->password != NULL ? password_check(user->id, user->password, err) : rc;
}

/* The program and the public sign in as nobody. */
static bool role_given(const char *role)
{
	return !text_eq(role, "program") && !text_eq(role, "public");
}

/* Before anything is written: the kind's own check comes only after the user is there, who would then be left without a role and without a password. */
int user_roles_known(struct site *site, const json_t *roles, struct err *err)
{
	const json_t *titles = json_object_get(law_vocabulary(site->law), "roles"), *item;
	size_t i;
	json_array_foreach(roles, i, item) {
		const char *role = json_string_value(item);
		if (role != NULL && role_given(role) && json_object_get(titles, role) != NULL)
			continue;
		const char *known = "", *name;
		json_t *title;
		json_object_foreach((json_t *)(uintptr_t)titles, name, title)
			if (role_given(name))
				known = arena_printf(err->arena, "%s%s%s", known, *known == '\0' ? "" : "、", name);
		struct diag *diag = err_diag(err, "roles", "没有“%s”这个角色", text_or_empty(role));
		diag->mend = arena_printf(err->arena, "可选：%s", known);
		return ERR(err, ERR_INVALID, "没有“%s”这个角色", text_or_empty(role));
	}
	return 0;
}

/* An entry would make a user of any name: a slip of the pen must not. */
static int user_there(struct site *site, const char *id, struct err *err)
{
	struct db_conn *conn;
	struct db_result rows;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = DB_ROWS(conn, SQL_USER_WITH_AREA, 1, err->arena, &rows, err, DB_TEXT(id));
	db_release(conn);
	if (rc != 0 || rows.rows > 0)
		return rc;
	return ERR(err, ERR_NOT_FOUND, "没有用户名为 %s 的用户", id);
}

int user_create(struct site *site, const struct actor *actor, const struct user_new *user, struct arena *arena, const char **password_out, struct err *err)
{
	const char *password = user->password == NULL ? password_random(arena) : user->password;
	int rc = user_check(user, err);
	if (rc == 0)
		rc = user_roles_known(site, user->roles, err);
	if (rc != 0)
		return rc;
	json_t *body = json_tie(arena, json_object());
	json_put_str(body, "name", user->name);
	json_put_str(body, "login", user->id);
	if (user->agency != NULL && *user->agency != '\0')
		json_put_str(body, "agency", user->agency);
	json_put_str(body, "officer", user->officer);
	rc = user_act(site, actor, user->id, "user.created", body, 0, arena, err);
	if (rc == -ERR_CONFLICT)
		return ERR(err, ERR_CONFLICT, "已有用户名为 %s 的用户", user->id);
	if (rc == 0 && user->roles != NULL)
		rc = user_set_roles(site, actor, user->id, user->roles, arena, err);
	if (rc == 0)
		rc = user->hash != NULL ? store_hash(site, user->id, user->hash, user->must_change, err) : store_password(site, arena, user->id, password, user->must_change, err);
	if (rc == 0 && password_out != NULL)
		*password_out = password;
	return rc;
}

/* Somebody must be left who makes users: the last system administrator stays one. `roles`: those the user is to have, NULL for none. */
static int check_last(struct site *site, const char *id, const json_t *roles, struct err *err)
{
	struct db_conn *conn;
	struct db_result rows;
	const json_t *item;
	size_t i;
	json_array_foreach(roles, i, item)
		if (text_eq(json_string_value(item), "system-admin"))
			return 0;
	struct arena *own = arena_new();
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc == 0) {
		rc = DB_ROWS(conn, SQL_USER_HOLDERS, 1, own, &rows, err, DB_TEXT(id), DB_TEXT("\"system-admin\""));
		db_release(conn);
	}
	if (rc == 0 && db_int(&rows, 0, 0) > 0 && db_int(&rows, 0, 1) == 0)
		rc = ERR(err, ERR_CONFLICT, "“%s”是现在唯一的系统管理员，没有了系统管理员就没有人能添加用户。先另设一名系统管理员", id);
	arena_free(own);
	return rc;
}

int user_set_roles(struct site *site, const struct actor *actor, const char *id, const json_t *roles, struct arena *arena, struct err *err)
{
	int rc = check_roles(roles, err);
	if (rc != 0)
		return rc;
	if (text_eq(actor->user, id))
		return ERR(err, ERR_DENIED, "不能设定自己的角色");
	rc = user_there(site, id, err);
	if (rc == 0)
		rc = check_last(site, id, roles, err);
	if (rc != 0)
		return rc;
	json_t *body = json_tie(arena, json_object());
	json_put(body, "roles", json_deep_copy(roles));
	rc = user_act(site, actor, id, "user.roles-set", body, -1, arena, err);
	return rc == 0 ? session_end_all(site, id, err) : rc;
}

int user_set_disabled(struct site *site, const struct actor *actor, const char *id, bool disabled, const char *reason, struct arena *arena, struct err *err)
{
	if (text_eq(actor->user, id))
		return ERR(err, ERR_DENIED, "不能停用自己");
	json_t *body = json_tie(arena, json_object());
	json_put_str(body, "reason", reason);
	int rc = user_there(site, id, err);
	if (rc == 0 && disabled)
		rc = check_last(site, id, NULL, err);
	if (rc == 0)
		rc = user_act(site, actor, id, disabled ? "user.disabled" : "user.enabled", body, -1, arena, err);
	if (rc != 0 || !disabled)
		return rc;
	struct db_conn *conn;
	rc = session_end_all(site, id, err);
	if (rc == 0)
		rc = db_acquire(site->db, DB_WRITE, &conn, err);
	if (rc != 0)
		return rc;
	rc = DB_RUN(conn, SQL_TOKEN_END_USER, NULL, err, DB_TEXT(id));
	db_release(conn);
	return rc;
}

int user_set_password(struct site *site, const struct actor *actor, const char *id, const char *old_password, const char *new_password, struct arena *arena, struct err *err)
{
	bool self = text_eq(actor->user, id);
	if (!self && !actor_has(actor, "security-admin") && !actor_has(actor, "program"))
		return ERR(err, ERR_DENIED, "只有本人和安全管理员可以设置密码");
	if (self && old_password == NULL)
		return ERR(err, ERR_INVALID, "请填写现在的密码");
	int rc = user_there(site, id, err);
	if (rc == 0)
		rc = password_check(id, new_password, err);
	if (rc == 0 && self)
		rc = password_verify_stored(site, id, old_password, arena, err);
	if (rc == 0 && self && text_eq(old_password, new_password))
		rc = ERR(err, ERR_INVALID, "新密码不能与现在的密码相同");
	if (rc != 0)
		return rc;
	json_t *body = json_tie(arena, json_object());
	json_put_bool(body, "by-self", self);
	json_put_bool(body, "must-change", !self);
	/* Written by the program on the person's behalf: the kind's own roles are the program's and the administrator's. */
	struct actor program = actor_system(arena);
	rc = user_act(site, self ? &program : actor, id, "user.password-set", body, -1, arena, err);
	if (rc == 0)
		rc = store_password(site, arena, id, new_password, !self, err);
	if (rc != 0)
		return rc;
	return self ? session_end_others(site, actor, err) : session_end_all(site, id, err); /* whoever came in with the old one is out */
}

/* --- showing users -------------------------------------------------------------------------------------------------- */

static json_t *role_titles(struct site *site, const char *roles_text)
{
	const json_t *titles = json_object_get(law_vocabulary(site->law), "roles");
	json_t *roles = json_loads(roles_text, 0, NULL), *out = json_array();
	const json_t *item;
	size_t i;
	json_array_foreach(roles, i, item) {
		json_t *one = json_object();
		const char *title = json_str(titles, json_string_value(item));
		json_put_str(one, "id", json_string_value(item));
		json_put_str(one, "title", title == NULL ? json_string_value(item) : title);
		json_push(out, one);
	}
	json_decref(roles);
	return out;
}

static json_t *user_row(struct site *site, struct arena *arena, const struct db_result *rows, size_t i)
{
	json_t *item = json_object();
	json_put_str(item, "id", db_str(rows, i, 0));
	json_put_str(item, "name", db_str(rows, i, 1));
	json_put_str(item, "agency", db_str(rows, i, 2));
	json_put_str(item, "agency-name", db_str(rows, i, 3));
	json_put(item, "roles", role_titles(site, db_str(rows, i, 4)));
	json_put_str(item, "officer", db_str(rows, i, 5));
	json_put_str(item, "status", db_str(rows, i, 6));
	json_put_str(item, "last-seen", db_is_null(rows, i, 7) ? "" : instant_format_zh(arena, db_int(rows, i, 7)));
	return item;
}

static bool keeps_users(const struct actor *actor)
{
	return actor_has(actor, "system-admin") || actor_has(actor, "security-admin") || actor_has(actor, "audit-admin");
}

/* Administrators within their area; a head the own agency's, as user_list checks. */
static bool sees_user(const struct actor *actor, const char *agency, const char *area, struct arena *arena)
{
	return keeps_users(actor) ? sight_keeps(actor, agency, area, arena) : text_eq(agency, actor->agency);
}

int user_list(struct site *site, const struct actor *actor, const char *agency, struct arena *arena, json_t **out, struct err *err)
{
	if (!keeps_users(actor) && !(actor_has(actor, "head") && text_eq(agency, actor->agency)))
		return ERR(err, ERR_DENIED, "只有管理员可以查看用户");
	struct db_conn *conn;
	struct db_result rows;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	if (agency == NULL || *agency == '\0')
		rc = db_rows(conn, SQL_USER_ALL, NULL, 0, USERS_MAX, arena, &rows, err);
	else
		rc = DB_ROWS(conn, SQL_USER_OF_AGENCY, USERS_MAX, arena, &rows, err, DB_TEXT(agency));
	db_release(conn);
	if (rc != 0)
		return rc;
	*out = json_tie(arena, json_array());
	for (size_t i = 0; i < rows.rows; i++)
		if (sees_user(actor, db_str(&rows, i, 2), db_str(&rows, i, 8), arena))
			json_push(*out, user_row(site, arena, &rows, i));
	return 0;
}

int user_get(struct site *site, const struct actor *actor, const char *id, struct arena *arena, json_t **out, struct err *err)
{
	if (!keeps_users(actor) && !text_eq(actor->user, id))
		return ERR(err, ERR_NOT_FOUND, "没有这个用户");
	struct db_conn *conn;
	struct db_result rows;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = DB_ROWS(conn, SQL_USER_WITH_AREA, 1, arena, &rows, err, DB_TEXT(id));
	db_release(conn);
	if (rc != 0)
		return rc;
	if (rows.rows == 0 || (!text_eq(actor->user, id) && !sight_keeps(actor, db_str(&rows, 0, 2), db_str(&rows, 0, 6), arena)))
		return ERR(err, ERR_NOT_FOUND, "没有这个用户");
	*out = json_tie(arena, json_object());
	json_put_str(*out, "id", db_str(&rows, 0, 0));
	json_put_str(*out, "name", db_str(&rows, 0, 1));
	json_put_str(*out, "agency", db_str(&rows, 0, 2));
	json_put(*out, "roles", role_titles(site, db_str(&rows, 0, 3)));
	json_put_str(*out, "officer", db_str(&rows, 0, 4));
	json_put_str(*out, "status", db_str(&rows, 0, 5));
	return 0;
}
