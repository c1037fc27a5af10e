/* The pixel fonts as boards show them: a board of exactly their height cuts nothing, boards get them by default, and
 * specimens kept as files (tests/golden/bang-tin-*). BANGTIN_GOLDEN=update writes them anew: then look at them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "render/render.h"

static const char specimen[] = "Nộp hồ sơ trực tuyến mức độ 3, 4 tại Cổng Dịch vụ công\n"
			       "BỘ PHẬN MỘT CỬA – NGUYỄN THỊ MẪU, HỖ TRỢ, SẴN SÀNG\n"
			       "Ế Ể Ễ ế ể ễ Ộ Ỗ Ợ Ữ Ặ Ẵ\n"
			       "ÀÁẢÃẠ ĂẰẮẲẴẶ ÂẦẤẨẪẬ Đ ÈÉẺẼẸ ÊỀẾỂỄỆ ÌÍỈĨỊ\n"
			       "ÒÓỎÕỌ ÔỒỐỔỖỘ ƠỜỚỞỠỢ ÙÚỦŨỤ ƯỪỨỬỮỰ ỲÝỶỸỴ\n"
			       "àáảãạ ăằắẳẵặ âầấẩẫậ đ èéẻẽẹ êềếểễệ ìíỉĩị\n"
			       "òóỏõọ ôồốổỗộ ơờớởỡợ ùúủũụ ưừứửữự ỳýỷỹỵ\n"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz\n"
			       "0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\n"
			       "“”‘’‚„…–—«»‹›•· ←→↑↓ ₫€£¥¢ °×÷±§©®✓☎℃№½¼¾¹²³ºªµ¶\n"
			       "¬¦¡¿¤†‰≤≥≠≈− ▶◀★■□●○ ßæøþçÇÆØÞ ÄËÏÖÜÅÑ äëïöüÿåñ";

static const struct family {
	const char *name;
	int height, width; /* of a line; of its specimen */
} families[] = {{"Bang Tin 16", 16, 480}, {"Bang Tin 24", 24, 640}, {"Bang Tin 32", 32, 880}};
#define FAMILIES (sizeof families / sizeof *families)

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

/* font "": chosen by the height; size 0 too. */
static struct frame *draw(const char *font, bool bold, int size, const char *text, int width, int height)
{
	const struct style style = {.font = (char *)font,
		.size = size,
		.bold = bold,
		.line_spacing = size > 0 ? 1 : 0,
		.page_time = NS_PER_SEC,
		.speed = 60};
	const struct message message = {.text = (char *)text, .style = &style, .lang = (char *)"vi"};
	const struct item item = {.message = &message, .motion = MOTION_STILL, .passes = 1};
	const struct face face = {.width = width, .height = height, .foreground = 0xffffff, .rate = 30000};
	unsigned faults = 0;
	struct scene *scene = scene_prepare(fonts, &face, &item, &faults, NULL);
	struct frame *frame = frame_create(width, height);
	assert_int_equal(faults, 0);
	scene_compose(scene, (struct moment){0, 0}, frame);
	scene_unref(scene);
	return frame;
}

static int64_t ink_of(const struct frame *frame, int rows)
{
	int64_t ink = 0;
	for (int y = 0; y < rows; y++)
		for (int x = 0; x < frame->width; x++) {
			uint32_t level = frame_row(frame, y)[x] & 255;
			assert_true(level == 0 || level == 255); /* a dot is lit or dark */
			ink += level > 0;
		}
	return ink;
}

/* What a board of exactly the font's height shows is what a much taller canvas shows, which has nothing more. */
static void nothing_is_cut(const struct family *family, bool bold, const char *text)
{
	int width = family->width * 2, tall = family->height * 3;
	struct frame *board = draw(family->name, bold, family->height, text, width, family->height);
	struct frame *canvas = draw(family->name, bold, family->height, text, width, tall);
	for (int y = 0; y < family->height; y++)
		assert_memory_equal(
			frame_row(board, y), frame_row(canvas, y), (size_t)width * sizeof(uint32_t));
	assert_true(ink_of(board, family->height) > 0);
	assert_int_equal(ink_of(board, family->height), ink_of(canvas, tall));
	frame_unref(board);
	frame_unref(canvas);
}

static void test_exact_boards_cut_nothing(void **state)
{
	(void)state;
	char text[sizeof specimen];
	memcpy(text, specimen, sizeof text);
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));)
		for (size_t i = 0; i < FAMILIES; i++)
			for (int bold = 0; bold < 2; bold++)
				nothing_is_cut(&families[i], bold, line);
}

static void shows(const char *text, int width, int height, const char *font)
{
	struct frame *chosen = draw("", false, 0, text, width, height),
		     *named = draw(font, false, 0, text, width, height);
	if (!frame_equal(chosen, named))
		fail_msg("\"%s\" on %dx%d is not in %s", text, width, height, font);
	frame_unref(chosen);
	frame_unref(named);
}

static void test_boards_get_the_font_of_their_height(void **state)
{
	(void)state;
	shows("Một cửa", 128, 16, "Bang Tin 16");
	shows("Một cửa", 128, 20, "Bang Tin 16");
	shows("Một cửa", 128, 24, "Bang Tin 24");
	shows("Một cửa", 128, 32, "Bang Tin 32");
	shows("Một cửa", 128, 40, "Bang Tin 32");
	shows("Nộp hồ sơ trực tuyến", 96, 32, "Bang Tin 16"); /* two lines, as it is long */
	shows("Nộp hồ sơ trực tuyến", 128, 48, "Bang Tin 24");
	shows("Nộp hồ sơ trực tuyến mức độ 3, 4", 128, 64, "Bang Tin 16");
	shows("Một cửa", 640, 96, "Noto Sans"); /* large boards have room for outlines */
	shows("Một cửa", 1920, 1080, "Noto Sans");
	shows("Ω β", 128, 32, "Noto Sans"); /* what the pixel font lacks */
}

/* A board a line, one row apart. */
static struct frame *draw_specimen(const struct family *family, bool bold)
{
	char text[sizeof specimen];
	memcpy(text, specimen, sizeof text);
	int width = family->width * (bold ? 5 : 4) / 4, lines = 11, y = 0;
	struct frame *frame = frame_create(width, lines * (family->height + 1));
	frame_fill(frame, (struct rect){0, 0, frame->width, frame->height}, 0x303030);
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		struct frame *board = draw(family->name, bold, family->height, line, width, family->height);
		for (int row = 0; row < family->height; row++)
			memcpy(frame_row(frame, y + row), frame_row(board, row),
				(size_t)width * sizeof(uint32_t));
		frame_unref(board);
		y += family->height + 1;
	}
	assert_int_equal(y, frame->height);
	return frame;
}

static void test_specimens(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * FAMILIES; i++) {
		const struct family *family = &families[i / 2];
		char path[64];
		snprintf(path, sizeof path, "tests/golden/bang-tin-%d%s.png", family->height,
			i % 2 ? "-bold" : "");
		struct frame *frame = draw_specimen(family, i % 2), *kept = NULL;
		if (getenv("BANGTIN_GOLDEN"))
			assert_int_equal(frame_write_png(frame, path), 0);
		assert_int_equal(frame_read_png(path, &kept), 0);
		if (!frame_equal(frame, kept))
			fail_msg("the letters are no longer those of %s", path);
		frame_unref(frame);
		frame_unref(kept);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact_boards_cut_nothing),
		cmocka_unit_test(test_boards_get_the_font_of_their_height),
		cmocka_unit_test(test_specimens),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
