/* A site made of acts: rebuilding gives the same rows, a seed the same year, numbers no gaps; what a person sees of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "bed.h"
#include "work/casefile.h"
#include "work/demo/demo.h"
#include "work/demo/inside.h"
#include "work/numbering.h"
#include "work/registers.h"

static struct bed bed;

static int set_up(void **state UNUSED)
{
	bed_demo(&bed, 14, 11);
	return 0;
}

static int tear_down(void **state UNUSED)
{
	bed_drop(&bed);
	return 0;
}

static void rebuilt_rows_are_the_same(void **state UNUSED)
{
	char *before = bed_projections(&bed, bed.options.dir);
	struct site *site = bed_open(&bed);
	assert_true(strlen(before) > 10000);
	assert_int_equal(journal_rebuild(site->journal, NULL, NULL, &bed.err), 0);
	site_close(site);
	assert_string_equal(bed_projections(&bed, bed.options.dir), before);
}

static void the_log_verifies(void **state UNUSED)
{
	struct site *site = bed_open(&bed);
	struct journal_check check;
	assert_int_equal(journal_verify(site->journal, NULL, NULL, bed.arena, &check, &bed.err), 0);
	assert_int_equal(json_array_size(check.findings), 0);
	assert_true(check.entries > 1000 && check.entries == check.leaves);
	site_close(site);
}

static void a_seed_gives_the_same_year(void **state UNUSED)
{
	struct bed again, other;
	bed_demo(&again, 14, 11);
	assert_string_equal(bed_journal(&again, again.options.dir, false), bed_journal(&bed, bed.options.dir, false));
	bed_demo(&other, 2, 12);
	assert_string_not_equal(bed_journal(&other, other.options.dir, false), bed_journal(&again, again.options.dir, false));
	bed_drop(&again);
	bed_drop(&other);
}

static void numbers_go_on(void **state UNUSED)
{
	struct site *site = bed_open(&bed);
	int64_t first, second, third, other;
	static const char agency[] = "11532300015175292T";
	assert_int_equal(numbering_next(site, agency, 2031, bed.arena, &first, &bed.err), 0);
	assert_int_equal(numbering_next(site, agency, 2031, bed.arena, &second, &bed.err), 0);
	assert_int_equal(numbering_next(site, agency, 2032, bed.arena, &other, &bed.err), 0);
	assert_int_equal(first, 1);
	assert_int_equal(second, 2);
	assert_int_equal(other, 1);
	numbering_retry(site, agency, 2031); /* looks at the database again, which holds none of that year */
	assert_int_equal(numbering_next(site, agency, 2031, bed.arena, &third, &bed.err), 0);
	assert_int_equal(third, 1);
	site_close(site);
}

static struct actor signed_in(struct site *site, const char *login)
{
	const char *token;
	struct actor actor;
	if (session_start(site, login, DEMO_PASSWORD, NULL, "127.0.0.1", bed.arena, &token, &bed.err) != 0)
		fail_msg("%s: %s", login, bed.err.message);
	assert_int_equal(session_actor(site, token, bed.arena, &actor, &bed.err), 0);
	return actor;
}

static size_t cases_seen(struct site *site, const struct actor *actor)
{
	const struct case_query query = {.opened_from = DAY_NONE, .opened_to = DAY_NONE, .limit = 100};
	json_t *list;
	assert_int_equal(case_list(site, actor, &query, bed.arena, &list, &bed.err), 0);
	return json_array_size(json_object_get(list, "cases"));
}

/* The sample logins work, and each sees its own part of the whole. */
static void people_see_their_part(void **state UNUSED)
{
	struct site *site = bed_open(&bed);
	struct actor province = signed_in(site, "sifa.yunnan"), banna = signed_in(site, "sifa.xishuangbanna"), dehong = signed_in(site, "sifa.dehong"),
	             chuxiong = signed_in(site, "sifa.chuxiong"), system = signed_in(site, "xitong"), jinghong = signed_in(site, "jinghong.chengban");
	size_t all = cases_seen(site, &province), parts = cases_seen(site, &banna) + cases_seen(site, &dehong) + cases_seen(site, &chuxiong);
	assert_true(all > 0 && all <= 14);
	assert_true(parts <= all);
	assert_int_equal(cases_seen(site, &system), 0);
	assert_true(cases_seen(site, &jinghong) <= cases_seen(site, &banna));
	assert_false(jinghong.must_change);
	site_close(site);
}

static void the_logins_are_written_down(void **state UNUSED)
{
	json_t *logins;
	struct err err;
	err_init(&err, bed.arena);
	assert_int_equal(demo_logins(bed.options.dir, bed.arena, &logins, &err), 0);
	assert_string_equal(json_str(logins, "password"), DEMO_PASSWORD);
	assert_int_equal(json_array_size(json_object_get(logins, "logins")), json_int(logins, "users", 0));
	assert_int_equal(demo_logins(bed.root, bed.arena, &logins, &err), -ERR_NOT_FOUND);
}

/* An act dated in a year without a calendar, or by somebody who may not, is refused; nothing of it stays. */
static void refusals_leave_nothing(void **state UNUSED)
{
	struct site *site = bed_open(&bed);
	struct actor window = signed_in(site, "jinghong.chuangkou"), nobody = actor_public();
	struct act act = {.stream_type = "agency", .stream_key = "11532300015175292T", .kind = "agency.changed", .at = INSTANT_NONE,
	                  .body = json_tie(bed.arena, json_pack("{s:s}", "reason", "试验")), .expect = -1};
	struct act_result result;
	struct err err;
	int64_t before = journal_size(site->journal);
	err_init(&err, bed.arena);
	assert_int_not_equal(act_do(site, &window, &act, bed.arena, &result, &err), 0);
	err_init(&err, bed.arena);
	assert_int_equal(act_do(site, &nobody, &act, bed.arena, &result, &err), -ERR_SIGNED_OUT);
	struct actor program = actor_system(bed.arena);
	act.body = json_tie(bed.arena, json_pack("{s:s,s:s}", "reason", "试验", "nmae", "写错的字段"));
	err_init(&err, bed.arena);
	assert_int_equal(act_do(site, &program, &act, bed.arena, &result, &err), -ERR_INVALID);
	assert_string_equal(err.diags->where, "nmae");
	assert_int_equal(journal_size(site->journal), before);
	site_close(site);
}

/* The keys of all pages, one after another. */
static json_t *keys_of(struct site *site, const struct actor *actor, struct case_query query, size_t *pages)
{
	json_t *keys = json_tie(bed.arena, json_array()), *list, *one;
	for (*pages = 0;; (*pages)++) {
		size_t i;
		assert_int_equal(case_list(site, actor, &query, bed.arena, &list, &bed.err), 0);
		json_array_foreach(json_object_get(list, "cases"), i, one)
			json_push_str(keys, json_str(one, "key"));
		query.before = json_str(list, "next");
		if (query.before == NULL)
			return keys;
		assert_true(*pages < 200);
	}
}

static bool among(const json_t *keys, const char *key)
{
	const json_t *one;
	size_t i;
	json_array_foreach(keys, i, one)
		if (strcmp(json_string_value(one), key) == 0)
			return true;
	return false;
}

/* What a search with a filter finds is what the search finds and the filter leaves: page by page, however few a page holds. */
static void a_filtered_search_is_complete(void **state UNUSED)
{
	struct site *site = bed_open(&bed);
	struct actor province = signed_in(site, "sifa.yunnan");
	const struct case_query all = {.opened_from = DAY_NONE, .opened_to = DAY_NONE, .limit = 100};
	struct case_query found = all, filters[] = {all, all, all, all};
	size_t pages;
	found.text = "景";
	filters[0].late = "late";
	filters[1].late = "amber";
	filters[2].stage = "archive";
	filters[3].procedure = "penalty";
	json_t *everything = keys_of(site, &province, found, &pages);
	assert_true(json_array_size(everything) > 2);
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		json_t *browsed = keys_of(site, &province, filters[i], &pages), *one;
		struct case_query both = filters[i];
		size_t j, wanted = 0;
		both.text = found.text;
		json_t *at_once = keys_of(site, &province, both, &pages);
		both.limit = 1;
		json_t *singly = keys_of(site, &province, both, &pages);
		json_array_foreach(browsed, j, one)
			wanted += among(everything, json_string_value(one));
		assert_int_equal(json_array_size(at_once), wanted);
		assert_true(json_equal(at_once, singly));
		json_array_foreach(at_once, j, one)
			assert_true(among(browsed, json_string_value(one)) && among(everything, json_string_value(one)));
		assert_true(wanted > 0 || filters[i].late != NULL); /* what is late depends on the day of the test */
	}
	site_close(site);
}

static void a_secret_reading_is_noted(void **state UNUSED)
{
	struct site *site = bed_open(&bed);
	struct actor province = signed_in(site, "sifa.yunnan");
	const struct case_query query = {.opened_from = DAY_NONE, .opened_to = DAY_NONE, .limit = 1};
	json_t *list, *doc;
	struct db_conn *conn;
	int64_t before, after;
	assert_int_equal(case_list(site, &province, &query, bed.arena, &list, &bed.err), 0);
	const char *key = json_str(json_array_get(json_object_get(list, "cases"), 0), "key");
	assert_int_equal(db_acquire(site->db, DB_READ, &conn, &bed.err), 0);
	assert_int_equal(journal_head(site->journal, conn, "user", "sifa.yunnan", &before, &bed.err), 0);
	db_release(conn);
	assert_int_equal(case_doc(site, &province, key, bed.arena, &doc, &bed.err), 0);
	assert_int_equal(db_acquire(site->db, DB_READ, &conn, &bed.err), 0);
	assert_int_equal(journal_head(site->journal, conn, "user", "sifa.yunnan", &after, &bed.err), 0);
	db_release(conn);
	assert_int_equal(after, before + 1);
	assert_true(json_array_size(json_object_get(doc, "timeline")) > 0);
	site_close(site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rebuilt_rows_are_the_same), cmocka_unit_test(the_log_verifies),         cmocka_unit_test(a_seed_gives_the_same_year),
	    cmocka_unit_test(numbers_go_on),             cmocka_unit_test(people_see_their_part),    cmocka_unit_test(the_logins_are_written_down),
	    cmocka_unit_test(refusals_leave_nothing),    cmocka_unit_test(a_secret_reading_is_noted),
	    cmocka_unit_test(a_filtered_search_is_complete),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
