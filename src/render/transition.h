/* Transitions: how one picture gives way to the next, as pure arithmetic on the pixels of both. The frame path's:
 * nothing here allocates. */
#ifndef RENDER_TRANSITION_H
#define RENDER_TRANSITION_H

#include "render/render.h"

/* What a display can show of it: a fade needs levels between off and on, and all of them a device that keeps up; else a
 * cut. */
enum transition transition_on(const struct face *face, enum transition asked);

/* frame holds the new picture, from the one before, of the same size. Makes frame what shows `into` ns after the
 * change, of a transition that takes `time`: 0 <= into < time. */
void transition_paint(enum transition transition, const struct frame *from, int64_t into, int64_t time,
	struct frame *frame);

#endif
