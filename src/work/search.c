#include "work/search.h"

#include "base/text.h"

/* Half-width and lower case; blanks of every sort become a space. */
static uint32_t fold(uint32_t point)
{
	if (point == 0x3000 || point <= 0x20)
		return ' ';
	if (point >= 0xFF01 && point <= 0xFF5E)
		point -= 0xFEE0;
	if (point >= 'A' && point <= 'Z')
		point += 'a' - 'A';
	return point;
}

#define GAP "xgap"

/* Five digits of a character; a million of these stand in an index, and printf is the dearest way to write them. */
static void add_point(char *out, uint32_t point)
{
	static const char digits[] = "0123456789abcdef";
	for (int i = 0; i < 5; i++)
		out[i] = digits[(point >> (16 - 4 * i)) & 15];
}

static void add_pair(struct buf *words, uint32_t first, uint32_t second)
{
	char word[11];
	add_point(word, first);
	add_point(word + 5, second);
	word[10] = ' ';
	buf_add(words, word, sizeof(word));
}

/* A run's last character, alone. */
static void add_last(struct buf *words, uint32_t point)
{
	char word[5 + 1 + sizeof(GAP)];
	add_point(word, point);
	memcpy(word + 5, " " GAP " ", 1 + sizeof(GAP));
	buf_add(words, word, sizeof(word));
}

void search_add_text(struct buf *words, const char *text)
{
	if (text == NULL)
		return;
	size_t len = strlen(text), pos = 0;
	uint32_t last = ' ';
	while (pos < len) {
		uint32_t point = fold(utf8_next(text, len, &pos));
		if (last != ' ' && point != ' ')
			add_pair(words, last, point);
		else if (last != ' ')
			add_last(words, last);
		last = point;
	}
	if (last != ' ')
		add_last(words, last);
}

void search_add_mark(struct buf *words, char mark, const char *code)
{
	if (code == NULL || *code == '\0')
		return;
	buf_addc(words, mark);
	for (; *code != '\0'; code++)
		if ((*code >= '0' && *code <= '9') || (*code >= 'a' && *code <= 'z'))
			buf_addc(words, *code);
		else if (*code >= 'A' && *code <= 'Z')
			buf_addc(words, (char)(*code + 'a' - 'A'));
	buf_addc(words, ' ');
}

const char *search_tokens(struct arena *arena, enum db_engine engine, const char *words)
{
	if (engine == DB_SQLITE)
		return words;
	size_t place = 0;
	struct buf tokens;
	buf_init(&tokens, arena, 3 * strlen(words) + 1);
	for (const char *at = words; *at != '\0';) {
		size_t len = strcspn(at, " ");
		buf_add(&tokens, at, len);
		buf_addc(&tokens, ':');
		buf_add_int(&tokens, (int64_t)++place);
		buf_addc(&tokens, ' ');
		at += len + (at[len] == ' ');
	}
	return tokens.data;
}

static void add_and(struct buf *query, enum db_engine engine)
{
	if (query->len > 0)
		buf_adds(query, engine == DB_SQLITE ? " AND " : " & ");
}

/* One term: a phrase of pairs, or for a single character everything that begins with it. */
static void add_term(struct buf *query, enum db_engine engine, const uint32_t *points, size_t count)
{
	add_and(query, engine);
	if (count == 1) {
		buf_addf(query, engine == DB_SQLITE ? "%05x*" : "%05x:*", (unsigned)points[0]);
		return;
	}
	buf_adds(query, engine == DB_SQLITE ? "\"" : "(");
	for (size_t i = 0; i + 1 < count; i++) {
		if (i > 0)
			buf_adds(query, engine == DB_SQLITE ? " " : " <-> ");
		buf_addf(query, "%05x%05x", (unsigned)points[i], (unsigned)points[i + 1]);
	}
	buf_adds(query, engine == DB_SQLITE ? "\"" : ")");
}

char *search_query(struct arena *arena, enum db_engine engine, const char *typed, const struct search_mark *marks, size_t nmarks)
{
	struct buf query;
	buf_init(&query, arena, 64 * SEARCH_QUERY_MAX);
	uint32_t *points = ARENA_ARRAY(arena, SEARCH_QUERY_MAX + 1, uint32_t);
	size_t len = typed == NULL ? 0 : strlen(typed), pos = 0, count = 0;
	if (len > SEARCH_QUERY_MAX)
		len = SEARCH_QUERY_MAX;
	while (len > 0 && len < strlen(typed) && ((unsigned char)typed[len] & 0xC0) == 0x80)
		len--;
	while (pos < len) {
		uint32_t point = fold(utf8_next(typed, len, &pos));
		if (point != ' ')
			points[count++] = point;
		if ((point == ' ' || pos >= len) && count > 0) {
			add_term(&query, engine, points, count);
			count = 0;
		}
	}
	if (query.len == 0)
		return NULL;
	for (size_t i = 0; i < nmarks; i++) {
		if (marks[i].code == NULL || *marks[i].code == '\0')
			continue;
		add_and(&query, engine);
		struct buf word;
		buf_init(&word, arena, 256);
		search_add_mark(&word, marks[i].mark, marks[i].code);
		word.data[word.len - 1] = '\0'; /* without the blank */
		buf_adds(&query, word.data);
	}
	return query.data;
}
