/*
 * Signed checkpoints: C2SP signed-note and tlog-checkpoint. Two signatures a note: Ed25519 (type 0x01), and SM2 with SM3 (GB/T 32918; no
 * registered type: 0xff with a long identifier), whose user id is the standard's 1234567812345678.
 */
#ifndef SANZHI_JOURNAL_CHECKPOINT_H
#define SANZHI_JOURNAL_CHECKPOINT_H

#include "base/hash.h"
#include "base/civil.h"

struct keyring;

/* Makes both key pairs and writes them, readable by the owner only, into `dir` (made where missing; ERR_CONFLICT where it holds keys already). `origin` is the
 * log's name, such as "sanzhi.example/log": no space, no plus. Files: log-ed25519.pem, log-sm2.pem, log-origin, and for everybody log-verifiers. */
int keyring_create(const char *dir, const char *origin, struct err *err) MUST_USE;
/* Loads them. Tied to the arena. ERR_NOT_FOUND; ERR_DENIED where others than the owner may read a key; ERR_CORRUPT. */
int keyring_load(const char *dir, struct arena *arena, struct keyring **out, struct err *err) MUST_USE;
const char *keyring_origin(const struct keyring *keys);
/* The verifier keys, one a line ("name+hash+base64"), for a stranger to keep: Ed25519 in the note format, then SM2. */
char *keyring_verifiers(const struct keyring *keys, struct arena *arena);

struct checkpoint {
	const char *origin;
	int64_t size; /* leaves */
	struct digest root;
	unsigned signatures; /* checkpoint_open: how many known keys signed it, each counted once */
};

/* The signed note of a checkpoint, ending in a newline. */
int checkpoint_sign(const struct keyring *keys, const struct checkpoint *checkpoint, struct arena *arena, char **note_out, struct err *err) MUST_USE;
/* Opens a note with the verifiers' text: unknown keys are ignored, a known key that fails refuses it, no known key refuses it (ERR_CORRUPT).
 * One of the keys that signed must bear the origin's name; lines after the root (extensions) are allowed and passed over. */
int checkpoint_open(const char *note, size_t len, const char *verifiers, struct arena *arena, struct checkpoint *out, struct err *err) MUST_USE;

#endif
