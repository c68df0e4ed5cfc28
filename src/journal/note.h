/*
 * Signed notes (C2SP signed-note): a text that ends in a newline, a blank line, and signature lines
 * "— name base64(key id (4 bytes) || signature)". Two kinds of key are known: Ed25519 (type 0x01), and SM2 with SM3,
 * which has no registered type and therefore 0xff followed by NOTE_SM2_TYPE.
 */
#ifndef SANZHI_JOURNAL_NOTE_H
#define SANZHI_JOURNAL_NOTE_H

#include "journal/sign.h"

#define NOTE_MAX ((size_t)256 << 10) /* bytes of a whole note */
#define NOTE_SIGNATURES_MAX 64
#define NOTE_SM2_TYPE "sanzhi/sm2-sm3/v1"
#define NOTE_NAME_MAX 200

/* Whether a text can name a key: UTF-8, not empty, at most NOTE_NAME_MAX bytes, no control character, space (ASCII or
 * other) or plus. */
bool note_name_valid(const char *name, size_t len);

struct note_signer {
	const char *name;
	enum sign_scheme scheme;
	const struct sign_key *key;
};
/* The verifier key of a signer: "name+id in hex+base64(type || public key)". */
char *note_verifier(const struct note_signer *signer, struct arena *arena);

/* Signs a text (UTF-8, ends in a newline, no other control character: ERR_INVALID). */
int note_sign(const char *text, size_t len, const struct note_signer *signers, size_t n, struct arena *arena,
	      char **note_out, struct err *err) MUST_USE;

/* What a note that could be trusted holds. */
struct note {
	const char *text; /* with its last newline */
	size_t len;
	const char *names[NOTE_SIGNATURES_MAX]; /* of the keys whose signatures were verified, */
	enum sign_scheme schemes[NOTE_SIGNATURES_MAX];
	size_t verified; /* each counted once */
};
/* Opens a note with the verifiers' text, one verifier key a line: signatures of unknown keys are ignored; a known key's
 * signature that fails, a malformed note, and a note without a known key's signature are ERR_CORRUPT. A wrong verifier
 * line is ERR_INVALID. */
int note_open(const char *note, size_t len, const char *verifiers, struct arena *arena, struct note *out,
	      struct err *err) MUST_USE;

#endif
