/* Every test pattern paints every pixel and not one beyond, on panels of any shape; and what each is meant to show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "frame/pattern.h"

#define UNTOUCHED 0x80123456u /* no pattern's colour: its top byte is not 0 */
#define WHITE	  0xffffffu

static struct frame *paint_on(
	const char *name, const struct pattern_settings *settings, int64_t elapsed, int width, int height)
{
	struct frame *frame = frame_create(width, height);

	frame_fill(frame, (struct rect){0, 0, width, height}, UNTOUCHED);
	assert_true(pattern_paint(name, settings, elapsed, frame));
	return frame;
}

static struct frame *paint(const char *name, int64_t elapsed, int width, int height)
{
	return paint_on(name, NULL, elapsed, width, height);
}

static uint32_t at(const struct frame *frame, int x, int y)
{
	return frame_row(frame, y)[x];
}

static int count(const struct frame *frame, uint32_t colour)
{
	int n = 0;

	for (int y = 0; y < frame->height; y++)
		for (int x = 0; x < frame->width; x++)
			n += at(frame, x, y) == colour;
	return n;
}

static void test_all_of_it(void **test)
{
	static const struct {
		int width, height;
	} sizes[] = {{1, 1}, {1, 7}, {7, 1}, {2, 2}, {3, 5}, {31, 15}, {64, 16}, {128, 96}};
	static const int64_t times[] = {
		-NS_PER_SEC, 0, 1, 49 * NS_PER_MS, NS_PER_SEC, 3 * NS_PER_HOUR, INT64_MAX};

	(void)test;
	for (const struct pattern *p = patterns; p->name; p++)
		for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
			for (size_t t = 0; t < sizeof times / sizeof *times; t++) {
				struct frame *frame =
					paint(p->name, times[t], sizes[s].width, sizes[s].height);
				for (int i = 0; i < frame->height * frame->width; i++)
					assert_int_equal(
						at(frame, i % frame->width, i / frame->width) >> 24, 0);
				frame_unref(frame);
			}
}

static void test_names(void **test)
{
	struct frame *frame = frame_create(4, 4);
	int names = 0;

	(void)test;
	for (const struct pattern *p = patterns; p->name; p++, names++) {
		assert_ptr_equal(pattern_find(p->name), p);
		assert_true(strlen(p->help) > 5);
	}
	assert_int_equal(names, 18);
	assert_null(pattern_find("none"));
	assert_false(pattern_paint("none", NULL, 0, frame));
	assert_int_equal(count(frame, 0), 16);
	frame_unref(frame);
}

static void test_plain(void **test)
{
	static const struct {
		const char *name;
		uint32_t colour;
	} plain[] = {
		{"red", 0xff0000}, {"green", 0x00ff00}, {"blue", 0x0000ff}, {"white", WHITE}, {"black", 0}};

	(void)test;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		struct frame *frame = paint(plain[i].name, 0, 9, 5);
		assert_int_equal(count(frame, plain[i].colour), 45);
		frame_unref(frame);
	}
}

static void test_bars(void **test)
{
	static const uint32_t bars[] = {WHITE, 0xffff00, 0xffff, 0xff00, 0xff00ff, 0xff0000, 0xff, 0};
	struct frame *frame = paint("bars", 0, 64, 4);

	(void)test;
	for (int x = 0; x < 64; x++)
		assert_int_equal(at(frame, x, x % 4), bars[x / 8]);
	frame_unref(frame);
}

static void test_gradient(void **test)
{
	static const uint32_t ends[] = {WHITE, 0xff0000, 0x00ff00, 0x0000ff};
	struct frame *frame = paint("gradient", 0, 256, 8);

	(void)test;
	for (int y = 0; y < 8; y++) {
		assert_int_equal(at(frame, 0, y), 0);
		assert_int_equal(at(frame, 255, y), ends[y / 2]);
		for (int x = 1; x < 256; x++)
			assert_true(at(frame, x, y) > at(frame, x - 1, y));
	}
	frame_unref(frame);
}

static void test_checker(void **test)
{
	struct frame *even = paint("checker", 0, 7, 5), *odd = paint("checker", NS_PER_SEC, 7, 5);

	(void)test;
	for (int i = 0; i < 35; i++)
		assert_int_equal(at(even, i % 7, i / 7) ^ at(odd, i % 7, i / 7), WHITE);
	assert_int_equal(at(even, 0, 0), 0);
	assert_int_equal(at(even, 1, 0), WHITE);
	assert_int_equal(at(even, 0, 1), WHITE);
	frame_unref(even);
	frame_unref(odd);
}

/* Each visits every pixel, row or column once, in order, and starts again. */
static void check_walk(const char *name, int64_t every, int steps, int lit)
{
	for (int step = 0; step < 2 * steps; step++) {
		struct frame *frame = paint(name, step * every, 6, 4);
		int first = 0;
		while (at(frame, first % 6, first / 6) == 0)
			first++;
		assert_int_equal(count(frame, WHITE), lit);
		assert_int_equal(count(frame, 0), 24 - lit);
		assert_int_equal(first, lit == 6 ? step % steps * 6 : step % steps);
		frame_unref(frame);
	}
}

static void test_walks(void **test)
{
	(void)test;
	check_walk("walk", 50 * NS_PER_MS, 24, 1);
	check_walk("rows", 200 * NS_PER_MS, 4, 6);
	check_walk("columns", 100 * NS_PER_MS, 6, 4);
}

static void test_border(void **test)
{
	struct frame *frame = paint("border", 0, 8, 6);

	(void)test;
	assert_int_equal(at(frame, 3, 0), 0xff0000);
	assert_int_equal(at(frame, 3, 5), 0x00ff00);
	assert_int_equal(at(frame, 0, 3), 0x0000ff);
	assert_int_equal(at(frame, 7, 3), WHITE);
	assert_int_equal(count(frame, 0), 6 * 4);
	frame_unref(frame);
}

/* The letters are dark, each on its colour, and none is like another. */
static void test_order(void **test)
{
	static const uint32_t colours[] = {0xff0000, 0x00ff00, 0x0000ff};
	struct frame *frame = paint("order", 0, 48, 16);
	uint64_t shapes[3] = {0};

	(void)test;
	for (int third = 0; third < 3; third++)
		for (int i = 0; i < 16 * 16; i++) {
			uint32_t colour = at(frame, third * 16 + i % 16, i / 16);
			assert_true(colour == colours[third] || colour == 0);
			shapes[third] = shapes[third] * 31 + (colour == 0);
		}
	assert_true(shapes[0] != shapes[1] && shapes[1] != shapes[2] && shapes[0] != shapes[2]);
	assert_in_range(count(frame, 0), 3 * 10, 3 * 15 * 4 * 4);
	frame_unref(frame);
}

static bool modules_equal(const struct frame *frame, int width, int height, int a, int b)
{
	int columns = frame->width / width;

	for (int y = 1; y < height; y++)
		for (int x = 1; x < width; x++)
			if (at(frame, a % columns * width + x, a / columns * height + y) !=
				at(frame, b % columns * width + x, b / columns * height + y))
				return false;
	return true;
}

static void test_modules(void **test)
{
	/* the third: two digits have just room */
	static const struct pattern_settings settings[] = {{0}, {16, 8, NULL}, {8, 8, NULL}, {32, 32, NULL}};

	(void)test;
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		int width = settings[i].module_width ? settings[i].module_width : 32;
		int height = settings[i].module_height ? settings[i].module_height : 16;
		struct frame *frame = paint_on("modules", &settings[i], 0, 64, 32);
		int modules = 64 / width * (32 / height);
		for (int a = 0; a < modules; a++)
			for (int b = 0; b < a; b++)
				assert_false(modules_equal(frame, width, height, a, b));
		for (int x = 0; x < 64; x += width)
			assert_true(at(frame, x, 0) != 0 && at(frame, x, 0) != WHITE);
		frame_unref(frame);
	}
}

static void test_fields(void **test)
{
	static const uint32_t colours[] = {0xff0000, 0x00ff00, 0x0000ff, WHITE, 0};

	(void)test;
	for (int i = 0; i < 10; i++) {
		struct frame *frame = paint("fields", i * 3 * NS_PER_SEC + NS_PER_SEC, 9, 5);
		assert_int_equal(count(frame, colours[i % 5]), 45);
		frame_unref(frame);
	}
}

/* Pages come in turn; a strip that is not the frame's is not shown. */
static void test_letters(void **test)
{
	struct frame *pages = frame_create(8, 12), *other = frame_create(9, 12);
	struct pattern_settings settings = {.letters = pages};

	(void)test;
	for (int page = 0; page < 3; page++)
		frame_fill(pages, (struct rect){0, 4 * page, 8, 4}, (uint32_t)page + 1);
	for (int page = 0; page < 6; page++) {
		struct frame *frame = paint_on("letters", &settings, page * 3 * NS_PER_SEC, 8, 4);
		assert_int_equal(count(frame, (uint32_t)(page % 3 + 1)), 32);
		frame_unref(frame);
	}
	settings.letters = other;
	struct frame *frame = paint_on("letters", &settings, 0, 8, 4);
	assert_int_equal(count(frame, 0), 32);
	frame_unref(frame);
	frame_unref(pages);
	frame_unref(other);
}

static void test_counter(void **test)
{
	struct frame *zero = paint("counter", 0, 64, 16), *soon = paint("counter", 9 * NS_PER_MS, 64, 16),
		     *one = paint("counter", 10 * NS_PER_MS, 64, 16);

	(void)test;
	assert_true(frame_equal(zero, soon));
	assert_false(frame_equal(zero, one));
	assert_true(count(zero, WHITE) > count(one, WHITE)); /* 0 has more to it than 1 */
	frame_unref(zero);
	frame_unref(soon);
	frame_unref(one);
}

static void test_edge(void **test)
{
	(void)test;
	for (int step = 0; step < 40; step++) {
		struct frame *frame = paint("edge", step * 20 * NS_PER_MS, 40, 3);
		assert_int_equal(at(frame, step, 0), WHITE);
		if (step > 0)
			assert_int_equal(at(frame, step - 1, 2), 0);
		frame_unref(frame);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_it),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_gradient),
		cmocka_unit_test(test_checker),
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_border),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_counter),
		cmocka_unit_test(test_edge),
	};

	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
