#include "bed.h"

json_t *bed_json(struct bed *bed, const char *text)
{
	char *copy = arena_strdup(bed->arena, text);
	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	json_t *out = NULL;
	assert_int_equal(json_read(bed->arena, copy, strlen(copy), 1 << 20, &out, &bed->err), 0);
	return out;
}

instant_t bed_at(const char *text)
{
	instant_t at;
	assert_true(instant_parse(text, strlen(text), &at));
	return at;
}

day_t bed_day(const char *text)
{
	day_t day;
	assert_true(day_parse(text, strlen(text), &day));
	return day;
}

void bed_case(struct bed *bed, const char *agency, const char *area, const char *procedure, const char *opened, const char *today)
{
	bed->place = (struct law_place){.agency = agency, .area = area};
	bed->scope = law_scope(bed->law, &bed->place, bed_day(today), bed_day(opened), bed->arena);
	bed->state = law_state_new(&bed->place, procedure, day_start(bed_day(opened)), bed->arena);
	bed->number = 0;
}

static struct law_act act_of(struct bed *bed, const char *kind, const char *at, const char *body)
{
	return (struct law_act){.kind = kind, .at = bed_at(at), .by = bed->by, .by_roles = bed->roles, .body = body == NULL ? NULL : bed_json(bed, body)};
}

const struct law_verdict *bed_judge(struct bed *bed, const char *kind, const char *at, const char *body)
{
	struct law_act act = act_of(bed, kind, at, body);
	return law_judge(bed->scope, bed->state, &act, bed->arena);
}

void bed_fold(struct bed *bed, const char *kind, const char *at, const char *body)
{
	struct law_act act = act_of(bed, kind, at, body);
	assert_int_equal(law_fold(bed->scope, bed->state, &act, ++bed->number, bed->arena, &bed->err), 0);
}

const struct law_refusal *bed_refusal(const struct law_verdict *verdict, const char *rule)
{
	for (const struct law_refusal *one = verdict->refusals; one != NULL; one = one->next)
		if (text_eq(one->rule, rule))
			return one;
	return NULL;
}

json_t *bed_duty(struct bed *bed, const char *rule, json_t **part)
{
	json_t *duties = json_object_get(bed->state, "duties");
	for (size_t i = json_array_size(duties); i-- > 0;) {
		json_t *duty = json_array_get(duties, i), *also = json_object_get(duty, "also");
		if (part != NULL)
			*part = duty;
		if (text_eq(json_str(duty, "rule"), rule))
			return duty;
		for (size_t k = 0; k < json_array_size(also); k++) {
			if (part != NULL)
				*part = json_array_get(also, k);
			if (text_eq(json_str(json_array_get(also, k), "rule"), rule))
				return duty;
		}
	}
	return NULL;
}

const char *bed_due(struct bed *bed, const char *rule)
{
	json_t *part;
	assert_non_null(bed_duty(bed, rule, &part));
	instant_t due = json_int(part, "due", 0);
	return instant_format(bed->arena, due - due % INSTANT_SECOND);
}

int bed_up(void **state)
{
	struct arena *arena = arena_new();
	struct bed *bed = ARENA_NEW(arena, struct bed);
	bed->arena = arena;
	err_init(&bed->err, arena);
	if (law_load(DATA_DIR "/small", arena, &bed->law, &bed->err) != 0) {
		for (const struct diag *diag = bed->err.diags; diag != NULL; diag = diag->next)
			print_error("%s: %s\n", diag->where, diag->what);
		return -1;
	}
	bed_case(bed, NULL, "532801", "penalty", "2026-01-05", "2026-01-05");
	bed->by = "u1";
	*state = bed;
	return 0;
}

int bed_down(void **state)
{
	arena_free(((struct bed *)*state)->arena);
	return 0;
}
