/* TPM2.net (UDP 65506): a picture in at most 255 datagrams.
 *   9C, DA (data), bytes of data (16 bits, high byte first), number of the datagram from 1 on, how many there are, R, G, B
 *   of its pixels, 36.
 * All datagrams but the last are of one size: WLED takes the first one's for the distance between them. It shows when the
 * last number has come. Source: github.com/wled/WLED, Hyperion. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "drivers/link/udp.h"

#define HEADER	     6
#define PACKETS_MOST 255
#define PIXELS_MOST  490		       /* of a datagram, within one Ethernet MTU */
#define ALIVE	     (2 * INT64_C(1000000000)) /* WLED leaves the stream after 2.5 s of silence */

struct tpm2net {
	char *host;
	int64_t port, pixels, spacing;

	struct udp udp;
	uint8_t *bytes;
	unsigned count;
	bool opened;
};

static size_t data_of(const struct tpm2net *t)
{
	return 3 * (size_t)t->pixels;
}

static size_t packets_of(const struct tpm2net *t, size_t size)
{
	return (size + data_of(t) - 1) / data_of(t);
}

/* Everything but the colours. */
static void prepare(struct tpm2net *t, size_t size)
{
	for (unsigned i = 0; i < t->count; i++) {
		size_t left = size - i * data_of(t), n = left < data_of(t) ? left : data_of(t);
		uint8_t *packet = t->bytes + i * (HEADER + data_of(t) + 1);
		uint8_t header[HEADER] = {
			0x9c, 0xda, (uint8_t)(n >> 8), (uint8_t)n, (uint8_t)(i + 1), (uint8_t)t->count};
		memcpy(packet, header, HEADER);
		packet[HEADER + n] = 0x36;
		t->udp.packets[i] = (struct iovec){packet, HEADER + n + 1};
	}
}

static void encode(struct tpm2net *t, const uint8_t *rgb)
{
	for (unsigned i = 0; i < t->count; i++) {
		size_t n = t->udp.packets[i].iov_len - HEADER - 1;
		memcpy((uint8_t *)t->udp.packets[i].iov_base + HEADER, rgb, n);
		rgb += n;
	}
}

static void tpm2net_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	const struct tpm2net *t = priv;
	size_t size = 3 * (size_t)display->width * (size_t)display->height;
	const char *wrong = udp_check_host(t->host);

	if (wrong)
		diag_error(diags, display->where, "driver tpm2net: host `%s` is not an address; %s", t->host,
			wrong);
	if (packets_of(t, size) > PACKETS_MOST)
		diag_error(diags, display->where,
			"driver tpm2net: %dx%d pixels need %zu datagrams, more than the %d that can be "
			"counted; %s",
			display->width, display->height, packets_of(t, size), PACKETS_MOST,
			size <= (size_t)3 * PACKETS_MOST * PIXELS_MOST ? _("write `pixels = 490`")
								       : _("use the driver ddp"));
}

static int tpm2net_open(struct sink *sink)
{
	struct tpm2net *t = sink_priv(sink);
	int width, height;

	sink_shape(sink, &width, &height);
	size_t size = 3 * (size_t)width * (size_t)height;
	t->count = (unsigned)packets_of(t, size);
	int error = udp_open(&t->udp,
		&(struct udp_settings){.host = t->host, .port = (int)t->port, .spacing = t->spacing},
		t->count);
	t->opened = error == 0;
	if (error < 0)
		return error;
	t->bytes = xmalloc(t->count * (HEADER + data_of(t) + 1));
	prepare(t, size);
	sink_up(sink);
	return 0;
}

static int tpm2net_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct tpm2net *t = sink_priv(sink);

	encode(t, frame->wire);
	return udp_send(&t->udp, sink, t->count, frame->sequence);
}

static void tpm2net_timeout(struct sink *sink)
{
	struct tpm2net *t = sink_priv(sink);

	udp_go_on(&t->udp, sink);
}

static void tpm2net_close(struct sink *sink)
{
	struct tpm2net *t = sink_priv(sink);

	if (t->opened)
		udp_close(&t->udp);
	free(t->bytes);
	t->bytes = NULL;
	t->opened = false;
}

static const struct sink_option options[] = {
	{.name = "host",
		.type = OPTION_TEXT,
		.offset = offsetof(struct tpm2net, host),
		.required = true,
		.help = N_("the device's address, numeric")},
	{.name = "port",
		.type = OPTION_INT,
		.offset = offsetof(struct tpm2net, port),
		.standard = "65506",
		.least = 1,
		.most = 65535,
		.help = "UDP port"},
	{.name = "pixels",
		.type = OPTION_INT,
		.offset = offsetof(struct tpm2net, pixels),
		.standard = "170",
		.least = 1,
		.most = PIXELS_MOST,
		.help = N_("of a datagram; more make fewer datagrams, which not every device takes")},
	{.name = "spacing",
		.type = OPTION_DURATION,
		.offset = offsetof(struct tpm2net, spacing),
		.standard = "0s",
		.most = 1e9,
		.help = N_("pause between two datagrams, for devices that lose bursts")},
	{.name = NULL},
};

const struct sink_driver sink_driver_tpm2net = {
	.name = "tpm2net",
	.summary = N_("TPM2.net over UDP: WLED, pixel controllers"),
	.caps = SINK_HOLDS,
	.format = PANEL_RGB888,
	.options = options,
	.priv_size = sizeof(struct tpm2net),
	.keep_alive = ALIVE,
	.dynamic_rate = true,
	.check = tpm2net_check,
	.open = tpm2net_open,
	.submit = tpm2net_submit,
	.timeout = tpm2net_timeout,
	.close = tpm2net_close,
};
