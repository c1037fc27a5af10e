/* A wiring as a picture: each pixel of the module with its place on the wire, and the way that the wire takes. */
#ifndef TOOLS_TESTPATTERN_MAP_PICTURE_H
#define TOOLS_TESTPATTERN_MAP_PICTURE_H

#include <stdint.h>

#include "frame/frame.h"

struct wiring {
	int width, height;	     /* as it is seen */
	int wire_width, wire_height; /* as many pixels */
	const uint32_t *place;	     /* of each pixel, row by row: where in the wire picture, row by row */
};

/* NULL: it would be larger than a picture can be. The caller unrefs. */
struct frame *map_picture(const struct wiring *wiring);

#endif
