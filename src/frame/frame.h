/* Pixels: one frame of a display, and rectangles of it.
 *
 * A frame is XRGB8888 in native byte order (0x00RRGGBB), which is cairo's RGB24 and KMS's XRGB8888. Reference-counted;
 * writable only while its maker holds the one reference; but for canvases (output/output.h), which are read and painted
 * by turns on one thread.
 */
#ifndef FRAME_FRAME_H
#define FRAME_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define FRAME_SIDE_MOST 16384 /* pixels; cairo's own end is 32767 */

struct rect {
	int x, y, width, height;
};

struct frame {
	int width, height; /* pixels, 1..FRAME_SIDE_MOST */
	int stride;	   /* pixels a row, >= width */
	uint32_t *pixels;
	int references;
};

/* Black. NULL only for a size out of range. */
struct frame *frame_create(int width, int height);
struct frame *frame_ref(struct frame *frame);
void frame_unref(struct frame *frame); /* NULL is fine */
static inline uint32_t *frame_row(const struct frame *frame, int y)
{
	return frame->pixels + (size_t)y * (size_t)frame->stride;
}
void frame_fill(struct frame *frame, struct rect area, uint32_t colour); /* clipped */
/* Copies area of from to (x, y) of to; clipped on both. No allocation. */
void frame_copy(struct frame *to, int x, int y, const struct frame *from, struct rect area);
bool frame_equal(const struct frame *a, const struct frame *b);
uint64_t frame_digest(const struct frame *frame); /* over R, G, B bytes, row by row */

/* PNG, 8-bit RGB. 0 or -errno. */
int frame_write_png(const struct frame *frame, const char *path);
int frame_write_png_to(const struct frame *frame, FILE *file); /* the file stays open */
int frame_read_png(
	const char *path, struct frame **ret_frame); /* refuses sides above FRAME_SIDE_MOST by the header */

/* A damaged region: at most REGION_MOST rectangles, never allocates; the next one merges into the box of all. */
#define REGION_MOST 8
struct region {
	int count;
	struct rect rects[REGION_MOST];
};
void region_clear(struct region *region);
void region_add(struct region *region, struct rect rect); /* empty ones are ignored; containment is folded */
void region_add_region(struct region *region, const struct region *other);
struct rect region_bounds(const struct region *region); /* zero size if empty */
bool region_empty(const struct region *region);
bool rect_intersect(struct rect a, struct rect b, struct rect *ret); /* false: nothing in common */

#endif
