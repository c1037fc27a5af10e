/* What a display shows at an instant, as a picture to look at. */
#ifndef TOOLS_BANGTIN_PAINTER_H
#define TOOLS_BANGTIN_PAINTER_H

#include "cli.h"

struct painter {
	struct context *context; /* after context_show */
	bool panel_stage, leds;
	bool untrusted;	      /* as while the clock is not believed: instants count from the daemon's start */
	struct frame *frame;  /* composed at .. */
	int64_t at;	      /* .. this instant; TIME_ALWAYS: never yet */
	int64_t from, until;  /* prepared */
	int permille;	      /* brightness of the picture */
	struct frame *levels; /* the panel stage; NULL: not asked for */
	struct frame *drawn;  /* of the LEDs; NULL: not asked for */
};

void painter_init(struct painter *painter, struct context *context, bool panel_stage, bool leds);
void painter_finish(struct painter *painter);
/* The picture at the instant, the painter's until the next call, into *ret_frame; NULL: it is the one before.
 * EXIT_INPUT, reported: LEDs cannot be drawn so large. */
int painter_paint(struct painter *painter, int64_t at, const struct frame **ret_frame);
void painter_forget(struct painter *painter); /* the next picture is given whatever it is */

#endif
