/* What is due at an instant: override, else off, else schedule, else default. */
#include "render/transition.h"
#include "show/private.h"

static void due_default(const struct show *show, int64_t origin, struct due *due)
{
	due->source = SHOW_DEFAULT;
	due->text = show->fallback;
	due->origin = origin;
	due->known = true;
}

static void due_override(const struct show *show, const struct override *override, struct due *due)
{
	const struct announced *announced = &show->announcements[override - show->overrides];
	bool blank = override->kind == OVERRIDE_BLANK;

	due->source = blank ? SHOW_BLANK : SHOW_ANNOUNCE;
	due->override = override;
	due->text = announced->stored;
	due->counting = announced->counts ? announced : NULL;
	due->origin = override->start;
	due->known = true;
}

static void due_scheduled(const struct show *show, const struct segment *segment, struct due *due)
{
	due->segment = segment;
	due->known = true;
	if (!segment->entry) {
		due_default(show, segment->start, due);
		return;
	}
	due->source = SHOW_SCHEDULE;
	due->origin = segment->item_start;
}

void show_due_planned(const struct show *show, const struct day *day, int64_t time, struct due *ret_due)
{
	*ret_due = (struct due){.source = SHOW_SCHEDULE};
	if (day && !day_is_on(day, time)) {
		ret_due->source = SHOW_OFF;
		ret_due->known = true;
	} else if (day) {
		due_scheduled(show, timeline_at(day->timeline, time), ret_due);
	}
}

int64_t segment_transition(const struct face *face, const struct segment *segment)
{
	int64_t length = segment->end - segment->start;

	if (!segment->item || transition_on(face, segment->item->transition) == TRANSITION_CUT)
		return 0;
	return segment->item->transition_time < length ? segment->item->transition_time : length;
}

void show_due(const struct show *show, const struct day *day, struct instant at, struct due *ret_due)
{
	const struct override *override;

	*ret_due = (struct due){.source = SHOW_SCHEDULE};
	override = override_at(show->overrides, show->override_count, show->view.display, at);
	if (override)
		due_override(show, override, ret_due);
	else if (!at.trusted) /* no clock that can be believed, no schedule */
		due_default(show, 0, ret_due);
	else
		show_due_planned(show, day, at.time, ret_due);
}
