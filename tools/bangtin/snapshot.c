#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/words.h"
#include "cli.h"

static int write_png(const json_t *reply, const char *out)
{
	const char *text = json_string_value(json_object_get(reply, "png"));
	size_t size;
	char *png = text ? base64_decode(text, &size) : NULL;
	if (!png)
		return cli_fail(EXIT_REACH, "the daemon's answer has no picture");
	int error = file_write_atomic(out, png, size, 0644);
	free(png);
	return error < 0 ? cli_fail(EXIT_INPUT, "%s: %s", out, words_error(error)) : EXIT_DONE;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *display = NULL, *out = NULL;
	const struct flag flags[] = {{"display", 'd', FLAG_VALUE, &display},
		{"output", 'o', FLAG_VALUE, &out}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (!display || !out || operands > 0)
		return cli_usage(command, "-d DISPLAY and -o OUT.png");
	json_t *reply;
	code = cli_call(&common, json_pack("{s:s, s:s}", "command", "snapshot", "display", display), &reply);
	if (code != EXIT_DONE)
		return code;
	code = write_png(reply, out);
	if (code == EXIT_DONE && common.json)
		printf("{\"instant_ns\": %lld}\n",
			(long long)json_integer_value(json_object_get(reply, "instant")));
	json_decref(reply);
	return code;
}

const struct command command_snapshot = {
	.name = "snapshot",
	.arguments = "-d DISPLAY -o OUT.png",
	.summary = N_("Fetches the picture that a display shows now"),
	.help = "  -d, --display NAME\n  -o, --output OUT.png\n",
	.run = run,
};
