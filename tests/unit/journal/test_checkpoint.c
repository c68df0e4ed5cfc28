/* Keys, signed notes and checkpoints, against published examples and against tampering. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "journal/checkpoint.h"
#include "journal/merkle.h"
#include "journal/note.h"

struct fixture {
	struct arena *arena;
	struct err err;
	char dir[64];
	struct keyring *keys;
};

static int open_fixture(void **state)
{
	struct arena *arena = arena_new();
	struct fixture *f = ARENA_NEW(arena, struct fixture);
	f->arena = arena;
	err_init(&f->err, arena);
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/sanzhi-keys-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(keyring_create(f->dir, "log.example/三制", &f->err), 0);
	assert_int_equal(keyring_load(f->dir, arena, &f->keys, &f->err), 0);
	*state = f;
	return 0;
}

static int close_fixture(void **state)
{
	struct fixture *f = *state;
	static const char *const files[] = {"log-ed25519.pem", "log-sm2.pem", "log-origin", "log-verifiers"};
	for (size_t i = 0; i < 4; i++)
		(void)unlink(arena_printf(f->arena, "%s/%s", f->dir, files[i]));
	(void)rmdir(f->dir);
	arena_free(f->arena);
	return 0;
}

/* GB/T 32918.5-2017, annex A: the key, and the signature of "message digest" by user 1234567812345678. */
static const char *const gbt_public = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
				      "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
static const char *const gbt_signature = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
					 "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

static void test_sm2_standard(void **state)
{
	(void)state;
	uint8_t key[SIGN_PUBLIC_MAX], sig[SIGN_LEN];
	assert_true(hex_decode(gbt_public, 130, key, sizeof(key)));
	assert_true(hex_decode(gbt_signature, 128, sig, sizeof(sig)));
	assert_true(sign_verify(SIGN_SM2, key, "message digest", 14, sig));
	assert_false(sign_verify(SIGN_SM2, key, "message digesT", 14, sig));
	sig[63] ^= 1;
	assert_false(sign_verify(SIGN_SM2, key, "message digest", 14, sig));
	sig[63] ^= 1;
	key[64] ^= 1; /* not on the curve */
	assert_false(sign_verify(SIGN_SM2, key, "message digest", 14, sig));
	memset(sig, 0, sizeof(sig));
	key[64] ^= 1;
	assert_false(sign_verify(SIGN_SM2, key, "message digest", 14, sig));
}

/* RFC 8032, 7.1, test 2. */
static void test_ed25519_standard(void **state)
{
	(void)state;
	uint8_t key[SIGN_PUBLIC_MAX] = {0}, sig[SIGN_LEN];
	assert_true(hex_decode("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", 64, key, 32));
	assert_true(hex_decode("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
			       "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
			       128, sig, 64));
	assert_true(sign_verify(SIGN_ED25519, key, "\x72", 1, sig));
	assert_false(sign_verify(SIGN_ED25519, key, "\x73", 1, sig));
}

/* A signature made as OpenSSL does where nobody sets the user id: no GB/T verifier accepts it, nor may we. */
static void test_sm2_empty_id(void **state)
{
	(void)state;
	const char *text = "log.example\n1\nroot\n";
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	uint8_t der[128], key[SIGN_PUBLIC_MAX], sig[SIGN_LEN];
	for (int with_id = 0; with_id < 2; with_id++) {
		size_t len = sizeof(der), key_len = 0;
		EVP_MD_CTX *ctx = EVP_MD_CTX_new();
		EVP_PKEY_CTX *pctx = NULL;
		assert_int_equal(EVP_DigestSignInit(ctx, &pctx, EVP_sm3(), NULL, pkey), 1);
		if (with_id)
			assert_int_equal(EVP_PKEY_CTX_set1_id(pctx, "1234567812345678", 16), 1);
		assert_int_equal(EVP_DigestSign(ctx, der, &len, (const uint8_t *)text, strlen(text)), 1);
		EVP_MD_CTX_free(ctx);
		const uint8_t *at = der;
		ECDSA_SIG *parts = d2i_ECDSA_SIG(NULL, &at, (long)len);
		assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(parts), sig, 32), 32);
		assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(parts), sig + 32, 32), 32);
		ECDSA_SIG_free(parts);
		assert_int_equal(
		    EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed"),
		    1);
		assert_int_equal(
		    EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, key, sizeof(key), &key_len), 1);
		assert_int_equal(key_len, sizeof(key));
		assert_int_equal(sign_verify(SIGN_SM2, key, text, strlen(text), sig), with_id == 1);
	}
	EVP_PKEY_free(pkey);
}

/* A published note of the Go checksum database's note package, whose format C2SP took over. */
static const char go_verifier[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n";
#define GO_TEXT "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
#define GO_SIGNATURE                                                                                                   \
	"\xe2\x80\x94 PeterNeumann "                                                                                   \
	"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

static int open_note(struct fixture *f, const char *text, const char *verifiers, struct note *out)
{
	err_clear(&f->err);
	return note_open(text, strlen(text), verifiers, f->arena, out, &f->err);
}

static void test_note_public(void **state)
{
	struct fixture *f = *state;
	struct note note;
	assert_int_equal(open_note(f, GO_TEXT "\n" GO_SIGNATURE, go_verifier, &note), 0);
	assert_int_equal(note.len, strlen(GO_TEXT));
	assert_string_equal(note.text, GO_TEXT);
	assert_int_equal(note.verified, 1);
	/* Unknown keys beside it are ignored, whatever they hold; the known one twice counts once. */
	static const char unknown[] = "\xe2\x80\x94 EnochRoot af4kwgkN3FkPVVIqdeRHHVH0zYcnVA==\n";
	assert_int_equal(
	    open_note(f, arena_printf(f->arena, GO_TEXT "\n%s" GO_SIGNATURE GO_SIGNATURE, unknown), go_verifier, &note),
	    0);
	assert_int_equal(note.verified, 1);
	/* A key of the same name with another id is unknown. */
	assert_int_equal(
	    open_note(f, GO_TEXT "\n\xe2\x80\x94 PeterNeumann AAAAAPZJkuBS9UG/\n" GO_SIGNATURE, go_verifier, &note), 0);
	/* Text with a blank line inside: the last one parts. */
	assert_int_equal(open_note(f, "a\n\nb\n\n" GO_SIGNATURE, go_verifier, &note), -ERR_CORRUPT);
	/* The sixteen signatures that the specification asks for, and more. */
	char *many = arena_printf(f->arena, GO_TEXT "\n" GO_SIGNATURE);
	for (int i = 1; i < NOTE_SIGNATURES_MAX; i++)
		many = arena_printf(f->arena, "%s%s", many, unknown);
	assert_int_equal(open_note(f, many, go_verifier, &note), 0);
	assert_int_equal(open_note(f, arena_printf(f->arena, "%s%s", many, unknown), go_verifier, &note), -ERR_CORRUPT);
}

static void test_note_refused(void **state)
{
	struct fixture *f = *state;
	struct note note;
	static const char *const bad[] = {
	    "",
	    "\n",
	    "\n\n",
	    GO_TEXT,
	    GO_TEXT "\n",
	    GO_TEXT GO_SIGNATURE,                                                  /* no blank line */
	    GO_TEXT "\n\xe2\x80\x94 EnochRoot af4kwgkN3FkPVVIqdeRHHVH0zYcnVA==\n", /* unknown key only */
	    GO_TEXT "\n\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBt\n",  /* known key, short signature */
	    GO_TEXT "x\n\n" GO_SIGNATURE,                                          /* other text */
	    GO_TEXT "\n" GO_SIGNATURE "\n",                                        /* blank line behind */
	    GO_TEXT "\n" GO_SIGNATURE "junk\n",
	    GO_TEXT "\n- PeterNeumann x08go/ZJkuBS9UG/\n" GO_SIGNATURE,   /* hyphen for dash */
	    GO_TEXT "\n\xe2\x80\x94  x08go/ZJkuBS9UG/\n" GO_SIGNATURE,    /* no name */
	    GO_TEXT "\n\xe2\x80\x94 a+b x08go/ZJkuBS9UG/\n" GO_SIGNATURE, /* plus in a name */
	    GO_TEXT "\n\xe2\x80\x94 a\xe3\x80\x80"
		    "b x08go/ZJkuBS9UG/\n" GO_SIGNATURE,    /* wide space in a name */
	    GO_TEXT "\n\xe2\x80\x94 a x08g\n" GO_SIGNATURE, /* nothing behind the id */
	    GO_TEXT "\n\xe2\x80\x94 a !!!!\n" GO_SIGNATURE,
	    GO_TEXT "\r\n\n" GO_SIGNATURE,
	    "\xff" GO_TEXT "\n" GO_SIGNATURE,
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (open_note(f, bad[i], go_verifier, &note) != -ERR_CORRUPT)
			fail_msg("note %zu was accepted", i);
	char *cut = arena_strdup(f->arena, GO_TEXT "\n" GO_SIGNATURE);
	cut[strlen(cut) - 1] = '\0';
	assert_int_equal(open_note(f, cut, go_verifier, &note), -ERR_CORRUPT);
	static const char *const verifiers[] = {
	    "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n", /* id of another key */
	    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T\n",
	    "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
	    "PeterNeumann+c74f20a3\n",
	    "PeterNeumann\n",
	};
	for (size_t i = 0; i < sizeof(verifiers) / sizeof(verifiers[0]); i++)
		assert_int_equal(open_note(f, GO_TEXT "\n" GO_SIGNATURE, verifiers[i], &note), -ERR_INVALID);
	assert_int_equal(open_note(f, GO_TEXT "\n" GO_SIGNATURE, "", &note), -ERR_CORRUPT);
}

static struct checkpoint sample(const struct keyring *keys)
{
	return (struct checkpoint){.origin = keyring_origin(keys), .size = 12345678901, .root = merkle_leaf("x", 1)};
}

static int open_checkpoint(struct fixture *f, const char *note, const char *verifiers, struct checkpoint *out)
{
	err_clear(&f->err);
	return checkpoint_open(note, strlen(note), verifiers, f->arena, out, &f->err);
}

static void test_checkpoint(void **state)
{
	struct fixture *f = *state;
	struct checkpoint made = sample(f->keys), opened;
	char *note, *verifiers = keyring_verifiers(f->keys, f->arena);
	assert_int_equal(checkpoint_sign(f->keys, &made, f->arena, &note, &f->err), 0);
	assert_true(text_starts(note, "log.example/三制\n12345678901\n"));
	assert_int_equal(open_checkpoint(f, note, verifiers, &opened), 0);
	assert_string_equal(opened.origin, "log.example/三制");
	assert_int_equal(opened.size, 12345678901);
	assert_memory_equal(opened.root.bytes, made.root.bytes, HASH_LEN);
	assert_int_equal(opened.signatures, 2);

	/* Either key alone is enough for somebody who knows only that one. */
	char *second = strchr(verifiers, '\n') + 1;
	char *first = arena_strndup(f->arena, verifiers, (size_t)(second - verifiers));
	assert_int_equal(open_checkpoint(f, note, first, &opened), 0);
	assert_int_equal(opened.signatures, 1);
	assert_int_equal(open_checkpoint(f, note, second, &opened), 0);
	assert_int_equal(opened.signatures, 1);
	assert_int_equal(open_checkpoint(f, note, go_verifier, &opened), -ERR_CORRUPT);

	/* Each byte of the note changed: never accepted as something else. */
	for (size_t i = 0; note[i] != '\0'; i++) {
		char *changed = arena_strdup(f->arena, note);
		changed[i] = (char)(changed[i] ^ 1);
		if (open_checkpoint(f, changed, verifiers, &opened) == 0) {
			/* A key's name or id changed: that key is unknown now, the other still holds. */
			assert_int_equal(opened.signatures, 1);
			assert_int_equal(opened.size, made.size);
			assert_memory_equal(opened.root.bytes, made.root.bytes, HASH_LEN);
		}
	}
}

/* Well signed by the log's own keys, but no checkpoint. */
static void test_checkpoint_text(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {
	    "log.example/x\n",
	    "log.example/x\n1\n",
	    "log.example/x\n01\n%s\n",
	    "log.example/x\n-1\n%s\n",
	    "log.example/x\n+1\n%s\n",
	    "log.example/x\n1 \n%s\n",
	    "log.example/x\n99999999999999999999\n%s\n",
	    "\n1\n%s\n",
	    "log.example/x\n1\n%sA\n",
	    "log.example/x\n1\nAAAA\n",
	    "log.example/x\n1\n%s\n\n",
	    "log.example/y\n1\n%s\n", /* another log's name */
	};
	struct sign_key *key;
	struct checkpoint opened;
	char *note, *root = base64_encode(f->arena, merkle_empty().bytes, HASH_LEN);
	assert_int_equal(sign_generate(SIGN_ED25519, f->arena, &key, &f->err), 0);
	struct note_signer signer = {.name = "log.example/x", .scheme = SIGN_ED25519, .key = key};
	char *verifier = note_verifier(&signer, f->arena);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *mark = strstr(bad[i], "%s");
		char *text = mark == NULL
				 ? arena_strdup(f->arena, bad[i])
				 : arena_printf(f->arena, "%.*s%s%s", (int)(mark - bad[i]), bad[i], root, mark + 2);
		assert_int_equal(note_sign(text, strlen(text), &signer, 1, f->arena, &note, &f->err), 0);
		if (open_checkpoint(f, note, verifier, &opened) != -ERR_CORRUPT)
			fail_msg("text %zu was accepted", i);
	}
	char *text = arena_printf(f->arena, "log.example/x\n0\n%s\nextension\n", root);
	assert_int_equal(note_sign(text, strlen(text), &signer, 1, f->arena, &note, &f->err), 0);
	assert_int_equal(open_checkpoint(f, note, verifier, &opened), 0);
	assert_int_equal(opened.size, 0);
	assert_int_equal(note_sign("no newline", 10, &signer, 1, f->arena, &note, &f->err), -ERR_INVALID);
	assert_int_equal(note_sign("tab\t\n", 5, &signer, 1, f->arena, &note, &f->err), -ERR_INVALID);
}

static void test_keys(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	struct keyring *again;
	const char *names[] = {"log-ed25519.pem", "log-sm2.pem"};
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(stat(arena_printf(f->arena, "%s/%s", f->dir, names[i]), &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	/* Existing keys are never written over. */
	char *before = keyring_verifiers(f->keys, f->arena);
	assert_int_equal(keyring_create(f->dir, "log.example/other", &f->err), -ERR_CONFLICT);
	assert_int_equal(keyring_load(f->dir, f->arena, &again, &f->err), 0);
	assert_string_equal(before, keyring_verifiers(again, f->arena));
	assert_string_equal(keyring_origin(again), "log.example/三制");
	/* A key that others may read is refused. */
	char *sm2 = arena_printf(f->arena, "%s/log-sm2.pem", f->dir),
	     *ed = arena_printf(f->arena, "%s/log-ed25519.pem", f->dir);
	assert_int_equal(chmod(sm2, 0640), 0);
	assert_int_equal(keyring_load(f->dir, f->arena, &again, &f->err), -ERR_DENIED);
	assert_int_equal(chmod(sm2, 0600), 0);
	/* The other scheme's key in its place, then no key, then none at all. */
	assert_int_equal(unlink(sm2), 0);
	assert_int_equal(link(ed, sm2), 0);
	assert_int_equal(keyring_load(f->dir, f->arena, &again, &f->err), -ERR_CORRUPT);
	assert_int_equal(unlink(sm2), 0);
	assert_int_equal(keyring_load(f->dir, f->arena, &again, &f->err), -ERR_NOT_FOUND);
	assert_int_equal(keyring_load("/nonexistent", f->arena, &again, &f->err), -ERR_NOT_FOUND);
	static const char *const names_refused[] = {"", "a b", "a+b", "a\nb", "\xc2\xa0", "\xff"};
	for (size_t i = 0; i < sizeof(names_refused) / sizeof(names_refused[0]); i++)
		assert_int_equal(keyring_create("/nonexistent/x", names_refused[i], &f->err), -ERR_INVALID);
	assert_int_equal(keyring_create("/nonexistent/x", "a", &f->err), -ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sm2_standard),
	    cmocka_unit_test(test_ed25519_standard),
	    cmocka_unit_test(test_sm2_empty_id),
	    cmocka_unit_test_setup_teardown(test_note_public, open_fixture, close_fixture),
	    cmocka_unit_test_setup_teardown(test_note_refused, open_fixture, close_fixture),
	    cmocka_unit_test_setup_teardown(test_checkpoint, open_fixture, close_fixture),
	    cmocka_unit_test_setup_teardown(test_checkpoint_text, open_fixture, close_fixture),
	    cmocka_unit_test_setup_teardown(test_keys, open_fixture, close_fixture),
	};
	return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
