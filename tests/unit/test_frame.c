/* Frames, regions, frame instants, PNG. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "frame/frame.h"
#include "frame/rate.h"
#include "frame/scale.h"

static void test_sizes(void **state)
{
	assert_null(frame_create(0, 1));
	assert_null(frame_create(1, -1));
	assert_null(frame_create(FRAME_SIDE_MOST + 1, 1));
	struct frame *frame = frame_create(3, 2);
	assert_int_equal(frame->pixels[5], 0);
	struct frame *same = frame_ref(frame);
	frame_unref(frame);
	same->pixels[5] = 1; /* still there */
	frame_unref(same);
	frame_unref(NULL);
}

static void test_fill_and_copy(void **state)
{
	struct frame *a = frame_create(4, 3), *b = frame_create(4, 3);
	static const uint32_t filled[12] = {0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 7};
	static const uint32_t copied[12] = {0, 7, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0};

	frame_fill(a, (struct rect){3, 1, 100, 100}, 7);
	assert_memory_equal(a->pixels, filled, sizeof filled);
	frame_fill(a, (struct rect){-5, -5, 5, 100}, 9);
	frame_fill(a, (struct rect){4, 0, 1, 1}, 9);
	assert_memory_equal(a->pixels, filled, sizeof filled);
	frame_copy(b, 0, 0, a, (struct rect){2, 1, 9, 9});
	assert_memory_equal(b->pixels, copied, sizeof copied);
	frame_fill(b, (struct rect){0, 0, 4, 3}, 0);
	frame_copy(b, -2, -1, a, (struct rect){0, 0, 4, 3}); /* clipped at the other side: the same piece */
	assert_memory_equal(b->pixels, copied, sizeof copied);
	frame_copy(b, 4, 0, a, (struct rect){0, 0, 4, 3});
	assert_memory_equal(b->pixels, copied, sizeof copied);
	frame_unref(a);
	frame_unref(b);
}

static void test_equality(void **state)
{
	struct frame *a = frame_create(2, 2), *b = frame_create(2, 2), *c = frame_create(4, 1);

	a->pixels[3] = 0x00010203;
	b->pixels[3] = 0xff010203; /* the X of XRGB says nothing */
	assert_true(frame_equal(a, b));
	assert_true(frame_digest(a) == frame_digest(b));
	b->pixels[3] = 0x00010204;
	assert_false(frame_equal(a, b));
	assert_false(frame_digest(a) == frame_digest(b));
	assert_false(frame_equal(a, c));
	/* FNV-1a of three zero bytes, computed by hand: basis * prime^3 modulo 2^64 */
	struct frame *black = frame_create(1, 1);
	uint64_t prime = UINT64_C(0x100000001b3);
	assert_true(frame_digest(black) == UINT64_C(0xcbf29ce484222325) * prime * prime * prime);
	frame_unref(a);
	frame_unref(b);
	frame_unref(c);
	frame_unref(black);
}

static void test_png(void **state)
{
	char path[] = "/tmp/bangtin-frame-XXXXXX";
	struct frame *frame = frame_create(33, 7), *back = NULL;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	for (int i = 0; i < 33 * 7; i++)
		frame->pixels[i] = (uint32_t)i * 70001 & 0xffffff;
	assert_int_equal(frame_write_png(frame, path), 0);
	assert_int_equal(frame_read_png(path, &back), 0);
	assert_true(frame_equal(frame, back));
	frame_unref(back);
	back = NULL;
	/* a header that asks for 65535 x 65535: refused before anything is decoded */
	FILE *file = fopen(path, "r+be");
	fseek(file, 16, SEEK_SET);
	fwrite("\0\0\xff\xff\0\0\xff\xff", 1, 8, file);
	fclose(file);
	assert_int_equal(frame_read_png(path, &back), -EINVAL);
	assert_int_equal(truncate(path, 20), 0);
	assert_int_equal(frame_read_png(path, &back), -EINVAL);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(frame_read_png(path, &back), -EINVAL);
	assert_int_equal(frame_read_png("/nowhere/x.png", &back), -ENOENT);
	assert_int_equal(frame_write_png(frame, "/nowhere/x.png"), -ENOENT);
	assert_int_equal(frame_write_png(frame, "/dev/full"), -ENOSPC);
	assert_null(back);
	close(fd);
	unlink(path);
	frame_unref(frame);
}

static void test_intersection(void **state)
{
	struct rect r = {9, 9, 9, 9};

	assert_true(rect_intersect((struct rect){0, 0, 4, 4}, (struct rect){2, 1, 9, 2}, &r));
	assert_true(r.x == 2 && r.y == 1 && r.width == 2 && r.height == 2);
	assert_false(rect_intersect((struct rect){0, 0, 4, 4}, (struct rect){4, 0, 1, 1}, &r));
	assert_false(rect_intersect((struct rect){0, 0, 4, 4}, (struct rect){1, 1, 0, 1}, &r));
	assert_true(r.x == 2);
}

static bool covers(const struct region *region, int x, int y)
{
	struct rect ignored;
	for (int i = 0; i < region->count; i++)
		if (rect_intersect(region->rects[i], (struct rect){x, y, 1, 1}, &ignored))
			return true;
	return false;
}

static void test_region(void **state)
{
	struct region region = {0}, other = {0};

	assert_true(region_empty(&region));
	assert_int_equal(region_bounds(&region).width, 0);
	region_add(&region, (struct rect){1, 1, 0, 5});
	assert_true(region_empty(&region));
	region_add(&region, (struct rect){2, 2, 2, 2});
	region_add(&region, (struct rect){2, 3, 1, 1}); /* contained */
	assert_int_equal(region.count, 1);
	region_add(&region, (struct rect){0, 0, 9, 9}); /* contains */
	assert_int_equal(region.count, 1);
	region_add(&other, (struct rect){20, 20, 1, 1});
	region_add_region(&region, &other);
	assert_int_equal(region.count, 2);
	struct rect box = region_bounds(&region);
	assert_true(box.x == 0 && box.y == 0 && box.width == 21 && box.height == 21);
	region_clear(&region);
	assert_true(region_empty(&region));
}

/* Whatever is added, no pixel of it is ever lost. */
static void test_region_loses_nothing(void **state)
{
	uint32_t seed = 3;

	for (int round = 0; round < 300; round++) {
		struct region region = {0};
		bool wanted[24][24] = {{false}};
		for (int k = 0; k < 20; k++) {
			int v[4];
			for (int i = 0; i < 4; i++)
				v[i] = (int)((seed = seed * 1664525u + 1013904223u) >> 16) % 12;
			region_add(&region, (struct rect){v[0], v[1], v[2], v[3]});
			for (int y = v[1]; y < v[1] + v[3]; y++)
				for (int x = v[0]; x < v[0] + v[2]; x++)
					wanted[y][x] = true;
			assert_true(region.count <= REGION_MOST);
			for (int y = 0; y < 24; y++)
				for (int x = 0; x < 24; x++)
					assert_true(!wanted[y][x] || covers(&region, x, y));
		}
	}
}

static void test_rate(void **state)
{
	assert_true(frame_instant(30000, 0) == 0);
	assert_true(frame_instant(30000, 1) == 33333334); /* rounded up */
	assert_true(frame_instant(30000, 3) == 100 * NS_PER_MS);
	assert_true(frame_instant(30000, -1) == -33333333);
	assert_true(frame_index(30000, 33333333) == 0);
	assert_true(frame_index(30000, 33333334) == 1);
	assert_true(frame_index(30000, -1) == -1);
	static const int32_t rates[] = {100, 23976, 30000, 59940, 60000, 240000};
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		int64_t far = frame_index(rates[i], INT64_C(4102444800) * NS_PER_SEC); /* the year 2100 */
		for (int64_t n = far - 1000; n < far; n++) {
			assert_true(frame_index(rates[i], frame_instant(rates[i], n)) == n);
			assert_true(frame_index(rates[i], frame_instant(rates[i], n) - 1) == n - 1);
		}
	}
}

static void test_scaling(void **state)
{
	static const struct {
		int width, height, box_width, box_height, wanted_width, wanted_height;
	} fits[] = {{64, 16, 480, 640, 448, 112}, {1920, 1080, 480, 640, 480, 270},
		{1080, 1920, 480, 640, 360, 640}, {16384, 1, 10, 10, 10, 1}, {10, 10, 10, 10, 10, 10}};
	for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) {
		int width, height;
		frame_fit(fits[i].width, fits[i].height, fits[i].box_width, fits[i].box_height, &width,
			&height);
		assert_int_equal(width, fits[i].wanted_width);
		assert_int_equal(height, fits[i].wanted_height);
	}
	struct frame *small = frame_create(2, 2);
	memcpy(small->pixels, (uint32_t[]){0x000000, 0xffffff, 0xff0000, 0x0000ff}, 16);
	struct frame *one = frame_scaled(small, 1, 1), *large = frame_scaled(small, 6, 4);
	assert_int_equal(one->pixels[0], 0x804080); /* means: 127.5, 63.75, 127.5 */
	for (int y = 0; y < 4; y++)
		for (int x = 0; x < 6; x++)
			assert_int_equal(frame_row(large, y)[x], frame_row(small, y / 2)[x / 3]);
	struct frame *same = frame_scaled(large, 2, 2);
	assert_true(frame_equal(small, same));
	assert_null(frame_scaled(small, 0, 1));
	frame_unref(small);
	frame_unref(one);
	frame_unref(large);
	frame_unref(same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_fill_and_copy),
		cmocka_unit_test(test_equality),
		cmocka_unit_test(test_png),
		cmocka_unit_test(test_intersection),
		cmocka_unit_test(test_region),
		cmocka_unit_test(test_region_loses_nothing),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_scaling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
