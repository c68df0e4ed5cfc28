/* Numbers that say by themselves whose they are. Hand-written: three shapes with their checks, one pass over the text; and certificates of property, by their names. */
#include "redact/strike.h"

#include "base/ids.h"
#include "base/text.h"

#define RUN_MAX 19 /* the longest that is looked for: a bank card */

/* A run of digits (and one X at its end), perhaps in groups parted by a blank or a hyphen. */
struct run {
	char digits[RUN_MAX + 2];
	size_t count;      /* of digits; RUN_MAX + 1: longer than anything looked for */
	const char *end;   /* after its last digit in the text */
};

/* The digit that stands here, as '0' to '9', and how many bytes it takes; '\0' where none does. Input methods write full-width ones (U+FF10 to U+FF19) as readily. */
static char digit_at(const char *at, size_t *len)
{
	*len = 1;
	if (*at >= '0' && *at <= '9')
		return *at;
	if (at[0] != '\xEF' || at[1] != '\xBC')
		return '\0';
	unsigned last = (unsigned char)at[2];
	*len = 3;
	return last >= 0x90 && last <= 0x99 ? (char)('0' + (last - 0x90)) : '\0';
}

static bool is_digit(const char *at)
{
	size_t len;
	return digit_at(at, &len) != '\0';
}

static struct run read_run(const char *at, bool in_groups)
{
	struct run run = {.end = at};
	size_t len;
	for (;; at += len) {
		char digit = digit_at(at, &len);
		if (digit == '\0') {
			if ((*at != ' ' && *at != '-') || !in_groups || !is_digit(at + 1))
				break;
			len = 1;
			continue;
		}
		if (run.count <= RUN_MAX)
			run.digits[run.count] = digit;
		run.count = run.count > RUN_MAX ? run.count : run.count + 1;
		run.end = at + len;
	}
	if (run.count == 17 && (*run.end == 'X' || *run.end == 'x')) {
		run.digits[run.count++] = 'X';
		run.end++;
	}
	run.digits[run.count > RUN_MAX ? RUN_MAX + 1 : run.count] = '\0';
	return run;
}

static bool luhn(const char *digits, size_t count)
{
	int sum = 0;
	for (size_t i = 0; i < count; i++) {
		int digit = digits[count - 1 - i] - '0';
		if (i % 2 == 1)
			digit = digit > 4 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return sum % 10 == 0;
}

static bool is_mobile(const char *digits, size_t count)
{
	if (count == 13 && text_starts(digits, "86"))
		return is_mobile(digits + 2, 11);
	return count == 11 && digits[0] == '1' && digits[1] >= '3';
}

static bool classify(const struct run *run, enum strike_class *out)
{
	if (is_mobile(run->digits, run->count)) {
		*out = STRIKE_CONTACT;
		return true;
	}
	if (run->count == 18 && id_number_valid(run->digits)) {
		*out = STRIKE_ID_NUMBER;
		return true;
	}
	*out = STRIKE_BANK;
	return run->count >= 16 && run->count <= RUN_MAX && text_starts(run->digits, "62") && luhn(run->digits, run->count);
}

/* --- certificates of property ---------------------------------------------------------------------------------------- */

#define CERTIFICATE_MAX 90 /* bytes from its name to the end of its number */

static const char *certificate_name(const char *at)
{
	static const char *const names[] = {"不动产权", "房权证", "房地权证", "房产证", "国用", "集用", "土地使用证", "土地证", "林权证", "林证字", "机动车登记证"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && (unsigned char)*at >= 0xE4; i++)
		if (text_starts(at, names[i]))
			return at + strlen(names[i]);
	return NULL;
}

static bool is_stop(const char *at)
{
	return *at == '\0' || *at == '\n' || text_starts(at, "，") || text_starts(at, "。") || text_starts(at, "；") || text_starts(at, "、");
}

static size_t char_len(const char *at)
{
	size_t len = 1;
	while (((unsigned char)at[len] & 0xC0) == 0x80)
		len++;
	return len;
}

/* Where the number behind a certificate's name ends: 第…号 with two digits or more, or five digits in a row; a year alone is none. NULL: no number follows. */
static const char *certificate_end(const char *at)
{
	const char *begin = at;
	size_t digits = 0;
	bool numbered = false; /* 第 stands before the digits */
	while (!is_stop(at) && (size_t)(at - begin) < CERTIFICATE_MAX) {
		size_t len;
		if (digit_at(at, &len) != '\0') {
			digits++;
			at += len;
			continue;
		}
		bool ends = text_starts(at, "号");
		if (digits >= 5 || (numbered && ends && digits >= 2))
			return ends ? at + strlen("号") : at;
		bool in_number = *at == '-' || (*at >= 'A' && *at <= 'Z');
		numbered = text_starts(at, "第") || (numbered && in_number);
		digits = in_number ? digits : 0;
		at += char_len(at);
	}
	return digits >= 5 ? at : NULL;
}

static size_t find_certificates(struct arena *arena, const char *text, struct strike *out, size_t most)
{
	size_t found = 0;
	while (*text != '\0') {
		const char *named = certificate_name(text), *end = named == NULL ? NULL : certificate_end(named);
		if (end != NULL && found < most)
			out[found] = (struct strike){.text = arena_strndup(arena, text, (size_t)(end - text)), .class = STRIKE_PROPERTY};
		found += end != NULL;
		text = end != NULL ? end : text + 1;
	}
	return found;
}

size_t strike_find(struct arena *arena, const char *text, struct strike *out, size_t most)
{
	size_t found = find_certificates(arena, text, out, most);
	char before = '\0';
	bool inside = false; /* a run of digits */
	while (*text != '\0') {
		/* Letters before digits are a code's ("MA6K00014Q", "YX-2026"): no number of a person begins inside one. */
		bool begins = is_digit(text) && !inside && !(before >= 'A' && before <= 'Z');
		enum strike_class class;
		struct run run = {.end = text};
		bool right = false;
		if (begins) {
			run = read_run(text, false); /* one group first: "13988001234 2026" is a telephone and a year */
			right = classify(&run, &class);
			if (!right) {
				run = read_run(text, true);
				right = classify(&run, &class);
			}
		}
		if (!right) {
			size_t len;
			inside = digit_at(text, &len) != '\0';
			len = inside ? len : 1;
			before = text[len - 1];
			text += len;
			continue;
		}
		if (found < most)
			out[found] = (struct strike){.text = arena_strndup(arena, text, (size_t)(run.end - text)), .class = class};
		found++;
		before = run.end[-1];
		inside = true;
		text = run.end;
	}
	return found;
}
