#include "engine/engine.h"

#include <errno.h>
#include <signal.h>

#include "base/alloc.h"
#include "base/event.h"
#include "base/words.h"
#include "engine/accept.h"
#include "engine/private.h"
#include "service/service.h"

#define LEAVE_WITHIN (2 * NS_PER_SEC)

struct channel *engine_channel(struct engine *engine, const char *display)
{
	for (size_t i = 0; i < engine->site->display_count; i++)
		if (strcmp(engine->site->displays[i].name, display) == 0)
			return engine->channels[i];
	return NULL;
}

/* --- signals */

static void on_stop(void *data, int signal)
{
	struct engine *engine = data;
	(void)signal;
	engine->stopping = true;
	loop_stop(engine->loop);
}

static void on_hangup(void *data, int signal)
{
	struct engine *engine = data;
	(void)signal;
	if (!engine->stopping)
		change_reread(engine, NULL);
}

/* --- start */

static int open_state(struct engine *engine, const struct engine_options *options, const char **ret_why)
{
	const char *directory =
		options->state_directory ? options->state_directory : engine->site->state_directory;
	int error = store_open(directory, &engine->store);
	if (error == -EBUSY)
		*ret_why = _("another bangtind uses this state directory");
	else if (error == -EPROTONOSUPPORT || error == -EBADMSG)
		*ret_why = store_error(error);
	else if (error < 0)
		*ret_why = _("the state directory cannot be opened");
	if (error < 0)
		return error;
	clockwork_init(engine, accept_build_date());
	if (options->clock_spec &&
		clock_inject(&engine->clock, engine->site->zone, options->clock_spec) < 0) {
		*ret_why = _("--clock wants T[,RATE], such as \"2026-03-02 08:00:00,0\"");
		return -EINVAL;
	}
	engine->started = clock_now(&engine->clock);
	return 0;
}

static int open_channels(struct engine *engine, struct diag_list *diags)
{
	const struct site *site = engine->site;
	engine->canvases = canvases_create();
	engine->channels = xcalloc(site->display_count, sizeof(struct channel *));
	for (size_t i = 0; i < site->display_count; i++) {
		int error = channel_create(engine->loop, site, &site->displays[i], &engine->clock,
			engine->canvases, diags, &engine->channels[i]);
		if (error < 0)
			return error;
		if (engine->trace)
			output_on_handed(channel_output(engine->channels[i]), trace_frame, engine->trace);
	}
	return 0;
}

/* What each board keeps when the daemon ends: laid out now, because nothing may go wrong then. */
static void prepare_failure_pictures(struct engine *engine)
{
	const struct site *site = engine->site;
	engine->failure_shows = xcalloc(site->display_count, sizeof(struct show *));
	for (size_t i = 0; i < site->display_count; i++) {
		const struct display *display = &site->displays[i];
		if (display->on_failure != FAILURE_DEFAULT || !display->fallback_text)
			continue;
		struct show *show = show_create(site, display, NULL, NULL, 0, engine->fonts, engine->scenes);
		show_prepare(show, 0, NS_PER_SEC);
		engine->failure_shows[i] = show;
	}
}

static void first_shows(struct engine *engine)
{
	struct instant now = clock_now(&engine->clock);
	for (size_t i = 0; i < engine->site->display_count; i++) {
		struct show *show = show_create(engine->site, &engine->site->displays[i], engine->catalogue,
			engine->overrides, engine->override_count, engine->fonts, engine->scenes);
		show_set_data(show, engine->data);
		show_prepare(show, now.time, now.time + 2 * NS_PER_SEC);
		channel_set_show(engine->channels[i], show);
	}
}

/* After a restart: the log says which displays show again what was laid over them. */
static void assert_overrides(struct engine *engine)
{
	bool *concerns = xcalloc(engine->site->display_count + 1, sizeof *concerns);
	for (size_t k = 0; k < engine->blank_count + engine->override_count; k++) {
		const struct override *item = k < engine->blank_count
						      ? &engine->blanks[k]
						      : &engine->overrides[k - engine->blank_count];
		for (size_t i = 0; i < engine->site->display_count; i++)
			concerns[i] = override_names(item, &engine->site->displays[i]);
		confirm_begin(engine, &(struct confirm_order){.id = item->id, .concerns = concerns});
	}
	free(concerns);
}

static int start(struct engine *engine, const struct engine_options *options, struct diag_list *diags,
	const char **ret_why)
{
	*ret_why = "";
	int error = open_state(engine, options, ret_why);
	if (error < 0)
		return error;
	if (options->trace_path && (error = trace_open(options->trace_path, &engine->trace)) < 0) {
		*ret_why = _("the trace file cannot be written");
		return error;
	}
	if ((error = fonts_create(engine->site->fonts_directory, &engine->fonts)) < 0) {
		*ret_why =
			_("the fonts cannot be read; is bangtin installed whole? BANGTIN_FONTS names their "
			  "directory");
		return error;
	}
	engine->scenes = scene_store_create(engine->fonts);
	engine->loop = loop_create();
	if (!engine->loop)
		return -EMFILE;
	if ((error = recording_start(engine)) < 0) {
		*ret_why = _("there are no more threads");
		return error;
	}
	if ((error = open_channels(engine, diags)) < 0)
		return error;
	engine->alarms = alarms_create(engine->loop, engine->site, &engine->clock);
	engine->keeper = keeper_create(engine);
	engine->confirm_timer = loop_timer_create(engine->loop, confirm_look, engine);
	engine_read_state(engine);
	recording_begin(engine);
	trace_set_generation(engine->trace, engine->generation.number);
	if ((error = control_listen(engine->loop, engine->site, engine_commands, engine, &engine->control)) <
		0) {
		*ret_why = error == -EADDRINUSE ? _("another bangtind answers on the control socket")
						: _("the control socket cannot be made");
		return error;
	}
	first_shows(engine);
	blanks_apply(engine);
	prepare_failure_pictures(engine);
	engine->feed = feed_create(engine);
	engine->guard = guard_create(engine);
	clockwork_start(engine);
	loop_on_signal(engine->loop, SIGTERM, on_stop, engine);
	loop_on_signal(engine->loop, SIGINT, on_stop, engine);
	loop_on_signal(engine->loop, SIGHUP, on_hangup, engine);
	assert_overrides(engine);
	return 0;
}

static struct site *read_site(const char *configuration, struct diag_list *diags)
{
	struct site *site = site_read(configuration, diags);
	for (size_t i = 0; site && i < site->display_count; i++)
		output_check(&site->displays[i], diags);
	if (site && diags->errors > 0) {
		site_destroy(site);
		site = NULL;
	}
	return site;
}

void engine_check(const char *configuration, struct diag_list *diags)
{
	site_destroy(read_site(configuration, diags));
}

int engine_create(const struct engine_options *options, struct diag_list *diags, struct engine **ret_engine,
	const char **ret_why)
{
	*ret_why = "";
	struct site *site = read_site(options->configuration, diags);
	if (!site)
		return -EINVAL;
	words_settle(site->language);
	if (options->socket_path)
		site->socket_path = options->socket_path;
	struct engine *engine = xcalloc(1, sizeof *engine);
	engine->site = site;
	engine->configuration = options->configuration;
	int error = start(engine, options, diags, ret_why);
	if (error < 0) {
		engine_destroy(engine);
		return error;
	}
	*ret_engine = engine;
	return 0;
}

/* --- run and end */

static void leave_failure_pictures(struct engine *engine)
{
	for (size_t i = 0; i < engine->site->display_count; i++)
		channel_leave(engine->channels[i], engine->failure_shows[i]);
	recording_stop(engine);
	int64_t deadline = clock_monotonic() + LEAVE_WITHIN;
	for (size_t i = 0; i < engine->site->display_count; i++) {
		int64_t left = deadline - clock_monotonic();
		output_drain(channel_output(engine->channels[i]), left > 0 ? left : 0);
	}
}

void engine_run(struct engine *engine)
{
	log_event(EVENT_STARTED, "%s: %zu displays, generation %d", engine->site->name,
		engine->site->display_count, engine->generation.number);
	service_ready(engine->site->name);
	loop_run(engine->loop);
	service_stopping();
	log_event(EVENT_STOPPING, "stopping");
	/* A change under way is finished: its peer was promised an answer, and its thread works on our shows. */
	bool never = false;
	confirm_look(engine); /* who waits is answered with what is known */
	while (engine->changes || engine->laying || keeper_busy(engine->keeper))
		loop_run_until(engine->loop, &never, 10 * NS_PER_MS);
	leave_failure_pictures(engine);
	clockwork_stop(engine);
}

/* Whatever was begun last, also while the failure pictures went out: its thread works on what is freed next. */
static void finish_work(struct engine *engine)
{
	bool never = false;
	while (engine->loop && loop_works(engine->loop))
		loop_run_until(engine->loop, &never, 10 * NS_PER_MS);
}

void engine_destroy(struct engine *engine)
{
	if (!engine)
		return;
	finish_work(engine);
	control_close(engine->control);
	mirrors_destroy(engine);
	feed_destroy(engine->feed);
	guard_destroy(engine->guard);
	alarms_destroy(engine->alarms);
	clockwork_destroy(engine);
	confirm_destroy(engine);
	loop_timer_destroy(engine->confirm_timer);
	keeper_destroy(engine->keeper);
	for (size_t i = 0; i < engine->site->display_count; i++) {
		if (engine->channels)
			channel_destroy(engine->channels[i]);
		if (engine->failure_shows)
			show_destroy(engine->failure_shows[i]);
	}
	recording_finish(engine);
	canvases_destroy(engine->canvases);
	free(engine->channels);
	free(engine->failure_shows);
	catalogue_unref(engine->catalogue);
	overrides_free(engine->overrides, engine->override_count);
	overrides_free(engine->blanks, engine->blank_count);
	data_unref(engine->data);
	templates_finish(&engine->templates);
	free(engine->load_fault);
	if (engine->scenes)
		scene_store_destroy(engine->scenes);
	fonts_destroy(engine->fonts);
	store_close(engine->store);
	trace_close(engine->trace);
	if (engine->loop)
		loop_destroy(engine->loop);
	site_destroy(engine->site);
	free(engine);
}
