/* A picture spread over DMX universes, 170 RGB pixels each: which of them have arrived, and to which frame one belongs.
 *
 * Nothing on the wire says where a frame begins, so after a loss it must be found again. Senders send a frame's
 * universes in ascending order, and most count all of them with the same number. A universe therefore begins a new
 * frame when it has come already; when its number is below the last one's and its sequence is another; and, of a sender
 * whose last complete frame had one sequence throughout, when its sequence is another.
 */
#ifndef TOOLS_SIMULATOR_UNIVERSES_H
#define TOOLS_SIMULATOR_UNIVERSES_H

#include "protocol.h"

#define UNIVERSES_MOST 1024
#define UNIVERSE_BYTES 510		   /* 170 pixels; two of 512 slots stay unused */
#define STREAM_LOST    INT64_C(2500000000) /* after so much silence any sequence number is welcome */

struct universe {
	bool arrived;	  /* since the last frame */
	uint8_t sequence; /* 0: of a sender that does not count (Art-Net) */
	int64_t time;	  /* monotonic ns of its last packet; 0: never */
};

struct universes {
	int first, count;
	struct universe list[UNIVERSES_MOST];
	int arrived;	    /* how many of them */
	int last;	    /* index of the one that arrived last */
	uint8_t sequence;   /* of the first to arrive */
	bool one_sequence;  /* all that arrived have it */
	bool lockstep;	    /* the last complete frame had one sequence */
	unsigned fruitless; /* packets since the last complete frame */
};

/* Complains of a picture that is too large by returning false. */
bool universes_fit(const struct board *board, int first, int most);
void universes_init(struct universes *universes, const struct board *board, int first);
/* The index of a universe of this picture; -1: another's. */
int universes_index(const struct universes *universes, int universe);
/* The data of a packet that is in order: true when the frame is complete. A frame that was begun and cannot be
 * completed any more is reported as "incomplete". */
bool universes_take(struct universes *universes, struct board *board, int index, uint8_t sequence,
	const uint8_t *data, size_t size, int64_t now);
/* The next packet begins a frame. */
void universes_next(struct universes *universes);

#endif
