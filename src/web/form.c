#include "web/form.h"

#include "base/text.h"

void form_init(struct form *form, struct arena *arena)
{
	form->arena = arena;
	form->doc = json_tie(arena, json_object());
}

static int bad_name(struct err *err, const char *name)
{
	struct diag *diag = err_diag(err, name, "表单项的名称不能使用");
	diag->why = "名称由小写字母、数字、点和连字符组成";
	return ERR(err, ERR_INVALID, "表单项的名称有误");
}

/* The name's parts: at most FORM_DEPTH_MAX, none empty. `many`: it ends in "[]". */
static bool split(struct arena *arena, const char *name, const char **parts, size_t *count, bool *many)
{
	size_t len = strlen(name);
	*many = len > 2 && text_ends(name, "[]");
	char *copy = arena_strndup(arena, name, *many ? len - 2 : len);
	*count = 0;
	if (len == 0 || len > FORM_NAME_MAX)
		return false;
	for (char *at = copy; at != NULL;) {
		char *dot = strchr(at, '.');
		if (dot != NULL)
			*dot = '\0';
		if (*at == '\0' || *count == FORM_DEPTH_MAX)
			return false;
		parts[(*count)++] = at;
		at = dot == NULL ? NULL : dot + 1;
	}
	return true;
}

/* {"file": 0}: where a file stands among the uploads. A branch may well have a field named file; only texts and branches stand below it. */
static bool is_file(const json_t *value)
{
	return json_is_integer(json_object_get(value, "file"));
}

static bool put(struct form *form, const char *name, json_t *value)
{
	const char *parts[FORM_DEPTH_MAX];
	size_t count;
	bool many;
	if (!split(form->arena, name, parts, &count, &many))
		return false;
	json_t *here = form->doc;
	for (size_t i = 0; i + 1 < count; i++) {
		json_t *next = json_object_get(here, parts[i]);
		if (next == NULL) {
			next = json_object();
			json_put(here, parts[i], next);
		}
		/* A file's place is an object too, but not a branch to grow on. */
		if (!json_is_object(next) || is_file(next))
			return false;
		here = next;
	}
	const char *last = parts[count - 1];
	json_t *old = json_object_get(here, last);
	if (json_is_object(old) && !is_file(old))
		return false;
	if (old == NULL && !many) {
		json_put(here, last, json_incref(value));
		return true;
	}
	if (!json_is_array(old)) {
		json_t *array = json_array();
		if (old != NULL)
			json_push(array, json_incref(old));
		json_put(here, last, array);
		old = array;
	}
	json_push(old, json_incref(value));
	return true;
}

int form_add(struct form *form, const char *name, json_t *owned, struct err *err)
{
	bool done = put(form, name, owned);
	json_decref(owned);
	return done ? 0 : bad_name(err, name);
}

int form_add_pairs(struct form *form, const struct pairs *pairs, struct err *err)
{
	for (size_t i = 0; i < pairs->count; i++) {
		int fail = form_add(form, pairs->items[i].name, json_string(pairs->items[i].value), err);
		if (fail != 0)
			return fail;
	}
	return 0;
}

static bool all_digits(const json_t *object)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		if (*key == '\0' || strspn(key, "0123456789") != strlen(key) || strlen(key) > 6)
			return false;
	}
	return json_object_size(object) > 0;
}

static int by_place(const void *a, const void *b)
{
	int64_t left = 0, right = 0;
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	(void)text_int(x, strlen(x), &left);
	(void)text_int(y, strlen(y), &right);
	return left < right ? -1 : left > right;
}

/* A new reference: the value with branches of digits as arrays. The depth is bounded by the names'. */
static json_t *arrays(struct arena *arena, json_t *value)
{
	if (!json_is_object(value))
		return json_incref(value);
	size_t count = json_object_size(value), i = 0;
	const char *key;
	json_t *member;
	if (!all_digits(value)) {
		json_t *out = json_object();
		json_object_foreach(value, key, member) json_put(out, key, arrays(arena, member));
		return out;
	}
	const char **keys = ARENA_ARRAY(arena, count, const char *);
	json_object_foreach(value, key, member) keys[i++] = key;
	qsort(keys, count, sizeof(*keys), by_place);
	json_t *out = json_array();
	for (i = 0; i < count; i++)
		json_push(out, arrays(arena, json_object_get(value, keys[i])));
	return out;
}

json_t *form_finish(struct form *form)
{
	json_t *out = json_object();
	const char *key;
	json_t *value;
	json_object_foreach(form->doc, key, value) json_put(out, key, arrays(form->arena, value));
	return json_tie(form->arena, out);
}

/* ---------------------------------------------------------------- shaping */

static bool type_is(const char *type, const char *const *types)
{
	for (; *types != NULL; types++)
		if (text_eq(type, *types))
			return true;
	return false;
}

static bool is_empty(const json_t *value)
{
	if (json_is_string(value))
		return json_string_length(value) == 0;
	if (json_is_array(value))
		return json_array_size(value) == 0;
	return value == NULL || json_is_null(value) || (json_is_object(value) && json_object_size(value) == 0);
}

/* A new reference without what was left empty; NULL where nothing remains. */
static json_t *without_empty(const json_t *value)
{
	if (is_empty(value))
		return NULL;
	json_t *out;
	if (json_is_object(value)) {
		const char *key;
		json_t *member;
		out = json_object();
		json_object_foreach((json_t *)(uintptr_t)value, key, member) json_put(out, key, without_empty(member));
	} else if (json_is_array(value)) {
		out = json_array();
		for (size_t i = 0; i < json_array_size(value); i++) {
			json_t *member = without_empty(json_array_get(value, i));
			if (member != NULL)
				json_push(out, member);
		}
	} else {
		return json_incref((json_t *)(uintptr_t)value);
	}
	if (!is_empty(out))
		return out;
	json_decref(out);
	return NULL;
}

static json_t *yes_no(const json_t *value)
{
	static const char *const yes[] = {"on", "yes", "true", "1", "是", NULL};
	static const char *const no[] = {"off", "no", "false", "0", "否", NULL};
	const char *text = json_string_value(value);
	if (text != NULL && type_is(text, yes))
		return json_true();
	if (text != NULL && type_is(text, no))
		return json_false();
	return json_incref((json_t *)(uintptr_t)value);
}

static json_t *shape_object(struct arena *arena, const json_t *fields, const json_t *values);

/* A new reference: citations typed one to a line, as an array. */
static json_t *lines(struct arena *arena, const json_t *value)
{
	json_t *out = json_array();
	char *rest = arena_strdup(arena, json_string_value(value)), *line;
	while ((line = strsep(&rest, "\r\n")) != NULL) {
		line = text_trim(arena, line);
		if (*line != '\0')
			json_push_str(out, line);
	}
	return out;
}

/* A new reference: one value in the shape of its field's type. */
static json_t *shape_value(struct arena *arena, const json_t *field, json_t *value)
{
	static const char *const manies[] = {"choices", "files", "officers", "clauses", "table", NULL};
	const char *type = json_str(field, "type");
	int64_t number;
	if (text_eq(type, "clauses") && json_is_string(value))
		return lines(arena, value);
	if (type_is(type, manies) && !json_is_array(value)) {
		json_t *array = json_array();
		json_push(array, json_incref(value));
		json_t *out = shape_value(arena, field, array);
		json_decref(array);
		return out;
	}
	if (text_eq(type, "table")) {
		json_t *rows = json_array();
		for (size_t i = 0; i < json_array_size(value); i++)
			json_push(rows,
				  shape_object(arena, json_object_get(field, "columns"), json_array_get(value, i)));
		return rows;
	}
	if (text_eq(type, "yes-no"))
		return yes_no(value);
	if (text_eq(type, "number") && json_is_string(value)) {
		char *text = text_trim(arena, json_string_value(value));
		if (text_int(text, strlen(text), &number))
			return json_integer(number);
	}
	if (text_eq(type, "signature") && json_object_get(value, "refused") != NULL) {
		json_t *out = json_copy(value);
		json_put(out, "refused", yes_no(json_object_get(value, "refused")));
		return out;
	}
	return json_incref(value);
}

/* Fields as an array of {name, …} or as a map by name. */
static const json_t *find_field(const json_t *fields, const char *name)
{
	for (size_t i = 0; i < json_array_size(fields); i++)
		if (text_eq(json_str(json_array_get(fields, i), "name"), name))
			return json_array_get(fields, i);
	return json_object_get(fields, name);
}

static json_t *shape_object(struct arena *arena, const json_t *fields, const json_t *values)
{
	if (!json_is_object(values))
		return json_incref((json_t *)(uintptr_t)values);
	json_t *out = json_object();
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)values, key, value)
	    json_put(out, key, shape_value(arena, find_field(fields, key), value));
	return out;
}

json_t *form_shape(struct arena *arena, const json_t *form_fields, const json_t *values)
{
	json_t *kept = without_empty(values);
	if (!json_is_object(kept)) {
		json_decref(kept);
		kept = json_object();
	}
	json_t *out = json_tie(arena, shape_object(arena, form_fields, kept));
	json_decref(kept);
	return out;
}
