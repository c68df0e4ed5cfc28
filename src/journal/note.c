#include "journal/note.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/text.h"

#define DASH "\xe2\x80\x94 " /* em dash, space */
#define ID_LEN 4
#define TYPE_MAX (1 + sizeof(NOTE_SM2_TYPE) - 1)
#define VERIFIERS_MAX 64

struct verifier {
	const char *name;
	size_t name_len;
	uint8_t id[ID_LEN];
	enum sign_scheme scheme;
	uint8_t public_key[SIGN_PUBLIC_MAX];
};

static bool is_space(uint32_t point)
{
	return point == ' ' || (point >= 0x09 && point <= 0x0d) || point == 0x85 || point == 0xa0 || point == 0x1680 ||
	       (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 || point == 0x202f ||
	       point == 0x205f || point == 0x3000;
}

bool note_name_valid(const char *name, size_t len)
{
	if (len == 0 || len > NOTE_NAME_MAX || !utf8_valid(name, len))
		return false;
	for (size_t pos = 0; pos < len;) {
		uint32_t point = utf8_next(name, len, &pos);
		if (point < 0x20 || point == 0x7f || point == '+' || is_space(point))
			return false;
	}
	return true;
}

/* The type bytes of a scheme and the public key behind them. */
static size_t key_bytes(enum sign_scheme scheme, const uint8_t *public_key, uint8_t out[TYPE_MAX + SIGN_PUBLIC_MAX])
{
	size_t len = 1;
	out[0] = 0x01;
	if (scheme == SIGN_SM2) {
		out[0] = 0xff;
		memcpy(out + 1, NOTE_SM2_TYPE, sizeof(NOTE_SM2_TYPE) - 1);
		len = TYPE_MAX;
	}
	memcpy(out + len, public_key, sign_public_len(scheme));
	return len + sign_public_len(scheme);
}

static void key_id(const char *name, size_t name_len, const uint8_t *bytes, size_t len, uint8_t out[ID_LEN])
{
	uint8_t all[NOTE_NAME_MAX + 1 + TYPE_MAX + SIGN_PUBLIC_MAX];
	BUG_ON(name_len > NOTE_NAME_MAX || len > TYPE_MAX + SIGN_PUBLIC_MAX);
	memcpy(all, name, name_len);
	all[name_len] = '\n';
	memcpy(all + name_len + 1, bytes, len);
	struct digest hash = hash_sha256(all, name_len + 1 + len);
	memcpy(out, hash.bytes, ID_LEN);
}

static size_t signer_key(const struct note_signer *signer, uint8_t bytes[TYPE_MAX + SIGN_PUBLIC_MAX],
			 uint8_t id[ID_LEN])
{
	uint8_t public_key[SIGN_PUBLIC_MAX];
	sign_public(signer->key, public_key);
	size_t len = key_bytes(signer->scheme, public_key, bytes);
	key_id(signer->name, strlen(signer->name), bytes, len, id);
	return len;
}

char *note_verifier(const struct note_signer *signer, struct arena *arena)
{
	uint8_t bytes[TYPE_MAX + SIGN_PUBLIC_MAX], id[ID_LEN];
	size_t len = signer_key(signer, bytes, id);
	return arena_printf(arena, "%s+%s+%s", signer->name, hex_encode(arena, id, ID_LEN),
			    base64_encode(arena, bytes, len));
}

static bool text_plain(const char *text, size_t len)
{
	if (!utf8_valid(text, len))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 && text[i] != '\n')
			return false;
	return true;
}

int note_sign(const char *text, size_t len, const struct note_signer *signers, size_t n, struct arena *arena,
	      char **note_out, struct err *err)
{
	if (len == 0 || text[len - 1] != '\n' || !text_plain(text, len))
		return ERR(err, ERR_INVALID, "签名文本须为 UTF-8，以换行结尾，不含其他控制字符");
	struct buf buf;
	buf_init(&buf, arena, NOTE_MAX);
	buf_add(&buf, text, len);
	buf_addc(&buf, '\n');
	for (size_t i = 0; i < n; i++) {
		uint8_t bytes[TYPE_MAX + SIGN_PUBLIC_MAX], line[ID_LEN + SIGN_LEN];
		(void)signer_key(&signers[i], bytes, line);
		int status = sign_make(signers[i].key, text, len, line + ID_LEN, err);
		if (status != 0)
			return status;
		buf_addf(&buf, DASH "%s %s\n", signers[i].name, base64_encode(arena, line, sizeof(line)));
	}
	if (buf.overflow)
		return ERR(err, ERR_LIMIT, "签名文本过大");
	*note_out = buf.data;
	return 0;
}

/* One verifier key; false where it is malformed, of an unknown type, or its id is not that of its key. */
static bool parse_verifier(const char *line, size_t len, struct arena *arena, struct verifier *out)
{
	const char *plus = memchr(line, '+', len);
	if (plus == NULL || !note_name_valid(line, (size_t)(plus - line)))
		return false;
	out->name = line;
	out->name_len = (size_t)(plus - line);
	const char *rest = plus + 1;
	size_t left = len - out->name_len - 1;
	uint8_t *bytes, id[ID_LEN];
	size_t bytes_len;
	if (left < 2 * ID_LEN + 1 || rest[2 * ID_LEN] != '+' || !hex_decode(rest, 2 * ID_LEN, out->id, ID_LEN) ||
	    !base64_decode(arena, rest + 2 * ID_LEN + 1, left - 2 * ID_LEN - 1, &bytes, &bytes_len))
		return false;
	if (bytes_len == 1 + 32 && bytes[0] == 0x01) {
		out->scheme = SIGN_ED25519;
		memcpy(out->public_key, bytes + 1, 32);
	} else if (bytes_len == TYPE_MAX + SIGN_PUBLIC_MAX && bytes[0] == 0xff &&
		   memcmp(bytes + 1, NOTE_SM2_TYPE, TYPE_MAX - 1) == 0) {
		out->scheme = SIGN_SM2;
		memcpy(out->public_key, bytes + TYPE_MAX, SIGN_PUBLIC_MAX);
	} else {
		return false;
	}
	key_id(out->name, out->name_len, bytes, bytes_len, id);
	return memcmp(id, out->id, ID_LEN) == 0;
}

static int parse_verifiers(const char *text, struct arena *arena, struct verifier *out, size_t *count_out,
			   struct err *err)
{
	size_t count = 0;
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		if (len > 0) {
			if (count == VERIFIERS_MAX)
				return ERR(err, ERR_LIMIT, "验证公钥过多，至多 %d 个", VERIFIERS_MAX);
			if (!parse_verifier(text, len, arena, &out[count]))
				return ERR(err, ERR_INVALID, "验证公钥有误：%.*s", (int)(len > 120 ? 120 : len), text);
			count++;
		}
		text += len + (text[len] == '\n');
	}
	*count_out = count;
	return 0;
}

static int bad_note(struct err *err, const char *why)
{
	return ERR(err, ERR_CORRUPT, "签名文本不可信：%s", why);
}

static void count_verified(const struct verifier *verifier, struct arena *arena, struct note *note)
{
	for (size_t i = 0; i < note->verified; i++)
		if (note->schemes[i] == verifier->scheme && strlen(note->names[i]) == verifier->name_len &&
		    memcmp(note->names[i], verifier->name, verifier->name_len) == 0)
			return;
	note->names[note->verified] = arena_strndup(arena, verifier->name, verifier->name_len);
	note->schemes[note->verified++] = verifier->scheme;
}

/* One signature line, without its newline. */
static int check_line(const char *line, size_t len, const struct verifier *verifiers, size_t n, struct arena *arena,
		      struct note *note, struct err *err)
{
	size_t dash = sizeof(DASH) - 1;
	if (len <= dash || memcmp(line, DASH, dash) != 0)
		return bad_note(err, "签名行格式有误");
	const char *name = line + dash, *space = memchr(name, ' ', len - dash);
	uint8_t *bytes;
	size_t bytes_len;
	if (space == NULL || !note_name_valid(name, (size_t)(space - name)) ||
	    !base64_decode(arena, space + 1, len - (size_t)(space + 1 - line), &bytes, &bytes_len) ||
	    bytes_len <= ID_LEN)
		return bad_note(err, "签名行格式有误");
	size_t name_len = (size_t)(space - name);
	for (size_t i = 0; i < n; i++) {
		const struct verifier *v = &verifiers[i];
		if (v->name_len != name_len || memcmp(v->name, name, name_len) != 0 ||
		    memcmp(v->id, bytes, ID_LEN) != 0)
			continue;
		if (bytes_len != ID_LEN + SIGN_LEN ||
		    !sign_verify(v->scheme, v->public_key, note->text, note->len, bytes + ID_LEN))
			return bad_note(err, "已知公钥的签名不符");
		count_verified(v, arena, note);
	}
	return 0;
}

int note_open(const char *note, size_t len, const char *verifiers, struct arena *arena, struct note *out,
	      struct err *err)
{
	struct verifier *known = ARENA_ARRAY(arena, VERIFIERS_MAX, struct verifier);
	size_t nknown = 0, lines = 0;
	int status = parse_verifiers(verifiers, arena, known, &nknown, err);
	if (status != 0)
		return status;
	if (len > NOTE_MAX || !text_plain(note, len))
		return bad_note(err, "过长、不是 UTF-8 或含控制字符");
	/* The last blank line parts text and signatures. */
	size_t at = len;
	while (at >= 2 && !(note[at - 1] == '\n' && note[at - 2] == '\n'))
		at--;
	if (at < 2 || at == len || note[len - 1] != '\n')
		return bad_note(err, "没有签名");
	*out = (struct note){.text = arena_strndup(arena, note, at - 1), .len = at - 1};
	while (at < len) {
		const char *line = note + at, *end = memchr(line, '\n', len - at);
		if (++lines > NOTE_SIGNATURES_MAX)
			return bad_note(err, "签名过多");
		status = check_line(line, (size_t)(end - line), known, nknown, arena, out, err);
		if (status != 0)
			return status;
		at += (size_t)(end - line) + 1;
	}
	return out->verified > 0 ? 0 : bad_note(err, "没有已知公钥的签名");
}
