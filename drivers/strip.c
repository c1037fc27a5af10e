/* Pacing without an answer from the device: a frame is out when the kernel holds none of it (TIOCOUTQ), never before
 * the line can have carried it at its speed, plus the time that the pixels themselves take to be clocked out. */
#include "drivers/strip.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "drivers/link/serial.h"

static const char *const no_paths[] = {"usb:"};

const struct sink_option strip_options[] = {
	{.name = "port",
		.type = OPTION_PATH,
		.words = no_paths,
		.word_count = 1,
		.offset = offsetof(struct strip, port),
		.required = true,
		.help = "/dev/serial/by-id/..., another path, or usb:VID:PID[:SERIAL]."},
	{.name = "baud",
		.type = OPTION_INT,
		.offset = offsetof(struct strip, baud),
		.standard = "115200",
		.least = 300,
		.most = 12e6,
		.help = "Speed of the line, bits a second, as the device was built for."},
	{.name = "reset-wait",
		.type = OPTION_DURATION,
		.offset = offsetof(struct strip, reset_wait),
		.standard = "0s",
		.most = 10.0 * NS_PER_SEC,
		.help = "Pause after opening, or until the device says something: opening the port resets an "
			"Arduino, which then needs 2s."},
	{.name = "pixel-time",
		.type = OPTION_DURATION,
		.offset = offsetof(struct strip, pixel_time),
		.standard = "30us",
		.most = 1.0 * NS_PER_MS,
		.help = "Time that the device takes a pixel to show a frame while it does not listen: 30us "
			"for "
			"WS2812; 0s for a device that receives and shows at the same time."},
	{0},
};

/* As it was written: what the core has made of it is a path whatever it was. */
static void check_port(const struct display *display, struct diag_list *diags)
{
	for (size_t i = 0; i < display->option_count; i++) {
		const struct option *option = &display->options[i];
		const char *refusal =
			strcmp(option->key, "port") == 0 ? serial_port_refusal(option->value) : NULL;
		if (refusal)
			diag_error(diags, option->where, "port '%s': %s", option->value, refusal);
	}
}

void strip_check(
	const struct strip_protocol *protocol, const struct display *display, struct diag_list *diags)
{
	check_port(display, diags);
	if ((size_t)display->width * (size_t)display->height > protocol->pixels_most)
		diag_error(diags, display->where,
			"%d x %d pixels are more than the %zu that this protocol can count; split the "
			"display",
			display->width, display->height, protocol->pixels_most);
}

int strip_open(struct sink *sink, const struct strip_protocol *protocol)
{
	struct strip *strip = sink_priv(sink);
	const char *why;
	int width, height;
	int error = serial_open(strip->port, strip->baud, &strip->serial, &why);

	if (error) {
		sink_down(sink, error, why);
		return error;
	}
	strip->protocol = protocol;
	sink_shape(sink, &width, &height);
	strip->pixels = (size_t)width * (size_t)height;
	strip->bytes = xmalloc(3 * strip->pixels + protocol->overhead);
	strip->line_free = clock_monotonic();
	sink_watch(sink, serial_fd(strip->serial), SINK_READABLE);
	if (strip->reset_wait > 0) {
		strip->state = STRIP_RESETTING;
		sink_arm(sink, strip->reset_wait);
		return 0;
	}
	strip->state = STRIP_IDLE;
	sink_up(sink);
	return 0;
}

/* What the kernel takes now; the rest when it can take more. */
static int write_on(struct sink *sink, struct strip *strip)
{
	int fd = serial_fd(strip->serial);

	while (strip->sent < strip->size) {
		int written =
			serial_write(strip->serial, strip->bytes + strip->sent, strip->size - strip->sent);
		if (written < 0)
			return written;
		if (written == 0) {
			sink_watch(sink, fd, SINK_READABLE | SINK_WRITABLE);
			return 0;
		}
		strip->sent += (size_t)written;
	}
	int64_t left = strip->line_free - clock_monotonic();
	strip->state = STRIP_DRAINING;
	sink_watch(sink, fd, SINK_READABLE);
	sink_arm(sink, left > 0 ? left : 0);
	return 0;
}

int strip_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct strip *strip = sink_priv(sink);
	int64_t now = clock_monotonic();

	strip->size = strip->protocol->encode(frame->wire, strip->pixels, strip->bytes);
	strip->sent = 0;
	strip->sequence = frame->sequence;
	int64_t line_time = serial_line_time(strip->baud, strip->size);
	strip->line_free = (strip->line_free > now ? strip->line_free : now) + line_time;
	strip->deadline = strip->line_free + line_time / 5 + 200 * NS_PER_MS;
	strip->state = STRIP_WRITING;
	sink_arm(sink, strip->deadline - now);
	return write_on(sink, strip);
}

static void latch(struct sink *sink, struct strip *strip)
{
	sink_shown(sink, strip->sequence);
	if (strip->pixel_time > 0) {
		strip->state = STRIP_LATCHING;
		sink_arm(sink, strip->pixel_time * (int64_t)strip->pixels);
		return;
	}
	strip->state = STRIP_IDLE;
	sink_ready(sink);
}

static void drain(struct sink *sink, struct strip *strip)
{
	int queued = serial_queued(strip->serial);

	if (queued < 0) {
		sink_down(sink, queued, "the port does not answer");
	} else if (queued == 0) {
		latch(sink, strip);
	} else if (clock_monotonic() >= strip->deadline) {
		sink_down(sink, -ETIMEDOUT, "the line does not carry its bytes away");
	} else {
		int64_t wait = serial_line_time(strip->baud, (size_t)queued);
		sink_arm(sink, wait > NS_PER_MS ? wait : NS_PER_MS);
	}
}

void strip_timeout(struct sink *sink)
{
	struct strip *strip = sink_priv(sink);

	switch (strip->state) {
	case STRIP_RESETTING:
		strip->state = STRIP_IDLE;
		sink_up(sink);
		break;
	case STRIP_WRITING:
		sink_down(sink, -ETIMEDOUT, "the line takes no bytes");
		break;
	case STRIP_DRAINING:
		drain(sink, strip);
		break;
	case STRIP_LATCHING:
		strip->state = STRIP_IDLE;
		sink_ready(sink);
		break;
	case STRIP_IDLE:
		break;
	}
}

void strip_event(struct sink *sink, int fd, unsigned events)
{
	struct strip *strip = sink_priv(sink);
	size_t got = 0;
	int error = 0;

	if (events & SINK_READABLE)
		error = serial_discard(strip->serial, &got);
	if (!error && (events & SINK_WRITABLE) && strip->state == STRIP_WRITING)
		error = write_on(sink, strip);
	if (error) {
		sink_down(sink, error, "the port has gone");
	} else if (got > 0 && strip->state == STRIP_RESETTING) {
		sink_arm(sink, -1);
		strip->state = STRIP_IDLE;
		sink_up(sink);
	}
}

void strip_close(struct sink *sink)
{
	struct strip *strip = sink_priv(sink);

	serial_close(strip->serial);
	free(strip->bytes);
	strip->serial = NULL;
	strip->bytes = NULL;
	strip->state = STRIP_IDLE;
}
