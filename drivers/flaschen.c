/* Flaschen-Taschen (UDP 1337): every datagram is one PPM picture (P6), put where its comment says.
 *   "P6", width, height, "#FT: x y layer", 255, then R, G, B of every pixel.
 * A picture beyond the size of a datagram goes in bands of whole rows. Above layer 0 black is see-through, and a layer
 * that hears nothing for 15 s fades. Source: github.com/hzeller/flaschen-taschen. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "drivers/link/udp.h"

#define HEADER_MOST 80
#define ALIVE	    (5 * INT64_C(1000000000))

struct flaschen {
	char *host;
	int64_t port, x, y, layer, datagram, spacing;

	struct udp udp;
	uint8_t *bytes;
	size_t row;	  /* bytes */
	int height, rows; /* of the picture, of a band */
	unsigned count;
	bool opened;
};

static int rows_of(const struct flaschen *ft, int width)
{
	return (int)(((size_t)ft->datagram - HEADER_MOST) / (3 * (size_t)width));
}

/* Everything but the colours. */
static void prepare(struct flaschen *ft, int width)
{
	size_t slot = HEADER_MOST + ft->row * (size_t)ft->rows;

	for (unsigned i = 0; i < ft->count; i++) {
		int top = (int)i * ft->rows, left = ft->height - top;
		int rows = left < ft->rows ? left : ft->rows;
		uint8_t *packet = ft->bytes + i * slot;
		int header = snprintf((char *)packet, HEADER_MOST, "P6\n%d %d\n#FT: %d %d %d\n255\n", width,
			rows, (int)ft->x, (int)ft->y + top, (int)ft->layer);
		ft->udp.packets[i] = (struct iovec){packet, (size_t)header + ft->row * (size_t)rows};
	}
}

static void encode(struct flaschen *ft, const uint8_t *rgb)
{
	for (unsigned i = 0; i < ft->count; i++) {
		int left = ft->height - (int)i * ft->rows;
		size_t n = ft->row * (size_t)(left < ft->rows ? left : ft->rows);
		struct iovec *packet = &ft->udp.packets[i];
		memcpy((uint8_t *)packet->iov_base + packet->iov_len - n, rgb, n);
		rgb += n;
	}
}

static void flaschen_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	const struct flaschen *ft = priv;
	int widest, height;
	const char *wrong = udp_check_host(ft->host);

	sink_display_shape(display, &widest, &height);
	if (wrong)
		diag_error(diags, display->where, "driver flaschen: host `%s` is not an address; %s",
			ft->host, wrong);
	if (rows_of(ft, widest) < 1)
		diag_error(diags, display->where,
			"driver flaschen: a row of %d pixels does not fit into a datagram of %lld bytes; "
			"write "
			"`datagram = %d` or more",
			widest, (long long)ft->datagram, HEADER_MOST + 3 * widest);
}

static int flaschen_open(struct sink *sink)
{
	struct flaschen *ft = sink_priv(sink);
	int width;

	sink_shape(sink, &width, &ft->height);
	ft->row = 3 * (size_t)width;
	ft->rows = rows_of(ft, width);
	if (ft->rows < 1)
		return -EMSGSIZE; /* a map made rows that check did not see */
	if (ft->rows > ft->height)
		ft->rows = ft->height;
	ft->count = (unsigned)((ft->height + ft->rows - 1) / ft->rows);
	int error = udp_open(&ft->udp,
		&(struct udp_settings){.host = ft->host, .port = (int)ft->port, .spacing = ft->spacing},
		ft->count);
	ft->opened = error == 0;
	if (error < 0)
		return error;
	ft->bytes = xmalloc(ft->count * (HEADER_MOST + ft->row * (size_t)ft->rows));
	prepare(ft, width);
	sink_up(sink);
	return 0;
}

static int flaschen_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct flaschen *ft = sink_priv(sink);

	encode(ft, frame->wire);
	return udp_send(&ft->udp, sink, ft->count, frame->sequence);
}

static void flaschen_timeout(struct sink *sink)
{
	struct flaschen *ft = sink_priv(sink);

	udp_go_on(&ft->udp, sink);
}

static void flaschen_close(struct sink *sink)
{
	struct flaschen *ft = sink_priv(sink);

	if (ft->opened)
		udp_close(&ft->udp);
	free(ft->bytes);
	ft->bytes = NULL;
	ft->opened = false;
}

static const struct sink_option options[] = {
	{.name = "host",
		.type = OPTION_TEXT,
		.offset = offsetof(struct flaschen, host),
		.required = true,
		.help = N_("the server's address, numeric")},
	{.name = "port",
		.type = OPTION_INT,
		.offset = offsetof(struct flaschen, port),
		.standard = "1337",
		.least = 1,
		.most = 65535,
		.help = "UDP port"},
	{.name = "x",
		.type = OPTION_INT,
		.offset = offsetof(struct flaschen, x),
		.standard = "0",
		.most = 9999,
		.help = N_("where the picture's left edge lies on the server's display, pixels")},
	{.name = "y",
		.type = OPTION_INT,
		.offset = offsetof(struct flaschen, y),
		.standard = "0",
		.most = 9999,
		.help = N_("where its upper edge lies")},
	{.name = "layer",
		.type = OPTION_INT,
		.offset = offsetof(struct flaschen, layer),
		.standard = "0",
		.most = 15,
		.help = N_("0 is the lowest; above it black is see-through")},
	{.name = "datagram",
		.type = OPTION_INT,
		.offset = offsetof(struct flaschen, datagram),
		.standard = "65000",
		.least = 512,
		.most = 65000,
		.help = N_(
			"the largest, in bytes; 1472 where fragments are lost. A picture beyond it goes in "
			"several, and "
			"may tear")},
	{.name = "spacing",
		.type = OPTION_DURATION,
		.offset = offsetof(struct flaschen, spacing),
		.standard = "0s",
		.most = 1e9,
		.help = N_("pause between two datagrams, for servers that lose bursts")},
	{.name = NULL},
};

const struct sink_driver sink_driver_flaschen = {
	.name = "flaschen",
	.summary = N_("Flaschen-Taschen over UDP: its server, rpi-rgb-led-matrix, terminals"),
	.caps = SINK_HOLDS,
	.format = PANEL_RGB888,
	.options = options,
	.priv_size = sizeof(struct flaschen),
	.keep_alive = ALIVE,
	.dynamic_rate = true,
	.check = flaschen_check,
	.open = flaschen_open,
	.submit = flaschen_submit,
	.timeout = flaschen_timeout,
	.close = flaschen_close,
};
