/* Private to frame: the levels of a panel as tables, and the kernels that pack straight runs of pixels with them.
 *
 * Every kernel has a plain C form; on x86-64 some have one for wide vectors, chosen when the tables are made. All give
 * the same bytes. */
#ifndef FRAME_PANEL_PACK_H
#define FRAME_PANEL_PACK_H

#include "frame/panel.h"

/* For vectors of 64 bytes: from pixels (bytes B, G, R, X) to planes, and from planes to wire order. */
struct shuffles {
	uint8_t plane[3][64]; /* byte i of a plane: of two vectors of 16 pixels; twice, for the two halves */
	uint8_t wire[3][64];  /* byte i of a wire vector: of planes 0 and 1, or of plane 2 by its low bits */
	uint64_t third[3];    /* which bytes of it plane 2 has */
};

struct levels {
	enum panel_format format;
	bool mono;
	uint32_t lit;	/* MONO1: what a lit pixel looks like, 0xRRGGBB */
	int least_luma; /* MONO1: 0..256; 256 lights nothing */
	/* channel value, or luma where the LEDs have one colour: what is seen, R, G, B; RGB888, RGB565 and GREY8 with
	 * dither: of the level on the wire */
	uint8_t shown[3][256];
	uint8_t bytes[3][256];	  /* RGB888: wire byte k of a pixel has table k; with dither the whole part */
	uint8_t fraction[3][256]; /* RGB888 with dither: the rest, in 1/256 */
	uint16_t exact[3][256];	  /* RGB888, RGB565, GREY8 with dither: channel c's level, in 1/256 */
	uint8_t expand[256];	  /* RGB888, GREY8 with dither: what the wire has of a level; else itself */
	uint8_t shift[3]; /* RGB888, RGB565 with dither: where channel c's level is in the wire word */
	bool dark;	  /* MONO1, DUAL with dither: nothing is lit */
	uint32_t spread
		[3][256];  /* RGB888, RGB565, DUAL: channel c's share of the wire word; GREY8: [0], by luma */
	uint8_t source[3]; /* RGB888: which channel (0 R, 1 G, 2 B) wire byte k is */
	struct shuffles shuffles; /* made by pack_choose from source */
	void (*pack_rgb888)(const struct levels *levels, const uint32_t *from, size_t count, uint8_t *to);
	void (*pack_mono)(const struct levels *levels, const uint32_t *from, size_t octets, uint8_t *to);
	void (*pack_rgb888_dithered)(const struct levels *levels, const uint32_t *from, const uint8_t *noise,
		size_t count, uint8_t *to);
	void (*pack_mono_dithered)(const struct levels *levels, const uint32_t *from, const uint8_t *noise,
		size_t octets, uint8_t *to);
};

/* BT.601 in 7 bits, so that 16-bit sums hold it: 0.297 R + 0.586 G + 0.117 B. White is 255, a grey is itself. */
enum { LUMA_R = 38, LUMA_G = 75, LUMA_B = 15, LUMA_SHIFT = 7 };
static inline unsigned luma(uint32_t pixel)
{
	return (LUMA_R * (pixel >> 16 & 255) + LUMA_G * (pixel >> 8 & 255) + LUMA_B * (pixel & 255)) >>
	       LUMA_SHIFT;
}

void pack_rgb888_plain(const struct levels *levels, const uint32_t *from, size_t count, uint8_t *to);
/* octets groups of 8 pixels to as many bytes. */
void pack_mono_plain(const struct levels *levels, const uint32_t *from, size_t octets, uint8_t *to);
void pack_rgb888_dithered_plain(
	const struct levels *levels, const uint32_t *from, const uint8_t *noise, size_t count, uint8_t *to);
void pack_mono_dithered_plain(
	const struct levels *levels, const uint32_t *from, const uint8_t *noise, size_t octets, uint8_t *to);
/* Sets the kernels to the best that this processor has. source must be set. */
void pack_choose(struct levels *levels);

/* count neighbouring pixels to the wire, from pixel `column` of the wire row that starts at row. noise, a byte a
 * pixel: NULL without dither; for MONO1 and DUAL the least value that is lit, 1..255; else added to the level in
 * 1/256 before it is cut off. */
void pack_line(const struct levels *levels, const uint32_t *from, const uint8_t *noise, size_t count,
	uint8_t *row, size_t column);
uint32_t levels_shown(const struct levels *levels, uint32_t pixel);
uint32_t levels_shown_dithered(const struct levels *levels, uint32_t pixel, unsigned noise);

#endif
