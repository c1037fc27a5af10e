#include "drivers/link/paced.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"

#define SLACK (200 * NS_PER_MS) /* that a line may take longer than its speed says */

const char *const paced_no_paths[] = {"usb:"};

/* As it was written: what the core has made of it is a path whatever it was. */
void paced_check_port(const struct display *display, struct diag_list *diags)
{
	for (size_t i = 0; i < display->option_count; i++) {
		const struct option *option = &display->options[i];
		const char *refusal =
			strcmp(option->key, "port") == 0 ? serial_port_refusal(option->value) : NULL;
		if (refusal)
			diag_error(diags, option->where, "port '%s': %s", option->value, refusal);
	}
}

int paced_open(struct paced *line, struct sink *sink, const char *port, const struct serial_mode *mode)
{
	const char *why;

	*line = (struct paced){.mode = *mode, .state = PACED_IDLE, .free_at = clock_monotonic()};
	int error = serial_open_mode(port, mode, &line->serial, &why);
	if (error) {
		sink_down(sink, error, why);
		return error;
	}
	sink_watch(sink, serial_fd(line->serial), SINK_READABLE);
	return 0;
}

void paced_close(struct paced *line)
{
	serial_close(line->serial);
	line->serial = NULL;
	line->state = PACED_IDLE;
}

int64_t paced_time(const struct serial_mode *mode, size_t bytes)
{
	int bits = 1 + mode->data_bits + (mode->parity != PARITY_NONE) + mode->stop_bits;

	return (int64_t)bytes * bits * NS_PER_SEC / mode->baud;
}

/* What the kernel takes now; the rest when it can take more. */
static int write_on(struct paced *line, struct sink *sink)
{
	int fd = serial_fd(line->serial);

	while (line->sent < line->size) {
		int written = serial_write(line->serial, line->bytes + line->sent, line->size - line->sent);
		if (written < 0)
			return written;
		if (written == 0) {
			sink_watch(sink, fd, SINK_READABLE | SINK_WRITABLE);
			return 0;
		}
		line->sent += (size_t)written;
	}
	int64_t left = line->free_at - clock_monotonic();
	line->state = PACED_DRAINING;
	sink_watch(sink, fd, SINK_READABLE);
	sink_arm(sink, left > 0 ? left : 0);
	return 0;
}

int paced_send(struct paced *line, struct sink *sink, const uint8_t *bytes, size_t size, int64_t rest)
{
	int64_t now = clock_monotonic(), takes = paced_time(&line->mode, size);

	line->bytes = bytes;
	line->size = size;
	line->sent = 0;
	line->rest = rest;
	line->free_at = (line->free_at > now ? line->free_at : now) + takes;
	line->deadline = line->free_at + takes / 5 + SLACK;
	line->state = PACED_WRITING;
	sink_arm(sink, line->deadline - now);
	return write_on(line, sink);
}

static enum paced_progress drain(struct paced *line, struct sink *sink)
{
	int queued = serial_queued(line->serial);

	if (queued < 0) {
		sink_down(sink, queued, "the port does not answer");
	} else if (queued == 0) {
		line->state = line->rest > 0 ? PACED_RESTING : PACED_IDLE;
		if (line->rest > 0)
			sink_arm(sink, line->rest);
		return PACED_SENT;
	} else if (clock_monotonic() >= line->deadline) {
		sink_down(sink, -ETIMEDOUT, "the line does not carry its bytes away");
	} else {
		int64_t wait = paced_time(&line->mode, (size_t)queued);
		sink_arm(sink, wait > NS_PER_MS ? wait : NS_PER_MS);
	}
	return PACED_WAITS;
}

enum paced_progress paced_timeout(struct paced *line, struct sink *sink)
{
	switch (line->state) {
	case PACED_WRITING:
		sink_down(sink, -ETIMEDOUT, "the line takes no bytes");
		break;
	case PACED_DRAINING:
		return drain(line, sink);
	case PACED_RESTING:
		line->state = PACED_IDLE;
		return PACED_RESTED;
	case PACED_IDLE:
		break;
	}
	return PACED_WAITS;
}

int paced_event(struct paced *line, struct sink *sink, unsigned events, void *said, size_t most)
{
	int got = 0;

	if (events & SINK_READABLE)
		got = serial_read(line->serial, said, most);
	if (got >= 0 && (events & SINK_WRITABLE) && line->state == PACED_WRITING) {
		int error = write_on(line, sink);
		got = error ? error : got;
	}
	if (got < 0)
		sink_down(sink, got, "the port has gone");
	return got;
}
