/* An entry's canonical bytes: made once, here; read back from here only (docs/formats/entry.md). */
#include "base/buf.h"
#include "base/text.h"
#include "journal/inside.h"

#define TYPE_LEN_MAX 64
#define WORD_LEN_MAX 200
#define NAME_LEN_MAX 1000
#define MIDDLE_MAX 80 /* "n":…,"recorded":…, */

static int bad(struct err *err, const char *where, const char *what, const char *why)
{
	struct diag *diag = err_diag(err, where, "%s", what);
	diag->why = why;
	return ERR(err, ERR_INVALID, "%s：%s", where, what);
}

static bool plain(const char *text, size_t max)
{
	size_t len = strlen(text);
	if (len > max || !utf8_valid(text, len))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return true;
}

static int check_word(const char *where, const char *text, size_t max, bool required, struct err *err)
{
	if (text == NULL || (required && text[0] == '\0'))
		return required ? bad(err, where, "不能为空", NULL) : 0;
	return plain(text, max) ? 0 : bad(err, where, "文字有误", "须为 UTF-8，不含控制字符，且不过长");
}

static int check_file(const struct journal *journal, const struct entry_file *file, struct err *err)
{
	int status = check_word("files.name", file->name, NAME_LEN_MAX, true, err);
	if (status == 0)
		status = check_word("files.type", file->type, WORD_LEN_MAX, true, err);
	if (status == 0)
		status = check_word("files.field", file->field, WORD_LEN_MAX, false, err);
	if (status != 0 || journal->blobs == NULL)
		return status;
	/* Nothing acknowledged may name a file that is not held. */
	struct arena *scratch = arena_new();
	int fd;
	int64_t size = 0;
	status = blob_read(journal->blobs, &file->blob.sha256, scratch, &fd, &size, err);
	arena_free(scratch);
	if (status == -ERR_NOT_FOUND)
		return bad(err, "files", "文件尚未存入", file->name);
	if (status == 0 && size != file->blob.size)
		return bad(err, "files", "文件大小与所存不符", file->name);
	return status;
}

static int check_draft(const struct journal *journal, const struct entry_draft *draft, struct err *err)
{
	const struct {
		const char *where, *text;
		size_t max;
		bool required;
	} words[] = {
	    {"stream", draft->stream_type, TYPE_LEN_MAX, true}, {"stream", draft->stream_key, WORD_LEN_MAX, true},
	    {"kind", draft->kind, WORD_LEN_MAX, true},          {"by", draft->by, WORD_LEN_MAX, true},
	    {"agency", draft->agency, WORD_LEN_MAX, false},
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		int status = check_word(words[i].where, words[i].text, words[i].max, words[i].required, err);
		if (status != 0)
			return status;
	}
	if (strchr(draft->stream_type, ':') != NULL)
		return bad(err, "stream", "类型不能含冒号", NULL);
	day_t first = 0;
	BUG_ON(!day_from_ymd(1991, 9, 15, &first));
	if (draft->at < day_start(first))
		return bad(err, "at", "发生时间过早", "不早于 1991-09-15");
	if (draft->body != NULL && !json_is_object(draft->body))
		return bad(err, "body", "内容须为 JSON 对象", NULL);
	if (draft->nfiles > JOURNAL_FILES_MAX)
		return bad(err, "files", "文件过多", "一条至多 64 个");
	for (size_t i = 0; i < draft->nfiles; i++) {
		int status = check_file(journal, &draft->files[i], err);
		if (status != 0)
			return status;
	}
	return 0;
}

static void add_text(struct buf *buf, const char *text)
{
	buf_add_json(buf, text, strlen(text));
}

static void add_digest(struct buf *buf, const struct digest *digest)
{
	buf_addf(buf, "\"%s\"", hex_encode(buf->arena, digest->bytes, HASH_LEN));
}

static void add_files(struct buf *buf, const struct entry_draft *draft)
{
	buf_adds(buf, "\"files\":[");
	for (size_t i = 0; i < draft->nfiles; i++) {
		const struct entry_file *file = &draft->files[i];
		buf_adds(buf, i == 0 ? "{" : ",{");
		if (file->field != NULL) {
			buf_adds(buf, "\"field\":");
			add_text(buf, file->field);
			buf_addc(buf, ',');
		}
		buf_adds(buf, "\"name\":");
		add_text(buf, file->name);
		buf_adds(buf, ",\"sha256\":");
		add_digest(buf, &file->blob.sha256);
		buf_addf(buf, ",\"size\":%lld,\"sm3\":", (long long)file->blob.size);
		add_digest(buf, &file->blob.sm3);
		buf_adds(buf, ",\"type\":");
		add_text(buf, file->type);
		buf_addc(buf, '}');
	}
	buf_addc(buf, ']');
}

static int too_large(struct err *err)
{
	return bad(err, "body", "内容过大", "一条的规范形式至多 256 KiB");
}

int entry_prepare(const struct journal *journal, const struct entry_draft *draft, struct arena *arena,
		  struct prepared *out, struct err *err)
{
	int status = check_draft(journal, draft, err);
	if (status != 0)
		return status;
	char *body = arena_strdup(arena, "{}");
	size_t body_len = 2;
	if (draft->body != NULL)
		status = json_canonical(arena, draft->body, &body, &body_len, err);
	if (status == -ERR_LIMIT || body_len > JOURNAL_BODY_MAX)
		return too_large(err);
	if (status != 0)
		return status;
	/* Keys in the order of code points. */
	struct buf head, tail;
	buf_init(&head, arena, JOURNAL_BODY_MAX);
	buf_init(&tail, arena, JOURNAL_BODY_MAX);
	buf_adds(&head, "{\"agency\":");
	add_text(&head, draft->agency == NULL ? "" : draft->agency);
	buf_addf(&head, ",\"at\":%lld,\"body\":", (long long)draft->at);
	buf_add(&head, body, body_len);
	buf_adds(&head, ",\"by\":");
	add_text(&head, draft->by);
	buf_addc(&head, ',');
	add_files(&head, draft);
	buf_adds(&head, ",\"kind\":");
	add_text(&head, draft->kind);
	buf_addc(&head, ',');
	char *stream = arena_printf(arena, "%s:%s", draft->stream_type, draft->stream_key);
	buf_adds(&tail, "\"stream\":");
	add_text(&tail, stream);
	buf_adds(&tail, ",\"v\":1}");
	if (head.overflow || tail.overflow || head.len + tail.len + MIDDLE_MAX > JOURNAL_BODY_MAX)
		return too_large(err);
	*out = (struct prepared){.head = head.data, .head_len = head.len, .tail = tail.data, .tail_len = tail.len};
	random_bytes(out->salt, sizeof(out->salt));
	return 0;
}

int entry_bytes(const struct prepared *prepared, int64_t number, instant_t recorded, struct arena *arena, uint8_t **out,
		size_t *len_out, struct err *err)
{
	struct buf buf;
	buf_init(&buf, arena, JOURNAL_BODY_MAX);
	buf_add(&buf, prepared->head, prepared->head_len);
	buf_addf(&buf, "\"n\":%lld,\"recorded\":%lld,", (long long)number, (long long)recorded);
	buf_add(&buf, prepared->tail, prepared->tail_len);
	if (buf.overflow)
		return too_large(err);
	*out = (uint8_t *)buf.data;
	*len_out = buf.len;
	return 0;
}

struct digest entry_leaf(const uint8_t salt[JOURNAL_SALT_LEN], const void *bytes, size_t len)
{
	return hash_sha256_2(salt, JOURNAL_SALT_LEN, bytes, len);
}

static int corrupt(struct err *err, const char *what)
{
	return ERR(err, ERR_CORRUPT, "条目的存储内容有误：%s", what);
}

static int parse_files(const json_t *files, struct arena *arena, struct entry *out, struct err *err)
{
	if (!json_is_array(files) || json_array_size(files) > JOURNAL_FILES_MAX)
		return corrupt(err, "files");
	size_t n = json_array_size(files);
	struct entry_file *list = ARENA_ARRAY(arena, n, struct entry_file);
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(files, i), *size = json_object_get(item, "size"),
			     *field = json_object_get(item, "field");
		const char *sha256 = json_str(item, "sha256"), *sm3 = json_str(item, "sm3");
		struct entry_file *file = &list[i];
		file->name = json_str(item, "name");
		file->type = json_str(item, "type");
		file->field = json_string_value(field);
		file->blob.size = json_integer_value(size);
		if (file->name == NULL || file->type == NULL || (field != NULL && file->field == NULL) ||
		    !json_is_integer(size) || sha256 == NULL || sm3 == NULL ||
		    !hex_decode(sha256, strlen(sha256), file->blob.sha256.bytes, HASH_LEN) ||
		    !hex_decode(sm3, strlen(sm3), file->blob.sm3.bytes, HASH_LEN))
			return corrupt(err, "files");
	}
	out->files = list;
	out->nfiles = n;
	return 0;
}

int entry_parse(const uint8_t *bytes, size_t len, struct arena *arena, struct entry *out, struct err *err)
{
	json_t *doc;
	int status = json_read(arena, (const char *)bytes, len, JOURNAL_BODY_MAX, &doc, err);
	if (status != 0)
		return corrupt(err, "不是 JSON");
	if (!json_is_object(doc) || json_int(doc, "v", 0) != 1)
		return corrupt(err, "v");
	static const char *const numbers[] = {"n", "at", "recorded"};
	for (size_t i = 0; i < 3; i++)
		if (!json_is_integer(json_object_get(doc, numbers[i])))
			return corrupt(err, numbers[i]);
	const char *stream = json_str(doc, "stream"), *colon = stream == NULL ? NULL : strchr(stream, ':');
	if (colon == NULL)
		return corrupt(err, "stream");
	out->stream_type = arena_strndup(arena, stream, (size_t)(colon - stream));
	out->stream_key = colon + 1;
	out->number = json_int(doc, "n", 0);
	out->at = json_int(doc, "at", 0);
	out->recorded = json_int(doc, "recorded", 0);
	out->kind = json_str(doc, "kind");
	out->by = json_str(doc, "by");
	out->agency = json_str(doc, "agency");
	out->body = json_object_get(doc, "body");
	out->bytes = bytes;
	out->bytes_len = len;
	if (out->kind == NULL || out->by == NULL || out->agency == NULL || !json_is_object(out->body))
		return corrupt(err, "kind, by, agency, body");
	return parse_files(json_object_get(doc, "files"), arena, out, err);
}
