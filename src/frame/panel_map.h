/* Private to frame: the geometry of a panel as runs: straight lines of frame pixels that are neighbours on the wire. */
#ifndef FRAME_PANEL_MAP_H
#define FRAME_PANEL_MAP_H

#include "frame/panel.h"

struct run {
	int32_t x, y;	/* first pixel, of the composed frame */
	int32_t dx, dy; /* one of them is 0, the other 1 or -1 */
	uint32_t count;
	uint32_t column, row; /* of the first pixel in the wire picture; a run never crosses a wire row */
};

struct panel_map {
	int width, height; /* of the wire picture */
	struct run *runs;  /* in wire order, covering every wire pixel and every frame pixel once */
	size_t count;
};

/* -EINVAL with *ret_why (static text) when the modules do not make up the panel. */
int panel_map_build(const struct panel_spec *spec, struct panel_map *ret_map, const char **ret_why);
void panel_map_finish(struct panel_map *map);
/* The part of a run that lies in a rectangle of the frame: *ret_first pixels are skipped. False: none. */
bool run_clip(const struct run *run, struct rect rect, uint32_t *ret_first, uint32_t *ret_count);

#endif
