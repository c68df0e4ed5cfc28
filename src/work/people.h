/*
 * Who acts: users, their roles and what they may see. Credentials (Argon2id, TOTP), sessions and interface tokens are the only tables that are
 * not computed from entries: secrets do not belong in a journal. Signing in and out and every change of a user are entries of the user's stream.
 */
#ifndef SANZHI_WORK_PEOPLE_H
#define SANZHI_WORK_PEOPLE_H

#include "work/site.h"

/* Who is asking. Filled from a session, a token or, on the command line, by actor_system. */
struct actor {
	const char *user;     /* id; "sanzhi" for the program, NULL for the public */
	const char *name;
	const char *agency;   /* code, "" where none */
	const char *agency_name; /* "" where none, or not registered yet; NULL: the public */
	const char *area;     /* GB/T 2260 of the agency */
	const json_t *roles;  /* array of role words */
	const char *officer;  /* officer id or NULL */
	bool token;           /* came by an interface token, not by a session */
	const char *session;  /* id (hash) of the session, or NULL */
	bool must_change;     /* the password must be changed before anything else */
};
struct actor actor_public(void);
struct actor actor_system(struct arena *arena); /* every role; the command line, on the machine itself */
bool actor_has(const struct actor *actor, const char *role);

/* Users are streams: kinds user.created, user.roles-set, user.disabled, user.enabled. Passwords: at least 10 characters, three of four classes, not the
 * login, not among the most common (docs/decisions). ERR_INVALID with diagnostics. The three administrators' roles exclude each other and every working role. */
struct user_new {
	const char *id;       /* login name: letters, digits, . _ - */
	const char *name;
	const char *agency;
	const json_t *roles;
	const char *officer;  /* or NULL */
	const char *password; /* or NULL: a random one comes back */
	const char *hash;     /* or NULL: what password_hash made of this password, where many users are made with one */
	bool must_change;
};
int user_check(const struct user_new *user, struct err *err) MUST_USE; /* login, roles and password alone */
/* ERR_INVALID, naming those there are, where one of the roles (an array; NULL: none) is none of the vocabulary's that can be given to a user. */
int user_roles_known(struct site *site, const json_t *roles, struct err *err) MUST_USE;
int user_create(struct site *site, const struct actor *actor, const struct user_new *user, struct arena *arena, const char **password_out, struct err *err) MUST_USE;
int user_set_roles(struct site *site, const struct actor *actor, const char *id, const json_t *roles, struct arena *arena, struct err *err) MUST_USE;
int user_set_disabled(struct site *site, const struct actor *actor, const char *id, bool disabled, const char *reason, struct arena *arena, struct err *err) MUST_USE;
int user_set_password(struct site *site, const struct actor *actor, const char *id, const char *old_password /* NULL: by an administrator */, const char *new_password,
                      struct arena *arena, struct err *err) MUST_USE;
/* [{id, name, agency, agency-name, roles:[{id,title}], status, last-seen}] that the actor may see. */
int user_list(struct site *site, const struct actor *actor, const char *agency, struct arena *arena, json_t **out, struct err *err) MUST_USE;
int user_get(struct site *site, const struct actor *actor, const char *id, struct arena *arena, json_t **out, struct err *err) MUST_USE;

/* Signing in: right password (and TOTP where set) gives a session token (base64url, 32 random bytes; the table keeps its SHA-256). Five failures lock for 15 minutes;
 * unknown and locked users take as long as others and are told the same: which names there are is not said. ERR_SIGNED_OUT (wrong, or locked), ERR_INVALID with where = "totp"
 * (code needed or wrong). */
int session_start(struct site *site, const char *user, const char *password, const char *totp, const char *from, struct arena *arena, const char **token_out, struct err *err) MUST_USE;
/* The actor of a token; extends it (30 minutes idle, 12 hours at most). ERR_SIGNED_OUT. */
int session_actor(struct site *site, const char *token, struct arena *arena, struct actor *out, struct err *err) MUST_USE;
int session_end(struct site *site, const char *token, struct err *err) MUST_USE;
int session_end_all(struct site *site, const char *user, struct err *err) MUST_USE;
/* All of the actor's sessions but the one that asks. */
int session_end_others(struct site *site, const struct actor *actor, struct err *err) MUST_USE;
int session_list(struct site *site, const char *user, struct arena *arena, json_t **out, struct err *err) MUST_USE;

/* TOTP (RFC 6238, SHA-1, 6 digits, 30 s, one step either side, a code counts once). Begin gives the otpauth:// address; confirm switches it on. */
int totp_begin(struct site *site, const struct actor *actor, struct arena *arena, const char **uri_out, struct err *err) MUST_USE;
int totp_confirm(struct site *site, const struct actor *actor, const char *code, struct err *err) MUST_USE;
int totp_is_on(struct site *site, const char *user, bool *out, struct err *err) MUST_USE;
int totp_remove(struct site *site, const struct actor *actor, const char *user, struct arena *arena, struct err *err) MUST_USE;

/* Interface tokens: "sz_" + base64url; shown once; kept as SHA-256; act as their user. */
int token_create(struct site *site, const struct actor *actor, const char *title, int days, struct arena *arena, const char **token_out, struct err *err) MUST_USE;
int token_actor(struct site *site, const char *token, struct arena *arena, struct actor *out, struct err *err) MUST_USE;
int token_list(struct site *site, const struct actor *actor, struct arena *arena, json_t **out, struct err *err) MUST_USE;
int token_revoke(struct site *site, const struct actor *actor, int64_t id, struct err *err) MUST_USE;

#endif
