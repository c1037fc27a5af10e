/* libFuzzer: any bytes as a still picture, painted. The check sums of a PNG are made right first, or nothing behind them
 * would ever be reached. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/alloc.h"
#include "render/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define UNTOUCHED 0x204060u
enum { WIDTH = 24, HEIGHT = 16, PIXELS_MOST = 100000 /* larger ones only take longer */ };

static void put_32(uint8_t *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void mend_sums(uint8_t *data, size_t size)
{
	if (size < 8 || memcmp(data, "\x89PNG\r\n\x1a\n", 8) != 0)
		return;
	for (size_t at = 8; size - at >= 12;) {
		size_t length = (size_t)data[at] << 24 | (size_t)data[at + 1] << 16 |
				(size_t)data[at + 2] << 8 | data[at + 3];
		if (length > size - at - 12)
			return;
		put_32(data + at + 8 + length, (uint32_t)crc32(0, data + at + 4, (unsigned)length + 4));
		at += 12 + length;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image_header header;
	struct image_fault fault = {""};
	uint8_t *bytes = xmalloc(size + !size);
	memcpy(bytes, data, size);
	mend_sums(bytes, size);
	if (image_header_read(bytes, size, &header, &fault) == 0 &&
		header.width <= PIXELS_MOST / header.height) {
		struct frame *frame = frame_create(WIDTH, HEIGHT);
		struct rect area = {1, 1, WIDTH - 2, HEIGHT - 2};
		frame_fill(frame, (struct rect){0, 0, WIDTH, HEIGHT}, UNTOUCHED);
		enum image_fit fit = size % 2 ? IMAGE_CONTAIN : IMAGE_COVER;
		int error = image_paint(bytes, size, fit, frame, area, &fault);
		/* Refused in words, and nothing painted; never painted outside. */
		for (int i = 0; i < WIDTH * HEIGHT; i++) {
			int x = i % WIDTH, y = i / WIDTH;
			bool inside = x > 0 && y > 0 && x < WIDTH - 1 && y < HEIGHT - 1;
			if (frame_row(frame, y)[x] != UNTOUCHED && (error < 0 || !inside))
				abort();
		}
		if (error < 0 && !strstr(fault.text, "; "))
			abort();
		frame_unref(frame);
	}
	free(bytes);
	return 0;
}
