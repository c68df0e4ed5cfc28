/* A site taken away and brought back; entries handed out; registers taken in from tables. */
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/text.h"
#include "bed.h"
#include "work/transfer.h"

static struct bed bed;
static const char *backup;

static int set_up(void **state UNUSED)
{
	json_t *summary;
	bed_demo(&bed, 6, 5);
	backup = arena_printf(bed.arena, "%s/backup.tar", bed.root);
	struct site *site = bed_open(&bed);
	if (transfer_backup(site, backup, bed.arena, &summary, &bed.err) != 0)
		fail_msg("%s", bed.err.message);
	assert_int_equal(json_int(summary, "size", 0), journal_size(site->journal));
	site_close(site);
	return 0;
}

static int tear_down(void **state UNUSED)
{
	bed_drop(&bed);
	return 0;
}

static struct site_options at(const char *name)
{
	struct site_options options = bed.options;
	options.dir = arena_printf(bed.arena, "%s/%s", bed.root, name);
	return options;
}

static void a_restored_site_is_the_same(void **state UNUSED)
{
	struct site_options options = at("restored");
	json_t *summary;
	if (transfer_restore(&options, backup, bed.arena, &summary, &bed.err) != 0)
		fail_msg("%s", bed.err.message);
	assert_int_equal(json_array_size(json_object_get(summary, "findings")), 0);
	assert_string_equal(bed_journal(&bed, options.dir, true), bed_journal(&bed, bed.options.dir, true));
	assert_string_equal(bed_projections(&bed, options.dir), bed_projections(&bed, bed.options.dir));
}

static void a_restored_site_goes_on(void **state UNUSED)
{
	struct site_options options = at("goes-on");
	json_t *summary;
	struct site *site;
	const char *password;
	assert_int_equal(transfer_restore(&options, backup, bed.arena, &summary, &bed.err), 0);
	assert_int_equal(site_open(&options, bed.arena, &site, &bed.err), 0);
	struct actor program = actor_system(bed.arena);
	struct user_new user = {.id = "xin.yonghu", .name = "新用户", .must_change = true};
	int64_t before = journal_size(site->journal);
	assert_int_equal(user_create(site, &program, &user, bed.arena, &password, &bed.err), 0);
	assert_int_equal(journal_size(site->journal), before + 1);
	site_close(site);
}

static void nothing_is_written_over(void **state UNUSED)
{
	struct err err;
	json_t *summary;
	struct site *site = bed_open(&bed);
	err_init(&err, bed.arena);
	assert_int_equal(transfer_backup(site, backup, bed.arena, &summary, &err), -ERR_CONFLICT);
	site_close(site);
	err_init(&err, bed.arena);
	assert_int_equal(transfer_restore(&bed.options, backup, bed.arena, &summary, &err), -ERR_CONFLICT);
}

/* A copy of the backup with one byte turned, or cut short. */
static const char *damaged(const char *name, off_t place, off_t length)
{
	const char *path = arena_printf(bed.arena, "%s/%s", bed.root, name);
	static char bytes[1 << 24];
	int in = open(backup, O_RDONLY | O_CLOEXEC), out = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t len = read(in, bytes, sizeof(bytes));
	assert_true(len > 0 && len < (ssize_t)sizeof(bytes));
	if (place >= 0)
		bytes[place] = (char)(bytes[place] ^ 0x20);
	ssize_t kept = length < 0 ? len + length : length > 0 ? length : len;
	assert_int_equal(write(out, bytes, (size_t)kept), kept);
	(void)close(in);
	(void)close(out);
	return path;
}

static void refused(const char *path, const char *into)
{
	struct site_options options = at(into);
	struct site *site;
	struct err err;
	json_t *summary;
	err_init(&err, bed.arena);
	int rc = transfer_restore(&options, path, bed.arena, &summary, &err);
	if (rc != -ERR_CORRUPT && rc != -ERR_INVALID)
		fail_msg("%s: %d %s", path, rc, err.message);
	err_init(&err, bed.arena);
	assert_int_equal(site_open(&options, bed.arena, &site, &err), -ERR_NOT_FOUND); /* what was begun is no site */
}

static void damage_is_found(void **state UNUSED)
{
	refused(damaged("turned-first", 520, 0), "d1");      /* inside site.json */
	refused(damaged("turned-header", 10, 0), "d2");      /* a member's name */
	refused(damaged("turned-middle", 200000, 0), "d3");  /* rows or files */
	refused(damaged("cut-end", -1, -4096), "d4");        /* the manifest's end */
	refused(damaged("cut-middle", -1, 300032), "d5");
	refused(damaged("empty", -1, 1), "d6");
}

/* --- export ------------------------------------------------------------------------------------------------------------- */

struct lines {
	int64_t count;
	json_t *last;
};

static int take_line(void *context, const char *text, size_t len, struct err *err)
{
	struct lines *lines = context;
	lines->count++;
	assert_null(memchr(text, '\n', len));
	return json_read(bed.arena, text, len, 1 << 20, &lines->last, err);
}

static void entries_are_handed_out(void **state UNUSED)
{
	struct site *site = bed_open(&bed);
	struct lines lines = {0};
	int64_t count;
	uint8_t *bytes, *salt, *leaf;
	size_t blen = 0, slen = 0, llen = 0;
	assert_int_equal(transfer_export(site, NULL, NULL, take_line, &lines, &count, &bed.err), 0);
	assert_int_equal(count, journal_size(site->journal));
	assert_int_equal(lines.count, count);
	const char *b = json_str(lines.last, "bytes"), *s = json_str(lines.last, "salt"), *l = json_str(lines.last, "leaf");
	assert_true(base64_decode(bed.arena, b, strlen(b), &bytes, &blen) && base64_decode(bed.arena, s, strlen(s), &salt, &slen) && base64_decode(bed.arena, l, strlen(l), &leaf, &llen));
	struct digest digest = hash_sha256_2(salt, slen, bytes, blen); /* a stranger can check what was handed out */
	assert_int_equal(llen, HASH_LEN);
	assert_memory_equal(digest.bytes, leaf, HASH_LEN);
	lines.count = 0;
	assert_int_equal(transfer_export(site, "agency", "11532300015175292T", take_line, &lines, &count, &bed.err), 0);
	assert_true(count > 10);
	assert_string_equal(json_str(lines.last, "stream"), "agency/11532300015175292T");
	struct err err;
	err_init(&err, bed.arena);
	assert_int_equal(transfer_export(site, "case", "none", take_line, &lines, &count, &err), -ERR_NOT_FOUND);
	site_close(site);
}

/* --- import ------------------------------------------------------------------------------------------------------------- */

static int import(const char *what, const char *text, json_t **summary, struct err *err)
{
	struct site *site = bed_open(&bed);
	struct actor program = actor_system(bed.arena);
	err_init(err, bed.arena);
	struct transfer_taking taking = {.what = what, .text = text, .len = strlen(text), .files = "."};
	int rc = transfer_import(site, &program, &taking, bed.arena, summary, err);
	site_close(site);
	return rc;
}

static bool says(const struct err *err, const char *where)
{
	for (const struct diag *diag = err->diags; diag != NULL; diag = diag->next)
		if (diag->where != NULL && strstr(diag->where, where) != NULL)
			return true;
	return false;
}

static void tables_are_taken_in(void **state UNUSED)
{
	json_t *summary;
	struct err err;
	assert_int_equal(import("agencies",
	                        "\xEF\xBB\xBFname,uscc,abbreviation,division,level,kind,acts,address\r\n"
	                        "\"景洪市水务局, 试验\",1153280101518999XA,景水,532801,县市区,行政机关,处罚;检查,\"勐泐大道 1 号\"\r\n",
	                        &summary, &err),
	                 -ERR_INVALID);
	assert_true(says(&err, "第 2 行")); /* a wrong check character */
	int rc = import("users",
	                "login,name,agency,roles\nceshi.yi,测试一,11532300015175292T,handler;window\n"
	                "ceshi.er,\"测\"\"试二\",11532300015175292T,head\n",
	                &summary, &err);
	if (rc != 0)
		fail_msg("%s", err.message);
	assert_int_equal(json_int(summary, "taken", 0), 2);
	assert_true(strlen(json_str(json_object_get(summary, "passwords"), "ceshi.yi")) >= 10);
	rc = import("officers",
	            "[{\"id\": \"ceshi-01\", \"name\": \"测试\", \"number\": \"云5323000001\", \"agency\": \"11532300015175292T\", \"unit\": \"法规科\", \"acts\": [\"检查\"],"
	            " \"area\": \"532300\", \"valid-from\": \"2025-01-01\", \"valid-until\": \"2029-12-31\"}]",
	            &summary, &err);
	if (rc != 0)
		fail_msg("%s", err.message);
	assert_int_equal(json_int(summary, "taken", 0), 1);
}

static void all_mistakes_at_once(void **state UNUSED)
{
	json_t *summary;
	struct err err;
	struct site *site = bed_open(&bed);
	int64_t before = journal_size(site->journal);
	site_close(site);
	assert_int_equal(import("users",
	                        "login,name,agency,roles\n"
	                        "Bad Login,甲,,handler\n"
	                        "shuang.guan,乙,,system-admin;audit-admin\n"
	                        "ceshi.san,丙,123,handler\n"
	                        "ceshi.si,丁,,handler\n"
	                        "ceshi.si,戊,,handler\n"
	                        ",己,,handler\n",
	                        &summary, &err),
	                 -ERR_INVALID);
	assert_true(says(&err, "第 2 行") && says(&err, "第 3 行") && says(&err, "第 4 行") && says(&err, "第 6 行") && says(&err, "第 7 行"));
	assert_false(says(&err, "第 5 行"));
	assert_int_equal(import("officers", "id,name,numbr\nx-1,甲,1\n", &summary, &err), -ERR_INVALID);
	assert_true(says(&err, "numbr"));
	assert_int_equal(import("users", "{\"login\": \"a.b\"\n", &summary, &err), -ERR_INVALID);
	assert_int_equal(import("users", "login,name\n\"open", &summary, &err), -ERR_INVALID);
	assert_int_equal(import("users", "login\n\xC0\xAF\n", &summary, &err), -ERR_INVALID);
	assert_int_equal(import("nothing", "a\n", &summary, &err), -ERR_INVALID);
	site = bed_open(&bed);
	assert_int_equal(journal_size(site->journal), before);
	site_close(site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_restored_site_is_the_same), cmocka_unit_test(a_restored_site_goes_on), cmocka_unit_test(nothing_is_written_over), cmocka_unit_test(damage_is_found),
	    cmocka_unit_test(entries_are_handed_out),      cmocka_unit_test(tables_are_taken_in),     cmocka_unit_test(all_mistakes_at_once),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
