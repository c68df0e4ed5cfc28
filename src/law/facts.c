#include "law/facts.h"

#include "base/text.h"

const char *const *members_of(enum field_type type)
{
	static const char *const person[] = {"name", "id-number", "phone", "address", "birth", "sex", NULL};
	static const char *const organisation[] = {"name", "uscc", "legal-representative", "address", "phone", NULL};
	static const char *const party[] = {"type", "name", "id-number", "phone", "address", "birth", "sex", "uscc", "legal-representative", NULL};
	static const char *const range[] = {"from", "to", NULL};
	static const char *const address[] = {"division", "detail", NULL};
	static const char *const signature[] = {"by", "at", "image", "refused", "reason", "witness", NULL};
	static const char *const officer[] = {"id", "name", "certificate", "status", "kinds", "areas", "valid-from", "valid-to", NULL};
	switch (type) {
	case FIELD_PERSON: return person;
	case FIELD_ORGANISATION: return organisation;
	case FIELD_PARTY: return party;
	case FIELD_RANGE: return range;
	case FIELD_ADDRESS: return address;
	case FIELD_SIGNATURE: return signature;
	case FIELD_OFFICER: return officer;
	default: return NULL;
	}
}

static void add_source(struct loader *l, const char *fact, struct fact_source source)
{
	struct fact_source *one = arena_memdup(l->arena, &source, sizeof(source));
	struct fact_source *first = names_get(&l->law->facts, fact);
	if (first == NULL) {
		(void)names_put(&l->law->facts, fact, one);
		return;
	}
	one->next = first->next;
	first->next = one;
}

static struct words *keys_of(struct arena *arena, const struct names *names)
{
	struct words *words = ARENA_NEW(arena, struct words);
	words->items = names->keys;
	words->count = names->count;
	return words;
}

static void own_facts(struct loader *l)
{
	static const char *const open[] = {"agency", "area", "opened", "major", "major-by", "status", "title", "case-number", "urgent", "secrecy", NULL};
	static const char *const makers[] = {"government", "agency"};
	for (const char *const *fact = open; *fact != NULL; fact++)
		add_source(l, *fact, (struct fact_source){0});
	struct words *in_name_of = ARENA_NEW(l->arena, struct words);
	*in_name_of = (struct words){.items = (const char **)(uintptr_t)makers, .count = 2};
	add_source(l, "act", (struct fact_source){.options = &l->law->acts});
	add_source(l, "procedure", (struct fact_source){.options = keys_of(l->arena, &l->law->procedures)});
	add_source(l, "stage", (struct fact_source){.options = keys_of(l->arena, &l->law->stages)});
	add_source(l, "in-name-of", (struct fact_source){.options = in_name_of});
}

static void touch(const struct law *law, struct kind *kind, const char *fact)
{
	int slot = names_index(&law->facts, fact);
	if (slot >= 0 && slot < FACT_SLOTS)
		kind->touches[slot] = true;
}

static void mark_touched(const struct law *law, struct kind *kind)
{
	for (const struct setting *set = kind->sets; set != NULL; set = set->next)
		touch(law, kind, set->fact);
	for (const struct fact_field *link = kind->facts; link != NULL; link = link->next)
		touch(law, kind, link->fact);
	for (size_t i = 0; i < kind->clears.count; i++)
		touch(law, kind, kind->clears.items[i]);
}

void facts_collect(struct loader *l)
{
	own_facts(l);
	for (size_t i = 0; i < l->law->kinds.count; i++) {
		struct kind *kind = l->law->kinds.values[i];
		for (const struct setting *set = kind->sets; set != NULL; set = set->next)
			add_source(l, set->fact, (struct fact_source){.constant = set->value});
		struct fact_field **tail = &kind->facts;
		for (size_t k = 0; k < kind->fields.count; k++) {
			for (const struct field *field = kind->fields.values[k]; field != NULL; field = field->next) {
				if (field->fact == NULL)
					continue;
				add_source(l, field->fact, (struct fact_source){.field = kind->fields.values[k]});
				struct fact_field *link = ARENA_NEW(l->arena, struct fact_field);
				*link = (struct fact_field){.fact = field->fact, .field = field->name};
				*tail = link;
				tail = &link->next;
			}
		}
	}
	for (size_t i = 0; i < l->law->kinds.count; i++)
		mark_touched(l->law, l->law->kinds.values[i]);
}

static bool among(const struct words *options, const struct value *value, const char **nearest)
{
	struct names names;
	struct arena *own = arena_new();
	names_init(&names, own);
	for (size_t i = 0; i < options->count; i++)
		(void)names_put(&names, options->items[i], NULL);
	bool there = names_has(&names, value->text);
	if (!there && *nearest == NULL)
		*nearest = names_nearest(&names, value->text);
	arena_free(own);
	return there;
}

bool field_may_hold(const struct field *field, const struct value *value, const char **nearest)
{
	const struct field *base = field_base(field);
	if (value->type == VALUE_REF || base == NULL)
		return true;
	if (base->type == FIELD_YES_NO)
		return value->type == VALUE_BOOL;
	if (base->type == FIELD_NUMBER || base->type == FIELD_MONEY)
		return value->type == VALUE_NUMBER;
	if (base->type != FIELD_CHOICE && base->type != FIELD_CHOICES)
		return true;
	for (; field != NULL; field = field->next)
		if (field->options.count > 0 && among(&field->options, value, nearest))
			return true;
	return false;
}

bool fact_may_hold(const struct law *law, const char *fact, const struct value *value, const char **nearest)
{
	const struct fact_source *source = names_get(&law->facts, fact);
	if (value->type == VALUE_REF)
		return true;
	for (; source != NULL; source = source->next) {
		if (source->constant != NULL) {
			const char *text = json_string_value(source->constant);
			if (text == NULL ? value->type == (json_is_boolean(source->constant) ? VALUE_BOOL : VALUE_NUMBER) : text_eq(text, value->text))
				return true;
			if (text != NULL && *nearest == NULL)
				*nearest = text;
		} else if (source->options != NULL) {
			if (among(source->options, value, nearest))
				return true;
		} else if (source->field == NULL || field_may_hold(source->field, value, nearest)) {
			return true;
		}
	}
	return false;
}
