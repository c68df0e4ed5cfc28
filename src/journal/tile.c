/* Tiles and entry bundles by their C2SP tlog-tiles paths, of what the newest checkpoint covers. */
#include "base/buf.h"
#include "base/text.h"
#include "journal/inside.h"

#define LEVEL_MAX 7  /* 256^8 leaves are more than an index can count */
#define GROUPS_MAX 6 /* of three digits */
#define LEAF_DATA HASH_LEN

static bool take(const char **at, const char *text)
{
	size_t len = strlen(text);
	if (strncmp(*at, text, len) != 0)
		return false;
	*at += len;
	return true;
}

static bool digits(const char *at, size_t n)
{
	return strspn(at, "0123456789") >= n;
}

/* "x001/x234/067": groups of three digits, all but the last with an x, none of them a needless zero in front. */
static bool take_number(const char **at, int64_t *out)
{
	int64_t number = 0;
	for (int group = 0; group < GROUPS_MAX; group++) {
		bool more = take(at, "x");
		int64_t three;
		if (!digits(*at, 3) || !text_int(*at, 3, &three) || (more && group == 0 && three == 0))
			return false;
		*at += 3;
		number = number * 1000 + three;
		if (!more) {
			*out = number;
			return true;
		}
		if (!take(at, "/"))
			return false;
	}
	return false;
}

bool tile_path_parse(const char *at, struct tile_path *out)
{
	*out = (struct tile_path){.width = JOURNAL_TILE};
	if (!take(&at, "tile/"))
		return false;
	if (take(&at, "entries/")) {
		out->entries = true;
	} else {
		if (!digits(at, 1) || digits(at, 2) || (unsigned)(*at - '0') > LEVEL_MAX || at[1] != '/')
			return false;
		out->level = (unsigned)(*at - '0');
		at += 2;
	}
	if (!take_number(&at, &out->number))
		return false;
	if (*at == '\0')
		return true;
	size_t len;
	return take(&at, ".p/") && (len = strlen(at)) >= 1 && len <= 3 && digits(at, len) && at[0] != '0' &&
	       text_int(at, len, &out->width) && out->width < JOURNAL_TILE;
}

struct filling {
	struct buf *buf;
	int64_t next;
	bool entries;
};

static int fill(void *context, const struct db_value *cells, struct err *err)
{
	struct filling *filling = context;
	if (cells[0].num != filling->next || cells[1].size != HASH_LEN)
		return ERR(err, ERR_CORRUPT, "日志缺第 %lld 号节点", (long long)filling->next);
	static const uint8_t length[2] = {0, LEAF_DATA};
	if (filling->entries)
		buf_add(filling->buf, length, sizeof(length));
	buf_add(filling->buf, cells[1].data, HASH_LEN);
	filling->next++;
	return 0;
}

static int read_tile(struct db_conn *conn, const struct tile_path *path, struct buf *buf, struct err *err)
{
	int64_t first = path->number * JOURNAL_TILE, after = first + path->width;
	struct filling filling = {.buf = buf, .next = first, .entries = path->entries};
	int status;
	if (path->entries || path->level == 0) {
		const struct db_value args[] = {DB_INT(first), DB_INT(after)};
		status =
		    db_each(conn, path->entries ? SQL_LEAF_DATA_RANGE : SQL_LEAF_RANGE, args, 2, fill, &filling, err);
	} else {
		const struct db_value args[] = {DB_INT((int64_t)path->level * JOURNAL_TILE_HEIGHT), DB_INT(first),
						DB_INT(after)};
		status = db_each(conn, SQL_NODE_RANGE, args, 3, fill, &filling, err);
	}
	if (status == 0 && filling.next != after)
		status = ERR(err, ERR_CORRUPT, "日志缺第 %lld 号节点", (long long)filling.next);
	return status;
}

int journal_tile(struct journal *journal, const char *path, struct arena *arena, void **out, size_t *len_out,
		 struct err *err)
{
	struct tile_path wanted;
	struct db_conn *conn;
	if (!tile_path_parse(path, &wanted))
		return ERR(err, ERR_NOT_FOUND, "没有这一块日志");
	int status = db_acquire(journal->db, DB_READ, &conn, err);
	if (status != 0)
		return status;
	struct stored_checkpoint newest;
	struct buf buf;
	buf_init(&buf, arena, (size_t)JOURNAL_TILE * (HASH_LEN + 2));
	status = log_checkpoint(conn, arena, &newest, err);
	int64_t have = newest.size < 0 ? 0 : newest.size >> (wanted.level * JOURNAL_TILE_HEIGHT);
	if (status == 0 && (wanted.number > have / JOURNAL_TILE || wanted.number * JOURNAL_TILE + wanted.width > have))
		status = ERR(err, ERR_NOT_FOUND, "没有这一块日志");
	if (status == 0)
		status = read_tile(conn, &wanted, &buf, err);
	db_release(conn);
	if (status != 0)
		return status;
	*out = buf.data;
	*len_out = buf.len;
	return 0;
}
