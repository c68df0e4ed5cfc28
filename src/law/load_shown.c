/* shown-by.tsv: which test shows which clause (made by tools/shown.py). A rulebook may do without: then coverage names no test. */
#include <errno.h>

#include "base/text.h"
#include "law/loader.h"

#define LINE_BYTES 512

static void add_word(struct loader *l, struct words *words, const char *word)
{
	const char **items = ARENA_ARRAY(l->arena, words->count + 1, const char *);
	for (size_t i = 0; i < words->count; i++)
		items[i] = words->items[i];
	items[words->count++] = arena_strdup(l->arena, word);
	words->items = items;
}

void load_shown(struct loader *l, const char *path)
{
	char line[LINE_BYTES];
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		if (errno != ENOENT)
			err_diag(l->err, "shown-by.tsv", "读不到文件：%s", err_errno(errno));
		return;
	}
	for (int number = 1; fgets(line, sizeof(line), file) != NULL; number++) {
		line[strcspn(line, "\r\n")] = '\0';
		char *test = strchr(line, '\t');
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (test != NULL)
			*test++ = '\0';
		struct clause *clause = test == NULL ? NULL : names_get(&l->law->clauses, line);
		if (clause == NULL || *test == '\0') {
			struct diag *diag = err_diag(l->err, arena_printf(l->err->arena, "shown-by.tsv:%d:1", number), "没有叫“%s”的条款，或者没有写文件", line);
			diag->why = "条款、测试文件，以制表符隔开";
			diag->mend = "运行 tools/shown.py 重新生成";
			continue;
		}
		add_word(l, &clause->shown_by, test);
	}
	(void)fclose(file);
}
