/* The output core against a driver that does as the test tells it: which frames go out, when, how bright. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "sink_fixture.h"

/* Every allocation of the process is counted; not where the sanitizer has taken malloc's place. */
static unsigned long allocations;
#if !defined(__SANITIZE_ADDRESS__)
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *malloc(size_t size)
{
	__atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
	return __libc_malloc(size);
}
void *calloc(size_t count, size_t size)
{
	__atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
	return __libc_calloc(count, size);
}
void *realloc(void *old, size_t size)
{
	__atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
	return __libc_realloc(old, size);
}
#endif

static void test_newest_wins(void **state)
{
	struct output *output = start("plain");
	struct output_status status;

	push(output, 100, (struct rect){0, 0, 1, 1}, 0x111111);
	assert_int_equal(fake.submits, 1);
	assert_true(is_whole(&fake.owed)); /* the first has everything */
	push(output, 200, (struct rect){1, 0, 1, 1}, 0x222222);
	push(output, 300, (struct rect){2, 0, 1, 1}, 0x333333);
	push(output, 400, (struct rect){3, 1, 2, 2}, 0x444444);
	assert_int_equal(fake.submits, 1); /* one in flight */
	device_ready(output);
	assert_int_equal(fake.submits, 2);
	assert_int_equal(fake.sequence, 2);
	assert_int_equal(fake.instant, 400);
	struct rect box = region_bounds(&fake.owed);
	assert_true(box.x == 1 && box.y == 0 && box.width == 4 && box.height == 3);
	assert_int_equal(fake.wire[0], 0x11);
	assert_int_equal(fake.wire[3], 0x22);
	assert_int_equal(fake.wire[6], 0x33);
	assert_int_equal(fake.wire[3 * (W + 3)], 0x44);
	device_ready(output);
	assert_int_equal(fake.submits, 2); /* nothing is owed */
	output_status(output, &status);
	assert_int_equal(status.composed, 4);
	assert_int_equal(status.handed, 2);
	assert_int_equal(status.shown, 2);
	assert_int_equal(status.dropped, 2);
	assert_int_equal(status.health, HEALTH_UP);
	assert_int_equal(status.last_instant, 400);
	stop(output);
}

static void test_nothing_changed(void **state)
{
	struct output *output = start("plain");
	struct region none = {0};

	fake.ready_at_once = true;
	push(output, 1, (struct rect){0, 0, W, H}, 0xffffff);
	output_push(output, 2, &none);
	assert_int_equal(fake.submits, 1);
	push(output, 3, (struct rect){-5, -5, 6, 6}, 0); /* clipped to one pixel */
	assert_int_equal(fake.submits, 2);
	struct rect box = region_bounds(&fake.owed);
	assert_true(box.x == 0 && box.y == 0 && box.width == 1 && box.height == 1);
	push(output, 4, (struct rect){W, 0, 5, 5}, 0);
	assert_int_equal(fake.submits, 2);
	stop(output);
}

static void test_pace(void **state)
{
	struct output *output = start("paced");

	fake.ready_at_once = true;
	int64_t began = clock_monotonic();
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	push(output, 2, (struct rect){0, 0, 1, 1}, 2);
	assert_int_equal(fake.submits, 1);
	run_until(&fake.submits, 2);
	assert_true(clock_monotonic() - began >= 60 * NS_PER_MS);
	assert_int_equal(fake.instant, 2);
	stop(output);
}

static void test_not_now(void **state)
{
	struct output *output = start("plain");

	fake.submit_result = -EAGAIN;
	push(output, 1, (struct rect){0, 0, 1, 1}, 0x010101);
	push(output, 2, (struct rect){1, 0, 1, 1}, 0x020202);
	assert_int_equal(fake.submits, 1);
	fake.submit_result = 0;
	device_ready(output);
	assert_int_equal(fake.submits, 2);
	assert_int_equal(fake.sequence, 1); /* what was refused had no number */
	assert_true(is_whole(&fake.owed));
	assert_int_equal(fake.wire[3], 2);
	stop(output);
}

static void test_refresh(void **state)
{
	struct output *output = start("plain");

	display.refresh = 40 * NS_PER_MS;
	fake.ready_at_once = true;
	push(output, 5, (struct rect){0, 0, 1, 1}, 1);
	push(output, 6, (struct rect){0, 0, 1, 1}, 2);
	assert_int_equal(fake.submits, 2);
	run_until(&fake.submits, 4);
	assert_true(is_whole(&fake.owed));
	assert_int_equal(fake.instant, 6);
	assert_int_equal(fake.wire[0], 0); /* colour 2 is 0x000002 */
	assert_int_equal(fake.wire[2], 2);
	stop(output);

	output = start("kept");
	fake.ready_at_once = true;
	run(120 * NS_PER_MS);
	assert_int_equal(fake.submits, 0); /* there is nothing to keep alive yet */
	push(output, 5, (struct rect){0, 0, 1, 1}, 1);
	run_until(&fake.submits, 3);
	assert_true(is_whole(&fake.owed));
	stop(output);
}

struct trace {
	int calls;
	uint64_t sequence, digest;
	int64_t instant;
};

static void on_handed(
	void *data, const struct display *of, uint64_t sequence, int64_t instant, uint64_t digest)
{
	struct trace *trace = data;
	assert_ptr_equal(of, &display);
	trace->calls++;
	trace->sequence = sequence;
	trace->instant = instant;
	trace->digest = digest;
}

static void test_trace(void **state)
{
	struct output *output = start("plain");
	struct trace trace = {0};

	output_on_handed(output, on_handed, &trace);
	push(output, 77, (struct rect){2, 2, 3, 1}, 0x123456);
	assert_int_equal(trace.calls, 1);
	assert_int_equal(trace.sequence, 1);
	assert_int_equal(trace.instant, 77);
	assert_true(trace.digest == digest_picture(DIGEST_START, fake.wire, sizeof fake.wire));
	push(output, 78, (struct rect){2, 2, 3, 1}, 0x123457);
	assert_int_equal(trace.calls, 1);
	stop(output);
}

struct engine {
	struct output *output;
	int calls;
};

static void on_ready(void *data)
{
	struct engine *engine = data;
	engine->calls++;
	push(engine->output, 1000 + engine->calls, (struct rect){0, 0, 2, 2}, 0x0a0a0a);
}

static void test_fresher_frame_on_ready(void **state)
{
	struct output *output = start("plain");
	struct engine engine = {output, 0};

	run(NS_PER_MS);
	output_on_ready(output, on_ready, &engine);
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	push(output, 2, (struct rect){0, 0, 1, 1}, 2);
	assert_int_equal(engine.calls, 0);
	device_ready(output);
	assert_int_equal(engine.calls, 1);
	assert_int_equal(fake.submits, 2);
	assert_int_equal(fake.instant, 1001);
	/* a sink that is ready at once does not set engine and core talking for ever */
	fake.ready_at_once = true;
	device_ready(output);
	assert_int_equal(engine.calls, 2);
	assert_int_equal(fake.submits, 3);
	stop(output);
}

static void test_drain(void **state)
{
	struct output *output = start("plain");

	assert_true(output_drain(output, NS_PER_SEC)); /* nothing was pushed */
	fake.takes = 20 * NS_PER_MS;
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	push(output, 2, (struct rect){0, 0, 1, 1}, 2);
	assert_true(output_drain(output, NS_PER_SEC));
	assert_int_equal(fake.submits, 2);
	fake.takes = 0;
	push(output, 3, (struct rect){0, 0, 1, 1}, 3);
	assert_false(output_drain(output, 30 * NS_PER_MS));
	stop(output);
}

static void test_brightness(void **state)
{
	struct output *output = start("plain");

	fake.ready_at_once = true;
	push(output, 1, (struct rect){0, 0, W, H}, 0xff8040);
	output_set_brightness(output, 500);
	assert_int_equal(fake.submits, 2);
	assert_memory_equal(fake.wire, "\x80\x40\x20", 3);
	output_set_brightness(output, 500);
	assert_int_equal(fake.submits, 2);
	stop(output);

	output = start("dimming");
	fake.ready_at_once = true;
	push(output, 1, (struct rect){0, 0, W, H}, 0xff8040);
	output_set_brightness(output, 300);
	assert_int_equal(fake.dimmed, 300);
	assert_memory_equal(fake.wire, "\xff\x80\x40", 3);
	fake.dim_result = -ENOTSUP; /* this one turns out to have no dimmer */
	output_set_brightness(output, 500);
	assert_memory_equal(fake.wire, "\x80\x40\x20", 3);
	stop(output);
}

static void test_standby(void **state)
{
	struct output *output = start("sleepy");
	struct output_status status;

	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	fake.switches = 0; /* it was switched on when it came up */
	output_set_power(output, false);
	assert_int_equal(fake.switches, 0); /* not while a frame is in flight */
	device_ready(output);
	assert_true(fake.asleep);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_OFF);
	push(output, 2, (struct rect){0, 0, 1, 1}, 2);
	output_refresh(output);
	assert_int_equal(fake.submits, 1);
	assert_true(output_drain(output, 0)); /* nothing is waited for */
	output_set_power(output, true);
	assert_false(fake.asleep);
	assert_int_equal(fake.submits, 2);
	assert_int_equal(fake.instant, 2);
	assert_true(is_whole(&fake.owed));
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_UP);

	/* what comes back while it should sleep is put to sleep */
	output_set_power(output, false);
	device_ready(output);
	fake.switches = 0;
	device_gone(output);
	output->retry_at = clock_monotonic();
	output_settle(output);
	assert_int_equal(fake.switches, 1);
	assert_true(fake.asleep);
	stop(output);
}

static void test_standby_refused(void **state)
{
	struct output *output = start("sleepy");
	struct output_status status;

	fake.switches = 0;
	fake.power_result = -ENOTSUP;
	fake.ready_at_once = true;
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	output_set_power(output, false);
	push(output, 2, (struct rect){0, 0, 1, 1}, 0);
	assert_int_equal(fake.switches, 1);
	assert_int_equal(fake.instant, 2); /* the black picture then does it */
	stop(output);

	output = start("sleepy");
	fake.power_result = -EIO;
	output_set_power(output, false);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_DOWN);
	stop(output);

	output = start("plain"); /* a driver that knows nothing of it */
	fake.ready_at_once = true;
	output_set_power(output, false);
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	assert_int_equal(fake.submits, 1);
	stop(output);
}

static void test_no_allocation(void **state)
{
	struct output *output = start("plain");
	struct trace trace = {0};

	display.refresh = 5 * NS_PER_MS;
	output_on_handed(output, on_handed, &trace);
	fake.takes = 100 * NS_PER_US;
	push(output, 0, (struct rect){0, 0, W, H}, 0);
	run(10 * NS_PER_MS);
	bool *flag = &(bool){false};
	unsigned long sum = 0;
	for (int i = 0; i < 1000; i++) {
		unsigned long before = allocations;
		push(output, i, (struct rect){i % W, i % H, 3, 2}, (uint32_t)i);
		if (i % 100 == 0)
			output_set_brightness(output, 500 + i % 200);
		sum += allocations - before;
		loop_run_until(loop, flag, 200 * NS_PER_US); /* it makes a timer for itself */
	}
	assert_int_equal(sum, 0);
	assert_true(fake.submits > 100);
	/* and what the loop calls when the device is ready, without the loop's own timer */
	unsigned long before = allocations;
	for (int i = 0; i < 1000; i++) {
		push(output, i, (struct rect){i % W, i % H, 3, 2}, (uint32_t)i);
		device_ready(output);
	}
	assert_int_equal(allocations - before, 0);
	stop(output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_newest_wins),
		cmocka_unit_test(test_nothing_changed),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_not_now),
		cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_fresher_frame_on_ready),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_brightness),
		cmocka_unit_test(test_standby),
		cmocka_unit_test(test_standby_refused),
		cmocka_unit_test(test_no_allocation),
	};
	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
