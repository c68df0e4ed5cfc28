/* Inside this floor: passwords (Argon2id through libsodium) and one-time codes (RFC 6238 through liboath). */
#ifndef SANZHI_WORK_PASSWORD_H
#define SANZHI_WORK_PASSWORD_H

#include "work/people.h"

/* 10 to 128 characters, three of the four classes, neither the login nor one of the commonest. ERR_INVALID with a diagnostic on "password". */
int password_check(const char *login, const char *password, struct err *err) MUST_USE;
int password_hash(struct arena *arena, const char *password, char **out, struct err *err) MUST_USE;
/* 16 characters without look-alikes; meets password_check. */
const char *password_random(struct arena *arena);
/* Against the stored one: ERR_INVALID where it differs or the user has none; takes as long either way. */
int password_verify_stored(struct site *site, const char *user, const char *password, struct arena *arena, struct err *err) MUST_USE;

/* Whether a code is right at this moment, one step of 30 s either side; the step it belongs to must be above `last` (a code counts once). */
bool totp_check(const char *secret_base32, const char *code, instant_t now, int64_t last, int64_t *step_out);
/* A new secret of 20 random bytes in base32. */
const char *totp_secret(struct arena *arena);

#endif
