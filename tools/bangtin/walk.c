#include "walk.h"

void walk_on_hours(const struct context *context, day_t day, struct interval_list *list)
{
	static const struct hours whole_day = {.end = 86400};
	const struct display *display = show_view(context->show)->display;
	const struct hours *hours = display->on_hours_count ? display->on_hours : &whole_day;
	size_t count = display->on_hours_count ? display->on_hours_count : 1;

	list->count = 0;
	for (int offset = -1; offset <= 1; offset++)
		windows_add(context->site, hours, count, day, offset, TIME_NEVER, list);
	windows_merge(list);
}

static void visit_cut(const struct walk *walk, day_t day, struct segment segment, int64_t from, int64_t until)
{
	if (segment.start < from)
		segment.start = from;
	if (segment.end > until)
		segment.end = until;
	if (segment.start < segment.end)
		walk->visit(walk->data, day, &segment);
}

static void visit_day(const struct walk *walk, day_t day, const struct interval_list *on)
{
	const struct timeline *timeline = show_timeline(walk->context->show, day);

	for (size_t i = 0, k = 0; i < timeline->count; i++) {
		const struct segment *segment = &timeline->segments[i];

		while (k < on->count && on->items[k].end <= segment->start)
			k++;
		for (size_t j = k; j < on->count && on->items[j].start < segment->end; j++) {
			int64_t from = on->items[j].start, until = on->items[j].end;

			visit_cut(walk, day, *segment, from > walk->from ? from : walk->from,
				until < walk->until ? until : walk->until);
		}
	}
}

void walk_run(const struct walk *walk)
{
	const struct site *site = walk->context->site;
	struct interval always = {TIME_ALWAYS, TIME_NEVER};
	struct interval_list list = {0};
	day_t last = sched_programme_day(site, walk->until - 1);

	for (day_t day = sched_programme_day(site, walk->from); day <= last; day++) {
		if (walk->visible)
			walk_on_hours(walk->context, day, &list);
		visit_day(walk, day,
			walk->visible ? &list : &(struct interval_list){.items = &always, .count = 1});
	}
	free(list.items);
}
