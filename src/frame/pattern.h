/* Test patterns: what a technician looks at on the ladder. Painted through the same path as everything else. Pure. */
#ifndef FRAME_PATTERN_H
#define FRAME_PATTERN_H

#include "frame/frame.h"

struct pattern {
	const char *name;
	const char *help; /* one line: what to look for */
	/* elapsed: ns since the pattern began. Paints all of the frame. */
	void (*paint)(int64_t elapsed, struct frame *frame);
};

extern const struct pattern patterns[];					    /* ends with name NULL */
const struct pattern *pattern_find(const char *name);			    /* NULL: none */
bool pattern_paint(const char *name, int64_t elapsed, struct frame *frame); /* false: no such pattern */
/* The size of a module, for the pattern that numbers them; default 32x16. Not while a pattern is being painted. */
void pattern_set_module(int width, int height);

#endif
