/* What eyes can do: how high letters must be, how fast they are read, how much they must differ from their ground, how
 * often they may flash. Pure arithmetic; each rule names its source. The load gate (show/check.c) and typesetting share
 * it.
 */
#ifndef FRAME_LEGIBLE_H
#define FRAME_LEGIBLE_H

#include <stdbool.h>
#include <stdint.h>

/* Capitals under a visual angle of 15 minutes of arc at least: 0.0044 of the distance, 4.4 mm a metre (NUREG-0700 rev.
 * 2, Human-System Interface Design Review Guidelines, on character height; it prefers 20 minutes). */
#define LEGIBLE_MM_PER_METRE 4.4

/* The height of capitals in pixels, rounded up, on LEDs of that pitch at that distance; 0 where one is not known (0). */
int legible_pixels(double pitch_mm, double distance_m);
/* The other way: up to how many metres capitals of so many pixels are read. */
double legible_distance(double pitch_mm, int pixels);

#endif
