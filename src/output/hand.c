/* Handing a frame over: when it is time, the newest content of the canvas, as the driver wants it. */
#include <errno.h>

#include "base/clock.h"
#include "base/digest.h"
#include "output/private.h"

#define DIGEST_MOST (256 * 1024) /* bytes; a fraction of a millisecond */

static bool blocking(const struct output *output)
{
	return output->driver->caps & SINK_BLOCKING;
}

/* The picture's form for this driver, into memory that stays as it is while the frame is in flight. */
static void make_frame(struct output *output)
{
	struct sink_frame *frame = &output->frame;
	unsigned caps = output->driver->caps;

	frame->sequence = output->status.last_sequence + 1;
	frame->instant = output->instant;
	output->flight_composed = output->status.composed;
	output->flight_owed = output->owed;
	frame->owed = &output->flight_owed;
	if (caps & SINK_LEVELS) {
		panel_levels(output->panel, output->canvas, output->picture);
		frame->frame = output->picture;
	} else if (caps & SINK_FRAME) {
		frame->frame = output->picture ? output->picture : output->canvas;
		for (int i = 0; output->picture && i < output->owed.count; i++) {
			struct rect r = output->owed.rects[i];
			frame_copy(output->picture, r.x, r.y, output->canvas, r);
		}
	} else {
		panel_pack(output->panel, output->canvas, &output->owed, output->wire);
	}
}

static uint64_t digest(const struct output *output)
{
	const struct sink_frame *frame = &output->frame;

	return frame->frame ? frame_digest(frame->frame) : panel_wire_digest(output->panel, frame->wire);
}

/* The test build's lie: one pixel of every frame, after its digest was taken. Twice is nothing. */
static void lie(struct output *output)
{
#ifdef BANGTIN_BROKEN_ENCODER
	if (output->frame.frame)
		output->frame.frame->pixels[0] ^= 0x101010;
	else
		output->wire[0] ^= 0x10;
#endif
}

static int submit(struct output *output)
{
	output->submitting = true;
	output->sink.became_ready = false;
	int error = output->driver->submit(&output->sink, &output->frame);
	output->submitting = false;
	return error;
}

static void accepted(struct output *output, uint64_t digest_of_frame, int64_t now)
{
	struct output_status *status = &output->status;

	status->last_sequence = output->frame.sequence;
	status->last_instant = output->frame.instant;
	status->last_digest = digest_of_frame;
	status->handed++;
	output->handed_at = now;
	if (output->whole_at == TIME_ALWAYS)
		output->whole_at = now;
	output->pending = output->ready = false;
	output->in_flight = true;
	region_clear(&output->owed);
	if (output->on_handed)
		output->on_handed(output->on_handed_data, output->display, status->last_sequence,
			status->last_instant, digest_of_frame);
	if (output->observer)
		output->observer->handed(output->observer_data, status->last_sequence, status->last_instant);
}

uint64_t output_frame_digest(const struct output *output)
{
	const struct frame *frame = output->frame.frame;
	size_t size = frame ? (size_t)frame->width * (size_t)frame->height * 3 : output->frame.wire_size;

	return size <= DIGEST_MOST ? digest(output) : 0;
}

static void hand_over(struct output *output, int64_t now)
{
	make_frame(output);
	uint64_t sum = output->on_handed ? digest(output) : 0;
	lie(output);
	if (blocking(output)) {
		accepted(output, sum, now);
		worker_post(output->worker);
		return;
	}
	int error = submit(output);
	lie(output);
	if (error == 0) {
		accepted(output, sum, now);
		if (output->sink.became_ready) { /* at once: no news to the engine, which may be just pushing */
			output->sink.became_ready = false;
			hand_finished(output);
		}
	} else if (error == -EAGAIN) {
		output->ready = output->sink.became_ready = false;
		output->handed_at = now; /* the wait for sink_ready has its limit too */
	} else if (!output->sink.down) {
		output->sink.down = error;
	}
	output->again |= output->sink.down != 0;
}

void hand_finished(struct output *output)
{
	if (output->in_flight && !(output->driver->caps & SINK_ACK) &&
		output->shown_sequence < output->status.last_sequence) {
		output->shown_sequence = output->status.last_sequence;
		output->status.shown++;
		output->status.shown_composed = output->flight_composed;
	}
	if (output->in_flight) { /* a frame went through: the link is good */
		output->proved_at = clock_monotonic();
		output->backoff = output->backoff_first;
		output->tries = 0;
	}
	output->status.acted += output->acting;
	output->in_flight = output->line_late = output->acting = false;
	output->ready = true;
}

static void broken(struct output *output, int error)
{
	if (error < 0 && error != -ENOTSUP && !output->sink.down) {
		output->sink.down = error;
		output->again = true;
	}
}

static void dim(struct output *output)
{
	output->dim_owed = false;
	int error = output->driver->dim(&output->sink, output->brightness);
	if (error == -ENOTSUP) {
		output->dims_in_software = true;
		panel_set_brightness(output->panel, output->brightness);
		output_owe_all(output);
		output->pending = output->content;
	}
	broken(output, error);
}

/* What a display that slept may have forgotten is owed. */
static void switch_power(struct output *output)
{
	bool slept = output->asleep;

	output->power_owed = false;
	int error = output->driver->power(&output->sink, output->power_on);
	output->asleep = error == 0 && !output->power_on && output->driver->caps & SINK_SLEEPS;
	if (slept && !output->asleep) {
		output->proved_at = clock_monotonic();
		output_owe_all(output);
		output->pending = output->content;
	}
	broken(output, error);
}

static void set_clock(struct output *output, int64_t now)
{
	struct civil civil;

	if (!output->on_clock || !output->on_clock(output->on_clock_data, &civil)) {
		output->clock_due = now + CLOCK_RETRY;
		return;
	}
	output->clock_due = now + CLOCK_EVERY;
	broken(output, output->driver->set_clock(&output->sink, &civil));
}

static void act(struct output *output, int64_t now)
{
	int action = output->act_owed - 1;

	output->act_owed = 0;
	output->acting = true;
	output->ready = output->sink.became_ready = false;
	output->handed_at = now; /* it may take as long as a picture */
	broken(output, output->driver->act(&output->sink, action));
	output->again |= output->sink.became_ready;
}

/* What goes before pictures. */
static void settings(struct output *output, int64_t now)
{
	if (output->power_owed) {
		switch_power(output);
	}
	if (output->dim_owed && !output->sink.down)
		dim(output);
	if (now >= output->clock_due && !output->sink.down)
		set_clock(output, now);
	if (output->act_owed && !output->sink.down)
		act(output, now);
}

static bool whole_due(const struct output *output, int64_t now)
{
	return output->display->refresh > 0 && output->whole_at != TIME_ALWAYS &&
	       now - output->whole_at >= output->display->refresh;
}

static bool repeat_due(const struct output *output, int64_t now)
{
	return output->driver->keep_alive > 0 && now - output->handed_at >= output->driver->keep_alive;
}

static void watch_flight(struct output *output, int64_t now)
{
	int64_t age = now - output->handed_at;

	if (age >= LATE_AFTER + 2 * output->minimum_cycle && !output->line_late) {
		output->line_late = true;
		output->status.late++;
	}
	if (age >= STALLED_AFTER + 2 * output->minimum_cycle && !blocking(output)) {
		sink_down(&output->sink, -ETIMEDOUT, "the device takes nothing more");
		output->again = true;
	}
}

void hand_step(struct output *output, int64_t now)
{
	if (output->link != LINK_UP || output->sink.down)
		return;
	if (!output->ready) {
		watch_flight(output, now);
		return;
	}
	settings(output, now);
	if (!output->ready || output->asleep)
		return;
	if (output->content && (whole_due(output, now) || (!output->pending && repeat_due(output, now)))) {
		output_owe_all(output);
		output->pending = true;
	}
	if (!output->pending || output->sink.down || now - output->handed_at < output->minimum_cycle)
		return;
	hand_over(output, now);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t hand_deadline(const struct output *output)
{
	const struct sink_driver *driver = output->driver;
	int64_t deadline = TIME_NEVER;

	if (output->link != LINK_UP || output->asleep)
		return TIME_NEVER;
	if (!output->ready) {
		if (blocking(output) && output->line_late)
			return TIME_NEVER;
		return output->handed_at + (output->line_late ? STALLED_AFTER : LATE_AFTER) +
		       2 * output->minimum_cycle;
	}
	deadline = earlier(output->clock_due, output->read_due);
	if (output->pending)
		return earlier(deadline, output->handed_at + output->minimum_cycle);
	if (!output->content)
		return deadline;
	if (output->display->refresh > 0)
		deadline = earlier(deadline, output->whole_at + output->display->refresh);
	if (driver->keep_alive > 0)
		deadline = earlier(deadline, output->handed_at + driver->keep_alive);
	return deadline;
}
