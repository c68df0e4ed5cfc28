#include "work/password.h"

#include <liboath/oath.h>
#include <sodium.h>

#include "base/text.h"

#define PASSWORD_MIN 10
#define PASSWORD_MAX 128
#define TOTP_STEP 30
#define TOTP_DIGITS 6

/* The commonest that pass the rule of classes; a longer list would not say more, since the classes already keep most out. */
static const char *const common[] = {
    "Password123", "Password1!", "Password123!", "Passw0rd123", "P@ssw0rd123", "P@ssword123", "Admin@1234", "Admin@12345", "Admin123456",
    "Abc123456!",  "Abcd1234!",  "Abcd@1234",    "Qwer1234!",   "Qwer@1234",   "Qwerty123!",  "Aa123456789", "Aa123456!",   "Zxcvbn123!",
    "1qaz@WSX3edc", "1qaz2wsx3E", "Welcome123!",  "Welcome@123", "Test@12345",  "Root@12345",  "Huawei@123",  "Woaini1314!", "Yunnan@2026",
};

static int weak(struct err *err, const char *what, const char *mend)
{
	struct diag *diag = err_diag(err, "password", "%s", what);
	diag->mend = mend;
	return ERR(err, ERR_INVALID, "密码不合要求：%s", what);
}

int password_check(const char *login, const char *password, struct err *err)
{
	size_t len = strlen(password);
	bool lower = false, upper = false, digit = false, other = false;
	for (size_t i = 0; i < len; i++) {
		char c = password[i];
		if (c >= 'a' && c <= 'z')
			lower = true;
		else if (c >= 'A' && c <= 'Z')
			upper = true;
		else if (c >= '0' && c <= '9')
			digit = true;
		else
			other = true;
	}
	if (!utf8_valid(password, len) || utf8_count(password, len) < PASSWORD_MIN || len > PASSWORD_MAX)
		return weak(err, "密码须为 10 至 128 个字符", "用一句自己记得住的话，加上数字和符号");
	if (lower + upper + digit + other < 3)
		return weak(err, "密码须含大写字母、小写字母、数字、符号中的三种", "例如加上一个数字和一个符号");
	if (strcasestr(password, login) != NULL)
		return weak(err, "密码中不能含有用户名", "换一个与用户名无关的密码");
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (strcasecmp(password, common[i]) == 0)
			return weak(err, "这个密码太常见，容易被猜到", "换一个别人想不到的密码");
	return 0;
}

int password_hash(struct arena *arena, const char *password, char **out, struct err *err)
{
	*out = arena_alloc(arena, crypto_pwhash_STRBYTES);
	if (crypto_pwhash_str(*out, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
		return ERR(err, ERR_BUSY, "内存不足，无法处理密码，请稍后再试");
	return 0;
}

const char *password_random(struct arena *arena)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	struct err ignored;
	for (;;) {
		char *out = arena_alloc(arena, 17);
		for (size_t i = 0; i < 16; i++)
			out[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
		err_init(&ignored, arena);
		if (password_check("\x01", out, &ignored) == 0)
			return out;
	}
}

int password_verify_stored(struct site *site, const char *user, const char *password, struct arena *arena, struct err *err)
{
	/* A hash of nothing anybody knows, so that a name that does not exist takes as long as one that does. */
	static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$5PZ7tS8eKvRkqk8kY3nOzrpJ3n0yqXz9Tz7B1Z1mE0A";
	struct db_conn *conn;
	struct db_result rows;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = DB_ROWS(conn, SQL_CREDENTIAL_GET, 1, arena, &rows, err, DB_TEXT(user));
	db_release(conn);
	if (rc != 0)
		return rc;
	const char *hash = rows.rows == 0 ? nobody : db_str(&rows, 0, 0);
	size_t len = strnlen(password, PASSWORD_MAX + 1);
	bool right = crypto_pwhash_str_verify(hash, password, len > PASSWORD_MAX ? PASSWORD_MAX : len) == 0 && len <= PASSWORD_MAX && rows.rows > 0;
	return right ? 0 : ERR(err, ERR_INVALID, "密码不对");
}

bool totp_check(const char *secret_base32, const char *code, instant_t now, int64_t last, int64_t *step_out)
{
	char *secret = NULL;
	size_t len = 0;
	if (strlen(code) != TOTP_DIGITS || oath_base32_decode(secret_base32, strlen(secret_base32), &secret, &len) != OATH_OK)
		return false;
	int64_t step = now / INSTANT_SECOND / TOTP_STEP;
	bool right = false;
	for (int64_t s = step - 1; s <= step + 1; s++) {
		char expected[TOTP_DIGITS + 1];
		if (oath_hotp_generate(secret, len, (uint64_t)s, TOTP_DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION, expected) != OATH_OK)
			continue;
		if (sodium_memcmp(expected, code, TOTP_DIGITS) == 0 && s > last) {
			right = true;
			*step_out = s;
		}
	}
	free(secret); /* the library's own allocation */
	return right;
}

const char *totp_secret(struct arena *arena)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *out = arena_alloc(arena, 33);
	for (size_t i = 0; i < 32; i++)
		out[i] = letters[randombytes_uniform(32)];
	return out;
}
