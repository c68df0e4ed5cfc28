/* QR codes (ISO/IEC 18004), error correction M: as squares, for paper and for pages. */
#ifndef SANZHI_PAPER_QR_H
#define SANZHI_PAPER_QR_H

#include <stdint.h>

#include "base/err.h"

struct qr {
	int side;             /* in modules, without the quiet zone */
	const uint8_t *dark;  /* side × side, row by row; 1: dark */
};

/* ERR_LIMIT: more than a code holds. */
int qr_make(const char *text, struct arena *arena, struct qr *out, struct err *err) MUST_USE;

#endif
