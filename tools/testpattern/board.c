#include "board.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "explain.h"
#include "frame/pattern.h"
#include "frame/rate.h"

#define OPEN_WITHIN  (15 * NS_PER_SEC)
#define LEAVE_WITHIN (5 * NS_PER_SEC)
#define SLICE	     (15 * NS_PER_MS)
#define LEASE	     (6 * NS_PER_SEC)
#define RENEW_EVERY  (2 * NS_PER_SEC)

struct board {
	const struct display *display; /* opened here; NULL: lent */
	struct loop *loop;
	struct output *output;
	struct frame *letters;
	int64_t start, wall;
	uint64_t painted;
	const char *name, *socket; /* lent */
	const char *pattern;	   /* NULL: none */
	int64_t next;		   /* monotonic: of the next frame, or renewal */
	bool gone;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

void board_heed_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

bool board_interrupted(void)
{
	return interrupted;
}

/* --- opened here */

static bool is_up(const struct board *board, struct output_status *ret_status)
{
	output_status(board->output, ret_status);
	return ret_status->health == HEALTH_UP || ret_status->health == HEALTH_LATE;
}

static int wait_until_up(struct board *board)
{
	int64_t end = clock_monotonic() + OPEN_WITHIN;
	struct output_status status;
	bool never = false;

	while (!is_up(board, &status)) {
		if (status.health == HEALTH_DOWN || status.health == HEALTH_FAULT) {
			explain(board->display->driver, serial_port_of(board->display), status.error,
				status.why);
			return EXIT_REACH;
		}
		if (clock_monotonic() > end || interrupted)
			return fail(EXIT_REACH, "the device does not answer");
		loop_run_until(board->loop, &never, SLICE);
	}
	return EXIT_DONE;
}

int board_open(const struct display *display, struct board **ret_board)
{
	struct board *board = xcalloc(1, sizeof *board);
	struct diag_list diags;
	struct clock clock;

	log_set_level(LOG_LEVEL_ERROR);
	board->display = display;
	board->loop = loop_create();
	clock_init(&clock, TIME_ALWAYS);
	board->start = clock_monotonic();
	board->wall = clock_now(&clock).time;
	diag_init(&diags);
	int status = EXIT_DONE;
	if (!board->loop)
		status = fail(EXIT_REACH, "no event loop");
	else if (output_create(board->loop, display, &diags, &board->output) < 0)
		status = diags.errors > 0 ? EXIT_INPUT : EXIT_REACH;
	for (size_t i = 0; i < diags.count; i++)
		fail(0, "%s", diags.items[i].message);
	diag_finish(&diags);
	if (status == EXIT_DONE)
		status = wait_until_up(board);
	if (status == EXIT_DONE)
		*ret_board = board;
	else
		board_close(board, true);
	return status;
}

struct frame *board_canvas(struct board *board)
{
	return output_canvas(board->output);
}

static int64_t elapsed_of(const struct board *board)
{
	return clock_monotonic() - board->start;
}

void board_push(struct board *board)
{
	struct frame *canvas = output_canvas(board->output);
	struct region damage;

	board->pattern = NULL;
	region_clear(&damage);
	region_add(&damage, (struct rect){0, 0, canvas->width, canvas->height});
	output_push(board->output, board->wall + elapsed_of(board), &damage);
}

bool board_settle(struct board *board)
{
	return output_drain(board->output, LEAVE_WITHIN);
}

static void paint(struct board *board)
{
	const struct module_map *map = &board->display->panel.map;
	struct pattern_settings settings = {map->module_width, map->module_height, board->letters};
	struct frame *canvas = output_canvas(board->output);
	const char *pattern = board->pattern;

	pattern_paint(pattern, &settings, elapsed_of(board), canvas);
	uint64_t digest = frame_digest(canvas);
	if (digest != board->painted)
		board_push(board);
	board->painted = digest;
	board->pattern = pattern;
	board->next = clock_monotonic() + frame_instant(board->display->rate, 1);
}

/* --- lent */

int board_borrow(const char *name, const char *socket, struct board **ret_board)
{
	int status = lease_ask(name, "black", socket, LEASE);

	if (status != EXIT_DONE)
		return status;
	*ret_board = xcalloc(1, sizeof **ret_board);
	**ret_board = (struct board){.name = name, .socket = socket};
	return EXIT_DONE;
}

static bool renew(struct board *board)
{
	int status = lease_ask(board->name, board->pattern, board->socket, LEASE);

	board->next = clock_monotonic() + RENEW_EVERY;
	if (status < 0 && !board->gone)
		fail(EXIT_REACH, "the daemon has gone");
	board->gone = status != EXIT_DONE;
	return status == EXIT_DONE;
}

/* --- both */

bool board_pattern(struct board *board, const char *name)
{
	board->pattern = pattern_find(name)->name;
	board->painted = 0;
	board->start = clock_monotonic();
	if (!board->display)
		return renew(board);
	if (strcmp(name, "letters") == 0 && !board->letters)
		board->letters = paint_letters(board->display);
	paint(board);
	return true;
}

static void go_on(struct board *board)
{
	if (!board->pattern || clock_monotonic() < board->next)
		return;
	if (board->display)
		paint(board);
	else
		renew(board);
}

bool board_wait(struct board *board, int fd, int64_t time)
{
	struct pollfd input = {.fd = fd, .events = POLLIN};
	int64_t end = clock_monotonic() + time;
	bool never = false;

	while (!interrupted && clock_monotonic() < end) {
		go_on(board);
		if (board->display)
			loop_run_until(board->loop, &never, SLICE);
		if (poll(&input, 1, board->display ? 0 : (int)(SLICE / NS_PER_MS)) > 0)
			return true;
	}
	return false;
}

void board_status(const struct board *board, struct output_status *ret_status)
{
	*ret_status = (struct output_status){.health = board->gone ? HEALTH_DOWN : HEALTH_UP};
	if (board->display)
		output_status(board->output, ret_status);
}

static void leave(struct board *board, bool keep)
{
	struct output_status status;

	if (!board->output || !is_up(board, &status))
		return;
	if (!keep) {
		struct frame *canvas = output_canvas(board->output);
		frame_fill(canvas, (struct rect){0, 0, canvas->width, canvas->height}, 0);
		board_push(board);
	}
	if (!output_drain(board->output, LEAVE_WITHIN))
		fail(0, "the last picture may not have reached the board");
}

void board_close(struct board *board, bool keep)
{
	if (!board)
		return;
	leave(board, keep);
	if (board->name && !board->gone && lease_ask(board->name, NULL, board->socket, 0) != EXIT_DONE)
		fail(0, "the display could not be given back; it returns by itself within %d s",
			(int)(LEASE / NS_PER_SEC));
	output_destroy(board->output);
	loop_destroy(board->loop);
	frame_unref(board->letters);
	free(board);
}

/* --- which one */

struct wish {
	int (*fn)(const struct arguments *arguments, struct board *board, const struct display *display);
	bool raw;
};
static struct wish wish; /* with_made takes no more than a function */

static int open_and_call(const struct arguments *arguments, const struct display *display)
{
	struct display bare = *display;
	struct board *board;

	if (wish.raw) {
		bare.panel.map = (struct module_map){0};
		bare.panel.rotate = 0;
		bare.panel.cabinets = NULL;
		bare.panel.cabinet_count = 0;
		bare.panel.wire = WIRE_STRING;
	}
	int status = board_open(wish.raw ? &bare : display, &board);
	if (status != EXIT_DONE)
		return status;
	status = wish.fn(arguments, board, wish.raw ? &bare : display);
	board_close(board, arguments->keep);
	return status;
}

static int borrow_and_call(
	const struct arguments *arguments, const char *socket, const struct display *display)
{
	struct board *board;
	int status = board_borrow(arguments->display, socket, &board);

	if (status != EXIT_DONE)
		return status;
	status = wish.fn(arguments, board, display);
	board_close(board, false);
	return status;
}

static int with_configured(const struct arguments *arguments)
{
	struct diag_list diags;

	diag_init(&diags);
	struct site *site = site_read(arguments->configuration, &diags);
	diag_print(&diags, stderr);
	diag_finish(&diags);
	if (!site)
		return EXIT_INPUT;
	const struct display *display = site_display(site, arguments->display);
	int status = -ENOENT;
	if (!display)
		status = fail(
			EXIT_INPUT, "%s has no display `%s`", arguments->configuration, arguments->display);
	else if (!wish.raw)
		status = borrow_and_call(
			arguments, arguments->socket ? arguments->socket : site->socket_path, display);
	if (status < 0 && display)
		status = open_and_call(arguments, display);
	site_destroy(site);
	return status;
}

int with_board(const struct arguments *arguments, bool raw,
	int (*fn)(const struct arguments *arguments, struct board *board, const struct display *display))
{
	wish = (struct wish){fn, raw};
	if (arguments->driver)
		return with_made(arguments, open_and_call);
	if (arguments->configuration)
		return with_configured(arguments);
	const char *socket = arguments->socket ? arguments->socket : SOCKET_STANDARD;
	int status = borrow_and_call(arguments, socket, NULL);
	if (status >= 0)
		return status;
	explain_socket(socket, status);
	return EXIT_REACH;
}
