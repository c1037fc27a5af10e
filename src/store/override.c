#include "store/override.h"

#include "base/alloc.h"
#include "base/words.h"
#include "site/site.h"

static const struct {
	const char *name;
	int64_t longest;
} levels[LEVEL_COUNT] = {
	[LEVEL_NOTICE] = {N_("notice"), 24 * NS_PER_HOUR},
	[LEVEL_URGENT] = {N_("urgent"), 6 * NS_PER_HOUR},
	[LEVEL_EMERGENCY] = {N_("emergency"), NS_PER_HOUR},
};

const char *level_name(enum override_level level)
{
	return levels[level].name;
}

bool level_find(const char *name, enum override_level *ret_level)
{
	for (size_t i = 0; i < LEVEL_COUNT; i++)
		if (strcmp(name, levels[i].name) == 0) {
			*ret_level = (enum override_level)i;
			return true;
		}
	return false;
}

int64_t level_longest(enum override_level level)
{
	return levels[level].longest;
}

/* --- which one */

bool override_names(const struct override *override, const struct display *display)
{
	for (size_t i = 0; i < override->on_count; i++) {
		if (strcmp(override->on[i], "*") == 0 || display_matches(display, override->on[i]))
			return true;
	}
	return false;
}

bool override_in_force(const struct override *override, struct instant at)
{
	if (override->kind == OVERRIDE_BLANK && !at.trusted)
		return true;
	return override->uptime == !at.trusted && at.time >= override->start && at.time < override->end;
}

/* Whether a, which stands later in the list, comes before b. */
static bool beats(const struct override *a, const struct override *b)
{
	if (a->kind != b->kind)
		return a->kind == OVERRIDE_BLANK;
	if (a->kind == OVERRIDE_ANNOUNCE && a->level != b->level)
		return a->level > b->level;
	return a->start >= b->start;
}

const struct override *override_at(
	const struct override *overrides, size_t count, const struct display *display, struct instant at)
{
	const struct override *best = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct override *o = &overrides[i];

		if (override_in_force(o, at) && (!best || beats(o, best)) && override_names(o, display))
			best = o;
	}
	return best;
}

/* --- when the clock was set */

size_t overrides_move(struct override *overrides, size_t count, struct instant from, struct instant to)
{
	size_t moved = 0;

	for (size_t i = 0; i < count; i++) {
		struct override *o = &overrides[i];
		int64_t by = to.time - from.time;

		if (o->uptime == from.trusted || o->start > from.time)
			continue;
		o->uptime = !to.trusted;
		o->start += by;
		if (o->end != TIME_NEVER)
			o->end += by;
		moved++;
	}
	return moved;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void resume(struct override *o, struct instant now)
{
	int64_t length = o->end - o->start, left = o->left;

	if (o->end == TIME_NEVER) {
		if (o->uptime || !now.trusted || o->start > now.time)
			o->start = now.time;
		o->uptime = !now.trusted;
		return;
	}
	if (left == TIME_NEVER) /* it waits for its time of day */
		return;
	left = least(left, length);
	if (now.trusted && !o->uptime)
		left = least(left, o->end - now.time);
	o->uptime = !now.trusted;
	o->end = now.time + left;
	o->start = o->end - length;
}

void overrides_resume(struct override *overrides, size_t count, struct instant now)
{
	for (size_t i = 0; i < count; i++)
		resume(&overrides[i], now);
}

/* --- copies */

void override_copy(struct override *to, const struct override *from)
{
	*to = *from;
	to->text = xstrdup(from->text);
	to->user = xstrdup(from->user);
	to->on = xcalloc(from->on_count + 1, sizeof *to->on);
	for (size_t i = 0; i < from->on_count; i++)
		to->on[i] = xstrdup(from->on[i]);
}

struct override *overrides_copy(const struct override *overrides, size_t count)
{
	struct override *copies = xcalloc(count + 1, sizeof *copies);

	for (size_t i = 0; i < count; i++)
		override_copy(&copies[i], &overrides[i]);
	return copies;
}

void override_finish(struct override *override)
{
	free(override->text);
	free(override->user);
	for (size_t i = 0; i < override->on_count; i++)
		free(override->on[i]);
	free(override->on);
	*override = (struct override){0};
}

void overrides_free(struct override *overrides, size_t count)
{
	for (size_t i = 0; overrides && i < count; i++)
		override_finish(&overrides[i]);
	free(overrides);
}
