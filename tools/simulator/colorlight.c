/* Colorlight 5A cards: Ethernet frames to 11:22:33:44:55:66, the byte after the addresses says what: 0A brightness, 55 a
 * piece of a row, 01 with 07 show, 07 who is there. What comes between two shows is one picture; a show that follows
 * another at once is its repetition. Answers as firmware 13. Source: FPP and its dissector, colorlight_reverse. */
#include <string.h>

#include "protocol.h"

#define KIND	 12 /* index; data begins after it */
#define DATA	 13
#define PIXELS	 21
#define ROW_MOST 497
#define ANSWER	 1070
#define FIRMWARE 13

struct colorlight {
	size_t arrived; /* pixels since the last show */
	bool changed;	/* any at all */
};

static size_t number(const uint8_t *bytes)
{
	return (size_t)bytes[0] << 8 | bytes[1];
}

static void take_row(struct colorlight *c, struct board *board, const uint8_t *frame, size_t size)
{
	if (size < PIXELS) {
		board_fault(board, "short");
		return;
	}
	size_t row = number(frame + DATA), first = number(frame + DATA + 2), n = number(frame + DATA + 4);
	size_t width = (size_t)board->width;
	if (n < 1 || n > ROW_MOST || size < PIXELS + 3 * n) {
		board_fault(board, "length");
	} else if (row >= (size_t)board->height || first + n > width) {
		board_fault(board, "beyond");
	} else {
		board_write(board, 3 * (row * width + first), frame + PIXELS, 3 * n);
		c->arrived += n;
		c->changed = true;
	}
}

static void show(struct colorlight *c, struct board *board)
{
	if (!c->changed)
		return;
	if (c->arrived != (size_t)board->width * (size_t)board->height)
		board_fault(board, "incomplete");
	*c = (struct colorlight){0};
	board_show(board);
}

static void answer(struct board *board, uint8_t card)
{
	static const uint8_t addresses[KIND] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x22, 0x22, 0x33, 0x44, 0x55, 0x66};
	uint8_t frame[ANSWER] = {0}, *data = frame + DATA;

	memcpy(frame, addresses, sizeof addresses);
	frame[KIND] = 0x08;
	data[0] = 0x05;
	data[2] = FIRMWARE;
	data[21] = (uint8_t)(board->width >> 8);
	data[22] = (uint8_t)board->width;
	data[23] = (uint8_t)(board->height >> 8);
	data[24] = (uint8_t)board->height;
	data[85] = card;
	board_answer(board, frame, sizeof frame);
}

static void feed(
	void *state, struct board *board, const uint8_t *frame, size_t size, const struct arrival *arrival)
{
	static const uint8_t card[6] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66};

	(void)arrival;
	if (size < DATA + 4 || memcmp(frame, card, sizeof card) != 0)
		return; /* other traffic of the network */
	switch (frame[KIND]) {
	case 0x55:
		take_row(state, board, frame, size);
		break;
	case 0x01:
		if (frame[DATA] == 0x07)
			show(state, board);
		break;
	case 0x07:
		answer(board, frame[DATA + 3]);
		break;
	case 0x0a:
		break; /* what the LEDs do with it is not the picture's */
	default:
		board_fault(board, "type");
	}
}

const struct protocol colorlight_protocol = {
	.name = "colorlight",
	.transport = TRANSPORT_FRAME,
	.state_size = sizeof(struct colorlight),
	.feed = feed,
};
