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

void pack_line(const struct levels *levels, const uint32_t *from, size_t count, uint8_t *row, size_t column)
{
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
