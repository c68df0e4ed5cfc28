/*
 * The bare loop that appends over HTTP are held against: the rows that a run of appends left in the site's database are inserted
 * once more into a copy of the database as it was before, into the same tables and indexes under the same triggers, with the program's pragmas, so
 * many entries in a transaction.
 *
 *   rows BEFORE.db AFTER.db GROUP
 *
 * BEFORE.db is written to. Of a stream's state and row only the last stand in AFTER.db; they stand in for those of each entry, which are
 * as large or a little smaller. The words of the search come back from the index itself (fts5vocab). Prints one line of JSON: rows (entries), seconds,
 * rate, and of the run that is held against: groups (moments at which entries were taken in) and entries in each.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CELLS_MAX 32

struct row {
	sqlite3_value *cells[CELLS_MAX];
	int count;
};

struct rows {
	struct row *items;
	size_t count, cap;
};

struct words {
	sqlite3_int64 piece;
	char *text;
	size_t len, cap;
};

static _Noreturn void die(sqlite3 *db, const char *what)
{
	(void)fprintf(stderr, "rows: %s: %s\n", what, db == NULL ? "memory" : sqlite3_errmsg(db));
	exit(2);
}

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(db, sql);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		die(db, sql);
	return stmt;
}

static void *larger(void *items, size_t *cap, size_t size)
{
	*cap = *cap == 0 ? 1024 : *cap * 2;
	void *out = realloc(items, *cap * size);
	if (out == NULL)
		die(NULL, "realloc");
	return out;
}

/* All rows of a query whose only parameter is `after`. */
static struct rows read_rows(sqlite3 *db, const char *sql, sqlite3_int64 after)
{
	struct rows out = {0};
	sqlite3_stmt *stmt = prepare(db, sql);
	(void)sqlite3_bind_int64(stmt, 1, after);
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (out.count == out.cap)
			out.items = larger(out.items, &out.cap, sizeof(*out.items));
		struct row *row = &out.items[out.count++];
		row->count = sqlite3_column_count(stmt);
		for (int i = 0; i < row->count; i++)
			row->cells[i] = sqlite3_value_dup(sqlite3_column_value(stmt, i));
	}
	if (rc != SQLITE_DONE)
		die(db, sql);
	(void)sqlite3_finalize(stmt);
	return out;
}

/* --- the words of each piece, in their order -------------------------------------------------------------------------- */

struct place {
	sqlite3_int64 piece, offset;
	char *term;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	if (x->piece != y->piece)
		return x->piece < y->piece ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void add_word(struct words *words, const char *term)
{
	size_t len = strlen(term);
	while (words->len + len + 2 > words->cap)
		words->text = larger(words->text, &words->cap, 1);
	memcpy(words->text + words->len, term, len);
	words->len += len;
	words->text[words->len++] = ' ';
	words->text[words->len] = '\0';
}

static struct words *read_words(sqlite3 *db, sqlite3_int64 after_entry, size_t *count_out)
{
	struct place *places = NULL;
	size_t count = 0, cap = 0, n = 0, out_cap = 0;
	struct words *out = NULL;
	run(db, "create virtual table temp.v using fts5vocab('main', 'case_search', 'instance')");
	sqlite3_stmt *stmt = prepare(db, "select doc, offset, term from v where doc in (select stream * 1024 + number from entry where id > ?1)");
	(void)sqlite3_bind_int64(stmt, 1, after_entry);
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (count == cap)
			places = larger(places, &cap, sizeof(*places));
		places[count++] = (struct place){sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1), strdup((const char *)sqlite3_column_text(stmt, 2))};
	}
	if (rc != SQLITE_DONE)
		die(db, "fts5vocab");
	(void)sqlite3_finalize(stmt);
	if (count > 0)
		qsort(places, count, sizeof(*places), by_place);
	for (size_t i = 0; i < count; i++) {
		if (n == 0 || out[n - 1].piece != places[i].piece) {
			if (n == out_cap)
				out = larger(out, &out_cap, sizeof(*out));
			out[n++] = (struct words){.piece = places[i].piece};
		}
		add_word(&out[n - 1], places[i].term);
		free(places[i].term);
	}
	free(places);
	*count_out = n;
	return out;
}

static int by_piece(const void *a, const void *b)
{
	const struct words *x = a, *y = b;
	return x->piece < y->piece ? -1 : x->piece > y->piece;
}

static int by_stream(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	sqlite3_int64 one = sqlite3_value_int64(x->cells[0]), other = sqlite3_value_int64(y->cells[0]);
	return one < other ? -1 : one > other;
}

/* --- the loop ---------------------------------------------------------------------------------------------------------- */

static void insert(sqlite3 *db, sqlite3_stmt *stmt, const struct row *row)
{
	for (int i = 0; i < row->count; i++)
		(void)sqlite3_bind_value(stmt, i + 1, row->cells[i]);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		die(db, sqlite3_sql(stmt));
	(void)sqlite3_reset(stmt);
}

static void insert_words(sqlite3 *db, sqlite3_stmt *stmt, const struct words *words)
{
	(void)sqlite3_bind_int64(stmt, 1, words->piece);
	(void)sqlite3_bind_text(stmt, 2, words->text, (int)words->len, SQLITE_STATIC);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		die(db, "case_search");
	(void)sqlite3_reset(stmt);
}

static const struct row *row_of(const struct rows *rows, sqlite3_value *stream)
{
	struct row key = {.cells = {stream}};
	return bsearch(&key, rows->items, rows->count, sizeof(key), by_stream);
}

struct source {
	struct rows entries, leaves, states, cases;
	struct words *words;
	size_t nwords;
};

static double loop(sqlite3 *db, const struct source *source, size_t group)
{
	sqlite3_stmt *grow = prepare(db, "update stream set head = max(head + 1, ?3), recorded = ?6 where id = ?2");
	sqlite3_stmt *entry = prepare(db, "insert into entry (id, stream, number, kind, at, recorded, by_user, agency, bytes, salt, leaf) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
	sqlite3_stmt *leaf = prepare(db, "insert into leaf (idx, entry, hash) values (?1, ?2, ?3)");
	sqlite3_stmt *state = prepare(db, "insert into stream_state values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (stream) do update set head = excluded.head, agency = excluded.agency, state = excluded.state");
	sqlite3_stmt *the_case = prepare(db, "insert into case_file values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)"
					     " on conflict (id) do update set title = excluded.title, status = excluded.status, stage = excluded.stage, updated = excluded.updated, next_due = excluded.next_due, entries = excluded.entries, waiting = excluded.waiting");
	sqlite3_stmt *search = prepare(db, "insert into case_search (rowid, tokens) values (?1, ?2)");
	struct timespec from, to;
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	for (size_t i = 0; i < source->entries.count; i++) {
		const struct row *row = &source->entries.items[i];
		sqlite3_value *stream = row->cells[1];
		const struct row *now = row_of(&source->states, stream), *file = row_of(&source->cases, stream);
		struct words key = {.piece = sqlite3_value_int64(stream) * 1024 + sqlite3_value_int64(row->cells[2])};
		const struct words *words = bsearch(&key, source->words, source->nwords, sizeof(key), by_piece);
		if (i % group == 0)
			run(db, "begin immediate");
		(void)sqlite3_bind_value(grow, 2, stream);
		(void)sqlite3_bind_value(grow, 3, row->cells[2]);
		(void)sqlite3_bind_value(grow, 6, row->cells[5]);
		if (sqlite3_step(grow) != SQLITE_DONE)
			die(db, "stream");
		(void)sqlite3_reset(grow);
		insert(db, entry, row);
		insert(db, leaf, &source->leaves.items[i]);
		if (now != NULL)
			insert(db, state, now);
		if (file != NULL)
			insert(db, the_case, file);
		if (words != NULL)
			insert_words(db, search, words);
		if (i % group == group - 1 || i == source->entries.count - 1)
			run(db, "commit");
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	sqlite3_stmt *const all[] = {grow, entry, leaf, state, the_case, search};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		(void)sqlite3_finalize(all[i]);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static size_t groups_of(const struct rows *entries)
{
	size_t groups = 0;
	for (size_t i = 0; i < entries->count; i++)
		groups += i == 0 || sqlite3_value_int64(entries->items[i].cells[5]) != sqlite3_value_int64(entries->items[i - 1].cells[5]);
	return groups;
}

static sqlite3 *open_db(const char *path, int flags)
{
	sqlite3 *db;
	if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK)
		die(db, path);
	return db;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		(void)fprintf(stderr, "usage: rows BEFORE.db AFTER.db GROUP (0: as many as the run had on average)\n");
		return 2;
	}
	sqlite3 *before = open_db(argv[1], SQLITE_OPEN_READWRITE), *after = open_db(argv[2], SQLITE_OPEN_READWRITE);
	sqlite3_stmt *last = prepare(before, "select coalesce(max(id), 0) from entry");
	sqlite3_int64 from = sqlite3_step(last) == SQLITE_ROW ? sqlite3_column_int64(last, 0) : 0;
	(void)sqlite3_finalize(last);
	struct source source = {
	    .entries = read_rows(after, "select id, stream, number, kind, at, recorded, by_user, agency, bytes, salt, leaf from entry where id > ?1 order by id", from),
	    .leaves = read_rows(after, "select idx, entry, hash from leaf where entry > ?1 order by entry", from),
	    .states = read_rows(after, "select stream, type, key, head, agency, state from stream_state where stream in (select stream from entry where id > ?1) order by stream", from),
	    .cases = read_rows(after, "select * from case_file where id in (select stream from entry where id > ?1) order by id", from),
	};
	source.words = read_words(after, from, &source.nwords);
	if (source.entries.count == 0 || source.leaves.count != source.entries.count)
		die(after, "no entries, or not all in the log");
	size_t groups = groups_of(&source.entries), group = (size_t)strtoul(argv[3], NULL, 10);
	if (group == 0)
		group = (source.entries.count + groups - 1) / groups;
	/* As src/store/sqlite.c sets its writer up. */
	run(before, "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma cache_size = -65536; pragma wal_autocheckpoint = 4000; pragma temp_store = memory");
	double seconds = loop(before, &source, group);
	(void)printf("{\"rows\":%zu,\"seconds\":%.3f,\"rate\":%.1f,\"groups\":%zu,\"group\":%zu,\"words\":%zu}\n", source.entries.count, seconds, (double)source.entries.count / seconds, groups, group, source.nwords);
	if (sqlite3_close(before) != SQLITE_OK || sqlite3_close(after) != SQLITE_OK)
		return 2;
	return 0;
}
