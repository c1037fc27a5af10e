/* Pictures in a terminal: two pixels a character cell, an upper half block in the one's colour on the other's. Only
 * cells that differ from what was drawn are written.
 *
 * Escape sequences: ECMA-48, and "38;2;r;g;b" of ITU-T T.416 as xterm has it.
 */
#ifndef FRAME_HALFBLOCK_H
#define FRAME_HALFBLOCK_H

#include "frame/frame.h"

enum colours { COLOURS_24BIT, COLOURS_256, COLOURS_MONO };
/* What the terminal can show, by COLORTERM and TERM. */
enum colours colours_judge(void);

struct halfblock {
	int width, height; /* pixels of the pictures */
	enum colours depth;
	int row, column; /* 1-based place of the first cell */
	uint64_t *cells; /* drawn: upper colour << 32 | lower */
	char *bytes;	 /* to be written */
	size_t size;
	bool pen_known; /* what the terminal's colours are: */
	uint64_t pen;
};

#define HALFBLOCK_SPARE 256 /* bytes that halfblock_put may add to each picture */

/* Allocates what any picture of that size needs; drawing does not. */
void halfblock_init(struct halfblock *half, int width, int height, enum colours depth, int row, int column);
void halfblock_finish(struct halfblock *half); /* twice is fine */
/* The terminal shows nothing that is known: all is drawn next. */
void halfblock_forget(struct halfblock *half);
void halfblock_clear(struct halfblock *half); /* nothing is to be written */
/* Adds text as it is, in all at most HALFBLOCK_SPARE bytes a picture. */
void halfblock_put(struct halfblock *half, const char *text);
/* Adds what draws the frame, in at most so many cells across and down. */
void halfblock_draw(struct halfblock *half, const struct frame *frame, int columns, int rows);

#endif
