#include "base/clock.h"

#include "base/alloc.h"

#include <errno.h>
#include <math.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

int64_t clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void clock_init(struct clock *clock, int64_t floor)
{
	*clock = (struct clock){.rate = 1, .floor = floor, .started = clock_monotonic()};
}

static int parse_rate(const char *text, double *ret_rate)
{
	char *end;
	double rate;

	/* strtod alone would take blanks, signs, "inf" and hexadecimal */
	if (text[strspn(text, "0123456789.")] != '\0' || *text == '\0' || *text == '.')
		return -EINVAL;
	rate = strtod(text, &end);
	if (*end != '\0' || !isfinite(rate) || rate > 1e6)
		return -EINVAL;
	*ret_rate = rate;
	return 0;
}

int clock_inject(struct clock *clock, const struct zone *zone, const char *spec)
{
	const char *comma = strchr(spec, ',');
	char *text = comma ? xstrndup(spec, (size_t)(comma - spec)) : xstrdup(spec);
	double rate = 1;
	int64_t origin;
	int error = time_parse_instant(zone, text, &origin);

	free(text);
	if (!error && comma)
		error = parse_rate(comma + 1, &rate);
	if (error)
		return error;
	clock->origin = origin;
	clock->mono_origin = clock_monotonic();
	clock->rate = rate;
	clock->injected = true;
	clock->floor = TIME_ALWAYS;
	clock->doubted = false;
	return 0;
}

/* Rate 1 stays in integers: a double holds only 104 days of nanoseconds. */
static int64_t scale(int64_t elapsed, double rate)
{
	return rate == 1 ? elapsed : (int64_t)((long double)elapsed * (long double)rate);
}

static int64_t shown_at(const struct clock *clock, int64_t monotonic)
{
	return clock->origin + scale(monotonic - clock->mono_origin, clock->rate);
}

struct instant clock_now(const struct clock *clock)
{
	int64_t monotonic = clock_monotonic();
	int64_t time = clock->injected ? shown_at(clock, monotonic) : read_clock(CLOCK_REALTIME);

	/* workers look as well while the loop's thread moves the floor */
	if (!__atomic_load_n(&clock->doubted, __ATOMIC_RELAXED) &&
		time >= __atomic_load_n(&clock->floor, __ATOMIC_RELAXED))
		return (struct instant){time, true};
	return (struct instant){scale(monotonic - clock->started, clock->injected ? clock->rate : 1), false};
}

static int64_t injected_monotonic_at(
	const struct clock *clock, int64_t since, int64_t mono_since, int64_t time)
{
	long double wait;
	int64_t monotonic;

	if (time <= since)
		return mono_since;
	if (clock->rate == 0)
		return TIME_NEVER;
	wait = clock->rate == 1 ? time - since
				: ceill((long double)(time - since) / (long double)clock->rate);
	if (wait >= (long double)(TIME_NEVER - mono_since))
		return TIME_NEVER;
	monotonic = mono_since + (int64_t)wait;
	/* division and multiplication round apart: waking a nanosecond early would show the instant before */
	while (scale(monotonic - mono_since, clock->rate) < time - since)
		monotonic++;
	return monotonic;
}

int64_t clock_monotonic_at(const struct clock *clock, int64_t time)
{
	int64_t real, monotonic;
	bool trusted = clock_now(clock).trusted;

	if (time == TIME_NEVER)
		return TIME_NEVER;
	if (clock->injected && trusted)
		return injected_monotonic_at(clock, clock->origin, clock->mono_origin, time);
	if (clock->injected)
		return injected_monotonic_at(clock, 0, clock->started, time);
	if (!trusted)
		return clock->started + time;
	real = read_clock(CLOCK_REALTIME);
	monotonic = clock_monotonic();
	if (__builtin_sub_overflow(time, real - monotonic, &time))
		return TIME_NEVER;
	return time;
}
