#include "leds.h"

#include <math.h>

#define MODULE_COLOUR 0x0c0c0du
#define DARK_LED      0x202123u /* an unlit LED shows its lens */
#define CELL_MOST     8

/* The part of a cell that its LED fills, and how much of the LED's light the module around it shows (both 0..255). */
struct dot {
	int lens[CELL_MOST][CELL_MOST], glow[CELL_MOST][CELL_MOST];
};

/* Diameter over pitch. The packages that such modules are made with: 1010, 1515, 2121, 2727, 3535 (their names are
 * their width in tenths of a millimetre); 5 mm lamps beyond. */
static double filled(double pitch)
{
	static const struct {
		double pitch, diameter;
	} usual[] = {{1.6, 1.0}, {2.6, 1.5}, {4.1, 2.1}, {6.1, 2.7}, {8.1, 3.5}, {1000, 5.0}};
	size_t i = 0;

	if (pitch <= 0)
		return 0.7;
	while (i < sizeof usual / sizeof *usual - 1 && usual[i].pitch < pitch)
		i++;
	double ratio = usual[i].diameter / pitch;
	return ratio < 0.3 ? 0.3 : ratio > 0.9 ? 0.9 : ratio;
}

static void shape_dot(struct dot *dot, int cell, double fill)
{
	for (int y = 0; y < cell; y++)
		for (int x = 0; x < cell; x++) {
			int inside = 0;
			double centre = cell / 2.0, radius = cell * fill / 2, far = 0;
			for (int s = 0; s < 64; s++) {
				int column = s % 8, row = s / 8;
				double dx = x + (column + 0.5) / 8 - centre,
				       dy = y + (row + 0.5) / 8 - centre;
				double distance = sqrt(dx * dx + dy * dy);
				inside += distance <= radius;
				far += distance / 64;
			}
			dot->lens[y][x] = inside * 255 / 64;
			double beyond = far > radius ? (far - radius) / cell : 0;
			dot->glow[y][x] = (int)(255 * 0.30 * exp(-beyond * 4));
		}
}

static int channel(uint32_t colour, int shift)
{
	return (int)(colour >> shift & 255);
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static uint32_t lit(uint32_t level, int lens, int glow)
{
	uint32_t seen = 0;

	for (int shift = 0; shift <= 16; shift += 8) {
		int led = larger(channel(level, shift), channel(DARK_LED, shift));
		int module = larger(channel(level, shift) * glow / 255, channel(MODULE_COLOUR, shift));
		seen |= (uint32_t)(module + (led - module) * lens / 255) << shift;
	}
	return seen;
}

struct frame *leds_draw(const struct frame *levels, double pitch)
{
	int longest = levels->width > levels->height ? levels->width : levels->height;
	int cell = longest <= 400 ? 8 : longest <= 1024 ? 6 : longest <= 2048 ? 4 : 3;
	struct frame *drawn = frame_create(levels->width * cell, levels->height * cell);
	struct dot dot;

	if (!drawn)
		return NULL;
	shape_dot(&dot, cell, filled(pitch));
	for (int y = 0; y < drawn->height; y++) {
		uint32_t *row = frame_row(drawn, y);
		const uint32_t *from = frame_row(levels, y / cell);
		for (int x = 0; x < drawn->width; x++)
			row[x] = lit(
				from[x / cell], dot.lens[y % cell][x % cell], dot.glow[y % cell][x % cell]);
	}
	return drawn;
}
