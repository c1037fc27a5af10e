/* Fonts within the render room: the shipped families, what they cover, and typesetters, one a thread at a time. */
#ifndef RENDER_FONTS_H
#define RENDER_FONTS_H

#include <pango/pangocairo.h>

#include "render/render.h"

/* How high a font's ink is at one size, measured over every Vietnamese letter and ASCII: what must never be cut. */
struct ink {
	int up, down; /* pixels above and below the baseline, both >= 0 */
	int capital;  /* of an H: what legibility is counted by */
};

struct font {
	const char *family; /* static */
	int pixels;	    /* em */
	bool bold;
	bool outline; /* of any size; else of one */
	bool crisp;   /* a pixel font, or 1-bit LEDs: no antialiasing, full hinting */
	bool mono;    /* 1-bit LEDs: one colour */
	struct ink ink;
};

/* pango's objects may be used by one thread at a time; a typesetter is lent to whoever asks. */
struct typesetter;
struct typesetter *fonts_borrow(struct fonts *fonts);
void fonts_give_back(struct fonts *fonts, struct typesetter *typesetter);

/* The first character that the font's family lacks; 0: none. Line breaks count as present. */
uint32_t fonts_missing(struct fonts *fonts, const struct font *font, const char *text);
/* The families that have every character of the text, a bit each, for fonts_choose. */
unsigned fonts_covering(const struct fonts *fonts, const char *text);
bool fonts_cover(unsigned covering, const struct font *font); /* whether its family is one of them */
/* The best font of at most `height` pixels of ink for such a face; false: none is that low. family "" chooses: one of
 * those that cover the text, if there is any. */
bool fonts_choose(struct fonts *fonts, struct typesetter *typesetter, const struct face *face,
	const char *family, bool bold, int height, unsigned covering, struct font *ret_font);

/* Fills in font->ink. */
void fonts_measure(struct fonts *fonts, struct typesetter *typesetter, struct font *font);

/* A layout in that font, without text. The caller unrefs (g_object_unref). */
PangoLayout *typesetter_layout(struct typesetter *typesetter, const struct font *font);
/* That font itself; NULL: it cannot be read now. The caller unrefs. */
PangoFont *typesetter_font(struct typesetter *typesetter, const struct font *font);
/* What was measured with it so far. */
struct widths *typesetter_widths(struct typesetter *typesetter);
/* A layout as its outlines are, off the pixels' grid: for proportions. */
PangoLayout *typesetter_layout_unhinted(struct typesetter *typesetter, const struct font *font);

#endif
