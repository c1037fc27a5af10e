/* Adalight: "Ada", count - 1 (high, low), high xor low xor 0x55, then 3 bytes a pixel. The checksum covers the count
 * only. Source: the Adalight sketch's header as WLED and Hyperion read it. */
#include "protocol.h"

#define HEADER 6

static void feed(void *state, struct board *board, const uint8_t *bytes, size_t size, int64_t now)
{
	struct collector *collector = state;
	(void)now;
	for (size_t i = 0; i < size; i++) {
		collector_add(collector, bytes[i]);
		if (!collector_seek(collector, "Ada", 3) || collector->size < HEADER)
			continue;
		const uint8_t *head = collector->bytes;
		if ((head[3] ^ head[4] ^ 0x55) != head[5]) {
			board_fault(board, "checksum");
			collector_drop(collector, 1);
			continue;
		}
		size_t pixels = ((size_t)head[3] << 8 | head[4]) + 1;
		if (collector->size < HEADER + 3 * pixels)
			continue;
		board_write(board, 0, head + HEADER, 3 * pixels);
		board_show(board);
		collector_drop(collector, HEADER + 3 * pixels);
	}
}

const struct protocol adalight_protocol = {.name = "adalight",
	.transport = TRANSPORT_STREAM,
	.state_size = sizeof(struct collector),
	.feed = feed};
