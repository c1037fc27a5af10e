/* Layouts: pages divided into named zones. What the catalogue holds of them, and where the zones of one lie on a
 * display. The format is in bangtin-playlist(5), LAYOUTS. Immutable; any thread.
 */
#ifndef PLAYLIST_LAYOUT_H
#define PLAYLIST_LAYOUT_H

#include "base/diag.h"
#include "frame/frame.h"
#include "frame/image_header.h"
#include "playlist/field.h"

struct asset;
struct style;
struct playlist;

#define LAYOUT_ZONES_MOST 32

struct extent { /* along a side: pixels, or hundredths of a percent of it */
	int value;
	bool share;
};

enum paint_kind { PAINT_NONE, PAINT_COLOUR, PAINT_GRADIENT, PAINT_IMAGE };
#define PAINT_STOPS_MOST 4
struct paint { /* what a page or a zone is filled with */
	enum paint_kind kind;
	uint32_t stops
		[PAINT_STOPS_MOST]; /* COLOUR: one; GRADIENT: evenly spaced; IMAGE: one, around the picture */
	int stop_count;
	int angle;   /* GRADIENT: degrees clockwise, 0 from left to right, 90 from top to bottom */
	int opacity; /* percent */
	enum image_fit fit;
	const struct asset *image;
	struct location image_where;
};

enum { SIDE_TOP = 1, SIDE_RIGHT = 2, SIDE_BOTTOM = 4, SIDE_LEFT = 8, SIDE_ALL = 15 };
struct border {
	int width; /* pixels; 0: none */
	uint32_t colour;
	unsigned sides;
};

enum zone_kind { ZONE_TEXT, ZONE_TICKER, ZONE_CLOCK, ZONE_IMAGE, ZONE_QR, ZONE_PLAYLIST, ZONE_PANEL };

struct content {		   /* what stands in a zone; empty: nothing */
	struct words words;	   /* TEXT, TICKER, CLOCK */
	const char *qr;		   /* QR */
	const struct asset *image; /* IMAGE */
	struct location where;
};

struct layout_zone {
	const char *name;
	enum zone_kind kind;
	struct extent left, top, width, height;
	struct extent padding[4]; /* top, right, bottom, left; a share is of the page's height */
	const struct style *style;
	struct paint background; /* PAINT_NONE: what lies below shows */
	int radius;		 /* pixels, of the background's corners */
	struct border border;
	enum image_fit fit;		 /* IMAGE */
	struct content content;		 /* what always stands here; empty: the message says it */
	const struct playlist *playlist; /* PLAYLIST */
	bool required;			 /* a message must fill it */
	struct location where;
};

enum shape { SHAPE_ANY, SHAPE_LANDSCAPE, SHAPE_PORTRAIT };

struct layout {
	const char *unit, *name;
	int from_width, from_height; /* pixels of the least display that it is made for */
	enum shape shape;
	struct paint background;	 /* PAINT_NONE: the display's colour */
	const struct layout_zone *zones; /* in the order in which they are painted */
	size_t zone_count;
	struct location where;
};

/* A layout as one message fills it. */
struct page {
	const struct layout *layout;
	const struct content *contents; /* one a zone: the zone's own, or the message's */
};

bool content_is_empty(const struct content *content);
bool layout_suits(const struct layout *layout, int width, int height);
int extent_pixels(struct extent extent, int side);
/* Where the zone lies on a page of that size, and what of it is left within its padding (may be empty). Neighbours of
 * equal shares touch: borders are rounded, not widths. */
struct rect layout_zone_area(const struct layout_zone *zone, int width, int height);
struct rect layout_zone_inside(const struct layout_zone *zone, int width, int height);
/* What is wrong with the layout on a page of that size, told at the zones' places: outside the page, padding that
 * leaves nothing, zones over each other. display names the page in messages. */
void layout_check(
	const struct layout *layout, int width, int height, const char *display, struct diag_list *diags);

#endif
