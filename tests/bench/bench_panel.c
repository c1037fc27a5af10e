/* The panel pipeline against memcpy of the same frame, a pixel, in the same run: for each case the least of many short
 * rounds, taken in turns, so that a busy machine hurts both alike. */
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "frame/panel.h"
#include "tests/bench/bench.h"

struct bench {
	const char *what;
	double goal;
	struct panel_spec spec;
};

/* An outdoor module of 32x16 that lights four rows at once; filled in main. */
static uint32_t outdoor_wire[32 * 16];
static const struct scan_map outdoor = {
	.width = 32, .height = 16, .wire_width = 128, .wire_height = 4, .wire = outdoor_wire};

#define LEVELS .gamma = 2.2, .white = {1.0, 0.9, 0.8}, .threshold = 128

static const struct bench cases[] = {
	{"rgb888", 4, {.width = 128, .height = 64, LEVELS}},
	{"rgb888", 4, {.width = 320, .height = 96, LEVELS}},
	{"rgb888", 4, {.width = 1920, .height = 1080, LEVELS}},
	{"rgb888 grb", 4, {.width = 128, .height = 64, .order = ORDER_GRB, LEVELS}},
	{"rgb888 serpentine", 0, {.width = 128, .height = 64, .map = {.pixel_serpentine = true}, LEVELS}},
	{"rgb888 8 cabinets", 0,
		{.width = 128,
			.height = 64,
			.map = {.module_width = 32,
				.module_height = 32,
				.chain_serpentine = true,
				.flip_alternate = true},
			LEVELS}},
	{"rgb888 rotated 90", 0, {.width = 128, .height = 64, .rotate = 90, LEVELS}},
	{"rgb565", 0, {.width = 128, .height = 64, .format = PANEL_RGB565, LEVELS}},
	{"two colours", 0, {.width = 128, .height = 64, .format = PANEL_DUAL, LEVELS}},
	{"1 bit", 6, {.width = 128, .height = 64, .format = PANEL_MONO1, LEVELS}},
	{"1 bit", 6, {.width = 320, .height = 96, .format = PANEL_MONO1, LEVELS}},
	{"1 bit", 6, {.width = 1920, .height = 1080, .format = PANEL_MONO1, LEVELS}},
	{"rgb888 1/4 scan", 0,
		{.width = 128, .height = 64, .map = {.scan = &outdoor}, .wire = WIRE_CHAINS, LEVELS}},
	{"rgb888 1/4 scan", 0,
		{.width = 1920, .height = 1072, .map = {.scan = &outdoor}, .wire = WIRE_CHAINS, LEVELS}},
	{"1 bit 1/4 scan", 0,
		{.width = 128,
			.height = 64,
			.format = PANEL_MONO1,
			.map = {.scan = &outdoor},
			.wire = WIRE_CHAINS,
			LEVELS}},
	{"rgb888 dither", 0, {.width = 128, .height = 64, .dither = DITHER_ORDERED, LEVELS}},
	{"rgb888 dither", 0, {.width = 1920, .height = 1080, .dither = DITHER_BLUE_NOISE, LEVELS}},
	{"rgb888 dither 1/4 scan", 0,
		{.width = 128,
			.height = 64,
			.dither = DITHER_ORDERED,
			.map = {.scan = &outdoor},
			.wire = WIRE_CHAINS,
			LEVELS}},
	{"1 bit dither", 0,
		{.width = 128, .height = 64, .format = PANEL_MONO1, .dither = DITHER_ORDERED, LEVELS}},
	{"1 bit dither", 0,
		{.width = 1920, .height = 1080, .format = PANEL_MONO1, .dither = DITHER_BLUE_NOISE, LEVELS}},
	{"1 bit rotated 90", 0, {.width = 96, .height = 320, .rotate = 90, .format = PANEL_MONO1, LEVELS}},
};

static double least(double a, double b)
{
	return a < b ? a : b;
}

static void measure(const struct bench *bench)
{
	const struct panel_spec *spec = &bench->spec;
	struct frame *frame = frame_create(spec->width, spec->height),
		     *copy = frame_create(spec->width, spec->height);
	size_t pixels = (size_t)spec->width * (size_t)spec->height;
	struct region all = {1, {{0, 0, spec->width, spec->height}}};
	double copying = 1e9, packing = 1e9;
	const char *why;
	struct panel *panel;
	char what[64], value[64];

	if (panel_create(spec, &panel, &why) != 0)
		exit(1);
	uint8_t *wire = xcalloc(1, panel_wire_size(panel));
	uint32_t seed = 1;
	for (size_t i = 0; i < pixels; i++) /* noise: no kernel may gain by equal neighbours */
		frame->pixels[i] = (seed = seed * 1664525u + 1013904223u) >> 8;
	int times = (int)(2000000 / pixels) + 1;
	for (int round = 0; round < 60; round++) {
		double a = bench_now();
		for (int i = 0; i < times; i++) {
			memcpy(copy->pixels, frame->pixels, 4 * pixels);
			__asm__ volatile("" : : "r"(copy->pixels) : "memory");
		}
		double b = bench_now();
		for (int i = 0; i < times; i++) {
			panel_pack(panel, frame, &all, wire);
			__asm__ volatile("" : : "r"(wire) : "memory");
		}
		copying = least(copying, b - a);
		packing = least(packing, bench_now() - b);
	}
	snprintf(what, sizeof what, "%s %dx%d", bench->what, spec->width, spec->height);
	snprintf(value, sizeof value, "(goal <= %g)", bench->goal);
	printf("panel %-26s %5.1fx memcpy  %.3f ns a pixel  %s\n", what, packing / copying,
		packing * 1e9 / times / (double)pixels, bench->goal > 0 ? value : "");
	panel_destroy(panel);
	free(wire);
	frame_unref(frame);
	frame_unref(copy);
}

int main(void)
{
	for (uint32_t y = 0; y < 16; y++)
		for (uint32_t x = 0; x < 32; x++)
			outdoor_wire[32 * y + x] = y % 4 * 128 + x / 8 * 32 + (3 - y / 4) * 8 + x % 8;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		measure(&cases[i]);
	return 0;
}
