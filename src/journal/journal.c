/* Opening and closing. */
#include "journal/inside.h"

#define GROUP_DEFAULT 128
#define QUEUE_DEFAULT 1024
#define CHECKPOINT_DEFAULT 1000

/* That the log is the one of the newest checkpoint, and has not lost its end. */
static int check_checkpoint(struct journal *journal, struct db_conn *conn, struct arena *arena, struct err *err)
{
	struct stored_checkpoint newest;
	struct log_reader reader = {.conn = conn, .arena = arena};
	struct merkle_frontier then;
	int status = log_load(conn, arena, &journal->frontier, err);
	if (status == 0)
		status = log_checkpoint(conn, arena, &newest, err);
	if (status != 0)
		return status;
	atomic_store(&journal->size, journal->frontier.size);
	atomic_store(&journal->signed_size, newest.size);
	if (newest.size < 0)
		return 0;
	if (newest.size > journal->frontier.size)
		return ERR(err, ERR_CORRUPT, "日志比最新检查点短：有 %lld 条，检查点有 %lld 条",
			   (long long)journal->frontier.size, (long long)newest.size);
	status = merkle_load(newest.size, log_node, &reader, &then, err);
	if (status != 0)
		return status;
	struct digest root = merkle_root(&then);
	if (digest_differs(&root, &newest.root) != 0)
		return ERR(err, ERR_CORRUPT, "日志与最新检查点（大小 %lld）不符；请运行 sanzhi log verify",
			   (long long)newest.size);
	if (journal->verifiers == NULL)
		return 0;
	struct checkpoint opened;
	status = checkpoint_open(newest.note, strlen(newest.note), journal->verifiers, arena, &opened, err);
	if (status == 0 && (opened.size != newest.size || digest_differs(&opened.root, &newest.root) != 0))
		status = ERR(err, ERR_CORRUPT, "最新检查点（大小 %lld）与其签名文本不符", (long long)newest.size);
	return status;
}

/* The sizes as the tables give them, believed or not. */
static int look_only(struct journal *journal, struct db_conn *conn, struct arena *arena, struct err *err)
{
	struct stored_checkpoint newest;
	int64_t size;
	int status = log_size(conn, arena, &size, err);
	if (status == 0)
		status = log_checkpoint(conn, arena, &newest, err);
	if (status == 0) {
		atomic_store(&journal->size, size);
		atomic_store(&journal->signed_size, newest.size);
	}
	return status;
}

static int load(struct journal *journal, struct arena *arena, struct err *err)
{
	struct db_conn *conn;
	struct db_result mark;
	int status = db_acquire(journal->db, DB_READ, &conn, err);
	if (status != 0)
		return status;
	status = db_begin(conn, err); /* one view of leaves and checkpoint */
	if (status == 0 && journal->inspect)
		status = look_only(journal, conn, arena, err);
	else if (status == 0)
		status = check_checkpoint(journal, conn, arena, err);
	if (status == 0)
		status = DB_ROWS(conn, SQL_JOURNAL_MARK_GET, 1, arena, &mark, err, DB_TEXT(JOURNAL_MARK_REBUILD));
	if (status == 0)
		atomic_store(&journal->rebuilding, mark.rows > 0);
	db_release(conn);
	return status;
}

static int start(struct journal *journal, struct err *err)
{
	pthread_condattr_t attr;
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC); /* the wall clock may be set back */
	(void)pthread_mutex_init(&journal->mutex, NULL);
	(void)pthread_cond_init(&journal->work, &attr);
	(void)pthread_cond_init(&journal->sequence, &attr);
	(void)pthread_cond_init(&journal->checkpointed, &attr);
	(void)pthread_condattr_destroy(&attr);
	if (journal->inspect) {
		journal->stopping = journal->stop_sequencer = true;
		return 0;
	}
	journal->covered = atomic_load(&journal->size) == atomic_load(&journal->signed_size);
	if (pthread_create(&journal->writer, NULL, writer_main, journal) != 0)
		return ERR(err, ERR_UNAVAILABLE, "不能启动写入线程");
	if (pthread_create(&journal->sequencer, NULL, sequencer_main, journal) == 0)
		return 0;
	(void)pthread_mutex_lock(&journal->mutex);
	journal->stopping = true;
	(void)pthread_cond_signal(&journal->work);
	(void)pthread_mutex_unlock(&journal->mutex);
	(void)pthread_join(journal->writer, NULL);
	return ERR(err, ERR_UNAVAILABLE, "不能启动排序线程");
}

int journal_open(const struct journal_options *options, struct arena *arena, struct journal **out, struct err *err)
{
	struct journal *journal = ARENA_NEW(arena, struct journal);
	journal->db = options->db;
	journal->blobs = options->blobs;
	journal->keys = options->keys;
	journal->verifiers = options->keys == NULL ? NULL : keyring_verifiers(options->keys, arena);
	journal->clock = options->clock.now == NULL ? clock_system() : options->clock;
	journal->projector = options->projector;
	journal->log = options->log;
	journal->group_max = options->group_max == 0 ? GROUP_DEFAULT : options->group_max;
	journal->queue_max = options->queue_max == 0 ? QUEUE_DEFAULT : options->queue_max;
	journal->checkpoint_ms = options->checkpoint_ms == 0 ? CHECKPOINT_DEFAULT : options->checkpoint_ms;
	journal->inspect = options->inspect;
	journal->last = &journal->first;
	struct arena *scratch = arena_new();
	int status = load(journal, scratch, err);
	arena_free(scratch);
	if (status == 0)
		status = start(journal, err);
	if (status == 0)
		*out = journal;
	return status;
}

static void stop(struct journal *journal)
{
	(void)pthread_mutex_lock(&journal->mutex);
	journal->stopping = true;
	(void)pthread_cond_signal(&journal->work);
	(void)pthread_mutex_unlock(&journal->mutex);
	(void)pthread_join(journal->writer, NULL);
	/* Only when the queue is empty does the sequencer sign for the last time. */
	(void)pthread_mutex_lock(&journal->mutex);
	journal->stop_sequencer = true;
	(void)pthread_cond_broadcast(&journal->sequence);
	(void)pthread_cond_broadcast(&journal->checkpointed);
	(void)pthread_mutex_unlock(&journal->mutex);
	(void)pthread_join(journal->sequencer, NULL);
}

void journal_close(struct journal *journal)
{
	if (journal == NULL)
		return;
	if (!journal->inspect)
		stop(journal);
	(void)pthread_mutex_destroy(&journal->mutex);
	(void)pthread_cond_destroy(&journal->work);
	(void)pthread_cond_destroy(&journal->sequence);
	(void)pthread_cond_destroy(&journal->checkpointed);
}

int64_t journal_size(struct journal *journal)
{
	return atomic_load(&journal->size);
}

int64_t journal_version(struct journal *journal)
{
	return atomic_load(&journal->size) + atomic_load(&journal->groups);
}
