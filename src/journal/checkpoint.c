#include "journal/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "journal/note.h"

struct keyring {
	const char *origin;
	struct note_signer signers[SIGN_SCHEMES];
};

static const char *const key_files[SIGN_SCHEMES] = {[SIGN_ED25519] = "log-ed25519.pem", [SIGN_SM2] = "log-sm2.pem"};
#define ORIGIN_FILE "log-origin"
#define VERIFIERS_FILE "log-verifiers"

static char *path_of(struct arena *arena, const char *dir, const char *name)
{
	return arena_printf(arena, "%s/%s", dir, name);
}

static int write_text(const char *path, const char *text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return errno == EEXIST ? ERR(err, ERR_CONFLICT, "密钥文件已经存在：%s", path)
				       : ERR(err, ERR_IO, "不能写入 %s：%s", path, err_path(err->arena, path, errno));
	size_t len = strlen(text);
	bool good = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
	good = close(fd) == 0 && good;
	return good ? 0 : ERR(err, ERR_IO, "不能写入：%s", path);
}

static int sync_dir(const char *dir, struct err *err)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		(void)close(fd);
	return good ? 0 : ERR(err, ERR_IO, "不能写入目录：%s", dir);
}

/* The four files; `made` counts those that are there, so that a failure can take them back. */
static int write_files(const struct keyring *keys, const char *dir, const char *const paths[4], size_t *made,
		       struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < SIGN_SCHEMES; i++) {
		int status = sign_write(keys->signers[i].key, paths[i], err);
		if (status != 0)
			return status;
		++*made;
	}
	int status = write_text(paths[2], arena_printf(arena, "%s\n", keys->origin), err);
	if (status != 0)
		return status;
	++*made;
	status = write_text(paths[3], keyring_verifiers(keys, arena), err);
	if (status != 0)
		return status;
	++*made;
	return sync_dir(dir, err);
}

static int create(const char *dir, const char *origin, struct arena *arena, struct err *err)
{
	struct keyring keys = {.origin = origin};
	for (size_t i = 0; i < SIGN_SCHEMES; i++) {
		struct sign_key *key;
		int status = sign_generate((enum sign_scheme)i, arena, &key, err);
		if (status != 0)
			return status;
		keys.signers[i] = (struct note_signer){.name = origin, .scheme = (enum sign_scheme)i, .key = key};
	}
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return ERR(err, ERR_IO, "不能建立密钥目录：%s", dir);
	const char *paths[4] = {path_of(arena, dir, key_files[0]), path_of(arena, dir, key_files[1]),
				path_of(arena, dir, ORIGIN_FILE), path_of(arena, dir, VERIFIERS_FILE)};
	for (size_t i = 0; i < 4; i++)
		if (access(paths[i], F_OK) == 0)
			return ERR(err, ERR_CONFLICT, "目录里已有密钥：%s", dir);
	size_t made = 0;
	int status = write_files(&keys, dir, paths, &made, arena, err);
	if (status != 0)
		while (made > 0)
			(void)unlink(paths[--made]);
	return status;
}

int keyring_create(const char *dir, const char *origin, struct err *err)
{
	if (!note_name_valid(origin, strlen(origin)))
		return ERR(err, ERR_INVALID, "日志名称不能为空，不能含空格、加号或控制字符，至多 %d 字节",
			   NOTE_NAME_MAX);
	struct arena *arena = arena_new();
	int status = create(dir, origin, arena, err);
	arena_free(arena);
	return status;
}

static int read_origin(const char *path, struct arena *arena, const char **out, struct err *err)
{
	char text[NOTE_NAME_MAX + 2];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ERR(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "不能读取日志名称 %s：%s", path, err_path(err->arena, path, errno));
	ssize_t len = read(fd, text, sizeof(text));
	(void)close(fd);
	if (len < 2 || text[len - 1] != '\n' || !note_name_valid(text, (size_t)len - 1))
		return ERR(err, ERR_CORRUPT, "日志名称文件有误：%s", path);
	*out = arena_strndup(arena, text, (size_t)len - 1);
	return 0;
}

int keyring_load(const char *dir, struct arena *arena, struct keyring **out, struct err *err)
{
	struct keyring *keys = ARENA_NEW(arena, struct keyring);
	int status = read_origin(path_of(arena, dir, ORIGIN_FILE), arena, &keys->origin, err);
	for (size_t i = 0; status == 0 && i < SIGN_SCHEMES; i++) {
		struct sign_key *key;
		status = sign_read((enum sign_scheme)i, path_of(arena, dir, key_files[i]), arena, &key, err);
		if (status == 0)
			keys->signers[i] =
			    (struct note_signer){.name = keys->origin, .scheme = (enum sign_scheme)i, .key = key};
	}
	if (status == 0)
		*out = keys;
	return status;
}

const char *keyring_origin(const struct keyring *keys)
{
	return keys->origin;
}

char *keyring_verifiers(const struct keyring *keys, struct arena *arena)
{
	return arena_printf(arena, "%s\n%s\n", note_verifier(&keys->signers[SIGN_ED25519], arena),
			    note_verifier(&keys->signers[SIGN_SM2], arena));
}

int checkpoint_sign(const struct keyring *keys, const struct checkpoint *checkpoint, struct arena *arena,
		    char **note_out, struct err *err)
{
	BUG_ON(checkpoint->size < 0 || (checkpoint->origin != NULL && !text_eq(checkpoint->origin, keys->origin)));
	char *text = arena_printf(arena, "%s\n%lld\n%s\n", keys->origin, (long long)checkpoint->size,
				  base64_encode(arena, checkpoint->root.bytes, HASH_LEN));
	return note_sign(text, strlen(text), keys->signers, SIGN_SCHEMES, arena, note_out, err);
}

static int bad_checkpoint(struct err *err, const char *why)
{
	return ERR(err, ERR_CORRUPT, "检查点有误：%s", why);
}

/* A line of the text and what follows it; false where there is none. */
static bool take_line(const char **text, const char **line, size_t *len)
{
	const char *end = strchr(*text, '\n');
	if (end == NULL)
		return false;
	*line = *text;
	*len = (size_t)(end - *text);
	*text = end + 1;
	return true;
}

static int parse(const char *text, struct arena *arena, struct checkpoint *out, struct err *err)
{
	const char *line;
	size_t len, root_len;
	uint8_t *root;
	if (!take_line(&text, &line, &len) || len == 0)
		return bad_checkpoint(err, "没有日志名称");
	*out = (struct checkpoint){.origin = arena_strndup(arena, line, len)};
	if (!take_line(&text, &line, &len) || len == 0 || strspn(line, "0123456789") != len ||
	    (line[0] == '0' && len > 1) || !text_int(line, len, &out->size))
		return bad_checkpoint(err, "大小不是十进制数");
	if (!take_line(&text, &line, &len) || !base64_decode(arena, line, len, &root, &root_len) ||
	    root_len != HASH_LEN)
		return bad_checkpoint(err, "根不是 32 字节的 base64");
	memcpy(out->root.bytes, root, HASH_LEN);
	while (take_line(&text, &line, &len))
		if (len == 0)
			return bad_checkpoint(err, "扩展行为空");
	return 0;
}

int checkpoint_open(const char *note, size_t len, const char *verifiers, struct arena *arena, struct checkpoint *out,
		    struct err *err)
{
	struct note opened;
	int status = note_open(note, len, verifiers, arena, &opened, err);
	if (status == 0)
		status = parse(opened.text, arena, out, err);
	if (status != 0)
		return status;
	out->signatures = (unsigned)opened.verified;
	for (size_t i = 0; i < opened.verified; i++)
		if (text_eq(opened.names[i], out->origin))
			return 0;
	return bad_checkpoint(err, "签名者不是该日志");
}
