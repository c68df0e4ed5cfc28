/*
 * Actions: the one table from which router, form checks, OpenAPI and the permission audit live. It is declared in
 * src/web/actions.yaml (docs/howto/add-a-page.md) and turned into C by tools/actionsgen.py; an action without a
 * permission, a help text for each input or a handler does not build. Constant data, shared by all threads.
 */
#ifndef SANZHI_WEB_ACTION_H
#define SANZHI_WEB_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct request;
struct response;
struct err;

enum action_method { METHOD_GET, METHOD_POST, METHOD_MAX };

enum action_permission {
	PERMIT_PUBLIC,    /* anyone; a handler may still look at who is signed in, but not where `cache` is set */
	PERMIT_SIGNED_IN, /* a session or an interface token */
	PERMIT_SESSION,   /* a session only: what concerns passwords, sessions and tokens themselves */
	PERMIT_ROLES,     /* signed in, with one of `roles` */
	PERMIT_TOKEN      /* an interface token only */
};

enum action_audit {
	AUDIT_READ,   /* looks */
	AUDIT_ACT,    /* appends an entry, or may */
	AUDIT_ACCESS, /* signing in and out, passwords, tokens */
	AUDIT_MACHINE /* for programs and monitors */
};

enum input_where { INPUT_PATH, INPUT_QUERY, INPUT_FORM, INPUT_BODY };

enum input_type { INPUT_TEXT, INPUT_INT, INPUT_DATE, INPUT_CHOICE, INPUT_FILE, INPUT_JSON };

struct action_input {
	const char *name;
	enum input_where where; /* form: urlencoded, multipart or JSON member; body: the whole JSON document */
	enum input_type type;
	bool required, many;        /* many: an array of such values */
	bool secret;                /* a password: never shown again, never logged, not trimmed */
	int64_t max;                /* text: characters; int: value; file: bytes; 0 where none is declared */
	int64_t min;                /* int */
	const char *const *options; /* choice: NULL-terminated */
	const char *title, *help;   /* Chinese, for people */
};

struct action {
	const char *id; /* "desk.case" */
	enum action_method method;
	const char *path; /* "/desk/cases/{key}"; a last segment "{path*}" takes the rest */
	enum action_permission permission;
	const char *const *roles; /* NULL-terminated; NULL where permission is another */
	const struct action_input *inputs;
	size_t ninputs;
	const char *template;        /* "desk/case"; NULL: never a page (bytes, redirect, JSON) */
	const char *title, *summary; /* Chinese */
	enum action_audit audit;
	bool generic;     /* fields come from the rulebook's kind {kind}, or the procedure's first: body member `f` */
	bool files;       /* takes multipart with files, spooled to the blob store */
	bool cache;       /* GET, public: its answer depends on path and query alone and may be kept for a moment */
	bool open;        /* POST that changes nothing: no CSRF token asked for */
	const char *nav;  /* the words of its link in the floor's navigation; NULL: none */
	int nav_order;    /* links stand in this order */
	int64_t body_max; /* bytes of the whole request body */
	int (*handler)(struct request *rq, struct response *out, struct err *err);
};

/* Sorted so that, of two paths that match, the one with the earlier literal segment comes first. */
struct action_table {
	const struct action *actions;
	size_t count;
};

#endif
