/* Range requests (RFC 9110, section 14): one range of a file's bytes. */
#ifndef SANZHI_WEB_RANGE_H
#define SANZHI_WEB_RANGE_H

#include <stdbool.h>
#include <stdint.h>

enum range_kind {
	RANGE_WHOLE, /* none asked for, several, another unit or none that can be read: the whole file is the answer */
	RANGE_PART,  /* `first` to `first + len - 1` (206) */
	RANGE_NONE,  /* nothing of the file lies in it (416) */
};

/* What of a file of `size` bytes the header `range` (may be NULL) asks for. Where `if_range` is given (may be NULL), the
 * range counts only if it is exactly the file's strong `etag`. `first` and `len`, in bytes, are set for RANGE_PART. */
enum range_kind range_of(const char *range, const char *if_range, const char *etag, int64_t size, int64_t *first,
			 int64_t *len);

#endif
