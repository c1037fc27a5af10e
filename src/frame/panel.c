#include "frame/panel.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/words.h"
#include "frame/dither.h"
#include "frame/panel_map.h"
#include "frame/panel_pack.h"
#include "frame/panel_walk.h"

#define GATHER 256 /* pixels that are collected before they are packed */
#define DIRECT 64  /* runs along a frame row of so many are packed from where they are */

struct panel {
	struct panel_spec spec;
	struct panel_map map;
	bool identity;	      /* the wire's rows are the frame's, from left to right */
	size_t row_size;      /* bytes of a wire row */
	double curve[3][256]; /* 0..1: gamma, white balance, the LEDs' colour; without brightness */
	struct levels levels;
	bool dithers;
	/* pack_line's noise for runs that begin at frame pixel (x, y), modulo the matrix; repeated as far as runs go */
	uint8_t noise[DITHER_SIDE][DITHER_SIDE + GATHER];
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
		return _("the size is out of range");
	if ((unsigned)spec->order > ORDER_BGR)
		return _("there is no such colour order");
	if ((unsigned)spec->format > PANEL_DUAL)
		return _("there is no such pixel format");
	if (!(spec->gamma >= 1.0 && spec->gamma <= 4.0))
		return _("gamma is 1.0 to 4.0");
	for (int c = 0; c < 3; c++)
		if (!(spec->white[c] >= 0.0 && spec->white[c] <= 1.0))
			return _("white balance is three numbers from 0 to 1");
	if (spec->depth < 0 || spec->depth > 8)
		return _("the depth is 1 to 8 bits");
	if ((unsigned)spec->dither > DITHER_BLUE_NOISE)
		return _("there is no such dither");
	if (spec->threshold < 0 || spec->threshold > 255)
		return _("the threshold is 0 to 255");
	return NULL;
}

/* A grey wire has one curve whatever colour its LEDs have; white balance is for LEDs of several colours. */
static double channel_share(const struct panel_spec *spec, int channel)
{
	if (spec->mono)
		return (spec->mono_colour >> (16 - 8 * channel) & 255) / 255.0;
	if (spec->no_blue && channel == 2 && spec->format != PANEL_GREY8)
		return 0;
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

/* For dither: the level before it is rounded, and what each level that comes of it is seen as. */
static void make_exact(struct panel *panel, int channel, double brightness, unsigned most, unsigned shift)
{
	struct levels *levels = &panel->levels;

	levels->shift[channel] = (uint8_t)shift;
	for (int v = 0; v < 256; v++)
		levels->exact[channel][v] =
			(uint16_t)quantise(panel->curve[channel][v] * brightness, 256 * most);
	for (unsigned level = 0; level <= most; level++)
		levels->shown[channel][level] = (uint8_t)quantise(level / (double)most, 255);
}

/* Of LEDs on a wire of 8 bits: their highest level. */
static unsigned deepest(const struct panel_spec *spec)
{
	return spec->depth == 0 ? 255 : (1u << spec->depth) - 1;
}

/* The level without dither, of `most`, for a share of 0..1 that stands for value v. */
static unsigned plain_level(const struct panel_spec *spec, double share, int v, unsigned most)
{
	return most == 1 ? share > 0 && v >= spec->threshold : quantise(share, most);
}

static void make_expand(struct panel *panel)
{
	unsigned most = deepest(&panel->spec);

	for (unsigned level = 0; level <= most; level++)
		panel->levels.expand[level] = (uint8_t)quantise(level / (double)most, 255);
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
		if (panel->dithers)
			make_exact(panel, c, brightness, most[k], shift[k]);
	}
}

static void make_rgb888(struct panel *panel, double brightness)
{
	const uint8_t *order = orders[panel->spec.order];
	struct levels *levels = &panel->levels;
	unsigned most = deepest(&panel->spec);

	if (most == 1)
		brightness = brightness > 0;
	make_expand(panel);
	for (int k = 0; k < 3; k++) {
		int c = order[k];
		for (int v = 0; v < 256; v++) {
			double share = panel->curve[c][v] * brightness;
			uint8_t byte = levels->expand[plain_level(&panel->spec, share, v, most)];
			levels->spread[c][v] = (uint32_t)byte << 8 * k;
			levels->bytes[k][v] = byte;
			levels->shown[c][v] = byte;
		}
		if (!panel->dithers)
			continue;
		make_exact(panel, c, brightness, most, 8 * (unsigned)k);
		for (int v = 0; v < 256; v++) {
			levels->bytes[k][v] = (uint8_t)(levels->exact[c][v] >> 8);
			levels->fraction[k][v] = (uint8_t)levels->exact[c][v];
		}
	}
}

static void make_grey8(struct panel *panel, double brightness)
{
	struct levels *levels = &panel->levels;
	unsigned most = deepest(&panel->spec);

	if (most == 1)
		brightness = brightness > 0;
	make_expand(panel);
	for (int v = 0; v < 256; v++) {
		double share = pow(v / 255.0, panel->spec.gamma) * brightness;
		unsigned level = plain_level(&panel->spec, share, v, most);
		levels->spread[0][v] = levels->expand[level];
		if (panel->dithers)
			level = (unsigned)v < most ? (unsigned)v : most; /* the table is by level */
		for (int c = 0; c < 3; c++) {
			levels->exact[c][v] = (uint16_t)quantise(share, 256 * most);
			levels->shown[c][v] = (uint8_t)quantise(
				channel_share(&panel->spec, c) * levels->expand[level] / 255.0, 255);
		}
	}
}

/* One bit knows no half light: brightness 0 is dark, any other is lit. */
static void make_mono1(struct panel *panel, double brightness)
{
	panel->levels.lit = panel->spec.mono ? panel->spec.mono_colour & 0xffffff : 0xffffff;
	panel->levels.least_luma = brightness > 0 ? panel->spec.threshold : 256;
	panel->levels.dark = brightness <= 0;
}

/* Two LEDs, each lit or dark, by its own channel; blue lights nothing. One-colour LEDs are of those that their colour
 * is mixed from. */
static void make_dual(struct panel *panel, double brightness)
{
	const struct panel_spec *spec = &panel->spec;
	int least = brightness > 0 ? spec->threshold : 256;

	panel->levels.dark = brightness <= 0;
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

/* The least value that is lit where this share of the values is to be darker: one LED is on or off, so that what it
 * would be is told by how many around it are on. Black lights none, white all. */
static uint8_t least_lit(const struct panel_spec *spec, unsigned threshold)
{
	int v = 1;

	while (v < 255 && pow(v / 255.0, spec->gamma) <= (threshold + 0.5) / 256)
		v++;
	return (uint8_t)v;
}

static void make_noise(struct panel *panel)
{
	const struct panel_spec *spec = &panel->spec;
	bool two_levels = spec->format == PANEL_MONO1 || spec->format == PANEL_DUAL;
	uint8_t matrix[DITHER_SIDE][DITHER_SIDE], least[256];

	panel->dithers = spec->dither != DITHER_NONE;
	if (!panel->dithers)
		return;
	dither_matrix(spec->dither, matrix);
	for (unsigned t = 0; t < 256; t++)
		least[t] = two_levels ? least_lit(spec, t) : (uint8_t)t;
	for (int y = 0; y < DITHER_SIDE; y++)
		for (int x = 0; x < DITHER_SIDE + GATHER; x++)
			panel->noise[y][x] = least[matrix[y][x % DITHER_SIDE]];
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
	panel->spec.map.scan = NULL; /* not ours, and in the runs by now */
	panel->spec.cabinets = NULL;
	panel->identity = is_identity(&panel->map);
	make_noise(panel);
	pack_choose(&panel->levels);
	if (deepest(spec) != 255) /* the kernels for wide vectors know levels of 8 bits only */
		panel->levels.pack_rgb888_dithered = pack_rgb888_dithered_plain;
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

void panel_spec_shape(const struct panel_spec *spec, int *ret_width, int *ret_height)
{
	walk_shape(spec, ret_width, ret_height);
}

void panel_wire_sources(const struct panel *panel, uint32_t *sources)
{
	for (size_t i = 0; i < panel->map.count; i++) {
		const struct run *run = &panel->map.runs[i];
		for (int k = 0; k < (int)run->count; k++)
			*sources++ = (uint32_t)(run->y + k * run->dy) * (uint32_t)panel->spec.width +
				     (uint32_t)(run->x + k * run->dx);
	}
}

/* pack_line's for a run along the frame row y from x. */
static const uint8_t *noise_at(const struct panel *panel, int x, int y)
{
	return panel->dithers ? &panel->noise[(unsigned)y % DITHER_SIDE][(unsigned)x % DITHER_SIDE] : NULL;
}

void panel_levels(const struct panel *panel, const struct frame *frame, struct frame *to)
{
	for (int y = 0; y < frame->height; y++) {
		const uint32_t *from = frame_row(frame, y);
		uint32_t *row = frame_row(to, y);
		const uint8_t *noise = noise_at(panel, 0, y);
		for (int x = 0; x < frame->width; x++)
			row[x] =
				noise ? levels_shown_dithered(&panel->levels, from[x], noise[x % DITHER_SIDE])
				      : levels_shown(&panel->levels, from[x]);
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

/* Pixels that follow each other on the wire, from however many runs: the kernels want long lines, and the runs of an
 * outdoor module are 8 pixels short. */
struct collector {
	const struct panel *panel;
	const struct frame *frame;
	uint8_t *wire;
	uint32_t row, column, count; /* on the wire, of those collected */
	uint32_t pixels[GATHER];
	uint8_t noise[GATHER];
};

static void flush(struct collector *c)
{
	if (c->count > 0)
		pack_line(&c->panel->levels, c->pixels, c->panel->dithers ? c->noise : NULL, c->count,
			c->wire + c->row * c->panel->row_size, c->column);
	c->column += c->count;
	c->count = 0;
}

static void collect_noise(struct collector *c, int x, int y, const struct run *run, uint32_t count)
{
	uint8_t *to = c->noise + c->count;

	if (run->dx == 1) {
		memcpy(to, noise_at(c->panel, x, y), count);
		return;
	}
	for (uint32_t i = 0; i < count; i++, x += run->dx, y += run->dy)
		*to++ = *noise_at(c->panel, x, y);
}

/* Eight pixels at a time, whose copying is one instruction: a run of an outdoor module is so long. */
static void copy_line(uint32_t *to, const uint32_t *from, uint32_t count)
{
	for (; count >= 8; count -= 8, to += 8, from += 8)
		memcpy(to, from, 8 * sizeof *to);
	for (; count > 0; count--)
		*to++ = *from++;
}

static void copy_spaced(uint32_t *to, const uint32_t *from, ptrdiff_t step, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++, from += step)
		*to++ = *from;
}

/* count pixels of a run, after the first `first`. */
static void collect(struct collector *c, const struct run *run, uint32_t first, uint32_t count)
{
	int x = run->x + (int)first * run->dx, y = run->y + (int)first * run->dy;

	while (count > 0) {
		uint32_t n = count < GATHER - c->count ? count : GATHER - c->count;
		const uint32_t *from = frame_row(c->frame, y) + x;
		if (run->dx == 1)
			copy_line(c->pixels + c->count, from, n);
		else
			copy_spaced(c->pixels + c->count, from,
				run->dx + (ptrdiff_t)run->dy * c->frame->stride, n);
		if (c->panel->dithers)
			collect_noise(c, x, y, run, n);
		x += (int)n * run->dx;
		y += (int)n * run->dy;
		c->count += n;
		count -= n;
		if (c->count == GATHER)
			flush(c);
	}
}

static void pack_direct(struct collector *c, const struct run *run, uint32_t first, uint32_t count)
{
	const struct panel *panel = c->panel;
	const uint32_t *from = frame_row(c->frame, run->y) + run->x + first;
	uint8_t *row = c->wire + run->row * panel->row_size;
	uint32_t most = panel->dithers ? GATHER : count; /* as far as noise goes */

	for (uint32_t done = 0, n; done < count; done += n) {
		n = count - done < most ? count - done : most;
		pack_line(&panel->levels, from + done, noise_at(panel, run->x + (int)(first + done), run->y),
			n, row, run->column + first + done);
	}
}

static void pack_run(struct collector *c, const struct run *run, uint32_t first, uint32_t count)
{
	if (run->dx == 1 && count >= DIRECT) {
		pack_direct(c, run, first, count);
		return;
	}
	if (run->row != c->row || run->column + first != c->column + c->count) {
		flush(c);
		c->row = run->row;
		c->column = run->column + first;
	}
	collect(c, run, first, count);
}

static void pack_rect(struct collector *c, struct rect rect)
{
	const struct panel_map *map = &c->panel->map;
	size_t i = 0, end = map->count;
	uint32_t first, count;

	if (c->panel->identity) { /* run i is row i: a band of a screen asks only its own */
		int bottom = rect.y + rect.height;
		i = rect.y > 0 ? (size_t)rect.y : 0;
		end = bottom < map->height ? (size_t)(bottom > 0 ? bottom : 0) : end;
	}
	for (; i < end; i++)
		if (run_clip(&map->runs[i], rect, &first, &count))
			pack_run(c, &map->runs[i], first, count);
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
	struct collector c;

	if (panel->identity && is_whole(panel, damage) && frame->stride == frame->width &&
		panel->spec.format != PANEL_MONO1 && !panel->dithers) {
		/* rows that follow each other in both pictures are one long line */
		pack_line(&panel->levels, frame->pixels, NULL, (size_t)frame->width * (size_t)frame->height,
			wire, 0);
		return;
	}
	c.panel = panel;
	c.frame = frame;
	c.wire = wire;
	c.row = c.column = c.count = 0;
	if (is_whole(panel, damage))
		for (size_t i = 0; i < panel->map.count; i++)
			pack_run(&c, &panel->map.runs[i], 0, panel->map.runs[i].count);
	else
		for (int k = 0; k < damage->count; k++)
			pack_rect(&c, damage->rects[k]);
	flush(&c);
}
