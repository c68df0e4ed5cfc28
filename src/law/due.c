/* Limits by themselves: what a clause sets, and the strictest of what binds a place. */
#include "law/describe.h"

#include "base/text.h"
#include "law/eval.h"
#include "law/limit.h"

struct dating {
	const struct law *law;
	const struct law_scope *scope; /* NULL: the clause alone */
	const json_t *facts;
	instant_t from;
	struct arena *arena;
	struct err *err;
	json_t *out, *best;
};

static bool may_stand(const struct dating *d, const struct duty *duty)
{
	struct eval e = {.law = d->law, .facts = d->facts, .at = d->from, .absent_maybe = true};
	return cond_eval(&e, duty->opens_when) != ANSWER_NO;
}

static int add(struct dating *d, const struct rule *rule, const struct law_limit *limit, bool binds)
{
	instant_t due;
	json_t *days;
	int rc = calendar_due(d->law->calendar, limit, d->from, NULL, 0, &due, d->err);
	if (rc == 0)
		rc = calendar_explain(d->law->calendar, limit, d->from, NULL, 0, d->arena, &days, d->err);
	if (rc != 0)
		return rc;
	json_t *one = rule_summary(d->law, rule);
	json_put_str(one, "limit", limit_write(limit, d->arena));
	json_put_str(one, "limit-text", limit_zh(limit, d->arena));
	json_put_int(one, "from", d->from);
	json_put_int(one, "due", due);
	json_put(one, "explain", json_incref(days));
	json_put_bool(one, "binds", binds);
	json_put_bool(one, "governs", false);
	json_push(d->out, one);
	if (binds && (d->best == NULL || due < json_int(d->best, "due", 0)))
		d->best = one;
	return 0;
}

static bool cites(const struct rule *rule, const char *clause)
{
	return words_has(&rule->clauses, clause);
}

static bool param_limit(const struct dating *d, const struct param *param, struct law_limit *out)
{
	return param->value != NULL && param->unit != NULL && limit_read(arena_printf(d->arena, "%s%s", param->value, param->unit), out);
}

static bool in_scope(const struct dating *d, const struct rule *rule)
{
	return d->scope == NULL || scope_binds(d->scope, rule->instrument);
}

static int add_cited(struct dating *d, const char *clause)
{
	for (size_t i = 0; i < d->law->duty_list.count; i++) {
		const struct duty *duty = d->law->duty_list.items[i];
		if (!cites(&duty->rule, clause) || !may_stand(d, duty))
			continue;
		int rc = add(d, &duty->rule, &duty->limit, in_scope(d, &duty->rule));
		if (rc != 0)
			return rc;
	}
	for (size_t i = 0; i < d->law->params.count; i++) {
		const struct param *param = d->law->params.items[i];
		struct law_limit limit;
		if (!cites(&param->rule, clause) || !param_limit(d, param, &limit))
			continue;
		int rc = add(d, &param->rule, &limit, in_scope(d, &param->rule));
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Whether another duty speaks on what a cited one speaks on, of the same occurrence. */
static bool speaks_too(const struct dating *d, const struct duty *other, const char *clause)
{
	for (size_t i = 0; i < d->law->duty_list.count; i++) {
		const struct duty *duty = d->law->duty_list.items[i];
		if (cites(&duty->rule, clause) && may_stand(d, duty) && text_eq(duty->rule.topic, other->rule.topic) && duties_meet(duty, other))
			return true;
	}
	return false;
}

static int add_others(struct dating *d, const char *clause)
{
	for (size_t i = 0; d->scope != NULL && i < d->law->duty_list.count; i++) {
		const struct duty *duty = d->law->duty_list.items[i];
		if (cites(&duty->rule, clause) || !in_scope(d, &duty->rule) || !may_stand(d, duty) || !speaks_too(d, duty, clause))
			continue;
		int rc = add(d, &duty->rule, &duty->limit, true);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int law_due(const struct law *law, const struct law_place *place, const char *clause, const json_t *facts, instant_t from, struct arena *arena, json_t **out,
            struct err *err)
{
	if (!names_has(&law->clauses, clause)) {
		const char *nearest = clause == NULL ? NULL : names_nearest(&law->clauses, clause);
		struct diag *diag = err_diag(err, "clause", "没有叫“%s”的条款", clause == NULL ? "" : clause);
		diag->mend = nearest == NULL ? "核对条款编号" : arena_printf(err->arena, "是不是“%s”？", nearest);
		return ERR(err, ERR_NOT_FOUND, "没有叫“%s”的条款", clause == NULL ? "" : clause);
	}
	struct dating d = {.law = law, .facts = facts, .from = from, .arena = arena, .err = err, .out = json_tie(arena, json_array())};
	if (place != NULL)
		d.scope = law_scope(law, place, instant_day(from), DAY_NONE, arena);
	int rc = add_cited(&d, clause);
	if (rc == 0)
		rc = add_others(&d, clause);
	if (rc != 0)
		return rc;
	if (json_array_size(d.out) == 0)
		return ERR(err, ERR_NOT_FOUND, "%s没有规定期限", law_cite(law, clause));
	if (d.best != NULL)
		json_put_bool(d.best, "governs", true);
	*out = d.out;
	return 0;
}
