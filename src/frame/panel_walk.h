/* Private to frame: which pixel of the frame is where in the wire picture: cabinets, their modules, the modules'
 * pixels, walked in the order of the wire. */
#ifndef FRAME_PANEL_WALK_H
#define FRAME_PANEL_WALK_H

#include "frame/panel.h"

/* The size of the wire picture; NULL, or what is wrong (static text). */
const char *walk_shape(const struct panel_spec *spec, int *ret_width, int *ret_height);
/* Of each wire pixel the frame pixel + 1; sources holds as many zeroes as the picture has pixels. Only where walk_shape
 * found nothing wrong. NULL, or what is wrong. */
const char *walk_sources(const struct panel_spec *spec, uint32_t *sources);

#endif
