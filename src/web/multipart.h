/*
 * multipart/form-data (RFC 7578) as it arrives: bytes go in in pieces of any size, parts come out. Keeps at most one
 * part's headers (MULTIPART_HEADERS_MAX) and never a part's content. Strict: each part needs a form-data disposition
 * with a name in valid UTF-8 without control characters; the last delimiter must come; what follows it is ignored.
 */
#ifndef SANZHI_WEB_MULTIPART_H
#define SANZHI_WEB_MULTIPART_H

#include <stdbool.h>

#include "base/err.h"

#define MULTIPART_HEADERS_MAX 4096
#define MULTIPART_PARTS_MAX 2000
#define MULTIPART_BOUNDARY_MAX 70

struct multipart_part {
	const char *name;
	const char *filename; /* NULL: no file; the path before a last / or \ is cut off */
	const char *type;     /* NULL: none said */
};

/* Each returns 0 or a negative code, which ends the parsing and is returned. Texts live in the parser's arena. */
struct multipart_sink {
	int (*begin)(void *context, const struct multipart_part *part, struct err *err);
	int (*data)(void *context, const void *bytes, size_t len, struct err *err);
	int (*end)(void *context, struct err *err);
	void *context;
};

struct multipart;

/* From the request's Content-Type; NULL where it is not multipart/form-data with a usable boundary. */
struct multipart *multipart_new(struct arena *arena, const char *content_type, const struct multipart_sink *sink);
int multipart_add(struct multipart *multipart, const void *data, size_t len, struct err *err) MUST_USE;
/* ERR_INVALID where the last delimiter has not come. */
int multipart_finish(struct multipart *multipart, struct err *err) MUST_USE;

#endif
