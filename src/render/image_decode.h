/* Private to image: what a decoder of one format does. */
#ifndef RENDER_IMAGE_DECODE_H
#define RENDER_IMAGE_DECODE_H

#include "frame/image_header.h"

struct image_sink {
	int width, height; /* the picture as stored need not be decoded larger than this */
	/* Once, before the first row: the size in which it comes, the header's or smaller. */
	void (*begin)(void *data, int width, int height);
	void (*row)(void *data, const uint8_t *rgba); /* from the top, R, G, B, A bytes, not premultiplied */
	void *data;
};

typedef int image_decode_fn(const void *data, size_t size, const struct image_header *header,
	const struct image_sink *sink, struct image_fault *fault);
/* 0 once every row was given and the file ended as it should; -EINVAL. */
image_decode_fn image_decode_png, image_decode_jpeg;

#endif
