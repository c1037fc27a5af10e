/* Judging a rendered message: can people read it? Rules and numbers are in bangtin-notes(7). */
#ifndef SHOW_JUDGE_H
#define SHOW_JUDGE_H

#include "frame/legible.h"
#include "render/render.h"

struct judged { /* what the trial found of an item on a display */
	const struct display *display;
	const struct face *face;
	unsigned faults; /* of a text alone */
	uint32_t missing;
	struct render_notes notes; /* of zones; judged_finish frees */
	struct reading reading;
	int64_t natural; /* length, ns */
	double flashes;	 /* of its own, in a second */
};

void judged_finish(struct judged *judged);
/* Faults in the zones of a layout. */
void judge_zones(const struct judged *judged, const char *what, struct diag_list *diags);
/* Renders and measures. face is the display's. */
void judge_measure(struct fonts *fonts, const struct item *item, struct judged *judged);
/* The mean luminance of the first picture, 0..1. */
double judge_luminance(struct fonts *fonts, const struct face *face, const struct item *item);
/* Faults of the picture; what: "message `x`" or "`default`". */
void judge_picture(
	const struct judged *judged, struct location where, const char *what, struct diag_list *diags);
/* Times and colours besides. */
void judge_item(
	const struct judged *judged, const struct item *item, const char *what, struct diag_list *diags);
/* Whether letters of that style, and emphasis within the text, stand out. */
void judge_colours(const struct judged *judged, const struct style *style, const char *text,
	struct location where, const char *what, struct diag_list *diags);

/* Whether the pictures of these items, one after the other and over again, flash. luminance[i] is that of items[i], each
 * shown for lengths[i]. */
bool judge_sequence(const double *luminance, const int64_t *lengths, size_t count);

#endif
