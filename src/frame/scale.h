/* Pictures smaller or larger, to be looked at: never what a display is sent. */
#ifndef FRAME_SCALE_H
#define FRAME_SCALE_H

#include "frame/frame.h"

/* The largest size with the frame's proportions that fits the box: enlarged by whole numbers only. */
void frame_fit(int width, int height, int box_width, int box_height, int *ret_width, int *ret_height);
/* The frame in another size. Each pixel is the mean of what it covers; enlarged, pixels stay squares. The caller
 * unrefs; NULL only for a size out of range. */
struct frame *frame_scaled(const struct frame *frame, int width, int height);

#endif
