#include <string.h>

#include "base/alloc.h"
#include "protocol.h"

extern const struct protocol adalight_protocol, awa_protocol, tpm2_protocol, ddp_protocol, artnet_protocol,
	sacn_protocol;

const struct protocol *const protocols[] = {
	&adalight_protocol,
	&awa_protocol,
	&tpm2_protocol,
	&ddp_protocol,
	&artnet_protocol,
	&sacn_protocol,
	NULL,
};

const struct protocol *protocol_find(const char *name)
{
	for (int i = 0; protocols[i]; i++)
		if (strcmp(protocols[i]->name, name) == 0)
			return protocols[i];
	return NULL;
}

/* --- collecting a stream */

void collector_add(struct collector *collector, uint8_t byte)
{
	if (!collector->bytes)
		collector->bytes = xmalloc(COLLECT_MOST);
	if (collector->size == COLLECT_MOST)
		collector_drop(collector, 1);
	collector->bytes[collector->size++] = byte;
}

void collector_drop(struct collector *collector, size_t n)
{
	collector->size -= n;
	memmove(collector->bytes, collector->bytes + n, collector->size);
}

bool collector_seek(struct collector *collector, const char *magic, size_t length)
{
	size_t at = 0;
	while (at < collector->size) {
		size_t rest = collector->size - at;
		if (memcmp(collector->bytes + at, magic, rest < length ? rest : length) == 0)
			break;
		at++;
	}
	if (at > 0)
		collector_drop(collector, at);
	return collector->size >= length;
}
