#include "work/act.h"

#include "base/ids.h"
#include "base/text.h"
#include "work/numbering.h"
#include "work/project.h"
#include "work/publication.h"
#include "work/registers.h"
#include "work/sight.h"
#include "work/state.h"
#include "work/state_cache.h"

#define OPEN_TRIES 20

/* Everything the judgement of one act needs, gathered once. */
struct judged {
	struct stream_state before;
	bool guess, guessed;   /* before: whether the kept state may be taken for the newest, and whether it was */
	struct law_kind_info kind;
	struct law_scope *scope;
	const json_t *state;   /* before, or a new stream's first facts */
	const char *agency;    /* the stream's */
	json_t *body;          /* checked */
	struct entry_file *files; /* the act's, each with the field that names it */
	struct law_act act;
	const struct law_verdict *verdict;
};

/* --- who may act where --------------------------------------------------------------------------------------------- */

/* A stream that does not exist is made by the actor's own agency, or (an agency's, officer's or user's) by who administers it. */
static const char *new_stream_agency(const struct actor *actor, const struct act *act)
{
	if (text_eq(act->stream_type, "agency"))
		return act->stream_key;
	const char *named = json_str(act->body, "agency");
	if ((text_eq(act->stream_type, "user") || text_eq(act->stream_type, "officer")) && named != NULL)
		return named;
	return actor->agency;
}

static int bad_key(struct err *err, const char *what, const char *mend)
{
	struct diag *diag = err_diag(err, NULL, "%s", what);
	diag->mend = mend;
	return ERR(err, ERR_INVALID, "%s", what);
}

/* A register's key stands in addresses, case numbers and other registers for ever. */
static int check_new_register(const struct actor *actor, const struct act *act, struct arena *arena, struct err *err)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	size_t len = strlen(act->stream_key);
	if (text_eq(act->stream_type, "agency")) {
		const char *division = json_str(act->body, "division"), *uscc = json_str(act->body, "uscc");
		if (!uscc_valid(act->stream_key) || (uscc != NULL && strcasecmp(uscc, act->stream_key) != 0))
			return bad_key(err, "机关的编号应当是它的统一社会信用代码", "核对十八位代码，与表中填写的一致");
		if (division != NULL && !text_eq(actor->user, "sanzhi") && !sight_keeps(actor, act->stream_key, division, arena))
			return ERR(err, ERR_DENIED, "这个区划不在您的管辖区域内");
		return 0;
	}
	if (len < 2 || len > 64 || strspn(act->stream_key, plain) != len || strchr("._-", act->stream_key[0]) != NULL)
		return bad_key(err, "编号由字母、数字和 . _ - 组成", "新登记的人员编号填 new");
	return 0;
}

/* An officer or user that an entry moves to another agency: both must be the actor's to keep. */
static int check_moved(struct site *site, struct db_conn *conn, const struct actor *actor, const struct act *act, const char *agency, struct arena *arena, struct err *err)
{
	const char *named = json_str(act->body, "agency");
	if (named == NULL || text_eq(named, agency) || !(text_eq(act->stream_type, "officer") || text_eq(act->stream_type, "user")))
		return 0;
	return sight_may_act(site, conn, actor, act->stream_type, named, NULL, arena, err);
}

static int find_stream(struct site *site, struct db_conn *conn, const struct actor *actor, const struct act *act, struct arena *arena, struct judged *j, struct err *err)
{
	if (!law_kind(site->law, act->kind, &j->kind))
		return ERR(err, ERR_NOT_FOUND, "没有“%s”这一类记录", act->kind);
	if (!text_eq(j->kind.stream, act->stream_type))
		return ERR(err, ERR_INVALID, "“%s”不属于这里", j->kind.title);
	j->guessed = j->guess && state_guess(site, act->stream_type, act->stream_key, arena, &j->before);
	int rc = j->guessed ? 0 : state_recall(site, conn, act->stream_type, act->stream_key, arena, &j->before, err);
	if (rc != 0)
		return rc;
	j->agency = j->before.state != NULL ? j->before.agency : new_stream_agency(actor, act);
	rc = sight_may_act(site, conn, actor, act->stream_type, j->agency, j->before.state, arena, err);
	if (rc == 0 && j->before.state == NULL && !text_eq(act->stream_type, "case"))
		return check_new_register(actor, act, arena, err);
	return rc == 0 ? check_moved(site, conn, actor, act, j->agency, arena, err) : rc;
}

/* --- the body ------------------------------------------------------------------------------------------------------ */

static int add_officer_id(json_t *ids, const json_t *given, struct err *err)
{
	const char *id = json_is_string(given) ? json_string_value(given) : json_str(given, "id");
	if (id == NULL || *id == '\0')
		return ERR(err, ERR_INVALID, "没有写明是哪一位执法人员");
	json_push_str(ids, id);
	return 0;
}

/* Puts the register's snapshot in the place of officers' ids, so that an entry shows for ever whose certificate was valid then. */
static int put_officers(struct site *site, struct db_conn *conn, json_t *body, const char *name, const char *type, struct arena *arena, struct err *err)
{
	const json_t *given = json_object_get(body, name), *item;
	if (given == NULL || json_is_null(given))
		return 0;
	bool one = text_eq(type, "officer");
	json_t *ids = json_tie(arena, json_array()), *all = NULL;
	size_t i;
	int rc = 0;
	if (one || !json_is_array(given))
		rc = add_officer_id(ids, given, err);
	json_array_foreach(one ? NULL : given, i, item)
		if (rc == 0)
			rc = add_officer_id(ids, item, err);
	if (rc == 0)
		rc = officer_snapshots(site, conn, ids, arena, &all, err);
	if (rc == 0)
		json_put(body, name, json_incref(one ? json_array_get(all, 0) : all));
	if (rc == -ERR_NOT_FOUND || rc == -ERR_INVALID) {
		struct diag *diag = err_diag(err, name, "%s", err->message);
		diag->mend = "从本机关执法人员中选择";
		return ERR(err, ERR_INVALID, "填写的内容有 1 处需要改正");
	}
	return rc;
}

/* One {"file": position}: becomes what the entry keeps of the file. A name or a digest in its place would be a recording that nobody made. */
static int put_file(const struct act *act, struct judged *j, json_t *place, const char *name, struct arena *arena, struct err *err)
{
	const json_t *position = json_object_get(place, "file");
	if (!json_is_integer(position) || json_integer_value(position) < 0 || (uint64_t)json_integer_value(position) >= act->nfiles) {
		struct diag *diag = err_diag(err, name, "这里应当是随同上传的文件");
		diag->mend = "选择文件，与表单一起提交";
		return ERR(err, ERR_INVALID, "填写的内容有 1 处需要改正");
	}
	struct entry_file *file = &j->files[json_integer_value(position)];
	file->field = name;
	(void)json_object_clear(place);
	json_put_str(place, "name", file->name);
	json_put_str(place, "sha256", hex_encode(arena, file->blob.sha256.bytes, HASH_LEN));
	return 0;
}

static int put_files(const struct act *act, struct judged *j, json_t *body, const char *name, struct arena *arena, struct err *err)
{
	json_t *given = json_object_get(body, name), *item;
	size_t i;
	int rc = 0;
	if (json_is_array(given)) {
		json_array_foreach(given, i, item) {
			if (rc == 0)
				rc = put_file(act, j, item, name, arena, err);
		}
		return rc;
	}
	if (given == NULL || json_is_null(given) || text_eq(json_string_value(given), ""))
		return 0;
	return put_file(act, j, given, name, arena, err);
}

/* `at`: when the act happened. */
static int prepare_body(struct site *site, struct db_conn *conn, const struct act *act, instant_t at, struct judged *j, struct arena *arena, struct err *err)
{
	const json_t *form = law_form(j->scope, j->state, act->kind, arena), *field;
	const json_t *given = act->shape == NULL ? act->body : act->shape(act->shape_context, json_object_get(form, "fields"));
	json_t *body = json_tie(arena, given == NULL ? json_object() : json_deep_copy(given));
	j->files = arena_memdup(arena, act->files, act->nfiles * sizeof(*act->files));
	size_t i;
	json_array_foreach(json_object_get(form, "fields"), i, field) {
		const char *type = json_str(field, "type");
		if (text_eq(type, "officer") || text_eq(type, "officers")) {
			int rc = put_officers(site, conn, body, json_str(field, "name"), type, arena, err);
			if (rc != 0)
				return rc;
		}
		if (text_eq(type, "file") || text_eq(type, "files")) {
			int rc = put_files(act, j, body, json_str(field, "name"), arena, err);
			if (rc != 0)
				return rc;
		}
	}
	return law_check_body(j->scope, j->state, act->kind, at, body, arena, &j->body, err);
}

/* --- judging ------------------------------------------------------------------------------------------------------- */

/* A new stream's own facts go into its first entry, so that the entry alone makes the stream again. */
static json_t *own_facts(struct arena *arena, const char *area, const char *procedure, const char *number)
{
	json_t *own = json_tie(arena, json_object());
	json_put_str(own, "area", area);
	json_put_str(own, "procedure", procedure);
	json_put_str(own, "number", number);
	return own;
}

/* The division whose rules bind a new stream that is not a case: the agency's own, or its agency's. */
static const char *area_of_new(struct site *site, struct db_conn *conn, const struct actor *actor, const struct act *act, const struct judged *j, struct arena *arena)
{
	struct agency agency;
	struct err ignored;
	err_init(&ignored, arena);
	if (text_eq(act->stream_type, "agency") && json_str(act->body, "division") != NULL)
		return json_str(act->body, "division");
	return agency_get(site, conn, j->agency, arena, &agency, &ignored) == 0 ? agency.area : actor->area;
}

static int judge_on(struct site *site, struct db_conn *conn, const struct actor *actor, const struct act *act, const json_t *own, struct arena *arena, struct judged *j,
                    struct err *err)
{
	instant_t at = act->at == INSTANT_NONE ? clock_now(&site->clock) : act->at;
	int rc = find_stream(site, conn, actor, act, arena, j, err);
	if (rc != 0)
		return rc;
	if (own == NULL && j->before.state == NULL && text_eq(act->stream_type, "case"))
		return ERR(err, ERR_NOT_FOUND, "没有这个案件"); /* one begins only through act_open_case, which numbers it */
	if (act->expect >= 0 && j->before.head != act->expect)
		return ERR(err, ERR_CONFLICT, "这里刚刚有了新的记录（第 %lld 条），请看过之后再提交。您填写的内容没有丢失", (long long)j->before.head);
	if (own == NULL && j->before.state == NULL)
		own = own_facts(arena, area_of_new(site, conn, actor, act, j, arena), NULL, NULL);
	if (j->before.state == NULL) {
		struct law_place place = {.agency = j->agency, .area = json_str(own, "area")};
		j->state = law_state_new(&place, json_str(own, "procedure"), at, arena);
	} else {
		j->state = j->before.state;
	}
	j->scope = state_scope(site, j->state, instant_day(at), arena);
	rc = prepare_body(site, conn, act, at, j, arena, err);
	if (rc != 0)
		return rc;
	if (j->before.state == NULL)
		json_put(j->body, "stream", json_incref((json_t *)(uintptr_t)own));
	if (text_eq(act->kind, "publication.published"))
		rc = publication_shown(site, conn, act->stream_key, arena, j->body, err);
	else if (text_eq(act->kind, "publication.change-published"))
		rc = publication_change(site, conn, act->stream_key, arena, j->body, err);
	if (rc != 0)
		return rc;
	j->act = (struct law_act){.kind = act->kind, .at = at, .by = actor->user, .by_roles = sight_roles(actor, j->agency, arena), .body = j->body, .told = act->told};
	if (act->told != NULL)
		(void)json_array_clear(act->told); /* judged a second time, where somebody came between */
	j->verdict = law_judge(j->scope, j->state, &j->act, arena);
	return 0;
}

/* `guess`: by the state that this process saw last; then only an append on its head may follow. */
static int judge(struct site *site, const struct actor *actor, const struct act *act, const json_t *own, bool guess, struct arena *arena, struct judged *j, struct err *err)
{
	struct db_conn *conn;
	*j = (struct judged){.guess = guess};
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	rc = judge_on(site, conn, actor, act, own, arena, j, err);
	db_release(conn);
	return rc;
}

static void diag_of(struct err *err, const struct law_refusal *refusal)
{
	struct diag *diag = err_diag(err, refusal->rule, "%s", refusal->say);
	diag->mend = refusal->mend;
	diag->clause = refusal->clause;
	diag->cite = refusal->cite;
}

static int refuse(struct err *err, const struct judged *j)
{
	const struct law_refusal *refusal = j->verdict->refusals;
	bool role = refusal != NULL && refusal->reason == LAW_ROLE;
	for (; refusal != NULL; refusal = refusal->next)
		diag_of(err, refusal);
	return ERR(err, role && j->verdict->count == 1 ? ERR_DENIED : ERR_REFUSED, "现在还不能办理“%s”：有 %zu 项不符合规定", j->kind.title, j->verdict->count);
}

static json_t *refusals_json(struct arena *arena, const struct law_refusal *refusal)
{
	json_t *out = json_tie(arena, json_array());
	for (; refusal != NULL; refusal = refusal->next) {
		json_t *item = json_object();
		json_put_str(item, "rule", refusal->rule);
		json_put_str(item, "clause", refusal->clause);
		json_put_str(item, "cite", refusal->cite);
		json_put_str(item, "say", refusal->say);
		json_put_str(item, "mend", refusal->mend);
		json_push(out, item);
	}
	return out;
}

/* --- appending ----------------------------------------------------------------------------------------------------- */

/* Which duties an entry opened and which it met, from the states around it. */
static void duty_changes(const json_t *before, const json_t *after, struct arena *arena, struct act_result *out)
{
	const json_t *old = json_object_get(before, "duties"), *duty;
	out->opened = json_tie(arena, json_array());
	out->met = json_tie(arena, json_array());
	size_t i;
	json_array_foreach(json_object_get(after, "duties"), i, duty) {
		const json_t *was = json_find(old, "id", json_str(duty, "id"));
		const char *state = json_str(duty, "state");
		if (was == NULL)
			json_push(out->opened, json_deep_copy(duty));
		if (text_eq(state, "met") && (was == NULL || !text_eq(json_str(was, "state"), "met")))
			json_push(out->met, json_deep_copy(duty));
	}
}

static int append(struct site *site, const struct actor *actor, const struct act *act, struct judged *j, struct arena *arena, struct act_result *out, struct err *err)
{
	json_t *after;
	int rc = state_after(site, j->before.state, j->agency, &j->act, j->before.head + 1, arena, &after, err);
	if (rc != 0)
		return rc;
	struct project_hint hint = project_hint_of(site, act->stream_type, j->before.state, after, j->body, arena);
	struct entry_draft draft = {
	    .stream_type = act->stream_type,
	    .stream_key = act->stream_key,
	    .expect = j->before.head,
	    .kind = act->kind,
	    .at = j->act.at,
	    .by = actor->user,
	    .agency = j->agency,
	    .body = j->body,
	    .files = j->files,
	    .nfiles = act->nfiles,
	    .hint = &hint,
	};
	rc = journal_append(site->journal, &draft, 1, arena, &out->entry, err);
	if (rc != 0)
		return rc;
	out->state = after;
	struct stream_state kept = {.stream = out->entry.stream, .head = out->entry.number, .agency = j->agency, .state = after};
	state_cache_put(site->states, act->stream_type, act->stream_key, &kept, strlen(hint.text));
	out->warnings = refusals_json(arena, j->verdict->warnings);
	duty_changes(j->before.state, after, arena, out);
	return 0;
}

/* First by the state that this process saw last. Where another process was further, the append says so; then, and wherever the kept state would refuse, the act is
 * judged by the database's. */
static int do_act(struct site *site, const struct actor *actor, const struct act *act, const json_t *own, struct arena *arena, struct act_result *out, struct err *err)
{
	for (bool guess = true;; guess = false) {
		struct judged j;
		int rc = judge(site, actor, act, own, guess, arena, &j, err);
		bool allowed = rc == 0 && j.verdict->allowed;
		if (allowed)
			rc = append(site, actor, act, &j, arena, out, err);
		else if (rc == 0)
			rc = refuse(err, &j);
		if (rc == 0 || !j.guessed || (allowed && rc != -ERR_CONFLICT))
			return rc;
		err_clear(err);
	}
}

int act_do(struct site *site, const struct actor *actor, const struct act *act, struct arena *arena, struct act_result *out, struct err *err)
{
	for (int i = 0; i < OPEN_TRIES; i++) {
		int rc = do_act(site, actor, act, NULL, arena, out, err);
		if (rc != -ERR_CONFLICT || act->expect >= 0)
			return rc;
		err_clear(err); /* nobody said what was seen: another's act came between judging and writing, and this one is judged anew */
	}
	return ERR(err, ERR_CONFLICT, "这里同时有许多人在办理，请稍后再提交");
}

int act_judge(struct site *site, const struct actor *actor, const struct act *act, struct arena *arena, json_t **verdict, struct err *err)
{
	struct judged j;
	int rc = judge(site, actor, act, NULL, false, arena, &j, err);
	if (rc != 0)
		return rc;
	*verdict = json_tie(arena, json_object());
	json_put_bool(*verdict, "allowed", j.verdict->allowed);
	json_put(*verdict, "refusals", json_incref(refusals_json(arena, j.verdict->refusals)));
	json_put(*verdict, "warnings", json_incref(refusals_json(arena, j.verdict->warnings)));
	return 0;
}

/* "景市监案〔2026〕12号": the agency's short form, the year, the number. */
static char *case_number(struct arena *arena, const struct agency *agency, int year, int64_t number)
{
	const char *head = *agency->abbreviation != '\0' ? agency->abbreviation : agency->name;
	return arena_printf(arena, "%s案〔%d〕%lld号", head, year, (long long)number);
}

static int may_open(struct site *site, const char *procedure, const char *kind, struct err *err)
{
	const json_t *all = law_procedures(site->law), *one;
	size_t i;
	json_array_foreach(all, i, one) {
		if (!text_eq(json_str(one, "id"), procedure))
			continue;
		if (text_eq(json_str(one, "opens"), kind))
			return 0;
		return ERR(err, ERR_INVALID, "这一程序不从“%s”开始", kind);
	}
	return ERR(err, ERR_NOT_FOUND, "没有“%s”这一程序", procedure);
}

int act_open_case(struct site *site, const struct actor *actor, const char *procedure, const struct act *first, struct arena *arena, struct act_result *out, struct err *err)
{
	int rc = may_open(site, procedure, first->kind, err);
	if (rc != 0)
		return rc;
	struct agency agency;
	rc = agency_get(site, NULL, actor->agency, arena, &agency, err);
	if (rc != 0)
		return rc;
	int year, month, day;
	instant_t now = clock_now(&site->clock);
	day_to_ymd(instant_day(first->at == INSTANT_NONE ? now : first->at), &year, &month, &day);
	for (int i = 0; i < OPEN_TRIES; i++) {
		int64_t number;
		rc = numbering_next(site, agency.code, year, arena, &number, err);
		if (rc != 0)
			return rc;
		struct act act = *first;
		act.stream_type = "case";
		act.stream_key = arena_printf(arena, "%s-%04d-%04lld", agency.code, year, (long long)number);
		act.expect = 0;
		rc = do_act(site, actor, &act, own_facts(arena, agency.area, procedure, case_number(arena, &agency, year, number)), arena, out, err);
		if (rc != 0 && rc != -ERR_CONFLICT)
			numbering_give_back(site, agency.code, year, number);
		if (rc != -ERR_CONFLICT)
			return rc;
		numbering_retry(site, agency.code, year); /* another process gave this number away first */
	}
	return rc;
}
