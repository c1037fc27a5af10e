/* WLED's UDP: form, seconds until the device's own effects, then WARLS 01 (index, RGB), DRGB 02 (RGB from the first pixel
 * on), DNRGB 04 (first pixel in 2 bytes, RGB). A datagram is shown at once; of DNRGB here the one that has the last pixel.
 * Source: github.com/wled/WLED. */
#include "protocol.h"

struct wled {
	size_t next; /* the pixel that the next DNRGB datagram of a picture should begin with */
};

static void take_indexed(struct board *board, const uint8_t *bytes, size_t size)
{
	if (size % 4) {
		board_fault(board, "length");
		return;
	}
	for (; size > 0; bytes += 4, size -= 4)
		board_write(board, 3 * (size_t)bytes[0], bytes + 1, 3);
	board_show(board);
}

static void take_all(struct board *board, const uint8_t *bytes, size_t size)
{
	if (size % 3) {
		board_fault(board, "length");
		return;
	}
	board_write(board, 0, bytes, size);
	board_show(board);
}

static void take_piece(struct wled *wled, struct board *board, const uint8_t *bytes, size_t size)
{
	if (size < 2 || (size - 2) % 3) {
		board_fault(board, "length");
		return;
	}
	size_t first = (size_t)bytes[0] << 8 | bytes[1];
	if (first != wled->next && first != 0)
		board->lost++;
	board_write(board, 3 * first, bytes + 2, size - 2);
	wled->next = first + (size - 2) / 3;
	if (3 * wled->next >= board->size) {
		wled->next = 0;
		board_show(board);
	}
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	(void)arrival;
	if (size < 3) {
		board_fault(board, "short");
		return;
	}
	if (bytes[1] == 0) {
		board_event(board, "ended"); /* at once back to its own effects */
		return;
	}
	switch (bytes[0]) {
	case 1:
		take_indexed(board, bytes + 2, size - 2);
		break;
	case 2:
		take_all(board, bytes + 2, size - 2);
		break;
	case 4:
		take_piece(state, board, bytes + 2, size - 2);
		break;
	default:
		board_fault(board, "type");
	}
}

const struct protocol wled_protocol = {
	.name = "wled",
	.transport = TRANSPORT_DATAGRAM,
	.port = 21324,
	.state_size = sizeof(struct wled),
	.feed = feed,
};
