/* Onbon BX-6Q: full colour, R, G, B bytes, rows top down, nothing filled up. It has no serial port. */
#include <stddef.h>
#include <string.h>

#include "base/words.h"
#include "drivers/onbon.h"

static size_t picture_size(const struct onbon_picture *picture)
{
	return 3 * (size_t)picture->width * (size_t)picture->height;
}

static void pack(const struct onbon_picture *picture, uint8_t *to)
{
	memcpy(to, picture->wire, picture_size(picture));
}

static const char *const models[] = {"any", "6q1", "6q2", "6q3", "6q2l", "6q3l"};
static const uint8_t devices[][2] = {
	{0xfe, 0xff}, {0x66, 0x01}, {0x66, 0x02}, {0x66, 0x03}, {0x66, 0x04}, {0x66, 0x05}};

const struct onbon_family onbon_family_6q = {.generation = 6,
	.kind = 1,
	.models = models,
	.devices = devices,
	.model_count = sizeof models / sizeof *models,
	.areas_most = 32,
	.bits = false,
	.size = picture_size,
	.pack = pack};

static void check(const void *priv, const struct display *display, struct diag_list *diags)
{
	onbon_check(&onbon_family_6q, priv, display, diags);
}

static int64_t cycle(const void *priv, const struct display *display)
{
	return onbon_cycle(&onbon_family_6q, priv, display);
}

static int begin(struct sink *sink)
{
	return onbon_open(sink, &onbon_family_6q);
}

static const struct sink_option options[] = {
	LINE_NETWORK_OPTIONS(struct onbon, "0", "TCP or UDP port; 0: the usual ones, 5005 and 5007"),
	LINE_TRANSPORT_OPTION(struct onbon),
	ONBON_OPTIONS(models, sizeof models / sizeof *models),
	{0},
};

const struct sink_driver sink_driver_onbon_6q = {
	.name = "onbon-6q",
	.summary = "Onbon BX-6Q over TCP or UDP",
	.caps = SINK_HOLDS | SINK_ACK | SINK_DIM | SINK_REPLIES,
	.format = PANEL_RGB888,
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
