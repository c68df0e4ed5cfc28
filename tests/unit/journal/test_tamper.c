/* Somebody with a hand on the database file changes, removes, adds and reorders; the full check finds it and says what.
 */
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "bed.h"

#define ENTRIES 300 /* more than one tile */

static const char *const keys[] = {"k1", "k2", "k3"};

static char filled[64]; /* the folder of the bed that every test gets a copy of */
static int64_t filled_at;

static int fill(void **state)
{
	(void)state;
	struct bed *bed = bed_new(NULL);
	struct blob_info blob;
	bed_close(bed);
	bed->options.checkpoint_ms = 60 * 1000; /* a slow machine makes no more of them than a fast one */
	bed_open(bed);
	assert_int_equal(blob_put(bed->blobs, "evidence", 8, &blob, &bed->err), 0);
	for (int i = 0; i < ENTRIES; i++) {
		struct entry out;
		struct entry_file file = {.name = "photo.jpg", .type = "image/jpeg", .blob = blob, .field = "photo"};
		struct entry_draft d = bed_draft(bed, keys[i % 3], -1, "text");
		atomic_fetch_add(&bed->now, INSTANT_SECOND);
		if (i == 100) {
			d.files = &file;
			d.nfiles = 1;
		}
		assert_int_equal(journal_append(bed->journal, &d, 1, bed->arena, &out, &bed->err), 0);
		if (i == 199) { /* a checkpoint in the middle, whatever the pace */
			bed_close(bed);
			bed_open(bed);
		}
	}
	(void)snprintf(filled, sizeof(filled), "%s", bed->dir);
	filled_at = atomic_load(&bed->now);
	bed_free(bed);
	return 0;
}

static int unfill(void **state)
{
	(void)state;
	char command[128];
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", filled);
	return system(command);
}

/* A copy of the filled bed, with its journal closed. */
static int open_filled(void **state)
{
	char dir[] = "/tmp/sanzhi-journal-XXXXXX", command[256];
	assert_non_null(mkdtemp(dir));
	(void)snprintf(command, sizeof(command), "cp -a '%s/.' '%s'", filled, dir);
	assert_int_equal(system(command), 0);
	struct bed *bed = bed_again(dir, NULL);
	bed_close(bed);
	bed->options.checkpoint_ms = 60 * 1000;
	atomic_store(&bed->now, filled_at);
	*state = bed;
	return 0;
}

static int close_bed(void **state)
{
	bed_remove(*state);
	return 0;
}

/* Drops the triggers that guard the journal and runs a statement that none of the program's would be. */
static void tamper(struct bed *bed, const char *sql)
{
	static const char *const tables[] = {"stream", "entry", "entry_file", "leaf", "node", "checkpoint"};
	sqlite3 *file;
	char *why = NULL;
	assert_int_equal(sqlite3_open(bed->path, &file), SQLITE_OK);
	(void)sqlite3_busy_timeout(file, 5000);
	for (size_t i = 0; i < 6; i++) {
		char *drop =
		    arena_printf(bed->arena, "drop trigger if exists %s_update; drop trigger if exists %s_delete",
				 tables[i], tables[i]);
		assert_int_equal(sqlite3_exec(file, drop, NULL, NULL, NULL), SQLITE_OK);
	}
	(void)sqlite3_exec(file, "pragma foreign_keys=off", NULL, NULL, NULL);
	if (sqlite3_exec(file, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	assert_true(sqlite3_total_changes(file) > 0);
	(void)sqlite3_close(file);
}

/* Whether the journal refuses to open because of what it sees at once. */
static bool refuses_to_open(struct bed *bed)
{
	err_clear(&bed->err);
	int status = journal_open(&bed->options, bed->arena, &bed->journal, &bed->err);
	if (status == 0)
		return false;
	assert_int_equal(status, -ERR_CORRUPT);
	bed->journal = NULL;
	return true;
}

/* The check, in whatever state the log is. */
static json_t *check(struct bed *bed, struct journal_check *out)
{
	if (bed->journal == NULL) {
		bed->options.inspect = true;
		bed_open(bed);
		bed->options.inspect = false;
		assert_int_equal(bed_append(bed, "k1", -1, "x", NULL), -ERR_UNAVAILABLE);
	}
	return bed_verify(bed, out);
}

static void show(const json_t *findings)
{
	size_t i;
	json_t *finding;
	json_array_foreach(findings, i, finding)
	    print_message("  found %s: %s\n", json_str(finding, "what"), json_str(finding, "text"));
}

struct tampering {
	const char *sql;
	const char *what, *member; /* the finding that must be there */
	int64_t value;
	size_t findings; /* at most so many */
};

static bool as_expected(struct bed *bed, const struct tampering *t)
{
	tamper(bed, t->sql);
	json_t *findings = check(bed, NULL);
	if (bed_has(findings, t->what, t->member, t->value) && json_array_size(findings) <= t->findings)
		return true;
	print_message("%s: expected %s, %s %lld\n", t->sql, t->what, t->member, (long long)t->value);
	show(findings);
	return false;
}

/* One test for each row: the fixture is made anew for each. Entry ids are 1 to 300, indexes 0 to 299; entry 100 is
 * number 34 of k1. */
static const struct tampering tamperings[] = {
    {"update entry set bytes = cast(replace(cast(bytes as text), '\"text\":\"text\"', '\"text\":\"lies\"') as blob) "
     "where id = 50",
     "entry-changed", "entry", 50, 1},
    {"update entry set bytes = x'00' where id = 50", "entry-changed", "entry", 50, 2},
    {"update entry set salt = zeroblob(16) where id = 51", "entry-changed", "entry", 51, 1},
    {"update entry set salt = zeroblob(3) where id = 51", "entry-changed", "entry", 51, 1},
    {"update entry set leaf = zeroblob(32) where id = 52", "entry-digest", "entry", 52, 2},
    {"update entry set kind = 'other' where id = 53", "entry-columns", "entry", 53, 1},
    {"update entry set at = at + 1 where id = 53", "entry-columns", "entry", 53, 1},
    {"update entry set by_user = 'u2' where id = 53", "entry-columns", "entry", 53, 1},
    {"update entry set agency = '' where id = 53", "entry-columns", "entry", 53, 1},
    {"update entry set recorded = recorded - 3600000000 where id = 54", "entry-order", "number", 18, 2},
    {"update stream set key = 'other' where key = 'k2'", "entry-stream", "entry", 2, 200},
    {"update entry set stream = 2, number = 101 where id = 300", "entry-stream", "entry", 300, 4},
    {"delete from entry where id = 60", "entry-missing", "entry", 60, 2},
    {"delete from entry where id = 298", "entry-missing", "number", 100, 2},
    {"delete from entry where id = 101", "entry-missing", "entry", 101, 3},
    {"insert into entry select 1000, 1, 101, kind, at, recorded, by_user, agency, bytes, salt, leaf from entry where "
     "id = 298",
     "entry-unlogged", "entry", 1000, 4},
    {"update stream set head = 99 where key = 'k1'", "stream-head", "number", 100, 1},
    {"update stream set head = 101 where key = 'k1'", "entry-missing", "number", 101, 1},
    {"update stream set recorded = recorded + 1 where key = 'k1'", "stream-head", "number", 100, 1},
    {"delete from stream where key = 'k1'", "stream-missing", "number", 100, 101},
    {"insert into stream values (77, 'case', 'ghost', 3, 0)", "entry-missing", "number", 1, 1},
    {"update leaf set hash = zeroblob(32) where idx = 70", "leaf-changed", "index", 70, 2},
    {"delete from leaf where idx = 70", "leaf-missing", "index", 70, 3},
    {"update leaf set entry = 1000 where idx = 70", "entry-missing", "entry", 1000, 2},
    {"insert into leaf values (-1, 5000, zeroblob(32))", "leaf-added", "index", -1, 1},
    {"update node set hash = zeroblob(32) where level = 8 and idx = 0", "node-changed", "index", 0, 1},
    {"insert into node values (8, 5, zeroblob(32))", "node-added", "index", 5, 1},
    {"insert into node values (7, 0, zeroblob(32))", "node-added", "level", 7, 1},
    {"update entry_file set name = 'other.jpg'", "entry-files", "entry", 101, 1},
    {"update entry_file set sha256 = zeroblob(32)", "entry-files", "entry", 101, 1},
    {"update entry_file set size = 9", "entry-files", "entry", 101, 1},
    {"delete from entry_file", "entry-files", "entry", 101, 1},
    {"insert into entry_file select entry, 1, name, type, sha256, sm3, size, field from entry_file", "entry-files",
     "entry", 101, 1},
    {"insert into entry_file select 99, 0, name, type, sha256, sm3, size, field from entry_file", "entry-files",
     "entry", 99, 1},
    {"update checkpoint set root = zeroblob(32) where size = 200", "checkpoint-changed", "size", 200, 2},
    {"update checkpoint set note = replace(note, '200', '201') where size = 200", "checkpoint-changed", "size", 200, 1},
    {"update checkpoint set note = substr(note, 1, instr(note, char(10) || char(10)) + 1) where size = 200",
     "checkpoint-changed", "size", 200, 1},
    {"insert into checkpoint select 150, root, note, at from checkpoint where size = 200", "checkpoint-changed", "size",
     150, 2},
    /* The last signature line cut off: the note still opens, but one of the two keys is missing. */
    {"update checkpoint set note = (select substr(note, 1, length(note) - length(line)) from (select substr(note, "
     "instr(note, char(10) || char(10)) + 2) as lines) as l, "
     "(select substr(substr(note, instr(note, char(10) || char(10)) + 2), instr(substr(note, instr(note, char(10) || "
     "char(10)) + 2), char(10)) + 1) as line)) where size = 200",
     "checkpoint-changed", "size", 200, 1},
};

static void test_each(void **state)
{
	(void)state;
	int wrong = 0;
	for (size_t i = 0; i < sizeof(tamperings) / sizeof(tamperings[0]); i++) {
		void *bed;
		assert_int_equal(open_filled(&bed), 0);
		wrong += !as_expected(bed, &tamperings[i]);
		assert_int_equal(close_bed(&bed), 0);
	}
	assert_int_equal(wrong, 0);
}

/* Whoever does it thoroughly (bytes, digest and leaf) is told by the checkpoints, down to the stretch between two of
 * them. */
static void test_thorough(void **state)
{
	struct bed *bed = *state;
	tamper(bed, "update entry set bytes = (select bytes from entry where id = 58), salt = (select salt from entry "
		    "where id = 58), "
		    "leaf = (select leaf from entry where id = 58) where id = 55; "
		    "update leaf set hash = (select hash from leaf where entry = 58) where entry = 55");
	json_t *findings = check(bed, NULL);
	assert_non_null(findings);
	assert_true(bed_has(findings, "log-changed", NULL, 0));
	assert_true(bed_has(findings, "node-changed", "index", 0));
	assert_true(bed_has(findings, "entry-number", "entry", 55));
}

/* Two entries change places in the log, with their leaves. */
static void test_reordered(void **state)
{
	struct bed *bed = *state;
	tamper(bed, "update leaf set idx = -5 where idx = 210; update leaf set idx = 210 where idx = 213; update leaf "
		    "set idx = 213 where idx = -5");
	json_t *findings = check(bed, NULL);
	assert_non_null(findings);
	assert_true(bed_has(findings, "leaf-order", "number", 72));
	assert_true(bed_has(findings, "log-changed", "index", 200));
	/* And of two streams, where only the log can tell. */
	assert_true(bed_has(findings, "log-changed", "until", 299));
}

/* The end of the log is cut off, heads set back and all: the newest checkpoint tells when the journal is opened. */
static void test_cut_off(void **state)
{
	struct bed *bed = *state;
	tamper(bed, "delete from leaf where idx >= 290; delete from entry where id > 290; "
		    "update stream set head = (select max(number) from entry where stream = stream.id), "
		    "recorded = (select max(recorded) from entry where stream = stream.id)");
	assert_true(refuses_to_open(bed));
	assert_non_null(strstr(bed->err.message, "短"));
	json_t *findings = check(bed, NULL);
	assert_true(bed_has(findings, "leaf-missing", "index", 290));
}

/* The same while the journal runs: the next check names the leaves, and nothing is signed over it. */
static void test_cut_off_running(void **state)
{
	struct bed *bed = *state;
	bed_open(bed);
	tamper(bed, "delete from leaf where idx >= 290; delete from entry where id > 290; "
		    "update stream set head = (select max(number) from entry where stream = stream.id), "
		    "recorded = (select max(recorded) from entry where stream = stream.id)");
	json_t *findings = bed_verify(bed, NULL);
	assert_true(bed_has(findings, "leaf-missing", "index", 290));
	assert_true(bed_has(findings, "leaf-missing", "until", 299));
	assert_int_equal(bed_append(bed, "k1", -1, "x", NULL), 0);
	bed_close(bed);
	assert_int_equal(journal_open(&bed->options, bed->arena, &bed->journal, &bed->err), -ERR_CORRUPT);
	bed->journal = NULL;
}

/* A leaf changed before the newest checkpoint, where the frontier passes over it. */
static void test_edge(void **state)
{
	struct bed *bed = *state;
	tamper(bed, "update leaf set hash = zeroblob(32) where idx = 299");
	assert_true(refuses_to_open(bed));
	assert_non_null(strstr(bed->err.message, "不符"));
	json_t *findings = check(bed, NULL);
	assert_true(bed_has(findings, "leaf-changed", "index", 299));
	assert_int_equal(json_array_size(findings), 2); /* as the leaf, and as the entry that does not agree with it */
}

/* Another key's signatures. */
static void test_foreign_keys(void **state)
{
	struct bed *bed = *state;
	char *dir = arena_printf(bed->arena, "%s/other", bed->dir);
	struct keyring *others;
	assert_int_equal(keyring_create(dir, "log.example/test", &bed->err), 0);
	assert_int_equal(keyring_load(dir, bed->arena, &others, &bed->err), 0);
	bed->options.keys = others;
	assert_true(refuses_to_open(bed));
	assert_true(bed_has(check(bed, NULL), "checkpoint-changed", "size", ENTRIES));
}

static void test_blobs(void **state)
{
	struct bed *bed = *state;
	struct journal_check found;
	json_t *findings = check(bed, &found);
	assert_int_equal(json_array_size(findings), 0);
	assert_int_equal(found.files, 1);
	char command[400];
	/* Wherever the store keeps it: the one file of these bytes. */
	(void)snprintf(command, sizeof(command),
		       "f=$(grep -rl '^evidence$' '%s/blobs') && chmod u+w \"$f\" && printf forged00 > \"$f\"",
		       bed->dir);
	assert_int_equal(system(command), 0);
	findings = check(bed, &found);
	assert_true(bed_has(findings, "file-changed", "entry", 101));
	assert_int_equal(json_array_size(findings), 1);
	(void)snprintf(command, sizeof(command), "rm \"$(grep -rl '^forged00$' '%s/blobs')\"", bed->dir);
	assert_int_equal(system(command), 0);
	findings = check(bed, &found);
	assert_true(bed_has(findings, "file-missing", "entry", 101));
	assert_int_equal(json_array_size(findings), 1);
}

/* Thousands of findings are counted, not kept. */
static void test_many(void **state)
{
	struct bed *bed = *state;
	tamper(bed, "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500) insert into node "
		    "select 9, i, zeroblob(32) from n");
	json_t *findings = check(bed, NULL);
	assert_int_equal(json_array_size(findings), 1001);
	assert_true(bed_has(findings, "more", NULL, 0));
}

/* The engine refuses what the program never asks for. */
static void test_triggers(void **state)
{
	struct bed *bed = *state;
	static const char *const refused[] = {
	    "update entry set kind = 'x' where id = 1",
	    "delete from entry where id = 1",
	    "update leaf set hash = zeroblob(32) where idx = 1",
	    "delete from leaf where idx = 1",
	    "update node set hash = zeroblob(32)",
	    "delete from node",
	    "update checkpoint set note = ''",
	    "delete from checkpoint",
	    "update entry_file set name = ''",
	    "delete from entry_file",
	    "delete from stream",
	    "update stream set head = head - 1",
	    "update stream set head = head",
	    "update stream set key = 'x', head = head + 1 where id = 1",
	    "update stream set recorded = 0, head = head + 1 where id = 1",
	};
	sqlite3 *file;
	assert_int_equal(sqlite3_open(bed->path, &file), SQLITE_OK);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (sqlite3_exec(file, refused[i], NULL, NULL, NULL) != SQLITE_CONSTRAINT)
			fail_msg("%s", refused[i]);
	(void)sqlite3_close(file);
	assert_int_equal(json_array_size(check(bed, NULL)), 0);
}

/* Run by hand to a stranger: docs/verify/verify_proof.py, which shares no line with the program. */
static int stranger(struct bed *bed, const char *proof, const char *verifiers)
{
	char command[500];
	char *path = arena_printf(bed->arena, "%s/proof.json", bed->dir),
	     *keys_path = arena_printf(bed->arena, "%s/verifiers", bed->dir);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	assert_true(fputs(proof, out) >= 0);
	assert_int_equal(fclose(out), 0);
	out = fopen(keys_path, "w");
	assert_non_null(out);
	assert_true(fputs(verifiers, out) >= 0);
	assert_int_equal(fclose(out), 0);
	(void)snprintf(command, sizeof(command), "python3 '%s' '%s' '%s' >'%s/out' 2>&1", VERIFY_SCRIPT, path,
		       keys_path, bed->dir);
	int status = system(command);
	return WEXITSTATUS(status);
}

static void test_stranger(void **state)
{
	struct bed *bed = *state;
	static const int64_t ids[] = {1, 101, 256, 257, 300};
	const char *verifiers = keyring_verifiers(bed->keys, bed->arena);
	bed_open(bed);
	for (size_t i = 0; i < 5; i++) {
		json_t *proof;
		assert_int_equal(journal_prove(bed->journal, ids[i], i % 2 == 0, bed->arena, &proof, &bed->err), 0);
		assert_int_equal(stranger(bed, json_text(bed->arena, proof, NULL), verifiers), 0);
		json_put_int(proof, "index", json_int(proof, "index", 0) ^ 1);
		assert_int_equal(stranger(bed, json_text(bed->arena, proof, NULL), verifiers), 1);
	}
	json_t *proof;
	assert_int_equal(journal_prove(bed->journal, 7, true, bed->arena, &proof, &bed->err), 0);
	char *good = json_text(bed->arena, proof, NULL);
	json_put_str(proof, "salt", "00000000000000000000000000000000");
	assert_int_equal(stranger(bed, json_text(bed->arena, proof, NULL), verifiers), 1);
	/* A checkpoint of another size than it was signed for. */
	char *changed = arena_strdup(bed->arena, good);
	char *at = strstr(changed, "\\n300\\n");
	assert_non_null(at);
	at[4] = '1';
	assert_int_equal(stranger(bed, changed, verifiers), 1);
	/* Another log's key. */
	struct keyring *others;
	char *dir = arena_printf(bed->arena, "%s/other", bed->dir);
	assert_int_equal(keyring_create(dir, "log.example/test", &bed->err), 0);
	assert_int_equal(keyring_load(dir, bed->arena, &others, &bed->err), 0);
	assert_int_equal(stranger(bed, good, keyring_verifiers(others, bed->arena)), 1);
	assert_int_equal(stranger(bed, "not JSON", verifiers), 2);
}

int main(void)
{
#define FILLED(name) cmocka_unit_test_setup_teardown(name, open_filled, close_bed)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each), FILLED(test_thorough),        FILLED(test_reordered),
	    FILLED(test_cut_off),        FILLED(test_cut_off_running), FILLED(test_edge),
	    FILLED(test_foreign_keys),   FILLED(test_blobs),           FILLED(test_many),
	    FILLED(test_triggers),       FILLED(test_stranger),
	};
	return cmocka_run_group_tests_name("tampering", tests, fill, unfill);
}
