/* The panel pipeline: from a composed frame to the bytes that a controller's wire takes.
 *
 * Two halves, both table-driven and free of allocation after panel_create:
 *   levels:   gamma, white balance, brightness, and the depth of the wire (monochrome threshold, RGB565 …): what the
 *             LEDs do. Its picture is the `panel` stage of `preview`.
 *   geometry: rotation, then the module map: in which order the pixels go down the wire; and colour order, packing.
 */
#ifndef FRAME_PANEL_H
#define FRAME_PANEL_H

#include "frame/frame.h"

enum panel_format {
	PANEL_RGB888, /* 3 bytes a pixel in colour_order */
	PANEL_RGB565, /* 2 bytes little endian, red in the high bits */
	PANEL_GREY8,  /* 1 byte, luma */
	PANEL_MONO1, /* 8 pixels a byte, most significant bit leftmost, 1 = lit; each wire row starts a new byte */
	PANEL_DUAL, /* 1 byte a pixel: bit 0 the red LED is lit, bit 1 the green one; both are amber */
};

enum colour_order { ORDER_RGB, ORDER_RBG, ORDER_GRB, ORDER_GBR, ORDER_BRG, ORDER_BGR };

/* In which order a module takes its pixels. Immutable; whoever made it keeps it until the panel is made. */
struct scan_map {
	int width, height;	     /* pixels of the module, as it is seen */
	int wire_width, wire_height; /* of its wire picture: as many pixels */
	const uint32_t *wire;	     /* of each pixel, row by row: where in the wire picture, row by row */
};

/* How the modules of a panel, or of one of its cabinets, are wired. All zero: one module of the whole size, rows left
 * to right, top down. */
struct module_map {
	int module_width, module_height;	  /* pixels of one module; 0 = the whole panel */
	int columns, rows;			  /* modules; derived from the size when 0 */
	enum { CHAIN_ROWS, CHAIN_COLUMNS } chain; /* modules follow each other along rows or down columns */
	bool chain_serpentine;			  /* every second row (column) of modules runs backwards */
	bool chain_from_right, chain_from_bottom; /* where the first module is */
	bool flip_alternate;			  /* modules of backward runs are mounted upside down */
	bool pixel_columns;			  /* pixels within a module run down columns */
	bool pixel_serpentine;			  /* every second pixel row (column) runs backwards */
	const struct scan_map
		*scan; /* instead of the two above; NULL: they say it. The module has its size */
};

/* A part of a panel that was built and wired by itself. */
struct cabinet {
	int x, y;	   /* of its left upper corner on the panel, as it is mounted */
	int width, height; /* pixels, as it stands upright */
	int rotate;	   /* 0, 90, 180, 270: how it is turned where it is mounted, clockwise */
	struct module_map map;
};

/* How the modules lie in the wire picture. */
enum wire_layout {
	WIRE_STRING, /* the pixels of one after those of the other, in rows as wide as the panel */
	WIRE_CHAIN,  /* side by side, all of them, each as its own wire picture */
	WIRE_CHAINS, /* the same, but that every row (column) of modules in a cabinet begins below the one before */
};

/* Spatial dither: a function of a pixel's place, so that pictures stay functions of the instant, and what is still
 * stays still. */
enum dither {
	DITHER_NONE,
	DITHER_ORDERED,	   /* Bayer's matrix, 8x8: regular, finest where levels are few */
	DITHER_BLUE_NOISE, /* without a pattern that the eye finds; 32x32 */
};

struct panel_spec {
	int width, height; /* of the composed frame, before rotation */
	int rotate;	   /* 0, 90, 180, 270: clockwise, from the frame to the panel */
	enum panel_format format;
	enum colour_order order;
	bool mono; /* the LEDs have one colour: luma is taken, mono_colour is what the preview shows */
	uint32_t mono_colour; /* 0xRRGGBB */
	bool no_blue;	      /* red and green LEDs only */
	int depth; /* RGB888, GREY8: bits of a colour that the LEDs can show, 1..8 (0: 8); the wire carries the level that
		    * it stands for. 1: lit or not, as with MONO1 */
	double gamma;	 /* 1.0 .. 4.0; 1 leaves the levels alone */
	double white[3]; /* 0..1 each, default 1 */
	int threshold; /* 0..255, for MONO1, DUAL without dither: levels >= it are lit (before gamma); default 128 */
	struct module_map map;
	const struct cabinet
		*cabinets; /* in the order of the wire; NULL: the panel is one, wired as map says */
	size_t cabinet_count;
	enum wire_layout wire;
	enum dither dither;
};

struct panel;

/* -EINVAL with *ret_why (static text) when the map does not cover the panel exactly once. The spec's maps and cabinets
 * are not needed afterwards. */
int panel_create(const struct panel_spec *spec, struct panel **ret_panel, const char **ret_why);
void panel_destroy(struct panel *panel);
void panel_set_brightness(
	struct panel *panel, int permille); /* 0..1000; rebuilds the tables, no allocation */
/* Bytes of one wire picture; width and height of the wire picture (after rotation and map: the map keeps the area). */
size_t panel_wire_size(const struct panel *panel);
void panel_wire_shape(const struct panel *panel, int *ret_width, int *ret_height);
/* The same of a description, without making it; after rotation only where its map is wrong. Pure. */
void panel_spec_shape(const struct panel_spec *spec, int *ret_width, int *ret_height);
/* For each pixel of the wire picture, row by row, the pixel of the frame that it shows, counted row by row. */
void panel_wire_sources(const struct panel *panel, uint32_t *sources);
/* A digest of wire bytes by which a decoder can be held against them: of the bytes; of R, G, B of each pixel, as the LEDs
 * show it, where they are bits (PANEL_MONO1, PANEL_DUAL). */
uint64_t panel_wire_digest(const struct panel *panel, const uint8_t *wire);
/* Cabinets of one kind in a grid of columns x rows of module_width x module_height: *cabinets, as many, in the order of
 * grid's chain; modules of backward runs mean cabinets. Each is wired as inside says. */
void panel_cabinet_grid(
	const struct module_map *grid, const struct module_map *inside, struct cabinet *cabinets);
/* What the LEDs show, in the frame's own shape (before rotation and map). to has the frame's size. */
void panel_levels(const struct panel *panel, const struct frame *frame, struct frame *to);
/* The wire bytes. Only the wire pixels that frame's damage touches need be rewritten: wire keeps the rest from the
 * call before (start with zeroes, and a region covering all). Bits that pad a row of PANEL_MONO1 stay as they are. */
void panel_pack(
	const struct panel *panel, const struct frame *frame, const struct region *damage, uint8_t *wire);

#endif
