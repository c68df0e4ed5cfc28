/*
 * What a page's handler sees and gives. A handler gets a request whose inputs are parsed, checked and complete, and an
 * actor who may do this action; it builds one JSON document (or a redirect, a file, bytes). The core shows the document
 * through the action's template, or as it is to a program that asked for application/json.
 *
 * Failing: return what the floor below returned. The core answers RFC 9457 problem+json or the error page. A form's
 * handler that fails with ERR_INVALID, ERR_REFUSED or ERR_CONFLICT sets out->doc to the form's document first: the same
 * page is then shown again with the error's status and two members added, `errors` [{where, what, why, mend, clause,
 * cite}] and `problem` {code, title, status, detail}; programs get the problem. A page that did not fail has `errors`
 * [] and `problem` null.
 *
 * The core adds to every document shown as a page (never to JSON answers) the member `page`:
 *   {site: name of the site, title: the action's or out->title, id: the action's, floor: "desk" | "portal" | "tower" |
 *    "machine", path: the request's path, language: "zh-CN", version: the program's, assets: "/assets/<hash>" without
 *    a slash at the end, home-url, nav: [{url, title, current}], csrf: the token for hidden inputs named "csrf" ("" on
 *    cached pages), user: null or {id, name, agency, agency-name, officer (or null), roles: [words], role-titles:
 * [texts]}, notice: null or {text, kind: "success"}, htmx: whether htmx asks, request: the request's
 * id, must-change: bool}. The error page (template "error") gets {problem, errors, back-url, page}.
 */
#ifndef SANZHI_WEB_REQUEST_H
#define SANZHI_WEB_REQUEST_H

#include "base/buf.h"
#include "web/action.h"
#include "work/people.h"

struct web; /* web/web.h: what all requests share */

struct request {
	struct arena *arena; /* goes with the answer */
	struct site *site;
	const struct web *web;
	const struct action *action;
	struct actor actor;        /* actor_public() where nobody is signed in */
	instant_t now;             /* the site's clock when the request came */
	const char *method, *path; /* "GET"; as asked for, percent-encoded, without the query */
	const char *query;         /* raw, without '?'; "" where there is none */
	const char *id;            /* 16 hexadecimal digits; also in X-Request-Id and in the log */
	const char *peer;          /* the client's address, for session_start and the log */
	const char *session_token; /* the raw token of a session that is signed in, for session_end; else NULL */
	const char *language;      /* "zh-CN" */
	bool wants_json, htmx;
	bool once; /* a notice waits to be shown on this page: it is nobody's but this time's */
	const json_t *inputs; /* declared inputs by name, checked: text, integer, date as "YYYY-MM-DD"; absent
			       * where not given (an empty text counts as not given) */
	const json_t *doc;    /* the body as one nested document: forms and JSON alike; {} where there is none */
	const json_t *fields; /* its member `f` (an object; {} where there is none): a kind's fields */
	const struct entry_file *files; /* uploaded, in the store; `field` is the path below `f` ("report"), or the
					 * input's name; the document holds {"file": position} in its place */
	size_t nfiles;
	const struct upload_bytes
	    *kept; /* nfiles of them, for a public action (whose files never enter the store); else NULL */
};

struct upload_bytes {
	const void *bytes;
	size_t len;
};

/* Declared inputs. Asking for a name that the action does not declare is a bug. */
const char *request_text(const struct request *rq, const char *name); /* NULL: not given */
int64_t request_int(const struct request *rq, const char *name, int64_t fallback);
day_t request_day(const struct request *rq, const char *name);                     /* DAY_NONE: not given */
const struct entry_file *request_file(const struct request *rq, const char *name); /* NULL: not given */

/*
 * A kind's fields as the law floor wants them. Forms know only texts: by the types of a form (law_form's `fields`), one
 * value of a field of many becomes an array, "on", "yes" or "是" a true, digits a number, {"0": …, "1": …} an array,
 * and what was left empty goes. Values that already have their JSON type stay. A new document in the request's arena.
 */
json_t *request_shape(const struct request *rq, const json_t *form_fields);

enum response_kind { RESPONSE_DOC, RESPONSE_REDIRECT, RESPONSE_BYTES, RESPONSE_FILE, RESPONSE_KEPT };
enum response_cache {
	CACHE_DEFAULT,  /* no-store where somebody is signed in or the action is not public, else no-cache with an ETag
			 */
	CACHE_NONE,     /* no-store */
	CACHE_IMMUTABLE /* never changes: a year (full tiles, files by their digest that are public) */
};

struct response {
	enum response_kind kind;
	int status;           /* 0: 200 */
	json_t *doc;          /* borrowed from the arena; a template's missing names are the handler's mistake */
	const char *template; /* NULL: the action's */
	const char *title;    /* of the page; NULL: the action's */
	const char *location; /* path on this site */
	const char *type;     /* of bytes or file */
	const void *bytes;
	size_t len;
	struct digest blob;   /* RESPONSE_FILE: from the site's store */
	const char *filename; /* bytes or file offered under this name; NULL: none */
	bool download; /* as an attachment; else shown where the type is harmless (images, PDF, audio, video, text) */
	enum response_cache cache;
	const char *session; /* a new session's token: becomes the cookie */
	bool session_end;    /* removes the cookie */
	const char *notice;  /* shown once on the page that a redirect leads to, or on this one */
	const char *stamp;   /* response_keep: this document may be shown again while the stamp holds, and until then */
	instant_t until;
	const struct shelved *kept; /* RESPONSE_KEPT */
};

/*
 * After a successful POST: a browser is led on by 303; a program that wants JSON gets `doc` (may be NULL: {}) with
 * status 200, or 201 where `created`, and Location.
 */
void response_redirect(struct response *out, const char *location, json_t *doc, bool created);
void response_bytes(struct response *out, const char *type, const void *bytes, size_t len);
/*
 * A page that is dear to make may be kept for the person who asked (docs/decisions/0017). The handler makes a stamp, which
 * changes with anything that the document is made of, and says whether such a page was kept: then that is the answer.
 * Else it makes the document and, where it was made of what the stamp says, lets it be kept until an instant (never
 * beyond the minute of rq->now, since remaining times are shown by minutes). Who may not see the page is refused
 * before, and a reading that is to be noted is noted, whether it is kept or not.
 */
bool response_kept(const struct request *rq, const char *stamp, struct response *out);
void response_keep(const struct request *rq, const char *stamp, instant_t until, struct response *out);
void response_file(struct response *out, const struct entry_file *file, bool download);

#endif
