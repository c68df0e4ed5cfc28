/* Every clause with how it is served: by the rules that cite it and by what its row names. */
#include "law/model.h"

json_t *law_coverage(const struct law *law, struct arena *arena)
{
	json_t *out = json_tie(arena, json_array());
	for (size_t i = 0; i < law->clauses.count; i++) {
		const struct clause *clause = law->clauses.values[i];
		json_t *row = json_object(), *serves = json_array(), *shown = json_array();
		for (const struct cited *cited = clause->cited; cited != NULL; cited = cited->next)
			json_push_str(serves, arena_printf(arena, "%s:%s", cited->section, cited->rule));
		for (size_t k = 0; k < clause->served_by.count; k++)
			json_push_str(serves, clause->served_by.items[k]);
		for (size_t k = 0; k < clause->shown_by.count; k++)
			json_push_str(shown, clause->shown_by.items[k]);
		json_put_str(row, "clause", clause->id);
		json_put_str(row, "instrument", clause->instrument->id);
		json_put_str(row, "cite", clause->full_cite);
		json_put_str(row, "kind", clause->kind);
		json_put_str(row, "text", clause->text);
		json_put_str(row, "state", json_array_size(serves) > 0 ? "served" : "not-yet");
		json_put(row, "serves", serves);
		json_put(row, "shown-by", shown);
		json_push(out, row);
	}
	return out;
}
