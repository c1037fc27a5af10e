/* The coming year on every display. Days on which the same entries are open at the same hours play alike: each kind of
 * day is walked once. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/note.h"
#include "lint.h"
#include "sched/window.h"

#define YEAR		 366
#define STARVED_PERMILLE 100
#define GAP_DAYS	 7

struct kind { /* of days */
	uint64_t mark;
	day_t day; /* the first such */
	int count;
};

struct fate {		     /* of an entry, over all displays */
	int64_t open, shown; /* ns */
	int64_t taken;	     /* by entries of other units, while it was open */
	const struct entry *taker;
	int64_t taker_time;
	const struct entry *winner; /* one that played while it was open */
	day_t won_day;
	const char *won_on; /* display */
};

struct year {
	const struct site *site;
	const struct catalogue *catalogue;
	struct diag_list *diags;
	int64_t now;
	day_t today;
	struct fate *fates; /* by entry */
	int64_t *shown;	    /* ns by message */
	int64_t *taken;	    /* ns by entry, of the day and entry at hand */
	struct interval_list windows;
};

/* --- kinds of days */

static uint64_t mark_number(uint64_t mark, int64_t number)
{
	return digest_picture(mark, &number, sizeof number);
}

/* What a day's timeline hangs on: its length, which entries are open when, and which messages have expired. */
static uint64_t mark_day(struct year *year, const struct display *display, day_t day)
{
	const struct catalogue *catalogue = year->catalogue;
	uint64_t mark = DIGEST_START;
	int64_t start, end;

	sched_day_bounds(year->site, day, &start, &end);
	mark = mark_number(mark, end - start);
	for (size_t i = 0; i < catalogue->entry_count; i++) {
		if (!entry_names_display(catalogue->entries[i], display))
			continue;
		entry_windows(year->site, catalogue->entries[i], day, &year->windows);
		for (size_t k = 0; k < year->windows.count; k++) {
			mark = mark_number(mark, (int64_t)i);
			mark = mark_number(mark, year->windows.items[k].start - start);
			mark = mark_number(mark, year->windows.items[k].end - start);
		}
	}
	for (size_t i = 0; i < catalogue->message_count; i++) {
		int64_t until = catalogue->messages[i]->until;
		if (until < end) {
			mark = mark_number(mark, (int64_t)i);
			mark = mark_number(mark, until > start ? until - start : 0);
		}
	}
	return mark;
}

static size_t find_kinds(struct year *year, const struct display *display, struct kind kinds[YEAR])
{
	size_t count = 0;

	for (day_t day = year->today; day < year->today + YEAR; day++) {
		uint64_t mark = mark_day(year, display, day);
		size_t i = 0;
		while (i < count && kinds[i].mark != mark)
			i++;
		if (i == count)
			kinds[count++] = (struct kind){.mark = mark, .day = day};
		kinds[i].count++;
	}
	return count;
}

/* --- what becomes of an entry on a day */

static int64_t overlap(const struct segment *segment, const struct interval *window)
{
	int64_t start = segment->start > window->start ? segment->start : window->start;
	int64_t end = segment->end < window->end ? segment->end : window->end;

	return end > start ? end - start : 0;
}

static void follow_segment(struct year *year, const struct kind *kind, const struct display *display,
	const struct entry *entry, const struct segment *segment, int64_t time)
{
	struct fate *fate = &year->fates[entry->index];

	if (!segment->entry)
		return;
	if (segment->entry == entry) {
		fate->shown += time * kind->count;
		return;
	}
	if (!fate->winner) {
		fate->winner = segment->entry;
		fate->won_day = kind->day;
		fate->won_on = display->name;
	}
	if (strcmp(segment->entry->unit, entry->unit) != 0) {
		fate->taken += time * kind->count;
		year->taken[segment->entry->index] += time * kind->count;
	}
}

static void follow_entry(struct year *year, const struct kind *kind, const struct display *display,
	const struct entry *entry, const struct timeline *timeline)
{
	struct fate *fate = &year->fates[entry->index];
	const struct catalogue *catalogue = year->catalogue;

	memset(year->taken, 0, catalogue->entry_count * sizeof *year->taken);
	entry_windows(year->site, entry, kind->day, &year->windows);
	for (size_t k = 0, i = 0; k < year->windows.count; k++) {
		const struct interval *window = &year->windows.items[k];
		fate->open += (window->end - window->start) * kind->count;
		while (i < timeline->count && timeline->segments[i].end <= window->start)
			i++;
		for (size_t j = i; j < timeline->count && timeline->segments[j].start < window->end; j++)
			follow_segment(year, kind, display, entry, &timeline->segments[j],
				overlap(&timeline->segments[j], window));
	}
	for (size_t i = 0; i < catalogue->entry_count; i++)
		if (year->taken[i] > fate->taker_time) {
			fate->taker_time = year->taken[i];
			fate->taker = catalogue->entries[i];
		}
}

/* A page shows what its zones play, too; whichever of the pages suits a display. */
static void show_message(struct year *year, const struct message *message, int64_t time)
{
	year->shown[message->index] += time;
	for (size_t i = 0; i < message->page_count; i++)
		for (size_t k = 0; k < message->pages[i].layout->zone_count; k++) {
			const struct playlist *playlist = message->pages[i].layout->zones[k].playlist;
			for (size_t j = 0; playlist && j < playlist->item_count; j++)
				year->shown[playlist->items[j]->message->index] += time;
		}
}

static void follow_display(struct year *year, const struct display *display, struct show *show)
{
	struct kind kinds[YEAR];
	size_t count = find_kinds(year, display, kinds);

	for (size_t i = 0; i < count; i++) {
		const struct timeline *timeline = show_timeline(show, kinds[i].day);
		for (size_t k = 0; k < timeline->count; k++) {
			const struct segment *segment = &timeline->segments[k];
			if (segment->item)
				show_message(year, segment->item->message,
					(segment->end - segment->start) * kinds[i].count);
		}
		for (size_t k = 0; k < year->catalogue->entry_count; k++)
			if (entry_names_display(year->catalogue->entries[k], display))
				follow_entry(year, &kinds[i], display, year->catalogue->entries[k], timeline);
	}
}

/* --- gaps */

static void tell_gap(struct year *year, const struct display *display, int64_t from, int64_t until)
{
	char first[48], last[48];

	time_format(year->site->zone, from, first, sizeof first);
	time_format(year->site->zone, until, last, sizeof last);
	diag_note(year->diags, NOTE_GAP, display->where,
		"display `%s`: nothing is scheduled from %.16s to %.16s, %lld days; schedule something, or "
		"only its "
		"default shows",
		display->name, first, last, (long long)((until - from) / (24 * NS_PER_HOUR)));
}

static void find_gap(struct year *year, const struct display *display)
{
	const struct catalogue *catalogue = year->catalogue;
	int64_t covered, start, end;

	sched_day_bounds(year->site, year->today, &covered, &end);
	for (day_t day = year->today; day < year->today + YEAR; day++) {
		struct interval_list all = {0};
		for (size_t i = 0; i < catalogue->entry_count; i++) {
			if (!entry_names_display(catalogue->entries[i], display))
				continue;
			entry_windows(year->site, catalogue->entries[i], day, &year->windows);
			for (size_t k = 0; k < year->windows.count; k++) {
				array_reserve_one(all.items, all.count, all.capacity);
				all.items[all.count++] = year->windows.items[k];
			}
		}
		if (all.count > 0)
			windows_merge(&all);
		for (size_t k = 0; k < all.count; k++) {
			if (all.items[k].start - covered >= GAP_DAYS * 24 * NS_PER_HOUR) {
				tell_gap(year, display, covered, all.items[k].start);
				free(all.items);
				return; /* the first is enough */
			}
			covered = all.items[k].end;
		}
		free(all.items);
	}
	sched_day_bounds(year->site, year->today + YEAR, &start, &end);
	if (start - covered >= GAP_DAYS * 24 * NS_PER_HOUR)
		tell_gap(year, display, covered, start);
}

/* --- verdicts */

static void judge_entry(struct year *year, const struct entry *entry)
{
	const struct fate *fate = &year->fates[entry->index];
	char date[16];

	if (fate->open == 0)
		return;
	if (fate->shown == 0 && fate->winner) {
		time_format_date(fate->won_day, date, sizeof date);
		diag_note(year->diags, NOTE_BEATEN, entry->where,
			"entry `%s` (priority %d) never plays in the coming year: entries of higher priority "
			"always do, "
			"as `%s` (priority %d) on %s on display `%s`; give it other hours, the same "
			"priority, or a "
			"share",
			entry->id, entry->priority, fate->winner->id, fate->winner->priority, date,
			fate->won_on);
	} else if (entry->required && fate->taker &&
		   fate->shown / 1000 * 1000 < fate->open / 1000 * STARVED_PERMILLE &&
		   fate->taken > fate->open / 2) {
		diag_note(year->diags, NOTE_STARVED, entry->where,
			"entry `%s` is required and plays in %.1f%% of its open time in the coming year: "
			"other units "
			"have %.1f%%, most of it `%s` (%s:%d); raise its priority or give it a share",
			entry->id, 100.0 * (double)fate->shown / (double)fate->open,
			100.0 * (double)fate->taken / (double)fate->open, fate->taker->id,
			fate->taker->where.file, fate->taker->where.line);
	}
}

static void take_later(void *data, day_t day)
{
	day_t *last = data;

	if (*last == DAY_NONE || day > *last)
		*last = day;
}

static void judge_message(struct year *year, const struct message *message, bool complete)
{
	bool shown = year->shown[message->index] > 0;
	day_t last = DAY_NONE;
	char date[16];

	if (!shown) {
		if (complete && message->until > year->now) /* else it has had its time */
			diag_note(year->diags, NOTE_NEVER, message->where,
				"message `%s/%s` is shown on no display in the coming year; schedule it or "
				"take it out",
				message->unit, message->name);
		return;
	}
	if (message->forms) /* a field writes today's */
		return;
	lint_each_date(message->text, take_later, &last);
	if (last == DAY_NONE || last >= year->today)
		return;
	time_format_date(last, date, sizeof date);
	diag_note(year->diags, NOTE_PAST, message->text_where,
		"message `%s/%s` names %s, which is over, and still plays; give it an `until:` or take it "
		"off the "
		"schedule",
		message->unit, message->name, date);
}

void lint_year(const struct site *site, struct catalogue *catalogue, struct fonts *fonts, int64_t now,
	bool complete, struct diag_list *diags)
{
	struct year year = {.site = site,
		.catalogue = catalogue,
		.diags = diags,
		.now = now,
		.today = sched_programme_day(site, now),
		.fates = xcalloc(catalogue->entry_count + 1, sizeof *year.fates),
		.shown = xcalloc(catalogue->message_count + 1, sizeof *year.shown),
		.taken = xcalloc(catalogue->entry_count + 1, sizeof *year.taken)};
	struct scene_store *scenes = scene_store_create(fonts);

	for (size_t i = 0; i < site->display_count; i++) {
		const struct display *display = &site->displays[i];
		struct show *show = show_create(site, display, catalogue, NULL, 0, fonts, scenes);
		follow_display(&year, display, show);
		show_destroy(show);
		if (complete)
			find_gap(&year, display);
	}
	for (size_t i = 0; i < catalogue->entry_count; i++)
		judge_entry(&year, catalogue->entries[i]);
	for (size_t i = 0; i < catalogue->message_count; i++)
		judge_message(&year, catalogue->messages[i], complete);
	scene_store_destroy(scenes);
	free(year.fates);
	free(year.shown);
	free(year.taken);
	free(year.windows.items);
}
