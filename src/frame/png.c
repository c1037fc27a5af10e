/* PNG through libpng's simplified API. */
#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "frame/frame.h"

int frame_write_png_to(const struct frame *frame, FILE *file)
{
	size_t width = (size_t)frame->width, height = (size_t)frame->height;
	uint8_t *rgb = xmalloc(width * height * 3), *p = rgb;
	for (int y = 0; y < frame->height; y++) {
		const uint32_t *row = frame_row(frame, y);
		for (int x = 0; x < frame->width; x++) {
			*p++ = (uint8_t)(row[x] >> 16);
			*p++ = (uint8_t)(row[x] >> 8);
			*p++ = (uint8_t)row[x];
		}
	}
	png_image image = {.version = PNG_IMAGE_VERSION,
		.width = (png_uint_32)width,
		.height = (png_uint_32)height,
		.format = PNG_FORMAT_RGB};
	errno = 0;
	int error = png_image_write_to_stdio(&image, file, 0, rgb, 0, NULL) ? 0 : errno ? -errno : -EIO;
	free(rgb);
	return error;
}

int frame_write_png(const struct frame *frame, const char *path)
{
	FILE *file = fopen(path, "wbe");
	if (!file)
		return -errno;
	int error = frame_write_png_to(frame, file);
	if (fclose(file) != 0 && error == 0)
		error = -errno;
	return error;
}

static void lay_on_black(struct frame *frame)
{
	for (size_t i = 0; i < (size_t)frame->stride * (size_t)frame->height; i++) {
		uint32_t p = frame->pixels[i], a = p >> 24;
		uint32_t r = (p >> 16 & 255) * a / 255, g = (p >> 8 & 255) * a / 255, b = (p & 255) * a / 255;
		frame->pixels[i] = r << 16 | g << 8 | b;
	}
}

/* The header is judged before anything is decoded: a small file can ask for gigabytes. */
int frame_read_png(const char *path, struct frame **ret_frame)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	FILE *file = fopen(path, "rbe");
	if (!file)
		return -errno;
	int error = -EINVAL;
	struct frame *frame = NULL;
	if (png_image_begin_read_from_stdio(&image, file) && image.width <= FRAME_SIDE_MOST &&
		image.height <= FRAME_SIDE_MOST)
		frame = frame_create((int)image.width, (int)image.height);
	if (frame) {
		/* BGRA bytes are 0xAARRGGBB in little endian; transparency is laid on black. */
		image.format = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? PNG_FORMAT_BGRA : PNG_FORMAT_ARGB;
		if (png_image_finish_read(&image, NULL, frame->pixels, 0, NULL)) {
			lay_on_black(frame);
			*ret_frame = frame;
			error = 0;
		} else {
			frame_unref(frame);
		}
	}
	png_image_free(&image);
	fclose(file);
	return error;
}
