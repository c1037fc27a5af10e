#include "store/override.h"

#include "base/alloc.h"
#include "site/site.h"

static bool is_on(const struct override *override, const struct display *display)
{
	for (size_t i = 0; i < override->on_count; i++) {
		if (strcmp(override->on[i], "*") == 0 || display_matches(display, override->on[i]))
			return true;
	}
	return false;
}

/* Whether a, which stands later in the list, comes before b. */
static bool beats(const struct override *a, const struct override *b)
{
	if (a->kind != b->kind)
		return a->kind == OVERRIDE_BLANK;
	return a->start >= b->start;
}

const struct override *override_at(
	const struct override *overrides, size_t count, const struct display *display, int64_t time)
{
	const struct override *best = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct override *o = &overrides[i];

		if (time >= o->start && time < o->end && (!best || beats(o, best)) && is_on(o, display))
			best = o;
	}
	return best;
}

void overrides_free(struct override *overrides, size_t count)
{
	for (size_t i = 0; overrides && i < count; i++) {
		free(overrides[i].text);
		for (size_t j = 0; j < overrides[i].on_count; j++)
			free(overrides[i].on[j]);
		free(overrides[i].on);
	}
	free(overrides);
}
