/* What the benchmarks share: time, CPU time, medians, and one line a result. */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static inline double bench_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* CPU seconds, user and system, of this process's threads or of its ended children. */
static inline double bench_cpu(int who)
{
	struct rusage usage;
	getrusage(who, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static inline int bench_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static inline double bench_median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof *values, bench_compare);
	return values[count / 2];
}

/* goal: "<= 1.3" and the like. */
static inline void bench_row(
	const char *what, double value, const char *unit, const char *baseline, const char *goal)
{
	printf("%-44s %8.3f %s%s%s  (goal %s)\n", what, value, unit, *baseline ? " of " : "", baseline, goal);
	fflush(stdout);
}

#endif
