#include "web/shelf.h"

#include <pthread.h>

#include "base/text.h"

#define BUCKETS ((size_t)4096)
#define KEY_BYTES_MAX ((size_t)64 << 10)

/* Not in an arena: each page has a life of its own. Key, stamp, type and body follow in the same block. */
struct page {
	struct shelved shown; /* first: what callers hold */
	struct page *next;    /* in its bucket */
	struct page *newer, *older;
	const char *key, *stamp;
	instant_t from, until;
	size_t bytes;
	int refs; /* the shelf's and those of requests */
};

struct shelf {
	pthread_mutex_t lock;
	struct page *buckets[BUCKETS];
	struct page *newest, *oldest; /* by when it was asked for */
	size_t bytes, bytes_max;
};

/* A request's hold on a page. */
struct hold {
	struct shelf *shelf;
	struct page *page;
};

static struct page **bucket_of(struct shelf *shelf, const char *key)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * UINT64_C(1099511628211);
	return &shelf->buckets[hash % BUCKETS];
}

static void drop(struct page *page)
{
	if (--page->refs == 0)
		free(page);
}

static void unlink_age(struct shelf *shelf, struct page *page)
{
	*(page->newer == NULL ? &shelf->newest : &page->newer->older) = page->older;
	*(page->older == NULL ? &shelf->oldest : &page->older->newer) = page->newer;
	page->newer = page->older = NULL;
}

static void link_newest(struct shelf *shelf, struct page *page)
{
	page->older = shelf->newest;
	*(shelf->newest == NULL ? &shelf->oldest : &shelf->newest->newer) = page;
	shelf->newest = page;
}

/* Takes a page off the shelf; who holds it keeps it. The lock is held. */
static void take_off(struct shelf *shelf, struct page *page)
{
	struct page **at = bucket_of(shelf, page->key);
	while (*at != page)
		at = &(*at)->next;
	*at = page->next;
	unlink_age(shelf, page);
	shelf->bytes -= page->bytes;
	drop(page);
}

static struct page *find(struct shelf *shelf, const char *key)
{
	struct page *page = *bucket_of(shelf, key);
	while (page != NULL && !text_eq(page->key, key))
		page = page->next;
	return page;
}

static void destroy(void *arg)
{
	struct shelf *shelf = arg;
	while (shelf->oldest != NULL)
		take_off(shelf, shelf->oldest);
	(void)pthread_mutex_destroy(&shelf->lock);
}

struct shelf *shelf_new(struct arena *arena, size_t bytes_max)
{
	struct shelf *shelf = ARENA_NEW(arena, struct shelf);
	shelf->bytes_max = bytes_max;
	BUG_ON(pthread_mutex_init(&shelf->lock, NULL) != 0);
	arena_on_free(arena, destroy, shelf);
	return shelf;
}

/* With its length before it, so that no two lists of texts read the same. */
static void add(struct buf *key, const char *text)
{
	if (text == NULL)
		buf_addc(key, '-');
	else
		buf_addf(key, "%zu:%s", strlen(text), text);
}

const char *shelf_key(const struct request *rq)
{
	const struct actor *actor = &rq->actor;
	struct buf key;
	buf_init(&key, rq->arena, KEY_BYTES_MAX);
	const char *const texts[] = {rq->action->id,     rq->path,      rq->query,        rq->language,      rq->session_token,
				     actor->user,        actor->name,   actor->agency,    actor->agency_name, actor->area,
				     actor->officer};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		add(&key, texts[i]);
	const json_t *role;
	size_t i;
	json_array_foreach(actor->roles, i, role)
		add(&key, json_string_value(role));
	buf_addf(&key, "%d%d%d%d", rq->wants_json, rq->htmx, actor->token, actor->must_change);
	BUG_ON(key.overflow);
	struct digest digest = hash_sha256(key.data, key.len);
	return hex_encode(rq->arena, digest.bytes, HASH_LEN);
}

static void let_go(void *arg)
{
	struct hold *hold = arg;
	(void)pthread_mutex_lock(&hold->shelf->lock);
	drop(hold->page);
	(void)pthread_mutex_unlock(&hold->shelf->lock);
}

/* The reference is counted already. */
static void tie(struct shelf *shelf, struct page *page, struct arena *arena)
{
	struct hold *hold = ARENA_NEW(arena, struct hold);
	*hold = (struct hold){shelf, page};
	arena_on_free(arena, let_go, hold);
}

const struct shelved *shelf_get(struct shelf *shelf, const char *key, const char *stamp, instant_t now, struct arena *arena)
{
	(void)pthread_mutex_lock(&shelf->lock);
	struct page *page = find(shelf, key);
	if (page != NULL && (!text_eq(page->stamp, stamp) || now < page->from || now >= page->until)) {
		take_off(shelf, page);
		page = NULL;
	}
	if (page != NULL) {
		page->refs++;
		unlink_age(shelf, page);
		link_newest(shelf, page);
	}
	(void)pthread_mutex_unlock(&shelf->lock);
	if (page == NULL)
		return NULL;
	tie(shelf, page, arena);
	return &page->shown;
}

void shelf_hold(struct shelf *shelf, const struct shelved *shown, struct arena *arena)
{
	struct page *page = (struct page *)(uintptr_t)shown;
	(void)pthread_mutex_lock(&shelf->lock);
	page->refs++;
	(void)pthread_mutex_unlock(&shelf->lock);
	tie(shelf, page, arena);
}

static struct page *copy(const char *key, const char *stamp, instant_t from, instant_t until, const struct shelved *shown)
{
	size_t key_len = strlen(key) + 1, stamp_len = strlen(stamp) + 1, type_len = strlen(shown->type) + 1;
	size_t bytes = sizeof(struct page) + key_len + stamp_len + type_len + shown->len;
	struct page *page = malloc(bytes);
	BUG_ON(page == NULL);
	char *at = (char *)(page + 1);
	*page = (struct page){.from = from, .until = until, .bytes = bytes, .refs = 1};
	page->key = memcpy(at, key, key_len);
	page->stamp = memcpy(at + key_len, stamp, stamp_len);
	page->shown.type = memcpy(at + key_len + stamp_len, shown->type, type_len);
	page->shown.body = memcpy(at + key_len + stamp_len + type_len, shown->body, shown->len);
	page->shown.len = shown->len;
	return page;
}

void shelf_put(struct shelf *shelf, const char *key, const char *stamp, instant_t from, instant_t until, const struct shelved *shown)
{
	if (shown->len > shelf->bytes_max / 8)
		return;
	struct page *page = copy(key, stamp, from, until, shown);
	(void)pthread_mutex_lock(&shelf->lock);
	struct page *old = find(shelf, key);
	if (old != NULL)
		take_off(shelf, old);
	while (shelf->oldest != NULL && shelf->bytes + page->bytes > shelf->bytes_max)
		take_off(shelf, shelf->oldest);
	struct page **bucket = bucket_of(shelf, key);
	page->next = *bucket;
	*bucket = page;
	link_newest(shelf, page);
	shelf->bytes += page->bytes;
	(void)pthread_mutex_unlock(&shelf->lock);
}
