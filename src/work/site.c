#include "work/site.h"

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "work/numbering.h"
#include "work/state_cache.h"
#include "work/site_files.h"

#define SETTINGS_MAX ((size_t)65536)
#define DEFAULT_READERS 8
#define WAIT_MS 5000

static const char *in_dir(struct arena *arena, const char *dir, const char *name)
{
	return arena_printf(arena, "%s/%s", dir, name);
}

int site_make_dir(const char *path, struct err *err)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	return ERR(err, ERR_IO, "无法建立目录 %s：%s", path, err_path(err->arena, path, errno));
}

bool site_dir_fresh(const char *path)
{
	DIR *dir = opendir(path);
	if (dir == NULL)
		return errno == ENOENT;
	bool empty = true;
	for (const struct dirent *one; empty && (one = readdir(dir)) != NULL;)
		empty = text_eq(one->d_name, ".") || text_eq(one->d_name, "..");
	(void)closedir(dir);
	return empty;
}

static int clear_one(const char *path, const struct stat *found UNUSED, int type UNUSED, struct FTW *where)
{
	if (where->level > 0)
		(void)remove(path);
	return 0;
}

void site_dir_clear(const char *path)
{
	(void)nftw(path, clear_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

int site_file_write(const char *path, const void *data, size_t len, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return ERR(err, ERR_CONFLICT, "%s 已存在", path);
	if (fd < 0)
		return ERR(err, ERR_IO, "无法写入 %s：%s", path, err_path(err->arena, path, errno));
	bool good = write(fd, data, len) == (ssize_t)len && fsync(fd) == 0;
	int cause = errno;
	(void)close(fd);
	return good ? 0 : ERR(err, ERR_IO, "无法写入 %s：%s", path, err_path(err->arena, path, cause));
}

int site_file_read(const char *path, size_t max, struct arena *arena, char **out, size_t *len_out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ERR(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "无法读取 %s：%s", path, err_path(err->arena, path, errno));
	struct stat found;
	bool good = fstat(fd, &found) == 0;
	bool fits = good && found.st_size <= (off_t)max;
	size_t len = fits ? (size_t)found.st_size : 0;
	*out = arena_alloc(arena, len + 1);
	good = good && (!fits || read(fd, *out, len) == (ssize_t)len);
	(void)close(fd);
	*len_out = len;
	if (good && !fits)
		return ERR(err, ERR_LIMIT, "%s 过大", path);
	return good ? 0 : ERR(err, ERR_IO, "无法读取 %s", path);
}

static int read_settings(const char *path, struct arena *arena, json_t **out, struct err *err)
{
	char *text;
	size_t len;
	int rc = site_file_read(path, SETTINGS_MAX, arena, &text, &len, err);
	if (rc == -ERR_NOT_FOUND)
		return ERR(err, ERR_NOT_FOUND, "这里没有站点：%s。用 --site 写明站点目录，或者先运行 sanzhi init", path);
	if (rc == 0)
		rc = json_read(arena, text, len, SETTINGS_MAX, out, err);
	return rc == -ERR_INVALID ? ERR(err, ERR_CORRUPT, "站点设置 %s 读不懂，由备份恢复它：%s", path, err->message) : rc;
}

static struct db_options db_options_of(const struct site_options *options, struct arena *arena)
{
	struct db_options db = {.readers = options->readers == 0 ? DEFAULT_READERS : options->readers, .wait_ms = WAIT_MS};
	if (options->db_url != NULL)
		db.postgres_url = options->db_url;
	else
		db.sqlite_path = in_dir(arena, options->dir, "sanzhi.db");
	return db;
}

int site_database(const struct site_options *options, struct arena *arena, struct db **out, struct err *err)
{
	struct db_options db_options = db_options_of(options, arena);
	int rc = db_open(&db_options, arena, out, err);
	if (rc != 0)
		return rc;
	rc = db_migrate(*out, err);
	if (rc != 0)
		db_close(*out);
	return rc;
}

/* The log's origin is the site's address without its scheme, as C2SP asks for a schema-less URL. */
static const char *origin_of(struct arena *arena, const char *base_url)
{
	const char *rest = strstr(base_url, "://");
	return arena_printf(arena, "%s/log", rest == NULL ? base_url : rest + 3);
}

static bool address_good(const char *url)
{
	return (text_starts(url, "http://") || text_starts(url, "https://")) && !text_ends(url, "/") && strlen(url) < 200 &&
	       strpbrk(url, " \t\r\n\"'<>") == NULL;
}

static int init_parts(const struct site_options *options, const char *name, const char *base_url, struct err *err)
{
	struct arena *arena = err->arena;
	int rc = site_make_dir(options->dir, err);
	if (rc != 0)
		return rc;
	json_t *settings = json_tie(arena, json_object());
	json_put_str(settings, "name", name);
	json_put_str(settings, "base-url", base_url);
	size_t len;
	char *text = json_text(arena, settings, &len);
	rc = site_file_write(in_dir(arena, options->dir, "site.json"), text, len, err);
	if (rc == -ERR_CONFLICT)
		return ERR(err, ERR_CONFLICT, "%s 已经是一个站点", options->dir);
	if (rc == 0)
		rc = site_make_dir(in_dir(arena, options->dir, "keys"), err);
	if (rc == 0)
		rc = keyring_create(in_dir(arena, options->dir, "keys"), origin_of(arena, base_url), err);
	struct blob_store *blobs;
	if (rc == 0)
		rc = blob_open_files(in_dir(arena, options->dir, "blobs"), arena, &blobs, err);
	if (rc != 0)
		return rc;
	struct db *db;
	rc = site_database(options, arena, &db, err);
	if (rc == 0)
		db_close(db);
	return rc;
}

int site_init(const struct site_options *options, const char *name, const char *base_url, struct err *err)
{
	if (!address_good(base_url))
		return ERR(err, ERR_INVALID, "站点地址 %s 不对：应为 http(s)://主机名，末尾不带斜杠", base_url);
	bool fresh = site_dir_fresh(options->dir);
	int rc = init_parts(options, name, base_url, err);
	if (rc != 0 && rc != -ERR_CONFLICT && fresh) /* a conflict: somebody else made a site there in this very moment */
		site_dir_clear(options->dir); /* half a site would stand in the way of the next try */
	return rc;
}

static const char *rulebook_dir(const struct site_options *options)
{
	if (options->rulebook != NULL)
		return options->rulebook;
	const char *named = getenv("SANZHI_RULEBOOK");
	return named != NULL ? named : SANZHI_RULEBOOK_DIR;
}

/* Everything below belongs to one user. Another is told so before anything is opened, instead of by whatever fails first in the middle of the work. */
static int check_access(const struct site_options *options, struct arena *arena, struct err *err)
{
	static const struct {
		const char *name;
		int how;
	} parts[] = {{".", R_OK | W_OK | X_OK}, {"keys", R_OK | X_OK}, {"blobs", R_OK | W_OK | X_OK}, {"sanzhi.db", R_OK | W_OK}};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (options->db_url != NULL && (i == 0 || i == 3))
			continue; /* the folder itself is only written to where the database lies in it */
		const char *path = i == 0 ? options->dir : in_dir(arena, options->dir, parts[i].name);
		if (faccessat(AT_FDCWD, path, parts[i].how, AT_EACCESS) != 0 && errno != ENOENT)
			return ERR(err, ERR_IO, "无法使用站点的 %s：%s", path, err_path(err->arena, path, errno));
	}
	return 0;
}

static int open_parts(struct site *site, const struct site_options *options, struct err *err)
{
	struct arena *arena = site->arena;
	json_t *settings;
	int rc = read_settings(in_dir(arena, options->dir, "site.json"), arena, &settings, err);
	if (rc != 0)
		return rc;
	rc = options->inspect ? 0 : check_access(options, arena, err);
	if (rc != 0)
		return rc;
	site->name = json_str(settings, "name");
	site->base_url = json_str(settings, "base-url");
	if (site->name == NULL || site->base_url == NULL)
		return ERR(err, ERR_INVALID, "%s/site.json 缺少 name 或 base-url", options->dir);
	site->law = options->law;
	if (site->law == NULL)
		rc = law_load(rulebook_dir(options), arena, &site->law, err);
	if (rc == 0)
		rc = keyring_load(in_dir(arena, options->dir, "keys"), arena, &site->keys, err);
	if (rc == 0)
		rc = blob_open_files(in_dir(arena, options->dir, "blobs"), arena, &site->blobs, err);
	struct db_options db_options = db_options_of(options, arena);
	if (rc == 0)
		rc = db_open(&db_options, arena, &site->db, err);
	if (rc == 0)
		rc = options->migrate ? db_migrate(site->db, err) : db_migrated(site->db, err);
	return rc;
}

int site_open(const struct site_options *options, struct arena *arena, struct site **out, struct err *err)
{
	struct site *site = ARENA_NEW(arena, struct site);
	site->arena = arena;
	site->dir = arena_strdup(arena, options->dir);
	site->clock = options->clock.now == NULL ? clock_system() : options->clock;
	site->log = (struct log){.level = options->log_level, .fd = STDERR_FILENO};
	site->states = state_cache_new(arena);
	site->numbering = numbering_new(arena);
	int rc = open_parts(site, options, err);
	if (rc == 0) {
		struct journal_options journal = {
		    .db = site->db,
		    .blobs = site->blobs,
		    .keys = site->keys,
		    .clock = site->clock,
		    .projector = work_projector(site),
		    .log = &site->log,
		    .inspect = options->inspect,
		};
		rc = journal_open(&journal, arena, &site->journal, err);
	}
	if (rc != 0) {
		if (site->db != NULL)
			db_close(site->db);
		return rc;
	}
	*out = site;
	return 0;
}

void site_close(struct site *site)
{
	journal_close(site->journal);
	db_close(site->db);
}
