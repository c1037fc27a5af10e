/* What eyes can do: how high letters must be, how fast they are read, how much they must differ from their ground, how
 * often they may flash. Pure arithmetic; each rule names its source. The load gate (show/check.c) and typesetting share
 * it.
 */
#ifndef FRAME_LEGIBLE_H
#define FRAME_LEGIBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "frame/panel.h"

/* Capitals under a visual angle of 15 minutes of arc at least: 0.0044 of the distance, 4.4 mm a metre (NUREG-0700 rev.
 * 2, Human-System Interface Design Review Guidelines, on character height; it prefers 20 minutes). */
#define LEGIBLE_MM_PER_METRE 4.4

/* The height of capitals in pixels, rounded up, on LEDs of that pitch at that distance; 0 where one is not known (0). */
int legible_pixels(double pitch_mm, double distance_m);
/* The other way: up to how many metres capitals of so many pixels are read. */
double legible_distance(double pitch_mm, int pixels);

/* --- time */

/* A second to notice the display, then four syllables a second: with the blank after it a written syllable of Vietnamese
 * has a good four characters, and 17 characters a second is the most that Netflix's Timed Text Style Guide allows for
 * adults, who are looking already. */
#define LEGIBLE_NOTICE_NS	     INT64_C(1000000000)
#define LEGIBLE_SYLLABLES_PER_SECOND 4
/* How long so many syllables must stand at the least, ns. */
int64_t legible_time(size_t syllables);

/* --- contrast */

#define LEGIBLE_LARGE 24 /* pixels of a line from which letters are large */

/* WCAG 2.1: relative luminance 0..1 and contrast ratio 1..21 of 0xRRGGBB. */
double legible_luminance(uint32_t colour);
double legible_contrast(uint32_t a, uint32_t b);

/* What the LEDs make of a colour: on 1-bit and two-colour LEDs what is lit, on LEDs of one colour a grey. */
uint32_t legible_on_panel(const struct panel_spec *panel, uint32_t colour);

/* --- flashes */

struct luminance_at {
	int64_t time; /* ns, ascending */
	double luminance;
};
/* The most flashes, pairs of opposing changes, within any second: WCAG 2.1, general flash: a change is 0.1 or more where
 * the darker is below 0.8. A lone change counts half, so the answer is in halves. At most three are harmless. */
double legible_flashes(const struct luminance_at *samples, size_t count);

#endif
