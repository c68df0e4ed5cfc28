/* The tower: what is owed and late, by agency; the rules and where they differ; the log. */
#include "base/buf.h"
#include "base/text.h"
#include "web/handlers.h"
#include "web/view.h"
#include "work/oversight.h"
#include "work/registers.h"
#include "work/site.h"

#define PAGE_AGENCIES 50

static json_t *agency_row(struct request *rq, const json_t *one)
{
	json_t *item = json_deep_copy(one);
	int64_t late = json_int(one, "late", 0), amber = json_int(one, "amber", 0), all = json_int(one, "open", 0);
	int64_t open = all - late - amber, total = all == 0 ? 1 : all;
	json_put_int(item, "open", open < 0 ? 0 : open);
	json_put_str(item, "url", arena_printf(rq->arena, "/tower/agencies/%s", json_str(one, "code")));
	json_put_int(item, "late-width", late * 100 / total);
	json_put_int(item, "amber-x", late * 100 / total);
	json_put_int(item, "amber-width", amber * 100 / total);
	json_put_int(item, "open-x", (late + amber) * 100 / total);
	json_put_int(item, "open-width", all == 0 ? 0 : 100 - (late + amber) * 100 / total);
	return item;
}

struct standing {
	const json_t *agency;
	int64_t late, amber;
	size_t place; /* in the order of areas */
};

static int more_late(const void *a, const void *b)
{
	const struct standing *x = a, *y = b;
	if (x->late != y->late)
		return x->late < y->late ? 1 : -1;
	if (x->amber != y->amber)
		return x->amber < y->amber ? 1 : -1;
	return x->place < y->place ? -1 : 1;
}

/* The agencies whose name, or their area's, holds the words looked for: those most late first. */
static size_t sort_agencies(const json_t *list, const char *words, struct standing *out)
{
	const json_t *one;
	size_t i, count = 0;
	json_array_foreach(list, i, one)
		if (words == NULL || strstr(json_str(one, "name"), words) != NULL || strstr(json_str(one, "area-name"), words) != NULL)
			out[count++] = (struct standing){.agency = one, .late = json_int(one, "late", 0), .amber = json_int(one, "amber", 0), .place = i};
	qsort(out, count, sizeof(*out), more_late);
	return count;
}

static json_t *page_url(struct request *rq, const char *words, int64_t page)
{
	struct buf url;
	buf_init(&url, rq->arena, 1024);
	buf_addf(&url, "/tower?page=%lld", (long long)page);
	if (words != NULL) {
		buf_adds(&url, "&q=");
		buf_add_url(&url, words, strlen(words));
	}
	return json_string(url.data);
}

int page_tower_home(struct request *rq, struct response *out, struct err *err)
{
	const char *words = request_text(rq, "q");
	json_t *found, *doc = json_tie(rq->arena, json_object()), *rows = json_array();
	int rc = oversight_overview(rq->site, &rq->actor, rq->arena, &found, err);
	if (rc != 0)
		return rc;
	const json_t *list = json_object_get(found, "agencies");
	struct standing *sorted = ARENA_ARRAY(rq->arena, json_array_size(list) + 1, struct standing);
	size_t count = sort_agencies(list, words, sorted), page = (size_t)request_int(rq, "page", 1), from = (page - 1) * PAGE_AGENCIES, until = from + PAGE_AGENCIES;
	if (until > count)
		until = count;
	for (size_t i = from; i < until; i++)
		json_push(rows, agency_row(rq, sorted[i].agency));
	json_t *totals = json_deep_copy(json_object_get(found, "totals"));
	json_put_int(totals, "open", json_int(totals, "open", 0) - json_int(totals, "late", 0) - json_int(totals, "amber", 0));
	static const char *const keys[] = {"late", "amber", "open", "cases"};
	for (size_t i = 0; i < 4; i++)
		json_put_int(totals, keys[i], json_int(totals, keys[i], 0));
	json_put_str(doc, "area-name", text_or_empty(law_division_name(rq->site->law, rq->actor.area)));
	json_put_str(doc, "now-text", instant_format_zh(rq->arena, rq->now));
	json_put(doc, "totals", totals);
	json_put_bool(doc, "has-agencies", from < until);
	json_put(doc, "agencies", rows);
	json_put_str(doc, "q", text_or_empty(words));
	json_put_bool(doc, "many", json_array_size(list) > PAGE_AGENCIES);
	json_put_str(doc, "count-text",
	             from < until ? arena_printf(rq->arena, "第 %zu 至 %zu 个，共 %zu 个机关", from + 1, until, count) : arena_printf(rq->arena, "共 %zu 个机关", count));
	json_put(doc, "first-url", page == 1 ? json_null() : page_url(rq, words, 1));
	json_put(doc, "next-url", until >= count ? json_null() : page_url(rq, words, (int64_t)page + 1));
	out->doc = doc;
	return 0;
}

static json_t *ground_rows(struct request *rq, const json_t *grounds)
{
	json_t *out = json_array();
	const json_t *one;
	size_t i;
	json_array_foreach(grounds, i, one) {
		json_t *item = json_object(), *evidence = json_array(), *link = json_object();
		const char *clause = json_str(one, "clause"), *key = text_or_empty(json_str(one, "key"));
		json_put_str(item, "title", text_or_empty(json_str(one, "title")));
		json_put_str(item, "cite", text_or_empty(clause == NULL ? NULL : law_cite(rq->site->law, clause)));
		json_put_str(link, "url", arena_printf(rq->arena, "/desk/cases/%s", key));
		json_put_str(link, "text", key);
		json_push(evidence, link);
		json_put(item, "evidence", evidence);
		json_push(out, item);
	}
	return out;
}

/* The reviewers an agency has beside those its place's rules want; null where none of them wants a number. */
static json_t *staff_row(struct request *rq, const json_t *staff)
{
	if (!json_is_object(staff))
		return json_null();
	json_t *item = json_object();
	int64_t reviewers = json_int(staff, "reviewers", 0), needed = json_int(staff, "needed", 0);
	json_put_str(item, "text", arena_printf(rq->arena, "执法人员 %lld 名，法制审核人员 %lld 名，至少应有 %lld 名。", (long long)json_int(staff, "officers", 0), (long long)reviewers, (long long)needed));
	json_put_bool(item, "short", reviewers < needed);
	json_put_str(item, "cite", text_or_empty(json_str(staff, "cite")));
	return item;
}

int page_tower_agency(struct request *rq, struct response *out, struct err *err)
{
	json_t *found, *doc = json_tie(rq->arena, json_object()), *agency = json_object(), *duties = json_array(), *own = json_array(), *owed;
	const char *code = request_text(rq, "code");
	int rc = oversight_agency(rq->site, &rq->actor, code, rq->arena, &found, err);
	if (rc == 0)
		rc = agency_duties(rq->site, &rq->actor, code, rq->arena, &owed, err);
	if (rc != 0)
		return rc;
	const json_t *one;
	size_t i;
	json_array_foreach(json_object_get(found, "duties"), i, one) {
		json_t *item = view_duty(one);
		json_put_str(item, "case-number", text_or_empty(json_str(one, "number")));
		json_put_str(item, "url", arena_printf(rq->arena, "/desk/cases/%s", text_or_empty(json_str(one, "key"))));
		json_push(duties, item);
	}
	json_array_foreach(owed, i, one)
		json_push(own, view_duty(one));
	json_put_str(agency, "url", arena_printf(rq->arena, "/desk/agencies/%s", code));
	json_put_str(agency, "name", text_or_empty(json_str(found, "name")));
	json_put_str(agency, "area-name", text_or_empty(json_str(found, "area-name")));
	json_put(doc, "agency", agency);
	json_put_str(doc, "now-text", instant_format_zh(rq->arena, rq->now));
	json_put(doc, "duties", duties);
	json_put(doc, "own", own);
	json_put(doc, "grounds", ground_rows(rq, json_object_get(found, "grounds")));
	json_put(doc, "staff", staff_row(rq, json_object_get(found, "staff")));
	out->title = json_str(agency, "name");
	out->doc = doc;
	return 0;
}

static json_t *key_rows(struct request *rq)
{
	json_t *out = json_array();
	const char *keys = keyring_verifiers(rq->site->keys, rq->arena);
	bool first = true;
	while (*keys != '\0') {
		size_t len = strcspn(keys, "\n");
		json_t *item = json_object();
		json_put_str(item, "title", first ? "Ed25519" : "SM2");
		json_put_str(item, "text", arena_strndup(rq->arena, keys, len));
		json_push(out, item);
		keys += len + (keys[len] == '\n');
		first = false;
	}
	return out;
}

int page_tower_log(struct request *rq, struct response *out, struct err *err)
{
	char *note;
	struct checkpoint checkpoint;
	struct db_conn *conn;
	struct db_result rows;
	json_t *doc = json_tie(rq->arena, json_object()), *recent = json_array();
	int rc = journal_checkpoint(rq->site->journal, rq->arena, &note, err);
	if (rc == 0)
		rc = checkpoint_open(note, strlen(note), keyring_verifiers(rq->site->keys, rq->arena), rq->arena, &checkpoint, err);
	if (rc == 0)
		rc = db_acquire(rq->site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = DB_ROWS(conn, SQL_CHECKPOINT_RECENT, 20, rq->arena, &rows, err, DB_INT(20));
	db_release(conn);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < rows.rows; i++) {
		size_t len;
		const uint8_t *root = db_blob(&rows, i, 1, &len);
		json_t *item = json_object();
		json_put_int(item, "size", db_int(&rows, i, 0));
		json_put_str(item, "root-short", hex_encode(rq->arena, root, len < 8 ? len : 8));
		json_put_str(item, "signed-text", instant_format_zh(rq->arena, db_int(&rows, i, 2)));
		json_push(recent, item);
	}
	json_put_int(doc, "size", checkpoint.size);
	json_put_str(doc, "signed-text", rows.rows == 0 ? "" : instant_format_zh(rq->arena, db_int(&rows, 0, 2)));
	json_put_str(doc, "origin", checkpoint.origin);
	json_put_str(doc, "root", hex_encode(rq->arena, checkpoint.root.bytes, HASH_LEN));
	json_put_str(doc, "checkpoint", note);
	json_put(doc, "keys", key_rows(rq));
	json_put(doc, "recent", recent);
	out->doc = doc;
	return 0;
}
