/* AWA (HyperSerial): Adalight with a checksum, so that a frame hurt on the line is dropped by the device.
 *   "Awa", pixels - 1 (16 bits, high byte first), high ^ low ^ 55, R, G, B of every pixel, two Fletcher sums, and a sum
 *   that depends on the position. All sums are modulo 255. */
#include <string.h>

#include "base/words.h"
#include "drivers/strip.h"

size_t awa_encode(const uint8_t *rgb, size_t count, uint8_t *to)
{
	uint8_t high = (uint8_t)((count - 1) >> 8), low = (uint8_t)(count - 1);
	uint8_t header[6] = {'A', 'w', 'a', high, low, high ^ low ^ 0x55};
	unsigned first = 0, second = 0, extra = 0;
	size_t size = 3 * count;

	for (size_t i = 0; i < size; i++) {
		first = (first + rgb[i]) % 255;
		second = (second + first) % 255;
		extra = (extra + (rgb[i] ^ (i & 255))) % 255;
	}
	memcpy(to, header, sizeof header);
	memcpy(to + sizeof header, rgb, size);
	to += sizeof header + size;
	to[0] = (uint8_t)first;
	to[1] = (uint8_t)second;
	to[2] = extra == 'A' ? 0xaa : (uint8_t)extra; /* it must not look like the next header */
	return sizeof header + size + 3;
}

static const struct strip_protocol protocol = {9, 65536, awa_encode};

static void awa_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	strip_check(&protocol, display, diags);
}

static int awa_open(struct sink *sink)
{
	return strip_open(sink, &protocol);
}

const struct sink_driver sink_driver_awa = {
	.name = "awa",
	.summary = N_("AWA (HyperSerial) over a serial line, with a checksum"),
	.caps = SINK_HOLDS,
	.format = PANEL_RGB888,
	.options = strip_options,
	.priv_size = sizeof(struct strip),
	.keep_alive = STRIP_KEEP_ALIVE,
	.dynamic_rate = true,
	.check = awa_check,
	.open = awa_open,
	.submit = strip_submit,
	.event = strip_event,
	.timeout = strip_timeout,
	.close = strip_close,
};
