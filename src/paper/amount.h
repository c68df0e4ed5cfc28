/* Inside this folder: money in capital figures, as documents write it beside the digits so that nobody can add a stroke. */
#ifndef SANZHI_PAPER_AMOUNT_H
#define SANZHI_PAPER_AMOUNT_H

#include <stdint.h>

#include "base/arena.h"

/* Fen as "人民币伍仟元整", "人民币壹拾元零伍分"; "" for less than nothing. */
char *amount_capital(struct arena *arena, int64_t fen);
/* Both forms: "人民币伍仟元整（¥5,000.00）". */
char *amount_full(struct arena *arena, int64_t fen);

#endif
