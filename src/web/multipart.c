#include "web/multipart.h"

#include <strings.h>

#include "base/text.h"

enum state { PREAMBLE, DELIMITER, PADDING, LINE_FEED, CLOSING, HEADERS, CONTENT, DONE };

struct multipart {
	struct arena *arena;
	struct multipart_sink sink;
	char delimiter[MULTIPART_BOUNDARY_MAX + 5]; /* CR LF - - boundary */
	size_t delimiter_len;
	size_t matched; /* bytes of the delimiter seen so far */
	enum state state;
	bool inside; /* a part has begun */
	size_t parts;
	char headers[MULTIPART_HEADERS_MAX];
	size_t headers_len;
};

/* A parameter's value in "x; name=value; name=\"value\"": unquoted into the arena, NULL where absent or malformed. */
static char *parameter(struct arena *arena, const char *text, const char *wanted)
{
	const char *at = strchr(text, ';');
	while (at != NULL) {
		at += 1 + strspn(at + 1, " \t");
		size_t name_len = strcspn(at, "=; \t");
		if (at[name_len] != '=')
			return NULL;
		bool here = name_len == strlen(wanted) && strncasecmp(at, wanted, name_len) == 0;
		at += name_len + 1;
		const char *value = at;
		size_t len;
		if (*at == '"') {
			value = ++at;
			len = strcspn(at, "\"");
			if (at[len] != '"')
				return NULL;
			at += len + 1;
		} else {
			len = strcspn(at, "; \t");
			at += len;
		}
		at += strspn(at, " \t");
		if (*at != ';' && *at != '\0')
			return NULL;
		if (here)
			return arena_strndup(arena, value, len);
		if (*at == '\0')
			return NULL;
	}
	return NULL;
}

struct multipart *multipart_new(struct arena *arena, const char *content_type, const struct multipart_sink *sink)
{
	static const char kind[] = "multipart/form-data";
	if (content_type == NULL || strncasecmp(content_type, kind, sizeof(kind) - 1) != 0)
		return NULL;
	size_t after = sizeof(kind) - 1 + strspn(content_type + sizeof(kind) - 1, " \t");
	if (content_type[after] != ';')
		return NULL;
	const char *boundary = parameter(arena, content_type, "boundary");
	size_t len = boundary == NULL ? 0 : strlen(boundary);
	if (len == 0 || len > MULTIPART_BOUNDARY_MAX ||
	    strspn(boundary, "0123456789abcdefghijklmnopqrstuvwxyz"
			     "ABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ") != len)
		return NULL;
	struct multipart *multipart = ARENA_NEW(arena, struct multipart);
	*multipart = (struct multipart){.arena = arena, .sink = *sink, .delimiter_len = len + 4};
	memcpy(multipart->delimiter, "\r\n--", 4);
	memcpy(multipart->delimiter + 4, boundary, len);
	multipart->matched = 2; /* the first delimiter may stand at the very beginning, as if after a line's end */
	return multipart;
}

static int malformed(struct err *err, const char *what)
{
	err_detail(err, "multipart: %s", what);
	return ERR(err, ERR_INVALID, "上传的内容不完整或者格式有误，请重新提交");
}

static bool clean(const char *text)
{
	if (text == NULL || !utf8_valid(text, strlen(text)))
		return false;
	for (const char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return false;
	return true;
}

/* Browsers write a quote as %22 and line ends as %0D%0A in names; only the quote means anything in one. */
static char *unescape_quotes(char *text)
{
	char *out = text;
	for (const char *at = text; *at != '\0'; at++) {
		if (at[0] == '%' && at[1] == '2' && at[2] == '2') {
			*out++ = '"';
			at += 2;
		} else {
			*out++ = *at;
		}
	}
	*out = '\0';
	return text;
}

static const char *base_name(const char *path)
{
	for (const char *at = path; *at != '\0'; at++)
		if (*at == '/' || *at == '\\')
			path = at + 1;
	return path;
}

static int begin_part(struct multipart *m, struct err *err)
{
	struct multipart_part part = {0};
	const char *line = m->headers;
	m->headers[m->headers_len] = '\0';
	if (strlen(m->headers) != m->headers_len)
		return malformed(err, "a NUL in a part's headers");
	while (*line != '\0') {
		size_t len = strcspn(line, "\r\n");
		char *copy = arena_strndup(m->arena, line, len);
		if (strncasecmp(copy, "Content-Disposition:", 20) == 0) {
			const char *value = copy + 20 + strspn(copy + 20, " \t");
			char *name = parameter(m->arena, value, "name"),
			     *filename = parameter(m->arena, value, "filename");
			if (part.name != NULL || strncasecmp(value, "form-data", 9) != 0 || !clean(name) ||
			    (filename != NULL && !clean(filename)))
				return malformed(err, "a part's disposition");
			part.name = unescape_quotes(name);
			part.filename = filename == NULL ? NULL : base_name(unescape_quotes(filename));
		} else if (strncasecmp(copy, "Content-Type:", 13) == 0) {
			part.type = text_trim(m->arena, copy + 13);
			if (!clean(part.type))
				return malformed(err, "a part's type");
		} else if (strncasecmp(copy, "Content-Transfer-Encoding:", 26) == 0) {
			return malformed(err, "a transfer encoding inside a part"); /* deprecated by RFC 7578 §4.7 */
		}
		line += len + strspn(line + len, "\r\n");
	}
	if (part.name == NULL)
		return malformed(err, "a part without a name");
	if (++m->parts > MULTIPART_PARTS_MAX)
		return ERR(err, ERR_LIMIT, "提交的项目过多，至多 %d 项", MULTIPART_PARTS_MAX);
	m->inside = true;
	m->state = CONTENT;
	m->matched = 0;
	return m->sink.begin(m->sink.context, &part, err);
}

/* One byte of a part's headers; they end with an empty line. */
static int add_header(struct multipart *m, char c, struct err *err)
{
	if (m->headers_len + 1 >= sizeof(m->headers))
		return malformed(err, "a part's headers are too long");
	m->headers[m->headers_len++] = c;
	size_t len = m->headers_len;
	bool ends = (len == 2 && memcmp(m->headers, "\r\n", 2) == 0) ||
		    (len >= 4 && memcmp(m->headers + len - 4, "\r\n\r\n", 4) == 0);
	return ends ? begin_part(m, err) : 0;
}

/* One byte between a delimiter and the part after it. */
static int after_delimiter(struct multipart *m, char c, struct err *err)
{
	switch (m->state) {
	case DELIMITER:
		if (c == '-') {
			m->state = CLOSING;
			return 0;
		}
		m->state = PADDING;
		/* fall through */
	case PADDING:
		if (c == '\r')
			m->state = LINE_FEED;
		else if (c != ' ' && c != '\t')
			return malformed(err, "something after a delimiter");
		return 0;
	case LINE_FEED:
		if (c != '\n')
			return malformed(err, "a delimiter's line end");
		m->state = HEADERS;
		m->headers_len = 0;
		return 0;
	case CLOSING:
		if (c != '-')
			return malformed(err, "the last delimiter");
		m->state = DONE;
		return 0;
	default: BUG_ON(true); return 0;
	}
}

/* Content, or what stands before the first delimiter: as many bytes as can be settled at once. */
static int add_content(struct multipart *m, const char *data, size_t len, size_t *used, struct err *err)
{
	bool keep = m->state == CONTENT;
	if (m->matched == 0) {
		const char *end = memchr(data, '\r', len);
		size_t plain = end == NULL ? len : (size_t)(end - data);
		*used = plain;
		if (plain > 0)
			return keep ? m->sink.data(m->sink.context, data, plain, err) : 0;
	}
	if (*data == m->delimiter[m->matched]) {
		*used = 1;
		if (++m->matched < m->delimiter_len)
			return 0;
		m->state = DELIMITER;
		m->matched = 0;
		if (!m->inside)
			return 0;
		m->inside = false;
		return m->sink.end(m->sink.context, err);
	}
	/* Not a delimiter after all: what looked like one is content. A carriage return stands only at its beginning,
	 * so that nothing inside can begin another. The byte itself is looked at again. */
	size_t matched = m->matched;
	m->matched = 0;
	*used = 0;
	return keep ? m->sink.data(m->sink.context, m->delimiter, matched, err) : 0;
}

int multipart_add(struct multipart *multipart, const void *data, size_t len, struct err *err)
{
	const char *at = data;
	while (len > 0 && multipart->state != DONE) {
		size_t used = 1;
		int fail = 0;
		if (multipart->state == PREAMBLE || multipart->state == CONTENT)
			fail = add_content(multipart, at, len, &used, err);
		else if (multipart->state == HEADERS)
			fail = add_header(multipart, *at, err);
		else
			fail = after_delimiter(multipart, *at, err);
		if (fail != 0)
			return fail;
		at += used;
		len -= used;
	}
	return 0;
}

int multipart_finish(struct multipart *multipart, struct err *err)
{
	return multipart->state == DONE ? 0 : malformed(err, "the last delimiter is missing");
}
