/*
 * Where a lower instrument and a higher one speak on one topic: which is stricter, and which governs. Like is compared with like: duties that one
 * occurrence can open, for each act on which both stand, by how long they are and by the moment they run from; extensions; gates before one act, by whether
 * they let what is urgent pass; terms of retention; figures of one unit; the classes of redaction and exemption; the fields of one
 * list; thresholds over one fact.
 */
#include "law/describe.h"

#include "base/text.h"
#include "law/eval.h"
#include "law/limit.h"

struct comparing {
	const struct law *law;
	struct arena *arena;
	json_t *out;
};

/* --- can they meet? ------------------------------------------------------------------------------------------------ */

/* A bureau's place, out of its 统一社会信用代码: the third to eighth characters are the division that registered it. */
static const char *place_of(const struct instrument *in, char out[7])
{
	if (in->level != LEVEL_BUREAU)
		return in->area;
	if (in->agency == NULL || strlen(in->agency) < 8)
		return NULL;
	memcpy(out, in->agency + 2, 6);
	out[6] = '\0';
	return out;
}

bool instruments_meet(const struct instrument *a, const struct instrument *b)
{
	char one[7], two[7];
	bool days = (a->repealed == DAY_NONE || a->repealed > b->in_force) && (b->repealed == DAY_NONE || b->repealed > a->in_force);
	if (!days)
		return false;
	if (a->level <= LEVEL_NATION || b->level <= LEVEL_NATION)
		return true;
	if (a->level == LEVEL_BUREAU && b->level == LEVEL_BUREAU)
		return text_eq(a->agency, b->agency);
	const char *x = place_of(a, one), *y = place_of(b, two);
	return area_within(x, y) || area_within(y, x);
}

static bool words_meet(const struct test *a, const struct test *b)
{
	for (size_t i = 0; i < a->count; i++) {
		for (size_t k = 0; k < b->count; k++) {
			const struct value *x = &a->values[i], *y = &b->values[k];
			if (x->type == VALUE_REF || y->type == VALUE_REF || (x->type == VALUE_BOOL && y->type == VALUE_BOOL ? x->yes == y->yes : text_eq(x->text, y->text)))
				return true;
		}
	}
	return false;
}

/* Every word that one wants is among those the other shuts out. */
static bool shuts_out(const struct test *in, const struct test *not_in)
{
	for (size_t i = 0; i < in->count; i++) {
		bool shut = false;
		for (size_t k = 0; k < not_in->count; k++) {
			const struct value *x = &in->values[i], *y = &not_in->values[k];
			shut = shut || (x->type == y->type && x->type != VALUE_REF && (x->type == VALUE_BOOL ? x->yes == y->yes : text_eq(x->text, y->text)));
		}
		if (!shut)
			return false;
	}
	return true;
}

static bool tests_meet(const struct test *a, const struct test *b)
{
	for (; a != NULL; a = a->next) {
		for (const struct test *other = b; other != NULL; other = other->next) {
			if (a->op == TEST_IN && other->op == TEST_IN && !words_meet(a, other))
				return false;
			if (a->op == TEST_IN && other->op == TEST_NOT_IN && shuts_out(a, other))
				return false;
			if (a->op == TEST_NOT_IN && other->op == TEST_IN && shuts_out(other, a))
				return false;
			if (a->op == TEST_PRESENT && other->op == TEST_PRESENT && a->values[0].yes != other->values[0].yes)
				return false;
		}
	}
	return true;
}

/* A list's value may hold two words at once; only facts and fields of one value shut each other out. Which is which the path's own name cannot tell, so
 * that lists of a decision (sanctions, purposes) are judged the same way: rules that name different ones are different rules. */
bool conds_meet(const struct cond *a, const struct cond *b)
{
	if (a == NULL || b == NULL)
		return true;
	for (const struct cond *x = a->first; x != NULL; x = x->next)
		for (const struct cond *y = b->first; y != NULL; y = y->next)
			if (x->op == COND_TEST && y->op == COND_TEST && text_eq(x->path->text, y->path->text) && !tests_meet(x->test, y->test))
				return false;
	return true;
}

bool duties_meet(const struct duty *a, const struct duty *b)
{
	bool shared = false;
	for (size_t i = 0; i < a->opens.count && !shared; i++)
		shared = kinds_has(&b->opens, a->opens.items[i]);
	return shared && conds_meet(a->opens_when, b->opens_when);
}

/* --- reporting ----------------------------------------------------------------------------------------------------- */

static json_t *side(struct comparing *c, const struct rule *rule, const char *value)
{
	json_t *one = json_object();
	json_put_str(one, "instrument", rule->instrument->id);
	json_put_str(one, "level", level_word(rule->instrument->level));
	json_put_str(one, "rule", rule->full);
	json_put_str(one, "clause", rule->clause);
	json_put_str(one, "cite", law_cite(c->law, rule->clause));
	json_put_str(one, "value", value);
	return one;
}

/* `sign` is how strict the lower is beside the higher: below 0 laxer, above 0 stricter. */
static json_t *report(struct comparing *c, const struct rule *higher, const char *hvalue, const struct rule *lower, const char *lvalue, int sign)
{
	const struct topic *topic = names_get(&c->law->topics, higher->topic);
	json_t *one = json_object();
	json_put_str(one, "topic", higher->topic);
	json_put_str(one, "title", topic == NULL ? higher->title : topic->title);
	json_put(one, "higher", side(c, higher, hvalue));
	json_put(one, "lower", side(c, lower, lvalue));
	json_put_str(one, "difference", sign < 0 ? "laxer" : sign > 0 ? "stricter" : "same");
	json_put_str(one, "governs", sign > 0 ? lower->clause : higher->clause);
	json_push(c->out, one);
	return one;
}

/* Whether the first is the higher and the second the lower of one agency, on one topic. */
static bool are_pair(const struct rule *higher, const struct rule *lower)
{
	return higher->topic != NULL && text_eq(higher->topic, lower->topic) && level_rank(higher->instrument->level) < level_rank(lower->instrument->level) &&
	       instruments_meet(higher->instrument, lower->instrument);
}

static bool wants_less(const struct comparing *c, const char *topic_id)
{
	const struct topic *topic = names_get(&c->law->topics, topic_id);
	return topic == NULL || text_eq(topic->stricter, "shorter") || text_eq(topic->stricter, "smaller");
}

static int strictness(bool less, int64_t higher, int64_t lower)
{
	int sign = (lower > higher) - (lower < higher);
	return less ? -sign : sign;
}

/* --- duties -------------------------------------------------------------------------------------------------------- */

static bool stands_on(const struct comparing *c, const struct duty *duty, const char *act)
{
	json_t *facts = json_pack("{s:s}", "act", act);
	BUG_ON(facts == NULL);
	struct eval e = {.law = c->law, .facts = facts, .absent_maybe = true};
	bool stands = cond_eval(&e, duty->opens_when) != ANSWER_NO;
	json_decref(facts);
	return stands;
}

static json_t *common_acts(const struct comparing *c, const struct duty *a, const struct duty *b)
{
	json_t *acts = json_array();
	for (size_t i = 0; i < c->law->acts.count; i++)
		if (stands_on(c, a, c->law->acts.items[i]) && stands_on(c, b, c->law->acts.items[i]))
			json_push_str(acts, c->law->acts.items[i]);
	return acts;
}

static int64_t extension_weight(const struct extension *extends)
{
	return extends == NULL ? 0 : extends->until != NULL ? INT64_MAX : limit_weight(&extends->by);
}

static const char *extension_zh(const struct comparing *c, const struct extension *extends)
{
	if (extends == NULL)
		return "不得延长";
	return extends->until != NULL ? "可延长到批准的日期" : arena_printf(c->arena, "可延长%s", limit_zh(&extends->by, c->arena));
}

static void compare_extensions(struct comparing *c, const struct duty *higher, const struct duty *lower)
{
	if (higher->extends == NULL && lower->extends == NULL)
		return;
	json_t *one = report(c, &higher->rule, extension_zh(c, higher->extends), &lower->rule, extension_zh(c, lower->extends),
	                     strictness(true, extension_weight(higher->extends), extension_weight(lower->extends)));
	json_put_str(one, "aspect", "延长");
}

/* Where the moment that a duty runs from stands among those its topic names; -1: nowhere. */
static int moment_of(const struct comparing *c, const struct duty *duty)
{
	const struct topic *topic = names_get(&c->law->topics, duty->rule.topic);
	for (size_t i = 0; topic != NULL && duty->from != NULL && i < topic->nmoments; i++)
		if (text_eq(topic->moments[i].path, duty->from->text))
			return (int)i;
	return -1;
}

static const char *limit_from_zh(const struct comparing *c, const struct duty *duty, int moment)
{
	const struct topic *topic = names_get(&c->law->topics, duty->rule.topic);
	return arena_printf(c->arena, "从%s起%s", topic->moments[moment].title, limit_zh(&duty->limit, c->arena));
}

static json_t *report_limits(struct comparing *c, const struct duty *higher, const struct duty *lower)
{
	int64_t a = limit_weight(&higher->limit), b = limit_weight(&lower->limit);
	int begins = moment_of(c, higher), starts = moment_of(c, lower);
	if (a == b && begins >= 0 && starts >= 0 && begins != starts)
		return report(c, &higher->rule, limit_from_zh(c, higher, begins), &lower->rule, limit_from_zh(c, lower, starts), strictness(true, begins, starts));
	bool less = wants_less(c, higher->rule.topic) != higher->limit.before;
	return report(c, &higher->rule, limit_zh(&higher->limit, c->arena), &lower->rule, limit_zh(&lower->limit, c->arena), strictness(less, a, b));
}

static void compare_duties(struct comparing *c)
{
	const struct vec *all = &c->law->duty_list;
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->count; k++) {
			const struct duty *higher = all->items[i], *lower = all->items[k];
			if (!are_pair(&higher->rule, &lower->rule) || !duties_meet(higher, lower) || higher->limit.before != lower->limit.before)
				continue;
			json_t *acts = common_acts(c, higher, lower);
			if (json_array_size(acts) == 0 && c->law->acts.count > 0) {
				json_decref(acts);
				continue;
			}
			json_t *one = report_limits(c, higher, lower);
			json_put(one, "acts", acts);
			compare_extensions(c, higher, lower);
		}
	}
}

/* --- gates --------------------------------------------------------------------------------------------------------- */

static const char *firmness_zh(const struct gate *gate)
{
	return gate->excuse_when != NULL ? "情况紧急等例外可以先办、事后补办" : "没有满足就不得办理";
}

/* Two that only remind and stand may speak of different things under one topic: what only warns is not compared. */
static bool gates_meet(const struct gate *a, const struct gate *b)
{
	bool shared = false;
	if (a->warn || b->warn)
		return false;
	for (size_t i = 0; i < a->before.count && !shared; i++)
		shared = kinds_has(&b->before, a->before.items[i]);
	return shared && conds_meet(a->when, b->when);
}

static void compare_gates(struct comparing *c)
{
	const struct vec *all = &c->law->gate_list;
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->count; k++) {
			const struct gate *higher = all->items[i], *lower = all->items[k];
			bool excused = higher->excuse_when != NULL, lower_excused = lower->excuse_when != NULL;
			if (excused != lower_excused && are_pair(&higher->rule, &lower->rule) && gates_meet(higher, lower))
				(void)report(c, &higher->rule, firmness_zh(higher), &lower->rule, firmness_zh(lower), lower_excused ? -1 : 1);
		}
	}
}

/* --- the rest ------------------------------------------------------------------------------------------------------ */

static int64_t term(const char *keep)
{
	struct law_limit limit;
	if (text_eq(keep, "永久"))
		return INT64_MAX;
	if (text_eq(keep, "长期"))
		return INT64_MAX - 1;
	if (text_eq(keep, "file"))
		return INT64_MAX - 2;
	return keep != NULL && limit_read(keep, &limit) ? limit_weight(&limit) : 0;
}

static const char *keep_zh(const struct comparing *c, const char *keep)
{
	struct law_limit limit;
	if (text_eq(keep, "file"))
		return "与案卷相同";
	return limit_read(keep, &limit) ? limit_zh(&limit, c->arena) : keep;
}

/* Terms are of one case when both are plain, or look at the same things. */
static bool same_case(const struct cond *a, const struct cond *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	for (const struct cond *x = a->first; x != NULL; x = x->next)
		for (const struct cond *y = b->first; y != NULL; y = y->next)
			if (x->op == COND_TEST && y->op == COND_TEST && text_eq(x->path->text, y->path->text) && tests_meet(x->test, y->test))
				return true;
	return false;
}

static void compare_retention(struct comparing *c)
{
	const struct vec *all = &c->law->retention;
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->count; k++) {
			const struct retention *higher = all->items[i], *lower = all->items[k];
			if (are_pair(&higher->rule, &lower->rule) && text_eq(higher->what, lower->what) && same_case(higher->when, lower->when))
				(void)report(c, &higher->rule, keep_zh(c, higher->keep), &lower->rule, keep_zh(c, lower->keep), strictness(false, term(higher->keep), term(lower->keep)));
		}
	}
}

static void compare_params(struct comparing *c)
{
	const struct vec *all = &c->law->params;
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->count; k++) {
			const struct param *higher = all->items[i], *lower = all->items[k];
			int64_t a, b;
			if (!are_pair(&higher->rule, &lower->rule) || !text_eq(higher->unit, lower->unit) || higher->value == NULL || lower->value == NULL)
				continue;
			if (!text_money(higher->value, &a) || !text_money(lower->value, &b))
				continue;
			(void)report(c, &higher->rule, arena_printf(c->arena, "%s %s", higher->value, higher->unit == NULL ? "" : higher->unit), &lower->rule,
			             arena_printf(c->arena, "%s %s", lower->value, lower->unit == NULL ? "" : lower->unit), strictness(wants_less(c, higher->rule.topic), a, b));
		}
	}
}

/* The smallest bound that a threshold sets on a fact; false where it sets none. */
static bool threshold(const struct cond *when, const char *fact, int64_t *out)
{
	bool found = false;
	for (const struct cond *line = when == NULL ? NULL : when->first; line != NULL; line = line->next) {
		if (line->op != COND_TEST || !text_eq(line->path->text, fact))
			continue;
		for (const struct test *test = line->test; test != NULL; test = test->next) {
			if ((test->op == TEST_AT_LEAST || test->op == TEST_ABOVE) && test->values[0].type == VALUE_NUMBER) {
				*out = test->values[0].number;
				found = true;
			}
		}
	}
	return found;
}

static void compare_major(struct comparing *c)
{
	const struct vec *all = &c->law->major;
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->count; k++) {
			const struct major *higher = all->items[i], *lower = all->items[k];
			if (!are_pair(&higher->rule, &lower->rule) || !conds_meet(higher->when, lower->when))
				continue;
			for (const struct cond *line = higher->when == NULL ? NULL : higher->when->first; line != NULL; line = line->next) {
				int64_t a, b;
				if (line->op == COND_TEST && threshold(higher->when, line->path->text, &a) && threshold(lower->when, line->path->text, &b))
					(void)report(c, &higher->rule, arena_printf(c->arena, "%s元", money_format(c->arena, a)), &lower->rule,
					             arena_printf(c->arena, "%s元", money_format(c->arena, b)), strictness(true, a, b));
			}
		}
	}
}

/* What a lower instrument leaves out, where it speaks of the matter at all. */
static void report_missing(struct comparing *c, const struct rule *higher, const struct rule *lower, const char *what)
{
	(void)report(c, higher, what, lower, "没有列出", -1);
}

static void compare_exemptions(struct comparing *c)
{
	const struct vec *all = &c->law->exemptions;
	for (size_t i = 0; i < all->count; i++) {
		const struct exemption *higher = all->items[i];
		for (size_t in = 0; in < c->law->instruments.count; in++) {
			const struct instrument *low = c->law->instruments.items[in];
			const struct exemption *any = NULL, *same = NULL;
			for (size_t k = 0; k < all->count; k++) {
				const struct exemption *one = all->items[k];
				if (one->rule.instrument != low)
					continue;
				any = one;
				if (text_eq(one->rule.name, higher->rule.name))
					same = one;
			}
			if (any == NULL || level_rank(higher->rule.instrument->level) >= level_rank(low->level) || !instruments_meet(higher->rule.instrument, low))
				continue;
			if (same == NULL)
				report_missing(c, &higher->rule, &any->rule, higher->question);
			else
				(void)report(c, &higher->rule, higher->override ? "可以按规定公开" : "一律不公开", &same->rule, same->override ? "可以按规定公开" : "一律不公开",
				             (int)higher->override - (int)same->override);
		}
	}
}

static const struct redaction *hides(const struct comparing *c, const struct instrument *in, const struct redaction *like, const char *word, bool *speaks)
{
	for (size_t i = 0; i < c->law->redaction.count; i++) {
		const struct redaction *one = c->law->redaction.items[i];
		if (one->rule.instrument != in)
			continue;
		*speaks = true;
		if (text_eq(one->of, like->of) && words_has(&one->hide, word))
			return one;
	}
	return NULL;
}

static void compare_redaction(struct comparing *c)
{
	for (size_t i = 0; i < c->law->redaction.count; i++) {
		const struct redaction *higher = c->law->redaction.items[i];
		for (size_t in = 0; in < c->law->instruments.count; in++) {
			const struct instrument *low = c->law->instruments.items[in];
			if (level_rank(higher->rule.instrument->level) >= level_rank(low->level) || !instruments_meet(higher->rule.instrument, low))
				continue;
			const char *missing = NULL;
			bool speaks = false;
			for (size_t k = 0; k < higher->hide.count; k++)
				if (hides(c, low, higher, higher->hide.items[k], &speaks) == NULL)
					missing = missing == NULL ? higher->hide.items[k] : arena_printf(c->arena, "%s、%s", missing, higher->hide.items[k]);
			for (size_t k = 0; speaks && missing != NULL && k < c->law->redaction.count; k++) {
				const struct redaction *any = c->law->redaction.items[k];
				if (any->rule.instrument != low)
					continue;
				report_missing(c, &higher->rule, &any->rule, arena_printf(c->arena, "隐去 %s", missing));
				break;
			}
		}
	}
}

static bool asks_for(const struct list *list, const struct field *field)
{
	for (size_t i = 0; i < list->nfields; i++)
		if (text_eq(list->fields[i]->name, field->name) || text_eq(list->fields[i]->title, field->title))
			return true;
	return false;
}

static void compare_lists(struct comparing *c)
{
	const struct vec *all = &c->law->lists;
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->count; k++) {
			const struct list *higher = all->items[i], *lower = all->items[k];
			if (!are_pair(&higher->rule, &lower->rule) || !text_eq(higher->rule.name, lower->rule.name))
				continue;
			const char *fewer = NULL, *more = NULL;
			for (size_t f = 0; f < higher->nfields; f++)
				if (higher->fields[f]->required && !asks_for(lower, higher->fields[f]))
					fewer = fewer == NULL ? higher->fields[f]->title : arena_printf(c->arena, "%s、%s", fewer, higher->fields[f]->title);
			for (size_t f = 0; f < lower->nfields; f++)
				if (lower->fields[f]->required && !asks_for(higher, lower->fields[f]))
					more = more == NULL ? lower->fields[f]->title : arena_printf(c->arena, "%s、%s", more, lower->fields[f]->title);
			(void)report(c, &higher->rule, fewer == NULL ? "各项都在" : arena_printf(c->arena, "还要：%s", fewer), &lower->rule,
			             more == NULL ? "没有另加" : arena_printf(c->arena, "另加：%s", more), fewer != NULL ? -1 : more != NULL);
		}
	}
}

json_t *law_conflicts(const struct law *law, struct arena *arena)
{
	struct comparing c = {.law = law, .arena = arena, .out = json_tie(arena, json_array())};
	compare_duties(&c);
	compare_gates(&c);
	compare_retention(&c);
	compare_params(&c);
	compare_major(&c);
	compare_exemptions(&c);
	compare_redaction(&c);
	compare_lists(&c);
	return c.out;
}
