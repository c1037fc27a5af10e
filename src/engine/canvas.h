/* Canvases: what is painted once for all displays that show the same picture.
 *
 * Each display begins with a canvas of its own. Whenever a canvas is to show an instant, everybody who reads it says what
 * it shows then; those who agree stay, and one of them paints; whoever differs (an override, other hours, a scene that is
 * not ready) goes on to another canvas. A display whose picture becomes one that is on another canvas joins that. So which
 * displays share follows from nothing but their pictures; and no canvas is ever painted without all its readers being
 * told. As there are as many canvases as displays, nothing is allocated after canvases_join. Loop thread.
 */
#ifndef ENGINE_CANVAS_H
#define ENGINE_CANVAS_H

#include "show/show.h"

struct canvas;
struct canvases;

/* How a canvas asks and tells a display that reads it. None may show or leave a canvas from within. */
struct viewer_calls {
	/* Which picture it shows at the instant; false: that is not ready, and the one before stays. */
	bool (*look)(void *data, struct instant at, struct show_picture *ret_picture);
	/* Paints what was looked for last. As show_paint. */
	void (*paint)(
		void *data, const struct show_picture *before, struct frame *frame, struct region *damage);
	/* From now on it reads this frame: it takes a reference. shown or late follows at once. */
	void (*move)(void *data, struct frame *frame);
	/* The frame that it reads shows the instant's picture; damage: where that differs from what it read before. */
	void (*shown)(void *data, struct instant at, const struct region *damage);
	/* Its picture was not ready: its frame shows what it did. */
	void (*late)(void *data, struct instant at);
};

struct viewer { /* of one display; all but the first two are the canvas's */
	const struct viewer_calls *calls;
	void *data;
	struct canvas *canvas;
	struct viewer *next;
	struct show_picture picture; /* if ready */
	bool ready, whole;
};

struct canvases *canvases_create(void);
void canvases_destroy(struct canvases *canvases); /* when nobody reads any; NULL is fine */
/* Pictures painted so far, by whichever display. */
uint64_t canvases_painted(const struct canvases *canvases);

/* The viewer reads `frame`, which becomes a canvas: a reference is taken. Only displays of one size and one kind share: of
 * one rate, so that their frames are due at the same instants. */
void canvases_join(struct canvases *canvases, struct viewer *viewer, struct frame *frame, int64_t kind);
void canvases_leave(struct viewer *viewer);

/* Shows the instant on the viewer's canvas, and tells all who read it. */
void canvas_show(struct viewer *viewer, struct instant at);
/* Next time the viewer is told that all differs, whatever was painted. */
void canvas_owe_all(struct viewer *viewer);
/* A canvas that nobody else reads, for what is no picture of the schedule. What is on it is unknown. */
struct frame *canvas_alone(struct viewer *viewer);
/* How many displays read what this one reads; itself counts. */
unsigned canvas_readers(const struct viewer *viewer);

#endif
