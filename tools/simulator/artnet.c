/* Art-Net 4: ArtDmx, ArtSync, ArtPoll. Source: art-net.org.uk; layouts as WLED and OLA have them. */
#include <string.h>

#include "protocol.h"
#include "universes.h"

#define OP_POLL	    0x2000
#define OP_REPLY    0x2100
#define OP_DMX	    0x5000
#define OP_SYNC	    0x5200
#define SYNC_LASTS  INT64_C(4000000000) /* without one for so long, frames show at once again */
#define QUIET_AFTER INT64_C(2500000000) /* then any sequence number is welcome */

struct artnet {
	struct universes universes;
	int64_t last_sync; /* 0: never */
	bool due;	   /* all universes are here; shown at the sync */
};

static void init(void *state, struct board *board, const struct decoder_options *options)
{
	struct artnet *artnet = state;
	universes_init(&artnet->universes, board, options->universe < 0 ? 0 : options->universe);
}

static void send_reply(struct board *board, const struct artnet *artnet)
{
	uint8_t reply[239] = "Art-Net\0\0\x21";
	if (!board->reply)
		return;
	reply[10] = 127, reply[13] = 1;	    /* address */
	reply[14] = 0x36, reply[15] = 0x19; /* port 6454, little endian */
	reply[18] = (uint8_t)(artnet->universes.first >> 8 & 0x7f);
	reply[19] = (uint8_t)(artnet->universes.first >> 4 & 15);
	memcpy(reply + 26, "bangtin", 7);
	memcpy(reply + 44, "bangtin-simulator", 17);
	memcpy(reply + 108, "#0001 [1] ok", 12);
	reply[173] = 1;	   /* one port … */
	reply[174] = 0x80; /* … an output of DMX512 */
	reply[190] = (uint8_t)(artnet->universes.first & 15);
	board->reply(board->reply_data, reply, sizeof reply);
}

static bool is_older(struct universes *universes, int index, uint8_t sequence, int64_t now)
{
	int8_t ahead = (int8_t)(sequence - universes->sequence[index]);
	bool known = universes->last[index] && now - universes->last[index] < QUIET_AFTER;
	if (sequence && universes->sequence[index] && known && ahead <= 0)
		return true;
	universes->sequence[index] = sequence;
	return false;
}

static void take_dmx(
	struct artnet *artnet, struct board *board, const uint8_t *bytes, size_t size, int64_t now)
{
	size_t n = size < 18 ? 0 : (size_t)bytes[16] << 8 | bytes[17];
	if (n < 2 || n > 512 || n % 2 || size < 18 + n) {
		board_fault(board, "length");
		return;
	}
	int index = universes_index(&artnet->universes, (bytes[15] & 0x7f) << 8 | bytes[14]);
	if (index < 0)
		return;
	if (is_older(&artnet->universes, index, bytes[12], now)) {
		board_fault(board, "sequence");
		return;
	}
	if (!universes_take(&artnet->universes, board, index, bytes + 18, n, now))
		return;
	universes_shown(&artnet->universes);
	artnet->due = artnet->last_sync && now - artnet->last_sync < SYNC_LASTS;
	if (!artnet->due)
		board_show(board);
}

static void feed(void *state, struct board *board, const uint8_t *bytes, size_t size, int64_t now)
{
	struct artnet *artnet = state;
	if (size < 12 || memcmp(bytes, "Art-Net", 8) != 0) {
		board_fault(board, "header");
		return;
	}
	unsigned operation = (unsigned)bytes[9] << 8 | bytes[8];
	if (operation == OP_REPLY) /* a node's, perhaps our own come back */
		return;
	if ((bytes[10] << 8 | bytes[11]) < 14) {
		board_fault(board, "version");
		return;
	}
	if (operation == OP_DMX) {
		take_dmx(artnet, board, bytes, size, now);
	} else if (operation == OP_SYNC) {
		artnet->last_sync = now;
		if (artnet->due)
			board_show(board);
		artnet->due = false;
	} else if (operation == OP_POLL) {
		send_reply(board, artnet);
	} else {
		board_fault(board, "operation");
	}
}

const struct protocol artnet_protocol = {.name = "artnet",
	.transport = TRANSPORT_DATAGRAM,
	.port = 6454,
	.state_size = sizeof(struct artnet),
	.init = init,
	.feed = feed};
