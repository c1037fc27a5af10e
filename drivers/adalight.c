/* Adalight: the oldest of the serial strip protocols; WLED, Hyperion's sketches and many small signs take it.
 *   "Ada", pixels - 1 (16 bits, high byte first), high ^ low ^ 55, then R, G, B of every pixel. */
#include <string.h>

#include "base/words.h"
#include "drivers/strip.h"

size_t adalight_encode(const uint8_t *rgb, size_t count, uint8_t *to)
{
	uint8_t high = (uint8_t)((count - 1) >> 8), low = (uint8_t)(count - 1);
	uint8_t header[6] = {'A', 'd', 'a', high, low, high ^ low ^ 0x55};

	memcpy(to, header, sizeof header);
	memcpy(to + sizeof header, rgb, 3 * count);
	return sizeof header + 3 * count;
}

static const struct strip_protocol protocol = {6, 65536, adalight_encode};

static void adalight_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	strip_check(&protocol, display, diags);
}

static int adalight_open(struct sink *sink)
{
	return strip_open(sink, &protocol);
}

const struct sink_driver sink_driver_adalight = {
	.name = "adalight",
	.summary = N_("Adalight over a serial line: WLED, Arduino strips"),
	.caps = SINK_HOLDS,
	.format = PANEL_RGB888,
	.options = strip_options,
	.priv_size = sizeof(struct strip),
	.keep_alive = STRIP_KEEP_ALIVE,
	.dynamic_rate = true,
	.check = adalight_check,
	.open = adalight_open,
	.submit = strip_submit,
	.event = strip_event,
	.timeout = strip_timeout,
	.close = strip_close,
};
