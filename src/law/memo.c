/*
 * Conditions that stand in more than one rule (the simplified procedure; an opinion of legal review after the last inquiry) get one number each, under which an
 * evaluation keeps the answer: eighty gates stand before a decision, and most of them ask the same few questions.
 */
#include "base/buf.h"
#include "law/loader.h"

#define TEXT_MAX (64 * 1024)

struct asked {
	struct cond *first; /* the only one with this text so far */
	unsigned memo;
};

/* Each writes what is asked, and gives back whether the answer is the same for every asker: not where a limit is counted, which may note a year without a calendar for the rule
 * that asked; not of `major`, which counts differently while the thresholds themselves are looked at. */
static bool write_cond(struct buf *out, const struct cond *cond);

static void write_kinds(struct buf *out, const char *word, const struct kind *const *kinds, size_t count)
{
	buf_adds(out, word);
	for (size_t i = 0; i < count; i++)
		buf_addf(out, " %s", kinds[i]->id);
}

static bool write_path(struct buf *out, const struct path *path)
{
	if (path == NULL)
		return true;
	buf_addf(out, " %d %s", (int)path->root, path->text);
	return path->root != PATH_FACT || strcmp(path->parts[0], "major") != 0;
}

static bool write_tests(struct buf *out, const struct test *test)
{
	bool same = true;
	for (; test != NULL; test = test->next) {
		buf_addf(out, " %d:", (int)test->op);
		for (size_t i = 0; i < test->count; i++) {
			const struct value *value = &test->values[i];
			if (value->type == VALUE_REF)
				same = write_path(out, value->ref) && same;
			else
				buf_addf(out, " %d %s\n", (int)value->type, value->text);
		}
	}
	return same;
}

static bool write_all(struct buf *out, const struct cond *first)
{
	bool same = true;
	for (; first != NULL; first = first->next)
		same = write_cond(out, first) && same;
	return same;
}

static bool write_cond(struct buf *out, const struct cond *cond)
{
	bool same = cond->op != COND_ELAPSED && cond->op != COND_WORKING_TIME;
	buf_addf(out, "(%d %d %d", (int)cond->op, cond->latest, cond->at_least);
	write_kinds(out, " of", cond->kinds, cond->nkinds);
	write_kinds(out, " after", cond->after, cond->nafter);
	same = write_all(out, cond->after_with) && same;
	buf_addc(out, '/');
	same = write_all(out, cond->first) && same;
	same = write_path(out, cond->path) && same;
	same = write_tests(out, cond->test) && same;
	buf_addc(out, ')');
	return same;
}

static void number(struct loader *l, struct cond *cond)
{
	struct arena_mark mark = arena_mark(l->arena);
	struct buf text;
	buf_init(&text, l->arena, TEXT_MAX);
	bool kept = write_cond(&text, cond) && !text.overflow;
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
	if (cond->op != COND_ENTRY) /* its lines hang on the entry looked at */
		for (const struct cond *child = cond->first; child != NULL; child = child->next)
			memo_number(l, child);
	number(l, (struct cond *)(uintptr_t)cond);
}
