/* TPM2: C9 DA, length of data (big endian), data, 36. Ping: C9 AA, answered by AC. Source: WLED's serial reader. */
#include "protocol.h"

#define HEADER 4

static void feed(void *state, struct board *board, const uint8_t *bytes, size_t size, int64_t now)
{
	struct collector *collector = state;
	(void)now;
	for (size_t i = 0; i < size; i++) {
		collector_add(collector, bytes[i]);
		if (!collector_seek(collector, "\xc9", 1) || collector->size < 2)
			continue;
		const uint8_t *head = collector->bytes;
		if (head[1] == 0xaa) {
			if (board->reply)
				board->reply(board->reply_data, "\xac", 1);
			collector_drop(collector, 2);
			continue;
		}
		if (head[1] != 0xda) {
			collector_drop(collector, 1);
			continue;
		}
		if (collector->size < HEADER)
			continue;
		size_t n = (size_t)head[2] << 8 | head[3];
		if (collector->size < HEADER + n + 1)
			continue;
		if (head[HEADER + n] == 0x36) {
			board_write(board, 0, head + HEADER, n);
			board_show(board);
			collector_drop(collector, HEADER + n + 1);
		} else {
			board_fault(board, "trailer");
			collector_drop(collector, 1);
		}
	}
}

const struct protocol tpm2_protocol = {
	.name = "tpm2", .transport = TRANSPORT_STREAM, .state_size = sizeof(struct collector), .feed = feed};
