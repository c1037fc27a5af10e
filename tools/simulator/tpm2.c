/* TPM2: C9 DA, length of data (big endian), data, 36. Ping: C9 AA, answered by AC. Source: WLED's serial reader. */
#include "protocol.h"
#include "stream.h"

#define START  0xc9
#define DATA   0xda
#define PING   0xaa
#define END    0x36
#define HEADER 4

static size_t parse(struct board *board, const uint8_t *bytes, size_t size)
{
	size_t garbage = stream_garbage(bytes, size, (const uint8_t[]){START}, 1);

	if (garbage > 0)
		return garbage;
	if (size < 2)
		return 0;
	if (bytes[1] == PING) {
		board_answer(board, "\xac", 1);
		return 2;
	}
	if (bytes[1] != DATA)
		return 1;
	if (size < HEADER)
		return 0;
	size_t n = (size_t)bytes[2] << 8 | bytes[3];
	if (size < HEADER + n + 1)
		return 0;
	if (bytes[HEADER + n] != END) {
		/* The frame is lost; another may begin inside of what was taken for it. */
		board_fault(board, "trailer");
		return 1;
	}
	board_write(board, 0, bytes + HEADER, n);
	board_show(board);
	return HEADER + n + 1;
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	(void)arrival;
	stream_feed(state, board, bytes, size, parse);
}

const struct protocol tpm2_protocol = {
	.name = "tpm2",
	.transport = TRANSPORT_STREAM,
	.state_size = sizeof(struct stream),
	.feed = feed,
	.finish = stream_finish,
};
