/*
 * Striking known pieces out of a text: the text that leaves is made anew without them. What is struck comes from structured fields (a party's name, number, address), so
 * nothing is guessed here; a person reads the result before it leaves. Pure functions.
 */
#ifndef SANZHI_REDACT_STRIKE_H
#define SANZHI_REDACT_STRIKE_H

#include "base/json.h"

enum strike_class { STRIKE_PERSON, STRIKE_ADDRESS, STRIKE_ID_NUMBER, STRIKE_CONTACT, STRIKE_BANK, STRIKE_PROPERTY, STRIKE_CLASS_MAX };

struct strike {
	const char *text;        /* as it stands in the field; shorter than two characters is passed over */
	enum strike_class class;
};

#define STRIKE_TEXT_MAX ((size_t)1 << 20)

/* Chinese name of a class ("自然人姓名"). */
const char *strike_title(enum strike_class class);

/* A natural person's name as it may be shown: the surname (two characters for the compound ones) and 某. */
char *strike_name(struct arena *arena, const char *name);

/* The text without them, longest first; names become surname and 某, the rest ＊＊＊. `hidden` gets [{what, count}] by class, in the class's order. ERR_LIMIT past STRIKE_TEXT_MAX. */
int strike_out(struct arena *arena, const char *text, const struct strike *strikes, size_t n, char **out, json_t **hidden, struct err *err) MUST_USE;

#endif
