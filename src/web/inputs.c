#include "web/inputs.h"

#include "base/civil.h"
#include "base/text.h"

static void refuse(struct err *err, const struct action_input *input, const char *what, const char *why)
{
	struct diag *diag = err_diag(err, input->name, "%s%s", input->title, what);
	diag->why = why;
	diag->mend = input->help;
}

static bool control_free(const char *text, bool lines)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if ((c < 0x20 && !(lines && (c == '\n' || c == '\r' || c == '\t'))) || c == 0x7f)
			return false;
	}
	return true;
}

static json_t *check_text(const struct action_input *input, const char *text, struct arena *arena, struct err *err)
{
	const char *kept = input->secret ? text : text_trim(arena, text);
	if (*kept == '\0')
		return NULL;
	if (utf8_count(kept, strlen(kept)) > (size_t)input->max)
		refuse(err, input, "过长", arena_printf(err->arena, "至多 %lld 个字", (long long)input->max));
	else if (!control_free(kept, input->max > 1000))
		refuse(err, input, "中有不可见的控制字符", "只能有普通文字");
	else
		return json_string(kept);
	return NULL;
}

static json_t *check_int(const struct action_input *input, const json_t *value, struct arena *arena, struct err *err)
{
	int64_t number;
	const char *text = json_string_value(value);
	if (text != NULL)
		text = text_trim(arena, text);
	if (text != NULL && *text == '\0')
		return NULL;
	if (json_is_integer(value)) {
		number = json_integer_value(value);
	} else if (text == NULL || !text_int(text, strlen(text), &number)) {
		refuse(err, input, "不是整数", "填写整数");
		return NULL;
	}
	if (number < input->min || (input->max != 0 && number > input->max)) {
		refuse(err, input, "超出范围",
		       arena_printf(err->arena, "%lld 至 %lld", (long long)input->min, (long long)input->max));
		return NULL;
	}
	return json_integer(number);
}

static json_t *check_choice(const struct action_input *input, const char *text, struct err *err)
{
	if (*text == '\0')
		return NULL;
	for (const char *const *option = input->options; *option != NULL; option++)
		if (text_eq(*option, text))
			return json_string(text);
	refuse(err, input, "不在可选范围内", "从给出的选项中选择");
	return NULL;
}

/* A new reference to the checked value, or NULL: not given, or refused (a diagnostic was added). */
static json_t *check_value(const struct action_input *input, json_t *value, struct arena *arena, struct err *err)
{
	const char *text = json_string_value(value);
	if (text != NULL && json_string_length(value) != strlen(text)) {
		refuse(err, input, "中有不能使用的字符", "只能有普通文字");
		return NULL;
	}
	switch (input->type) {
	case INPUT_JSON: return json_incref(value);
	case INPUT_INT: return check_int(input, value, arena, err);
	case INPUT_FILE:
		if (json_is_object(value) && json_is_integer(json_object_get(value, "file")))
			return json_incref(value);
		if (text != NULL && *text == '\0')
			return NULL;
		refuse(err, input, "不是文件", "以文件上传");
		return NULL;
	case INPUT_TEXT:
	case INPUT_DATE:
	case INPUT_CHOICE: break;
	}
	if (text == NULL) {
		refuse(err, input, "不是文字", "填写文字");
		return NULL;
	}
	if (input->type == INPUT_TEXT)
		return check_text(input, text, arena, err);
	if (input->type == INPUT_CHOICE)
		return check_choice(input, text, err);
	day_t day;
	text = text_trim(arena, text);
	if (*text == '\0')
		return NULL;
	if (!day_parse(text, strlen(text), &day)) {
		refuse(err, input, "不是日期", "写成 2026-02-10");
		return NULL;
	}
	return json_string(text);
}

static json_t *check_many(const struct action_input *input, json_t *value, struct arena *arena, struct err *err)
{
	json_t *out = json_array();
	size_t count = json_is_array(value) ? json_array_size(value) : 1;
	for (size_t i = 0; i < count; i++) {
		json_t *one = check_value(input, json_is_array(value) ? json_array_get(value, i) : value, arena, err);
		if (one != NULL)
			json_push(out, one);
	}
	return out;
}

/* The raw value of a query or path input; NULL: not given. Given twice: a diagnostic. */
static json_t *from_pairs(const struct action_input *input, const struct pairs *pairs, struct arena *arena,
			  struct err *err)
{
	const char *found = NULL;
	for (size_t i = 0; i < pairs->count; i++) {
		if (!text_eq(pairs->items[i].name, input->name))
			continue;
		if (found != NULL) {
			refuse(err, input, "填写了两次", "只填写一次");
			return NULL;
		}
		found = pairs->items[i].value;
	}
	return found == NULL ? NULL : json_tie(arena, json_string(found));
}

static void check_unknown(const struct action *action, const json_t *doc, struct err *err)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)doc, key, value)
	{
		bool known = text_eq(key, "csrf") || (action->generic && text_eq(key, "f"));
		for (size_t i = 0; i < action->ninputs && !known; i++)
			known = action->inputs[i].where == INPUT_FORM && text_eq(action->inputs[i].name, key);
		if (known)
			continue;
		struct diag *diag = err_diag(err, key, "不认识的项目 %s", key);
		diag->mend = "去掉它，或者按接口说明改正名称";
	}
}

int inputs_collect(const struct action *action, const struct pairs *path, const struct pairs *query, const json_t *doc,
		   bool json, struct arena *arena, json_t **out, struct err *err)
{
	json_t *inputs = json_tie(arena, json_object());
	bool whole = false;
	for (size_t i = 0; i < action->ninputs; i++) {
		const struct action_input *input = &action->inputs[i];
		json_t *raw = NULL;
		switch (input->where) {
		case INPUT_PATH: raw = from_pairs(input, path, arena, err); break;
		case INPUT_QUERY: raw = from_pairs(input, query, arena, err); break;
		case INPUT_FORM: raw = json_object_get(doc, input->name); break;
		case INPUT_BODY:
			raw = (json_t *)(uintptr_t)doc;
			whole = true;
			break;
		}
		size_t before = err->ndiags;
		json_t *value = NULL;
		if (raw != NULL && !json_is_null(raw))
			value = input->many ? check_many(input, raw, arena, err) : check_value(input, raw, arena, err);
		if (value == NULL && input->where == INPUT_PATH)
			return ERR(err, ERR_NOT_FOUND, "没有这个页面");
		if (value == NULL && input->required && err->ndiags == before)
			refuse(err, input, "没有填写", "必填");
		json_put(inputs, input->name, value);
	}
	if (json && !whole)
		check_unknown(action, doc, err);
	*out = inputs;
	return err->ndiags == 0 ? 0 : ERR(err, ERR_INVALID, "填写的内容有 %zu 处需要改正", err->ndiags);
}
