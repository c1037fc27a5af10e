/* Art-Net 4: ArtDmx, ArtSync, ArtPoll. Source: art-net.org.uk; layouts as WLED and OLA have them. */
#include <string.h>

#include "protocol.h"
#include "universes.h"

#define OP_POLL	    0x2000
#define OP_REPLY    0x2100
#define OP_DMX	    0x5000
#define OP_SYNC	    0x5200
#define VERSION	    14
#define HEADER	    18
#define REPLY_SIZE  239
#define REPLY_PORTS 4
#define SYNC_LASTS  INT64_C(4000000000) /* without one for so long, frames show at once again */

struct artnet {
	struct universes universes;
	int64_t synced;	 /* when the last ArtSync came; 0: never */
	uint32_t sender; /* of the last ArtDmx */
	bool held;	 /* a complete frame waits for its ArtSync */
};

static void init(void *state, const struct board *board, const struct decoder_options *options)
{
	struct artnet *artnet = state;

	universes_init(&artnet->universes, board, options->universe);
}

/* --- ArtPoll: one answer for every four universes that share net and sub-net */

static void fill_reply(uint8_t *reply, int universe, int ports, int bind)
{
	static const char name[] = "bangtin", long_name[] = "bangtin-simulator", report[] = "#0001 [1] ready";

	memset(reply, 0, REPLY_SIZE);
	memcpy(reply, "Art-Net\0\0\x21", 10);
	reply[14] = 0x36,
	reply[15] = 0x19; /* port 6454, little endian; the address stays 0: see the sender's */
	reply[18] = (uint8_t)(universe >> 8 & 0x7f);
	reply[19] = (uint8_t)(universe >> 4 & 15);
	memcpy(reply + 26, name, sizeof name);
	memcpy(reply + 44, long_name, sizeof long_name);
	memcpy(reply + 108, report, sizeof report);
	reply[173] = (uint8_t)ports;
	for (int i = 0; i < ports; i++) {
		reply[174 + i] = 0x80; /* an output of DMX512 */
		reply[182 + i] = 0x80; /* that carries data */
		reply[190 + i] = (uint8_t)((universe + i) & 15);
	}
	reply[211] = (uint8_t)bind;
}

static void answer_poll(struct board *board, const struct universes *universes)
{
	int end = universes->first + universes->count, bind = 1;

	for (int at = universes->first; at < end && bind <= 255; bind++) {
		uint8_t reply[REPLY_SIZE];
		int ports = 16 - (at & 15);
		if (ports > REPLY_PORTS)
			ports = REPLY_PORTS;
		if (ports > end - at)
			ports = end - at;
		fill_reply(reply, at, ports, bind);
		board_answer(board, reply, sizeof reply);
		at += ports;
	}
}

/* --- ArtDmx, ArtSync */

static bool is_older(const struct universe *universe, uint8_t sequence, int64_t now)
{
	bool known = universe->time && now - universe->time < STREAM_LOST;

	return known && sequence && universe->sequence && (int8_t)(sequence - universe->sequence) <= 0;
}

static bool is_synchronous(const struct artnet *artnet, int64_t now)
{
	return artnet->synced && now - artnet->synced < SYNC_LASTS;
}

static void take_dmx(struct artnet *artnet, struct board *board, const uint8_t *bytes, size_t size,
	const struct arrival *arrival)
{
	struct universes *universes = &artnet->universes;
	size_t n = size < HEADER ? 0 : (size_t)bytes[16] << 8 | bytes[17];

	if (n < 2 || n > 512 || n % 2 || size < HEADER + n) {
		board_fault(board, "length");
		return;
	}
	int index = universes_index(universes, (bytes[15] & 0x7f) << 8 | bytes[14]);
	if (index < 0)
		return; /* another node's */
	if (is_older(&universes->list[index], bytes[12], arrival->time)) {
		board_fault(board, "sequence");
		return;
	}
	if (artnet->held) {
		board_fault(board, "sync");
		artnet->held = false;
		universes_next(universes);
	}
	artnet->sender = arrival->sender;
	if (!universes_take(universes, board, index, bytes[12], bytes + HEADER, n, arrival->time))
		return;
	artnet->held = is_synchronous(artnet, arrival->time);
	if (artnet->held)
		return;
	universes_next(universes);
	board_show(board);
}

static void take_sync(struct artnet *artnet, struct board *board, const struct arrival *arrival)
{
	struct universes *universes = &artnet->universes;

	if (artnet->sender && arrival->sender != artnet->sender) {
		board_fault(board, "sender");
		return;
	}
	artnet->synced = arrival->time;
	artnet->held = false;
	if (universes->arrived == 0)
		return;
	board->lost = (unsigned)(universes->count - universes->arrived);
	universes_next(universes);
	board_show(board);
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	struct artnet *artnet = state;

	if (size < 12 || memcmp(bytes, "Art-Net", 8) != 0) {
		board_fault(board, "header");
		return;
	}
	unsigned operation = (unsigned)bytes[9] << 8 | bytes[8];
	if (operation == OP_REPLY) /* a node's, perhaps our own come back */
		return;
	if ((bytes[10] << 8 | bytes[11]) < VERSION)
		board_fault(board, "version");
	else if (operation == OP_DMX)
		take_dmx(artnet, board, bytes, size, arrival);
	else if ((operation == OP_SYNC || operation == OP_POLL) && size < 14)
		board_fault(board, "length");
	else if (operation == OP_SYNC)
		take_sync(artnet, board, arrival);
	else if (operation == OP_POLL)
		answer_poll(board, &artnet->universes);
	else
		board_fault(board, "operation");
}

const struct protocol artnet_protocol = {
	.name = "artnet",
	.transport = TRANSPORT_DATAGRAM,
	.port = 6454,
	.universe_most = 0x7fff,
	.state_size = sizeof(struct artnet),
	.init = init,
	.feed = feed,
};
