/* The checker: every mistake with its place, what was expected and the nearest name; YAML kept plain; speed of the real rulebook. */
#include <sys/stat.h>
#include <time.h>

#include "bed.h"

static const struct diag *at(const struct err *err, const char *where)
{
	for (const struct diag *diag = err->diags; diag != NULL; diag = diag->next)
		if (text_eq(diag->where, where))
			return diag;
	return NULL;
}

static void ten_mistakes(void **state UNUSED)
{
	static const struct {
		const char *where, *what, *mend;
	} want[] = {
	    {"pv/rules.yaml:3:40", "source.registred", "source.registered"}, {"pv/rules.yaml:4:31", "befor", "before"},
	    {"pv/rules.yaml:5:67", "amont", "amount"},                       {"pv/rules.yaml:6:68", "conclution", "conclusion"},
	    {"pv/rules.yaml:7:82", "同意了", "同意"},                        {"pv/rules.yaml:8:14", "没有写依据的条款", "clause"},
	    {"pv/rules.yaml:9:141", "answer-sooon", "answer-soon"},          {"pv/rules.yaml:11:96", "5 weeks", NULL},
	    {"pv/rules.yaml:12:46", "handlr", "handler"},                    {"pv/rules.yaml:13:26", "pv-9", "pv-1"},
	};
	struct arena *arena = arena_new();
	struct err err;
	struct law *law;
	err_init(&err, arena);
	assert_int_equal(law_load(DATA_DIR "/mistakes", arena, &law, &err), -ERR_INVALID);
	assert_int_equal(err.ndiags, 10);
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		const struct diag *diag = at(&err, want[i].where);
		assert_non_null(diag);
		assert_non_null(strstr(diag->what, want[i].what));
		assert_non_null(diag->why);
		if (want[i].mend != NULL)
			assert_non_null(strstr(diag->mend, want[i].mend));
	}
	arena_free(arena);
}

/* A rulebook of one instrument whose one file is `text`. */
static void load_text(struct arena *arena, const char *text, struct err *err)
{
	char dir[] = "/tmp/sanzhi-rules-XXXXXX";
	struct law *law;
	err_init(err, arena);
	assert_non_null(mkdtemp(dir));
	char *folder = arena_printf(arena, "%s/common", dir), *path = arena_printf(arena, "%s/all.yaml", folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_not_equal(law_load(dir, arena, &law, err), 0);
	assert_int_equal(remove(path), 0);
	assert_int_equal(remove(folder), 0);
	assert_int_equal(remove(dir), 0);
}

static void plain_yaml(void **state UNUSED)
{
	static const struct {
		const char *text, *where, *what;
	} cases[] = {
	    {"instrument: common\ntitle: &a x\n", "common/all.yaml:2:11", "锚"},
	    {"instrument: common\ntitle: *a\n", "common/all.yaml:2:9", "别名"},
	    {"instrument: common\ntitle: !!str x\n", "common/all.yaml:2:14", "标签"},
	    {"instrument: common\n<<: {a: b}\n", "common/all.yaml:2:1", "合并"},
	    {"instrument: common\ntitle: x\ntitle: y\n", "common/all.yaml:3:1", "写了两次"},
	    {"instrument: common\n---\na: b\n", "common/all.yaml:2:1", "两份文档"},
	    {"instrument: [common\n", "common/all.yaml:1:13", "“[”没有合上"},
	    {"- a\n", "common/all.yaml:1:1", "写法不对"},
	    {"instrument: other\n", "common/all.yaml:1:13", "文件夹"},
	    {"instrument: common\nlevel: bureu\n", "common/all.yaml:2:8", "bureu"},
	    {"instrument: common\nin-force: 2021-02-30\n", "common/all.yaml:2:11", "2021-02-30"},
	};
	int missed = 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena *arena = arena_new();
		struct err err;
		load_text(arena, cases[i].text, &err);
		bool found = false;
		for (const struct diag *diag = err.diags; diag != NULL; diag = diag->next)
			found = found || ((cases[i].where == NULL || text_eq(diag->where, cases[i].where)) && strstr(diag->what, cases[i].what) != NULL);
		if (!found)
			for (const struct diag *diag = err.diags; diag != NULL; diag = diag->next)
				print_error("case %zu: %s: %s\n", i, diag->where, diag->what);
		missed += !found;
		arena_free(arena);
	}
	assert_int_equal(missed, 0);
}

static void deep_nesting(void **state UNUSED)
{
	struct arena *arena = arena_new();
	struct err err;
	char *text = arena_alloc(arena, 20001);
	memset(text, '[', 20000);
	load_text(arena, text, &err);
	assert_true(err.ndiags > 0);
	arena_free(arena);
}

/* What a field may say of its cases, its options and its dates. */
static void fields(void **state UNUSED)
{
	static const char *const head = "instrument: common\ntitle: 通用\nlevel: platform\nin-force: 2010-01-01\nstages: {start: 启动}\nacts: [处罚]\n"
					"procedures: {penalty: {title: 程序, act: 处罚, opens: a.b, clause: c-1}}\nclauses: {c-1: {kind: duty, cite: 一, text: 一}}\n"
					"kinds:\n  a.b:\n    title: 一\n    stage: start\n    clause: c-1\n    fields:\n      one: ";
	static const struct {
		const char *field, *what;
	} want[] = {
	    {"{title: 一, type: text, past: true}", "不是日期或者时间"},
	    {"{title: 一, type: date, past: 1}", "“past”写法不对"},
	    {"{title: 一, type: text, when: {body.one: x}}", "字段的 when 不看“body.one”"},
	    {"{title: 一, type: text, when: {any: [{procedure: penalty}, {by.id: x}]}}", "字段的 when 不看“by.id”"},
	    {"{title: 一, type: text, when: {procedure: penalti}}", "penalti"},
	    {"{when: {procedure: penalty}}", "在这里没有类型"},
	    {"{title: 一, type: choice, options: [甲], options-for: {penalti: [甲]}}", "penalti"},
	    {"{title: 一, type: choice, options: [甲], options-for: {penalty: [乙]}}", "“乙”不在 options 里"},
	    {"{title: 一, type: table, columns: {x: {title: 一, type: text, when: {procedure: penalty}}}}", "列“x”写多了"},
	};
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		struct arena *arena = arena_new();
		struct err err;
		load_text(arena, arena_printf(arena, "%s%s\n", head, want[i].field), &err);
		bool said = false;
		for (const struct diag *diag = err.diags; diag != NULL; diag = diag->next)
			said = said || strstr(diag->what, want[i].what) != NULL;
		if (!said)
			print_error("%s: %s\n", want[i].field, err.ndiags == 0 ? err.message : err.diags->what);
		assert_true(said);
		arena_free(arena);
	}
}

/* The real rulebook has no mistake, and is read in a tenth of a second (three, so that a busy machine does not fail the test). */
static void real_rulebook(void **state UNUSED)
{
	struct arena *arena = arena_new();
	struct err err;
	struct law *law;
	struct timespec start, end;
	err_init(&err, arena);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	int rc = law_load(RULEBOOK_DIR, arena, &law, &err);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	for (const struct diag *diag = err.diags; diag != NULL; diag = diag->next)
		print_error("%s: %s\n", diag->where, diag->what);
	assert_int_equal(rc, 0);
	double took = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	print_message("rulebook read in %.0f ms\n", took * 1000);
#ifndef ARENA_DEBUG
	assert_true(took < 0.3);
#endif
	assert_true(json_array_size(law_coverage(law, arena)) > 300);
	arena_free(arena);
}

static void no_such_folder(void **state UNUSED)
{
	struct arena *arena = arena_new();
	struct err err;
	struct law *law;
	err_init(&err, arena);
	assert_int_equal(law_load("/nonexistent", arena, &law, &err), -ERR_NOT_FOUND);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(ten_mistakes), cmocka_unit_test(plain_yaml), cmocka_unit_test(deep_nesting), cmocka_unit_test(real_rulebook),
	                                   cmocka_unit_test(fields),
	                                   cmocka_unit_test(no_such_folder)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
