/* template-preview DIR NAME JSON: prints one page made from a document, to be looked at; complains where the document
 * lacks a name. */
#include "template/template.h"

int main(int argc, char **argv)
{
	if (argc != 4) {
		(void)fprintf(stderr, "use: template-preview TEMPLATES NAME DOCUMENT.json\n");
		return 2;
	}
	struct arena *arena = arena_new();
	struct template_set *set;
	struct err err;
	struct buf out;
	json_error_t fault;
	json_t *document = json_load_file(argv[3], JSON_ALLOW_NUL, &fault);
	if (document == NULL) {
		(void)fprintf(stderr, "%s:%d:%d: %s\n", argv[3], fault.line, fault.column, fault.text);
		return 1;
	}
	json_tie(arena, document);
	err_init(&err, arena);
	buf_init(&out, arena, (size_t)16 << 20);
	int rc = template_load(argv[1], TEMPLATE_STRICT, arena, &set, &err);
	if (rc == 0)
		rc = template_render(set, argv[2], document, &out, &err);
	if (rc == 0) {
		(void)fwrite(out.data, 1, out.len, stdout);
	} else {
		(void)fprintf(stderr, "%s\n", err.message);
		for (const struct diag *diag = err.diags; diag != NULL; diag = diag->next)
			(void)fprintf(stderr, "%s: %s\n", diag->where, diag->what);
	}
	arena_free(arena);
	return rc == 0 ? 0 : 1;
}
