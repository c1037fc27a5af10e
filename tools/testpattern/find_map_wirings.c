#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "find_map.h"

#define SAMPLES_MOST 64
#define FLAGS	     8 /* bits of a wiring: see spec_of */

struct wiring {
	int flags;
	bool out;
	int seen[SAMPLES_MOST]; /* of each sample: the frame's pixel */
};

struct wirings {
	int width, height, module_width, module_height;
	int samples[SAMPLES_MOST]; /* wire pixels that tell wirings apart */
	bool asked[SAMPLES_MOST][2];
	size_t sample_count;
	struct wiring *list;
	size_t count;
};

static int module_area(const struct wirings *w)
{
	return w->module_width * w->module_height;
}

static struct panel_spec spec_of(const struct wirings *w, int flags)
{
	return (struct panel_spec){.width = w->width,
		.height = w->height,
		.format = PANEL_RGB888,
		.rotate = flags & 128 ? 180 : 0,
		.gamma = 1,
		.white = {1, 1, 1},
		.threshold = 128,
		.map = {.module_width = w->module_width,
			.module_height = w->module_height,
			.chain = flags & 1 ? CHAIN_COLUMNS : CHAIN_ROWS,
			.chain_serpentine = flags & 2,
			.chain_from_right = flags & 4,
			.chain_from_bottom = flags & 8,
			.flip_alternate = flags & 16,
			.pixel_columns = flags & 32,
			.pixel_serpentine = flags & 64}};
}

/* Each frame pixel carries its own number as its colour; what is packed says which stands where on the wire. */
static bool look(const struct wirings *w, const struct frame *numbers, struct wiring *wiring)
{
	struct panel_spec spec = spec_of(w, wiring->flags);
	struct panel *panel;
	struct region all;
	const char *why;

	if (panel_create(&spec, &panel, &why) < 0)
		return false;
	panel_set_brightness(panel, 1000);
	uint8_t *wire = xcalloc(1, panel_wire_size(panel));
	region_clear(&all);
	region_add(&all, (struct rect){0, 0, w->width, w->height});
	panel_pack(panel, numbers, &all, wire);
	for (size_t i = 0; i < w->sample_count; i++) {
		const uint8_t *pixel = wire + 3 * (size_t)w->samples[i];
		wiring->seen[i] = pixel[0] << 16 | pixel[1] << 8 | pixel[2];
	}
	free(wire);
	panel_destroy(panel);
	return true;
}

static void add_sample(struct wirings *w, int pixel)
{
	if (pixel < 0 || pixel >= w->width * w->height || w->sample_count == SAMPLES_MOST)
		return;
	for (size_t i = 0; i < w->sample_count; i++)
		if (w->samples[i] == pixel)
			return;
	w->samples[w->sample_count++] = pixel;
}

/* Where modules and pixels turn round: the first, the second, the last of a line, the first of the next. */
static void choose_samples(struct wirings *w)
{
	int columns = w->width / w->module_width, rows = w->height / w->module_height;
	int modules[] = {0, 1, columns - 1, columns, rows - 1, rows, columns * rows - 1};
	int pixels[] = {0, 1, w->module_width - 1, w->module_width, w->module_height - 1, w->module_height,
		module_area(w) - 1};

	for (size_t m = 0; m < sizeof modules / sizeof *modules; m++)
		for (size_t p = 0; p < sizeof pixels / sizeof *pixels; p++)
			if (pixels[p] < module_area(w))
				add_sample(w, modules[m] * module_area(w) + pixels[p]);
}

static bool is_known(const struct wirings *w, const struct wiring *wiring)
{
	for (size_t i = 0; i < w->count; i++)
		if (memcmp(w->list[i].seen, wiring->seen, w->sample_count * sizeof *wiring->seen) == 0)
			return true;
	return false;
}

struct wirings *wirings_create(int width, int height, int module_width, int module_height)
{
	struct wirings *w = xcalloc(1, sizeof *w);
	struct frame *numbers = frame_create(width, height);

	*w = (struct wirings){.width = width,
		.height = height,
		.module_width = module_width,
		.module_height = module_height};
	choose_samples(w);
	w->list = xcalloc(1 << FLAGS, sizeof *w->list);
	for (int i = 0; i < width * height; i++)
		frame_row(numbers, i / width)[i % width] = (uint32_t)i;
	for (int flags = 0; flags < 1 << FLAGS; flags++) {
		struct wiring wiring = {.flags = flags};
		if (look(w, numbers, &wiring) && !is_known(w, &wiring))
			w->list[w->count++] = wiring;
	}
	frame_unref(numbers);
	if (w->count > 0)
		return w;
	wirings_destroy(w);
	return NULL;
}

void wirings_destroy(struct wirings *wirings)
{
	if (wirings)
		free(wirings->list);
	free(wirings);
}

size_t wirings_count(const struct wirings *wirings)
{
	size_t left = 0;

	for (size_t i = 0; i < wirings->count; i++)
		left += !wirings->list[i].out;
	return left;
}

/* What somebody would answer. */
static int answer_of(const struct wirings *w, const struct wiring *wiring, size_t sample, bool module)
{
	int x = wiring->seen[sample] % w->width, y = wiring->seen[sample] / w->width;

	return module ? y / w->module_height * w->width + x / w->module_width
		      : y % w->module_height * w->width + x % w->module_width;
}

/* How many wirings are left after the least telling answer. */
static size_t worst(const struct wirings *w, size_t sample, bool module)
{
	size_t most = 0;

	for (size_t i = 0; i < w->count; i++) {
		size_t same = 0;
		if (w->list[i].out)
			continue;
		int answer = answer_of(w, &w->list[i], sample, module);
		for (size_t j = 0; j < w->count; j++)
			same += !w->list[j].out && answer_of(w, &w->list[j], sample, module) == answer;
		if (same > most)
			most = same;
	}
	return most;
}

/* A whole module is seen from afar, so such questions come first where they tell anything. */
bool wirings_question(struct wirings *w, struct map_question *ret_question)
{
	size_t left = wirings_count(w), best = left, chosen = 0;
	bool as_module = false;

	for (int module = 1; module >= 0 && best == left; module--)
		for (size_t i = 0; i < w->sample_count; i++) {
			if (w->asked[i][module] || (module && w->samples[i] % module_area(w) != 0))
				continue;
			size_t after = worst(w, i, module);
			if (after < best) {
				best = after;
				chosen = i;
				as_module = module;
			}
		}
	if (best == left)
		return false;
	*ret_question =
		(struct map_question){as_module, w->samples[chosen], as_module ? module_area(w) : 1, best};
	return true;
}

static size_t sample_of(const struct wirings *w, const struct map_question *question)
{
	size_t i = 0;

	while (w->samples[i] != question->first)
		i++;
	return i;
}

bool wirings_answer(struct wirings *w, const struct map_question *question, int column, int row)
{
	size_t sample = sample_of(w, question), fit = 0;
	int seen = row * w->width + column;

	for (size_t i = 0; i < w->count; i++)
		fit += !w->list[i].out && answer_of(w, &w->list[i], sample, question->module) == seen;
	if (fit == 0)
		return false;
	for (size_t i = 0; i < w->count; i++)
		w->list[i].out |= answer_of(w, &w->list[i], sample, question->module) != seen;
	w->asked[sample][question->module] = true;
	return true;
}

void wirings_skip(struct wirings *w, const struct map_question *question)
{
	w->asked[sample_of(w, question)][question->module] = true;
}

void wirings_best(const struct wirings *w, struct module_map *ret_map, int *ret_rotate)
{
	size_t i = 0;

	while (i + 1 < w->count && w->list[i].out)
		i++;
	struct panel_spec spec = spec_of(w, w->list[i].flags);
	*ret_map = spec.map;
	*ret_rotate = spec.rotate;
}
