#include "base/text.h"
#include "paper/decision.h"
#include "work/registers.h"

#define LEVELS_MAX 16 /* from a township to the nation is fewer; a register that turns in a circle is left */

/* Who decides: the agency, or the government that stands over it. A register without that government leaves the agency. */
static int decider(struct site *site, const json_t *facts, const char *code, struct arena *arena, struct agency *out, struct err *err)
{
	int rc = agency_get(site, NULL, code, arena, out, err);
	if (rc != 0 || !text_eq(json_str(facts, "decided-as"), "政府"))
		return rc;
	struct agency above = *out;
	for (int i = 0; i < LEVELS_MAX && !text_eq(above.kind, "人民政府"); i++) {
		if (above.parent == NULL || *above.parent == '\0')
			return 0;
		rc = agency_get(site, NULL, above.parent, arena, &above, err);
		if (rc != 0)
			return rc;
	}
	if (text_eq(above.kind, "人民政府"))
		*out = above;
	return 0;
}

int paper_decision(struct site *site, const json_t *facts, const struct entry *decision, struct arena *arena, void **pdf, size_t *len, struct err *err)
{
	struct agency agency;
	struct paper_document document;
	const char *code = json_str(facts, "agency");
	int rc = decider(site, facts, code == NULL ? decision->agency : code, arena, &agency, err);
	if (rc != 0)
		return rc;
	struct decision_source source = {.law = site->law, .agency = agency.name, .base_url = site->base_url, .facts = facts, .entry = decision};
	rc = decision_model(&source, arena, &document, err);
	return rc != 0 ? rc : paper_render(&document, arena, pdf, len, err);
}
