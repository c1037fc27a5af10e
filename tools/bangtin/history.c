#include <stdio.h>
#include <stdlib.h>

#include "base/words.h"
#include "cli.h"
#include "store/store.h"

static void print_row(const json_t *generation)
{
	const char *time = json_string_value(json_object_get(generation, "time"));
	const char *user = json_string_value(json_object_get(generation, "user"));
	const char *digest = json_string_value(json_object_get(generation, "digest"));
	printf(_("%c %4lld  %-19.19s  %-12s %3lld files  %.16s\n"),
		json_is_true(json_object_get(generation, "current")) ? '*' : ' ',
		(long long)json_integer_value(json_object_get(generation, "number")), time ? time : "",
		user ? user : "", (long long)json_integer_value(json_object_get(generation, "files")),
		digest ? digest : "");
}

static int run_history(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const struct flag flags[] = {{NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands > 0)
		return cli_usage(command, "takes no argument");
	json_t *reply;
	code = cli_call(&common, json_pack("{s:s}", "command", "history"), &reply);
	if (code != EXIT_DONE)
		return code;
	const json_t *list = json_object_get(reply, "generations");
	if (common.json)
		cli_print_json(list);
	else if (json_array_size(list) == 0)
		puts(_("nothing was ever loaded"));
	for (size_t i = 0; !common.json && i < json_array_size(list); i++)
		print_row(json_array_get(list, i));
	json_decref(reply);
	return EXIT_DONE;
}

static int run_rollback(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const struct flag flags[] = {{NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	char *end = NULL;
	long number = operands ? strtol(argv[0], &end, 10) : 0;
	if (operands > 1 || (operands && (*end || number < 1 || number > 999999)))
		return cli_usage(command, "GENERATION is a number of `bangtin history`");
	json_t *reply;
	code = cli_call(&common,
		json_pack("{s:s, s:I}", "command", "rollback", "generation", (json_int_t)number), &reply);
	if (code != EXIT_DONE)
		return code;
	if (common.json)
		cli_print_json(reply);
	else
		printf(_("generation %lld plays\n"),
			(long long)json_integer_value(
				json_object_get(json_object_get(reply, "generation"), "number")));
	json_decref(reply);
	return EXIT_DONE;
}

const struct command command_history = {
	.name = "history",
	.arguments = "[--json]",
	.summary = N_("Lists the generations that were loaded, when and by whom"),
	.help = "",
	.run = run_history,
};

const struct command command_rollback = {
	.name = "rollback",
	.arguments = "[GENERATION]",
	.summary = N_("Plays an older generation again: the one before, or the one named"),
	.help = "",
	.run = run_rollback,
};
