/* The panel pipeline against drawings: each letter is a pixel of the composed frame, and the expected text is the order
 * in which the letters come down the wire. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "panel_fixture.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_assembled),
		cmocka_unit_test(test_refused_maps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
