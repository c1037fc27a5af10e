/* Dither: it keeps the mean of the light, leaves black and white alone, and has no clusters. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "panel_fixture.h"

static const enum dither dithers[] = {DITHER_ORDERED, DITHER_BLUE_NOISE};

/* A grey of one value: as many pixels in 32x32 are lit as its light is of white's; black and white stay. */
static void test_dither_of_two_levels(void **state)
{
	struct frame *frame = frame_create(32, 32), *shown = frame_create(32, 32);
	for (int i = 0; i < 4; i++) {
		double gamma = i / 2 ? 2.0 : 1.0;
		struct panel *panel = make(&(struct panel_spec){.width = 32,
			.height = 32,
			.format = PANEL_MONO1,
			.gamma = gamma,
			.white = {1, 1, 1},
			.dither = dithers[i % 2]});
		uint8_t wire[128];
		for (unsigned v = 0; v < 256; v++) {
			frame_fill(frame, (struct rect){0, 0, 32, 32}, v * 0x010101);
			panel_pack(panel, frame, whole(frame), wire);
			panel_levels(panel, frame, shown);
			int lit = 0, seen = 0;
			for (int k = 0; k < 1024; k++) {
				lit += wire[k / 8] >> (7 - k % 8) & 1;
				seen += shown->pixels[k] == 0xffffff;
			}
			assert_int_equal(lit, seen);
			double wanted = 1024 * pow(v / 255.0, gamma);
			if (fabs(lit - wanted) > 17 || ((v == 0 || v == 255) && lit != (int)wanted))
				fail_msg("dither %d, gamma %.0f: of value %u %d are lit, not %.0f", i % 2,
					gamma, v, lit, wanted);
		}
		panel_set_brightness(panel, 0);
		panel_pack(panel, frame, whole(frame), wire);
		for (int k = 0; k < 128; k++)
			assert_int_equal(wire[k], 0);
		panel_destroy(panel);
	}
	frame_unref(frame);
	frame_unref(shown);
}

/* Where levels are rounded, dither keeps the mean: at a tenth of the light a dark grey is 1.4 of 255. */
static void test_dither_keeps_the_mean(void **state)
{
	static const enum panel_format formats[] = {PANEL_RGB888, PANEL_RGB565, PANEL_GREY8};
	struct frame *frame = frame_create(32, 32), *shown = frame_create(32, 32);
	for (int i = 0; i < 6; i++) {
		struct panel *panel = make(&(struct panel_spec){.width = 32,
			.height = 32,
			.format = formats[i / 2],
			.gamma = 2.2,
			.white = {1, 1, 1},
			.dither = dithers[i % 2]});
		panel_set_brightness(panel, 100);
		for (unsigned v = 0; v < 256; v += 5) {
			frame_fill(frame, (struct rect){0, 0, 32, 32}, v * 0x010101);
			panel_levels(panel, frame, shown);
			double sum = 0, wanted = 255 * pow(v / 255.0, 2.2) * 0.1;
			for (int k = 0; k < 1024; k++)
				sum += (shown->pixels[k] >> 8 & 255) / 1024.0;
			if (fabs(sum - wanted) > (formats[i / 2] == PANEL_RGB565 ? 0.5 : 0.02))
				fail_msg("format %d: value %u is %.3f in the mean, not %.3f", i / 2, v, sum,
					wanted);
			assert_true(v != 0 || sum == 0);
		}
		panel_destroy(panel);
	}
	frame_unref(frame);
	frame_unref(shown);
}

/* Blue noise has no clusters: at an eighth no lit pixel touches another side by side, and no row is empty for long. */
static void test_blue_noise(void **state)
{
	struct panel *panel = make(&(struct panel_spec){
		.width = 64, .height = 64, .format = PANEL_MONO1, PLAIN, .dither = DITHER_BLUE_NOISE});
	struct frame *frame = frame_create(64, 64), *shown = frame_create(64, 64);
	frame_fill(frame, (struct rect){0, 0, 64, 64}, 0x202020);
	panel_levels(panel, frame, shown);
	for (int y = 0; y < 63; y++) {
		const uint32_t *row = frame_row(shown, y), *below = frame_row(shown, y + 1);
		for (int x = 0; x < 63; x++)
			assert_false(row[x] && (row[x + 1] || below[x]));
	}
	frame_unref(frame);
	frame_unref(shown);
	panel_destroy(panel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dither_of_two_levels),
		cmocka_unit_test(test_dither_keeps_the_mean),
		cmocka_unit_test(test_blue_noise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
