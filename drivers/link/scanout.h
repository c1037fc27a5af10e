/* A picture on a buffer that a screen shows: turned for portrait screens, black around it. Pure; any thread. */
#ifndef DRIVERS_LINK_SCANOUT_H
#define DRIVERS_LINK_SCANOUT_H

#include "frame/frame.h"

struct scanout {
	uint32_t *pixels; /* XRGB8888, of the whole buffer */
	int stride;	  /* pixels */
	int x, y;	  /* where the turned picture begins */
	int rotate;	  /* 0, 90, 180 or 270 degrees clockwise */
};

/* Size of a picture of width x height when it is turned. */
void scanout_size(int rotate, int width, int height, int *ret_width, int *ret_height);
/* Where the rectangle of a frame of width x height lies on the buffer. */
struct rect scanout_place(const struct scanout *scanout, int width, int height, struct rect r);
/* Copies that area of the frame; what of it lies beyond the frame is left out. */
void scanout_paint(const struct scanout *scanout, const struct frame *frame, struct rect area);

#endif
