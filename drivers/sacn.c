/* sACN, ANSI E1.31 (UDP 5568): a picture over consecutive universes, 170 RGB pixels each, multicast to
 * 239.255.(universe) or unicast.
 *
 * All numbers big endian; a length field is 0x7000 | bytes from that field to the end. Root layer (0..37), framing layer
 * (38..114), DMP layer (115..), start code 0 at 125, data from 126. Synchronisation packet: 49 bytes.
 * Source: E1.31 as laid out by OLA, WLED and tshark's dissector. A stream ends with three packets with option 0x40.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/words.h"
#include "drivers/link/udp.h"

#define HEADER	      126
#define DATA_MOST     510 /* 170 whole pixels of 512 slots */
#define SYNC_SIZE     49
#define SLOT	      (HEADER + DATA_MOST)
#define ALIVE	      (1 * INT64_C(1000000000)) /* receivers lose the stream after 2.5 s */
#define ENDED	      0x40
#define FAREWELLS     3
#define UNIVERSE_LAST 63999

struct sacn {
	char *host, *interface; /* NULL: multicast; as the routes say */
	char *source;
	int64_t port, universe, priority, sync_universe, ttl, spacing;

	struct udp udp;
	uint8_t *bytes; /* packets SLOT apart, the sync last */
	unsigned count; /* of universes */
	uint8_t cid[16];
	uint8_t sequence, sync_sequence;
	bool opened;
};

static unsigned universes_of(size_t size)
{
	return (unsigned)((size + DATA_MOST - 1) / DATA_MOST);
}

static void put(uint8_t *to, unsigned value, int size)
{
	while (size-- > 0) {
		to[size] = (uint8_t)value;
		value >>= 8;
	}
}

static void put_length(uint8_t *to, size_t size)
{
	put(to, 0x7000u | (unsigned)size, 2);
}

static void fill_root(const struct sacn *sacn, uint8_t *packet, unsigned vector, size_t size)
{
	put(packet, 0x0010, 2);
	put(packet + 2, 0, 2);
	memcpy(packet + 4, "ASC-E1.17\0\0", 12);
	put_length(packet + 16, size - 16);
	put(packet + 18, vector, 4);
	memcpy(packet + 22, sacn->cid, sizeof sacn->cid);
	put_length(packet + 38, size - 38);
}

/* Everything of a data packet but sequence, options and data. */
static void fill_packet(const struct sacn *sacn, uint8_t *packet, unsigned universe, size_t values)
{
	memset(packet, 0, HEADER);
	fill_root(sacn, packet, 4, HEADER + values);
	put(packet + 40, 2, 4);
	snprintf((char *)packet + 44, 64, "%s", sacn->source);
	packet[108] = (uint8_t)sacn->priority;
	put(packet + 109, (unsigned)sacn->sync_universe, 2);
	put(packet + 113, universe, 2);
	put_length(packet + 115, HEADER + values - 115);
	packet[117] = 0x02;
	packet[118] = 0xa1;
	put(packet + 121, 1, 2);
	put(packet + 123, (unsigned)values + 1, 2);
}

static void fill_sync(const struct sacn *sacn, uint8_t *packet)
{
	memset(packet, 0, SYNC_SIZE);
	fill_root(sacn, packet, 8, SYNC_SIZE);
	put(packet + 40, 1, 4);
	put(packet + 45, (unsigned)sacn->sync_universe, 2);
}

static void prepare(struct sacn *sacn, size_t size)
{
	for (unsigned i = 0; i < sacn->count; i++) {
		size_t values =
			size - (size_t)i * DATA_MOST < DATA_MOST ? size - (size_t)i * DATA_MOST : DATA_MOST;
		uint8_t *packet = sacn->bytes + (size_t)i * SLOT;
		fill_packet(sacn, packet, (unsigned)sacn->universe + i, values);
		sacn->udp.packets[i] = (struct iovec){packet, HEADER + values};
	}
	uint8_t *sync = sacn->bytes + (size_t)sacn->count * SLOT;
	fill_sync(sacn, sync);
	sacn->udp.packets[sacn->count] = (struct iovec){sync, SYNC_SIZE};
}

/* Returns how many packets there are. */
static unsigned encode(struct sacn *sacn, const uint8_t *wire, uint8_t options)
{
	sacn->sequence++;
	for (unsigned i = 0; i < sacn->count; i++) {
		uint8_t *packet = sacn->bytes + (size_t)i * SLOT;
		packet[111] = sacn->sequence;
		packet[112] = options;
		if (wire)
			memcpy(packet + HEADER, wire + (size_t)i * DATA_MOST,
				sacn->udp.packets[i].iov_len - HEADER);
	}
	if (!sacn->sync_universe)
		return sacn->count;
	sacn->bytes[(size_t)sacn->count * SLOT + 44] = ++sacn->sync_sequence;
	return sacn->count + 1;
}

/* The same for ever on one machine and display, as the standard asks: out of the machine's id, not the id itself. */
static void derive_cid(struct sacn *sacn, const char *display)
{
	char *machine = NULL, hex[DIGEST_HEX];
	size_t size = 0;
	if (file_read("/etc/machine-id", 64, &machine, &size) < 0)
		machine = xstrdup("");
	char *seed = xasprintf("bangtin sacn %.32s %s", machine, display);
	digest_sha256(seed, strlen(seed), hex);
	for (int i = 0; i < 16; i++) {
		unsigned byte;
		sscanf(hex + (ptrdiff_t)2 * i, "%2x", &byte);
		sacn->cid[i] = (uint8_t)byte;
	}
	sacn->cid[6] = (sacn->cid[6] & 0x0f) | 0x80; /* RFC 9562: version 8, custom */
	sacn->cid[8] = (sacn->cid[8] & 0x3f) | 0x80;
	free(seed);
	free(machine);
}

static void sacn_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	const struct sacn *sacn = priv;
	const char *wrong = sacn->host ? udp_check_host(sacn->host) : NULL;
	if (wrong)
		diag_error(diags, display->where,
			"driver sacn: host `%s` is not an address; %s, or leave it out to multicast",
			sacn->host, wrong);
	if (sacn->interface && udp_check_host(sacn->interface))
		diag_error(diags, display->where, "driver sacn: interface `%s` is not an address; %s",
			sacn->interface, udp_check_host(sacn->interface));
	unsigned last = (unsigned)sacn->universe +
			universes_of((size_t)display->width * (size_t)display->height * 3) - 1;
	if (last > UNIVERSE_LAST)
		diag_error(diags, display->where,
			"driver sacn: the picture would end in universe %u; the last one is %d, begin lower",
			last, UNIVERSE_LAST);
}

static int sacn_open(struct sink *sink)
{
	struct sacn *sacn = sink_priv(sink);
	int width, height;
	sink_shape(sink, &width, &height);
	size_t size = (size_t)width * (size_t)height * 3;
	sacn->count = universes_of(size);
	int error = udp_open(&sacn->udp,
		&(struct udp_settings){.host = sacn->host,
			.port = (int)sacn->port,
			.interface = sacn->interface,
			.ttl = (int)sacn->ttl,
			.spacing = sacn->spacing},
		sacn->count + 1);
	sacn->opened = error == 0;
	if (error < 0)
		return error;
	sacn->bytes = xcalloc(sacn->count + 1, SLOT);
	derive_cid(sacn, sink_display(sink)->name);
	prepare(sacn, size);
	for (unsigned i = 0; !sacn->host && i <= sacn->count; i++) {
		unsigned universe =
			i < sacn->count ? (unsigned)sacn->universe + i : (unsigned)sacn->sync_universe;
		udp_address(&sacn->udp, i, 0xefff0000u | universe, (int)sacn->port);
	}
	sink_up(sink);
	return 0;
}

static int sacn_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct sacn *sacn = sink_priv(sink);
	return udp_send(&sacn->udp, sink, encode(sacn, frame->wire, 0), frame->sequence);
}

static void sacn_timeout(struct sink *sink)
{
	struct sacn *sacn = sink_priv(sink);
	udp_go_on(&sacn->udp, sink);
}

static void sacn_close(struct sink *sink)
{
	struct sacn *sacn = sink_priv(sink);
	for (int i = 0; sacn->opened && sacn->sequence && i < FAREWELLS; i++) {
		encode(sacn, NULL, ENDED);
		udp_send_now(&sacn->udp, sacn->count);
	}
	if (sacn->opened)
		udp_close(&sacn->udp);
	free(sacn->bytes);
	sacn->bytes = NULL;
	sacn->opened = false;
}

static const struct sink_option options[] = {
	{.name = "host",
		.type = OPTION_TEXT,
		.offset = offsetof(struct sacn, host),
		.help = N_("the receiver's address, numeric; none: multicast")},
	{.name = "interface",
		.type = OPTION_TEXT,
		.offset = offsetof(struct sacn, interface),
		.help = N_("address of the network interface that multicasts; none: as the routes say")},
	{.name = "source",
		.type = OPTION_TEXT,
		.offset = offsetof(struct sacn, source),
		.standard = "bangtin",
		.help = N_("the name that receivers show, at most 63 bytes")},
	{.name = "port",
		.type = OPTION_INT,
		.offset = offsetof(struct sacn, port),
		.standard = "5568",
		.least = 1,
		.most = 65535,
		.help = "UDP port"},
	{.name = "universe",
		.type = OPTION_INT,
		.offset = offsetof(struct sacn, universe),
		.standard = "1",
		.least = 1,
		.most = UNIVERSE_LAST,
		.help = N_("the first universe")},
	{.name = "priority",
		.type = OPTION_INT,
		.offset = offsetof(struct sacn, priority),
		.standard = "100",
		.least = 0,
		.most = 200,
		.help = N_("the highest source wins")},
	{.name = "sync-universe",
		.type = OPTION_INT,
		.offset = offsetof(struct sacn, sync_universe),
		.standard = "0",
		.least = 0,
		.most = UNIVERSE_LAST,
		.help = N_("universe of the synchronisation packets; 0: none")},
	{.name = "ttl",
		.type = OPTION_INT,
		.offset = offsetof(struct sacn, ttl),
		.standard = "1",
		.least = 1,
		.most = 255,
		.help = N_("how many routers a multicast may cross, plus one")},
	{.name = "spacing",
		.type = OPTION_DURATION,
		.offset = offsetof(struct sacn, spacing),
		.standard = "0s",
		.most = 1e9,
		.help = N_("pause between two datagrams, for receivers that lose bursts")},
	{.name = NULL},
};

const struct sink_driver sink_driver_sacn = {
	.name = "sacn",
	.summary = N_("sACN (E1.31) over UDP: lighting nodes, facades, pixel controllers"),
	.caps = SINK_HOLDS,
	.format = PANEL_RGB888,
	.options = options,
	.priv_size = sizeof(struct sacn),
	.keep_alive = ALIVE,
	.dynamic_rate = true,
	.check = sacn_check,
	.open = sacn_open,
	.submit = sacn_submit,
	.timeout = sacn_timeout,
	.close = sacn_close,
};
