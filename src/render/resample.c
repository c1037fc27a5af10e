#include "render/resample.h"

#include <math.h>

#include "base/alloc.h"

#define WEIGHT_ONE 65536u

/* From which pixels of the source one of the result is made, and how much each counts: the weights' sum is one. */
struct taps {
	int first, count;
	size_t weights; /* index of the first */
};

struct axis {
	struct taps *taps; /* of each pixel of the result */
	uint32_t *weights;
	size_t weight_count, weight_capacity;
	int most; /* taps of a pixel */
};

/* Values are colour times opacity, 0 .. 255 * 255: what is transparent has no colour. */
struct resampler {
	struct axis columns, rows;
	int width, height;
	uint16_t *ring; /* the last rows, scaled across: rows.most of them */
	uint32_t *out;
	int row;  /* of the source, the next to come */
	int done; /* rows of the result */
	resample_emit_fn *emit;
	void *data;
};

/* --- weights */

static void add_weight(struct axis *axis, double weight)
{
	array_reserve_one(axis->weights, axis->weight_count, axis->weight_capacity);
	axis->weights[axis->weight_count++] = (uint32_t)lrint(weight * WEIGHT_ONE);
}

/* Rounding must neither darken nor lighten a flat colour. */
static void even_out(struct axis *axis, const struct taps *taps)
{
	uint32_t *weights = axis->weights + taps->weights, sum = 0;
	int largest = 0;
	for (int i = 0; i < taps->count; i++) {
		sum += weights[i];
		if (weights[i] > weights[largest])
			largest = i;
	}
	weights[largest] += WEIGHT_ONE - sum;
}

/* Each pixel of the source counts as much as it lies within the result's. */
static void average(struct axis *axis, struct taps *taps, int source, double from, double length)
{
	int first = (int)floor(from), last = (int)ceil(from + length) - 1;
	first = first < 0 ? 0 : first > source - 1 ? source - 1 : first;
	last = last < first ? first : last > source - 1 ? source - 1 : last;
	taps->first = first;
	taps->count = last - first + 1;
	for (int i = first; i <= last; i++) {
		double left = from > i ? from : i, right = from + length < i + 1 ? from + length : i + 1;
		add_weight(axis, right > left ? (right - left) / length : 0);
	}
}

/* Between the centres of two neighbours. */
static void interpolate(struct axis *axis, struct taps *taps, int source, double centre)
{
	double place = centre - 0.5;
	place = place < 0 ? 0 : place > source - 1 ? source - 1 : place;
	taps->first = (int)floor(place);
	taps->count = taps->first + 1 < source ? 2 : 1;
	double second = place - taps->first;
	add_weight(axis, taps->count == 2 ? 1 - second : 1);
	if (taps->count == 2)
		add_weight(axis, second);
}

static void axis_init(struct axis *axis, int source, struct span span, int result)
{
	double step = span.length / result;
	*axis = (struct axis){.taps = xcalloc((size_t)result, sizeof *axis->taps)};
	for (int i = 0; i < result; i++) {
		struct taps *taps = &axis->taps[i];
		taps->weights = axis->weight_count;
		if (step >= 1)
			average(axis, taps, source, span.from + i * step, step);
		else
			interpolate(axis, taps, source, span.from + (i + 0.5) * step);
		even_out(axis, taps);
		if (taps->count > axis->most)
			axis->most = taps->count;
	}
}

/* --- rows */

static void scale_across(const struct resampler *r, const uint8_t *rgba, uint16_t *to)
{
	for (int x = 0; x < r->width; x++, to += 4) {
		const struct taps *taps = &r->columns.taps[x];
		const uint32_t *weight = r->columns.weights + taps->weights;
		const uint8_t *from = rgba + (size_t)taps->first * 4;
		uint32_t sum[4] = {0};
		for (int i = 0; i < taps->count; i++, from += 4) {
			uint32_t alpha = from[3];
			sum[0] += from[0] * alpha * weight[i];
			sum[1] += from[1] * alpha * weight[i];
			sum[2] += from[2] * alpha * weight[i];
			sum[3] += 255 * alpha * weight[i];
		}
		for (int c = 0; c < 4; c++)
			to[c] = (uint16_t)(sum[c] / WEIGHT_ONE);
	}
}

static uint16_t *ring_row(const struct resampler *r, int row)
{
	return r->ring + (size_t)(row % r->rows.most) * (size_t)r->width * 4;
}

static uint32_t byte_of(uint32_t sum)
{
	return (sum / WEIGHT_ONE + 127) / 255;
}

static void emit_row(struct resampler *r, int y)
{
	const struct taps *taps = &r->rows.taps[y];
	const uint32_t *weight = r->rows.weights + taps->weights;
	for (int x = 0; x < r->width; x++) {
		uint32_t sum[4] = {0};
		for (int i = 0; i < taps->count; i++) {
			const uint16_t *from = ring_row(r, taps->first + i) + (size_t)x * 4;
			for (int c = 0; c < 4; c++)
				sum[c] += from[c] * weight[i];
		}
		r->out[x] = byte_of(sum[3]) << 24 | byte_of(sum[0]) << 16 | byte_of(sum[1]) << 8 |
			    byte_of(sum[2]);
	}
	r->emit(r->data, y, r->out);
}

static int last_row(const struct resampler *r, int y)
{
	return r->rows.taps[y].first + r->rows.taps[y].count - 1;
}

void resampler_row(struct resampler *r, const uint8_t *rgba)
{
	int row = r->row++;
	if (r->done == r->height || row < r->rows.taps[r->done].first)
		return;
	scale_across(r, rgba, ring_row(r, row));
	while (r->done < r->height && last_row(r, r->done) <= row)
		emit_row(r, r->done++);
}

struct resampler *resampler_create(int source_width, int source_height, struct span columns, struct span rows,
	int width, int height, resample_emit_fn *emit, void *data)
{
	struct resampler *r = xcalloc(1, sizeof *r);
	*r = (struct resampler){.width = width, .height = height, .emit = emit, .data = data};
	axis_init(&r->columns, source_width, columns, width);
	axis_init(&r->rows, source_height, rows, height);
	r->ring = xcalloc((size_t)r->rows.most * (size_t)width, 4 * sizeof *r->ring);
	r->out = xcalloc((size_t)width, sizeof *r->out);
	return r;
}

void resampler_destroy(struct resampler *r)
{
	if (!r)
		return;
	free(r->columns.taps);
	free(r->columns.weights);
	free(r->rows.taps);
	free(r->rows.weights);
	free(r->ring);
	free(r->out);
	free(r);
}
