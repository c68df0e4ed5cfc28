/*
 * Conditions that stand in more than one rule (the simplified procedure; an opinion of legal review after the last inquiry) get one number each, under which an
 * evaluation keeps the answer: eighty gates stand before a decision, and most of them ask the same few questions.
 */
#include "base/buf.h"
#include "law/loader.h"

#define TEXT_MAX (64 * 1024)

/* Why an answer is not the same for every asker. */
enum {
	OF_ENTRY = 1, /* inside `with` it hangs on the entry looked at */
	NEVER = 2     /* counting a limit may note a year without a calendar for the rule that asked; `major` counts differently while the thresholds are looked at */
};

struct asked {
	struct cond *first; /* the only one with this text so far */
	unsigned memo;
};

static unsigned write_cond(struct buf *out, const struct cond *cond);

static void write_kinds(struct buf *out, const char *word, const struct kind *const *kinds, size_t count)
{
	buf_adds(out, word);
	for (size_t i = 0; i < count; i++)
		buf_addf(out, " %s", kinds[i]->id);
}

static unsigned write_path(struct buf *out, const struct path *path)
{
	if (path == NULL)
		return 0;
	buf_addf(out, " %d %s", (int)path->root, path->text);
	if (path->root == PATH_FACT && strcmp(path->parts[0], "major") == 0)
		return NEVER;
	return path->root == PATH_ENTRY ? OF_ENTRY : 0;
}

static unsigned write_tests(struct buf *out, const struct test *test)
{
	unsigned why = 0;
	for (; test != NULL; test = test->next) {
		buf_addf(out, " %d:", (int)test->op);
		for (size_t i = 0; i < test->count; i++) {
			const struct value *value = &test->values[i];
			if (value->type == VALUE_REF)
				why |= write_path(out, value->ref);
			else
				buf_addf(out, " %d %s\n", (int)value->type, value->text);
		}
	}
	return why;
}

static unsigned write_all(struct buf *out, const struct cond *first)
{
	unsigned why = 0;
	for (; first != NULL; first = first->next)
		why |= write_cond(out, first);
	return why;
}

/* The whole of what it asks; gives back why the answer may not be kept, 0 where it may. */
static unsigned write_cond(struct buf *out, const struct cond *cond)
{
	unsigned why = cond->op == COND_ELAPSED || cond->op == COND_WORKING_TIME ? NEVER : 0;
	buf_addf(out, "(%d %d %d", (int)cond->op, cond->latest, cond->at_least);
	write_kinds(out, " of", cond->kinds, cond->nkinds);
	write_kinds(out, " after", cond->after, cond->nafter);
	unsigned lines = write_all(out, cond->after_with);
	buf_addc(out, '/');
	lines |= write_all(out, cond->first);
	why |= cond->op == COND_ENTRY ? lines & NEVER : lines; /* these lines look at its own entries */
	why |= write_path(out, cond->path) | write_tests(out, cond->test);
	buf_addc(out, ')');
	return why;
}

static void number(struct loader *l, struct cond *cond)
{
	struct arena_mark mark = arena_mark(l->arena);
	struct buf text;
	buf_init(&text, l->arena, TEXT_MAX);
	bool kept = write_cond(&text, cond) == 0 && !text.overflow;
	struct asked *asked = kept ? names_get(&l->asked, text.data) : NULL;
	if (kept && asked == NULL) {
		asked = ARENA_NEW(l->arena, struct asked);
		asked->first = cond;
		(void)names_put(&l->asked, text.data, asked);
		return;
	}
	arena_rewind(l->arena, mark);
	if (!kept)
		return;
	if (asked->memo == 0 && l->nmemos + 1 < MEMO_SLOTS)
		asked->memo = asked->first->memo = ++l->nmemos;
	cond->memo = asked->memo;
}

void memo_number(struct loader *l, const struct cond *cond)
{
	if (cond == NULL)
		return;
	if (cond->op != COND_ENTRY)
		for (const struct cond *child = cond->first; child != NULL; child = child->next)
			memo_number(l, child);
	number(l, (struct cond *)(uintptr_t)cond);
}
