/* The load gate: for each rule what is right passes, and what is wrong is told at its place with its number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/note.h"
#include "show/judge.h"
#include "show/show.h"

/* fontconfig keeps what it has parsed for good */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

/* --- arithmetic */

static void test_height(void **state)
{
	assert_int_equal(legible_pixels(10, 10), 5); /* 44 mm */
	assert_int_equal(legible_pixels(10, 50), 22);
	assert_int_equal(legible_pixels(4.4, 3), 3); /* exactly */
	assert_int_equal(legible_pixels(0, 10), 0);
	assert_int_equal(legible_pixels(10, 0), 0);
	assert_float_equal(legible_distance(10, 22), 50, 1e-9);
}

/* Ratios of WCAG's own examples: black and white, and greys of which #767676 is the last that passes on white. */
static void test_contrast(void **state)
{
	assert_float_equal(legible_contrast(0, 0xffffff), 21, 1e-9);
	assert_float_equal(legible_contrast(0xffffff, 0), 21, 1e-9);
	assert_float_equal(legible_contrast(0x123456, 0x123456), 1, 1e-9);
	assert_true(legible_contrast(0x767676, 0xffffff) >= 4.5);
	assert_true(legible_contrast(0x777777, 0xffffff) < 4.5);
	assert_float_equal(legible_contrast(0xff0000, 0), 5.252, 1e-3);
	assert_float_equal(legible_contrast(0x0000ff, 0), 2.444, 1e-3);
}

static void test_panel_colours(void **state)
{
	struct panel_spec panel = {.format = PANEL_MONO1, .threshold = 128};
	assert_int_equal(legible_on_panel(&panel, 0xffffff), 0xffffff);
	assert_int_equal(legible_on_panel(&panel, 0x0000ff), 0); /* blue has little luma */
	panel.format = PANEL_DUAL;
	assert_int_equal(legible_on_panel(&panel, 0xffbf00), 0xffff00);
	assert_int_equal(legible_on_panel(&panel, 0xff4000), 0xff0000);
	assert_int_equal(legible_on_panel(&panel, 0x0000ff), 0);
	panel = (struct panel_spec){.format = PANEL_RGB888, .mono = true};
	assert_int_equal(legible_on_panel(&panel, 0x808080), 0x808080);
	panel.mono = false;
	assert_int_equal(legible_on_panel(&panel, 0x123456), 0x123456);
}

static double flashes_of(const double *luminance, size_t count, int64_t each)
{
	struct luminance_at samples[64];
	for (size_t i = 0; i < count; i++)
		samples[i] = (struct luminance_at){(int64_t)i * each, luminance[i]};
	return legible_flashes(samples, count);
}

static void test_flashes(void **state)
{
	double blink[20], dim[20], fade[20], bright[20];
	for (int i = 0; i < 20; i++) {
		blink[i] = i % 2;
		dim[i] = i % 2 ? 0.09 : 0;
		bright[i] = i % 2 ? 1 : 0.85;
		fade[i] = i / 20.0;
	}
	assert_float_equal(flashes_of(blink, 20, NS_PER_SEC / 6 + 1), 3, 0); /* three pairs a second */
	assert_float_equal(flashes_of(blink, 20, NS_PER_SEC / 8), 4, 0);
	assert_float_equal(flashes_of(blink, 20, 2 * NS_PER_SEC), 0.5, 0);
	assert_float_equal(flashes_of(dim, 20, NS_PER_SEC / 10), 0, 0);	   /* less than a tenth */
	assert_float_equal(flashes_of(bright, 20, NS_PER_SEC / 10), 0, 0); /* never dark */
	assert_float_equal(flashes_of(fade, 20, NS_PER_SEC / 20), 0.5, 0); /* one change, slowly */
	assert_float_equal(flashes_of(blink, 0, 1), 0, 0);
	static const int64_t quick[] = {100 * NS_PER_MS, 100 * NS_PER_MS}, calm[] = {NS_PER_SEC, NS_PER_SEC};
	static const double light[] = {0, 1}, same[] = {0.5, 0.5};
	assert_true(judge_sequence(light, quick, 2));
	assert_false(judge_sequence(light, calm, 2));
	assert_false(judge_sequence(same, quick, 2));
	assert_false(judge_sequence(light, quick, 1));
}

/* --- the pages */

static void test_pages(void **state)
{
	int last = 0;
	size_t count = 0;
	const struct note_page *page;
	for (; (page = note_page_at(count)) != NULL; count++) {
		char name[NOTE_NAME_SIZE];
		note_name(page->note, name);
		assert_true((int)page->note > last);
		last = (int)page->note;
		assert_ptr_equal(note_page(page->note), page);
		assert_ptr_equal(note_page_named(name), page);
		assert_true(strlen(page->title) > 5 && strlen(page->text) > 100);
	}
	assert_int_equal(count, 22);
	assert_non_null(note_page_named("b013"));
	assert_non_null(note_page_named("[B013]"));
	static const char *const none[] = {
		"", "B", "B13", "B0013", "B999", "013", "[B013", "B013]", "C013", "B-13"};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_null(note_page_named(none[i]));
}

static void test_json(void **state)
{
	struct diag_list diags;
	char *text = NULL;
	size_t size;
	diag_init(&diags);
	diag_note(&diags, NOTE_FAINT, (struct location){"a.yaml", 3, 5}, "%s", "faint");
	diag_error(&diags, (struct location){"a.yaml", 4, 5}, "other");
	FILE *to = open_memstream(&text, &size);
	diag_print_json(&diags, to);
	diag_print(&diags, to);
	fclose(to);
	assert_non_null(
		strstr(text, "\"severity\": \"warning\", \"message\": \"faint\", \"note\": \"B030\"}"));
	assert_non_null(strstr(text, "\"message\": \"other\"}"));
	assert_non_null(strstr(text, "a.yaml:3:5: warning: faint [B030]\na.yaml:4:5: error: other\n"));
	assert_int_equal(diags.errors, 1);
	free(text);
	diag_finish(&diags);
}

/* --- the rules, on displays */

static const char site_text[] =
	"site = { name = \"Thử\"; timezone = \"Asia/Ho_Chi_Minh\"; units = ({ name = \"u\"; });\n"
	"  state-directory = \"/nonexistent\"; socket = \"/nonexistent/s\"; };\n"
	"displays = (\n"
	"{ name = \"led\"; size = \"128x32\"; pitch = 10.0; viewing-distance = 20.0; colours = \"rgb\";\n"
	"  driver = { name = \"null\"; }; },\n"
	"{ name = \"far\"; size = \"128x32\"; pitch = 10.0; viewing-distance = 200.0; colours = \"rgb\";\n"
	"  driver = { name = \"null\"; }; },\n"
	"{ name = \"mono\"; size = \"128x16\"; colours = \"mono-red\"; driver = { name = \"null\"; }; },\n"
	"{ name = \"screen\"; size = \"640x400\"; background = \"#003366\"; driver = { name = \"null\"; }; "
	"}\n"
	");\n";

static struct site *site;
static struct fonts *fonts;

static int set_up(void **state)
{
	struct diag_list diags;
	diag_init(&diags);
	site = site_parse("site.conf", site_text, strlen(site_text), "/", &diags);
	diag_print(&diags, stderr);
	diag_finish(&diags);
	return site && fonts_create(NULL, &fonts) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	site_destroy(site);
	fonts_destroy(fonts);
	return 0;
}

/* Everything that is told of such a playlist file, as "line:column B000 " each. */
static char *judge(const char *display, const char *styles, const char *message, const char *item)
{
	char *yaml =
		xasprintf("bangtin: 1\nunit: u\nstyles:\n  s: {%s}\n\nmessages:\n  m:\n    style: s\n    %s\n"
			  "playlists:\n  p:\n    - {show: m%s}\nschedule:\n  - {play: p, on: %s}\n",
			styles, message, item, display);
	const struct source_file file = {.unit = "u", .name = "u/a.yaml", .data = yaml, .size = strlen(yaml)};
	struct diag_list diags;
	diag_init(&diags);
	struct catalogue *catalogue = catalogue_build(site, &file, 1, &diags);
	if (!catalogue || diags.count > 0)
		fail_msg("%s\n%s", yaml, diag_text(&diags));
	struct scene_store *store = scene_store_create(fonts);
	struct show *show = show_create(site, site_display(site, display), catalogue, NULL, 0, fonts, store);
	show_check(show, 0, &diags);
	diag_sort(&diags);
	char *found = xstrdup("");
	for (size_t i = 0; i < diags.count; i++) {
		char name[NOTE_NAME_SIZE], *longer;
		note_name((enum note)diags.items[i].note, name);
		longer = xasprintf(
			"%s%d:%d %s ", found, diags.items[i].where.line, diags.items[i].where.column, name);
		free(found);
		found = longer;
	}
	show_destroy(show);
	scene_store_destroy(store);
	catalogue_unref(catalogue);
	diag_finish(&diags);
	free(yaml);
	return found;
}

/* Lines of the file: style 5, message's text 9, item 12. */
static const struct rule {
	const char *display, *style, *message, *item, *expected;
} rules[] = {
	{"led", "bold: false", "text: Một cửa", "", ""},
	{"led", "bold: false", "text: Một cửa 漢", "", "9:11 B001 "},
	{"led", "size: 8", "text: Một cửa", "", "9:11 B010 "},
	{"led", "bold: false", "text: dichvucong.longan.gov.vn.example.vn", "", "9:11 B011 "},
	{"led", "bold: false", "text: dichvucong.longan.gov.vn.example.vn", ", enter: scroll-left", ""},
	/* letters of ten pixels at 20 m are enough, none of this board are at 200 */
	{"led", "size: 16", "text: Một cửa", "", ""},
	{"far", "bold: false", "text: Một cửa", "", "9:11 B013 "},
	/* three syllables take 1.75 s */
	{"led", "bold: false", "text: Nộp hồ sơ", ", for: 1750ms", ""},
	{"led", "bold: false", "text: Nộp hồ sơ", ", for: 1700ms", "12:7 B020 "},
	{"screen", "size: 200, page-time: 2s", "text: Nộp hồ sơ", "", ""},
	{"screen", "size: 90, page-time: 2s",
		"text: Không cung cấp mật khẩu cho bất kỳ ai kể cả người tự xưng là cán bộ công an hoặc nhân "
		"viên ngân hàng",
		"", "9:11 B020 "},
	{"led", "speed: 60", "text: Nộp hồ sơ trực tuyến", ", enter: scroll-left", ""},
	{"led", "speed: 600", "text: Nộp hồ sơ trực tuyến", ", enter: scroll-left", "9:11 B021 "},
	{"led", "speed: 60", "text: Nộp hồ sơ trực tuyến", ", enter: scroll-left, for: 20s", ""},
	{"led", "speed: 60", "text: Nộp hồ sơ trực tuyến", ", enter: scroll-left, for: 3s", "12:7 B022 "},
	{"screen", "size: 200, page-time: 4s", "text: Nộp hồ sơ", ", for: 12s", ""},
	{"screen", "size: 200, page-time: 4s", "text: Nộp hồ sơ", ", for: 5s", "12:7 B022 "},
	{"screen", "colour: white", "text: Nộp hồ sơ", "", ""},
	{"screen", "colour: \"#8f8f8f\"", "text: Nộp hồ sơ", "", ""}, /* 4.3: large letters */
	{"screen", "colour: \"#8f8f8f\", size: 20, font: Noto Sans", "text: Nộp hồ sơ", "", "9:11 B030 "},
	{"screen", "colour: \"#6f6f6f\"", "text: Nộp hồ sơ", "", "9:11 B030 "}, /* 2.7 */
	{"screen", "colour: \"#063b6d\"", "text: Nộp hồ sơ", "", "9:11 B031 "},
	{"screen", "bold: true", "text: \"Nộp {#063b6d:hồ sơ}\"", "", "9:11 B031 "},
	{"screen", "bold: true", "text: \"Nộp {yellow:hồ sơ}\"", "", ""},
	{"mono", "bold: false", "text: \"Nộp {#000001:hồ}\"", "", ""}, /* one colour: no other is taken */
	{"mono", "colour: \"#000080\"", "text: Nộp", "", "9:11 B031 "},
	{"mono", "colour: red", "text: Nộp", "", "9:11 B030 "},
};

static void test_rules(void **state)
{
	size_t wrong = 0;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const struct rule *r = &rules[i];
		char *found = judge(r->display, r->style, r->message, r->item);
		wrong += strcmp(found, r->expected) != 0;
		if (strcmp(found, r->expected) != 0)
			print_error("%s %s %s on %s: expected %s, found %s\n", r->style, r->message, r->item,
				r->display, r->expected, found);
		free(found);
	}
	assert_int_equal(wrong, 0);
}

/* White and black pages after each other, faster and slower. */
static void check_playlist(const char *length, bool flashes)
{
	char *yaml =
		xasprintf("bangtin: 1\nunit: u\nstyles:\n  w: {background: white, colour: black}\n"
			  "  b: {background: black, colour: white}\nmessages:\n  a: {text: A, style: w}\n"
			  "  b: {text: B, style: b}\nplaylists:\n  p:\n    - {show: a, for: %s}\n    - "
			  "{show: b, for: %s}\n"
			  "schedule:\n  - {play: p, on: screen}\n",
			length, length);
	const struct source_file file = {.unit = "u", .name = "u/a.yaml", .data = yaml, .size = strlen(yaml)};
	struct diag_list diags;
	diag_init(&diags);
	struct catalogue *catalogue = catalogue_build(site, &file, 1, &diags);
	assert_non_null(catalogue);
	struct scene_store *store = scene_store_create(fonts);
	struct show *show = show_create(site, site_display(site, "screen"), catalogue, NULL, 0, fonts, store);
	show_check(show, 0, &diags);
	bool found = false;
	for (size_t i = 0; i < diags.count; i++)
		if (diags.items[i].note == NOTE_FLASHES) {
			found = true;
			assert_int_equal(diags.items[i].where.line, 10);
			assert_int_equal(diags.items[i].where.column, 3);
			assert_int_equal(diags.items[i].severity, DIAG_ERROR);
		}
	assert_int_equal(found, flashes);
	show_destroy(show);
	scene_store_destroy(store);
	catalogue_unref(catalogue);
	diag_finish(&diags);
	free(yaml);
}

static void test_flashing_playlist(void **state)
{
	check_playlist("100ms", true);
	check_playlist("400ms", false);
	check_playlist("5s", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_height),
		cmocka_unit_test(test_contrast),
		cmocka_unit_test(test_panel_colours),
		cmocka_unit_test(test_flashes),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_flashing_playlist),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
