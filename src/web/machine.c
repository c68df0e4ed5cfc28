/* The pages for programs that are about the program itself. */
#include "web/handlers.h"
#include "web/openapi.h"

int page_machine_openapi(struct request *rq, struct response *out, struct err *err)
{
	(void)err;
	size_t len;
	const json_t *kinds = rq->web->backend->kinds(rq->site, rq->arena);
	const json_t *doc = openapi_document(rq->web->actions, kinds, rq->site->base_url, rq->arena);
	char *text = json_text(rq->arena, doc, &len);
	response_bytes(out, "application/json", text, len);
	return 0;
}

/* That a worker answers at all is the point; the log's size shows that the journal is open. */
int page_machine_health(struct request *rq, struct response *out, struct err *err)
{
	(void)err;
	json_t *doc = json_tie(rq->arena, json_object());
	json_put_str(doc, "status", "ok");
	json_put_str(doc, "version", SANZHI_VERSION);
	json_put_int(doc, "entries", rq->web->backend->entries(rq->site));
	out->doc = doc;
	out->cache = CACHE_NONE;
	return 0;
}
