/* Test patterns: what a technician looks at on the ladder. Painted through the same path as everything else. Pure. */
#ifndef FRAME_PATTERN_H
#define FRAME_PATTERN_H

#include "frame/frame.h"

/* What a pattern may be told about the panel; zeroes, or NULL in place of it, mean the defaults. */
struct pattern_settings {
	int module_width, module_height; /* of `modules`; default 32x16 */
	/* of `letters`: its pages, each of the frame's size, one below the other (render makes them); NULL: black */
	const struct frame *letters;
};

struct pattern {
	const char *name;
	const char *help; /* one line: what to look for */
	/* elapsed: ns since the pattern began. Paints all of the frame. */
	void (*paint)(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame);
};

/* A number with its left upper corner at (x, y), in digits of 3x5 pixels, 4 apart, times scale; clipped. */
void pattern_number(struct frame *frame, int x, int y, int64_t number, int scale, uint32_t colour);

extern const struct pattern patterns[];		      /* ends with name NULL */
const struct pattern *pattern_find(const char *name); /* NULL: none */
/* false: no such pattern */
bool pattern_paint(
	const char *name, const struct pattern_settings *settings, int64_t elapsed, struct frame *frame);

#endif
