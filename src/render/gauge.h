/* How long the lines of a text are in a font: of regular passages by the words that are known (render/widths.h), of others
 * by laying all of it out. */
#ifndef RENDER_GAUGE_H
#define RENDER_GAUGE_H

#include "render/passage.h"

/* Whether the words of a regular text can be measured in that font: it, and the bold one if some are bold, can be read.
 * Before any of what follows. */
bool gauge_begin(struct typesetter *typesetter, const struct font *font, const struct marked *marked);
/* places as break_lines wants them. marked is regular. */
void gauge_places(
	struct typesetter *typesetter, const struct font *font, const struct marked *marked, int *places);
/* Of the line [begin, end) of a regular text: its ink, relative to its begin on the baseline, and its width, in pixels
 * as pango_layout_line_get_pixel_extents has them. */
void gauge_line(struct typesetter *typesetter, const struct font *font, const struct marked *marked,
	size_t begin, size_t end, PangoRectangle *ret_ink, int *ret_width);
/* The same as gauge_places of a layout that holds a text of that size and is not broken. */
void gauge_layout(PangoLayout *layout, int *places, size_t size);

#endif
