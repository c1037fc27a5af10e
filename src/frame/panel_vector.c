/* The packing kernels for wide vectors, x86-64. Other processors, and older ones, take the plain ones. */
#include "frame/panel_pack.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define VBMI __attribute__((target("avx512f,avx512bw,avx512vbmi")))
#define AVX2 __attribute__((target("avx2")))

static void make_shuffles(struct levels *levels)
{
	struct shuffles *to = &levels->shuffles;

	for (int k = 0; k < 3; k++) {
		to->third[k] = 0;
		for (int i = 0; i < 64; i++) {
			int byte = 64 * k + i, pixel = byte / 3, plane = byte % 3;
			to->plane[k][i] = (uint8_t)(i % 32 * 4 + 2 - levels->source[k]);
			to->wire[k][i] = (uint8_t)(plane == 1 ? 64 + pixel : pixel);
			to->third[k] |= (uint64_t)(plane == 2) << i;
		}
	}
}

/* 256 bytes of table looked up 64 times: a half of it an instruction, and the index's high bit says which half. */
VBMI static inline __m512i look_up(const __m512i table[4], __m512i index)
{
	__m512i low = _mm512_permutex2var_epi8(table[0], index, table[1]);
	__m512i high = _mm512_permutex2var_epi8(table[2], index, table[3]);
	return _mm512_mask_mov_epi8(low, _mm512_movepi8_mask(index), high);
}

static inline uint64_t first_bits(size_t count)
{
	return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* What stays in registers over a line: 18 of the 32. */
struct vectors {
	__m512i tables[3][4], plane_index[3], wire_index[3];
	__mmask64 third[3];
};

VBMI static inline void load_vectors(const struct levels *levels, struct vectors *to)
{
#pragma GCC unroll 3
	for (int k = 0; k < 3; k++) {
		to->plane_index[k] = _mm512_loadu_si512(levels->shuffles.plane[k]);
		to->wire_index[k] = _mm512_loadu_si512(levels->shuffles.wire[k]);
		to->third[k] = levels->shuffles.third[k];
#pragma GCC unroll 4
		for (int i = 0; i < 4; i++)
			to->tables[k][i] = _mm512_loadu_si512(levels->bytes[k] + 64 * i);
	}
}

/* Of 64 pixels the channel that wire byte k is. */
VBMI static inline __m512i plane_of(const struct vectors *with, const __m512i in[4], int k)
{
	__m512i low = _mm512_permutex2var_epi8(in[0], with->plane_index[k], in[1]);
	__m512i high = _mm512_permutex2var_epi8(in[2], with->plane_index[k], in[3]);
	return _mm512_mask_mov_epi8(low, UINT64_C(0xffffffff) << 32, high);
}

/* Planes together into wire order: the k-th vector of it. */
VBMI static inline __m512i interleave(const struct vectors *with, const __m512i plane[3], int k)
{
	__m512i two = _mm512_permutex2var_epi8(plane[0], with->wire_index[k], plane[1]);
	return _mm512_mask_permutexvar_epi8(two, with->third[k], with->wire_index[k], plane[2]);
}

/* 64 pixels: apart into planes, through the tables, and together into wire order. */
VBMI static inline void convert(const struct vectors *with, const __m512i in[4], __m512i out[3])
{
	__m512i plane[3];

#pragma GCC unroll 3
	for (int k = 0; k < 3; k++)
		plane[k] = look_up(with->tables[k], plane_of(with, in, k));
#pragma GCC unroll 3
	for (int k = 0; k < 3; k++)
		out[k] = interleave(with, plane, k);
}

/* The last, fewer than 64: nothing beyond them is read or written. */
VBMI static inline void convert_rest(
	const struct vectors *with, const uint32_t *from, size_t count, uint8_t *to)
{
	__m512i in[4], out[3];

	for (int i = 0; i < 4; i++)
		in[i] = _mm512_maskz_loadu_epi32((__mmask16)(first_bits(count) >> 16 * i), from + 16 * i);
	convert(with, in, out);
	for (size_t k = 0; k < 3 && 3 * count > 64 * k; k++)
		_mm512_mask_storeu_epi8(to + 64 * k, first_bits(3 * count - 64 * k), out[k]);
}

VBMI static void pack_rgb888_vbmi(
	const struct levels *levels, const uint32_t *from, size_t count, uint8_t *to)
{
	struct vectors with;

	if (levels->mono) {
		pack_rgb888_plain(levels, from, count, to);
		return;
	}
	load_vectors(levels, &with);
	for (; count >= 64; count -= 64, from += 64, to += 192) {
		__m512i in[4], out[3];
#pragma GCC unroll 4
		for (int i = 0; i < 4; i++)
			in[i] = _mm512_loadu_si512(from + 16 * i);
		convert(&with, in, out);
#pragma GCC unroll 3
		for (int k = 0; k < 3; k++)
			_mm512_storeu_si512(to + 64 * k, out[k]);
	}
	if (count > 0)
		convert_rest(&with, from, count, to);
}

/* The same with a fraction of each level, which noise carries over into the level or not. */
VBMI static void pack_rgb888_dithered_vbmi(
	const struct levels *levels, const uint32_t *from, const uint8_t *noise, size_t count, uint8_t *to)
{
	struct vectors with;
	__m512i fractions[3][4];

	if (levels->mono) {
		pack_rgb888_dithered_plain(levels, from, noise, count, to);
		return;
	}
	load_vectors(levels, &with);
	for (int k = 0; k < 3; k++)
		for (int i = 0; i < 4; i++)
			fractions[k][i] = _mm512_loadu_si512(levels->fraction[k] + 64 * i);
	for (; count >= 64; count -= 64, from += 64, noise += 64, to += 192) {
		__m512i in[4], plane[3];
		/* noise + fraction > 255 just when fraction > 255 - noise */
		__m512i limit = _mm512_xor_si512(_mm512_loadu_si512(noise), _mm512_set1_epi8(-1));
#pragma GCC unroll 4
		for (int i = 0; i < 4; i++)
			in[i] = _mm512_loadu_si512(from + 16 * i);
#pragma GCC unroll 3
		for (int k = 0; k < 3; k++) {
			__m512i index = plane_of(&with, in, k);
			__mmask64 carry = _mm512_cmpgt_epu8_mask(look_up(fractions[k], index), limit);
			__m512i level = look_up(with.tables[k], index);
			plane[k] = _mm512_mask_add_epi8(level, carry, level, _mm512_set1_epi8(1));
		}
#pragma GCC unroll 3
		for (int k = 0; k < 3; k++)
			_mm512_storeu_si512(to + 64 * k, interleave(&with, plane, k));
	}
	if (count > 0)
		pack_rgb888_dithered_plain(levels, from, noise, count, to);
}

#define LUMA_WEIGHTS (LUMA_B | LUMA_G << 8 | LUMA_R << 16)

/* Eight pixels, last first, so that the mask's low bit is the right-hand pixel. Sums are compared before their shift:
 * luma >= t just when the sum >= t << 7. */
AVX2 static void pack_mono_avx2(const struct levels *levels, const uint32_t *from, size_t octets, uint8_t *to)
{
	const __m256i weights = _mm256_set1_epi32(LUMA_WEIGHTS), ones = _mm256_set1_epi16(1);
	const __m256i below = _mm256_set1_epi32((levels->least_luma << LUMA_SHIFT) - 1);
	const __m256i backward = _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0);

	for (size_t i = 0; i < octets; i++) {
		__m256i pixels = _mm256_loadu_si256((const __m256i *)(const void *)(from + 8 * i));
		__m256i sums = _mm256_madd_epi16(_mm256_maddubs_epi16(pixels, weights), ones);
		__m256i lit = _mm256_cmpgt_epi32(_mm256_permutevar8x32_epi32(sums, backward), below);
		to[i] = (uint8_t)_mm256_movemask_ps(_mm256_castsi256_ps(lit));
	}
}

/* The least luma that is lit is each pixel's own. */
AVX2 static void pack_mono_dithered_avx2(
	const struct levels *levels, const uint32_t *from, const uint8_t *noise, size_t octets, uint8_t *to)
{
	const __m256i weights = _mm256_set1_epi32(LUMA_WEIGHTS), ones = _mm256_set1_epi16(1);
	const __m256i backward = _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0);

	for (size_t i = 0; i < octets; i++) {
		__m256i pixels = _mm256_loadu_si256((const __m256i *)(const void *)(from + 8 * i));
		__m256i sums = _mm256_madd_epi16(_mm256_maddubs_epi16(pixels, weights), ones);
		__m256i least =
			_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)(noise + 8 * i)));
		__m256i lumas = _mm256_srli_epi32(sums, LUMA_SHIFT);
		__m256i unlit = _mm256_permutevar8x32_epi32(_mm256_cmpgt_epi32(least, lumas), backward);
		to[i] = levels->dark ? 0 : (uint8_t)~_mm256_movemask_ps(_mm256_castsi256_ps(unlit));
	}
}

VBMI static void pack_mono_vbmi(const struct levels *levels, const uint32_t *from, size_t octets, uint8_t *to)
{
	const __m512i weights = _mm512_set1_epi32(LUMA_WEIGHTS), ones = _mm512_set1_epi16(1);
	const __m512i below = _mm512_set1_epi32((levels->least_luma << LUMA_SHIFT) - 1);
	const __m512i backward = _mm512_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
	size_t i = 0;

	for (; i + 2 <= octets; i += 2) {
		__m512i pixels = _mm512_permutexvar_epi32(backward, _mm512_loadu_si512(from + 8 * i));
		__m512i sums = _mm512_madd_epi16(_mm512_maddubs_epi16(pixels, weights), ones);
		uint16_t lit = _mm512_cmpgt_epi32_mask(sums, below);
		__builtin_memcpy(to + i, &lit, sizeof lit);
	}
	pack_mono_avx2(levels, from + 8 * i, octets - i, to + i);
}
#endif

void pack_choose(struct levels *levels)
{
	levels->pack_rgb888 = pack_rgb888_plain;
	levels->pack_mono = pack_mono_plain;
	levels->pack_rgb888_dithered = pack_rgb888_dithered_plain;
	levels->pack_mono_dithered = pack_mono_dithered_plain;
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2")) {
		levels->pack_mono = pack_mono_avx2;
		levels->pack_mono_dithered = pack_mono_dithered_avx2;
	}
	if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw")) {
		make_shuffles(levels);
		levels->pack_rgb888 = pack_rgb888_vbmi;
		levels->pack_rgb888_dithered = pack_rgb888_dithered_vbmi;
		levels->pack_mono = pack_mono_vbmi;
	}
#endif
}
