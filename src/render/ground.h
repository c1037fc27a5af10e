/* What pages and zones are filled with, painted at prepare time. Private to render. */
#ifndef RENDER_GROUND_H
#define RENDER_GROUND_H

#include "frame/frame.h"
#include "playlist/layout.h"

/* Fills the area, within rounded corners, and draws the border inside its edges. A picture is the caller's: only the
 * colour around it is painted here. */
void ground_paint(struct frame *frame, struct rect area, const struct paint *paint, int radius,
	const struct border *border);

#endif
