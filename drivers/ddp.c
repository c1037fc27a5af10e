/* DDP, the Distributed Display Protocol (UDP 4048): RGB bytes by offset, shown at the push flag of the last packet.
 *
 * Packet: flags 0x40 (version 1) | push 0x01; sequence 1..15; type 0x0b (RGB, 8 bits); destination; offset in bytes (4,
 * big endian); length (2, big endian); data. 1440 bytes, 480 pixels, keep a packet under one Ethernet MTU.
 * Source: 3waylabs.com/ddp; as read by WLED and FPP.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "drivers/link/udp.h"

#define HEADER	       10
#define DATA_MOST      1440
#define VERSION_1      0x40
#define PUSH	       0x01
#define TYPE_RGB8      0x0b
#define REFRESH_WITHIN (2 * INT64_C(1000000000)) /* WLED leaves the stream after 2.5 s of silence */

struct ddp {
	char *host;
	int64_t port, destination, spacing;

	struct udp udp;
	uint8_t *bytes;
	unsigned count;
	uint8_t sequence;
	bool opened;
};

static unsigned packets_of(size_t size)
{
	return (unsigned)((size + DATA_MOST - 1) / DATA_MOST);
}

static void fill_header(const struct ddp *ddp, uint8_t *packet, size_t offset, size_t size, bool last)
{
	packet[0] = VERSION_1 | (last ? PUSH : 0);
	packet[1] = ddp->sequence;
	packet[2] = TYPE_RGB8;
	packet[3] = (uint8_t)ddp->destination;
	for (int i = 0; i < 4; i++)
		packet[4 + i] = (uint8_t)(offset >> (24 - 8 * i));
	packet[8] = (uint8_t)(size >> 8);
	packet[9] = (uint8_t)size;
}

/* Lays the picture out as datagrams; their sizes go to the link's vector. */
static void encode(struct ddp *ddp, const uint8_t *wire, size_t wire_size)
{
	for (unsigned i = 0; i < ddp->count; i++) {
		size_t offset = (size_t)i * DATA_MOST;
		size_t size = wire_size - offset < DATA_MOST ? wire_size - offset : DATA_MOST;
		uint8_t *packet = ddp->bytes + (size_t)i * (HEADER + DATA_MOST);
		ddp->sequence = (uint8_t)(ddp->sequence % 15 + 1); /* each datagram's own */
		fill_header(ddp, packet, offset, size, i + 1 == ddp->count);
		memcpy(packet + HEADER, wire + offset, size);
		ddp->udp.packets[i] = (struct iovec){packet, HEADER + size};
	}
}

static void ddp_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	const struct ddp *ddp = priv;
	const char *wrong = udp_check_host(ddp->host);
	if (wrong)
		diag_error(diags, display->where, "driver ddp: host `%s` is not an address; %s", ddp->host,
			wrong);
}

static int ddp_open(struct sink *sink)
{
	struct ddp *ddp = sink_priv(sink);
	int width, height;
	sink_shape(sink, &width, &height);
	ddp->count = packets_of((size_t)width * (size_t)height * 3);
	int error = udp_open(&ddp->udp,
		&(struct udp_settings){.host = ddp->host, .port = (int)ddp->port, .spacing = ddp->spacing},
		ddp->count);
	ddp->opened = error == 0;
	if (error < 0)
		return error;
	ddp->bytes = xmalloc((size_t)ddp->count * (HEADER + DATA_MOST));
	sink_up(sink);
	return 0;
}

static int ddp_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct ddp *ddp = sink_priv(sink);
	encode(ddp, frame->wire, frame->wire_size);
	return udp_send(&ddp->udp, sink, ddp->count, frame->sequence);
}

static void ddp_timeout(struct sink *sink)
{
	struct ddp *ddp = sink_priv(sink);
	udp_go_on(&ddp->udp, sink);
}

static void ddp_close(struct sink *sink)
{
	struct ddp *ddp = sink_priv(sink);
	if (ddp->opened)
		udp_close(&ddp->udp);
	free(ddp->bytes);
	ddp->bytes = NULL;
	ddp->opened = false;
}

static const struct sink_option options[] = {
	{.name = "host",
		.type = OPTION_TEXT,
		.offset = offsetof(struct ddp, host),
		.required = true,
		.help = N_("the controller's address, numeric")},
	{.name = "port",
		.type = OPTION_INT,
		.offset = offsetof(struct ddp, port),
		.standard = "4048",
		.least = 1,
		.most = 65535,
		.help = "UDP port"},
	{.name = "destination",
		.type = OPTION_INT,
		.offset = offsetof(struct ddp, destination),
		.standard = "1",
		.least = 1,
		.most = 255,
		.help = N_("the output's number on the controller; 1 is the display, 255 all")},
	{.name = "spacing",
		.type = OPTION_DURATION,
		.offset = offsetof(struct ddp, spacing),
		.standard = "0s",
		.most = 1e9,
		.help = N_("pause between two datagrams, for controllers that lose bursts")},
	{.name = NULL},
};

const struct sink_driver sink_driver_ddp = {
	.name = "ddp",
	.summary = N_("DDP over UDP: WLED, FPP, pixel controllers"),
	.caps = SINK_HOLDS,
	.format = PANEL_RGB888,
	.options = options,
	.priv_size = sizeof(struct ddp),
	.keep_alive = REFRESH_WITHIN,
	.dynamic_rate = true,
	.check = ddp_check,
	.open = ddp_open,
	.submit = ddp_submit,
	.timeout = ddp_timeout,
	.close = ddp_close,
};
