#include "web/range.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/* A number of digits alone; one too long for 64 bits lies behind the end of every file. False: no digits. */
static bool digits(const char *at, size_t len, int64_t *out)
{
	if (len == 0 || strspn(at, "0123456789") < len)
		return false;
	if (len > 18 || !text_int(at, len, out))
		*out = INT64_MAX;
	return true;
}

enum range_kind range_of(const char *range, const char *if_range, const char *etag, int64_t size, int64_t *first,
			 int64_t *len)
{
	if (range == NULL || strncasecmp(range, "bytes=", 6) != 0 || (if_range != NULL && strcmp(if_range, etag) != 0))
		return RANGE_WHOLE;
	const char *at = range + 6 + strspn(range + 6, " \t");
	size_t all = strcspn(at, " \t"), head = strcspn(at, "-");
	if (at[all + strspn(at + all, " \t")] != '\0' || head >= all)
		return RANGE_WHOLE;
	size_t tail = all - head - 1;
	int64_t from = 0, to = INT64_MAX;
	if (head == 0) { /* the last so many bytes */
		if (!digits(at + 1, tail, &to))
			return RANGE_WHOLE;
		if (to == 0 || size == 0)
			return RANGE_NONE;
		*first = to < size ? size - to : 0;
		*len = size - *first;
		return RANGE_PART;
	}
	if (!digits(at, head, &from) || (tail > 0 && !digits(at + head + 1, tail, &to)) || to < from)
		return RANGE_WHOLE;
	if (from >= size)
		return RANGE_NONE;
	*first = from;
	*len = (to < size ? to + 1 : size) - from;
	return RANGE_PART;
}
