/* Sets of templates: from a directory or from texts; parsed, checked and joined once. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "template/ast.h"

#define ENDING ".mustache"

struct reader {
	struct arena *arena;
	struct err *err;
	struct template *list;
	size_t count, cap;
};

static struct template *add(struct reader *r, const char *name, const char *text, size_t len)
{
	if (r->count == r->cap) {
		size_t cap = r->cap == 0 ? 32 : r->cap * 2;
		struct template *list = ARENA_ARRAY(r->arena, cap, struct template);
		if (r->count > 0)
			memcpy(list, r->list, r->count * sizeof *list);
		r->list = list;
		r->cap = cap;
	}
	struct template *tpl = &r->list[r->count++];
	*tpl = (struct template){.name = arena_strdup(r->arena, name), .text = text, .len = len};
	return tpl;
}

static int read_text(struct reader *r, int fd, const char *name, size_t size)
{
	char *text = arena_alloc(r->arena, size + 1);
	size_t got = 0;
	while (got < size) {
		ssize_t n = read(fd, text + got, size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int rc = ERR(r->err, ERR_IO, "读不了页面模板：%s", name);
			err_detail(r->err, "%s", strerror(errno));
			return rc;
		}
		if (n == 0)
			break;
		got += (size_t)n;
	}
	if (!utf8_valid(text, got))
		err_diag(r->err, name, "不是 UTF-8 文字");
	else
		add(r, name, text, got);
	return 0;
}

static int read_folder(struct reader *r, int dir_fd, const char *prefix, int depth);

/* One entry of a folder; `path` is its name within the set, with its ending. */
static int read_entry(struct reader *r, int dir_fd, const char *file, const char *path, int depth)
{
	int fd = openat(dir_fd, file, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0) {
		int rc = ERR(r->err, ERR_IO, "读不了页面模板：%s", path);
		err_detail(r->err, "%s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return rc;
	}
	int rc = 0;
	if (S_ISDIR(st.st_mode)) {
		if (depth == TEMPLATE_MAX_FOLDERS)
			rc = ERR(r->err, ERR_LIMIT, "页面模板的文件夹嵌套过深：%s", path);
		else
			return read_folder(r, fd, arena_printf(r->arena, "%s/", path), depth + 1);
	} else if (S_ISREG(st.st_mode) && text_ends(path, ENDING)) {
		const char *name = arena_strndup(r->arena, path, strlen(path) - strlen(ENDING));
		if (st.st_size > (off_t)TEMPLATE_MAX_BYTES || r->count >= TEMPLATE_MAX_FILES)
			rc = ERR(r->err, ERR_LIMIT, "页面模板太大或太多：%s", name);
		else
			rc = read_text(r, fd, name, (size_t)st.st_size);
	}
	close(fd);
	return rc;
}

/* Takes the descriptor over. */
static int read_folder(struct reader *r, int dir_fd, const char *prefix, int depth)
{
	DIR *dir = fdopendir(dir_fd);
	if (dir == NULL) {
		int rc = ERR(r->err, ERR_IO, "打不开页面模板的文件夹：%s", prefix);
		err_detail(r->err, "%s", strerror(errno));
		close(dir_fd);
		return rc;
	}
	int rc = 0;
	for (struct dirent *entry = readdir(dir); entry != NULL && rc == 0; entry = readdir(dir)) {
		if (entry->d_name[0] != '.')
			rc = read_entry(r, dirfd(dir), entry->d_name,
					arena_printf(r->arena, "%s%s", prefix, entry->d_name), depth);
	}
	closedir(dir);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct template *)a)->name, ((const struct template *)b)->name);
}

const struct template *template_find(const struct template_set *set, const char *name)
{
	const struct template key = {.name = name};
	return set->count > 0 ? bsearch(&key, set->list, set->count, sizeof key, by_name) : NULL;
}

static void join(const struct template_set *set, const struct template *tpl, struct node *nodes, struct err *err)
{
	for (struct node *node = nodes; node != NULL; node = node->next) {
		join(set, tpl, node->children, err);
		if (node->type != NODE_PARTIAL)
			continue;
		node->partial = template_find(set, node->name.text);
		if (node->partial == NULL && !(set->flags & TEMPLATE_RAW))
			err_diag(err, template_where(tpl, node->at, err->arena), "没有套用的模板：%s", node->name.text);
	}
}

/* What is printed without the blanks that begin lines; `line_start`: the text begins one. */
static void strip_indentation(struct node *node, struct arena *arena)
{
	char *tight = arena_alloc(arena, node->len + 1);
	size_t len = 0;
	bool beginning = node->line_start;
	for (size_t i = 0; i < node->len; i++) {
		char c = node->text[i];
		if (beginning && (c == ' ' || c == '\t'))
			continue;
		tight[len++] = c;
		beginning = c == '\n';
	}
	node->text = tight;
	node->len = len;
}

static void tighten(struct node *nodes, struct arena *arena)
{
	for (struct node *node = nodes; node != NULL; node = node->next) {
		tighten(node->children, arena);
		if (node->type == NODE_TEXT)
			strip_indentation(node, arena);
		else if (node->type == NODE_PARTIAL)
			node->len = 0;
	}
}

static bool keeps_blanks(const struct template *tpl)
{
	return memmem(tpl->text, tpl->len, "<pre", 4) != NULL || memmem(tpl->text, tpl->len, "<textarea", 9) != NULL;
}

static int finish(struct reader *r, unsigned flags, struct template_set **out)
{
	struct template_set *set = ARENA_NEW(r->arena, struct template_set);
	*set = (struct template_set){.flags = flags, .list = r->list, .count = r->count};
	if (set->count > 0)
		qsort(set->list, set->count, sizeof *set->list, by_name);
	for (size_t i = 0; i < set->count; i++) {
		size_t before = r->err->ndiags;
		template_parse(&set->list[i], flags, r->arena, r->err);
		/* A template that does not parse says nothing sure about its HTML. */
		if (r->err->ndiags == before && !(flags & TEMPLATE_RAW))
			template_check(&set->list[i], r->err);
		if ((flags & TEMPLATE_TIGHT) && !keeps_blanks(&set->list[i]))
			tighten(set->list[i].nodes, r->arena);
	}
	for (size_t i = 0; i < set->count; i++)
		join(set, &set->list[i], set->list[i].nodes, r->err);
	if (r->err->ndiags > 0)
		return ERR(r->err, ERR_INVALID, "页面模板有 %zu 处错误", r->err->ndiags);
	*out = set;
	return 0;
}

int template_load(const char *dir, unsigned flags, struct arena *arena, struct template_set **out, struct err *err)
{
	struct reader r = {.arena = arena, .err = err};
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return ERR(err, ERR_IO, "打不开页面模板的文件夹 %s：%s", dir, err_path(err->arena, dir, errno));
	}
	int rc = read_folder(&r, fd, "", 0);
	return rc != 0 ? rc : finish(&r, flags, out);
}

int template_from(const json_t *texts, unsigned flags, struct arena *arena, struct template_set **out, struct err *err)
{
	struct reader r = {.arena = arena, .err = err};
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)texts, name, value)
	{
		if (!json_is_string(value) || json_string_length(value) > TEMPLATE_MAX_BYTES)
			return ERR(err, ERR_INVALID, "模板“%s”不是文字或太长", name);
		add(&r, name, arena_strndup(arena, json_string_value(value), json_string_length(value)),
		    json_string_length(value));
	}
	return finish(&r, flags, out);
}

bool template_has(const struct template_set *set, const char *name)
{
	return template_find(set, name) != NULL;
}

json_t *template_html(const char *html)
{
	size_t len = strlen(html);
	char *text = malloc(len + 1);
	BUG_ON(text == NULL);
	text[0] = '\0';
	memcpy(text + 1, html, len);
	json_t *marked = json_stringn_nocheck(text, len + 1);
	free(text);
	BUG_ON(marked == NULL);
	json_t *object = json_object();
	BUG_ON(object == NULL || json_object_set_new(object, "html", marked) != 0);
	return object;
}
