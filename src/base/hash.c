#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

static struct digest digest_of(const EVP_MD *type, const void *a, size_t alen, const void *b, size_t blen)
{
	struct digest out;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	BUG_ON(ctx == NULL || EVP_DigestInit_ex(ctx, type, NULL) != 1);
	BUG_ON(EVP_DigestUpdate(ctx, a, alen) != 1);
	BUG_ON(blen > 0 && EVP_DigestUpdate(ctx, b, blen) != 1);
	BUG_ON(EVP_DigestFinal_ex(ctx, out.bytes, NULL) != 1);
	EVP_MD_CTX_free(ctx);
	return out;
}

struct digest hash_sha256(const void *data, size_t len)
{
	return digest_of(EVP_sha256(), data, len, NULL, 0);
}

struct digest hash_sha256_2(const void *a, size_t alen, const void *b, size_t blen)
{
	return digest_of(EVP_sha256(), a, alen, b, blen);
}

struct digest hash_sm3(const void *data, size_t len)
{
	return digest_of(EVP_sm3(), data, len, NULL, 0);
}

struct hasher {
	EVP_MD_CTX *sha256, *sm3;
};

static void hasher_drop(void *arg)
{
	struct hasher *hasher = arg;
	EVP_MD_CTX_free(hasher->sha256);
	EVP_MD_CTX_free(hasher->sm3);
}

struct hasher *hasher_new(struct arena *arena)
{
	struct hasher *hasher = ARENA_NEW(arena, struct hasher);
	hasher->sha256 = EVP_MD_CTX_new();
	hasher->sm3 = EVP_MD_CTX_new();
	BUG_ON(hasher->sha256 == NULL || hasher->sm3 == NULL);
	BUG_ON(EVP_DigestInit_ex(hasher->sha256, EVP_sha256(), NULL) != 1);
	BUG_ON(EVP_DigestInit_ex(hasher->sm3, EVP_sm3(), NULL) != 1);
	arena_on_free(arena, hasher_drop, hasher);
	return hasher;
}

void hasher_add(struct hasher *hasher, const void *data, size_t len)
{
	BUG_ON(EVP_DigestUpdate(hasher->sha256, data, len) != 1);
	BUG_ON(EVP_DigestUpdate(hasher->sm3, data, len) != 1);
}

void hasher_end(struct hasher *hasher, struct digest *sha256_out, struct digest *sm3_out)
{
	BUG_ON(EVP_DigestFinal_ex(hasher->sha256, sha256_out->bytes, NULL) != 1);
	BUG_ON(EVP_DigestFinal_ex(hasher->sm3, sm3_out->bytes, NULL) != 1);
}

void random_bytes(void *out, size_t len)
{
	BUG_ON(len > INT32_MAX || RAND_bytes(out, (int)len) != 1);
}

int digest_differs(const struct digest *a, const struct digest *b)
{
	return CRYPTO_memcmp(a->bytes, b->bytes, HASH_LEN);
}
