/* Adalight: "Ada", count - 1 (high, low), high xor low xor 0x55, then 3 bytes a pixel. The checksum covers the count
 * only. Source: the Adalight sketch's header as WLED and Hyperion read it. */
#include "protocol.h"
#include "stream.h"

#define MAGIC  "Ada"
#define HEADER 6

static size_t parse(struct board *board, const uint8_t *bytes, size_t size)
{
	size_t garbage = stream_garbage(bytes, size, MAGIC, 3);

	if (garbage > 0)
		return garbage;
	if (size < HEADER)
		return 0;
	if ((bytes[3] ^ bytes[4] ^ 0x55) != bytes[5]) {
		board_fault(board, "checksum");
		return 1;
	}
	size_t pixels = 3 * (((size_t)bytes[3] << 8 | bytes[4]) + 1);
	if (size < HEADER + pixels)
		return 0;
	board_write(board, 0, bytes + HEADER, pixels);
	board_show(board);
	return HEADER + pixels;
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	(void)arrival;
	stream_feed(state, board, bytes, size, parse);
}

const struct protocol adalight_protocol = {
	.name = "adalight",
	.transport = TRANSPORT_STREAM,
	.state_size = sizeof(struct stream),
	.feed = feed,
	.finish = stream_finish,
};
