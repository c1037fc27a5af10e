/* A scene within the render room: a picture below, and parts of it that change on their own. Immutable once prepared.
 */
#ifndef RENDER_SCENE_H
#define RENDER_SCENE_H

#include "render/render.h"

#define TILE_WIDTH 8192 /* of a strip; cairo's surfaces end at 32767 */

struct text_source; /* render/text_part.h: what a text with fields is painted anew from */

/* Scenes one after the other, over and over, counted from the epoch. */
struct sequence {
	struct sequence_element {
		struct scene *scene;
		int64_t length, until; /* ns; instant of expiry, TIME_NEVER */
	} * elements;
	size_t count;
};

struct part {
	struct rect area; /* of the scene; all that follows is within it */
	enum motion motion;
	bool by_wall; /* its motion is counted from the epoch, not from the scene's start: it runs on from page to
		       * page */
	bool alone; /* nothing lies below: what is around a ticker's band is painted too */

	/* STILL: one page; PAGE: several, each page_time long; of the whole area. */
	/* SCROLL_LEFT: tiles, side by side, of TILE_WIDTH but the last; SCROLL_UP: one strip of the area's width. */
	struct frame **pictures;
	size_t picture_count;
	int64_t page_time;
	int strip_length;	   /* pixels along the motion */
	int band_top, band_height; /* SCROLL_LEFT: the rows that the strip moves in */
	uint32_t background;	   /* around what moves; SCROLL_LEFT: only above and below the band … */
	uint32_t *rows;		   /* … and this within it, a colour a row */
	int step;		   /* pixels at once … */
	int every;		   /* … every so many frames */
	int64_t length;		   /* natural, ns, whole ms */

	struct sequence *sequence;  /* instead of pictures; NULL */
	struct text_source *source; /* the text has fields: what the pictures show are samples; NULL */
};

/* What is different of a part's pictures at a time. */
struct patch {
	size_t picture;
	int x, y; /* of its left upper corner, in the picture */
	struct frame *frame;
};

struct variant {
	int references;
	char *text;
	struct patch *patches;
	size_t patch_count;
};

struct dated_part {
	struct dated_step {
		int64_t from;
		struct variant *variant;
	} * steps; /* ascending; the first at or before the span's begin */
	size_t step_count;
	struct scene **elements; /* of a sequence; NULL */
	size_t element_count;
};

struct scene {
	int references;
	uint64_t serial;
	int width, height;	/* of the face */
	int32_t rate;		/* millihertz */
	struct frame *backdrop; /* NULL: the parts cover all */
	struct part *parts;
	size_t part_count;
	int64_t length; /* natural, ns */
	struct reading reading;

	/* A dated scene borrows all above from its base. */
	struct scene *base;	  /* NULL: it is one itself */
	int64_t from, until;	  /* the instants that it is made for */
	struct dated_part *dated; /* one a part */
};

/* Frees what a dated scene has of its own, but itself. */
void dated_finish(struct scene *scene);
struct scene *scene_create(const struct face *face);
/* The new part, zeroed; valid until the next is added. */
struct part *scene_add_part(struct scene *scene, struct rect area);
void part_finish(struct part *part);
size_t part_size(const struct part *part); /* bytes of its pictures */

/* Fills step, every and length for a speed in pixels a second. */
void part_set_motion(struct part *part, int32_t rate, int speed);
/* The frame path. frame is the part's area. dated may be NULL. */
void part_compose(const struct part *part, int32_t rate, const struct dated_part *dated, struct moment at,
	struct frame *frame);
void part_update(const struct part *part, int32_t rate, const struct dated_part *dated, struct moment before,
	struct moment at, struct frame *frame);
/* Adds to damage, which is the part's, what differs. */
void part_damage(const struct part *part, int32_t rate, const struct dated_part *dated, struct moment before,
	struct moment after, struct region *damage);
/* ns until it changes; TIME_NEVER. */
int64_t part_next_change(
	const struct part *part, int32_t rate, const struct dated_part *dated, struct moment at);

/* The element that a sequence shows, and the moment of it; NULL: all have expired. *ret_left: ns until another one
 * does. */
const struct sequence_element *sequence_at(
	const struct sequence *sequence, int64_t wall, struct moment *ret_moment, int64_t *ret_left);

#endif
