/* Typesetting: a text into lines that fit a box, and lines onto frames.
 *
 * Two ways in. text_fit sets a text in a box of any size, chooses its letters and divides it into pages: this is what a
 * zone of a layout wants. block_set sets it in a given font, of one line or wrapped: this is what runs and rolls.
 * Texts may carry emphasis (base/emphasis.h). One typesetter, and what was set with it, belong to one thread at a time.
 */
#ifndef RENDER_TYPESET_H
#define RENDER_TYPESET_H

#include "render/passage.h"

/* How a text is to be set on a face: style and face already merged. */
struct setting {
	const char *family;
	bool bold;
	int size; /* ink height of a line; 0: chosen */
	int spacing;
	uint32_t colour, background;
	enum align align, valign;
};

/* A text set in lines. Its typesetter stays its own until it is finished. */
struct block {
	struct font font;  /* its ink is that of all the text, also of its bold words */
	struct marked set; /* the text, its lines parted by breaks */
	bool single;	   /* one line, whatever it holds */
	struct typesetter *typesetter;
	PangoLayout *layout; /* made when it is needed, at the latest for painting */
	struct set_line {
		size_t begin, size; /* bytes of set.text */
		PangoRectangle ink; /* pixels, from its begin on the baseline */
		int width;
	} * line;
	int lines, line_height; /* pixels, spacing included */
	int width;		/* of the widest line */
	unsigned faults;
	uint32_t missing;
};

/* width 0: one line, and the passage was read as one. Otherwise lines are broken by render/wrap.h and none is wider than
 * width, but RENDER_TOO_WIDE. */
void block_set(struct block *block, struct fonts *fonts, struct typesetter *typesetter,
	const struct font *font, const struct passage *passage, int width, int spacing);
void block_finish(struct block *block);
int block_height(const struct block *block);
/* What block_paint would do with those lines on a frame of that size: sets RENDER_CLIPPED. */
void block_try(struct block *block, const struct setting *setting, int first, int count, int width,
	int height, int y);
/* The height of so many of its lines. */
int block_height_of(const struct block *block, int lines);
/* How many lines fit `height`; at least 1. */
int block_lines_in(const struct block *block, int height);
/* Paints lines [first, first + count) with the first one's top at y; x positions by align within width. Ink that would
 * leave the frame sets RENDER_CLIPPED. */
void block_paint(
	struct block *block, const struct setting *setting, int first, int count, struct frame *frame, int y);
/* The same of block_paint_part on a frame of that height, its top at 0. */
void block_try_part(struct block *block, int height);
/* Paints columns [from, from + frame->width) of the only line, its top at y. */
void block_paint_part(
	struct block *block, const struct setting *setting, int from, struct frame *frame, int y);

/* --- a text in a box */

/* What to do with a text that does not fit the box at once. */
enum overflow {
	OVERFLOW_PAGES, /* pages, in the smallest letters that are legible (face->legible) or, where that is not known,
			 * of a twelfth of the box's height, or lower if a word needs it */
	OVERFLOW_FLOW, /* the largest letters whose words fit the width: it rolls, or is paged for the sake of it */
};

struct fitted { /* a text set in a box */
	struct block block;
	int width, height; /* of the box */
	bool whole;	   /* it stands there at once; OVERFLOW_FLOW: its words fit the width */
	int pages;	   /* >= 1; evenly filled */
	unsigned faults;   /* RENDER_TOO_SMALL besides the block's */
};

/* setting->size is taken where it is given (not above the box's height); else the largest letters are chosen at which
 * all of the text fits the box. Letters below face->legible are taken only where a word or the box's height leaves no
 * choice, and told as RENDER_TOO_SMALL. text is only read during the call. False: no font is as low as the box; nothing
 * is to be finished then. */
bool text_fit(struct fonts *fonts, struct typesetter *typesetter, const struct face *face,
	const struct setting *setting, const char *text, int width, int height, enum overflow overflow,
	struct fitted *ret_fitted);
/* The same for one line of at most that height, line breaks taken as spaces: what runs. Its box is as wide as it. */
bool line_fit(struct fonts *fonts, struct typesetter *typesetter, const struct face *face,
	const struct setting *setting, const char *text, int height, struct fitted *ret_fitted);
/* The lines of that page. */
void fitted_page(const struct fitted *fitted, int page, int *ret_first, int *ret_count);
/* Paints that page on the box at (x, y) of frame, which contains the box; nothing is painted outside the box. The
 * background is the caller's. Ink that would leave the box sets RENDER_CLIPPED in fitted->faults. */
void fitted_paint(
	struct fitted *fitted, const struct setting *setting, int page, struct frame *frame, int x, int y);
/* The same without painting: only what it says of faults. */
void fitted_try(struct fitted *fitted, const struct setting *setting, int page);
void fitted_finish(struct fitted *fitted);

#endif
