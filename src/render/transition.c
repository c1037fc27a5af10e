#include "render/transition.h"

#include <string.h>

#include "frame/rate.h"

#define CYCLE_FRAMES_MOST 3 /* a device that is sent a picture less often shows jumps */

enum transition transition_on(const struct face *face, enum transition asked)
{
	if (asked == TRANSITION_FADE && face->mono)
		return TRANSITION_CUT;
	return face->minimum_cycle > frame_instant(face->rate, CYCLE_FRAMES_MOST) ? TRANSITION_CUT : asked;
}

/* Two channels at once: they stay apart, each below 256 * 256. */
static uint32_t blend(uint32_t from, uint32_t to, uint32_t part)
{
	uint32_t rest = 256 - part;
	uint32_t outer = (from & 0xff00ff) * rest + (to & 0xff00ff) * part;
	uint32_t inner = (from & 0x00ff00) * rest + (to & 0x00ff00) * part;
	return (outer >> 8 & 0xff00ff) | (inner >> 8 & 0x00ff00);
}

static void fade(const struct frame *from, uint32_t part, struct frame *frame)
{
	for (int y = 0; y < frame->height; y++) {
		const uint32_t *old = frame_row(from, y);
		uint32_t *row = frame_row(frame, y);
		for (int x = 0; x < frame->width; x++)
			row[x] = blend(old[x], row[x], part);
	}
}

/* Of the new picture, the columns [first, first + count) move to `to`. */
static void move_columns(struct frame *frame, int first, int count, int to)
{
	for (int y = 0; y < frame->height; y++)
		memmove(frame_row(frame, y) + to, frame_row(frame, y) + first,
			(size_t)count * sizeof(uint32_t));
}

static void move_rows(struct frame *frame, int first, int count, int to)
{
	bool up = to < first; /* in the order in which no row is overwritten before it has moved */
	for (int i = 0; i < count; i++) {
		int row = up ? i : count - 1 - i;
		memcpy(frame_row(frame, to + row), frame_row(frame, first + row),
			(size_t)frame->width * sizeof(uint32_t));
	}
}

static int part_of(int length, int64_t into, int64_t time)
{
	return (int)((length * into + time / 2) / time);
}

void transition_paint(
	enum transition transition, const struct frame *from, int64_t into, int64_t time, struct frame *frame)
{
	const int w = frame->width, h = frame->height;
	/* How far the new picture is in, along either direction. */
	const int x = part_of(w, into, time), y = part_of(h, into, time);
	switch (transition) {
	case TRANSITION_CUT:
		break;
	case TRANSITION_FADE:
		fade(from, (uint32_t)part_of(256, into, time), frame);
		break;
	case TRANSITION_PUSH_LEFT:
		move_columns(frame, 0, x, w - x);
		frame_copy(frame, 0, 0, from, (struct rect){x, 0, w - x, h});
		break;
	case TRANSITION_PUSH_RIGHT:
		move_columns(frame, w - x, x, 0);
		frame_copy(frame, x, 0, from, (struct rect){0, 0, w - x, h});
		break;
	case TRANSITION_PUSH_UP:
		move_rows(frame, 0, y, h - y);
		frame_copy(frame, 0, 0, from, (struct rect){0, y, w, h - y});
		break;
	case TRANSITION_PUSH_DOWN:
		move_rows(frame, h - y, y, 0);
		frame_copy(frame, 0, y, from, (struct rect){0, 0, w, h - y});
		break;
	case TRANSITION_WIPE_LEFT:
		frame_copy(frame, 0, 0, from, (struct rect){0, 0, w - x, h});
		break;
	case TRANSITION_WIPE_RIGHT:
		frame_copy(frame, x, 0, from, (struct rect){x, 0, w - x, h});
		break;
	case TRANSITION_WIPE_UP:
		frame_copy(frame, 0, 0, from, (struct rect){0, 0, w, h - y});
		break;
	case TRANSITION_WIPE_DOWN:
		frame_copy(frame, 0, y, from, (struct rect){0, y, w, h - y});
		break;
	}
}
