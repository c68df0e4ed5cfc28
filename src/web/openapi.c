#include "web/openapi.h"

#include "base/text.h"

static json_t *reference(struct arena *arena, const char *section, const char *name)
{
	json_t *out = json_object();
	json_put_str(out, "$ref", arena_printf(arena, "#/components/%s/%s", section, name));
	return out;
}

static json_t *typed(const char *type)
{
	json_t *out = json_object();
	json_put_str(out, "type", type);
	return out;
}

static json_t *formatted(const char *format)
{
	json_t *out = typed("string");
	json_put_str(out, "format", format);
	return out;
}

static json_t *array_of(json_t *items)
{
	json_t *out = typed("array");
	json_put(out, "items", items);
	return out;
}

static json_t *file_place(void)
{
	json_t *out = typed("object"), *members = json_object(), *required = json_array();
	json_put(members, "file", typed("integer"));
	json_put(out, "properties", members);
	json_push_str(required, "file");
	json_put(out, "required", required);
	return out;
}

/* ---------------------------------------------------------------- kinds */

static json_t *kind_field(const json_t *field, int depth);

static json_t *table_row(const json_t *columns, int depth)
{
	json_t *row = typed("object"), *members = json_object();
	for (size_t i = 0; i < json_array_size(columns); i++) {
		const json_t *column = json_array_get(columns, i);
		json_put(members, json_str(column, "name"), kind_field(column, depth + 1));
	}
	const char *name;
	json_t *column;
	json_object_foreach((json_t *)(uintptr_t)columns, name, column)
	    json_put(members, name, kind_field(column, depth + 1));
	json_put(row, "properties", members);
	return row;
}

static json_t *field_schema(const char *type, const json_t *field, int depth)
{
	static const char *const lists[] = {"officers", "clauses", NULL};
	static const char *const objects[] = {"range", "person", "organisation", "party", "address", "signature", NULL};
	for (size_t i = 0; lists[i] != NULL; i++)
		if (text_eq(type, lists[i]))
			return array_of(typed("string"));
	for (size_t i = 0; objects[i] != NULL; i++)
		if (text_eq(type, objects[i]))
			return typed("object");
	if (text_eq(type, "yes-no"))
		return typed("boolean");
	if (text_eq(type, "number"))
		return typed("integer");
	if (text_eq(type, "date"))
		return formatted("date");
	if (text_eq(type, "file"))
		return file_place();
	if (text_eq(type, "files"))
		return array_of(file_place());
	if (text_eq(type, "choices"))
		return array_of(typed("string"));
	if (text_eq(type, "table") && depth == 0)
		return array_of(table_row(json_object_get(field, "columns"), depth));
	json_t *out = typed("string");
	if (text_eq(type, "money"))
		json_put_str(out, "pattern", "^[0-9]+(\\.[0-9]{1,2})?$");
	return out;
}

/* Options as they stand: texts, or {value, title}. */
static void add_options(json_t *schema, const json_t *options)
{
	json_t *values = json_array();
	for (size_t i = 0; i < json_array_size(options); i++) {
		const json_t *option = json_array_get(options, i);
		const char *text = json_is_string(option) ? json_string_value(option) : json_str(option, "value");
		if (text != NULL)
			json_push_str(values, text);
	}
	json_t *items = json_object_get(schema, "items");
	json_t *target = items != NULL ? items : schema;
	if (json_array_size(values) > 0 && text_eq(json_str(target, "type"), "string"))
		json_put(target, "enum", values);
	else
		json_decref(values);
}

static json_t *kind_field(const json_t *field, int depth)
{
	json_t *out = field_schema(json_str(field, "type"), field, depth);
	json_put_str(out, "title", json_str(field, "title"));
	json_put_str(out, "description", json_str(field, "help"));
	add_options(out, json_object_get(field, "options"));
	json_t *max = json_object_get(field, "max");
	if (json_is_integer(max) && text_eq(json_str(out, "type"), "string"))
		json_put(out, "maxLength", json_incref(max));
	return out;
}

static json_t *kind_schema(const json_t *kind)
{
	json_t *out = typed("object"), *members = json_object(), *required = json_array(),
	       *fields = json_object_get(kind, "fields");
	json_put_str(out, "title", json_str(kind, "title"));
	for (size_t i = 0; i < json_array_size(fields); i++) {
		const json_t *field = json_array_get(fields, i);
		const char *name = json_str(field, "name");
		if (name == NULL)
			continue;
		json_put(members, name, kind_field(field, 0));
		if (json_is_true(json_object_get(field, "required")))
			json_push_str(required, name);
	}
	json_put(out, "properties", members);
	if (json_array_size(required) > 0)
		json_put(out, "required", required);
	else
		json_decref(required);
	return out;
}

/* The streams whose kinds can be appended through the interface; other kinds the program writes itself. */
static bool appendable(const json_t *kind)
{
	static const char *const streams[] = {"case", "agency", "officer", NULL};
	for (size_t i = 0; streams[i] != NULL; i++)
		if (text_eq(json_str(kind, "stream"), streams[i]))
			return true;
	return false;
}

static void add_kinds(json_t *schemas, const json_t *kinds, struct arena *arena)
{
	for (size_t i = 0; i < json_array_size(kinds); i++) {
		const json_t *kind = json_array_get(kinds, i);
		const char *name = json_str(kind, "kind");
		if (name != NULL && appendable(kind))
			json_put(schemas, arena_printf(arena, "kind.%s", name), kind_schema(kind));
	}
}

/* What may stand under `f` of an action: the kinds of its stream. */
static json_t *kinds_of(const struct action *action, const json_t *kinds, struct arena *arena)
{
	const char *stream = text_starts(action->path, "/desk/agencies")   ? "agency"
			     : text_starts(action->path, "/desk/officers") ? "officer"
									   : "case";
	json_t *any = json_array(), *out = json_object();
	for (size_t i = 0; i < json_array_size(kinds); i++) {
		const json_t *kind = json_array_get(kinds, i);
		if (text_eq(json_str(kind, "stream"), stream) && json_str(kind, "kind") != NULL)
			json_push(any,
				  reference(arena, "schemas", arena_printf(arena, "kind.%s", json_str(kind, "kind"))));
	}
	json_put_str(out, "description", "记录种类的字段；各地的规定可以增加字段或者要求必填");
	if (json_array_size(any) > 1) {
		json_put(out, "anyOf", any);
	} else if (json_array_size(any) == 1) {
		json_put(out, "$ref", json_incref(json_object_get(json_array_get(any, 0), "$ref")));
		json_decref(any);
	} else {
		json_decref(any);
		json_put_str(out, "type", "object");
	}
	return out;
}

/* ---------------------------------------------------------------- actions */

static json_t *input_schema(const struct action_input *input, bool multipart)
{
	json_t *out;
	switch (input->type) {
	case INPUT_INT:
		out = typed("integer");
		json_put_int(out, "minimum", input->min);
		if (input->max != 0)
			json_put_int(out, "maximum", input->max);
		break;
	case INPUT_DATE: out = formatted("date"); break;
	case INPUT_FILE: out = multipart ? formatted("binary") : file_place(); break;
	case INPUT_JSON: out = json_object(); break;
	case INPUT_CHOICE:
		out = typed("string");
		json_put(out, "enum", json_array());
		for (const char *const *option = input->options; *option != NULL; option++)
			json_push_str(json_object_get(out, "enum"), *option);
		break;
	case INPUT_TEXT:
	default:
		out = input->secret ? formatted("password") : typed("string");
		json_put_int(out, "maxLength", input->max);
		break;
	}
	json_put_str(out, "title", input->title);
	return input->many ? array_of(out) : out;
}

static json_t *parameters(const struct action *action)
{
	json_t *out = json_array();
	for (size_t i = 0; i < action->ninputs; i++) {
		const struct action_input *input = &action->inputs[i];
		if (input->where != INPUT_PATH && input->where != INPUT_QUERY)
			continue;
		json_t *one = json_object();
		json_put_str(one, "name", input->name);
		json_put_str(one, "in", input->where == INPUT_PATH ? "path" : "query");
		json_put_bool(one, "required", input->required);
		json_put_str(one, "description", input->help);
		json_put(one, "schema", input_schema(input, false));
		json_push(out, one);
	}
	return out;
}

static json_t *body_schema(const struct action *action, const json_t *kinds, bool multipart, struct arena *arena)
{
	json_t *out = typed("object"), *members = json_object(), *required = json_array();
	for (size_t i = 0; i < action->ninputs; i++) {
		const struct action_input *input = &action->inputs[i];
		if (input->where == INPUT_BODY) {
			json_decref(out);
			json_decref(members);
			json_decref(required);
			return input_schema(input, multipart);
		}
		if (input->where != INPUT_FORM)
			continue;
		json_t *schema = input_schema(input, multipart);
		json_put_str(schema, "description", input->help);
		json_put(members, input->name, schema);
		if (input->required)
			json_push_str(required, input->name);
	}
	if (action->generic && !multipart)
		json_put(members, "f", kinds_of(action, kinds, arena));
	if (action->generic && multipart) {
		json_t *whole = typed("object");
		json_put_str(whole, "description", "与 application/json 相同的对象；文件另作为名为 f.字段 的部分上传");
		json_put(members, "json", whole);
	}
	json_put(out, "properties", members);
	if (json_array_size(required) > 0)
		json_put(out, "required", required);
	else
		json_decref(required);
	return out;
}

static json_t *content(const char *type, json_t *schema)
{
	json_t *out = json_object(), *media = json_object();
	json_put(media, "schema", schema);
	json_put(out, type, media);
	return out;
}

static json_t *request_body(const struct action *action, const json_t *kinds, struct arena *arena)
{
	json_t *out = json_object(), *types = content("application/json", body_schema(action, kinds, false, arena));
	if (action->files) {
		json_t *media = json_object();
		json_put(media, "schema", body_schema(action, kinds, true, arena));
		json_put(types, "multipart/form-data", media);
	}
	json_put(out, "content", types);
	json_put_bool(out, "required", true);
	return out;
}

static json_t *described(const char *text)
{
	json_t *out = json_object();
	json_put_str(out, "description", text);
	return out;
}

static json_t *responses(const struct action *action, struct arena *arena)
{
	json_t *out = json_object(), *good = described("成功");
	if (action->template != NULL || action->method == METHOD_POST)
		json_put(good, "content", content("application/json", typed("object")));
	json_put(out, "200", good);
	if (action->generic) {
		json_t *made = described("已经写入");
		json_put(made, "content", content("application/json", typed("object")));
		json_put(out, "201", made);
	}
	json_put(out, "404", reference(arena, "responses", "problem"));
	if (action->permission != PERMIT_PUBLIC) {
		json_put(out, "401", reference(arena, "responses", "problem"));
		json_put(out, "403", reference(arena, "responses", "problem"));
	}
	if (action->ninputs > 0 || action->method == METHOD_POST)
		json_put(out, "422", reference(arena, "responses", "problem"));
	if (action->generic)
		json_put(out, "409", reference(arena, "responses", "problem"));
	json_put(out, "503", reference(arena, "responses", "problem"));
	return out;
}

static json_t *security(const struct action *action)
{
	json_t *out = json_array();
	if (action->permission == PERMIT_PUBLIC)
		return out;
	static const char *const ways[] = {"token", "session"};
	for (size_t i = 0; i < 2; i++) {
		if (i == (action->permission == PERMIT_SESSION ? 0 : action->permission == PERMIT_TOKEN ? 1 : 2))
			continue;
		json_t *way = json_object();
		json_put(way, ways[i], json_array());
		json_push(out, way);
	}
	return out;
}

static json_t *operation(const struct action *action, const json_t *kinds, struct arena *arena)
{
	json_t *out = json_object(), *tags = json_array();
	json_push_str(tags, arena_strndup(arena, action->id, strcspn(action->id, ".")));
	json_put(out, "tags", tags);
	json_put_str(out, "operationId", action->id);
	json_put_str(out, "summary", action->title);
	const char *who = "";
	if (action->roles != NULL) {
		who = "需要角色：";
		for (const char *const *role = action->roles; *role != NULL; role++)
			who = arena_printf(arena, "%s%s%s", who, role == action->roles ? "" : "、", *role);
	}
	json_put_str(out, "description", arena_printf(arena, "%s%s", action->summary, who));
	json_t *places = parameters(action);
	if (json_array_size(places) > 0)
		json_put(out, "parameters", places);
	else
		json_decref(places);
	bool body = action->generic;
	for (size_t i = 0; i < action->ninputs; i++)
		body = body || action->inputs[i].where == INPUT_FORM || action->inputs[i].where == INPUT_BODY;
	if (body)
		json_put(out, "requestBody", request_body(action, kinds, arena));
	json_put(out, "responses", responses(action, arena));
	json_put(out, "security", security(action));
	return out;
}

/* ---------------------------------------------------------------- document */

static json_t *problem_schema(void)
{
	static const char *const members[] = {"type", "title", "detail", "instance"};
	json_t *out = typed("object"), *all = json_object(), *required = json_array();
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		json_put(all, members[i], typed("string"));
	json_put(all, "status", typed("integer"));
	static const char *const clause[] = {"clause", "cite", "say", "mend"}, *const error[] = {"where", "what", "why",
												 "mend"};
	json_t *clauses = typed("object"), *errors = typed("object"), *a = json_object(), *b = json_object();
	for (size_t i = 0; i < 4; i++) {
		json_put(a, clause[i], typed("string"));
		json_put(b, error[i], typed("string"));
	}
	json_put(clauses, "properties", a);
	json_put(errors, "properties", b);
	json_put(all, "clauses", array_of(clauses));
	json_put(all, "errors", array_of(errors));
	json_put(out, "properties", all);
	json_push_str(required, "type");
	json_push_str(required, "title");
	json_push_str(required, "status");
	json_put(out, "required", required);
	return out;
}

static json_t *components(const json_t *kinds, struct arena *arena)
{
	json_t *out = json_object(), *schemas = json_object(), *all_responses = json_object(), *schemes = json_object();
	json_put(schemas, "problem", problem_schema());
	add_kinds(schemas, kinds, arena);
	json_t *problem = described("没有办成：RFC 9457 说明，含依据的条文和补救办法");
	json_put(problem, "content", content("application/problem+json", reference(arena, "schemas", "problem")));
	json_put(all_responses, "problem", problem);
	json_t *token = typed("http"), *session = typed("apiKey");
	json_put_str(token, "scheme", "bearer");
	json_put_str(token, "description", "接口令牌，在“接口令牌”页面新建");
	json_put_str(session, "in", "cookie");
	json_put_str(session, "name", "__Host-sanzhi");
	json_put_str(session, "description", "登录后的会话；提交时另须带页面中的 csrf，或者 X-CSRF-Token");
	json_put(schemes, "token", token);
	json_put(schemes, "session", session);
	json_put(out, "schemas", schemas);
	json_put(out, "responses", all_responses);
	json_put(out, "securitySchemes", schemes);
	return out;
}

static json_t *tag(const char *name, const char *description)
{
	json_t *out = json_object();
	json_put_str(out, "name", name);
	json_put_str(out, "description", description);
	return out;
}

static json_t *heads(const char *base_url, json_t *doc)
{
	json_t *info = json_object(), *license = json_object(), *servers = json_array(), *server = json_object(),
	       *tags = json_array();
	json_put_str(doc, "openapi", "3.1.0");
	json_put_str(info, "title", "三制：行政执法三项制度平台");
	json_put_str(info, "version", SANZHI_VERSION);
	json_put_str(info, "summary", "行政执法公示、全过程记录、重大执法决定法制审核");
	json_put_str(info, "description",
		     "网页上能看的、能办的，程序都能看、能办：同一地址，要求 application/json 即可。");
	json_put_str(license, "name", "Apache-2.0");
	json_put_str(license, "identifier", "Apache-2.0");
	json_put(info, "license", license);
	json_put(doc, "info", info);
	json_put_str(server, "url", base_url == NULL || *base_url == '\0' ? "/" : base_url);
	json_push(servers, server);
	json_put(doc, "servers", servers);
	json_push(tags, tag("portal", "公示：面向公众"));
	json_push(tags, tag("desk", "办案：面向执法人员、审核人员和管理员"));
	json_push(tags, tag("tower", "监督：面向监督人员"));
	json_push(tags, tag("machine", "供程序和监控使用"));
	json_put(doc, "tags", tags);
	return doc;
}

json_t *openapi_document(const struct action_table *actions, const json_t *kinds, const char *base_url,
			 struct arena *arena)
{
	json_t *doc = heads(base_url, json_tie(arena, json_object())), *paths = json_object();
	for (size_t i = 0; i < actions->count; i++) {
		const struct action *action = &actions->actions[i];
		char *path = arena_strdup(arena, action->path);
		char *star = strstr(path, "*}");
		if (star != NULL) /* OpenAPI has no word for the rest of a path */
			memmove(star, star + 1, strlen(star));
		json_t *item = json_object_get(paths, path);
		if (item == NULL) {
			item = json_object();
			json_put(paths, path, item);
		}
		json_put(item, action->method == METHOD_GET ? "get" : "post", operation(action, kinds, arena));
	}
	json_put(doc, "paths", paths);
	json_put(doc, "components", components(kinds, arena));
	return doc;
}
