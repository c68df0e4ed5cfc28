/* What holds for blobs wherever they lie: limits, digests, and the checks when they come back. */
#include "store/blob.h"

#include <errno.h>
#include <unistd.h>

#include "base/text.h"
#include "store/blob_impl.h"

#define READ_PIECE ((size_t)65536)

struct blob_writer {
	struct blob_store *store;
	void *spool; /* NULL once finished or abandoned */
	struct hasher *hasher;
	int64_t size, max;
};

struct blob_store *blob_store_new(const struct blob_place *place, void *own, struct arena *arena)
{
	struct blob_store *store = ARENA_NEW(arena, struct blob_store);
	store->place = place;
	store->own = own;
	return store;
}

int blob_raise(struct err *err, int number, const char *doing, const char *path)
{
	int rc;
	if (number == ENOSPC || number == EDQUOT || number == EFBIG)
		rc = ERR(err, ERR_FULL, "存储空间已满，文件未能保存，请联系系统管理员");
	else
		rc = ERR(err, ERR_IO, "文件读写失败，请联系系统管理员");
	err_detail(err, "%s %s: %s", doing, path, strerror(number));
	return rc;
}

void blob_fail_after(struct blob_store *store, unsigned writes, enum err_code code)
{
	atomic_store(&store->fail_code, (int)code);
	atomic_store(&store->fail_after, writes);
}

int blob_fault(struct blob_store *store, struct err *err)
{
	unsigned left = atomic_load(&store->fail_after);
	while (left > 0) {
		if (!atomic_compare_exchange_weak(&store->fail_after, &left, left - 1))
			continue;
		if (left > 1)
			return 0;
		return blob_raise(err, atomic_load(&store->fail_code) == (int)ERR_FULL ? ENOSPC : EIO, "blob_fail_after", "");
	}
	return 0;
}

/* ---- writing */

static void drop_writer(void *arg)
{
	blob_abandon(arg);
}

int blob_write(struct blob_store *store, int64_t max, struct arena *arena, struct blob_writer **out, struct err *err)
{
	struct blob_writer *writer = ARENA_NEW(arena, struct blob_writer);
	writer->store = store;
	writer->max = max;
	writer->hasher = hasher_new(arena);
	int rc = store->place->spool(store, arena, &writer->spool, err);
	if (rc < 0)
		return rc;
	arena_on_free(arena, drop_writer, writer);
	*out = writer;
	return 0;
}

int blob_add(struct blob_writer *writer, const void *data, size_t len, struct err *err)
{
	BUG_ON(writer->spool == NULL);
	if (len > INT64_MAX || (int64_t)len > writer->max - writer->size)
		return ERR(err, ERR_LIMIT, "文件过大，至多 %lld 字节", (long long)writer->max);
	if (len == 0)
		return 0;
	int rc = writer->store->place->add(writer->store, writer->spool, data, len, err);
	if (rc < 0)
		return rc;
	hasher_add(writer->hasher, data, len);
	writer->size += (int64_t)len;
	return 0;
}

int blob_finish(struct blob_writer *writer, struct blob_info *out, struct err *err)
{
	BUG_ON(writer->spool == NULL);
	struct blob_info info = {.size = writer->size};
	hasher_end(writer->hasher, &info.sha256, &info.sm3);
	int rc = writer->store->place->keep(writer->store, writer->spool, &info.sha256, err);
	if (rc < 0)
		writer->store->place->drop(writer->store, writer->spool);
	else
		*out = info;
	writer->spool = NULL;
	return rc;
}

void blob_abandon(struct blob_writer *writer)
{
	if (writer->spool != NULL)
		writer->store->place->drop(writer->store, writer->spool);
	writer->spool = NULL;
}

int blob_put(struct blob_store *store, const void *data, size_t len, struct blob_info *out, struct err *err)
{
	struct arena *arena = arena_new();
	struct blob_writer *writer;
	int rc = blob_write(store, INT64_MAX, arena, &writer, err);
	if (rc == 0)
		rc = blob_add(writer, data, len, err);
	if (rc == 0)
		rc = blob_finish(writer, out, err);
	arena_free(arena);
	return rc;
}

/* ---- reading */

struct open_file {
	int fd;
};

static void close_file(void *arg)
{
	struct open_file *file = arg;
	(void)close(file->fd);
}

int blob_read(struct blob_store *store, const struct digest *sha256, struct arena *arena, int *fd_out, int64_t *size_out,
              struct err *err)
{
	struct open_file *file = ARENA_NEW(arena, struct open_file);
	int rc = store->place->open(store, sha256, &file->fd, size_out, err);
	if (rc < 0)
		return rc;
	arena_on_free(arena, close_file, file);
	*fd_out = file->fd;
	return 0;
}

/* Up to `room` bytes; fewer only at the end. */
static ssize_t read_full(int fd, void *out, size_t room)
{
	size_t got = 0;
	while (got < room) {
		ssize_t n = read(fd, (char *)out + got, room - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

static int corrupt(struct err *err, const struct digest *sha256, const char *why)
{
	int rc = ERR(err, ERR_CORRUPT, "文件内容与登记的摘要不符，已损坏或被改动");
	err_detail(err, "blob %s: %s", hex_encode(err->arena, sha256->bytes, HASH_LEN), why);
	return rc;
}

int blob_get(struct blob_store *store, const struct digest *sha256, size_t max, struct arena *arena, void **out,
             size_t *len_out, struct err *err)
{
	int fd;
	int64_t size;
	int rc = store->place->open(store, sha256, &fd, &size, err);
	if (rc < 0)
		return rc;
	if ((uint64_t)size > max) {
		(void)close(fd);
		return ERR(err, ERR_LIMIT, "文件过大：%lld 字节，至多 %zu 字节", (long long)size, max);
	}
	char *data = arena_alloc(arena, (size_t)size + 1);
	ssize_t got = read_full(fd, data, (size_t)size);
	int number = errno;
	(void)close(fd);
	if (got < 0)
		return blob_raise(err, number, "read", "blob");
	struct digest found = hash_sha256(data, (size_t)got);
	if (got != size || digest_differs(&found, sha256))
		return corrupt(err, sha256, "SHA-256 differs");
	*out = data;
	*len_out = (size_t)size;
	return 0;
}

int blob_check(struct blob_store *store, const struct digest *sha256, const struct digest *sm3, struct err *err)
{
	int fd, number = 0;
	int64_t size;
	int rc = store->place->open(store, sha256, &fd, &size, err);
	if (rc < 0)
		return rc;
	struct arena *arena = arena_new();
	struct hasher *hasher = hasher_new(arena);
	char *piece = arena_alloc(arena, READ_PIECE);
	ssize_t got;
	while ((got = read_full(fd, piece, READ_PIECE)) > 0)
		hasher_add(hasher, piece, (size_t)got);
	number = errno;
	(void)close(fd);
	struct digest a, b;
	hasher_end(hasher, &a, &b);
	arena_free(arena);
	if (got < 0)
		return blob_raise(err, number, "read", "blob");
	if (digest_differs(&a, sha256))
		return corrupt(err, sha256, "SHA-256 differs");
	if (sm3 != NULL && digest_differs(&b, sm3))
		return corrupt(err, sha256, "SM3 differs");
	return 0;
}

int blob_each(struct blob_store *store, int (*each)(void *context, const struct digest *sha256, int64_t size, struct err *err),
              void *context, struct err *err)
{
	return store->place->each(store, each, context, err);
}

int blob_remove_old(struct blob_store *store, const struct digest *sha256, int64_t age_s, bool look, bool *old_out,
                    struct err *err)
{
	*old_out = false;
	return store->place->remove(store, sha256, age_s, look, old_out, err);
}
