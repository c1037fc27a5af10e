#include "frame/halfblock.h"

#include <stdio.h>

#include "base/alloc.h"

#define CELL_MOST    64 /* bytes of one cell: move 12, two colours of 19, the block 3 */
#define CELL_UNKNOWN UINT64_MAX

enum colours colours_judge(void)
{
	const char *colorterm = getenv("COLORTERM"), *term = getenv("TERM");

	if (colorterm && (strcmp(colorterm, "truecolor") == 0 || strcmp(colorterm, "24bit") == 0))
		return COLOURS_24BIT;
	if (!term || strcmp(term, "dumb") == 0 || strncmp(term, "vt", 2) == 0)
		return COLOURS_MONO;
	if (strstr(term, "direct"))
		return COLOURS_24BIT;
	return COLOURS_256;
}

static size_t cell_count(const struct halfblock *half)
{
	return (size_t)half->width * (size_t)((half->height + 1) / 2);
}

void halfblock_init(struct halfblock *half, int width, int height, enum colours depth, int row, int column)
{
	*half = (struct halfblock){
		.width = width, .height = height, .depth = depth, .row = row, .column = column};
	half->cells = xcalloc(cell_count(half), sizeof *half->cells);
	half->bytes = xmalloc(cell_count(half) * CELL_MOST + HALFBLOCK_SPARE);
	halfblock_forget(half);
}

void halfblock_finish(struct halfblock *half)
{
	free(half->cells);
	free(half->bytes);
	half->cells = NULL;
	half->bytes = NULL;
}

void halfblock_forget(struct halfblock *half)
{
	size_t count = cell_count(half);

	for (size_t i = 0; i < count; i++)
		half->cells[i] = CELL_UNKNOWN;
	half->pen_known = false;
}

void halfblock_clear(struct halfblock *half)
{
	half->size = 0;
}

void halfblock_put(struct halfblock *half, const char *text)
{
	size_t length = strlen(text);

	memcpy(half->bytes + half->size, text, length);
	half->size += length;
}

/* The nearest of the 6 x 6 x 6 cube of 256 colours (xterm: 0, 95, 135, 175, 215, 255). */
static int cube_colour(uint32_t colour)
{
	int index = 16;
	static const int weight[3] = {36, 6, 1};

	for (int c = 0; c < 3; c++) {
		int level = (int)(colour >> (16 - 8 * c) & 255);
		int step = level < 48 ? 0 : level < 115 ? 1 : (level - 35) / 40;
		index += weight[c] * step;
	}
	return index;
}

static void put_colour(struct halfblock *half, bool upper, uint32_t colour)
{
	char text[32];
	int ground = upper ? 38 : 48;

	if (half->depth == COLOURS_24BIT)
		snprintf(text, sizeof text, "\033[%d;2;%u;%u;%um", ground, colour >> 16 & 255,
			colour >> 8 & 255, colour & 255);
	else
		snprintf(text, sizeof text, "\033[%d;5;%dm", ground, cube_colour(colour));
	halfblock_put(half, text);
}

static bool is_bright(uint32_t colour)
{
	return (colour >> 16 & 255) * 3 + (colour >> 8 & 255) * 6 + (colour & 255) >= 128 * 5;
}

static void put_cell(struct halfblock *half, uint64_t cell)
{
	uint32_t upper = (uint32_t)(cell >> 32), lower = (uint32_t)cell;

	if (half->depth == COLOURS_MONO) {
		static const char *const shapes[2][2] = {{" ", "\u2584"}, {"\u2580", "\u2588"}};
		halfblock_put(half, shapes[is_bright(upper)][is_bright(lower)]);
		return;
	}
	if (!half->pen_known || half->pen >> 32 != upper)
		put_colour(half, true, upper);
	if (!half->pen_known || (uint32_t)half->pen != lower)
		put_colour(half, false, lower);
	half->pen_known = true;
	half->pen = cell;
	halfblock_put(half, "\u2580");
}

static uint64_t cell_of(const struct halfblock *half, const struct frame *frame, int column, int row)
{
	uint64_t upper = frame_row(frame, 2 * row)[column] & 0xffffff;
	uint64_t lower = 0;

	if (2 * row + 1 < half->height)
		lower = frame_row(frame, 2 * row + 1)[column] & 0xffffff;
	return upper << 32 | lower;
}

void halfblock_draw(struct halfblock *half, const struct frame *frame, int columns, int rows)
{
	char move[32];

	for (int row = 0; row < rows; row++) {
		bool there = false; /* the cursor is where the next cell goes */
		for (int column = 0; column < columns; column++) {
			uint64_t *drawn = &half->cells[row * half->width + column];
			uint64_t cell = cell_of(half, frame, column, row);
			if (*drawn == cell) {
				there = false;
				continue;
			}
			if (!there) {
				snprintf(move, sizeof move, "\033[%d;%dH", half->row + row,
					half->column + column);
				halfblock_put(half, move);
			}
			put_cell(half, cell);
			*drawn = cell;
			there = true;
		}
	}
}
