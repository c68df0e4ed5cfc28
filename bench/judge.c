/*
 * How long it takes to load and check the whole rulebook, and to judge an act.
 *
 *   judge RULEBOOK ROUNDS
 *
 * A penalty in 景洪市 is grown to three sizes; at each, every kind that may be noted in a case is judged again and again by a handler, with
 * a body. Prints one line of JSON: milliseconds to load (median of five), microseconds of one judgement (mean over all, and of the
 * dearest pair of kind and state), how many pairs.
 */
#include <time.h>

#include "base/text.h"
#include "law/law.h"

#define LOADS 5
#define PAIRS_MAX 1024

struct bench {
	struct arena *arena;
	struct err err;
	struct law *law;
	struct law_scope *scope;
	json_t *state, *roles, *body;
	instant_t at;
	int64_t number;
	double total, dearest;
	const char *dearest_kind;
	size_t pairs;
};

static double now_s(void)
{
	struct timespec at;
	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double time_loads(const char *dir)
{
	double took[LOADS];
	for (size_t i = 0; i < LOADS; i++) {
		struct arena *arena = arena_new();
		struct err err;
		struct law *law;
		err_init(&err, arena);
		double began = now_s();
		int rc = law_load(dir, arena, &law, &err);
		took[i] = (now_s() - began) * 1e3;
		if (rc != 0) {
			(void)fprintf(stderr, "judge: %s\n", err.message);
			exit(2);
		}
		arena_free(arena);
	}
	qsort(took, LOADS, sizeof(took[0]), by_size);
	return took[LOADS / 2];
}

/* Notes an act whatever stands against it: what matters here is a state of a real size. */
static void note(struct bench *b, const char *kind)
{
	struct law_act act = {.kind = kind, .at = b->at += INSTANT_HOUR, .by = "u1", .body = b->body};
	if (law_fold(b->scope, b->state, &act, ++b->number, b->arena, &b->err) != 0) {
		(void)fprintf(stderr, "judge: %s: %s\n", kind, b->err.message);
		exit(2);
	}
}

static void time_pair(struct bench *b, const char *kind, size_t rounds)
{
	struct law_act act = {.kind = kind, .at = b->at, .by = "u1", .by_roles = b->roles, .body = b->body};
	double began = now_s();
	for (size_t i = 0; i < rounds; i++) {
		struct arena_mark mark = arena_mark(b->arena);
		(void)law_judge(b->scope, b->state, &act, b->arena);
		arena_rewind(b->arena, mark);
	}
	double each = (now_s() - began) * 1e6 / (double)rounds;
	b->total += each;
	b->pairs++;
	if (each > b->dearest) {
		b->dearest = each;
		b->dearest_kind = kind;
	}
}

static void time_state(struct bench *b, size_t rounds)
{
	struct law_act who = {.at = b->at, .by = "u1", .by_roles = b->roles};
	const json_t *coming = law_next(b->scope, b->state, &who, b->arena), *one;
	size_t i;
	json_array_foreach(coming, i, one)
		if (b->pairs < PAIRS_MAX)
			time_pair(b, json_str(one, "kind"), rounds);
}

static void begin(struct bench *b)
{
	static const char body[] = "{\"officers\":[{\"id\":\"a\",\"name\":\"李勤\",\"acts\":[\"处罚\"],\"area\":\"532801\",\"valid-from\":\"2020-01-01\",\"valid-until\":\"2030-12-31\"},"
				   "{\"id\":\"b\",\"name\":\"岩温\",\"acts\":[\"处罚\"],\"area\":\"532801\",\"valid-from\":\"2020-01-01\",\"valid-until\":\"2030-12-31\"}],"
				   "\"conclusion\":\"同意\",\"certificates-shown\":true,\"party\":{\"type\":\"公民\",\"name\":\"岩罕\"},\"fine\":600000,\"act-kind\":\"处罚\","
				   "\"when\":{\"from\":\"2026-03-02T09:00:00+08:00\",\"to\":\"2026-03-02T10:00:00+08:00\"},\"place\":\"民族路 66 号\"}";
	struct law_place place = {.agency = "11532801015175290P", .area = "532801"};
	day_t day;
	BUG_ON(!day_parse("2026-03-02", 10, &day));
	b->at = day_start(day) + 9 * INSTANT_HOUR;
	b->scope = law_scope(b->law, &place, day, day, b->arena);
	b->state = law_state_new(&place, "penalty", b->at, b->arena);
	b->roles = json_tie(b->arena, json_pack("[s]", "handler"));
	if (json_read(b->arena, body, sizeof(body) - 1, sizeof(body), &b->body, &b->err) != 0)
		exit(2);
}

int main(int argc, char **argv)
{
	static const char *const first[] = {"source.registered"};
	static const char *const second[] = {"filing.proposed", "filing.reviewed", "filing.approved", "officers.assigned", "identity.shown", "recording.announced", "inquiry.inspected", "inquiry.questioned", "evidence.collected", "recording.made"};
	static const char *const third[] = {"inquiry.ended", "review.sent", "review.taken-in", "review.opinion", "rights.told", "statement.made", "statement.reviewed", "discussion.held", "decision.proposed", "decision.reviewed", "decision.approved", "decision.made", "service.made", "payment.received"};
	struct bench b = {.arena = arena_new()};
	int64_t rounds;
	err_init(&b.err, b.arena);
	if (argc != 3 || !text_int(argv[2], strlen(argv[2]), &rounds) || rounds < 1) {
		(void)fprintf(stderr, "usage: judge RULEBOOK ROUNDS\n");
		return 2;
	}
	double load = time_loads(argv[1]);
	if (law_load(argv[1], b.arena, &b.law, &b.err) != 0)
		return 2;
	begin(&b);
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		note(&b, first[i]);
	time_state(&b, (size_t)rounds);
	for (size_t i = 0; i < sizeof(second) / sizeof(second[0]); i++)
		note(&b, second[i]);
	time_state(&b, (size_t)rounds);
	for (size_t i = 0; i < sizeof(third) / sizeof(third[0]); i++)
		note(&b, third[i]);
	time_state(&b, (size_t)rounds);
	(void)printf("{\"load\":%.2f,\"judge\":%.3f,\"dearest\":%.3f,\"kind\":\"%s\",\"pairs\":%zu}\n", load, b.total / (double)b.pairs, b.dearest, b.dearest_kind, b.pairs);
	arena_free(b.arena);
	return 0;
}
