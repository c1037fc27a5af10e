/* A pattern on a device that this program opens itself: the same output room, panel pipeline and driver as the
 * daemon's, so what is wrong here is wrong there. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/words.h"
#include "explain.h"
#include "frame/pattern.h"
#include "frame/rate.h"
#include "output/output.h"
#include "render/render.h"
#include "show.h"

#define OPEN_WITHIN  (15 * NS_PER_SEC) /* a controller that its opening resets takes some seconds */
#define LEAVE_WITHIN (5 * NS_PER_SEC)

struct direct {
	const struct arguments *arguments;
	const struct display *display;
	struct loop *loop;
	struct output *output;
	struct loop_timer *frames, *seconds;
	int32_t rate;
	struct pattern_settings settings;
	int64_t start, wall; /* the instant of frame 0, monotonic and on the wall */
	uint64_t painted;    /* digest of what the canvas shows; 0: nothing yet */
	enum health health;  /* as reported last */
	bool was_up;
	uint64_t shown_before; /* at the last look of `seconds` */
	int status;
};

const char *serial_port_of(const struct display *display)
{
	const char *port = NULL;

	for (size_t i = 0; i < display->option_count; i++) {
		if (strcmp(display->options[i].key, "host") == 0)
			return NULL;
		if (strcmp(display->options[i].key, "port") == 0 ||
			strcmp(display->options[i].key, "device") == 0)
			port = display->options[i].value;
	}
	return port;
}

/* --- what is told */

static void on_handed(
	void *data, const struct display *display, uint64_t sequence, int64_t instant, uint64_t digest)
{
	struct direct *d = data;

	(void)display;
	if (!d->arguments->json)
		return;
	printf("{\"sequence\": %" PRIu64 ", \"elapsed\": %" PRId64 ", \"digest\": \"%016" PRIx64 "\"}\n",
		sequence, instant - d->wall, digest);
	fflush(stdout);
}

static void tell_progress(struct direct *d, const struct output_status *status, int64_t elapsed)
{
	if (!isatty(STDERR_FILENO))
		return;
	fputc('\r', stderr);
	fprintf(stderr, _("%s on %s: %s, %" PRIu64 " frames/s, %" PRId64 " s"), d->arguments->word,
		d->display->driver, _(health_name(status->health)), status->shown - d->shown_before,
		elapsed / NS_PER_SEC);
	if (d->arguments->duration)
		fprintf(stderr, _(" of %" PRId64), d->arguments->duration / NS_PER_SEC);
	fputs("\033[K", stderr);
	d->shown_before = status->shown;
}

static void tell_health(struct direct *d, const struct output_status *status)
{
	if (status->health == d->health)
		return;
	d->health = status->health;
	if (d->arguments->json) {
		printf("{\"event\": \"%s\"}\n", health_name(status->health));
		fflush(stdout);
	}
	if (status->health != HEALTH_DOWN && status->health != HEALTH_FAULT)
		return;
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
	explain(d->display->driver, serial_port_of(d->display), status->error, status->why);
}

/* --- time */

static void finish(struct direct *d, int status)
{
	d->status = status;
	loop_stop(d->loop);
}

/* Whoever asks for a test stands before the board: what cannot be opened at first is not waited for. */
static void watch_health(struct direct *d, int64_t elapsed)
{
	struct output_status status;

	output_status(d->output, &status);
	bool up = status.health == HEALTH_UP || status.health == HEALTH_LATE;
	d->was_up |= up;
	tell_health(d, &status);
	bool broken = status.health == HEALTH_DOWN || status.health == HEALTH_FAULT;
	if (!d->was_up && (broken || elapsed > OPEN_WITHIN)) {
		if (!broken)
			fail(EXIT_REACH, "the device does not answer");
		finish(d, EXIT_REACH);
	} else if (d->arguments->duration && elapsed >= d->arguments->duration) {
		finish(d, up ? EXIT_DONE : EXIT_REACH);
	}
}

static void paint(struct direct *d, const char *pattern, int64_t elapsed)
{
	struct frame *canvas = output_canvas(d->output);
	struct region damage;

	pattern_paint(pattern, &d->settings, elapsed, canvas);
	uint64_t painted = frame_digest(canvas);
	if (painted == d->painted)
		return;
	d->painted = painted;
	region_clear(&damage);
	region_add(&damage, (struct rect){0, 0, canvas->width, canvas->height});
	output_push(d->output, d->wall + elapsed, &damage);
}

static void on_frame(void *data)
{
	struct direct *d = data;
	int64_t index = frame_index(d->rate, clock_monotonic() - d->start);
	int64_t elapsed = frame_instant(d->rate, index);

	paint(d, d->arguments->word, elapsed);
	watch_health(d, elapsed);
	loop_timer_set(d->frames, d->start + frame_instant(d->rate, index + 1));
}

static void on_second(void *data)
{
	struct direct *d = data;
	struct output_status status;

	output_status(d->output, &status);
	tell_progress(d, &status, clock_monotonic() - d->start);
	loop_timer_set(d->seconds, clock_monotonic() + NS_PER_SEC);
}

static void on_signal(void *data, int signal)
{
	struct direct *d = data;

	(void)signal;
	finish(d, EXIT_DONE);
}

/* --- from open to close */

static void print_diags(const struct diag_list *diags)
{
	for (size_t i = 0; i < diags->count; i++)
		fail(0, "%s", diags->items[i].message);
}

/* A board keeps its last picture: white until somebody notices is not what a test should leave. */
static void leave(struct direct *d)
{
	struct output_status status;

	loop_timer_destroy(d->frames);
	loop_timer_destroy(d->seconds);
	d->frames = d->seconds = NULL;
	output_status(d->output, &status);
	if (status.health != HEALTH_UP && status.health != HEALTH_LATE)
		return;
	if (!d->arguments->keep)
		paint(d, "black", clock_monotonic() - d->start);
	if (!output_drain(d->output, LEAVE_WITHIN))
		fail(0, "the last picture may not have reached the board");
}

static int run(struct direct *d)
{
	struct diag_list diags;

	diag_init(&diags);
	int error = output_create(d->loop, d->display, &diags, &d->output);
	bool wrong = diags.errors > 0;
	print_diags(&diags);
	diag_finish(&diags);
	if (error < 0)
		return wrong ? EXIT_INPUT : fail(EXIT_REACH, "%s", words_error(error));
	output_on_handed(d->output, on_handed, d);
	d->frames = loop_timer_create(d->loop, on_frame, d);
	d->seconds = loop_timer_create(d->loop, on_second, d);
	d->start = clock_monotonic();
	struct clock clock;
	clock_init(&clock, TIME_ALWAYS);
	d->wall = clock_now(&clock).time;
	if (d->frames && d->seconds) {
		loop_timer_set(d->frames, d->start);
		loop_timer_set(d->seconds, d->start + NS_PER_SEC);
		loop_run(d->loop);
		leave(d);
	} else {
		d->status = fail(EXIT_REACH, "no timers");
	}
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
	loop_timer_destroy(d->frames);
	loop_timer_destroy(d->seconds);
	output_destroy(d->output);
	return d->status;
}

struct frame *paint_letters(const struct display *display)
{
	struct frame *letters = NULL;
	struct fonts *fonts;
	struct face face;

	if (fonts_create(NULL, &fonts) < 0)
		return NULL;
	face_of_display(display, &face);
	letters = letters_paint(fonts, &face);
	fonts_destroy(fonts);
	return letters;
}

int show_here(const struct arguments *arguments, const struct display *display)
{
	const struct module_map *map = &display->panel.map;
	struct direct d = {.arguments = arguments,
		.display = display,
		.loop = loop_create(),
		.rate = arguments->rate ? arguments->rate : display->rate,
		.settings = {map->module_width, map->module_height, NULL}};
	struct frame *letters = NULL;

	if (!d.loop)
		return fail(EXIT_REACH, "no event loop");
	if (arguments->module_width)
		d.settings =
			(struct pattern_settings){arguments->module_width, arguments->module_height, NULL};
	log_set_level(LOG_LEVEL_ERROR); /* what the output room logs is told here in plainer words */
	if (strcmp(arguments->word, "letters") == 0 && !(letters = paint_letters(display))) {
		loop_destroy(d.loop);
		return fail(EXIT_INPUT, "the fonts cannot be read; BANGTIN_FONTS names their directory");
	}
	d.settings.letters = letters;
	loop_on_signal(d.loop, SIGINT, on_signal, &d);
	loop_on_signal(d.loop, SIGTERM, on_signal, &d);
	int status = run(&d);
	frame_unref(letters);
	loop_destroy(d.loop);
	return status;
}
