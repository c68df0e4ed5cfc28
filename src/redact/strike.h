/*
 * Striking known pieces out of a text: the text that leaves is made anew without them. What is struck comes from structured fields (a party's name, number, address) and
 * from numbers that prove by themselves what they are; no name is guessed, and a person reads the result before it leaves. Pure functions.
 */
#ifndef SANZHI_REDACT_STRIKE_H
#define SANZHI_REDACT_STRIKE_H

#include "base/json.h"

enum strike_class {
	STRIKE_PERSON, STRIKE_ADDRESS, STRIKE_ID_NUMBER, STRIKE_CONTACT, STRIKE_BANK, STRIKE_PROPERTY, STRIKE_CLASS_MAX,
	STRIKE_KEPT = STRIKE_CLASS_MAX, /* a name that may be shown: stays as it is, also where what is struck stands inside it */
};

struct strike {
	const char *text;        /* as it stands in the field; shorter than two characters is passed over */
	enum strike_class class;
};

#define STRIKE_TEXT_MAX ((size_t)1 << 20)

/* Chinese name of a class ("自然人姓名"). */
const char *strike_title(enum strike_class class);

/* A natural person's name as it may be shown: the surname (two characters for the compound ones) and 某. */
char *strike_name(struct arena *arena, const char *name);

/* Numbers of persons that stand in a text whether a field knows them or not: 居民身份号码 with a right check character, mobile telephones, bank cards (62…, right by Luhn),
 * also in groups ("139 8800 1234"); numbers of certificates of property behind their names ("不动产权第0001234号"). Puts at most `most` into `out`, as they are written; returns how many there are, more than `most` where they did not fit. */
size_t strike_find(struct arena *arena, const char *text, struct strike *out, size_t most) MUST_USE;

/* The text without them, longest first; names become surname and 某, the rest ＊＊＊. Latin letters are struck as whole words only. `hidden` gets [{what, count}] by class, in the class's order. ERR_LIMIT past STRIKE_TEXT_MAX. */
int strike_out(struct arena *arena, const char *text, const struct strike *strikes, size_t n, char **out, json_t **hidden, struct err *err) MUST_USE;

#endif
