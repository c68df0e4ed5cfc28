/* law_load: folders, the order of sections, the verdict over all mistakes. */
#include <dirent.h>
#include <errno.h>

#include "base/text.h"
#include "law/describe.h"
#include "law/loader.h"

#define FILES_MAX 64

struct names_list {
	const char **items;
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a directory that end so (NULL: directories with an instrument.yaml), sorted. */
static bool names_in(const char *dir, const char *suffix, struct arena *arena, struct names_list *out)
{
	DIR *handle = opendir(dir);
	if (handle == NULL)
		return false;
	struct names found;
	names_init(&found, arena);
	const struct dirent *entry;
	while ((entry = readdir(handle)) != NULL) {
		if (entry->d_name[0] == '.' || (suffix != NULL && !text_ends(entry->d_name, suffix)))
			continue;
		if (suffix == NULL) {
			DIR *inner = opendir(arena_printf(arena, "%s/%s", dir, entry->d_name));
			/* one that may not be read is not passed over: a law would be missing and nobody told */
			if (inner == NULL && errno != EACCES)
				continue;
			if (inner != NULL)
				(void)closedir(inner);
			if (strcmp(entry->d_name, "calendar") == 0)
				continue;
		}
		(void)names_put(&found, arena_strdup(arena, entry->d_name), NULL);
	}
	(void)closedir(handle);
	if (found.count > 0)
		qsort(found.keys, found.count, sizeof(*found.keys), by_name);
	out->items = found.keys;
	out->count = found.count;
	return true;
}

static void read_folder(struct loader *l, const char *dir, const char *id, struct vec *sources)
{
	struct names_list files = {0};
	const char *folder = arena_printf(l->arena, "%s/%s", dir, id);
	if (!names_in(folder, ".yaml", l->arena, &files)) {
		err_diag(l->err, id, "读不到这个文件夹：%s", err_path(l->err->arena, folder, errno));
		return;
	}
	if (files.count == 0) {
		err_diag(l->err, id, "文件夹里没有 YAML 文件")->mend = "写一份 instrument.yaml，或者删去文件夹";
		return;
	}
	struct instrument *instrument = ARENA_NEW(l->arena, struct instrument);
	instrument->id = id;
	instrument->title = instrument->short_title = id;
	instrument->in_force = instrument->repealed = DAY_NONE;
	for (size_t i = 0; i < files.count; i++) {
		const char *shown = arena_printf(l->arena, "%s/%s", id, files.items[i]);
		struct yaml *file = yaml_read(arena_printf(l->arena, "%s/%s", dir, shown), shown, l->arena, l->err);
		if (file == NULL)
			continue;
		if (file->type != YAML_MAP) {
			if (file->type != YAML_SCALAR || file->text[0] != '\0')
				load_mistake(l, file, "由各节组成的映射", NULL, "文件写法不对");
			continue;
		}
		struct source *source = ARENA_NEW(l->arena, struct source);
		*source = (struct source){.file = file, .instrument = instrument};
		load_head(l, source);
		vec_push(sources, l->arena, source);
	}
	if (instrument->source == NULL) {
		struct diag *diag = err_diag(l->err, arena_printf(l->err->arena, "%s/instrument.yaml", id), "没有文件头");
		diag->why = "instrument、title、level、in-force";
		diag->mend = "写一份 instrument.yaml";
	}
	vec_push(&l->law->instruments, l->arena, instrument);
}

/* The broadest first, so that a kind's own definition stands before what others add to it. */
static int by_level(const void *a, const void *b)
{
	const struct instrument *x = *(const struct instrument *const *)a, *y = *(const struct instrument *const *)b;
	return x->level != y->level ? (int)x->level - (int)y->level : strcmp(x->id, y->id);
}

static int by_source(const void *a, const void *b)
{
	const struct source *x = a, *y = b;
	if (x->instrument != y->instrument)
		return x->instrument->index < y->instrument->index ? -1 : 1;
	return strcmp(x->file->file, y->file->file);
}

static void order(struct loader *l, const struct vec *sources)
{
	struct vec *all = &l->law->instruments;
	if (all->count > 0)
		qsort(all->items, all->count, sizeof(*all->items), by_level);
	for (size_t i = 0; i < all->count; i++) {
		struct instrument *instrument = all->items[i];
		instrument->index = (unsigned)i;
		(void)names_put(&l->law->instrument_ids, instrument->id, instrument);
	}
	l->sources = ARENA_ARRAY(l->arena, sources->count, struct source);
	l->nsources = sources->count;
	for (size_t i = 0; i < sources->count; i++)
		l->sources[i] = *(struct source *)sources->items[i];
	if (l->nsources > 0)
		qsort(l->sources, l->nsources, sizeof(*l->sources), by_source);
}

static void check_repeals(struct loader *l)
{
	for (size_t i = 0; i < l->law->instruments.count; i++) {
		const struct instrument *instrument = l->law->instruments.items[i];
		if (instrument->source != NULL && instrument->repeals.count > 0)
			load_words_known(l, yaml_get(instrument->source, "repeals"), &instrument->repeals, &l->law->instrument_ids, "规范性文件");
	}
}

static void read_sections(struct loader *l)
{
	static void (*const passes[])(struct loader *, const struct source *) = {
	    load_vocabulary, load_clauses, load_kind_section, NULL, load_duty_names, load_gates, load_duties, load_major, load_retention,
	    load_redaction,  load_exemptions, load_lists, load_materials, load_grounds, load_params};
	for (size_t pass = 0; pass < sizeof(passes) / sizeof(*passes); pass++) {
		if (passes[pass] == NULL) {
			check_kinds(l);
			check_requirements(l);
			continue;
		}
		for (size_t i = 0; i < l->nsources; i++)
			passes[pass](l, &l->sources[i]);
	}
	check_repeals(l);
	check_index(l);
}

static void init_law(struct law *law, struct arena *arena)
{
	struct names *const tables[] = {&law->instrument_ids, &law->clauses, &law->stages, &law->procedures, &law->roles, &law->topics, &law->kinds, &law->facts, &law->duties, &law->gates};
	law->arena = arena;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		names_init(tables[i], arena);
}

static void read_tables(struct loader *l, const char *dir)
{
	struct calendar *calendar = NULL;
	if (calendar_load(arena_printf(l->arena, "%s/calendar", dir), l->arena, &calendar, l->err) != 0 && l->err->ndiags == 0)
		err_diag(l->err, "calendar", "%s", l->err->message);
	l->law->calendar = calendar;
	if (divisions_load(arena_printf(l->arena, "%s/divisions.tsv", dir), l->arena, l->law, l->err) != 0 && l->err->ndiags == 0)
		err_diag(l->err, "divisions.tsv", "%s", l->err->message);
}

int law_load(const char *dir, struct arena *arena, struct law **out, struct err *err)
{
	struct law *law = ARENA_NEW(arena, struct law);
	struct loader l = {.law = law, .arena = arena, .err = err};
	struct names_list folders = {0};
	names_init(&l.asked, arena);
	struct vec sources = {0};
	init_law(law, arena);
	if (!names_in(dir, NULL, arena, &folders))
		return ERR(err, ERR_NOT_FOUND, "读不到规则库文件夹 %s：%s（规则库用 --rulebook 或者 SANZHI_RULEBOOK 指明）", dir, err_path(err->arena, dir, errno));
	if (folders.count == 0 || folders.count > INSTRUMENTS_MAX)
		return ERR(err, ERR_INVALID, "规则库 %s 里有 %zu 份规范性文件，应当是 1 到 %d 份", dir, folders.count, INSTRUMENTS_MAX);
	for (size_t i = 0; i < folders.count; i++)
		read_folder(&l, dir, folders.items[i], &sources);
	order(&l, &sources);
	read_tables(&l, dir);
	read_sections(&l);
	load_shown(&l, arena_printf(arena, "%s/shown-by.tsv", dir));
	if (err->ndiags > 0)
		return ERR(err, ERR_INVALID, "规则库有 %zu 处错误", err->ndiags);
	describe_once(law);
	*out = law;
	return 0;
}

const struct calendar *law_calendar(const struct law *law)
{
	return law->calendar;
}
