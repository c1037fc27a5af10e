/* All timers of a loop on one timerfd: what is due at one instant, such as the next frame of a hundred displays, wakes
 * the thread once and costs one read and one setting. */
#include "loop/private.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define NOT_QUEUED SIZE_MAX

struct loop_timer {
	struct timers *timers;
	int64_t deadline;
	size_t at; /* in the heap, or NOT_QUEUED */
	void (*fn)(void *data);
	void *data;
};

struct timers {
	struct loop_watch *watch;
	int fd;
	struct loop_timer **heap; /* none is before its parent, which is at (i - 1) / 2 */
	size_t queued, count, capacity;
	int64_t set; /* what the timerfd waits for, no later than the first deadline; TIME_NEVER */
	int64_t now; /* of the dispatch that is going on; TIME_ALWAYS: none is */
};

int timerfd_open(int clock)
{
	int fd = timerfd_create(clock, TFD_CLOEXEC | TFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

/* --- the heap */

static void put(struct timers *timers, size_t at, struct loop_timer *timer)
{
	timers->heap[at] = timer;
	timer->at = at;
}

static void sift_up(struct timers *timers, size_t at, struct loop_timer *timer)
{
	while (at > 0 && timers->heap[(at - 1) / 2]->deadline > timer->deadline) {
		put(timers, at, timers->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put(timers, at, timer);
}

static void sift_down(struct timers *timers, size_t at, struct loop_timer *timer)
{
	for (size_t child; (child = 2 * at + 1) < timers->queued; at = child) {
		struct loop_timer **heap = timers->heap;

		if (child + 1 < timers->queued && heap[child + 1]->deadline < heap[child]->deadline)
			child++;
		if (heap[child]->deadline >= timer->deadline)
			break;
		put(timers, at, heap[child]);
	}
	put(timers, at, timer);
}

static void dequeue(struct loop_timer *timer)
{
	struct timers *timers = timer->timers;
	struct loop_timer *last = timers->heap[--timers->queued];
	size_t at = timer->at;

	timer->at = NOT_QUEUED;
	if (last == timer)
		return;
	if (at > 0 && timers->heap[(at - 1) / 2]->deadline > last->deadline)
		sift_up(timers, at, last);
	else
		sift_down(timers, at, last);
}

/* --- the timerfd */

/* To the first deadline. What had expired is forgotten by that: nobody has to read it. */
static void arm(struct timers *timers)
{
	int64_t first = timers->queued ? timers->heap[0]->deadline : TIME_NEVER;
	struct itimerspec spec = {0};
	int error;

	timers->set = first;
	if (first != TIME_NEVER) {
		spec.it_value.tv_sec = first / NS_PER_SEC;
		spec.it_value.tv_nsec = first % NS_PER_SEC;
	}
	error = timerfd_settime(timers->fd, TFD_TIMER_ABSTIME, &spec, NULL);
	assert(error == 0);
	(void)error;
}

static void on_readable(void *data, int fd, unsigned events)
{
	struct timers *timers = data;

	timers->now = clock_monotonic();
	while (timers->queued > 0 && timers->heap[0]->deadline <= timers->now) {
		struct loop_timer *timer = timers->heap[0];

		dequeue(timer);
		timer->fn(timer->data); /* which may destroy it */
	}
	timers->now = TIME_ALWAYS;
	arm(timers);
}

static int timers_open(struct loop *loop)
{
	struct timers *timers = xcalloc(1, sizeof *timers);
	int error = timerfd_open(CLOCK_MONOTONIC);

	if (error < 0)
		goto err_free;
	*timers = (struct timers){.fd = error, .set = TIME_NEVER, .now = TIME_ALWAYS};
	timers->watch = loop_watch_create(loop, timers->fd, LOOP_READABLE, on_readable, timers);
	if (!timers->watch) {
		error = -EMFILE;
		goto err_fd;
	}
	loop->timers = timers;
	return 0;

err_fd:
	close(timers->fd);
err_free:
	free(timers);
	return error;
}

void timers_close(struct loop *loop)
{
	struct timers *timers = loop->timers;

	if (!timers)
		return;
	assert(timers->count == 0);
	loop_watch_destroy(timers->watch);
	close(timers->fd);
	free(timers->heap);
	free(timers);
	loop->timers = NULL;
}

/* --- front door */

struct loop_timer *loop_timer_create(struct loop *loop, void (*fn)(void *data), void *data)
{
	struct loop_timer *timer;
	struct timers *timers;

	if (!loop->timers && timers_open(loop) < 0)
		return NULL;
	timers = loop->timers;
	/* room for all of them: setting one allocates nothing */
	array_reserve_one(timers->heap, timers->count, timers->capacity);
	timers->count++;
	timer = xcalloc(1, sizeof *timer);
	*timer = (struct loop_timer){.timers = timers, .at = NOT_QUEUED, .fn = fn, .data = data};
	return timer;
}

void loop_timer_set(struct loop_timer *timer, int64_t monotonic)
{
	struct timers *timers = timer->timers;

	if (timer->at != NOT_QUEUED)
		dequeue(timer);
	if (monotonic != TIME_NEVER) {
		/* all zero would disarm the timerfd; and a timer that sets itself to the past again and again must
		 * not keep the loop from everything else */
		monotonic = monotonic < 1 ? 1 : monotonic;
		if (monotonic <= timers->now)
			monotonic = timers->now + 1;
		timer->deadline = monotonic;
		sift_up(timers, timers->queued++, timer);
		/* A dispatch does it at its end. What is put off again and again, such as the wait for an answer, is not
		 * worth a system call each time: the timerfd may fire once for nothing. */
		if (timers->now == TIME_ALWAYS && monotonic < timers->set)
			arm(timers);
	}
}

void loop_timer_destroy(struct loop_timer *timer)
{
	if (!timer)
		return;
	loop_timer_set(timer, TIME_NEVER);
	timer->timers->count--;
	free(timer);
}
