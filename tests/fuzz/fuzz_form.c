/*
 * The form parser under arbitrary bytes: urlencoded pairs, nested names, shaping by a kind's fields, declared inputs.
 * Whatever comes in, what comes out is a document within the limits, or a refusal.
 */
#include "base/text.h"
#include "web/form.h"
#include "web/inputs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t depth_of(const json_t *value)
{
	size_t deepest = 0;
	const char *key;
	json_t *member;
	json_object_foreach((json_t *)(uintptr_t)value, key, member)
	{
		size_t depth = depth_of(member) + 1;
		deepest = depth > deepest ? depth : deepest;
	}
	for (size_t i = 0; i < json_array_size(value); i++) {
		size_t depth = depth_of(json_array_get(value, i)) + 1;
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest;
}

static const char *const options[] = {"a", "b", NULL};
static const struct action_input inputs[] = {
    {.name = "q", .where = INPUT_QUERY, .type = INPUT_TEXT, .max = 10, .title = "t", .help = "h"},
    {.name = "at", .where = INPUT_FORM, .type = INPUT_DATE, .title = "t", .help = "h"},
    {.name = "n", .where = INPUT_FORM, .type = INPUT_INT, .min = 0, .max = 9, .title = "t", .help = "h"},
    {.name = "c",
     .where = INPUT_FORM,
     .type = INPUT_CHOICE,
     .options = options,
     .many = true,
     .title = "t",
     .help = "h"},
    {.name = "file", .where = INPUT_FORM, .type = INPUT_FILE, .max = 10, .title = "t", .help = "h"},
};
static const struct action action = {.id = "fuzz.form", .inputs = inputs, .ninputs = 5, .generic = true};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct err err;
	struct form form;
	struct pairs pairs = {0}, none = {0};
	err_init(&err, arena);
	form_init(&form, arena);
	if (url_pairs(arena, (const char *)data, size, &pairs, &err) == 0) {
		BUG_ON(pairs.count > URL_PAIRS_MAX);
		for (size_t i = 0; i < pairs.count; i++)
			BUG_ON(!utf8_valid(pairs.items[i].name, strlen(pairs.items[i].name)));
		if (form_add_pairs(&form, &pairs, &err) == 0) {
			json_t *doc = form_finish(&form), *out, *fields;
			/* One level for the document, one more for values of a name that came twice. */
			BUG_ON(depth_of(doc) > FORM_DEPTH_MAX + 1);
			static const char shape[] =
			    "[{\"name\":\"a\",\"type\":\"choices\"},{\"name\":\"b\",\"type\":\"table\",\"columns\":{"
			    "\"c\":{\"type\":\"number\"}}},"
			    "{\"name\":\"d\",\"type\":\"yes-no\"},{\"name\":\"e\",\"type\":\"signature\"}]";
			BUG_ON(json_read(arena, shape, sizeof(shape) - 1, sizeof(shape), &fields, &err) != 0);
			BUG_ON(!json_is_object(form_shape(arena, fields, json_object_get(doc, "f"))));
			if (inputs_collect(&action, &none, &pairs, doc, true, arena, &out, &err) == 0)
				BUG_ON(json_object_size(out) > 5);
			else
				BUG_ON(err.ndiags == 0);
		}
	}
	arena_free(arena);
	return 0;
}
