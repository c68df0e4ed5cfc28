#include "paper/amount.h"

#include <stdbool.h>

#include "base/buf.h"

#define AMOUNT_MAX_BYTES 512
#define GROUPS_MAX 5 /* 19 digits in fours */

static const char *const digits[] = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};
static const char *const places[] = {"仟", "佰", "拾", ""};
static const char *const groups[GROUPS_MAX] = {"", "万", "亿", "万亿", "亿亿"};

/* Four digits; zeros between others are read once, those at the end not at all. `zero` says that one is owed from before. */
static void add_group(struct buf *out, int value, bool *zero)
{
	int divisor = 1000;
	for (int i = 0; i < 4; i++, divisor /= 10) {
		int digit = value / divisor % 10;
		if (digit == 0) {
			*zero = out->len > 0;
			continue;
		}
		if (*zero)
			buf_adds(out, digits[0]);
		*zero = false;
		buf_adds(out, digits[digit]);
		buf_adds(out, places[i]);
	}
}

static void add_yuan(struct buf *out, int64_t yuan)
{
	int parts[GROUPS_MAX], count = 0;
	bool zero = false;
	for (; yuan > 0; yuan /= 10000)
		parts[count++] = (int)(yuan % 10000);
	while (count-- > 0) {
		if (parts[count] > 0) {
			add_group(out, parts[count], &zero);
			buf_adds(out, groups[count]);
		} else {
			zero = out->len > 0;
		}
	}
}

char *amount_capital(struct arena *arena, int64_t fen)
{
	struct buf out;
	buf_init(&out, arena, AMOUNT_MAX_BYTES);
	if (fen < 0)
		return arena_strdup(arena, "");
	int jiao = (int)(fen / 10 % 10), cents = (int)(fen % 10);
	add_yuan(&out, fen / 100);
	if (out.len > 0 || fen == 0)
		buf_adds(&out, out.len > 0 ? "元" : "零元");
	if (jiao > 0) {
		buf_adds(&out, digits[jiao]);
		buf_adds(&out, "角");
	} else if (cents > 0 && out.len > 0) {
		buf_adds(&out, digits[0]);
	}
	if (cents > 0) {
		buf_adds(&out, digits[cents]);
		buf_adds(&out, "分");
	} else {
		buf_adds(&out, "整");
	}
	return arena_printf(arena, "人民币%s", out.data);
}

char *amount_full(struct arena *arena, int64_t fen)
{
	const char *plain = arena_printf(arena, "%lld", (long long)(fen / 100));
	size_t len = strlen(plain);
	struct buf out;
	buf_init(&out, arena, AMOUNT_MAX_BYTES);
	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_addc(&out, ',');
		buf_addc(&out, plain[i]);
	}
	return arena_printf(arena, "%s（¥%s.%02d）", amount_capital(arena, fen), out.data, (int)(fen % 100));
}
