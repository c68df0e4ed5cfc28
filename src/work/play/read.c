/* Scenario files and what stands beside them. */
#include <sys/stat.h>

#include "base/text.h"
#include "work/play/inside.h"

#define FOLDERS_UP 6

static const char *const scenario_keys[] = {"title", "shows", "place", "procedure", "prelude", "from", "since", "given", "given-until", "with", "without", "users", "officers", "party", "acts", NULL};
static const char *const step_keys[] = {"at", "act", "by", "on", "body", "happened", "expect", "warns", "duties", "facts", "grounds", "retention", "binding", "lists", "redactions", "exemptions", "check", "continue", "continue-until", "note", NULL};
static const char *const check_keys[] = {"duties", "facts", "grounds", "retention", "binding", "lists", "redactions", "exemptions", NULL};

const char *yaml_text(const struct yaml *node)
{
	return node == NULL || node->type != YAML_SCALAR ? NULL : node->text;
}

const char *yaml_member(const struct yaml *map, const char *key)
{
	return yaml_text(yaml_get(map, key));
}

/* --- keys ------------------------------------------------------------------------------------------------------------- */

static bool known(const char *const *keys, const char *key)
{
	for (; *keys != NULL; keys++)
		if (text_eq(*keys, key))
			return true;
	return false;
}

static void check_keys_of(const struct yaml *map, const char *const *keys, struct err *err)
{
	for (size_t i = 0; i < map->count; i++) {
		const char *near = NULL, *key = map->keys[i]->text;
		unsigned best = 4;
		if (known(keys, key))
			continue;
		for (const char *const *k = keys; *k != NULL; k++) {
			unsigned distance = text_distance(*k, key, 3);
			if (distance < best) {
				best = distance;
				near = *k;
			}
		}
		struct diag *diag = err_diag(err, yaml_where(map->keys[i], err->arena), "不认识的键“%s”", key);
		if (near != NULL)
			diag->mend = arena_printf(err->arena, "是不是 %s？", near);
	}
}

static void check_step(const struct yaml *step, struct err *err)
{
	if (step->type != YAML_MAP) {
		(void)err_diag(err, yaml_where(step, err->arena), "步骤要写成映射");
		return;
	}
	check_keys_of(step, step_keys, err);
	int kinds = (yaml_get(step, "act") != NULL) + (yaml_get(step, "check") != NULL) + (yaml_get(step, "continue") != NULL) + (yaml_get(step, "continue-until") != NULL);
	if (kinds != 1)
		err_diag(err, yaml_where(step, err->arena), "每一步写且只写 act、check、continue、continue-until 中的一个")->mend = "分成几步";
	const struct yaml *check = yaml_get(step, "check");
	if (check != NULL && check->type == YAML_MAP)
		check_keys_of(check, check_keys, err);
}

static void check_scenario(const struct yaml *scenario, struct err *err)
{
	if (scenario->type != YAML_MAP) {
		(void)err_diag(err, yaml_where(scenario, err->arena), "场景要写成映射");
		return;
	}
	check_keys_of(scenario, scenario_keys, err);
	const struct yaml *acts = yaml_get(scenario, "acts");
	if (yaml_member(scenario, "title") == NULL)
		err_diag(err, yaml_where(scenario, err->arena), "场景没有标题")->mend = "加上 title";
	if (acts == NULL || acts->type != YAML_LIST || acts->count == 0)
		err_diag(err, yaml_where(scenario, err->arena), "场景没有步骤")->mend = "在 acts 下列出步骤";
	else
		for (size_t i = 0; i < acts->count; i++)
			check_step(acts->items[i], err);
}

int scenarios_read(const char *path, struct arena *arena, struct yaml ***out, size_t *count_out, struct err *err)
{
	struct yaml *root = yaml_read(path, path, arena, err), *list = yaml_get(root, "scenarios");
	if (root == NULL || err->ndiags > 0)
		return ERR(err, ERR_INVALID, "%s 读不了", path);
	if (list != NULL && list->type == YAML_LIST) {
		*out = list->items;
		*count_out = list->count;
	} else {
		*out = ARENA_ARRAY(arena, 1, struct yaml *);
		(*out)[0] = root;
		*count_out = 1;
	}
	for (size_t i = 0; i < *count_out; i++)
		check_scenario((*out)[i], err);
	return err->ndiags == 0 ? 0 : ERR(err, ERR_INVALID, "%s 写得有误：%zu 处", path, err->ndiags);
}

/* --- the library -------------------------------------------------------------------------------------------------------- */

static int read_beside(const char *folder, const char *name, struct arena *arena, struct yaml **out, struct err *err)
{
	struct stat found;
	const char *path = folder;
	for (int up = 0; up < FOLDERS_UP; up++) {
		const char *file = arena_printf(arena, "%s/%s", path, name);
		if (stat(file, &found) == 0) {
			*out = yaml_read(file, file, arena, err);
			return *out != NULL && err->ndiags == 0 ? 0 : ERR(err, ERR_INVALID, "%s 读不了", file);
		}
		path = arena_printf(arena, "%s/..", path);
	}
	/* A file that stands by itself: what comes with the program. */
	const char *named = getenv("SANZHI_SCENARIOS"), *file = arena_printf(arena, "%s/%s", named == NULL ? SANZHI_SCENARIO_DIR : named, name);
	*out = stat(file, &found) == 0 ? yaml_read(file, file, arena, err) : NULL;
	return err->ndiags == 0 ? 0 : ERR(err, ERR_INVALID, "%s 读不了", file);
}

int library_find(const char *path, struct arena *arena, struct library *out, struct err *err)
{
	const char *slash = strrchr(path, '/');
	const char *folder = slash == NULL ? "." : arena_strndup(arena, path, (size_t)(slash - path));
	int rc = read_beside(folder, "places.yaml", arena, &out->places, err);
	if (rc == 0)
		rc = read_beside(folder, "bodies.yaml", arena, &out->bodies, err);
	if (rc == 0)
		rc = read_beside(folder, "preludes.yaml", arena, &out->preludes, err);
	return rc;
}
