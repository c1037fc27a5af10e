/* DDP: flags, sequence, type, destination, offset in bytes (4, big endian), length (2), [timecode 4], data.
 * A frame is shown at the push flag. Source: 3waylabs' page, WLED, FPP. */
#include "protocol.h"

#define VERSION_MASK 0xc0
#define VERSION_1    0x40
#define FLAG_TIME    0x10
#define FLAG_STORAGE 0x08
#define FLAG_REPLY   0x04
#define FLAG_QUERY   0x02
#define FLAG_PUSH    0x01
#define TYPE_RGBW    0x1b

struct ddp {
	int last_sequence; /* 0: none */
	int64_t last_time;
};

static bool is_older(struct ddp *ddp, int sequence, int64_t now)
{
	bool quiet = now - ddp->last_time > 2500000000;
	/* 1..15, wrapping; a repeat of the last number is a duplicate. */
	int ahead = (sequence - ddp->last_sequence + 15) % 15;
	bool older = sequence && ddp->last_sequence && !quiet && (ahead == 0 || ahead > 8);
	if (!older && sequence) {
		ddp->last_sequence = sequence;
		ddp->last_time = now;
	}
	return older;
}

static void feed(void *state, struct board *board, const uint8_t *bytes, size_t size, int64_t now)
{
	if (size < 10 || (bytes[0] & VERSION_MASK) != VERSION_1) {
		board_fault(board, "header");
		return;
	}
	size_t header = bytes[0] & FLAG_TIME ? 14 : 10;
	size_t offset = (size_t)bytes[4] << 24 | (size_t)bytes[5] << 16 | (size_t)bytes[6] << 8 | bytes[7];
	size_t n = (size_t)bytes[8] << 8 | bytes[9];
	if (bytes[0] & (FLAG_QUERY | FLAG_REPLY | FLAG_STORAGE) || (bytes[3] != 1 && bytes[3] != 0xff))
		return; /* nothing to show */
	if (size < header + n || bytes[2] == TYPE_RGBW) {
		board_fault(board, size < header + n ? "short" : "type");
		return;
	}
	if (is_older(state, bytes[1] & 15, now)) {
		board_fault(board, "sequence");
		return;
	}
	if (n > 0)
		board_write(board, offset, bytes + header, n);
	if (bytes[0] & FLAG_PUSH)
		board_show(board);
}

const struct protocol ddp_protocol = {.name = "ddp",
	.transport = TRANSPORT_DATAGRAM,
	.port = 4048,
	.state_size = sizeof(struct ddp),
	.feed = feed};
