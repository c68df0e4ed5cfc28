/* What is no YAML is told in the writer's words: the usual slips each by its own, with the place where to mend. */
#include <unistd.h>

#include "bed.h"

#include "law/yaml.h"

static const struct diag *read_text(struct arena *arena, const char *text, size_t len, struct err *err)
{
	char path[] = "/tmp/sanzhi-yaml-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	FILE *file = fdopen(fd, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	err_init(err, arena);
	struct yaml *root = yaml_read(path, "f.yaml", arena, err);
	assert_int_equal(remove(path), 0);
	assert_true(root == NULL || err->ndiags > 0);
	assert_int_equal(err->ndiags, 1);
	return err->diags;
}

static const struct {
	const char *text, *where, *what, *mend;
} slips[] = {
    /* indentation */
    {"title: a\n  from: x\nacts: []\n", "f.yaml:2:3", "缩进不对", "左边对齐"},
    {"a:\n   b: 1\n  c: 2\n", "f.yaml:3:3", "缩进不对", "左边对齐"},
    {"a:\n  b: [1]\n    c: 2\n", "f.yaml:3:5", "缩进不对", "左边对齐"},
    {"a:\n  - b\n - c\n", "f.yaml:3:2", "缩进不对", "左边对齐"},
    {"a:\n  - {b: c}\n   - {d: e}\n", "f.yaml:3:4", "缩进不对", "左边对齐"},
    {"title: a\n- b\n", "f.yaml:2:1", "却是“- ”开头的一项", "多缩进两个空格"},
    {"- a\ntitle: b\n", "f.yaml:2:1", "却是“键: 值”", "写“- ”"},
    {"标题: 标题：x\n 键: c\n", "f.yaml:2:2", "缩进不对", "左边对齐"},
    /* tabs */
    {"a:\n\t- b\n", "f.yaml:2:1", "制表符", "换成空格"},
    {"a:\n  b: 1\n\tc: 2\n", "f.yaml:3:1", "制表符", "换成空格"},
    {"a: b\n\tc: d\n", "f.yaml:2:1", "制表符", "换成空格"},
    {"a:\n  b: [1,\n  \t2]\n", "f.yaml:3:3", "制表符", "换成空格"},
    /* quotes */
    {"title: \"a\nacts:\n  - {at: 1}\n", "f.yaml:1:8", "双引号没有合上", "补上双引号"},
    {"title: 'a\nacts: 1\n", "f.yaml:1:8", "单引号没有合上", "补上单引号"},
    {"标题: \"甲", "f.yaml:1:5", "双引号没有合上", "补上双引号"},
    {"标题: '甲", "f.yaml:1:5", "单引号没有合上", "补上单引号"},
    {"a:\n  - {at: \"1, b: 2}\n  - {c: \"3\"}\n", "f.yaml:2:10", "双引号没有合上", "补上双引号"},
    {"a: 'it's'\n", "f.yaml:1:8", "引号合上以后还有文字", "另一种"},
    {"a: \"b\\q\"\n", "f.yaml:1:6", "反斜杠", "单引号"},
    /* brackets */
    {"a: [b, c\nd: e\n", "f.yaml:1:4", "“[”没有合上", "补上“]”"},
    {"a: [b,\n", "f.yaml:1:4", "“[”没有合上", "补上“]”"},
    {"甲: [乙, {b: 1\nc: 2\n", "f.yaml:1:8", "“{”没有合上", "补上“}”"},
    {"a:\n  - {b: 1, c: 2\n  - {d: 3}\n", "f.yaml:2:5", "“{”没有合上", "补上“}”"},
    {"t: \"{\"\n#[\nx: |\n  {[\n\ny: {z: 1\n", "f.yaml:6:4", "“{”没有合上", "补上“}”"},
    {"a: {b: 1 c: 2}\n", "f.yaml:1:11", "少了逗号", "半角逗号"},
    {"a: {b: 1,, c: 2}\n", "f.yaml:1:10", "多了一个逗号", "去掉"},
    {"a: {b: 1]}\n", "f.yaml:1:9", "不是一对", "配"},
    {"a: {b: 1}}\n", "f.yaml:1:10", "多了一个右括号", "去掉"},
    {"a: [b]c\n", "f.yaml:1:7", "还有文字", "引号"},
    /* colons */
    {"title: a\nacts\n  - {at: 1}\n", "f.yaml:2:1", "缺少冒号：“acts”", "键: 值"},
    {"title: a\nfrom 2026\nacts: []\n", "f.yaml:2:1", "缺少冒号：“from 2026”", "键: 值"},
    {"a: b\n这一行写得很长很长很长很长很长很长很长很长很长很长\nc: d\n", "f.yaml:2:1", "很…”", "键: 值"},
    {"acts: []\n标题：a\nb: c\n", "f.yaml:2:1", "全角冒号", "半角冒号"},
    {"a:b\nc: d\n", "f.yaml:1:1", "冒号后面少了一个空格", "title: 标题"},
    {"title: a: b\n", "f.yaml:1:9", "两个“键: ”", "引号"},
    {"a: - b\n", "f.yaml:1:4", "不能跟在键的同一行", "另起一行"},
    /* a key twice */
    {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1", "键“a”写了两次（前一次在第 1 行）", "留一个"},
    /* marks with a meaning of their own */
    {"a: @b\n", "f.yaml:1:4", "不能以这个符号开头", "引号"},
    {"a: 1\nb: *\n", "f.yaml:2:5", "“*”", "引号"},
    {"%YAML 3\n---\na: b\n", "f.yaml:1:8", "“%”", "去掉"},
    {"a: 1\nb: \"\xB1\xEA\"\n", "f.yaml:2:1", "UTF-8", "UTF-8"},
    /* the rest keeps the parser's own words */
    {"a: |5x\n  b\n", "f.yaml:1:6", "读不下去（解析器的原话：block scalar", "缩进"},
};

static void slips_are_told(void **state UNUSED)
{
	for (size_t i = 0; i < sizeof(slips) / sizeof(*slips); i++) {
		struct arena *arena = arena_new();
		struct err err;
		const struct diag *diag = read_text(arena, slips[i].text, strlen(slips[i].text), &err);
		if (!text_eq(diag->where, slips[i].where) || strstr(diag->what, slips[i].what) == NULL || strstr(text_or_empty(diag->mend), slips[i].mend) == NULL)
			fail_msg("%s\ntold: %s %s. %s", slips[i].text, diag->where, diag->what, text_or_empty(diag->mend));
		arena_free(arena);
	}
}

/* Whatever is cut off or turned, the fault has a place in the file and Chinese words. */
static void every_cut_is_told(void **state UNUSED)
{
	static const char whole[] = "标题: \"甲：乙\"\nacts:\n  - {at: \"1\", b: [c, 'd']}\n  - e: |\n      f\n    g: {h: 1,\n        i: 2}\n";
	for (size_t len = 1; len < sizeof(whole) - 1; len++) {
		static const char turned[] = "\t\"'{}[]:,-\n|&*!%@";
		for (size_t k = 0; k < sizeof(turned); k++) {
			struct arena *arena = arena_new();
			struct err err;
			char path[] = "/tmp/sanzhi-yaml-XXXXXX", text[sizeof(whole)];
			size_t end = turned[k] == '\0' ? len : sizeof(whole) - 1;
			memcpy(text, whole, sizeof(whole));
			if (turned[k] != '\0')
				text[len] = turned[k];
			int fd = mkstemp(path);
			assert_true(fd >= 0 && write(fd, text, end) == (ssize_t)end && close(fd) == 0);
			err_init(&err, arena);
			struct yaml *root = yaml_read(path, "f.yaml", arena, &err);
			assert_int_equal(remove(path), 0);
			assert_true(root != NULL || err.ndiags > 0);
			for (const struct diag *diag = err.diags; diag != NULL; diag = diag->next) {
				int line = 0, column = 0;
				assert_int_equal(sscanf(diag->where, "f.yaml:%d:%d", &line, &column), 2);
				assert_true(line >= 1 && line <= 9 && column >= 1 && column < 40);
				assert_true((unsigned char)diag->what[0] >= 0xE2 || text_starts(diag->what, "“") || text_starts(diag->what, "YAML"));
				assert_non_null(diag->mend);
			}
			arena_free(arena);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(slips_are_told), cmocka_unit_test(every_cut_is_told)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
