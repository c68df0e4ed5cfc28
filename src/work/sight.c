#include "work/sight.h"

#include "base/text.h"
#include "work/registers.h"

const char *area_digits(struct arena *arena, const char *area)
{
	size_t len = strlen(area);
	while (len >= 2 && area[len - 1] == '0' && area[len - 2] == '0')
		len -= 2;
	return arena_strndup(arena, area, len);
}

struct sight sight_of(const struct actor *actor, struct arena *arena)
{
	struct sight sight = {.range = SIGHT_NONE, .code = ""};
	if (actor->user == NULL)
		return sight;
	if (text_eq(actor->user, "sanzhi"))
		return (struct sight){.range = SIGHT_ALL, .code = "", .secret = true};
	if (actor_has(actor, "supervisor")) {
		const char *digits = area_digits(arena, actor->area);
		size_t len = strlen(digits);
		sight.code = digits;
		/* An agency that is in no register lies nowhere: its supervisor sees nothing, not everything. */
		sight.range = len >= 6 ? SIGHT_AREA6 : len >= 4 ? SIGHT_AREA4 : len >= 2 ? SIGHT_ALL : SIGHT_NONE;
		if (len > 6)
			sight.code = arena_strndup(arena, digits, 6);
		sight.secret = false;
		return sight;
	}
	/* The three administrators keep the system; the cases are none of theirs. */
	if (actor_has(actor, "system-admin") || actor_has(actor, "security-admin") || actor_has(actor, "audit-admin"))
		return sight;
	sight.range = SIGHT_AGENCY;
	sight.code = actor->agency;
	sight.secret = actor_has(actor, "handler") || actor_has(actor, "unit-head") || actor_has(actor, "head") ||
	               actor_has(actor, "legal-reviewer") || actor_has(actor, "leader-in-charge");
	return sight;
}

bool sight_sees(const struct sight *sight, const char *agency, const char *area, const char *secrecy)
{
	if (text_eq(secrecy, "秘密") && !sight->secret)
		return false;
	switch (sight->range) {
	case SIGHT_NONE: return false;
	case SIGHT_AGENCY: return text_eq(agency, sight->code);
	case SIGHT_AREA6:
	case SIGHT_AREA4: return text_starts(area, sight->code);
	case SIGHT_ALL: return true;
	}
	return false;
}

static int may_act_on_case(const struct actor *actor, const json_t *state, const char *agency, struct arena *arena, struct err *err)
{
	struct sight sight = sight_of(actor, arena);
	const json_t *facts = json_object_get(state, "facts");
	if (state != NULL && !sight_sees(&sight, agency, json_str(facts, "area"), json_str(facts, "secrecy")))
		return ERR(err, ERR_NOT_FOUND, "没有这个案件");
	if (text_eq(actor->agency, agency) || sight.range == SIGHT_ALL || actor_has(actor, "supervisor"))
		return 0; /* what a supervisor may append at all, the kinds' own roles say */
	return ERR(err, ERR_DENIED, "这是别的机关的案件，您不能在上面办理");
}

static bool is_keeper(const char *role)
{
	return text_eq(role, "supervisor") || text_eq(role, "system-admin") || text_eq(role, "security-admin") || text_eq(role, "audit-admin");
}

bool sight_keeps(const struct actor *actor, const char *agency, const char *area, struct arena *arena)
{
	bool keeper = false;
	const json_t *role;
	size_t i;
	json_array_foreach(actor->roles, i, role)
		keeper = keeper || is_keeper(json_string_value(role));
	if (text_eq(actor->user, "sanzhi") || (keeper && text_eq(agency, actor->agency)))
		return true;
	if (!keeper || (*actor->area == '\0' && *actor->agency != '\0'))
		return false;
	return text_starts(area, area_digits(arena, actor->area));
}

const json_t *sight_roles(const struct actor *actor, const char *agency, struct arena *arena)
{
	if (text_eq(actor->user, "sanzhi") || text_eq(agency, actor->agency))
		return actor->roles;
	json_t *out = json_tie(arena, json_array()), *role;
	size_t i;
	json_array_foreach((json_t *)(uintptr_t)actor->roles, i, role)
		if (is_keeper(json_string_value(role)))
			json_push(out, json_incref(role));
	return out;
}

/* Registers: one's own agency's, or any within the area of an administrator or supervisor. */
static int may_act_on_register(struct site *site, struct db_conn *conn, const struct actor *actor, const char *type, const char *agency, struct arena *arena, struct err *err)
{
	if (text_eq(agency, actor->agency) || text_eq(actor->user, "sanzhi"))
		return 0;
	if (json_array_size(sight_roles(actor, agency, arena)) == 0)
		return ERR(err, ERR_DENIED, "这不是您所在机关的登记事项");
	struct agency found;
	struct err ignored;
	err_init(&ignored, arena);
	if (agency_get(site, conn, agency, arena, &found, &ignored) != 0)
		return text_eq(type, "agency") ? 0 : ERR(err, ERR_INVALID, "没有编码为 %s 的机关", agency);
	return sight_keeps(actor, agency, found.area, arena) ? 0 : ERR(err, ERR_DENIED, "%s不在您的管辖区域内", found.name);
}

int sight_may_act(struct site *site, struct db_conn *conn, const struct actor *actor, const char *stream_type, const char *agency, const json_t *state, struct arena *arena,
                  struct err *err)
{
	if (actor->user == NULL)
		return ERR(err, ERR_SIGNED_OUT, "请先登录");
	if (text_eq(actor->user, "sanzhi"))
		return 0;
	if (text_eq(stream_type, "case"))
		return may_act_on_case(actor, state, agency, arena, err);
	return may_act_on_register(site, conn, actor, stream_type, agency, arena, err);
}
