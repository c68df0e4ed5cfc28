#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *word;
	int status;
} codes[ERR_CODE_MAX] = {
    [ERR_NONE] = {"none", 200},
    [ERR_INVALID] = {"invalid", 422},
    [ERR_REFUSED] = {"refused", 409},
    [ERR_CONFLICT] = {"conflict", 409},
    [ERR_NOT_FOUND] = {"not-found", 404},
    [ERR_DENIED] = {"denied", 403},
    [ERR_SIGNED_OUT] = {"signed-out", 401},
    [ERR_LIMIT] = {"limit", 413},
    [ERR_BUSY] = {"busy", 503},
    [ERR_UNAVAILABLE] = {"unavailable", 503},
    [ERR_FULL] = {"full", 507},
    [ERR_CORRUPT] = {"corrupt", 500},
    [ERR_IO] = {"io", 500},
    [ERR_UNSUPPORTED] = {"unsupported", 415},
    [ERR_INTERNAL] = {"internal", 500},
};

static const struct {
	int cause;
	const char *say;
} causes[] = {
    {ENOENT, "没有这个文件或者目录"}, {EACCES, "没有权限"},           {EPERM, "没有权限"},           {EEXIST, "已经存在"},         {ENOTDIR, "路径中有一段不是目录"},
    {EISDIR, "这是目录，不是文件"},   {ENOSPC, "磁盘已满"},           {EDQUOT, "超出磁盘配额"},      {EROFS, "文件系统只读"},      {EFBIG, "文件太大"},
    {EMFILE, "打开的文件太多"},       {ENFILE, "打开的文件太多"},     {ENOTEMPTY, "目录不是空的"},   {ENAMETOOLONG, "名称太长"},   {ELOOP, "符号链接绕成了圈"},
    {EIO, "读写磁盘出错"},            {EPIPE, "接收的一方已经关闭"},  {ENOMEM, "内存不足"},
};

const char *err_errno(int cause)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (causes[i].cause == cause)
			return causes[i].say;
	return strerror(cause);
}

void err_init(struct err *err, struct arena *arena)
{
	*err = (struct err){.arena = arena};
	err->tail = &err->diags;
}

void err_clear(struct err *err)
{
	err_init(err, err->arena);
}

int err_raise(struct err *err, enum err_code code, const char *file, int line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	err->message = arena_vprintf(err->arena, format, args);
	va_end(args);
	err->code = code;
	err->file = file;
	err->line = line;
	return -(int)code;
}

void err_detail(struct err *err, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	err->detail = arena_vprintf(err->arena, format, args);
	va_end(args);
}

struct diag *err_diag(struct err *err, const char *where, const char *format, ...)
{
	struct diag *diag = ARENA_NEW(err->arena, struct diag);
	va_list args;
	va_start(args, format);
	diag->what = arena_vprintf(err->arena, format, args);
	va_end(args);
	diag->where = arena_strdup(err->arena, where);
	*err->tail = diag;
	err->tail = &diag->next;
	err->ndiags++;
	return diag;
}

const char *err_word(enum err_code code)
{
	BUG_ON(code >= ERR_CODE_MAX);
	return codes[code].word;
}

int err_http_status(enum err_code code)
{
	BUG_ON(code >= ERR_CODE_MAX);
	return codes[code].status;
}

void bug_report(const char *what, const char *file, int line)
{
	(void)fprintf(stderr, "sanzhi: bug: %s (%s:%d)\n", what, file, line);
	abort();
}
