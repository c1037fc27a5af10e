/* News that the wall clock was set: a timer that never expires, which the kernel cancels at every step. */
#include "loop/private.h"

#include "base/alloc.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct clock_step {
	struct loop_watch *watch;
	int fd;
	void (*fn)(void *data);
	void *data;
	struct clock_step *next;
};

static int arm(int fd)
{
	/* a year 2116 that a 64-bit ktime still holds; a past instant would expire at once, for ever */
	struct itimerspec spec = {
		.it_value.tv_sec = sizeof(time_t) > 4 ? (time_t)(INT64_MAX / NS_PER_SEC / 2) : INT32_MAX};

	if (timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL) < 0)
		return -errno;
	return 0;
}

static void on_readable(void *data, int fd, unsigned events)
{
	struct clock_step *step = data;
	uint64_t expirations;
	bool stepped = read(fd, &expirations, sizeof expirations) < 0 && errno == ECANCELED;

	arm(fd);
	if (stepped)
		step->fn(step->data);
}

int loop_on_clock_step(struct loop *loop, void (*fn)(void *data), void *data)
{
	struct clock_step *step = xcalloc(1, sizeof *step);
	int error = timerfd_open(CLOCK_REALTIME);

	if (error < 0)
		goto err_free;
	step->fd = error;
	step->fn = fn;
	step->data = data;
	error = arm(step->fd);
	if (error)
		goto err_fd;
	step->watch = loop_watch_create(loop, step->fd, LOOP_READABLE, on_readable, step);
	if (!step->watch) {
		error = -EMFILE;
		goto err_fd;
	}
	step->next = loop->steps;
	loop->steps = step;
	return 0;

err_fd:
	close(step->fd);
err_free:
	free(step);
	return error;
}

void clock_steps_close(struct loop *loop)
{
	for (struct clock_step *step = loop->steps, *next; step; step = next) {
		next = step->next;
		loop_watch_destroy(step->watch);
		close(step->fd);
		free(step);
	}
	loop->steps = NULL;
}
