/* A bar for work that takes a while: on standard error, and only where that is a terminal. */
#ifndef TOOLS_BANGTIN_PROGRESS_H
#define TOOLS_BANGTIN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown; /* a terminal */
	const char *unit;
	int64_t total, begun, drawn; /* monotonic ns */
};

void progress_begin(struct progress *progress, const char *unit, int64_t total);
void progress_set(struct progress *progress, int64_t done); /* draws at most ten times a second */
void progress_end(struct progress *progress);		    /* the line is empty again */

#endif
