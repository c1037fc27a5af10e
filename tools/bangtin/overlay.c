#include "overlay.h"

#include "base/alloc.h"
#include "walk.h"

struct overlay {
	const struct context *context;
	int64_t *borders; /* sorted: where something else than the schedule may change */
	size_t count, capacity, next;
	struct spell spell; /* not given yet; its end says how far it goes */
	bool open;
	void (*give)(void *data, const struct spell *spell);
	void *data;
};

static void add_border(struct overlay *o, int64_t time)
{
	array_reserve_one(o->borders, o->count, o->capacity);
	o->borders[o->count++] = time;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static void find_borders(struct overlay *o, int64_t from, int64_t until)
{
	const struct context *context = o->context;
	struct interval_list hours = {0};
	for (size_t i = 0; i < context->override_count; i++) {
		add_border(o, context->overrides[i].start);
		add_border(o, context->overrides[i].end);
	}
	day_t last = sched_programme_day(context->site, until - 1);
	for (day_t day = sched_programme_day(context->site, from); day <= last; day++) {
		walk_on_hours(context, day, &hours);
		for (size_t i = 0; i < hours.count; i++) {
			add_border(o, hours.items[i].start);
			add_border(o, hours.items[i].end);
		}
	}
	free(hours.items);
	if (o->count > 0)
		qsort(o->borders, o->count, sizeof *o->borders, compare);
}

static bool continues(const struct spell *a, const struct spell *b)
{
	return a->source == b->source && a->override == b->override && a->source != SHOW_SCHEDULE &&
	       a->source != SHOW_DEFAULT;
}

static void put(struct overlay *o, const struct spell *spell)
{
	if (o->open && continues(&o->spell, spell)) {
		o->spell.end = spell->end;
		return;
	}
	if (o->open)
		o->give(o->data, &o->spell);
	o->spell = *spell;
	o->open = true;
}

/* No border lies within it. */
static void put_piece(struct overlay *o, const struct segment *segment, int64_t start, int64_t end)
{
	struct spell spell = {.start = start, .end = end, .segment = *segment};
	struct show_state state;
	show_state_at(o->context->show, (struct instant){start, true}, &state);
	spell.source = state.source;
	spell.override = state.override;
	spell.segment.start = start;
	spell.segment.end = end;
	put(o, &spell);
}

static void visit(void *data, day_t day, const struct segment *segment)
{
	struct overlay *o = data;
	int64_t at = segment->start;
	while (at < segment->end) {
		while (o->next < o->count && o->borders[o->next] <= at)
			o->next++;
		bool cut = o->next < o->count && o->borders[o->next] < segment->end;
		int64_t end = cut ? o->borders[o->next] : segment->end;
		put_piece(o, segment, at, end);
		at = end;
	}
}

void overlay_run(const struct context *context, int64_t from, int64_t until,
	void (*give)(void *data, const struct spell *spell), void *data)
{
	struct overlay o = {.context = context, .give = give, .data = data};
	find_borders(&o, from, until);
	walk_run(&(struct walk){context, from, until, false, visit, &o});
	if (o.open)
		give(data, &o.spell);
	free(o.borders);
}

const char *override_verdict(
	const struct override *override, const struct override *winner, struct instant at)
{
	if (override == winner)
		return "wins";
	if (!override_in_force(override, at))
		return override->uptime == !at.trusted && at.time >= override->end ? "over" : "later";
	if (winner && winner->kind == OVERRIDE_BLANK)
		return "blanked";
	return winner && winner->level > override->level ? "lower-level" : "older";
}
