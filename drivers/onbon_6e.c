/* Onbon BX-6E: one bit a pixel, 0 is lit. Rows are cut into words of 32 pixels, the leftmost in the high bit; a word is
 * sent low byte first. Where the area does not begin on a whole word of the screen, so many dark bits stand before each
 * row; it is filled up with dark ones. Two colours: all of red, then all of green. */
#include <stddef.h>
#include <string.h>

#include "base/words.h"
#include "drivers/onbon.h"

static size_t row_words(const struct onbon_picture *picture)
{
	return (size_t)(picture->x % 32 + picture->width + 31) / 32;
}

static size_t plane_size(const struct onbon_picture *picture)
{
	return 4 * row_words(picture) * (size_t)picture->height;
}

static size_t picture_size(const struct onbon_picture *picture)
{
	return plane_size(picture) * (picture->dual ? 2 : 1);
}

/* The pixels that have any of the colours. */
static void pack_plane(const struct onbon_picture *picture, uint8_t colours, uint8_t *to)
{
	const uint8_t *pixel = picture->wire;

	memset(to, 0xff, plane_size(picture));
	for (int y = 0; y < picture->height; y++, to += 4 * row_words(picture))
		for (int x = picture->x % 32, end = x + picture->width; x < end; x++, pixel++)
			if (*pixel & colours)
				to[4 * (x / 32) + 3 - x % 32 / 8] &= (uint8_t) ~(0x80 >> x % 8);
}

static void pack(const struct onbon_picture *picture, uint8_t *to)
{
	pack_plane(picture, picture->dual ? 1 : 3, to);
	if (picture->dual)
		pack_plane(picture, 2, to + plane_size(picture));
}

static const char *const models[] = {"any", "6e1", "6e2", "6e3", "6e1x", "6e2x"};
static const uint8_t devices[][2] = {
	{0xfe, 0xff}, {0x74, 0x01}, {0x74, 0x02}, {0x74, 0x03}, {0x74, 0x04}, {0x74, 0x05}};

const struct onbon_family onbon_family_6e = {.generation = 6,
	.kind = 0,
	.models = models,
	.devices = devices,
	.model_count = sizeof models / sizeof *models,
	.areas_most = 4,
	.bits = true,
	.size = picture_size,
	.pack = pack};

static void check(const void *priv, const struct display *display, struct diag_list *diags)
{
	onbon_check(&onbon_family_6e, priv, display, diags);
}

static int64_t cycle(const void *priv, const struct display *display)
{
	return onbon_cycle(&onbon_family_6e, priv, display);
}

static int begin(struct sink *sink)
{
	return onbon_open(sink, &onbon_family_6e);
}

static const struct sink_option options[] = {
	LINE_SERIAL_OPTIONS(struct onbon, "57600"),
	LINE_NETWORK_OPTIONS(struct onbon, "0", "TCP or UDP port; 0: the usual ones, 5005 and 5007"),
	LINE_TRANSPORT_OPTION(struct onbon),
	ONBON_OPTIONS(models, sizeof models / sizeof *models),
	{0},
};

const struct sink_driver sink_driver_onbon_6e = {
	.name = "onbon-6e",
	.summary = N_("Onbon BX-6E over a serial line, TCP or UDP"),
	.caps = SINK_HOLDS | SINK_ACK | SINK_DIM | SINK_REPLIES,
	.format = PANEL_DUAL,
	.options = options,
	.priv_size = sizeof(struct onbon),
	.check = check,
	.cycle = cycle,
	.open = begin,
	.submit = onbon_submit,
	.event = onbon_event,
	.timeout = onbon_timeout,
	.dim = onbon_dim,
	.power = onbon_power,
	.set_clock = onbon_set_clock,
	.close = onbon_close,
};
