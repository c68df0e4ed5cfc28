/*
 * The two signature schemes of the log. Ed25519 (RFC 8032): public keys of 32 bytes, signatures of 64. SM2 with SM3
 * (GB/T 32918.2): public keys are the point 04 || x || y, signatures r || s (32 bytes each, big-endian); the user id is
 * always the standard's default "1234567812345678".
 */
#ifndef SANZHI_JOURNAL_SIGN_H
#define SANZHI_JOURNAL_SIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum sign_scheme { SIGN_ED25519, SIGN_SM2 };
#define SIGN_SCHEMES 2
#define SIGN_LEN 64
#define SIGN_PUBLIC_MAX 65

/* Bytes of a scheme's public key. */
size_t sign_public_len(enum sign_scheme scheme);

/* A private key, tied to the arena. */
struct sign_key;
int sign_generate(enum sign_scheme scheme, struct arena *arena, struct sign_key **out, struct err *err) MUST_USE;
/* PEM (PKCS #8, not encrypted) in a file. Writing makes the file, mode 0600, and syncs it; a file that exists is
 * ERR_CONFLICT. Reading refuses a file that others than its owner may read (ERR_DENIED) and a key of another scheme. */
int sign_write(const struct sign_key *key, const char *path, struct err *err) MUST_USE;
int sign_read(enum sign_scheme scheme, const char *path, struct arena *arena, struct sign_key **out,
	      struct err *err) MUST_USE;

void sign_public(const struct sign_key *key, uint8_t out[SIGN_PUBLIC_MAX]);
int sign_make(const struct sign_key *key, const void *text, size_t len, uint8_t out[SIGN_LEN],
	      struct err *err) MUST_USE;
/* False for a wrong signature and for a public key that is none. */
bool sign_verify(enum sign_scheme scheme, const uint8_t *public_key, const void *text, size_t len,
		 const uint8_t signature[SIGN_LEN]);

#endif
