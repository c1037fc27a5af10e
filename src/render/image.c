#include "render/image.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>

#include "base/alloc.h"
#include "render/image_decode.h"
#include "render/resample.h"

/* Above this a decoding waits for the others that are as large. */
#define MEMORY_SMALL ((size_t)8 << 20)
static pthread_mutex_t one_large = PTHREAD_MUTEX_INITIALIZER;

/* --- where it stands, and which part of it */

struct geometry {
	struct rect place;		 /* in the frame, upright */
	double columns, rows;		 /* the part of the stored picture that shows, 0..1, in its middle */
	int stored_width, stored_height; /* place, turned back as the picture is stored */
};

static bool lies_down(int orientation)
{
	return orientation >= 5;
}

static int at_least_one(double pixels)
{
	return pixels < 1 ? 1 : (int)lrint(pixels);
}

static struct geometry geometry_of(const struct image_header *header, enum image_fit fit, struct rect area)
{
	bool turned = lies_down(header->orientation);
	double width = turned ? header->height : header->width,
	       height = turned ? header->width : header->height;
	double across = area.width / width, down = area.height / height;
	struct geometry g = {.place = area, .columns = 1, .rows = 1};
	if (fit == IMAGE_CONTAIN) {
		double scale = across < down ? across : down;
		g.place.width = at_least_one(width * scale);
		g.place.height = at_least_one(height * scale);
		g.place.x += (area.width - g.place.width) / 2;
		g.place.y += (area.height - g.place.height) / 2;
	} else {
		double scale = across > down ? across : down;
		double shown_across = across / scale, shown_down = down / scale;
		g.columns = turned ? shown_down : shown_across;
		g.rows = turned ? shown_across : shown_down;
	}
	g.stored_width = turned ? g.place.height : g.place.width;
	g.stored_height = turned ? g.place.width : g.place.height;
	return g;
}

struct rect image_place(const struct image_header *header, enum image_fit fit, struct rect area)
{
	return geometry_of(header, fit, area).place;
}

/* --- decoding into a picture of the right size, as it is stored */

struct scaling {
	const struct geometry *geometry;
	struct resampler *resampler;
	uint32_t *pixels; /* premultiplied 0xAARRGGBB */
};

static void on_emit(void *data, int y, const uint32_t *row)
{
	const struct scaling *scaling = data;
	size_t width = (size_t)scaling->geometry->stored_width;
	memcpy(scaling->pixels + (size_t)y * width, row, width * sizeof *row);
}

static struct span middle(double part, int length)
{
	return (struct span){(1 - part) * length / 2, part * length};
}

static void on_begin(void *data, int width, int height)
{
	struct scaling *scaling = data;
	const struct geometry *g = scaling->geometry;
	scaling->resampler = resampler_create(width, height, middle(g->columns, width),
		middle(g->rows, height), g->stored_width, g->stored_height, on_emit, scaling);
}

static void on_row(void *data, const uint8_t *rgba)
{
	struct scaling *scaling = data;
	resampler_row(scaling->resampler, rgba);
}

static int decode(const void *data, size_t size, const struct image_header *header, struct scaling *scaling,
	struct image_fault *fault)
{
	const struct geometry *g = scaling->geometry;
	const struct image_sink sink = {.width = (int)ceil(g->stored_width / g->columns),
		.height = (int)ceil(g->stored_height / g->rows),
		.begin = on_begin,
		.row = on_row,
		.data = scaling};
	bool large = header->memory > MEMORY_SMALL;
	if (large)
		pthread_mutex_lock(&one_large);
	int error = (header->kind == IMAGE_PNG ? image_decode_png : image_decode_jpeg)(
		data, size, header, &sink, fault);
	if (large)
		pthread_mutex_unlock(&one_large);
	return error;
}

/* --- onto the frame, upright */

static uint32_t over(uint32_t top, uint32_t under)
{
	uint32_t rest = 255 - (top >> 24), mixed = 0;
	for (int shift = 0; shift <= 16; shift += 8)
		mixed |= ((top >> shift & 255) + ((under >> shift & 255) * rest + 127) / 255) << shift;
	return mixed;
}

struct turn { /* where pixel (x, y) of the stored picture stands upright: start + x * across + y * down */
	int start_x, start_y, across_x, across_y, down_x, down_y;
};

/* The eight orientations of EXIF: 1 upright, 2 mirrored, 3 upside down, 4 both, 5..8 the same lying on a side. */
static struct turn turn_of(int orientation, int width, int height)
{
	int right = width - 1, bottom = height - 1;
	switch (orientation) {
	case 2:
		return (struct turn){right, 0, -1, 0, 0, 1};
	case 3:
		return (struct turn){right, bottom, -1, 0, 0, -1};
	case 4:
		return (struct turn){0, bottom, 1, 0, 0, -1};
	case 5:
		return (struct turn){0, 0, 0, 1, 1, 0};
	case 6:
		return (struct turn){bottom, 0, 0, 1, -1, 0};
	case 7:
		return (struct turn){bottom, right, 0, -1, -1, 0};
	case 8:
		return (struct turn){0, right, 0, -1, 1, 0};
	default:
		return (struct turn){0, 0, 1, 0, 0, 1};
	}
}

static void lay_on(const struct scaling *scaling, int orientation, struct frame *frame)
{
	const struct geometry *g = scaling->geometry;
	const uint32_t *from = scaling->pixels;
	struct turn t = turn_of(orientation, g->stored_width, g->stored_height);
	for (int y = 0; y < g->stored_height; y++)
		for (int x = 0; x < g->stored_width; x++, from++) {
			int to_x = g->place.x + t.start_x + x * t.across_x + y * t.down_x;
			int to_y = g->place.y + t.start_y + x * t.across_y + y * t.down_y;
			uint32_t *to = frame_row(frame, to_y) + to_x;
			*to = over(*from, *to);
		}
}

int image_paint(const void *data, size_t size, enum image_fit fit, struct frame *frame, struct rect area,
	struct image_fault *fault)
{
	struct image_header header;
	int error = image_header_read(data, size, &header, fault);
	if (error < 0)
		return error;
	struct geometry geometry = geometry_of(&header, fit, area);
	struct scaling scaling = {.geometry = &geometry};
	scaling.pixels =
		xcalloc((size_t)geometry.place.width * (size_t)geometry.place.height, sizeof *scaling.pixels);
	error = decode(data, size, &header, &scaling, fault);
	if (error == 0)
		lay_on(&scaling, header.orientation, frame);
	resampler_destroy(scaling.resampler);
	free(scaling.pixels);
	return error;
}
