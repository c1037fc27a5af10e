/* Letters on boards: nothing clipped, nothing missing, no two alike; pages, tickers, short forms; and pictures kept as
 * files (tests/golden). BANGTIN_GOLDEN=update writes them anew: then look at them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/time.h"
#include "render/render.h"

static const char letters[] = "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
			      "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ";
#define LETTERS 134

static struct fonts *fonts;

static int set_up(void **state)
{
	(void)state;
	return fonts_create(NULL, &fonts);
}

static int tear_down(void **state)
{
	(void)state;
	fonts_destroy(fonts);
	return 0;
}

/* --- drawing a text in a style */

struct drawing {
	int width, height;
	int size; /* of the style; 0: chosen */
	bool mono;
	enum motion motion;
	enum align valign;
	const char *const *shorts;
	size_t short_count;
};

/* A trial tells the same as what is painted. */
static void check_trial(const struct face *face, const struct item *item, const struct scene *scene,
	unsigned faults, uint32_t missing)
{
	struct render_notes notes = {NULL, 0, 0};
	struct scene *tried = scene_try(fonts, face, item, &notes);
	struct reading reading, tried_reading;
	scene_reading(scene, &reading);
	scene_reading(tried, &tried_reading);
	assert_int_equal(notes.count, faults ? 1 : 0);
	assert_int_equal(notes.count ? notes.items[0].faults : 0, faults);
	assert_int_equal(notes.count ? notes.items[0].missing : 0, missing);
	assert_true(reading.capital == tried_reading.capital && reading.line == tried_reading.line &&
		    reading.syllables == tried_reading.syllables &&
		    reading.fullest == tried_reading.fullest && reading.motion == tried_reading.motion &&
		    reading.pages == tried_reading.pages && reading.strip == tried_reading.strip &&
		    reading.speed == tried_reading.speed);
	assert_true(scene_natural_length(scene) == scene_natural_length(tried));
	assert_true(scene_next_change(scene, (struct moment){0, 0}) ==
		    scene_next_change(tried, (struct moment){0, 0}));
	render_notes_finish(&notes);
	scene_unref(tried);
}

static struct scene *prepare_on(
	int64_t minimum_cycle, const struct drawing *d, const char *text, unsigned *ret_faults)
{
	const struct style style = {.font = "",
		.size = d->size,
		.align = ALIGN_CENTRE,
		.valign = d->valign,
		.speed = 60,
		.page_time = 3 * NS_PER_SEC};
	const struct message message = {.text = text,
		.style = &style,
		.lang = "vi",
		.shorts = d->shorts,
		.short_count = d->short_count};
	const struct item item = {.message = &message, .motion = d->motion, .passes = 1};
	const struct face face = {.width = d->width,
		.height = d->height,
		.foreground = 0xffffff,
		.mono = d->mono,
		.rate = 30000,
		.minimum_cycle = minimum_cycle};
	uint32_t missing = 0;
	unsigned faults;
	struct scene *scene = scene_prepare(fonts, &face, &item, &faults, &missing);
	check_trial(&face, &item, scene, faults, missing);
	if (ret_faults)
		*ret_faults = faults;
	return scene;
}

static struct scene *prepare(const struct drawing *d, const char *text, unsigned *ret_faults)
{
	return prepare_on(0, d, text, ret_faults);
}

static struct moment moment(int64_t elapsed)
{
	return (struct moment){.elapsed = elapsed};
}

static struct frame *draw_at(const struct drawing *d, const char *text, int64_t elapsed, unsigned *ret_faults)
{
	struct scene *scene = prepare(d, text, ret_faults);
	struct frame *frame = frame_create(d->width, d->height);
	scene_compose(scene, moment(elapsed), frame);
	scene_unref(scene);
	return frame;
}

static struct frame *draw(const struct drawing *d, const char *text, unsigned *ret_faults)
{
	return draw_at(d, text, 0, ret_faults);
}

static int64_t ink_of(const struct frame *frame)
{
	int64_t ink = 0;
	for (int y = 0; y < frame->height; y++)
		for (int x = 0; x < frame->width; x++)
			ink += frame_row(frame, y)[x] & 255;
	return ink;
}

/* --- letters */

static const struct drawing boards[] = {
	{64, 16, 16, false, MOTION_STILL, ALIGN_START, NULL, 0},
	{64, 16, 16, true, MOTION_STILL, ALIGN_START, NULL, 0},
	{64, 24, 24, false, MOTION_STILL, ALIGN_START, NULL, 0},
	{64, 24, 24, true, MOTION_STILL, ALIGN_START, NULL, 0},
	{64, 32, 32, false, MOTION_STILL, ALIGN_START, NULL, 0},
	{64, 32, 32, true, MOTION_STILL, ALIGN_START, NULL, 0},
	{1280, 800, 100, false, MOTION_STILL, ALIGN_START, NULL, 0},
};
#define BOARDS (sizeof boards / sizeof *boards)

static void each_letter(
	const struct drawing *board, void (*fn)(const struct drawing *board, const char *letter))
{
	int count = 0;
	for (const char *p = letters; *p; count++) {
		const char *start = p;
		char letter[8];
		utf8_next(&p);
		snprintf(letter, sizeof letter, "%.*s", (int)(p - start), start);
		fn(board, letter);
	}
	assert_int_equal(count, LETTERS);
}

/* The same letter on a much taller canvas has not a pixel more. */
static void nothing_is_clipped(const struct drawing *board, const char *letter)
{
	unsigned faults = 0, faults_tall = 0;
	struct drawing tall = *board;
	tall.height = board->height + 64;
	struct frame *low = draw(board, letter, &faults), *high = draw(&tall, letter, &faults_tall);
	assert_int_equal(faults, 0);
	assert_int_equal(faults_tall, 0);
	assert_true(ink_of(low) > 0);
	assert_int_equal(ink_of(low), ink_of(high));
	frame_unref(low);
	frame_unref(high);
}

static void test_no_letter_is_clipped(void **state)
{
	(void)state;
	for (size_t i = 0; i < BOARDS; i++)
		each_letter(&boards[i], nothing_is_clipped);
}

/* The test above can fail: a canvas lower than the letter loses ink, and is told so. */
static void test_clipping_is_seen(void **state)
{
	(void)state;
	unsigned faults = 0;
	struct drawing low = boards[0];
	low.height = 12;
	struct frame *frame = draw(&low, "Ộ", &faults);
	assert_true(faults & (RENDER_TOO_TALL | RENDER_CLIPPED));
	frame_unref(frame);
}

static void test_no_two_letters_look_alike(void **state)
{
	(void)state;
	for (size_t i = 0; i < BOARDS - 1; i++) {
		struct frame *drawn[LETTERS];
		const char *p = letters;
		for (int k = 0; k < LETTERS; k++) {
			const char *start = p;
			char letter[8];
			utf8_next(&p);
			snprintf(letter, sizeof letter, "%.*s", (int)(p - start), start);
			drawn[k] = draw(&boards[i], letter, NULL);
			for (int other = 0; other < k; other++)
				assert_false(frame_equal(drawn[k], drawn[other]));
		}
		for (int k = 0; k < LETTERS; k++)
			frame_unref(drawn[k]);
	}
}

/* Decomposed input (a letter, then its marks) is composed before it is drawn. */
static void test_decomposed_input(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {{"e\xcc\x82\xcc\x81", "ế"}, {"O\xcc\x82\xcc\xa3", "Ộ"},
		{"A\xcc\x86\xcc\x80", "Ằ"}, {"u\xcc\x9b\xcc\x83", "ữ"}};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char *composed = text_nfc(pairs[i][0]);
		assert_string_equal(composed, pairs[i][1]);
		unsigned faults = 0;
		struct frame *a = draw(&boards[0], composed, &faults),
			     *b = draw(&boards[0], pairs[i][1], NULL);
		assert_int_equal(faults, 0);
		assert_true(frame_equal(a, b));
		frame_unref(a);
		frame_unref(b);
		free(composed);
	}
}

static void test_missing_letter(void **state)
{
	(void)state;
	unsigned faults = 0;
	frame_unref(draw(&boards[0], "Ăn 漢", &faults));
	assert_true(faults & RENDER_MISSING_GLYPH);
}

/* --- still, pages, tickers */

static void test_pages_show_every_line(void **state)
{
	(void)state;
	/* A word a line on a board that is one line high: as many pages as words, and all the ink of a tall board. */
	const struct drawing board = {40, 16, 0, false, MOTION_STILL, ALIGN_START, NULL, 0};
	struct drawing tall = {40, 200, 16, false, MOTION_STILL, ALIGN_START, NULL, 0};
	const char *text = "trực tuyến tại phường xã";
	unsigned faults = 0;
	struct scene *scene = prepare(&board, text, &faults);
	struct frame *frame = frame_create(board.width, board.height), *all = draw(&tall, text, NULL);
	int64_t ink = 0, at = 0, pages = 0;
	for (; at < scene_natural_length(scene); at = scene_next_change(scene, moment(at)), pages++) {
		scene_compose(scene, moment(at), frame);
		ink += ink_of(frame);
	}
	assert_int_equal(faults, 0);
	assert_int_equal(pages, 5);
	assert_int_equal(ink, ink_of(all));
	frame_unref(frame);
	frame_unref(all);
	scene_unref(scene);
}

static void test_ticker_runs_through(void **state)
{
	(void)state;
	const struct drawing board = {64, 16, 0, false, MOTION_SCROLL_LEFT, ALIGN_START, NULL, 0};
	char *text = xcalloc(1, 4 * 4000 + 5), *end = text;
	for (int i = 0; i < 4000; i++)
		end += snprintf(end, 5, "%s", i % 7 == 6 ? " " : "ữ"); /* 30,000 pixels of it */
	unsigned faults = 0;
	struct scene *scene = prepare(&board, text, &faults);
	struct frame *frame = frame_create(board.width, board.height);
	int64_t length = scene_natural_length(scene);
	assert_int_equal(faults, 0);
	assert_in_range(length, 495 * NS_PER_SEC, 498 * NS_PER_SEC); /* at 60 pixels a second */
	scene_compose(scene, moment(0), frame);
	assert_int_equal(ink_of(frame), 0); /* it comes in from the right … */
	for (int64_t at = 5 * NS_PER_SEC; at < length - 5 * NS_PER_SEC; at += 7 * NS_PER_SEC) {
		scene_compose(scene, moment(at), frame);
		assert_true(ink_of(frame) > 0); /* … has no hole, over all its tiles … */
	}
	scene_compose(scene, moment(length - NS_PER_MS), frame);
	assert_in_range(ink_of(frame), 0, 2 * 16 * 255); /* … and is gone at the end, but for its last step */
	frame_unref(frame);
	scene_unref(scene);
	free(text);
}

/* What would scroll comes in pages, whole ones, where the device takes long for a picture; and long enough to be seen. */
static void test_slow_device_gets_pages(void **state)
{
	(void)state;
	const char *text = "trực tuyến tại phường xã";
	const enum motion motions[] = {MOTION_SCROLL_LEFT, MOTION_SCROLL_UP};
	for (size_t i = 0; i < 2; i++) {
		const struct drawing board = {40, 16, 0, false, motions[i], ALIGN_START, NULL, 0};
		struct scene *scene = prepare_on(100 * NS_PER_MS, &board, text, NULL);
		assert_true(
			scene_next_change(scene, moment(0)) < 100 * NS_PER_MS); /* three frames: it scrolls */
		scene_unref(scene);
		scene = prepare_on(700 * NS_PER_MS, &board, text, NULL);
		assert_int_equal(scene_next_change(scene, moment(0)), 3 * NS_PER_SEC);
		assert_int_equal(scene_natural_length(scene), 5 * 3 * NS_PER_SEC);
		scene_unref(scene);
		scene = prepare_on(4 * NS_PER_SEC, &board, text, NULL);
		assert_int_equal(scene_next_change(scene, moment(0)), 8 * NS_PER_SEC);
		scene_unref(scene);
	}
}

static void test_first_form_that_fits(void **state)
{
	(void)state;
	static const char *const shorts[] = {"Nộp hồ sơ trực tuyến", "Nộp hồ sơ", "Hồ sơ"};
	const char *text = "Nộp hồ sơ trực tuyến mức độ 3, 4 tại Cổng Dịch vụ công tỉnh";
	struct drawing board = {96, 16, 0, false, MOTION_STILL, ALIGN_CENTRE, shorts, 3};
	struct drawing plain = board;
	plain.short_count = 0;
	unsigned faults = 0;
	struct frame *taken = draw(&board, text, &faults), *wanted = draw(&plain, shorts[1], NULL);
	assert_true(faults & RENDER_SHORTENED);
	assert_true(frame_equal(taken, wanted));
	frame_unref(taken);
	frame_unref(wanted);
	board.width = plain.width = 1280;
	board.height = plain.height = 200;
	taken = draw(&board, text, &faults);
	wanted = draw(&plain, text, NULL);
	assert_true(frame_equal(taken, wanted)); /* where there is room the long one stands */
	frame_unref(taken);
	frame_unref(wanted);
}

/* --- pictures kept as files */

static double difference(const struct frame *a, const struct frame *b)
{
	if (a->width != b->width || a->height != b->height)
		return 255;
	double sum = 0;
	for (int y = 0; y < a->height; y++)
		for (int x = 0; x < a->width; x++) {
			int d = (int)(frame_row(a, y)[x] & 255) - (int)(frame_row(b, y)[x] & 255);
			sum += d < 0 ? -d : d;
		}
	return sum / a->width / a->height;
}

static void test_golden_pictures(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text;
		struct drawing board;
		double tolerance; /* mean grey levels; 0 for pixel fonts, whose dots are nobody's choice */
	} goldens[] = {
		{"16", "Ế Ể Ễ ế ể ễ Ộ Ỗ Ợ Ữ Ặ Ẵ", {220, 16, 0, false, MOTION_STILL, ALIGN_CENTRE, NULL, 0},
			0},
		{"16-cau", "Nộp hồ sơ trực tuyến mức độ 3, 4",
			{300, 16, 0, true, MOTION_STILL, ALIGN_CENTRE, NULL, 0}, 0},
		{"24", "Ế Ể Ễ ế ể ễ Ộ Ỗ Ợ Ữ Ặ Ẵ", {320, 24, 0, false, MOTION_STILL, ALIGN_CENTRE, NULL, 0},
			4},
		{"32", "Ế Ể Ễ ế ể ễ Ộ Ỗ Ợ Ữ Ặ Ẵ", {420, 32, 0, false, MOTION_STILL, ALIGN_CENTRE, NULL, 0},
			4},
		{"32-mot-bit", "Cổng Dịch vụ công tỉnh",
			{340, 32, 0, true, MOTION_STILL, ALIGN_CENTRE, NULL, 0}, 4},
		{"96", "Nộp hồ sơ trực tuyến mức độ 3, 4 tại Cổng Dịch vụ công tỉnh",
			{320, 96, 0, false, MOTION_STILL, ALIGN_CENTRE, NULL, 0}, 4},
		{"trang",
			"Trung tâm Phục vụ hành chính công tỉnh\nGiờ làm việc: 7 giờ đến 11 giờ 30, 13 giờ "
			"đến 17 giờ",
			{1280, 800, 0, false, MOTION_STILL, ALIGN_CENTRE, NULL, 0}, 4},
	};
	bool update = getenv("BANGTIN_GOLDEN") != NULL;
	for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
		char path[128];
		snprintf(path, sizeof path, "tests/golden/%s.png", goldens[i].name);
		unsigned faults = 0;
		struct frame *frame = draw(&goldens[i].board, goldens[i].text, &faults), *kept = NULL;
		assert_int_equal(faults, 0);
		if (update)
			assert_int_equal(frame_write_png(frame, path), 0);
		assert_int_equal(frame_read_png(path, &kept), 0);
		if (difference(frame, kept) > goldens[i].tolerance)
			fail_msg("%s differs by %.2f", path, difference(frame, kept));
		frame_unref(frame);
		frame_unref(kept);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_letter_is_clipped),
		cmocka_unit_test(test_clipping_is_seen),
		cmocka_unit_test(test_no_two_letters_look_alike),
		cmocka_unit_test(test_decomposed_input),
		cmocka_unit_test(test_missing_letter),
		cmocka_unit_test(test_pages_show_every_line),
		cmocka_unit_test(test_ticker_runs_through),
		cmocka_unit_test(test_slow_device_gets_pages),
		cmocka_unit_test(test_first_form_that_fits),
		cmocka_unit_test(test_golden_pictures),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
