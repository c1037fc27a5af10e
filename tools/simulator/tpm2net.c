/* TPM2.net: 9C, DA (data), length (big endian), number from 1 on, how many, data, 36. The first datagram's length is the
 * distance between them; shown when the last number has come. Source: WLED, Hyperion. */
#include "protocol.h"

#define HEADER	6
#define START	0x9c
#define DATA	0xda
#define COMMAND 0xc0
#define PING	0xaa
#define END	0x36

struct tpm2net {
	size_t stride; /* 0: the first datagram of this picture has not come */
	int last;      /* number of the last one */
};

static void take_data(struct tpm2net *t, struct board *board, const uint8_t *bytes, size_t n)
{
	int number = bytes[4], total = bytes[5];

	if (number < 1 || number > total) {
		board_fault(board, "sequence");
		return;
	}
	if (number == 1)
		*t = (struct tpm2net){.stride = n};
	if (t->stride == 0 || number <= t->last) {
		board_fault(board, "incomplete");
		return;
	}
	if (n > t->stride || (n < t->stride && number < total)) {
		board_fault(board, "length"); /* where would it lie? */
		return;
	}
	board->lost += (unsigned)(number - t->last - 1);
	t->last = number;
	if (n > 0)
		board_write(board, (size_t)(number - 1) * t->stride, bytes + HEADER, n);
	if (number == total) {
		t->stride = 0;
		board_show(board);
	}
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	(void)arrival;
	if (size < HEADER + 1) {
		board_fault(board, "short");
		return;
	}
	size_t n = (size_t)bytes[2] << 8 | bytes[3];
	if (bytes[0] != START)
		board_fault(board, "header");
	else if (bytes[1] == COMMAND || bytes[1] == PING)
		return; /* nothing to show */
	else if (bytes[1] != DATA)
		board_fault(board, "type");
	else if (size < HEADER + n + 1)
		board_fault(board, "length");
	else if (bytes[HEADER + n] != END)
		board_fault(board, "trailer");
	else
		take_data(state, board, bytes, n);
}

const struct protocol tpm2net_protocol = {
	.name = "tpm2net",
	.transport = TRANSPORT_DATAGRAM,
	.port = 65506,
	.state_size = sizeof(struct tpm2net),
	.feed = feed,
};
