#include "journal/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_MAX 4096
#define HALF (SIGN_LEN / 2)

struct sign_key {
	enum sign_scheme scheme;
	EVP_PKEY *pkey;
};

static char sm2_user_id[] = "1234567812345678"; /* never written to: OSSL_PARAM only lacks the const */

static int openssl_failed(struct err *err, const char *what)
{
	char text[256];
	unsigned long code = ERR_get_error();
	ERR_error_string_n(code, text, sizeof(text));
	ERR_clear_error();
	err_detail(err, "%s: %s", what, text);
	return ERR(err, ERR_INTERNAL, "密码运算失败");
}

size_t sign_public_len(enum sign_scheme scheme)
{
	return scheme == SIGN_ED25519 ? 32 : SIGN_PUBLIC_MAX;
}

static void key_drop(void *arg)
{
	struct sign_key *key = arg;
	EVP_PKEY_free(key->pkey);
}

static struct sign_key *key_tie(struct arena *arena, enum sign_scheme scheme, EVP_PKEY *pkey)
{
	struct sign_key *key = ARENA_NEW(arena, struct sign_key);
	*key = (struct sign_key){.scheme = scheme, .pkey = pkey};
	arena_on_free(arena, key_drop, key);
	return key;
}

int sign_generate(enum sign_scheme scheme, struct arena *arena, struct sign_key **out, struct err *err)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, scheme == SIGN_ED25519 ? "ED25519" : "SM2");
	if (pkey == NULL)
		return openssl_failed(err, "keygen");
	*out = key_tie(arena, scheme, pkey);
	return 0;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, data, len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		data += done;
		len -= (size_t)done;
	}
	return fsync(fd);
}

int sign_write(const struct sign_key *key, const char *path, struct err *err)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	if (bio == NULL || PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) != 1) {
		BIO_free(bio);
		return openssl_failed(err, "PEM_write_bio_PKCS8PrivateKey");
	}
	char *pem = NULL;
	long len = BIO_get_mem_data(bio, &pem);
	int status = 0, fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		status = errno == EEXIST ? ERR(err, ERR_CONFLICT, "密钥文件已经存在：%s", path)
					 : ERR(err, ERR_IO, "不能建立密钥文件 %s：%s", path, err_path(err->arena, path, errno));
	} else {
		int failed = write_all(fd, pem, (size_t)len);
		int code = errno;
		if (close(fd) != 0 && failed == 0) {
			failed = -1;
			code = errno;
		}
		if (failed != 0) {
			(void)unlink(path);
			status = ERR(err, code == ENOSPC ? ERR_FULL : ERR_IO, "不能写入密钥文件 %s：%s", path, err_path(err->arena, path, code));
		}
	}
	BIO_free(bio);
	return status;
}

/* Never asks at the terminal: an encrypted key is a key that cannot be read. */
static int no_password(char *buf, int size, int rwflag, void *arg)
{
	(void)buf, (void)size, (void)rwflag, (void)arg;
	return -1;
}

static int read_file(const char *path, char *out, size_t max, size_t *len_out, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? ERR(err, ERR_NOT_FOUND, "没有密钥文件 %s：从备份取回它", path)
				       : ERR(err, ERR_IO, "不能读取密钥文件 %s：%s", path, err_path(err->arena, path, errno));
	int status = 0;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		status = ERR(err, ERR_IO, "密钥文件不是普通文件：%s", path);
	else if ((st.st_mode & 077) != 0)
		status = ERR(err, ERR_DENIED, "密钥文件他人可读写，须先执行 chmod 600 %s", path);
	size_t len = 0;
	while (status == 0 && len < max) {
		ssize_t got = read(fd, out + len, max - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			status = ERR(err, ERR_IO, "不能读取密钥文件：%s", path);
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	(void)close(fd);
	*len_out = len;
	return status;
}

int sign_read(enum sign_scheme scheme, const char *path, struct arena *arena, struct sign_key **out, struct err *err)
{
	char pem[KEY_FILE_MAX];
	size_t len = 0;
	int status = read_file(path, pem, sizeof(pem), &len, err);
	if (status != 0)
		return status;
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	EVP_PKEY *pkey = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	BIO_free(bio);
	OPENSSL_cleanse(pem, sizeof(pem));
	if (pkey == NULL) {
		ERR_clear_error();
		return ERR(err, ERR_CORRUPT, "密钥文件不是未加密的 PEM 私钥：%s", path);
	}
	if (!EVP_PKEY_is_a(pkey, scheme == SIGN_ED25519 ? "ED25519" : "SM2")) {
		EVP_PKEY_free(pkey);
		return ERR(err, ERR_CORRUPT, "密钥文件里不是 %s 私钥：%s", scheme == SIGN_ED25519 ? "Ed25519" : "SM2",
			   path);
	}
	*out = key_tie(arena, scheme, pkey);
	return 0;
}

void sign_public(const struct sign_key *key, uint8_t out[SIGN_PUBLIC_MAX])
{
	size_t len = 0;
	memset(out, 0, SIGN_PUBLIC_MAX);
	if (key->scheme == SIGN_ED25519) {
		len = 32;
		BUG_ON(EVP_PKEY_get_raw_public_key(key->pkey, out, &len) != 1 || len != 32);
		return;
	}
	/* By its coordinates: a key read from a file may give its point in compressed form. */
	BIGNUM *x = NULL, *y = NULL;
	BUG_ON(EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_EC_PUB_X, &x) != 1);
	BUG_ON(EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &y) != 1);
	out[0] = 0x04;
	BUG_ON(BN_bn2binpad(x, out + 1, 32) != 32 || BN_bn2binpad(y, out + 33, 32) != 32);
	BN_free(x);
	BN_free(y);
}

/* The parameters of signing and verifying; without the user id OpenSSL takes an empty one, which no GB/T verifier
 * accepts. */
static void scheme_params(OSSL_PARAM params[2])
{
	params[0] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID, sm2_user_id, sizeof(sm2_user_id) - 1);
	params[1] = OSSL_PARAM_construct_end();
}

static bool der_to_plain(const uint8_t *der, size_t len, uint8_t out[SIGN_LEN])
{
	const uint8_t *at = der;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	bool good = sig != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, HALF) == HALF &&
		    BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + HALF, HALF) == HALF;
	ECDSA_SIG_free(sig);
	return good;
}

int sign_make(const struct sign_key *key, const void *text, size_t len, uint8_t out[SIGN_LEN], struct err *err)
{
	uint8_t der[128];
	size_t made = sizeof(der);
	OSSL_PARAM params[2];
	scheme_params(params);
	bool sm2 = key->scheme == SIGN_SM2;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good =
	    ctx != NULL &&
	    EVP_DigestSignInit_ex(ctx, NULL, sm2 ? "SM3" : NULL, NULL, NULL, key->pkey, sm2 ? params : NULL) == 1 &&
	    EVP_DigestSign(ctx, der, &made, text, len) == 1;
	EVP_MD_CTX_free(ctx);
	if (good && sm2)
		good = der_to_plain(der, made, out);
	else if (good && made == SIGN_LEN)
		memcpy(out, der, SIGN_LEN);
	else
		good = false;
	return good ? 0 : openssl_failed(err, "EVP_DigestSign");
}

static EVP_PKEY *public_pkey(enum sign_scheme scheme, const uint8_t *public_key)
{
	if (scheme == SIGN_ED25519)
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
	char group[] = "SM2";
	uint8_t point[SIGN_PUBLIC_MAX];
	memcpy(point, public_key, sizeof(point));
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
	    OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)),
	    OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *pkey = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
	if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static bool plain_to_der(const uint8_t plain[SIGN_LEN], uint8_t *der, size_t max, size_t *len_out)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(plain, HALF, NULL), *s = BN_bin2bn(plain + HALF, HALF, NULL);
	BUG_ON(sig == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(sig, r, s) != 1);
	int len = i2d_ECDSA_SIG(sig, NULL);
	bool good = len > 0 && (size_t)len <= max;
	if (good) {
		uint8_t *at = der;
		*len_out = (size_t)i2d_ECDSA_SIG(sig, &at);
	}
	ECDSA_SIG_free(sig);
	return good;
}

bool sign_verify(enum sign_scheme scheme, const uint8_t *public_key, const void *text, size_t len,
		 const uint8_t signature[SIGN_LEN])
{
	uint8_t der[128];
	size_t der_len = SIGN_LEN;
	bool sm2 = scheme == SIGN_SM2;
	if (!sm2)
		memcpy(der, signature, SIGN_LEN);
	else if (!plain_to_der(signature, der, sizeof(der), &der_len))
		return false;
	OSSL_PARAM params[2];
	scheme_params(params);
	EVP_PKEY *pkey = public_pkey(scheme, public_key);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good =
	    pkey != NULL && ctx != NULL &&
	    EVP_DigestVerifyInit_ex(ctx, NULL, sm2 ? "SM3" : NULL, NULL, NULL, pkey, sm2 ? params : NULL) == 1 &&
	    EVP_DigestVerify(ctx, der, der_len, text, len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return good;
}
