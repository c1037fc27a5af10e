#include "loop/private.h"

#include "base/alloc.h"

#include <assert.h>
#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct loop_timer {
	struct loop_watch *watch;
	int fd;
	bool armed;
	void (*fn)(void *data);
	void *data;
};

int timerfd_open(int clock)
{
	int fd = timerfd_create(clock, TFD_CLOEXEC | TFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

static void on_readable(void *data, int fd, unsigned events)
{
	struct loop_timer *timer = data;
	uint64_t expirations;

	/* nothing to read: it was set again, to a later instant, between the event and now */
	if (read(fd, &expirations, sizeof expirations) != sizeof expirations)
		return;
	timer->armed = false;
	timer->fn(timer->data);
}

struct loop_timer *loop_timer_create(struct loop *loop, void (*fn)(void *data), void *data)
{
	struct loop_timer *timer = xcalloc(1, sizeof *timer);

	timer->fn = fn;
	timer->data = data;
	timer->fd = timerfd_open(CLOCK_MONOTONIC);
	if (timer->fd < 0)
		goto err_free;
	timer->watch = loop_watch_create(loop, timer->fd, LOOP_READABLE, on_readable, timer);
	if (!timer->watch)
		goto err_fd;
	return timer;

err_fd:
	close(timer->fd);
err_free:
	free(timer);
	return NULL;
}

void loop_timer_set(struct loop_timer *timer, int64_t monotonic)
{
	struct itimerspec spec = {0};
	int error;

	if (monotonic == TIME_NEVER && !timer->armed)
		return;
	timer->armed = monotonic != TIME_NEVER;
	if (timer->armed) {
		/* all zero would disarm it */
		monotonic = monotonic < 1 ? 1 : monotonic;
		spec.it_value.tv_sec = monotonic / NS_PER_SEC;
		spec.it_value.tv_nsec = monotonic % NS_PER_SEC;
	}
	error = timerfd_settime(timer->fd, TFD_TIMER_ABSTIME, &spec, NULL);
	assert(error == 0);
	(void)error;
}

void loop_timer_destroy(struct loop_timer *timer)
{
	if (!timer)
		return;
	loop_watch_destroy(timer->watch);
	close(timer->fd);
	free(timer);
}
