#include "drivers/link/scanout.h"

#include <stddef.h>
#include <string.h>

#define TILE 32 /* a quarter turn reads down columns: within a tile the cache lines are used whole */

void scanout_size(int rotate, int width, int height, int *ret_width, int *ret_height)
{
	bool sideways = rotate == 90 || rotate == 270;
	*ret_width = sideways ? height : width;
	*ret_height = sideways ? width : height;
}

struct rect scanout_place(const struct scanout *scanout, int width, int height, struct rect r)
{
	struct rect to;
	switch (scanout->rotate) {
	case 90:
		to = (struct rect){height - r.y - r.height, r.x, r.height, r.width};
		break;
	case 180:
		to = (struct rect){width - r.x - r.width, height - r.y - r.height, r.width, r.height};
		break;
	case 270:
		to = (struct rect){r.y, width - r.x - r.width, r.height, r.width};
		break;
	default:
		to = r;
	}
	to.x += scanout->x;
	to.y += scanout->y;
	return to;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* to: where the area's place begins; from: the pixel that comes there first; one step right on the screen is step_x
 * pixels in the frame, one step down step_y. */
static void copy_turned(uint32_t *to, ptrdiff_t stride, struct rect place, const uint32_t *from,
	ptrdiff_t step_x, ptrdiff_t step_y)
{
	for (int tile_y = 0; tile_y < place.height; tile_y += TILE) {
		for (int tile_x = 0; tile_x < place.width; tile_x += TILE) {
			int end_y = least(tile_y + TILE, place.height);
			int end_x = least(tile_x + TILE, place.width);
			for (int y = tile_y; y < end_y; y++) {
				uint32_t *row = to + y * stride;
				const uint32_t *pixel = from + y * step_y + tile_x * step_x;
				for (int x = tile_x; x < end_x; x++, pixel += step_x)
					row[x] = *pixel;
			}
		}
	}
}

void scanout_paint(const struct scanout *scanout, const struct frame *frame, struct rect area)
{
	if (!rect_intersect(area, (struct rect){0, 0, frame->width, frame->height}, &area))
		return;
	struct rect place = scanout_place(scanout, frame->width, frame->height, area);
	ptrdiff_t stride = scanout->stride, pitch = frame->stride;
	uint32_t *to = scanout->pixels + place.y * stride + place.x;
	const uint32_t *top_left = frame_row(frame, area.y) + area.x;
	ptrdiff_t right = area.width - 1, bottom = (area.height - 1) * pitch;

	switch (scanout->rotate) {
	case 90:
		copy_turned(to, stride, place, top_left + bottom, -pitch, 1);
		break;
	case 180:
		copy_turned(to, stride, place, top_left + bottom + right, -1, -pitch);
		break;
	case 270:
		copy_turned(to, stride, place, top_left + right, pitch, -1);
		break;
	default:
		for (int y = 0; y < area.height; y++)
			memcpy(to + y * stride, top_left + y * pitch, (size_t)area.width * sizeof *to);
	}
}
