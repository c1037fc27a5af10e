/* Conformance: every registered driver's table, its options, its frames, and that sending them allocates nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance.h"

/* Every allocation of the process is counted; not where the sanitizer has taken malloc's place. */
static unsigned long allocations;
static bool paused; /* what the device on the other side does is not the driver's */
#if !defined(__SANITIZE_ADDRESS__)
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *malloc(size_t size)
{
	__atomic_add_fetch(&allocations, !paused, __ATOMIC_RELAXED);
	return __libc_malloc(size);
}
void *calloc(size_t count, size_t size)
{
	__atomic_add_fetch(&allocations, !paused, __ATOMIC_RELAXED);
	return __libc_calloc(count, size);
}
void *realloc(void *old, size_t size)
{
	__atomic_add_fetch(&allocations, !paused, __ATOMIC_RELAXED);
	return __libc_realloc(old, size);
}
#endif

/* It takes no pictures, only orders. */
static bool is_control(const struct sink_driver *driver)
{
	return driver->caps & SINK_CONTROL;
}

static void test_tables(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		const struct sink_driver *driver = sink_drivers[i];
		assert_ptr_equal(sink_driver_find(driver->name), driver);
		assert_true(i == 0 || strcmp(sink_drivers[i - 1]->name, driver->name) < 0);
		assert_true(driver->summary && *driver->summary);
		assert_true(driver->open && !driver->submit == is_control(driver) && driver->close);
		assert_true(!driver->actions == !driver->act);
		assert_true(!(driver->caps & SINK_DIM) == !driver->dim);
		assert_true(!(driver->caps & SINK_REPLIES) || driver->event);
		bed_of(driver);
		for (const struct sink_option *o = driver->options; o && o->name; o++) {
			assert_true(
				strspn(o->name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(o->name));
			assert_true(o->help && *o->help);
			assert_true(o->offset < driver->priv_size);
			assert_true(o->type != OPTION_WORD || o->word_count > 0);
			assert_true(o->least <= o->most);
		}
	}
	assert_null(sink_driver_find("none"));
}

static void test_unknown_option(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		struct option option = {"no-such-option", "1", {"site.conf", 9, 5}};
		struct display display = {.name = "gate",
			.width = CONFORMANCE_WIDTH,
			.height = CONFORMANCE_HEIGHT,
			.driver = sink_drivers[i]->name,
			.options = &option,
			.option_count = 1,
			.panel = {.gamma = 1, .white = {1, 1, 1}}};
		struct diag_list diags;
		if (is_control(sink_drivers[i]))
			display.control = display.driver;
		diag_init(&diags);
		assert_false(output_check(&display, &diags));
		bool located = false;
		for (size_t k = 0; k < diags.count; k++)
			located |= diags.items[k].where.line == 9;
		assert_true(located);
		diag_finish(&diags);
	}
}

static void test_frames(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		const struct bed *bed = bed_of(sink_drivers[i]);
		struct rig rig;
		if (is_control(sink_drivers[i]))
			continue;
		if (bed_absent(bed)) {
			printf("# %s: %s\n", bed->driver, bed_absent(bed));
			continue;
		}
		int descriptors = open_descriptors();
		rig_set_up(&rig, bed, false);
		for (uint32_t k = 1; k <= 3; k++) {
			rig_push(&rig, k);
			if (!rig_drained(&rig, 5 * NS_PER_SEC))
				fail_msg("%s: frame %u was not shown", bed->driver, k);
			rig_assert_picture(&rig);
		}
		struct output_status status = rig_status(&rig);
		assert_int_equal(status.health, HEALTH_UP);
		assert_int_equal(status.handed, 3);
		assert_int_equal(status.shown, 3);
		rig_tear_down(&rig);
		assert_int_equal(open_descriptors(), descriptors);
	}
}

/* A display at 2000 frames a second, on the loop as in the daemon. */
struct player {
	struct rig *rig;
	struct loop_timer *timer;
	int frames;
	unsigned long before, after; /* allocations at frames FIRST and LAST */
	bool done;
};
enum { FIRST = 20, LAST = 1020 };

static void play(void *data)
{
	struct player *player = data;

	paused = true;
	device_hear();
	paused = false;
	rig_push(player->rig, (uint32_t)player->frames * 7);
	player->frames++;
	if (player->frames == FIRST)
		player->before = allocations;
	if (player->frames == LAST) {
		player->after = allocations;
		player->done = true;
	}
	loop_timer_set(player->timer, clock_monotonic() + 500 * NS_PER_US);
}

/* From the push to the device and back, loop and driver included, nothing is allocated. A blocking driver does its
 * files on a worker: that is not the frame path. */
static void test_no_allocation(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		struct rig rig;
		if (bed_absent(bed_of(sink_drivers[i])) || is_control(sink_drivers[i]))
			continue;
		struct player player = {.rig = &rig};
		if (sink_drivers[i]->caps & SINK_BLOCKING)
			continue;
		rig_set_up(&rig, bed_of(sink_drivers[i]), false);
		player.timer = loop_timer_create(rig.loop, play, &player);
		loop_timer_set(player.timer, 0);
		loop_run_until(rig.loop, &player.done, 20 * NS_PER_SEC);
		assert_true(player.done);
		if (player.after != player.before)
			fail_msg("%s: %lu allocations in %d frames", sink_drivers[i]->name,
				player.after - player.before, LAST - FIRST);
		int64_t cycle = rig.output->minimum_cycle;
		assert_true(rig_status(&rig).shown > (cycle > 100 * NS_PER_MS			    ? 0
							     : sink_drivers[i]->caps & SINK_REPLIES ? 10
												    : 50));
		loop_timer_destroy(player.timer);
		rig_tear_down(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_unknown_option),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_no_allocation),
	};
	if (conformance_begin() < 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	conformance_end();
	return failed;
}
