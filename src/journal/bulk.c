/* A group's members written together: statements of many rows, since on PostgreSQL each statement is a journey to the
 * server and back. */
#include "base/text.h"
#include "journal/batch.h"

#define STREAMS 16 /* rows of stream_hold_16 and stream_grow_16 */
#define ENTRIES 6  /* rows of entry_add_6 */

/* An entry on its way, with where it comes from. */
struct item {
	struct member *member;
	size_t draft;
	struct stream_state *state;
	struct entry *entry;
};

struct bulk {
	struct batch *b;
	struct item *items;
	size_t count;
};

static struct stream_state *known_stream(struct batch *b, const char *type, const char *key)
{
	for (size_t i = 0; i < b->nstreams; i++)
		if (text_eq(b->streams[i].key, key) && text_eq(b->streams[i].type, type))
			return &b->streams[i];
	return NULL;
}

/* Asks for the streams from `first` on, sixteen at a time. */
static int hold_streams(struct batch *b, size_t first)
{
	struct db_value args[2 * STREAMS];
	struct db_result rows;
	for (size_t i = 0; i < STREAMS; i++) {
		const struct stream_state *state = &b->streams[first + i < b->nstreams ? first + i : b->nstreams - 1];
		args[2 * i] = DB_TEXT(state->type);
		args[2 * i + 1] = DB_TEXT(state->key);
	}
	int status = db_rows(b->conn, SQL_STREAM_HOLD_16, args, (size_t)2 * STREAMS, STREAMS, b->arena, &rows, &b->err);
	for (size_t i = 0; status == 0 && i < rows.rows; i++) {
		struct stream_state *state = known_stream(b, db_str(&rows, i, 1), db_str(&rows, i, 2));
		BUG_ON(state == NULL);
		state->id = db_int(&rows, i, 0);
		state->head = state->stored_head = db_int(&rows, i, 3);
		state->recorded = db_int(&rows, i, 4);
	}
	return status;
}

static int by_name(const void *a, const void *b)
{
	const struct stream_state *x = a, *y = b;
	int order = strcmp(x->type, y->type);
	return order != 0 ? order : strcmp(x->key, y->key);
}

/* Every stream that a member names, once, in one order for all processes. */
static int find_streams(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		for (size_t j = 0; j < b->members[i].append->n; j++) {
			const struct entry_draft *draft = &b->members[i].append->drafts[j];
			if (known_stream(b, draft->stream_type, draft->stream_key) != NULL)
				continue;
			BUG_ON(b->nstreams == b->streams_max);
			b->streams[b->nstreams++] = (struct stream_state){
			    .type = draft->stream_type, .key = draft->stream_key, .recorded = INSTANT_NONE};
		}
	qsort(b->streams, b->nstreams, sizeof(*b->streams), by_name);
	int status = 0;
	for (size_t first = 0; first < b->nstreams && status == 0; first += STREAMS)
		status = hold_streams(b, first);
	return status;
}

/* Judges a member; where it passes, its entries are on their way and its streams run ahead in memory. */
static int plan_member(struct bulk *bulk, struct member *m)
{
	struct batch *b = bulk->b;
	struct append *append = m->append;
	struct stream_state **states = ARENA_ARRAY(b->arena, append->n, struct stream_state *);
	m->entries = ARENA_ARRAY(b->arena, append->n, struct entry);
	err_clear(append->err);
	int status = batch_find(b, append, states, &b->err);
	if (status != 0)
		return status;
	append->status = batch_plan(b, m, states, append->err);
	m->written = append->status == 0;
	for (size_t i = 0; m->written && i < append->n; i++) {
		states[i]->head = m->entries[i].number;
		states[i]->recorded = m->entries[i].recorded;
		bulk->items[bulk->count++] =
		    (struct item){.member = m, .draft = i, .state = states[i], .entry = &m->entries[i]};
	}
	return 0;
}

static int grow_some(struct batch *b, struct stream_state *const *streams, size_t count)
{
	struct db_value args[4 * STREAMS];
	int64_t changed = 0;
	for (size_t i = 0; i < STREAMS; i++) {
		const struct stream_state *state = i < count ? streams[i] : NULL;
		args[4 * i] = DB_INT(state == NULL ? 0 : state->id);
		args[4 * i + 1] = DB_INT(state == NULL ? 0 : state->stored_head);
		args[4 * i + 2] = DB_INT(state == NULL ? 0 : state->head);
		args[4 * i + 3] = DB_INT(state == NULL ? 0 : state->recorded);
	}
	int status = db_run(b->conn, SQL_STREAM_GROW_16, args, (size_t)4 * STREAMS, &changed, &b->err);
	if (status == 0 && changed != (int64_t)count) {
		b->again = true;
		return ERR(&b->err, ERR_CONFLICT, "他人已先行记录，请重新提交");
	}
	return status;
}

static int grow_streams(struct batch *b)
{
	struct stream_state *grown[STREAMS];
	size_t count = 0;
	int status = 0;
	for (size_t i = 0; i < b->nstreams && status == 0; i++) {
		struct stream_state *state = &b->streams[i];
		if (state->head == state->stored_head)
			continue;
		if (state->id == 0) { /* comes with its first entry */
			status = batch_add_stream(b, state, state->recorded, &b->err);
			state->stored_head = 1;
		}
		if (status != 0 || state->head == state->stored_head)
			continue;
		grown[count++] = state;
		if (count == STREAMS) {
			status = grow_some(b, grown, count);
			count = 0;
		}
	}
	return status == 0 && count > 0 ? grow_some(b, grown, count) : status;
}

static int add_entries(struct batch *b, const struct item *items)
{
	struct db_value args[10 * ENTRIES], *at = args;
	struct db_result rows;
	for (size_t i = 0; i < ENTRIES; i++) {
		const struct entry *e = items[i].entry;
		*at++ = DB_INT(e->stream);
		*at++ = DB_INT(e->number);
		*at++ = DB_TEXT(e->kind);
		*at++ = DB_INT(e->at);
		*at++ = DB_INT(e->recorded);
		*at++ = DB_TEXT(e->by);
		*at++ = DB_TEXT(e->agency);
		*at++ = DB_BLOB(e->bytes, e->bytes_len);
		*at++ = DB_BLOB(e->salt, JOURNAL_SALT_LEN);
		*at++ = DB_BLOB(e->leaf.bytes, HASH_LEN);
	}
	int status = db_rows(b->conn, SQL_ENTRY_ADD_6, args, (size_t)10 * ENTRIES, ENTRIES, b->arena, &rows, &b->err);
	/* The ids must ascend with the entries, as the log's order within a stream does; engines give them in the order
	 * of the rows. */
	for (size_t i = 0; status == 0 && i < ENTRIES; i++) {
		struct entry *e = items[i].entry;
		for (size_t j = 0; j < rows.rows; j++)
			if (db_int(&rows, j, 1) == e->stream && db_int(&rows, j, 2) == e->number)
				e->id = db_int(&rows, j, 0);
		if (e->id == 0 || (i > 0 && e->id <= items[i - 1].entry->id))
			status = ERR(&b->err, ERR_INTERNAL, "数据库给出的编号次序不对");
	}
	return status;
}

static int write_entries(struct bulk *bulk)
{
	struct batch *b = bulk->b;
	int status = 0;
	for (size_t i = 0; i < bulk->count && status == 0; i++) {
		const struct item *item = &bulk->items[i];
		const struct append *append = item->member->append;
		status = batch_fill(b, item->state, &append->drafts[item->draft], &append->prepared[item->draft],
				    item->entry, &b->err);
	}
	size_t done = 0;
	for (; done + ENTRIES <= bulk->count && status == 0; done += ENTRIES)
		status = add_entries(b, &bulk->items[done]);
	for (; done < bulk->count && status == 0; done++)
		status = batch_add_entry(b, bulk->items[done].entry, &b->err);
	return status;
}

/* A failure of the projector is the member's own. */
static int project(struct bulk *bulk, bool *redo)
{
	struct batch *b = bulk->b;
	const struct projector *projector = &b->journal->projector;
	for (size_t i = 0; i < bulk->count && projector->apply != NULL; i++) {
		const struct item *item = &bulk->items[i];
		struct append *append = item->member->append;
		append->status = projector->apply(projector->context, b->conn, item->entry,
						  append->drafts[item->draft].hint, b->arena, append->err);
		if (append->status == 0)
			continue;
		if (batch_fatal(append->status)) {
			if (append->err->detail != NULL)
				err_detail(&b->err, "%s", append->err->detail);
			return ERR(&b->err, (enum err_code) - append->status, "%s", append->err->message);
		}
		*redo = true;
		return 0;
	}
	return 0;
}

/* Rows that nothing is read back from, files' and the projector's: sent without waiting for each. */
static int write_rest(struct bulk *bulk, bool *redo)
{
	struct batch *b = bulk->b;
	int status = 0;
	db_defer(b->conn);
	for (size_t i = 0; i < bulk->count && status == 0; i++)
		status = batch_add_files(b, bulk->items[i].entry, &b->err);
	if (status == 0)
		status = project(bulk, redo);
	return status == 0 && !*redo ? db_settle(b->conn, &b->err) : status;
}

int bulk_write(struct batch *b, bool *redo)
{
	struct bulk bulk = {.b = b, .items = ARENA_ARRAY(b->arena, b->streams_max, struct item)};
	int status = find_streams(b);
	for (size_t i = 0; i < b->n && status == 0; i++)
		status = plan_member(&bulk, &b->members[i]);
	if (status == 0)
		status = grow_streams(b);
	if (status == 0)
		status = write_entries(&bulk);
	if (status == 0)
		status = write_rest(&bulk, redo);
	if (status == 0 || batch_fatal(status) || (b->n == 1 && !b->again))
		return status;
	/* Whose it was is found one by one. Alone, and overtaken by another process, it is tried once more as it is. */
	if (b->n == 1)
		b->members[0].append->status =
		    ERR(b->members[0].append->err, (enum err_code) - status, "%s", b->err.message);
	err_clear(&b->err);
	*redo = true;
	return 0;
}
