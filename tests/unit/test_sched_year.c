/* The sample campaign for the whole of 2026, every display: the timeline equals the oracle, at every half minute. (That
 * it has no gap in office hours is test_sample's.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "sched_oracle.h"

#define STEP (30 * NS_PER_SEC)
/* Every day; with the sanitizers, which look for other faults, every eleventh. */
#ifdef __SANITIZE_ADDRESS__
#define DAY_STEP 11
#else
#define DAY_STEP 1
#endif

struct sample {
	struct diag_list diags;
	struct site *site;
	struct catalogue *catalogue;
	int64_t *lengths; /* render's do not matter here; but the oracle needs multiples of its step */
};

static int setup(void **state)
{
	struct sample *sample = xcalloc(1, sizeof *sample);
	struct source_file *files;
	size_t count;

	*state = sample;
	diag_init(&sample->diags);
	sample->site = site_read("playlists/bangtind.conf", &sample->diags);
	if (!sample->site || sources_read("playlists", &files, &count, &sample->diags) < 0)
		return -1;
	sample->catalogue = catalogue_build(sample->site, files, count, &sample->diags);
	sources_free(files, count);
	if (!sample->catalogue)
		return -1;
	sample->lengths = xcalloc(sample->catalogue->item_count, sizeof *sample->lengths);
	for (size_t i = 0; i < sample->catalogue->item_count; i++)
		sample->lengths[i] = (int64_t)(1 + i % 5) * STEP;
	return 0;
}

static int teardown(void **state)
{
	struct sample *sample = *state;

	free(sample->lengths);
	catalogue_unref(sample->catalogue);
	site_destroy(sample->site);
	diag_finish(&sample->diags);
	free(sample);
	return 0;
}

static size_t compare_day(const struct sched_view *view, day_t day)
{
	struct timeline *timeline = timeline_build(view, day);
	struct oracle oracle = oracle_begin(view, timeline->start, STEP);
	size_t shown = 0;

	while (oracle.time < timeline->end) {
		const struct segment *segment = timeline_at(timeline, oracle.time);
		char when[48];
		const struct entry *entry;
		const struct item *item;

		time_format(view->site->zone, oracle.time, when, sizeof when);
		item = oracle_step(&oracle, &entry);
		if (segment->entry != entry || segment->item != item)
			fail_msg("%s at %s: timeline %s, oracle %s", view->display->name, when,
				segment->entry ? segment->entry->id : "-", entry ? entry->id : "-");
		shown += item != NULL;
	}
	oracle_end(&oracle);
	timeline_destroy(timeline);
	return shown;
}

static void year_equals_oracle(void **state)
{
	const struct sample *sample = *state;

	for (size_t i = 0; i < sample->site->display_count; i++) {
		struct sched_view view = {
			sample->site, sample->catalogue, &sample->site->displays[i], sample->lengths};
		size_t shown = 0;

		for (day_t day = day_from_date(2026, 1, 1); day < day_from_date(2027, 1, 1); day += DAY_STEP)
			shown += compare_day(&view, day);
		/* office hours and evenings at least: that much was compared, not gaps only */
		assert_true(shown >= (size_t)(261 * 17 / 2 + 365 * 3) * 110 / DAY_STEP);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(year_equals_oracle, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
