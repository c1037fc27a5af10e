#include "universes.h"

#include <string.h>

static size_t universes_of(const struct board *board)
{
	return (board->size + UNIVERSE_BYTES - 1) / UNIVERSE_BYTES;
}

bool universes_fit(const struct board *board, int first, int most)
{
	size_t count = universes_of(board);

	return count <= UNIVERSES_MOST && (size_t)first + count - 1 <= (size_t)most;
}

void universes_init(struct universes *universes, const struct board *board, int first)
{
	size_t count = universes_of(board);

	universes->first = first;
	universes->count = count > UNIVERSES_MOST ? UNIVERSES_MOST : (int)count;
	universes_next(universes);
}

int universes_index(const struct universes *universes, int universe)
{
	int index = universe - universes->first;

	return index >= 0 && index < universes->count ? index : -1;
}

void universes_next(struct universes *universes)
{
	for (int i = 0; i < universes->count; i++)
		universes->list[i].arrived = false;
	universes->arrived = 0;
	universes->last = -1;
}

static bool begins_frame(const struct universes *universes, int index, uint8_t sequence)
{
	bool same = sequence != 0 && sequence == universes->sequence;

	if (universes->arrived == 0)
		return false;
	if (universes->list[index].arrived)
		return true;
	return !same && (index < universes->last || universes->lockstep);
}

/* A sender that has changed its way of counting must not be misread for ever. */
static void forget_lockstep(struct universes *universes)
{
	if (++universes->fruitless > 8u * (unsigned)universes->count)
		universes->lockstep = false;
}

bool universes_take(struct universes *universes, struct board *board, int index, uint8_t sequence,
	const uint8_t *data, size_t size, int64_t now)
{
	struct universe *universe = &universes->list[index];
	size_t offset = (size_t)index * UNIVERSE_BYTES;
	size_t room = board->size - offset < UNIVERSE_BYTES ? board->size - offset : UNIVERSE_BYTES;

	forget_lockstep(universes);
	if (begins_frame(universes, index, sequence)) {
		board_fault(board, "incomplete");
		universes_next(universes);
	}
	if (universes->arrived == 0) {
		universes->sequence = sequence;
		universes->one_sequence = sequence != 0;
	}
	/* DMX carries more slots than pixels (an even number, or all 512): the rest is padding. */
	board_write(board, offset, data, size < room ? size : room);
	universe->arrived = true;
	universe->sequence = sequence;
	universe->time = now;
	universes->one_sequence &= sequence == universes->sequence;
	universes->last = index;
	if (++universes->arrived < universes->count)
		return false;
	universes->lockstep = universes->one_sequence;
	universes->fruitless = 0;
	return true;
}
