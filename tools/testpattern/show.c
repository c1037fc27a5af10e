/* `show`: on a display that a running daemon lends, on one that a configuration describes, or on a port that is named
 * here. */
#include "show.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "explain.h"
#include "frame/pattern.h"
#include "output/output.h"

/* --- a display made from the command line */

struct made {
	struct display display;
	struct option options[SETTINGS_MOST + 2];
	char *texts[2 * (SETTINGS_MOST + 2)];
	size_t text_count;
};

static void add_option(struct made *made, char *key, char *value)
{
	made->texts[made->text_count++] = key;
	made->texts[made->text_count++] = value;
	made->options[made->display.option_count++] =
		(struct option){key, value, (struct location){_("command line"), 0, 0}};
}

static bool has_option(const struct sink_driver *driver, const char *name)
{
	for (const struct sink_option *option = driver->options; option && option->name; option++)
		if (strcmp(option->name, name) == 0)
			return true;
	return false;
}

static bool names_serial_port(const char *port)
{
	return strchr(port, '/') || strncmp(port, "usb:", 4) == 0 || !strchr(port, '.');
}

/* --port names what the driver's wire is: a serial port (ttyUSB0 is /dev/ttyUSB0), or ADDRESS[:PORT]. Where it can be
 * either, an address has dots. */
static bool add_port(struct made *made, const struct sink_driver *driver, const char *port)
{
	const char *colon = strrchr(port, ':');

	const char *serial = has_option(driver, "device") ? "device" : "port";
	bool is_address = has_option(driver, "host") && (serial[0] == 'p' || !names_serial_port(port));

	if (!is_address) {
		if (!has_option(driver, serial))
			return false;
		bool bare = !strchr(port, '/') && strncmp(port, "usb:", 4) != 0;
		add_option(made, xstrdup(serial), bare ? xasprintf("/dev/%s", port) : xstrdup(port));
		return true;
	}
	add_option(made, xstrdup("host"), xstrndup(port, colon ? (size_t)(colon - port) : strlen(port)));
	if (colon)
		add_option(made, xstrdup("port"), xstrdup(colon + 1));
	return true;
}

static int make_display(const struct arguments *arguments, struct made *made)
{
	const struct sink_driver *driver = sink_driver_find(arguments->driver);
	struct display *display = &made->display;

	*display = (struct display){.name = "test",
		.width = arguments->width,
		.height = arguments->height,
		.rate = arguments->rate ? arguments->rate : 30000,
		.foreground = 0xffffff,
		.panel = {.gamma = 1, .white = {1, 1, 1}, .threshold = 128},
		.driver = arguments->driver,
		.options = made->options,
		.refresh = 10 * NS_PER_SEC,
		.where = {_("command line"), 0, 0}};
	if (arguments->port && driver && !add_port(made, driver, arguments->port))
		return fail(EXIT_USAGE, "driver %s takes no --port", arguments->driver);
	for (size_t i = 0; i < arguments->setting_count; i++) {
		const char *setting = arguments->settings[i], *equals = strchr(setting, '=');
		if (!equals || equals == setting)
			return fail(EXIT_USAGE, "-o %s: write key=value", setting);
		add_option(made, xstrndup(setting, (size_t)(equals - setting)), xstrdup(equals + 1));
	}
	return EXIT_DONE;
}

int with_made(const struct arguments *arguments,
	int (*fn)(const struct arguments *arguments, const struct display *display))
{
	const struct sink_driver *driver = sink_driver_find(arguments->driver);
	bool is_control = driver && driver->caps & SINK_CONTROL;

	if (!arguments->width && !is_control)
		return fail(
			EXIT_USAGE, "--size is missing: the board's width and height in pixels, as 64x32");
	struct made *made = xcalloc(1, sizeof *made);
	int status = make_display(arguments, made);
	if (is_control) {
		made->display.control = made->display.driver;
		made->display.width = made->display.height = 1;
	}
	if (status == EXIT_DONE)
		status = fn(arguments, &made->display);
	for (size_t i = 0; i < made->text_count; i++)
		free(made->texts[i]);
	free(made);
	return status;
}

/* --- a display that is known by its name */

/* The daemon's if it answers, else opened here as the file says. */
static int show_configured(const struct arguments *arguments)
{
	struct diag_list diags;

	diag_init(&diags);
	struct site *site = site_read(arguments->configuration, &diags);
	diag_print(&diags, stderr);
	diag_finish(&diags);
	if (!site)
		return EXIT_INPUT;
	const char *socket = arguments->socket ? arguments->socket : site->socket_path;
	int status = show_there(arguments, socket);
	const struct display *display = site_display(site, arguments->display);
	if (status == -EACCES || status == -EPERM) {
		explain_socket(socket, status);
		status = EXIT_REACH;
	} else if (status < 0 && !display) {
		status = fail(
			EXIT_INPUT, "%s has no display `%s`", arguments->configuration, arguments->display);
	} else if (status < 0) {
		status = show_here(arguments, display);
	}
	site_destroy(site);
	return status;
}

static int show_lent(const struct arguments *arguments)
{
	const char *socket = arguments->socket ? arguments->socket : SOCKET_STANDARD;
	int status = show_there(arguments, socket);

	if (status >= 0)
		return status;
	explain_socket(socket, status);
	return EXIT_REACH;
}

static int check_pattern(const char *name)
{
	const char *names[64];
	size_t count = 0;

	if (!name)
		return fail(EXIT_USAGE, "show wants a pattern; `bangtin-testpattern patterns` lists them");
	if (pattern_find(name))
		return EXIT_DONE;
	for (; count < 64 && patterns[count].name; count++)
		names[count] = patterns[count].name;
	const char *near = nearest_word(name, names, count);
	if (near)
		return fail(EXIT_INPUT, "there is no pattern `%s`; did you mean `%s`?", name, near);
	return fail(EXIT_INPUT, "there is no pattern `%s`; `bangtin-testpattern patterns` lists them", name);
}

static int show_made(const struct arguments *arguments)
{
	const struct sink_driver *driver = sink_driver_find(arguments->driver);

	if (driver && driver->caps & SINK_CONTROL)
		return fail(EXIT_USAGE, "driver %s moves no picture; see `bangtin-testpattern tell`",
			driver->name);
	return with_made(arguments, show_here);
}

int run_show(const struct arguments *arguments)
{
	int status = check_pattern(arguments->word);

	if (status != EXIT_DONE)
		return status;
	if (!arguments->driver == !arguments->display)
		return fail(EXIT_USAGE, "show wants one of --display NAME and --driver NAME");
	if (arguments->driver)
		return show_made(arguments);
	if (arguments->port || arguments->setting_count || arguments->width)
		return fail(EXIT_USAGE, "--port, -o and --size go with --driver; a display has its own");
	return arguments->configuration ? show_configured(arguments) : show_lent(arguments);
}
