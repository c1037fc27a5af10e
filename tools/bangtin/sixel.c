/* DEC: VT330/VT340 Programmer Reference Manual, volume 2, chapter 14: a band of six rows at a time, a colour at a time;
 * "!n" repeats, "$" goes back to the band's begin, "-" to the next band. */
#include "sixel.h"

#include "base/alloc.h"
#include "palette.h"

#define REPEAT_LEAST 4 /* shorter runs are as short written out */

static void write_colours(const struct palette *palette, FILE *to)
{
	for (int i = 0; i < palette->count; i++) {
		uint32_t c = palette->colours[i];
		fprintf(to, "#%d;2;%u;%u;%u", i, ((c >> 16 & 255) * 100 + 127) / 255,
			((c >> 8 & 255) * 100 + 127) / 255, ((c & 255) * 100 + 127) / 255);
	}
}

static void write_run(int bits, int count, FILE *to)
{
	if (count >= REPEAT_LEAST)
		fprintf(to, "!%d%c", count, '?' + bits);
	else
		for (int i = 0; i < count; i++)
			putc('?' + bits, to);
}

/* indices: six rows of the band; -1: below the picture. */
static void write_colour(const int16_t *indices, int width, int colour, FILE *to)
{
	int run = 0, last = 0;

	fprintf(to, "#%d", colour);
	for (int x = 0; x < width; x++) {
		int bits = 0;
		for (int row = 0; row < 6; row++)
			bits |= (indices[row * width + x] == colour) << row;
		if (run > 0 && bits != last) {
			write_run(last, run, to);
			run = 0;
		}
		last = bits;
		run++;
	}
	if (last != 0) /* nothing more to paint: left out */
		write_run(last, run, to);
	putc('$', to);
}

static void write_band(
	const struct frame *frame, int y, const struct palette *palette, int16_t *indices, FILE *to)
{
	bool used[PALETTE_MOST] = {false};

	for (int row = 0; row < 6; row++)
		for (int x = 0; x < frame->width; x++) {
			int index = y + row < frame->height
					    ? palette_index(palette, frame_row(frame, y + row)[x])
					    : -1;
			indices[row * frame->width + x] = (int16_t)index;
			if (index >= 0)
				used[index] = true;
		}
	for (int i = 0; i < palette->count; i++)
		if (used[i])
			write_colour(indices, frame->width, i, to);
	putc('-', to);
}

void sixel_write(const struct frame *frame, FILE *to)
{
	struct palette palette;
	int16_t *indices = xcalloc(6 * (size_t)frame->width, sizeof *indices);

	palette_init(&palette);
	for (int y = 0; y < frame->height; y++)
		for (int x = 0; x < frame->width; x++)
			palette_note(&palette, frame_row(frame, y)[x]);
	palette_choose(&palette, PALETTE_MOST);
	fprintf(to, "\033P0;1q\"1;1;%d;%d", frame->width, frame->height);
	write_colours(&palette, to);
	for (int y = 0; y < frame->height; y += 6)
		write_band(frame, y, &palette, indices, to);
	fputs("\033\\", to);
	palette_finish(&palette);
	free(indices);
}
