/*
 * HTTP. The only file that knows libmicrohttpd is web/server.c. Event threads (one for each core) answer what is static
 * or kept at once; everything else goes to a bounded pool of workers, and where their queue is full the answer is 503.
 */
#ifndef SANZHI_WEB_SERVER_H
#define SANZHI_WEB_SERVER_H

#include "web/web.h"

struct server;

struct server_options {
	const struct web *web;
	const char *address;     /* numeric; NULL: 127.0.0.1. "::" takes IPv4 too */
	uint16_t port;           /* 0: a free one (server_port) */
	unsigned threads;        /* event threads; 0: one for each core */
	unsigned workers, queue; /* 0: 32 and 512 */
	unsigned looks;          /* pages made at once; 0: two for each core and two more */
	unsigned connections;    /* at most, all together; 0: 2048 */
	unsigned per_ip;    /* at most from one address; 0: no limit of its own (behind a proxy all come from one) */
	unsigned timeout_s; /* without a byte; 0: 30 */
	unsigned keep_ms;   /* how long public answers are kept while the journal stands still; 0: 10,000 */
	bool proxy;         /* the peer is a trusted proxy: X-Forwarded-For's last address is the client's */
};

/* ERR_UNAVAILABLE: the address cannot be listened on (detail says why). Signals are the caller's business. */
int server_start(const struct server_options *options, struct arena *arena, struct server **out,
		 struct err *err) MUST_USE;
uint16_t server_port(const struct server *server);
/* No new connections; waits at most `grace_ms` for requests that are under way; then closes everything. Once. */
void server_stop(struct server *server, unsigned grace_ms);

#endif
