/* WLED's own UDP protocol (port 21324). Byte 0 the form, byte 1 how many seconds after the last datagram the device goes
 * back to its own effects (255 never), then
 *   WARLS 01: index (1 byte), R, G, B of each pixel, 256 pixels at most
 *   DRGB  02: R, G, B from the first pixel on, 490 at most
 *   DNRGB 04: first pixel (2 bytes, high byte first), then R, G, B; 489 at most a datagram
 * There is no sequence number and no end of a frame: a picture of more than one datagram may tear; see DDP.
 * Source: github.com/wled/WLED. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "drivers/link/udp.h"

#define ALIVE (2 * INT64_C(1000000000)) /* well within the least sensible return-after */

enum form { FORM_AUTO, FORM_WARLS, FORM_DRGB, FORM_DNRGB };

static const char *const form_words[] = {"auto", "warls", "drgb", "dnrgb"};

struct layout {
	uint8_t code;
	size_t header, pixel; /* bytes */
	size_t pixels_most;   /* of a datagram */
	size_t all_most;      /* of a picture */
};

static const struct layout layouts[] = {
	[FORM_WARLS] = {1, 2, 4, 256, 256},
	[FORM_DRGB] = {2, 2, 3, 490, 490},
	[FORM_DNRGB] = {4, 4, 3, 489, 65536},
};

struct wled {
	char *host;
	int64_t port, return_after, spacing;
	int form;

	struct udp udp;
	const struct layout *layout;
	uint8_t *bytes;
	size_t pixels;
	unsigned count;
	bool opened;
};

static const struct layout *layout_for(const struct wled *wled, size_t pixels)
{
	if (wled->form != FORM_AUTO)
		return &layouts[wled->form];
	return &layouts[pixels <= layouts[FORM_DRGB].all_most ? FORM_DRGB : FORM_DNRGB];
}

static size_t slot_size(const struct layout *layout)
{
	return layout->header + layout->pixel * layout->pixels_most;
}

/* Everything but the colours. */
static void prepare(struct wled *wled)
{
	const struct layout *layout = wled->layout;

	for (unsigned i = 0; i < wled->count; i++) {
		size_t first = i * layout->pixels_most, left = wled->pixels - first;
		size_t n = left < layout->pixels_most ? left : layout->pixels_most;
		uint8_t *packet = wled->bytes + i * slot_size(layout);
		packet[0] = layout->code;
		packet[1] = (uint8_t)wled->return_after;
		if (layout == &layouts[FORM_DNRGB]) {
			packet[2] = (uint8_t)(first >> 8);
			packet[3] = (uint8_t)first;
		}
		for (size_t k = 0; layout == &layouts[FORM_WARLS] && k < n; k++)
			packet[layout->header + layout->pixel * k] = (uint8_t)k;
		wled->udp.packets[i] = (struct iovec){packet, layout->header + layout->pixel * n};
	}
}

static void encode(struct wled *wled, const uint8_t *rgb)
{
	const struct layout *layout = wled->layout;

	for (unsigned i = 0; i < wled->count; i++) {
		uint8_t *to = (uint8_t *)wled->udp.packets[i].iov_base + layout->header;
		size_t n = (wled->udp.packets[i].iov_len - layout->header) / layout->pixel;
		if (layout->pixel == 3)
			memcpy(to, rgb, 3 * n);
		else
			for (size_t k = 0; k < n; k++)
				memcpy(to + 4 * k + 1, rgb + 3 * k, 3);
		rgb += 3 * n;
	}
}

static void wled_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	const struct wled *wled = priv;
	size_t pixels = (size_t)display->width * (size_t)display->height;
	const struct layout *layout = layout_for(wled, pixels);
	const char *wrong = udp_check_host(wled->host);

	if (wrong)
		diag_error(diags, display->where, "driver wled: host `%s` is not an address; %s", wled->host,
			wrong);
	if (pixels > layout->all_most)
		diag_error(diags, display->where,
			"driver wled: %zu pixels are more than the %zu of this form; %s", pixels,
			layout->all_most,
			layout == &layouts[FORM_DNRGB] ? _("use the driver ddp")
						       : _("leave `form` out, or write dnrgb"));
}

static int wled_open(struct sink *sink)
{
	struct wled *wled = sink_priv(sink);
	int width, height;

	sink_shape(sink, &width, &height);
	wled->pixels = (size_t)width * (size_t)height;
	wled->layout = layout_for(wled, wled->pixels);
	wled->count = (unsigned)((wled->pixels + wled->layout->pixels_most - 1) / wled->layout->pixels_most);
	int error = udp_open(&wled->udp,
		&(struct udp_settings){.host = wled->host, .port = (int)wled->port, .spacing = wled->spacing},
		wled->count);
	wled->opened = error == 0;
	if (error < 0)
		return error;
	wled->bytes = xmalloc(wled->count * slot_size(wled->layout));
	prepare(wled);
	sink_up(sink);
	return 0;
}

static int wled_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct wled *wled = sink_priv(sink);

	encode(wled, frame->wire);
	return udp_send(&wled->udp, sink, wled->count, frame->sequence);
}

static void wled_timeout(struct sink *sink)
{
	struct wled *wled = sink_priv(sink);

	udp_go_on(&wled->udp, sink);
}

static void wled_close(struct sink *sink)
{
	struct wled *wled = sink_priv(sink);

	if (wled->opened)
		udp_close(&wled->udp);
	free(wled->bytes);
	wled->bytes = NULL;
	wled->opened = false;
}

static const struct sink_option options[] = {
	{.name = "host",
		.type = OPTION_TEXT,
		.offset = offsetof(struct wled, host),
		.required = true,
		.help = N_("the device's address, numeric")},
	{.name = "port",
		.type = OPTION_INT,
		.offset = offsetof(struct wled, port),
		.standard = "21324",
		.least = 1,
		.most = 65535,
		.help = "UDP port"},
	{.name = "form",
		.type = OPTION_WORD,
		.offset = offsetof(struct wled, form),
		.standard = "auto",
		.words = form_words,
		.word_count = sizeof form_words / sizeof *form_words,
		.help = N_(
			"warls (256 pixels at most), drgb (490), dnrgb (65536, several datagrams a picture); "
			"auto: drgb "
			"where it is enough, else dnrgb")},
	{.name = "return-after",
		.type = OPTION_INT,
		.offset = offsetof(struct wled, return_after),
		.standard = "255",
		.least = 3,
		.most = 255,
		.help = N_("seconds without a picture after which the device shows its own effects; 255: it "
			   "keeps the last "
			   "picture")},
	{.name = "spacing",
		.type = OPTION_DURATION,
		.offset = offsetof(struct wled, spacing),
		.standard = "0s",
		.most = 1e9,
		.help = N_("pause between two datagrams, for devices that lose bursts")},
	{.name = NULL},
};

const struct sink_driver sink_driver_wled = {
	.name = "wled",
	.summary = "WLED over UDP: WARLS, DRGB, DNRGB",
	.caps = SINK_HOLDS,
	.format = PANEL_RGB888,
	.options = options,
	.priv_size = sizeof(struct wled),
	.keep_alive = ALIVE,
	.dynamic_rate = true,
	.check = wled_check,
	.open = wled_open,
	.submit = wled_submit,
	.timeout = wled_timeout,
	.close = wled_close,
};
