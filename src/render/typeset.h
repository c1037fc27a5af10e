/* Typesetting: text into lines that fit a box, and lines onto frames. */
#ifndef RENDER_TYPESET_H
#define RENDER_TYPESET_H

#include "render/fonts.h"

/* How a text is to be set on a face: style and face already merged. */
struct setting {
	const char *family;
	bool bold;
	int size; /* ink height of a line; 0: chosen */
	int spacing;
	uint32_t colour, background;
	enum align align, valign;
};

/* A text set in lines; owns its layout. */
struct block {
	struct font font;
	PangoLayout *layout;
	int lines, line_height; /* pixels, spacing included */
	int width;		/* of the widest line */
	unsigned faults;
	uint32_t missing;
};

/* width 0: one line, line breaks become spaces. */
void block_set(struct block *block, struct fonts *fonts, struct typesetter *typesetter,
	const struct font *font, const char *text, int width, int spacing);
void block_finish(struct block *block);
int block_height(const struct block *block);
/* How many lines fit `height`; at least 1. */
int block_lines_in(const struct block *block, int height);
/* Paints lines [first, first + count) with the first one's top at y; x positions by align within width. Ink that would
 * leave the frame sets RENDER_CLIPPED. */
void block_paint(
	struct block *block, const struct setting *setting, int first, int count, struct frame *frame, int y);
/* Paints columns [from, from + frame->width) of the only line, its top at y. */
void block_paint_part(
	struct block *block, const struct setting *setting, int from, struct frame *frame, int y);

#endif
