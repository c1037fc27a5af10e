#include "frame/scale.h"

#include "base/alloc.h"

void frame_fit(int width, int height, int box_width, int box_height, int *ret_width, int *ret_height)
{
	int across = box_width / width, down = box_height / height, times = across < down ? across : down;

	if (times >= 1) {
		*ret_width = width * times;
		*ret_height = height * times;
		return;
	}
	*ret_width = box_width;
	*ret_height = (int)((int64_t)height * box_width / width);
	if (*ret_height > box_height) {
		*ret_height = box_height;
		*ret_width = (int)((int64_t)width * box_height / height);
	}
	*ret_width = *ret_width < 1 ? 1 : *ret_width;
	*ret_height = *ret_height < 1 ? 1 : *ret_height;
}

/* The source pixels [*first, *end) that the i-th of `count` covers, at least one. */
static void covered(int i, int count, int size, int *first, int *end)
{
	*first = (int)((int64_t)i * size / count);
	*end = (int)(((int64_t)i + 1) * size / count);
	if (*end <= *first)
		*end = *first + 1;
}

struct frame *frame_scaled(const struct frame *frame, int width, int height)
{
	struct frame *scaled = frame_create(width, height);
	int left, right, top, bottom;

	if (!scaled)
		return NULL;
	uint64_t(*sums)[3] = xcalloc((size_t)width, sizeof *sums);
	for (int y = 0; y < height; y++) {
		covered(y, height, frame->height, &top, &bottom);
		memset(sums, 0, (size_t)width * sizeof *sums);
		for (int row = top; row < bottom; row++) {
			const uint32_t *from = frame_row(frame, row);
			for (int x = 0; x < width; x++) {
				covered(x, width, frame->width, &left, &right);
				for (int column = left; column < right; column++) {
					sums[x][0] += from[column] >> 16 & 255;
					sums[x][1] += from[column] >> 8 & 255;
					sums[x][2] += from[column] & 255;
				}
			}
		}
		uint32_t *to = frame_row(scaled, y);
		for (int x = 0; x < width; x++) {
			covered(x, width, frame->width, &left, &right);
			uint64_t n = (uint64_t)(right - left) * (uint64_t)(bottom - top);
			to[x] = (uint32_t)((sums[x][0] + n / 2) / n << 16 | (sums[x][1] + n / 2) / n << 8 |
					   (sums[x][2] + n / 2) / n);
		}
	}
	free(sums);
	return scaled;
}
