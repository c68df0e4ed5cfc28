/* Every page with its example document, in strict mode: a template and docs/formats/pages.md cannot drift apart. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/text.h"
#include "template/template.h"

#define OUT_MAX ((size_t)4 << 20)

static struct template_set *load(struct arena *arena)
{
	struct template_set *set;
	struct err err;
	err_init(&err, arena);
	if (template_load(TEMPLATES, TEMPLATE_STRICT, arena, &set, &err) != 0) {
		for (const struct diag *diag = err.diags; diag != NULL; diag = diag->next)
			print_error("%s: %s %s\n", diag->where, diag->what, diag->mend != NULL ? diag->mend : "");
		fail_msg("%s", err.message);
	}
	return set;
}

/* One example: pages/desk/case@late.json is a document of desk/case. */
static int try_example(const struct template_set *set, const char *path, const char *name)
{
	struct arena *arena = arena_new();
	json_error_t fault;
	json_t *document = json_load_file(path, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &fault);
	if (document == NULL)
		fail_msg("%s:%d: %s", path, fault.line, fault.text);
	json_tie(arena, document);
	struct err err;
	struct buf out;
	err_init(&err, arena);
	buf_init(&out, arena, OUT_MAX);
	int wrong = 0;
	if (template_render(set, arena_strndup(arena, name, strcspn(name, "@.")), document, &out, &err) != 0) {
		print_error("%s: %s\n", name, err.message);
		wrong = 1;
	} else if (!text_starts(out.data, "<!doctype html>") || strstr(out.data, "</html>") == NULL) {
		print_error("%s: not a whole page\n", name);
		wrong = 1;
	}
	arena_free(arena);
	return wrong;
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int try_folder(const struct template_set *set, struct arena *arena, const char *prefix, size_t *tried)
{
	struct dirent **files;
	int count = scandir(arena_printf(arena, "%s/%s", PAGES, prefix), &files, not_hidden, alphasort), wrong = 0;
	assert_true(count > 0);
	for (int i = 0; i < count; i++) {
		const char *name = arena_printf(arena, "%s%s", prefix, files[i]->d_name);
		if (text_ends(name, ".json")) {
			wrong += try_example(set, arena_printf(arena, "%s/%s", PAGES, name), name);
			++*tried;
		} else {
			wrong += try_folder(set, arena, arena_printf(arena, "%s/", name), tried);
		}
		free(files[i]);
	}
	free(files);
	return wrong;
}

static void test_examples(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	size_t tried = 0;
	assert_int_equal(try_folder(load(arena), arena, "", &tried), 0);
	assert_true(tried >= 30);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
