#include "base/json.h"

#include "base/buf.h"
#include "base/text.h"

#define CANONICAL_MAX ((size_t)16 << 20)
#define CANONICAL_DEPTH 64

static void release(void *arg)
{
	json_decref(arg);
}

json_t *json_tie(struct arena *arena, json_t *owned)
{
	BUG_ON(owned == NULL);
	arena_on_free(arena, release, owned);
	return owned;
}

/* What jansson found, in words for people; its own English stays in the detail. A repeated key is named, as its text ends with it. */
static const char *fault_say(struct arena *arena, const json_error_t *fault)
{
	const char *near = strstr(fault->text, "near '\""), *end = near == NULL ? NULL : strrchr(near, '"');
	switch (json_error_code(fault)) {
	case json_error_duplicate_key:
		if (near != NULL && end > near + 6)
			return arena_printf(arena, "项目“%.*s”写了两次", (int)(end - near - 7), near + 7);
		return "同一个项目写了两次";
	case json_error_stack_overflow:
		return "嵌套太深";
	case json_error_invalid_utf8:
		return "不是 UTF-8 编码";
	case json_error_premature_end_of_input:
		return "没有写完：缺少引号、右括号或者值";
	case json_error_end_of_input_expected:
		return "末尾有多余的内容";
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return "含有空字符（\\u0000）";
	case json_error_numeric_overflow:
		return "数字太大";
	default:
		return "这里缺少引号、逗号、冒号或者括号，或者写了 JSON 没有的内容";
	}
}

int json_read(struct arena *arena, const char *text, size_t len, size_t max, json_t **out, struct err *err)
{
	if (len > max)
		return ERR(err, ERR_LIMIT, "JSON 文档过大：%zu 字节，至多 %zu 字节", len, max);
	json_error_t fault;
	json_t *value = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
	if (value == NULL) {
		err_detail(err, "%s", fault.text);
		char *where = arena_printf(err->arena, "%d:%d", fault.line, fault.column);
		const char *say = fault_say(err->arena, &fault);
		struct diag *diag = err_diag(err, where, "JSON 写法有误：%s", say);
		diag->mend = "改正该处后重新提交";
		return ERR(err, ERR_INVALID, "JSON 第 %d 行第 %d 列有误：%s", fault.line, fault.column, say);
	}
	*out = json_tie(arena, value);
	return 0;
}

struct writer {
	struct buf buf;
	bool canonical; /* keys sorted, no real numbers; else as the value has them */
	const char *fault;
};

static int by_key(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void write_value(struct writer *w, const json_t *value, int depth);

/* The keys of an object in order. */
static const char **sorted_keys(const json_t *object, const char **keys)
{
	size_t count = 0;
	for (void *it = json_object_iter((json_t *)(uintptr_t)object); it != NULL; it = json_object_iter_next((json_t *)(uintptr_t)object, it))
		keys[count++] = json_object_iter_key(it);
	qsort(keys, count, sizeof(*keys), by_key); /* byte order is code point order in UTF-8 */
	return keys;
}

json_t *json_sorted(const json_t *value)
{
	json_t *out;
	if (json_is_array(value)) {
		out = json_array();
		for (size_t i = 0; i < json_array_size(value); i++)
			json_push(out, json_sorted(json_array_get(value, i)));
		return out;
	}
	if (!json_is_object(value))
		return json_incref((json_t *)(uintptr_t)value);
	struct arena *arena = arena_new();
	size_t count = json_object_size(value);
	const char **keys = sorted_keys(value, ARENA_ARRAY(arena, count, const char *));
	out = json_object();
	for (size_t i = 0; i < count; i++)
		json_put(out, keys[i], json_sorted(json_object_get(value, keys[i])));
	arena_free(arena);
	return out;
}

static void write_member(struct writer *w, const char *key, size_t len, const json_t *value, bool first, int depth)
{
	if (!first)
		buf_addc(&w->buf, ',');
	buf_add_json(&w->buf, key, len);
	buf_addc(&w->buf, ':');
	write_value(w, value, depth + 1);
}

static void write_object(struct writer *w, const json_t *object, int depth)
{
	buf_addc(&w->buf, '{');
	if (w->canonical) {
		size_t count = json_object_size(object);
		const char **keys = sorted_keys(object, ARENA_ARRAY(w->buf.arena, count, const char *));
		for (size_t i = 0; i < count; i++)
			write_member(w, keys[i], strlen(keys[i]), json_object_get(object, keys[i]), i == 0, depth);
	} else {
		json_t *whole = (json_t *)(uintptr_t)object;
		bool first = true;
		for (void *it = json_object_iter(whole); it != NULL; it = json_object_iter_next(whole, it), first = false)
			write_member(w, json_object_iter_key(it), json_object_iter_key_len(it), json_object_iter_value(it), first, depth);
	}
	buf_addc(&w->buf, '}');
}

static void write_real(struct writer *w, const json_t *value)
{
	char text[64];
	if (w->canonical)
		w->fault = "只可用整数";
	else
		buf_add(&w->buf, text, json_dumpb(value, text, sizeof(text), JSON_ENCODE_ANY));
}

static void write_value(struct writer *w, const json_t *value, int depth)
{
	if (w->canonical && depth > CANONICAL_DEPTH) {
		w->fault = "嵌套过深";
		return;
	}
	switch (json_typeof(value)) {
	case JSON_OBJECT: write_object(w, value, depth); break;
	case JSON_ARRAY:
		buf_addc(&w->buf, '[');
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (i > 0)
				buf_addc(&w->buf, ',');
			write_value(w, json_array_get(value, i), depth + 1);
		}
		buf_addc(&w->buf, ']');
		break;
	case JSON_STRING: buf_add_json(&w->buf, json_string_value(value), json_string_length(value)); break;
	case JSON_INTEGER: buf_add_int(&w->buf, json_integer_value(value)); break;
	case JSON_REAL: write_real(w, value); break;
	case JSON_TRUE: buf_adds(&w->buf, "true"); break;
	case JSON_FALSE: buf_adds(&w->buf, "false"); break;
	case JSON_NULL: buf_adds(&w->buf, "null"); break;
	}
}

int json_canonical(struct arena *arena, const json_t *value, char **out, size_t *len_out, struct err *err)
{
	struct writer w = {.canonical = true};
	buf_init(&w.buf, arena, CANONICAL_MAX);
	write_value(&w, value, 0);
	if (w.fault != NULL)
		return ERR(err, ERR_INVALID, "JSON 不能写成规范形式：%s", w.fault);
	if (w.buf.overflow)
		return ERR(err, ERR_LIMIT, "JSON 规范形式过大，至多 %zu 字节", CANONICAL_MAX);
	*out = w.buf.data;
	*len_out = w.buf.len;
	return 0;
}

char *json_text(struct arena *arena, const json_t *value, size_t *len_out)
{
	struct writer w = {0};
	buf_init(&w.buf, arena, (size_t)256 << 20);
	write_value(&w, value, 0);
	BUG_ON(w.fault != NULL || w.buf.overflow);
	if (len_out != NULL)
		*len_out = w.buf.len;
	return w.buf.data;
}

const char *json_str(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

json_t *json_find(const json_t *array, const char *key, const char *text)
{
	json_t *one;
	size_t i;
	json_array_foreach(array, i, one)
		if (text_eq(json_str(one, key), text))
			return one;
	return NULL;
}

int64_t json_int(const json_t *object, const char *key, int64_t fallback)
{
	const json_t *value = json_object_get(object, key);
	return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool json_bool(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

json_t *json_path(const json_t *object, const char *path)
{
	char key[128];
	const json_t *value = object;
	while (value != NULL && *path != '\0') {
		size_t len = strcspn(path, ".");
		if (len >= sizeof(key))
			return NULL;
		memcpy(key, path, len);
		key[len] = '\0';
		value = json_object_get(value, key);
		path += len;
		if (*path == '.')
			path++;
	}
	return (json_t *)(uintptr_t)value;
}

/* jansson would look at each character in the dearest way; what it holds is as surely UTF-8 by our own look. */
static json_t *checked_string(const char *text)
{
	size_t len = strlen(text);
	BUG_ON(!utf8_valid(text, len));
	return json_stringn_nocheck(text, len);
}

void json_put(json_t *object, const char *key, json_t *owned)
{
	size_t len = strlen(key);
	BUG_ON(!utf8_valid(key, len));
	if (owned != NULL)
		BUG_ON(json_object_setn_new_nocheck(object, key, len, owned) != 0);
}

void json_put_str(json_t *object, const char *key, const char *text)
{
	if (text != NULL)
		json_put(object, key, checked_string(text));
}

void json_put_int(json_t *object, const char *key, int64_t value)
{
	json_put(object, key, json_integer(value));
}

void json_put_bool(json_t *object, const char *key, bool value)
{
	json_put(object, key, json_boolean(value));
}

void json_push(json_t *array, json_t *owned)
{
	BUG_ON(json_array_append_new(array, owned) != 0);
}

void json_push_str(json_t *array, const char *text)
{
	json_push(array, text == NULL ? NULL : checked_string(text));
}

const char *json_joined(struct arena *arena, const json_t *list, const char *between)
{
	struct buf out;
	const json_t *one;
	size_t i;
	buf_init(&out, arena, (size_t)1 << 24);
	json_array_foreach(list, i, one) {
		if (i > 0)
			buf_adds(&out, between);
		buf_adds(&out, text_or_empty(json_string_value(one)));
	}
	return out.data;
}
