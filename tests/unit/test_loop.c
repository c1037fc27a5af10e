#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>
#include <poll.h>
#include <uv.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "loop/loop.h"

/* White-box: the kernel reports a step by ECANCELED from read, and nobody may set this machine's clock for a test. */
static bool pretend_step;
static ssize_t test_read(int fd, void *buffer, size_t size);
#define read test_read
#include "loop/step.c"
#undef read

static ssize_t test_read(int fd, void *buffer, size_t size)
{
	if (!pretend_step)
		return read(fd, buffer, size);
	errno = ECANCELED;
	return -1;
}

struct seen {
	struct loop *loop;
	struct loop_timer *timer;
	struct loop_watch *watch, *other;
	int64_t fired;
	int count, fd;
	unsigned events;
	pthread_t thread;
	bool done;
};

static int setup(void **state)
{
	struct seen *seen = xcalloc(1, sizeof *seen);

	seen->loop = loop_create();
	*state = seen;
	return seen->loop ? 0 : -1;
}

static int teardown(void **state)
{
	struct seen *seen = *state;

	loop_destroy(seen->loop); /* asserts that the test left nothing */
	free(seen);
	return 0;
}

static void stop_at(void *data)
{
	struct seen *seen = data;

	seen->fired = clock_monotonic();
	seen->count++;
	loop_stop(seen->loop);
}

static void timer_is_not_early(void **state)
{
	struct seen *seen = *state;

	seen->timer = loop_timer_create(seen->loop, stop_at, seen);
	for (int i = 0; i < 20; i++) {
		int64_t deadline = clock_monotonic() + 700 * NS_PER_US + i * 137;

		loop_timer_set(seen->timer, deadline);
		loop_run(seen->loop);
		assert_true(seen->fired >= deadline);
		assert_true(seen->fired < deadline + NS_PER_SEC);
	}
	assert_int_equal(seen->count, 20);
	loop_timer_destroy(seen->timer);
}

static void timer_in_the_past_fires_once(void **state)
{
	struct seen *seen = *state;
	bool never = false;

	seen->timer = loop_timer_create(seen->loop, stop_at, seen);
	loop_timer_set(seen->timer, 0);
	loop_run(seen->loop);
	loop_timer_set(seen->timer, TIME_ALWAYS);
	loop_run(seen->loop);
	loop_timer_set(seen->timer, clock_monotonic() - NS_PER_SEC);
	loop_run(seen->loop);
	loop_run_until(seen->loop, &never, 5 * NS_PER_MS);
	assert_int_equal(seen->count, 3);
	loop_timer_set(seen->timer, clock_monotonic());
	loop_timer_set(seen->timer, TIME_NEVER);
	loop_run_until(seen->loop, &never, 5 * NS_PER_MS);
	assert_int_equal(seen->count, 3);
	loop_timer_destroy(seen->timer);
}

/* Whether another turn of the loop would wait. */
static bool is_quiet(struct seen *seen)
{
	struct pollfd loop = {.fd = uv_backend_fd(loop_uv(seen->loop)), .events = POLLIN};

	return poll(&loop, 1, 0) == 0;
}

/* The timerfd is not set again for a deadline that is put off, nor read: it must neither fire the timer too early nor
 * stay readable, which would turn the loop for ever. */
static void timer_that_is_put_off(void **state)
{
	struct seen *seen = *state;
	int64_t now = clock_monotonic(), later = now + 20 * NS_PER_MS;
	bool never = false;

	seen->timer = loop_timer_create(seen->loop, stop_at, seen);
	loop_timer_set(seen->timer, now + NS_PER_MS);
	loop_timer_set(seen->timer, later);
	loop_run(seen->loop);
	assert_int_equal(seen->count, 1);
	assert_true(seen->fired >= later);
	assert_true(is_quiet(seen));
	loop_timer_set(seen->timer, clock_monotonic() + NS_PER_MS);
	loop_timer_set(seen->timer, TIME_NEVER);
	loop_run_until(seen->loop, &never, 5 * NS_PER_MS);
	assert_int_equal(seen->count, 1);
	assert_true(is_quiet(seen));
	loop_timer_destroy(seen->timer);
}

static void destroy_self(void *data)
{
	struct seen *seen = data;

	loop_timer_destroy(seen->timer);
	seen->timer = NULL;
	loop_stop(seen->loop);
}

static void timer_destroys_itself(void **state)
{
	struct seen *seen = *state;

	seen->timer = loop_timer_create(seen->loop, destroy_self, seen);
	loop_timer_set(seen->timer, 0);
	loop_run(seen->loop);
	assert_null(seen->timer);
}

struct many {
	struct seen *seen;
	struct loop_timer *timers[40];
	int order[40], fired, index[40];
};

static struct many many;

static void note_timer(void *data)
{
	many.order[many.fired++] = *(int *)data;
	if (many.fired == 20) /* both are still to come */
		for (int i = 0; i < 2; i++)
			loop_timer_set(many.timers[i], TIME_NEVER);
}

/* In the order of their instants, however they were set; one that was taken back does not fire. */
static void timers_fire_in_order(void **state)
{
	struct seen *seen = *state;
	int64_t now = clock_monotonic();

	many = (struct many){.seen = seen};
	seen->timer = loop_timer_create(seen->loop, stop_at, seen);
	loop_timer_set(seen->timer, now - 1);
	for (int i = 0; i < 40; i++) {
		many.index[i] = i;
		many.timers[i] = loop_timer_create(seen->loop, note_timer, &many.index[i]);
		loop_timer_set(many.timers[i], now + NS_PER_SEC); /* set again below */
	}
	for (int i = 0; i < 40; i++)
		loop_timer_set(many.timers[i * 7 % 40], now - 1000 * (i * 7 % 40 + 1));
	loop_timer_set(many.timers[13], TIME_NEVER);
	loop_run(seen->loop);
	/* 39 first, then down to 0, without 13, 1 and 0 */
	assert_int_equal(many.fired, 37);
	for (int i = 0; i < 37; i++)
		assert_int_equal(many.order[i], i < 26 ? 39 - i : 38 - i);
	for (int i = 0; i < 40; i++)
		loop_timer_destroy(many.timers[i]);
	loop_timer_destroy(seen->timer);
}

static void set_to_the_past(void *data)
{
	struct seen *seen = data;

	seen->count++;
	loop_timer_set(seen->timer, TIME_ALWAYS);
}

/* One that is always due leaves the others, and the descriptors, their turn. */
static void timer_always_due(void **state)
{
	struct seen *seen = *state;
	struct loop_timer *end = loop_timer_create(seen->loop, stop_at, seen);

	seen->timer = loop_timer_create(seen->loop, set_to_the_past, seen);
	loop_timer_set(seen->timer, TIME_ALWAYS);
	loop_timer_set(end, clock_monotonic() + NS_PER_MS);
	loop_run(seen->loop);
	assert_true(seen->count > 1);
	loop_timer_destroy(end);
	loop_timer_destroy(seen->timer);
}

/* Two watches are ready in one round; the first served destroys both: the other must not be called. */
static void destroy_both(void *data, int fd, unsigned events)
{
	struct seen *seen = data;

	seen->count++;
	loop_watch_destroy(seen->watch);
	loop_watch_destroy(seen->other);
	loop_stop(seen->loop);
}

static void removal_during_dispatch(void **state)
{
	struct seen *seen = *state;
	bool never = false;
	int a[2], b[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, a), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, b), 0);
	seen->watch = loop_watch_create(seen->loop, a[0], LOOP_READABLE, destroy_both, seen);
	seen->other = loop_watch_create(seen->loop, b[0], LOOP_READABLE, destroy_both, seen);
	assert_int_equal(write(a[1], "x", 1), 1);
	assert_int_equal(write(b[1], "x", 1), 1);
	loop_run(seen->loop);
	loop_run_until(seen->loop, &never, 5 * NS_PER_MS);
	assert_int_equal(seen->count, 1);
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
}

static void note_events(void *data, int fd, unsigned events)
{
	struct seen *seen = data;
	char byte;

	seen->count++;
	seen->events |= events;
	seen->fd = fd;
	if (events & LOOP_READABLE && read(fd, &byte, 1) == 0)
		loop_watch_change(seen->watch, 0);
	loop_stop(seen->loop);
}

static void watch_readable_writable_hangup(void **state)
{
	struct seen *seen = *state;
	bool never = false;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	seen->watch = loop_watch_create(seen->loop, pair[0], LOOP_READABLE, note_events, seen);
	assert_null(loop_watch_create(seen->loop, pair[0], LOOP_READABLE, note_events, seen));
	loop_run_until(seen->loop, &never, 5 * NS_PER_MS);
	assert_int_equal(seen->count, 0);
	assert_int_equal(write(pair[1], "x", 1), 1);
	loop_run(seen->loop);
	assert_int_equal(seen->events, LOOP_READABLE);
	assert_int_equal(seen->fd, pair[0]);
	seen->events = 0;
	loop_watch_change(seen->watch, LOOP_WRITABLE);
	loop_run(seen->loop);
	assert_int_equal(seen->events, LOOP_WRITABLE);
	loop_watch_change(seen->watch, LOOP_READABLE);
	close(pair[1]);
	seen->count = 0;
	loop_run(seen->loop);
	loop_run_until(seen->loop, &never, 5 * NS_PER_MS);
	assert_int_equal(seen->count, 1); /* paused: the hang-up does not spin */
	loop_watch_destroy(seen->watch);
	close(pair[0]);
}

/* EPOLLERR makes libuv stop polling; a watch goes on: a UDP socket has such errors and lives. */
static void watch_survives_error(void **state)
{
	struct seen *seen = *state;
	int pipe_ends[2];

	assert_int_equal(pipe2(pipe_ends, O_CLOEXEC), 0);
	close(pipe_ends[0]);
	seen->watch = loop_watch_create(seen->loop, pipe_ends[1], LOOP_WRITABLE, note_events, seen);
	loop_run(seen->loop);
	loop_run(seen->loop);
	assert_int_equal(seen->count, 2);
	assert_int_equal(seen->events, LOOP_WRITABLE);
	loop_watch_destroy(seen->watch);
	close(pipe_ends[1]);
}

static void regular_file_is_refused(void **state)
{
	struct seen *seen = *state;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_null(loop_watch_create(seen->loop, fd, LOOP_READABLE, note_events, seen));
	close(fd);
}

static void work(void *data)
{
	struct seen *seen = data;

	seen->thread = pthread_self();
}

static void work_done(void *data)
{
	struct seen *seen = data;

	assert_false(pthread_equal(seen->thread, pthread_self()));
	seen->done = true;
}

static void work_runs_elsewhere_and_ends_here(void **state)
{
	struct seen *seen = *state;

	loop_work(seen->loop, work, work_done, seen);
	loop_run_until(seen->loop, &seen->done, 5 * NS_PER_SEC);
	assert_true(seen->done);
}

static void on_usr1(void *data, int number)
{
	struct seen *seen = data;

	seen->count = number;
	loop_stop(seen->loop);
}

static void signals(void **state)
{
	struct seen *seen = *state;

	assert_int_equal(loop_on_signal(seen->loop, SIGUSR1, on_usr1, seen), 0);
	assert_true(loop_on_signal(seen->loop, SIGKILL, on_usr1, seen) < 0);
	raise(SIGUSR1);
	loop_run(seen->loop);
	assert_int_equal(seen->count, SIGUSR1);
}

static void until_times_out(void **state)
{
	struct seen *seen = *state;
	int64_t start = clock_monotonic();

	loop_run_until(seen->loop, &seen->done, 20 * NS_PER_MS);
	assert_true(clock_monotonic() - start >= 20 * NS_PER_MS);
	loop_stop(seen->loop);
	loop_run(seen->loop); /* returns: stopped before */
}

static void clock_step(void **state)
{
	struct seen *seen = *state;
	struct itimerspec soon = {.it_value.tv_nsec = 1};

	assert_int_equal(loop_on_clock_step(seen->loop, stop_at, seen), 0);
	/* an expiry, were it to come, is no step, and arms the timer again */
	assert_int_equal(timerfd_settime(seen->loop->steps->fd, 0, &soon, NULL), 0);
	loop_run_until(seen->loop, &seen->done, 10 * NS_PER_MS);
	assert_int_equal(seen->count, 0);
	assert_int_equal(timerfd_settime(seen->loop->steps->fd, 0, &soon, NULL), 0);
	pretend_step = true;
	loop_run(seen->loop);
	pretend_step = false;
	assert_int_equal(seen->count, 1);
	loop_run_until(seen->loop, &seen->done, 10 * NS_PER_MS);
	assert_int_equal(seen->count, 1); /* armed again: it does not spin */
	timerfd_gettime(seen->loop->steps->fd, &soon);
	assert_true(soon.it_value.tv_sec > 1000000000);
}

/* --- children */

static void on_child(void *data, enum child_end end, int status)
{
	struct seen *seen = data;

	seen->count++;
	seen->events = end;
	seen->fd = status;
	seen->done = true;
}

static int run_shell(struct seen *seen, const char *script, const char *input, int64_t timeout)
{
	const char *arguments[] = {"/bin/sh", "-c", script, NULL}, *environment[] = {"WORD=hello", NULL};
	const struct child_program program = {arguments, environment, input, timeout, 65534, 65534};
	struct loop_child *child;
	int error = loop_child_start(seen->loop, &program, on_child, seen, &child);

	if (!error)
		loop_run_until(seen->loop, &seen->done, 20 * NS_PER_SEC);
	return error;
}

static void child_gets_input_and_environment(void **state)
{
	struct seen *seen = *state;

	static const char script[] =
		"read line; [ \"$line $WORD\" = \"one line hello\" ] && [ $(id -u) != 0 ] && exit 7";

	assert_int_equal(run_shell(seen, script, "one line\n", 10 * NS_PER_SEC), 0);
	assert_true(seen->done);
	assert_int_equal(seen->events, CHILD_EXITED);
	assert_int_equal(seen->fd, 7);
}

static void child_is_killed_in_time(void **state)
{
	struct seen *seen = *state;

	assert_int_equal(run_shell(seen, "sleep 600 & sleep 600", "", 50 * NS_PER_MS), 0);
	assert_true(seen->done);
	assert_int_equal(seen->events, CHILD_TIMED_OUT);
	assert_int_equal(seen->fd, SIGKILL);
}

static void child_that_is_none(void **state)
{
	struct seen *seen = *state;
	const char *arguments[] = {"/nowhere/program", NULL}, *environment[] = {NULL};
	const struct child_program program = {arguments, environment, "", NS_PER_SEC, 65534, 65534};
	struct loop_child *child = NULL;

	assert_int_equal(loop_child_start(seen->loop, &program, on_child, seen, &child), -ENOENT);
	assert_null(child);
	assert_int_equal(seen->count, 0);
}

static void child_is_abandoned(void **state)
{
	struct seen *seen = *state;
	const char *arguments[] = {"/bin/sleep", "600", NULL}, *environment[] = {NULL};
	const struct child_program program = {arguments, environment, "", NS_PER_MIN, 65534, 65534};
	struct loop_child *child;

	assert_int_equal(loop_child_start(seen->loop, &program, on_child, seen, &child), 0);
	loop_child_abandon(child);
	loop_run_until(seen->loop, &seen->done, 20 * NS_PER_MS);
	assert_int_equal(seen->count, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(timer_is_not_early),
		T(timer_in_the_past_fires_once),
		T(timer_that_is_put_off),
		T(timer_destroys_itself),
		T(timers_fire_in_order),
		T(timer_always_due),
		T(removal_during_dispatch),
		T(watch_readable_writable_hangup),
		T(watch_survives_error),
		T(regular_file_is_refused),
		T(work_runs_elsewhere_and_ends_here),
		T(signals),
		T(until_times_out),
		T(clock_step),
		T(child_gets_input_and_environment),
		T(child_is_killed_in_time),
		T(child_that_is_none),
		T(child_is_abandoned),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
