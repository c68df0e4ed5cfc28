/* The files of data/demo, and names, numbers and addresses made from them. */
#include "base/ids.h"
#include "base/text.h"
#include "work/demo/inside.h"

#define DATA_MAX ((size_t)1 << 20)

static int read_file(const char *dir, const char *name, struct arena *arena, json_t **out, struct err *err)
{
	const char *path = arena_printf(arena, "%s/%s", dir, name);
	json_error_t fault;
	json_t *value = json_load_file(path, JSON_REJECT_DUPLICATES, &fault);
	if (value == NULL)
		return ERR(err, ERR_NOT_FOUND, "读不了演示数据 %s（第 %d 行：%s）", path, fault.line, fault.text);
	*out = json_tie(arena, value);
	return 0;
}

int demo_load(struct demo *demo, struct arena *arena, struct err *err)
{
	const char *dir = demo->options->data;
	int rc = read_file(dir, "agencies.json", arena, &demo->agency_defs, err);
	if (rc == 0)
		rc = read_file(dir, "domains.json", arena, &demo->domains, err);
	if (rc == 0)
		rc = read_file(dir, "fills.json", arena, &demo->fills, err);
	if (rc == 0)
		rc = read_file(dir, "names.json", arena, &demo->names, err);
	return rc == 0 ? read_file(dir, "lists.json", arena, &demo->lists, err) : rc;
}

const json_t *demo_pick(struct rng *rng, const json_t *array)
{
	size_t count = json_array_size(array);
	return count == 0 ? NULL : json_array_get(array, rng_below(rng, count));
}

const char *demo_word(struct rng *rng, const json_t *array)
{
	const char *word = json_string_value(demo_pick(rng, array));
	return word == NULL ? "" : word;
}

/* One character of a text of Chinese characters. */
static const char *one_character(struct rng *rng, const char *text, struct arena *arena)
{
	size_t count = utf8_count(text, strlen(text)), at = rng_below(rng, count), pos = 0, start = 0;
	for (size_t i = 0; i <= at; i++) {
		start = pos;
		(void)utf8_next(text, strlen(text), &pos);
	}
	return arena_strndup(arena, text + start, pos - start);
}

const char *demo_name(const struct demo *demo, struct rng *rng, const char *area, struct arena *arena)
{
	const json_t *local = json_object_get(json_object_get(demo->names, "minority"), arena_strndup(arena, area, 4));
	if (local != NULL && rng_chance(rng, 45))
		return demo_word(rng, local);
	const char *given = json_str(demo->names, "given"), *first = one_character(rng, given, arena);
	return arena_printf(arena, "%s%s%s", one_character(rng, json_str(demo->names, "surnames"), arena), first, rng_chance(rng, 70) ? one_character(rng, given, arena) : "");
}

const char *demo_street(const struct demo *demo, struct rng *rng, const char *area, struct arena *arena)
{
	return arena_printf(arena, "%s %lld 号", demo_word(rng, json_object_get(json_object_get(demo->names, "streets"), area)), (long long)rng_between(rng, 1, 260));
}

const char *demo_phone(struct rng *rng, struct arena *arena)
{
	/* 170-0000 was never given out to subscribers */
	return arena_printf(arena, "1700000%04lld", (long long)rng_between(rng, 0, 9999));
}

const char *demo_id_number(struct rng *rng, const char *area, struct arena *arena)
{
	static const unsigned weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	char *number = arena_printf(arena, "%.6s%lld%02lld%02lld%03lld?", area, (long long)rng_between(rng, 1962, 2001), (long long)rng_between(rng, 1, 12),
	                            (long long)rng_between(rng, 1, 28), (long long)rng_between(rng, 1, 998));
	unsigned sum = 0;
	for (size_t i = 0; i < 17; i++)
		sum += (unsigned)(number[i] - '0') * weights[i];
	number[17] = "10X98765432"[sum % 11];
	return number;
}

const char *demo_uscc(struct rng *rng, const char *area, struct arena *arena)
{
	static const char letters[] = "ABCDEFGHJKLMNPQRTUWXY0123456789";
	static const int weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
	char body[9] = "MA";
	int sum = 0;
	for (size_t i = 2; i < 8; i++)
		body[i] = letters[rng_below(rng, sizeof(letters) - 1)];
	for (size_t i = 0; i < 8; i++)
		sum += (body[i] >= 'A' ? body[i] - 'A' + 10 : body[i] - '0') * weights[i];
	char *code = arena_printf(arena, "92%.6s%s%c?", area, body, "0X987654321"[sum % 11]);
	code[17] = uscc_check(code);
	return code;
}

static json_t *citizen(const struct demo *demo, struct rng *rng, const char *area, struct arena *arena)
{
	const char *number = demo_id_number(rng, area, arena);
	json_t *party = json_object();
	json_put_str(party, "type", "公民");
	json_put_str(party, "name", demo_name(demo, rng, area, arena));
	json_put_str(party, "id-number", number);
	json_put_str(party, "sex", id_number_sex(number) == 1 ? "男" : "女");
	json_put_str(party, "birth", day_format(arena, id_number_birth(number)));
	json_put_str(party, "phone", demo_phone(rng, arena));
	return party;
}

static json_t *firm(const struct demo *demo, struct rng *rng, const char *area, const char *domain, bool company, struct arena *arena)
{
	const char *word = demo_word(rng, json_object_get(demo->names, "firm-words"));
	const json_t *sorts = json_object_get(json_object_get(demo->domains, domain), "firms");
	const char *name = law_division_name(demo->site->law, area), *sort = "";
	for (int i = 0; i < 40 && (*sort == '\0' || text_ends(sort, "公司") != company); i++)
		sort = demo_word(rng, sorts); /* a field that has only the other sort takes that */
	json_t *party = json_object();
	bool limited = text_ends(sort, "公司");
	json_put_str(party, "type", limited ? "法人" : "个体工商户");
	json_put_str(party, "name", arena_printf(arena, "%s%s%s", name == NULL ? "" : name, word, sort));
	json_put_str(party, "uscc", demo_uscc(rng, area, arena));
	json_put_str(party, "legal-representative", demo_name(demo, rng, area, arena));
	json_put_str(party, "phone", demo_phone(rng, arena));
	return party;
}

json_t *demo_party(const struct demo *demo, struct rng *rng, const char *area, const char *domain, const char *kind, struct arena *arena)
{
	bool alone = text_eq(kind, "公民") || (kind == NULL && rng_chance(rng, 12));
	bool company = text_eq(kind, "法人") || (kind == NULL && rng_chance(rng, 65));
	json_t *party = alone ? citizen(demo, rng, area, arena) : firm(demo, rng, area, domain, company, arena);
	json_t *address = json_object();
	json_put_str(address, "division", area);
	json_put_str(address, "detail", demo_street(demo, rng, area, arena));
	json_put(party, "address", address);
	return json_tie(arena, party);
}
