/* The wall clock as an object, so that it can be injected, and so that its trust is explicit.
 *
 * One thread reads it (the loop's). The schedule and the renderer never do: they are given instants.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/time.h"

struct clock {
	int64_t origin;	     /* instant shown when monotonic == mono_origin; only if injected */
	int64_t mono_origin; /* ns */
	double rate;	     /* 1 real time, 60 a minute a second, 0 stands still */
	bool injected;
	int64_t floor;	 /* below this the wall clock is not believed: build date, last persisted time */
	bool doubted;	 /* it is not believed, whatever it shows */
	int64_t started; /* monotonic ns at clock_init; untrusted time counts from here */
};

struct instant {
	int64_t time; /* wall clock ns since the epoch if trusted, else ns since the start of the program */
	bool trusted;
};

void clock_init(struct clock *clock, int64_t floor);
/* spec: "T[,RATE]", T as time_parse_instant reads it; RATE a decimal >= 0, default 1. -EINVAL if not. An injected clock
 * is believed whatever it says: floor becomes TIME_ALWAYS. Who wants to see distrust sets floor again afterwards. */
int clock_inject(struct clock *clock, const struct zone *zone, const char *spec);
struct instant clock_now(const struct clock *clock);
/* The monotonic instant at which the clock will show time; TIME_NEVER if it stands still before it. */
int64_t clock_monotonic_at(const struct clock *clock, int64_t time);
int64_t clock_monotonic(void); /* CLOCK_MONOTONIC, ns */

#endif
