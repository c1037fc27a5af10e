/* The panel pipeline against drawings: each letter is a pixel of the composed frame, and the expected text is the order
 * in which the letters come down the wire. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frame/panel.h"
#include "frame/panel_pack.h"

#define PLAIN .gamma = 1.0, .white = {1, 1, 1}, .threshold = 128

static struct panel *make(const struct panel_spec *spec)
{
	struct panel *panel = NULL;
	const char *why = "";
	if (panel_create(spec, &panel, &why) != 0)
		fail_msg("panel refused: %s", why);
	return panel;
}

static const struct region *whole(const struct frame *frame)
{
	static struct region all;
	region_clear(&all);
	region_add(&all, (struct rect){0, 0, frame->width, frame->height});
	return &all;
}

static struct frame *draw(int width, int height, const char *letters)
{
	struct frame *frame = frame_create(width, height);
	assert_int_equal(strlen(letters), width * height);
	for (int i = 0; letters[i]; i++)
		frame->pixels[i] = 0x010000u * (uint8_t)letters[i] + 0x80u + (unsigned)i;
	return frame;
}

struct drawing {
	const char *what;
	int width, height;
	const char *picture; /* rows one after the other */
	int rotate;
	struct module_map map;
	int wire_width, wire_height;
	const char *wire;
};

/* Of a module of 4x2, as of outdoor modules that light two rows at once: the lower row goes first.
 *   2 3 6 7
 *   0 1 4 5 */
static const struct scan_map lower_first = {.width = 4,
	.height = 2,
	.wire_width = 8,
	.wire_height = 1,
	.wire = (const uint32_t[]){2, 3, 6, 7, 0, 1, 4, 5}};

/* clang-format off */
static const struct drawing drawings[] = {
	{"rows, as they are", 3, 2, "abc" "def", 0, {0}, 3, 2, "abcdef"},
	/* clockwise: the left column, bottom up, becomes the top row */
	{"90", 3, 2, "abc" "def", 90, {0}, 2, 3, "da" "eb" "fc"},
	{"180", 3, 2, "abc" "def", 180, {0}, 3, 2, "fed" "cba"},
	{"270", 3, 2, "abc" "def", 270, {0}, 2, 3, "cf" "be" "ad"},
	{"serpentine rows", 3, 3, "abc" "def" "ghi", 0, {.pixel_serpentine = true}, 3, 3, "abc" "fed" "ghi"},
	{"columns", 3, 2, "abc" "def", 0, {.pixel_columns = true}, 3, 2, "ad" "be" "cf"},
	{"serpentine columns", 3, 2, "abc" "def", 0, {.pixel_columns = true, .pixel_serpentine = true}, 3, 2,
		"ad" "eb" "cf"},
	/*  +--+--+
	 *  |ab|cd|
	 *  |ef|gh|
	 *  +--+--+
	 *  |ij|kl|
	 *  |mn|op|
	 *  +--+--+ */
	{"four cabinets in rows", 4, 4, "abcd" "efgh" "ijkl" "mnop", 0,
		{.module_width = 2, .module_height = 2}, 4, 4, "abef" "cdgh" "ijmn" "klop"},
	{"cabinets down columns", 4, 4, "abcd" "efgh" "ijkl" "mnop", 0,
		{.module_width = 2, .module_height = 2, .chain = CHAIN_COLUMNS}, 4, 4,
		"abef" "ijmn" "cdgh" "klop"},
	{"chain in serpentine", 4, 4, "abcd" "efgh" "ijkl" "mnop", 0,
		{.module_width = 2, .module_height = 2, .chain_serpentine = true}, 4, 4,
		"abef" "cdgh" "klop" "ijmn"},
	{"chain in serpentine, the way back upside down", 4, 4, "abcd" "efgh" "ijkl" "mnop", 0,
		{.module_width = 2, .module_height = 2, .chain_serpentine = true, .flip_alternate = true}, 4, 4,
		"abef" "cdgh" "polk" "nmji"},
	{"from the bottom right", 4, 4, "abcd" "efgh" "ijkl" "mnop", 0,
		{.module_width = 2, .module_height = 2, .chain_from_right = true, .chain_from_bottom = true}, 4, 4,
		"klop" "ijmn" "cdgh" "abef"},
	{"columns from the right, serpentine", 4, 4, "abcd" "efgh" "ijkl" "mnop", 0,
		{.module_width = 2, .module_height = 2, .chain = CHAIN_COLUMNS, .chain_from_right = true,
			.chain_serpentine = true}, 4, 4, "cdgh" "klop" "ijmn" "abef"},
	{"columns from the bottom", 4, 4, "abcd" "efgh" "ijkl" "mnop", 0,
		{.module_width = 2, .module_height = 2, .chain = CHAIN_COLUMNS, .chain_from_bottom = true}, 4, 4,
		"ijmn" "abef" "klop" "cdgh"},
	{"serpentine pixels in cabinets", 4, 2, "abcd" "efgh", 0,
		{.module_width = 2, .pixel_serpentine = true}, 4, 2, "abfe" "cdhg"},
	{"upside down module with serpentine columns", 2, 4, "ab" "cd" "ef" "gh", 0,
		{.module_width = 2, .module_height = 2, .chain_serpentine = true, .flip_alternate = true,
			.pixel_columns = true, .pixel_serpentine = true}, 2, 4, "acdb" "hfeg"},
	/* upright sign: the frame 3x2 turns to 2x3, whose three rows are three modules */
	{"rotated, then modules", 3, 2, "abc" "def", 90, {.module_height = 1, .chain_serpentine = true,
		.chain_from_bottom = true}, 2, 3, "fc" "eb" "da"},
	{"by count of modules", 4, 2, "abcd" "efgh", 0, {.columns = 2}, 4, 2, "abef" "cdgh"},
	{"rotated half, columns", 3, 2, "abc" "def", 180, {.pixel_columns = true}, 3, 2, "fc" "eb" "da"},
};

struct assembled {
	struct drawing drawing;
	enum wire_layout layout;
	struct cabinet cabinets[2];
	size_t cabinet_count;
};

static const struct assembled assembled[] = {
	{{"a scan map, as a string", 4, 2, "abcd" "efgh", 0, {.scan = &lower_first}, 4, 2, "efab" "ghcd"},
		WIRE_STRING, {{0}}, 0},
	{{"a scan map, a chain for each row", 4, 4, "abcd" "efgh" "ijkl" "mnop", 0, {.scan = &lower_first}, 8, 2,
		"efabghcd" "mnijopkl"}, WIRE_CHAINS, {{0}}, 0},
	{{"a scan map, one chain", 4, 4, "abcd" "efgh" "ijkl" "mnop", 0, {.scan = &lower_first}, 16, 1,
		"efabghcdmnijopkl"}, WIRE_CHAIN, {{0}}, 0},
	/* the second module comes back upside down: p is its left upper corner */
	{{"a chain that comes back upside down", 4, 4, "abcd" "efgh" "ijkl" "mnop", 0,
		{.scan = &lower_first, .chain_serpentine = true, .flip_alternate = true}, 16, 1,
		"efabghcdlkpojinm"}, WIRE_CHAIN, {{0}}, 0},
	{{"a scan map on a board that stands on its side", 2, 4, "ab" "cd" "ef" "gh", 90, {.scan = &lower_first},
		4, 2, "hfge" "dbca"}, WIRE_STRING, {{0}}, 0},
	/* the U of two modules that a card takes for a panel of 8x1 */
	{{"a chain in a U", 4, 2, "abcd" "efgh", 0,
		{.module_height = 1, .chain_serpentine = true, .flip_alternate = true}, 8, 1, "abcdhgfe"},
		WIRE_CHAIN, {{0}}, 0},
	/*  ab|ef   the left cabinet stands upright; the right one is turned clockwise: its own left upper corner is
	 *  cd|gh   at f */
	{{"two cabinets, one turned", 4, 2, "abef" "cdgh", 0, {0}, 4, 2, "abcd" "fheg"}, WIRE_STRING,
		{{0, 0, 2, 2, 0, {0}}, {2, 0, 2, 2, 90, {0}}}, 2},
	{{"the right cabinet first, upside down", 4, 2, "abef" "cdgh", 0, {0}, 4, 2, "hgfe" "abcd"}, WIRE_STRING,
		{{2, 0, 2, 2, 180, {0}}, {0, 0, 2, 2, 0, {0}}}, 2},
	/*  abc|XY   3x2, turned clockwise three times: its left upper corner is at V
	 *  def|ZU
	 *  ghi|VW */
	{{"an upright cabinet beside a turned one of another size", 5, 3, "abcXY" "defZU" "ghiVW", 0, {0}, 5, 3,
		"abcde" "fghiV" "ZXWUY"}, WIRE_STRING, {{0, 0, 3, 3, 0, {0}}, {3, 0, 3, 2, 270, {0}}}, 2},
	{{"cabinets of their own wiring", 4, 2, "abef" "cdgh", 0, {0}, 4, 2, "acbd" "efhg"}, WIRE_STRING,
		{{0, 0, 2, 2, 0, {.pixel_columns = true}}, {2, 0, 2, 2, 0, {.pixel_serpentine = true}}}, 2},
	{{"cabinets in chains", 4, 4, "abcd" "efgh" "ijkl" "mnop", 0, {0}, 8, 2, "abcdefgh" "ijklmnop"}, WIRE_CHAINS,
		{{0, 0, 4, 2, 0, {.chain = CHAIN_COLUMNS, .module_height = 1}},
			{0, 2, 4, 2, 0, {.chain = CHAIN_COLUMNS, .module_height = 1}}}, 2},
};
/* clang-format on */

static void check_drawing(const struct drawing *d, struct panel_spec spec)
{
	spec.width = d->width;
	spec.height = d->height;
	spec.rotate = d->rotate;
	spec.map = d->map;
	struct panel *panel = make(&spec);
	struct frame *frame = draw(d->width, d->height, d->picture);
	uint8_t wire[3 * 16];
	char letters[17] = {0};
	uint32_t sources[16];
	int width, height;

	panel_wire_shape(panel, &width, &height);
	assert_int_equal(width, d->wire_width);
	assert_int_equal(height, d->wire_height);
	panel_spec_shape(&spec, &width, &height);
	assert_true(width == d->wire_width && height == d->wire_height);
	assert_int_equal(panel_wire_size(panel), 3 * strlen(d->wire));
	panel_pack(panel, frame, whole(frame), wire);
	for (size_t k = 0; k < strlen(d->wire); k++)
		letters[k] = (char)wire[3 * k];
	if (strcmp(letters, d->wire) != 0)
		fail_msg("%s: on the wire %s, drawn %s", d->what, letters, d->wire);
	panel_wire_sources(panel, sources);
	for (size_t k = 0; k < strlen(d->wire); k++)
		assert_int_equal(d->picture[sources[k]], d->wire[k]);
	frame_unref(frame);
	panel_destroy(panel);
}

static void test_maps(void **state)
{
	for (size_t i = 0; i < sizeof drawings / sizeof *drawings; i++)
		check_drawing(&drawings[i], (struct panel_spec){PLAIN});
}

static void test_assembled(void **state)
{
	for (size_t i = 0; i < sizeof assembled / sizeof *assembled; i++) {
		const struct assembled *a = &assembled[i];
		check_drawing(
			&a->drawing, (struct panel_spec){.cabinets = a->cabinet_count ? a->cabinets : NULL,
					     .cabinet_count = a->cabinet_count,
					     .wire = a->layout,
					     PLAIN});
	}
}

static void test_refused_maps(void **state)
{
	const struct scan_map twice = {
		.width = 2, .height = 1, .wire_width = 2, .wire_height = 1, .wire = (const uint32_t[]){1, 1}};
	const struct scan_map beyond = {
		.width = 2, .height = 1, .wire_width = 2, .wire_height = 1, .wire = (const uint32_t[]){0, 2}};
	static const struct cabinet outside[] = {{2, 0, 2, 3, 0, {0}}},
				    turned_out[] = {{1, 0, 2, 4, 90, {0}}}, gap[] = {{0, 0, 2, 2, 0, {0}}},
				    askew[] = {{0, 0, 4, 2, 45, {0}}},
				    overlap[] = {{0, 0, 2, 2, 0, {0}}, {1, 0, 2, 2, 0, {0}}},
				    uneven[] = {{0, 0, 3, 2, 0, {0}}, {3, 0, 1, 2, 0, {0}}},
				    heights[] = {
					    {0, 0, 3, 2, 0, {0}}, {3, 0, 1, 2, 0, {.pixel_columns = true}}};
	const struct panel_spec bad[] = {
		{.width = 5, .height = 2, .map = {.module_width = 2}, PLAIN},
		{.width = 4, .height = 3, .map = {.module_height = 2}, PLAIN},
		{.width = 4, .height = 2, .map = {.module_width = 2, .columns = 3}, PLAIN},
		{.width = 4, .height = 2, .map = {.columns = 5}, PLAIN},
		{.width = 4, .height = 2, .map = {.module_width = -4}, PLAIN},
		{.width = 4, .height = 2, .map = {.flip_alternate = true}, PLAIN},
		{.width = 4, .height = 2, .rotate = 45, PLAIN},
		{.width = 0, .height = 2, PLAIN},
		{.width = 4, .height = 2, .gamma = 0.5, .white = {1, 1, 1}},
		{.width = 4, .height = 2, .gamma = NAN, .white = {1, 1, 1}},
		{.width = 4, .height = 2, .gamma = 1, .white = {1, 2, 1}},
		{.width = 4, .height = 2, .map = {.scan = &twice}, PLAIN},
		{.width = 4, .height = 2, .map = {.scan = &beyond}, PLAIN},
		{.width = 4,
			.height = 2,
			.map = {.module_width = 4, .scan = &lower_first},
			.dither = 7,
			PLAIN},
		{.width = 4, .height = 2, .map = {.module_width = 2, .scan = &lower_first}, PLAIN},
		{.width = 4, .height = 2, .cabinets = outside, .cabinet_count = 1, PLAIN},
		{.width = 4, .height = 2, .cabinets = turned_out, .cabinet_count = 1, PLAIN},
		{.width = 4, .height = 2, .cabinets = gap, .cabinet_count = 1, PLAIN},
		{.width = 4, .height = 2, .cabinets = askew, .cabinet_count = 1, PLAIN},
		{.width = 4, .height = 2, .cabinets = overlap, .cabinet_count = 2, PLAIN},
		{.width = 4, .height = 2, .cabinets = uneven, .cabinet_count = 2, .wire = WIRE_CHAINS, PLAIN},
		{.width = 4, .height = 2, .cabinets = heights, .cabinet_count = 2, .wire = WIRE_CHAIN, PLAIN},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct panel *panel = NULL;
		const char *why = NULL;
		assert_true(panel_create(&bad[i], &panel, &why) < 0);
		assert_null(panel);
		assert_non_null(why);
	}
}

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
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_assembled),
		cmocka_unit_test(test_refused_maps),
		cmocka_unit_test(test_colour_order),
		cmocka_unit_test(test_rgb565),
		cmocka_unit_test(test_mono),
		cmocka_unit_test(test_mono_map),
		cmocka_unit_test(test_dual),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_one_colour),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_dither_of_two_levels),
		cmocka_unit_test(test_dither_keeps_the_mean),
		cmocka_unit_test(test_blue_noise),
		cmocka_unit_test(test_levels_are_the_wire),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_kernels),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
