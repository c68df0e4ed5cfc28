#include "web/assets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/text.h"

static const struct {
	const char *ending, *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".ttf", "font/ttf"},
    {".json", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".pdf", "application/pdf"},
    {".map", "application/json"},
};

const char *asset_type(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (text_ends(name, types[i].ending))
			return types[i].type;
	return "application/octet-stream";
}

static int io_error(struct err *err, const char *path)
{
	return ERR(err, ERR_IO, "读不到页面资源 %s：%s", path, err_path(err->arena, path, errno));
}

static int read_file(struct arena *arena, const char *path, struct asset *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return io_error(err, path);
	struct stat info;
	if (fstat(fd, &info) != 0 || info.st_size < 0) {
		(void)close(fd);
		return io_error(err, path);
	}
	if ((size_t)info.st_size > ASSET_BYTES_MAX) {
		(void)close(fd);
		err_detail(err, "%s: %lld bytes", path, (long long)info.st_size);
		return ERR(err, ERR_LIMIT, "页面资源 %s 过大", out->name);
	}
	size_t len = (size_t)info.st_size, used = 0;
	char *bytes = arena_alloc(arena, len + 1);
	while (used < len) {
		ssize_t got = read(fd, bytes + used, len - used);
		if (got <= 0) {
			(void)close(fd);
			return io_error(err, path);
		}
		used += (size_t)got;
	}
	(void)close(fd);
	out->bytes = bytes;
	out->len = len;
	return 0;
}

static void compress_asset(struct arena *arena, struct asset *asset)
{
	if (!text_starts(asset->type, "text/") && !text_starts(asset->type, "image/svg") &&
	    !text_starts(asset->type, "application/json") && !text_starts(asset->type, "application/wasm"))
		return;
	z_stream stream = {0};
	if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	uLong bound = deflateBound(&stream, (uLong)asset->len);
	unsigned char *out = arena_alloc(arena, bound);
	stream.next_in = (Bytef *)(uintptr_t)asset->bytes;
	stream.avail_in = (uInt)asset->len;
	stream.next_out = out;
	stream.avail_out = (uInt)bound;
	if (deflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out + 64 < asset->len) {
		asset->gzip = out;
		asset->gzip_len = stream.total_out;
	}
	(void)deflateEnd(&stream);
}

static int read_folder(struct arena *arena, const char *dir, const char *below, struct assets *out, struct err *err)
{
	const char *folder = *below == '\0' ? dir : arena_printf(arena, "%s/%s", dir, below);
	DIR *open_dir = opendir(folder);
	if (open_dir == NULL)
		return io_error(err, folder);
	int fail = 0;
	for (struct dirent *entry = readdir(open_dir); entry != NULL && fail == 0; entry = readdir(open_dir)) {
		if (entry->d_name[0] == '.')
			continue;
		const char *name = *below == '\0' ? arena_strdup(arena, entry->d_name)
						  : arena_printf(arena, "%s/%s", below, entry->d_name);
		const char *path = arena_printf(arena, "%s/%s", dir, name);
		struct stat info;
		if (stat(path, &info) != 0) {
			fail = io_error(err, path);
		} else if (S_ISDIR(info.st_mode)) {
			fail = strlen(name) > 200 ? ERR(err, ERR_LIMIT, "页面资源的目录过深")
						  : read_folder(arena, dir, name, out, err);
		} else if (S_ISREG(info.st_mode)) {
			if (out->count == ASSETS_MAX) {
				fail = ERR(err, ERR_LIMIT, "页面资源过多，至多 %d 个", ASSETS_MAX);
				continue;
			}
			struct asset *asset = &out->items[out->count++];
			*asset = (struct asset){.name = name, .type = asset_type(name)};
			fail = read_file(arena, path, asset, err);
		}
	}
	(void)closedir(open_dir);
	return fail;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct asset *)a)->name, ((const struct asset *)b)->name);
}

int assets_load(const char *dir, struct arena *arena, struct assets **out, struct err *err)
{
	struct assets *assets = ARENA_NEW(arena, struct assets);
	assets->items = ARENA_ARRAY(arena, ASSETS_MAX, struct asset);
	int fail = dir == NULL ? 0 : read_folder(arena, dir, "", assets, err);
	if (fail != 0)
		return fail;
	qsort(assets->items, assets->count, sizeof(struct asset), by_name);
	struct hasher *all = hasher_new(arena);
	for (size_t i = 0; i < assets->count; i++) {
		struct asset *asset = &assets->items[i];
		struct digest digest = hash_sha256(asset->bytes, asset->len);
		asset->etag = arena_printf(arena, "\"%s\"", hex_encode(arena, digest.bytes, 12));
		compress_asset(arena, asset);
		hasher_add(all, asset->name, strlen(asset->name) + 1);
		hasher_add(all, digest.bytes, sizeof(digest.bytes));
	}
	struct digest version, unused;
	hasher_end(all, &version, &unused);
	assets->prefix = arena_printf(arena, "/assets/%s", hex_encode(arena, version.bytes, 6));
	*out = assets;
	return 0;
}

const struct asset *asset_find(const struct assets *assets, const char *path)
{
	size_t len = strlen(assets->prefix);
	if (strncmp(path, assets->prefix, len) != 0 || path[len] != '/')
		return NULL;
	struct asset wanted = {.name = path + len + 1};
	return bsearch(&wanted, assets->items, assets->count, sizeof(struct asset), by_name);
}
