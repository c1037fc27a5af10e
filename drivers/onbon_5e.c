/* Onbon BX-5E: one bit a pixel and colour, 0 is lit, the leftmost pixel in the high bit, rows top down. Where the area
 * does not begin on a whole byte of the screen, so many dark bits stand before each row; it is filled up with dark ones.
 * Two colours: a byte of red, a byte of green, in turn. */
#include <stddef.h>
#include <string.h>

#include "base/words.h"
#include "drivers/onbon.h"

static size_t row_octets(const struct onbon_picture *picture)
{
	return (size_t)(picture->x % 8 + picture->width + 7) / 8;
}

static size_t picture_size(const struct onbon_picture *picture)
{
	return row_octets(picture) * (size_t)picture->height * (picture->dual ? 2 : 1);
}

static void pack(const struct onbon_picture *picture, uint8_t *to)
{
	size_t planes = picture->dual ? 2 : 1, row = row_octets(picture) * planes;
	const uint8_t *pixel = picture->wire;

	memset(to, 0xff, picture_size(picture));
	for (int y = 0; y < picture->height; y++, to += row) {
		for (int x = picture->x % 8, end = x + picture->width; x < end; x++, pixel++) {
			uint8_t *octet = to + (size_t)(x / 8) * planes;
			uint8_t dark = (uint8_t) ~(0x80 >> x % 8);
			if (!picture->dual && *pixel)
				octet[0] &= dark;
			else if (picture->dual) {
				octet[0] &= *pixel & 1 ? dark : 0xff;
				octet[1] &= *pixel & 2 ? dark : 0xff;
			}
		}
	}
}

static const char *const models[] = {"any", "5e1", "5e2", "5e3"};
static const uint8_t devices[][2] = {{0xfe, 0xff}, {0x54, 0x01}, {0x54, 0x02}, {0x54, 0x03}};

const struct onbon_family onbon_family_5e = {.generation = 5,
	.kind = 1,
	.models = models,
	.devices = devices,
	.model_count = sizeof models / sizeof *models,
	.areas_most = 4,
	.bits = true,
	.size = picture_size,
	.pack = pack};

static void check(const void *priv, const struct display *display, struct diag_list *diags)
{
	onbon_check(&onbon_family_5e, priv, display, diags);
}

static int64_t cycle(const void *priv, const struct display *display)
{
	return onbon_cycle(&onbon_family_5e, priv, display);
}

static int begin(struct sink *sink)
{
	return onbon_open(sink, &onbon_family_5e);
}

static const struct sink_option options[] = {
	LINE_SERIAL_OPTIONS(struct onbon, "57600"),
	LINE_NETWORK_OPTIONS(struct onbon, "0", "TCP or UDP port; 0: the usual ones, 5005 and 5007"),
	LINE_TRANSPORT_OPTION(struct onbon),
	ONBON_OPTIONS(models, sizeof models / sizeof *models),
	{0},
};

const struct sink_driver sink_driver_onbon_5e = {
	.name = "onbon-5e",
	.summary = N_("Onbon BX-5E over a serial line, TCP or UDP"),
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
