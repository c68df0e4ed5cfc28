#include "web/answer.h"

#include <strings.h>
#include <unistd.h>

#include "base/text.h"
#include "store/blob.h"
#include "web/page.h"
#include "web/range.h"

#define PAGE_BYTES_MAX ((size_t)16 << 20)
#define HTML "text/html; charset=utf-8"
#define NOTICE_BYTES_MAX 600

const char *cookie_session(const struct web *web)
{
	return web->secure ? "__Host-sanzhi" : "sanzhi";
}
const char *cookie_pre(const struct web *web)
{
	return web->secure ? "__Host-sanzhi-pre" : "sanzhi-pre";
}
const char *cookie_notice(const struct web *web)
{
	return web->secure ? "__Host-sanzhi-notice" : "sanzhi-notice";
}

static void header(struct exchange *ex, const char *name, const char *value)
{
	pairs_add(ex->arena, &ex->reply.headers, name, value);
}

/* `age` below 0: as long as the browser runs. */
static void set_cookie(struct exchange *ex, const char *name, const char *value, int age)
{
	const char *life = age < 0 ? "" : arena_printf(ex->arena, "; Max-Age=%d", age);
	header(ex, "Set-Cookie",
	       arena_printf(ex->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name, value, life,
			    ex->web->secure ? "; Secure" : ""));
}

/* ---------------------------------------------------------------- accept */

/* The quality of the first media range that is `wanted`, in thousandths; -1: not named. */
static int quality(const char *accept, const char *wanted)
{
	for (const char *at = accept; *at != '\0';) {
		at += strspn(at, " ,\t");
		size_t len = strcspn(at, ","), name = strcspn(at, ";, \t");
		if (name == strlen(wanted) && strncasecmp(at, wanted, name) == 0) {
			const char *q = memchr(at, ';', len);
			while (q != NULL && strncmp(q + 1 + strspn(q + 1, " "), "q=", 2) != 0)
				q = memchr(q + 1, ';', len - (size_t)(q + 1 - at));
			if (q == NULL)
				return 1000;
			q += 1 + strspn(q + 1, " ") + 2;
			int value = *q == '1' ? 1000 : 0, place = 100;
			if (*q == '0' && q[1] == '.')
				for (q += 2; *q >= '0' && *q <= '9' && place > 0; q++, place /= 10)
					value += (*q - '0') * place;
			return value;
		}
		at += len;
	}
	return -1;
}

bool accept_json(const char *accept, bool otherwise)
{
	if (accept == NULL)
		return otherwise;
	int json = quality(accept, "application/json"), html = quality(accept, "text/html"),
	    problem = quality(accept, "application/problem+json");
	if (problem > json)
		json = problem;
	return json <= 0 && html < 0 ? otherwise : json > html;
}

bool etag_matches(const char *header, const char *etag)
{
	return header != NULL && etag != NULL && (text_eq(header, "*") || strstr(header, etag) != NULL);
}

/* ---------------------------------------------------------------- finishing */

static void security_headers(struct exchange *ex)
{
	header(ex, "Content-Security-Policy",
	       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
	       "connect-src 'self'; "
	       "media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
	header(ex, "X-Content-Type-Options", "nosniff");
	header(ex, "Referrer-Policy", "same-origin");
	header(ex, "Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
	header(ex, "Cross-Origin-Opener-Policy", "same-origin");
	header(ex, "Cross-Origin-Resource-Policy", "same-origin");
	header(ex, "X-Request-Id", ex->rq.id);
	if (ex->web->secure)
		header(ex, "Strict-Transport-Security", "max-age=31536000");
}

/* Status, type and body, and what each answer carries. */
static void finish(struct exchange *ex, int status, const char *type, const void *body, size_t len)
{
	const struct action *action = ex->route.action;
	ex->reply.status = status;
	ex->reply.body = body;
	ex->reply.len = len;
	if (type != NULL)
		header(ex, "Content-Type", type);
	security_headers(ex);
	bool open = action != NULL && action->permission == PERMIT_PUBLIC && ex->rq.actor.user == NULL &&
		    action->audit != AUDIT_ACCESS && action->method == METHOD_GET && status == 200;
	if (open && ex->out.cache == CACHE_IMMUTABLE) {
		header(ex, "Cache-Control", "public, max-age=31536000, immutable");
	} else if (open && ex->out.cache == CACHE_DEFAULT && ex->reply.fd < 0) {
		struct digest digest = hash_sha256(body, len);
		ex->reply.etag = arena_printf(ex->arena, "\"%s\"", hex_encode(ex->arena, digest.bytes, 12));
		header(ex, "Cache-Control", "public, no-cache");
		header(ex, "ETag", ex->reply.etag);
		ex->reply.keep = action->cache;
	} else {
		header(ex, "Cache-Control", "no-store");
	}
	header(ex, "Vary", "Accept, Cookie");
}

static void finish_json(struct exchange *ex, int status, const char *type, const json_t *doc)
{
	size_t len;
	char *text = json_text(ex->arena, doc, &len);
	finish(ex, status, type, text, len);
}

/* ---------------------------------------------------------------- pages */

/* Shows a document through a template. False: it cannot be (the cause is in `err`). */
static bool finish_page(struct exchange *ex, int status, const char *template, json_t *doc, struct err *err)
{
	struct buf html;
	struct page_options options = {.title = ex->out.title, .notice = ex->out.notice};
	const struct action *action = ex->route.action;
	const char *base = ex->rq.session_token;
	if (base == NULL && action != NULL && !action->cache && action->audit == AUDIT_ACCESS &&
	    ex->rq.actor.user == NULL) {
		if (ex->pre == NULL || strlen(ex->pre) != 43) {
			uint8_t bytes[32];
			random_bytes(bytes, sizeof(bytes));
			ex->pre = base64url_encode(ex->arena, bytes, sizeof(bytes));
			set_cookie(ex, cookie_pre(ex->web), ex->pre, -1);
		}
		base = ex->pre;
	}
	options.csrf = base == NULL ? "" : csrf_token(ex->arena, ex->web->key, base);
	const char *kept =
	    action != NULL && action->cache ? NULL : cookie_get(ex->arena, ex->in.cookie, cookie_notice(ex->web));
	if (kept != NULL) {
		set_cookie(ex, cookie_notice(ex->web), "", 0);
		if (options.notice == NULL && strlen(kept) <= NOTICE_BYTES_MAX * 3)
			options.notice = url_decode(ex->arena, kept, strlen(kept), false);
	}
	json_t *page = page_document(&ex->rq, &options);
	json_t *whole = json_tie(ex->arena, json_copy(doc));
	json_put(whole, "page", json_incref(page));
	if (json_object_get(whole, "errors") == NULL)
		json_put(whole, "errors", json_array());
	if (json_object_get(whole, "problem") == NULL)
		json_put(whole, "problem", json_null());
	buf_init(&html, ex->arena, PAGE_BYTES_MAX);
	if (template_render(ex->web->templates, template, whole, &html, err) != 0)
		return false;
	finish(ex, status, HTML, html.data, html.len);
	return true;
}

static void session_cookies(struct exchange *ex)
{
	if (ex->out.session != NULL) {
		set_cookie(ex, cookie_session(ex->web), ex->out.session, -1);
		set_cookie(ex, cookie_pre(ex->web), "", 0);
	} else if (ex->out.session_end || ex->signed_out) {
		set_cookie(ex, cookie_session(ex->web), "", 0);
	}
}

static void answer_redirect(struct exchange *ex)
{
	header(ex, "Location", ex->out.location);
	if (ex->rq.wants_json) {
		json_t *doc = ex->out.doc == NULL ? json_tie(ex->arena, json_object()) : ex->out.doc;
		finish_json(ex, ex->out.status == 0 ? 200 : ex->out.status, "application/json", doc);
		return;
	}
	if (ex->out.notice != NULL) {
		struct buf text;
		buf_init(&text, ex->arena, NOTICE_BYTES_MAX * 3);
		buf_add_url(&text, ex->out.notice, strlen(ex->out.notice));
		if (!text.overflow)
			set_cookie(ex, cookie_notice(ex->web), text.data, 60);
	}
	finish(ex, 303, NULL, "", 0);
}

/* Whether a browser may show the type itself: nothing in it can run in our name. */
static bool harmless(const char *type)
{
	static const char *const shown[] = {"image/png",  "image/jpeg",  "image/gif",	    "image/webp", "application/pdf",
					    "audio/mpeg", "audio/mp4",	 "audio/ogg",	    "audio/wav",  "audio/x-wav",
					    "audio/webm", "audio/aac",	 "audio/flac",	    "audio/amr",  "audio/x-m4a",
					    "video/mp4",  "video/mpeg",	 "video/quicktime", "video/ogg",  "video/webm",
					    "video/3gpp", "video/x-msvideo", "video/x-matroska", NULL};
	for (size_t i = 0; shown[i] != NULL; i++)
		if (strcasecmp(type, shown[i]) == 0)
			return true;
	return false;
}

static void disposition(struct exchange *ex, bool inside)
{
	struct buf name;
	buf_init(&name, ex->arena, 4096);
	buf_add_url(&name, ex->out.filename, strlen(ex->out.filename));
	if (!name.overflow)
		header(ex, "Content-Disposition",
		       arena_printf(ex->arena, "%s; filename*=UTF-8''%s", inside ? "inline" : "attachment", name.data));
}

/* A file, or the part of it that is asked for: a player jumps about in a recording. The status. */
static int file_status(struct exchange *ex)
{
	struct reply *reply = &ex->reply;
	int64_t size = reply->size;
	reply->etag = arena_printf(ex->arena, "\"%s\"", hex_encode(ex->arena, ex->out.blob.bytes, 16));
	/* Who holds this content hears that first (304), whatever part is asked for. */
	bool get = text_eq(ex->in.method, "GET") && !etag_matches(ex->in.if_none_match, reply->etag);
	header(ex, "ETag", reply->etag);
	header(ex, "Accept-Ranges", "bytes");
	switch (range_of(get ? ex->in.range : NULL, ex->in.if_range, reply->etag, size, &reply->first, &reply->size)) {
	case RANGE_WHOLE: return 200;
	case RANGE_PART:
		header(ex, "Content-Range",
		       arena_printf(ex->arena, "bytes %lld-%lld/%lld", (long long)reply->first,
				    (long long)(reply->first + reply->size - 1), (long long)size));
		return 206;
	case RANGE_NONE: break;
	}
	header(ex, "Content-Range", arena_printf(ex->arena, "bytes */%lld", (long long)size));
	reply->size = 0;
	return 416;
}

static int answer_file(struct exchange *ex, struct err *err)
{
	int fault = blob_read(ex->web->site->blobs, &ex->out.blob, ex->arena, &ex->reply.fd, &ex->reply.size, err);
	if (fault != 0) {
		ex->reply.fd = -1;
		return fault;
	}
	const char *type = ex->out.type == NULL ? "application/octet-stream" : ex->out.type;
	bool inside = harmless(type) && !ex->out.download;
	if (ex->out.filename != NULL)
		disposition(ex, inside);
	else if (!inside)
		header(ex, "Content-Disposition", "attachment");
	finish(ex, file_status(ex), harmless(type) ? type : "application/octet-stream", NULL, 0);
	return 0;
}

/* Puts a page aside for the next time. One that shows a notice, or sets a cookie, is for once. */
static void keep(struct exchange *ex, const char *type)
{
	struct shelved page = {.type = type, .body = ex->reply.body, .len = ex->reply.len};
	for (size_t i = 0; i < ex->reply.headers.count; i++)
		if (strcmp(ex->reply.headers.items[i].name, "Set-Cookie") == 0)
			return;
	if (!ex->rq.once && ex->out.notice == NULL)
		shelf_put(ex->web->shelf, shelf_key(&ex->rq), ex->out.stamp, ex->rq.now / INSTANT_MINUTE * INSTANT_MINUTE, ex->out.until, &page);
}

void answer_response(struct exchange *ex)
{
	int fault = 0;
	session_cookies(ex);
	switch (ex->out.kind) {
	case RESPONSE_DOC: {
		int status = ex->out.status == 0 ? 200 : ex->out.status;
		const char *template = ex->out.template != NULL ? ex->out.template : ex->route.action->template;
		BUG_ON(ex->out.doc == NULL);
		const char *type = ex->rq.wants_json || template == NULL || ex->web->templates == NULL ? "application/json" : HTML;
		if (type[0] == 'a')
			finish_json(ex, status, type, ex->out.doc);
		else if (!finish_page(ex, status, template, ex->out.doc, &ex->err))
			fault = ex->err.code == ERR_NONE ? -ERR_INTERNAL : -(int)ex->err.code;
		if (fault == 0 && status == 200 && ex->out.stamp != NULL)
			keep(ex, type);
		break;
	}
	case RESPONSE_KEPT: finish(ex, 200, ex->out.kept->type, ex->out.kept->body, ex->out.kept->len); break;
	case RESPONSE_REDIRECT: answer_redirect(ex); break;
	case RESPONSE_BYTES:
		if (ex->out.filename != NULL)
			disposition(ex, !ex->out.download);
		finish(ex, ex->out.status == 0 ? 200 : ex->out.status, ex->out.type, ex->out.bytes, ex->out.len);
		break;
	case RESPONSE_FILE: fault = answer_file(ex, &ex->err); break;
	}
	if (fault != 0) {
		/* A page that cannot be shown is our mistake, whatever the template said. */
		if (ex->out.kind == RESPONSE_DOC)
			ex->err.code = ERR_INTERNAL;
		ex->out.doc = NULL;
		ex->reply = (struct reply){.fd = -1};
		answer_failure(ex);
	}
}

/* ---------------------------------------------------------------- failures */

static int failure_status(const struct exchange *ex)
{
	if (ex->err.code == ERR_LIMIT && ex->route.action != NULL && ex->route.action->audit == AUDIT_ACCESS)
		return 429;
	if (ex->err.code == ERR_UNSUPPORTED && ex->route.action == NULL)
		return 405;
	if (ex->err.code == ERR_LIMIT && ex->route.action == NULL)
		return 414;
	return err_http_status(ex->err.code);
}

static void failure_headers(struct exchange *ex, int status)
{
	if (status == 405)
		header(ex, "Allow", route_allow(ex->route.allowed));
	if (status == 401)
		header(ex, "WWW-Authenticate", "Bearer");
	if (status == 503)
		header(ex, "Retry-After", "2");
	if (status == 507) /* somebody must make room first */
		header(ex, "Retry-After", "60");
	if (status == 429)
		header(ex, "Retry-After", "60");
}

void answer_plain(struct exchange *ex)
{
	int status = failure_status(ex);
	failure_headers(ex, status);
	if (ex->rq.wants_json) {
		finish_json(ex, status, "application/problem+json", problem_document(&ex->rq, &ex->err, status));
		return;
	}
	struct buf html;
	buf_init(&html, ex->arena, (size_t)1 << 20);
	buf_adds(&html, "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>");
	const char *title = problem_title(ex->err.code);
	buf_adds(&html, title);
	buf_adds(&html, "</title></head>\n<body><h1>");
	buf_adds(&html, title);
	buf_adds(&html, "</h1><p>");
	const char *message = problem_detail(&ex->err);
	buf_add_html(&html, message, strlen(message));
	buf_addf(&html, "</p><p><a href=\"/\">首页</a></p><p><small>%s</small></p></body></html>\n", ex->rq.id);
	finish(ex, status, HTML, html.data, html.len);
}

/* Where a browser that is signed out, or must change its password, is led instead of an error page. */
static const char *led_to(const struct exchange *ex)
{
	const struct action *action = ex->route.action;
	if (ex->rq.wants_json || action == NULL)
		return NULL;
	if (ex->rq.actor.user != NULL && ex->rq.actor.must_change && ex->err.code == ERR_DENIED &&
	    !text_eq(action->path, "/desk/password"))
		return "/desk/password";
	if (ex->err.code != ERR_SIGNED_OUT || action->method != METHOD_GET || action->permission == PERMIT_PUBLIC)
		return NULL;
	struct buf to;
	buf_init(&to, ex->arena, (size_t)URI_MAX * 3);
	buf_adds(&to, "/login?next=");
	buf_add_url(&to, ex->in.uri, strlen(ex->in.uri));
	return strlen(ex->in.uri) > 300 || to.overflow ? "/login" : to.data;
}

/*
 * A form whose session could not even be looked up: its words go back with the page, to be sent once more when the
 * database is there again. NULL: it was no such form, or what was typed is a secret, which stands on no page.
 */
static json_t *words_of(const struct exchange *ex, int status)
{
	struct pairs pairs = {0};
	struct err unread;
	err_init(&unread, ex->arena);
	const struct action *action = ex->route.action;
	if ((status != 503 && status != 507) || action == NULL || action->method != METHOD_POST ||
	    action->permission == PERMIT_PUBLIC || ex->mode != BODY_TEXT || ex->body.overflow || ex->body.len == 0 ||
	    ex->in.content_type == NULL || strncasecmp(ex->in.content_type, "application/x-www-form-urlencoded", 33) != 0 ||
	    url_pairs(ex->arena, ex->body.data, ex->body.len, &pairs, &unread) != 0)
		return json_null();
	json_t *fields = json_array(), *words = json_object();
	for (size_t i = 0; i < pairs.count; i++) {
		if (strstr(pairs.items[i].name, "password") != NULL || text_eq(pairs.items[i].name, "code")) {
			json_decref(fields);
			json_decref(words);
			return json_null();
		}
		json_t *field = json_object();
		json_put_str(field, "name", pairs.items[i].name);
		json_put_str(field, "value", pairs.items[i].value);
		json_push(fields, field);
	}
	json_put_str(words, "url", ex->in.uri);
	json_put(words, "fields", fields);
	return words;
}

/* A form that was sent after its session ended: where to sign in to be led back to it, and its draft. NULL: it was no such form. */
static const char *sign_in_again(const struct exchange *ex)
{
	const struct action *action = ex->route.action;
	if (ex->err.code != ERR_SIGNED_OUT || action == NULL || action->method != METHOD_POST || action->permission == PERMIT_PUBLIC)
		return NULL;
	struct route form;
	route_find(ex->web->actions, "GET", ex->rq.path, ex->arena, &form);
	struct buf to;
	buf_init(&to, ex->arena, (size_t)URI_MAX * 3);
	buf_adds(&to, "/login?next=");
	buf_add_url(&to, ex->rq.path, strlen(ex->rq.path));
	return form.action == NULL || strlen(ex->rq.path) > 300 || to.overflow ? "/login" : to.data;
}

void answer_failure(struct exchange *ex)
{
	int status = failure_status(ex);
	session_cookies(ex);
	const char *to = led_to(ex);
	if (to != NULL) {
		header(ex, "Location", to);
		finish(ex, 303, NULL, "", 0);
		return;
	}
	const char *template = ex->out.template;
	if (template == NULL && ex->route.action != NULL)
		template = ex->route.action->template;
	bool again = ex->out.doc != NULL && template != NULL;
	if (ex->rq.wants_json || ex->web->templates == NULL || (!again && !template_has(ex->web->templates, "error"))) {
		answer_plain(ex);
		return;
	}
	json_t *doc = json_tie(ex->arena, again ? json_copy(ex->out.doc) : json_object());
	page_add_problem(doc, &ex->err, status);
	if (!again) {
		json_put(doc, "back-url", json_null());
		json_put(doc, "words", words_of(ex, status));
		const char *login = sign_in_again(ex);
		json_put(doc, "login-url", login == NULL ? json_null() : json_string(login));
		ex->out.title = problem_title(ex->err.code);
	}
	/* What goes wrong while the error is shown must not hide it. */
	struct err second;
	err_init(&second, ex->arena);
	if (!finish_page(ex, status, again ? template : "error", doc, &second)) {
		log_err(&ex->web->site->log, "error-page", ex->rq.id, &second);
		answer_plain(ex);
		return;
	}
	failure_headers(ex, status);
}
