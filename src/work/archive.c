#include "work/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"

#define BLOCK ((size_t)512)
#define PIECE ((size_t)65536)
#define NAME_MAX_BYTES ((size_t)99)
#define MANIFEST "manifest.json"
#define MANIFEST_MAX ((size_t)512 << 20)
#define MEMBERS_MAX ((size_t)50000000)

struct archive {
	int fd;
	const char *path;
	struct arena *arena;
	instant_t now;
	json_t *members;
};

static void close_fd(void *arg)
{
	const struct archive *archive = arg;
	if (archive->fd >= 0)
		(void)close(archive->fd);
}

static int failed(struct err *err, const char *path, const char *what)
{
	int cause = errno;
	return ERR(err, cause == ENOSPC ? ERR_FULL : ERR_IO, "%s %s：%s", what, path, err_path(err->arena, path, cause));
}

static int write_all(const struct archive *archive, const void *data, size_t len, struct err *err)
{
	const char *from = data;
	while (len > 0) {
		ssize_t done = write(archive->fd, from, len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return failed(err, archive->path, "无法写入");
		from += done;
		len -= (size_t)done;
	}
	return 0;
}

int archive_create(const char *path, instant_t now, struct arena *arena, struct archive **out, struct err *err)
{
	struct archive *archive = ARENA_NEW(arena, struct archive);
	*archive = (struct archive){.path = arena_strdup(arena, path), .arena = arena, .now = now, .members = json_tie(arena, json_array())};
	archive->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (archive->fd < 0 && errno == EEXIST)
		return ERR(err, ERR_CONFLICT, "%s 已存在", path);
	if (archive->fd < 0)
		return failed(err, path, "无法建立");
	arena_on_free(arena, close_fd, archive);
	*out = archive;
	return 0;
}

/* --- headers ------------------------------------------------------------------------------------------------------------ */

static void put_octal(char *field, size_t width, int64_t value)
{
	/* Sizes of 8 GiB and more take the base-256 form that all readers know. */
	if (value >> (3 * (width - 1)) != 0) {
		for (size_t i = width; i-- > 1; value >>= 8)
			field[i] = (char)(value & 0xFF);
		field[0] = (char)0x80;
		return;
	}
	field[width - 1] = '\0';
	for (size_t i = width - 1; i-- > 0; value >>= 3)
		field[i] = (char)('0' + (value & 7));
}

static int64_t get_number(const char *field, size_t width)
{
	int64_t value = 0;
	if ((field[0] & 0x80) != 0) {
		for (size_t i = 1; i < width; i++)
			value = (int64_t)((uint64_t)value << 8 | (uint8_t)field[i]);
		return value;
	}
	for (size_t i = 0; i < width && field[i] >= '0' && field[i] <= '7'; i++)
		value = value * 8 + (field[i] - '0');
	return value;
}

static int64_t checksum(const char *header)
{
	int64_t sum = 0;
	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : (uint8_t)header[i];
	return sum;
}

static int write_header(struct archive *archive, const char *name, int64_t size, struct err *err)
{
	char header[BLOCK] = {0};
	size_t len = strlen(name);
	BUG_ON(len == 0 || len > NAME_MAX_BYTES);
	memcpy(header, name, len);
	put_octal(header + 100, 8, 0600);
	put_octal(header + 108, 8, 0);
	put_octal(header + 116, 8, 0);
	put_octal(header + 124, 12, size);
	put_octal(header + 136, 12, archive->now / INSTANT_SECOND);
	header[156] = '0';
	memcpy(header + 257, "ustar\00000", 8);
	put_octal(header + 148, 7, checksum(header));
	header[155] = ' ';
	return write_all(archive, header, BLOCK, err);
}

static int write_padding(struct archive *archive, int64_t size, struct err *err)
{
	static const char zeros[BLOCK];
	size_t rest = (size_t)(size % (int64_t)BLOCK);
	return rest == 0 ? 0 : write_all(archive, zeros, BLOCK - rest, err);
}

static void list_member(struct archive *archive, const char *name, int64_t size, const struct digest *sha256)
{
	json_t *member = json_object();
	json_put_str(member, "name", name);
	json_put_int(member, "size", size);
	json_put_str(member, "sha256", hex_encode(archive->arena, sha256->bytes, HASH_LEN));
	json_push(archive->members, member);
}

int archive_add(struct archive *archive, const char *name, const void *data, size_t len, struct err *err)
{
	int rc = write_header(archive, name, (int64_t)len, err);
	if (rc == 0)
		rc = write_all(archive, data, len, err);
	if (rc == 0)
		rc = write_padding(archive, (int64_t)len, err);
	struct digest digest = hash_sha256(data, len);
	if (rc == 0)
		list_member(archive, name, (int64_t)len, &digest);
	return rc;
}

int archive_add_fd(struct archive *archive, const char *name, int fd, int64_t size, struct err *err)
{
	struct arena *arena = arena_new();
	struct hasher *hasher = hasher_new(arena);
	struct digest sha256, sm3;
	char *piece = arena_alloc(arena, PIECE);
	int64_t left = size;
	int rc = write_header(archive, name, size, err);
	if (rc == 0 && lseek(fd, 0, SEEK_SET) < 0)
		rc = failed(err, name, "无法读取");
	while (rc == 0 && left > 0) {
		ssize_t got = read(fd, piece, left < (int64_t)PIECE ? (size_t)left : PIECE);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			rc = got == 0 ? ERR(err, ERR_CORRUPT, "%s 比登记的短", name) : failed(err, name, "无法读取");
			break;
		}
		hasher_add(hasher, piece, (size_t)got);
		rc = write_all(archive, piece, (size_t)got, err);
		left -= got;
	}
	hasher_end(hasher, &sha256, &sm3);
	arena_free(arena);
	if (rc == 0)
		rc = write_padding(archive, size, err);
	if (rc == 0)
		list_member(archive, name, size, &sha256);
	return rc;
}

int archive_finish(struct archive *archive, const json_t *head, struct err *err)
{
	static const char zeros[2 * BLOCK];
	json_t *manifest = json_tie(archive->arena, json_deep_copy(head));
	size_t len;
	json_put(manifest, "members", json_incref(archive->members));
	char *text = json_text(archive->arena, manifest, &len);
	int rc = write_header(archive, MANIFEST, (int64_t)len, err);
	if (rc == 0)
		rc = write_all(archive, text, len, err);
	if (rc == 0)
		rc = write_padding(archive, (int64_t)len, err);
	if (rc == 0)
		rc = write_all(archive, zeros, sizeof(zeros), err);
	if (rc == 0 && fsync(archive->fd) != 0)
		rc = failed(err, archive->path, "无法写入");
	return rc;
}

/* --- reading ------------------------------------------------------------------------------------------------------------ */

struct reading {
	struct archive file; /* its descriptor and path */
	const struct archive_sink *sink;
	json_t *seen;        /* {name: {"size", "sha256"}} */
	json_t *manifest;
	char *piece;
};

static int read_all(const struct reading *r, void *out, size_t len, bool *ended, struct err *err)
{
	char *to = out;
	size_t got = 0;
	while (got < len) {
		ssize_t done = read(r->file.fd, to + got, len - got);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return failed(err, r->file.path, "无法读取");
		if (done == 0)
			break;
		got += (size_t)done;
	}
	if (ended != NULL)
		*ended = got == 0;
	return got == len || (ended != NULL && got == 0) ? 0 : ERR(err, ERR_CORRUPT, "备份文件 %s 不完整", r->file.path);
}

static int skip_padding(const struct reading *r, int64_t size, struct err *err)
{
	char rest[BLOCK];
	size_t over = (size_t)(size % (int64_t)BLOCK);
	return over == 0 ? 0 : read_all(r, rest, BLOCK - over, NULL, err);
}

static int read_member(struct reading *r, const char *name, int64_t size, struct err *err)
{
	struct arena *arena = arena_new();
	struct hasher *hasher = hasher_new(arena);
	struct digest sha256, sm3;
	int rc = r->sink->begin(r->sink->context, name, size, err);
	for (int64_t left = size; rc == 0 && left > 0;) {
		size_t len = left < (int64_t)PIECE ? (size_t)left : PIECE;
		rc = read_all(r, r->piece, len, NULL, err);
		if (rc == 0)
			rc = r->sink->data(r->sink->context, r->piece, len, err);
		hasher_add(hasher, r->piece, len);
		left -= (int64_t)len;
	}
	hasher_end(hasher, &sha256, &sm3);
	arena_free(arena);
	if (rc == 0)
		rc = r->sink->end(r->sink->context, err);
	if (rc != 0)
		return rc;
	json_t *found = json_object();
	json_put_int(found, "size", size);
	json_put_str(found, "sha256", hex_encode(r->file.arena, sha256.bytes, HASH_LEN));
	json_put(r->seen, name, found);
	return 0;
}

static int read_manifest(struct reading *r, int64_t size, struct err *err)
{
	if (size < 0 || size > (int64_t)MANIFEST_MAX)
		return ERR(err, ERR_CORRUPT, "备份文件的清单过大");
	char *text = arena_alloc(r->file.arena, (size_t)size + 1);
	int rc = read_all(r, text, (size_t)size, NULL, err);
	return rc == 0 ? json_read(r->file.arena, text, (size_t)size, MANIFEST_MAX, &r->manifest, err) : rc;
}

static int next_member(struct reading *r, bool *more, struct err *err)
{
	char header[BLOCK], name[NAME_MAX_BYTES + 1] = {0};
	bool ended;
	int rc = read_all(r, header, BLOCK, &ended, err);
	*more = rc == 0 && !ended && header[0] != '\0';
	if (rc != 0 || !*more)
		return rc;
	if (get_number(header + 148, 8) != checksum(header) || memcmp(header + 257, "ustar", 5) != 0)
		return ERR(err, ERR_CORRUPT, "%s 不是备份文件，或者已损坏", r->file.path);
	memcpy(name, header, NAME_MAX_BYTES);
	int64_t size = get_number(header + 124, 12);
	if (size < 0 || json_object_size(r->seen) > MEMBERS_MAX)
		return ERR(err, ERR_CORRUPT, "备份文件 %s 已损坏", r->file.path);
	rc = text_eq(name, MANIFEST) ? read_manifest(r, size, err) : read_member(r, name, size, err);
	return rc == 0 ? skip_padding(r, size, err) : rc;
}

/* Every member listed is there as listed, and nothing else is. */
static int compare(struct reading *r, struct err *err)
{
	const json_t *member, *listed = json_object_get(r->manifest, "members");
	size_t i, wrong = 0;
	if (!json_is_array(listed))
		return ERR(err, ERR_CORRUPT, "备份文件没有清单：它没有写完");
	json_array_foreach(listed, i, member) {
		const char *name = json_str(member, "name");
		const json_t *found = name == NULL ? NULL : json_object_get(r->seen, name);
		if (found == NULL || !text_eq(json_str(found, "sha256"), json_str(member, "sha256")) || json_int(found, "size", -1) != json_int(member, "size", -2)) {
			(void)err_diag(err, name, found == NULL ? "清单中有而文件中没有" : "内容与清单中的摘要不符");
			wrong++;
		}
	}
	if (json_object_size(r->seen) != json_array_size(listed)) {
		(void)err_diag(err, MANIFEST, "文件中有清单以外的内容");
		wrong++;
	}
	return wrong == 0 ? 0 : ERR(err, ERR_CORRUPT, "备份文件有 %zu 处与清单不符", wrong);
}

int archive_read(const char *path, const struct archive_sink *sink, struct arena *arena, json_t **manifest, struct err *err)
{
	struct reading *r = ARENA_NEW(arena, struct reading);
	*r = (struct reading){.file = {.path = path, .arena = arena}, .sink = sink, .seen = json_tie(arena, json_object()), .piece = arena_alloc(arena, PIECE)};
	r->file.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (r->file.fd < 0)
		return errno == ENOENT ? ERR(err, ERR_NOT_FOUND, "没有文件 %s", path) : failed(err, path, "无法读取");
	bool more = true;
	int rc = 0;
	while (rc == 0 && more)
		rc = next_member(r, &more, err);
	(void)close(r->file.fd);
	if (rc == 0)
		rc = compare(r, err);
	*manifest = r->manifest;
	return rc;
}
