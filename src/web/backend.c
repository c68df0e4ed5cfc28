/* What the core asks of the floors below, answered by them. */
#include "base/text.h"
#include "web/web.h"

static int64_t version(struct site *site)
{
	return journal_version(site->journal);
}

static int64_t entries(struct site *site)
{
	return journal_size(site->journal);
}

/* The title of a word in a list of the vocabulary, whichever way it is written: {word: title}, {word: {title}} or [{id,
 * title}]. */
static const char *title_of(const json_t *list, const char *word)
{
	const json_t *entry = json_object_get(list, word);
	if (json_is_string(entry))
		return json_string_value(entry);
	for (size_t i = 0; entry == NULL && i < json_array_size(list); i++)
		if (text_eq(json_str(json_array_get(list, i), "id"), word))
			entry = json_array_get(list, i);
	const char *title = json_str(entry, "title");
	return title == NULL ? word : title;
}

/* Whether one of the procedures begins with something that the actor's roles record: who may not is shown no way there. */
static bool may_open(const struct site *site, const struct actor *actor)
{
	const json_t *procedures = law_procedures(site->law), *one;
	size_t i;
	if (actor->agency == NULL || *actor->agency == '\0')
		return false; /* the three administrators are of no agency */
	json_array_foreach(procedures, i, one)
		if (law_kind_open_to(site->law, json_str(one, "opens"), actor->roles))
			return true;
	return false;
}

static void describe(struct site *site, const struct actor *actor, json_t *user)
{
	json_t *titles = json_array();
	const json_t *roles = json_object_get(law_vocabulary(site->law), "roles");
	for (size_t i = 0; i < json_array_size(actor->roles); i++)
		json_push_str(titles, title_of(roles, json_string_value(json_array_get(actor->roles, i))));
	json_put(user, "role-titles", titles);
	json_put_bool(user, "may-open", may_open(site, actor));
	/* An agency that is not registered yet still has users: its first ones. */
	json_put_str(user, "agency-name", actor->agency_name == NULL ? "" : actor->agency_name);
}

static json_t *kinds(struct site *site, struct arena *arena)
{
	const struct law_place nowhere = {0};
	struct law_scope *scope = law_scope(site->law, &nowhere, instant_day(clock_now(&site->clock)), DAY_NONE, arena);
	json_t *out = json_tie(arena, json_array()), *seen = json_tie(arena, json_object()),
	       *all = law_rules(site->law, NULL, "kinds", arena);
	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *rule = json_array_get(all, i);
		struct law_kind_info info;
		const char *name = json_str(rule, "kind") != NULL ? json_str(rule, "kind") : json_str(rule, "name");
		if (name == NULL || json_object_get(seen, name) != NULL || !law_kind(site->law, name, &info))
			continue;
		const json_t *form = law_form(scope, NULL, name, arena);
		json_t *kind = json_object();
		json_put_bool(seen, name, true);
		json_put_str(kind, "kind", info.kind);
		json_put_str(kind, "title", info.title);
		json_put_str(kind, "stream", info.stream);
		json_t *fields = json_object_get(form, "fields");
		json_put(kind, "fields", fields == NULL ? json_array() : json_incref(fields));
		json_push(out, kind);
	}
	return out;
}

const struct web_backend *web_backend_site(void)
{
	static const struct web_backend backend = {
	    .session = session_actor, .token = token_actor, .version = version, .entries = entries, .describe = describe, .kinds = kinds};
	return &backend;
}
