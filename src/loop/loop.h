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
/* Waits for work under way and runs its done; asserts that no watch and no timer is left. NULL is fine. */
void loop_destroy(struct loop *loop);
void loop_run(struct loop *loop); /* until loop_stop, even if there is nothing to wait for */
/* Runs until *flag, loop_stop or timeout (ns). Before or after loop_run, never from a callback: libuv is not reentrant
 * (asserted). */
void loop_run_until(struct loop *loop, bool *flag, int64_t timeout);
void loop_stop(struct loop *loop); /* loop thread; ends the running or else the next loop_run */
struct uv_loop_s *loop_uv(struct loop *loop);

/* A timer with an absolute CLOCK_MONOTONIC deadline, one-shot. NULL: out of descriptors. Destroying it is safe at any
 * time, in its own dispatch too; its function is not called again. */
struct loop_timer *loop_timer_create(struct loop *loop, void (*fn)(void *data), void *data);
void loop_timer_set(
	struct loop_timer *timer, int64_t monotonic); /* TIME_NEVER disarms; the past fires at once */
void loop_timer_destroy(struct loop_timer *timer);    /* NULL is fine */

/* A descriptor on the loop, level-triggered; it is made non-blocking. An error or a hang-up comes as all the events
 * that were asked for: the read or write that follows finds it. NULL: cannot be polled (a regular file), watched
 * already, or out of descriptors. Destroying it is safe at any time, in its own dispatch too; its function is not
 * called again, and fd, which is the caller's, may be closed right away. */
enum { LOOP_READABLE = 1, LOOP_WRITABLE = 2 };
struct loop_watch *loop_watch_create(struct loop *loop, int fd, unsigned events,
	void (*fn)(void *data, int fd, unsigned events), void *data);
void loop_watch_change(struct loop_watch *watch, unsigned events); /* 0: pauses */
void loop_watch_destroy(struct loop_watch *watch);		   /* NULL is fine */

/* Work on the thread pool, then done on the loop's thread; both speak the language that the caller does now. */
void loop_work(struct loop *loop, void (*work)(void *data), void (*done)(void *data), void *data);
bool loop_works(const struct loop *loop); /* some of it is under way */
/* A program that is run with a text on its standard input, and killed with all that it started when its time is over.
 * What it prints goes where our standard error goes; no other descriptor of ours is open in it. Never as root: where we
 * are root it gets the uid and gid that are given. */
struct loop_child;
struct child_program {
	const char *const *arguments;	/* ends with NULL; the first is the path */
	const char *const *environment; /* NAME=value, ends with NULL; nothing else is inherited */
	const char *input;
	int64_t timeout; /* ns */
	unsigned uid, gid;
};
enum child_end { CHILD_EXITED, CHILD_SIGNALLED, CHILD_TIMED_OUT };
/* -errno: it could not be started, and ended is not called. Else ended is called once, on the loop, with the exit status
 * or the signal; the child is gone then. */
int loop_child_start(struct loop *loop, const struct child_program *program,
	void (*ended)(void *data, enum child_end end, int status), void *data, struct loop_child **ret_child);
void loop_child_abandon(struct loop_child *child); /* kills it; ended is not called. NULL is fine */
/* These last as long as the loop. 0 or -errno. */
int loop_on_signal(struct loop *loop, int signal, void (*fn)(void *data, int signal), void *data);
int loop_on_clock_step(struct loop *loop, void (*fn)(void *data), void *data);

#endif
