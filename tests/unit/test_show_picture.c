/* frame = f(catalogue, display, instant): what a show composes depends on nothing else, and allocates nothing. */
#include "frame/rate.h"
#include "playlist/announcement.h"
#include "show_fixture.h"

static char *on_other[] = {(char *)"other"};

/* volatile: the compiler believes that malloc reads no variable of ours */
static _Thread_local volatile bool counting;
static _Thread_local volatile unsigned allocations;

#ifndef __SANITIZE_ADDRESS__
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *malloc(size_t size)
{
	allocations += counting;
	return __libc_malloc(size);
}
void *calloc(size_t count, size_t size)
{
	allocations += counting;
	return __libc_calloc(count, size);
}
void *realloc(void *old, size_t size)
{
	allocations += counting;
	return __libc_realloc(old, size);
}
#endif

static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
	uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % limit;
}

static bool within(const struct region *region, int x, int y)
{
	for (int i = 0; i < region->count; i++) {
		const struct rect *r = &region->rects[i];

		if (x >= r->x && x < r->x + r->width && y >= r->y && y < r->y + r->height)
			return true;
	}
	return false;
}

static void assert_damage_covers(
	const struct frame *before, const struct frame *after, const struct region *damage)
{
	for (int y = 0; y < after->height; y++)
		for (int x = 0; x < after->width; x++)
			if (frame_row(before, y)[x] != frame_row(after, y)[x])
				assert_true(within(damage, x, y));
}

/* From frame to frame, with jumps forward and back: equal to a picture from scratch, and every pixel that changed is
 * in the damage. */
static void composing_onward_equals_composing_anew(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {announce(w, "2026-03-02 10:00", "2026-03-02 10:10"),
		blank(w, "2026-03-02 10:08", "2026-03-02 10:12"),
		counting_down(w, "{countdown}", "2026-03-02 09:00:20.3", "2026-03-02 09:02"),
		counting_down(w, "Mất điện đến 17 giờ, còn {countdown} nữa", "2026-03-02 16:00",
			"2026-03-02 17:00:30")};
	struct show *show = make(w, "board", overrides, 4);
	static const char *const around[] = {"2026-03-02 06:59:50", "2026-03-02 08:00", "2026-03-02 08:59:55",
		"2026-03-02 09:59:55", "2026-03-02 10:07:55", "2026-03-02 10:11:55", "2026-03-02 21:59:55",
		"2026-03-02 16:59:50"};
	struct instant painted = unknown;
	const struct rect all = {0, 0, 64, 16};

	random_state = 7;
	for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
		int64_t start = at(w, around[i]), time = start;

		show_prepare(show, start, start + 120 * NS_PER_SEC);
		for (int step = 0; step < 400; step++) {
			struct region damage;
			struct show_state shown;

			if (random_below(10) == 0)
				time = start + (int64_t)random_below(110) * NS_PER_SEC;
			time += NS_PER_SEC / 30 * (int64_t)random_below(4);
			frame_copy(w->former, 0, 0, w->frame, all);
			region_clear(&damage);
			show_compose(show, painted, trusted(time), w->frame, &damage, &shown);
			painted = trusted(time);
			assert_false(shown.late);
			compose(show, painted, w->fresh);
			assert_true(frame_equal(w->frame, w->fresh));
			assert_damage_covers(w->former, w->frame, &damage);
		}
	}
	show_destroy(show);
}

static void assert_says(struct world *w, struct show *show, struct instant now, const char *text)
{
	struct face face;
	struct scene *scene;

	assert_false(compose(show, now, w->frame).late);
	face_of_display(site_display(w->site, "board"), &face);
	scene = scene_prepare_text(w->fonts, &face, text, MOTION_STILL, NULL, NULL);
	scene_compose(scene, (struct moment){0, 0}, w->fresh);
	scene_unref(scene);
	assert_true(frame_equal(w->frame, w->fresh));
}

/* A begun second counts. Whatever the clock is set to, even to one that is not believed, it goes on from second to
 * second, and nothing has to be prepared anew for that. */
static void an_announcement_counts_down_to_its_end(void **state)
{
	struct world *w = *state;
	struct override override =
		counting_down(w, "{{{countdown}}}", "2026-03-02 10:00:00.3", "2026-03-02 10:10:00.3");
	struct show *show = make(w, "board", &override, 1);
	static const struct {
		int64_t elapsed;
		const char *text;
	} cases[] = {{0, "{00:10:00}"}, {NS_PER_SEC - 1, "{00:10:00}"}, {NS_PER_SEC, "{00:09:59}"},
		{299 * NS_PER_SEC + 1, "{00:05:01}"}, {600 * NS_PER_SEC - 1, "{00:00:01}"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct instant now = trusted(override.start + cases[i].elapsed);

		show_prepare(show, now.time, now.time + NS_PER_SEC);
		assert_says(w, show, now, cases[i].text);
	}
	struct instant now = trusted(override.start + 100 * NS_PER_SEC),
		       back = trusted(now.time - 3 * NS_PER_HOUR), doubted = {5 * NS_PER_SEC, false};

	show_prepare(show, now.time, now.time + 10 * NS_PER_SEC);
	assert_says(w, show, now, "{00:08:20}");
	show_move(show, now, back);
	assert_says(w, show, back, "{00:08:20}");
	back.time += NS_PER_SEC;
	assert_says(w, show, back, "{00:08:19}");
	show_move(show, back, doubted);
	doubted.time += NS_PER_SEC;
	assert_says(w, show, doubted, "{00:08:18}");
	show_prepare(show, doubted.time, doubted.time + NS_PER_MIN);
	doubted.time += 58 * NS_PER_SEC;
	assert_says(w, show, doubted, "{00:07:20}");
	show_destroy(show);
}

/* What was kept by a program that knew no fields is shown as it was; and what has no end counts to none. */
static void other_braces_stand_for_themselves(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {counting_down(w, "{a} }", "2026-03-02 10:00", "2026-03-02 10:10"),
		counting_down(w, "{countdown}", "2026-03-02 11:00", NULL)};
	struct show *show = make(w, "board", overrides, 2);

	assert_says(w, show, trusted(overrides[0].start), "{a} }");
	assert_int_equal(compose(show, trusted(overrides[1].start), w->frame).source, SHOW_ANNOUNCE);
	assert_false(all_black(w->frame));
	show_destroy(show);
}

/* Put in where it is known; an emergency under a clock that nobody believes goes without. */
static void the_date_is_that_of_the_beginning(void **state)
{
	static const char text[] = "Hôm nay {date} nghỉ, còn {countdown}; {{date}";
	struct world *w = *state;
	char *known = announcement_on(text, w->site->zone, at(w, "2026-03-02 23:59:59"));
	char *without = announcement_on(text, NULL, 0);

	assert_string_equal(known, "Hôm nay Thứ Hai, 02/03/2026 nghỉ, còn {countdown}; {{date}");
	assert_string_equal(without, "Hôm nay  nghỉ, còn {countdown}; {{date}");
	assert_true(announcement_has_date(text) && !announcement_has_date(known));
	assert_null(announcement_fault(text));
	free(known);
	free(without);
}

/* What shows is the item's own scene, at the time since the item began, once its transition is over: a cut one goes on
 * where it was. */
static void the_picture_is_the_item_at_its_time(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "board", NULL, 0);
	unsigned resumed = 0, seen = 0;
	struct face face;

	face_of_display(site_display(w->site, "board"), &face);
	random_state = 3;
	for (int i = 0; i < 300; i++) {
		int64_t start = at(w, i % 3 ? "2026-03-02 08:59:30" : "2026-03-02 07:00");
		int64_t time = start + (int64_t)random_below(100 * 1000) * NS_PER_MS;
		struct scene *scene;
		struct show_state shown;

		prepare_around(show, time);
		shown = compose(show, trusted(time), w->frame);
		assert_int_equal(shown.source, SHOW_SCHEDULE);
		scene = scene_prepare(w->fonts, &face, shown.segment->item, NULL, NULL);
		scene_compose(scene, (struct moment){time - shown.segment->item_start, time}, w->fresh);
		scene_unref(scene);
		if (shown.segment->item->transition != TRANSITION_CUT &&
			time - shown.segment->start < shown.segment->item->transition_time)
			continue;
		assert_true(frame_equal(w->frame, w->fresh));
		resumed += shown.segment->item_start < shown.segment->start;
		seen++;
	}
	assert_true(resumed > 0 && seen > 150);
	show_destroy(show);
}

/* A reload, other overrides elsewhere, an equal display: the same instant is the same picture. */
static void a_reload_changes_no_pixel(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "board", NULL, 0), *twin = make(w, "twin", NULL, 0), *derived, *reloaded;
	struct catalogue *again = read_catalogue(w, playlist_text);
	struct override overrides[] = {announce(w, "2026-03-02 07:00", NULL)};

	assert_non_null(again);
	overrides[0].on = on_other;
	derived = show_derive(show, overrides, 1);
	reloaded = show_create(w->site, site_display(w->site, "board"), again, NULL, 0, w->fonts, w->store);
	catalogue_unref(again);
	random_state = 11;
	for (int i = 0; i < 200; i++) {
		int64_t time =
			at(w, "2026-03-02 06:00") + (int64_t)random_below(12 * 3600 * 1000) * NS_PER_MS;
		struct show *others[] = {twin, derived, reloaded};

		prepare_around(show, time);
		compose(show, trusted(time), w->frame);
		for (int k = 0; k < 3; k++) {
			prepare_around(others[k], time);
			compose(others[k], trusted(time), w->fresh);
			assert_true(frame_equal(w->frame, w->fresh));
		}
	}
	show_destroy(reloaded);
	show_destroy(derived);
	show_destroy(twin);
	show_destroy(show);
}

#ifndef __SANITIZE_ADDRESS__
/* A minute of ticker, item borders, an override's border and the edge of the hours, frame by frame. */
static void the_frame_path_allocates_nothing(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {
		counting_down(w, "Mất điện, còn {countdown}", "2026-03-02 08:00:20", "2026-03-02 08:00:40")};
	struct show *show = make(w, "board", overrides, 1);
	static const char *const starts[] = {
		"2026-03-02 08:00", "2026-03-02 21:59:50", "2026-03-02 16:59:50"};
	void *volatile probe;

	counting = true;
	probe = malloc(1); /* the counter counts */
	counting = false;
	free(probe);
	assert_int_equal(allocations, 1);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		int64_t start = at(w, starts[i]);
		struct instant painted = unknown;
		struct region damage;
		struct show_state shown;

		show_prepare(show, start, start + NS_PER_MIN);
		allocations = 0;
		counting = true;
		for (int64_t k = frame_index(30000, start) + 1; frame_instant(30000, k) < start + NS_PER_MIN;
			k++) {
			struct instant now = trusted(frame_instant(30000, k));

			region_clear(&damage);
			show_compose(show, painted, now, w->frame, &damage, &shown);
			show_next_change(show, now);
			painted = now;
			if (shown.late)
				break;
		}
		counting = false;
		assert_false(shown.late);
		assert_int_equal(allocations, 0);
	}
	show_destroy(show);
}
#endif

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(composing_onward_equals_composing_anew),
		TEST(an_announcement_counts_down_to_its_end),
		TEST(other_braces_stand_for_themselves),
		TEST(the_date_is_that_of_the_beginning),
		TEST(the_picture_is_the_item_at_its_time),
		TEST(a_reload_changes_no_pixel),
#ifndef __SANITIZE_ADDRESS__
		TEST(the_frame_path_allocates_nothing),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
