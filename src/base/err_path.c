/* Why the system refused a file or folder, and what to do about it. Whose it is decides, so that is looked up. */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

#define NAMES_MAX 4096

static const char *user_name(struct arena *arena, uid_t id)
{
	char names[NAMES_MAX];
	struct passwd entry, *found = NULL;
	if (getpwuid_r(id, &entry, names, sizeof(names), &found) == 0 && found != NULL)
		return arena_strdup(arena, found->pw_name);
	return arena_printf(arena, "#%u", (unsigned)id); /* as sudo takes a user without a name */
}

static const char *folder_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? "." : slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
}

/* The path itself, or the folder above it where the way to it ends. */
static const char *nearest(struct arena *arena, const char *path, struct stat *out)
{
	while (stat(path, out) != 0) {
		const char *above = folder_of(arena, path);
		if (strcmp(above, path) == 0)
			return NULL;
		path = above;
	}
	return path;
}

static const char *not_allowed(struct arena *arena, const char *path)
{
	struct stat found;
	const char *at = nearest(arena, path, &found);
	if (at == NULL)
		return "没有权限";
	if (found.st_uid == geteuid())
		return arena_printf(arena, "没有权限（%s 的权限是 %03o）。先执行 chmod u+rw%s %s", at, (unsigned)(found.st_mode & 0777), S_ISDIR(found.st_mode) ? "x" : "", at);
	const char *owner = user_name(arena, found.st_uid), *self = user_name(arena, geteuid());
	return arena_printf(arena, "没有权限（%s 属于用户 %s，现在以 %s 运行）。以 %s 运行本命令（sudo -u %s），或者用 chown、chmod 准许 %s 读写", at, owner, self, owner, owner, self);
}

const char *err_path(struct arena *arena, const char *path, int cause)
{
	struct stat found;
	const char *above = folder_of(arena, path);
	switch (cause) {
	case EACCES:
	case EPERM: return not_allowed(arena, path);
	case ENOENT:
		if (stat(above, &found) != 0)
			return arena_printf(arena, "%s。先建立文件夹 %s", err_errno(cause), above);
		return err_errno(cause);
	case ENOSPC:
	case EDQUOT: return arena_printf(arena, "%s。腾出空间以后再试", err_errno(cause));
	case EROFS: return arena_printf(arena, "%s。换一个可以写的地方", err_errno(cause));
	default: return err_errno(cause);
	}
}
