/* Exactly what a display shows at an instant: the same function paints it that paints for the daemon. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "draft.h"
#include "film.h"
#include "frame/rate.h"
#include "painter.h"
#include "progress.h"
#include "sheet.h"

#define FRAMES_MOST 100000

struct preview { /* the command line */
	const char *display, *at, *from, *until, *fps, *stage, *out;
	bool leds, sheet, untrusted;
	int32_t rate; /* --fps in millihertz; 0: the display's */
	const struct film_format *film;
};

struct span { /* frames [first, first + count) at the rate */
	int32_t rate;
	int64_t first, count;
};

/* --- one picture, or numbered ones */

static int write_png(const struct frame *frame, const char *path)
{
	struct draft draft;
	int code = draft_begin(&draft, path);
	int error = code == EXIT_DONE ? frame_write_png(frame, draft.temporary) : 0;
	if (error < 0)
		code = cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	return draft_end(&draft, code);
}

static int write_still(struct painter *painter, int64_t at, const char *path)
{
	const struct frame *frame;
	painter_forget(painter);
	int code = painter_paint(painter, at, &frame);
	return code == EXIT_DONE ? write_png(frame, path) : code;
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

static int write_numbered(struct painter *painter, const struct span *span, const char *out)
{
	struct progress progress;
	int code = EXIT_DONE;
	progress_begin(&progress, N_("frames"), span->count);
	for (int64_t i = 0; i < span->count && code == EXIT_DONE && !signals_came(); i++) {
		char *path = numbered(out, (int)i);
		code = write_still(painter, frame_instant(span->rate, span->first + i), path);
		free(path);
		progress_set(&progress, i + 1);
	}
	progress_end(&progress);
	return code;
}

/* --- moving ones */

static int add_frames(
	struct painter *painter, const struct span *span, const struct film_format *format, void *film)
{
	struct progress progress;
	const struct frame *frame;
	int code = EXIT_DONE;
	progress_begin(&progress, N_("frames"), span->count);
	for (int64_t i = 0; i < span->count && code == EXIT_DONE && !signals_came(); i++) {
		code = painter_paint(painter, frame_instant(span->rate, span->first + i), &frame);
		if (code == EXIT_DONE)
			code = format->add(film, frame);
		progress_set(&progress, i + 1);
	}
	progress_end(&progress);
	return code;
}

static int write_film(
	struct painter *painter, const struct span *span, const struct film_format *format, const char *out)
{
	struct draft draft;
	const struct frame *frame;
	void *film;
	/* the first picture says how large they are */
	int code = painter_paint(painter, frame_instant(span->rate, span->first), &frame);
	if (code != EXIT_DONE)
		return code;
	painter_forget(painter);
	code = draft_begin(&draft, out);
	if (code == EXIT_DONE)
		code = format->open(draft.temporary, frame->width, frame->height, span->rate, &film);
	if (code == EXIT_DONE) {
		code = add_frames(painter, span, format, film);
		int closed = format->close(film, code == EXIT_DONE && !signals_came());
		code = code == EXIT_DONE ? closed : code;
	}
	return draft_end(&draft, code);
}

/* --- the command line */

static bool ends_in(const char *text, const char *end)
{
	size_t length = strlen(text), n = strlen(end);
	return length >= n && strcmp(text + length - n, end) == 0;
}

static int check_output(const struct command *command, struct preview *p)
{
	if (!p->out)
		return cli_usage(command, "-o OUT.png, OUT.gif or OUT.mp4 is missing");
	p->film = ends_in(p->out, film_gif.ending)   ? &film_gif
		  : ends_in(p->out, film_mp4.ending) ? &film_mp4
						     : NULL;
	if (!p->film && !ends_in(p->out, ".png"))
		return cli_usage(
			command, "-o wants a name that ends in .png, .gif or .mp4, not `%s`", p->out);
	if (p->sheet && p->film)
		return cli_usage(command, "--sheet is one picture: -o OUT.png");
	if (p->film && !p->until)
		return cli_usage(command, "how long? --until T");
	char *sample = p->until && !p->film && !p->sheet ? numbered(p->out, 0)
		       : p->until			 ? xstrdup("")
							 : NULL;
	if (p->until && !sample)
		return cli_usage(command, "a sequence wants a number in its name: -o OUT-%%05d.png");
	free(sample);
	return EXIT_DONE;
}

static int check_rate(const struct command *command, struct preview *p)
{
	if (!p->fps)
		return EXIT_DONE;
	char *end;
	double fps = strtod(p->fps, &end);
	double most = p->film ? p->film->rate_most / 1000.0 : 240;
	if (*end || !(fps >= 0.1 && fps <= most))
		return cli_usage(command, "--fps wants 0.1 to %g%s", most,
			p->film == &film_gif ? _(": players show a faster GIF wrongly") : "");
	p->rate = (int32_t)(fps * 1000);
	return EXIT_DONE;
}

static int parse(const struct command *command, int argc, char **argv, struct preview *p,
	struct common *common, const char **ret_path)
{
	const struct flag flags[] = {{"display", 'd', FLAG_VALUE, &p->display}, {"at", 0, FLAG_VALUE, &p->at},
		{"from", 0, FLAG_VALUE, &p->from}, {"until", 0, FLAG_VALUE, &p->until},
		{"fps", 0, FLAG_VALUE, &p->fps}, {"stage", 0, FLAG_VALUE, &p->stage},
		{"panel", 0, FLAG_SET, &p->leds}, {"sheet", 0, FLAG_SET, &p->sheet},
		{"untrusted", 0, FLAG_SET, &p->untrusted}, {"output", 'o', FLAG_VALUE, &p->out},
		{NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, common, &operands);
	if (code != EXIT_DONE)
		return code;
	if (operands > 1)
		return cli_usage(command, "one PATH at most");
	*ret_path = operands ? argv[0] : NULL;
	if (strcmp(p->stage, "panel") != 0 && strcmp(p->stage, "frame") != 0)
		return cli_usage(command, "--stage wants frame or panel");
	if (p->at && p->from)
		return cli_usage(command, "--at and --from are the same; give one");
	code = check_output(command, p);
	return code == EXIT_DONE ? check_rate(command, p) : code;
}

/* The display's own rate, halved until the format can show it: each picture is then one that the display shows. */
static int32_t own_rate(const struct preview *p, int32_t rate)
{
	while (p->film && rate > p->film->rate_most)
		rate /= 2;
	return rate;
}

static int write_span(struct painter *painter, const struct preview *p, int64_t at, int64_t until)
{
	struct span span = {.rate = p->rate};
	if (!span.rate)
		span.rate = own_rate(p, show_view(painter->context->show)->display->rate);
	span.first = frame_index(span.rate, at);
	if (frame_instant(span.rate, span.first) < at)
		span.first++;
	int64_t end = frame_index(span.rate, until - 1) + 1;
	span.count = end - span.first;
	if (span.count < 1)
		return cli_fail(EXIT_USAGE, "--until must come after --from, by a frame at least");
	if (span.count > FRAMES_MOST)
		return cli_fail(
			EXIT_USAGE, "more than %d frames; a shorter span or a lower --fps", FRAMES_MOST);
	int code = p->film ? write_film(painter, &span, p->film, p->out)
			   : write_numbered(painter, &span, p->out);
	if (code == EXIT_DONE && !signals_came())
		printf(words_n("%lld frame\n", "%lld frames\n", (unsigned long)span.count),
			(long long)span.count);
	return code;
}

static int write_sheet(struct painter *painter, const struct preview *p, int64_t at, int64_t until)
{
	const struct site *site = painter->context->site;
	int64_t start, end;
	sched_day_bounds(site, sched_programme_day(site, at), &start, &end);
	if (!p->from)
		at = start;
	if (!p->until)
		until = end;
	if (until <= at || until - at > 26 * NS_PER_HOUR)
		return cli_fail(EXIT_USAGE, "a sheet is of a day at most: --until must come after --from");
	return sheet_write(painter, at, until, p->out);
}

static int write_all(struct context *context, const struct preview *p)
{
	int64_t at = 0, until = 0;
	int code =
		context_time(context, p->from ? "from" : "at", p->from ? p->from : p->at, context->now, &at);
	if (code == EXIT_DONE)
		code = context_time(context, "until", p->until, at, &until);
	if (code != EXIT_DONE)
		return code;
	struct painter painter;
	painter_init(&painter, context, strcmp(p->stage, "panel") == 0, p->leds);
	painter.untrusted = p->untrusted || (context->untrusted && !p->at && !p->from);
	int32_t rate = show_view(context->show)->display->rate;
	if (p->sheet)
		code = write_sheet(&painter, p, at, until);
	else if (p->until)
		code = write_span(&painter, p, at, until);
	else
		code = write_still(&painter, frame_instant(rate, frame_index(rate, at)), p->out);
	painter_finish(&painter);
	return code;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	struct preview preview = {.stage = "frame"};
	const char *path = NULL;
	int code = parse(command, argc, argv, &preview, &common, &path);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	struct context context;
	code = context_open(&common, path, &context);
	if (code == EXIT_DONE)
		code = context_show(&context, preview.display);
	signals_catch();
	if (code == EXIT_DONE)
		code = write_all(&context, &preview);
	context_finish(&context);
	signals_obey();
	return code;
}

const struct command command_preview = {
	.name = "preview",
	.arguments = "[-c FILE] -d DISPLAY [--at T] -o OUT.png|.gif|.mp4 [PATH]",
	.summary = N_("Draws exactly what a display shows at an instant, over a span, or in a day"),
	.help = N_(
		"With PATH (and -c): as if it were loaded now.\n\n"
		"  -d, --display NAME\n"
		"      --at T                now, if not told\n"
		"      --from T --until T    every frame of [from, until): -o OUT-%05d.png, OUT.gif or "
		"OUT.mp4\n"
		"      --fps N               the display's own rate, if not told\n"
		"      --sheet               one picture of all that shows in the day, or in [from, until)\n"
		"      --stage frame|panel   what is composed, or what the LEDs do after gamma and "
		"brightness\n"
		"      --panel               draws the LEDs\n"
		"      --untrusted           as while the daemon's clock is not believed\n"
		"  -o, --output OUT          MP4 needs the program ffmpeg\n"),
	.run = run,
};
