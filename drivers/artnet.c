/* Art-Net 4 (UDP 6454): a picture over consecutive universes, 170 RGB pixels each.
 *
 * ArtDmx: "Art-Net" NUL, opcode 0x5000 (little endian), version 14 (big endian), sequence 1..255, physical, sub-uni,
 * net, length (big endian, even), data. ArtSync: opcode 0x5200, version 14, two zeroes.
 * Source: art-net.org.uk. Unchanged data is repeated within 4 s.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "drivers/link/udp.h"

#define HEADER	      18
#define DATA_MOST     510 /* 170 whole pixels of 512 slots */
#define SYNC_SIZE     14
#define ALIVE	      (3 * INT64_C(1000000000)) /* well within the 4 s after which nodes give up */
#define UNIVERSE_LAST 0x7fff

struct artnet {
	char *host;
	int64_t port, universe, spacing;
	bool sync;

	struct udp udp;
	uint8_t *bytes; /* every packet at its place, HEADER + DATA_MOST apart, then the sync */
	unsigned count; /* of universes */
	uint8_t sequence;
	bool opened;
};

static unsigned universes_of(size_t size)
{
	return (unsigned)((size + DATA_MOST - 1) / DATA_MOST);
}

static void fill_header(uint8_t *packet, uint8_t sequence, unsigned universe, size_t size)
{
	memcpy(packet, "Art-Net\0\x00\x50\0\x0e", 12);
	packet[12] = sequence;
	packet[13] = 0;
	packet[14] = (uint8_t)universe;
	packet[15] = (uint8_t)(universe >> 8 & 0x7f);
	packet[16] = (uint8_t)(size >> 8);
	packet[17] = (uint8_t)size;
}

/* Returns how many packets there are. */
static unsigned encode(struct artnet *artnet, const uint8_t *wire, size_t wire_size)
{
	artnet->sequence = (uint8_t)(artnet->sequence % 255 + 1);
	for (unsigned i = 0; i < artnet->count; i++) {
		size_t offset = (size_t)i * DATA_MOST;
		size_t size = wire_size - offset < DATA_MOST ? wire_size - offset : DATA_MOST;
		size_t even = size + size % 2;
		uint8_t *packet = artnet->bytes + (size_t)i * (HEADER + DATA_MOST);
		fill_header(packet, artnet->sequence, (unsigned)artnet->universe + i, even);
		memcpy(packet + HEADER, wire + offset, size);
		if (even > size)
			packet[HEADER + size] = 0;
		artnet->udp.packets[i] = (struct iovec){packet, HEADER + even};
	}
	if (!artnet->sync)
		return artnet->count;
	uint8_t *sync = artnet->bytes + (size_t)artnet->count * (HEADER + DATA_MOST);
	memcpy(sync, "Art-Net\0\x00\x52\0\x0e\0\0", SYNC_SIZE);
	artnet->udp.packets[artnet->count] = (struct iovec){sync, SYNC_SIZE};
	return artnet->count + 1;
}

static void artnet_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	const struct artnet *artnet = priv;
	const char *wrong = udp_check_host(artnet->host);
	if (wrong)
		diag_error(diags, display->where, "driver artnet: host `%s` is not an address; %s",
			artnet->host, wrong);
	unsigned last = (unsigned)artnet->universe +
			universes_of((size_t)display->width * (size_t)display->height * 3) - 1;
	if (last > UNIVERSE_LAST)
		diag_error(diags, display->where,
			"driver artnet: the picture would end in universe %u; the last one is %d, begin "
			"lower",
			last, UNIVERSE_LAST);
}

static int artnet_open(struct sink *sink)
{
	struct artnet *artnet = sink_priv(sink);
	int width, height;
	sink_shape(sink, &width, &height);
	artnet->count = universes_of((size_t)width * (size_t)height * 3);
	int error = udp_open(&artnet->udp,
		&(struct udp_settings){
			.host = artnet->host, .port = (int)artnet->port, .spacing = artnet->spacing},
		artnet->count + 1);
	artnet->opened = error == 0;
	if (error < 0)
		return error;
	artnet->bytes = xmalloc((size_t)(artnet->count + 1) * (HEADER + DATA_MOST));
	sink_up(sink);
	return 0;
}

static int artnet_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct artnet *artnet = sink_priv(sink);
	return udp_send(&artnet->udp, sink, encode(artnet, frame->wire, frame->wire_size), frame->sequence);
}

static void artnet_timeout(struct sink *sink)
{
	struct artnet *artnet = sink_priv(sink);
	udp_go_on(&artnet->udp, sink);
}

static void artnet_close(struct sink *sink)
{
	struct artnet *artnet = sink_priv(sink);
	if (artnet->opened)
		udp_close(&artnet->udp);
	free(artnet->bytes);
	artnet->bytes = NULL;
	artnet->opened = false;
}

static const struct sink_option options[] = {
	{.name = "host",
		.type = OPTION_TEXT,
		.offset = offsetof(struct artnet, host),
		.required = true,
		.help = N_("the node's address, numeric; a broadcast address reaches all nodes")},
	{.name = "port",
		.type = OPTION_INT,
		.offset = offsetof(struct artnet, port),
		.standard = "6454",
		.least = 1,
		.most = 65535,
		.help = "UDP port"},
	{.name = "universe",
		.type = OPTION_INT,
		.offset = offsetof(struct artnet, universe),
		.standard = "0",
		.least = 0,
		.most = UNIVERSE_LAST,
		.help = N_("port address of the first universe: net * 256 + subnet * 16 + universe")},
	{.name = "sync",
		.type = OPTION_BOOL,
		.offset = offsetof(struct artnet, sync),
		.standard = "false",
		.help = N_("end each frame with ArtSync, so that all universes change at once")},
	{.name = "spacing",
		.type = OPTION_DURATION,
		.offset = offsetof(struct artnet, spacing),
		.standard = "0s",
		.most = 1e9,
		.help = N_("pause between two datagrams, for nodes that lose bursts")},
	{.name = NULL},
};

const struct sink_driver sink_driver_artnet = {
	.name = "artnet",
	.summary = N_("Art-Net 4 over UDP: lighting nodes, facades, pixel controllers"),
	.caps = SINK_HOLDS,
	.format = PANEL_RGB888,
	.options = options,
	.priv_size = sizeof(struct artnet),
	.keep_alive = ALIVE,
	.dynamic_rate = true,
	.check = artnet_check,
	.open = artnet_open,
	.submit = artnet_submit,
	.timeout = artnet_timeout,
	.close = artnet_close,
};
