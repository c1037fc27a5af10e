#include "show/day.h"

#include "base/alloc.h"

static void find_on_windows(const struct sched_view *view, struct day *day)
{
	static const struct hours whole_day = {.end = 86400};
	const struct display *display = view->display;
	const struct hours *hours = display->on_hours_count ? display->on_hours : &whole_day;
	size_t count = display->on_hours_count ? display->on_hours_count : 1;

	for (int offset = -1; offset <= 1; offset++)
		windows_add(view->site, hours, count, day->timeline->day, offset, TIME_NEVER, &day->on);
	windows_merge(&day->on);
}

struct day *day_create(const struct sched_view *view, day_t day, int64_t from, int64_t until)
{
	struct day *made = xcalloc(1, sizeof *made);
	int64_t start;

	made->timeline = timeline_build_between(view, day, from, until);
	sched_day_bounds(view->site, day, &start, &made->end);
	find_on_windows(view, made);
	return made;
}

void day_destroy(struct day *day)
{
	if (!day)
		return;
	timeline_destroy(day->timeline);
	free(day->on.items);
	free(day);
}

bool day_contains(const struct day *day, int64_t time)
{
	return time >= day->timeline->start && time < day->timeline->end;
}

bool day_is_on(const struct day *day, int64_t time)
{
	for (size_t i = 0; i < day->on.count; i++)
		if (time >= day->on.items[i].start && time < day->on.items[i].end)
			return true;
	return false;
}

int64_t day_next_switch(const struct day *day, int64_t time)
{
	for (size_t i = 0; i < day->on.count; i++) {
		if (day->on.items[i].start > time)
			return day->on.items[i].start;
		if (day->on.items[i].end > time)
			return day->on.items[i].end;
	}
	return day->end;
}
