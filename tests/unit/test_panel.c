/* Levels and bytes of the panel pipeline: every format by hand, and the processor's kernels against plain C. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "frame/panel_pack.h"
#include "panel_fixture.h"

static void test_colour_order(void **state)
{
	static const char *const names[] = {"rgb", "rbg", "grb", "gbr", "brg", "bgr"};
	struct frame *frame = frame_create(5, 1); /* four and a rest: both loops of the kernel */
	frame_fill(frame, (struct rect){0, 0, 5, 1}, ('r' << 16) | ('g' << 8) | 'b');
	for (int i = 0; i < 6; i++) {
		uint8_t wire[15];
		struct panel *panel = make(
			&(struct panel_spec){.width = 5, .height = 1, .order = (enum colour_order)i, PLAIN});
		panel_pack(panel, frame, whole(frame), wire);
		for (int k = 0; k < 5; k++)
			assert_memory_equal(wire + 3 * k, names[i], 3);
		panel_destroy(panel);
	}
	frame_unref(frame);
}

static void test_rgb565(void **state)
{
	struct panel *panel =
		make(&(struct panel_spec){.width = 3, .height = 1, .format = PANEL_RGB565, PLAIN});
	struct frame *frame = frame_create(3, 1), *shown = frame_create(3, 1);
	uint8_t wire[6];
	frame->pixels[0] = 0xff0000, frame->pixels[1] = 0x00ff00, frame->pixels[2] = 0x0000ff;
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[]){0x00, 0xf8, 0xe0, 0x07, 0x1f, 0x00}), 6);
	/* half grey: 128 * 31 / 255 = 15.56, 16 of 31 is 132; 128 * 63 / 255 = 31.6, 32 of 63 is 130 */
	frame->pixels[0] = 0x808080;
	panel_levels(panel, frame, shown);
	assert_int_equal(shown->pixels[0], 0x848284);
	frame_unref(frame);
	frame_unref(shown);
	panel_destroy(panel);
}

/* #...#...##
 * .########.   ten wide: each row ends in six bits of padding, which stay as they were */
static void test_mono(void **state)
{
	static const char picture[] = "#...#...##.########.";
	struct panel *panel = make(&(struct panel_spec){.width = 10,
		.height = 2,
		.format = PANEL_MONO1,
		.mono = true,
		.mono_colour = 0xff2000,
		PLAIN});
	struct frame *frame = frame_create(10, 2), *shown = frame_create(10, 2);
	uint8_t wire[4] = {0};
	for (int i = 0; i < 20; i++)
		frame->pixels[i] = picture[i] == '#' ? 0x808080 : 0x7f7f7f;
	assert_int_equal(panel_wire_size(panel), 4);
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[]){0x88, 0xc0, 0x7f, 0x80}), 4);
	panel_levels(panel, frame, shown);
	assert_int_equal(shown->pixels[0], 0xff2000);
	assert_int_equal(shown->pixels[1], 0);
	panel_set_brightness(panel, 0);
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[]){0, 0, 0, 0}), 4);
	frame_unref(frame);
	frame_unref(shown);
	panel_destroy(panel);
}

static void test_mono_map(void **state)
{
	/* two 4x2 modules: bits of both share a byte */
	static const char picture[] = "#..#.##."
				      "....####";
	struct panel *panel = make(&(struct panel_spec){
		.width = 8, .height = 2, .format = PANEL_MONO1, .map = {.module_width = 4}, PLAIN});
	struct frame *frame = frame_create(8, 2);
	uint8_t wire[2] = {0};
	for (int i = 0; i < 16; i++)
		frame->pixels[i] = picture[i] == '#' ? 0xffffff : 0;
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[]){0x90, 0x6f}), 2);
	frame_unref(frame);
	panel_destroy(panel);
}

static void test_dual(void **state)
{
	struct panel_spec spec = {.width = 6, .height = 1, .format = PANEL_DUAL, PLAIN};
	struct panel *panel = make(&spec);
	struct frame *frame = frame_create(6, 1), *shown = frame_create(6, 1);
	static const uint32_t pixels[6] = {0xff0000, 0x00ff00, 0xffffff, 0x0000ff, 0x808080, 0x7f80ff};
	static const uint32_t seen[6] = {0xff0000, 0x00ff00, 0xffff00, 0, 0xffff00, 0x00ff00};
	uint8_t wire[6];
	memcpy(frame->pixels, pixels, sizeof pixels);
	assert_int_equal(panel_wire_size(panel), 6);
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[]){1, 2, 3, 0, 3, 2}), 6);
	panel_levels(panel, frame, shown);
	assert_memory_equal(shown->pixels, seen, sizeof seen);
	panel_set_brightness(panel, 0);
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[6]){0}), 6);
	panel_destroy(panel);

	spec.mono = true; /* amber LEDs on such a controller: by luma, both bits */
	spec.mono_colour = 0xffbf00;
	panel = make(&spec);
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[]){0, 3, 3, 0, 3, 3}), 6);
	panel_destroy(panel);
	frame_unref(frame);
	frame_unref(shown);
}

static void test_levels(void **state)
{
	struct panel *panel = make(&(struct panel_spec){
		.width = 2, .height = 1, .gamma = 2.0, .white = {1.0, 0.5, 0.25}, .threshold = 128});
	struct frame *frame = frame_create(2, 1), *shown = frame_create(2, 1);
	uint8_t wire[6];
	frame->pixels[0] = 0xffffff;
	frame->pixels[1] = 0x808080; /* (128/255)^2 = 0.25197 */
	panel_levels(panel, frame, shown);
	assert_int_equal(shown->pixels[0], 0xff8040);
	assert_int_equal(shown->pixels[1], 0x402010);
	panel_set_brightness(panel, 500);
	panel_levels(panel, frame, shown);
	assert_int_equal(shown->pixels[0], 0x804020);
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[]){0x80, 0x40, 0x20, 0x20, 0x10, 0x08}), 6);
	frame_unref(frame);
	frame_unref(shown);
	panel_destroy(panel);
}

/* LEDs of red and green that are on or off, on a wire of 8 bits; and three bits of each colour */
static void test_depth(void **state)
{
	struct panel_spec spec = {.width = 4, .height = 1, .no_blue = true, .depth = 1, PLAIN};
	struct panel *panel = make(&spec);
	struct frame *frame = frame_create(4, 1), *shown = frame_create(4, 1);
	uint8_t wire[12];
	frame->pixels[0] = 0xffffff, frame->pixels[1] = 0x7f80ff, frame->pixels[2] = 0x0000ff;
	panel_set_brightness(panel, 100); /* cannot be less bright */
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[]){255, 255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0}), 12);
	panel_set_brightness(panel, 0);
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[12]){0}), 12);
	panel_destroy(panel);

	spec = (struct panel_spec){.width = 4, .height = 1, .depth = 3, PLAIN};
	panel = make(&spec);
	frame->pixels[0] = 0xff8011; /* of 7: 7, 3.51, 0.47; 4 of 7 is 145.7 */
	panel_levels(panel, frame, shown);
	assert_int_equal(shown->pixels[0], 0xff9200);
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[]){0xff, 0x92, 0x00}), 3);
	panel_destroy(panel);
	frame_unref(frame);
	frame_unref(shown);
}

static void test_one_colour(void **state)
{
	/* one-colour LEDs on an RGB wire: the wire shows what the preview shows */
	struct panel *panel = make(
		&(struct panel_spec){.width = 2, .height = 1, .mono = true, .mono_colour = 0xff8000, PLAIN});
	struct frame *frame = frame_create(2, 1), *shown = frame_create(2, 1);
	uint8_t wire[6];
	frame->pixels[0] = 0xffffff;
	frame->pixels[1] = 0x00ff00; /* luma 149 */
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[]){255, 128, 0, 149, 75, 0}), 6);
	panel_levels(panel, frame, shown);
	assert_int_equal(shown->pixels[1], 149 << 16 | 75 << 8);
	panel_destroy(panel);

	panel = make(&(struct panel_spec){.width = 2,
		.height = 1,
		.format = PANEL_GREY8,
		.mono = true,
		.mono_colour = 0xff8000,
		PLAIN});
	panel_pack(panel, frame, whole(frame), wire);
	assert_memory_equal(wire, ((uint8_t[]){255, 149}), 2);
	panel_levels(panel, frame, shown);
	assert_int_equal(shown->pixels[0], 0xff8000);
	panel_destroy(panel);
	frame_unref(frame);
	frame_unref(shown);
}

static uint32_t noise(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* 8x4, two rows at once: 16x2 */
static const struct scan_map outdoor = {.width = 8,
	.height = 4,
	.wire_width = 16,
	.wire_height = 2,
	.wire = (const uint32_t[]){8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31, //
		0, 1, 2, 3, 4, 5, 6, 7, 23, 22, 21, 20, 19, 18, 17, 16}};

static struct panel_spec any_spec(uint32_t *seed)
{
	struct panel_spec spec = {.width = 8 * (int)(1 + noise(seed) % 20),
		.height = 8 * (int)(1 + noise(seed) % 6),
		.rotate = 90 * (int)(noise(seed) % 4),
		.format = (enum panel_format)(noise(seed) % 5),
		.order = (enum colour_order)(noise(seed) % 6),
		.mono = noise(seed) % 3 == 0,
		.mono_colour = 0xff3010,
		.gamma = 1.0 + noise(seed) % 20 / 10.0,
		.white = {1, 0.9, 0.8},
		.threshold = (int)(noise(seed) % 256),
		.wire = (enum wire_layout)(noise(seed) % 3),
		.depth = (int)(noise(seed) % 9),
		.no_blue = noise(seed) % 4 == 0,
		.dither = (enum dither)(noise(seed) % 3)};
	if (noise(seed) % 2)
		spec.map = (struct module_map){.module_width = 8,
			.module_height = 4,
			.chain = noise(seed) % 2 ? CHAIN_COLUMNS : CHAIN_ROWS,
			.chain_serpentine = true,
			.flip_alternate = noise(seed) % 2,
			.chain_from_right = noise(seed) % 2,
			.chain_from_bottom = noise(seed) % 2,
			.pixel_columns = noise(seed) % 2,
			.pixel_serpentine = noise(seed) % 2,
			.scan = noise(seed) % 2 ? &outdoor : NULL};
	return spec;
}

/* What the LEDs show is what is on the wire, each pixel where the map says. */
static void test_levels_are_the_wire(void **state)
{
	uint32_t seed = 5;
	for (int round = 0; round < 200; round++) {
		struct panel_spec spec = any_spec(&seed);
		spec.format = PANEL_RGB888;
		spec.order = ORDER_RGB;
		struct panel *panel = make(&spec);
		struct frame *frame = frame_create(spec.width, spec.height);
		struct frame *shown = frame_create(spec.width, spec.height);
		size_t count = (size_t)spec.width * (size_t)spec.height;
		uint32_t *sources = calloc(count, sizeof *sources);
		uint8_t *wire = calloc(1, panel_wire_size(panel));
		for (size_t i = 0; i < count; i++)
			frame->pixels[i] = noise(&seed);
		panel_set_brightness(panel, (int)(noise(&seed) % 1001));
		panel_pack(panel, frame, whole(frame), wire);
		panel_levels(panel, frame, shown);
		panel_wire_sources(panel, sources);
		for (size_t i = 0; i < count; i++) {
			uint32_t on_wire =
				(uint32_t)(wire[3 * i] << 16 | wire[3 * i + 1] << 8 | wire[3 * i + 2]);
			assert_int_equal(on_wire, shown->pixels[sources[i]]);
		}
		free(sources);
		free(wire);
		frame_unref(frame);
		frame_unref(shown);
		panel_destroy(panel);
	}
}

/* What is packed after small changes with only their damage equals what is packed from nothing. */
static void test_damage(void **state)
{
	uint32_t seed = 1;
	for (int round = 0; round < 200; round++) {
		struct panel_spec spec = any_spec(&seed);
		struct panel *panel = make(&spec);
		struct frame *frame = frame_create(spec.width, spec.height);
		size_t size = panel_wire_size(panel);
		uint8_t *kept = calloc(1, size), *fresh = calloc(1, size);

		panel_pack(panel, frame, whole(frame), kept);
		for (int step = 0; step < 5; step++) {
			struct region damage = {0};
			for (unsigned k = 1 + noise(&seed) % 3; k > 0; k--) {
				struct rect r = {(int)(noise(&seed) % (unsigned)spec.width),
					(int)(noise(&seed) % (unsigned)spec.height),
					1 + (int)(noise(&seed) % 30), 1 + (int)(noise(&seed) % 9)};
				region_add(&damage, r);
				frame_fill(frame, r, noise(&seed) & 0xffffff);
			}
			panel_pack(panel, frame, &damage, kept);
			memset(fresh, 0, size);
			panel_pack(panel, frame, whole(frame), fresh);
			assert_memory_equal(kept, fresh, size);
		}
		free(kept);
		free(fresh);
		frame_unref(frame);
		panel_destroy(panel);
	}
}

static const uint8_t permutations[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

/* The kernels that this processor was given, against plain C, at every length and alignment. */
static void test_kernels(void **state)
{
	uint32_t seed = 7, pixels[400];
	uint8_t noises[400];
	for (int i = 0; i < 400; i++)
		pixels[i] = noise(&seed) << 8 ^ noise(&seed), noises[i] = (uint8_t)noise(&seed);
	for (int round = 0; round < 60; round++) {
		struct levels levels = {.mono = round % 3 == 0, .least_luma = (int)(noise(&seed) % 257)};
		for (int k = 0; k < 3; k++)
			levels.source[k] = permutations[round % 6][k];
		for (int v = 0; v < 256; v++)
			for (int k = 0; k < 3; k++) {
				levels.bytes[k][v] = (uint8_t)noise(&seed);
				levels.spread[levels.source[k]][v] = (uint32_t)levels.bytes[k][v] << 8 * k;
				levels.fraction[k][v] = levels.bytes[k][v] == 255 ? 0 : (uint8_t)noise(&seed);
				levels.exact[levels.source[k]][v] =
					(uint16_t)(levels.bytes[k][v] << 8 | levels.fraction[k][v]);
				levels.shift[levels.source[k]] = (uint8_t)(8 * k);
			}
		for (int v = 0; v < 256; v++)
			levels.expand[v] = (uint8_t)v;
		levels.dark = round % 7 == 0;
		pack_choose(&levels);
		for (size_t count = 0; count < 200; count += 1 + noise(&seed) % 3) {
			uint8_t plain[600], chosen[600];
			size_t from = noise(&seed) % 200;
			memset(plain, 0xa5, sizeof plain);
			memset(chosen, 0xa5, sizeof chosen);
			pack_rgb888_plain(&levels, pixels + from, count, plain);
			levels.pack_rgb888(&levels, pixels + from, count, chosen);
			assert_memory_equal(plain, chosen, sizeof plain);
			pack_mono_plain(&levels, pixels + from % 8, count / 8 * 2, plain);
			levels.pack_mono(&levels, pixels + from % 8, count / 8 * 2, chosen);
			assert_memory_equal(plain, chosen, sizeof plain);
			pack_rgb888_dithered_plain(&levels, pixels + from, noises + from, count, plain);
			levels.pack_rgb888_dithered(&levels, pixels + from, noises + from, count, chosen);
			assert_memory_equal(plain, chosen, sizeof plain);
			pack_mono_dithered_plain(&levels, pixels + from, noises + from, count / 8, plain);
			levels.pack_mono_dithered(&levels, pixels + from, noises + from, count / 8, chosen);
			assert_memory_equal(plain, chosen, sizeof plain);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colour_order),
		cmocka_unit_test(test_rgb565),
		cmocka_unit_test(test_mono),
		cmocka_unit_test(test_mono_map),
		cmocka_unit_test(test_dual),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_one_colour),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_levels_are_the_wire),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_kernels),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
