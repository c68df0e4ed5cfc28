/*
 * Errors. What can fail returns 0 or a negative enum err_code and takes a `struct err *` last, which it fills only on
 * failure. Three classes: a bug (BUG_ON, always on); a failure (returned, logged once at the edge); a user's mistake
 * (ERR_INVALID, with a list of diagnostics: where, what, why, how to mend). Only main exits.
 */
#ifndef SANZHI_BASE_ERR_H
#define SANZHI_BASE_ERR_H

#include "base/arena.h"

enum err_code {
	ERR_NONE = 0,
	ERR_INVALID,      /* the input is wrong; `diags` says where (HTTP 400 or 422) */
	ERR_REFUSED,      /* the law refuses; `diags` carry the clauses (409) */
	ERR_CONFLICT,     /* somebody else was first: the stream moved on (409) */
	ERR_NOT_FOUND,    /* no such thing, or not for these eyes (404) */
	ERR_DENIED,       /* known, but not permitted (403) */
	ERR_SIGNED_OUT,   /* nobody is signed in (401) */
	ERR_LIMIT,        /* too large, too many, too often (413, 429) */
	ERR_BUSY,         /* queue or lock full: try again (503) */
	ERR_UNAVAILABLE,  /* database or store gone (503) */
	ERR_FULL,         /* disk or database full (507) */
	ERR_CORRUPT,      /* stored bytes do not agree with their digest or form (500) */
	ERR_IO,           /* the system refused a read or write (500) */
	ERR_UNSUPPORTED,  /* wrong media type, method, version (405, 415) */
	ERR_INTERNAL,     /* a foreign library failed in a way that has no better name (500) */
	ERR_CODE_MAX
};

/* One mistake, or one rule that stands against an act. Texts are Chinese, for people; any may be NULL but `what`. */
struct diag {
	const char *where;  /* field name, or file:line:column */
	const char *what;   /* what is wrong */
	const char *why;    /* what was expected */
	const char *mend;   /* how to mend it */
	const char *clause; /* register id such as yn-gs-14, where the law speaks */
	const char *cite;   /* the clause as an officer would say it */
	struct diag *next;
};

struct err {
	struct arena *arena;
	enum err_code code;
	const char *message; /* for people */
	const char *detail;  /* for the log: cause, errno, SQL state; never shown to the public */
	const char *file;    /* where in the source it was raised */
	int line;
	struct diag *diags;
	struct diag **tail;
	size_t ndiags;
};

/* An err whose texts will live in `arena`. */
void err_init(struct err *err, struct arena *arena);

/* Why the system refused, for people: errno in Chinese; a rare one as the C library says it. Never NULL. */
const char *err_errno(int cause);
/* The same of a file or folder, with what to do about it: whose it is where permission is wanting, which folder is missing. For who runs the program, not for pages. */
const char *err_path(struct arena *arena, const char *path, int cause);

/* Empties it for another use. */
void err_clear(struct err *err);

/* Fills code and message (the newest call wins; diagnostics are kept) and returns -code. */
int err_raise(struct err *err, enum err_code code, const char *file, int line, const char *format, ...)
    PRINTF_LIKE(5, 6);
#define ERR(err, code, ...) err_raise((err), (code), __FILE__, __LINE__, __VA_ARGS__)

/* Adds the technical cause, for the log. */
void err_detail(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds a diagnostic (copied into the arena); returns it, for clause and mend to be set. */
struct diag *err_diag(struct err *err, const char *where, const char *format, ...) PRINTF_LIKE(3, 4);

/* The stable English word of a code ("invalid", "refused", …) and its HTTP status. */
const char *err_word(enum err_code code);
int err_http_status(enum err_code code);

/* A bug: says where, and aborts. Always on. */
void bug_report(const char *what, const char *file, int line) __attribute__((noreturn));
#define BUG_ON(cond) ((cond) ? bug_report(#cond, __FILE__, __LINE__) : (void)0)

#endif
