#include "engine/channel.h"

#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "engine/ambient.h"
#include "frame/pattern.h"
#include "frame/rate.h"

#define TICK_WITHIN    (3 * NS_PER_MIN)
#define PREPARE_WITHIN (10 * NS_PER_MIN)

/* A show being prepared on the thread pool. If the channel takes another one meanwhile, the old is destroyed when the
 * work is done. */
struct preparation {
	struct channel *channel;
	struct show *show;
	int64_t from;
};

struct channel {
	struct loop *loop;
	const struct site *site;
	const struct display *display;
	const struct clock *clock;
	struct output *output;
	struct output *control;		/* NULL: the display has none */
	struct display control_display; /* as it sees it */
	struct output *dimmer;		/* one of the two: whose brightness is set */
	struct proof *proof;		/* NULL: nothing is recorded */
	struct loop_timer *timer;
	struct viewer viewer; /* of the canvas that the output reads */

	struct sensor *sensor; /* NULL: none */
	bool by_sensor;

	struct show *show;
	struct preparation preparation;
	bool preparing;
	bool stopped;

	struct instant
		painted; /* of the picture composed last; time TIME_ALWAYS: none, or a test pattern's */
	bool composed;
	int64_t boundary; /* of the composed item's first frame after it; TIME_NEVER */
	int64_t due;	  /* wall instant of the frame that the timer waits for; TIME_NEVER */
	int permille;
	struct show_state state;
	uint64_t late;
	int64_t worst_lateness;
	int64_t ticked_at, prepare_at; /* monotonic: the frame clock came by; a preparation began */

	char blank[24];		   /* the id of the blank that makes it black; "" */
	bool black;		   /* and the canvas is */
	uint64_t wanted, asserted; /* changes of what is to show; the last one that was composed … */
	uint64_t asserted_at;	   /* … as the so manieth picture */

	const char *pattern;		    /* NULL: the schedule */
	int64_t pattern_start, pattern_end; /* monotonic */
	struct frame *letters;		    /* of the pattern `letters`; NULL: not painted yet */
	struct fonts *fonts;		    /* while they are painted */
	bool lettering;
};

static const struct instant unknown = {TIME_ALWAYS, false};

static void tick(void *data);

#define AHEAD	   NS_PER_MIN
#define AHEAD_MOST NS_PER_HOUR

/* Of a text with fields, at once, while an injected clock runs fast: what it shows of an hour need not be painted before
 * what shows next, nor before the daemon ends. A real clock has all that the time ahead will need. */
#define PICTURES_AT_ONCE 128

static bool is_fast(const struct clock *clock)
{
	return clock->injected && clock->rate > 1;
}

/* A minute of real time, but not for ever. */
int64_t channel_lookahead(const struct clock *clock)
{
	if (!is_fast(clock))
		return AHEAD;
	return clock->rate < (double)AHEAD_MOST / AHEAD ? (int64_t)(AHEAD * clock->rate) : AHEAD_MOST;
}

void channel_prepare(const struct clock *clock, struct show *show, int64_t from)
{
	show_prepare_some(
		show, from, from + channel_lookahead(clock), is_fast(clock) ? PICTURES_AT_ONCE : SIZE_MAX);
}

/* --- preparing ahead */

static void prepare_work(void *data)
{
	struct preparation *p = data;
	channel_prepare(p->channel->clock, p->show, p->from);
}

static void prepare_done(void *data)
{
	struct preparation *p = data;
	struct channel *channel = p->channel;
	channel->preparing = false;
	if (p->show != channel->show)
		show_destroy(p->show);
	channel_wake(channel);
}

static void prepare_ahead(struct channel *channel, struct instant now)
{
	int64_t ahead = channel_lookahead(channel->clock);
	if (channel->preparing || !channel->show || channel->stopped ||
		show_ready_until(channel->show) > now.time + ahead / 2)
		return;
	channel->preparation = (struct preparation){channel, channel->show, now.time};
	channel->preparing = true;
	channel->prepare_at = clock_monotonic();
	loop_work(channel->loop, prepare_work, prepare_done, &channel->preparation);
}

/* --- composing */

/* On a clock that runs fast, what is a hair late is minutes late. The first picture of each item is then still composed for
 * the instant that it was due, and so is one after a picture that stood for some time: a simulated day is the day, to the
 * instant. TIME_NEVER: nothing is overdue. */
static int64_t overdue(const struct channel *channel, int64_t now)
{
	const struct clock *clock = channel->clock;
	int64_t painted = channel->painted.time, due = channel->due;
	if (!clock->injected || clock->rate <= 1 || !channel->composed || painted == TIME_ALWAYS)
		return TIME_NEVER;
	bool stood = due != TIME_NEVER && (double)(due - painted) >= clock->rate * 5 * NS_PER_MS;
	if (channel->boundary > painted && (channel->boundary < due || !stood))
		due = channel->boundary;
	else if (!stood)
		return TIME_NEVER;
	return due <= now && (double)(now - due) < clock->rate * 250 * NS_PER_MS ? due : TIME_NEVER;
}

/* The frame instant that now belongs to. A timer may fire a hair early against a slewed wall clock: the frame that it
 * was set for counts as due. */
static struct instant frame_now(const struct channel *channel)
{
	struct instant now = clock_now(channel->clock);
	double fast = channel->clock->injected && channel->clock->rate > 1 ? channel->clock->rate : 1;
	if (channel->due != TIME_NEVER && now.time < channel->due &&
		(double)(channel->due - now.time) < fast * NS_PER_MS)
		now.time = channel->due;
	int64_t due = overdue(channel, now.time);
	if (due != TIME_NEVER)
		now.time = due;
	int32_t rate = channel->display->rate;
	return (struct instant){frame_instant(rate, frame_index(rate, now.time)), now.trusted};
}

static void note_lateness(struct channel *channel, struct instant now)
{
	if (channel->due == TIME_NEVER || channel->clock->injected)
		return;
	int64_t behind = now.time - channel->due;
	int64_t period = frame_instant(channel->display->rate, 1);
	if (behind > channel->worst_lateness)
		channel->worst_lateness = behind;
	if (behind > period)
		channel->late++;
}

static void apply_brightness(struct channel *channel, struct instant at)
{
	int32_t second = 0;
	day_t day = 0;
	if (at.trusted) {
		struct civil civil;
		zone_civil(channel->site->zone, at.time, &civil);
		second = civil.hour * 3600 + civil.minute * 60 + civil.second;
		day = day_from_date(civil.year, civil.month, civil.day);
	}
	const struct ambient *ambient = channel->display->ambient;
	int permille =
		ambient ? ambient_permille(ambient, sensor_state(channel->sensor), clock_monotonic()) : -1;
	channel->by_sensor = permille >= 0;
	if (!channel->by_sensor)
		permille = display_brightness(channel->site, channel->display, day, second);
	if (permille != channel->permille) {
		output_set_instant(channel->output, at.time);
		output_set_brightness(channel->dimmer, permille);
	}
	channel->permille = permille;
}

static void set_power(struct channel *channel, bool on)
{
	output_set_power(channel->output, on);
	if (channel->control)
		output_set_power(channel->control, on);
}

/* For the device's own clock. */
static bool local_time(void *data, struct civil *ret_now)
{
	const struct channel *channel = data;
	struct instant now = clock_now(channel->clock);

	zone_civil(channel->site->zone, now.time, ret_now);
	return now.trusted;
}

/* Brightness steps and on-hours lie on whole minutes; a picture that never changes still looks at them once a minute,
 * and at what must be prepared. */
static int64_t next_minute(struct instant at)
{
	return (at.time / NS_PER_MIN + 1) * NS_PER_MIN;
}

/* The first frame of what comes after this item; TIME_NEVER: that is not known. */
static int64_t boundary_of(const struct channel *channel)
{
	const struct segment *segment = channel->state.segment;
	int32_t rate = channel->display->rate;
	if (!segment)
		return TIME_NEVER;
	int64_t frame = frame_index(rate, segment->end);
	return frame_instant(rate, frame) < segment->end ? frame_instant(rate, frame + 1)
							 : frame_instant(rate, frame);
}

static void sleep_until(struct channel *channel, struct instant at, int64_t change)
{
	int32_t rate = channel->display->rate;
	int64_t minute = next_minute(at);
	if (change > minute)
		change = minute;
	int64_t due = frame_instant(rate, frame_index(rate, change));
	if (due < change)
		due = frame_instant(rate, frame_index(rate, change) + 1);
	channel->due = due;
	loop_timer_set(channel->timer, clock_monotonic_at(channel->clock, due));
}

/* --- the pattern `letters`: laid out on the thread pool; black until then */

static void letters_work(void *data)
{
	struct channel *channel = data;
	struct face face;
	face_of_display(channel->display, &face);
	channel->letters = letters_paint(channel->fonts, &face);
}

static void letters_done(void *data)
{
	struct channel *channel = data;
	channel->lettering = false;
	channel_wake(channel);
}

static void want_letters(struct channel *channel, struct fonts *fonts)
{
	if (channel->lettering || channel->letters)
		return;
	channel->lettering = true;
	channel->fonts = fonts;
	loop_work(channel->loop, letters_work, letters_done, channel);
}

static void tick_pattern(struct channel *channel, struct instant at)
{
	set_power(channel, true);
	int64_t now = clock_monotonic();
	struct frame *canvas = canvas_alone(&channel->viewer);
	struct region damage;
	region_clear(&damage);
	region_add(&damage, (struct rect){0, 0, canvas->width, canvas->height});
	const struct module_map *map = &channel->display->panel.map;
	pattern_paint(channel->pattern,
		&(struct pattern_settings){
			map->module_width, map->module_height, channel->lettering ? NULL : channel->letters},
		now - channel->pattern_start, canvas);
	channel->painted = unknown;
	channel->boundary = TIME_NEVER;
	proof_composed(channel->proof, &channel->state, channel->pattern, at, channel->permille, false);
	output_push(channel->output, at.time, &damage);
	int64_t next = now + frame_instant(channel->display->rate, 1);
	loop_timer_set(channel->timer, next < channel->pattern_end ? next : channel->pattern_end);
}

/* What was asked for last is on the canvas, and pushed. */
static void note_asserted(struct channel *channel)
{
	if (channel->asserted == channel->wanted)
		return;
	struct output_status status;
	output_status(channel->output, &status);
	channel->asserted = channel->wanted;
	channel->asserted_at = status.composed;
}

/* Black needs no show, no plan and no time. A display that was switched off stays so: that is dark as well. */
static void tick_blank(struct channel *channel, struct instant at)
{
	struct frame *canvas = canvas_alone(&channel->viewer);
	struct rect all = {0, 0, canvas->width, canvas->height};
	struct region damage;
	apply_brightness(channel, at);
	channel->painted = at;
	channel->composed = true;
	channel->boundary = TIME_NEVER;
	channel->state = (struct show_state){.source = SHOW_BLANK};
	proof_blanked(channel->proof, channel->blank, at, channel->black);
	if (!channel->black) {
		frame_fill(canvas, all, 0);
		region_clear(&damage);
		region_add(&damage, all);
		channel->black = true;
		output_push(channel->output, at.time, &damage);
	}
	note_asserted(channel);
	prepare_ahead(channel, at);
	sleep_until(channel, at, TIME_NEVER);
}

/* --- what the canvas asks and tells */

static bool look(void *data, struct instant at, struct show_picture *ret_picture)
{
	struct channel *channel = data;
	return channel->show && show_look(channel->show, at, ret_picture, &channel->state);
}

static void paint(void *data, const struct show_picture *before, struct frame *frame, struct region *damage)
{
	struct channel *channel = data;
	show_paint(channel->show, before, frame, damage);
}

static void move(void *data, struct frame *frame)
{
	struct channel *channel = data;
	output_set_canvas(channel->output, frame);
}

static void prepare_next(struct channel *channel, struct instant at)
{
	prepare_ahead(channel, at);
	sleep_until(channel, at, show_next_change(channel->show, at));
}

static void shown(void *data, struct instant at, const struct region *damage)
{
	struct channel *channel = data;
	channel->ticked_at = clock_monotonic();
	note_lateness(channel, at);
	channel->painted = at;
	channel->composed = true;
	channel->boundary = boundary_of(channel);
	set_power(channel, channel->state.source != SHOW_OFF);
	apply_brightness(channel, at); /* the canvas shows this instant by now */
	proof_composed(channel->proof, &channel->state, NULL, at, channel->permille, region_empty(damage));
	if (!region_empty(damage))
		output_push(channel->output, at.time, damage);
	note_asserted(channel);
	prepare_next(channel, at);
}

static void late(void *data, struct instant at)
{
	struct channel *channel = data;
	if (!channel->show)
		return;
	channel->ticked_at = clock_monotonic();
	note_lateness(channel, at);
	channel->late++;
	apply_brightness(channel, at);
	prepare_next(channel, at);
}

static const struct viewer_calls viewer_calls = {look, paint, move, shown, late};

/* A display that shares its canvas is shown here by whichever of them comes first, and its timer set again. */
static void tick(void *data)
{
	struct channel *channel = data;
	if (channel->stopped)
		return;
	channel->ticked_at = clock_monotonic();
	struct instant at = frame_now(channel);
	if (*channel->blank) {
		tick_blank(channel, at);
		return;
	}
	if (channel->pattern && clock_monotonic() < channel->pattern_end) {
		tick_pattern(channel, at);
		return;
	}
	channel->pattern = NULL;
	if (channel->show)
		canvas_show(&channel->viewer, at);
}

static void on_sensor(void *data)
{
	struct channel *channel = data;
	int now =
		ambient_permille(channel->display->ambient, sensor_state(channel->sensor), clock_monotonic());

	if ((now >= 0) != channel->by_sensor || (now >= 0 && now != channel->permille))
		channel_wake(channel);
}

/* --- front door */

int channel_create(struct loop *loop, const struct site *site, const struct display *display,
	const struct clock *clock, struct canvases *canvases, struct diag_list *diags,
	struct channel **ret_channel)
{
	struct output *output;
	int error = output_create(loop, display, diags, &output);
	if (error < 0)
		return error;
	struct channel *channel = xcalloc(1, sizeof *channel);
	*channel = (struct channel){.loop = loop,
		.site = site,
		.display = display,
		.clock = clock,
		.output = output,
		.painted = unknown,
		.due = TIME_NEVER,
		.boundary = TIME_NEVER,
		.permille = -1};
	channel->timer = loop_timer_create(loop, tick, channel);
	channel->viewer = (struct viewer){.calls = &viewer_calls, .data = channel};
	/* on a fast clock each has frames of its own that are still due (overdue) */
	canvases_join(canvases, &channel->viewer, output_canvas(output),
		is_fast(clock) ? site->displays - display - 1 : display->rate);
	output_on_clock(output, local_time, channel);
	channel->dimmer = output;
	if (display->ambient) {
		channel->sensor = sensor_create(loop, display->ambient, on_sensor, channel);
		if (!channel->sensor) {
			channel_destroy(channel);
			return -EMFILE;
		}
	}
	if (output_control_display(display, &channel->control_display)) {
		error = output_create(loop, &channel->control_display, diags, &channel->control);
		if (error < 0) {
			channel_destroy(channel);
			return error;
		}
		output_on_clock(channel->control, local_time, channel);
		if (sink_driver_find(display->control)->caps & SINK_DIM)
			channel->dimmer = channel->control;
	}
	*ret_channel = channel;
	return 0;
}

void channel_destroy(struct channel *channel)
{
	if (!channel)
		return;
	channel->stopped = true;
	proof_destroy(channel->proof);
	sensor_destroy(channel->sensor);
	loop_timer_destroy(channel->timer);
	bool never = false;
	while (channel->preparing || channel->lettering)
		loop_run_until(channel->loop, &never, 10 * NS_PER_MS);
	canvases_leave(&channel->viewer);
	show_destroy(channel->show);
	frame_unref(channel->letters);
	output_destroy(channel->output);
	output_destroy(channel->control);
	free(channel);
}

const struct display *channel_display(const struct channel *channel)
{
	return channel->display;
}

void channel_record(struct channel *channel, struct record *record, int index, const int *generation)
{
	channel->proof =
		proof_create(record, index, channel->clock, generation, channel->display, channel->output);
}

struct output *channel_output(struct channel *channel)
{
	return channel->output;
}

int channel_act(struct channel *channel, const char *action)
{
	int error = output_act(channel->output, action);

	return error == -ENOENT && channel->control ? output_act(channel->control, action) : error;
}

struct show *channel_show(struct channel *channel)
{
	return channel->show;
}

void channel_set_show(struct channel *channel, struct show *show)
{
	struct show *former = channel->show;
	channel->show = show;
	channel->wanted++;
	canvas_owe_all(&channel->viewer);
	channel->state = (struct show_state){0}; /* it points into the former */
	if (former && !(channel->preparing && channel->preparation.show == former))
		show_destroy(former);
	channel_wake(channel);
}

void channel_wake(struct channel *channel)
{
	if (overdue(channel, clock_now(channel->clock).time) != TIME_NEVER)
		tick(channel);
	channel->due = TIME_NEVER;
	tick(channel);
}

void channel_move(struct channel *channel, struct instant from, struct instant to)
{
	if (channel->show)
		show_move(channel->show, from, to);
	proof_stepped(channel->proof);
	/* what the canvas shows is no picture of an instant any more */
	channel->painted = unknown;
	channel->state = (struct show_state){0};
	channel_wake(channel);
}

void channel_blank(struct channel *channel, const char *id)
{
	if (strcmp(channel->blank, id ? id : "") == 0)
		return;
	snprintf(channel->blank, sizeof channel->blank, "%s", id ? id : "");
	channel->wanted++;
	channel->black = false;
	channel->painted = unknown;
	channel_wake(channel);
}

bool channel_has_shown(const struct channel *channel)
{
	return !channel->stopped && channel->asserted == channel->wanted &&
	       output_has_shown(channel->output, channel->asserted_at);
}

void channel_pattern(struct channel *channel, const char *pattern, struct fonts *fonts, int64_t duration)
{
	int64_t now = clock_monotonic();
	if (pattern && duration > 0) {
		if (!channel->pattern || strcmp(channel->pattern, pattern) != 0)
			channel->pattern_start = now;
		channel->pattern = pattern;
		channel->pattern_end = now + duration;
		if (strcmp(pattern, "letters") == 0)
			want_letters(channel, fonts);
	} else {
		channel->pattern = NULL;
	}
	channel_wake(channel);
}

void channel_status(const struct channel *channel, struct channel_status *ret_status)
{
	*ret_status = (struct channel_status){
		.state = channel->state,
		.composed = channel->composed,
		.instant = channel->painted,
		.late = channel->late,
		.worst_lateness = channel->worst_lateness,
		.pattern = channel->pattern != NULL && !*channel->blank,
		.blank = *channel->blank ? channel->blank : NULL,
		.sharing = canvas_readers(&channel->viewer),
		.permille = channel->permille,
		.by_sensor = channel->by_sensor,
		.sensor_fault = "",
	};
	if (channel->sensor) {
		ret_status->has_sensor = true;
		ret_status->lux = sensor_state(channel->sensor)->lux;
		ret_status->sensor_fault = sensor_fault(channel->sensor);
	}
	output_status(channel->output, &ret_status->output);
	if (channel->control)
		output_status(channel->control, &ret_status->control);
}

/* A frame clock comes by once a minute at least; an injected one may stand still. Preparing a minute of pictures takes
 * seconds. */
bool channel_proves(const struct channel *channel, int64_t now)
{
	bool ticks = channel->clock->injected || channel->stopped || !channel->show ||
		     now - channel->ticked_at < TICK_WITHIN;
	bool prepares = !channel->preparing || now - channel->prepare_at < PREPARE_WITHIN;

	return ticks && prepares && output_proves(channel->output, now) &&
	       (!channel->control || output_proves(channel->control, now));
}

const struct frame *channel_frame(const struct channel *channel)
{
	return output_canvas(channel->output);
}

void channel_leave(struct channel *channel, struct show *failure_show)
{
	channel->stopped = true;
	proof_destroy(channel->proof);
	channel->proof = NULL;
	loop_timer_set(channel->timer, TIME_NEVER);
	struct frame *canvas = canvas_alone(&channel->viewer);
	struct rect all = {0, 0, canvas->width, canvas->height};
	struct region damage;
	region_clear(&damage);
	if (failure_show && !*channel->blank) {
		struct show_state state;
		show_compose(failure_show, unknown, (struct instant){0, false}, canvas, &damage, &state);
	} else {
		frame_fill(canvas, all, 0);
	}
	region_clear(&damage);
	region_add(&damage, all);
	output_push(channel->output, clock_now(channel->clock).time, &damage);
}
