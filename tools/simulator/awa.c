/* AWA (HyperSerial): "Awa", count - 1 (high, low), high xor low xor 0x55, 3 bytes a pixel, then three sums over the
 * pixels: f1 = f1 + b, f2 = f2 + f1, ext = ext + (b xor position), each mod 255; ext 0x41 is sent as 0xAA.
 * Source: HyperSerialESP32 (MIT), as restated in its protocol notes. */
#include "protocol.h"

#define HEADER 6

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

static void feed(void *state, struct board *board, const uint8_t *bytes, size_t size, int64_t now)
{
	struct collector *collector = state;
	(void)now;
	for (size_t i = 0; i < size; i++) {
		collector_add(collector, bytes[i]);
		if (!collector_seek(collector, "Awa", 3) || collector->size < HEADER)
			continue;
		const uint8_t *head = collector->bytes;
		size_t n = 3 * (((size_t)head[3] << 8 | head[4]) + 1);
		if ((head[3] ^ head[4] ^ 0x55) != head[5]) {
			board_fault(board, "checksum");
			collector_drop(collector, 1);
			continue;
		}
		if (collector->size < HEADER + n + 3)
			continue;
		if (sums_match(head + HEADER, n, head + HEADER + n)) {
			board_write(board, 0, head + HEADER, n);
			board_show(board);
			collector_drop(collector, HEADER + n + 3);
		} else {
			/* The frame is lost; another may begin inside of what was taken for it. */
			board_fault(board, "checksum");
			collector_drop(collector, 1);
		}
	}
}

const struct protocol awa_protocol = {
	.name = "awa", .transport = TRANSPORT_STREAM, .state_size = sizeof(struct collector), .feed = feed};
