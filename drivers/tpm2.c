/* TPM2 over a serial line.
 *   C9, DA (data), length in bytes (16 bits, high byte first), R, G, B of every pixel, 36. */
#include <string.h>

#include "base/words.h"
#include "drivers/strip.h"

size_t tpm2_encode(const uint8_t *rgb, size_t count, uint8_t *to)
{
	size_t size = 3 * count;
	uint8_t header[4] = {0xc9, 0xda, (uint8_t)(size >> 8), (uint8_t)size};

	memcpy(to, header, sizeof header);
	memcpy(to + sizeof header, rgb, size);
	to[sizeof header + size] = 0x36;
	return sizeof header + size + 1;
}

static const struct strip_protocol protocol = {5, 65535 / 3, tpm2_encode};

static void tpm2_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	strip_check(&protocol, display, diags);
}

static int tpm2_open(struct sink *sink)
{
	return strip_open(sink, &protocol);
}

const struct sink_driver sink_driver_tpm2 = {
	.name = "tpm2",
	.summary = N_("TPM2 over a serial line"),
	.caps = SINK_HOLDS,
	.format = PANEL_RGB888,
	.options = strip_options,
	.priv_size = sizeof(struct strip),
	.keep_alive = STRIP_KEEP_ALIVE,
	.dynamic_rate = true,
	.check = tpm2_check,
	.open = tpm2_open,
	.submit = strip_submit,
	.event = strip_event,
	.timeout = strip_timeout,
	.close = strip_close,
};
