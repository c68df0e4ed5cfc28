#include "web/web.h"

#include "base/text.h"

#define LOGIN_BURST 10
#define SHELF_BYTES ((size_t)32 << 20)

int web_new(const struct web_options *options, struct arena *arena, struct web **out, struct err *err)
{
	struct web *web = ARENA_NEW(arena, struct web);
	web->site = options->site;
	web->actions = options->actions;
	web->backend = options->backend;
	web->secure = options->site->base_url != NULL && text_starts(options->site->base_url, "https://");
	web->throttle = throttle_new(arena, options->logins_per_minute, LOGIN_BURST);
	web->shelf = shelf_new(arena, SHELF_BYTES);
	int fail = guard_key(options->site->dir, web->key, err);
	struct assets *assets = NULL;
	if (fail == 0)
		fail = assets_load(options->assets, arena, &assets, err);
	web->assets = assets;
	struct template_set *templates = NULL;
	if (fail == 0 && options->templates != NULL)
		fail = template_load(options->templates, options->template_flags | TEMPLATE_TIGHT, arena, &templates, err);
	web->templates = templates;
	for (size_t i = 0; fail == 0 && templates != NULL && i < web->actions->count; i++) {
		const struct action *action = &web->actions->actions[i];
		if (action->template != NULL && !template_has(templates, action->template)) {
			struct diag *diag = err_diag(err, action->id, "没有模板 %s", action->template);
			diag->mend = "在模板目录中写出它，或者改正 actions.yaml";
		}
	}
	if (fail == 0 && err->ndiags > 0)
		fail = ERR(err, ERR_INVALID, "有 %zu 个页面没有模板", err->ndiags);
	if (fail == 0)
		*out = web;
	return fail;
}
