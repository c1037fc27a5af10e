/* announce, clear, blank, unblank: what an operator lays over the schedule. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/words.h"
#include "cli.h"

static void print_overrides(const json_t *reply)
{
	size_t i, k;
	json_t *item, *name;
	json_array_foreach(json_object_get(reply, "overrides"), i, item)
	{
		const char *until = json_string_value(json_object_get(item, "until"));
		const char *text = json_string_value(json_object_get(item, "text"));
		const char *kind = _(json_string_value(json_object_get(item, "kind")));
		const char *id = json_string_value(json_object_get(item, "id"));
		if (until)
			printf(_("%s  %s until %.19s on"), id, kind, until);
		else
			printf(_("%s  %s until further notice on"), id, kind);
		json_array_foreach(json_object_get(item, "on"), k, name)
			printf(" %s", json_string_value(name));
		printf("%s%s\n", text ? ": " : "", text ? text : "");
	}
}

static int send_edit(const struct common *common, json_t *request, const char *nothing)
{
	json_t *reply;
	int code = cli_call(common, request, &reply);
	if (code != EXIT_DONE)
		return code;
	bool changed = json_integer_value(json_object_get(reply, "changed")) > 0;
	if (common->json)
		cli_print_json(reply);
	else if (!changed)
		puts(nothing);
	else
		print_overrides(reply);
	json_decref(reply);
	return EXIT_DONE;
}

static int run_announce(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	struct many on = {0};
	bool all = false;
	const char *duration_text = NULL, *template = NULL;
	const struct flag flags[] = {{"template", 't', FLAG_VALUE, &template}, {"on", 0, FLAG_MANY, &on},
		{"display", 'd', FLAG_MANY, &on}, {"all", 0, FLAG_SET, &all},
		{"for", 0, FLAG_VALUE, &duration_text}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	int64_t duration;
	if (operands != !template)
		return cli_usage(command, "one TEXT, in quotes, or --template NAME");
	if (!duration_text || time_parse_duration(duration_text, &duration) < 0)
		return cli_usage(command, "for how long? --for 10m");
	if (all == (on.count > 0))
		return cli_usage(command, "where? --on TAG or --all");
	return send_edit(&common,
		json_pack("{s:s, s:s, s:o, s:I}", "command", "announce", template ? "template" : "text",
			template ? template : argv[0], "on", cli_strings(&on), "for_ms",
			(json_int_t)(duration / NS_PER_MS)),
		"");
}

static int run_blank(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	struct many on = {0};
	const struct flag flags[] = {
		{"display", 'd', FLAG_MANY, &on}, {"on", 0, FLAG_MANY, &on}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 0)
		return cli_usage(command, "a display is named by -d");
	return send_edit(&common, json_pack("{s:s, s:o}", "command", "blank", "on", cli_strings(&on)), "");
}

static int run_remove(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *display = NULL;
	const struct flag flags[] = {{"display", 'd', FLAG_VALUE, &display}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 1)
		return cli_usage(command, "one ID at most");
	return send_edit(&common,
		json_pack("{s:s, s:s?, s:s?}", "command", command->name, "display", display, "id",
			operands ? argv[0] : NULL),
		_("nothing to take back"));
}

const struct command command_announce = {
	.name = "announce",
	.arguments = "(TEXT | --template NAME) (--on NAME-OR-TAG... | --all) --for DURATION",
	.summary = N_("Shows a text at once, over the schedule, for a while"),
	.help = N_(
		"      --on NAME-OR-TAG      where; may be repeated\n"
		"      --all                 on every display\n"
		"      --for DURATION        30s, 10m, 2h; at most 24h\n"
		"  -t, --template NAME       words approved beforehand (`bangtin status` lists them); at "
		"most 60m.\n"
		"                            A site that takes signed words only announces nothing else\n"),
	.run = run_announce,
};

const struct command command_clear = {
	.name = "clear",
	.arguments = "[ID] [-d DISPLAY]",
	.summary = N_("Takes announcements back"),
	.help = N_(
		"All of them, or the one with that ID, or those on that display.\n\n  -d, --display NAME\n"),
	.run = run_remove,
};

const struct command command_blank = {
	.name = "blank",
	.arguments = "[-d DISPLAY...]",
	.summary = N_("Makes displays black at once, until unblank"),
	.help = N_("  -d, --display NAME-OR-TAG  all of them, if not told; may be repeated\n"),
	.run = run_blank,
};

const struct command command_unblank = {
	.name = "unblank",
	.arguments = "[ID] [-d DISPLAY]",
	.summary = N_("Takes blank back"),
	.help = N_("  -d, --display NAME         all of them, if not told\n"),
	.run = run_remove,
};
