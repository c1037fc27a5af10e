/* The output core when its device goes, is slow, or hangs: how it is tried again, what is told of it, what the watchdog
 * believes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "sink_fixture.h"

/* A device may say what it likes: the status is JSON. */
static void test_torn_texts(void **state)
{
	struct output *output = start("plain");
	struct output_status status;

	sink_told(fake.sink, "caf\xc3\xa9 \xff\xfe");
	sink_foreign(fake.sink, "b\xe1\xba\xa3ng \xe1\xba");
	output_status(output, &status);
	assert_string_equal(status.device, "caf\xc3\xa9 ");
	assert_string_equal(status.foreign, "b\xe1\xba\xa3ng ");
	stop(output);
}

static void test_back_off(void **state)
{
	struct output *output = start("plain");
	struct output_status status;

	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	device_ready(output);
	output->backoff = output->backoff_first = 10 * NS_PER_MS;
	fake.open_result = -ENOENT;
	int64_t began = clock_monotonic();
	device_gone(output);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_DOWN);
	assert_int_equal(status.error, -ENODEV);
	assert_string_equal(status.why, "pulled out");
	assert_true(status.retry_at >= began + 10 * NS_PER_MS &&
		    status.retry_at < clock_monotonic() + NS_PER_SEC);
	run_until(&fake.opens, 4); /* tries after 10, 30 and 70 ms */
	assert_true(clock_monotonic() - began >= 65 * NS_PER_MS);
	assert_int_equal(fake.closes, fake.opens);
	push(output, 2, (struct rect){7, 3, 1, 1}, 0x7f7f7f);
	fake.open_result = 0;
	run_until(&fake.submits, 2);
	assert_true(is_whole(&fake.owed)); /* the device may have forgotten everything */
	assert_int_equal(fake.wire[3 * W * H - 1], 0x7f);
	output_status(output, &status);
	/* until a frame has gone through: */
	assert_int_equal(status.health, HEALTH_DOWN);
	assert_int_equal(status.reconnects, 1);
	assert_int_equal(output->backoff > output->backoff_first, 1);
	device_ready(output);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_UP);
	assert_int_equal(output->backoff, output->backoff_first);
	stop(output);
}

static void test_back_off_limit(void **state)
{
	struct output *output = start("plain");

	fake.open_result = -EACCES;
	device_gone(output);
	for (int i = 0; i < 12; i++) {
		output->retry_at = clock_monotonic(); /* as if the time had passed */
		output_settle(output);
	}
	assert_int_equal(output->backoff, BACKOFF_MOST);
	assert_true(output->retry_at <= clock_monotonic() + BACKOFF_MOST);
	struct output_status status;
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_FAULT); /* a person must grant access */
	stop(output);
}

static void test_broken_in_submit(void **state)
{
	struct output *output = start("plain");
	struct output_status status;

	fake.submit_result = -EIO;
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_DOWN);
	assert_int_equal(status.handed, 0);
	fake.submit_result = 0;
	fake.down_in_submit = true;
	output->retry_at = clock_monotonic();
	output_settle(output);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_DOWN);
	assert_string_equal(status.why, "pulled out");
	stop(output);
}

/* A link that breaks a hundred times is told of a few times. */
static void test_log_is_quiet(void **state)
{
	char path[] = "/tmp/bangtin-log-XXXXXX", line[512];
	int file = mkstemp(path), terminal = dup(STDERR_FILENO), lines = 0, refusals = 0;
	struct output *output = start("plain");

	dup2(file, STDERR_FILENO);
	log_set_level(LOG_LEVEL_INFO);
	for (int i = 0; i < 100; i++) {
		output->retry_at = clock_monotonic();
		output_settle(output);
		device_gone(output);
	}
	log_set_level(LOG_LEVEL_ERROR);
	dup2(terminal, STDERR_FILENO);
	FILE *log = fopen(path, "re");
	while (fgets(line, sizeof line, log)) {
		lines++;
		refusals += strstr(line, "plain is down: pulled out") != NULL;
	}
	fclose(log);
	assert_in_range(lines, 2, 8);
	assert_in_range(refusals, 1, 4);
	assert_true(output->quota.suppressed > 100);
	close(file);
	close(terminal);
	unlink(path);
	stop(output);
}

static void test_late(void **state)
{
	struct output *output = start("plain");
	struct output_status status;

	output_late(output);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_LATE);
	assert_int_equal(status.late, 1);
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_UP);
	output->handed_at -= LATE_AFTER; /* as if the time had passed */
	output_settle(output);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_LATE);
	assert_int_equal(status.late, 2);
	output->handed_at -= STALLED_AFTER;
	output_settle(output);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_DOWN);
	assert_int_equal(status.error, -ETIMEDOUT);
	stop(output);
}

/* What tells of the device's return ends the back-off. */
static void test_hint(void **state)
{
	struct output *output = start("hinted");

	assert_int_equal(pipe(fake.hint), 0);
	output->backoff = 20 * NS_PER_SEC;
	sink_hint(fake.sink, fake.hint[0]);
	device_gone(output);
	assert_true(output->retry_at > clock_monotonic() + 10 * NS_PER_SEC);
	assert_int_equal(write(fake.hint[1], "n", 1), 1); /* something else */
	run(20 * NS_PER_MS);
	assert_true(output->retry_at > clock_monotonic() + 10 * NS_PER_SEC);
	assert_int_equal(write(fake.hint[1], "y", 1), 1);
	run_until(&fake.opens, 2);
	assert_int_equal(fcntl(fake.hint[0], F_GETFD), -1); /* it was the core's to close */
	close(fake.hint[1]);

	assert_int_equal(pipe(fake.hint), 0);
	sink_hint(fake.sink, fake.hint[0]);
	device_gone(output);
	stop(output); /* while it is watched */
	assert_int_equal(fcntl(fake.hint[0], F_GETFD), -1);
	close(fake.hint[1]);
}

static void test_stuck_worker(void **state)
{
	assert_int_equal(pipe(pipe_to_worker), 0);
	struct output *blocked = start("stuck");
	struct loop *shared = loop;
	struct diag_list diags;
	struct display other_display = base_display("plain");
	struct output *other = NULL;
	struct output_status status;

	diag_init(&diags);
	assert_int_equal(output_create(shared, &other_display, &diags, &other), 0);
	push(blocked, 1, (struct rect){0, 0, 1, 1}, 1);
	push(blocked, 2, (struct rect){0, 0, 1, 1}, 2);
	push(blocked, 3, (struct rect){0, 0, 1, 1}, 3);
	fake.ready_at_once = true;
	for (int i = 0; i < 50; i++) {
		push(other, i, (struct rect){0, 0, 1, 1}, (uint32_t)i + 1);
		run(NS_PER_MS);
	}
	output_status(other, &status);
	assert_int_equal(status.shown, 50);
	output_status(blocked, &status);
	assert_int_equal(status.handed, 1);
	assert_int_equal(status.shown, 0);
	int64_t now = clock_monotonic();
	assert_true(output_proves(blocked, now + 30 * NS_PER_SEC)); /* it may only be slow */
	assert_false(output_proves(blocked, now + NS_PER_MIN));
	assert_int_equal(write(pipe_to_worker[1], "yy", 2), 2);
	assert_true(output_drain(blocked, NS_PER_SEC));
	assert_true(output_proves(blocked, now + NS_PER_MIN)); /* nothing is due */
	assert_int_equal(fake.instant, 3);
	output_status(blocked, &status);
	assert_int_equal(status.handed, 2);
	assert_int_equal(status.dropped, 1);
	assert_int_equal(write(pipe_to_worker[1], "n", 1), 1);
	push(blocked, 4, (struct rect){0, 0, 1, 1}, 4);
	run_until(&fake.closes, 1);
	output_status(blocked, &status);
	assert_int_equal(status.health, HEALTH_DOWN);
	assert_int_equal(status.error, -EIO);
	output_destroy(other);
	stop(blocked);
	close(pipe_to_worker[0]);
	close(pipe_to_worker[1]);
}

/* What the watchdog lives on: a device that is gone is known to be gone, for as long as it is tried again. */
static void test_proof(void **state)
{
	struct output *output = start("plain");
	int64_t now = clock_monotonic();

	assert_true(output_proves(output, now + NS_PER_HOUR)); /* nothing was ever to be shown */
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	assert_true(output_proves(output, now + 30 * NS_PER_SEC));
	assert_false(output_proves(output, now + NS_PER_MIN)); /* nobody told us that it is gone */
	device_ready(output);
	assert_true(output_proves(output, now + NS_PER_HOUR));
	fake.open_result = -ENODEV;
	device_gone(output);
	now = clock_monotonic();
	assert_true(output_proves(output, now + 5 * NS_PER_SEC));
	assert_false(output_proves(output, now + NS_PER_MIN)); /* nobody has tried again */
	stop(output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_torn_texts),
		cmocka_unit_test(test_back_off),
		cmocka_unit_test(test_back_off_limit),
		cmocka_unit_test(test_broken_in_submit),
		cmocka_unit_test(test_log_is_quiet),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_hint),
		cmocka_unit_test(test_stuck_worker),
		cmocka_unit_test(test_proof),
	};
	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
