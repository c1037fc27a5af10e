/* Stills: every kind of PNG and JPEG, orientation, scaling, and files that are broken, cut or lie. All made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <jpeglib.h>
#include <png.h>
#include <zlib.h>

#include "base/alloc.h"
#include "render/image.h"

struct file {
	uint8_t *data;
	size_t size;
};

static void file_free(struct file *file)
{
	free(file->data);
	*file = (struct file){NULL, 0};
}

static void insert(struct file *file, size_t at, const void *bytes, size_t size)
{
	file->data = xrealloc(file->data, file->size + size, 1);
	memmove(file->data + at + size, file->data + at, file->size - at);
	memcpy(file->data + at, bytes, size);
	file->size += size;
}

/* --- making them */

/* A picture whose four quarters differ: red, green / blue, white. */
static uint32_t quarter(int x, int y, int width, int height)
{
	static const uint32_t colours[] = {0xff0000, 0x00ff00, 0x0000ff, 0xffffff};

	return colours[(x >= width / 2) + 2 * (y >= height / 2)];
}

static void append(png_structp png, png_bytep bytes, png_size_t size)
{
	struct file *file = png_get_io_ptr(png);

	insert(file, file->size, bytes, size);
}

static void flush(png_structp png)
{
	(void)png;
}

struct png_order {
	int width, height, colours, depth, interlace;
	int alpha; /* of every pixel, where the kind has one; 0: of none */
};

/* The samples of one pixel, as its kind wants them, eight bits each. */
static int samples_of(const struct png_order *order, uint32_t colour, uint8_t *to)
{
	uint8_t r = (uint8_t)(colour >> 16), g = (uint8_t)(colour >> 8), b = (uint8_t)colour;
	int count = 0;

	if (order->colours & PNG_COLOR_MASK_COLOR)
		to[count++] = r, to[count++] = g, to[count++] = b;
	else
		to[count++] = (uint8_t)((r + g + b) / 3);
	if (order->colours & PNG_COLOR_MASK_ALPHA)
		to[count++] = (uint8_t)order->alpha;
	return count;
}

static void make_row(const struct png_order *order, int y, uint8_t *row)
{
	int count = 1;

	for (int x = 0; x < order->width; x++) {
		uint8_t samples[4] = {(uint8_t)((x >= order->width / 2) + 2 * (y >= order->height / 2))};
		if (order->colours != PNG_COLOR_TYPE_PALETTE)
			count = samples_of(order, quarter(x, y, order->width, order->height), samples);
		for (int i = 0; i < count; i++) {
			if (order->depth == 16)
				*row++ = samples[i], *row++ = samples[i];
			else
				*row++ = order->depth == 1 ? samples[i] >> 7 : samples[i];
		}
	}
}

static struct file make_png(const struct png_order *order)
{
	struct file file = {0};
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	png_color palette[4] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};
	png_byte opacity[4];
	size_t row_size = (size_t)order->width * 8;
	png_bytep *rows = xcalloc((size_t)order->height, sizeof *rows);

	png_set_write_fn(png, &file, append, flush);
	png_set_IHDR(png, info, (png_uint_32)order->width, (png_uint_32)order->height, order->depth,
		order->colours, order->interlace ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
		PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	if (order->colours == PNG_COLOR_TYPE_PALETTE) {
		memset(opacity, order->alpha, sizeof opacity);
		png_set_PLTE(png, info, palette, 4);
		if (order->alpha)
			png_set_tRNS(png, info, opacity, 4, NULL);
	}
	png_write_info(png, info);
	png_set_packing(png);
	for (int y = 0; y < order->height; y++) {
		rows[y] = xcalloc(row_size, 1);
		make_row(order, y, rows[y]);
	}
	png_write_image(png, rows);
	png_write_end(png, info);
	for (int y = 0; y < order->height; y++)
		free(rows[y]);
	free(rows);
	png_destroy_write_struct(&png, &info);
	return file;
}

struct jpeg_order {
	int width, height;
	J_COLOR_SPACE from, as;
	bool progressive, many_scans;
};

/* A scan for each coefficient of each component. */
static int scans_of(jpeg_scan_info *scans)
{
	int count = 1;

	scans[0] = (jpeg_scan_info){3, {0, 1, 2}, 0, 0, 0, 0};
	for (int component = 0; component < 3; component++)
		for (int k = 1; k < 64; k++)
			scans[count++] = (jpeg_scan_info){1, {component}, k, k, 0, 0};
	return count;
}

static void jpeg_pixel(const struct jpeg_order *order, uint32_t colour, uint8_t *to)
{
	uint8_t r = (uint8_t)(colour >> 16), g = (uint8_t)(colour >> 8), b = (uint8_t)colour;

	if (order->from == JCS_GRAYSCALE) {
		to[0] = (uint8_t)((r + g + b) / 3);
		return;
	}
	to[0] = r, to[1] = g, to[2] = b; /* inks are written inverted, as Adobe's programs do */
	if (order->from == JCS_CMYK)
		to[3] = 255;
}

static struct file make_jpeg(const struct jpeg_order *order)
{
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr error;
	static jpeg_scan_info scans[200];
	unsigned char *bytes = NULL;
	unsigned long size = 0;

	jpeg.err = jpeg_std_error(&error);
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &bytes, &size);
	jpeg.image_width = (JDIMENSION)order->width;
	jpeg.image_height = (JDIMENSION)order->height;
	jpeg.in_color_space = order->from;
	jpeg.input_components = order->from == JCS_GRAYSCALE ? 1 : order->from == JCS_CMYK ? 4 : 3;
	jpeg_set_defaults(&jpeg);
	if (order->as != JCS_UNKNOWN)
		jpeg_set_colorspace(&jpeg, order->as);
	jpeg_set_quality(&jpeg, 95, TRUE);
	if (order->progressive)
		jpeg_simple_progression(&jpeg);
	if (order->many_scans) {
		jpeg.num_scans = scans_of(scans);
		jpeg.scan_info = scans;
	}
	jpeg_start_compress(&jpeg, TRUE);
	uint8_t *row = xcalloc((size_t)order->width, 4);
	for (int y = 0; y < order->height; y++) {
		for (int x = 0; x < order->width; x++)
			jpeg_pixel(order, quarter(x, y, order->width, order->height),
				row + x * jpeg.input_components);
		jpeg_write_scanlines(&jpeg, &row, 1);
	}
	free(row);
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	struct file file = {xmemdup(bytes, size), size};
	free(bytes);
	return file;
}

/* A TIFF directory of one entry more than the orientation. */
static size_t make_exif(uint8_t *to, int orientation, bool big)
{
	static const uint8_t large[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 2, /* */
		1, 0x0f, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0,			   /* Make */
		1, 0x12, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t little[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 2, 0, /* */
		0x0f, 1, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0,			    /* Make */
		0x12, 1, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

	memcpy(to, big ? large : little, sizeof large);
	to[big ? 31 : 30] = (uint8_t)orientation;
	return sizeof large;
}

static void add_exif_to_jpeg(struct file *file, int orientation, bool big)
{
	uint8_t segment[64] = {0xff, 0xe1, 0, 0, 'E', 'x', 'i', 'f', 0, 0};
	size_t size = 10 + make_exif(segment + 10, orientation, big);

	segment[3] = (uint8_t)(size - 2);
	insert(file, 2, segment, size);
}

static void add_exif_to_png(struct file *file, int orientation, bool big)
{
	uint8_t chunk[64] = {0, 0, 0, 0, 'e', 'X', 'I', 'f'};
	size_t size = make_exif(chunk + 8, orientation, big);
	uint32_t crc = (uint32_t)crc32(0, chunk + 4, (unsigned)size + 4);

	chunk[3] = (uint8_t)size;
	for (int i = 0; i < 4; i++)
		chunk[8 + size + (size_t)i] = (uint8_t)(crc >> (24 - 8 * i));
	insert(file, 33, chunk, size + 12);
}

/* --- looking at them */

#define UNTOUCHED 0x204060u

static struct frame *paint(const struct file *file, enum image_fit fit, int width, int height)
{
	struct frame *frame = frame_create(width, height);
	struct image_fault fault = {""};

	frame_fill(frame, (struct rect){0, 0, width, height}, UNTOUCHED);
	if (image_paint(file->data, file->size, fit, frame, (struct rect){0, 0, width, height}, &fault) < 0)
		fail_msg("%s", fault.text);
	return frame;
}

static bool near(uint32_t a, uint32_t b, int tolerance)
{
	for (int shift = 0; shift <= 16; shift += 8)
		if (abs((int)(a >> shift & 255) - (int)(b >> shift & 255)) > tolerance)
			return false;
	return a >> 24 == 0;
}

/* The colours in the middles of the quarters: left above, right above, left below, right below. */
static void assert_quarters(const struct frame *frame, const uint32_t colours[4], int tolerance)
{
	for (int i = 0; i < 4; i++) {
		int x = frame->width / 4 + i % 2 * (frame->width / 2);
		int y = frame->height / 4 + i / 2 * (frame->height / 2);
		uint32_t seen = frame_row(frame, y)[x];
		if (!near(seen, colours[i], tolerance))
			fail_msg("quarter %d is %06x, not %06x", i, (unsigned)seen, (unsigned)colours[i]);
	}
}

static const uint32_t all[4] = {0xff0000, 0x00ff00, 0x0000ff, 0xffffff};
static const uint32_t grey[4] = {0x555555, 0x555555, 0x555555, 0xffffff};
static const uint32_t black_and_white[4] = {0, 0, 0, 0xffffff};

static void refuse_size(const struct file *file, size_t size, const char *words)
{
	struct frame *frame = frame_create(20, 10);
	struct image_fault fault = {""};
	uint8_t *exact = xmalloc(size + !size); /* its end is guarded under the sanitizers */

	memcpy(exact, file->data, size);
	frame_fill(frame, (struct rect){0, 0, 20, 10}, UNTOUCHED);
	int error = image_paint(exact, size, IMAGE_COVER, frame, (struct rect){0, 0, 20, 10}, &fault);
	if (error == 0)
		fail_msg("%zu of %zu bytes were taken", size, file->size);
	if (!strstr(fault.text, words))
		fail_msg("`%s` was to say `%s`", fault.text, words);
	assert_true(strstr(fault.text, "; ") != NULL);
	for (int i = 0; i < 200; i++)
		assert_int_equal(frame_row(frame, i / 20)[i % 20], UNTOUCHED);
	free(exact);
	frame_unref(frame);
}

/* --- */

static void test_png_kinds(void **test)
{
	static const struct {
		struct png_order order;
		const uint32_t *colours;
	} kinds[] = {
		{{16, 8, PNG_COLOR_TYPE_RGB, 8, 0, 0}, all},
		{{16, 8, PNG_COLOR_TYPE_RGB, 16, 0, 0}, all},
		{{16, 8, PNG_COLOR_TYPE_RGB, 8, 1, 0}, all},
		{{16, 8, PNG_COLOR_TYPE_RGB_ALPHA, 8, 0, 255}, all},
		{{16, 8, PNG_COLOR_TYPE_RGB_ALPHA, 16, 1, 255}, all},
		{{16, 8, PNG_COLOR_TYPE_PALETTE, 8, 0, 0}, all},
		{{16, 8, PNG_COLOR_TYPE_PALETTE, 2, 1, 255}, all},
		{{16, 8, PNG_COLOR_TYPE_GRAY, 8, 0, 0}, grey},
		{{16, 8, PNG_COLOR_TYPE_GRAY, 16, 0, 0}, grey},
		{{16, 8, PNG_COLOR_TYPE_GRAY, 1, 0, 0}, black_and_white},
		{{16, 8, PNG_COLOR_TYPE_GRAY_ALPHA, 8, 0, 255}, grey},
	};

	(void)test;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct file file = make_png(&kinds[i].order);
		for (int scale = 1; scale <= 4; scale *= 2) { /* as it is, and larger */
			struct frame *frame = paint(&file, IMAGE_CONTAIN, 16 * scale, 8 * scale);
			assert_quarters(frame, kinds[i].colours, 0);
			frame_unref(frame);
		}
		file_free(&file);
	}
}

static void test_jpeg_kinds(void **test)
{
	static const struct {
		struct jpeg_order order;
		const uint32_t *colours;
	} kinds[] = {
		{{64, 32, JCS_RGB, JCS_UNKNOWN, false, false}, all},
		{{64, 32, JCS_RGB, JCS_UNKNOWN, true, false}, all},
		{{64, 32, JCS_RGB, JCS_RGB, false, false}, all},
		{{64, 32, JCS_GRAYSCALE, JCS_UNKNOWN, false, false}, grey},
		{{64, 32, JCS_CMYK, JCS_CMYK, false, false}, all},
		{{64, 32, JCS_CMYK, JCS_YCCK, true, false}, all},
		{{640, 320, JCS_RGB, JCS_UNKNOWN, false, false}, all}, /* scaled down while decoding */
	};

	(void)test;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct file file = make_jpeg(&kinds[i].order);
		for (int width = 16; width <= 128; width *= 2) {
			struct frame *frame = paint(&file, IMAGE_CONTAIN, width, width / 2);
			assert_quarters(frame, kinds[i].colours, 6);
			frame_unref(frame);
		}
		file_free(&file);
	}
}

/* Where row 0 and column 0 of the file are on the upright picture, in the words of EXIF 2.3, table of tag 274: the
 * quarters from the left above. */
static void test_orientations(void **test)
{
	enum { R = 0xff0000, G = 0x00ff00, B = 0x0000ff, W = 0xffffff };
	static const uint32_t upright[9][4] = {{0}, {R, G, B, W}, /* top, left */
		{G, R, W, B},					  /* top, right */
		{W, B, G, R},					  /* bottom, right */
		{B, W, R, G},					  /* bottom, left */
		{R, B, G, W},					  /* left, top */
		{B, R, W, G},					  /* right, top */
		{W, G, B, R},					  /* right, bottom */
		{G, W, R, B}};					  /* left, bottom */
	const struct png_order png = {16, 8, PNG_COLOR_TYPE_RGB, 8, 0, 0};
	const struct jpeg_order jpeg = {64, 32, JCS_RGB, JCS_UNKNOWN, false, false};

	(void)test;
	for (int o = 1; o <= 8; o++)
		for (int big = 0; big <= 1; big++)
			for (int kind = 0; kind <= 1; kind++) {
				struct file file = kind ? make_png(&png) : make_jpeg(&jpeg);
				(kind ? add_exif_to_png : add_exif_to_jpeg)(&file, o, big);
				int width = o >= 5 ? 8 : 16, height = o >= 5 ? 16 : 8;
				struct frame *frame = paint(&file, IMAGE_CONTAIN, width, height);
				assert_quarters(frame, upright[o], kind ? 0 : 8);
				/* it fills the frame: its sides were exchanged too */
				assert_int_not_equal(frame_row(frame, 0)[0], UNTOUCHED);
				assert_int_not_equal(frame_row(frame, height - 1)[width - 1], UNTOUCHED);
				frame_unref(frame);
				frame = paint(&file, IMAGE_COVER, 40, 40);
				assert_quarters(frame, upright[o], kind ? 0 : 8);
				frame_unref(frame);
				file_free(&file);
			}
}

/* Whatever stands there, it is upright at worst. */
static void test_exif_rubbish(void **test)
{
	const struct png_order order = {16, 8, PNG_COLOR_TYPE_RGB, 8, 0, 0};

	(void)test;
	for (int at = 0; at < 38; at++)
		for (int value = 0; value < 256; value += 15) {
			struct file file = make_png(&order);
			struct image_header header;
			struct image_fault fault;
			add_exif_to_png(&file, 6, at & 1);
			file.data[33 + 8 + at % 34] = (uint8_t)value;
			assert_int_equal(image_header_read(file.data, file.size, &header, &fault), 0);
			assert_in_range(header.orientation, 1, 8);
			file_free(&file);
		}
}

static void test_places(void **test)
{
	const struct png_order order = {16, 8, PNG_COLOR_TYPE_RGB, 8, 0, 0};
	struct file file = make_png(&order);
	struct frame *frame = paint(&file, IMAGE_CONTAIN, 40, 40);

	(void)test;
	/* contain: bands above and below stay as they were */
	for (int y = 0; y < 40; y++) {
		bool inside = y >= 10 && y < 30;
		assert_int_equal(frame_row(frame, y)[0] != UNTOUCHED, inside);
		assert_int_equal(frame_row(frame, y)[39] != UNTOUCHED, inside);
	}
	frame_unref(frame);
	frame = paint(&file, IMAGE_COVER, 8, 8); /* the middle half of it, not scaled at all */
	for (int y = 0; y < 8; y++)
		for (int x = 0; x < 8; x++)
			assert_int_equal(frame_row(frame, y)[x], quarter(x + 4, y, 16, 8));
	frame_unref(frame);
	/* an area of its own: nothing beside it changes */
	struct image_fault fault;
	frame = frame_create(30, 20);
	frame_fill(frame, (struct rect){0, 0, 30, 20}, UNTOUCHED);
	assert_int_equal(
		image_paint(file.data, file.size, IMAGE_COVER, frame, (struct rect){5, 6, 16, 8}, &fault), 0);
	for (int y = 0; y < 20; y++)
		for (int x = 0; x < 30; x++) {
			bool inside = x >= 5 && x < 21 && y >= 6 && y < 14;
			assert_int_equal(
				frame_row(frame, y)[x], inside ? quarter(x - 5, y - 6, 16, 8) : UNTOUCHED);
		}
	frame_unref(frame);
	file_free(&file);
}

/* A flat colour stays what it is at every ratio, and an average is one. */
static void test_scaling(void **test)
{
	const struct png_order order = {50, 30, PNG_COLOR_TYPE_GRAY, 8, 0, 0};
	struct file file = make_png(&order);

	(void)test;
	for (int width = 1; width <= 151; width += 5)
		for (int height = 1; height <= 91; height += 9) {
			struct frame *frame = paint(&file, IMAGE_COVER, width, height);
			for (int y = 0; y < height; y++)
				for (int x = 0; x < width; x++)
					assert_in_range(frame_row(frame, y)[x] & 255, 0x55, 0xff);
			if (width > 3 && height > 3)
				assert_int_equal(frame_row(frame, 0)[0], 0x555555);
			frame_unref(frame);
		}
	struct frame *dot =
		paint(&file, IMAGE_COVER, 1, 1); /* of the middle 30 x 30: a quarter of it white */
	assert_true(near(dot->pixels[0], 0x7f7f7f, 1));
	frame_unref(dot);
	file_free(&file);
}

static void test_transparency(void **test)
{
	static const struct {
		int alpha;
		uint32_t red; /* over the ground */
	} cases[] = {{0, UNTOUCHED}, {255, 0xff0000}, {128, 0x902030}};

	(void)test;
	for (size_t i = 0; i < 3; i++) {
		struct png_order order = {16, 8, PNG_COLOR_TYPE_RGB_ALPHA, 8, 0, cases[i].alpha};
		struct file file = make_png(&order);
		for (int scale = 1; scale <= 4; scale += 3) {
			struct frame *frame = paint(&file, IMAGE_COVER, 16 * scale, 8 * scale);
			assert_true(near(frame->pixels[0], cases[i].red, 1));
			frame_unref(frame);
		}
		file_free(&file);
	}
}

static void cut(struct file *file)
{
	for (size_t size = 0; size < file->size; size += 64)
		refuse_size(file, size, "");
	refuse_size(file, file->size - 1, "");
	file_free(file);
}

static void test_cut(void **test)
{
	(void)test;
	struct file files[] = {
		make_png(&(struct png_order){300, 200, PNG_COLOR_TYPE_RGB_ALPHA, 8, 0, 200}),
		make_png(&(struct png_order){300, 200, PNG_COLOR_TYPE_PALETTE, 8, 1, 200}),
		make_jpeg(&(struct jpeg_order){300, 200, JCS_RGB, JCS_UNKNOWN, false, false}),
		make_jpeg(&(struct jpeg_order){300, 200, JCS_RGB, JCS_UNKNOWN, true, false}),
		make_jpeg(&(struct jpeg_order){300, 200, JCS_CMYK, JCS_YCCK, false, false}),
	};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		cut(&files[i]);
}

static void put_32(uint8_t *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void lie_png(uint32_t width, uint32_t height, bool interlaced, const char *words)
{
	struct file file = make_png(&(struct png_order){16, 8, PNG_COLOR_TYPE_RGB, 8, 0, 0});

	put_32(file.data + 16, width);
	put_32(file.data + 20, height);
	file.data[28] = interlaced;
	put_32(file.data + 29, (uint32_t)crc32(0, file.data + 12, 17));
	refuse_size(&file, file.size, words);
	file_free(&file);
}

static void lie_jpeg(unsigned width, unsigned height, bool progressive, const char *words)
{
	struct file file = make_jpeg(&(struct jpeg_order){16, 8, JCS_RGB, JCS_UNKNOWN, progressive, false});
	size_t at = 0;

	while (file.data[at] != 0xff || file.data[at + 1] != (progressive ? 0xc2 : 0xc0))
		at++;
	put_32(file.data + at + 5, height << 16 | width);
	refuse_size(&file, file.size, words);
	file_free(&file);
}

/* What claims much is refused by its header: under the sanitizers an allocation of that size would be the end. */
static void test_claims(void **test)
{
	(void)test;
	lie_png(16385, 8, false, "16385 x 8 pixels, and a side has at most 16384");
	lie_png(0x7fffffff, 0x7fffffff, false, "a side has at most 16384");
	lie_png(16000, 16000, false, "more than 40 million");
	lie_png(0, 8, false, "no pixels");
	lie_png(6300, 6300, true, "without interlacing");
	lie_png(6300, 6300, false, "broken");
	lie_jpeg(65500, 100, false, "a side has at most 16384");
	lie_jpeg(8000, 8000, false, "more than 40 million");
	lie_jpeg(6300, 6300, true, "baseline instead of progressive");
	lie_jpeg(200, 0, false, "no pixels");
	lie_jpeg(6300, 6300, false, "broken");
}

/* 12 million pixels in a few kilobytes: small in memory all the way, and right. */
static void test_large(void **test)
{
	struct file file = make_png(&(struct png_order){12000, 1000, PNG_COLOR_TYPE_GRAY, 1, 0, 0});

	(void)test;
	assert_true(file.size < 20000);
	struct frame *frame = paint(&file, IMAGE_COVER, 24, 2);
	assert_quarters(frame, black_and_white, 0);
	frame_unref(frame);
	file_free(&file);
}

static void test_scans(void **test)
{
	struct file file = make_jpeg(&(struct jpeg_order){64, 32, JCS_RGB, JCS_UNKNOWN, false, true});

	(void)test;
	refuse_size(&file, file.size, "more than 100 scans");
	file_free(&file);
}

static void test_other_kinds(void **test)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *words;
	} kinds[] = {
		{"GIF89a\1\0\1\0", 10, "this is a GIF"},
		{"RIFF\x24\0\0\0WEBPVP8 ", 16, "this is a WebP"},
		{"<svg xmlns='http://www.w3.org/2000/svg'/>", 41, "an SVG drawing"},
		{"<?xml version='1.0'?><svg/>", 27, "an SVG drawing"},
		{"\0\0\0\x18"
		 "ftypheic",
			12, "a HEIC"},
		{"BM\x46\0\0\0", 6, "a BMP"},
		{"II*\0\x08\0\0\0", 8, "a TIFF"},
		{"%PDF-1.4", 8, "a PDF"},
		{"hello", 5, "neither a PNG nor a JPEG"},
		{"", 0, "neither a PNG nor a JPEG"},
		{"\xff\xd8\xff\xd9", 4, "ends too early"},
		{"\x89PNG\r\n\x1a\n", 8, "ends too early"},
	};

	(void)test;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct file file = {(uint8_t *)(uintptr_t)kinds[i].bytes, kinds[i].size};
		refuse_size(&file, file.size, kinds[i].words);
	}
}

/* One byte wrong, anywhere: refused or shown, never worse. */
static void test_flipped(void **test)
{
	struct file file = make_jpeg(&(struct jpeg_order){64, 32, JCS_RGB, JCS_UNKNOWN, true, false});
	struct frame *frame = frame_create(20, 10);
	struct image_fault fault;

	(void)test;
	for (size_t at = 0; at < file.size; at++) {
		file.data[at] ^= 0xa5;
		image_paint(file.data, file.size, IMAGE_CONTAIN, frame, (struct rect){0, 0, 20, 10}, &fault);
		file.data[at] ^= 0xa5;
	}
	frame_unref(frame);
	file_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_png_kinds),
		cmocka_unit_test(test_jpeg_kinds),
		cmocka_unit_test(test_orientations),
		cmocka_unit_test(test_exif_rubbish),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_scaling),
		cmocka_unit_test(test_transparency),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_scans),
		cmocka_unit_test(test_other_kinds),
		cmocka_unit_test(test_flipped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
