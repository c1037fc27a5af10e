/* A scene within the render room: prepared pictures and how they move. Immutable once prepared. */
#ifndef RENDER_SCENE_H
#define RENDER_SCENE_H

#include "render/render.h"

#define TILE_WIDTH 8192 /* of a strip; cairo's surfaces end at 32767 */

struct scene {
	int references;
	int width, height; /* of the face */
	int32_t rate;	   /* millihertz */
	uint32_t background;
	enum motion motion;

	/* STILL: one page; PAGE: several, each page_time long; of the whole face. */
	/* SCROLL_LEFT: tiles, side by side, of TILE_WIDTH but the last; SCROLL_UP: one strip of the face's width. */
	struct frame **pictures;
	size_t picture_count;
	int64_t page_time;
	int strip_length;	   /* pixels along the motion */
	int band_top, band_height; /* SCROLL_LEFT: the rows that the strip moves in */
	int step;		   /* pixels at once … */
	int every;		   /* … every so many frames */
	int64_t length;		   /* natural, ns, whole ms */
	struct reading reading;

	/* A text with something beside it: the text's own scene, its place, and what is painted around. */
	struct scene *inner; /* NULL: none */
	struct frame *ground;
	struct rect place;
};

/* The text of an item, alone on a face. paint false: only what its length depends on, and no pictures. */
struct scene *scene_build_text(struct fonts *fonts, const struct face *face, const struct item *item,
	bool paint, unsigned *ret_faults, uint32_t *ret_char);

/* Fills step, every and length for a speed in pixels a second. */
void scene_set_motion(struct scene *scene, int speed);

#endif
