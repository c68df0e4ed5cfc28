/*
 * The rulebook's loader with one instrument's file of arbitrary bytes beside sound ones: it is taken, or every mistake has its place. The folder is a
 * copy of the law's small test rulebook, made once and named after the process.
 */
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "law/law.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PATH_BYTES 512

static char folder[PATH_BYTES]; /* empty until it is made */

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	(void)info;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_folder(void)
{
	(void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* A link to a file or folder of the test rulebook: nothing is written there. */
static void link_one(const char *name)
{
	char from[PATH_BYTES], to[2 * PATH_BYTES];
	(void)snprintf(from, sizeof(from), "%s/%s", DATA_DIR, name);
	(void)snprintf(to, sizeof(to), "%s/%s", folder, name);
	BUG_ON(symlink(from, to) != 0);
}

static void make_folder(void)
{
	char sub[2 * PATH_BYTES];
	(void)snprintf(folder, sizeof(folder), "/tmp/sanzhi-fuzz-rulebook-XXXXXX");
	BUG_ON(mkdtemp(folder) == NULL);
	(void)atexit(remove_folder);
	link_one("common");
	link_one("calendar");
	link_one("divisions.tsv");
	(void)snprintf(sub, sizeof(sub), "%s/zz", folder);
	BUG_ON(mkdir(sub, 0700) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[2 * PATH_BYTES];
	if (folder[0] == '\0')
		make_folder();
	(void)snprintf(path, sizeof(path), "%s/zz/all.yaml", folder);
	FILE *file = fopen(path, "wb");
	BUG_ON(file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0);
	struct arena *arena = arena_new();
	struct err err;
	struct law *law;
	err_init(&err, arena);
	if (law_load(folder, arena, &law, &err) != 0) {
		BUG_ON(err.ndiags == 0);
		for (const struct diag *diag = err.diags; diag != NULL; diag = diag->next)
			BUG_ON(diag->where == NULL || diag->what == NULL);
	}
	arena_free(arena);
	return 0;
}
