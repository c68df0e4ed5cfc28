/*
 * The parser says what it expected; who writes a rule wants to know what was forgotten. So its message is only the first clue: the line, the one below it and the brackets
 * that stand open decide. What is not among the usual faults keeps the parser's own words, in brackets.
 */
#include "law/yaml_fault.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

#define OPEN_MAX 64
#define SHOWN_MAX 24 /* characters of a line that a message repeats */

struct open {
	char mark;
	int line, column;
};

/* The text read up to where the parser stood, as far as brackets go. */
struct scan {
	const char *text;
	size_t at, len;
	int line, column;
	bool start; /* a value may begin here */
	struct open open[OPEN_MAX];
	size_t depth;
};

struct fault {
	const char *text, *said;
	size_t len;
	int line, column;
	struct arena *arena;
};

/* --- lines --------------------------------------------------------------------------------------------------------------- */

/* Line `number` without its end; empty past the last. */
static const char *line_of(const struct fault *fault, int number)
{
	const char *at = fault->text, *end = fault->text + fault->len;
	for (int line = 1; line < number && at < end; line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		at = stop == NULL ? end : stop + 1;
	}
	const char *stop = memchr(at, '\n', (size_t)(end - at));
	return arena_strndup(fault->arena, at, (size_t)((stop == NULL ? end : stop) - at));
}

static bool is_blank(const char *line)
{
	line += strspn(line, " \t\r");
	return *line == '\0' || *line == '#';
}

/* The next line that says something; 0: there is none. */
static int line_after(const struct fault *fault, int line)
{
	int last = 1;
	for (size_t i = 0; i < fault->len; i++)
		last += fault->text[i] == '\n';
	for (line++; line <= last; line++)
		if (!is_blank(line_of(fault, line)))
			return line;
	return 0;
}

/* The first line that is no UTF-8, 0 where all are. */
static int line_not_utf8(const struct fault *fault)
{
	if (utf8_valid(fault->text, fault->len))
		return 0;
	int line = 1;
	for (size_t at = 0; at < fault->len; line++) {
		const char *stop = memchr(fault->text + at, '\n', fault->len - at);
		size_t len = stop == NULL ? fault->len - at : (size_t)(stop - fault->text) - at;
		if (!utf8_valid(fault->text + at, len))
			break;
		at += len + 1;
	}
	return line;
}

/* The column of a tab in the line's indentation, 0 where there is none. */
static int tab_in_indent(const char *line)
{
	size_t spaces = strspn(line, " ");
	return line[spaces] == '\t' ? (int)spaces + 1 : 0;
}

/* Whether the place is where a key or an item of the line begins, and not in its value. */
static bool at_key(const char *line, int column)
{
	size_t begin = strspn(line, " ");
	while (line[begin] == '-' && line[begin + 1] == ' ')
		begin += 1 + strspn(line + begin + 1, " ");
	return column <= (int)begin + 1;
}

/* --- brackets ------------------------------------------------------------------------------------------------------------- */

static void step(struct scan *s)
{
	unsigned char c = (unsigned char)s->text[s->at++];
	if (c == '\n') {
		s->line++;
		s->column = 1;
		s->start = true;
	} else if ((c & 0xC0) != 0x80) {
		s->column++;
	}
}

static void skip_quoted(struct scan *s)
{
	char quote = s->text[s->at];
	step(s);
	while (s->at < s->len && s->text[s->at] != quote) {
		if (quote == '"' && s->text[s->at] == '\\')
			step(s);
		if (s->at < s->len)
			step(s);
	}
	if (s->at < s->len)
		step(s);
	s->start = false;
}

static void skip_line(struct scan *s)
{
	while (s->at < s->len && s->text[s->at] != '\n')
		step(s);
}

/* "|" or ">": all lines that lie deeper than the one it stands on. */
static void skip_block(struct scan *s)
{
	size_t begin = s->at;
	while (begin > 0 && s->text[begin - 1] != '\n')
		begin--;
	size_t indent = strspn(s->text + begin, " ");
	for (skip_line(s); s->at < s->len; skip_line(s)) {
		size_t deep = strspn(s->text + s->at + 1, " ");
		char first = s->at + 1 + deep < s->len ? s->text[s->at + 1 + deep] : '\n';
		if (deep <= indent && first != '\n' && first != '\r')
			break;
		step(s);
	}
	s->start = true;
}

static bool ends_word(const struct scan *s, size_t at)
{
	return at >= s->len || strchr(" \t\r\n", s->text[at]) != NULL;
}

static void scan_one(struct scan *s)
{
	char c = s->text[s->at];
	bool flow = s->depth > 0, begins = s->start;
	if (c == '#' && (s->at == 0 || ends_word(s, s->at - 1))) {
		skip_line(s);
		return;
	}
	if (begins && (c == '"' || c == '\'')) {
		skip_quoted(s);
		return;
	}
	if (begins && !flow && (c == '|' || c == '>')) {
		skip_block(s);
		return;
	}
	if ((c == '[' || c == '{') && (flow || begins) && s->depth < OPEN_MAX) {
		s->open[s->depth++] = (struct open){c, s->line, s->column};
		s->start = true;
	} else if ((c == ']' || c == '}') && flow) {
		s->depth--;
		s->start = false;
	} else if ((c == ',' && flow) || ((c == ':' || (c == '-' && begins)) && ends_word(s, s->at + 1))) {
		s->start = true;
	} else if (c != ' ' && c != '\t' && c != '\r') {
		s->start = false;
	}
	step(s);
}

/* The innermost bracket that stands open where the parser gave up. */
static bool open_bracket(const struct fault *fault, struct open *out)
{
	struct scan s = {.text = fault->text, .len = fault->len, .line = 1, .column = 1, .start = true};
	while (s.at < s.len && (s.line < fault->line || (s.line == fault->line && s.column < fault->column)))
		scan_one(&s);
	if (s.depth == 0)
		return false;
	*out = s.open[s.depth - 1];
	return true;
}

/* --- faults --------------------------------------------------------------------------------------------------------------- */

static struct yaml_fault told(int line, int column, const char *what, const char *mend)
{
	return (struct yaml_fault){line, column, what, mend};
}

static struct yaml_fault tab_fault(int line, int column)
{
	return told(line, column, "缩进里有制表符（Tab）", "缩进只用空格：把这一行开头的制表符换成空格，每一级两个");
}

static struct yaml_fault indent_fault(int line, const char *text)
{
	return told(line, (int)strspn(text, " ") + 1, "缩进不对：这一行与上面哪一级都对不齐", "同级的行左边对齐；下一级比上一级多缩进两个空格");
}

/* As much of a line as shows which is meant. */
static const char *shortened(struct arena *arena, const char *line)
{
	const char *text = text_trim(arena, line);
	size_t at = 0, len = strlen(text);
	for (int i = 0; i < SHOWN_MAX && at < len; i++)
		(void)utf8_next(text, len, &at);
	return at < len ? arena_printf(arena, "%.*s…", (int)at, text) : text;
}

/* A line that should have been "key: value": which colon was meant? */
static struct yaml_fault colon_fault(const struct fault *fault, int line, const char *text)
{
	int column = (int)strspn(text, " ") + 1;
	const char *said = arena_printf(fault->arena, "这一行缺少冒号：“%s”不是“键: 值”", shortened(fault->arena, text));
	if (strstr(text, "：") != NULL)
		return told(line, column, "这一行用了全角冒号“：”，键后面要用半角冒号", "改成半角冒号加一个空格，例如 title: 标题");
	if (strchr(text, ':') != NULL)
		return told(line, column, "这一行的冒号后面少了一个空格", "键和值之间写“: ”，例如 title: 标题");
	return told(line, column, said, "写成“键: 值”；如果它接着上一行的文字，就放到同一行，或者把整段文字放进引号");
}

static struct yaml_fault plain_fault(const struct fault *fault)
{
	const char *line = line_of(fault, fault->line);
	int next = line_after(fault, fault->line);
	if (at_key(line, fault->column))
		return colon_fault(fault, fault->line, line);
	if (next == 0)
		return indent_fault(fault->line, line);
	/* a value that goes on below: it is the line below that stands wrong */
	const char *below = line_of(fault, next);
	int tab = tab_in_indent(below);
	return tab > 0 ? tab_fault(next, tab) : indent_fault(next, below);
}

static struct yaml_fault quote_fault(const struct fault *fault, bool twice)
{
	const char *line = line_of(fault, fault->line);
	int column = fault->column;
	const char *shown = twice ? "双引号" : "单引号";
	size_t at = 0, len = strlen(line), before = 0;
	for (int i = 1; i < column && at < len; i++) {
		before = at;
		(void)utf8_next(line, len, &at);
	}
	if (line[before] == (twice ? '"' : '\'') && before < at) /* some messages point behind the mark */
		column--;
	return told(fault->line, column, arena_printf(fault->arena, "从这里开始的%s没有合上", shown), arena_printf(fault->arena, "在这段文字的末尾补上%s", shown));
}

static struct yaml_fault bracket_fault(const struct fault *fault, const struct open *open)
{
	char close = open->mark == '[' ? ']' : '}';
	if (open->line < fault->line || fault->column > (int)utf8_count(line_of(fault, fault->line), strlen(line_of(fault, fault->line))))
		return told(open->line, open->column, arena_printf(fault->arena, "从这里开始的“%c”没有合上", open->mark),
		            arena_printf(fault->arena, "在末尾补上“%c”；如果括号里的内容分成了几行，看看行末是不是少了逗号", close));
	return told(fault->line, fault->column, arena_printf(fault->arena, "“%c”里的两项之间少了逗号，或者前一项没有写完", open->mark),
	            "各项之间用半角逗号分开；值里本来就有逗号、冒号或者括号的，把值放进引号");
}

static bool says(const struct fault *fault, const char *words)
{
	return strstr(fault->said, words) != NULL;
}

/* Faults that need nothing but their own place. */
static const struct {
	const char *said, *what, *mend;
} plainly[] = {
    {"nested block mapping on the same line", "一行里写了两个“键: ”", "值里本来就有冒号的，把值放进引号；否则另起一行，比上一级多缩进两个空格"},
    {"block mapping key on same line", "一行里写了两个“键: ”", "值里本来就有冒号的，把值放进引号；否则另起一行，比上一级多缩进两个空格"},
    {"block sequence on the same line", "“- ”不能跟在键的同一行", "另起一行写“- ”，比键多缩进两个空格；如果它是文字，放进引号"},
    {"scalar cannot start with", "没有引号的文字不能以这个符号开头", "把整段文字放进引号"},
    {"invalid escape", "双引号里的反斜杠不能这样用", "写成两个反斜杠，或者改用单引号"},
    {"trailing content after", "引号合上以后还有文字", "把整段文字放进一对引号，文字里本来有引号的，外面换用另一种；也看看上一行的引号是不是忘了合上"},
    {"extra closing", "这里多了一个右括号", "去掉它，或者在前面补上对应的左括号"},
    {"mismatched flow", "左右括号不是一对", "“[”配“]”，“{”配“}”"},
    {"alias", "“*”在这里另有用途，不能作文字的开头", "把整段文字放进引号"},
    {"anchor", "“&”在这里另有用途，不能作文字的开头", "把整段文字放进引号"},
    {"tag", "“!”在这里另有用途，不能作文字的开头", "把整段文字放进引号"},
    {"directive", "以“%”开头的行另有用途，不能作内容", "去掉这一行；如果是文字，放进引号"},
    {"extra comma", "这里多了一个逗号", "去掉多余的逗号，或者补上漏写的一项"},
    {"comma in the beginning", "这里多了一个逗号", "去掉多余的逗号，或者补上漏写的一项"},
};

static struct yaml_fault flow_fault(const struct fault *fault)
{
	struct open open;
	if (says(fault, "expected node content") && fault->column <= (int)strlen(line_of(fault, fault->line)) && line_of(fault, fault->line)[fault->column - 1] == ',')
		return told(fault->line, fault->column, "这里多了一个逗号", "去掉多余的逗号，或者补上漏写的一项");
	if (open_bracket(fault, &open))
		return bracket_fault(fault, &open);
	return indent_fault(fault->line, line_of(fault, fault->line));
}

/* A block that goes on where it cannot: a wrong indentation, unless the line is neither pair nor item. */
static struct yaml_fault block_fault(const struct fault *fault)
{
	const char *line = line_of(fault, fault->line), *word = line + strspn(line, " ");
	bool item = text_starts(word, "- ");
	if (says(fault, "value after mapping") && !at_key(line, fault->column))
		return told(fault->line, fault->column, "前面的值已经写完，这里还有文字", "去掉多余的文字，或者把整个值放进引号");
	if (!item && strstr(word, ": ") == NULL && !text_ends(word, ":"))
		return colon_fault(fault, fault->line, line);
	if (says(fault, "expected key") && item)
		return told(fault->line, (int)(word - line) + 1, "缩进不对：上面各行是“键: 值”，这一行却是“- ”开头的一项", "这一项属于上一行的键时，比键多缩进两个空格；否则写成“键: 值”");
	if (says(fault, "end of block sequence") && !item)
		return told(fault->line, (int)(word - line) + 1, "缩进不对：上面各行是“- ”开头的各项，这一行却是“键: 值”", "它是一项时在前面写“- ”；它属于上一级时，与上一级的键左边对齐");
	return indent_fault(fault->line, line);
}

struct yaml_fault yaml_fault_read(const char *text, size_t len, const char *said, int line, int column, struct arena *arena)
{
	struct fault fault = {.text = text, .said = said, .len = len, .line = line, .column = column, .arena = arena};
	int tab, bad = line_not_utf8(&fault);
	if (bad > 0)
		return told(bad, 1, "文字不是规范的 UTF-8", "用 UTF-8 保存文件");
	tab = tab_in_indent(line_of(&fault, line));
	bool twice = says(&fault, "double-quoted");
	if (tab > 0)
		return tab_fault(line, tab);
	if ((twice || says(&fault, "single-quoted")) && (says(&fault, "wrongly indented") || says(&fault, "without closing") || says(&fault, "marker in")))
		return quote_fault(&fault, twice);
	for (size_t i = 0; i < sizeof(plainly) / sizeof(plainly[0]); i++)
		if (says(&fault, plainly[i].said))
			return told(line, column, plainly[i].what, plainly[i].mend);
	if (says(&fault, "flow") || says(&fault, "closing bracket") || says(&fault, "expected node content"))
		return flow_fault(&fault);
	if (says(&fault, "multiline plain key") || says(&fault, "mapping in plain multiline"))
		return plain_fault(&fault);
	if (says(&fault, "expected ':'") || says(&fault, "missing ':'") || says(&fault, "indent") || says(&fault, "indendation") || says(&fault, "expected key") ||
	    says(&fault, "value after mapping") || says(&fault, "end of block sequence") || says(&fault, "expected '-'"))
		return block_fault(&fault);
	return told(line, column, arena_printf(arena, "YAML 写法有误，读不下去（解析器的原话：%s）", said), "检查这一行和上一行的缩进、引号、括号和冒号");
}
