/* The loop: libuv, plus the thin part that it lacks: absolute frame deadlines in ns on a timerfd, and the news that
 * the wall clock was stepped (TFD_TIMER_CANCEL_ON_SET). One thread. */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

struct loop;
struct loop_timer;
struct loop_watch;

struct loop *loop_create(void); /* NULL: out of descriptors */
void loop_destroy(struct loop *loop); /* asserts that nothing is left */
void loop_run(struct loop *loop);     /* until loop_stop */
void loop_run_until(struct loop *loop, bool *flag, int64_t timeout); /* nested: until *flag or timeout ns */
void loop_stop(struct loop *loop);
struct uv_loop_s *loop_uv(struct loop *loop);

/* A timer with an absolute CLOCK_MONOTONIC deadline, one-shot. */
struct loop_timer *loop_timer_create(struct loop *loop, void (*fn)(void *data), void *data);
void loop_timer_set(struct loop_timer *timer, int64_t monotonic); /* TIME_NEVER disarms; the past fires at once */
void loop_timer_destroy(struct loop_timer *timer);

enum { LOOP_READABLE = 1, LOOP_WRITABLE = 2 };
struct loop_watch *loop_watch_create(
	struct loop *loop, int fd, unsigned events, void (*fn)(void *data, int fd, unsigned events), void *data);
void loop_watch_change(struct loop_watch *watch, unsigned events);
void loop_watch_destroy(struct loop_watch *watch); /* safe during its own dispatch; does not close fd */

/* Work on the thread pool, then done on the loop's thread. */
void loop_work(struct loop *loop, void (*work)(void *data), void (*done)(void *data), void *data);
void loop_on_signal(struct loop *loop, int signal, void (*fn)(void *data, int signal), void *data);
void loop_on_clock_step(struct loop *loop, void (*fn)(void *data), void *data);

#endif
