#include "work/waiting.h"

#include "base/text.h"
#include "work/state.h"

static const struct {
	const char *done, *waiting;
	bool closed; /* also when the case is closed */
} hands[] = {
    {"filing.proposed", "filing.reviewed", false},
    {"filing.reviewed", "filing.approved", false},
    {"decision.proposed", "decision.reviewed", false},
    {"decision.reviewed", "decision.approved", false},
    {"review.sent", "review.taken-in", false},
    {"review.taken-in", "review.opinion", false},
    {"publication.redacted", "publication.reviewed", true},
    {"publication.reviewed", "publication.approved", true},
    {"publication.approved", "publication.published", true},
    {"measure.proposed", "measure.approved", false},
    {"closing.proposed", "closing.approved", false},
    {"closing.approved", "file.archived", true},
};

static const json_t *last_of(const json_t *entries, const char *kind)
{
	const json_t *list = json_object_get(entries, kind);
	size_t n = json_array_size(list);
	return n == 0 ? NULL : json_array_get(list, n - 1);
}

const char *waiting_text(const json_t *state, struct arena *arena)
{
	const json_t *entries = json_object_get(state, "entries");
	bool closed = state_closed(state) != INSTANT_NONE;
	json_t *out = NULL;
	for (size_t i = 0; i < sizeof(hands) / sizeof(hands[0]); i++) {
		const json_t *done = last_of(entries, hands[i].done);
		if (done == NULL || (closed && !hands[i].closed) || json_int(last_of(entries, hands[i].waiting), "n", 0) > json_int(done, "n", 0))
			continue;
		if (out == NULL)
			out = json_tie(arena, json_array());
		json_t *one = json_object();
		json_put_str(one, "kind", hands[i].waiting);
		json_put_str(one, "by", text_or_empty(json_str(done, "by")));
		json_put_int(one, "at", json_int(done, "at", 0));
		json_push(out, one);
	}
	return out == NULL ? "" : json_text(arena, out, NULL);
}
