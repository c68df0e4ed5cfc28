/* The door and the writer's queue: callers make their drafts ready in their own threads, then wait; one thread takes
 * them in groups. */
#include "journal/inside.h"

static int enqueue(struct journal *journal, struct append *append, struct err *err)
{
	int status = 0;
	(void)pthread_mutex_lock(&journal->mutex);
	if (journal->stopping)
		status = ERR(err, ERR_UNAVAILABLE, "日志未开放写入，未存入");
	else if (journal->queued >= journal->queue_max)
		status = ERR(err, ERR_BUSY, "等待存入的过多，请稍后再试");
	if (status == 0) {
		*journal->last = append;
		journal->last = &append->next;
		journal->queued++;
		(void)pthread_cond_signal(&journal->work);
		while (!append->done)
			(void)pthread_cond_wait(&append->answered, &journal->mutex);
		status = append->status;
	}
	(void)pthread_mutex_unlock(&journal->mutex);
	return status;
}

int journal_append(struct journal *journal, const struct entry_draft *drafts, size_t n, struct arena *arena,
		   struct entry *entries_out, struct err *err)
{
	if (n == 0)
		return 0;
	if (atomic_load(&journal->rebuilding))
		return ERR(err, ERR_UNAVAILABLE, "投影重建尚未完成，暂不能存入；请先运行 sanzhi rebuild");
	struct arena *own = arena_new();
	struct prepared *prepared = ARENA_ARRAY(own, n, struct prepared);
	int status = 0;
	for (size_t i = 0; i < n && status == 0; i++)
		status = entry_prepare(journal, &drafts[i], own, &prepared[i], err);
	if (status == 0) {
		struct append append = {
		    .drafts = drafts, .prepared = prepared, .n = n, .arena = arena, .out = entries_out, .err = err};
		(void)pthread_cond_init(&append.answered, NULL);
		status = enqueue(journal, &append, err);
		(void)pthread_cond_destroy(&append.answered);
	}
	arena_free(own);
	return status;
}

/* Takes up to a group from the queue; NULL when the journal stops and nothing is left. */
static struct append *take(struct journal *journal, size_t *count_out)
{
	(void)pthread_mutex_lock(&journal->mutex);
	while (journal->first == NULL && !journal->stopping)
		(void)pthread_cond_wait(&journal->work, &journal->mutex);
	struct append *first = journal->first, *last = NULL;
	size_t count = 0;
	for (struct append *a = first; a != NULL && count < journal->group_max; a = a->next, count++)
		last = a;
	if (last != NULL) {
		journal->first = last->next;
		last->next = NULL;
		if (journal->first == NULL)
			journal->last = &journal->first;
		journal->queued -= (unsigned)count;
	}
	(void)pthread_mutex_unlock(&journal->mutex);
	*count_out = count;
	return first;
}

static void answer(struct journal *journal, struct append *first)
{
	(void)atomic_fetch_add(&journal->groups, 1); /* before anybody is told: what was read until now is old */
	(void)pthread_mutex_lock(&journal->mutex);
	while (first != NULL) {
		struct append *next = first->next; /* once answered, it is gone */
		first->done = true;
		(void)pthread_cond_signal(&first->answered);
		first = next;
	}
	if (db_engine(journal->db) == DB_POSTGRES) {
		journal->placing = true;
		(void)pthread_cond_signal(&journal->sequence);
	}
	(void)pthread_mutex_unlock(&journal->mutex);
}

void *writer_main(void *arg)
{
	struct journal *journal = arg;
	size_t count;
	for (struct append *first = take(journal, &count); first != NULL; first = take(journal, &count)) {
		struct arena *scratch = arena_new();
		batch_run(journal, first, count, scratch);
		arena_free(scratch);
		answer(journal, first);
	}
	json_cache_drop();
	return NULL;
}
