/* GB/T 2260 divisions: loaded once, sorted by code. */
#include <errno.h>

#include "base/text.h"
#include "law/model.h"

#define DIVISIONS_MAX 100000
#define LINE_BYTES 256

static bool code_fine(const char *code)
{
	size_t len = strlen(code);
	return (len == 6 || len == 9 || len == 12) && strspn(code, "0123456789") == len;
}

static bool level_fine(const char *level)
{
	static const char *const levels[] = {"province", "prefecture", "county", "township"};
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (strcmp(levels[i], level) == 0)
			return true;
	return false;
}

static int by_code(const void *a, const void *b)
{
	return strcmp(((const struct division *)a)->code, ((const struct division *)b)->code);
}

static bool read_line(char *line, struct arena *arena, struct division *out)
{
	char *name = strchr(line, '\t'), *level = name == NULL ? NULL : strchr(name + 1, '\t');
	if (level == NULL)
		return false;
	*name++ = '\0';
	*level++ = '\0';
	*out = (struct division){.code = arena_strdup(arena, line), .name = arena_strdup(arena, name), .level = arena_strdup(arena, level)};
	return code_fine(out->code) && *out->name != '\0' && utf8_valid(out->name, strlen(out->name)) && level_fine(out->level);
}

int divisions_load(const char *path, struct arena *arena, struct law *law, struct err *err)
{
	FILE *file = fopen(path, "r");
	if (file == NULL)
		return ERR(err, ERR_NOT_FOUND, "读不到区划表 %s：%s", path, err_errno(errno));
	size_t cap = 1024, before = err->ndiags;
	struct division *all = ARENA_ARRAY(arena, cap, struct division);
	char line[LINE_BYTES];
	for (int number = 1; fgets(line, sizeof(line), file) != NULL; number++) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (law->ndivisions == cap && cap < DIVISIONS_MAX) {
			struct division *bigger = ARENA_ARRAY(arena, cap * 2, struct division);
			memcpy(bigger, all, cap * sizeof(*all));
			all = bigger;
			cap *= 2;
		}
		if (law->ndivisions == cap || !read_line(line, arena, &all[law->ndivisions])) {
			struct diag *diag = err_diag(err, arena_printf(err->arena, "divisions.tsv:%d:1", number), "区划读不懂");
			diag->why = "代码、名称、级别（province、prefecture、county、township），以制表符隔开";
			continue;
		}
		law->ndivisions++;
	}
	(void)fclose(file);
	law->divisions = all;
	if (law->ndivisions > 0)
		qsort(all, law->ndivisions, sizeof(*all), by_code);
	for (size_t i = 1; i < law->ndivisions; i++)
		if (strcmp(all[i].code, all[i - 1].code) == 0)
			err_diag(err, "divisions.tsv", "区划代码 %s 写了两次", all[i].code);
	return err->ndiags > before ? ERR(err, ERR_INVALID, "区划表有错误") : 0;
}

const char *law_division_name(const struct law *law, const char *code)
{
	struct division key = {.code = code};
	if (code == NULL || law->ndivisions == 0)
		return NULL;
	const struct division *found = bsearch(&key, law->divisions, law->ndivisions, sizeof(key), by_code);
	return found == NULL ? NULL : found->name;
}

bool area_within(const char *inner, const char *outer)
{
	if (inner == NULL || outer == NULL)
		return false;
	size_t len = strlen(outer);
	if (len == 6) /* 532800: the pairs of zeros at its end stand for the whole prefecture */
		while (len > 2 && outer[len - 1] == '0' && outer[len - 2] == '0')
			len -= 2;
	return strncmp(inner, outer, len) == 0;
}

json_t *law_divisions(const struct law *law, const char *within, struct arena *arena)
{
	json_t *out = json_tie(arena, json_array());
	for (size_t i = 0; i < law->ndivisions; i++) {
		const struct division *division = &law->divisions[i];
		if (within != NULL && !area_within(division->code, within))
			continue;
		json_t *one = json_object();
		json_put_str(one, "code", division->code);
		json_put_str(one, "name", division->name);
		json_put_str(one, "level", division->level);
		json_push(out, one);
	}
	return out;
}
