#include "web/request.h"

#include "base/text.h"
#include "web/form.h"
#include "web/web.h"

static const json_t *input_of(const struct request *rq, const char *name)
{
	for (size_t i = 0; i < rq->action->ninputs; i++)
		if (text_eq(rq->action->inputs[i].name, name))
			return json_object_get(rq->inputs, name);
	bug_report(name, rq->action->id, 0);
}

const char *request_text(const struct request *rq, const char *name)
{
	return json_string_value(input_of(rq, name));
}

int64_t request_int(const struct request *rq, const char *name, int64_t fallback)
{
	const json_t *value = input_of(rq, name);
	return json_is_integer(value) ? json_integer_value(value) : fallback;
}

day_t request_day(const struct request *rq, const char *name)
{
	const char *text = request_text(rq, name);
	day_t day = DAY_NONE;
	if (text != NULL)
		BUG_ON(!day_parse(text, strlen(text), &day));
	return day;
}

const struct entry_file *request_file(const struct request *rq, const char *name)
{
	int64_t place = json_int(input_of(rq, name), "file", -1);
	return place < 0 || (size_t)place >= rq->nfiles ? NULL : &rq->files[place];
}

json_t *request_shape(const struct request *rq, const json_t *form_fields)
{
	return form_shape(rq->arena, form_fields, rq->fields);
}

void response_redirect(struct response *out, const char *location, json_t *doc, bool created)
{
	out->kind = RESPONSE_REDIRECT;
	out->location = location;
	out->doc = doc;
	out->status = created ? 201 : 200;
}

void response_bytes(struct response *out, const char *type, const void *bytes, size_t len)
{
	out->kind = RESPONSE_BYTES;
	out->type = type;
	out->bytes = bytes;
	out->len = len;
}

bool response_kept(const struct request *rq, const char *stamp, struct response *out)
{
	if (rq->once)
		return false;
	out->kept = shelf_get(rq->web->shelf, shelf_key(rq), stamp, rq->now, rq->arena);
	if (out->kept != NULL)
		out->kind = RESPONSE_KEPT;
	return out->kept != NULL;
}

void response_keep(const struct request *rq, const char *stamp, instant_t until, struct response *out)
{
	instant_t minute = (rq->now / INSTANT_MINUTE + 1) * INSTANT_MINUTE;
	out->stamp = stamp;
	out->until = until < minute ? until : minute;
}

void response_file(struct response *out, const struct entry_file *file, bool download)
{
	out->kind = RESPONSE_FILE;
	out->type = file->type;
	out->filename = file->name;
	out->blob = file->blob.sha256;
	out->download = download;
}
