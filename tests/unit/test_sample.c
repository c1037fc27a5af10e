/* A year of the sample campaign: in office hours and in the evening every display of the sample site shows something of
 * it, each day of the year that it is said to. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sched/timeline.h"

struct promise { /* every day of these weekdays, [start, end) in seconds of the day */
	unsigned weekdays;
	int32_t start, end;
};

static const struct promise promises[] = {
	{31, 7 * 3600, 11 * 3600 + 1800},
	{31, 13 * 3600, 17 * 3600},
	{127, 18 * 3600, 21 * 3600},
};

static struct diag_list diags;
static struct site *site;
static struct catalogue *catalogue;

static int setup(void **state)
{
	struct source_file *files;
	size_t count;
	diag_init(&diags);
	site = site_read("playlists/bangtind.conf", &diags);
	if (!site || sources_read("playlists", &files, &count, &diags) < 0)
		return -1;
	catalogue = catalogue_build(site, files, count, &diags);
	sources_free(files, count);
	return catalogue ? 0 : -1;
}

static int teardown(void **state)
{
	catalogue_unref(catalogue);
	site_destroy(site);
	diag_finish(&diags);
	return 0;
}

static void check_gaps(const struct timeline *timeline, const struct display *display)
{
	for (size_t i = 0; i < timeline->count; i++) {
		const struct segment *segment = &timeline->segments[i];
		for (size_t j = 0; !segment->entry && j < sizeof promises / sizeof *promises; j++) {
			int64_t start = zone_instant(site->zone, timeline->day, promises[j].start);
			int64_t end = zone_instant(site->zone, timeline->day, promises[j].end);
			if (!(promises[j].weekdays >> day_weekday(timeline->day) & 1) ||
				segment->end <= start || segment->start >= end)
				continue;
			char when[48];
			time_format(site->zone, segment->start, when, sizeof when);
			fail_msg("%s shows nothing at %s", display->name, when);
		}
	}
}

static void test_year(void **state)
{
	/* Lengths are render's; no promise may hang on them. */
	int64_t *lengths = xcalloc(catalogue->item_count, sizeof *lengths);
	for (size_t i = 0; i < catalogue->item_count; i++)
		lengths[i] = (int64_t)(5 + i % 37) * NS_PER_SEC;
	for (size_t i = 0; i < site->display_count; i++) {
		struct sched_view view = {site, catalogue, &site->displays[i], lengths};
		day_t end = day_from_date(
			2028, 1, 1); /* the year itself, and one after the dated entries are over */
		for (day_t day = day_from_date(2026, 1, 1); day < end; day++) {
			struct timeline *timeline = timeline_build(&view, day);
			check_gaps(timeline, &site->displays[i]);
			timeline_destroy(timeline);
		}
	}
	free(lengths);
}

/* The messages of a playlist, and those that turn within their pages. */
static void mark_shown(const struct playlist *playlist, bool *shown)
{
	for (size_t i = 0; i < playlist->item_count; i++) {
		const struct message *message = playlist->items[i]->message;
		if (shown[message->index])
			continue;
		shown[message->index] = true;
		for (size_t j = 0; j < message->page_count; j++)
			for (size_t k = 0; k < message->pages[j].layout->zone_count; k++)
				if (message->pages[j].layout->zones[k].playlist)
					mark_shown(message->pages[j].layout->zones[k].playlist, shown);
	}
}

/* Every message is shown somewhere: none is there for nothing. */
static void test_all_shown(void **state)
{
	bool *shown = xcalloc(catalogue->message_count, sizeof *shown);
	for (size_t i = 0; i < catalogue->entry_count; i++)
		mark_shown(catalogue->entries[i]->playlist, shown);
	for (size_t i = 0; i < catalogue->message_count; i++)
		if (!shown[i])
			fail_msg("%s/%s is never shown", catalogue->messages[i]->unit,
				catalogue->messages[i]->name);
	free(shown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_year, setup, teardown),
		cmocka_unit_test_setup_teardown(test_all_shown, setup, teardown),
	};
	return cmocka_run_group_tests_name("sample", tests, NULL, NULL);
}
