/* Every decoder of the simulator. The first byte chooses the protocol, the second the size of the pieces; a datagram
 * begins with its length, so that one input is a conversation. */
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "tools/simulator/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned protocol_count(void)
{
	unsigned count = 0;

	while (protocols[count])
		count++;
	return count;
}

struct piece {
	const uint8_t *data;
	size_t size;
};

static struct piece next_piece(const struct protocol *protocol, const uint8_t *data, size_t size, size_t step)
{
	size_t skip = protocol->transport != TRANSPORT_STREAM && size >= 2 ? 2 : 0;
	size_t most = size - skip, wanted = skip ? ((size_t)data[0] << 8 | data[1]) % 700 : step;

	return (struct piece){data + skip, wanted < most ? wanted : most};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct board board;
	struct arrival arrival = {NS_PER_SEC, 1};
	const struct decoder_options options = {.universe = 1};

	if (size < 2)
		return 0;
	const struct protocol *protocol = protocols[data[0] % protocol_count()];
	size_t step = (data[1] & 15) + 1;
	board_init(&board, 20 * (data[1] >> 4) + 1, 3);
	void *state = xcalloc(1, protocol->state_size);
	if (protocol->init)
		protocol->init(state, &board, &options);
	for (const uint8_t *at = data + 2, *end = data + size; at < end;) {
		struct piece piece = next_piece(protocol, at, (size_t)(end - at), step);
		uint8_t *copy = xmemdup(piece.data, piece.size); /* reading one beyond it is found */
		protocol->feed(state, &board, copy, piece.size, &arrival);
		free(copy);
		at = piece.data + piece.size;
		arrival.time += 500 * NS_PER_MS;
		arrival.sender += piece.size & 1;
	}
	assert(board.frames <= size);
	if (protocol->finish)
		protocol->finish(state);
	free(state);
	board_finish(&board);
	return 0;
}
