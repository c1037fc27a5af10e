/* Rendering: text to pictures, in two steps. cairo, pango and fontconfig live in this room only.
 *
 * prepare (slow, thread pool): lay out, paint strips -> an immutable, reference-counted scene.
 * compose (frame path): blit prepared strips at the place that the elapsed time gives. No allocation, no layout.
 */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include "frame/frame.h"
#include "playlist/catalogue.h"

struct fonts; /* the shipped fonts, a private fontconfig; thread-safe */

/* directory NULL: $BANGTIN_FONTS, else the installed one. -ENOENT: no usable font there. */
int fonts_create(const char *directory, struct fonts **ret_fonts);
void fonts_destroy(struct fonts *fonts);

/* The face of a display, as far as pictures depend on it. Two displays with equal faces share scenes. */
struct face {
	int width, height;
	uint32_t foreground, background;
	bool mono; /* 1-bit LEDs: no antialiasing, full hinting */
	int legible; /* capitals must have this many pixels for somebody at the viewing distance; 0: not known */
	int32_t rate; /* millihertz: motion is whole pixels a frame, or one pixel every k frames */
	/* ns that the device needs for a picture, 0: keeps up. Where that is more than a few frames, what would
	 * scroll comes in pages. face_of_display leaves it 0: the driver knows it. */
	int64_t minimum_cycle;
	int page_height; /* of the display, where this is the face of a zone of it: what sizes are shares of */
	/* What fields are asked with. Not compared: scenes know the values that they show. */
	struct asking asking;
};
void face_of_display(const struct display *display, struct face *ret_face);
bool face_equal(const struct face *a, const struct face *b);

struct scene;

/* What was found wrong while laying out: shown by check and load. */
enum render_fault {
	RENDER_MISSING_GLYPH = 1 << 0, /* a character that no shipped font has */
	RENDER_TOO_TALL = 1 << 1,  /* the line does not fit the display's height even at the smallest size */
	RENDER_CLIPPED = 1 << 2,   /* ink outside the canvas: must never happen; a bug if it does */
	RENDER_TOO_WIDE = 1 << 3,  /* one unbreakable word is wider than the display */
	RENDER_SHORTENED = 1 << 4, /* not a fault: a `short:` form was taken */
	RENDER_TOO_SMALL = 1 << 5, /* capitals lower than face->legible */
	RENDER_BAD_PICTURE = 1 << 6, /* it cannot be decoded; image_paint says why */
	RENDER_UNEVEN = 1 << 7,	     /* what runs lies over a background that is not even along its way */
	RENDER_NO_ROOM = 1 << 8,     /* a QR code does not fit its zone: width is what it needs at least */
};

/* Never NULL but for a face out of range. ret_faults (may be NULL) gets bits of render_fault; ret_char the first
 * missing character. Any thread. */
struct scene *scene_prepare(struct fonts *fonts, const struct face *face, const struct item *item,
	unsigned *ret_faults, uint32_t *ret_char);
/* The page of a layout on which a message is shown on that face; NULL: its text alone. */
const struct page *scene_page(const struct face *face, const struct message *message);

/* The same, with what is wrong where. */
struct render_note {
	unsigned faults; /* bits of render_fault */
	uint32_t missing;
	const struct layout_zone *zone; /* where it stands; NULL: the whole display */
	struct location where;		/* of the text, picture or code */
	int width, height;		/* pixels of the zone or display */
	const struct asset *picture;	/* RENDER_BAD_PICTURE */
};
struct render_notes { /* starts as zeros */
	struct render_note *items;
	size_t count, capacity;
};
struct scene *scene_prepare_noted(
	struct fonts *fonts, const struct face *face, const struct item *item, struct render_notes *notes);
/* The same notes, reading, length and changes, sooner: letters that tell nothing more once they are painted are not. The
 * scene must not be composed. */
struct scene *scene_try(
	struct fonts *fonts, const struct face *face, const struct item *item, struct render_notes *notes);
void render_notes_finish(struct render_notes *notes);
/* A scene of plain text in a display's default style: default messages, announcements. */
struct scene *scene_prepare_text(struct fonts *fonts, const struct face *face, const char *text,
	enum motion motion, unsigned *ret_faults, uint32_t *ret_char);
/* The same, and it may have fields. */
struct scene *scene_prepare_words(struct fonts *fonts, const struct face *face, const struct words *words,
	enum motion motion, unsigned *ret_faults, uint32_t *ret_char);
/* The pages of the test pattern `letters` (frame/pattern.h), one below the other; NULL: the face is out of range. Slow. */
struct frame *letters_paint(struct fonts *fonts, const struct face *face);
struct scene *scene_blank(const struct face *face); /* the background colour */
size_t scene_size(const struct scene *scene);	    /* bytes of its pictures */
/* Never given twice, and not 0. A dated scene has its base's: of either, the picture at a moment is the same. */
uint64_t scene_serial(const struct scene *scene);
struct scene *scene_ref(struct scene *scene);
void scene_unref(struct scene *scene);

/* How long the item lasts on this face: its duration, or natural length (layout only, no painting). > 0. */
int64_t scene_length(struct fonts *fonts, const struct face *face, const struct item *item);
int64_t scene_natural_length(const struct scene *scene);

/* What somebody has to read there. All zero: no text, or the page of a layout: see its notes. */
struct reading {
	int capital, line; /* pixels: of a capital, of a line's ink */
	size_t syllables;  /* of the form of the text that is shown */
	size_t fullest;	   /* of the page that has most */
	enum motion motion;
	int pages; /* PAGE */
	int64_t page_time;
	int strip;    /* SCROLL_LEFT, SCROLL_UP: pixels along the motion … */
	double speed; /* … and how many of them pass in a second */
};
void scene_reading(const struct scene *scene, struct reading *ret);

/* --- scenes with fields: what is prepared shows samples; dated, it shows what they say at any instant of a span */

/* Slow. A new reference: to base itself where it has no fields. former, what this gave for an earlier span or NULL,
 * lends what it has painted. asking as the face's when base was prepared. most: of each text so
 * many new pictures are painted, one at least; the span ends sooner where another one would be needed. */
struct scene *scene_dated(struct fonts *fonts, struct scene *base, const struct asking *asking,
	const struct scene *former, int64_t from, int64_t until, size_t most);
/* The end of its span; TIME_NEVER where it is not dated. */
int64_t scene_until(const struct scene *scene);
/* Whether the scene may be composed for that instant; one that is not dated always. */
bool scene_covers(const struct scene *scene, int64_t wall);

/* --- the frame path */

/* A picture of a scene is a function of the time since it began, and of the instant. */
struct moment {
	int64_t elapsed; /* ns since the scene's start: its own motion; it starts over after the natural length */
	int64_t wall; /* the instant: clocks, and what runs on from scene to scene */
};

/* Paints the scene. frame has the face's size. The result depends on (scene, moment) only. */
void scene_compose(const struct scene *scene, struct moment at, struct frame *frame);
/* The same, where frame already shows this scene at `before`: paints only what differs. */
void scene_update(const struct scene *scene, struct moment before, struct moment at, struct frame *frame);
/* Adds to damage what differs between the pictures at the two moments of this scene. */
void scene_damage(
	const struct scene *scene, struct moment before, struct moment after, struct region *damage);
/* The least elapsed > given at which the picture changes; TIME_NEVER for a still. */
int64_t scene_next_change(const struct scene *scene, struct moment at);

#endif
