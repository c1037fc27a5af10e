/* Frames down a paced line; after each comes the time that the pixels themselves take to be clocked out. */
#include "drivers/strip.h"

#include "base/alloc.h"
#include "base/time.h"
#include "base/words.h"

const struct sink_option strip_options[] = {
	PACED_OPTION_PORT(struct strip),
	{.name = "baud",
		.type = OPTION_INT,
		.offset = offsetof(struct strip, baud),
		.standard = "115200",
		.least = 300,
		.most = 12e6,
		.help = N_("Speed of the line, bits a second, as the device was built for.")},
	{.name = "reset-wait",
		.type = OPTION_DURATION,
		.offset = offsetof(struct strip, reset_wait),
		.standard = "0s",
		.most = 10.0 * NS_PER_SEC,
		.help = N_(
			"Pause after opening, or until the device says something: opening the port resets an "
			"Arduino, which then needs 2s.")},
	{.name = "pixel-time",
		.type = OPTION_DURATION,
		.offset = offsetof(struct strip, pixel_time),
		.standard = "30us",
		.most = 1.0 * NS_PER_MS,
		.help = N_(
			"Time that the device takes a pixel to show a frame while it does not listen: 30us "
			"for "
			"WS2812; 0s for a device that receives and shows at the same time.")},
	{0},
};

void strip_check(
	const struct strip_protocol *protocol, const struct display *display, struct diag_list *diags)
{
	paced_check_port(display, diags);
	if ((size_t)display->width * (size_t)display->height > protocol->pixels_most)
		diag_error(diags, display->where,
			"%d x %d pixels are more than the %zu that this protocol can count; split the "
			"display",
			display->width, display->height, protocol->pixels_most);
}

int strip_open(struct sink *sink, const struct strip_protocol *protocol)
{
	struct strip *strip = sink_priv(sink);
	const struct serial_mode mode = {strip->baud, PARITY_NONE, 8, 1};
	int width, height;
	int error = paced_open(&strip->line, sink, strip->port, &mode);

	if (error)
		return error;
	strip->protocol = protocol;
	sink_shape(sink, &width, &height);
	strip->pixels = (size_t)width * (size_t)height;
	strip->bytes = xmalloc(3 * strip->pixels + protocol->overhead);
	strip->resetting = strip->reset_wait > 0;
	if (strip->resetting)
		sink_arm(sink, strip->reset_wait);
	else
		sink_up(sink);
	return 0;
}

int strip_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct strip *strip = sink_priv(sink);
	size_t size = strip->protocol->encode(frame->wire, strip->pixels, strip->bytes);

	strip->sequence = frame->sequence;
	return paced_send(&strip->line, sink, strip->bytes, size, strip->pixel_time * (int64_t)strip->pixels);
}

static void come_up(struct sink *sink, struct strip *strip)
{
	sink_arm(sink, -1);
	strip->resetting = false;
	sink_up(sink);
}

void strip_timeout(struct sink *sink)
{
	struct strip *strip = sink_priv(sink);

	if (strip->resetting) {
		come_up(sink, strip);
		return;
	}
	enum paced_progress progress = paced_timeout(&strip->line, sink);
	if (progress == PACED_SENT)
		sink_shown(sink, strip->sequence);
	if (progress != PACED_WAITS && strip->line.state == PACED_IDLE)
		sink_ready(sink);
}

void strip_event(struct sink *sink, int fd, unsigned events)
{
	struct strip *strip = sink_priv(sink);
	char said[512];

	if (paced_event(&strip->line, sink, events, said, sizeof said) > 0 && strip->resetting)
		come_up(sink, strip);
}

void strip_close(struct sink *sink)
{
	struct strip *strip = sink_priv(sink);

	paced_close(&strip->line);
	free(strip->bytes);
	strip->bytes = NULL;
	strip->resetting = false;
}
