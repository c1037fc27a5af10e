/* PNG through libpng's row interface. */
#include <errno.h>
#include <png.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "render/image_decode.h"

struct reader {
	const uint8_t *data;
	size_t size, used;
	const struct image_header *header;
	const struct image_sink *sink;
	struct image_fault *fault;
	png_structp png;
	png_infop info;
	uint8_t *row;
	uint8_t *picture; /* of an interlaced one */
	png_bytep *rows;
};

static void on_error(png_structp png, png_const_charp words)
{
	struct reader *reader = png_get_error_ptr(png);
	image_refuse(reader->fault, "the PNG is broken (%s); copy or save it again", words);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp words)
{
	(void)png;
	(void)words; /* about what stands beside the picture */
}

static void on_read(png_structp png, png_bytep to, size_t count)
{
	struct reader *reader = png_get_io_ptr(png);
	if (count > reader->size - reader->used)
		png_error(png, _("it ends too early"));
	memcpy(to, reader->data + reader->used, count);
	reader->used += count;
}

/* Texts and colour profiles are passed over: they are packed, and can be made to unpack to much. */
static void pass_over(png_structp png)
{
	static const png_byte names[] = "iCCP\0zTXt\0iTXt\0tEXt\0eXIf\0sPLT";
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, names, 6);
}

static void set_transforms(png_structp png)
{
	png_set_expand(png); /* palettes, grey below 8 bits, transparent colours */
	png_set_scale_16(png);
	png_set_gray_to_rgb(png);
	png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
}

static void read_interlaced(struct reader *reader)
{
	size_t width = (size_t)reader->header->width, height = (size_t)reader->header->height;
	reader->picture = xcalloc(width * height, 4);
	reader->rows = xcalloc(height, sizeof *reader->rows);
	for (size_t y = 0; y < height; y++)
		reader->rows[y] = reader->picture + y * width * 4;
	png_read_image(reader->png, reader->rows);
	for (size_t y = 0; y < height; y++)
		reader->sink->row(reader->sink->data, reader->rows[y]);
}

static void read_rows(struct reader *reader)
{
	reader->row = xcalloc((size_t)reader->header->width, 4);
	for (int y = 0; y < reader->header->height; y++) {
		png_read_row(reader->png, reader->row, NULL);
		reader->sink->row(reader->sink->data, reader->row);
	}
}

/* libpng leaves it by longjmp: everything that is to be freed is in reader. */
static int read_all(struct reader *reader)
{
	png_structp png = reader->png;
	const struct image_header *header = reader->header;
	if (setjmp(png_jmpbuf(png)))
		return -EINVAL;
	png_set_read_fn(png, reader, on_read);
	png_set_user_limits(png, IMAGE_SIDE_MOST, IMAGE_SIDE_MOST);
	pass_over(png);
	png_read_info(png, reader->info);
	set_transforms(png);
	if (header->whole)
		png_set_interlace_handling(png);
	png_read_update_info(png, reader->info);
	if (png_get_image_width(png, reader->info) != (png_uint_32)header->width ||
		png_get_image_height(png, reader->info) != (png_uint_32)header->height ||
		png_get_rowbytes(png, reader->info) != (size_t)header->width * 4)
		png_error(png, _("its header contradicts itself"));
	reader->sink->begin(reader->sink->data, header->width, header->height);
	if (header->whole)
		read_interlaced(reader);
	else
		read_rows(reader);
	png_read_end(png, NULL);
	return 0;
}

int image_decode_png(const void *data, size_t size, const struct image_header *header,
	const struct image_sink *sink, struct image_fault *fault)
{
	struct reader reader = {.data = data, .size = size, .header = header, .sink = sink, .fault = fault};
	int error = -ENOMEM;
	reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, on_error, on_warning);
	if (reader.png)
		reader.info = png_create_info_struct(reader.png);
	if (reader.info)
		error = read_all(&reader);
	else
		image_refuse(fault, "there is no memory for the picture");
	png_destroy_read_struct(&reader.png, &reader.info, NULL);
	free(reader.row);
	free(reader.rows);
	free(reader.picture);
	return error < 0 ? -EINVAL : 0;
}
