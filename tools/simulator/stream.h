/* A stream of frames that begin with a magic: its bytes collect until a frame is whole, however they are cut. */
#ifndef TOOLS_SIMULATOR_STREAM_H
#define TOOLS_SIMULATOR_STREAM_H

#include "board.h"

struct stream {
	uint8_t *bytes; /* what is not consumed yet */
	size_t size, capacity;
};

/* Looks at what has collected. Returns how many bytes from the front are done with, a frame or garbage; 0: more must
 * come first. */
typedef size_t (*stream_parse_fn)(struct board *board, const uint8_t *bytes, size_t size);

void stream_feed(
	struct stream *stream, struct board *board, const uint8_t *bytes, size_t size, stream_parse_fn parse);
void stream_finish(void *stream);
/* How many bytes stand before the first place where magic begins, whole or cut off by the end of the bytes. */
size_t stream_garbage(const uint8_t *bytes, size_t size, const void *magic, size_t length);

#endif
