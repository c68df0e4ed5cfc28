/* The program's log: one JSON object a line on standard error. Written at the edge only, never by a library function. */
#ifndef SANZHI_BASE_LOG_H
#define SANZHI_BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

/* Lines below `level` are dropped. Set once, before threads start. */
struct log {
	enum log_level level;
	int fd;
};

void log_line(const struct log *log, enum log_level level, const char *event, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* An err as one line: code, message, detail, source place. `request` may be NULL. */
void log_err(const struct log *log, const char *event, const char *request, const struct err *err);

#endif
