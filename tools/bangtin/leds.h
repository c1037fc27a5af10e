/* A picture of the board: each pixel a round LED on a dark module. */
#ifndef TOOLS_BANGTIN_LEDS_H
#define TOOLS_BANGTIN_LEDS_H

#include "frame/frame.h"

/* NULL if it would be larger than FRAME_SIDE_MOST. The caller unrefs. */
struct frame *leds_draw(const struct frame *levels);

#endif
