/* The newest checkpoint, and proofs against it. */
#include "base/text.h"
#include "journal/inside.h"

int journal_checkpoint(struct journal *journal, struct arena *arena, char **note_out, struct err *err)
{
	struct db_conn *conn;
	struct stored_checkpoint newest;
	if (atomic_load(&journal->signed_size) < 0 && journal->keys != NULL) {
		int waited =
		    sequencer_wait(journal, 0, err); /* a log that was just made signs its empty tree at once */
		if (waited != 0)
			return waited;
	}
	int status = db_acquire(journal->db, DB_READ, &conn, err);
	if (status != 0)
		return status;
	status = log_checkpoint(conn, arena, &newest, err);
	db_release(conn);
	if (status == 0 && newest.size < 0)
		return ERR(err, ERR_NOT_FOUND, "日志尚无检查点");
	if (status == 0)
		*note_out = arena_strdup(arena, newest.note);
	return status;
}

static json_t *path_json(const struct digest *path, size_t count, struct arena *arena)
{
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		json_push_str(list, hex_encode(arena, path[i].bytes, HASH_LEN));
	return list;
}

static int prove_on(struct db_conn *conn, const struct entry *entry, bool open, struct arena *arena, json_t **out,
		    struct err *err)
{
	struct stored_checkpoint newest;
	struct log_reader reader = {.conn = conn, .arena = arena};
	struct digest *path, hash = merkle_leaf(entry->leaf.bytes, HASH_LEN);
	size_t count;
	int status = log_checkpoint(conn, arena, &newest, err);
	if (status == 0)
		status = merkle_inclusion(entry->index, newest.size, log_node, &reader, arena, &path, &count, err);
	if (status != 0)
		return status;
	if (!merkle_verify_inclusion(entry->index, newest.size, &hash, path, count, &newest.root))
		return ERR(err, ERR_CORRUPT, "第 %lld 号条目与检查点不符；请运行 sanzhi log verify",
			   (long long)entry->id);
	json_t *doc = json_tie(arena, json_object());
	json_put_str(doc, "checkpoint", newest.note);
	json_put_int(doc, "index", entry->index);
	json_put_int(doc, "size", newest.size);
	json_put_str(doc, "leaf", hex_encode(arena, entry->leaf.bytes, HASH_LEN));
	/* The salt with the entry only: alone it would let anybody try what a withheld entry says. */
	if (open) {
		json_put_str(doc, "salt", hex_encode(arena, entry->salt, JOURNAL_SALT_LEN));
		json_put_str(doc, "entry", base64_encode(arena, entry->bytes, entry->bytes_len));
	}
	json_put(doc, "path", path_json(path, count, arena));
	*out = doc;
	return 0;
}

/* The entry, once it has a place that a checkpoint covers. */
static int placed_entry(struct journal *journal, int64_t id, struct arena *arena, struct entry *out, struct err *err)
{
	for (int attempt = 0;; attempt++) {
		struct db_conn *conn;
		int status = db_acquire(journal->db, DB_READ, &conn, err);
		if (status != 0)
			return status;
		status = journal_entry(journal, conn, id, arena, out, err);
		db_release(conn);
		if (status != 0 || (out->index >= 0 && out->index < atomic_load(&journal->signed_size)))
			return status;
		if (attempt == 3)
			return ERR(err, ERR_UNAVAILABLE, "尚未签发包含该条目的检查点，请稍后再试");
		status = sequencer_wait(journal,
					out->index >= 0 ? out->index + 1 : atomic_load(&journal->signed_size) + 1, err);
		if (status != 0)
			return status;
	}
}

int journal_prove(struct journal *journal, int64_t entry_id, bool open, struct arena *arena, json_t **out,
		  struct err *err)
{
	struct db_conn *conn;
	struct entry entry;
	int status = placed_entry(journal, entry_id, arena, &entry, err);
	if (status == 0)
		status = db_acquire(journal->db, DB_READ, &conn, err);
	if (status != 0)
		return status;
	status = prove_on(conn, &entry, open, arena, out, err);
	db_release(conn);
	return status;
}

int journal_consistency(struct journal *journal, int64_t from, int64_t to, struct arena *arena, struct digest **out,
			size_t *count_out, struct err *err)
{
	struct db_conn *conn;
	struct log_reader reader = {.arena = arena};
	int64_t size;
	int status = db_acquire(journal->db, DB_READ, &conn, err);
	if (status != 0)
		return status;
	reader.conn = conn;
	status = log_size(conn, arena, &size, err);
	if (status == 0 && to > size)
		status = ERR(err, ERR_INVALID, "日志大小为 %lld，不到 %lld", (long long)size, (long long)to);
	if (status == 0)
		status = merkle_consistency(from, to, log_node, &reader, arena, out, count_out, err);
	db_release(conn);
	return status;
}
