/* Tests on one value. Numbers compare as numbers (money in fen), dates and instants in time, other texts only for equality. */
#include "law/eval.h"

#include "base/text.h"

/* A moment, and whether it is a whole day. */
struct moment {
	bool known, whole;
	day_t day;
	instant_t at;
};

static struct moment moment_of(const char *text, size_t len)
{
	struct moment out = {0};
	if (text == NULL)
		return out;
	if (day_parse(text, len, &out.day)) {
		out.known = out.whole = true;
		out.at = day_start(out.day);
	} else if (instant_parse(text, len, &out.at)) {
		out.known = true;
		out.day = instant_day(out.at);
	}
	return out;
}

static struct moment moment_of_json(const json_t *value)
{
	if (json_is_string(value))
		return moment_of(json_string_value(value), json_string_length(value));
	struct moment out = {0};
	if (json_is_integer(value)) {
		out.known = true;
		out.at = json_integer_value(value);
		out.day = instant_day(out.at);
	}
	return out;
}

static bool order_moments(struct moment a, struct moment b, int *out)
{
	if (!a.known || !b.known)
		return false;
	int64_t x = a.whole || b.whole ? a.day : a.at, y = a.whole || b.whole ? b.day : b.at;
	*out = (x > y) - (x < y);
	return true;
}

/* False where the two cannot be ordered. */
static bool order(const json_t *value, const struct value *bound, const json_t *ref, int *out)
{
	if (bound->type == VALUE_REF) {
		if (json_is_integer(value) && json_is_integer(ref)) {
			*out = (json_integer_value(value) > json_integer_value(ref)) - (json_integer_value(value) < json_integer_value(ref));
			return true;
		}
		return order_moments(moment_of_json(value), moment_of_json(ref), out);
	}
	if (bound->type == VALUE_NUMBER && json_is_integer(value)) {
		*out = (json_integer_value(value) > bound->number) - (json_integer_value(value) < bound->number);
		return true;
	}
	return bound->type == VALUE_TEXT && order_moments(moment_of_json(value), moment_of(bound->text, strlen(bound->text)), out);
}

static bool equal(const json_t *value, const struct value *to, const json_t *ref)
{
	if (to->type == VALUE_REF)
		return ref != NULL && json_equal(unconst(value), unconst(ref));
	switch (json_typeof(value)) {
	case JSON_STRING: return strcmp(json_string_value(value), to->text) == 0;
	case JSON_INTEGER: return to->type == VALUE_NUMBER && json_integer_value(value) == to->number;
	case JSON_TRUE:
	case JSON_FALSE: return to->type == VALUE_BOOL && json_is_true(value) == to->yes;
	default: return false;
	}
}

/* Whether the value, or one of its members when it is a list, equals. */
static bool holds(const json_t *value, const struct value *to, const json_t *ref)
{
	if (!json_is_array(value) || (to->type == VALUE_REF && json_is_array(ref)))
		return equal(value, to, ref);
	for (size_t i = 0; i < json_array_size(value); i++)
		if (equal(json_array_get(value, i), to, ref))
			return true;
	return false;
}

static enum answer words_test(struct eval *e, const struct test *test, const json_t *value)
{
	bool unknown = false;
	size_t found = 0, wanted = test->op == TEST_HAS ? test->count : 1;
	for (size_t i = 0; i < test->count && found < wanted; i++) {
		const struct value *to = &test->values[i];
		const json_t *ref = to->type == VALUE_REF ? path_get(e, to->ref, &unknown) : NULL;
		found += value != NULL && holds(value, to, ref);
	}
	if (found >= wanted)
		return test->op == TEST_NOT_IN ? ANSWER_NO : ANSWER_YES;
	return unknown ? ANSWER_MAYBE : test->op == TEST_NOT_IN ? ANSWER_YES : ANSWER_NO;
}

static enum answer bound_test(struct eval *e, const struct test *test, const json_t *value)
{
	bool unknown = false;
	const struct value *bound = &test->values[0];
	const json_t *ref = bound->type == VALUE_REF ? path_get(e, bound->ref, &unknown) : NULL;
	int sign;
	if (value == NULL || (bound->type == VALUE_REF && ref == NULL) || !order(value, bound, ref, &sign))
		return unknown ? ANSWER_MAYBE : ANSWER_NO;
	bool yes = test->op == TEST_AT_LEAST ? sign >= 0 : test->op == TEST_AT_MOST ? sign <= 0 : test->op == TEST_ABOVE ? sign > 0 : sign < 0;
	return yes ? ANSWER_YES : ANSWER_NO;
}

/* An empty text or list is as good as none. */
static bool is_present(const json_t *value)
{
	if (value == NULL)
		return false;
	return !(json_is_string(value) && json_string_length(value) == 0) && !(json_is_array(value) && json_array_size(value) == 0);
}

enum answer test_eval(struct eval *e, const struct test *test, const json_t *value)
{
	enum answer all = ANSWER_YES;
	for (; test != NULL; test = test->next) {
		enum answer one;
		if (test->op == TEST_PRESENT)
			one = is_present(value) == test->values[0].yes ? ANSWER_YES : ANSWER_NO;
		else if (test->op == TEST_IN || test->op == TEST_NOT_IN || test->op == TEST_HAS)
			one = words_test(e, test, value);
		else
			one = bound_test(e, test, value);
		all = one < all ? one : all;
	}
	return all;
}
