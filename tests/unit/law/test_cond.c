/* Every form of condition, from both sides, through a rulebook written for each. */
#include <sys/stat.h>
#include <unistd.h>

#include "bed.h"

static const char *const head = "instrument: common\ntitle: x\nlevel: platform\nin-force: 2010-01-01\nstages: {a: 一}\nacts: [处罚]\n"
                                "procedures: {p: {title: x, act: 处罚, opens: k.first, clause: common-1}}\nroles: {handler: 承办人, head: 负责人}\ntopics: {t: {title: 题, stricter: shorter}}\n"
                                "clauses: {common-1: {kind: gate, cite: 一, text: 一}}\n"
                                "kinds:\n  k.first: {title: 一, stage: a, clause: common-1, fields: {money: {title: x, type: money, fact: money}, words: {title: x, type: choices, options: [甲, 乙, 丙], fact: words},"
                                " day: {title: x, type: date, fact: day}, at: {title: x, type: time, fact: at}, yes: {title: x, type: yes-no, fact: yes}, text: {title: x, type: text, fact: text}, n: {title: x, type: number, fact: n}}}\n"
                                "  k.other: {title: 二, stage: a, clause: common-1, fields: {word: {title: x, type: choice, options: [甲, 乙]}, span: {title: x, type: range}}}\n"
                                "  k.act: {title: 三, stage: a, clause: common-1, fields: {money: {title: x, type: money}, day: {title: x, type: date}, at: {title: x, type: time}, span: {title: x, type: range}, word: {title: x, type: choice, options: [甲, 乙]}}}\n";

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Loads `head` with one gate before k.act that needs `cond`. */
static struct law *load_cond(struct bed *bed, const char *cond)
{
	char dir[] = "/tmp/sanzhi-cond-XXXXXX";
	struct law *law = NULL;
	assert_non_null(mkdtemp(dir));
	char *common = arena_printf(bed->arena, "%s/common", dir), *calendar = arena_printf(bed->arena, "%s/calendar", dir);
	char *rules = arena_printf(bed->arena, "%s/all.yaml", common), *divisions = arena_printf(bed->arena, "%s/divisions.tsv", dir);
	assert_int_equal(mkdir(common, 0700), 0);
	assert_int_equal(symlink(DATA_DIR "/small/calendar", calendar), 0);
	write_file(rules, arena_printf(bed->arena, "%sgates: {g: {clause: common-1, before: k.act, needs: %s, say: x, mend: y}}\n", head, cond));
	write_file(divisions, "530000\t云南省\tprovince\n");
	err_clear(&bed->err);
	int rc = law_load(dir, bed->arena, &law, &bed->err);
	for (const struct diag *diag = bed->err.diags; diag != NULL; diag = diag->next)
		print_error("%s: %s: %s\n", cond, diag->where, diag->what);
	assert_int_equal(remove(rules) | remove(divisions) | remove(calendar) | remove(common) | remove(dir), 0);
	assert_int_equal(rc, 0);
	return law;
}

struct one {
	const char *cond;
	const char *first; /* body of k.first; NULL: none is there */
	const char *other; /* of k.other */
	const char *body;
	bool holds;
};

static const struct one cases[] = {
    /* equality */
    {"{text: 某}", "{'text': '某'}", NULL, "{}", true},
    {"{text: 某}", "{'text': '某某'}", NULL, "{}", false},
    {"{text: 某}", NULL, NULL, "{}", false},
    {"{text: [某, 他]}", "{'text': '他'}", NULL, "{}", true},
    {"{text: {is: 某}}", "{'text': '某'}", NULL, "{}", true},
    {"{text: {not: 某}}", "{'text': '某'}", NULL, "{}", false},
    {"{text: {not: 某}}", "{'text': '他'}", NULL, "{}", true},
    {"{text: {not: 某}}", NULL, NULL, "{}", true},
    {"{text: {not: [某, 他]}}", "{'text': '他'}", NULL, "{}", false},
    {"{yes: true}", "{'yes': true}", NULL, "{}", true},
    {"{yes: true}", "{'yes': false}", NULL, "{}", false},
    {"{yes: false}", NULL, NULL, "{}", false},
    {"{yes: {not: true}}", NULL, NULL, "{}", true},
    {"{n: 5}", "{'n': 5}", NULL, "{}", true},
    {"{n: 5}", "{'n': 6}", NULL, "{}", false},
    /* lists */
    {"{words: [甲, 乙]}", "{'words': ['丙', '乙']}", NULL, "{}", true},
    {"{words: [甲, 乙]}", "{'words': ['丙']}", NULL, "{}", false},
    {"{words: {in: [甲]}}", "{'words': ['甲']}", NULL, "{}", true},
    {"{words: {has: [甲, 乙]}}", "{'words': ['甲', '乙', '丙']}", NULL, "{}", true},
    {"{words: {has: [甲, 乙]}}", "{'words': ['甲']}", NULL, "{}", false},
    {"{words: {not: [甲]}}", "{'words': ['甲', '乙']}", NULL, "{}", false},
    /* presence */
    {"{text: {present: true}}", "{'text': 'x'}", NULL, "{}", true},
    {"{text: {present: true}}", "{'text': ''}", NULL, "{}", false},
    {"{text: {present: false}}", NULL, NULL, "{}", true},
    {"{words: {present: false}}", "{'words': []}", NULL, "{}", true},
    {"{words: {present: true}}", "{'words': ['甲']}", NULL, "{}", true},
    /* bounds: money in fen, dates and instants in time */
    {"{money: {at-least: 5000.00}}", "{'money': 500000}", NULL, "{}", true},
    {"{money: {at-least: 5000.00}}", "{'money': 499999}", NULL, "{}", false},
    {"{money: {above: 5000.00}}", "{'money': 500000}", NULL, "{}", false},
    {"{money: {above: 5000.00}}", "{'money': 500001}", NULL, "{}", true},
    {"{money: {at-most: 200.00}}", "{'money': 20000}", NULL, "{}", true},
    {"{money: {below: 200.00}}", "{'money': 20000}", NULL, "{}", false},
    {"{money: {at-least: 1.00, below: 2.00}}", "{'money': 150}", NULL, "{}", true},
    {"{money: {at-least: 1.00, below: 2.00}}", "{'money': 200}", NULL, "{}", false},
    {"{money: {at-least: 0.00}}", NULL, NULL, "{}", false},
    {"{n: {at-least: 3}}", "{'n': 3}", NULL, "{}", true},
    {"{day: {at-least: 2026-01-10}}", "{'day': '2026-01-10'}", NULL, "{}", true},
    {"{day: {above: 2026-01-10}}", "{'day': '2026-01-10'}", NULL, "{}", false},
    {"{at: {at-most: 2026-01-10}}", "{'at': '2026-01-10T23:59:59+08:00'}", NULL, "{}", true},
    {"{at: {at-most: 2026-01-10}}", "{'at': '2026-01-11T00:00:00+08:00'}", NULL, "{}", false},
    /* references */
    {"{body.at: {at-least: {ref: at}}}", "{'at': '2026-01-10T09:00:00+08:00'}", NULL, "{'at': '2026-01-10T01:00:00Z'}", true},
    {"{body.at: {above: {ref: at}}}", "{'at': '2026-01-10T09:00:00+08:00'}", NULL, "{'at': '2026-01-10T01:00:00Z'}", false},
    {"{body.money: {at-most: {ref: money}}}", "{'money': 100}", NULL, "{'money': 101}", false},
    {"{body.money: {at-most: {ref: money}}}", "{'money': 100}", NULL, "{'money': 100}", true},
    {"{body.money: {at-most: {ref: money}}}", NULL, NULL, "{'money': 100}", false},
    {"{body.money: {ref: money}}", "{'money': 100}", NULL, "{'money': 100}", true},
    {"{body.money: {not: {ref: money}}}", "{'money': 100}", NULL, "{'money': 100}", false},
    /* groups */
    {"{any: [{text: 一}, {text: 二}]}", "{'text': '二'}", NULL, "{}", true},
    {"{any: [{text: 一}, {text: 二}]}", "{'text': '三'}", NULL, "{}", false},
    {"{all: [{text: 一}, {n: 1}]}", "{'text': '一', 'n': 1}", NULL, "{}", true},
    {"{all: [{text: 一}, {n: 1}]}", "{'text': '一', 'n': 2}", NULL, "{}", false},
    {"{text: 一, n: 1}", "{'text': '一'}", NULL, "{}", false},
    {"{not: {text: 一}}", "{'text': '一'}", NULL, "{}", false},
    {"{not: {text: 一}}", NULL, NULL, "{}", true},
    /* entries */
    {"{entry: k.other}", "{}", NULL, "{}", false},
    {"{entry: k.other}", "{}", "{}", "{}", true},
    {"{entry: {kind: [k.first, k.other]}}", NULL, "{}", "{}", true},
    {"{entry: {kind: k.other, with: {word: 甲}}}", NULL, "{'word': '甲'}", "{}", true},
    {"{entry: {kind: k.other, with: {word: 甲}}}", NULL, "{'word': '乙'}", "{}", false},
    {"{entry: {kind: k.other, with: {word: {ref: body.word}}}}", NULL, "{'word': '乙'}", "{'word': '乙'}", true},
    {"{entry: {kind: k.other, with: {word: {ref: body.word}}}}", NULL, "{'word': '乙'}", "{'word': '甲'}", false},
    {"{entry: {kind: k.other, after: k.first}}", "{}", "{}", "{}", true},   /* k.first is number 1, k.other number 2 */
    {"{entry: {kind: k.first, after: k.other}}", "{}", "{}", "{}", false},
    {"{entry: {kind: k.other, after: k.first}}", NULL, "{}", "{}", true},   /* nothing to come after */
    {"{entry: {kind: k.other, after: [k.first, k.other]}}", "{}", "{}", "{}", false},
    {"{entry: {kind: k.other, after: {kind: [k.first]}}}", "{}", "{}", "{}", true},
    {"{entry: {kind: k.first, after: {kind: k.other, with: {word: 甲}}}}", "{}", "{'word': '甲'}", "{}", false},
    {"{entry: {kind: k.first, after: {kind: k.other, with: {word: 甲}}}}", "{}", "{'word': '乙'}", "{}", true}, /* none such to come after */
    {"{entry: {kind: k.first, after: {kind: k.other, with: {word: {ref: body.word}}}}}", "{}", "{'word': '乙'}", "{'word': '乙'}", false},
    {"{entry: {kind: k.other, at-least: 2}}", NULL, "{}", "{}", false},
    {"{entry: {kind: [k.first, k.other], at-least: 2}}", "{}", "{}", "{}", true},
    {"{entry: {kind: [k.first, k.other], latest: true, with: {text: 某}}}", "{'text': '某'}", "{}", "{}", false},
    /* who */
    {"{different-hand: [k.first]}", NULL, NULL, "{}", true},
    {"{different-hand: [k.first]}", "{}", NULL, "{}", false},
    {"{by.roles: [handler]}", NULL, NULL, "{}", true},
    {"{by.roles: [head]}", NULL, NULL, "{}", false},
    {"{by.id: u1}", NULL, NULL, "{}", true},
    {"{by.id: u2}", NULL, NULL, "{}", false},
    /* time: k.first was on Tuesday 2026-02-10, the act is on 2026-02-26, seven working days later */
    {"{elapsed: {since: k.first, at-least: 7 wd}}", "{}", NULL, "{}", true},
    {"{elapsed: {since: k.first, at-least: 8 wd}}", "{}", NULL, "{}", false},
    {"{elapsed: {since: k.first, above: 7 wd}}", "{}", NULL, "{}", false},
    {"{elapsed: {since: k.first, at-most: 7 wd}}", "{}", NULL, "{}", true},
    {"{elapsed: {since: k.first, at-most: 6 wd}}", "{}", NULL, "{}", false},
    {"{elapsed: {since: k.first, below: 8 wd}}", "{}", NULL, "{}", true},
    {"{elapsed: {since: k.first, at-least: 16 d}}", "{}", NULL, "{}", true},
    {"{elapsed: {since: k.first, at-least: 17 d}}", "{}", NULL, "{}", false},
    {"{elapsed: {since: k.first, at-least: 7 wd}}", NULL, NULL, "{}", false},
    {"{elapsed: {since: day, until: body.day, at-least: 14 y}}", "{'day': '2012-02-26'}", NULL, "{'day': '2026-02-26'}", true},
    {"{elapsed: {since: day, until: body.day, at-least: 14 y}}", "{'day': '2012-02-27'}", NULL, "{'day': '2026-02-26'}", false},
    {"{elapsed: {since: day, until: body.day, at-most: 1 m}}", "{'day': '2026-01-26'}", NULL, "{'day': '2026-02-26'}", true},
    {"{elapsed: {since: at, at-most: 24 h}}", "{'at': '2026-02-25T09:00:00+08:00'}", NULL, "{}", true},
    {"{elapsed: {since: at, at-most: 24 h}}", "{'at': '2026-02-25T08:59:59+08:00'}", NULL, "{}", false},
    {"{elapsed: {since: day, until: body.day, at-most: 5 d}}", "{'day': '2026-02-10'}", NULL, "{'day': '2026-02-24'}", true}, /* the fifth day is in the festival */
    {"{elapsed: {since: day, until: body.day, at-most: 5 d}}", "{'day': '2026-02-10'}", NULL, "{'day': '2026-02-25'}", false},
    {"{working-time: {of: body.at, from: \"06:00\", until: \"22:00\"}}", NULL, NULL, "{'at': '2026-02-26T06:00:00+08:00'}", true},
    {"{working-time: {of: body.at, from: \"06:00\", until: \"22:00\"}}", NULL, NULL, "{'at': '2026-02-26T22:00:01+08:00'}", false},
    {"{working-time: {of: body.at, from: \"06:00\", until: \"22:00\"}}", NULL, NULL, "{'at': '2026-02-22T12:00:00+08:00'}", false},
    {"{working-time: {of: body.at, from: \"06:00\", until: \"22:00\"}}", NULL, NULL, "{'at': '2026-02-28T12:00:00+08:00'}", true}, /* a worked Saturday */
    {"{working-time: {of: body.span}}", NULL, NULL, "{'span': {'from': '2026-02-26T06:00:00+08:00', 'to': '2026-03-01T06:00:00+08:00'}}", false},
    {"{working-time: {of: body.span}}", NULL, NULL, "{'span': {'from': '2026-02-26T06:00:00+08:00', 'to': '2026-02-27T06:00:00+08:00'}}", true},
};

static bool holds(struct bed *bed, const struct one *one)
{
	struct law *law = load_cond(bed, one->cond);
	bed->law = law;
	bed->roles = NULL;
	bed_case(bed, NULL, "530000", "p", "2026-01-05", "2026-01-05");
	bed->number = 0;
	if (one->first != NULL)
		bed_fold(bed, "k.first", "2026-02-10T09:00", one->first);
	bed->number = 1;
	if (one->other != NULL)
		bed_fold(bed, "k.other", "2026-02-11T09:00", one->other);
	bed->roles = bed_json(bed, "['handler']");
	return bed_refusal(bed_judge(bed, "k.act", "2026-02-26T09:00", one->body), "g") == NULL;
}

static void every_form(void **state)
{
	struct bed *bed = *state;
	int missed = 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (holds(bed, &cases[i]) == cases[i].holds)
			continue;
		print_error("%s with %s %s %s should %shold\n", cases[i].cond, cases[i].first, cases[i].other, cases[i].body, cases[i].holds ? "" : "not ");
		missed++;
	}
	assert_int_equal(missed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(every_form, bed_up, bed_down)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
