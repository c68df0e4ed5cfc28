/* law-check DIR: reads a rulebook and prints every mistake, one a line; exit status 1 where there is one. */
#include <stdio.h>

#include "law/law.h"

int main(int argc, char **argv)
{
	if (argc != 2) {
		(void)fprintf(stderr, "usage: law-check RULEBOOK\n");
		return 2;
	}
	struct arena *arena = arena_new();
	struct err err;
	struct law *law;
	err_init(&err, arena);
	int rc = law_load(argv[1], arena, &law, &err);
	for (const struct diag *diag = err.diags; diag != NULL; diag = diag->next) {
		printf("%s: %s", diag->where == NULL ? "" : diag->where, diag->what);
		if (diag->why != NULL)
			printf(" — expected %s", diag->why);
		if (diag->mend != NULL)
			printf(" (%s)", diag->mend);
		printf("\n");
	}
	if (rc != 0)
		printf("%s\n", err.message);
	arena_free(arena);
	return rc != 0;
}
