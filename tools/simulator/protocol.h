/* A wire protocol, decoded. One file a protocol, one line of protocols[] (registry.c).
 *
 * A decoder is fed what arrives: a stream in arbitrary pieces, or whole datagrams. It writes pixels to the board, says
 * when a frame is complete, and reports what it drops. It must survive any input.
 */
#ifndef TOOLS_SIMULATOR_PROTOCOL_H
#define TOOLS_SIMULATOR_PROTOCOL_H

#include "board.h"

enum transport { TRANSPORT_STREAM, TRANSPORT_DATAGRAM };

struct decoder_options {
	int universe; /* first one; -1: the protocol's usual */
};

struct protocol {
	const char *name;
	enum transport transport;
	int port; /* usual UDP port */
	size_t state_size;
	void (*init)(void *state, struct board *board,
		const struct decoder_options *options); /* state is zeroed */
	/* now: monotonic ns */
	void (*feed)(void *state, struct board *board, const uint8_t *bytes, size_t size, int64_t now);
};

extern const struct protocol *const protocols[]; /* ends with NULL */
const struct protocol *protocol_find(const char *name);

/* A stream of frames that begin with a magic: bytes collect here until a frame is whole. */
#define COLLECT_MOST (6 + 3 * 65536 + 8)
struct collector {
	uint8_t *bytes; /* COLLECT_MOST; allocated at the first byte, lives as long as the program */
	size_t size;
};
void collector_add(struct collector *collector, uint8_t byte);
void collector_drop(struct collector *collector, size_t n); /* from the front */
/* Drops what comes before the first place where magic (or its beginning) stands; true: all of it is there. */
bool collector_seek(struct collector *collector, const char *magic, size_t length);

#endif
