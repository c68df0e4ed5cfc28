/* Who may see and who may act: organisation and secrecy. Used by every query's arguments and every act; never by a template. */
#ifndef SANZHI_WORK_SIGHT_H
#define SANZHI_WORK_SIGHT_H

#include "work/people.h"

/* What a person's queries range over. */
enum sight_range { SIGHT_NONE, SIGHT_AGENCY, SIGHT_AREA6, SIGHT_AREA4, SIGHT_ALL };
struct sight {
	enum sight_range range;
	const char *code;   /* agency code or the area's digits */
	bool secret;        /* sees cases marked 秘密 of that range */
};
struct sight sight_of(const struct actor *actor, struct arena *arena);

/* A division's digits without the trailing zeros of its level: 530000 → 53, 532800 → 5328. What begins with them lies within it. */
const char *area_digits(struct arena *arena, const char *area);

/* Whether an administrator (or supervisor) keeps the registers and users of an agency: the own one's, or those of the own area; of the whole site where the user was made
 * without an agency. */
bool sight_keeps(const struct actor *actor, const char *agency, const char *area, struct arena *arena);

/* The roles that count on a stream of an agency: all of them on the own agency's, on another's those of supervisors and administrators only. */
const json_t *sight_roles(const struct actor *actor, const char *agency, struct arena *arena);

/* Whether a row of this agency, area and secrecy is within sight. */
bool sight_sees(const struct sight *sight, const char *agency, const char *area, const char *secrecy);

/* ERR_NOT_FOUND where the stream is out of sight, ERR_DENIED where it may be seen but not acted on, ERR_SIGNED_OUT for the public. */
int sight_may_act(struct site *site, struct db_conn *conn, const struct actor *actor, const char *stream_type, const char *agency, const json_t *state, struct arena *arena,
                  struct err *err) MUST_USE;

#endif
