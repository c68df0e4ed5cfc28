/* A decision of a real site: the register's name of the agency, or of the government in whose name it is decided. */
#include "paper/decision.h"

#include "bed.h"
#include "work/act.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define GOVERNMENT "11532801015200013T"
#define BUREAU "115328010152001019"


static void add_agency(struct bed *bed, struct site *site, const char *code, const char *name, const char *kind, const char *parent)
{
	struct actor program = actor_system(bed->arena);
	struct act_result result;
	json_t *body = json_tie(bed->arena, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "name", name, "uscc", code, "abbreviation", "景", "division", "532801", "level", "县市区", "kind", kind));
	json_put_str(body, "parent", parent);
	struct act act = {.stream_type = "agency", .stream_key = code, .kind = "agency.registered", .at = INSTANT_NONE, .body = body, .expect = 0};
	int rc = act_do(site, &program, &act, bed->arena, &result, &bed->err);
	for (const struct diag *d = bed->err.diags; rc != 0 && d != NULL; d = d->next)
		print_error("%s: %s\n", d->where == NULL ? "" : d->where, d->what);
	if (rc != 0)
		print_error("%s\n", bed->err.message);
	assert_int_equal(rc, 0);
}

static struct site *open_site(struct bed *bed)
{
	struct site_options options = {.dir = arena_printf(bed->arena, "%s/site", bed->dir), .rulebook = RULEBOOK_DIR, .log_level = LOG_ERROR_, .migrate = true};
	struct site *site;
	assert_int_equal(site_init(&options, "试验站点", "https://zf.example.gov.cn", &bed->err), 0);
	assert_int_equal(site_open(&options, bed->arena, &site, &bed->err), 0);
	return site;
}

static const char *print(struct bed *bed, struct site *site, const char *facts)
{
	struct entry entry = {.id = 9, .kind = "decision.made", .at = INT64_C(1770688800000000), .agency = BUREAU};
	void *pdf;
	size_t len;
	entry.body = json_tie(bed->arena, json_pack("{s:s,s:s,s:s,s:[s,s],s:s}", "number", "景〔2026〕1号", "outcome", "给予处罚", "facts", "事实。", "basis", "cf-33.1", "《某某条例》第三条", "content", "罚款。"));
	const json_t *given = json_tie(bed->arena, json_loads(facts, 0, NULL));
	int rc = paper_decision(site, given, &entry, bed->arena, &pdf, &len, &bed->err);
	if (rc != 0)
		print_error("%s\n", bed->err.message);
	assert_int_equal(rc, 0);
	bed_write(bed, "issue", pdf, len);
	return bed_text(bed);
}

static void test_issue(void **state)
{
	struct bed *bed = *state;
	struct site *site = open_site(bed);
	add_agency(bed, site, GOVERNMENT, "景洪市人民政府", "人民政府", NULL);
	add_agency(bed, site, BUREAU, "景洪市市场监督管理局", "行政机关", GOVERNMENT);
	const char *text = print(bed, site, "{\"agency\": \"" BUREAU "\", \"party\": {\"type\": \"公民\", \"name\": \"玉香\", \"address\": {\"division\": \"532801\", \"detail\": \"某街1号\"}}}");
	assert_true(bed_says(text, "景洪市市场监督管理局"));
	assert_null(strstr(text, "人民政府"));
	assert_true(bed_says(text, "住址：景洪市某街1号"));
	assert_true(bed_says(text, "《某某条例》第三条"));
	/* A basis that is a row of the register is printed as people cite it. */
	assert_null(strstr(text, "cf-33"));
	assert_true(bed_says(text, "《中华人民共和国行政处罚法》第三十三条"));
	text = print(bed, site, "{\"agency\": \"" BUREAU "\", \"decided-as\": \"政府\"}");
	assert_true(bed_says(text, "景洪市人民政府"));
	assert_null(strstr(text, "市场监督管理局"));
	/* The entry's own agency counts where the facts name none; one that nobody knows is an error. */
	assert_true(bed_says(print(bed, site, "{}"), "景洪市市场监督管理局"));
	struct entry entry = {.id = 9, .kind = "decision.made", .agency = "nobody", .body = json_tie(bed->arena, json_object())};
	void *pdf;
	size_t len;
	assert_int_equal(paper_decision(site, entry.body, &entry, bed->arena, &pdf, &len, &bed->err), -ERR_NOT_FOUND);
	site_close(site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_issue, bed_open, bed_close)};
	return cmocka_run_group_tests_name("paper-issue", tests, NULL, NULL);
}
