/* Private to frame: the matrices of spatial dither. Pure; any thread. */
#ifndef FRAME_DITHER_H
#define FRAME_DITHER_H

#include <stdint.h>

#include "frame/panel.h"

#define DITHER_SIDE 32 /* the matrix repeats in both directions */

/* The threshold of the pixel at (x, y) modulo DITHER_SIDE, 0..255, each value as often as any other within one step.
 * kind is not DITHER_NONE. */
void dither_matrix(enum dither kind, uint8_t ret_matrix[DITHER_SIDE][DITHER_SIDE]);

#endif
