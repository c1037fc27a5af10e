#include "frame/frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/pages.h"

static size_t pixels_size(const struct frame *frame)
{
	return (size_t)frame->stride * (size_t)frame->height * sizeof *frame->pixels;
}

struct frame *frame_create(int width, int height)
{
	if (width < 1 || height < 1 || width > FRAME_SIDE_MOST || height > FRAME_SIDE_MOST)
		return NULL;
	struct frame *frame = xmalloc(sizeof *frame);
	*frame = (struct frame){.width = width, .height = height, .stride = width, .references = 1};
	frame->pixels = pages_create(pixels_size(frame));
	return frame;
}

struct frame *frame_ref(struct frame *frame)
{
	__atomic_add_fetch(&frame->references, 1, __ATOMIC_RELAXED);
	return frame;
}

void frame_unref(struct frame *frame)
{
	if (!frame || __atomic_sub_fetch(&frame->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	pages_destroy(frame->pixels, pixels_size(frame));
	free(frame);
}

void frame_fill(struct frame *frame, struct rect area, uint32_t colour)
{
	if (!rect_intersect(area, (struct rect){0, 0, frame->width, frame->height}, &area))
		return;
	/* the C library's is as fast as its memcpy; the compiler's loop goes pixel by pixel */
	static_assert(sizeof(wchar_t) == sizeof colour, "");
	for (int y = area.y; y < area.y + area.height; y++)
		wmemset((wchar_t *)frame_row(frame, y) + area.x, (wchar_t)colour, (size_t)area.width);
}

void frame_copy(struct frame *to, int x, int y, const struct frame *from, struct rect area)
{
	struct rect source, target;
	if (!rect_intersect(area, (struct rect){0, 0, from->width, from->height}, &source))
		return;
	struct rect wanted = {x + source.x - area.x, y + source.y - area.y, source.width, source.height};
	if (!rect_intersect(wanted, (struct rect){0, 0, to->width, to->height}, &target))
		return;
	int from_x = source.x + target.x - wanted.x, from_y = source.y + target.y - wanted.y;
	for (int i = 0; i < target.height; i++)
		memcpy(frame_row(to, target.y + i) + target.x, frame_row(from, from_y + i) + from_x,
			(size_t)target.width * sizeof(uint32_t));
}

bool frame_equal(const struct frame *a, const struct frame *b)
{
	if (a->width != b->width || a->height != b->height)
		return false;
	for (int y = 0; y < a->height; y++) {
		const uint32_t *p = frame_row(a, y), *q = frame_row(b, y);
		for (int x = 0; x < a->width; x++)
			if ((p[x] ^ q[x]) & 0xffffff) /* the X of XRGB says nothing */
				return false;
	}
	return true;
}

uint64_t frame_digest(const struct frame *frame)
{
	enum { PIECE = 256 };
	uint64_t state = DIGEST_START;
	uint8_t rgb[3 * PIECE];
	for (int y = 0; y < frame->height; y++) {
		const uint32_t *row = frame_row(frame, y);
		for (int x = 0; x < frame->width; x += PIECE) {
			int count = frame->width - x < PIECE ? frame->width - x : PIECE;
			for (int i = 0; i < count; i++) {
				rgb[3 * i] = (uint8_t)(row[x + i] >> 16);
				rgb[3 * i + 1] = (uint8_t)(row[x + i] >> 8);
				rgb[3 * i + 2] = (uint8_t)row[x + i];
			}
			state = digest_picture(state, rgb, 3 * (size_t)count);
		}
	}
	return state;
}
