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

/* How the modules of a panel are wired. All zero: one module of the whole size, rows left to right, top down. */
struct module_map {
	int module_width, module_height;	  /* pixels of one module; 0 = the whole panel */
	int columns, rows;			  /* modules; derived from the size when 0 */
	enum { CHAIN_ROWS, CHAIN_COLUMNS } chain; /* modules follow each other along rows or down columns */
	bool chain_serpentine;			  /* every second row (column) of modules runs backwards */
	bool chain_from_right, chain_from_bottom; /* where the first module is */
	bool flip_alternate;			  /* modules of backward runs are mounted upside down */
	bool pixel_columns;			  /* pixels within a module run down columns */
	bool pixel_serpentine;			  /* every second pixel row (column) runs backwards */
};

struct panel_spec {
	int width, height; /* of the composed frame, before rotation */
	int rotate;	   /* 0, 90, 180, 270: clockwise, from the frame to the panel */
	enum panel_format format;
	enum colour_order order;
	bool mono; /* the LEDs have one colour: luma is taken, mono_colour is what the preview shows */
	uint32_t mono_colour; /* 0xRRGGBB */
	double gamma;	      /* 1.0 .. 4.0; 1 leaves the levels alone */
	double white[3];      /* 0..1 each, default 1 */
	int threshold;	      /* 0..255, for MONO1, DUAL: levels >= it are lit (before gamma); default 128 */
	struct module_map map;
};

struct panel;

/* -EINVAL with *ret_why (static text) when the map does not cover the panel exactly once. */
int panel_create(const struct panel_spec *spec, struct panel **ret_panel, const char **ret_why);
void panel_destroy(struct panel *panel);
void panel_set_brightness(
	struct panel *panel, int permille); /* 0..1000; rebuilds the tables, no allocation */
/* Bytes of one wire picture; width and height of the wire picture (after rotation and map: the map keeps the area). */
size_t panel_wire_size(const struct panel *panel);
void panel_wire_shape(const struct panel *panel, int *ret_width, int *ret_height);
/* A digest of wire bytes by which a decoder can be held against them: of the bytes; of R, G, B of each pixel, as the LEDs
 * show it, where they are bits (PANEL_MONO1, PANEL_DUAL). */
uint64_t panel_wire_digest(const struct panel *panel, const uint8_t *wire);
/* What the LEDs show, in the frame's own shape (before rotation and map). to has the frame's size. */
void panel_levels(const struct panel *panel, const struct frame *frame, struct frame *to);
/* The wire bytes. Only the wire pixels that frame's damage touches need be rewritten: wire keeps the rest from the
 * call before (start with zeroes, and a region covering all). Bits that pad a row of PANEL_MONO1 stay as they are. */
void panel_pack(
	const struct panel *panel, const struct frame *frame, const struct region *damage, uint8_t *wire);

#endif
