/* A picture of the board: each pixel a round LED on a dark module. */
#ifndef TOOLS_BANGTIN_LEDS_H
#define TOOLS_BANGTIN_LEDS_H

#include "frame/frame.h"

/* pitch: millimetres from LED to LED, which says how large the usual LED is beside its gap; 0: unknown. NULL if the
 * drawing would be larger than FRAME_SIDE_MOST. The caller unrefs. */
struct frame *leds_draw(const struct frame *levels, double pitch);

#endif
