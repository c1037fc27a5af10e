#include "stream.h"

#include <string.h>

#include "base/alloc.h"

void stream_feed(
	struct stream *stream, struct board *board, const uint8_t *bytes, size_t size, stream_parse_fn parse)
{
	size_t done = 0;

	if (size == 0)
		return;
	if (stream->capacity - stream->size < size) {
		stream->capacity = 2 * (stream->size + size);
		stream->bytes = xrealloc(stream->bytes, stream->capacity, 1);
	}
	memcpy(stream->bytes + stream->size, bytes, size);
	stream->size += size;
	while (done < stream->size) {
		size_t n = parse(board, stream->bytes + done, stream->size - done);
		if (n == 0)
			break;
		done += n;
	}
	stream->size -= done;
	memmove(stream->bytes, stream->bytes + done, stream->size);
}

void stream_finish(void *stream)
{
	free(((struct stream *)stream)->bytes);
}

size_t stream_garbage(const uint8_t *bytes, size_t size, const void *magic, size_t length)
{
	const uint8_t *first = magic;
	size_t at = 0;

	while (at < size) {
		const uint8_t *found = memchr(bytes + at, first[0], size - at);
		if (!found)
			return size;
		at = (size_t)(found - bytes);
		size_t rest = size - at;
		if (memcmp(found, magic, rest < length ? rest : length) == 0)
			return at;
		at++;
	}
	return size;
}
