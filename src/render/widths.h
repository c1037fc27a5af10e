/* How wide words are: each is shaped once in a font of a size and looked up from then on. In our fonts nothing reaches
 * over a blank, no kerning and no ligature, so that a line is as wide as its pieces together; tests/unit/test_typeset.c
 * holds that against whole layouts. All lengths are in Pango's units. Belongs to a typesetter, and to its thread. */
#ifndef RENDER_WIDTHS_H
#define RENDER_WIDTHS_H

#include "render/fonts.h"

struct widths;
struct widths *widths_create(void);
void widths_destroy(struct widths *widths); /* NULL is fine */

/* Characters that are shaped by what their word says alone: Latin letters, digits, and the punctuation between them. */
bool widths_know(uint32_t c);

void widths_forget(struct widths *widths); /* all of it: the fonts are not those any more */
/* The same once it is too much; before a text is measured. */
void widths_trim(struct widths *widths);

/* A font at a size. Valid until widths_trim, as is what follows. NULL: it cannot be read now. */
struct strike;
const struct strike *widths_strike(
	struct widths *widths, struct typesetter *typesetter, const struct font *font);

struct span {
	int width;
	PangoRectangle ink;
	const int *places; /* where the character that holds a byte begins: one a byte */
};
/* A piece of a line: a blank, or what stands between blanks. latin: the line has a letter, not only figures and signs. */
const struct span *widths_span(
	struct widths *widths, const struct strike *strike, bool latin, const char *piece, size_t size);

/* The piece that begins there, of `size` bytes at the most: its own. */
size_t widths_piece(const char *text, size_t size);
/* Whether a line has a letter. */
bool widths_latin(const char *text, size_t size);

#endif
