#include "redact/strike.h"

#include "base/buf.h"
#include "base/text.h"

#define STRUCK "＊＊＊"

static const char *const titles[STRIKE_CLASS_MAX] = {
    [STRIKE_PERSON] = "自然人姓名",  [STRIKE_ADDRESS] = "家庭住址", [STRIKE_ID_NUMBER] = "身份证号码",
    [STRIKE_CONTACT] = "通信方式", [STRIKE_BANK] = "银行账号",    [STRIKE_PROPERTY] = "财产信息",
};

/* Surnames of two characters that are in use; any other name is taken to begin with a surname of one. */
static const char *const compound[] = {"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "端木", "南宫", "长孙", "宇文", "轩辕", "百里", "东郭", "呼延"};

const char *strike_title(enum strike_class class)
{
	BUG_ON(class >= STRIKE_CLASS_MAX);
	return titles[class];
}

char *strike_name(struct arena *arena, const char *name)
{
	size_t len = strlen(name), pos = 0;
	if (len == 0)
		return arena_strdup(arena, "");
	for (size_t i = 0; i < sizeof(compound) / sizeof(compound[0]); i++)
		if (text_starts(name, compound[i]) && len > strlen(compound[i]))
			return arena_printf(arena, "%s某", compound[i]);
	(void)utf8_next(name, len, &pos);
	return arena_printf(arena, "%s某", arena_strndup(arena, name, pos));
}

static int longer_first(const void *a, const void *b)
{
	const struct strike *x = a, *y = b;
	size_t lx = strlen(x->text), ly = strlen(y->text);
	if (lx != ly)
		return lx < ly ? 1 : -1;
	return (y->class == STRIKE_KEPT) - (x->class == STRIKE_KEPT); /* of two that are one text, the one that may be shown */
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether two characters that meet are of one Latin word: "Li" is no name inside "Limited". */
static bool one_word(char left, char right)
{
	return is_letter(left) && is_letter(right);
}

/* The strike that stands at this place, or NULL. `before`: the character in front of it, or 0. */
static const struct strike *at_place(const char *place, char before, const struct strike *strikes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = strikes[i].text;
		size_t len = strlen(text);
		if (text_starts(place, text) && !one_word(before, text[0]) && !one_word(text[len - 1], place[len]))
			return &strikes[i];
	}
	return NULL;
}

static json_t *counted(struct arena *arena, const size_t counts[STRIKE_CLASS_MAX])
{
	json_t *out = json_tie(arena, json_array());
	for (size_t i = 0; i < STRIKE_CLASS_MAX; i++) {
		if (counts[i] == 0)
			continue;
		json_t *item = json_object();
		json_put_str(item, "what", titles[i]);
		json_put_int(item, "count", (int64_t)counts[i]);
		json_push(out, item);
	}
	return out;
}

int strike_out(struct arena *arena, const char *text, const struct strike *strikes, size_t n, char **out, json_t **hidden, struct err *err)
{
	struct strike *sorted = ARENA_ARRAY(arena, n + 1, struct strike);
	size_t kept = 0, counts[STRIKE_CLASS_MAX] = {0};
	for (size_t i = 0; i < n; i++)
		if (strikes[i].text != NULL && utf8_count(strikes[i].text, strlen(strikes[i].text)) >= 2)
			sorted[kept++] = strikes[i];
	qsort(sorted, kept, sizeof(*sorted), longer_first);
	struct buf buf;
	buf_init(&buf, arena, STRIKE_TEXT_MAX);
	for (char before = '\0'; *text != '\0'; before = text[-1]) {
		const struct strike *strike = at_place(text, before, sorted, kept);
		if (strike == NULL) {
			buf_addc(&buf, *text++);
			continue;
		}
		text += strlen(strike->text);
		const char *instead = strike->class == STRIKE_KEPT ? strike->text : strike->class == STRIKE_PERSON ? strike_name(arena, strike->text) : STRUCK;
		buf_adds(&buf, instead);
		if (!text_eq(instead, strike->text)) /* 李某 hides nobody any more */
			counts[strike->class]++;
	}
	if (buf.overflow)
		return ERR(err, ERR_LIMIT, "文本过长，至多 %zu 字节", STRIKE_TEXT_MAX);
	*out = buf.data;
	*hidden = counted(arena, counts);
	return 0;
}
