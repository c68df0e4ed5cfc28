/*
 * The log in the database: leaves, the nodes of complete tiles, checkpoints. On SQLite the writer places its leaves
 * itself and this thread only signs; on PostgreSQL the process that holds the lock places what all processes appended,
 * in the order of ids, and signs.
 */
#include <time.h>

#include "journal/inside.h"

#define SEQUENCER_LOCK INT64_C(0x53616e7a68694c67) /* "SanzhiLg" */
#define POLL_MS 200
#define REST_MS 100 /* PostgreSQL: between two rounds of placing, so that many groups share one transaction and its flush */
#define PLACE_MAX 1000
#define WAIT_MS 10000

/* Where log_node reads a row of hashes. */
struct row {
	struct merkle_frontier frontier;
	int64_t next;
};

static int add_to_row(void *context, const struct db_value *cells, struct err *err)
{
	struct row *row = context;
	struct digest hash;
	if (cells[0].num != row->next || cells[1].size != HASH_LEN)
		return ERR(err, ERR_CORRUPT, "日志缺第 %lld 号节点", (long long)row->next);
	digest_from_blob(&cells[1], &hash);
	merkle_add(&row->frontier, &hash);
	row->next++;
	return 0;
}

int log_node(void *context, unsigned level, int64_t index, struct digest *out, struct err *err)
{
	const struct log_reader *reader = context;
	unsigned stored = level - level % JOURNAL_TILE_HEIGHT, above = level - stored;
	int64_t first = index << above, after = (index + 1) << above;
	struct row row = {.next = first};
	int status;
	if (stored == 0) {
		const struct db_value args[] = {DB_INT(first), DB_INT(after)};
		status = db_each(reader->conn, SQL_LEAF_RANGE, args, 2, add_to_row, &row, err);
	} else {
		const struct db_value args[] = {DB_INT((int64_t)stored), DB_INT(first), DB_INT(after)};
		status = db_each(reader->conn, SQL_NODE_RANGE, args, 3, add_to_row, &row, err);
	}
	if (status == 0 && row.next != after)
		status = ERR(err, ERR_CORRUPT, "日志第 %u 层缺第 %lld 号节点", stored, (long long)row.next);
	if (status == 0)
		*out = merkle_root(&row.frontier);
	return status;
}

int log_size(struct db_conn *conn, struct arena *arena, int64_t *out, struct err *err)
{
	struct db_result rows;
	int status = db_rows(conn, SQL_LOG_SIZE, NULL, 0, 1, arena, &rows, err);
	if (status == 0)
		*out = db_int(&rows, 0, 0);
	return status;
}

int log_load(struct db_conn *conn, struct arena *arena, struct merkle_frontier *out, struct err *err)
{
	struct log_reader reader = {.conn = conn, .arena = arena};
	int64_t size;
	int status = log_size(conn, arena, &size, err);
	return status != 0 ? status : merkle_load(size, log_node, &reader, out, err);
}

int log_checkpoint(struct db_conn *conn, struct arena *arena, struct stored_checkpoint *out, struct err *err)
{
	struct db_result rows;
	*out = (struct stored_checkpoint){.size = -1};
	int status = db_rows(conn, SQL_CHECKPOINT_NEWEST, NULL, 0, 1, arena, &rows, err);
	if (status != 0 || rows.rows == 0)
		return status;
	out->size = db_int(&rows, 0, 0);
	digest_from_blob(&rows.cells[1], &out->root);
	out->note = db_str(&rows, 0, 2);
	return 0;
}

/* Subtrees that a leaf completed and that tiles need: at most one for each eight levels. */
struct made {
	struct {
		unsigned level;
		int64_t index;
		struct digest hash;
	} nodes[8];
	size_t count;
};

static void keep_made(void *context, unsigned level, int64_t index, const struct digest *hash)
{
	struct made *made = context;
	if (level % JOURNAL_TILE_HEIGHT != 0)
		return;
	BUG_ON(made->count >= sizeof(made->nodes) / sizeof(made->nodes[0]));
	made->nodes[made->count].level = level;
	made->nodes[made->count].index = index;
	made->nodes[made->count++].hash = *hash;
}

static int place_one(const struct placing *p, size_t i, struct err *err)
{
	return DB_RUN(p->conn, SQL_LEAF_ADD, NULL, err, DB_INT(p->waiting[i].index), DB_INT(p->waiting[i].entry),
		      DB_BLOB(p->waiting[i].hash.bytes, HASH_LEN));
}

int log_place_rest(struct placing *p, struct err *err)
{
	int status = 0;
	if (p->count == PLACING_MAX) {
		struct db_value args[3 * PLACING_MAX];
		for (size_t i = 0; i < PLACING_MAX; i++) {
			args[3 * i] = DB_INT(p->waiting[i].index);
			args[3 * i + 1] = DB_INT(p->waiting[i].entry);
			args[3 * i + 2] = DB_BLOB(p->waiting[i].hash.bytes, HASH_LEN);
		}
		status = db_run(p->conn, SQL_LEAF_ADD_16, args, (size_t)3 * PLACING_MAX, NULL, err);
	} else {
		for (size_t i = 0; i < p->count && status == 0; i++)
			status = place_one(p, i, err);
	}
	p->count = 0;
	return status;
}

int log_place(struct placing *p, int64_t entry, const struct digest *leaf, struct err *err)
{
	struct made made = {.count = 0};
	struct digest hash = merkle_leaf(leaf->bytes, HASH_LEN);
	int status = 0;
	p->waiting[p->count].index = p->frontier->size;
	p->waiting[p->count].entry = entry;
	p->waiting[p->count++].hash = hash;
	if (p->count == PLACING_MAX)
		status = log_place_rest(p, err);
	merkle_add_each(p->frontier, &hash, keep_made, &made);
	for (size_t i = 0; i < made.count && status == 0; i++)
		status = DB_RUN(p->conn, SQL_NODE_ADD, NULL, err, DB_INT((int64_t)made.nodes[i].level),
				DB_INT(made.nodes[i].index), DB_BLOB(made.nodes[i].hash.bytes, HASH_LEN));
	return status;
}

/* ---- checkpoints */

static void saw_checkpoint(struct journal *journal, int64_t size)
{
	(void)pthread_mutex_lock(&journal->mutex);
	if (size > atomic_load(&journal->signed_size))
		atomic_store(&journal->signed_size, size);
	(void)pthread_cond_broadcast(&journal->checkpointed);
	(void)pthread_mutex_unlock(&journal->mutex);
}

/* Signs the log as the database has it, inside a transaction. It must extend the newest checkpoint: both roots are
 * computed anew from the tables. */
static int sign_in(struct journal *journal, struct db_conn *conn, struct arena *arena, int64_t *size_out,
		   struct err *err)
{
	struct stored_checkpoint last;
	struct merkle_frontier now, then;
	struct log_reader reader = {.conn = conn, .arena = arena};
	int status = log_checkpoint(conn, arena, &last, err);
	if (status == 0)
		status = log_load(conn, arena, &now, err);
	if (status != 0)
		return status;
	*size_out = last.size;
	if (last.size == now.size)
		return 0;
	if (last.size > now.size)
		return ERR(err, ERR_CORRUPT, "日志比已签发的检查点短：%lld 对 %lld，不再签发", (long long)now.size,
			   (long long)last.size);
	if (last.size >= 0) {
		status = merkle_load(last.size, log_node, &reader, &then, err);
		if (status != 0)
			return status;
		struct digest root = merkle_root(&then);
		if (digest_differs(&root, &last.root) != 0)
			return ERR(err, ERR_CORRUPT, "日志与大小为 %lld 的检查点不符，不再签发", (long long)last.size);
	}
	char *note;
	struct checkpoint next = {.size = now.size, .root = merkle_root(&now)};
	status = checkpoint_sign(journal->keys, &next, arena, &note, err);
	if (status == 0)
		status = DB_RUN(conn, SQL_CHECKPOINT_ADD, NULL, err, DB_INT(next.size),
				DB_BLOB(next.root.bytes, HASH_LEN), DB_TEXT(note), DB_INT(clock_now(&journal->clock)));
	*size_out = next.size;
	return status;
}

static int sign_on(struct journal *journal, struct db_conn *conn, struct arena *arena, struct err *err)
{
	int64_t size = -1;
	int status = db_begin(conn, err);
	if (status != 0)
		return status;
	status = sign_in(journal, conn, arena, &size, err);
	if (status == 0)
		status = db_commit(conn, err);
	if (status != 0)
		db_rollback(conn);
	else
		saw_checkpoint(journal, size);
	return status;
}

/* ---- PostgreSQL: placing */

static int place_some(struct journal *journal, struct db_conn *conn, struct arena *arena, size_t *placed,
		      struct err *err)
{
	struct db_result rows;
	int64_t size;
	*placed = 0;
	int status = DB_ROWS(conn, SQL_UNPLACED_FIRST, PLACE_MAX, arena, &rows, err, DB_INT(PLACE_MAX));
	if (status == 0)
		status = log_size(conn, arena, &size, err);
	if (status != 0 || rows.rows == 0)
		return status;
	struct merkle_frontier frontier = journal->frontier;
	struct placing placing = {.conn = conn, .frontier = &frontier};
	if (size != frontier.size)
		status = log_load(conn, arena, &frontier, err);
	for (size_t i = 0; i < rows.rows && status == 0; i++) {
		struct digest leaf;
		digest_from_blob(&rows.cells[i * rows.cols + 1], &leaf);
		status = log_place(&placing, db_int(&rows, i, 0), &leaf, err);
	}
	if (status == 0)
		status = log_place_rest(&placing, err);
	if (status == 0)
		status = DB_RUN(conn, SQL_UNPLACED_REMOVE, NULL, err, DB_INT(db_int(&rows, rows.rows - 1, 0)));
	if (status == 0)
		status = db_commit(conn, err);
	if (status == 0) {
		journal->frontier = frontier;
		atomic_store(&journal->size, frontier.size);
		*placed = rows.rows;
	}
	return status;
}

static int place_all(struct journal *journal, struct db_conn *conn, struct arena *arena, struct err *err)
{
	size_t placed = PLACE_MAX;
	int status = 0;
	while (status == 0 && placed == PLACE_MAX) {
		struct arena_mark mark = arena_mark(arena);
		status = db_begin(conn, err);
		if (status == 0)
			status = place_some(journal, conn, arena, &placed, err);
		db_rollback(conn);
		if (status == 0)
			arena_rewind(arena, mark);
	}
	return status;
}

/* A process that does not hold the lock looks at what the one that does has done. */
static int look(struct journal *journal, struct db_conn *conn, struct arena *arena, struct err *err)
{
	struct stored_checkpoint newest;
	int64_t size;
	int status = log_checkpoint(conn, arena, &newest, err);
	if (status == 0)
		status = log_size(conn, arena, &size, err);
	if (status != 0)
		return status;
	atomic_store(&journal->size, size);
	saw_checkpoint(journal, newest.size);
	return 0;
}

/* ---- the thread */

struct sequencer {
	struct journal *journal;
	struct db_conn *conn; /* PostgreSQL: the connection that holds the lock, or NULL */
	int64_t next_ms;      /* no checkpoint before this */
	int64_t rested_ms;    /* no round before this, unless somebody waits for it */
	bool failed;          /* the last round did, and was logged */
};

static int64_t now_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t ms)
{
	struct timespec until = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
	(void)pthread_cond_timedwait(cond, mutex, &until);
}

static void let_go(struct sequencer *s)
{
	if (s->conn == NULL)
		return;
	db_unlock(s->conn, SEQUENCER_LOCK);
	db_release(s->conn);
	s->conn = NULL;
}

/* PostgreSQL: takes the lock where it is free. */
static int take_lock(struct sequencer *s, struct arena *arena, struct err *err)
{
	bool got = false;
	struct db_conn *conn;
	int status = db_acquire(s->journal->db, DB_WRITE, &conn, err);
	if (status != 0)
		return status;
	status = db_try_lock(conn, SEQUENCER_LOCK, &got, err);
	if (status == 0 && !got)
		status = look(s->journal, conn, arena, err);
	if (status == 0 && got) {
		s->conn = conn;
		status = log_load(conn, arena, &s->journal->frontier, err);
		if (status == 0)
			atomic_store(&s->journal->size, s->journal->frontier.size);
		else
			let_go(s);
		return status;
	}
	db_release(conn);
	return status;
}

static bool checkpoint_due(struct sequencer *s, bool hurry)
{
	struct journal *journal = s->journal;
	return journal->keys != NULL && atomic_load(&journal->size) != atomic_load(&journal->signed_size) &&
	       (hurry || now_ms() >= s->next_ms);
}

static int round_postgres(struct sequencer *s, bool hurry, struct arena *arena, struct err *err)
{
	int status = s->conn == NULL ? take_lock(s, arena, err) : 0;
	if (status != 0 || s->conn == NULL)
		return status;
	status = place_all(s->journal, s->conn, arena, err);
	if (status == 0 && checkpoint_due(s, hurry)) {
		s->next_ms = now_ms() + s->journal->checkpoint_ms;
		status = sign_on(s->journal, s->conn, arena, err);
	}
	if (status != 0)
		let_go(s); /* the connection may be lost, and the lock with it */
	return status;
}

static int round_sqlite(struct sequencer *s, bool hurry, struct arena *arena, struct err *err)
{
	struct db_conn *conn;
	if (!checkpoint_due(s, hurry))
		return 0;
	int status = db_acquire(s->journal->db, DB_WRITE, &conn, err);
	if (status != 0)
		return status;
	s->next_ms = now_ms() + s->journal->checkpoint_ms;
	status = sign_on(s->journal, conn, arena, err);
	db_release(conn);
	return status;
}

static void one_round(struct sequencer *s, bool hurry)
{
	struct journal *journal = s->journal;
	struct arena *arena = arena_new();
	struct err err;
	err_init(&err, arena);
	int status = db_engine(journal->db) == DB_SQLITE ? round_sqlite(s, hurry, arena, &err)
							 : round_postgres(s, hurry, arena, &err);
	if (status != 0 && !s->failed && journal->log != NULL)
		log_err(journal->log, "journal.sequence", NULL, &err);
	s->failed = status != 0;
	arena_free(arena);
}

/* Until there is something to do: entries want their places and the pause is over, somebody waits for a checkpoint, or
 * the journal closes. After a failure everybody waits for the pause. */
static void wait_for_work(struct sequencer *s)
{
	struct journal *journal = s->journal;
	int64_t until = now_ms() + POLL_MS;
	while (!journal->stop_sequencer && !(journal->hurry && !s->failed)) {
		int64_t wake = journal->placing && s->rested_ms < until ? s->rested_ms : until;
		if (now_ms() >= wake)
			return;
		wait_until(&journal->sequence, &journal->mutex, wake);
	}
}

void *sequencer_main(void *arg)
{
	struct journal *journal = arg;
	struct sequencer s = {.journal = journal, .next_ms = now_ms()};
	if (journal->covered)
		s.next_ms += journal->checkpoint_ms; /* nothing waits for one: the pause runs from here */
	for (bool stop = false; !stop;) {
		(void)pthread_mutex_lock(&journal->mutex);
		wait_for_work(&s);
		stop = journal->stop_sequencer;
		bool hurry = journal->hurry || stop; /* the last checkpoint is not put off */
		journal->hurry = journal->placing = false;
		(void)pthread_mutex_unlock(&journal->mutex);
		one_round(&s, hurry);
		s.rested_ms = now_ms() + (s.failed ? POLL_MS : REST_MS);
	}
	let_go(&s);
	return NULL;
}

int sequencer_wait(struct journal *journal, int64_t size, struct err *err)
{
	int64_t until = now_ms() + WAIT_MS;
	(void)pthread_mutex_lock(&journal->mutex);
	while (atomic_load(&journal->signed_size) < size && !journal->stop_sequencer && journal->keys != NULL &&
	       now_ms() < until) {
		journal->hurry = true;
		(void)pthread_cond_signal(&journal->sequence);
		int64_t step = now_ms() + POLL_MS;
		wait_until(&journal->checkpointed, &journal->mutex, step < until ? step : until);
	}
	(void)pthread_mutex_unlock(&journal->mutex);
	if (atomic_load(&journal->signed_size) >= size)
		return 0;
	return ERR(err, ERR_UNAVAILABLE, "尚未签发包含该条目的检查点，请稍后再试");
}
