/* What a text with fields is painted anew from: a copy of its order, since scenes outlive the catalogue. Private to the
 * text parts. */
#ifndef RENDER_TEXT_SOURCE_H
#define RENDER_TEXT_SOURCE_H

#include "render/text_part.h"

/* font: the letters that the sample took; every text of the part is set in them. */
struct text_source *text_source_create(
	const struct text_order *order, const struct words *words, const struct font *font);

/* The pictures of the order's text as those of a part that was made for its sample. False: no font is so low. */
bool text_part_repaint(
	struct fonts *fonts, const struct text_order *order, const struct part *as, struct part *ret_part);

#endif
