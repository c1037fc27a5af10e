/* What the paper's files share. */
#ifndef RENDER_PAPER_PRIVATE_H
#define RENDER_PAPER_PRIVATE_H

#include <cairo-pdf.h>

#include "render/fonts.h"
#include "render/paper.h"

/* points */
#define PAGE_WIDTH    595
#define PAGE_HEIGHT   842
#define MARGIN	      56
#define COLUMN	      170 /* of a row's first part */
#define GAP	      14
#define PICTURE_WIDTH ((PAGE_WIDTH - 2 * MARGIN - GAP) / 2.0)
#define PICTURE_MOST  180
#define SIGN_HEIGHT   70

struct paper {
	struct fonts *fonts;
	struct typesetter *typesetter;
	cairo_surface_t *surface;
	cairo_t *cr;
	double y;
	double left_bottom; /* of a picture that waits for one beside it; 0: none */
	double pair_top;
};

PangoLayout *paper_layout(struct paper *paper, int size, bool bold, const char *text, double width);
double paper_height(PangoLayout *layout);
void paper_end_pair(struct paper *paper);
/* Goes on to the next page where so much does not fit any more. */
void paper_want(struct paper *paper, double height);
/* Unrefs the layout. colour 0xRRGGBB. */
void paper_show(struct paper *paper, PangoLayout *layout, double x, double y, uint32_t colour);

#endif
