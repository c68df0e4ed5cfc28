/* Digests (OpenSSL): SHA-256 (FIPS 180-4) and SM3 (GB/T 32905). Every file carries both. */
#ifndef SANZHI_BASE_HASH_H
#define SANZHI_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define HASH_LEN 32

struct digest {
	uint8_t bytes[HASH_LEN];
};

/* Whole blocks; they cannot fail but by a bug or a broken OpenSSL, which ends the process. */
struct digest hash_sha256(const void *data, size_t len);
struct digest hash_sha256_2(const void *a, size_t alen, const void *b, size_t blen); /* of a || b */
struct digest hash_sm3(const void *data, size_t len);

/* Both digests at once over a stream; tied to the arena. */
struct hasher;
struct hasher *hasher_new(struct arena *arena);
void hasher_add(struct hasher *hasher, const void *data, size_t len);
void hasher_end(struct hasher *hasher, struct digest *sha256_out, struct digest *sm3_out);

/* Cryptographically random bytes; ends the process when the system has none. */
void random_bytes(void *out, size_t len);
/* Compares in constant time. */
int digest_differs(const struct digest *a, const struct digest *b);

#endif
