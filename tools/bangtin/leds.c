#include "leds.h"

#define MODULE_COLOUR 0x101112u
#define DARK_LED      0x1c1d1fu

/* Coverage 0..255 of a dot of radius r (in sixteenths of the cell) at (x, y) of a cell, by 4x4 samples. */
static int coverage(int x, int y, int cell)
{
	int inside = 0;
	double centre = cell / 2.0, radius = cell * 0.42;
	for (int s = 0; s < 16; s++) {
		int column = s % 4, row = s / 4;
		double dx = x + (column + 0.5) / 4 - centre, dy = y + (row + 0.5) / 4 - centre;
		inside += dx * dx + dy * dy <= radius * radius;
	}
	return inside * 255 / 16;
}

static uint32_t mix(uint32_t under, uint32_t over, int amount)
{
	uint32_t mixed = 0;
	for (int shift = 0; shift <= 16; shift += 8) {
		int a = (int)(under >> shift & 255), b = (int)(over >> shift & 255);
		mixed |= (uint32_t)(a + (b - a) * amount / 255) << shift;
	}
	return mixed;
}

/* An unlit LED shows its lens: never darker than that. */
static uint32_t lens(uint32_t level)
{
	uint32_t seen = DARK_LED;
	for (int shift = 0; shift <= 16; shift += 8) {
		uint32_t v = level >> shift & 255, d = DARK_LED >> shift & 255;
		if (v > d)
			seen = (seen & ~(255u << shift)) | v << shift;
	}
	return seen;
}

struct frame *leds_draw(const struct frame *levels)
{
	int longest = levels->width > levels->height ? levels->width : levels->height;
	int cell = longest <= 320 ? 8 : longest <= 1024 ? 4 : 3;
	struct frame *drawn = frame_create(levels->width * cell, levels->height * cell);
	if (!drawn)
		return NULL;
	int dot[8][8];
	for (int y = 0; y < cell; y++)
		for (int x = 0; x < cell; x++)
			dot[y][x] = coverage(x, y, cell);
	for (int y = 0; y < drawn->height; y++) {
		uint32_t *row = frame_row(drawn, y);
		const uint32_t *from = frame_row(levels, y / cell);
		for (int x = 0; x < drawn->width; x++)
			row[x] = mix(MODULE_COLOUR, lens(from[x / cell] & 0xffffff), dot[y % cell][x % cell]);
	}
	return drawn;
}
