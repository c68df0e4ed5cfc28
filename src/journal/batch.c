/*
 * One group of appends in one transaction. First all members are tried without savepoints, which are dear; only where
 * one of them fails is the transaction undone and tried again with a savepoint for each, so that the failure falls on
 * its cause alone. The first try takes streams in one order for all processes; the second cannot, and so runs while no
 * other process writes.
 */
#include "journal/batch.h"
#include "base/text.h"

#define ATTEMPTS 4

static int state_of(struct batch *b, const char *type, const char *key, struct stream_state **out, struct err *err)
{
	for (size_t i = 0; i < b->nstreams; i++) {
		*out = &b->streams[i];
		if (text_eq((*out)->key, key) && text_eq((*out)->type, type))
			return 0;
	}
	struct db_result rows;
	int status = DB_ROWS(b->conn, SQL_STREAM_HOLD, 1, b->arena, &rows, err, DB_TEXT(type), DB_TEXT(key));
	if (status != 0)
		return status;
	BUG_ON(b->nstreams == b->streams_max);
	struct stream_state *state = &b->streams[b->nstreams++];
	*state = (struct stream_state){.type = type, .key = key, .recorded = INSTANT_NONE};
	if (rows.rows > 0) {
		state->id = db_int(&rows, 0, 0);
		state->head = db_int(&rows, 0, 1);
		state->recorded = db_int(&rows, 0, 2);
	}
	*out = state;
	return 0;
}

static int refuse_moved(const struct entry_draft *draft, int64_t head, struct err *err)
{
	if (draft->expect == 0)
		return ERR(err, ERR_CONFLICT, "%s:%s 已经存在", draft->stream_type, draft->stream_key);
	if (head == 0)
		return ERR(err, ERR_CONFLICT, "%s:%s 不存在", draft->stream_type, draft->stream_key);
	return ERR(err, ERR_CONFLICT, "他人已先行记录：所见为第 %lld 条，现已到第 %lld 条；请核对后重新提交",
		   (long long)draft->expect, (long long)head);
}

static int refuse_future(const struct entry_draft *draft, instant_t now, struct err *err)
{
	long long seconds = (long long)((draft->at - now) / INSTANT_SECOND);
	/* A wrong year is not told in minutes. */
	const char *later = seconds >= 2 * 86400 ? arena_printf(err->arena, "%lld 天", seconds / 86400) : seconds >= 2 * 3600 ? arena_printf(err->arena, "%lld 小时", seconds / 3600)
	                                         : arena_printf(err->arena, "%lld 分 %lld 秒", seconds / 60, seconds % 60);
	struct diag *diag = err_diag(err, "at", "发生时间晚于现在 %s", later);
	diag->why = "不得晚于现在五分钟以上";
	diag->mend = "核对所填时间和本机时钟";
	return ERR(err, ERR_INVALID, "发生时间晚于现在 %s", later);
}

int batch_find(struct batch *b, const struct append *append, struct stream_state **states, struct err *err)
{
	for (size_t i = 0; i < append->n; i++) {
		const struct entry_draft *draft = &append->drafts[i];
		int status = state_of(b, draft->stream_type, draft->stream_key, &states[i], err);
		if (status != 0)
			return status;
	}
	return 0;
}

/* Judges a member's drafts against the streams before anything is written, and gives each entry its number and moment.
 */
int batch_plan(struct batch *b, struct member *m, struct stream_state **states, struct err *err)
{
	const struct append *append = m->append;
	for (size_t i = 0; i < append->n; i++) {
		const struct entry_draft *draft = &append->drafts[i];
		const struct stream_state *state = states[i];
		int64_t head = state->head;
		for (size_t j = 0; j < i; j++)
			head += states[j] == state;
		if (draft->expect != -1 && draft->expect != state->head && draft->expect != head)
			return refuse_moved(draft, state->head, err);
		instant_t recorded = b->now > state->recorded ? b->now : state->recorded;
		if (draft->at > recorded + JOURNAL_FUTURE_MAX)
			return refuse_future(draft, recorded, err);
		m->entries[i].number = head + 1;
		m->entries[i].recorded = recorded;
	}
	return 0;
}

int batch_add_stream(struct batch *b, struct stream_state *state, instant_t recorded, struct err *err)
{
	struct db_result rows;
	int status = DB_ROWS(b->conn, SQL_STREAM_ADD, 1, b->arena, &rows, err, DB_TEXT(state->type),
			     DB_TEXT(state->key), DB_INT(recorded));
	if (status == 0 && rows.rows == 0) {
		/* Another process made it since we looked. */
		b->again = true;
		return ERR(err, ERR_CONFLICT, "他人已先行建立，请重新提交");
	}
	if (status == 0)
		state->id = db_int(&rows, 0, 0);
	return status;
}

static int write_stream(struct batch *b, struct stream_state *state, instant_t recorded, struct err *err)
{
	int64_t changed = 0;
	if (state->id == 0)
		return batch_add_stream(b, state, recorded, err);
	int status = DB_RUN(b->conn, SQL_STREAM_GROW, &changed, err, DB_INT(state->id), DB_INT(state->head),
			    DB_INT(state->head + 1), DB_INT(recorded));
	if (status == 0 && changed != 1) {
		b->again = true;
		return ERR(err, ERR_CONFLICT, "他人已先行记录，请重新提交");
	}
	return status;
}

int batch_add_files(struct batch *b, const struct entry *entry, struct err *err)
{
	for (size_t i = 0; i < entry->nfiles; i++) {
		const struct entry_file *file = &entry->files[i];
		int status =
		    DB_RUN(b->conn, SQL_ENTRY_FILE_ADD, NULL, err, DB_INT(entry->id), DB_INT((int64_t)i),
			   DB_TEXT(file->name), DB_TEXT(file->type), DB_BLOB(file->blob.sha256.bytes, HASH_LEN),
			   DB_BLOB(file->blob.sm3.bytes, HASH_LEN), DB_INT(file->blob.size), DB_TEXT(file->field));
		if (status != 0)
			return status;
	}
	return 0;
}

int batch_fill(struct batch *b, const struct stream_state *state, const struct entry_draft *draft,
	       const struct prepared *prepared, struct entry *entry, struct err *err)
{
	uint8_t *bytes;
	int status = entry_bytes(prepared, entry->number, entry->recorded, b->arena, &bytes, &entry->bytes_len, err);
	if (status != 0)
		return status;
	entry->bytes = bytes;
	entry->stream = state->id;
	entry->stream_type = draft->stream_type;
	entry->stream_key = draft->stream_key;
	entry->kind = draft->kind;
	entry->at = draft->at;
	entry->by = draft->by;
	entry->agency = draft->agency == NULL ? "" : draft->agency;
	entry->body = draft->body == NULL ? json_tie(b->arena, json_object()) : draft->body;
	entry->files = draft->files;
	entry->nfiles = draft->nfiles;
	entry->index = -1;
	memcpy(entry->salt, prepared->salt, JOURNAL_SALT_LEN);
	entry->leaf = entry_leaf(entry->salt, entry->bytes, entry->bytes_len);
	return 0;
}

int batch_add_entry(struct batch *b, struct entry *entry, struct err *err)
{
	struct db_result rows;
	int status = DB_ROWS(b->conn, SQL_ENTRY_ADD, 1, b->arena, &rows, err, DB_INT(entry->stream),
			     DB_INT(entry->number), DB_TEXT(entry->kind), DB_INT(entry->at), DB_INT(entry->recorded),
			     DB_TEXT(entry->by), DB_TEXT(entry->agency), DB_BLOB(entry->bytes, entry->bytes_len),
			     DB_BLOB(entry->salt, JOURNAL_SALT_LEN), DB_BLOB(entry->leaf.bytes, HASH_LEN));
	if (status == 0)
		entry->id = db_int(&rows, 0, 0);
	return status;
}

static int write_entry(struct batch *b, struct stream_state *state, const struct entry_draft *draft,
		       const struct prepared *prepared, struct entry *entry, struct err *err)
{
	const struct projector *projector = &b->journal->projector;
	int status = write_stream(b, state, entry->recorded, err);
	if (status == 0)
		status = batch_fill(b, state, draft, prepared, entry, err);
	state->head = entry->number;
	state->recorded = entry->recorded;
	if (status == 0)
		status = batch_add_entry(b, entry, err);
	if (status == 0)
		status = batch_add_files(b, entry, err);
	if (status == 0 && projector->apply != NULL)
		status = projector->apply(projector->context, b->conn, entry, draft->hint, b->arena, err);
	return status;
}

static int write_member(struct batch *b, struct member *m, struct err *err)
{
	struct append *append = m->append;
	struct stream_state **states = ARENA_ARRAY(b->arena, append->n, struct stream_state *);
	m->entries = ARENA_ARRAY(b->arena, append->n, struct entry);
	int status = batch_find(b, append, states, err);
	if (status == 0)
		status = batch_plan(b, m, states, err);
	for (size_t i = 0; status == 0 && i < append->n; i++)
		status = write_entry(b, states[i], &append->drafts[i], &append->prepared[i], &m->entries[i], err);
	return status;
}

/* One member within a savepoint: its failure is its own, unless it is one that no savepoint mends. */
static int run_member(struct batch *b, struct member *m)
{
	struct append *append = m->append;
	size_t nbefore = b->nstreams;
	struct stream_state *before = arena_memdup(b->arena, b->streams, b->streams_max * sizeof(*before));
	int status = db_savepoint(b->conn, &b->err);
	if (status != 0)
		return status;
	err_clear(append->err);
	append->status = write_member(b, m, append->err);
	if (append->status == 0) {
		m->written = true;
		return db_savepoint_release(b->conn, &b->err);
	}
	if (batch_fatal(append->status)) {
		if (append->err->detail != NULL)
			err_detail(&b->err, "%s", append->err->detail);
		return ERR(&b->err, (enum err_code) - append->status, "%s", append->err->message);
	}
	memcpy(b->streams, before, b->streams_max * sizeof(*before));
	b->nstreams = nbefore;
	return db_savepoint_rollback(b->conn, &b->err);
}

static int run_members(struct batch *b)
{
	int status = 0;
	for (size_t i = 0; i < b->n && status == 0; i++)
		status = run_member(b, &b->members[i]);
	return status;
}

/* Which entries were written, for the reading back. */
struct reread {
	struct batch *b;
	size_t member, entry; /* the next expected */
};

static const struct entry *next_written(struct reread *r)
{
	for (; r->member < r->b->n; r->member++, r->entry = 0)
		if (r->b->members[r->member].written && r->entry < r->b->members[r->member].append->n)
			return &r->b->members[r->member].entries[r->entry];
	return NULL;
}

static int reread_row(void *context, const struct db_value *row, struct err *err)
{
	struct reread *r = context;
	const struct entry *want = next_written(r);
	if (want == NULL || row[0].num != want->id)
		return 0; /* of another process */
	struct digest leaf;
	bool good = row[1].size == want->bytes_len && memcmp(row[1].data, want->bytes, want->bytes_len) == 0 &&
		    row[2].size == JOURNAL_SALT_LEN && row[3].size == HASH_LEN &&
		    memcmp(row[3].data, want->leaf.bytes, HASH_LEN) == 0;
	if (good) {
		leaf = entry_leaf(row[2].data, row[1].data, row[1].size);
		good = digest_differs(&leaf, &want->leaf) == 0;
	}
	if (!good)
		return ERR(err, ERR_CORRUPT, "写入后重读的第 %lld 号条目与所写不符，未存入", (long long)want->id);
	r->entry++;
	return 0;
}

/* Reads back what was written and hashes it again, before anybody is told that it is kept. */
static int reread(struct batch *b)
{
	int64_t low = INT64_MAX, high = 0;
	for (size_t i = 0; i < b->n; i++)
		for (size_t j = 0; b->members[i].written && j < b->members[i].append->n; j++) {
			int64_t id = b->members[i].entries[j].id;
			low = id < low ? id : low;
			high = id > high ? id : high;
		}
	struct reread r = {.b = b};
	const struct db_value args[] = {DB_INT(low), DB_INT(high)};
	int status = db_each(b->conn, SQL_ENTRY_REREAD, args, 2, reread_row, &r, &b->err);
	if (status == 0 && next_written(&r) != NULL)
		return ERR(&b->err, ERR_CORRUPT, "写入后重读不到第 %lld 号条目，未存入",
			   (long long)next_written(&r)->id);
	return status;
}

/* SQLite: the leaves get their places in the same transaction. */
static int place(struct batch *b)
{
	int64_t size;
	struct placing placing = {.conn = b->conn, .frontier = &b->frontier};
	int status = log_size(b->conn, b->arena, &size, &b->err);
	if (status != 0)
		return status;
	b->frontier = b->journal->frontier;
	if (size != b->frontier.size) /* another process of this site, such as a command, wrote meanwhile */
		status = log_load(b->conn, b->arena, &b->frontier, &b->err);
	for (size_t i = 0; i < b->n && status == 0; i++)
		for (size_t j = 0; b->members[i].written && j < b->members[i].append->n && status == 0; j++) {
			struct entry *entry = &b->members[i].entries[j];
			entry->index = b->frontier.size;
			status = log_place(&placing, entry->id, &entry->leaf, &b->err);
		}
	return status != 0 ? status : log_place_rest(&placing, &b->err);
}

static bool any_written(const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->members[i].written)
			return true;
	return false;
}

/* On PostgreSQL: beside the groups of other processes, or alone. The first lock of a transaction, which waits for it while it holds nothing. */
static int take_turn(struct batch *b, bool alone)
{
	if (db_engine(b->journal->db) == DB_SQLITE)
		return 0;
	struct db_result rows;
	return db_rows(b->conn, alone ? SQL_WRITE_ALONE : SQL_WRITE_BESIDE, NULL, 0, 1, b->arena, &rows, &b->err);
}

/* A commit that nobody answered may have happened: then it is not said that nothing was kept. */
static int commit(struct batch *b)
{
	int status = db_commit(b->conn, &b->err);
	if (status == -ERR_UNAVAILABLE)
		return ERR(&b->err, ERR_UNAVAILABLE, "数据库没有回应，不能确定是否已经存入；请稍后刷新核对，没有存入的再提交");
	return status;
}

static int attempt(struct batch *b, bool savepoints, bool *redo)
{
	*redo = b->again = false;
	b->nstreams = 0;
	for (size_t i = 0; i < b->n; i++)
		b->members[i].written = false;
	int status = db_begin(b->conn, &b->err);
	if (status == 0)
		status = take_turn(b, savepoints);
	if (status != 0)
		return status;
	b->now = clock_now(&b->journal->clock);
	status = savepoints ? run_members(b) : bulk_write(b, redo);
	if (status != 0 || *redo)
		return status;
	if (!any_written(b))
		return 0;
	bool sqlite = db_engine(b->journal->db) == DB_SQLITE;
	status = reread(b);
	if (status == 0 && sqlite)
		status = place(b);
	if (status == 0)
		status = commit(b);
	if (status == 0 && sqlite) {
		b->journal->frontier = b->frontier;
		atomic_store(&b->journal->size, b->frontier.size);
	}
	return status;
}

/* Tries until the group is through: without savepoints, with them, and again where another process was in between. */
static int attempts(struct batch *b)
{
	int status = 0;
	bool savepoints = false;
	for (int i = 0; i < ATTEMPTS; i++) {
		bool redo;
		status = attempt(b, savepoints, &redo);
		db_rollback(b->conn); /* nothing where it was committed */
		if (status != 0 || !(redo || (b->again && i + 1 < ATTEMPTS)))
			return status;
		if (b->n == 1 && !b->again)
			return 0; /* alone, and failed: its status says why */
		savepoints = b->n > 1;
		if (b->again && any_written(b) && !redo)
			return 0; /* committed but for those that lost */
	}
	return status;
}

/* Texts and body as the caller gave them, in the caller's arena. */
static void hand_out(const struct entry *from, struct arena *arena, struct entry *to)
{
	*to = *from;
	to->stream_type = arena_strdup(arena, from->stream_type);
	to->stream_key = arena_strdup(arena, from->stream_key);
	to->kind = arena_strdup(arena, from->kind);
	to->by = arena_strdup(arena, from->by);
	to->agency = arena_strdup(arena, from->agency);
	to->body = json_tie(arena, json_incref((json_t *)(uintptr_t)from->body));
	to->bytes = arena_memdup(arena, from->bytes, from->bytes_len);
	struct entry_file *files = ARENA_ARRAY(arena, from->nfiles, struct entry_file);
	for (size_t i = 0; i < from->nfiles; i++) {
		files[i] = from->files[i];
		files[i].name = arena_strdup(arena, files[i].name);
		files[i].type = arena_strdup(arena, files[i].type);
		files[i].field = arena_strdup(arena, files[i].field);
	}
	to->files = files;
}

void batch_run(struct journal *journal, struct append *first, size_t n, struct arena *scratch)
{
	struct batch b = {
	    .journal = journal, .arena = scratch, .n = n, .members = ARENA_ARRAY(scratch, n, struct member)};
	err_init(&b.err, scratch);
	size_t i = 0;
	for (struct append *a = first; a != NULL; a = a->next) {
		b.members[i++].append = a;
		b.streams_max += a->n;
	}
	b.streams = ARENA_ARRAY(scratch, b.streams_max, struct stream_state);
	int status = db_acquire(journal->db, DB_WRITE, &b.conn, &b.err);
	if (status == 0) {
		status = attempts(&b);
		db_release(b.conn);
	}
	if (status != 0 && journal->log != NULL)
		log_err(journal->log, "journal.append", NULL, &b.err);
	for (i = 0; i < n; i++) {
		struct append *a = b.members[i].append;
		if (status != 0) {
			err_clear(a->err);
			if (b.err.detail != NULL)
				err_detail(a->err, "%s", b.err.detail);
			a->status = ERR(a->err, b.err.code, "%s", b.err.message);
		}
		for (size_t j = 0; a->status == 0 && j < a->n; j++)
			hand_out(&b.members[i].entries[j], a->arena, &a->out[j]);
	}
}
