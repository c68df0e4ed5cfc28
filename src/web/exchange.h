/*
 * One request from its headers to its answer, without a word about sockets. The server (web/server.c) calls, in order:
 * exchange_new; where `admit` is set, exchange_admit before the body; exchange_add with the body's pieces;
 * exchange_run, after which `reply` is complete. Once `failed` is set the rest of the body is of no interest. An
 * exchange belongs to one thread at a time.
 */
#ifndef SANZHI_WEB_EXCHANGE_H
#define SANZHI_WEB_EXCHANGE_H

#include "web/form.h"
#include "web/multipart.h"
#include "web/router.h"
#include "web/web.h"

#define URI_MAX 8192

/* The request's head. Texts are borrowed and must outlive the exchange; NULL: the header is absent. */
struct incoming {
	const char *method, *uri; /* as asked for, with the query */
	const char *host, *cookie, *authorization, *accept, *content_type, *origin, *fetch_site, *if_none_match, *csrf, *range, *if_range;
	const char *peer;
	bool htmx;
	int64_t content_length; /* -1: not said (chunked); 0: no body */
};

struct reply {
	int status;
	struct pairs headers;
	const void *body;
	size_t len;
	int fd; /* a body from a file instead, -1: none; owned by the arena */
	int64_t first, size; /* of the file: where the body begins, and how long it is */
	const char *etag; /* quoted, or NULL */
	bool keep;        /* may be kept for others (a cached action that succeeded) */
	bool close;       /* the connection is not to be used again */
};

enum body_mode { BODY_NONE, BODY_TEXT, BODY_PARTS };

struct exchange {
	struct arena *arena;
	struct err err;
	const struct web *web;
	struct incoming in;
	struct route route;
	struct request rq;
	struct response out;
	struct reply reply;
	bool admit; /* who is asking must be known before the body is taken */
	bool admitted, failed;
	enum body_mode mode;
	struct buf body; /* BODY_TEXT, or the text part that is being read */
	int64_t received;
	struct multipart *parts;
	struct form form;
	struct blob_writer *writer;
	struct hasher *hasher; /* of a file that stays out of the store */
	struct entry_file *files;
	struct upload_bytes *kept;
	size_t nfiles;
	bool in_file, in_json;
	const char *part_name;
	const json_t *json_part;
	size_t text_bytes;
	const char *pre; /* pre-session cookie */
	bool signed_out; /* came with a session that is over */
};

/* Routes and checks the head: never blocks. Where that fails, `failed` is set and exchange_run gives the answer. */
struct exchange *exchange_new(const struct web *web, const struct incoming *in);
void exchange_free(struct exchange *exchange);
/* Once it has run: keeps the answer and lets everything else go, in the thread that made it, where that is cheapest. What comes back stands in its place. */
struct exchange *exchange_settle(struct exchange *exchange);

/* Whose session or token it is, and whether they may. May block. */
void exchange_admit(struct exchange *exchange);
/* A piece of the body. May block where files are written. */
void exchange_add(struct exchange *exchange, const void *data, size_t len);
/* Everything else. May block. */
void exchange_run(struct exchange *exchange);
/* An answer for what went wrong outside: the queue was full, the body was too large. Never blocks, shows no template.
 */
void exchange_refuse(struct exchange *exchange, enum err_code code, const char *message);

#endif
