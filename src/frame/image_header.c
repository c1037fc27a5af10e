#include "frame/image_header.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "frame/exif.h"

struct bytes {
	const uint8_t *data;
	size_t size;
};

int image_refuse(struct image_fault *fault, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(fault->text, sizeof fault->text, _(format), arguments);
	va_end(arguments);
	return -EINVAL;
}

static unsigned big_16(const uint8_t *p)
{
	return (unsigned)(p[0] << 8 | p[1]);
}

static uint32_t big_32(const uint8_t *p)
{
	return (uint32_t)big_16(p) << 16 | big_16(p + 2);
}

static int refuse_short(struct image_fault *fault)
{
	return image_refuse(fault, "the picture ends too early; copy or save it again");
}

/* --- PNG */

static int check_size(uint32_t width, uint32_t height, struct image_fault *fault)
{
	if (width == 0 || height == 0)
		return image_refuse(fault, "the picture says that it has no pixels; save it again");
	if (width > IMAGE_SIDE_MOST || height > IMAGE_SIDE_MOST)
		return image_refuse(fault,
			"the picture is %u x %u pixels, and a side has at most %d; scale it down",
			(unsigned)width, (unsigned)height, IMAGE_SIDE_MOST);
	if ((uint64_t)width * height > IMAGE_PIXELS_MOST)
		return image_refuse(fault,
			"the picture is %u x %u pixels, more than %d million; scale it down", (unsigned)width,
			(unsigned)height, IMAGE_PIXELS_MOST / 1000000);
	return 0;
}

static int check_memory(const struct image_header *header, struct image_fault *fault)
{
	if (header->memory <= IMAGE_MEMORY_MOST)
		return 0;
	return image_refuse(fault,
		"decoding the picture would take %zu MiB, and at most %zu are given; save it %s, or scale it "
		"down",
		header->memory >> 20, IMAGE_MEMORY_MOST >> 20,
		header->kind == IMAGE_PNG ? _("without interlacing")
					  : _("as baseline instead of progressive"));
}

/* Up to the first piece of the picture: eXIf stands before it. */
static int png_orientation(const struct bytes *file)
{
	for (size_t at = 8; file->size - at >= 12;) {
		const uint8_t *chunk = file->data + at;
		uint32_t length = big_32(chunk);
		if (length > file->size - at - 12 || memcmp(chunk + 4, "IDAT", 4) == 0)
			break;
		if (memcmp(chunk + 4, "eXIf", 4) == 0)
			return exif_orientation(chunk + 8, length);
		at += 12 + (size_t)length;
	}
	return 1;
}

static int read_png(const struct bytes *file, struct image_header *header, struct image_fault *fault)
{
	const uint8_t *d = file->data;
	if (file->size < 8 + 25)
		return refuse_short(fault);
	if (big_32(d + 8) != 13 || memcmp(d + 12, "IHDR", 4) != 0)
		return image_refuse(fault, "the PNG's header is broken; save it again");
	uint32_t width = big_32(d + 16), height = big_32(d + 20);
	int error = check_size(width, height, fault);
	if (error < 0)
		return error;
	*header = (struct image_header){.kind = IMAGE_PNG,
		.width = (int)width,
		.height = (int)height,
		.orientation = png_orientation(file),
		.whole = d[28] != 0};
	if (header->whole)
		header->memory = (size_t)width * height * 4;
	return 0;
}

/* --- JPEG */

/* A frame header (T.81 B.2.2): precision, height, width, and a factor pair for each component. */
static int read_frame(
	int marker, const uint8_t *d, size_t size, struct image_header *header, struct image_fault *fault)
{
	if (size < 6 || size < 6 + (size_t)d[5] * 3)
		return image_refuse(fault, "the JPEG's header is broken; save it again");
	if (marker > 0xc2)
		return image_refuse(fault,
			"this kind of JPEG (%s) cannot be read; save it as a baseline JPEG",
			marker >= 0xc9 ? _("arithmetic coding") : _("lossless or hierarchical"));
	if (d[0] != 8)
		return image_refuse(fault, "a JPEG of %d bits a sample cannot be read; save it with 8", d[0]);
	uint32_t height = big_16(d + 1), width = big_16(d + 3);
	int error = check_size(width, height, fault);
	if (error < 0)
		return error;
	if (d[5] != 1 && d[5] != 3 && d[5] != 4)
		return image_refuse(fault, "a JPEG of %d components cannot be read; save it as RGB", d[5]);
	header->width = (int)width;
	header->height = (int)height;
	header->whole = marker == 0xc2;
	/* All coefficients are kept until the last scan, two bytes each; subsampling would need less. */
	if (header->whole)
		header->memory = (size_t)((width + 15) / 16 * 16) * ((height + 15) / 16 * 16) * 2 * d[5];
	return 0;
}

static bool is_frame(int marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static void read_application(const uint8_t *d, size_t size, struct image_header *header)
{
	if (size > 6 && memcmp(d, "Exif\0\0", 6) == 0 && header->orientation == 0)
		header->orientation = exif_orientation(d + 6, size - 6);
}

/* Segment after segment until the first scan. */
static int read_jpeg(const struct bytes *file, struct image_header *ret_header, struct image_fault *fault)
{
	struct image_header header = {.kind = IMAGE_JPEG};
	for (size_t at = 2; at + 4 <= file->size;) {
		const uint8_t *d = file->data + at;
		if (d[0] != 0xff)
			return image_refuse(fault, "the JPEG is broken; save it again");
		if (d[1] == 0xff) { /* filling */
			at++;
			continue;
		}
		size_t length = big_16(d + 2);
		if (length < 2 || length > file->size - at - 2)
			return refuse_short(fault);
		int error = 0;
		if (is_frame(d[1]) && header.width)
			return image_refuse(fault, "the JPEG has two pictures in one; save it again");
		if (is_frame(d[1]))
			error = read_frame(d[1], d + 4, length - 2, &header, fault);
		else if (d[1] == 0xe1)
			read_application(d + 4, length - 2, &header);
		else if (d[1] == 0xda && header.width) {
			header.orientation += header.orientation == 0;
			header.body = at;
			*ret_header = header;
			return 0;
		}
		if (error < 0)
			return error;
		at += 2 + length;
	}
	return refuse_short(fault);
}

/* --- which kind it is */

struct foreign {
	size_t at;
	const char *magic; /* within the first bytes */
	const char *kind, *instead;
};

static const struct foreign foreigners[] = {
	{0, "GIF8", N_("a GIF"), N_("save it as PNG; a moving one as the pictures of a playlist")},
	{8, "WEBP", N_("a WebP picture"), N_("save it as PNG or JPEG")},
	{0, "<svg", N_("an SVG drawing"), N_("export it as PNG in the size of the display")},
	{0, "<?xml", N_("an SVG drawing or another XML file"),
		N_("export it as PNG in the size of the display")},
	{4, "ftyp", N_("a HEIC, AVIF or video file"), N_("save it as JPEG")},
	{0, "BM", N_("a BMP"), N_("save it as PNG")},
	{0, "II*", N_("a TIFF"), N_("save it as PNG or JPEG")},
	{0, "MM", N_("a TIFF"), N_("save it as PNG or JPEG")},
	{0, "%PDF", N_("a PDF"), N_("export its page as PNG")},
	{0, "8BPS", N_("a Photoshop file"), N_("export it as PNG")},
};

static int refuse_kind(const struct bytes *file, struct image_fault *fault)
{
	for (size_t i = 0; i < sizeof foreigners / sizeof *foreigners; i++) {
		const struct foreign *f = &foreigners[i];
		size_t length = strlen(f->magic);
		if (file->size >= f->at + length && memcmp(file->data + f->at, f->magic, length) == 0)
			return image_refuse(fault, "this is %s, and only PNG and JPEG are shown; %s",
				_(f->kind), _(f->instead));
	}
	return image_refuse(fault, "this is neither a PNG nor a JPEG; save it as one of them");
}

int image_header_read(
	const void *data, size_t size, struct image_header *ret_header, struct image_fault *fault)
{
	const struct bytes file = {data, size};
	struct image_header header = {.kind = IMAGE_PNG};
	int error;
	if (size > IMAGE_FILE_MOST)
		return image_refuse(fault, "the picture has %zu MiB, and at most %zu are read; scale it down",
			size >> 20, IMAGE_FILE_MOST >> 20);
	if (size >= 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0)
		error = read_png(&file, &header, fault);
	else if (size >= 3 && memcmp(data, "\xff\xd8\xff", 3) == 0)
		error = read_jpeg(&file, &header, fault);
	else
		error = refuse_kind(&file, fault);
	if (error == 0)
		error = check_memory(&header, fault);
	if (error == 0)
		*ret_header = header;
	return error;
}

/* --- to the end */

/* Chunk after chunk to IEND. */
static bool png_ends(const struct bytes *file)
{
	for (size_t at = 8; file->size - at >= 12;) {
		uint32_t length = big_32(file->data + at);
		if (length > file->size - at - 12)
			return false;
		if (memcmp(file->data + at + 4, "IEND", 4) == 0)
			return true;
		at += 12 + (size_t)length;
	}
	return false;
}

/* The mark of the end does not occur within a scan: there 0xff is followed by 0. */
static bool jpeg_ends(const struct bytes *file, size_t scan)
{
	return memmem(file->data + scan, file->size - scan, "\xff\xd9", 2) != NULL;
}

int image_file_check(
	const void *data, size_t size, struct image_header *ret_header, struct image_fault *fault)
{
	const struct bytes file = {data, size};
	struct image_header header = {.kind = IMAGE_PNG};
	int error = image_header_read(data, size, &header, fault);
	if (error < 0)
		return error;
	if (!(header.kind == IMAGE_PNG ? png_ends(&file) : jpeg_ends(&file, header.body)))
		return refuse_short(fault);
	*ret_header = header;
	return 0;
}
