#include "frame/panel_pack.h"

#include <string.h>

/* The two colour kernels differ by whether a pixel's channels or its luma are looked up. */
static inline uint32_t spread(const struct levels *levels, uint32_t pixel, bool mono)
{
	unsigned r = pixel >> 16 & 255, g = pixel >> 8 & 255, b = pixel & 255;

	if (mono)
		r = g = b = luma(pixel);
	return levels->spread[0][r] | levels->spread[1][g] | levels->spread[2][b];
}

static inline void pack_rgb888(
	const struct levels *levels, const uint32_t *from, size_t count, uint8_t *to, bool mono)
{
	for (; count >= 4; count -= 4, from += 4, to += 12) {
		uint32_t a = spread(levels, from[0], mono), b = spread(levels, from[1], mono);
		uint32_t c = spread(levels, from[2], mono), d = spread(levels, from[3], mono);
		uint32_t words[3] = {a | b << 24, b >> 8 | c << 16, c >> 16 | d << 8};
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		for (int i = 0; i < 3; i++)
			words[i] = __builtin_bswap32(words[i]);
#endif
		memcpy(to, words, sizeof words);
	}
	for (; count > 0; count--, from++, to += 3) {
		uint32_t a = spread(levels, *from, mono);
		to[0] = (uint8_t)a;
		to[1] = (uint8_t)(a >> 8);
		to[2] = (uint8_t)(a >> 16);
	}
}

void pack_rgb888_plain(const struct levels *levels, const uint32_t *from, size_t count, uint8_t *to)
{
	if (levels->mono)
		pack_rgb888(levels, from, count, to, true);
	else
		pack_rgb888(levels, from, count, to, false);
}

static void pack_rgb565(const struct levels *levels, const uint32_t *from, size_t count, uint8_t *to)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t word = spread(levels, from[i], levels->mono);
		to[2 * i] = (uint8_t)word;
		to[2 * i + 1] = (uint8_t)(word >> 8);
	}
}

static void pack_grey8(const struct levels *levels, const uint32_t *from, size_t count, uint8_t *to)
{
	for (size_t i = 0; i < count; i++)
		to[i] = (uint8_t)levels->spread[0][luma(from[i])];
}

static void pack_dual(const struct levels *levels, const uint32_t *from, size_t count, uint8_t *to)
{
	for (size_t i = 0; i < count; i++)
		to[i] = (uint8_t)spread(levels, from[i], levels->mono);
}

static inline bool is_lit(const struct levels *levels, uint32_t pixel)
{
	return (int)luma(pixel) >= levels->least_luma;
}

void pack_mono_plain(const struct levels *levels, const uint32_t *from, size_t octets, uint8_t *to)
{
	for (size_t i = 0; i < octets; i++, from += 8) {
		unsigned byte = 0;
		for (int k = 0; k < 8; k++)
			byte = byte << 1 | is_lit(levels, from[k]);
		to[i] = (uint8_t)byte;
	}
}

static void pack_bits(
	const struct levels *levels, const uint32_t *from, size_t count, uint8_t *row, size_t column)
{
	for (size_t i = 0; i < count; i++, column++) {
		uint8_t bit = (uint8_t)(0x80 >> column % 8);
		if (is_lit(levels, from[i]))
			row[column / 8] |= bit;
		else
			row[column / 8] &= (uint8_t)~bit;
	}
}

static void pack_mono(
	const struct levels *levels, const uint32_t *from, size_t count, uint8_t *row, size_t column)
{
	size_t head = (8 - column % 8) % 8;

	if (head > count)
		head = count;
	pack_bits(levels, from, head, row, column);
	from += head;
	column += head;
	count -= head;
	levels->pack_mono(levels, from, count / 8, row + column / 8);
	pack_bits(levels, from + count / 8 * 8, count % 8, row, column + count / 8 * 8);
}

/* --- with dither. Most of these panels are small and of few levels: plain loops; the two large ones have kernels. */

static inline unsigned dithered(const struct levels *levels, int channel, unsigned value, unsigned noise)
{
	return (levels->exact[channel][value] + noise) >> 8;
}

static inline uint32_t spread_dithered(const struct levels *levels, uint32_t pixel, unsigned noise)
{
	unsigned r = pixel >> 16 & 255, g = pixel >> 8 & 255, b = pixel & 255;

	if (levels->mono)
		r = g = b = luma(pixel);
	return dithered(levels, 0, r, noise) << levels->shift[0] |
	       dithered(levels, 1, g, noise) << levels->shift[1] |
	       dithered(levels, 2, b, noise) << levels->shift[2];
}

void pack_rgb888_dithered_plain(
	const struct levels *levels, const uint32_t *from, const uint8_t *noise, size_t count, uint8_t *to)
{
	for (size_t i = 0; i < count; i++, to += 3) {
		uint32_t word = spread_dithered(levels, from[i], noise[i]);
		to[0] = levels->expand[word & 255];
		to[1] = levels->expand[word >> 8 & 255];
		to[2] = levels->expand[word >> 16 & 255];
	}
}

void pack_mono_dithered_plain(
	const struct levels *levels, const uint32_t *from, const uint8_t *noise, size_t octets, uint8_t *to)
{
	for (size_t i = 0; i < octets; i++, from += 8, noise += 8) {
		unsigned byte = 0;
		for (int k = 0; k < 8; k++)
			byte = byte << 1 | (!levels->dark && luma(from[k]) >= noise[k]);
		to[i] = (uint8_t)byte;
	}
}

static unsigned dual_dithered(const struct levels *levels, uint32_t pixel, unsigned noise)
{
	unsigned r = pixel >> 16 & 255, g = pixel >> 8 & 255;

	if (levels->dark)
		return 0;
	if (levels->mono)
		r = g = luma(pixel);
	/* the tables say which of the LEDs are there */
	return (r >= noise ? levels->spread[0][255] : 0) | (g >= noise ? levels->spread[1][255] : 0);
}

static void pack_bits_dithered(const struct levels *levels, const uint32_t *from, const uint8_t *noise,
	size_t count, uint8_t *row, size_t column)
{
	for (size_t i = 0; i < count; i++, column++) {
		uint8_t bit = (uint8_t)(0x80 >> column % 8);
		if (!levels->dark && luma(from[i]) >= noise[i])
			row[column / 8] |= bit;
		else
			row[column / 8] &= (uint8_t)~bit;
	}
}

static void pack_mono_line_dithered(const struct levels *levels, const uint32_t *from, const uint8_t *noise,
	size_t count, uint8_t *row, size_t column)
{
	size_t head = (8 - column % 8) % 8;

	if (head > count)
		head = count;
	size_t octets = (count - head) / 8, done = head + 8 * octets;
	pack_bits_dithered(levels, from, noise, head, row, column);
	if (octets > 0)
		levels->pack_mono_dithered(
			levels, from + head, noise + head, octets, row + (column + head) / 8);
	pack_bits_dithered(levels, from + done, noise + done, count - done, row, column + done);
}

static void pack_line_dithered(const struct levels *levels, const uint32_t *from, const uint8_t *noise,
	size_t count, uint8_t *row, size_t column)
{
	switch (levels->format) {
	case PANEL_RGB888:
		levels->pack_rgb888_dithered(levels, from, noise, count, row + 3 * column);
		break;
	case PANEL_RGB565:
		for (size_t i = 0; i < count; i++) {
			uint32_t word = spread_dithered(levels, from[i], noise[i]);
			row[2 * (column + i)] = (uint8_t)word;
			row[2 * (column + i) + 1] = (uint8_t)(word >> 8);
		}
		break;
	case PANEL_GREY8:
		for (size_t i = 0; i < count; i++)
			row[column + i] = levels->expand[dithered(levels, 0, luma(from[i]), noise[i])];
		break;
	case PANEL_MONO1:
		pack_mono_line_dithered(levels, from, noise, count, row, column);
		break;
	case PANEL_DUAL:
		for (size_t i = 0; i < count; i++)
			row[column + i] = (uint8_t)dual_dithered(levels, from[i], noise[i]);
		break;
	}
}

void pack_line(const struct levels *levels, const uint32_t *from, const uint8_t *noise, size_t count,
	uint8_t *row, size_t column)
{
	if (noise) {
		pack_line_dithered(levels, from, noise, count, row, column);
		return;
	}
	switch (levels->format) {
	case PANEL_RGB888:
		levels->pack_rgb888(levels, from, count, row + 3 * column);
		break;
	case PANEL_RGB565:
		pack_rgb565(levels, from, count, row + 2 * column);
		break;
	case PANEL_GREY8:
		pack_grey8(levels, from, count, row + column);
		break;
	case PANEL_MONO1:
		pack_mono(levels, from, count, row, column);
		break;
	case PANEL_DUAL:
		pack_dual(levels, from, count, row + column);
		break;
	}
}

uint32_t levels_shown(const struct levels *levels, uint32_t pixel)
{
	unsigned r = pixel >> 16 & 255, g = pixel >> 8 & 255, b = pixel & 255;

	if (levels->format == PANEL_MONO1)
		return is_lit(levels, pixel) ? levels->lit : 0;
	if (levels->mono || levels->format == PANEL_GREY8)
		r = g = b = luma(pixel);
	return (uint32_t)levels->shown[0][r] << 16 | (uint32_t)levels->shown[1][g] << 8 | levels->shown[2][b];
}

uint32_t levels_shown_dithered(const struct levels *levels, uint32_t pixel, unsigned noise)
{
	unsigned r = pixel >> 16 & 255, g = pixel >> 8 & 255, b = pixel & 255;

	if (levels->format == PANEL_MONO1)
		return !levels->dark && luma(pixel) >= noise ? levels->lit : 0;
	if (levels->format == PANEL_DUAL) {
		unsigned lit = dual_dithered(levels, pixel, noise);
		return (lit & 1 ? 0xff0000 : 0) | (lit & 2 ? 0x00ff00 : 0);
	}
	if (levels->mono || levels->format == PANEL_GREY8)
		r = g = b = luma(pixel);
	return (uint32_t)levels->shown[0][dithered(levels, 0, r, noise)] << 16 |
	       (uint32_t)levels->shown[1][dithered(levels, 1, g, noise)] << 8 |
	       levels->shown[2][dithered(levels, 2, b, noise)];
}
