#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/words.h"
#include "cli.h"

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));
	return value ? value : "";
}

static long long number(const json_t *object, const char *key)
{
	return (long long)json_integer_value(json_object_get(object, key));
}

static void print_read_back(const json_t *read_back, const char *what)
{
	if (strcmp(text(read_back, "found"), "cannot") == 0)
		printf(_("%-16s   %s cannot be read back: foreign content there would not be found\n"), "",
			what);
	if (number(read_back, "intrusions") > 0)
		printf(_("%-16s   %s showed foreign content %lld times, %lld s ago the last: %s\n"), "", what,
			number(read_back, "intrusions"), number(read_back, "seconds_ago"),
			text(read_back, "foreign"));
}

static void print_display(const json_t *display, int width, int health_width)
{
	const json_t *frames = json_object_get(display, "frames"),
		     *playing = json_object_get(display, "playing");
	const char *health = _(text(display, "health"));
	printf("%-*s %-8s %s%*s ", width, text(display, "name"), text(display, "driver"), health,
		words_room(health, health_width), "");
	printf(_("%8lld shown %5lld late %3lld reconnects  "), number(frames, "shown"),
		number(display, "late"), number(display, "reconnects"));
	if (*text(playing, "message"))
		printf(_("%s until %.8s\n"), text(playing, "message"),
			*text(playing, "until") ? text(playing, "until") + 11 : "");
	else
		printf("%s\n", _(text(playing, "source")));
	if (*text(display, "device"))
		printf("%-16s   %s\n", "", text(display, "device"));
	print_read_back(json_object_get(display, "read_back"), text(display, "driver"));
	const json_t *control = json_object_get(display, "control");
	if (control)
		print_read_back(json_object_get(control, "read_back"), text(control, "driver"));
	if (control)
		printf(_("%-16s   control %s is %s%s%s%s%s\n"), "", text(control, "driver"),
			_(text(control, "health")), *text(control, "why") ? ": " : "", text(control, "why"),
			*text(control, "device") ? "; " : "", text(control, "device"));
	if (*text(display, "why"))
		printf("%-16s   %s\n", "", text(display, "why"));
}

/* As wide as the longest name. */
static int name_width(const json_t *displays)
{
	size_t i, width = 16;
	json_t *item;
	json_array_foreach(displays, i, item)
	{
		size_t length = strlen(text(item, "name"));
		width = length > width ? length : width;
	}
	return (int)width;
}

/* As wide as the longest health in the language of who asks. */
static int health_columns(const json_t *displays)
{
	enum { COLUMNS_MOST = 80 };
	int width = 8;
	size_t i;
	json_t *item;
	json_array_foreach(displays, i, item)
	{
		int columns = COLUMNS_MOST - words_room(_(text(item, "health")), COLUMNS_MOST);
		width = columns > width ? columns : width;
	}
	return width;
}

static void print_displays(const json_t *displays)
{
	int width = name_width(displays), health_width = health_columns(displays);
	size_t i;
	json_t *item;
	json_array_foreach(displays, i, item) print_display(item, width, health_width);
}

static void print_status(const json_t *status)
{
	const json_t *clock = json_object_get(status, "clock"),
		     *generation = json_object_get(status, "generation");
	printf(_("%s, bangtind %s, since %.19s\n"), text(status, "site"), text(status, "version"),
		text(status, "started"));
	if (json_is_true(json_object_get(clock, "trusted")))
		printf(*text(clock, "source") == 'i' ? _("clock %.19s (injected by --clock)\n")
						     : _("clock %.19s\n"),
			text(clock, "time"));
	else
		printf(_("clock NOT TRUSTED: %s\n"), text(clock, "why"));
	if (json_is_object(generation))
		printf(_("generation %lld, loaded %.19s by %s\n"), number(generation, "number"),
			text(generation, "time"), text(generation, "user"));
	else
		puts(_("nothing is loaded: the default messages show; `bangtin load PATH`"));
	if (*text(status, "fault"))
		printf(_("FAULT %s\n"), text(status, "fault"));
	print_displays(json_object_get(status, "displays"));
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(status, "overrides"), i, item)
	{
		const char *kind = _(text(item, "kind")), *id = text(item, "id"),
			   *until = text(item, "until");
		if (*until)
			printf(_("%s %s until %.19s"), kind, id, until);
		else
			printf(_("%s %s until further notice"), kind, id);
		printf("%s%s\n", *text(item, "text") ? " " : "", text(item, "text"));
	}
}

static void print_alarms(const json_t *status)
{
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(status, "alarms"), i, item)
	{
		if (*text(item, "display"))
			printf(_("ALARM %s of %s since %.19s: %s\n"), text(item, "alarm"),
				text(item, "display"), text(item, "since"), text(item, "text"));
		else
			printf(_("ALARM %s since %.19s: %s\n"), text(item, "alarm"), text(item, "since"),
				text(item, "text"));
	}
}

static void print_all(const json_t *status)
{
	print_status(status);
	print_alarms(status);
}

/* An alarm, or a display that does not show what it should, makes the exit status 1, so that a script can watch. */
static int verdict(const json_t *status)
{
	size_t i;
	json_t *display;
	if (json_array_size(json_object_get(status, "alarms")) > 0)
		return EXIT_INPUT;
	json_array_foreach(json_object_get(status, "displays"), i, display)
	{
		const char *health = text(display, "health");
		if (strcmp(health, "down") == 0 || strcmp(health, "fault") == 0)
			return EXIT_INPUT;
	}
	return EXIT_DONE;
}

static int once(const struct common *common, int *ret_verdict)
{
	json_t *reply;
	int code = cli_call(common, json_pack("{s:s}", "command", "status"), &reply);
	if (code != EXIT_DONE)
		return code;
	if (common->json)
		cli_print_json(reply);
	else
		print_all(reply);
	*ret_verdict = verdict(reply);
	json_decref(reply);
	return EXIT_DONE;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	bool watch = false, strict = false;
	const struct flag flags[] = {
		{"watch", 'w', FLAG_SET, &watch}, {"strict", 0, FLAG_SET, &strict}, {NULL, 0, 0, NULL}};
	int operands, found = EXIT_DONE, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 0)
		return cli_usage(command, "takes no argument");
	do {
		if (watch && !common.json)
			fputs("\033[H\033[J", stdout);
		code = once(&common, &found);
		fflush(stdout);
		if (watch && code == EXIT_DONE)
			sleep(1);
	} while (watch && code == EXIT_DONE && !ferror(stdout));
	return code == EXIT_DONE && strict ? found : code;
}

const struct command command_status = {
	.name = "status",
	.arguments = "[--json] [--watch] [--strict]",
	.summary = N_("Says how the daemon, its clock and every display are"),
	.help = N_("  -w, --watch               again each second\n"
		   "      --strict              exit status 1 if a display is down or there is an alarm\n"),
	.run = run,
};
