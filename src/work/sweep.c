#include "work/sweep.h"

#include "store/blob.h"
#include "store/db.h"

struct content {
	struct digest sha256;
	int64_t size;
	bool named;
};

struct sweep {
	struct arena *arena;
	struct content *contents; /* in the order of their digests */
	size_t count, room;
	int64_t names; /* of files in entries */
};

static int by_digest(const void *a, const void *b)
{
	const struct content *x = a, *y = b;
	return memcmp(x->sha256.bytes, y->sha256.bytes, HASH_LEN);
}

static int note_content(void *context, const struct digest *sha256, int64_t size, struct err *err UNUSED)
{
	struct sweep *sweep = context;
	if (sweep->count == sweep->room) {
		size_t room = sweep->room == 0 ? 1024 : sweep->room * 2;
		struct content *more = ARENA_ARRAY(sweep->arena, room, struct content);
		if (sweep->count > 0)
			memcpy(more, sweep->contents, sweep->count * sizeof(*more));
		sweep->contents = more;
		sweep->room = room;
	}
	sweep->contents[sweep->count++] = (struct content){.sha256 = *sha256, .size = size};
	return 0;
}

static int strike_named(void *context, const struct db_value *row, struct err *err)
{
	struct sweep *sweep = context;
	struct content wanted = {.size = 0};
	if (row[0].size != HASH_LEN)
		return ERR(err, ERR_CORRUPT, "记录中的文件摘要有误");
	memcpy(wanted.sha256.bytes, row[0].data, HASH_LEN);
	sweep->names++;
	struct content *found = sweep->count == 0 ? NULL : bsearch(&wanted, sweep->contents, sweep->count, sizeof(wanted), by_digest);
	if (found != NULL)
		found->named = true;
	return 0;
}

static int look_up(struct site *site, struct sweep *sweep, struct err *err)
{
	struct db_conn *conn;
	int rc = blob_each(site->blobs, note_content, sweep, err);
	if (rc != 0)
		return rc;
	if (sweep->count > 0)
		qsort(sweep->contents, sweep->count, sizeof(*sweep->contents), by_digest);
	rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = db_each(conn, SQL_FILE_NAMES, NULL, 0, strike_named, sweep, err);
	db_release(conn);
	return rc;
}

static int sweep_all(struct site *site, const struct sweep *sweep, const struct sweep_options *options, struct sweep_result *out, struct err *err)
{
	int rc = 0;
	for (size_t i = 0; i < sweep->count && rc == 0; i++) {
		const struct content *content = &sweep->contents[i];
		bool old = false;
		if (content->named)
			continue;
		if (options->halt != NULL && options->halt(options->context))
			break;
		rc = blob_remove_old(site->blobs, &content->sha256, SWEEP_AGE_S, options->look, &old, err);
		if (rc == 0 && old) {
			out->swept++;
			out->bytes += content->size;
		}
	}
	return rc;
}

int sweep_blobs(struct site *site, const struct sweep_options *options, struct sweep_result *out, struct err *err)
{
	struct sweep sweep = {.arena = arena_new()};
	*out = (struct sweep_result){.held = 0};
	int rc = look_up(site, &sweep, err);
	out->held = (int64_t)sweep.count;
	for (size_t i = 0; i < sweep.count; i++)
		out->named += sweep.contents[i].named;
	if (rc == 0 && sweep.names > 0 && out->named == 0 && sweep.count > 0)
		rc = ERR(err, ERR_REFUSED, "数据库记着 %lld 个文件，这个站点目录里却一个也没有；可能配错了数据库或目录，什么也没有清理", (long long)sweep.names);
	if (rc == 0)
		rc = sweep_all(site, &sweep, options, out, err);
	arena_free(sweep.arena);
	return rc;
}
