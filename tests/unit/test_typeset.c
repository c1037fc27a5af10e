/* Paragraphs: lines evenly broken where Vietnamese may be broken, emphasis, letters fitted to a box; and pictures kept
 * as files (tests/golden/doan-*.png). BANGTIN_GOLDEN=update writes them anew: then look at them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/emphasis.h"
#include "render/typeset.h"
#include "render/words.h"
#include "render/wrap.h"

static struct fonts *fonts;
static struct typesetter *typesetter;

static int set_up(void **state)
{
	if (fonts_create(NULL, &fonts) < 0)
		return -1;
	typesetter = fonts_borrow(fonts);
	return 0;
}

static int tear_down(void **state)
{
	fonts_give_back(fonts, typesetter);
	fonts_destroy(fonts);
	return 0;
}

/* --- where words end */

static void check_words(const char *text, const char *expected)
{
	struct word words[64];
	char found[512] = "";
	size_t count = words_find(text, strlen(text), words), size = 0;
	for (size_t i = 0; i < count; i++)
		size += (size_t)snprintf(found + size, sizeof found - size, "%s%.*s", i ? "|" : "",
			(int)(words[i].end - words[i].begin), text + words[i].begin);
	assert_string_equal(found, expected);
}

static void test_words(void **state)
{
	check_words("Nộp hồ sơ", "Nộp|hồ|sơ");
	check_words("  Nộp   hồ ", "Nộp|hồ");
	check_words("huyện Cần\u00a0Giuộc, 15\u00a0ngày", "huyện|Cần\u00a0Giuộc,|15\u00a0ngày");
	check_words("Sáng: 07:00 - 11:30 !", "Sáng:|07:00 -|11:30 !");
	check_words("- Nộp phí, lệ phí", "- Nộp|phí,|lệ|phí");
	check_words("1. Đăng nhập", "1. Đăng|nhập");
	check_words("phí 10.000₫ (tối đa 50%)", "phí|10.000₫|(tối|đa|50%)");
	check_words("“Một cửa” – 24/7", "“Một|cửa” –|24/7");
	check_words("", "");
	check_words("   ", "");
}

static float penalty_after(const char *text, size_t index)
{
	struct word words[16];
	size_t count = words_find(text, strlen(text), words);
	assert_true(index < count);
	return words[index].penalty;
}

/* Breaks that readers like come before those that they do not. */
static void test_preferences(void **state)
{
	float comma = penalty_after("phí, lệ phí", 0), plain = penalty_after("gửi qua mạng", 0),
	      name = penalty_after("tỉnh Long An", 1), number = penalty_after("mức 3 và", 0),
	      unit = penalty_after("15 ngày", 0), compound = penalty_after("nộp Hồ sơ.", 1),
	      range = penalty_after("07:00 - 11:30", 0);
	assert_true(comma < plain && plain < name && name < number && number == unit);
	assert_true(number < compound && compound < range);
	assert_true(penalty_after("TỈNH LONG AN", 1) == plain);
}

/* The list is searched by halves: every word of it must be found. */
static void test_compounds(void **state)
{
	static const char *const pairs[][2] = {{"an", "ninh"}, {"hồ", "sơ"}, {"trực", "tuyến"},
		{"dịch", "vụ"}, {"đăng", "ký"}, {"ứng", "dụng"}, {"ủy", "ban"}, {"yêu", "cầu"},
		{"hành", "chính"}};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		assert_true(words_compound(pairs[i][0], pairs[i][1]));
	assert_false(words_compound("sơ", "hồ"));
	assert_false(words_compound("nghiêng nghiêng nghiêng nghiêng", "nghiêng nghiêng nghiêng"));
}

/* --- lines, as numbers */

static struct wrap_word words[64];

static size_t of_widths(const int *widths, size_t count)
{
	for (size_t i = 0, x = 0; i < count; x += (size_t)widths[i++] + 1)
		words[i] = (struct wrap_word){(int)x, (int)x + widths[i], 0, 0};
	return count;
}

static void test_lines_are_even(void **state)
{
	static const int widths[] = {4, 4, 4, 4, 4, 4};
	size_t ends[6];
	/* Greedy would have five and one. */
	assert_int_equal(wrap_balance(words, of_widths(widths, 6), 24, ends), 2);
	assert_int_equal(ends[0], 3);
	assert_int_equal(ends[1], 6);
	assert_int_equal(wrap_balance(words, 0, 24, ends), 0);
	assert_int_equal(wrap_balance(words, 1, 2, ends), 1); /* too wide: alone */
}

static void test_no_syllable_alone(void **state)
{
	static const int widths[] = {9, 9, 9, 9, 2};
	size_t ends[5], count = of_widths(widths, 5);
	words[4].alone = 1;
	words[3].penalty = 0;
	assert_int_equal(wrap_balance(words, count, 20, ends), 3);
	assert_int_equal(ends[1], 3);
}

/* The cost of lines that end there, counted the plain way. */
static double cost_of(size_t count, int width, const size_t *ends, size_t lines)
{
	double cost = 0;
	size_t from = 0;
	for (size_t k = 0; k < lines; from = ends[k++]) {
		double empty = width - (words[ends[k] - 1].end - words[from].start);
		double share = empty > 0 ? empty / width : 0;
		cost += share * share;
		if (ends[k] < count)
			cost += (double)words[ends[k] - 1].penalty;
		else if (ends[k] - from == 1 && lines > 1)
			cost += (double)words[from].alone;
		if (empty < 0 && ends[k] - from > 1)
			return 1e9;
	}
	return cost;
}

/* Against every possible way to break. */
static void test_best_of_all(void **state)
{
	enum { WORDS = 9 };
	uint32_t seed = 1;
	for (int round = 0; round < 300; round++) {
		int widths[WORDS], width = 8 + round % 23;
		for (int i = 0; i < WORDS; i++)
			widths[i] = 1 + (int)((seed = seed * 1664525 + 1013904223) >> 28);
		of_widths(widths, WORDS);
		for (int i = 0; i < WORDS; i++) {
			words[i].penalty = (float)((seed = seed * 1664525 + 1013904223) >> 29) / 20;
			words[i].alone = 0.5f;
		}
		size_t ends[WORDS], lines = wrap_balance(words, WORDS, width, ends), fewest = WORDS;
		double cost = cost_of(WORDS, width, ends, lines), least = 1e9;
		for (unsigned breaks = 0; breaks < 1u << (WORDS - 1); breaks++) {
			size_t other[WORDS], n = 0;
			for (size_t i = 0; i < WORDS - 1; i++)
				if (breaks >> i & 1)
					other[n++] = i + 1;
			other[n++] = WORDS;
			double c = cost_of(WORDS, width, other, n);
			if (c > 1e8 || n > fewest)
				continue;
			least = n < fewest || c < least ? c : least;
			fewest = n;
		}
		assert_int_equal(lines, fewest);
		assert_float_equal(cost, least, 1e-6);
	}
}

/* --- lines, as pango sets them */

static const char *const syllables[] = {"Nộp", "hồ", "sơ,", "trực", "tuyến", "nghiêng", "mức", "độ", "3,",
	"4:", "-", "Long\u00a0An", "15\u00a0ngày\u00a0làm\u00a0việc", "(Ặ", "Ẵ)", "50%",
	"\x01"
	"bưu\x03",
	"\x02"
	"ff4000điện\x03",
	"dichvucong.gov.vn", "Cần\u00a0\x01Giuộc\x03."};
#define SYLLABLES (sizeof syllables / sizeof *syllables)

static void set_block(struct block *block, const struct font *font, const char *text, int width)
{
	struct passage passage;
	passage_read(&passage, fonts, text, width == 0);
	block_set(block, fonts, typesetter, font, &passage, width, 0);
	passage_finish(&passage);
}

/* What is shown, line by line, blanks at breaks taken out, against the text that went in. */
static void check_set(const char *text, const struct font *font, int width)
{
	struct block block;
	char *plain = emphasis_plain(text), *want = plain;
	set_block(&block, font, text, width);
	if (block.faults & RENDER_TOO_WIDE)
		goto out;
	assert_true(block.width <= width);
	for (int i = 0; i < block.lines; i++) {
		size_t size = block.line[i].size;
		const char *shown = block.set.text + block.line[i].begin;
		want += strspn(want, " \n");
		if (strncmp(shown, want, size) != 0)
			fail_msg("at width %d line %d of: %s", width, i, plain);
		want += size;
		/* It ends where the text has a blank or ends: never at a no-break space. */
		assert_true(
			*want == ' ' || *want == '\n' || *want == '\0' || want[-1] == '-' || want[-1] == '.');
		assert_false(strncmp(want, "\u00a0", 2) == 0);
	}
	assert_int_equal(strspn(want, " \n"), strlen(want));
out:
	free(plain);
	block_finish(&block);
}

static void test_any_text_in_any_box(void **state)
{
	const struct face face = {.width = 320, .height = 96, .foreground = 0xffffff, .rate = 30000};
	static const int heights[] = {16, 24, 40};
	uint32_t seed = 7;
	for (int round = 0; round < 240; round++) {
		char text[1024] = "";
		size_t size = 0;
		for (int i = 0; i < 1 + round % 30; i++) {
			seed = seed * 1664525 + 1013904223;
			size += (size_t)snprintf(text + size, sizeof text - size, "%s%s",
				i == 0		   ? ""
				: (seed >> 20) % 9 ? " "
						   : "\n",
				syllables[(seed >> 8) % SYLLABLES]);
		}
		struct font font;
		assert_true(fonts_choose(fonts, typesetter, &face, "", round & 1, heights[round % 3],
			fonts_covering(fonts, text), &font));
		check_set(text, &font, 60 + (round * 37) % 600);
	}
}

/* Words whose widths are known make the same lines as a layout of all of the text, whatever the font and the size. */
static void check_both_ways(const struct font *font, const char *text, int width)
{
	struct passage passage;
	struct block by_words, laid_out;
	passage_read(&passage, fonts, text, width == 0);
	block_set(&by_words, fonts, typesetter, font, &passage, width, 0);
	bool known = passage.regular;
	passage.regular = false;
	block_set(&laid_out, fonts, typesetter, font, &passage, width, 0);
	if (known && fonts_cover(passage.covering, font))
		assert_null(by_words.layout);
	if (strcmp(by_words.set.text, laid_out.set.text) != 0 || by_words.width != laid_out.width ||
		by_words.lines != laid_out.lines || by_words.faults != laid_out.faults)
		fail_msg("%s, %d pixels%s: in %d: by words %d wide, faults %x: %s; laid out %d wide, faults "
			 "%x: %s",
			font->family, font->pixels, font->bold ? ", bold" : "", width, by_words.width,
			by_words.faults, by_words.set.text, laid_out.width, laid_out.faults,
			laid_out.set.text);
	block_finish(&by_words);
	block_finish(&laid_out);
	passage_finish(&passage);
}

/* Figures and signs by themselves, what kerning moves, words that are broken within, several blanks, signs that are
 * not letters, bold words. */
static const char *const awkward[] = {"15", "07:00 - 11:30", "(1)", "AVAToWAVE YoTaVLT", "fi ffi fl ffl",
	"r. f, T. V- 'A' \"W\" “Y” ‘T’", "https://dichvucong.longan.gov.vn/thu-tuc/1-2-3?a=b&c=d", "a/b/c-d",
	"Ế Ỗ Ằ ữ Ǻ Ṩ", "  two  blanks   three ", "15\u00a0ngày", "10.000₫ ± 5% • 20°C … – —", "→ ↑ Å̊ e\u0301",
	"\x01"
	"Hạn\x03 nộp: \x01"
	"31/12\x03",
	"\x01"
	"Lưu ý\x03: nộp",
	"xin \x02"
	"ff0000chào\x03 bạn",
	"12 \x01"
	"34 56\x03 78",
	"T\n1\n\nV 2", "", " ", "ÀÁ ÂẤ ŸÝ ĐẠ Łł", "жук", "x\ty"};
#define AWKWARD (sizeof awkward / sizeof *awkward)

static void test_words_are_as_wide_as_in_a_layout(void **state)
{
	static const struct face faces[] = {
		{.width = 1920, .height = 1080, .page_height = 1080, .rate = 30000},
		{.width = 128, .height = 64, .page_height = 64, .rate = 30000, .mono = true},
		{.width = 256, .height = 128, .page_height = 128, .rate = 30000}};
	static const char *const families[] = {"Noto Sans", "Bang Tin 16", "Bang Tin 24", "Bang Tin 32"};
	uint32_t seed = 11;
	for (int round = 0; round < 1200; round++) {
		char text[1024] = "";
		size_t size = 0;
		for (int i = 0; i < 1 + round % 12; i++) {
			seed = seed * 1664525 + 1013904223;
			uint32_t at = (seed >> 8) % (AWKWARD + SYLLABLES);
			size += (size_t)snprintf(text + size, sizeof text - size, "%s%s",
				i == 0		   ? ""
				: (seed >> 20) % 9 ? " "
						   : "\n",
				at < AWKWARD ? awkward[at] : syllables[at - AWKWARD]);
		}
		struct font font;
		int height = 32 + (int)(seed >> 4) % (round % 10 == 0 ? 400 : 60);
		assert_true(fonts_choose(fonts, typesetter, &faces[round % 3],
			families[round % 4 ? round / 3 % 4 : 0], round & 1, height, 0, &font));
		check_both_ways(&font, text, round % 5 == 0 ? 0 : 40 + (round * 37) % 900);
	}
}

/* The last letter counts too when a line is broken. */
static void test_last_word_fits(void **state)
{
	const struct face face = {.width = 64, .height = 16, .foreground = 0xffffff, .rate = 30000};
	struct font font;
	const char *text = "công tỉnh cũ";
	assert_true(
		fonts_choose(fonts, typesetter, &face, "", false, 16, fonts_covering(fonts, text), &font));
	for (int width = 40; width < 90; width++) {
		struct block block;
		set_block(&block, &font, text, width);
		assert_int_equal(block.faults, 0);
		assert_true(block.width <= width);
		block_finish(&block);
	}
}

static void test_emphasis_is_drawn(void **state)
{
	const struct face face = {.width = 300, .height = 40, .foreground = 0xffffff, .rate = 30000};
	struct setting setting = {.family = "", .colour = 0xffffff};
	struct fitted fitted;
	assert_true(text_fit(fonts, typesetter, &face, &setting,
		"Hạn \x02"
		"ff0000chót\x03 15/12",
		300, 40, OVERFLOW_PAGES, &fitted));
	struct frame *frame = frame_create(300, 40);
	fitted_paint(&fitted, &setting, 0, frame, 0, 0);
	int red = 0, white = 0;
	for (int y = 0; y < 40; y++)
		for (int x = 0; x < 300; x++) {
			uint32_t red_part = frame_row(frame, y)[x] >> 16 & 255,
				 blue = frame_row(frame, y)[x] & 255;
			red += red_part > 128 && blue == 0;
			white += red_part > 128 && blue > 128;
		}
	assert_int_equal(fitted.faults, 0);
	assert_true(red > 100 && white > 200);
	frame_unref(frame);
	fitted_finish(&fitted);
}

static void test_emphasis_reader(void **state)
{
	char *plain = emphasis_plain("a\x01"
				     "b\x02"
				     "00ff00"
				     "c\x03"
				     "d\x03"
				     "e");
	assert_string_equal(plain, "abcde");
	free(plain);
	struct emphasis_reader reader = {.at = "a\x01"
					       "b\x02"
					       "00ff00"
					       "c\x03"
					       "d\x03"
					       "e"};
	const char *piece;
	size_t size;
	struct emphasis look;
	static const struct emphasis want[] = {
		{0}, {true, false, 0}, {true, true, 0xff00}, {true, false, 0}, {0}};
	for (size_t i = 0; i < 5; i++) {
		assert_true(emphasis_next(&reader, &piece, &size, &look));
		assert_true(size == 1 && *piece == "abcde"[i]);
		assert_true(look.bold == want[i].bold && look.coloured == want[i].coloured &&
			    look.colour == want[i].colour);
	}
	assert_false(emphasis_next(&reader, &piece, &size, &look));
	reader = (struct emphasis_reader){.at = "\x03\x03\x02"
						"12"}; /* not made by anybody, and no reason to fall over */
	assert_false(emphasis_next(&reader, &piece, &size, &look));
}

/* --- a box */

static struct fitted fit(const char *text, int width, int height, int legible, enum overflow overflow)
{
	const struct face face = {
		.width = width, .height = height, .foreground = 0xffffff, .rate = 30000, .legible = legible};
	const struct setting setting = {
		.family = "", .colour = 0xffffff, .align = ALIGN_CENTRE, .valign = ALIGN_CENTRE};
	struct fitted fitted;
	assert_true(text_fit(fonts, typesetter, &face, &setting, text, width, height, overflow, &fitted));
	return fitted;
}

static const char paragraph[] = "Dịch vụ bưu chính công ích: bưu điện tiếp nhận hồ sơ và trả kết quả giải "
				"quyết thủ tục hành chính tận nơi "
				"theo yêu cầu của người dân.";

static void test_largest_that_fits(void **state)
{
	struct fitted fitted = fit(paragraph, 640, 200, 0, OVERFLOW_PAGES);
	assert_true(fitted.whole && fitted.pages == 1 && fitted.faults == 0);
	int used = block_height(&fitted.block);
	assert_true(used <= 200 && used > 130); /* much of the box is used */
	fitted_finish(&fitted);
}

/* The longest text in the largest box: in letters of that height Pango could not count along it. */
static void test_longest_text_in_the_largest_box(void **state)
{
	char text[4001];
	for (size_t i = 0; i < 4000; i++)
		text[i] = i % 7 == 6 ? ' ' : 'm';
	text[4000] = '\0';
	struct fitted fitted = fit(text, 16384, 16384, 0, OVERFLOW_PAGES);
	assert_true(fitted.whole && fitted.pages == 1 && fitted.faults == 0);
	assert_true(fitted.block.lines > 1 && fitted.block.width > 8192);
	fitted_finish(&fitted);
	fitted = fit(text, 64, 16384, 0, OVERFLOW_PAGES);
	assert_true(fitted.block.width <= 64 || (fitted.faults & RENDER_TOO_WIDE));
	fitted_finish(&fitted);
}

/* No font for them is shipped; but somebody may write them. */
static void test_from_right_to_left(void **state)
{
	static const char text[] = "שלום עולם abc שלום עולם מודעה 12:30 السلام عليكم ورحمة الله";
	for (int width = 16; width < 640; width += 7) {
		struct fitted fitted = fit(text, width, 96, 0, OVERFLOW_PAGES);
		assert_true(fitted.block.lines > 0);
		fitted_finish(&fitted);
	}
}

/* What fits only in letters that nobody can read from there comes in pages, in letters that are read. */
static void test_pages_rather_than_small(void **state)
{
	struct fitted small = fit(paragraph, 320, 96, 0, OVERFLOW_PAGES);
	assert_true(small.whole && small.pages == 1);
	struct fitted legible = fit(paragraph, 320, 96, 20, OVERFLOW_PAGES);
	assert_int_equal(legible.faults, 0);
	assert_true(legible.block.font.ink.capital >= 20 && legible.pages > 1);
	int lines = 0;
	for (int page = 0; page < legible.pages; page++) {
		int first, count;
		fitted_page(&legible, page, &first, &count);
		assert_true(first == lines && count >= 1);
		assert_true(block_height_of(&legible.block, count) <= 96);
		lines += count;
	}
	assert_int_equal(lines, legible.block.lines);
	fitted_finish(&legible);
	/* No letters of this board are high enough: the largest are taken, and it is told. */
	legible = fit("Một cửa", 320, 96, 200, OVERFLOW_PAGES);
	assert_true(legible.faults & RENDER_TOO_SMALL);
	assert_true(legible.block.font.ink.capital > 40);
	fitted_finish(&legible);
	fitted_finish(&small);
}

/* A board that stands upright on a pole: a twelfth of its height would be too high for any word. */
static void test_narrow_and_high(void **state)
{
	const struct face face = {
		.width = 96, .height = 1536, .page_height = 1536, .foreground = 0xffffff, .rate = 30000};
	const struct setting setting = {.family = "", .colour = 0xffffff};
	struct fitted fitted;
	assert_true(text_fit(fonts, typesetter, &face, &setting, "Nộp hồ sơ trực tuyến, nghiêng", 96, 1536,
		OVERFLOW_PAGES, &fitted));
	assert_int_equal(fitted.faults, 0);
	assert_true(fitted.whole);
	fitted_finish(&fitted);
}

static void test_nothing_outside_the_box(void **state)
{
	struct fitted fitted = fit("Ế Ộ Ặ gyỵ Nộp hồ sơ", 200, 60, 0, OVERFLOW_PAGES);
	const struct setting setting = {
		.family = "", .colour = 0xffffff, .align = ALIGN_CENTRE, .valign = ALIGN_CENTRE};
	struct frame *frame = frame_create(400, 200);
	fitted_paint(&fitted, &setting, 0, frame, 100, 70);
	bool inside = false;
	for (int y = 0; y < 200; y++)
		for (int x = 0; x < 400; x++) {
			bool in = x >= 100 && x < 300 && y >= 70 && y < 130;
			inside |= in && frame_row(frame, y)[x];
			assert_true(in || frame_row(frame, y)[x] == 0);
		}
	assert_true(inside);
	assert_int_equal(fitted.faults, 0);
	frame_unref(frame);
	fitted_finish(&fitted);
}

/* --- pictures kept as files */

static double difference(const struct frame *a, const struct frame *b)
{
	double sum = 0;
	if (a->width != b->width || a->height != b->height)
		return 255;
	for (int y = 0; y < a->height; y++)
		for (int x = 0; x < a->width; x++)
			for (int shift = 0; shift < 24; shift += 8)
				sum += abs((int)(frame_row(a, y)[x] >> shift & 255) -
					   (int)(frame_row(b, y)[x] >> shift & 255));
	return sum / 3 / a->width / a->height;
}

static const struct golden {
	const char *name, *text;
	int width, height, size, spacing;
	enum align align;
	uint32_t background;
} goldens[] = {
	{"doan-320x96", paragraph, 320, 96, 0, 0, ALIGN_CENTRE, 0},
	{"doan-320x96-danh-dau",
		"\x02"
		"ffb000Bộ phận Một cửa\x03 tạm ngưng nhận hồ sơ trực tiếp; \x01nộp hồ sơ trực tuyến\x03 vẫn "
		"như "
		"thường lệ.",
		320, 96, 0, 0, ALIGN_CENTRE, 0},
	{"doan-1280x800", paragraph, 1280, 800, 0, 0, ALIGN_CENTRE, 0x003366},
	{"doan-1280x800-trai",
		"Trên Cổng Dịch vụ công tỉnh, người dân và doanh nghiệp có thể:\n- Tìm hiểu thủ tục hành "
		"chính\n- Nộp hồ "
		"sơ và bổ sung giấy tờ \x01trực tuyến\x03\n- Thanh toán phí, lệ phí \x02"
		"ffd24atrước ngày 15/12\x03\n- Theo "
		"dõi tiến độ và nhận kết quả\n- Đánh giá sự phục vụ, gửi phản ánh, kiến nghị",
		1280, 800, 64, 24, ALIGN_START, 0x003366},
};

static void test_golden(void **state)
{
	for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
		const struct golden *g = &goldens[i];
		const struct face face = {
			.width = g->width, .height = g->height, .foreground = 0xffffff, .rate = 30000};
		const struct setting setting = {.family = "",
			.size = g->size,
			.spacing = g->spacing,
			.colour = 0xffffff,
			.align = g->align,
			.valign = ALIGN_CENTRE};
		struct fitted fitted;
		assert_true(text_fit(fonts, typesetter, &face, &setting, g->text, g->width, g->height,
			OVERFLOW_PAGES, &fitted));
		struct frame *frame = frame_create(g->width, g->height), *kept = NULL;
		frame_fill(frame, (struct rect){0, 0, g->width, g->height}, g->background);
		fitted_paint(&fitted, &setting, 0, frame, 0, 0);
		assert_int_equal(fitted.faults, 0);
		char path[128];
		snprintf(path, sizeof path, "tests/golden/%s.png", g->name);
		if (getenv("BANGTIN_GOLDEN"))
			assert_int_equal(frame_write_png(frame, path), 0);
		assert_int_equal(frame_read_png(path, &kept), 0);
		if (difference(frame, kept) > 4)
			fail_msg("%s differs by %.2f", path, difference(frame, kept));
		frame_unref(frame);
		frame_unref(kept);
		fitted_finish(&fitted);
	}
}

/* --- fonts: what is predicted must be what measuring every letter says */

static int ink_of_all(const struct font *font, struct ink *ret_ink)
{
	static const char letters[] = "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
				      "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				      "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
	PangoLayout *layout = typesetter_layout(typesetter, font);
	PangoRectangle ink;
	pango_layout_set_text(layout, letters, -1);
	pango_layout_line_get_pixel_extents(pango_layout_get_line_readonly(layout, 0), &ink, NULL);
	g_object_unref(layout);
	*ret_ink = (struct ink){.up = -ink.y, .down = ink.y + ink.height};
	return ink.height;
}

static void check_choice(bool mono, bool bold, int height)
{
	struct face face = {.width = 1920, .height = 1080, .mono = mono};
	struct font font;
	struct ink ink;
	assert_true(fonts_choose(
		fonts, typesetter, &face, "Noto Sans", bold, height, fonts_covering(fonts, "Nộp"), &font));
	assert_true(ink_of_all(&font, &ink) <= height);
	assert_int_equal(font.ink.up, ink.up);
	assert_int_equal(font.ink.down, ink.down);
	font.pixels++;
	assert_true(ink_of_all(&font, &ink) > height);
}

static void test_largest_font(void **state)
{
	static const int heights[] = {43, 51, 64, 99, 100, 257, 700};
	for (size_t i = 0; i < sizeof heights / sizeof *heights; i++)
		for (int kind = 0; kind < 4; kind++)
			check_choice(kind & 1, kind & 2, heights[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_largest_font),
		cmocka_unit_test(test_preferences),
		cmocka_unit_test(test_compounds),
		cmocka_unit_test(test_lines_are_even),
		cmocka_unit_test(test_no_syllable_alone),
		cmocka_unit_test(test_best_of_all),
		cmocka_unit_test(test_any_text_in_any_box),
		cmocka_unit_test(test_words_are_as_wide_as_in_a_layout),
		cmocka_unit_test(test_last_word_fits),
		cmocka_unit_test(test_emphasis_is_drawn),
		cmocka_unit_test(test_emphasis_reader),
		cmocka_unit_test(test_largest_that_fits),
		cmocka_unit_test(test_longest_text_in_the_largest_box),
		cmocka_unit_test(test_from_right_to_left),
		cmocka_unit_test(test_pages_rather_than_small),
		cmocka_unit_test(test_narrow_and_high),
		cmocka_unit_test(test_nothing_outside_the_box),
		cmocka_unit_test(test_golden),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
