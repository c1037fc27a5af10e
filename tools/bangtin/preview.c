/* Exactly what a display shows at an instant: the same function paints it that paints for the daemon. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "cli.h"
#include "frame/rate.h"
#include "leds.h"
#include "output/output.h"

#define FRAMES_MOST 100000

struct preview {
	struct context *context;
	bool panel_stage, leds;
	const char *out;
};

static int permille_at(const struct context *context, const struct display *display, int64_t at)
{
	struct civil civil;
	zone_civil(context->site->zone, at, &civil);
	return display_brightness(display, civil.hour * 3600 + civil.minute * 60 + civil.second);
}

static struct frame *paint(const struct preview *preview, int64_t at)
{
	struct context *context = preview->context;
	const struct display *display = show_view(context->show)->display;
	struct frame *frame = frame_create(display->width, display->height);
	struct region damage;
	struct show_state state;
	region_clear(&damage);
	show_prepare(context->show, at, at + 1);
	show_compose(context->show, (struct instant){TIME_ALWAYS, true}, (struct instant){at, true}, frame,
		&damage, &state);
	if (!preview->panel_stage && !preview->leds)
		return frame;
	struct frame *levels = frame_create(display->width, display->height);
	output_levels(display, frame, permille_at(context, display, at), levels);
	frame_unref(frame);
	if (!preview->leds)
		return levels;
	struct frame *drawn = leds_draw(levels);
	frame_unref(levels);
	return drawn;
}

static int write_picture(const struct preview *preview, int64_t at, const char *path)
{
	struct frame *frame = paint(preview, at);
	if (!frame)
		return cli_fail(EXIT_INPUT, "the drawing would be larger than %d pixels; leave out --panel",
			FRAME_SIDE_MOST);
	int error = frame_write_png(frame, path);
	frame_unref(frame);
	return error < 0 ? cli_fail(EXIT_REACH, "%s: %s", path, strerror(-error)) : EXIT_DONE;
}

/* OUT with exactly one %d or %0Nd replaced by number; NULL if it has none. */
static char *numbered(const char *out, int number)
{
	const char *percent = strchr(out, '%');
	int width = 0, length = 0;
	if (!percent ||
		(sscanf(percent, "%%0%2dd%n", &width, &length) != 1 && strncmp(percent, "%d", 2) != 0))
		return NULL;
	if (length == 0)
		length = 2;
	if (width > 20 || strchr(percent + length, '%'))
		return NULL;
	return xasprintf("%.*s%0*d%s", (int)(percent - out), out, width, number, percent + length);
}

static int write_sequence(const struct preview *preview, int64_t from, int64_t until, int32_t rate)
{
	int64_t first = frame_index(rate, from), number = 0;
	if (frame_instant(rate, first) < from)
		first++;
	for (int64_t n = first; frame_instant(rate, n) < until; n++, number++) {
		if (number == FRAMES_MOST)
			return cli_fail(EXIT_USAGE, "more than %d frames; a shorter span or a lower --fps",
				FRAMES_MOST);
		char *path = numbered(preview->out, (int)number);
		int code = write_picture(preview, frame_instant(rate, n), path);
		free(path);
		if (code != EXIT_DONE)
			return code;
	}
	printf("%lld frames\n", (long long)number);
	return EXIT_DONE;
}

static bool ends_in(const char *text, const char *end)
{
	size_t length = strlen(text), n = strlen(end);
	return length >= n && strcmp(text + length - n, end) == 0;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *display = NULL, *at_text = NULL, *until_text = NULL, *fps = NULL, *stage = "frame",
		   *out = NULL;
	bool leds = false;
	const struct flag flags[] = {{"display", 'd', FLAG_VALUE, &display}, {"at", 0, FLAG_VALUE, &at_text},
		{"until", 0, FLAG_VALUE, &until_text}, {"fps", 0, FLAG_VALUE, &fps},
		{"stage", 0, FLAG_VALUE, &stage}, {"panel", 0, FLAG_SET, &leds},
		{"output", 'o', FLAG_VALUE, &out}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	bool panel_stage = strcmp(stage, "panel") == 0;
	if (!panel_stage && strcmp(stage, "frame") != 0)
		return cli_usage(command, "--stage wants frame or panel");
	if (!out || !ends_in(out, ".png"))
		return cli_usage(command, "-o OUT.png is missing");
	char *sample = until_text ? numbered(out, 0) : NULL;
	if (until_text && !sample)
		return cli_usage(command, "a sequence wants a number in its name: -o OUT-%%05d.png");
	free(sample);
	double frames = fps ? strtod(fps, NULL) : 0;
	if (fps && !(frames >= 0.1 && frames <= 240))
		return cli_usage(command, "--fps wants 0.1 to 240");
	struct context context;
	struct preview preview = {&context, panel_stage, leds, out};
	int64_t at = 0, until = 0;
	code = context_open(&common, operands ? argv[0] : NULL, &context);
	if (code == EXIT_DONE)
		code = context_show(&context, display);
	if (code == EXIT_DONE)
		code = context_time(&context, "at", at_text, context.now, &at);
	if (code == EXIT_DONE)
		code = context_time(&context, "until", until_text, at, &until);
	if (code == EXIT_DONE) {
		int32_t rate = show_view(context.show)->display->rate;
		if (until_text)
			code = write_sequence(&preview, at, until, fps ? (int32_t)(frames * 1000) : rate);
		else
			code = write_picture(&preview, frame_instant(rate, frame_index(rate, at)), out);
	}
	context_finish(&context);
	return code;
}

const struct command command_preview = {
	.name = "preview",
	.arguments = "[-c FILE] -d DISPLAY [--at T] -o OUT.png [PATH]",
	.summary = "Draws exactly what a display shows at an instant, or over a span",
	.help = "With PATH (and -c): as if it were loaded now.\n\n"
		"  -d, --display NAME\n"
		"      --at T                now, if not told\n"
		"      --until T [--fps N]   every frame of [at, until): -o OUT-%05d.png\n"
		"      --stage frame|panel   what is composed, or what the LEDs do after gamma and "
		"brightness\n"
		"      --panel               draws the LEDs\n"
		"  -o, --output OUT.png\n",
	.run = run,
};
