/* Hanover flip-dots: 02, command, address, length (2 hexadecimal digits, modulo 256), data in digits, 03, sum. Column by
 * column, 8 dots a byte, bit 0 on top, columns of whole bytes; lit dots are white here. Source: pyflipdot, node-flipdot.
 */
#include "protocol.h"
#include "stream.h"

#define STX	     0x02
#define ETX	     0x03
#define MESSAGE_MOST 65536

static int digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int byte_at(const uint8_t *digits)
{
	return digit(digits[0]) * 16 + digit(digits[1]);
}

static void light(struct board *board, int x, int y, bool lit)
{
	const uint8_t level = lit ? 255 : 0, pixel[3] = {level, level, level};

	board_write(board, ((size_t)y * (size_t)board->width + (size_t)x) * 3, pixel, 3);
}

/* Everything between address and 03. */
static void take_image(struct board *board, const uint8_t *payload, size_t digits)
{
	size_t band = ((size_t)board->height + 7) / 8, wanted = band * (size_t)board->width;

	if (digits < 2 || digits % 2 || (digits - 2) / 2 != wanted ||
		byte_at(payload) != (int)(wanted & 255)) {
		board_fault(board, "length");
		return;
	}
	for (size_t i = 0; i < wanted; i++) {
		int byte = byte_at(payload + 2 + 2 * i), x = (int)(i / band), y = (int)(i % band) * 8;
		for (int k = 0; k < 8 && y + k < board->height; k++)
			light(board, x, y + k, byte >> k & 1);
	}
	board_show(board);
}

static bool sum_is_right(const uint8_t *message, size_t etx)
{
	unsigned sum = 0;

	if (digit(message[etx + 1]) < 0 || digit(message[etx + 2]) < 0)
		return false;
	for (size_t i = 1; i <= etx; i++)
		sum += message[i];
	return ((sum + (unsigned)byte_at(message + etx + 1)) & 255) == 0;
}

static size_t parse(struct board *board, const uint8_t *bytes, size_t size)
{
	size_t garbage = stream_garbage(bytes, size, (const uint8_t[]){STX}, 1), etx = 1;

	if (garbage > 0)
		return garbage;
	while (etx < size && digit(bytes[etx]) >= 0)
		etx++;
	if (etx >= size && size < MESSAGE_MOST)
		return 0;
	if (etx >= size || bytes[etx] != ETX ||
		etx < 3) { /* cut off, or noise: another may begin right here */
		board_fault(board, "short");
		return etx < size && bytes[etx] == ETX ? etx + 1 : etx;
	}
	if (size < etx + 3)
		return 0;
	if (!sum_is_right(bytes, etx)) {
		board_fault(board, "checksum");
		return etx + 1;
	}
	if (bytes[1] == '1')
		take_image(board, bytes + 3, etx - 3);
	return etx + 3; /* the sign's own test patterns are nothing to show here */
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	(void)arrival;
	stream_feed(state, board, bytes, size, parse);
}

const struct protocol hanover_protocol = {
	.name = "hanover",
	.transport = TRANSPORT_STREAM,
	.state_size = sizeof(struct stream),
	.feed = feed,
	.finish = stream_finish,
};
