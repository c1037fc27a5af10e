/* Preparing scenes: private to render. */
#ifndef RENDER_PREPARE_H
#define RENDER_PREPARE_H

#include "render/text_part.h"

struct preparing {
	struct fonts *fonts;
	const struct face *face;    /* of the display */
	bool paint;		    /* false: only what the length depends on */
	bool trial;		    /* letters need not be painted where nothing but the eye finds out */
	struct render_notes *notes; /* NULL: nobody asks */
};

/* Does nothing without faults, or where nobody asks. */
void prepare_note(struct preparing *p, struct render_note note);

/* The item's message on a face of its own size over ground (NULL: its own background): its text, and what is beside it.
 * zone: it is one of a playlist in that zone; NULL: of the display. */
struct scene *prepare_plain(struct preparing *p, const struct face *face, const struct item *item,
	const struct frame *ground, const struct layout_zone *zone);
/* Its text alone. */
struct scene *prepare_text(struct preparing *p, const struct face *face, const struct item *item,
	const struct frame *ground, bool margin, struct text_report *ret_report);
/* The item's page. */
struct scene *prepare_page(struct preparing *p, const struct page *page);

#endif
