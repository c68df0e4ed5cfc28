/*
 * Signed checkpoints: C2SP signed-note and tlog-checkpoint. Two signatures a note: Ed25519 (type 0x01), and SM2 with SM3 (GB/T 32918; no
 * registered type: 0xff with a long identifier), whose user id is the standard's 1234567812345678.
 */
#ifndef SANZHI_JOURNAL_CHECKPOINT_H
#define SANZHI_JOURNAL_CHECKPOINT_H

#include "base/hash.h"
#include "base/civil.h"

struct keyring;

/* Makes both key pairs and writes them, readable by the owner only, into `dir` (which must not hold keys yet). `origin` is the log's name, such as "sanzhi.example/log". */
int keyring_create(const char *dir, const char *origin, struct err *err) MUST_USE;
/* Loads them. Tied to the arena. */
int keyring_load(const char *dir, struct arena *arena, struct keyring **out, struct err *err) MUST_USE;
const char *keyring_origin(const struct keyring *keys);
/* The verifier keys, one a line ("name+hash+base64"), for a stranger to keep: Ed25519 in the note format, then SM2. */
char *keyring_verifiers(const struct keyring *keys, struct arena *arena);

struct checkpoint {
	const char *origin;
	int64_t size;
	struct digest root;
};

/* The signed note of a checkpoint, ending in a newline. */
int checkpoint_sign(const struct keyring *keys, const struct checkpoint *checkpoint, struct arena *arena, char **note_out, struct err *err) MUST_USE;
/* Opens a note with the verifiers' text: unknown keys are ignored, a known key that fails refuses it, no known key refuses it (ERR_CORRUPT). */
int checkpoint_open(const char *note, size_t len, const char *verifiers, struct arena *arena, struct checkpoint *out, struct err *err) MUST_USE;

#endif
