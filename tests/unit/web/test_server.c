/* The server over real sockets, with a small table of actions of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/text.h"
#include "store/blob.h"
#include "web/server.h"

/* ---------------------------------------------------------------- handlers */

struct world {
	struct arena *arena;
	struct site site;
	struct web *web;
	struct server *server;
	char dir[64];
};

/* What handlers and tests tell each other: the handlers have no other way to reach the test. */
static struct {
	atomic_int pages, slow;
	atomic_llong version, at; /* at: what the clock says, 0: the time */
	sem_t gate;
} shared;

static int echo(struct request *rq, struct response *out, struct err *err)
{
	(void)err;
	out->doc = json_tie(rq->arena, json_object());
	json_put_str(out->doc, "user", rq->actor.user == NULL ? "-" : rq->actor.user);
	json_put(out->doc, "inputs", json_incref((json_t *)(uintptr_t)rq->inputs));
	json_put(out->doc, "fields", json_incref((json_t *)(uintptr_t)rq->fields));
	json_put_int(out->doc, "files", (int64_t)rq->nfiles);
	json_put_bool(out->doc, "token", rq->actor.token);
	if (rq->nfiles > 0) {
		json_put_int(out->doc, "size", rq->files[0].blob.size);
		json_put_str(out->doc, "field", rq->files[0].field);
		json_put_str(out->doc, "name", rq->files[0].name);
		json_put_str(out->doc, "sha256", hex_encode(rq->arena, rq->files[0].blob.sha256.bytes, HASH_LEN));
	}
	return 0;
}

static int page(struct request *rq, struct response *out, struct err *err)
{
	(void)err;
	out->doc = json_tie(rq->arena, json_object());
	json_put_int(out->doc, "n", atomic_fetch_add(&shared.pages, 1) + 1);
	return 0;
}

static int slow(struct request *rq, struct response *out, struct err *err)
{
	atomic_fetch_add(&shared.slow, 1);
	(void)sem_wait(&shared.gate);
	return echo(rq, out, err);
}

static int login(struct request *rq, struct response *out, struct err *err)
{
	if (!text_eq(request_text(rq, "password"), "right")) {
		out->doc = json_tie(rq->arena, json_object());
		return ERR(err, ERR_SIGNED_OUT, "用户名或者密码不对");
	}
	out->session = "session-1";
	out->notice = "您好";
	response_redirect(out, "/me", NULL, false);
	return 0;
}

static int form(struct request *rq, struct response *out, struct err *err)
{
	(void)err;
	out->doc = json_tie(rq->arena, json_object());
	return 0;
}

static int refuse(struct request *rq, struct response *out, struct err *err)
{
	struct diag *diag = err_diag(err, NULL, "没有送法制审核");
	diag->clause = "bn-sh-3";
	diag->cite = "第三条";
	diag->mend = "先送审";
	(void)err_diag(err, "f.a", "没有填写");
	out->doc = json_tie(rq->arena, json_object());
	return ERR(err, ERR_REFUSED, "依照规定不能作出决定");
}

static int broken(struct request *rq, struct response *out, struct err *err)
{
	(void)rq;
	(void)out;
	err_detail(err, "secret detail");
	return ERR(err, ERR_INTERNAL, "secret message");
}

/* A page that is kept by the version, for a minute; the notes of readings are counted in `slow`. */
static int kept(struct request *rq, struct response *out, struct err *err)
{
	(void)err;
	const char *stamp = arena_printf(rq->arena, "%lld", (long long)atomic_load(&shared.version));
	atomic_fetch_add(&shared.slow, 1);
	if (response_kept(rq, stamp, out))
		return 0;
	out->doc = json_tie(rq->arena, json_object());
	json_put_int(out->doc, "n", atomic_fetch_add(&shared.pages, 1) + 1);
	response_keep(rq, stamp, INT64_MAX, out);
	return 0;
}

static instant_t now(void *context)
{
	(void)context;
	struct clock real = clock_system();
	int64_t at = atomic_load(&shared.at);
	return at != 0 ? at : clock_now(&real);
}

static int file(struct request *rq, struct response *out, struct err *err)
{
	struct blob_info info;
	static const char bytes[] = "<script>alert(1)</script>";
	int fail = blob_put(rq->site->blobs, bytes, sizeof(bytes) - 1, &info, err);
	struct entry_file given = {.name = "证据.html", .type = "text/html", .blob = info};
	response_file(out, arena_memdup(rq->arena, &given, sizeof(given)), false);
	return fail;
}

static const char *const bosses[] = {"boss", NULL};
static const struct action_input key_in[] = {
    {.name = "key", .where = INPUT_PATH, .type = INPUT_TEXT, .required = true, .max = 20, .title = "k", .help = "h"}};
static const struct action_input login_in[] = {{.name = "password",
						.where = INPUT_FORM,
						.type = INPUT_TEXT,
						.required = true,
						.secret = true,
						.max = 20,
						.title = "密码",
						.help = "h"}};
static const struct action_input check_in[] = {
    {.name = "file", .where = INPUT_FORM, .type = INPUT_FILE, .max = 1000, .title = "文件", .help = "h"}};
#define MIB ((int64_t)1 << 20)
static const struct action all[] = {
    {.id = "desk.act",
     .method = METHOD_POST,
     .path = "/act/{key}",
     .permission = PERMIT_SIGNED_IN,
     .inputs = key_in,
     .ninputs = 1,
     .title = "t",
     .summary = "s",
     .audit = AUDIT_ACT,
     .generic = true,
     .files = true,
     .body_max = 8 * MIB,
     .handler = echo},
    {.id = "desk.boss",
     .path = "/boss",
     .permission = PERMIT_ROLES,
     .roles = bosses,
     .title = "t",
     .summary = "s",
     .handler = echo},
    {.id = "desk.broken",
     .path = "/broken",
     .permission = PERMIT_PUBLIC,
     .template = "page",
     .title = "t",
     .summary = "s",
     .handler = broken},
    {.id = "portal.check",
     .method = METHOD_POST,
     .path = "/check",
     .permission = PERMIT_PUBLIC,
     .inputs = check_in,
     .ninputs = 1,
     .title = "t",
     .summary = "s",
     .files = true,
     .open = true,
     .body_max = MIB,
     .handler = echo},
    {.id = "desk.file", .path = "/file", .permission = PERMIT_SIGNED_IN, .title = "t", .summary = "s", .handler = file},
    {.id = "desk.kept",
     .path = "/kept",
     .permission = PERMIT_SIGNED_IN,
     .template = "page",
     .title = "t",
     .summary = "s",
     .handler = kept},
    {.id = "desk.login-form",
     .path = "/login",
     .permission = PERMIT_PUBLIC,
     .template = "form",
     .title = "登录",
     .summary = "s",
     .audit = AUDIT_ACCESS,
     .handler = form},
    {.id = "desk.login",
     .method = METHOD_POST,
     .path = "/login",
     .permission = PERMIT_PUBLIC,
     .inputs = login_in,
     .ninputs = 1,
     .template = "form",
     .title = "t",
     .summary = "s",
     .audit = AUDIT_ACCESS,
     .body_max = MIB,
     .handler = login},
    {.id = "desk.me",
     .path = "/me",
     .permission = PERMIT_SIGNED_IN,
     .template = "form",
     .title = "我",
     .summary = "s",
     .handler = form},
    {.id = "portal.page",
     .path = "/page",
     .permission = PERMIT_PUBLIC,
     .template = "page",
     .title = "页",
     .summary = "s",
     .cache = true,
     .handler = page},
    {.id = "desk.refuse",
     .method = METHOD_POST,
     .path = "/refuse",
     .permission = PERMIT_SIGNED_IN,
     .template = "form",
     .title = "t",
     .summary = "s",
     .audit = AUDIT_ACT,
     .generic = true,
     .body_max = MIB,
     .handler = refuse},
    {.id = "portal.slow", .path = "/slow", .permission = PERMIT_PUBLIC, .title = "t", .summary = "s", .handler = slow},
};
static const struct action_table table = {all, sizeof(all) / sizeof(all[0])};

/* ---------------------------------------------------------------- backend */

static int give(const char *given, const char *wanted, const char *user, struct arena *arena, struct actor *out,
		struct err *err)
{
	bool changing = text_eq(given, "session-new");
	if (!text_eq(given, wanted) && !changing)
		return ERR(err, ERR_SIGNED_OUT, "没有登录");
	*out = (struct actor){.user = user,
			      .name = user,
			      .agency = "",
			      .area = "",
			      .roles = json_tie(arena, json_pack("[s]", "handler")),
			      .must_change = changing};
	return 0;
}

static int session(struct site *site, const char *token, struct arena *arena, struct actor *out, struct err *err)
{
	(void)site;
	return give(token, "session-1", "anna", arena, out, err);
}

static int token(struct site *site, const char *text, struct arena *arena, struct actor *out, struct err *err)
{
	(void)site;
	return give(text, "sz_1", "robot", arena, out, err);
}

static int64_t version(struct site *site)
{
	(void)site;
	return atomic_load(&shared.version);
}

static void describe(struct site *site, const struct actor *actor, json_t *user)
{
	(void)site;
	(void)actor;
	json_put_str(user, "agency-name", "机关");
	json_put(user, "role-titles", json_array());
	json_put_bool(user, "may-open", false);
}

static json_t *kinds(struct site *site, struct arena *arena)
{
	(void)site;
	return json_tie(arena, json_array());
}

static const struct web_backend backend = {session, token, version, version, describe, kinds};

/* ---------------------------------------------------------------- world */

static void put_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct err err;
	memset(&shared, 0, sizeof(shared));
	assert_int_equal(sem_init(&shared.gate, 0, 0), 0);
	world->arena = arena_new();
	err_init(&err, world->arena);
	(void)snprintf(world->dir, sizeof(world->dir), "/tmp/sanzhi-web-XXXXXX");
	assert_non_null(mkdtemp(world->dir));
	world->site = (struct site){.dir = world->dir,
				    .name = "试",
				    .base_url = "http://127.0.0.1",
				    .clock = {.now = now},
				    .log = {.level = LOG_ERROR_ + 1, .fd = 2}};
	assert_int_equal(
	    blob_open_files(arena_printf(world->arena, "%s/blobs", world->dir), world->arena, &world->site.blobs, &err),
	    0);
	const char *assets = arena_printf(world->arena, "%s/assets", world->dir),
		   *templates = arena_printf(world->arena, "%s/templates", world->dir);
	assert_int_equal(system(arena_printf(world->arena, "mkdir -p %s %s", assets, templates)), 0);
	put_file(arena_printf(world->arena, "%s/a.css", assets),
		 "body{color:red;background:blue}body{color:red;background:blue}body{color:red;background:blue}body{"
		 "color:red;background:blue}"
		 "body{color:red;background:blue}body{color:red;background:blue}body{color:red;background:blue}body{"
		 "color:red;background:blue}");
	put_file(arena_printf(world->arena, "%s/page.mustache", templates),
		 "<p>n={{n}}</p><b>{{#page.user}}{{name}}{{/page.user}}</b>");
	put_file(arena_printf(world->arena, "%s/form.mustache", templates),
		 "<i>csrf={{page.csrf}};</i>{{#page.notice}}notice={{text}}{{/"
		 "page.notice}}{{#problem}}problem={{code}}{{/problem}}{{#errors}}[{{what}}|{{cite}}]{{/errors}}");
	put_file(arena_printf(world->arena, "%s/error.mustache", templates),
		 "<h1>error {{problem.status}}</h1><p>{{problem.detail}}</p>");
	struct web_options web = {.site = &world->site,
				  .actions = &table,
				  .backend = &backend,
				  .templates = templates,
				  .assets = assets,
				  .template_flags = TEMPLATE_STRICT,
				  .logins_per_minute = 600};
	assert_int_equal(web_new(&web, world->arena, &world->web, &err), 0);
	struct server_options options = {.web = world->web, .threads = 2, .workers = 2, .queue = 2, .timeout_s = 10};
	assert_int_equal(server_start(&options, world->arena, &world->server, &err), 0);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	for (int i = 0; i < 16; i++) /* a test that failed may have left a handler waiting */
		(void)sem_post(&shared.gate);
	server_stop(world->server, 1000);
	(void)sem_destroy(&shared.gate);
	char *clean = arena_printf(world->arena, "rm -rf %s", world->dir);
	assert_int_equal(system(clean), 0);
	arena_free(world->arena);
	free(world);
	return 0;
}

/* ---------------------------------------------------------------- a small client */

static int dial(const struct world *world)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons(server_port(world->server)),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval limit = {.tv_sec = 5};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static void send_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, data, len, MSG_NOSIGNAL);
		if (sent <= 0)
			return; /* the server closed: what it said is read next */
		data += sent;
		len -= (size_t)sent;
	}
}

struct answer {
	int status;
	char *head, *body;
	size_t len;
	bool closed; /* nothing came, or the connection ended before the answer did */
};

/* One answer, by its Content-Length. */
static struct answer receive(struct world *world, int fd, bool head_only)
{
	struct answer out = {.closed = true};
	char *data = arena_alloc(world->arena, 200000);
	size_t used = 0;
	for (;;) {
		char *end = strstr(data, "\r\n\r\n");
		if (end != NULL) {
			char *length = strcasestr(data, "\r\nContent-Length:");
			size_t body = length == NULL || length > end || head_only ? 0 : strtoul(length + 17, NULL, 10),
			       start = (size_t)(end - data) + 4;
			if (used >= start + body) {
				out = (struct answer){.status = (int)strtol(data + 9, NULL, 10),
						      .head = arena_strndup(world->arena, data, start),
						      .body = arena_strndup(world->arena, data + start, body),
						      .len = body};
				return out;
			}
		}
		ssize_t got = recv(fd, data + used, 199999 - used, 0);
		if (got <= 0)
			return out;
		used += (size_t)got;
	}
}

static struct answer raw(struct world *world, const char *request, size_t len)
{
	int fd = dial(world);
	send_all(fd, request, len);
	struct answer answer = receive(world, fd, strncmp(request, "HEAD", 4) == 0);
	(void)close(fd);
	return answer;
}

static struct answer ask(struct world *world, const char *request)
{
	return raw(world, request, strlen(request));
}

/* "METHOD path", more header lines (each ended), a body. */
static struct answer talk(struct world *world, const char *line, const char *headers, const char *body)
{
	const char *length = body == NULL ? "" : arena_printf(world->arena, "Content-Length: %zu\r\n", strlen(body));
	return ask(world, arena_printf(world->arena, "%s HTTP/1.1\r\nHost: h\r\n%s%s\r\n%s", line, headers, length,
				       body == NULL ? "" : body));
}

static bool says(const struct answer *answer, const char *header)
{
	return answer->head != NULL && strstr(answer->head, header) != NULL;
}

/* ---------------------------------------------------------------- tests */

/* What the page under /kept shows; `headers` say who asks. */
static int number_of(struct world *world, const char *path, const char *headers)
{
	struct answer answer = talk(world, path, headers, NULL);
	assert_int_equal(answer.status, 200);
	const char *at = answer.body + strcspn(answer.body, "0123456789");
	return (int)strtol(at, NULL, 10);
}

static void test_kept_for_one(void **state)
{
	struct world *world = *state;
	static const char anna[] = "Cookie: sanzhi=session-1\r\n", robot[] = "Authorization: Bearer sz_1\r\nAccept: text/html\r\n";
	const instant_t start = INT64_C(1800000000) * INSTANT_SECOND + INSTANT_SECOND;
	atomic_store(&shared.at, start);
	assert_int_equal(number_of(world, "GET /kept", anna), 1);
	assert_int_equal(number_of(world, "GET /kept", anna), 1);
	assert_int_equal(atomic_load(&shared.slow), 2); /* the handler ran, and could refuse or note */
	/* Another person, another form, another query, htmx, a notice that waits: none is shown what was kept. */
	assert_int_equal(number_of(world, "GET /kept", robot), 2);
	assert_int_equal(number_of(world, "GET /kept", "Cookie: sanzhi=session-1\r\nAccept: application/json\r\n"), 3);
	assert_int_equal(number_of(world, "GET /kept?a=1", anna), 4);
	assert_int_equal(number_of(world, "GET /kept", "Cookie: sanzhi=session-1\r\nHX-Request: true\r\n"), 5);
	assert_int_equal(number_of(world, "GET /kept", "Cookie: sanzhi=session-1; sanzhi-notice=x\r\n"), 6);
	assert_int_equal(number_of(world, "GET /kept", anna), 1);
	assert_int_equal(number_of(world, "GET /kept", robot), 2);
	struct answer answer = talk(world, "GET /kept", anna, NULL);
	assert_true(says(&answer, "Cache-Control: no-store") && says(&answer, "text/html") && says(&answer, "X-Request-Id: "));
	/* Signed out. */
	assert_int_equal(talk(world, "GET /kept", "Cookie: sanzhi=session-2\r\nAccept: application/json\r\n", NULL).status, 401);
	/* Something changed; the minute is over; the clock is set back. */
	atomic_store(&shared.version, 1);
	assert_int_equal(number_of(world, "GET /kept", anna), 7);
	assert_int_equal(number_of(world, "GET /kept", anna), 7);
	atomic_store(&shared.at, start + 58 * INSTANT_SECOND);
	assert_int_equal(number_of(world, "GET /kept", anna), 7);
	atomic_store(&shared.at, start + 59 * INSTANT_SECOND);
	assert_int_equal(number_of(world, "GET /kept", anna), 8);
	atomic_store(&shared.at, start);
	assert_int_equal(number_of(world, "GET /kept", anna), 9);
}

#define JSON "Accept: application/json\r\n"
#define COOKIE "Cookie: sanzhi=session-1\r\n"
#define BEARER "Authorization: Bearer sz_1\r\n"
#define URLENCODED "Content-Type: application/x-www-form-urlencoded\r\n"
#define AS_JSON "Content-Type: application/json\r\n"

static void test_strict(void **state)
{
	struct world *world = *state;
	static const char *const bad[] = {
	    "GET /page HTTP/1.1\r\n\r\n",
	    "GET /page HTTP/1.0\r\n\r\n",
	    "GET /page HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
	    "GET /page HTTP/1.1\r\nHost: a/b\r\n\r\n",
	    "GET /page HTTP/1.1\r\nHost:\r\n\r\n",
	    "POST /check HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	    "POST /check HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\na=b",
	    "POST /check HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\na=b",
	    ("POST /check HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
	     "chunked\r\n\r\n0\r\n\r\n"),
	    "POST /check HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\na=b",
	    "POST /check HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\na=b",
	    "GET /pa\xc3\xa4ge HTTP/1.1\r\nHost: a\r\n\r\n",
	    "GET page HTTP/1.1\r\nHost: a\r\n\r\n",
	    "GET http://a/page HTTP/1.1\r\nHost: a\r\n\r\n",
	    "GET /page HTTP/1.1\r\nHost : a\r\n\r\n",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct answer answer = ask(world, bad[i]);
		if (!(answer.closed || answer.status == 400))
			fail_msg("%zu: status %d", i, answer.status);
	}
	assert_int_equal(ask(world, "POST /check HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n").status, 501);
	static const char nul[] = "GET /page\0x HTTP/1.1\r\nHost: a\r\n\r\n";
	struct answer answer = raw(world, nul, sizeof(nul) - 1);
	assert_true(answer.closed || answer.status == 400);
	assert_int_equal(talk(world, "GET /page%00", "", NULL).status, 404);
	assert_int_equal(talk(world, "GET /page%ff", "", NULL).status, 404);
	assert_int_equal(talk(world, "GET /%2e%2e/page", "", NULL).status, 404);
	assert_int_equal(talk(world, "GET /page?a=%zz", "", NULL).status, 422);
	/* Sizes. */
	char *longer = arena_alloc(world->arena, 20000);
	memset(longer, 'a', 8300);
	assert_int_equal(talk(world, arena_printf(world->arena, "GET /%s", longer), "", NULL).status, 414);
	memset(longer, 'a', 17000);
	assert_int_equal(talk(world, "GET /page", arena_printf(world->arena, "X: %s\r\n", longer), NULL).status, 431);
	assert_int_equal(talk(world, "GET /page", "", NULL).status, 200);
}

static void test_methods(void **state)
{
	struct world *world = *state;
	struct answer answer = talk(world, "POST /page", URLENCODED, "a=b");
	assert_int_equal(answer.status, 405);
	assert_true(says(&answer, "Allow: GET, HEAD\r\n"));
	answer = talk(world, "DELETE /login", "", NULL);
	assert_int_equal(answer.status, 405);
	assert_true(says(&answer, "Allow: GET, HEAD, POST\r\n"));
	answer = ask(world, "HEAD /page HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(answer.status, 200);
	assert_int_equal(talk(world, "GET /page", URLENCODED, "a=b").status, 422); /* a GET has no body */
	answer = talk(world, "GET /nothing", JSON, NULL);
	assert_int_equal(answer.status, 404);
	assert_true(says(&answer, "Content-Type: application/problem+json\r\n"));
	assert_non_null(strstr(answer.body, "\"type\":\"urn:sanzhi:problem:not-found\""));
	answer = talk(world, "GET /nothing", "Accept: text/html\r\n", NULL);
	assert_non_null(strstr(answer.body, "<h1>error 404</h1>"));
}

/* Many requests on one connection, cached, from a worker, with a body, refused: it must never close by itself. */
static void test_keep_alive(void **state)
{
	struct world *world = *state;
	static const char *const requests[] = {
	    "GET /page HTTP/1.1\r\nHost: h\r\n\r\n",
	    "GET /login HTTP/1.1\r\nHost: h\r\n\r\n",
	    "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n",
	    "POST /check HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
	    "POST /act/k HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
	    ("POST /check HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: "
	     "chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"),
	};
	int fd = dial(world);
	for (size_t i = 0; i < 60; i++) {
		const char *request = requests[i % (sizeof(requests) / sizeof(requests[0]))];
		send_all(fd, request, strlen(request));
		struct answer answer = receive(world, fd, false);
		assert_false(answer.closed);
		assert_false(says(&answer, "Connection: close") || says(&answer, "Connection: Close"));
	}
	(void)close(fd);
}

static void test_cache(void **state)
{
	struct world *world = *state;
	struct answer first = talk(world, "GET /page", "", NULL), second = talk(world, "GET /page", COOKIE, NULL);
	assert_string_equal(first.body, "<p>n=1</p><b></b>");
	assert_string_equal(second.body, first.body); /* kept, and without a trace of who asks */
	assert_true(says(&second, "ETag: ") && says(&second, "Content-Security-Policy: default-src 'none'") &&
		    says(&second, "Cache-Control: public, no-cache"));
	assert_string_equal(talk(world, "GET /page?x=1", "", NULL).body, "<p>n=2</p><b></b>");
	assert_string_equal(talk(world, "GET /page", JSON, NULL).body, "{\"n\":3}");
	assert_string_equal(talk(world, "GET /page", JSON, NULL).body, "{\"n\":3}");
	char *etag = arena_strdup(world->arena, strstr(first.head, "ETag: ") + 6);
	*strchr(etag, '\r') = '\0';
	struct answer same = talk(world, "GET /page", arena_printf(world->arena, "If-None-Match: %s\r\n", etag), NULL);
	assert_int_equal(same.status, 304);
	assert_int_equal(same.len, 0);
	atomic_fetch_add(&shared.version, 1); /* an entry was appended */
	assert_string_equal(talk(world, "GET /page", "", NULL).body, "<p>n=4</p><b></b>");
}

static void test_assets(void **state)
{
	struct world *world = *state;
	const char *line = arena_printf(world->arena, "GET %s/a.css", world->web->assets->prefix);
	struct answer plain = talk(world, line, "", NULL),
		      gzip = talk(world, line, "Accept-Encoding: gzip, br\r\n", NULL);
	assert_int_equal(plain.status, 200);
	assert_true(says(&plain, "Content-Type: text/css; charset=utf-8") && says(&plain, "immutable"));
	assert_true(says(&gzip, "Content-Encoding: gzip") && gzip.len < plain.len);
	assert_int_equal(talk(world, "GET /assets/0123/a.css", "", NULL).status, 404);
	assert_int_equal(
	    talk(world, arena_printf(world->arena, "GET %s/../web.key", world->web->assets->prefix), "", NULL).status,
	    404);
	char *etag = arena_strdup(world->arena, strstr(plain.head, "ETag: ") + 6);
	*strchr(etag, '\r') = '\0';
	assert_int_equal(talk(world, line, arena_printf(world->arena, "If-None-Match: %s\r\n", etag), NULL).status,
			 304);
}

/* Between "csrf=" and ";". */
static char *csrf_of(struct world *world, const struct answer *answer)
{
	const char *at = strstr(answer->body, "csrf=");
	assert_non_null(at);
	return arena_strndup(world->arena, at + 5, strcspn(at + 5, ";"));
}

static void test_login(void **state)
{
	struct world *world = *state;
	struct answer form_page = talk(world, "GET /login", "", NULL);
	char *cookie = strstr(form_page.head, "Set-Cookie: sanzhi-pre=");
	assert_non_null(cookie);
	char *pre = arena_strndup(world->arena, cookie + 12, strcspn(cookie + 12, ";"));
	assert_non_null(strstr(cookie, "Path=/; HttpOnly; SameSite=Lax"));
	const char *with = arena_printf(world->arena, "Cookie: %s\r\n" URLENCODED, pre),
		   *token_text = csrf_of(world, &form_page);

	assert_int_equal(talk(world, "POST /login", URLENCODED, "password=right").status,
			 403); /* no token, no cookie */
	assert_int_equal(talk(world, "POST /login", with, "password=right&csrf=x").status, 403);
	assert_int_equal(
	    talk(world, "POST /login", URLENCODED, arena_printf(world->arena, "password=right&csrf=%s", token_text))
		.status,
	    403);
	struct answer wrong =
	    talk(world, "POST /login", with, arena_printf(world->arena, "password=wrong&csrf=%s", token_text));
	assert_int_equal(wrong.status, 401);
	assert_non_null(strstr(wrong.body, "problem=signed-out")); /* the same form again */
	struct answer right =
	    talk(world, "POST /login", with, arena_printf(world->arena, "password=right&csrf=%s", token_text));
	assert_int_equal(right.status, 303);
	assert_true(says(&right, "Location: /me\r\n") &&
		    says(&right, "Set-Cookie: sanzhi=session-1; Path=/; HttpOnly; SameSite=Lax\r\n") &&
		    says(&right, "Set-Cookie: sanzhi-pre=; ") &&
		    says(&right, "Set-Cookie: sanzhi-notice=%E6%82%A8%E5%A5%BD;"));
	struct answer me =
	    talk(world, "GET /me", "Cookie: sanzhi=session-1; sanzhi-notice=%E6%82%A8%E5%A5%BD\r\n", NULL);
	assert_non_null(strstr(me.body, "notice=您好"));
	assert_true(says(&me, "Set-Cookie: sanzhi-notice=; ") && says(&me, "Cache-Control: no-store"));
}

static void test_permission(void **state)
{
	struct world *world = *state;
	struct answer out = talk(world, "GET /me?a=b", "Accept: text/html\r\n", NULL);
	assert_int_equal(out.status, 303);
	assert_true(says(&out, "Location: /login?next=%2Fme%3Fa%3Db\r\n"));
	out = talk(world, "GET /me", JSON, NULL);
	assert_int_equal(out.status, 401);
	assert_true(says(&out, "WWW-Authenticate: Bearer"));
	out = talk(world, "GET /me", "Cookie: sanzhi=stale\r\n" JSON, NULL);
	assert_int_equal(out.status, 401);
	assert_true(says(&out, "Set-Cookie: sanzhi=; ")); /* what is over is removed */
	assert_int_equal(talk(world, "GET /me", COOKIE, NULL).status, 200);
	assert_int_equal(talk(world, "GET /me", BEARER, NULL).status, 200);
	assert_int_equal(talk(world, "GET /me", "Authorization: Bearer x\r\n", NULL).status, 401);
	assert_int_equal(talk(world, "GET /me", "Authorization: Basic eA==\r\n" COOKIE, NULL).status, 401);
	assert_int_equal(talk(world, "GET /boss", COOKIE, NULL).status, 403);
	out = talk(world, "GET /me", "Cookie: sanzhi=session-new\r\nAccept: text/html\r\n", NULL);
	assert_int_equal(out.status, 303);
	assert_true(says(&out, "Location: /desk/password\r\n"));
	assert_int_equal(talk(world, "GET /me", "Cookie: sanzhi=session-new\r\n" JSON, NULL).status, 403);
}

static void test_forged(void **state)
{
	struct world *world = *state;
	char *token_text = csrf_token(world->arena, world->web->key, "session-1");
	const char *body = arena_printf(world->arena, "f.a=1&csrf=%s", token_text);
	struct answer good = talk(world, "POST /act/k1", COOKIE URLENCODED, body);
	assert_int_equal(good.status, 200);
	assert_non_null(strstr(good.body, "\"user\":\"anna\",\"inputs\":{\"key\":\"k1\"},\"fields\":{\"a\":\"1\"}"));
	assert_int_equal(talk(world, "POST /act/k1", COOKIE URLENCODED, "f.a=1").status, 403);
	assert_int_equal(talk(world, "POST /act/k1", COOKIE URLENCODED "Origin: http://evil\r\n", body).status, 403);
	assert_int_equal(talk(world, "POST /act/k1", COOKIE URLENCODED "Sec-Fetch-Site: cross-site\r\n", body).status,
			 403);
	assert_int_equal(
	    talk(world, "POST /act/k1", COOKIE URLENCODED "Origin: http://h\r\nSec-Fetch-Site: same-origin\r\n", body)
		.status,
	    200);
	assert_int_equal(talk(world, "POST /act/k1", COOKIE AS_JSON, "{\"f\":{}}").status, 403);
	assert_int_equal(talk(world, "POST /act/k1",
			      arena_printf(world->arena, COOKIE AS_JSON "X-CSRF-Token: %s\r\n", token_text),
			      "{\"f\":{}}")
			     .status,
			 200);
	struct answer program = talk(world, "POST /act/k1", BEARER AS_JSON, "{\"f\":{\"a\":[1,{\"b\":true}]}}");
	assert_int_equal(program.status, 200);
	assert_non_null(strstr(program.body, "\"fields\":{\"a\":[1,{\"b\":true}]},\"files\":0,\"token\":true"));
}

static void test_json_errors(void **state)
{
	struct world *world = *state;
	static const char *const bad[] = {
	    "{", "[]", "{\"f\":1}", "{\"f\":{\"a\":1,\"a\":2}}", "{\"nothing\":1}", "{\"f\":{\"a\":\"\xff\"}}"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct answer answer = talk(world, "POST /act/k", BEARER AS_JSON, bad[i]);
		assert_int_equal(answer.status, 422);
		assert_true(says(&answer, "application/problem+json"));
	}
	char *deep = arena_alloc(world->arena, 20010);
	memset(deep, '[', 20000);
	assert_int_equal(talk(world, "POST /act/k", BEARER AS_JSON, deep).status, 422);
	assert_int_equal(talk(world, "POST /act/k", BEARER "Content-Type: text/xml\r\n", "<a/>").status, 415);
	struct answer refused = talk(world, "POST /refuse", BEARER AS_JSON, "{}");
	assert_int_equal(refused.status, 409);
	assert_non_null(strstr(refused.body, "\"clauses\":[{\"clause\":\"bn-sh-3\",\"cite\":\"第三条\",\"say\":"
					     "\"没有送法制审核\",\"mend\":\"先送审\"}]"));
	assert_non_null(strstr(refused.body, "\"errors\":[{\"where\":\"f.a\",\"what\":\"没有填写\"}]"));
	char *body = arena_printf(world->arena, "csrf=%s", csrf_token(world->arena, world->web->key, "session-1"));
	struct answer again = talk(world, "POST /refuse", COOKIE URLENCODED "Accept: text/html\r\n", body);
	assert_int_equal(again.status, 409);
	assert_non_null(strstr(again.body, "problem=refused[没有送法制审核|第三条][没有填写|]"));
	struct answer ours = talk(world, "GET /broken", "Accept: text/html\r\n", NULL);
	assert_int_equal(ours.status, 500);
	assert_null(strstr(ours.body, "secret"));
}

static char *multipart(struct world *world, const char *fields, size_t size, size_t *len_out)
{
	struct buf body;
	buf_init(&body, world->arena, size + 10000);
	buf_addf(&body,
		 "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n%s--B\r\nContent-Disposition: "
		 "form-data; name=\"f.report\"; filename=\"a.bin\"\r\n\r\n",
		 csrf_token(world->arena, world->web->key, "session-1"), fields);
	for (size_t i = 0; i < size; i++)
		buf_addc(&body, (char)(i * 31 % 251));
	buf_adds(&body, "\r\n--B--\r\n");
	*len_out = body.len;
	return body.data;
}

static struct answer upload(struct world *world, const char *path, const char *headers, const char *body, size_t len)
{
	char *head = arena_printf(world->arena,
				  "POST %s HTTP/1.1\r\nHost: h\r\n%sContent-Type: multipart/form-data; "
				  "boundary=B\r\nContent-Length: %zu\r\n\r\n",
				  path, headers, len);
	int fd = dial(world);
	send_all(fd, head, strlen(head));
	send_all(fd, body, len);
	struct answer answer = receive(world, fd, false);
	(void)close(fd);
	return answer;
}

static void test_upload(void **state)
{
	struct world *world = *state;
	size_t len, size = 3000000;
	char *body = multipart(world, "", size, &len);
	struct answer answer = upload(world, "/act/k", COOKIE, body, len);
	assert_int_equal(answer.status, 200);
	struct digest digest = hash_sha256(strstr(body, "a.bin\"\r\n\r\n") + 10, size);
	assert_non_null(strstr(answer.body, hex_encode(world->arena, digest.bytes, HASH_LEN)));
	assert_non_null(strstr(answer.body, "\"fields\":{\"report\":{\"file\":0}},\"files\":1,\"token\":false,\"size\":"
					    "3000000,\"field\":\"report\",\"name\":\"a.bin\""));
	struct err err;
	err_init(&err, world->arena);
	assert_int_equal(blob_check(world->site.blobs, &digest, NULL, &err), 0);

	/* Nobody signed in: nothing reaches the store. */
	body = multipart(world, "", 500000, &len);
	body[len - 20] ^= 1;
	assert_int_equal(upload(world, "/act/k", "Accept: text/html\r\n", body, len).status, 401);
	digest = hash_sha256(strstr(body, "a.bin\"\r\n\r\n") + 10, 500000);
	assert_int_equal(blob_check(world->site.blobs, &digest, NULL, &err), -ERR_NOT_FOUND);
	/* A program's document beside its file. */
	body = multipart(world,
			 "--B\r\nContent-Disposition: form-data; name=\"json\"\r\nContent-Type: "
			 "application/json\r\n\r\n{\"f\":{\"n\":1,\"report\":{\"file\":0}}}\r\n",
			 10, &len);
	answer = upload(world, "/act/k", BEARER, body, len);
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.body, "\"fields\":{\"n\":1,\"report\":{\"file\":0}}"));
	/* Too large, said before; cut off; a stranger's file stays out of the store. */
	char *huge = arena_printf(world->arena,
				  "POST /act/k HTTP/1.1\r\nHost: h\r\n" COOKIE
				  "Content-Type: multipart/form-data; boundary=B\r\nContent-Length: %lld\r\n\r\n",
				  100LL * MIB);
	assert_int_equal(ask(world, huge).status, 413);
	assert_int_equal(upload(world, "/act/k", COOKIE, body, len - 20).status, 422);
	static const char strange[] =
	    "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nhello\r\n--B--\r\n";
	answer = upload(world, "/check", "", strange, sizeof(strange) - 1);
	assert_int_equal(answer.status, 200);
	digest = hash_sha256("hello", 5);
	assert_non_null(strstr(answer.body, hex_encode(world->arena, digest.bytes, HASH_LEN)));
	assert_int_equal(blob_check(world->site.blobs, &digest, NULL, &err), -ERR_NOT_FOUND);
}

static void test_file(void **state)
{
	struct world *world = *state;
	struct answer answer = talk(world, "GET /file", COOKIE, NULL);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, "<script>alert(1)</script>");
	assert_true(says(&answer, "Content-Type: application/octet-stream\r\n") &&
		    says(&answer, "Content-Disposition: attachment; filename*=UTF-8''%E8%AF%81%E6%8D%AE.html\r\n"));
	assert_true(says(&answer, "X-Content-Type-Options: nosniff") && says(&answer, "Cache-Control: no-store"));
}

static void test_queue_full(void **state)
{
	struct world *world = *state;
	static const char request[] = "GET /slow HTTP/1.1\r\nHost: h\r\n" JSON "\r\n";
	int fds[8];
	/* Two are at work, two wait; the rest must be told to come again, at once. */
	for (size_t i = 0; i < 8; i++) {
		fds[i] = dial(world);
		send_all(fds[i], request, sizeof(request) - 1);
		for (int waited = 0; i < 2 && atomic_load(&shared.slow) < (int)i + 1 && waited < 500; waited++)
			(void)usleep(10000);
	}
	/* Which of them are refused is for the event threads to decide; the four that are answered now are. */
	size_t busy = 0, done = 0;
	bool answered[8] = {false};
	for (int waited = 0; busy < 4 && waited < 500; waited++) {
		for (size_t i = 0; i < 8; i++) {
			char one;
			if (answered[i] || recv(fds[i], &one, 1, MSG_PEEK | MSG_DONTWAIT) != 1)
				continue;
			struct answer answer = receive(world, fds[i], false);
			assert_true(answer.status == 503 && says(&answer, "Retry-After: "));
			answered[i] = true;
			busy++;
		}
		(void)usleep(10000);
	}
	assert_int_equal(busy, 4);
	assert_int_equal(talk(world, "GET /nothing", JSON, NULL).status, 503);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(sem_post(&shared.gate), 0);
	for (size_t i = 0; i < 8; i++)
		done += !answered[i] && receive(world, fds[i], false).status == 200;
	assert_int_equal(done, 4);
	for (size_t i = 0; i < 8; i++)
		(void)close(fds[i]);
}

/* Requests under way end well, though the server is told to stop. */
static void test_stop(void **state)
{
	struct world *world = *state;
	static const char request[] = "GET /slow HTTP/1.1\r\nHost: h\r\n" JSON "\r\n";
	int fd = dial(world);
	send_all(fd, request, sizeof(request) - 1);
	while (atomic_load(&shared.slow) < 1)
		(void)usleep(1000);
	assert_int_equal(sem_post(&shared.gate), 0);
	server_stop(world->server, 3000);
	assert_int_equal(receive(world, fd, false).status, 200);
	(void)close(fd);
	struct err err;
	err_init(&err, world->arena);
	struct server_options options = {.web = world->web, .workers = 1, .queue = 1};
	assert_int_equal(server_start(&options, world->arena, &world->server, &err), 0);
	struct server_options taken = {.web = world->web, .workers = 1, .queue = 1, .port = server_port(world->server)};
	struct server *second;
	assert_int_equal(server_start(&taken, world->arena, &second, &err), -ERR_UNAVAILABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_strict, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_methods, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_keep_alive, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_cache, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_assets, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_login, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_permission, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_forged, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_kept_for_one, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_json_errors, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_upload, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_file, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_queue_full, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
