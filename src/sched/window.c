#include "sched/window.h"

#include "base/alloc.h"

#define SECONDS_PER_DAY 86400

day_t sched_programme_day(const struct site *site, int64_t time)
{
	day_t day = zone_day(site->zone, time);
	int64_t start, end;

	sched_day_bounds(site, day, &start, &end);
	while (time < start && start != TIME_ALWAYS)
		sched_day_bounds(site, --day, &start, &end);
	/* a zone may skip a whole day: its programme is empty, and the instant belongs to the one after */
	while (time >= end && end != TIME_NEVER)
		sched_day_bounds(site, ++day, &start, &end);
	return day;
}

void sched_day_bounds(const struct site *site, day_t day, int64_t *ret_start, int64_t *ret_end)
{
	*ret_start = zone_instant(site->zone, day, site->day_starts);
	*ret_end = zone_instant(site->zone, day + 1, site->day_starts);
}

bool entry_names_display(const struct entry *entry, const struct display *display)
{
	for (size_t i = 0; i < entry->on_count; i++)
		if (display_matches(display, entry->on[i]))
			return true;
	return false;
}

enum verdict entry_judge_day(const struct entry *entry, day_t day)
{
	static const enum verdict verdicts[] = {
		[DAY_PLAYS] = VERDICT_WINS,
		[DAY_BEFORE] = VERDICT_NOT_YET,
		[DAY_AFTER] = VERDICT_OVER,
		[DAY_EXCEPTED] = VERDICT_EXCEPTED,
		[DAY_WEEKDAY] = VERDICT_WEEKDAY,
		[DAY_DATES] = VERDICT_DATES,
		[DAY_REPEAT] = VERDICT_REPEAT,
	};

	return verdicts[entry_day_rule(entry, day)];
}

int64_t entry_expiry(const struct entry *entry)
{
	int64_t last = TIME_ALWAYS;

	for (size_t i = 0; i < entry->playlist->item_count; i++)
		if (entry->playlist->items[i]->message->until > last)
			last = entry->playlist->items[i]->message->until;
	return last;
}

static void add_window(
	const struct site *site, day_t day, struct hours hours, int64_t expiry, struct interval_list *list)
{
	struct interval window = {
		.start = zone_instant(site->zone, day, hours.start),
		.end = zone_instant(site->zone, day, hours.end),
	};

	if (window.end > expiry)
		window.end = expiry;
	if (window.start >= window.end) /* expired, or wholly within the hour that a forward step skips */
		return;
	array_reserve_one(list->items, list->count, list->capacity);
	list->items[list->count++] = window;
}

/* Few a day, and nearly sorted. */
static void sort_windows(struct interval_list *list)
{
	for (size_t i = 1; i < list->count; i++) {
		struct interval window = list->items[i];
		size_t j = i;

		for (; j > 0 && list->items[j - 1].start > window.start; j--)
			list->items[j] = list->items[j - 1];
		list->items[j] = window;
	}
}

void windows_merge(struct interval_list *list)
{
	size_t kept = 0;

	sort_windows(list);
	for (size_t i = 0; i < list->count; i++) {
		if (kept && list->items[i].start <= list->items[kept - 1].end) {
			if (list->items[i].end > list->items[kept - 1].end)
				list->items[kept - 1].end = list->items[i].end;
		} else {
			list->items[kept++] = list->items[i];
		}
	}
	list->count = kept;
}

void windows_add(const struct site *site, const struct hours *hours, size_t count, day_t programme_day,
	int offset, int64_t expiry, struct interval_list *list)
{
	int32_t day_end = site->day_starts + SECONDS_PER_DAY;

	/* Clipping by wall-clock readings is safe because zone_instant never falls as its reading rises. */
	for (size_t i = 0; i < count; i++) {
		struct hours on;

		if (!hours_on(site, &hours[i], programme_day + offset, &on))
			continue;
		int32_t start = on.start + offset * SECONDS_PER_DAY;
		int32_t end = on.end + offset * SECONDS_PER_DAY;

		start = start < site->day_starts ? site->day_starts : start;
		end = end > day_end ? day_end : end;
		if (start < end)
			add_window(site, programme_day, (struct hours){.start = start, .end = end}, expiry,
				list);
	}
}

void entry_windows(
	const struct site *site, const struct entry *entry, day_t programme_day, struct interval_list *list)
{
	int64_t expiry = entry_expiry(entry);

	list->count = 0;
	for (int offset = -1; offset <= 1; offset++)
		if (entry_judge_day(entry, programme_day + offset) == VERDICT_WINS)
			windows_add(
				site, entry->hours, entry->hours_count, programme_day, offset, expiry, list);
	windows_merge(list);
}

bool entry_hours_contain(const struct site *site, const struct entry *entry, day_t day, int64_t time)
{
	struct hours on;

	for (size_t i = 0; i < entry->hours_count; i++)
		if (hours_on(site, &entry->hours[i], day, &on) &&
			time >= zone_instant(site->zone, day, on.start) &&
			time < zone_instant(site->zone, day, on.end))
			return true;
	return false;
}
