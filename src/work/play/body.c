/*
 * Bodies: what the scenario says, over what bodies.yaml says for the kind, in the types of the kind's fields. Values that begin with `$` are marks made good here
 * ($at-30m, $date+15, $officers, $fact:fine …); an unquoted `~` takes a field away.
 */
#include "base/text.h"
#include "work/play/inside.h"

struct maker {
	struct stage *stage;
	instant_t at;
	struct entry_file *files;
	size_t *nfiles;
	struct err *err;
};

static json_t *value_of(struct maker *m, const struct yaml *node, const char *type, const json_t *columns);

const struct yaml *body_defaults(const struct stage *stage, const char *kind, const char *variant)
{
	const char *name = variant == NULL ? kind : arena_printf(stage->arena, "%s@%s", kind, variant);
	return yaml_get(yaml_get(stage->library->bodies, name), "body");
}

const char *body_hand(const struct stage *stage, const char *kind)
{
	return yaml_member(yaml_get(stage->library->bodies, kind), "by");
}

/* --- marks ---------------------------------------------------------------------------------------------------------------- */

static json_t *wrong(struct maker *m, const struct yaml *node, const char *what)
{
	(void)err_diag(m->err, yaml_where(node, m->err->arena), "%s：%s", what, node->text == NULL ? "" : node->text);
	return NULL;
}

static json_t *text_value(const char *text)
{
	json_t *value = json_string(text);
	BUG_ON(value == NULL); /* the reader took UTF-8 only */
	return value;
}

/* "", "+30m", "-2h", "+15d". */
static bool offset(const char *text, instant_t *out)
{
	int64_t count = 0;
	size_t len = strlen(text);
	*out = 0;
	if (len == 0)
		return true;
	if (len < 3 || (*text != '+' && *text != '-') || !text_int(text + 1, len - 2, &count))
		return false;
	instant_t unit = text[len - 1] == 'm' ? 60 * INSTANT_SECOND : text[len - 1] == 'h' ? INSTANT_HOUR : text[len - 1] == 'd' ? INSTANT_DAY : text[len - 1] == 's' ? INSTANT_SECOND : 0;
	*out = (*text == '-' ? -count : count) * unit;
	return unit != 0;
}

static json_t *fact_value(struct maker *m, const char *name)
{
	const json_t *facts = json_object_get(stage_state(m->stage, NULL, NULL), "facts");
	json_t *found = json_path(facts, name);
	return found == NULL ? NULL : json_deep_copy(found);
}

static json_t *officers_value(const char *first, const char *second)
{
	json_t *list = json_array();
	json_push_str(list, first);
	json_push_str(list, second);
	return list;
}

static json_t *party_value(struct maker *m)
{
	const struct yaml *party = yaml_get(m->stage->scenario, "party");
	if (party == NULL)
		party = yaml_get(yaml_get(m->stage->library->bodies, "party"), "body");
	return party == NULL ? NULL : value_of(m, party, "party", NULL);
}

static json_t *word_value(struct maker *m, const char *name, bool *found)
{
	const struct stage *stage = m->stage;
	const json_t *facts = json_object_get(stage_state(stage, NULL, NULL), "facts");
	*found = true;
	if (text_eq(name, "officers"))
		return officers_value("first", "second");
	if (text_eq(name, "agency"))
		return text_value(stage->agency);
	if (text_eq(name, "abbreviation"))
		return text_value(stage->abbreviation);
	if (text_eq(name, "code"))
		return text_value(stage->code);
	if (text_eq(name, "area"))
		return text_value(stage->area);
	if (text_eq(name, "level"))
		return text_value(stage->level);
	if (text_eq(name, "case"))
		return text_value(json_str(facts, "case-number") == NULL ? "" : json_str(facts, "case-number"));
	if (text_eq(name, "party"))
		return party_value(m);
	*found = false;
	return NULL;
}

static json_t *mark_value(struct maker *m, const struct yaml *node)
{
	const char *name = node->text + 1;
	instant_t shift;
	bool found;
	json_t *word = word_value(m, name, &found);
	if (found)
		return word;
	if (text_starts(name, "fact:"))
		return fact_value(m, name + 5);
	if (text_starts(name, "at") && offset(name + 2, &shift))
		return text_value(instant_format(m->stage->arena, m->at + shift));
	if (text_starts(name, "date") && offset(name + 4, &shift))
		return text_value(day_format(m->stage->arena, instant_day(m->at + shift)));
	return wrong(m, node, "不认识的记号");
}

/* --- values by type --------------------------------------------------------------------------------------------------------- */

static json_t *file_value(struct maker *m, const struct yaml *node)
{
	if (node->type != YAML_SCALAR || *m->nfiles >= PLAY_FILES_MAX)
		return wrong(m, node, "文件写成一个名字");
	struct entry_file *file = &m->files[*m->nfiles];
	*file = (struct entry_file){.name = node->text, .type = text_ends(node->text, ".mp4") ? "video/mp4" : "application/pdf"};
	if (blob_put(m->stage->site->blobs, node->text, strlen(node->text), &file->blob, m->err) != 0)
		return NULL;
	json_t *value = json_object();
	json_put_int(value, "file", (int64_t)(*m->nfiles)++);
	return value;
}

static json_t *plain_value(struct maker *m, const struct yaml *node, const char *type)
{
	bool is_text = text_eq(type, "text") || text_eq(type, "long");
	int64_t number;
	if (node->text[0] == '$' && !node->quoted)
		return mark_value(m, node);
	if (text_eq(type, "number") && text_int(node->text, strlen(node->text), &number))
		return json_integer(number);
	if (!node->quoted && !is_text && (text_eq(node->text, "true") || text_eq(node->text, "false")))
		return json_boolean(text_eq(node->text, "true"));
	return text_value(node->text);
}

static bool is_nothing(const struct yaml *node)
{
	return node->type == YAML_SCALAR && !node->quoted && text_eq(node->text, "~");
}

static json_t *map_value(struct maker *m, const struct yaml *node, const json_t *columns)
{
	json_t *map = json_object();
	for (size_t i = 0; i < node->count; i++) {
		const char *type = json_str(json_find(columns, "name", node->keys[i]->text), "type");
		json_t *value = is_nothing(node->items[i]) ? NULL : value_of(m, node->items[i], type, NULL);
		if (value != NULL)
			json_put(map, node->keys[i]->text, value);
	}
	return map;
}

static json_t *list_value(struct maker *m, const struct yaml *node, const char *type, const json_t *columns)
{
	json_t *list = json_array();
	for (size_t i = 0; i < node->count; i++) {
		json_t *value = value_of(m, node->items[i], text_eq(type, "files") ? "file" : text_eq(type, "table") ? "row" : type, columns);
		if (value != NULL)
			json_push(list, value);
	}
	return list;
}

static json_t *value_of(struct maker *m, const struct yaml *node, const char *type, const json_t *columns)
{
	if (node->type == YAML_LIST)
		return list_value(m, node, type, columns);
	if (node->type == YAML_MAP)
		return map_value(m, node, columns);
	if (text_eq(type, "file"))
		return file_value(m, node);
	if (text_eq(type, "files")) {
		json_t *list = json_array();
		json_t *one = file_value(m, node);
		if (one != NULL)
			json_push(list, one);
		return list;
	}
	return plain_value(m, node, type);
}

/* --- the body ------------------------------------------------------------------------------------------------------------------ */

static const struct yaml *strongest(const struct layers *layers, const char *name)
{
	for (size_t i = layers->count; i > 0; i--) {
		const struct yaml *found = layers->maps[i - 1] == NULL ? NULL : yaml_get(layers->maps[i - 1], name);
		if (found != NULL)
			return found;
	}
	return NULL;
}

static const json_t *field_of(const json_t *form, const char *name)
{
	return json_find(json_object_get(form, "fields"), "name", name);
}

int body_make(struct stage *stage, const char *kind, const json_t *form, const struct layers *layers, instant_t at, struct entry_file *files, size_t *nfiles, json_t **out,
              struct err *err)
{
	struct maker m = {.stage = stage, .at = at, .files = files, .nfiles = nfiles, .err = err};
	json_t *body = json_tie(stage->arena, json_object());
	const json_t *field;
	size_t i;
	json_array_foreach(json_object_get(form, "fields"), i, field) {
		const char *name = json_str(field, "name");
		const struct yaml *node = strongest(layers, name);
		json_t *value = node == NULL || is_nothing(node) ? NULL : value_of(&m, node, json_str(field, "type"), json_object_get(field, "columns"));
		if (value != NULL)
			json_put(body, name, value);
	}
	const struct yaml *own = layers->count == 0 ? NULL : layers->maps[layers->count - 1];
	for (size_t k = 0; own != NULL && k < own->count; k++) {
		if (field_of(form, own->keys[k]->text) != NULL || is_nothing(own->items[k]))
			continue;
		json_t *value = value_of(&m, own->items[k], NULL, NULL);
		if (value != NULL)
			json_put(body, own->keys[k]->text, value);
	}
	*out = body;
	return err->ndiags == 0 ? 0 : ERR(err, ERR_INVALID, "“%s”的内容写得有误：%s", kind, err->diags->what);
}
