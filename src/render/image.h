/* Still pictures: PNG and JPEG onto a frame, turned upright, scaled once. The header is judged before anything is
 * decoded (frame/image_header.h says by which limits), and rows are scaled as they come, so that a large photograph
 * never stands in memory as a whole; of those that must (interlaced, progressive), one at a time is decoded. Slow; any
 * thread. */
#ifndef RENDER_IMAGE_H
#define RENDER_IMAGE_H

#include "frame/frame.h"
#include "frame/image_header.h"

/* Paints the picture in data into area, which must lie within frame; transparency shows what was there. 0, or -EINVAL
 * with fault (what is wrong; what to do instead): then frame is untouched. */
int image_paint(const void *data, size_t size, enum image_fit fit, struct frame *frame, struct rect area,
	struct image_fault *fault);
/* Where in area the upright picture of that header would stand: all of area for IMAGE_COVER. */
struct rect image_place(const struct image_header *header, enum image_fit fit, struct rect area);

#endif
