#include "web/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "web/answer.h"
#include "web/cache.h"
#include "web/exchange.h"
#include "web/pool.h"

#define HEADERS_BYTES_MAX ((size_t)16 << 10)
#define CONNECTION_MEMORY ((size_t)48 << 10)
#define BODIES_BYTES_MAX ((int64_t)64 << 20) /* bodies in memory, of all requests together */
#define DISCARD_MIN ((int64_t)1 << 20)       /* so much of a refused body is read, so that its sender sees the answer */
#define CACHE_ENTRIES 1024
#define CACHE_BYTES ((size_t)64 << 20)

/* An asset's answers, made at start. */
struct asset_answers {
	struct MHD_Response *plain, *gzip, *not_modified;
};

struct server {
	const struct web *web;
	struct MHD_Daemon *daemon;
	struct pool *pool;
	struct cache *cache;
	struct asset_answers *assets; /* as web->assets->items */
	struct MHD_Response *bad;     /* what is refused before it is a request */
	instant_t keep;
	bool proxy;
	uint16_t port;
	atomic_int under_way;
	atomic_llong bodies;
};

enum stage { STAGE_FIRST, STAGE_INLINE, STAGE_BODY, STAGE_CHUNK, STAGE_RUN, STAGE_DONE };

/* One request, from its first line to its last byte. */
struct call {
	struct server *server;
	struct MHD_Connection *connection;
	enum stage stage;
	struct exchange *exchange;
	struct cached *cached;       /* held until it is queued */
	struct MHD_Response *answer; /* STAGE_INLINE: not owned */
	unsigned status;
	int64_t version, discarded, buffered;
	void *chunk;
	size_t chunk_len;
	const char *uri_at; /* where libmicrohttpd has the address: only compared, never read */
	char peer[64];
	char uri[]; /* 'h' or 'j' and the address: the cache's key; call_uri without the letter */
};

/* ---------------------------------------------------------------- life of a call */

static void *on_uri(void *context, const char *uri, struct MHD_Connection *connection)
{
	struct server *server = context;
	size_t len = strlen(uri);
	struct call *call = calloc(1, sizeof(*call) + len + 2);
	if (call == NULL)
		return NULL;
	call->server = server;
	call->connection = connection;
	call->uri_at = uri;
	call->uri[0] = 'h';
	memcpy(call->uri + 1, uri, len + 1);
	atomic_fetch_add(&server->under_way, 1);
	return call;
}

static const char *call_uri(const struct call *call)
{
	return call->uri + 1;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **con_cls,
			 enum MHD_RequestTerminationCode code)
{
	(void)connection;
	(void)code;
	struct server *server = context;
	struct call *call = *con_cls;
	if (call == NULL)
		return;
	*con_cls = NULL;
	if (call->cached != NULL)
		cache_give_back(server->cache, call->cached);
	atomic_fetch_sub(&server->bodies, call->buffered);
	exchange_free(call->exchange);
	free(call->chunk);
	free(call);
	atomic_fetch_sub(&server->under_way, 1);
}

/* ---------------------------------------------------------------- head */

struct head {
	struct incoming in;
	unsigned hosts, lengths, encodings, types, tokens, ranges;
	const char *length, *encoding, *accept_encoding, *forwarded;
	size_t bytes;
	bool bad;
};

static enum MHD_Result on_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	struct head *head = context;
	const struct {
		const char *name;
		const char **place;
		unsigned *count;
	} known[] = {
	    {"Host", &head->in.host, &head->hosts},
	    {"Content-Length", &head->length, &head->lengths},
	    {"Transfer-Encoding", &head->encoding, &head->encodings},
	    {"Content-Type", &head->in.content_type, &head->types},
	    {"Authorization", &head->in.authorization, &head->tokens},
	    {"Cookie", &head->in.cookie, NULL},
	    {"Accept", &head->in.accept, NULL},
	    {"Accept-Encoding", &head->accept_encoding, NULL},
	    {"Origin", &head->in.origin, NULL},
	    {"Sec-Fetch-Site", &head->in.fetch_site, NULL},
	    {"If-None-Match", &head->in.if_none_match, NULL},
	    {"Range", &head->in.range, &head->ranges},
	    {"If-Range", &head->in.if_range, NULL},
	    {"X-CSRF-Token", &head->in.csrf, NULL},
	    {"X-Forwarded-For", &head->forwarded, NULL},
	};
	if (value == NULL)
		value = "";
	head->bytes += strlen(name) + strlen(value) + 4;
	if (strcasecmp(name, "HX-Request") == 0)
		head->in.htmx = true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcasecmp(name, known[i].name) != 0)
			continue;
		if (known[i].count != NULL)
			(*known[i].count)++;
		*known[i].place = value;
	}
	for (const char *at = name; *at != '\0'; at++)
		head->bad = head->bad || (unsigned char)*at <= ' ' || *at == 0x7f;
	return MHD_YES;
}

static bool host_valid(const char *host)
{
	size_t len = host == NULL ? 0 : strlen(host);
	return len > 0 && len < 256 &&
	       strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") == len;
}

/*
 * What libmicrohttpd lets pass and two servers could read in two ways: both lengths, two of either or of Host, none of
 * Host, another encoding than chunked, a NUL in the address. 0, or the status of the refusal.
 */
static unsigned check_head(const struct call *call, const char *version, struct head *head)
{
	const char *uri = call_uri(call);
	if (head->bad || head->hosts != 1 || head->lengths > 1 || head->encodings > 1 || head->types > 1 ||
	    head->tokens > 1 || (head->lengths > 0 && head->encodings > 0) || !host_valid(head->in.host))
		return MHD_HTTP_BAD_REQUEST;
	if (head->encoding != NULL && strcasecmp(head->encoding, "chunked") != 0)
		return MHD_HTTP_NOT_IMPLEMENTED;
	/* The protocol's version stands one blank behind the address in the same line; farther off, there was a NUL
	 * between. */
	if (uri[0] != '/' || version != call->uri_at + strlen(uri) + 1 || strncmp(version, "HTTP/1.", 7) != 0)
		return MHD_HTTP_BAD_REQUEST;
	for (const char *at = uri; *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f)
			return MHD_HTTP_BAD_REQUEST;
	if (strlen(uri) > URI_MAX)
		return MHD_HTTP_URI_TOO_LONG;
	if (head->bytes > HEADERS_BYTES_MAX)
		return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
	if (head->ranges > 1) /* as several ranges in one: the whole */
		head->in.range = NULL;
	head->in.content_length = head->encodings > 0 ? -1 : 0;
	if (head->length != NULL && (head->length[0] == '-' || head->length[0] == '+' ||
				     !text_int(head->length, strlen(head->length), &head->in.content_length)))
		return MHD_HTTP_BAD_REQUEST;
	return 0;
}

static void find_peer(struct call *call, const struct head *head)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *last = head->forwarded == NULL ? NULL : strrchr(head->forwarded, ',');
	last = last == NULL ? head->forwarded : last + 1;
	if (call->server->proxy && last != NULL) {
		last += strspn(last, " ");
		size_t len = strcspn(last, " ");
		if (len > 0 && len < 46 && strspn(last, "0123456789abcdefABCDEF.:") >= len) {
			memcpy(call->peer, last, len);
			return;
		}
	}
	if (info == NULL || info->client_addr == NULL)
		return;
	const struct sockaddr *address = info->client_addr;
	const void *bytes = address->sa_family == AF_INET6
				? (const void *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr
				: (const void *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
	(void)inet_ntop(address->sa_family, bytes, call->peer, sizeof(call->peer));
}

/* ---------------------------------------------------------------- answers at once */

static bool accepts_gzip(const char *header)
{
	const char *at = header == NULL ? NULL : strstr(header, "gzip");
	return at != NULL && strncmp(at + 4, ";q=0", 4) != 0;
}

/* Static files and kept answers: found on the first call, queued on the second, so that the connection lives on. */
static bool answer_inline(struct call *call, const char *method, const struct head *head)
{
	struct server *server = call->server;
	const char *uri = call_uri(call);
	if ((strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) || head->in.content_length != 0)
		return false;
	const struct asset *asset = asset_find(server->web->assets, uri);
	call->stage = STAGE_INLINE;
	call->status = MHD_HTTP_OK;
	if (asset != NULL) {
		const struct asset_answers *answers = &server->assets[asset - server->web->assets->items];
		bool same = etag_matches(head->in.if_none_match, asset->etag);
		call->status = same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK;
		call->answer = same                                                           ? answers->not_modified
			       : answers->gzip != NULL && accepts_gzip(head->accept_encoding) ? answers->gzip
											      : answers->plain;
		return true;
	}
	call->uri[0] = accept_json(head->in.accept, head->in.authorization != NULL) ? 'j' : 'h';
	call->version = server->web->backend->version(server->web->site);
	call->cached = cache_get(server->cache, call->uri, call->version, clock_now(&server->web->site->clock));
	if (call->cached == NULL) {
		call->stage = STAGE_FIRST;
		return false;
	}
	bool same = etag_matches(head->in.if_none_match, call->cached->etag);
	call->status = same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK;
	call->answer = same ? call->cached->not_modified : call->cached->answer;
	return true;
}

/* ---------------------------------------------------------------- answers from workers */

static void add_headers(struct MHD_Response *response, const struct reply *reply, bool body)
{
	for (size_t i = 0; i < reply->headers.count; i++) {
		const struct pair *pair = &reply->headers.items[i];
		if (body || strcasecmp(pair->name, "Content-Type") != 0)
			(void)MHD_add_response_header(response, pair->name, pair->value);
	}
	if (reply->close)
		(void)MHD_add_response_header(response, "Connection", "close");
}

/* NULL where libmicrohttpd has no memory. A kept answer owns its bytes; another's live in the exchange, which outlives
 * it. */
static struct MHD_Response *make_response(const struct reply *reply, bool body)
{
	struct MHD_Response *response;
	if (!body) {
		response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	} else if (reply->fd >= 0) {
		int fd = dup(reply->fd);
		response = fd < 0 ? NULL : MHD_create_response_from_fd_at_offset64((uint64_t)reply->size, fd,
										   (uint64_t)reply->first);
		if (fd >= 0 && response == NULL)
			(void)close(fd);
	} else {
		response =
		    MHD_create_response_from_buffer(reply->len, (void *)(uintptr_t)reply->body,
						    reply->keep ? MHD_RESPMEM_MUST_COPY : MHD_RESPMEM_PERSISTENT);
	}
	if (response != NULL)
		add_headers(response, reply, body);
	return response;
}

static void release_cached(struct cached *cached)
{
	MHD_destroy_response(cached->answer);
	MHD_destroy_response(cached->not_modified);
}

static enum MHD_Result queue_reply(struct call *call)
{
	struct server *server = call->server;
	const struct reply *reply = &call->exchange->reply;
	bool same = reply->status == 200 && etag_matches(call->exchange->in.if_none_match, reply->etag);
	unsigned status = same ? MHD_HTTP_NOT_MODIFIED : (unsigned)reply->status;
	call->stage = STAGE_DONE;
	if (!reply->keep) {
		struct MHD_Response *response = make_response(reply, !same);
		if (response == NULL)
			return MHD_NO;
		enum MHD_Result queued = MHD_queue_response(call->connection, status, response);
		MHD_destroy_response(response);
		return queued;
	}
	struct cached fresh = {.answer = make_response(reply, true),
			       .not_modified = make_response(reply, false),
			       .etag = reply->etag,
			       .release = release_cached};
	if (fresh.answer == NULL || fresh.not_modified == NULL) {
		if (fresh.answer != NULL)
			MHD_destroy_response(fresh.answer);
		if (fresh.not_modified != NULL)
			MHD_destroy_response(fresh.not_modified);
		return MHD_NO;
	}
	call->cached = cache_put(server->cache, call->uri, &fresh, reply->len + 1024, call->version,
				 clock_now(&server->web->site->clock) + server->keep);
	return MHD_queue_response(call->connection, status, same ? call->cached->not_modified : call->cached->answer);
}

/* ---------------------------------------------------------------- workers */

static void run_job(void *job)
{
	struct call *call = job;
	switch (call->stage) {
	case STAGE_CHUNK:
		exchange_admit(call->exchange); /* with the first piece; again it does nothing */
		exchange_add(call->exchange, call->chunk, call->chunk_len);
		break;
	case STAGE_RUN:
		exchange_run(call->exchange);
		call->exchange = exchange_settle(call->exchange);
		break;
	default: BUG_ON(true);
	}
	MHD_resume_connection(call->connection);
}

/* Suspends the connection and hands the call to a worker, who resumes it. Full: the answer is 503. */
static enum MHD_Result hand_over(struct call *call, enum stage stage)
{
	const struct action *action = call->exchange->route.action;
	call->stage = stage;
	MHD_suspend_connection(call->connection);
	if (!pool_submit(call->server->pool, action != NULL && action->method == METHOD_GET ? POOL_LOOK : POOL_ACT, call)) {
		exchange_refuse(call->exchange, ERR_BUSY, "同时处理的请求过多，请稍后再试");
		MHD_resume_connection(call->connection);
	}
	return MHD_YES;
}

static enum MHD_Result discard(struct call *call, size_t *len)
{
	const struct action *action = call->exchange->route.action;
	int64_t most = action != NULL && action->body_max > DISCARD_MIN ? action->body_max : DISCARD_MIN;
	call->discarded += (int64_t)*len;
	*len = 0;
	return call->discarded > most ? MHD_NO : MHD_YES;
}

static enum MHD_Result take_body(struct call *call, const char *data, size_t *len)
{
	struct exchange *ex = call->exchange;
	if (ex->failed)
		return discard(call, len);
	if (ex->mode == BODY_PARTS && ex->admit) { /* files: written by a worker, piece by piece */
		void *chunk = realloc(call->chunk, *len);
		if (chunk == NULL)
			return MHD_NO;
		memcpy(chunk, data, *len);
		call->chunk = chunk;
		call->chunk_len = *len;
		*len = 0;
		return hand_over(call, STAGE_CHUNK);
	}
	int64_t size = (int64_t)*len;
	if (atomic_fetch_add(&call->server->bodies, size) + size > BODIES_BYTES_MAX) {
		atomic_fetch_sub(&call->server->bodies, size);
		exchange_refuse(ex, ERR_BUSY, "同时提交的内容过多，请稍后再试");
		return discard(call, len);
	}
	call->buffered += size;
	exchange_add(ex, data, *len);
	*len = 0;
	return MHD_YES;
}

/* ---------------------------------------------------------------- the access handler */

static enum MHD_Result refuse_head(struct call *call, unsigned status)
{
	call->stage = STAGE_DONE;
	return MHD_queue_response(call->connection, status,
				  call->server->bad); /* queued on the first call: the connection closes */
}

static enum MHD_Result first_call(struct call *call, const char *method, const char *version)
{
	struct head head = {.in = {.method = method, .uri = call_uri(call)}};
	(void)MHD_get_connection_values(call->connection, MHD_HEADER_KIND, on_header, &head);
	unsigned refusal = check_head(call, version, &head);
	if (refusal != 0)
		return refuse_head(call, refusal);
	if (answer_inline(call, method, &head))
		return MHD_YES;
	find_peer(call, &head);
	head.in.peer = call->peer;
	call->exchange = exchange_new(call->server->web, &head.in);
	struct exchange *ex = call->exchange;
	call->stage = STAGE_BODY;
	int64_t most = ex->route.action == NULL || ex->route.action->body_max < DISCARD_MIN
			   ? DISCARD_MIN
			   : ex->route.action->body_max;
	if (ex->failed && head.in.content_length > most) {
		/* Too much to read and throw away: the answer goes out now and the connection closes. */
		answer_plain(ex);
		ex->reply.close = true;
		return queue_reply(call);
	}
	return MHD_YES;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
				  const char *version, const char *data, size_t *len, void **con_cls)
{
	(void)context;
	(void)url;
	struct call *call = *con_cls;
	if (call == NULL) /* there was no memory for it */
		return MHD_NO;
	switch (call->stage) {
	case STAGE_FIRST: return first_call(call, method, version);
	case STAGE_INLINE: {
		call->stage = STAGE_DONE;
		return MHD_queue_response(connection, call->status, call->answer);
	}
	case STAGE_CHUNK: call->stage = STAGE_BODY; break;
	case STAGE_BODY: break;
	case STAGE_RUN: return queue_reply(call);
	case STAGE_DONE: *len = 0; return MHD_YES;
	}
	if (*len > 0)
		return take_body(call, data, len);
	return call->exchange->reply.status != 0 ? queue_reply(call) : hand_over(call, STAGE_RUN);
}

/* ---------------------------------------------------------------- start and stop */

/* The address is taken as it came: web/router.c decodes it, strictly. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
	(void)context;
	(void)connection;
	return strlen(text);
}

static PRINTF_LIKE(2, 0) void on_log(void *context, const char *format, va_list args)
{
	const struct server *server = context;
	char text[500];
	(void)vsnprintf(text, sizeof(text), format, args);
	log_line(&server->web->site->log, LOG_DEBUG_, "http", "%s", text);
}

static struct MHD_Response *asset_response(const struct asset *asset, const void *bytes, size_t len, bool gzip)
{
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(len, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
	BUG_ON(response == NULL); /* at start, with little else in memory */
	(void)MHD_add_response_header(response, "Cache-Control", "public, max-age=31536000, immutable");
	(void)MHD_add_response_header(response, "ETag", asset->etag);
	(void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	(void)MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
	/* An SVG opened by itself is a document. */
	(void)MHD_add_response_header(response, "Content-Security-Policy",
				      "default-src 'none'; style-src 'self' 'unsafe-inline'; sandbox");
	(void)MHD_add_response_header(response, "Vary", "Accept-Encoding");
	if (bytes != NULL)
		(void)MHD_add_response_header(response, "Content-Type", asset->type);
	if (gzip)
		(void)MHD_add_response_header(response, "Content-Encoding", "gzip");
	return response;
}

static void prepare(struct server *server, struct arena *arena)
{
	static const char bad[] = "不能接受的请求\n";
	const struct assets *assets = server->web->assets;
	server->bad = MHD_create_response_from_buffer(sizeof(bad) - 1, (void *)(uintptr_t)bad, MHD_RESPMEM_PERSISTENT);
	BUG_ON(server->bad == NULL);
	(void)MHD_add_response_header(server->bad, "Content-Type", "text/plain; charset=utf-8");
	(void)MHD_add_response_header(server->bad, "X-Content-Type-Options", "nosniff");
	(void)MHD_add_response_header(server->bad, "Connection", "close");
	server->assets = ARENA_ARRAY(arena, assets->count, struct asset_answers);
	for (size_t i = 0; i < assets->count; i++) {
		const struct asset *asset = &assets->items[i];
		server->assets[i].plain = asset_response(asset, asset->bytes, asset->len, false);
		server->assets[i].not_modified = asset_response(asset, NULL, 0, false);
		if (asset->gzip != NULL)
			server->assets[i].gzip = asset_response(asset, asset->gzip, asset->gzip_len, true);
	}
}

static void forget(struct server *server)
{
	MHD_destroy_response(server->bad);
	for (size_t i = 0; i < server->web->assets->count; i++) {
		MHD_destroy_response(server->assets[i].plain);
		MHD_destroy_response(server->assets[i].not_modified);
		if (server->assets[i].gzip != NULL)
			MHD_destroy_response(server->assets[i].gzip);
	}
}

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static int parse_address(const char *text, uint16_t port, union address *out, struct err *err)
{
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons(port);
	} else if (inet_pton(AF_INET6, text, &out->v6.sin6_addr) == 1) {
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons(port);
	} else {
		return ERR(err, ERR_INVALID, "%s 不是 IP 地址", text);
	}
	return 0;
}

static unsigned or_else(unsigned value, unsigned otherwise)
{
	return value != 0 ? value : otherwise;
}

static unsigned count_cores(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	return cores > 0 ? (unsigned)cores : 1;
}

static int start_pool(struct server *server, const struct server_options *options, struct arena *arena, struct err *err)
{
	struct pool_options pool = {.workers = or_else(options->workers, 32),
				    .looks = or_else(options->looks, 2 * count_cores() + 2),
				    .queue = or_else(options->queue, 512)};
	return pool_start(&pool, run_job, arena, &server->pool, err);
}

static struct MHD_Daemon *start_daemon(struct server *server, const struct server_options *options,
				       union address *address)
{
	unsigned threads = or_else(options->threads, count_cores());
	unsigned connections = or_else(options->connections, 2048);
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO | MHD_USE_ERROR_LOG;
	if (address->any.sa_family == AF_INET6)
		flags |= IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr) ? MHD_USE_DUAL_STACK : MHD_USE_IPv6;
	struct MHD_OptionItem extra[] = {
	    /* A pool of one is no pool to libmicrohttpd. */
	    {threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)threads, NULL},
	    {MHD_OPTION_END, 0, NULL}};
	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_log, server,
				MHD_OPTION_SOCK_ADDR, &address->any, MHD_OPTION_STRICT_FOR_CLIENT, 1,
				MHD_OPTION_URI_LOG_CALLBACK, on_uri, server, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes,
				server, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, MHD_OPTION_CONNECTION_LIMIT,
				connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->per_ip,
				MHD_OPTION_CONNECTION_TIMEOUT, or_else(options->timeout_s, 30),
				MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024U, MHD_OPTION_ARRAY, extra, MHD_OPTION_END);
}

/* Why the port was not given, and what to do. */
static const char *why_not(int cause)
{
	switch (cause) {
	case EADDRINUSE: return "端口已被占用。换一个端口，或者先停下占用它的程序";
	case EADDRNOTAVAIL: return "本机没有这个地址。写本机的地址，或者 0.0.0.0";
	case EACCES: return "没有权限：1024 以下的端口只有系统服务可以用。换一个端口（例如 8080），由前面的 nginx 转发";
	default: return err_errno(cause);
	}
}

int server_start(const struct server_options *options, struct arena *arena, struct server **out, struct err *err)
{
	struct server *server = ARENA_NEW(arena, struct server);
	const char *where = options->address == NULL ? "127.0.0.1" : options->address;
	union address address;
	server->web = options->web;
	server->keep = (instant_t)or_else(options->keep_ms, 10000) * 1000;
	server->proxy = options->proxy;
	int fail = parse_address(where, options->port, &address, err);
	if (fail == 0)
		fail = start_pool(server, options, arena, err);
	if (fail != 0)
		return fail;
	server->cache = cache_new(arena, CACHE_ENTRIES, CACHE_BYTES);
	prepare(server, arena);
	errno = 0;
	server->daemon = start_daemon(server, options, &address);
	if (server->daemon == NULL) {
		int cause = errno;
		pool_stop(server->pool);
		forget(server);
		return ERR(err, ERR_UNAVAILABLE, "不能在 %s 的 %u 端口上提供服务：%s", where, options->port, why_not(cause));
	}
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
	server->port = info == NULL ? options->port : info->port;
	*out = server;
	return 0;
}

uint16_t server_port(const struct server *server)
{
	return server->port;
}

void server_stop(struct server *server, unsigned grace_ms)
{
	MHD_socket listening = MHD_quiesce_daemon(server->daemon);
	for (unsigned waited = 0; waited < grace_ms && atomic_load(&server->under_way) > 0; waited += 10)
		(void)usleep(10000);
	/* Every suspended connection is resumed by its worker before the daemon stops, as libmicrohttpd wants it. */
	pool_stop(server->pool);
	MHD_stop_daemon(server->daemon);
	if (listening != MHD_INVALID_SOCKET)
		(void)close(listening);
	forget(server);
}
