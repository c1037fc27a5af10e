#include "map_picture.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "frame/pattern.h"

#define GROUND 0x16181bu
#define INK    0x101214u

enum { CELL_MOST = 34, MARGIN = 8, DIGIT_WIDTH = 4 };

struct drawing {
	const struct wiring *wiring;
	struct frame *frame;
	int cell;	   /* pixels of the picture for one of the module */
	int scale, digits; /* of the numbers; scale 0: cells are too small for any */
};

/* --- colours: each row of the wire its own, lighter towards its end */

static uint32_t mix(uint32_t a, uint32_t b, double share)
{
	uint32_t mixed = 0;

	for (int shift = 0; shift <= 16; shift += 8) {
		double x = a >> shift & 255, y = b >> shift & 255;
		mixed |= (uint32_t)lround(x + (y - x) * share) << shift;
	}
	return mixed;
}

/* As far apart for neighbouring rows as the golden angle puts them; equally light to the eye, roughly. */
static uint32_t row_colour(int row)
{
	double hue = fmod(row * 0.381966, 1.0) * 6, x = 1 - fabs(fmod(hue, 2) - 1);
	static const int order[6][3] = {{2, 1, 0}, {1, 2, 0}, {0, 2, 1}, {0, 1, 2}, {1, 0, 2}, {2, 0, 1}};
	const double parts[3] = {0, x, 1};
	uint32_t colour = 0;

	for (int c = 0; c < 3; c++)
		colour |= (uint32_t)lround(90 + 130 * parts[order[(int)hue][c]]) << (16 - 8 * c);
	return colour;
}

static uint32_t cell_colour(const struct wiring *wiring, uint32_t place)
{
	int row = (int)place / wiring->wire_width, column = (int)place % wiring->wire_width;
	double share = wiring->wire_width > 1 ? (double)column / (wiring->wire_width - 1) : 0;

	return mix(mix(row_colour(row), 0x000000, 0.25), 0xffffff, 0.55 * share);
}

/* --- pieces */

static struct rect cell_at(const struct drawing *d, int x, int y)
{
	return (struct rect){MARGIN + x * d->cell, MARGIN + y * d->cell, d->cell, d->cell};
}

static void draw_cells(const struct drawing *d)
{
	const struct wiring *wiring = d->wiring;
	int gap = d->cell > 4 ? 1 : 0;

	for (int y = 0; y < wiring->height; y++)
		for (int x = 0; x < wiring->width; x++) {
			struct rect cell = cell_at(d, x, y);
			cell.width -= gap;
			cell.height -= gap;
			frame_fill(d->frame, cell, cell_colour(wiring, wiring->place[y * wiring->width + x]));
		}
}

static void draw_numbers(const struct drawing *d)
{
	const struct wiring *wiring = d->wiring;

	for (int y = 0; d->scale > 0 && y < wiring->height; y++)
		for (int x = 0; x < wiring->width; x++) {
			struct rect cell = cell_at(d, x, y);
			uint32_t place = wiring->place[y * wiring->width + x];
			int digits = 1;
			for (uint32_t rest = place; rest >= 10; rest /= 10)
				digits++;
			int width = (DIGIT_WIDTH * digits - 1) * d->scale;
			pattern_number(d->frame, cell.x + (d->cell - 1 - width) / 2,
				cell.y + 3 * d->cell / 4 - 5 * d->scale / 2, place, d->scale, INK);
		}
}

struct point {
	int x, y;
};

static void draw_line(struct frame *frame, struct point from, struct point to, double share)
{
	int across = to.x - from.x, down = to.y - from.y;
	int length = abs(across) > abs(down) ? abs(across) : abs(down);

	for (int i = 0; i < length; i++) {
		int x = from.x + (int)lround((double)across * i / length);
		int y = from.y + (int)lround((double)down * i / length);
		uint32_t *pixel = frame_row(frame, y) + x;
		*pixel = mix(*pixel, INK, share);
	}
}

/* In the upper part of a cell, above its number. */
static struct point middle(const struct drawing *d, uint32_t pixel)
{
	struct rect cell = cell_at(d, (int)pixel % d->wiring->width, (int)pixel / d->wiring->width);

	return (struct point){cell.x + d->cell / 2, cell.y + d->cell / 4};
}

static void draw_dot(const struct drawing *d, struct point at)
{
	int reach = d->cell / 5;

	frame_fill(d->frame, (struct rect){at.x - reach, at.y - reach, 2 * reach + 1, 2 * reach + 1}, INK);
	frame_fill(d->frame, (struct rect){at.x - reach + 1, at.y - reach + 1, 2 * reach - 1, 2 * reach - 1},
		0xffffff);
}

/* From pixel to pixel as the wire goes; jumps are faint, and a dot is where a row of it begins. */
static void draw_way(const struct drawing *d)
{
	const struct wiring *wiring = d->wiring;
	uint32_t count = (uint32_t)wiring->width * (uint32_t)wiring->height,
		 width = (uint32_t)wiring->wire_width;
	uint32_t *pixels = xcalloc(count, sizeof *pixels);

	for (uint32_t i = 0; i < count; i++)
		pixels[wiring->place[i]] = i;
	for (uint32_t place = 1; place < count; place++) {
		struct point from = middle(d, pixels[place - 1]), to = middle(d, pixels[place]);
		bool jump = abs(to.x - from.x) + abs(to.y - from.y) > d->cell;
		if (place % width != 0)
			draw_line(d->frame, from, to, jump ? 0.3 : 1);
	}
	for (uint32_t place = 0; place < count; place += width)
		draw_dot(d, middle(d, pixels[place]));
	free(pixels);
}

struct frame *map_picture(const struct wiring *wiring)
{
	int longest = wiring->width > wiring->height ? wiring->width : wiring->height;
	uint32_t most = (uint32_t)wiring->width * (uint32_t)wiring->height - 1;
	struct drawing d = {.wiring = wiring, .digits = 1};

	for (; most >= 10; most /= 10)
		d.digits++;
	d.cell = longest <= 64 ? CELL_MOST : longest <= 128 ? 24 : longest <= 512 ? 8 : 3;
	d.scale = (d.cell - 3) / (DIGIT_WIDTH * d.digits - 1);
	d.scale = d.scale > 2 ? 2 : d.scale;
	d.frame = frame_create(
		wiring->width * d.cell + 2 * MARGIN - 1, wiring->height * d.cell + 2 * MARGIN - 1);
	if (!d.frame)
		return NULL;
	frame_fill(d.frame, (struct rect){0, 0, d.frame->width, d.frame->height}, GROUND);
	draw_cells(&d);
	if (d.cell >= 8)
		draw_way(&d);
	draw_numbers(&d);
	return d.frame;
}
