/* Map files, and displays wired as the configuration says, against drawings made by hand (tests/maps). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "site/scan_file.h"
#include "site/site.h"

#define MAPS "tests/maps/"

static void read_text(const char *path, char **ret_text)
{
	size_t size;
	assert_int_equal(file_read(path, 1 << 20, ret_text, &size), 0);
}

static void check_clean(const struct diag_list *diags)
{
	if (diags->count > 0) {
		char *text = diag_text(diags);
		print_error("%s", text);
		free(text);
		fail();
	}
}

/* The numbers of a drawing; exactly count. */
static uint32_t *read_drawing(const char *text, size_t count)
{
	uint32_t *places = xcalloc(count, sizeof *places);
	char *end;
	for (size_t i = 0; i < count; i++, text = end) {
		places[i] = (uint32_t)strtoul(text, &end, 10);
		assert_true(end != text);
	}
	assert_int_equal(text[strspn(text, " \n")], 0);
	return places;
}

/* --- the maps that come with bangtin */

static void test_shipped(void **state)
{
	static const char *const drawn[] = {"p10-16x16-s4", "p10-32x16-s4-hub12", "p8-40x20-s5"};
	struct arena arena;
	struct diag_list diags;
	arena_init(&arena);
	diag_init(&diags);
	for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
		const struct scan_file *file =
			scan_file_read(drawn[i], "/nowhere", (struct location){"test", 1, 1}, &arena, &diags);
		check_clean(&diags);
		assert_non_null(file);
		size_t count = (size_t)file->map.width * (size_t)file->map.height;
		char *path = xasprintf(MAPS "%s.txt", drawn[i]), *text = NULL;
		read_text(path, &text);
		uint32_t *places = read_drawing(text, count);
		assert_memory_equal(file->map.wire, places, count * sizeof *places);
		free(places);
		free(text);
		free(path);
	}
	arena_finish(&arena);
	diag_finish(&diags);
}

/* Every one of them makes a panel of 2x2 modules; and of rows lit in n turns, n rows of places a data line. */
static void test_all_shipped(void **state)
{
	struct arena arena;
	struct diag_list diags;
	const char *const *names;
	arena_init(&arena);
	diag_init(&diags);
	size_t count = scan_file_names(&arena, &names);
	assert_true(count >= 10);
	for (size_t i = 0; i < count; i++) {
		const struct scan_file *file =
			scan_file_read(names[i], ".", (struct location){"test", 1, 1}, &arena, &diags);
		check_clean(&diags);
		assert_true(file->title[0] != '\0' && file->scan > 1);
		assert_int_equal(file->map.wire_height % file->scan, 0);
		struct panel_spec spec = {.width = 2 * file->map.width,
			.height = 2 * file->map.height,
			.gamma = 1,
			.white = {1, 1, 1},
			.map = {.scan = &file->map},
			.wire = WIRE_CHAINS};
		struct panel *panel;
		const char *why;
		int width, height;
		if (panel_create(&spec, &panel, &why) != 0)
			fail_msg("%s: %s", names[i], why);
		panel_wire_shape(panel, &width, &height);
		assert_int_equal(width, 2 * file->map.wire_width);
		assert_int_equal(height, 2 * file->map.wire_height);
		panel_destroy(panel);
	}
	arena_finish(&arena);
	diag_finish(&diags);
}

/* --- whole displays */

static struct site *parse_display(const char *keys, size_t size, struct diag_list *diags)
{
	char *text =
		xasprintf("site = { name = \"x\"; timezone = \"Asia/Ho_Chi_Minh\"; units = ( \"a\" ); };\n"
			  "displays = ( { name = \"d\"; driver = { name = \"null\"; };\n%.*s} );\n",
			(int)size, keys);
	struct site *site = site_parse("test.conf", text, strlen(text), MAPS, diags);
	free(text);
	return site;
}

static void check_display(const char *name)
{
	char *path = xasprintf(MAPS "%s.txt", name), *text = NULL;
	read_text(path, &text);
	const char *drawing = strstr(text, "\n\n");
	struct diag_list diags;
	diag_init(&diags);
	struct site *site = parse_display(text, (size_t)(drawing + 1 - text), &diags);
	check_clean(&diags);
	const struct display *display = &site->displays[0];
	size_t count = (size_t)display->width * (size_t)display->height;
	uint32_t *places = read_drawing(drawing, count), *sources = xcalloc(count, sizeof *sources);
	struct panel *panel;
	const char *why;
	assert_int_equal(panel_create(&display->panel, &panel, &why), 0);
	panel_wire_sources(panel, sources);
	for (size_t i = 0; i < count; i++)
		if (sources[places[i]] != i)
			fail_msg("%s: pixel %zu is drawn at place %u, where the wire has pixel %u", name, i,
				places[i], sources[places[i]]);
	panel_destroy(panel);
	free(sources);
	free(places);
	site_destroy(site);
	diag_finish(&diags);
	free(text);
	free(path);
}

static void test_displays(void **state)
{
	check_display("display-four-cabinets");
	check_display("display-turned-cabinet");
	check_display("display-scan-in-cabinets");
}

/* --- what is wrong, where, and what to write */

#define HEAD "bangtin-map 1\nmodule 4x2\nwire 8x1\npixels\n"

static void test_wrong_files(void **state)
{
	static const struct {
		const char *text, *said;
	} wrong[] = {
		{"", "m:1:1: error: this is no map file; its first line must be `bangtin-map 1`"},
		{"bangtin-map 2\n", "m:1:1: error: this is no map file"},
		{"# x\nbangtin-map 1\nmodul 4x2\npixels\n",
			"m:3:1: error: a map file has no `modul`; write `module`"},
		{"bangtin-map 1\nmodule 4x\npixels\n", "m:2:8: error: this must be a width and a height"},
		{"bangtin-map 1\nmodule 4x2\nscan 4\npixels\n",
			"m:3:6: error: this must be the part of the rows"},
		{"bangtin-map 1\nmodule 4x2\n", "m:2:1: error: the drawing is missing; write `pixels`"},
		{"bangtin-map 1\npixels\n", "m:2:1: error: how large is the module? write `module 32x16`"},
		{"bangtin-map 1\nmodule 4x2\nwire 8x2\npixels\n",
			"m:4:1: error: the module has 8 pixels, but its wire"},
		{HEAD "0 1 2 x\n",
			"m:5:7: error: `x` is no place of the wire; write a number, or a row of them"},
		{HEAD "0 1 2 3\n4 5 6 8\n",
			"m:6:7: error: 8 is no place of the wire: they count from 0 to 7"},
		{HEAD "0 1 2 3\n4 5 1 7\n",
			"m:6:5: error: place 1 of the wire is given twice; the first is in 5:3"},
		{HEAD "0..2  # short\n", "m:5:5: error: this row has 3 pixels; the module is 4 wide"},
		{HEAD "0..2 3 4\n", "m:5:8: error: this row is longer than the module"},
		{HEAD "0..3\n\n", "m:6:1: error: the drawing ends after 1 rows; the module is 2 pixels high"},
		{HEAD "0..3\n4..7\n5\n", "m:7:1: error: this is one row too many"},
		{HEAD "0..3\n4..9999999\n", "m:6:1: error: `4..9999999` is no place"},
		{"bangtin-map 1\ntitle \xff\n", "m:2: error: it is not UTF-8"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct arena arena;
		struct diag_list diags;
		arena_init(&arena);
		diag_init(&diags);
		assert_null(scan_file_parse("m", wrong[i].text, strlen(wrong[i].text), &arena, &diags));
		char *text = diag_text(&diags);
		if (strncmp(text, wrong[i].said, strlen(wrong[i].said)) != 0)
			fail_msg("wanted: %s\nsaid: %s", wrong[i].said, text);
		free(text);
		diag_finish(&diags);
		arena_finish(&arena);
	}
}

static void test_wrong_displays(void **state)
{
	static const struct {
		const char *keys, *said;
	} wrong[] = {
		{"size = \"32x16\"; map = { scan = \"p10-32x16-hub12\"; };",
			"test.conf:3:32: error: there is no map "},
		{"size = \"32x16\"; map = { scan = \"./none.map\"; };",
			"test.conf:3:32: error: the map file " MAPS},
		{"size = \"32x16\"; map = { module = \"16x16\"; scan = \"p10-32x16-s2\"; };",
			"test.conf:3:50: error: the map `p10-32x16-s2` is of modules of 32x16; leave "
			"`module` out"},
		{"size = \"32x16\"; map = { pixel-columns = true; scan = \"p10-32x16-s2\"; };",
			"test.conf:3:54: error: `scan` says where each pixel of a module goes"},
		{"size = \"8x2\";\nmap = { cabinets = (\n{ at = \"0,0\"; size = \"4x2\"; },\n"
		 "{ at = \"3,0\"; size = \"4x2\"; } ); };",
			"test.conf:6:1: error: this cabinet overlaps the one in line 5 at 3,0"},
		{"size = \"8x2\";\nmap = { cabinets = (\n{ at = \"5,0\"; size = \"4x2\"; } ); };",
			"test.conf:5:1: error: this cabinet reaches to 9,2; the panel, after `rotate`, is "
			"8x2"},
		{"size = \"8x2\";\nmap = { cabinets = (\n{ at = \"4,0\"; size = \"4x2\"; } ); };",
			"test.conf:4:20: error: the cabinets have 8 pixels together, the panel has 16"},
		{"size = \"8x2\"; map = { cabinets = { size = \"3x2\"; }; };",
			"test.conf:3:34: error: 2 x 1 cabinets of 3x2 do not make up the panel"},
		{"size = \"8x2\"; map = { cabinets = ( { at = \"a\"; size = \"8x2\"; } ); };",
			"test.conf:3:43: error: `at`: `a` is not understood; write"},
		{"size = \"8x2\"; depth = 9;",
			"test.conf:3:23: error: `depth` is 9; it must be a whole number from 1 to 8"},
		{"size = \"8x2\"; dither = \"random\";", "test.conf:3:24: error: `dither`"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct diag_list diags;
		diag_init(&diags);
		assert_null(parse_display(wrong[i].keys, strlen(wrong[i].keys), &diags));
		char *text = diag_text(&diags);
		if (strncmp(text, wrong[i].said, strlen(wrong[i].said)) != 0)
			fail_msg("wanted: %s\nsaid: %s", wrong[i].said, text);
		free(text);
		diag_finish(&diags);
	}
}

int main(void)
{
	setenv("BANGTIN_MAPS", "drivers/maps", 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_all_shipped),
		cmocka_unit_test(test_displays),
		cmocka_unit_test(test_wrong_files),
		cmocka_unit_test(test_wrong_displays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
