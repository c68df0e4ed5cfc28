/* The log for strangers: checkpoint, tiles, keys, proofs; and the page that checks them. */
#include "base/text.h"
#include "web/handlers.h"
#include "web/view.h"
#include "work/site.h"

int page_portal_checkpoint(struct request *rq, struct response *out, struct err *err)
{
	char *note;
	int rc = journal_checkpoint(rq->site->journal, rq->arena, &note, err);
	if (rc == 0)
		response_bytes(out, "text/plain; charset=utf-8", note, strlen(note));
	return rc;
}

/* A full tile never changes; a partial one is only good until the next checkpoint. */
int page_portal_tile(struct request *rq, struct response *out, struct err *err)
{
	void *bytes;
	size_t len;
	const char *path = arena_printf(rq->arena, "tile/%s", request_text(rq, "path"));
	int rc = journal_tile(rq->site->journal, path, rq->arena, &bytes, &len, err);
	if (rc != 0)
		return rc;
	response_bytes(out, "application/octet-stream", bytes, len);
	out->cache = CACHE_IMMUTABLE;
	return 0;
}

int page_portal_keys(struct request *rq, struct response *out, struct err *err)
{
	(void)err;
	char *keys = keyring_verifiers(rq->site->keys, rq->arena);
	response_bytes(out, "text/plain; charset=utf-8", keys, strlen(keys));
	return 0;
}

/* The proof without the entry's content: its salted leaf and the path, which say nothing of what the entry holds. */
int page_portal_proof(struct request *rq, struct response *out, struct err *err)
{
	int64_t id = request_int(rq, "id", 0);
	int rc = journal_prove(rq->site->journal, id, false, rq->arena, &out->doc, err);
	if (rc != 0)
		return rc;
	json_put_int(out->doc, "entry-id", id);
	json_put_str(out->doc, "download-url", arena_printf(rq->arena, "/p/%lld/proof.json", (long long)id));
	return 0;
}

int page_portal_proof_file(struct request *rq, struct response *out, struct err *err)
{
	int64_t id = request_int(rq, "id", 0);
	json_t *proof;
	size_t len;
	int rc = journal_prove(rq->site->journal, id, false, rq->arena, &proof, err);
	if (rc != 0)
		return rc;
	const char *text = json_text(rq->arena, proof, &len);
	response_bytes(out, "application/json", text, len);
	out->filename = arena_printf(rq->arena, "sanzhi-proof-%lld.json", (long long)id);
	out->download = true;
	return 0;
}

/* --- the page ---------------------------------------------------------------------------------------------------------- */

static int verify_doc(struct request *rq, json_t **out, struct err *err)
{
	char *note, *keys = keyring_verifiers(rq->site->keys, rq->arena);
	json_t *doc = json_tie(rq->arena, json_object());
	struct checkpoint checkpoint;
	int rc = journal_checkpoint(rq->site->journal, rq->arena, &note, err);
	if (rc == 0)
		rc = checkpoint_open(note, strlen(note), keys, rq->arena, &checkpoint, err);
	if (rc != 0)
		return rc;
	json_put_str(doc, "number", text_or_empty(rq->doc == NULL ? NULL : json_str(rq->doc, "number")));
	json_put(doc, "result", json_null());
	json_put_str(doc, "log-key", arena_strndup(rq->arena, keys, strcspn(keys, "\n")));
	json_put_int(doc, "log-size", checkpoint.size);
	json_put_str(doc, "checkpoint-text", "已");
	*out = doc;
	return 0;
}

int page_portal_verify(struct request *rq, struct response *out, struct err *err)
{
	return verify_doc(rq, &out->doc, err);
}

static json_t *verdict(const char *standing, const char *title, const char *detail)
{
	json_t *out = json_object();
	json_put_str(out, "standing", standing);
	json_put_str(out, "title", title);
	json_put_str(out, "detail", detail);
	json_put(out, "rows", json_array());
	return out;
}

static void add_row(json_t *result, const char *title, const char *text)
{
	json_t *item = json_object();
	json_put_str(item, "title", title);
	json_put_str(item, "text", text);
	json_push(json_object_get(result, "rows"), item);
}

/* The entry's number at the end of what was typed: a publication's id, a QR code's address, or the number itself. */
static bool entry_number(const char *text, int64_t *out)
{
	const char *last = text;
	for (const char *p = text; *p != '\0'; p++)
		if (*p == '/')
			last = p + 1;
	return text_int(last, strlen(last), out) && *out > 0;
}

static json_t *proved(struct request *rq, int64_t id, const char *title)
{
	json_t *proof;
	struct err ignored;
	err_init(&ignored, rq->arena);
	if (journal_prove(rq->site->journal, id, false, rq->arena, &proof, &ignored) != 0)
		return verdict("late", "查不到", "日志中没有这条记录。请核对编号；文书如果来自别处，请向文书上写明的机关查询。");
	json_t *result = verdict("met", title, "它在日志中的位置和签名的检查点相符。");
	add_row(result, "日志位置", arena_printf(rq->arena, "%lld", (long long)json_int(proof, "index", 0)));
	add_row(result, "检查点条数", arena_printf(rq->arena, "%lld", (long long)json_int(proof, "size", 0)));
	add_row(result, "叶子摘要", text_or_empty(json_str(proof, "leaf")));
	return result;
}

/* A file as it was received: is exactly this content kept by an entry? */
static int by_file(struct request *rq, const struct entry_file *file, json_t **result, struct err *err)
{
	struct db_conn *conn;
	struct db_result rows;
	int rc = db_acquire(rq->site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = DB_ROWS(conn, SQL_FILE_ENTRY, 1, rq->arena, &rows, err, DB_BLOB(file->blob.sha256.bytes, HASH_LEN));
	db_release(conn);
	if (rc != 0)
		return rc;
	*result = rows.rows == 0 ? verdict("late", "不相符", "没有任何记录保存过这个内容的文件。文件哪怕改动一个字节，也会这样显示。")
	                         : proved(rq, db_int(&rows, 0, 0), "相符：这个文件原样保存在执法记录中");
	add_row(*result, "文件摘要（SHA-256）", hex_encode(rq->arena, file->blob.sha256.bytes, HASH_LEN));
	add_row(*result, "文件摘要（SM3）", hex_encode(rq->arena, file->blob.sm3.bytes, HASH_LEN));
	return 0;
}

int page_portal_verify_check(struct request *rq, struct response *out, struct err *err)
{
	const char *number = request_text(rq, "number");
	const struct entry_file *file = request_file(rq, "file");
	json_t *result;
	int64_t id;
	int rc = verify_doc(rq, &out->doc, err);
	if (rc != 0)
		return rc;
	if (file != NULL) {
		rc = by_file(rq, file, &result, err);
		if (rc != 0)
			return rc;
	} else if (number == NULL) {
		(void)err_diag(err, "number", "请填写编号，或者选择一个文件");
		return ERR(err, ERR_INVALID, "没有要核对的内容");
	} else if (entry_number(number, &id)) {
		result = proved(rq, id, "相符：这条记录在日志中");
	} else {
		const char *dot = strrchr(number, '.');
		int64_t position;
		bool publication = dot != NULL && text_int(dot + 1, strlen(dot + 1), &position);
		result = publication ? verdict("amber", "请用记录编号", arena_printf(rq->arena, "公示编号的记录编号写在公示页面“日志位置”一栏：/publications/%s", number))
		                     : verdict("late", "查不到", "读不懂这个编号。请填写二维码里的编号，或者上传证明文件。");
	}
	json_put(out->doc, "result", result);
	return 0;
}
