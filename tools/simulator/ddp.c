/* DDP: flags, sequence, type, destination, offset in bytes (4, big endian), length (2), [timecode 4], data.
 * A frame is shown at the push flag. A status query (destination 251) is answered in JSON. Source: 3waylabs' page, WLED,
 * FPP. */
#include <string.h>

#include "protocol.h"

#define HEADER	     10
#define VERSION_MASK 0xc0
#define VERSION_1    0x40
#define FLAG_TIME    0x10
#define FLAG_STORAGE 0x08
#define FLAG_REPLY   0x04
#define FLAG_QUERY   0x02
#define FLAG_PUSH    0x01
#define DISPLAY	     1
#define ALL	     0xff
#define STATUS	     0xfb
#define STREAM_LOST  INT64_C(2500000000) /* after so much silence any sequence number is welcome */

struct ddp {
	int sequence; /* 1..15 of the last packet; 0: none, or it is not counted */
	int64_t time;
};

/* False: it is a duplicate, or came too late. 1..15, wrapping. */
static bool take_sequence(struct ddp *ddp, struct board *board, int sequence, int64_t now)
{
	bool known = ddp->sequence && now - ddp->time < STREAM_LOST;
	int ahead = (sequence - ddp->sequence + 15) % 15;

	if (sequence && known && (ahead == 0 || ahead > 7))
		return false;
	if (sequence && known)
		board->lost += (unsigned)ahead - 1;
	ddp->sequence = sequence;
	ddp->time = now;
	return true;
}

static bool is_rgb8(uint8_t type)
{
	return type == 0x0b || type == 0x01 || type == 0x00; /* the latter two of older senders */
}

static void take_pixels(struct ddp *ddp, struct board *board, const uint8_t *bytes, size_t size, int64_t now)
{
	size_t header = bytes[0] & FLAG_TIME ? HEADER + 4 : HEADER;
	size_t n = (size_t)bytes[8] << 8 | bytes[9];
	size_t offset = (size_t)bytes[4] << 24 | (size_t)bytes[5] << 16 | (size_t)bytes[6] << 8 | bytes[7];

	if (size < header + n)
		board_fault(board, "length");
	else if (!is_rgb8(bytes[2]))
		board_fault(board, "type");
	else if (n > 0 && offset >= board->size)
		board_fault(board, "beyond"); /* another board's, its push as well */
	else if (!take_sequence(ddp, board, bytes[1] & 15, now))
		board_fault(board, "sequence");
	else {
		if (n > 0)
			board_write(board, offset, bytes + header, n);
		if (bytes[0] & FLAG_PUSH)
			board_show(board);
	}
}

static void answer_status(struct board *board)
{
	static const char status[] =
		"{\"status\":{\"man\":\"bangtin\",\"mod\":\"simulator\",\"ver\":\"1.0\"}}";
	uint8_t reply[HEADER + sizeof status] = {VERSION_1 | FLAG_REPLY | FLAG_PUSH, 0, 0, STATUS};

	reply[9] = sizeof status - 1;
	memcpy(reply + HEADER, status, sizeof status - 1);
	board_answer(board, reply, HEADER + sizeof status - 1);
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	if (size < HEADER) {
		board_fault(board, "short");
		return;
	}
	if ((bytes[0] & VERSION_MASK) != VERSION_1) {
		board_fault(board, "version");
		return;
	}
	if (bytes[0] & FLAG_QUERY && bytes[3] == STATUS)
		answer_status(board);
	if (bytes[0] & (FLAG_QUERY | FLAG_REPLY | FLAG_STORAGE) || (bytes[3] != DISPLAY && bytes[3] != ALL))
		return; /* nothing to show */
	take_pixels(state, board, bytes, size, arrival->time);
}

const struct protocol ddp_protocol = {
	.name = "ddp",
	.transport = TRANSPORT_DATAGRAM,
	.port = 4048,
	.state_size = sizeof(struct ddp),
	.feed = feed,
};
