/* What the files of this room share. */
#ifndef LOOP_PRIVATE_H
#define LOOP_PRIVATE_H

#include <uv.h>

#include "loop/loop.h"

struct loop_signal;
struct clock_step;
struct timers;

struct loop {
	uv_loop_t uv;
	uv_async_t keep; /* keeps uv_run waiting while nothing else does */
	bool stop, running;
	size_t watches, works;
	struct timers *timers; /* NULL: there was none yet */
	struct loop_signal *signals;
	struct clock_step *steps;
};

/* A timerfd of that clock, non-blocking; -errno. */
int timerfd_open(int clock);
void clock_steps_close(struct loop *loop);
void timers_close(struct loop *loop); /* there is none any more */

#endif
