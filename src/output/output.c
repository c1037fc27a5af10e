#include "output/output.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/pages.h"
#include "base/words.h"
#include "output/private.h"

static struct rect whole(const struct output *output)
{
	return (struct rect){0, 0, output->canvas->width, output->canvas->height};
}

void output_owe_all(struct output *output)
{
	region_clear(&output->owed);
	region_add(&output->owed, whole(output));
	output->whole_at = TIME_ALWAYS; /* set when it is accepted */
}

static void take_ready(struct output *output)
{
	if (!output->sink.became_ready)
		return;
	output->sink.became_ready = false;
	if (output->link != LINK_UP)
		return;
	hand_finished(output);
	if (output->on_ready && !output->pushing)
		output->on_ready(output->on_ready_data);
}

static void set_timer(struct output *output)
{
	int64_t link = link_deadline(output), hand = hand_deadline(output);
	int64_t deadline = link < hand ? link : hand;

	if (deadline == output->timer_at)
		return;
	output->timer_at = deadline;
	loop_timer_set(output->timer, deadline);
}

/* What was marked since: lost first, because what is shown comes after it. */
static void tell_observer(struct output *output)
{
	const struct output_observer *observer = output->observer;
	bool lost = output->lost_owed, slept = output->asleep && !output->told_asleep;

	output->lost_owed = false;
	output->told_asleep = output->asleep;
	if (!observer)
		return;
	if (lost)
		observer->lost(output->observer_data, output->status.why);
	if (slept)
		observer->slept(output->observer_data);
	if (output->shown_sequence == output->told_shown)
		return;
	output->told_shown = output->shown_sequence;
	observer->shown(output->observer_data, output->shown_sequence, output->driver->caps & SINK_ACK);
}

void output_settle(struct output *output)
{
	if (output->settling) {
		output->again = true;
		return;
	}
	output->settling = true;
	int64_t now = clock_monotonic();
	do {
		take_ready(output);
		output->again = false;
		link_step(output, now);
		if (!output->again)
			hand_step(output, now);
		if (!output->again)
			read_back_step(output, now);
	} while (output->again);
	health_update(output, now);
	output->drained = !output->content || output->asleep ||
			  (output->link == LINK_UP && !output->pending && !output->in_flight &&
				  output->shown_sequence == output->status.last_sequence);
	set_timer(output);
	tell_observer(output);
	output->settling = false;
}

static void on_timer(void *data)
{
	struct output *output = data;

	output->timer_at = TIME_NEVER;
	output_settle(output);
}

static void on_sink_timer(void *data)
{
	struct output *output = data;

	if (output->driver->timeout)
		output->driver->timeout(&output->sink);
	output_settle(output);
}

static struct panel_spec spec_of(const struct display *display, const struct sink_driver *driver)
{
	struct panel_spec spec = display->panel;

	spec.width = display->width;
	spec.height = display->height;
	spec.format = driver->format;
	return spec;
}

void sink_display_shape(const struct display *display, int *ret_width, int *ret_height)
{
	struct panel_spec spec = display->panel;

	spec.width = display->width;
	spec.height = display->height;
	panel_spec_shape(&spec, ret_width, ret_height);
}

/* A driver of pictures as `driver`, one that takes orders as `control`. */
static bool has_role(const struct display *display, const struct sink_driver *driver, struct diag_list *diags)
{
	bool wanted = display->driver == display->control, is = driver->caps & SINK_CONTROL;

	if (is == wanted)
		return true;
	diag_error(diags, display->where,
		is ? _("driver %s moves no picture; give the display the driver of its picture (kms for "
		       "HDMI) "
		       "and "
		       "write control = { name = \"%s\"; ... }")
		   : _("driver %s moves a picture and takes no orders beside another; it cannot be a "
		       "`control`"),
		driver->name, driver->name);
	return false;
}

static const struct sink_driver *find_driver(const struct display *display, struct diag_list *diags)
{
	const struct sink_driver *driver = sink_driver_find(display->driver);
	const char *names[64];
	size_t count = 0;

	if (driver)
		return has_role(display, driver, diags) ? driver : NULL;
	for (; count < 64 && sink_drivers[count]; count++)
		names[count] = sink_drivers[count]->name;
	const char *near = nearest_word(display->driver, names, count);
	if (near)
		diag_error(
			diags, display->where, "there is no driver '%s'; write '%s'", display->driver, near);
	else
		diag_error(diags, display->where,
			"there is no driver '%s'; `bangtin-testpattern drivers` lists them", display->driver);
	return NULL;
}

/* Everything that can be found wrong without a device. On success *ret_priv and *ret_panel are the caller's. */
static bool bind(const struct display *display, const struct sink_driver *driver, struct diag_list *diags,
	void **ret_priv, struct panel **ret_panel)
{
	struct panel_spec spec = spec_of(display, driver);
	struct panel *panel = NULL;
	const char *why;
	void *priv = xcalloc(1, driver->priv_size);
	size_t errors = diags->errors;

	if (panel_create(&spec, &panel, &why) != 0)
		diag_error(diags, display->where, "display %s: %s", display->name, why);
	if (options_bind(driver, display, priv, diags) && driver->check)
		driver->check(priv, display, diags);
	if (diags->errors == errors) {
		*ret_priv = priv;
		*ret_panel = panel;
		return true;
	}
	options_free(driver, priv);
	free(priv);
	panel_destroy(panel);
	return false;
}

static bool check_one(const struct display *display, struct diag_list *diags)
{
	const struct sink_driver *driver = find_driver(display, diags);
	struct panel *panel;
	void *priv;

	if (!driver || !bind(display, driver, diags, &priv, &panel))
		return false;
	options_free(driver, priv);
	free(priv);
	panel_destroy(panel);
	return true;
}

bool output_check(const struct display *display, struct diag_list *diags)
{
	struct display control;
	bool good = check_one(display, diags);

	return (!output_control_display(display, &control) || check_one(&control, diags)) && good;
}

static int64_t cycle_of(const struct sink_driver *driver, const void *priv, const struct display *display)
{
	return driver->cycle ? driver->cycle(priv, display) : driver->minimum_cycle;
}

void output_traits(const struct display *display, struct output_traits *ret_traits)
{
	const struct sink_driver *driver = sink_driver_find(display->driver);
	struct diag_list diags;

	*ret_traits = (struct output_traits){0};
	if (!driver)
		return;
	void *priv = xcalloc(1, driver->priv_size);
	diag_init(&diags);
	if (options_bind(driver, display, priv, &diags))
		ret_traits->minimum_cycle = cycle_of(driver, priv, display);
	ret_traits->two_levels =
		driver->format == PANEL_MONO1 || driver->format == PANEL_DUAL || display->panel.depth == 1;
	diag_finish(&diags);
	options_free(driver, priv);
	free(priv);
}

static void make_buffers(struct output *output)
{
	unsigned caps = output->driver->caps;
	int width = output->display->width, height = output->display->height;

	if (caps & SINK_CONTROL) { /* no picture ever */
		output->canvas = frame_create(1, 1);
		return;
	}
	output->canvas = frame_create(width, height);
	if (caps & (SINK_LEVELS | SINK_FRAME)) {
		if (caps & (SINK_LEVELS | SINK_BLOCKING))
			output->picture = frame_create(width, height);
		output->frame.width = width;
		output->frame.height = height;
		return;
	}
	output->frame.wire_size = panel_wire_size(output->panel);
	output->wire = pages_create(output->frame.wire_size);
	output->frame.wire = output->wire;
	panel_wire_shape(output->panel, &output->frame.width, &output->frame.height);
}

int output_create(
	struct loop *loop, const struct display *display, struct diag_list *diags, struct output **ret_output)
{
	const struct sink_driver *driver = find_driver(display, diags);
	int error = -EMFILE;

	if (!driver)
		return -EINVAL;
	struct output *output = xcalloc(1, sizeof *output);
	if (!bind(display, driver, diags, &output->sink.priv, &output->panel)) {
		free(output);
		return -EINVAL;
	}
	output->loop = loop;
	output->display = display;
	output->driver = driver;
	output->sink.output = output;
	output->sink.hint_fd = -1;
	for (size_t i = 0; i < SINK_WATCHES; i++)
		output->sink.slots[i].sink = &output->sink;
	output->minimum_cycle = cycle_of(driver, output->sink.priv, display);
	output->brightness = 1000;
	output->power_on = true;
	output->clock_due = output->read_due = TIME_NEVER;
	output->reported = HEALTH_OPENING;
	output->backoff = output->backoff_first = BACKOFF_FIRST;
	output->retry_at = output->handed_at = TIME_ALWAYS / 2; /* long ago, and differences still fit */
	output->timer_at = output->status.retry_at = TIME_NEVER;
	make_buffers(output);
	output_owe_all(output);
	output->timer = loop_timer_create(loop, on_timer, output);
	output->sink.timer = loop_timer_create(loop, on_sink_timer, output);
	if (!output->timer || !output->sink.timer)
		goto err_output;
	if (driver->caps & SINK_BLOCKING) {
		error = worker_create(output, &output->worker);
		if (error)
			goto err_output;
	}
	output_settle(output);
	*ret_output = output;
	return 0;

err_output:
	output_destroy(output);
	return error;
}

void output_destroy(struct output *output)
{
	if (!output)
		return;
	if (output->link != LINK_CLOSED)
		link_close(output);
	link_drop_hint(output);
	worker_destroy(output->worker);
	loop_timer_destroy(output->timer);
	loop_timer_destroy(output->sink.timer);
	frame_unref(output->canvas);
	frame_unref(output->picture);
	pages_destroy(output->wire, output->frame.wire_size);
	panel_destroy(output->panel);
	options_free(output->driver, output->sink.priv);
	free(output->sink.priv);
	free(output);
}

void output_on_handed(struct output *output, output_handed_fn fn, void *data)
{
	output->on_handed = fn;
	output->on_handed_data = data;
}

void output_observe(struct output *output, const struct output_observer *observer, void *data)
{
	output->observer = observer;
	output->observer_data = data;
}

void output_on_ready(struct output *output, output_ready_fn fn, void *data)
{
	output->on_ready = fn;
	output->on_ready_data = data;
}

struct frame *output_canvas(struct output *output)
{
	return output->canvas;
}

void output_set_canvas(struct output *output, struct frame *canvas)
{
	frame_ref(canvas);
	frame_unref(output->canvas);
	output->canvas = canvas;
}

void output_push(struct output *output, int64_t instant, const struct region *damage)
{
	if (output->driver->caps & SINK_CONTROL)
		return; /* it takes none */
	output->status.composed++;
	output->instant = instant;
	output->engine_late = false;
	for (int i = 0; i < damage->count; i++) {
		struct rect r;
		if (rect_intersect(damage->rects[i], whole(output), &r))
			region_add(&output->owed, r);
	}
	if (output->pending && !output->asleep)
		output->status.dropped++;
	output->content = true;
	output->pending |= !region_empty(&output->owed);
	output->pushing = true;
	output_settle(output);
	output->pushing = false;
}

void output_set_instant(struct output *output, int64_t instant)
{
	output->instant = instant;
}

void output_set_brightness(struct output *output, int permille)
{
	permille = permille < 0 ? 0 : permille > 1000 ? 1000 : permille;
	if (permille == output->brightness)
		return;
	output->brightness = permille;
	if (output->driver->dim && !output->dims_in_software) {
		output->dim_owed = true;
		output_settle(output);
		return;
	}
	panel_set_brightness(output->panel, permille);
	output_refresh(output);
}

int output_act(struct output *output, const char *action)
{
	const struct sink_action *actions = output->driver->actions;

	for (int i = 0; actions && actions[i].name; i++) {
		if (strcmp(actions[i].name, action) != 0)
			continue;
		if (output->link != LINK_UP)
			return -ENOTCONN;
		if (output->acting || output->act_owed)
			return -EBUSY;
		output->act_owed = i + 1;
		output_settle(output);
		return 0;
	}
	return -ENOENT;
}

bool output_control_display(const struct display *display, struct display *ret_control)
{
	if (!display->control)
		return false;
	*ret_control = *display;
	ret_control->driver = display->control;
	ret_control->options = display->control_options;
	ret_control->option_count = display->control_option_count;
	return true;
}

void output_keep_settings(struct output *output)
{
	output->settings_kept = true;
	output->dim_owed = output->power_owed = false; /* if it came up at once */
	output->clock_due = TIME_NEVER;
}

void output_set_power(struct output *output, bool on)
{
	if (on == output->power_on)
		return;
	output->power_on = on;
	output->power_owed = output->driver->power != NULL;
	output_settle(output);
}

void output_on_clock(struct output *output, output_clock_fn fn, void *data)
{
	output->on_clock = fn;
	output->on_clock_data = data;
}

void output_refresh(struct output *output)
{
	output_owe_all(output);
	output->pending = output->content;
	output_settle(output);
}

void output_late(struct output *output)
{
	output->status.late++;
	output->engine_late = true;
	output_settle(output);
}

void output_status(const struct output *output, struct output_status *ret_status)
{
	*ret_status = output->status;
}

bool output_has_shown(const struct output *output, uint64_t composed)
{
	if (output->link != LINK_UP)
		return false;
	return output->asleep || output->status.shown_composed >= composed;
}

bool output_confirms(const struct output *output)
{
	return output->driver->caps & SINK_ACK;
}

bool output_drain(struct output *output, int64_t timeout)
{
	output_settle(output);
	if (!output->drained) /* else not even a timer is made */
		loop_run_until(output->loop, &output->drained, timeout);
	return output->drained;
}

/* Whether brightness is the device's own, so that the picture keeps its levels. */
static bool dims(const struct display *display)
{
	const struct sink_driver *driver = sink_driver_find(display->driver);
	const struct sink_driver *control = display->control ? sink_driver_find(display->control) : NULL;

	return (driver && driver->caps & SINK_DIM) || (control && control->caps & SINK_DIM);
}

int output_levels(const struct display *display, const struct frame *frame, int permille, struct frame *to)
{
	const struct sink_driver *driver = sink_driver_find(display->driver);
	struct panel *panel;
	const char *why;

	if (!driver)
		return -EINVAL;
	struct panel_spec spec = spec_of(display, driver);
	int error = panel_create(&spec, &panel, &why);
	if (error)
		return error;
	panel_set_brightness(panel, dims(display) ? 1000 : permille);
	panel_levels(panel, frame, to);
	panel_destroy(panel);
	return 0;
}
