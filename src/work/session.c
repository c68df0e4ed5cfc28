/* Signing in: sessions, one-time codes, interface tokens. Tokens are kept as SHA-256 only. */
#include "base/text.h"
#include "work/act.h"
#include "work/password.h"

#define TOKEN_LEN 32
#define IDLE (30 * 60 * INSTANT_SECOND)
#define LONGEST (12 * INSTANT_HOUR)
#define SEEN_EVERY (60 * INSTANT_SECOND) /* how often use is written down */
#define FAILURES_MAX 5
#define LOCKED (15 * 60 * INSTANT_SECOND)
#define TOKEN_DAYS_MAX 366
#define LIST_MAX 1000

static char *token_hash(struct arena *arena, const char *token)
{
	struct digest digest = hash_sha256(token, strlen(token));
	return hex_encode(arena, digest.bytes, HASH_LEN);
}

static char *new_token(struct arena *arena)
{
	uint8_t bytes[TOKEN_LEN];
	random_bytes(bytes, sizeof(bytes));
	return base64url_encode(arena, bytes, sizeof(bytes));
}

/* One statement on the writer. */
static int write_one(struct site *site, enum sql_id sql, const struct db_value *args, size_t nargs, int64_t *changed, struct err *err)
{
	struct db_conn *conn;
	int rc = db_acquire(site->db, DB_WRITE, &conn, err);
	if (rc != 0)
		return rc;
	rc = db_run(conn, sql, args, nargs, changed, err);
	db_release(conn);
	return rc;
}
#define WRITE_ONE(site, sql, changed, err, ...)                                                                        \
	write_one((site), (sql), (const struct db_value[]){__VA_ARGS__},                                               \
	          sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value), (changed), (err))

static int read_one(struct site *site, enum sql_id sql, struct db_value arg, size_t limit, struct arena *arena, struct db_result *out, struct err *err)
{
	struct db_conn *conn;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = db_rows(conn, sql, &arg, 1, limit, arena, out, err);
	db_release(conn);
	return rc;
}

/* An entry of the user's stream, written by the program: who signed in, from where, or failed to. */
static int note(struct site *site, const char *user, const char *kind, json_t *body, struct arena *arena, struct err *err)
{
	struct actor program = actor_system(arena);
	struct act act = {.stream_type = "user", .stream_key = user, .kind = kind, .at = INSTANT_NONE, .body = body, .expect = -1};
	struct act_result result;
	return act_do(site, &program, &act, arena, &result, err);
}

/* The actor in a row, from a column on in the order of user_with_area. */
static int read_actor(const struct db_result *rows, size_t at, struct arena *arena, struct actor *out, struct err *err)
{
	if (rows->rows == 0 || db_is_null(rows, 0, at) || !text_eq(db_str(rows, 0, at + 5), "启用"))
		return ERR(err, ERR_SIGNED_OUT, "这个用户已停用，请联系安全管理员");
	json_t *roles = json_loads(db_str(rows, 0, at + 3), 0, NULL);
	*out = (struct actor){
	    .user = db_str(rows, 0, at),
	    .name = db_str(rows, 0, at + 1),
	    .agency = db_str(rows, 0, at + 2),
	    .area = db_str(rows, 0, at + 6),
	    .roles = json_tie(arena, roles == NULL ? json_array() : roles),
	    .officer = *db_str(rows, 0, at + 4) == '\0' ? NULL : db_str(rows, 0, at + 4),
	    .must_change = db_int(rows, 0, at + 7) != 0,
	    .agency_name = db_str(rows, 0, at + 8),
	};
	return 0;
}

static int load_user(struct site *site, const char *user, struct arena *arena, struct actor *out, struct err *err)
{
	struct db_result rows;
	int rc = read_one(site, SQL_USER_WITH_AREA, DB_TEXT(user), 1, arena, &rows, err);
	if (rc == 0 && rows.rows == 0)
		return ERR(err, ERR_SIGNED_OUT, "没有用户名为 %s 的用户", user);
	return rc == 0 ? read_actor(&rows, 0, arena, out, err) : rc;
}

/* --- sessions ------------------------------------------------------------------------------------------------------ */

/* Said to everybody who does not get in: which names there are, and which are locked, is nobody's to learn here. */
static int not_in(struct err *err)
{
	return ERR(err, ERR_SIGNED_OUT, "用户名或者密码不对；连续输错 %d 次，锁定 %lld 分钟", FAILURES_MAX, (long long)(LOCKED / INSTANT_SECOND / 60));
}

/* One failure more of a user who is there. What cannot be written is logged: the answer is the same. */
static void count_failure(struct site *site, const char *user, const char *from, instant_t now, struct arena *arena)
{
	struct err err;
	int64_t counted = 0, locked = 0;
	err_init(&err, arena);
	json_t *body = json_tie(arena, json_object()), *lock = json_tie(arena, json_object());
	int rc = WRITE_ONE(site, SQL_CREDENTIAL_FAILED, &counted, &err, DB_TEXT(user), DB_INT(FAILURES_MAX), DB_INT(now));
	if (rc == 0 && counted == 0)
		rc = WRITE_ONE(site, SQL_CREDENTIAL_LOCK, &locked, &err, DB_TEXT(user), DB_INT(FAILURES_MAX), DB_INT(now), DB_INT(now + LOCKED));
	json_put_str(body, "from", from);
	json_put_str(lock, "until", instant_format(arena, now + LOCKED));
	json_put_str(lock, "reason", "连续登录失败");
	if (rc == 0 && counted + locked > 0)
		rc = note(site, user, "user.sign-in-failed", body, arena, &err);
	if (rc == 0 && locked > 0)
		rc = note(site, user, "user.locked", lock, arena, &err);
	if (rc != 0)
		log_err(&site->log, "sign-in-note", NULL, &err);
}

static int check_code(struct site *site, const char *user, const struct db_result *credential, const char *code, instant_t now, struct err *err)
{
	const char *secret = db_str(credential, 0, 2);
	int64_t step, changed;
	if (*secret == '\0')
		return 0;
	if (code == NULL || *code == '\0') {
		(void)err_diag(err, "totp", "请输入动态验证码");
		return ERR(err, ERR_INVALID, "请输入动态验证码");
	}
	if (totp_check(secret, code, now, db_int(credential, 0, 4), &step)) {
		int rc = WRITE_ONE(site, SQL_CREDENTIAL_TOTP_USED, &changed, err, DB_TEXT(user), DB_INT(step));
		if (rc != 0 || changed == 1)
			return rc;
	}
	(void)err_diag(err, "totp", "动态验证码不对或者已经用过");
	return ERR(err, ERR_INVALID, "动态验证码不对或者已经用过");
}

int session_start(struct site *site, const char *user, const char *password, const char *totp, const char *from, struct arena *arena, const char **token_out, struct err *err)
{
	struct db_result credential;
	instant_t now = clock_now(&site->clock);
	int rc = read_one(site, SQL_CREDENTIAL_GET, DB_TEXT(user), 1, arena, &credential, err);
	if (rc != 0)
		return rc;
	bool known = credential.rows > 0, locked = known && db_int(&credential, 0, 6) > now;
	rc = password_verify_stored(site, user, password, arena, err); /* also where locked: it takes its time whoever asks */
	if (rc == -ERR_INVALID || (rc == 0 && locked)) {
		err_clear(err);
		if (known && !locked)
			count_failure(site, user, from, now, arena);
		return not_in(err);
	}
	if (rc == 0)
		rc = check_code(site, user, &credential, totp, now, err);
	if (rc == -ERR_INVALID && totp != NULL && *totp != '\0')
		count_failure(site, user, from, now, arena);
	struct actor actor;
	if (rc == 0)
		rc = load_user(site, user, arena, &actor, err);
	if (rc != 0)
		return rc;
	const char *token = new_token(arena);
	int64_t passed;
	rc = WRITE_ONE(site, SQL_CREDENTIAL_PASSED, &passed, err, DB_TEXT(user), DB_INT(now));
	if (rc == 0 && passed == 0)
		return not_in(err); /* locked by a guess that came at the same time */
	if (rc == 0)
		rc = WRITE_ONE(site, SQL_SESSION_PURGE, NULL, err, DB_INT(now - IDLE), DB_INT(now - LONGEST));
	if (rc == 0)
		rc = WRITE_ONE(site, SQL_SESSION_PUT, NULL, err, DB_TEXT(token_hash(arena, token)), DB_TEXT(user), DB_INT(now), DB_TEXT(from == NULL ? "" : from));
	json_t *body = json_tie(arena, json_object());
	json_put_str(body, "from", from);
	if (rc == 0)
		rc = note(site, user, "user.signed-in", body, arena, err);
	if (rc == 0)
		*token_out = token;
	return rc;
}

int session_actor(struct site *site, const char *token, struct arena *arena, struct actor *out, struct err *err)
{
	struct db_result rows;
	instant_t now = clock_now(&site->clock);
	char *hash = token_hash(arena, token);
	int rc = read_one(site, SQL_SESSION_GET, DB_TEXT(hash), 1, arena, &rows, err);
	if (rc != 0)
		return rc;
	if (rows.rows == 0 || now - db_int(&rows, 0, 2) > IDLE || now - db_int(&rows, 0, 1) > LONGEST)
		return ERR(err, ERR_SIGNED_OUT, "登录已过期，请重新登录");
	rc = read_actor(&rows, 3, arena, out, err);
	if (rc != 0)
		return rc;
	out->session = hash;
	if (now - db_int(&rows, 0, 2) > SEEN_EVERY)
		rc = WRITE_ONE(site, SQL_SESSION_SEEN, NULL, err, DB_TEXT(hash), DB_INT(now));
	return rc;
}

int session_end(struct site *site, const char *token, struct err *err)
{
	return WRITE_ONE(site, SQL_SESSION_END, NULL, err, DB_TEXT(token_hash(err->arena, token)));
}

int session_end_all(struct site *site, const char *user, struct err *err)
{
	return WRITE_ONE(site, SQL_SESSION_END_USER, NULL, err, DB_TEXT(user));
}

int session_end_others(struct site *site, const struct actor *actor, struct err *err)
{
	return WRITE_ONE(site, SQL_SESSION_END_OTHERS, NULL, err, DB_TEXT(actor->user), DB_TEXT(actor->session == NULL ? "" : actor->session));
}

int session_list(struct site *site, const char *user, struct arena *arena, json_t **out, struct err *err)
{
	struct db_result rows;
	int rc = read_one(site, SQL_SESSION_OF_USER, DB_TEXT(user), LIST_MAX, arena, &rows, err);
	if (rc != 0)
		return rc;
	*out = json_tie(arena, json_array());
	for (size_t i = 0; i < rows.rows; i++) {
		json_t *item = json_object();
		json_put_str(item, "id", db_str(&rows, i, 0));
		json_put_str(item, "started", instant_format_zh(arena, db_int(&rows, i, 1)));
		json_put_str(item, "seen", instant_format_zh(arena, db_int(&rows, i, 2)));
		json_put_str(item, "from", db_str(&rows, i, 3));
		json_push(*out, item);
	}
	return 0;
}

/* --- one-time codes ------------------------------------------------------------------------------------------------ */

static int note_totp(struct site *site, const char *user, bool on, struct arena *arena, struct err *err)
{
	json_t *body = json_tie(arena, json_object());
	json_put_bool(body, "enabled", on);
	return note(site, user, "user.totp-set", body, arena, err);
}

int totp_begin(struct site *site, const struct actor *actor, struct arena *arena, const char **uri_out, struct err *err)
{
	const char *secret = totp_secret(arena);
	int rc = WRITE_ONE(site, SQL_CREDENTIAL_TOTP_PENDING, NULL, err, DB_TEXT(actor->user), DB_TEXT(secret));
	if (rc == 0)
		*uri_out = arena_printf(arena, "otpauth://totp/sanzhi:%s?secret=%s&issuer=sanzhi", actor->user, secret);
	return rc;
}

int totp_confirm(struct site *site, const struct actor *actor, const char *code, struct err *err)
{
	struct db_result rows;
	struct arena *arena = err->arena;
	int64_t step;
	int rc = read_one(site, SQL_CREDENTIAL_GET, DB_TEXT(actor->user), 1, arena, &rows, err);
	if (rc != 0)
		return rc;
	const char *pending = rows.rows == 0 ? "" : db_str(&rows, 0, 3);
	if (*pending == '\0' || !totp_check(pending, code, clock_now(&site->clock), 0, &step)) {
		(void)err_diag(err, "code", "动态验证码不对");
		return ERR(err, ERR_INVALID, "动态验证码不对，请核对手机时间后再试");
	}
	rc = WRITE_ONE(site, SQL_CREDENTIAL_TOTP_SET, NULL, err, DB_TEXT(actor->user), DB_TEXT(pending), DB_INT(step));
	return rc == 0 ? note_totp(site, actor->user, true, arena, err) : rc;
}

int totp_is_on(struct site *site, const char *user, bool *out, struct err *err)
{
	struct db_result rows;
	int rc = read_one(site, SQL_CREDENTIAL_GET, DB_TEXT(user), 1, err->arena, &rows, err);
	if (rc == 0)
		*out = rows.rows > 0 && *db_str(&rows, 0, 2) != '\0';
	return rc;
}

int totp_remove(struct site *site, const struct actor *actor, const char *user, struct arena *arena, struct err *err)
{
	if (!text_eq(actor->user, user) && !actor_has(actor, "security-admin") && !actor_has(actor, "program"))
		return ERR(err, ERR_DENIED, "只有本人和安全管理员可以停用动态验证码");
	json_t *found; /* a name that nobody has gets no entry */
	int rc = text_eq(actor->user, user) ? 0 : user_get(site, actor, user, arena, &found, err);
	if (rc == 0)
		rc = WRITE_ONE(site, SQL_CREDENTIAL_TOTP_SET, NULL, err, DB_TEXT(user), DB_TEXT(""), DB_INT(0));
	return rc == 0 ? note_totp(site, user, false, arena, err) : rc;
}

/* --- interface tokens ---------------------------------------------------------------------------------------------- */

int token_create(struct site *site, const struct actor *actor, const char *title, int days, struct arena *arena, const char **token_out, struct err *err)
{
	if (days < 1 || days > TOKEN_DAYS_MAX) {
		(void)err_diag(err, "days", "有效天数应在 1 至 %d 之间", TOKEN_DAYS_MAX);
		return ERR(err, ERR_INVALID, "有效天数不对");
	}
	char *token = arena_printf(arena, "sz_%s", new_token(arena));
	instant_t now = clock_now(&site->clock);
	struct actor whose;
	int rc = load_user(site, actor->user, arena, &whose, err); /* one who is not there, or is disabled, gets none */
	if (rc == 0)
		rc = WRITE_ONE(site, SQL_TOKEN_PUT, NULL, err, DB_TEXT(token_hash(arena, token)), DB_TEXT(actor->user), DB_TEXT(title), DB_INT(now),
		               DB_INT(now + days * INSTANT_DAY));
	json_t *body = json_tie(arena, json_object());
	json_put_str(body, "name", title);
	json_put_str(body, "until", day_format(arena, instant_day(now + days * INSTANT_DAY)));
	if (rc == 0)
		rc = note(site, actor->user, "user.token-issued", body, arena, err);
	if (rc == 0)
		*token_out = token;
	return rc;
}

int token_actor(struct site *site, const char *token, struct arena *arena, struct actor *out, struct err *err)
{
	struct db_result rows;
	int rc = read_one(site, SQL_TOKEN_GET, DB_TEXT(token_hash(arena, token)), 1, arena, &rows, err);
	if (rc != 0)
		return rc;
	if (rows.rows == 0 || db_int(&rows, 0, 2) < clock_now(&site->clock))
		return ERR(err, ERR_SIGNED_OUT, "接口令牌无效或者已过期");
	rc = read_actor(&rows, 3, arena, out, err);
	out->token = true;
	return rc;
}

int token_list(struct site *site, const struct actor *actor, struct arena *arena, json_t **out, struct err *err)
{
	struct db_result rows;
	int rc = read_one(site, SQL_TOKEN_OF_USER, DB_TEXT(actor->user), LIST_MAX, arena, &rows, err);
	if (rc != 0)
		return rc;
	*out = json_tie(arena, json_array());
	for (size_t i = 0; i < rows.rows; i++) {
		json_t *item = json_object();
		json_put_int(item, "id", db_int(&rows, i, 0));
		json_put_str(item, "title", db_str(&rows, i, 1));
		json_put_str(item, "created", instant_format_zh(arena, db_int(&rows, i, 2)));
		json_put_str(item, "expires", instant_format_zh(arena, db_int(&rows, i, 3)));
		json_push(*out, item);
	}
	return 0;
}

int token_revoke(struct site *site, const struct actor *actor, int64_t id, struct err *err)
{
	int64_t changed;
	int rc = WRITE_ONE(site, SQL_TOKEN_END, &changed, err, DB_INT(id), DB_TEXT(actor->user));
	if (rc == 0 && changed == 0)
		return ERR(err, ERR_NOT_FOUND, "没有这个接口令牌");
	return rc;
}
