#include "base/text.h"
#include "law/model.h"

bool instrument_covers(const struct instrument *instrument, const struct law_place *place)
{
	switch (instrument->level) {
	case LEVEL_PLATFORM:
	case LEVEL_NATION: return true;
	case LEVEL_BUREAU: return place->agency != NULL && text_eq(place->agency, instrument->agency);
	default: return area_within(place->area, instrument->area);
	}
}

static bool was_in_force(const struct instrument *instrument, day_t day)
{
	return day >= instrument->in_force && (instrument->repealed == DAY_NONE || day < instrument->repealed);
}

static bool keeps(const struct instrument *instrument, day_t opened)
{
	return instrument->keeps_opened && opened != DAY_NONE && was_in_force(instrument, opened);
}

/* Whether another instrument, repealed by this one, still holds the case. */
static bool gives_way(const struct law *law, const struct instrument *instrument, day_t today, day_t opened)
{
	for (size_t i = 0; i < instrument->repeals.count; i++) {
		const struct instrument *old = names_get(&law->instrument_ids, instrument->repeals.items[i]);
		if (old != NULL && !was_in_force(old, today) && keeps(old, opened))
			return true;
	}
	return false;
}

struct law_scope *law_scope(const struct law *law, const struct law_place *place, day_t today, day_t opened, struct arena *arena)
{
	struct law_scope *scope = ARENA_NEW(arena, struct law_scope);
	scope->law = law;
	scope->place.agency = arena_strdup(arena, place->agency);
	scope->place.area = arena_strdup(arena, place->area);
	scope->today = today;
	scope->opened = opened;
	for (size_t i = 0; i < law->instruments.count; i++) {
		const struct instrument *instrument = law->instruments.items[i];
		if (!instrument_covers(instrument, place))
			continue;
		if (!was_in_force(instrument, today) && !keeps(instrument, opened))
			continue;
		if (gives_way(law, instrument, today, opened))
			continue;
		scope->bits[i / 64] |= UINT64_C(1) << (i % 64);
	}
	return scope;
}
