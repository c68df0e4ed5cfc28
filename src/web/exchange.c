#include "web/exchange.h"

#include <strings.h>

#include "base/text.h"
#include "store/blob.h"
#include "web/answer.h"
#include "web/inputs.h"

#define TEXT_PARTS_MAX ((size_t)1 << 20) /* bytes of all text parts of a multipart body together */

static struct actor nobody(void)
{
	return (struct actor){.agency = "", .area = ""};
}

static void fail(struct exchange *ex)
{
	ex->failed = true;
}

static bool starts_media(const char *type, const char *wanted)
{
	size_t len = strlen(wanted);
	return type != NULL && strncasecmp(type, wanted, len) == 0 &&
	       (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

/* ---------------------------------------------------------------- body: parts */

static int begin_part(void *context, const struct multipart_part *part, struct err *err)
{
	struct exchange *ex = context;
	ex->part_name = part->name;
	ex->in_file = part->filename != NULL && *part->filename != '\0';
	ex->in_json =
	    part->filename == NULL && text_eq(part->name, "json") && starts_media(part->type, "application/json");
	buf_init(&ex->body, ex->arena, TEXT_PARTS_MAX);
	if (!ex->in_file)
		return 0;
	if (!ex->route.action->files)
		return ERR(err, ERR_INVALID, "这里不接收文件");
	if (ex->nfiles == JOURNAL_FILES_MAX)
		return ERR(err, ERR_LIMIT, "文件过多，一次至多 %d 个", JOURNAL_FILES_MAX);
	if (ex->files == NULL) {
		ex->files = ARENA_ARRAY(ex->arena, JOURNAL_FILES_MAX, struct entry_file);
		ex->kept = ARENA_ARRAY(ex->arena, JOURNAL_FILES_MAX, struct upload_bytes);
	}
	const char *field = text_starts(part->name, "f.") ? part->name + 2 : part->name;
	size_t len = text_ends(field, "[]") ? strlen(field) - 2 : strlen(field);
	ex->files[ex->nfiles] =
	    (struct entry_file){.name = part->filename,
				.type = part->type == NULL ? "application/octet-stream" : part->type,
				.field = arena_strndup(ex->arena, field, len)};
	if (ex->route.action->permission != PERMIT_PUBLIC)
		return blob_write(ex->web->site->blobs, ex->route.action->body_max, ex->arena, &ex->writer, err);
	/* Files of strangers never enter the store: their digests are made, their bytes kept for this request. */
	ex->hasher = hasher_new(ex->arena);
	buf_init(&ex->body, ex->arena, (size_t)ex->route.action->body_max);
	return 0;
}

static int part_data(void *context, const void *bytes, size_t len, struct err *err)
{
	struct exchange *ex = context;
	if (ex->in_file && ex->writer != NULL)
		return blob_add(ex->writer, bytes, len, err);
	buf_add(&ex->body, bytes, len);
	if (ex->in_file)
		hasher_add(ex->hasher, bytes, len);
	else if ((ex->text_bytes += len) > TEXT_PARTS_MAX)
		return ERR(err, ERR_LIMIT, "填写的文字过多，至多 %zu 字节", TEXT_PARTS_MAX);
	return 0;
}

static int end_file(struct exchange *ex, struct err *err)
{
	struct entry_file *file = &ex->files[ex->nfiles];
	int fault = 0;
	if (ex->writer != NULL) {
		fault = blob_finish(ex->writer, &file->blob, err);
		ex->writer = NULL;
	} else {
		hasher_end(ex->hasher, &file->blob.sha256, &file->blob.sm3);
		file->blob.size = (int64_t)ex->body.len;
		ex->kept[ex->nfiles] = (struct upload_bytes){ex->body.data, ex->body.len};
	}
	if (fault != 0)
		return fault;
	json_t *place = json_object();
	json_put_int(place, "file", (int64_t)ex->nfiles++);
	return form_add(&ex->form, ex->part_name, place, err);
}

static int end_part(void *context, struct err *err)
{
	struct exchange *ex = context;
	if (ex->in_file)
		return end_file(ex, err);
	if (ex->in_json) {
		json_t *doc;
		int fault = ex->json_part != NULL
				? ERR(err, ERR_INVALID, "json 部分只能有一个")
				: json_read(ex->arena, ex->body.data, ex->body.len, TEXT_PARTS_MAX, &doc, err);
		if (fault == 0 && !json_is_object(doc))
			fault = ERR(err, ERR_INVALID, "json 部分应当是一个对象");
		if (fault == 0)
			ex->json_part = doc;
		return fault;
	}
	if (!utf8_valid(ex->body.data, ex->body.len))
		return ERR(err, ERR_INVALID, "填写的文字不是 UTF-8 编码");
	return form_add(&ex->form, ex->part_name, json_string(ex->body.data), err);
}

/* ---------------------------------------------------------------- head */

static int check_body_head(struct exchange *ex, struct err *err)
{
	const struct action *action = ex->route.action;
	const char *type = ex->in.content_type;
	if (ex->in.content_length == 0)
		return 0;
	if (action->method == METHOD_GET)
		return ERR(err, ERR_INVALID, "这个请求不应当带有内容");
	if (ex->in.content_length > action->body_max)
		return ERR(err, ERR_LIMIT, "提交的内容过大，至多 %lld 字节", (long long)action->body_max);
	if (starts_media(type, "multipart/form-data")) {
		struct multipart_sink sink = {begin_part, part_data, end_part, ex};
		ex->mode = BODY_PARTS;
		ex->parts = multipart_new(ex->arena, type, &sink);
		if (ex->parts == NULL)
			return ERR(err, ERR_INVALID, "上传内容的分隔标记有误");
		/* Who may not act may not fill the store either. */
		ex->admit = action->files && action->permission != PERMIT_PUBLIC;
		return 0;
	}
	if (!starts_media(type, "application/json") && !starts_media(type, "application/x-www-form-urlencoded"))
		return ERR(err, ERR_UNSUPPORTED, "不支持这种内容类型；使用表单或者 application/json");
	ex->mode = BODY_TEXT;
	int64_t most = action->body_max < (int64_t)TEXT_PARTS_MAX ? action->body_max : (int64_t)TEXT_PARTS_MAX;
	if (ex->in.content_length > most)
		return ERR(err, ERR_LIMIT, "提交的内容过大，至多 %lld 字节", (long long)most);
	buf_init(&ex->body, ex->arena, (size_t)most);
	return 0;
}

static int check_head(struct exchange *ex, struct err *err)
{
	size_t len = strlen(ex->in.uri), path_len = strcspn(ex->in.uri, "?");
	if (len > URI_MAX)
		return ERR(err, ERR_LIMIT, "网址过长");
	ex->rq.path = arena_strndup(ex->arena, ex->in.uri, path_len);
	ex->rq.query = path_len < len ? ex->in.uri + path_len + 1 : "";
	route_find(ex->web->actions, ex->in.method, ex->rq.path, ex->arena, &ex->route);
	if (ex->route.action == NULL)
		return ex->route.allowed == 0 ? ERR(err, ERR_NOT_FOUND, "没有这个页面")
					      : ERR(err, ERR_UNSUPPORTED, "这个地址不接受 %s 请求", ex->in.method);
	if (ex->route.action->method == METHOD_POST && ex->in.authorization == NULL &&
	    !origin_right(ex->in.origin, ex->in.fetch_site, ex->in.host))
		return ERR(err, ERR_DENIED, "这个请求不是从本站的页面发出的，没有执行");
	return check_body_head(ex, err);
}

struct exchange *exchange_new(const struct web *web, const struct incoming *in)
{
	struct arena *arena = arena_new();
	struct exchange *ex = ARENA_NEW(arena, struct exchange);
	*ex = (struct exchange){.arena = arena, .web = web, .in = *in, .reply.fd = -1};
	err_init(&ex->err, arena);
	form_init(&ex->form, arena);
	uint8_t id[8];
	random_bytes(id, sizeof(id));
	bool json = in->authorization != NULL || starts_media(in->content_type, "application/json");
	ex->rq = (struct request){.arena = arena,
				  .site = web->site,
				  .web = web,
				  .actor = nobody(),
				  .now = clock_now(&web->site->clock),
				  .method = in->method,
				  .path = "/",
				  .query = "",
				  .id = hex_encode(arena, id, sizeof(id)),
				  .peer = in->peer,
				  .language = "zh-CN",
				  .htmx = in->htmx,
				  .wants_json = accept_json(in->accept, json)};
	ex->rq.inputs = ex->rq.doc = ex->rq.fields = json_tie(arena, json_object());
	ex->pre = cookie_get(arena, in->cookie, cookie_pre(web));
	if (check_head(ex, &ex->err) != 0)
		fail(ex);
	ex->rq.action = ex->route.action;
	return ex;
}

void exchange_free(struct exchange *ex)
{
	if (ex != NULL)
		arena_free(ex->arena);
}

struct exchange *exchange_settle(struct exchange *ex)
{
	if (ex->reply.fd >= 0) /* the file's descriptor hangs on the arena */
		return ex;
	struct arena *arena = arena_new();
	struct exchange *settled = ARENA_NEW(arena, struct exchange);
	*settled = (struct exchange){.arena = arena, .web = ex->web, .in = ex->in, .reply = ex->reply, .failed = ex->failed, .mode = ex->mode};
	struct pairs headers = {0};
	for (size_t i = 0; i < ex->reply.headers.count; i++)
		pairs_add(arena, &headers, arena_strdup(arena, ex->reply.headers.items[i].name), arena_strdup(arena, ex->reply.headers.items[i].value));
	settled->reply.headers = headers;
	if (ex->out.kept != NULL && ex->reply.body == ex->out.kept->body)
		shelf_hold(ex->web->shelf, ex->out.kept, arena); /* shared, not copied */
	else
		settled->reply.body = ex->reply.body == NULL ? NULL : arena_memdup(arena, ex->reply.body, ex->reply.len);
	settled->reply.etag = ex->reply.etag == NULL ? NULL : arena_strdup(arena, ex->reply.etag);
	exchange_free(ex);
	return settled;
}

/* ---------------------------------------------------------------- who */

static int find_actor(struct exchange *ex, struct err *err)
{
	const struct web *web = ex->web;
	const char *bearer = ex->in.authorization;
	if (bearer != NULL) {
		if (strncasecmp(bearer, "Bearer ", 7) != 0)
			return ERR(err, ERR_SIGNED_OUT, "只接受 Bearer 接口令牌");
		int fault = web->backend->token(web->site, bearer + 7, ex->arena, &ex->rq.actor, err);
		ex->rq.actor.token = fault == 0;
		return fault;
	}
	const char *cookie = cookie_get(ex->arena, ex->in.cookie, cookie_session(web));
	if (cookie == NULL)
		return 0;
	int fault = web->backend->session(web->site, cookie, ex->arena, &ex->rq.actor, err);
	if (fault == -ERR_SIGNED_OUT) { /* a session that is over is no session */
		err_clear(err);
		ex->rq.actor = nobody();
		ex->signed_out = true;
		return 0;
	}
	if (fault == 0)
		ex->rq.session_token = cookie;
	return fault;
}

bool permits(const struct action *action, const struct actor *actor)
{
	if (action->permission == PERMIT_PUBLIC)
		return true;
	if (actor->user == NULL || (action->permission == PERMIT_SESSION && actor->token) ||
	    (action->permission == PERMIT_TOKEN && !actor->token))
		return false;
	for (const char *const *role = action->roles; role != NULL && *role != NULL; role++)
		for (size_t i = 0; i < json_array_size(actor->roles); i++)
			if (text_eq(json_string_value(json_array_get(actor->roles, i)), *role))
				return true;
	return action->permission != PERMIT_ROLES;
}

static int admit(struct exchange *ex, struct err *err)
{
	const struct action *action = ex->route.action;
	if (action->cache || (action->permission == PERMIT_PUBLIC && action->audit == AUDIT_MACHINE))
		return 0;
	bool signing_in =
	    action->permission == PERMIT_PUBLIC && action->audit == AUDIT_ACCESS && action->method == METHOD_POST;
	if (signing_in && !throttle_pass(ex->web->throttle, ex->in.peer == NULL ? "" : ex->in.peer, ex->rq.now))
		return ERR(err, ERR_LIMIT, "登录过于频繁，请一分钟后再试");
	int fault = find_actor(ex, err);
	if (fault != 0)
		return fault;
	if (action->permission != PERMIT_PUBLIC && ex->rq.actor.user == NULL)
		return ERR(err, ERR_SIGNED_OUT, ex->signed_out ? "登录已经到期，请重新登录" : "请先登录");
	if (!permits(action, &ex->rq.actor))
		return action->permission == PERMIT_SESSION
			   ? ERR(err, ERR_DENIED, "接口令牌不能办理这一项，须登录后办理")
			   : ERR(err, ERR_DENIED, "您的角色不能办理这一项");
	if (ex->rq.actor.must_change && action->permission != PERMIT_PUBLIC &&
	    !text_eq(action->path, "/desk/password") && !text_eq(action->path, "/logout"))
		return ERR(err, ERR_DENIED, "请先修改密码");
	return 0;
}

void exchange_admit(struct exchange *ex)
{
	if (ex->failed || ex->admitted)
		return;
	ex->admitted = true;
	if (admit(ex, &ex->err) != 0)
		fail(ex);
}

/* ---------------------------------------------------------------- body */

static int add_body(struct exchange *ex, const void *data, size_t len, struct err *err)
{
	ex->received += (int64_t)len;
	if (ex->mode == BODY_NONE)
		return ERR(err, ERR_INVALID, "这个请求不应当带有内容");
	if (ex->received > ex->route.action->body_max)
		return ERR(err, ERR_LIMIT, "提交的内容过大，至多 %lld 字节", (long long)ex->route.action->body_max);
	if (ex->mode == BODY_PARTS)
		return multipart_add(ex->parts, data, len, err);
	buf_add(&ex->body, data, len);
	return ex->body.overflow ? ERR(err, ERR_LIMIT, "提交的内容过大，至多 %zu 字节", ex->body.max) : 0;
}

void exchange_add(struct exchange *ex, const void *data, size_t len)
{
	if (!ex->failed && add_body(ex, data, len, &ex->err) != 0)
		fail(ex);
}

/* The whole body as one document. `json`: its members must all be known. */
static int finish_body(struct exchange *ex, bool *json, json_t **doc, struct err *err)
{
	int fault = 0;
	*json = false;
	if (ex->mode == BODY_TEXT && starts_media(ex->in.content_type, "application/json")) {
		*json = true;
		fault = json_read(ex->arena, ex->body.data, ex->body.len, TEXT_PARTS_MAX, doc, err);
		if (fault == 0 && !json_is_object(*doc))
			fault = ERR(err, ERR_INVALID, "内容应当是一个 JSON 对象");
		return fault;
	}
	if (ex->mode == BODY_TEXT) {
		struct pairs pairs = {0};
		fault = url_pairs(ex->arena, ex->body.data, ex->body.len, &pairs, err);
		if (fault == 0)
			fault = form_add_pairs(&ex->form, &pairs, err);
	} else if (ex->mode == BODY_PARTS) {
		fault = multipart_finish(ex->parts, err);
	}
	if (fault != 0)
		return fault;
	*doc = form_finish(&ex->form);
	if (ex->json_part != NULL) { /* a program's document beside its files, whose places stand in it by number */
		*json = true;
		json_t *whole = json_tie(ex->arena, json_deep_copy(ex->json_part));
		BUG_ON(json_object_update_missing(whole, *doc) != 0);
		*doc = whole;
	}
	return 0;
}

/* A token against forged requests: whoever acts by a cookie must have read one of our pages. */
static int check_csrf(struct exchange *ex, const json_t *doc, struct err *err)
{
	const struct action *action = ex->route.action;
	if (action->method != METHOD_POST || action->open || ex->rq.actor.token)
		return 0;
	const char *base = ex->rq.session_token != NULL ? ex->rq.session_token : ex->pre;
	const char *given = json_str(doc, "csrf") != NULL ? json_str(doc, "csrf") : ex->in.csrf;
	if (csrf_right(ex->arena, ex->web->key, base, given))
		return 0;
	return ERR(err, ERR_DENIED, "页面已经过期，或者不是从本站的页面提交的；请返回、刷新页面后再提交");
}

static int handle(struct exchange *ex, struct err *err)
{
	const struct action *action = ex->route.action;
	bool json;
	json_t *doc = NULL;
	int fault = finish_body(ex, &json, &doc, err);
	if (fault == 0)
		fault = check_csrf(ex, doc, err);
	if (fault != 0)
		return fault;
	ex->rq.doc = doc;
	ex->rq.files = ex->files;
	ex->rq.nfiles = ex->nfiles;
	ex->rq.kept = action->permission == PERMIT_PUBLIC ? ex->kept : NULL;
	const json_t *fields = json_object_get(doc, "f");
	if (fields != NULL && !json_is_object(fields))
		return ERR(err, ERR_INVALID, "f 应当是一个对象");
	if (fields != NULL)
		ex->rq.fields = fields;
	struct pairs query = {0};
	json_t *inputs = NULL;
	ex->rq.once = cookie_get(ex->arena, ex->in.cookie, cookie_notice(ex->web)) != NULL;
	fault = url_pairs(ex->arena, ex->rq.query, strlen(ex->rq.query), &query, err);
	if (fault == 0)
		fault = inputs_collect(action, &ex->route.params, &query, doc, json, ex->arena, &inputs, err);
	if (fault != 0)
		return fault;
	ex->rq.inputs = inputs;
	return action->handler(&ex->rq, &ex->out, err);
}

void exchange_run(struct exchange *ex)
{
	exchange_admit(ex);
	if (!ex->failed && handle(ex, &ex->err) != 0)
		fail(ex);
	if (ex->failed)
		answer_failure(ex);
	else
		answer_response(ex);
	const struct log *log = &ex->web->site->log;
	if (ex->reply.status >= 500)
		log_err(log, "request", ex->rq.id, &ex->err);
	log_line(log, LOG_DEBUG_, "request", "%s %s %d %s %s %lldus", ex->in.method, ex->rq.path, ex->reply.status,
		 ex->rq.id, ex->rq.actor.user == NULL ? "-" : ex->rq.actor.user,
		 (long long)(clock_now(&ex->web->site->clock) - ex->rq.now));
}

void exchange_refuse(struct exchange *ex, enum err_code code, const char *message)
{
	(void)ERR(&ex->err, code, "%s", message);
	fail(ex);
	answer_plain(ex);
}
