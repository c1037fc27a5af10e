#include "universes.h"

#include <string.h>

void universes_init(struct universes *universes, const struct board *board, int first)
{
	size_t count = (board->size + UNIVERSE_BYTES - 1) / UNIVERSE_BYTES;
	universes->first = first;
	universes->count = count > UNIVERSES_MOST ? UNIVERSES_MOST : (int)count;
	universes_shown(universes);
}

int universes_index(const struct universes *universes, int universe)
{
	int index = universe - universes->first;
	return index >= 0 && index < universes->count ? index : -1;
}

bool universes_take(struct universes *universes, struct board *board, int index, const uint8_t *data,
	size_t size, int64_t now)
{
	size_t offset = (size_t)index * UNIVERSE_BYTES;
	size_t room = board->size - offset < UNIVERSE_BYTES ? board->size - offset : UNIVERSE_BYTES;
	/* DMX carries more slots than pixels (an even number, or all 512): the rest is padding. */
	board_write(board, offset, data, size < room ? size : room);
	universes->last[index] = now;
	universes->missing -= !universes->arrived[index];
	universes->arrived[index] = true;
	return universes->missing == 0;
}

void universes_shown(struct universes *universes)
{
	memset(universes->arrived, 0, sizeof universes->arrived);
	universes->missing = universes->count;
}
