#include "base/ids.h"

#include <string.h>

static const char uscc_set[] = "0123456789ABCDEFGHJKLMNPQRTUWXY"; /* no I, O, S, V, Z */

char uscc_check(const char *first17)
{
	unsigned sum = 0, weight = 1; /* weights are the powers of 3 modulo 31 */
	for (size_t i = 0; i < 17; i++) {
		const char *place = first17[i] == '\0' ? NULL : strchr(uscc_set, first17[i]);
		if (place == NULL)
			return 0;
		sum += (unsigned)(place - uscc_set) * weight;
		weight = weight * 3 % 31;
	}
	return uscc_set[(31 - sum % 31) % 31];
}

bool uscc_valid(const char *text)
{
	return strlen(text) == 18 && uscc_check(text) == text[17];
}

bool id_number_valid(const char *text)
{
	static const unsigned weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	if (strlen(text) != 18 || text[0] == '0' || id_number_birth(text) == DAY_NONE)
		return false;
	unsigned sum = 0;
	for (size_t i = 0; i < 17; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		sum += (unsigned)(text[i] - '0') * weights[i];
	}
	return text[17] == "10X98765432"[sum % 11];
}

day_t id_number_birth(const char *text)
{
	int part[3] = {0};
	for (size_t i = 6; i < 14; i++) {
		if (text[i] < '0' || text[i] > '9')
			return DAY_NONE;
		size_t which = i < 10 ? 0 : i < 12 ? 1 : 2;
		part[which] = part[which] * 10 + (text[i] - '0');
	}
	day_t day;
	return day_from_ymd(part[0], part[1], part[2], &day) ? day : DAY_NONE;
}

int id_number_sex(const char *text)
{
	return (text[16] - '0') % 2;
}
