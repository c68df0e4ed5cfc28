#include "base/log.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/civil.h"

#define MEMBER_MAX_BYTES ((size_t)2000) /* a longer text is cut: a line must stay one whole write */
#define LINE_MAX_BYTES ((size_t)65536)

static const char *const level_words[] = {"debug", "info", "warn", "error"};

static void start_line(struct buf *buf, struct arena *arena, enum log_level level, const char *event)
{
	struct clock clock = clock_system();
	buf_init(buf, arena, LINE_MAX_BYTES);
	buf_addf(buf, "{\"at\":\"%s\",\"level\":\"%s\",\"event\":", instant_format(arena, clock_now(&clock)),
	         level_words[level]);
	buf_add_json(buf, event, strnlen(event, 100));
}

static void member(struct buf *buf, const char *key, const char *text)
{
	if (text == NULL)
		return;
	buf_addf(buf, ",\"%s\":", key);
	size_t len = strnlen(text, MEMBER_MAX_BYTES);
	if (len == MEMBER_MAX_BYTES)
		while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
			len--; /* not in the middle of a character */
	buf_add_json(buf, text, len);
}

static void end_line(const struct log *log, struct buf *buf)
{
	BUG_ON(buf->overflow);
	buf_adds(buf, "}\n");
	/* One write a line keeps lines of several threads whole; a log that cannot be written has nowhere to say so. */
	ssize_t ignored = write(log->fd, buf->data, buf->len);
	(void)ignored;
}

void log_line(const struct log *log, enum log_level level, const char *event, const char *format, ...)
{
	if (log == NULL || level < log->level)
		return;
	struct arena *arena = arena_new();
	struct buf buf;
	start_line(&buf, arena, level, event);
	va_list args;
	va_start(args, format);
	member(&buf, "text", arena_vprintf(arena, format, args));
	va_end(args);
	end_line(log, &buf);
	arena_free(arena);
}

void log_err(const struct log *log, const char *event, const char *request, const struct err *err)
{
	if (log == NULL)
		return;
	struct arena *arena = arena_new();
	struct buf buf;
	start_line(&buf, arena, LOG_ERROR_, event);
	member(&buf, "request", request);
	member(&buf, "code", err_word(err->code));
	member(&buf, "message", err->message);
	member(&buf, "detail", err->detail);
	if (err->file != NULL)
		member(&buf, "source", arena_printf(arena, "%s:%d", err->file, err->line));
	end_line(log, &buf);
	arena_free(arena);
}
