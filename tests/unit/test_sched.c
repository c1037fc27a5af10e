/* The rules of the schedule, as bangtin-playlist(5) numbers them in its section SCHEDULE: a test for each. (14 and 15 are
 * test_show's.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sched_fixture.h"

#define TEXT_MOST   4096
#define ADD(f, ...) fixture_add(f, (struct made_entry){__VA_ARGS__})

/* A timeline as text between two instants: "HH:MM:SS entryN" a segment, N the item from 1, "+S" if it resumes at S
 * seconds of its item, "-" for a gap. */
static const char *script(const struct fixture *f, const char *day, const char *from, const char *until)
{
	static char text[TEXT_MOST];
	struct timeline *timeline = timeline_build(&f->view, date(day));
	int64_t first = local(f, from), end = local(f, until);
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < timeline->count; i++) {
		const struct segment *segment = &timeline->segments[i];
		struct civil civil;

		if (segment->end <= first || segment->start >= end)
			continue;
		zone_civil(f->site.zone, segment->start, &civil);
		used += (size_t)snprintf(text + used, TEXT_MOST - used, "%s%02d:%02d:%02d ", used ? ", " : "",
			civil.hour, civil.minute, civil.second);
		if (segment->entry)
			used += (size_t)snprintf(text + used, TEXT_MOST - used, "%s%d", segment->entry->id,
				(int)(segment->item - segment->entry->playlist->items[0]) + 1);
		else
			used += (size_t)snprintf(text + used, TEXT_MOST - used, "-");
		if (segment->item_start < segment->start)
			used += (size_t)snprintf(text + used, TEXT_MOST - used, "+%d",
				(int)((segment->start - segment->item_start) / NS_PER_SEC));
		assert_in_range(used, 0, TEXT_MOST - 1);
	}
	timeline_destroy(timeline);
	return text;
}

static const char *who_at(const struct fixture *f, const char *when)
{
	int64_t time = local(f, when);
	struct timeline *timeline = timeline_build(&f->view, sched_programme_day(&f->site, time));
	const struct segment *segment = timeline_at(timeline, time);
	const char *id = segment->entry ? segment->entry->id : "-";

	assert_in_range(time - segment->start, 0, segment->end - segment->start - 1);
	timeline_destroy(timeline);
	return id;
}

static int setup(void **state)
{
	*state = fixture_create("Asia/Ho_Chi_Minh");
	return 0;
}

static int setup_berlin(void **state)
{
	*state = fixture_create("Europe/Berlin");
	return 0;
}

static int teardown(void **state)
{
	fixture_destroy(*state);
	return 0;
}

/* 1. A window [start, end) holds its start and not its end. */
static void windows_are_half_open(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(11, 30)}}, .items = {{1200, 0}});
	assert_string_equal(who_at(f, "2026-03-02 06:59:59.999"), "-");
	assert_string_equal(who_at(f, "2026-03-02 07:00"), "a");
	assert_string_equal(who_at(f, "2026-03-02 11:29:59.999999999"), "a");
	assert_string_equal(who_at(f, "2026-03-02 11:30"), "-");
}

/* 2. A window that crosses midnight belongs to the day it begins on: the days are those of its beginning. */
static void midnight_window_belongs_to_its_first_day(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "n", .hours = {{AT(22, 0), AT(30, 0)}}, .items = {{60, 0}},
		.weekdays = 1 << 4, /* Friday */
		.until = "2026-03-06", .from = "2026-02-27");
	assert_string_equal(who_at(f, "2026-02-27 05:00"), "-"); /* a Friday, but Thursday's night */
	assert_string_equal(who_at(f, "2026-02-27 22:00"), "n");
	assert_string_equal(who_at(f, "2026-02-28 05:59"), "n");
	assert_string_equal(who_at(f, "2026-02-28 06:00"), "-");
	assert_string_equal(who_at(f, "2026-03-07 05:59"), "n"); /* after `until`, but begun on its day */
	assert_string_equal(who_at(f, "2026-03-13 22:00"), "-");
}

/* 2. … and so are except, from and until. */
static void except_concerns_the_day_of_the_beginning(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "n", .hours = {{AT(22, 0), AT(30, 0)}}, .items = {{60, 0}}, .except = "2026-09-02");
	assert_string_equal(who_at(f, "2026-09-02 05:59"), "n");
	assert_string_equal(who_at(f, "2026-09-02 22:00"), "-");
	assert_string_equal(who_at(f, "2026-09-03 05:59"), "-");
	assert_string_equal(who_at(f, "2026-09-03 22:00"), "n");
}

/* 3. Hours are wall-clock readings. The clock goes from 02:00 to 03:00 on 2026-03-29 in Berlin. */
static void forward_step_of_the_clock(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "gap", .hours = {{AT(2, 10), AT(2, 50)}}, .items = {{60, 0}});
	ADD(f, .id = "into", .hours = {{AT(1, 0), AT(2, 30)}}, .items = {{7200, 0}});
	ADD(f, .id = "out", .hours = {{AT(2, 30), AT(4, 0)}}, .items = {{7200, 0}});
	ADD(f, .id = "day", .hours = {{WHOLE_DAY}}, .items = {{86400, 0}}, .priority = 5);
	assert_string_equal(script(f, "2026-03-29", "2026-03-29 00:00", "2026-03-30 00:00"),
		"00:00:00 day1, 01:00:00 into1, 03:00:00 out1, 04:00:00 day1+3600");
}

/* 3. On 2026-10-25 the hour from 02:00 occurs twice: a reading is its first occurrence. */
static void backward_step_of_the_clock(void **state)
{
	struct fixture *f = *state;
	struct timeline *timeline;

	ADD(f, .id = "a", .hours = {{AT(2, 10), AT(2, 50)}}, .items = {{7200, 0}});
	ADD(f, .id = "b", .hours = {{AT(2, 50), AT(3, 10)}}, .items = {{7200, 0}});
	assert_string_equal(script(f, "2026-10-25", "2026-10-25 00:00", "2026-10-26 00:00"),
		"00:00:00 -, 02:10:00 a1, 02:50:00 b1, 03:10:00 -");
	timeline = timeline_build(&f->view, date("2026-10-25"));
	assert_int_equal(timeline->end - timeline->start, 25 * NS_PER_HOUR);
	assert_int_equal(timeline->segments[1].end - timeline->segments[1].start, 40 * NS_PER_MIN);
	assert_int_equal(timeline->segments[2].end - timeline->segments[2].start, 80 * NS_PER_MIN);
	timeline_destroy(timeline);
}

/* 4. The programme day's border cuts what plays and restarts every playlist; a window begun before plays on. */
static void border_of_the_day_restarts(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "n", .hours = {{AT(23, 58), AT(24, 4)}}, .items = {{50, 0}, {50, 0}, {50, 0}},
		.from = "2025-12-31");
	assert_string_equal(script(f, "2025-12-31", "2025-12-31 23:50", "2026-01-01 00:00"),
		"00:00:00 -, 23:58:00 n1, 23:58:50 n2, 23:59:40 n3");
	assert_string_equal(script(f, "2026-01-01", "2026-01-01 00:00", "2026-01-01 00:05"),
		"00:00:00 n1, 00:00:50 n2, 00:01:40 n3, 00:02:30 n1, 00:03:20 n2, 00:04:00 -");
}

/* 4. `day-starts` moves the border; days and dates of windows remain those of the calendar. */
static void day_starts_moves_the_border(void **state)
{
	struct fixture *f = *state;

	f->site.day_starts = AT(4, 0);
	ADD(f, .id = "n", .hours = {{AT(22, 0), AT(30, 0)}}, .items = {{5000, 0}},
		.weekdays = 1 << 6); /* Sunday */
	ADD(f, .id = "m", .hours = {{AT(1, 0), AT(2, 0)}}, .items = {{7200, 0}},
		.weekdays = 1 << 1, /* Tuesday */
		.priority = 20);
	assert_int_equal(sched_programme_day(&f->site, local(f, "2026-03-02 03:59:59")), date("2026-03-01"));
	assert_int_equal(sched_programme_day(&f->site, local(f, "2026-03-02 04:00")), date("2026-03-02"));
	/* Monday's programme: the end of Sunday's night, and Tuesday's small hours */
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 04:00", "2026-03-03 04:00"),
		"04:00:00 n1, 05:23:20 n1, 06:00:00 -, 01:00:00 m1, 02:00:00 -");
}

/* 5. A higher priority cuts at once; what was cut keeps its place and resumes there. */
static void higher_priority_cuts_and_the_cut_resumes(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "low", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{600, 0}, {900, 0}});
	ADD(f, .id = "high", .hours = {{AT(7, 5), AT(7, 6)}, {AT(7, 16), AT(7, 17)}},
		.items = {{40, 0}, {30, 0}}, .priority = 20);
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 07:00", "2026-03-02 07:30"),
		"07:00:00 low1, 07:05:00 high1, 07:05:40 high2, 07:06:00 low1+300, 07:11:00 low2, "
		"07:16:00 high2+20, 07:16:10 high1, 07:16:50 high2, 07:17:00 low2+300, 07:27:00 low1");
}

/* 5. A window that opens every few minutes starves nobody: places are kept, not restarted. */
static void frequent_interruptions_starve_nothing(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "long", .hours = {{AT(7, 0), AT(9, 0)}}, .items = {{240, 0}, {240, 0}});
	for (int i = 0; i < 3; i++)
		ADD(f, .id = "call", .hours = {{AT(7, 3 + 3 * i), AT(7, 4 + 3 * i)}}, .items = {{60, 0}},
			.priority = 50);
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 07:00", "2026-03-02 07:15"),
		"07:00:00 long1, 07:03:00 call1, 07:04:00 long1+180, 07:05:00 long2, 07:06:00 call1, "
		"07:07:00 long2+60, 07:09:00 call1, 07:10:00 long2+180, 07:11:00 long1");
}

/* 6. Entries of one priority take turns, an item each, in catalogue order. */
static void equal_priorities_interleave(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{10, 0}, {20, 0}, {30, 0}});
	ADD(f, .id = "b", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{5, 0}});
	ADD(f, .id = "c", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{7, 0}, {8, 0}});
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 07:00", "2026-03-02 07:01:33"),
		"07:00:00 a1, 07:00:10 b1, 07:00:15 c1, 07:00:22 a2, 07:00:42 b1, 07:00:47 c2, 07:00:55 a3, "
		"07:01:25 b1, 07:01:30 c1");
}

/* 7. Who joins the same priority waits until the item that plays ends. */
static void a_joining_entry_waits(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "a", .hours = {{AT(7, 1), AT(8, 0)}}, .items = {{40, 0}});
	ADD(f, .id = "b", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{90, 0}});
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 07:00", "2026-03-02 07:03:00"),
		"07:00:00 b1, 07:01:30 a1, 07:02:10 b1");
}

/* 8. A window that closes cuts; its entry keeps its place, and its turn passes on. */
static void a_closing_window_cuts_and_keeps_the_place(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(7, 1)}, {AT(7, 3), AT(8, 0)}}, .items = {{40, 0}, {30, 0}});
	ADD(f, .id = "b", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{15, 0}});
	ADD(f, .id = "c", .hours = {{AT(7, 2), AT(8, 0)}}, .items = {{50, 0}});
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 07:00", "2026-03-02 07:04:20"),
		"07:00:00 a1, 07:00:40 b1, 07:00:55 a2, 07:01:00 b1, 07:01:15 b1, 07:01:30 b1, 07:01:45 b1, "
		"07:02:00 c1, 07:02:50 b1, 07:03:05 c1, 07:03:55 a2+5");
}

/* 8. Touching or overlapping windows of one entry are one window. */
static void touching_windows_are_one(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(7, 1)}, {AT(7, 1), AT(7, 2)}}, .items = {{90, 0}});
	ADD(f, .id = "n", .hours = {{AT(22, 0), AT(30, 0)}, {AT(5, 0), AT(6, 30)}}, .items = {{3600, 0}});
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 05:00", "2026-03-02 08:00"),
		"05:00:00 n1, 06:00:00 n1, 06:30:00 -, 07:00:00 a1, 07:01:30 a1, 07:02:00 -");
}

/* 9. Each entry has its own place, even where two play the same list; it is kept all day. */
static void places_are_kept_over_gaps(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(7, 1)}, {AT(9, 0), AT(9, 1)}}, .items = {{25, 0}, {50, 0}});
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 07:00", "2026-03-02 09:02"),
		"07:00:00 a1, 07:00:25 a2, 07:01:00 -, 09:00:00 a2+35, 09:00:15 a1, 09:00:40 a2, 09:01:00 -");
}

/* 9. The turn of a level is kept while a higher one has the screen, also when the set of the level changes. */
static void the_turn_survives_an_interruption(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{40, 0}});
	ADD(f, .id = "b", .hours = {{AT(7, 0), AT(7, 2)}}, .items = {{40, 0}});
	ADD(f, .id = "c", .hours = {{AT(7, 2), AT(8, 0)}}, .items = {{40, 0}});
	ADD(f, .id = "x", .hours = {{AT(7, 1), AT(7, 3)}}, .items = {{120, 0}}, .priority = 11);
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 07:00", "2026-03-02 07:04"),
		"07:00:00 a1, 07:00:40 b1, 07:01:00 x1, 07:03:00 c1, 07:03:40 a1");
}

/* 10. A message's expiry ends it wherever it plays, at that instant. */
static void expiry_ends_an_item(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(7, 3)}},
		.items = {{20, 0}, {20, local(f, "2026-03-02 07:00:30")}, {20, 0}});
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 07:00", "2026-03-02 07:01:40"),
		"07:00:00 a1, 07:00:20 a2, 07:00:30 a3, 07:00:50 a1, 07:01:10 a3, 07:01:30 a1");
	assert_string_equal(script(f, "2026-03-03", "2026-03-03 07:00", "2026-03-03 07:00:50"),
		"07:00:00 a1, 07:00:20 a3, 07:00:40 a1");
}

/* 10. It ends the turn too; an entry whose items are all expired is not open. */
static void expiry_closes_an_entry(void **state)
{
	struct fixture *f = *state;
	int64_t until = local(f, "2026-03-02 07:00:30");

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{20, until}}, .priority = 50);
	ADD(f, .id = "b", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{20, 0}});
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 07:00", "2026-03-02 07:01"),
		"07:00:00 a1, 07:00:20 a1, 07:00:30 b1, 07:00:50 b1");
	assert_string_equal(who_at(f, "2026-03-03 07:00"), "b");
}

/* 10. What expired while it was cut is passed over; the turn stays with its entry. */
static void expiry_of_a_cut_item(void **state)
{
	struct fixture *f = *state;
	int64_t until = local(f, "2026-03-02 07:00:30");

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{40, until}, {60, 0}});
	ADD(f, .id = "b", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{20, 0}});
	ADD(f, .id = "x", .hours = {{AT(7, 0), AT(7, 0) + 10}, {AT(7, 0) + 20, AT(7, 1)}}, .items = {{60, 0}},
		.priority = 11);
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 07:00", "2026-03-02 07:02:20"),
		"07:00:00 x1, 07:00:10 a1, 07:00:20 x1+10, 07:01:00 a2, 07:02:00 b1");
}

/* 11. Nothing open: a gap, one segment however many windows pass by elsewhere. */
static void gaps_fill_the_day(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(script(f, "2026-03-02", "2026-03-02 00:00", "2026-03-03 00:00"), "00:00:00 -");
	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{60, 0}}, .on = "kiosk");
	ADD(f, .id = "b", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{3600, 0}}, .on = "board");
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 00:00", "2026-03-03 00:00"),
		"00:00:00 -, 07:00:00 b1, 08:00:00 -");
}

/* Begins within [from, until) of an entry's items, and ns that it shows there. */
static int count_showings(
	const struct fixture *f, const char *id, const char *from, const char *until, int64_t *ret_shown)
{
	int64_t first = local(f, from), end = local(f, until);
	struct timeline *timeline = timeline_build(&f->view, sched_programme_day(&f->site, first));
	int count = 0;

	*ret_shown = 0;
	for (size_t i = 0; i < timeline->count; i++) {
		const struct segment *segment = &timeline->segments[i];

		if (!segment->entry || strcmp(segment->entry->id, id) != 0 || segment->start < first ||
			segment->start >= end)
			continue;
		count += segment->item_start == segment->start;
		*ret_shown += segment->end - segment->start;
	}
	timeline_destroy(timeline);
	return count;
}

/* 16. A share is kept over hours, whatever the priorities, and spread; nobody gets it twice in a row for it. */
static void a_share_beats_priority(void **state)
{
	struct fixture *f = *state;
	int64_t shown;

	ADD(f, .id = "high", .hours = {{AT(7, 0), AT(11, 0)}}, .items = {{30, 0}}, .priority = 90);
	ADD(f, .id = "low", .hours = {{AT(7, 0), AT(11, 0)}}, .items = {{20, 0}}, .share = 250);
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 07:00", "2026-03-02 07:04"),
		"07:00:00 low1, 07:00:20 high1, 07:00:50 high1, 07:01:20 low1, 07:01:40 high1, 07:02:10 "
		"high1, "
		"07:02:40 low1, 07:03:00 high1, 07:03:30 high1");
	count_showings(f, "low", "2026-03-02 07:00", "2026-03-02 11:00", &shown);
	assert_in_range(shown, 60 * NS_PER_MIN, 61 * NS_PER_MIN);
}

/* 17. At least so many an hour, evenly; at most so many, and then others, or the default. */
static void at_least_and_at_most(void **state)
{
	struct fixture *f = *state;
	int64_t shown;

	ADD(f, .id = "high", .hours = {{AT(7, 0), AT(11, 0)}}, .items = {{45, 0}}, .priority = 90);
	ADD(f, .id = "otp", .hours = {{AT(7, 0), AT(11, 0)}}, .items = {{10, 0}}, .at_least = {4, false});
	ADD(f, .id = "day", .hours = {{AT(7, 0), AT(11, 0)}}, .items = {{10, 0}}, .at_least = {8, true});
	for (int hour = 7; hour < 11; hour++) {
		char from[32], until[32];

		snprintf(from, sizeof from, "2026-03-02 %02d:00", hour);
		snprintf(until, sizeof until, "2026-03-02 %02d:00", hour + 1);
		assert_int_equal(count_showings(f, "otp", from, until, &shown), 4);
		assert_int_equal(count_showings(f, "day", from, until, &shown), 2);
	}
	ADD(f, .id = "rare", .hours = {{AT(13, 0), AT(14, 0)}}, .items = {{60, 0}}, .at_most = {3, false});
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 13:00", "2026-03-02 14:00"),
		"13:00:00 rare1, 13:01:00 -, 13:20:00 rare1, 13:21:00 -, 13:40:00 rare1, 13:41:00 -");
	ADD(f, .id = "twice", .hours = {{AT(15, 0), AT(16, 0)}}, .items = {{60, 0}}, .at_most = {2, true});
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 15:00", "2026-03-02 16:00"),
		"15:00:00 twice1, 15:01:00 twice1, 15:02:00 -");
}

/* 18. What is kept apart has something between, as long as there is anything. */
static void neighbours_are_kept_apart(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "feast", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{60, 0}});
	ADD(f, .id = "mourning", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{60, 0}}, .apart = 1);
	ADD(f, .id = "other", .hours = {{AT(7, 0), AT(7, 6)}}, .items = {{60, 0}});
	assert_string_equal(script(f, "2026-03-02", "2026-03-02 07:00", "2026-03-02 07:08"),
		"07:00:00 feast1, 07:01:00 other1, 07:02:00 mourning1, 07:03:00 other1, 07:04:00 feast1, "
		"07:05:00 "
		"other1, 07:06:00 mourning1, 07:07:00 feast1");
}

/* 12. Dates: from and until inclusive, days, except; the leap day is a day like others. */
static void dates_and_days(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{60, 0}}, .weekdays = MON_FRI,
		.from = "2028-02-28", .until = "2028-03-06", .except = "2028-03-01");
	assert_string_equal(who_at(f, "2028-02-27 07:30"), "-"); /* Sunday */
	assert_string_equal(who_at(f, "2028-02-28 07:30"), "a");
	assert_string_equal(who_at(f, "2028-02-29 07:30"), "a");
	assert_string_equal(who_at(f, "2028-03-01 07:30"), "-");
	assert_string_equal(who_at(f, "2028-03-02 07:30"), "a");
	assert_string_equal(who_at(f, "2028-03-04 07:30"), "-"); /* Saturday */
	assert_string_equal(who_at(f, "2028-03-06 07:30"), "a");
	assert_string_equal(who_at(f, "2028-03-07 07:30"), "-");
}

/* 13. Reading in the middle of a window gives its middle: nothing depends on when the program was started. */
static void the_middle_is_the_middle(void **state)
{
	struct fixture *f = *state;
	struct timeline *timeline;
	const struct segment *segment;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{45, 0}, {35, 0}});
	timeline = timeline_build(&f->view, date("2026-03-02"));
	segment = timeline_at(timeline, local(f, "2026-03-02 07:42:11"));
	/* 2531 s = 31 rounds of 80 s and 51 s: 6 s into the second */
	assert_ptr_equal(segment->item, &f->items[1]);
	timeline_destroy(timeline);
}

static void segments_cover_the_day(void **state)
{
	struct fixture *f = *state;
	struct timeline *timeline;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{45, 0}, {35, 0}});
	ADD(f, .id = "b", .hours = {{AT(7, 7), AT(7, 8)}}, .items = {{45, 0}, {35, 0}}, .priority = 77);
	timeline = timeline_build(&f->view, date("2026-03-02"));
	assert_int_equal(timeline->segments[0].start, timeline->start);
	for (size_t i = 0; i < timeline->count; i++) {
		const struct segment *s = &timeline->segments[i];

		assert_true(s->start < s->end);
		assert_ptr_equal(timeline_at(timeline, s->start), s);
		assert_ptr_equal(timeline_at(timeline, s->end - 1), s);
		assert_true(
			!s->entry || (s->item_start <= s->start && s->end <= s->item_start + s->item_length));
		assert_int_equal(s->end, i + 1 < timeline->count ? s[1].start : timeline->end);
	}
	timeline_destroy(timeline);
}

static void assert_same(const struct segment *a, const struct segment *b)
{
	assert_int_equal(a->start, b->start);
	assert_int_equal(a->end, b->end);
	assert_ptr_equal(a->entry, b->entry);
	assert_ptr_equal(a->item, b->item);
	assert_int_equal(a->item_start, b->item_start);
	assert_int_equal(a->item_length, b->item_length);
	assert_int_equal(a->reason, b->reason);
}

/* A part of the day is the same segments, no more than are touched. */
static void a_part_is_like_the_whole(void **state)
{
	struct fixture *f = *state;
	struct timeline *whole, *part;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(8, 0)}}, .items = {{45, 0}, {35, 0}});
	ADD(f, .id = "b", .hours = {{AT(7, 7), AT(7, 8)}}, .items = {{45, 0}, {35, 0}}, .priority = 77);
	whole = timeline_build(&f->view, date("2026-03-02"));
	for (size_t i = 0; i < whole->count; i++)
		for (size_t j = i; j < whole->count && j < i + 4; j++) {
			part = timeline_build_between(&f->view, date("2026-03-02"),
				whole->segments[i].end - 1, whole->segments[j].start + 1);
			assert_int_equal(part->count, j - i + 1);
			for (size_t k = 0; k < part->count; k++)
				assert_same(&part->segments[k], &whole->segments[i + k]);
			assert_int_equal(part->start, whole->segments[i].start);
			assert_int_equal(part->end, whole->segments[j].end);
			timeline_destroy(part);
		}
	timeline_destroy(whole);
	/* beyond the day: an empty one */
	part = timeline_build_between(
		&f->view, date("2026-03-02"), local(f, "2026-03-03 00:00"), local(f, "2026-03-03 01:00"));
	assert_int_equal(part->start, part->end);
	timeline_destroy(part);
}

static void reasons(void **state)
{
	struct fixture *f = *state;
	static const enum reason expected[] = {REASON_NOTHING, REASON_ONLY, REASON_TURN, REASON_TURN,
		REASON_PRIORITY, REASON_ONLY, REASON_NOTHING};
	struct timeline *timeline;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(7, 4)}}, .items = {{60, 0}});
	ADD(f, .id = "b", .hours = {{AT(7, 1), AT(7, 4)}}, .items = {{60, 0}});
	ADD(f, .id = "x", .hours = {{AT(7, 3), AT(7, 5)}}, .items = {{60, 0}}, .priority = 99);
	timeline = timeline_build(&f->view, date("2026-03-02"));
	assert_int_equal(timeline->count, 7);
	for (size_t i = 0; i < timeline->count; i++)
		assert_int_equal(timeline->segments[i].reason, expected[i]);
	assert_string_equal(reason_name(REASON_NOTHING), "nothing");
	assert_string_equal(reason_name(REASON_TURN), "turn");
	timeline_destroy(timeline);
}

static void lengths_are_clamped(void **state)
{
	struct fixture *f = *state;
	struct timeline *timeline;

	ADD(f, .id = "a", .hours = {{AT(7, 0), AT(7, 0) + 2}}, .items = {{1, 0}, {1, 0}});
	f->lengths[0] = 0;		     /* would never end */
	f->lengths[1] = NS_PER_SEC + 999999; /* a frame more would show the beginning again */
	timeline = timeline_build(&f->view, date("2026-03-02"));
	assert_int_equal(timeline->segments[1].end - timeline->segments[1].start, 100 * NS_PER_MS);
	assert_int_equal(timeline->segments[2].end - timeline->segments[2].start, NS_PER_SEC);
	timeline_destroy(timeline);
}

/* East of Greenwich the epoch's day begins before the epoch. */
static void a_day_may_begin_before_the_epoch(void **state)
{
	struct fixture *f = *state;
	struct timeline *timeline;

	ADD(f, .id = "a", .hours = {{WHOLE_DAY}}, .items = {{6 * 3600, 0}});
	timeline = timeline_build(&f->view, date("1970-01-01"));
	assert_true(timeline->start < 0);
	assert_int_equal(timeline->count, 4);
	for (size_t i = 0; i < timeline->count; i++)
		assert_int_equal(
			timeline->segments[i].end - timeline->segments[i].start, 6 * 3600 * NS_PER_SEC);
	timeline_destroy(timeline);
}

/* Apia left out 2011-12-30 altogether. */
static void a_zone_may_skip_a_day(void **state)
{
	struct fixture *f = fixture_create("Pacific/Apia");
	struct timeline *timeline;

	ADD(f, .id = "a", .hours = {{AT(20, 0), AT(28, 0)}}, .items = {{3600, 0}});
	timeline = timeline_build(&f->view, date("2011-12-30"));
	assert_int_equal(timeline->count, 1);
	assert_int_equal(timeline->start, timeline->end);
	timeline_destroy(timeline);
	assert_int_equal(sched_programme_day(&f->site, local(f, "2011-12-31 00:00")), date("2011-12-31"));
	assert_int_equal(sched_programme_day(&f->site, local(f, "2011-12-31 00:00") - 1), date("2011-12-29"));
	assert_string_equal(who_at(f, "2011-12-29 23:30"), "a");
	/* 20:00 of the day that never was is a reading skipped like any other: the first instant after the step */
	assert_string_equal(who_at(f, "2011-12-31 03:59"), "a");
	assert_string_equal(who_at(f, "2011-12-31 04:00"), "-");
	fixture_destroy(f);
}

static void check_verdict(const struct fixture *f, const char *when, const char *expected)
{
	struct candidate *candidates;
	size_t count = sched_why(&f->view, local(f, when), &candidates);
	char text[TEXT_MOST] = "";

	for (size_t i = 0; i < count; i++) {
		size_t used = strlen(text);

		snprintf(text + used, sizeof text - used, "%s%s %s", used ? ", " : "",
			candidates[i].entry->id, verdict_name(candidates[i].verdict));
	}
	free(candidates);
	assert_string_equal(text, expected);
}

static void why_names_the_rule(void **state)
{
	struct fixture *f = *state;
	struct hours day = {.start = AT(7, 0), .end = AT(17, 0)};
	int64_t until = local(f, "2026-03-02 12:00");

	ADD(f, .id = "win", .hours = {day}, .items = {{60, 0}}, .priority = 20);
	ADD(f, .id = "turn", .hours = {day}, .items = {{60, 0}}, .priority = 20);
	ADD(f, .id = "low", .hours = {day}, .items = {{60, 0}});
	ADD(f, .id = "hours", .hours = {{AT(18, 0), AT(21, 0)}}, .items = {{60, 0}});
	ADD(f, .id = "weekday", .hours = {day}, .items = {{60, 0}}, .weekdays = 1 << 6);
	ADD(f, .id = "early", .hours = {day}, .items = {{60, 0}}, .from = "2026-03-03");
	ADD(f, .id = "late", .hours = {day}, .items = {{60, 0}}, .until = "2026-03-01");
	ADD(f, .id = "except", .hours = {day}, .items = {{60, 0}}, .except = "2026-03-02");
	ADD(f, .id = "old", .hours = {day}, .items = {{60, until}});
	ADD(f, .id = "elsewhere", .hours = {day}, .items = {{60, 0}}, .on = "kiosk");
	check_verdict(f, "2026-03-02 13:00",
		"win wins, turn others-turn, low lower-priority, hours hours, weekday weekday, early "
		"not-yet, "
		"late over, except excepted, old expired");
	check_verdict(f, "2026-03-02 06:59",
		"win hours, turn hours, low hours, hours hours, weekday weekday, early not-yet, late over, "
		"except excepted, old hours");
}

/* The small hours belong to the window of the evening before, and so does the blame. */
static void why_after_midnight(void **state)
{
	struct fixture *f = *state;

	ADD(f, .id = "night", .hours = {{AT(22, 0), AT(30, 0)}}, .items = {{60, 0}}, .weekdays = MON_FRI);
	check_verdict(f, "2026-03-07 05:00", "night wins"); /* Saturday; begun on Friday */
	check_verdict(f, "2026-03-08 05:00", "night weekday");
	check_verdict(f, "2026-03-09 05:00", "night weekday"); /* a Monday, but Sunday's night */
	check_verdict(f, "2026-03-09 12:00", "night hours");
}

int main(void)
{
#define RULE(test)   cmocka_unit_test_setup_teardown(test, setup, teardown)
#define BERLIN(test) cmocka_unit_test_setup_teardown(test, setup_berlin, teardown)
	const struct CMUnitTest tests[] = {
		RULE(windows_are_half_open),
		RULE(midnight_window_belongs_to_its_first_day),
		RULE(except_concerns_the_day_of_the_beginning),
		BERLIN(forward_step_of_the_clock),
		BERLIN(backward_step_of_the_clock),
		RULE(border_of_the_day_restarts),
		RULE(day_starts_moves_the_border),
		RULE(higher_priority_cuts_and_the_cut_resumes),
		RULE(frequent_interruptions_starve_nothing),
		RULE(equal_priorities_interleave),
		RULE(a_joining_entry_waits),
		RULE(a_closing_window_cuts_and_keeps_the_place),
		RULE(touching_windows_are_one),
		RULE(places_are_kept_over_gaps),
		RULE(the_turn_survives_an_interruption),
		RULE(expiry_ends_an_item),
		RULE(expiry_closes_an_entry),
		RULE(expiry_of_a_cut_item),
		RULE(gaps_fill_the_day),
		RULE(dates_and_days),
		RULE(a_share_beats_priority),
		RULE(at_least_and_at_most),
		RULE(neighbours_are_kept_apart),
		RULE(the_middle_is_the_middle),
		RULE(segments_cover_the_day),
		RULE(a_part_is_like_the_whole),
		RULE(reasons),
		RULE(lengths_are_clamped),
		RULE(a_day_may_begin_before_the_epoch),
		cmocka_unit_test(a_zone_may_skip_a_day),
		RULE(why_names_the_rule),
		RULE(why_after_midnight),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
