/* `tell`: a word to a device, which does it by itself; through the daemon, which has the device open, or directly. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/words.h"
#include "control/control.h"
#include "explain.h"
#include "output/output.h"
#include "show.h"

#define CALL_WITHIN (5 * NS_PER_SEC)
#define UP_WITHIN   (15 * NS_PER_SEC)

static int ask_daemon(const struct arguments *arguments)
{
	const char *socket = arguments->socket ? arguments->socket : SOCKET_STANDARD;
	json_t *reply, *request = json_pack("{s:s, s:s, s:s}", "command", "device", "display",
			       arguments->display, "action", arguments->word);
	int error = control_call(socket, request, CALL_WITHIN, &reply);

	json_decref(request);
	if (error < 0) {
		explain_socket(socket, error);
		return EXIT_REACH;
	}
	int status = EXIT_DONE;
	if (!json_is_true(json_object_get(reply, "ok"))) {
		const char *why = json_string_value(json_object_get(reply, "error"));
		int code = (int)json_integer_value(json_object_get(reply, "code"));
		status = fail(code >= EXIT_INPUT && code <= EXIT_REACH ? code : EXIT_REACH, "%s",
			why ? why : _("the daemon refuses"));
	}
	json_decref(reply);
	return status;
}

struct telling {
	struct loop *loop;
	struct output *output;
	struct output_status status;
};

/* Until the device is up, or has done what it was told. */
static bool wait_for(struct telling *t, bool acted)
{
	int64_t end = clock_monotonic() + UP_WITHIN;
	bool never = false;

	while (clock_monotonic() < end) {
		output_status(t->output, &t->status);
		if (acted ? t->status.acted > 0 : t->status.health == HEALTH_UP)
			return true;
		if (t->status.health == HEALTH_FAULT)
			return false;
		loop_run_until(t->loop, &never, 10 * NS_PER_MS);
	}
	return false;
}

static int tell(struct telling *t, const struct arguments *arguments, const struct display *display)
{
	if (!wait_for(t, false)) {
		explain(display->driver, NULL, t->status.error, t->status.why);
		return EXIT_REACH;
	}
	if (output_act(t->output, arguments->word) < 0 || !wait_for(t, true))
		return fail(EXIT_REACH, "the device does not do it: %s", _(t->status.why));
	if (t->status.device[0])
		printf("%s\n", t->status.device);
	return EXIT_DONE;
}

static bool knows(const struct sink_driver *driver, const char *word)
{
	for (const struct sink_action *action = driver->actions; action && action->name; action++)
		if (strcmp(action->name, word) == 0)
			return true;
	return false;
}

static int tell_directly(const struct arguments *arguments, const struct display *display)
{
	const struct sink_driver *driver = sink_driver_find(display->driver);
	struct telling t = {.loop = loop_create()};
	struct diag_list diags;
	int status;

	if (driver && !knows(driver, arguments->word)) {
		loop_destroy(t.loop);
		return fail(EXIT_INPUT,
			"driver %s knows no `%s`; `bangtin-testpattern drivers %s` lists its words",
			driver->name, arguments->word, driver->name);
	}
	log_set_level(LOG_LEVEL_ERROR);
	diag_init(&diags);
	if (output_create(t.loop, display, &diags, &t.output) < 0) {
		for (size_t i = 0; i < diags.count; i++)
			fail(0, "%s", diags.items[i].message);
		status = EXIT_INPUT;
	} else {
		output_keep_settings(t.output);
		status = tell(&t, arguments, display);
	}
	diag_finish(&diags);
	output_destroy(t.output);
	loop_destroy(t.loop);
	return status;
}

int run_tell(const struct arguments *arguments)
{
	if (!arguments->word)
		return fail(EXIT_USAGE,
			"tell wants a word; `bangtin-testpattern drivers NAME` lists those of a driver");
	if (!arguments->driver == !arguments->display)
		return fail(EXIT_USAGE, "tell wants one of --display NAME and --driver NAME");
	return arguments->driver ? with_made(arguments, tell_directly) : ask_daemon(arguments);
}
