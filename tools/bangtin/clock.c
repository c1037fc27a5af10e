/* What the daemon thinks of its clock; and an operator's word for it. */
#include <stdio.h>

#include "base/words.h"
#include "cli.h"

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));
	return value ? value : "";
}

static void print_clock(const json_t *clock)
{
	if (json_is_true(json_object_get(clock, "trusted")))
		printf(_("%.19s: believed\n"), text(clock, "time"));
	else
		printf(_("NOT BELIEVED: %s\n"), text(clock, "why"));
	if (*text(clock, "last_known"))
		printf(_("last time known: %.19s\n"), text(clock, "last_known"));
	puts(json_is_true(json_object_get(clock, "synchronised")) ? _("kept by NTP") : _("not kept by NTP"));
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	bool believe = false;
	const struct flag flags[] = {{"believe", 0, FLAG_SET, &believe}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 0)
		return cli_usage(command, "takes no argument");
	json_t *reply;
	code = cli_call(&common, json_pack("{s:s}", "command", believe ? "believe-clock" : "status"), &reply);
	if (code != EXIT_DONE)
		return code;
	if (common.json)
		cli_print_json(json_object_get(reply, "clock"));
	else
		print_clock(json_object_get(reply, "clock"));
	json_decref(reply);
	return EXIT_DONE;
}

const struct command command_clock = {
	.name = "clock",
	.arguments = "[--believe]",
	.summary = N_("Says whether the daemon believes its clock"),
	.help = N_("      --believe             it is right, whatever was believed before\n"),
	.run = run,
};
