/* AWA (HyperSerial): "Awa", count - 1 (high, low), high xor low xor 0x55, 3 bytes a pixel, then three sums over the
 * pixels: f1 = f1 + b, f2 = f2 + f1, ext = ext + (b xor position), each mod 255; ext 0x41 is sent as 0xAA. In place of
 * a header, "Awa" 2A A2 15 asks the device for its statistics. Source: HyperSerialESP32 (MIT), as restated in its
 * protocol notes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "protocol.h"
#include "stream.h"

#define MAGIC  "Awa"
#define HEADER 6
#define SUMS   3

static bool sums_match(const uint8_t *pixels, size_t n, const uint8_t *sums)
{
	unsigned f1 = 0, f2 = 0, ext = 0;

	for (size_t i = 0; i < n; i++) {
		f1 = (f1 + pixels[i]) % 255;
		f2 = (f2 + f1) % 255;
		ext = (ext + (pixels[i] ^ (i & 255))) % 255;
	}
	return sums[0] == f1 && sums[1] == f2 && sums[2] == (ext == 0x41 ? 0xaa : ext);
}

static void tell_statistics(struct board *board)
{
	char text[96];
	int n = snprintf(text, sizeof text, "bangtin-simulator: %" PRIu64 " frames, %" PRIu64 " faults\r\n",
		board->frames, board->faults);

	board_answer(board, text, (size_t)n);
}

static size_t parse(struct board *board, const uint8_t *bytes, size_t size)
{
	size_t garbage = stream_garbage(bytes, size, MAGIC, 3);

	if (garbage > 0)
		return garbage;
	if (size < HEADER)
		return 0;
	if (memcmp(bytes + 3, "\x2a\xa2\x15", 3) == 0) {
		tell_statistics(board);
		return HEADER;
	}
	size_t n = 3 * (((size_t)bytes[3] << 8 | bytes[4]) + 1);
	bool counted = (bytes[3] ^ bytes[4] ^ 0x55) == bytes[5];
	if (counted && size < HEADER + n + SUMS)
		return 0;
	if (!counted || !sums_match(bytes + HEADER, n, bytes + HEADER + n)) {
		/* The frame is lost; another may begin inside of what was taken for it. */
		board_fault(board, "checksum");
		return 1;
	}
	board_write(board, 0, bytes + HEADER, n);
	board_show(board);
	return HEADER + n + SUMS;
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	(void)arrival;
	stream_feed(state, board, bytes, size, parse);
}

const struct protocol awa_protocol = {
	.name = "awa",
	.transport = TRANSPORT_STREAM,
	.state_size = sizeof(struct stream),
	.feed = feed,
	.finish = stream_finish,
};
