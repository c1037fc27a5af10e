/* A year's agenda of 500 entries on one display, and the look-up of an instant. */
#include "base/alloc.h"
#include "sched/timeline.h"
#include "tests/bench/bench.h"

#define ENTRIES 500
#define ITEMS	4 /* of an entry */
#define LOOKUPS 4000000

struct made {
	struct playlist playlist;
	struct entry entry;
	struct message messages[ITEMS];
	struct item items[ITEMS];
	const struct item *list[ITEMS];
	struct hours hours[2];
};

static const char *const on[] = {"led"};

/* Office hours, evenings, short calls of higher priority every few minutes, dated ones: a busy province. */
static void make_entry(struct made *made, size_t index, int64_t *lengths, const struct item **items)
{
	int32_t start = (int32_t)(6 * 3600 + index * 120 % (12 * 3600));

	for (size_t i = 0; i < ITEMS; i++) {
		size_t at = index * ITEMS + i;

		made->messages[i].until = TIME_NEVER;
		made->items[i] = (struct item){.message = &made->messages[i], .index = at, .passes = 1};
		made->list[i] = items[at] = &made->items[i];
		lengths[at] = (int64_t)(8 + at % 20) * NS_PER_SEC;
	}
	made->playlist = (struct playlist){.items = made->list, .item_count = ITEMS};
	if (index % 5 == 0) {
		made->hours[0] = (struct hours){.start = 7 * 3600, .end = 11 * 3600 + 1800};
		made->hours[1] = (struct hours){.start = 13 * 3600, .end = 17 * 3600};
	} else {
		made->hours[0] = (struct hours){.start = start, .end = start + 60};
		made->hours[1] = (struct hours){.start = start + 7200, .end = start + 7200 + 60};
	}
	made->entry = (struct entry){.playlist = &made->playlist,
		.on = on,
		.on_count = 1,
		.weekdays = index % 3 ? 127 : 31,
		.hours = made->hours,
		.hours_count = 2,
		.from = DAY_NONE,
		.until = DAY_NONE,
		.priority = index % 5 ? 20 + (int)(index % 7) : 10,
		.index = index};
}

static size_t build_year(const struct sched_view *view)
{
	size_t segments = 0;

	for (day_t day = day_from_date(2026, 1, 1); day < day_from_date(2027, 1, 1); day++) {
		struct timeline *timeline = timeline_build(view, day);

		segments += timeline->count;
		timeline_destroy(timeline);
	}
	return segments;
}

static double time_lookups(const struct sched_view *view)
{
	struct timeline *timeline = timeline_build(view, day_from_date(2026, 3, 2));
	int64_t length = timeline->end - timeline->start;
	volatile size_t sum = 0;
	uint64_t random = 1;
	double start = bench_now();

	for (int i = 0; i < LOOKUPS; i++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		sum += (size_t)timeline_at(timeline, timeline->start + (int64_t)(random >> 16) % length)
			       ->reason;
	}
	start = bench_now() - start;
	timeline_destroy(timeline);
	return start / LOOKUPS;
}

int main(void)
{
	const char *tags[] = {"led"};
	struct display display = {.name = "board", .tags = tags, .tag_count = 1};
	struct made *made = xcalloc(ENTRIES, sizeof *made);
	int64_t *lengths = xcalloc(ENTRIES * ITEMS, sizeof *lengths);
	const struct item **items = xcalloc(ENTRIES * ITEMS, sizeof(struct item *));
	const struct entry **entries = xcalloc(ENTRIES, sizeof(struct entry *));
	struct catalogue catalogue = {.items = items, .entries = entries, .entry_count = ENTRIES};
	struct site site = {0};
	struct sched_view view = {&site, &catalogue, &display, lengths};
	size_t segments = 0;
	double times[3];
	char baseline[64];

	if (zone_create("Asia/Ho_Chi_Minh", &site.zone) < 0)
		return 1;
	for (size_t i = 0; i < ENTRIES; i++) {
		make_entry(&made[i], i, lengths, items);
		entries[i] = &made[i].entry;
	}
	for (int i = 0; i < 3; i++) {
		times[i] = bench_now();
		segments = build_year(&view);
		times[i] = bench_now() - times[i];
	}
	snprintf(baseline, sizeof baseline, "%zu segments", segments);
	bench_row(
		"agenda of a year, 500 entries, one display", bench_median(times, 3), "s", baseline, "< 1 s");
	bench_row("look-up of an instant", time_lookups(&view) * 1e6, "us", "", "< 1 us");
	zone_destroy(site.zone);
	free(entries);
	free(items);
	free(lengths);
	free(made);
	return 0;
}
