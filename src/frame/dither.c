#include "frame/dither.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

enum { CELLS = DITHER_SIDE * DITHER_SIDE, FIRST = CELLS / 10 };

/* --- Bayer's matrix, 8x8: the bits of x ^ y and y interleaved, the low ones first */

static unsigned bayer(unsigned x, unsigned y)
{
	unsigned rank = 0;

	for (unsigned bit = 0; bit < 3; bit++)
		rank = rank << 2 | ((x ^ y) >> bit & 1) << 1 | (y >> bit & 1);
	return rank;
}

static void make_ordered(uint8_t matrix[DITHER_SIDE][DITHER_SIDE])
{
	for (unsigned y = 0; y < DITHER_SIDE; y++)
		for (unsigned x = 0; x < DITHER_SIDE; x++)
			matrix[y][x] = (uint8_t)(bayer(x % 8, y % 8) * 4 + 2);
}

/* --- blue noise, by void and cluster (Ulichney, The void-and-cluster method for dither array generation, 1993) */

struct field { /* where points are, and how crowded each cell is by them; on a torus */
	bool point[CELLS];
	int64_t crowd[CELLS];
	int64_t weight[CELLS]; /* by distance: of (x, y) from (0, 0) */
};

static void init_weights(struct field *field)
{
	static const double sigma = 1.5;

	for (int i = 0; i < CELLS; i++) {
		int x = i % DITHER_SIDE, y = i / DITHER_SIDE;
		x = x > DITHER_SIDE / 2 ? DITHER_SIDE - x : x;
		y = y > DITHER_SIDE / 2 ? DITHER_SIDE - y : y;
		/* whole numbers: sums are the same in whatever order */
		field->weight[i] = llround(exp(-(x * x + y * y) / (2 * sigma * sigma)) * (1 << 30));
	}
}

static void set_point(struct field *field, int at, bool point)
{
	int sign = point ? 1 : -1;

	field->point[at] = point;
	for (int i = 0; i < CELLS; i++) {
		int x = (i % DITHER_SIDE - at % DITHER_SIDE + DITHER_SIDE) % DITHER_SIDE;
		int y = (i / DITHER_SIDE - at / DITHER_SIDE + DITHER_SIDE) % DITHER_SIDE;
		field->crowd[i] += sign * field->weight[y * DITHER_SIDE + x];
	}
}

static int tightest_cluster(const struct field *field)
{
	int best = -1;

	for (int i = 0; i < CELLS; i++)
		if (field->point[i] && (best < 0 || field->crowd[i] > field->crowd[best]))
			best = i;
	return best;
}

static int largest_void(const struct field *field)
{
	int best = -1;

	for (int i = 0; i < CELLS; i++)
		if (!field->point[i] && (best < 0 || field->crowd[i] < field->crowd[best]))
			best = i;
	return best;
}

/* A tenth of the cells, at random, then moved until none lies better elsewhere. */
static void spread_first(struct field *field)
{
	uint32_t seed = 1;

	for (int count = 0; count < FIRST;) {
		seed = seed * 1664525u + 1013904223u;
		int at = (int)(seed >> 8) % CELLS;
		if (field->point[at])
			continue;
		set_point(field, at, true);
		count++;
	}
	for (int moves = 0; moves < CELLS; moves++) {
		int from = tightest_cluster(field);
		set_point(field, from, false);
		int to = largest_void(field);
		set_point(field, to, true);
		if (to == from)
			return;
	}
}

static uint8_t blue_noise[DITHER_SIDE][DITHER_SIDE];

static void make_blue_noise(void)
{
	static struct field first, field; /* large for a stack; used once */
	uint8_t *to = &blue_noise[0][0];

	init_weights(&first);
	spread_first(&first);
	field = first;
	for (int rank = FIRST - 1; rank >= 0; rank--) {
		int at = tightest_cluster(&field);
		to[at] = (uint8_t)(rank * 256 / CELLS);
		set_point(&field, at, false);
	}
	for (int rank = FIRST; rank < CELLS; rank++) {
		int at = largest_void(&first);
		to[at] = (uint8_t)(rank * 256 / CELLS);
		set_point(&first, at, true);
	}
}

void dither_matrix(enum dither kind, uint8_t ret_matrix[DITHER_SIDE][DITHER_SIDE])
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (kind == DITHER_ORDERED) {
		make_ordered(ret_matrix);
		return;
	}
	pthread_once(&once, make_blue_noise);
	memcpy(ret_matrix, blue_noise, sizeof blue_noise);
}
