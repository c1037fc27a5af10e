/* Conformance: every registered driver against a device that is not there, goes away, stalls, or takes little at a time; and
 * closed at every wrong moment. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "conformance.h"

/* --- system calls that take less than they are given: at most so many bytes (0: all), or one datagram */

static size_t mouthful;

ssize_t write(int fd, const void *bytes, size_t size)
{
	return syscall(SYS_write, fd, bytes, mouthful && size > mouthful ? mouthful : size);
}

ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
	return syscall(SYS_sendto, fd, bytes, mouthful && size > mouthful ? mouthful : size, flags, NULL, 0);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	return (int)syscall(SYS_sendmmsg, fd, messages, mouthful && count > 1 ? 1 : count, flags);
}

static void check_short_writes(const struct bed *bed, size_t most)
{
	struct rig rig;

	rig_set_up(&rig, bed, false);
	for (uint32_t k = 1; k <= 2; k++) {
		rig_push(&rig, k);
		int64_t end = clock_monotonic() + 10 * NS_PER_SEC;
		bool drained = false;
		while (!drained && clock_monotonic() < end) {
			mouthful = 0;
			device_hear(); /* the device itself swallows and answers as it likes */
			mouthful = most;
			drained = rig_idle(&rig, 5 * NS_PER_MS);
		}
		mouthful = 0;
		if (!drained)
			fail_msg("%s: %zu bytes at a time: not shown (%s)", bed->driver, most,
				rig_status(&rig).why);
		device_hear();
		rig_assert_picture(&rig);
	}
	assert_int_equal(rig_status(&rig).reconnects, 0);
	rig_tear_down(&rig);
}

/* A datagram goes whole or not at all: its drivers meet one system call a datagram. */
static void test_short_writes(void **state)
{
	static const size_t sizes[] = {1, 7, 100};

	for (size_t i = 0; sink_drivers[i]; i++) {
		const struct bed *bed = bed_of(sink_drivers[i]);
		bool datagrams = bed_is_on(bed, UDP) || bed_is_on(bed, CABLE);
		if (bed_absent(bed) || sink_drivers[i]->caps & SINK_BLOCKING)
			continue;
		for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
			check_short_writes(bed, datagrams ? 65536 : sizes[k]);
	}
}

static void test_failed_open(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		const struct bed *bed = bed_of(sink_drivers[i]);
		struct rig rig;
		int descriptors = open_descriptors();
		if (!bed->bad.key)
			continue;
		rig_set_up(&rig, bed, true);
		rig_push(&rig, 1);
		int during = open_descriptors();
		for (int k = 0; k < 20; k++) {
			struct output_status status = rig_status(&rig);
			assert_in_range(status.health, HEALTH_DOWN, HEALTH_FAULT);
			assert_true(status.error < 0 && status.why[0]);
			rig_retry_now(&rig);
		}
		assert_int_equal(open_descriptors(), during);
		rig_tear_down(&rig);
		assert_int_equal(open_descriptors(), descriptors);
	}
}

static void test_close_at_wrong_moments(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		const struct sink_driver *driver = sink_drivers[i];
		const struct bed *bed = bed_of(driver);
		int descriptors = open_descriptors();
		struct rig rig;
		if (bed_absent(bed))
			continue;
		rig_set_up(&rig, bed, false); /* never opened in earnest: nothing has run */
		rig_tear_down(&rig);
		rig_set_up(&rig, bed, false);
		rig_push(&rig, 1); /* in flight */
		rig_tear_down(&rig);
		rig_set_up(&rig, bed, false);
		rig_push(&rig, 2);
		link_close(rig.output);
		driver->close(&rig.output->sink); /* twice, thrice */
		driver->close(&rig.output->sink);
		rig_retry_now(&rig); /* and it opens again */
		if (!rig_drained(&rig, 5 * NS_PER_SEC))
			fail_msg("%s does not open again: %s", driver->name, rig_status(&rig).why);
		rig_assert_picture(&rig);
		rig_tear_down(&rig);
		assert_int_equal(open_descriptors(), descriptors);
	}
}

static void test_break_in_flight(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		const struct bed *bed = bed_of(sink_drivers[i]);
		bool answers = sink_drivers[i]->caps & SINK_REPLIES; /* up when it has been answered */
		bool slow = sink_drivers[i]->cycle || sink_drivers[i]->minimum_cycle;
		uint64_t rounds = answers && slow ? 10 : 50;
		struct rig rig;
		if (bed_absent(bed))
			continue;
		rig_set_up(&rig, bed, false);
		rig_push(&rig, 1);
		if (answers)
			assert_true(rig_drained(&rig, 5 * NS_PER_SEC));
		int descriptors = open_descriptors();
		for (uint64_t k = 0; k < rounds; k++) {
			rig_push(&rig, (uint32_t)k + 2);
			sink_down(&rig.output->sink, -EIO, "broken by the test");
			output_settle(rig.output);
			assert_string_equal(rig_status(&rig).why, "broken by the test");
			rig_retry_now(&rig);
			device_hear();
			if (answers)
				assert_true(rig_drained(&rig, 5 * NS_PER_SEC));
		}
		if (!rig_drained(&rig, 5 * NS_PER_SEC))
			fail_msg("%s does not come back", bed->driver);
		assert_int_equal(open_descriptors(), descriptors);
		assert_int_equal(rig_status(&rig).reconnects, rounds);
		rig_tear_down(&rig);
	}
}

static void until_it_is_noticed(struct rig *rig)
{
	int64_t end = clock_monotonic() + 10 * NS_PER_SEC;

	for (uint32_t k = 0; rig_status(rig).health == HEALTH_UP && clock_monotonic() < end; k++) {
		rig_push(rig, 100 + k);
		rig_idle(rig, 5 * NS_PER_MS);
	}
	if (rig_status(rig).health == HEALTH_UP)
		fail_msg("%s does not notice that its device has gone", rig->bed->driver);
}

/* In mid-frame: some of its bytes were read, none of the others will be. */
static void test_unplugged(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		const struct bed *bed = bed_of(sink_drivers[i]);
		struct rig rig;
		if (!bed_is_on(bed, PTY) && !bed_is_on(bed, TCP))
			continue;
		rig_set_up(&rig, bed, false);
		rig_push(&rig, 1);
		assert_true(rig_drained(&rig, 5 * NS_PER_SEC));
		mouthful = sink_drivers[i]->caps & SINK_BLOCKING ? 0 : 10;
		rig_push(&rig, 2);
		mouthful = 0;
		device_unplug();
		until_it_is_noticed(&rig);
		device_plug_in();
		rig_retry_now(&rig);
		if (!rig_drained(&rig, 10 * NS_PER_SEC))
			fail_msg("%s does not come back: %s", bed->driver, rig_status(&rig).why);
		assert_int_equal(rig_status(&rig).health, HEALTH_UP);
		rig_assert_picture(&rig);
		rig_tear_down(&rig);
	}
}

/* Nobody reads the device: pushing never waits for it. */
static void test_stalled(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		struct rig rig;
		rig_set_up(&rig, bed_of(sink_drivers[i]), false);
		int64_t longest = 0;
		for (uint32_t k = 0; k < 200; k++) {
			int64_t began = clock_monotonic();
			rig_push(&rig, k);
			int64_t took = clock_monotonic() - began;
			longest = took > longest ? took : longest;
			rig_idle(&rig, NS_PER_MS);
		}
		if (longest > 2 * NS_PER_SEC)
			fail_msg("%s held the loop up for %lld ms", sink_drivers[i]->name,
				(long long)(longest / NS_PER_MS));
		int64_t began = clock_monotonic();
		rig_tear_down(&rig);
		assert_true(clock_monotonic() - began < 5 * NS_PER_SEC);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_writes),
		cmocka_unit_test(test_failed_open),
		cmocka_unit_test(test_close_at_wrong_moments),
		cmocka_unit_test(test_break_in_flight),
		cmocka_unit_test(test_unplugged),
		cmocka_unit_test(test_stalled),
	};
	if (conformance_begin() < 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	conformance_end();
	return failed;
}
