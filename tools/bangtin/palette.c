/* Median cut: P. Heckbert, "Color Image Quantization for Frame Buffer Display", 1982; the box with the largest summed
 * error is cut at the mean of its longest axis. */
#include "palette.h"

#include "base/alloc.h"

#define CAPACITY_FIRST 1024

void palette_init(struct palette *palette)
{
	*palette = (struct palette){.capacity = CAPACITY_FIRST};
	palette->tallies = xcalloc(palette->capacity, sizeof *palette->tallies);
}

void palette_finish(struct palette *palette)
{
	free(palette->tallies);
}

void palette_clear(struct palette *palette)
{
	memset(palette->tallies, 0, palette->capacity * sizeof *palette->tallies);
	palette->used = 0;
	palette->count = 0;
}

static struct tally *place_of(const struct palette *palette, uint32_t colour)
{
	size_t mask = palette->capacity - 1, at = (colour * UINT32_C(2654435761) >> 8) & mask;

	while (palette->tallies[at].count && palette->tallies[at].colour != colour)
		at = (at + 1) & mask;
	return &palette->tallies[at];
}

static void grow(struct palette *palette)
{
	struct palette larger = {.capacity = 2 * palette->capacity};

	larger.tallies = xcalloc(larger.capacity, sizeof *larger.tallies);
	for (size_t i = 0; i < palette->capacity; i++)
		if (palette->tallies[i].count)
			*place_of(&larger, palette->tallies[i].colour) = palette->tallies[i];
	free(palette->tallies);
	palette->tallies = larger.tallies;
	palette->capacity = larger.capacity;
}

void palette_note(struct palette *palette, uint32_t colour)
{
	struct tally *tally = place_of(palette, colour &= 0xffffff);

	if (tally->count == UINT32_MAX)
		return;
	if (tally->count++ > 0)
		return;
	tally->colour = colour;
	if (2 * ++palette->used > palette->capacity)
		grow(palette);
}

/* --- more colours than places */

struct box { /* tallies [first, first + count) */
	size_t first, count;
	int axis; /* the shift of the channel with the largest error */
	double error, mean;
	uint32_t colour; /* the mean of all channels */
};

static void measure(struct box *box, struct tally *const *tallies)
{
	box->error = -1;
	box->colour = 0;
	for (int shift = 0; shift <= 16; shift += 8) {
		double n = 0, sum = 0, squares = 0;
		for (size_t i = box->first; i < box->first + box->count; i++) {
			double v = tallies[i]->colour >> shift & 255, w = tallies[i]->count;
			n += w;
			sum += w * v;
			squares += w * v * v;
		}
		double error = squares - sum * sum / n;
		box->colour |= (uint32_t)(sum / n + 0.5) << shift;
		if (error > box->error) {
			box->error = error;
			box->axis = shift;
			box->mean = sum / n;
		}
	}
	if (box->count == 1)
		box->error = 0;
}

/* What lies above the mean goes into *ret_upper. */
static void cut(struct box *box, struct tally **tallies, struct box *ret_upper)
{
	size_t low = box->first, high = box->first + box->count;

	while (low < high) {
		if ((tallies[low]->colour >> box->axis & 255) <= box->mean) {
			low++;
		} else {
			struct tally *other = tallies[--high];
			tallies[high] = tallies[low];
			tallies[low] = other;
		}
	}
	*ret_upper = (struct box){.first = low, .count = box->first + box->count - low};
	box->count = low - box->first;
	measure(box, tallies);
	measure(ret_upper, tallies);
}

static int cut_all(struct tally **tallies, size_t count, struct box *boxes, int most)
{
	int n = 1;

	boxes[0] = (struct box){.count = count};
	measure(&boxes[0], tallies);
	for (; n < most; n++) {
		int worst = 0;
		for (int i = 1; i < n; i++)
			if (boxes[i].error > boxes[worst].error)
				worst = i;
		if (boxes[worst].error <= 0)
			break;
		cut(&boxes[worst], tallies, &boxes[n]);
	}
	return n;
}

static int distance(uint32_t a, uint32_t b)
{
	int sum = 0;

	for (int shift = 0; shift <= 16; shift += 8) {
		int d = (int)(a >> shift & 255) - (int)(b >> shift & 255);
		sum += d * d;
	}
	return sum;
}

static int nearest(const struct palette *palette, uint32_t colour)
{
	int best = 0;

	for (int i = 1; i < palette->count; i++)
		if (distance(palette->colours[i], colour) < distance(palette->colours[best], colour))
			best = i;
	return best;
}

void palette_choose(struct palette *palette, int most)
{
	struct tally **tallies = xcalloc(palette->used + 1, sizeof(struct tally *));
	struct box boxes[PALETTE_MOST];
	size_t count = 0;

	for (size_t i = 0; i < palette->capacity; i++)
		if (palette->tallies[i].count)
			tallies[count++] = &palette->tallies[i];
	palette->count = 0;
	if (count <= (size_t)most) {
		for (size_t i = 0; i < count; i++) {
			tallies[i]->index = palette->count;
			palette->colours[palette->count++] = tallies[i]->colour;
		}
	} else {
		int n = cut_all(tallies, count, boxes, most);
		for (int i = 0; i < n; i++)
			palette->colours[palette->count++] = boxes[i].colour;
		for (size_t i = 0; i < count; i++)
			tallies[i]->index = nearest(palette, tallies[i]->colour);
	}
	free(tallies);
}

int palette_index(const struct palette *palette, uint32_t colour)
{
	const struct tally *tally = place_of(palette, colour & 0xffffff);

	return tally->count ? tally->index : -1;
}
