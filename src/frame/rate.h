/* Frame instants: frame n of a display with rate r is the instant n/r since the epoch, so screens with the same clock
 * are in step. Rates are millihertz (30 fps = 30000), instants ns rounded up; schedule instants are whole ms, so the
 * index of an elapsed time never jitters. Pure. */
#ifndef FRAME_RATE_H
#define FRAME_RATE_H

#include <stdint.h>

int64_t frame_instant(int32_t millihertz, int64_t index); /* ns; index may be negative */
int64_t frame_index(int32_t millihertz, int64_t time);	  /* the last frame at or before time: floor */

#endif
