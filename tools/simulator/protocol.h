/* A wire protocol, decoded. One file a protocol, one line of protocols[] (registry.c).
 *
 * A decoder is fed what arrives: a stream in arbitrary pieces, or whole datagrams, or whole Ethernet frames. It writes pixels to the board, says
 * when a frame is complete, and reports what it drops. It must survive any input.
 */
#ifndef TOOLS_SIMULATOR_PROTOCOL_H
#define TOOLS_SIMULATOR_PROTOCOL_H

#include "board.h"

enum transport { TRANSPORT_STREAM, TRANSPORT_DATAGRAM, TRANSPORT_FRAME };

/* Where a stream is to be had; 0: a datagram protocol on UDP, a stream on a serial line. */
enum { WIRE_SERIAL = 1, WIRE_TCP = 2, WIRE_UDP = 4 };

/* How a card that answers misbehaves: so many requests are answered so, one is refused with that error
 * number. */
struct card_faults {
	int busy, spoilt, refuse;
	int intrude; /* after so many pictures, or readings, somebody else's content stands there, so many times; 0: nobody's */
	int insist;
};

struct decoder_options {
	int universe; /* first one; -1: the protocol's usual */
	struct card_faults faults;
};

struct arrival {
	int64_t time;	 /* monotonic ns */
	uint32_t sender; /* IPv4 address of a datagram's sender; 0 for others */
};

struct protocol {
	const char *name;
	enum transport transport;
	unsigned wires;
	int port;					   /* usual UDP port */
	int universe_least, universe_most, universe_usual; /* most 0: it has no universes */
	bool multicast; /* universe n is sent to 239.255.(n / 256).(n mod 256) */
	size_t state_size;
	void (*init)(void *state, const struct board *board,
		const struct decoder_options *options); /* state is zeroed; NULL: nothing to do */
	void (*feed)(void *state, struct board *board, const uint8_t *bytes, size_t size,
		const struct arrival *arrival);
	void (*finish)(void *state); /* NULL: nothing to free */
};

extern const struct protocol *const protocols[];	/* ends with NULL */
const struct protocol *protocol_find(const char *name); /* NULL: none */

#endif
