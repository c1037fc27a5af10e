/* Scaling a picture once, row by row as it is decoded: area average down, bilinear up. Memory: as many rows of the
 * result's width as one of its rows is made from. Private to render; one thread at a time. */
#ifndef RENDER_RESAMPLE_H
#define RENDER_RESAMPLE_H

#include <stdint.h>

struct span { /* of the source, in pixels and parts of them */
	double from, length;
};

struct resampler;
/* Calls emit for each of the height rows in order: width pixels of premultiplied 0xAARRGGBB. */
typedef void resample_emit_fn(void *data, int y, const uint32_t *row);

/* A source of source_width x source_height pixels, of which the part (columns, rows) becomes width x height. All > 0. */
struct resampler *resampler_create(int source_width, int source_height, struct span columns, struct span rows,
	int width, int height, resample_emit_fn *emit, void *data);
/* The source's rows from the top, each exactly once: R, G, B, A bytes, not premultiplied. */
void resampler_row(struct resampler *resampler, const uint8_t *rgba);
void resampler_destroy(struct resampler *resampler); /* NULL is fine */

#endif
