/* The link to a device: open, up, broken, closed, and again, with back-off; and what a driver may call. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "output/private.h"

void *sink_priv(struct sink *sink)
{
	return sink->priv;
}

const struct display *sink_display(struct sink *sink)
{
	return sink->output->display;
}

void sink_shape(struct sink *sink, int *ret_width, int *ret_height)
{
	const struct output *output = sink->output;

	if (output->driver->caps & (SINK_FRAME | SINK_LEVELS)) {
		*ret_width = output->canvas->width;
		*ret_height = output->canvas->height;
	} else {
		panel_wire_shape(output->panel, ret_width, ret_height);
	}
}

static void on_event(void *data, int fd, unsigned events)
{
	struct sink_slot *slot = data;
	struct output *output = slot->sink->output;

	if (output->driver->event)
		output->driver->event(slot->sink, fd, events);
	output_settle(output);
}

void sink_watch(struct sink *sink, int fd, unsigned events)
{
	struct sink_slot *unused = NULL;

	for (size_t i = 0; i < SINK_WATCHES; i++) {
		struct sink_slot *slot = &sink->slots[i];
		if (slot->watch && slot->fd == fd) {
			loop_watch_change(slot->watch, events);
			return;
		}
		if (!slot->watch && !unused)
			unused = slot;
	}
	if (!unused) {
		sink_down(sink, -EMFILE, "the driver watches too many descriptors");
		return;
	}
	unused->watch = loop_watch_create(sink->output->loop, fd, events, on_event, unused);
	unused->fd = fd;
	if (!unused->watch)
		sink_down(sink, -EMFILE, "the descriptor cannot be watched");
}

void sink_arm(struct sink *sink, int64_t after)
{
	loop_timer_set(sink->timer, after < 0 ? TIME_NEVER : clock_monotonic() + after);
}

void sink_up(struct sink *sink)
{
	sink->came_up = true;
}

void sink_ready(struct sink *sink)
{
	sink->became_ready = true;
}

void sink_shown(struct sink *sink, uint64_t sequence)
{
	struct output *output = sink->output;

	if (sequence <= output->shown_sequence ||
		sequence > output->status.last_sequence + output->submitting)
		return;
	output->shown_sequence = sequence;
	output->status.shown++;
	output->proved_at = clock_monotonic();
	if (sequence == output->frame.sequence)
		output->status.shown_composed = output->flight_composed;
}

void sink_told(struct sink *sink, const char *text)
{
	utf8_copy(sink->output->status.device, sizeof sink->output->status.device, text);
}

void sink_down(struct sink *sink, int error, const char *why)
{
	if (sink->down)
		return; /* the first cause is the one to tell */
	sink->down = error < 0 ? error : -EIO;
	utf8_copy(sink->why, sizeof sink->why, why ? why : "");
}

void sink_hint(struct sink *sink, int fd)
{
	link_drop_hint(sink->output);
	sink->hint_fd = fd;
}

void link_drop_hint(struct output *output)
{
	struct sink *sink = &output->sink;

	if (sink->hint_fd < 0)
		return;
	loop_watch_destroy(sink->hint_watch);
	close(sink->hint_fd);
	sink->hint_watch = NULL;
	sink->hint_fd = -1;
}

static void on_hint(void *data, int fd, unsigned events)
{
	struct output *output = data;

	(void)events;
	if (!output->driver->hint(&output->sink, fd))
		return;
	int64_t soon = clock_monotonic() + HINT_SETTLES;
	if (output->retry_at > soon)
		output->retry_at = output->status.retry_at = soon;
	output_settle(output);
}

void link_close(struct output *output)
{
	struct sink *sink = &output->sink;

	if (output->worker)
		worker_wait(output->worker);
	for (size_t i = 0; i < SINK_WATCHES; i++) {
		loop_watch_destroy(sink->slots[i].watch);
		sink->slots[i].watch = NULL;
	}
	loop_timer_set(sink->timer, TIME_NEVER);
	output->driver->close(sink);
	sink->came_up = sink->became_ready = false;
	sink->down = 0;
	sink->why[0] = '\0';
	output->link = LINK_CLOSED;
	output->ready = output->in_flight = output->line_late = output->acting = output->asleep = false;
	output->act_owed = 0;
	output->read_due = TIME_NEVER;
}

static void fail(struct output *output, int64_t now)
{
	struct sink *sink = &output->sink;
	struct output_status *status = &output->status;

	status->error = sink->down;
	if (sink->why[0])
		snprintf(status->why, sizeof status->why, "%s", sink->why);
	else
		snprintf(status->why, sizeof status->why, "%s", strerror(-sink->down));
	output->lost_owed |= output->link == LINK_UP || output->tries == 0;
	if (output->link == LINK_UP || output->tries == 0)
		output->down_since = now;
	link_close(output);
	if (sink->hint_fd >= 0)
		sink->hint_watch =
			loop_watch_create(output->loop, sink->hint_fd, SINK_READABLE, on_hint, output);
	output->retry_at = now + output->backoff;
	status->retry_at = output->retry_at;
	output->backoff = output->backoff * 2 < BACKOFF_MOST ? output->backoff * 2 : BACKOFF_MOST;
	output->tries++;
}

static void open_link(struct output *output, int64_t now)
{
	struct sink *sink = &output->sink;

	link_drop_hint(output);
	output->link = LINK_OPENING;
	output->opened_at = now;
	output->status.retry_at = TIME_NEVER;
	int error = output->driver->open(sink);
	if (error < 0 && !sink->down)
		sink->down = error;
	output->again = true;
}

/* Somebody may have changed them meanwhile. */
static void owe_settings(struct output *output)
{
	output->dim_owed = output->driver->dim && !output->dims_in_software;
	output->power_owed = output->driver->power != NULL;
	output->clock_due = output->driver->set_clock ? TIME_ALWAYS : TIME_NEVER;
}

static void come_up(struct output *output)
{
	output->link = LINK_UP;
	output->proved_at = clock_monotonic();
	output->sink.came_up = false;
	output->sink.became_ready = true;
	output->again = true;
	output->status.reconnects += output->was_up;
	if (!output->settings_kept)
		owe_settings(output);
	output_owe_all(output);
	output->pending = output->content;
	read_back_start(output);
}

void link_step(struct output *output, int64_t now)
{
	struct sink *sink = &output->sink;

	if (output->link == LINK_OPENING && !sink->came_up && !sink->down &&
		now - output->opened_at >= OPEN_MOST)
		sink_down(sink, -ETIMEDOUT, "opening takes too long");
	if (sink->down && output->link != LINK_CLOSED)
		fail(output, now);
	else if (output->link == LINK_OPENING && sink->came_up)
		come_up(output);
	else if (output->link == LINK_CLOSED && now >= output->retry_at)
		open_link(output, now);
}

int64_t link_deadline(const struct output *output)
{
	switch (output->link) {
	case LINK_CLOSED:
		return output->retry_at;
	case LINK_OPENING:
		return output->opened_at + OPEN_MOST;
	case LINK_UP:
		break;
	}
	return TIME_NEVER;
}
