/* The year: cases are planned when they open, and the earliest next step of them all is done under a clock that comes to it. */
#include "work/demo/demo.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"
#include "work/site_files.h"
#include "work/demo/inside.h"

#define DEMO_FILE "demo.json"
#define YEAR 365
#define SET_UP_DAYS 18 /* before the first case */

static instant_t demo_clock(void *context)
{
	const struct demo *demo = context;
	return atomic_load(&demo->now);
}

/* --- one case's words --------------------------------------------------------------------------------------------------- */

static const json_t *rows(struct arena *arena, const json_t *names, const char *first, const char *second, const char *second_value)
{
	json_t *out = json_tie(arena, json_array());
	const json_t *item;
	size_t i;
	json_array_foreach(names, i, item) {
		json_t *row = json_object();
		json_put_str(row, first, json_string_value(item));
		json_put_str(row, second, second_value);
		json_push(out, row);
	}
	return out;
}

static void put_party(struct walk *walk, json_t *party)
{
	const char *type = json_str(party, "type"), *name = json_str(party, "name"), *representative = json_str(party, "legal-representative");
	size_t pos = 0;
	json_t *person = json_object();
	(void)utf8_next(name, strlen(name), &pos);
	const char *shown = text_eq(type, "公民") ? arena_printf(walk->arena, "%.*s某", (int)pos, name) : name;
	json_put_str(walk->vars, "party", name);
	json_put_str(walk->vars, "party-shown", shown);
	json_put_str(walk->vars, "present", representative == NULL ? name : representative);
	json_put(walk->vars, "@party", json_incref(party));
	json_put_str(person, "name", representative == NULL ? name : representative);
	json_put_str(person, "id-number", representative == NULL ? json_str(party, "id-number") : demo_id_number(&walk->rng, walk->agency->area, walk->arena));
	json_put_str(person, "phone", json_str(party, "phone"));
	json_put(walk->vars, "@person", person);
	json_t *reporter = json_object();
	json_put_str(reporter, "name", demo_name(walk->demo, &walk->rng, walk->agency->area, walk->arena));
	json_put_str(reporter, "phone", demo_phone(&walk->rng, walk->arena));
	json_put(walk->vars, "@reporter", reporter);
	json_put_str(walk->vars, "place", arena_printf(walk->arena, "%s%s", walk->agency->county, json_str(json_object_get(party, "address"), "detail")));
}

static void put_people(struct walk *walk)
{
	struct demo_agency *agency = walk->agency;
	/* The first three officers carry cases: their certificates are good for the whole year; the fourth examines and presides. */
	size_t first = rng_below(&walk->rng, 3), second = (first + 1 + rng_below(&walk->rng, 2)) % 3;
	static const struct {
		const char *word;
		enum hand hand;
	} words[] = {{"head", HAND_HEAD}, {"leader", HAND_LEADER}, {"unit-head", HAND_UNIT_HEAD}, {"legal", HAND_LEGAL}, {"publisher", HAND_PUBLISHER}, {"archivist", HAND_ARCHIVIST}};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		json_put_str(walk->vars, words[i].word, agency->hands[words[i].hand].name);
	walk->handler = first == 0 ? HAND_HANDLER : first == 1 ? HAND_HANDLER2 : rng_chance(&walk->rng, 50) ? HAND_HANDLER : HAND_HANDLER2;
	json_put_str(walk->vars, "officer1", agency->officer_names[first]);
	json_put_str(walk->vars, "officer2", agency->officer_names[second]);
	json_put_str(walk->vars, "@officer1", agency->officer_ids[first]);
	json_put_str(walk->vars, "@officer2", agency->officer_ids[second]);
	json_put_str(walk->vars, "@host", agency->officer_ids[3]);
	json_put_str(walk->vars, "@handler", agency->hands[walk->handler].user);
	json_put(walk->vars, "@officers", json_pack("[s,s]", agency->officer_ids[first], agency->officer_ids[second]));
	json_put_str(walk->vars, "assistant", agency->assistant);
	json_put_str(walk->vars, "assistant-card", agency->assistant_card);
	json_put_str(walk->vars, "device", agency->devices[rng_below(&walk->rng, 2)]);
}

static void put_place(struct walk *walk)
{
	struct demo_agency *agency = walk->agency;
	json_put_str(walk->vars, "agency", agency->name);
	json_put_str(walk->vars, "agency-abbr", agency->abbreviation);
	json_put_str(walk->vars, "@agency", agency->code);
	json_put_str(walk->vars, "@division", agency->area);
	json_put_str(walk->vars, "county", agency->county);
	json_put_str(walk->vars, "evidence", "现场笔录、照片");
	json_put_str(walk->vars, "correction", "停止违法行为，限期改正");
	json_put(walk->vars, "@evidence", json_pack("[{s:s,s:s},{s:s,s:s}]", "name", "现场照片 4 张", "proves", "现场情况", "name", "主体资格材料 1 份", "proves", "当事人身份"));
	json_put_str(walk->vars, "inspection-content", "与{violation}有关的场所、物品和资料");
	json_put(walk->vars, "@address", json_pack("{s:s,s:s}", "division", agency->area, "detail", json_str(agency->def, "address")));
	json_put_int(walk->vars, "@pages", rng_between(&walk->rng, 24, 118));
	json_put_int(walk->vars, "@fine", 100000);
	json_put_str(walk->vars, "shelf", arena_printf(walk->arena, "%lld", (long long)rng_between(&walk->rng, 1, 24)));
	json_put_str(walk->vars, "week", arena_printf(walk->arena, "%lld", (long long)rng_between(&walk->rng, 2, 40)));
}

static void put_basis(struct walk *walk, const json_t *basis)
{
	json_put(walk->vars, "@basis", json_deep_copy(basis));
	json_put_str(walk->vars, "basis-text", json_joined(walk->arena, basis, "、"));
}

static void put_goods(struct walk *walk, const json_t *goods)
{
	json_put(walk->vars, "@goods", json_deep_copy(rows(walk->arena, goods, "name", "quantity", "见清单")));
	json_put(walk->vars, "@goods-kept", json_deep_copy(rows(walk->arena, goods, "name", "state", "完好")));
	json_put_str(walk->vars, "goods", json_joined(walk->arena, goods, "、"));
}

static void put_measure(struct walk *walk)
{
	const json_t *measure = demo_pick(&walk->rng, json_object_get(walk->domain, "measures"));
	json_put_str(walk->vars, "measure", json_str(measure, "measure"));
	json_put_str(walk->vars, "measure-object", json_str(measure, "object"));
	json_put_str(walk->vars, "measure-reason", json_str(measure, "reason"));
	json_put_int(walk->vars, "@measure-value", json_int(measure, "value", 100000));
	json_put(walk->vars, "@measure-basis", json_deep_copy(json_object_get(measure, "basis")));
	json_put(walk->vars, "@measure-goods", json_deep_copy(rows(walk->arena, json_object_get(measure, "goods"), "name", "quantity", "见清单")));
	if (!text_eq(walk->procedure, "coercion"))
		return;
	put_basis(walk, json_object_get(measure, "basis"));
	put_goods(walk, json_object_get(measure, "goods"));
	json_put_str(walk->vars, "violation", json_str(measure, "object"));
	json_put_str(walk->vars, "fact", arena_printf(walk->arena, "发现%s，%s", json_str(measure, "object"), json_str(measure, "reason")));
}

static void put_violation(struct walk *walk)
{
	static const char *const sources[][2] = {{"检查发现", "执法检查中发现，"}, {"投诉举报", "根据群众投诉举报，"}, {"上级交办", "根据上级机关交办，"}, {"移送", "根据其他机关移送，"}};
	size_t source = rng_chance(&walk->rng, 55) ? 0 : rng_below(&walk->rng, 4);
	json_put_str(walk->vars, "source", sources[source][0]);
	json_put_str(walk->vars, "source-line", sources[source][1]);
	json_put_str(walk->vars, "violation", json_str(walk->matter, "title"));
	json_put_str(walk->vars, "fact", json_str(walk->matter, "fact"));
	json_put_str(walk->vars, "correction", json_str(walk->matter, "correction"));
	json_put_str(walk->vars, "evidence", json_joined(walk->arena, json_object_get(walk->matter, "evidence"), "、"));
	json_put(walk->vars, "@evidence", json_deep_copy(rows(walk->arena, json_object_get(walk->matter, "evidence"), "name", "proves", "违法事实")));
	put_goods(walk, json_object_get(walk->matter, "goods"));
	put_basis(walk, json_object_get(walk->matter, "basis"));
}

static void put_licence(struct walk *walk)
{
	const json_t *materials = json_object_get(walk->matter, "materials");
	json_t *table = json_array();
	const json_t *item;
	size_t i;
	json_array_foreach(materials, i, item)
		json_push(table, json_pack("{s:s,s:i,s:s}", "name", json_string_value(item), "copies", 1, "form", i == 0 ? "原件" : "复印件"));
	json_put(walk->vars, "@licence-materials", table);
	json_put_str(walk->vars, "item", json_str(walk->matter, "item"));
	json_put_str(walk->vars, "act", json_str(walk->matter, "act"));
	json_put_str(walk->vars, "certificate", json_str(walk->matter, "certificate"));
	json_put_str(walk->vars, "material", json_string_value(json_array_get(materials, 1)));
	json_put_str(walk->vars, "@licence-until", day_format(walk->arena, day_add_months(instant_day(walk->cursor), (int)json_int(walk->matter, "years", 3) * 12)));
	put_basis(walk, json_object_get(walk->matter, "basis"));
}

static void put_inspection(struct walk *walk)
{
	json_put_str(walk->vars, "matter", json_str(walk->matter, "matter"));
	json_put_str(walk->vars, "violation", json_str(walk->matter, "matter"));
	json_put_str(walk->vars, "evidence", "现场笔录、照片");
	json_put_str(walk->vars, "correction", "停止违法行为，限期改正");
	json_put(walk->vars, "@evidence", json_pack("[{s:s,s:s},{s:s,s:s}]", "name", "现场照片 4 张", "proves", "现场情况", "name", "主体资格材料 1 份", "proves", "当事人身份"));
	json_put_str(walk->vars, "inspection-content", json_str(walk->matter, "content"));
	json_put_str(walk->vars, "correction", "按检查意见逐项整改并报告整改情况");
	json_put_str(walk->vars, "evidence", "现场检查笔录、音像记录");
	json_put(walk->vars, "@evidence", json_pack("[{s:s,s:s}]", "name", "现场检查照片", "proves", "检查情况"));
	put_basis(walk, json_object_get(walk->matter, "basis"));
}

/* --- procedures --------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *procedure, *title, *matters, *act;
	unsigned share;
	void (*plan)(struct walk *walk);
} procedures[] = {
    {"penalty", "普通程序", "violations", "处罚", 34, plan_penalty},     {"simple-penalty", "简易程序", "violations", "处罚", 18, plan_simple},
    {"licence", "依申请办理", "licences", "许可", 23, plan_licence},     {"inspection", "行政检查", "inspections", "检查", 15, plan_inspection},
    {"coercion", "行政强制", "measures", "强制", 7, plan_coercion},      {"levy", "征收收费", "levies", "收费", 3, plan_levy},
};
#define PROCEDURES (sizeof(procedures) / sizeof(procedures[0]))

static bool does(const struct demo_agency *agency, const char *act)
{
	const json_t *one;
	size_t i;
	json_array_foreach(json_object_get(agency->def, "acts"), i, one)
		if (text_eq(json_string_value(one), act))
			return true;
	return false;
}

static size_t draw_procedure(struct walk *walk)
{
	for (;;) {
		int64_t at = rng_between(&walk->rng, 0, 99);
		for (size_t i = 0; i < PROCEDURES; i++) {
			if (at < procedures[i].share && does(walk->agency, procedures[i].act))
				return i;
			at -= procedures[i].share;
			if (at < 0)
				break;
		}
	}
}

static void put_title(struct walk *walk, size_t procedure)
{
	const char *party = walk_var(walk, "party"), *shown = walk_var(walk, "party-shown"), *about = walk_var(walk, "violation");
	for (int i = 0; i < 2; i++) {
		const char *name = i == 0 ? party : shown, *title;
		if (procedure <= 1)
			title = arena_printf(walk->arena, "%s涉嫌%s案", name, about);
		else if (procedure == 2)
			title = arena_printf(walk->arena, "%s：%s", walk_var(walk, "item"), name);
		else if (procedure == 3)
			title = arena_printf(walk->arena, "%s检查：%s", walk_var(walk, "matter"), name);
		else if (procedure == 5)
			title = arena_printf(walk->arena, "%s%s", name, about);
		else
			title = arena_printf(walk->arena, "对%s的%s采取强制措施", name, walk_var(walk, "measure-object"));
		json_put_str(walk->vars, i == 0 ? "title" : "title-shown", title);
	}
}

static struct walk *plan(struct demo *demo, struct demo_agency *agency, unsigned number, day_t opened)
{
	struct arena *arena = arena_new();
	struct walk *walk = ARENA_NEW(arena, struct walk);
	walk->demo = demo;
	walk->agency = agency;
	walk->arena = arena;
	walk->order = number;
	rng_seed(&walk->rng, demo->options->seed, 1000 + number);
	walk->cursor = day_start(opened) + rng_between(&walk->rng, 9 * 60 + 5, 16 * 60) * 60 * INSTANT_SECOND;
	walk->vars = json_tie(arena, json_object());
	walk->domain = json_object_get(demo->domains, agency->domain);
	walk->banna = text_starts(agency->area, "5328");
	walk->dehong = text_starts(agency->area, "5331");
	walk->chuxiong = text_starts(agency->area, "5323");
	walk->industry = text_eq(agency->domain, "industry");
	size_t chosen = draw_procedure(walk);
	walk->procedure = procedures[chosen].procedure;
	walk->matter = demo_pick(&walk->rng, json_object_get(walk->domain, procedures[chosen].matters));
	if (text_eq(procedures[chosen].procedure, "simple-penalty")) /* what is settled on the spot is the smallest of the field */
		walk->matter = json_array_get(json_object_get(walk->domain, "violations"), json_array_size(json_object_get(walk->domain, "violations")) - 1);
	json_put_str(walk->vars, "procedure-title", procedures[chosen].title);
	put_place(walk);
	put_people(walk);
	const char *kind = json_str(walk->matter, "party");
	if (kind == NULL)
		kind = json_str(walk->domain, "party");
	put_party(walk, demo_party(demo, &walk->rng, agency->area, agency->domain, kind == NULL && chosen >= 2 ? "法人" : kind, arena));
	if (chosen <= 1 || chosen == 5)
		put_violation(walk);
	else if (chosen == 2)
		put_licence(walk);
	else if (chosen == 3)
		put_inspection(walk);
	if (chosen == 4) {
		json_put_str(walk->vars, "source", "检查发现");
		json_put_str(walk->vars, "source-line", "执法检查中发现，");
	}
	put_measure(walk);
	if (chosen == 2)
		json_put_str(walk->vars, "violation", json_str(walk->matter, "item"));
	put_title(walk, chosen);
	procedures[chosen].plan(walk);
	return walk;
}

/* --- the queue ---------------------------------------------------------------------------------------------------------- */

struct queue {
	struct walk **heap;
	size_t count;
};

static bool before(const struct walk *a, const struct walk *b)
{
	instant_t x = a->steps[a->next].at, y = b->steps[b->next].at;
	return x != y ? x < y : a->order < b->order;
}

static void sink(struct queue *queue, size_t at)
{
	for (;;) {
		size_t least = at;
		for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < queue->count; child++)
			if (before(queue->heap[child], queue->heap[least]))
				least = child;
		if (least == at)
			return;
		struct walk *swap = queue->heap[at];
		queue->heap[at] = queue->heap[least];
		queue->heap[least] = swap;
		at = least;
	}
}

static void end_walk(struct walk *walk)
{
	json_decref(walk->state);
	arena_free(walk->arena);
}

static void drop_first(struct queue *queue)
{
	end_walk(queue->heap[0]);
	queue->heap[0] = queue->heap[--queue->count];
	if (queue->count > 0)
		sink(queue, 0);
}

/* Which agency opens the next case: by its share. */
static struct demo_agency *draw_agency(struct demo *demo)
{
	unsigned all = 0;
	for (size_t i = 0; i < demo->nenforcing; i++)
		all += demo->agencies[i].cases;
	int64_t at = rng_between(&demo->rng, 0, (int64_t)all - 1);
	for (size_t i = 0; i < demo->nenforcing; i++) {
		if (at < demo->agencies[i].cases)
			return &demo->agencies[i];
		at -= demo->agencies[i].cases;
	}
	return &demo->agencies[0];
}

static void fill_queue(struct demo *demo, struct queue *queue)
{
	unsigned cases = demo->options->cases;
	queue->heap = ARENA_ARRAY(demo->arena, cases + 1, struct walk *);
	for (unsigned i = 0; i < cases; i++) {
		/* One each from the first to the last day, so that there is work of every age. */
		day_t opened = demo->from + (day_t)((int64_t)i * (demo->until - demo->from - 1) / (cases == 0 ? 1 : cases)) + (day_t)rng_between(&demo->rng, 0, 1);
		queue->heap[queue->count++] = plan(demo, draw_agency(demo), i, opened);
	}
	for (size_t i = queue->count / 2 + 1; i-- > 0;)
		sink(queue, i);
}

static void report(const struct demo *demo, const char *what)
{
	const struct demo_options *options = demo->options;
	day_t today = instant_day(atomic_load(&demo->now));
	if (options->progress != NULL)
		options->progress(options->context, today - demo->from + SET_UP_DAYS, demo->until - demo->from + SET_UP_DAYS, what);
}

/* Whether January came: then each agency's yearly figures are due. */
static int turn_of_year(struct demo *demo, instant_t next, bool *done, struct err *err)
{
	int year, month, mday;
	day_to_ymd(instant_day(next), &year, &month, &mday);
	if (*done || month != 1 || mday < 15)
		return 0;
	*done = true;
	atomic_store(&demo->now, next);
	int rc = 0;
	for (size_t i = 0; i < demo->nagencies && rc == 0; i++)
		rc = demo_yearly(demo, &demo->agencies[i], err);
	return rc;
}

static int walk_through(struct demo *demo, struct err *err)
{
	struct queue queue = {0};
	instant_t last = day_end(demo->until);
	bool yearly = false;
	int64_t shown = 0;
	int rc = 0;
	fill_queue(demo, &queue);
	while (queue.count > 0 && rc == 0) {
		struct walk *walk = queue.heap[0];
		if (walk->next == walk->count || walk->steps[walk->next].at > last) {
			drop_first(&queue);
			continue;
		}
		rc = turn_of_year(demo, walk->steps[walk->next].at, &yearly, err);
		if (rc == 0)
			rc = walk_step(walk, err);
		if (walk->next == walk->count)
			drop_first(&queue);
		else
			sink(&queue, 0);
		if (instant_day(atomic_load(&demo->now)) != shown) {
			shown = instant_day(atomic_load(&demo->now));
			report(demo, "案件");
		}
	}
	while (queue.count > 0)
		drop_first(&queue);
	return rc;
}

/* --- the whole ---------------------------------------------------------------------------------------------------------- */

static int set_up(struct demo *demo, struct err *err)
{
	atomic_store(&demo->now, day_start(demo->from - SET_UP_DAYS) + 9 * INSTANT_HOUR);
	report(demo, "机关和人员");
	int rc = demo_cast(demo, err);
	for (size_t i = 0; i < demo->nenforcing && rc == 0; i++) {
		report(demo, "事前公示");
		rc = demo_lists(demo, &demo->agencies[i], err);
	}
	return rc;
}

static int write_summary(const struct demo *demo, const json_t *summary, struct err *err)
{
	const char *path = arena_printf(demo->arena, "%s/%s", demo->options->site.dir, DEMO_FILE);
	size_t len;
	char *text = json_text(demo->arena, summary, &len);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return ERR(err, ERR_IO, "无法写入 %s：%s", path, err_path(err->arena, path, errno));
	bool good = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
	int cause = errno;
	(void)close(fd);
	return good ? 0 : ERR(err, ERR_IO, "无法写入 %s：%s", path, err_path(err->arena, path, cause));
}

static json_t *summarise(struct demo *demo)
{
	json_t *out = json_tie(demo->arena, json_object());
	json_put_int(out, "seed", (int64_t)demo->options->seed);
	json_put_str(out, "from", day_format(demo->arena, demo->from));
	json_put_str(out, "until", day_format(demo->arena, demo->until));
	json_put_int(out, "cases", demo->options->cases);
	json_put_int(out, "entries", demo->entries);
	json_put_int(out, "agencies", (int64_t)demo->nagencies);
	json_put_int(out, "officers", demo->officers);
	json_put_int(out, "users", demo->users);
	json_put_str(out, "password", DEMO_PASSWORD);
	json_put(out, "logins", json_incref(demo->logins));
	return out;
}

static int make(const struct demo_options *options, struct arena *arena, json_t **summary, struct err *err)
{
	struct demo *demo = ARENA_NEW(arena, struct demo);
	struct site_options site = options->site;
	demo->options = options;
	demo->arena = arena;
	demo->until = options->until;
	demo->from = options->until - YEAR;
	demo->logins = json_tie(arena, json_array());
	rng_seed(&demo->rng, options->seed, 0);
	int rc = demo_load(demo, arena, err);
	if (rc == 0)
		rc = site_init(&site, options->name, options->base_url, err);
	if (rc != 0)
		return rc;
	atomic_store(&demo->now, day_start(demo->from - SET_UP_DAYS));
	site.clock = (struct clock){.now = demo_clock, .context = demo};
	rc = site_open(&site, arena, &demo->site, err);
	if (rc != 0)
		return rc;
	rc = set_up(demo, err);
	if (rc == 0)
		rc = walk_through(demo, err);
	site_close(demo->site);
	if (rc != 0)
		return rc;
	*summary = summarise(demo);
	return write_summary(demo, *summary, err);
}

int demo_make(const struct demo_options *options, struct arena *arena, json_t **summary, struct err *err)
{
	bool fresh = site_dir_fresh(options->site.dir);
	int rc = make(options, arena, summary, err);
	if (rc != 0 && fresh)
		site_dir_clear(options->site.dir); /* half a year is no demonstration, and would stand in the way of the next try */
	return rc;
}

int demo_logins(const char *dir, struct arena *arena, json_t **out, struct err *err)
{
	const char *path = arena_printf(arena, "%s/%s", dir, DEMO_FILE);
	json_error_t fault;
	json_t *value = json_load_file(path, JSON_REJECT_DUPLICATES, &fault);
	if (value == NULL)
		return ERR(err, ERR_NOT_FOUND, "%s 不是演示站点（没有 %s）", dir, DEMO_FILE);
	*out = json_tie(arena, value);
	return 0;
}
