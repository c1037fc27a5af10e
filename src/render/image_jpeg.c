/* JPEG through libjpeg-turbo, which scales down by halves while decoding. */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>

#include "base/alloc.h"
#include "render/image_decode.h"

/* A progressive file can ask for the whole picture to be gone over again and again: real ones have about ten scans. */
#define SCANS_MOST 100

struct reader {
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr error;
	struct jpeg_progress_mgr progress;
	jmp_buf out;
	struct image_fault *fault;
	const struct image_header *header;
	const struct image_sink *sink;
	uint8_t *row;
};

static struct reader *reader_of(j_common_ptr jpeg)
{
	return jpeg->client_data;
}

static void on_error(j_common_ptr jpeg)
{
	struct reader *reader = reader_of(jpeg);
	char words[JMSG_LENGTH_MAX];
	jpeg->err->format_message(jpeg, words);
	image_refuse(reader->fault, "the JPEG is broken (%.100s); copy or save it again", words);
	longjmp(reader->out, 1);
}

/* Cameras leave bytes between segments, and programs odd version numbers; everything else was meant to be picture. */
static void on_message(j_common_ptr jpeg, int level)
{
	int code = jpeg->err->msg_code;
	if (level < 0 && code != JWRN_EXTRANEOUS_DATA && code != JWRN_JFIF_MAJOR && code != JWRN_ADOBE_XFORM)
		on_error(jpeg);
}

static void on_progress(j_common_ptr jpeg)
{
	struct reader *reader = reader_of(jpeg);
	if (((j_decompress_ptr)jpeg)->input_scan_number <= SCANS_MOST)
		return;
	image_refuse(reader->fault, "the JPEG has more than %d scans; save it as baseline", SCANS_MOST);
	longjmp(reader->out, 1);
}

/* The smallest of the sizes 1/8, 1/4, 1/2, 1 that is not below what is asked for. */
static void choose_scale(struct reader *reader)
{
	struct jpeg_decompress_struct *jpeg = &reader->jpeg;
	jpeg->scale_denom = 8;
	for (jpeg->scale_num = 1; jpeg->scale_num <= 8; jpeg->scale_num *= 2) {
		jpeg_calc_output_dimensions(jpeg);
		if (jpeg->output_width >= (JDIMENSION)reader->sink->width &&
			jpeg->output_height >= (JDIMENSION)reader->sink->height)
			return;
	}
	jpeg->scale_num = 8;
}

/* Adobe's programs write the inks inverted, and say that it was they. */
static void from_inks(uint8_t *rgba, unsigned width, bool inverted)
{
	for (unsigned x = 0; x < width; x++, rgba += 4) {
		unsigned black = inverted ? rgba[3] : 255u - rgba[3];
		for (int c = 0; c < 3; c++) {
			unsigned ink = inverted ? rgba[c] : 255u - rgba[c];
			rgba[c] = (uint8_t)((ink * black + 127) / 255);
		}
		rgba[3] = 255;
	}
}

/* libjpeg leaves it by longjmp: everything that is to be freed is in reader. */
static int read_all(struct reader *reader, const void *data, size_t size)
{
	struct jpeg_decompress_struct *jpeg = &reader->jpeg;
	if (setjmp(reader->out))
		return -EINVAL;
	jpeg_create_decompress(jpeg);
	jpeg->client_data = reader;
	jpeg->progress = &reader->progress;
	jpeg_mem_src(jpeg, data, size);
	jpeg_read_header(jpeg, TRUE);
	if (jpeg->image_width != (JDIMENSION)reader->header->width ||
		jpeg->image_height != (JDIMENSION)reader->header->height ||
		jpeg->progressive_mode != reader->header->whole)
		return image_refuse(reader->fault, "the JPEG's header contradicts itself; save it again");
	bool inks = jpeg->num_components == 4;
	jpeg->out_color_space = inks ? JCS_CMYK : JCS_EXT_RGBA;
	choose_scale(reader);
	jpeg_start_decompress(jpeg);
	reader->sink->begin(reader->sink->data, (int)jpeg->output_width, (int)jpeg->output_height);
	reader->row = xcalloc(jpeg->output_width, 4);
	while (jpeg->output_scanline < jpeg->output_height) {
		JSAMPROW rows[1] = {reader->row};
		jpeg_read_scanlines(jpeg, rows, 1);
		if (inks)
			from_inks(reader->row, jpeg->output_width, jpeg->saw_Adobe_marker);
		reader->sink->row(reader->sink->data, reader->row);
	}
	jpeg_finish_decompress(jpeg);
	return 0;
}

int image_decode_jpeg(const void *data, size_t size, const struct image_header *header,
	const struct image_sink *sink, struct image_fault *fault)
{
	struct reader reader = {.fault = fault, .header = header, .sink = sink};
	reader.jpeg.err = jpeg_std_error(&reader.error);
	reader.jpeg.client_data = &reader;
	reader.error.error_exit = on_error;
	reader.error.emit_message = on_message;
	reader.progress.progress_monitor = on_progress;
	int error = read_all(&reader, data, size);
	jpeg_destroy_decompress(&reader.jpeg);
	free(reader.row);
	return error;
}
