#include "frame/panel.h"

#include <errno.h>
#include <math.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "frame/panel_map.h"
#include "frame/panel_pack.h"

#define GATHER 256 /* pixels of a run that is no frame row, collected before they are packed */

struct panel {
	struct panel_spec spec;
	struct panel_map map;
	bool identity;	      /* the wire's rows are the frame's, from left to right */
	size_t row_size;      /* bytes of a wire row */
	double curve[3][256]; /* 0..1: gamma, white balance, the LEDs' colour; without brightness */
	struct levels levels;
};

/* Which channel (0 R, 1 G, 2 B) goes first, second, third. */
static const uint8_t orders[][3] = {
	[ORDER_RGB] = {0, 1, 2},
	[ORDER_RBG] = {0, 2, 1},
	[ORDER_GRB] = {1, 0, 2},
	[ORDER_GBR] = {1, 2, 0},
	[ORDER_BRG] = {2, 0, 1},
	[ORDER_BGR] = {2, 1, 0},
};

static const char *refusal(const struct panel_spec *spec)
{
	if (spec->width < 1 || spec->height < 1 || spec->width > FRAME_SIDE_MOST ||
		spec->height > FRAME_SIDE_MOST)
		return "the size is out of range";
	if ((unsigned)spec->order > ORDER_BGR)
		return "there is no such colour order";
	if ((unsigned)spec->format > PANEL_DUAL)
		return "there is no such pixel format";
	if (!(spec->gamma >= 1.0 && spec->gamma <= 4.0))
		return "gamma is 1.0 to 4.0";
	for (int c = 0; c < 3; c++)
		if (!(spec->white[c] >= 0.0 && spec->white[c] <= 1.0))
			return "white balance is three numbers from 0 to 1";
	if (spec->threshold < 0 || spec->threshold > 255)
		return "the threshold is 0 to 255";
	return NULL;
}

/* A grey wire has one curve whatever colour its LEDs have; white balance is for LEDs of several colours. */
static double channel_share(const struct panel_spec *spec, int channel)
{
	if (spec->mono)
		return (spec->mono_colour >> (16 - 8 * channel) & 255) / 255.0;
	return spec->format == PANEL_GREY8 ? 1.0 : spec->white[channel];
}

static size_t wire_row_size(enum panel_format format, int width)
{
	switch (format) {
	case PANEL_RGB888:
		return 3 * (size_t)width;
	case PANEL_RGB565:
		return 2 * (size_t)width;
	case PANEL_GREY8:
	case PANEL_DUAL:
		return (size_t)width;
	case PANEL_MONO1:
		return ((size_t)width + 7) / 8;
	}
	return 0;
}

static unsigned quantise(double level, unsigned most)
{
	return (unsigned)lround(level * most);
}

/* A wire of 16 bits: 5, 6 and 5 bits from the high end, in colour order; what is seen is what they stand for. */
static void make_rgb565(struct panel *panel, double brightness)
{
	static const unsigned shift[3] = {11, 5, 0}, most[3] = {31, 63, 31};
	const uint8_t *order = orders[panel->spec.order];

	for (int k = 0; k < 3; k++) {
		int c = order[k];
		for (int v = 0; v < 256; v++) {
			unsigned level = quantise(panel->curve[c][v] * brightness, most[k]);
			panel->levels.spread[c][v] = level << shift[k];
			panel->levels.shown[c][v] = (uint8_t)quantise(level / (double)most[k], 255);
		}
	}
}

static void make_rgb888(struct panel *panel, double brightness)
{
	const uint8_t *order = orders[panel->spec.order];

	for (int k = 0; k < 3; k++) {
		int c = order[k];
		for (int v = 0; v < 256; v++) {
			unsigned level = quantise(panel->curve[c][v] * brightness, 255);
			panel->levels.spread[c][v] = level << 8 * k;
			panel->levels.bytes[k][v] = (uint8_t)level;
			panel->levels.shown[c][v] = (uint8_t)level;
		}
	}
}

static void make_grey8(struct panel *panel, double brightness)
{
	for (int v = 0; v < 256; v++) {
		unsigned level = quantise(pow(v / 255.0, panel->spec.gamma) * brightness, 255);
		panel->levels.spread[0][v] = level;
		for (int c = 0; c < 3; c++)
			panel->levels.shown[c][v] =
				(uint8_t)quantise(channel_share(&panel->spec, c) * level / 255.0, 255);
	}
}

/* One bit knows no half light: brightness 0 is dark, any other is lit. */
static void make_mono1(struct panel *panel, double brightness)
{
	panel->levels.lit = panel->spec.mono ? panel->spec.mono_colour & 0xffffff : 0xffffff;
	panel->levels.least_luma = brightness > 0 ? panel->spec.threshold : 256;
}

/* Two LEDs, each lit or dark, by its own channel; blue lights nothing. One-colour LEDs are of those that their colour
 * is mixed from. */
static void make_dual(struct panel *panel, double brightness)
{
	const struct panel_spec *spec = &panel->spec;
	int least = brightness > 0 ? spec->threshold : 256;

	for (int c = 0; c < 3; c++) {
		bool there = c < 2 && (!spec->mono || (spec->mono_colour >> (16 - 8 * c) & 255) >= 128);
		for (int v = 0; v < 256; v++) {
			bool lit = there && v >= least;
			panel->levels.spread[c][v] = (uint32_t)lit << c;
			panel->levels.shown[c][v] = lit ? 255 : 0;
		}
	}
}

void panel_set_brightness(struct panel *panel, int permille)
{
	permille = permille < 0 ? 0 : permille > 1000 ? 1000 : permille;
	double brightness = permille / 1000.0;

	switch (panel->spec.format) {
	case PANEL_RGB888:
		make_rgb888(panel, brightness);
		break;
	case PANEL_RGB565:
		make_rgb565(panel, brightness);
		break;
	case PANEL_GREY8:
		make_grey8(panel, brightness);
		break;
	case PANEL_MONO1:
		make_mono1(panel, brightness);
		break;
	case PANEL_DUAL:
		make_dual(panel, brightness);
		break;
	}
}

static bool is_identity(const struct panel_map *map)
{
	if (map->count != (size_t)map->height)
		return false;
	for (size_t i = 0; i < map->count; i++)
		if (map->runs[i].x != 0 || map->runs[i].y != (int)i || map->runs[i].dx != 1)
			return false;
	return true;
}

int panel_create(const struct panel_spec *spec, struct panel **ret_panel, const char **ret_why)
{
	const char *why = refusal(spec);

	if (why) {
		*ret_why = why;
		return -EINVAL;
	}
	struct panel *panel = xcalloc(1, sizeof *panel);
	panel->spec = *spec;
	int error = panel_map_build(spec, &panel->map, ret_why);
	if (error) {
		free(panel);
		return error;
	}
	panel->row_size = wire_row_size(spec->format, panel->map.width);
	for (int c = 0; c < 3; c++)
		for (int v = 0; v < 256; v++)
			panel->curve[c][v] = pow(v / 255.0, spec->gamma) * channel_share(spec, c);
	panel->levels.format = spec->format;
	panel->levels.mono = spec->mono;
	for (int k = 0; k < 3; k++)
		panel->levels.source[k] = orders[spec->order][k];
	panel->identity = is_identity(&panel->map);
	pack_choose(&panel->levels);
	panel_set_brightness(panel, 1000);
	*ret_panel = panel;
	return 0;
}

void panel_destroy(struct panel *panel)
{
	if (!panel)
		return;
	panel_map_finish(&panel->map);
	free(panel);
}

size_t panel_wire_size(const struct panel *panel)
{
	return panel->row_size * (size_t)panel->map.height;
}

void panel_wire_shape(const struct panel *panel, int *ret_width, int *ret_height)
{
	*ret_width = panel->map.width;
	*ret_height = panel->map.height;
}

void panel_levels(const struct panel *panel, const struct frame *frame, struct frame *to)
{
	for (int y = 0; y < frame->height; y++) {
		const uint32_t *from = frame_row(frame, y);
		uint32_t *row = frame_row(to, y);
		for (int x = 0; x < frame->width; x++)
			row[x] = levels_shown(&panel->levels, from[x]);
	}
}

static uint32_t bits_shown(const struct panel *panel, const uint8_t *row, int x)
{
	if (panel->spec.format == PANEL_DUAL)
		return (row[x] & 1 ? 0xff0000 : 0) | (row[x] & 2 ? 0x00ff00 : 0);
	return row[x / 8] & 0x80 >> x % 8 ? panel->levels.lit : 0;
}

uint64_t panel_wire_digest(const struct panel *panel, const uint8_t *wire)
{
	uint64_t state = DIGEST_START;

	if (panel->spec.format != PANEL_MONO1 && panel->spec.format != PANEL_DUAL)
		return digest_picture(state, wire, panel_wire_size(panel));
	for (int y = 0; y < panel->map.height; y++, wire += panel->row_size) {
		for (int x = 0; x < panel->map.width; x++) {
			uint32_t shown = bits_shown(panel, wire, x);
			const uint8_t rgb[3] = {
				(uint8_t)(shown >> 16), (uint8_t)(shown >> 8), (uint8_t)shown};
			state = digest_picture(state, rgb, sizeof rgb);
		}
	}
	return state;
}

/* count pixels of a run, after the first `first`. */
static void pack_run(const struct panel *panel, const struct frame *frame, const struct run *run,
	uint32_t first, uint32_t count, uint8_t *wire)
{
	const uint32_t *from =
		frame_row(frame, run->y + (int)first * run->dy) + run->x + (int)first * run->dx;
	uint8_t *row = wire + run->row * panel->row_size;
	uint32_t column = run->column + first;
	uint32_t gathered[GATHER];

	if (run->dx == 1) {
		pack_line(&panel->levels, from, count, row, column);
		return;
	}
	ptrdiff_t step = run->dx + (ptrdiff_t)run->dy * frame->stride;
	while (count > 0) {
		uint32_t n = count < GATHER ? count : GATHER;
		for (uint32_t i = 0; i < n; i++, from += step)
			gathered[i] = *from;
		pack_line(&panel->levels, gathered, n, row, column);
		column += n;
		count -= n;
	}
}

static bool is_whole(const struct panel *panel, const struct region *damage)
{
	const struct rect *r = damage->rects;

	return damage->count == 1 && r->x <= 0 && r->y <= 0 && r->x + r->width >= panel->spec.width &&
	       r->y + r->height >= panel->spec.height;
}

void panel_pack(
	const struct panel *panel, const struct frame *frame, const struct region *damage, uint8_t *wire)
{
	if (panel->identity && is_whole(panel, damage) && frame->stride == frame->width &&
		panel->spec.format != PANEL_MONO1) {
		/* rows that follow each other in both pictures are one long line */
		pack_line(
			&panel->levels, frame->pixels, (size_t)frame->width * (size_t)frame->height, wire, 0);
		return;
	}
	for (int k = 0; k < damage->count; k++) {
		for (size_t i = 0; i < panel->map.count; i++) {
			const struct run *run = &panel->map.runs[i];
			uint32_t first, count;
			if (run_clip(run, damage->rects[k], &first, &count))
				pack_run(panel, frame, run, first, count, wire);
		}
	}
}
