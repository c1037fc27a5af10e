/* A channel: one display while the daemon runs: its show, its output, its frame clock. Loop thread.
 *
 * The frame clock sleeps until the next instant at which the picture changes; a still display wakes nobody. Preparing
 * ahead runs on the thread pool; a show that is being prepared is destroyed only afterwards.
 */
#ifndef ENGINE_CHANNEL_H
#define ENGINE_CHANNEL_H

#include "base/clock.h"
#include "engine/canvas.h"
#include "engine/proof.h"
#include "output/output.h"
#include "show/show.h"

struct channel;

struct channel_status {
	struct output_status output;
	struct output_status control; /* of the display's `control`; all zero: it has none */
	struct show_state state;      /* of the last composed picture */
	bool composed;		      /* anything yet */
	struct instant instant;	      /* of the last composed picture */
	uint64_t late; /* frames that were due and came more than one frame period late, or were not ready */
	int64_t worst_lateness; /* ns */
	int permille;		/* brightness; -1: not yet */
	bool by_sensor;		/* the light sensor decided it, else the schedule */
	bool has_sensor;
	double lux;		  /* smoothed, as the sensor told last */
	const char *sensor_fault; /* why it is not believed; "" */
	bool pattern;		  /* leased to a test pattern */
	const char *blank;	  /* the blank that makes it black; NULL: none */
	unsigned sharing;	  /* displays that show the same picture, painted once; itself counts */
};

/* -EINVAL with diags: the driver's options are wrong. site, display, clock, canvases outlive the channel. */
int channel_create(struct loop *loop, const struct site *site, const struct display *display,
	const struct clock *clock, struct canvases *canvases, struct diag_list *diags,
	struct channel **ret_channel);
void channel_destroy(struct channel *channel);
const struct display *channel_display(const struct channel *channel);
struct output *channel_output(struct channel *channel);

/* What it shows goes into the record from here on, until it leaves; generation outlives the channel. */
void channel_record(struct channel *channel, struct record *record, int index, const int *generation);

/* Takes the show, which is prepared for now; the former is destroyed when nobody works on it. */
void channel_set_show(struct channel *channel, struct show *show);
struct show *channel_show(struct channel *channel); /* borrowed; NULL before the first */
/* How far ahead a show must be prepared at least, and how far it should be, ns of wall clock. */
int64_t channel_lookahead(const struct clock *clock);
/* Prepares a show from there on, that far or as far as is done soon. Slow; a worker. */
void channel_prepare(const struct clock *clock, struct show *show, int64_t from);
/* Something changed under the display: compose now. */
void channel_wake(struct channel *channel);
/* The clock was set from one instant to the other: what is laid over the schedule goes on; composes now. */
void channel_move(struct channel *channel, struct instant from, struct instant to);
/* Shows a test pattern (frame/pattern.h) instead of the schedule for so long; 0 gives the display back. fonts outlive the
 * channel. */
void channel_pattern(struct channel *channel, const char *pattern, struct fonts *fonts, int64_t duration);
/* One of the words of its driver, or of its control's. As output_act. */
int channel_act(struct channel *channel, const char *action);
/* Black at once, over all else, until NULL gives the display back; nothing is waited for. id is the blank's, copied. */
void channel_blank(struct channel *channel, const char *id);
/* Whether what is to show since the last new show or blank has been shown: see output_has_shown. Not once it has left. */
bool channel_has_shown(const struct channel *channel);
void channel_status(const struct channel *channel, struct channel_status *ret_status);
/* Whether the display, its control and its frame clock work, or are known not to (output_proves). now: monotonic. */
bool channel_proves(const struct channel *channel, int64_t now);
/* The picture last composed; borrowed until the next frame. */
const struct frame *channel_frame(const struct channel *channel);
/* Stops the frame clock and pushes this still picture of `show` (default text or black) as the last one. */
void channel_leave(struct channel *channel, struct show *failure_show);

#endif
