/*
 * Blobs in a directory: ab/cd/<64 hex digits>, read-only once there. A content is written and synced in spool/, then
 * renamed; the directories that hold the new name are synced before anybody is told. What a process that died left in
 * the spool is removed when the store is opened.
 *
 * Who puts a content and who removes an old one agree by a lock on the file `lock` (flock: across threads, processes and,
 * on NFS, machines): it is shared while a name is given, and not while the age is looked at and the name taken away.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "store/blob_impl.h"

#define SPOOL_STALE_S (24 * 3600)

struct files {
	const char *dir;
};

struct spool {
	int fd;
	char *path;
};

static struct files *of(struct blob_store *store)
{
	return store->own;
}

/* A command run by root must not shut the service out: what it makes belongs to whoever the store belongs to. */
static int hand_over(const struct files *files, const char *path, struct err *err)
{
	struct stat owner;
	if (geteuid() != 0 || stat(files->dir, &owner) != 0 || owner.st_uid == 0)
		return 0;
	return lchown(path, owner.st_uid, owner.st_gid) == 0 ? 0 : blob_raise(err, errno, "chown", path);
}

static int make_dir(const struct files *files, const char *path, struct err *err)
{
	if (mkdir(path, 0700) == 0)
		return hand_over(files, path, err);
	return errno == EEXIST ? 0 : blob_raise(err, errno, "mkdir", path);
}

static int sync_dir(struct blob_store *store, const char *path, struct err *err)
{
	int rc = blob_fault(store, err);
	if (rc < 0)
		return rc;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return blob_raise(err, errno, "open", path);
	rc = fsync(fd) == 0 ? 0 : blob_raise(err, errno, "fsync", path);
	(void)close(fd);
	return rc;
}

/* Takes the lock of names, for all who give them (LOCK_SH) or alone (LOCK_EX); closing the descriptor gives it back. */
static int lock_names(struct blob_store *store, int how, int *fd_out, struct err *err)
{
	struct arena *arena = arena_new();
	const char *path = arena_printf(arena, "%s/lock", of(store)->dir);
	int rc = 0, fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	rc = fd < 0 ? blob_raise(err, errno, "open", path) : hand_over(of(store), path, err);
	if (rc < 0 && fd >= 0)
		(void)close(fd);
	while (rc == 0 && flock(fd, how) != 0) {
		if (errno == EINTR)
			continue;
		rc = blob_raise(err, errno, "flock", path);
		(void)close(fd);
	}
	arena_free(arena);
	*fd_out = fd;
	return rc;
}

/* ---- writing */

static void spool_close(struct spool *spool)
{
	if (spool->fd >= 0)
		(void)close(spool->fd);
	spool->fd = -1;
}

static void spool_drop(struct blob_store *store UNUSED, void *arg)
{
	struct spool *spool = arg;
	spool_close(spool);
	(void)unlink(spool->path);
}

static int spool_open(struct blob_store *store, struct arena *arena, void **out, struct err *err)
{
	struct spool *spool = ARENA_NEW(arena, struct spool);
	uint8_t name[12];
	random_bytes(name, sizeof(name));
	spool->path = arena_printf(arena, "%s/spool/%s", of(store)->dir, hex_encode(arena, name, sizeof(name)));
	spool->fd = open(spool->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (spool->fd < 0)
		return blob_raise(err, errno, "open", spool->path);
	*out = spool;
	int rc = hand_over(of(store), spool->path, err);
	if (rc < 0)
		spool_drop(store, spool);
	return rc;
}

static int spool_add(struct blob_store *store, void *arg, const void *data, size_t len, struct err *err)
{
	struct spool *spool = arg;
	int rc = blob_fault(store, err);
	if (rc < 0)
		return rc;
	for (size_t done = 0; done < len;) {
		ssize_t n = write(spool->fd, (const char *)data + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return blob_raise(err, errno, "write", spool->path);
		done += (size_t)n;
	}
	return 0;
}

static char *path_of(struct blob_store *store, const struct digest *sha256, unsigned parts, struct arena *arena)
{
	const char *hex = hex_encode(arena, sha256->bytes, HASH_LEN);
	if (parts == 1)
		return arena_printf(arena, "%s/%.2s", of(store)->dir, hex);
	if (parts == 2)
		return arena_printf(arena, "%s/%.2s/%.2s", of(store)->dir, hex, hex + 2);
	return arena_printf(arena, "%s/%.2s/%.2s/%s", of(store)->dir, hex, hex + 2, hex);
}

/* Puts the synced spool file in its place. A content that is there already is replaced by itself: the same bytes, and
 * one that was damaged on disk is mended by it. */
static int place_file(struct blob_store *store, struct spool *spool, const struct digest *sha256, struct arena *arena,
                      struct err *err)
{
	const char *outer = path_of(store, sha256, 1, arena), *inner = path_of(store, sha256, 2, arena);
	int rc = make_dir(of(store), outer, err);
	if (rc == 0)
		rc = make_dir(of(store), inner, err);
	if (rc < 0)
		return rc;
	const char *path = path_of(store, sha256, 3, arena);
	int lock;
	rc = lock_names(store, LOCK_SH, &lock, err);
	if (rc < 0)
		return rc;
	if (rename(spool->path, path) != 0)
		rc = blob_raise(err, errno, "rename", path);
	(void)close(lock);
	if (rc < 0)
		return rc;
	/* Innermost first. The outer ones too, even where they stood before: another thread may have made them just now
	 * and not have synced them yet. */
	rc = sync_dir(store, inner, err);
	if (rc == 0)
		rc = sync_dir(store, outer, err);
	return rc == 0 ? sync_dir(store, of(store)->dir, err) : rc;
}

static int spool_keep(struct blob_store *store, void *arg, const struct digest *sha256, struct err *err)
{
	struct spool *spool = arg;
	int rc = blob_fault(store, err);
	if (rc < 0)
		return rc;
	if (fsync(spool->fd) != 0)
		return blob_raise(err, errno, "fsync", spool->path);
	spool_close(spool);
	struct arena *arena = arena_new();
	rc = place_file(store, spool, sha256, arena, err);
	arena_free(arena);
	return rc;
}

/* ---- reading */

static int open_blob(struct blob_store *store, const struct digest *sha256, int *fd_out, int64_t *size_out, struct err *err)
{
	struct arena *arena = arena_new();
	const char *path = path_of(store, sha256, 3, arena);
	struct stat stat;
	int rc = 0, fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		rc = ERR(err, ERR_NOT_FOUND, "文件不存在");
		err_detail(err, "%s", path);
	} else if (fd < 0) {
		rc = blob_raise(err, errno, "open", path);
	} else if (fstat(fd, &stat) != 0) {
		rc = blob_raise(err, errno, "stat", path);
		(void)close(fd);
	} else {
		*fd_out = fd;
		*size_out = stat.st_size;
	}
	arena_free(arena);
	return rc;
}

/* ---- walking */

struct walk {
	struct blob_store *store;
	int (*fn)(void *, const struct digest *, int64_t, struct err *);
	void *context;
};

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_hex_name(const char *name, size_t len)
{
	return strlen(name) == len && strspn(name, "0123456789abcdef") == len;
}

static int visit(const struct walk *walk, const char *dir, const char *name, struct err *err)
{
	struct digest digest;
	struct stat stat_buf;
	if (!is_hex_name(name, 2 * HASH_LEN) || !hex_decode(name, 2 * HASH_LEN, digest.bytes, HASH_LEN))
		return 0; /* somebody else's file */
	struct arena *arena = arena_new();
	const char *path = arena_printf(arena, "%s/%s", dir, name);
	int rc = 0, number = 0;
	if (stat(path, &stat_buf) != 0) {
		number = errno;
		rc = number == ENOENT ? 0 : blob_raise(err, number, "stat", path);
	}
	arena_free(arena);
	return rc < 0 || number != 0 ? rc : walk->fn(walk->context, &digest, stat_buf.st_size, err);
}

/* Directories two deep, then files, in the order of their names. */
static int walk_dir(const struct walk *walk, const char *dir, unsigned depth, struct err *err)
{
	struct dirent **names;
	int count = scandir(dir, &names, NULL, by_name), rc = 0;
	if (count < 0)
		return blob_raise(err, errno, "scandir", dir);
	struct arena *arena = arena_new();
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;
		if (rc == 0 && depth == 2)
			rc = visit(walk, dir, name, err);
		else if (rc == 0 && is_hex_name(name, 2))
			rc = walk_dir(walk, arena_printf(arena, "%s/%s", dir, name), depth + 1, err);
		free(names[i]); /* libc's, not the arena's */
	}
	free(names);
	arena_free(arena);
	return rc;
}

static int each_blob(struct blob_store *store, int (*fn)(void *, const struct digest *, int64_t, struct err *), void *context,
                     struct err *err)
{
	struct walk walk = {.store = store, .fn = fn, .context = context};
	return walk_dir(&walk, of(store)->dir, 0, err);
}

/* ---- removing */

static int remove_old(struct blob_store *store, const struct digest *sha256, int64_t age_s, bool look, bool *old_out,
                      struct err *err)
{
	struct arena *arena = arena_new();
	const char *path = path_of(store, sha256, 3, arena);
	struct stat found;
	int lock, rc = lock_names(store, LOCK_EX, &lock, err);
	if (rc == 0) {
		/* The time of the last write: of the spool file, so of the last who put it. */
		if (stat(path, &found) == 0)
			*old_out = (int64_t)time(NULL) - (int64_t)found.st_mtime >= age_s;
		else if (errno != ENOENT && errno != ENOTDIR)
			rc = blob_raise(err, errno, "stat", path);
		if (*old_out && !look && unlink(path) != 0)
			rc = blob_raise(err, errno, "unlink", path);
		(void)close(lock);
	}
	arena_free(arena);
	return rc;
}

/* ---- opening */

/* What a process that died left in the spool; a day old, so that nobody is writing it any more. */
static void clear_spool(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	struct stat stat_buf;
	time_t now = time(NULL);
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (fstatat(dirfd(dir), entry->d_name, &stat_buf, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(stat_buf.st_mode) &&
		    now - stat_buf.st_mtime > SPOOL_STALE_S)
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		(void)closedir(dir);
}

int blob_open_files(const char *dir, struct arena *arena, struct blob_store **out, struct err *err)
{
	static const struct blob_place place = {
	    .spool = spool_open,
	    .add = spool_add,
	    .keep = spool_keep,
	    .drop = spool_drop,
	    .open = open_blob,
	    .each = each_blob,
	    .remove = remove_old,
	};
	struct files *files = ARENA_NEW(arena, struct files);
	files->dir = arena_strdup(arena, dir);
	const char *spool = arena_printf(arena, "%s/spool", dir);
	int rc = make_dir(files, dir, err);
	if (rc == 0)
		rc = make_dir(files, spool, err);
	if (rc < 0)
		return rc;
	clear_spool(spool);
	*out = blob_store_new(&place, files, arena);
	return 0;
}
