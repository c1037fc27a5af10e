#include "frame/pattern.h"

#include <string.h>

#include "base/time.h"
#include "base/words.h"

#define WHITE 0xffffffu
#define RED   0xff0000u
#define GREEN 0x00ff00u
#define BLUE  0x0000ffu

#define MODULE_WIDTH  32
#define MODULE_HEIGHT 16

static struct rect whole(const struct frame *frame)
{
	return (struct rect){0, 0, frame->width, frame->height};
}

static void fill(struct frame *frame, uint32_t colour)
{
	frame_fill(frame, whole(frame), colour);
}

static int64_t steps(int64_t elapsed, int64_t every)
{
	return elapsed < 0 ? 0 : elapsed / every;
}

/* --- digits and letters, 3x5, drawn as rows of bits: the topmost three bits first */

static const struct {
	char c;
	const char *rows; /* 15 cells */
} glyphs[] = {
	{'0', "###"
	      "#.#"
	      "#.#"
	      "#.#"
	      "###"},
	{'1', ".#."
	      "##."
	      ".#."
	      ".#."
	      "###"},
	{'2', "###"
	      "..#"
	      "###"
	      "#.."
	      "###"},
	{'3', "###"
	      "..#"
	      ".##"
	      "..#"
	      "###"},
	{'4', "#.#"
	      "#.#"
	      "###"
	      "..#"
	      "..#"},
	{'5', "###"
	      "#.."
	      "###"
	      "..#"
	      "###"},
	{'6', "###"
	      "#.."
	      "###"
	      "#.#"
	      "###"},
	{'7', "###"
	      "..#"
	      ".#."
	      ".#."
	      ".#."},
	{'8', "###"
	      "#.#"
	      "###"
	      "#.#"
	      "###"},
	{'9', "###"
	      "#.#"
	      "###"
	      "..#"
	      "###"},
	{'R', "##."
	      "#.#"
	      "##."
	      "#.#"
	      "#.#"},
	{'G', "###"
	      "#.."
	      "#.#"
	      "#.#"
	      "###"},
	{'B', "##."
	      "#.#"
	      "##."
	      "#.#"
	      "##."},
};

static void draw_glyph(
	struct frame *frame, struct rect within, char c, int x, int y, int scale, uint32_t colour)
{
	struct rect cell;

	for (size_t i = 0; i < sizeof glyphs / sizeof *glyphs; i++)
		for (int at = 0; glyphs[i].c == c && at < 15; at++)
			if (glyphs[i].rows[at] == '#' &&
				rect_intersect(
					(struct rect){x + at % 3 * scale, y + at / 3 * scale, scale, scale},
					within, &cell))
				frame_fill(frame, cell, colour);
}

static int number_width(int64_t number, int scale)
{
	int digits = 1;

	while ((number /= 10) > 0)
		digits++;
	return (4 * digits - 1) * scale;
}

static void draw_number(struct frame *frame, struct rect within, int64_t number, int scale, uint32_t colour)
{
	int x = within.x + number_width(number, scale) - 3 * scale;

	do {
		draw_glyph(frame, within, (char)('0' + number % 10), x, within.y, scale, colour);
		x -= 4 * scale;
	} while ((number /= 10) > 0);
}

void pattern_number(struct frame *frame, int x, int y, int64_t number, int scale, uint32_t colour)
{
	struct rect within = {x, y, number_width(number, scale), 5 * scale};

	draw_number(frame, within, number, scale, colour);
}

/* The largest scale at which a number of that many digits fits; 1 if none does. */
static int scale_of(int digits, int width, int height)
{
	int across = width / (4 * digits - 1), down = height / 5;
	int scale = across < down ? across : down;

	return scale > 1 ? scale : 1;
}

/* --- the patterns */

static void paint_red(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	(void)elapsed;
	fill(frame, RED);
}

static void paint_green(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	(void)elapsed;
	fill(frame, GREEN);
}

static void paint_blue(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	(void)elapsed;
	fill(frame, BLUE);
}

static void paint_white(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	(void)elapsed;
	fill(frame, WHITE);
}

static void paint_black(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	(void)elapsed;
	fill(frame, 0);
}

static void paint_bars(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	static const uint32_t bars[] = {WHITE, 0xffff00, 0x00ffff, GREEN, 0xff00ff, RED, BLUE, 0};
	(void)elapsed;
	for (int x = 0; x < frame->width; x++)
		frame_fill(frame, (struct rect){x, 0, 1, frame->height}, bars[x * 8 / frame->width]);
}

static void paint_gradient(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	static const uint32_t channels[] = {0x010101, 0x010000, 0x000100, 0x000001};
	(void)elapsed;
	for (int y = 0; y < frame->height; y++) {
		uint32_t *row = frame_row(frame, y), channel = channels[y * 4 / frame->height];
		for (int x = 0; x < frame->width; x++)
			row[x] = channel * (uint32_t)(frame->width > 1 ? x * 255 / (frame->width - 1) : 255);
	}
}

static void paint_checker(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	int64_t phase = steps(elapsed, NS_PER_SEC);
	for (int y = 0; y < frame->height; y++) {
		uint32_t *row = frame_row(frame, y);
		for (int x = 0; x < frame->width; x++)
			row[x] = (x + y + phase) % 2 ? WHITE : 0;
	}
}

static void paint_walk(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	int64_t at = steps(elapsed, 50 * NS_PER_MS) % ((int64_t)frame->width * frame->height);
	fill(frame, 0);
	frame_row(frame, (int)(at / frame->width))[at % frame->width] = WHITE;
}

static void paint_rows(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	fill(frame, 0);
	frame_fill(frame,
		(struct rect){0, (int)(steps(elapsed, 200 * NS_PER_MS) % frame->height), frame->width, 1},
		WHITE);
}

static void paint_columns(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	fill(frame, 0);
	frame_fill(frame,
		(struct rect){(int)(steps(elapsed, 100 * NS_PER_MS) % frame->width), 0, 1, frame->height},
		WHITE);
}

static void paint_border(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	(void)elapsed;
	int w = frame->width, h = frame->height;
	fill(frame, 0);
	frame_fill(frame, (struct rect){0, 0, w, 1}, RED);
	frame_fill(frame, (struct rect){0, h - 1, w, 1}, GREEN);
	frame_fill(frame, (struct rect){0, 0, 1, h}, BLUE);
	frame_fill(frame, (struct rect){w - 1, 0, 1, h}, WHITE);
}

/* Each third carries the letter of the colour that it is meant to be. */
static void paint_order(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	static const uint32_t colours[] = {RED, GREEN, BLUE};
	(void)elapsed;
	for (int i = 0; i < 3; i++) {
		int left = i * frame->width / 3, width = (i + 1) * frame->width / 3 - left;
		int scale = width / 5 < frame->height / 7 ? width / 5 : frame->height / 7;
		if (scale < 1)
			scale = 1;
		frame_fill(frame, (struct rect){left, 0, width, frame->height}, colours[i]);
		draw_glyph(frame, whole(frame), "RGB"[i], left + (width - 3 * scale) / 2,
			(frame->height - 5 * scale) / 2, scale, 0);
	}
}

static void paint_modules(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	int width = settings->module_width, height = settings->module_height;
	int columns = (frame->width + width - 1) / width, rows = (frame->height + height - 1) / height;
	int inset = width < 12 || height < 9 ? 1 : 2; /* a small module has no room to spare for its edge */
	int digits = (number_width((int64_t)columns * rows, 1) + 1) / 4;
	int scale = scale_of(digits, width - inset - 1, height - inset - 1);

	(void)elapsed;
	fill(frame, 0);
	for (int row = 0; row < rows; row++)
		for (int column = 0; column < columns; column++) {
			int x = column * width, y = row * height;
			uint32_t edge = (column + row) % 2 ? 0x0000a0 : 0x006000;
			frame_fill(frame, (struct rect){x, y, width, 1}, edge);
			frame_fill(frame, (struct rect){x, y, 1, height}, edge);
			draw_number(frame, (struct rect){x + inset, y + inset, width - inset, height - inset},
				(int64_t)row * columns + column + 1, scale, WHITE);
		}
}

static void paint_counter(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	int scale = scale_of(5, frame->width, frame->height);
	int top = (frame->height - 5 * scale) / 2;

	(void)settings;
	fill(frame, 0);
	draw_number(frame, (struct rect){0, top > 0 ? top : 0, frame->width, frame->height},
		steps(elapsed, 10 * NS_PER_MS) % 100000, scale, WHITE);
}

static void paint_edge(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	(void)settings;
	int at = (int)(steps(elapsed, 20 * NS_PER_MS) % frame->width);
	fill(frame, 0);
	frame_fill(frame, (struct rect){at, 0, frame->width / 4 + 1, frame->height}, WHITE);
}

/* Three seconds each: time to look for the pixel that is not as the others. */
static void paint_fields(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	static const uint32_t colours[] = {RED, GREEN, BLUE, WHITE, 0};

	(void)settings;
	fill(frame, colours[steps(elapsed, 3 * NS_PER_SEC) % 5]);
}

static void paint_letters(const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	const struct frame *letters = settings->letters;

	if (!letters || letters->width != frame->width || letters->height < frame->height) {
		fill(frame, 0);
		return;
	}
	int page = (int)(steps(elapsed, 3 * NS_PER_SEC) % (letters->height / frame->height));
	frame_copy(frame, 0, 0, letters, (struct rect){0, page * frame->height, frame->width, frame->height});
}

const struct pattern patterns[] = {
	{"bars", N_("eight colour bars: white yellow cyan green magenta red blue black, from the left"),
		paint_bars},
	{"gradient", N_("grey, red, green and blue ramps: steps and flicker show bad gamma or depth"),
		paint_gradient},
	{"checker", N_("every second pixel, swapped each second: stuck and dead pixels"), paint_checker},
	{"walk", N_("one pixel walks through all: a jump shows a wrong module map"), paint_walk},
	{"rows", N_("one row walks down: rows out of order show a wrong scan"), paint_rows},
	{"columns", N_("one column walks right"), paint_columns},
	{"border", N_("top red, bottom green, left blue, right white: size, rotation and mirroring"),
		paint_border},
	{"order", N_("R on red, G on green, B on blue: other colours mean another colour order"),
		paint_order},
	{"modules", N_("each module shows its number, row by row from the top left"), paint_modules},
	{"letters",
		N_("every Vietnamese letter, page by page: cut accents, letters that cannot be told apart"),
		paint_letters},
	{"counter", N_("hundredths of a second: film it beside a clock to see the delay"), paint_counter},
	{"edge", N_("a bar moves right: a broken edge is tearing"), paint_edge},
	{"fields",
		N_("all red, green, blue, white, dark, in turn: dead pixels, and pixels that never go out"),
		paint_fields},
	{"red", N_("all red"), paint_red},
	{"green", N_("all green"), paint_green},
	{"blue", N_("all blue"), paint_blue},
	{"white", N_("all white: the power supply's hardest case"), paint_white},
	{"black", N_("all dark"), paint_black},
	{NULL, NULL, NULL},
};

const struct pattern *pattern_find(const char *name)
{
	for (const struct pattern *pattern = patterns; pattern->name; pattern++)
		if (strcmp(pattern->name, name) == 0)
			return pattern;
	return NULL;
}

bool pattern_paint(
	const char *name, const struct pattern_settings *settings, int64_t elapsed, struct frame *frame)
{
	const struct pattern *pattern = pattern_find(name);
	struct pattern_settings complete = settings ? *settings : (struct pattern_settings){0};

	if (complete.module_width < 1)
		complete.module_width = MODULE_WIDTH;
	if (complete.module_height < 1)
		complete.module_height = MODULE_HEIGHT;
	if (pattern)
		pattern->paint(&complete, elapsed, frame);
	return pattern != NULL;
}
