/* A picture spread over DMX universes, 170 RGB pixels each: which of them have arrived since the last frame. */
#ifndef TOOLS_SIMULATOR_UNIVERSES_H
#define TOOLS_SIMULATOR_UNIVERSES_H

#include "board.h"

#define UNIVERSES_MOST 1024
#define UNIVERSE_BYTES 510 /* 170 pixels; two of 512 slots stay unused */

struct universes {
	int first, count;
	bool arrived[UNIVERSES_MOST];
	int missing;
	uint8_t sequence[UNIVERSES_MOST];
	int64_t last[UNIVERSES_MOST]; /* monotonic ns; 0: never */
};

void universes_init(struct universes *universes, const struct board *board, int first);
/* The index of a universe of this picture; -1: another's. */
int universes_index(const struct universes *universes, int universe);
/* Its data: true when all have arrived. */
bool universes_take(struct universes *universes, struct board *board, int index, const uint8_t *data,
	size_t size, int64_t now);
void universes_shown(struct universes *universes);

#endif
