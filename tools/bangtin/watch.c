/* A running display in the terminal: what the daemon's command `mirror` gives, drawn until q. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/words.h"
#include "cli.h"
#include "control/control.h"
#include "draft.h"
#include "frame/halfblock.h"
#include "frame/scale.h"
#include "sixel.h"

#define ASK_EVERY    (50 * NS_PER_MS)
#define ANSWER_MOST  (5 * NS_PER_SEC)
#define RETRY_EVERY  NS_PER_SEC
#define SIXEL_WIDTH  1024
#define SIXEL_HEIGHT 1024
#define CELL_WIDTH   10 /* of a terminal that does not say how large its cells are */
#define CELL_HEIGHT  20

struct watch {
	const char *display, *path;
	bool sixel;
	int fd;			   /* the daemon; -1: none answers */
	int64_t serial;		   /* of the picture drawn; -1: none */
	int columns, rows;	   /* of the terminal; the last row is the status line */
	int box_width, box_height; /* pixels that a picture may have */
	struct halfblock half;	   /* of drawn_width x drawn_height */
	int drawn_width, drawn_height;
	struct termios before;
	bool entered;
};

static volatile sig_atomic_t resized, suspended;

static void on_resize(int signal)
{
	(void)signal;
	resized = 1;
}

static void on_suspend(int signal)
{
	(void)signal;
	suspended = 1;
}

/* --- the terminal: another screen, without cursor, echo and line editing; and back */

static void enter(struct watch *watch)
{
	struct termios raw;

	tcgetattr(STDIN_FILENO, &watch->before);
	raw = watch->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	raw.c_cc[VQUIT] = _POSIX_VDISABLE;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	fputs("\033[?1049h\033[?25l\033[?7l", stdout);
	watch->entered = true;
	resized = 1;
}

static void leave(struct watch *watch)
{
	if (!watch->entered)
		return;
	fputs("\033[0m\033[?7h\033[?25h\033[?1049l", stdout);
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &watch->before);
	watch->entered = false;
}

static void suspend(struct watch *watch)
{
	suspended = 0;
	leave(watch);
	raise(SIGSTOP);
	enter(watch);
}

static void measure(struct watch *watch)
{
	struct winsize window = {.ws_col = 80, .ws_row = 24};

	resized = 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) < 0 || window.ws_col == 0 || window.ws_row < 2)
		window = (struct winsize){.ws_col = 80, .ws_row = 24};
	watch->columns = window.ws_col;
	watch->rows = window.ws_row;
	watch->box_width = watch->columns;
	watch->box_height = 2 * (watch->rows - 1);
	if (watch->sixel) {
		int width = window.ws_xpixel ? window.ws_xpixel : watch->columns * CELL_WIDTH;
		int height = window.ws_ypixel ? window.ws_ypixel : watch->rows * CELL_HEIGHT;
		height -= 2 * height / watch->rows; /* the last band must not make it scroll */
		watch->box_width = width < SIXEL_WIDTH ? width : SIXEL_WIDTH;
		watch->box_height = height < 1 ? 1 : height < SIXEL_HEIGHT ? height : SIXEL_HEIGHT;
	}
	watch->serial = -1;
	halfblock_finish(&watch->half);
	watch->drawn_width = watch->drawn_height = 0;
	fputs("\033[0m\033[2J", stdout);
}

/* --- the picture */

static void draw(struct watch *watch, const struct frame *frame)
{
	if (watch->sixel) {
		fputs("\033[1;1H", stdout);
		sixel_write(frame, stdout);
		return;
	}
	if (watch->drawn_width != frame->width || watch->drawn_height != frame->height) {
		int left = (watch->columns - frame->width) / 2,
		    top = (watch->rows - 1 - (frame->height + 1) / 2) / 2;
		halfblock_finish(&watch->half);
		halfblock_init(&watch->half, frame->width, frame->height, colours_judge(), top + 1, left + 1);
		watch->drawn_width = frame->width;
		watch->drawn_height = frame->height;
	}
	halfblock_clear(&watch->half);
	watch->half.pen_known = false; /* the status line had its own */
	halfblock_draw(&watch->half, frame, frame->width, (frame->height + 1) / 2);
	fwrite(watch->half.bytes, 1, watch->half.size, stdout);
}

/* The picture in the answer, as it came; NULL: none in it, or not one. */
static struct frame *picture_of(const json_t *reply)
{
	const char *text = json_string_value(json_object_get(reply, "rgb"));
	json_int_t width = json_integer_value(json_object_get(reply, "width")),
		   height = json_integer_value(json_object_get(reply, "height"));
	size_t size = 0;
	char *rgb = text ? base64_decode(text, &size) : NULL;
	struct frame *frame = NULL;

	if (rgb && width > 0 && height > 0 && width <= FRAME_SIDE_MOST && height <= FRAME_SIDE_MOST &&
		size == (size_t)width * (size_t)height * 3)
		frame = frame_create((int)width, (int)height);
	for (size_t i = 0; frame && i < size / 3; i++) {
		const unsigned char *p = (const unsigned char *)rgb + 3 * i;
		frame->pixels[i] = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
	}
	free(rgb);
	return frame;
}

static void show_picture(struct watch *watch, const json_t *reply)
{
	struct frame *frame = picture_of(reply);
	int width, height;

	if (!frame)
		return;
	frame_fit(frame->width, frame->height, watch->box_width, watch->box_height, &width, &height);
	struct frame *scaled = frame_scaled(frame, width, height);
	draw(watch, scaled);
	frame_unref(scaled);
	frame_unref(frame);
	watch->serial = json_integer_value(json_object_get(reply, "serial"));
}

/* --- the status line */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* In reverse, cut at the terminal's width. */
static void write_status(const struct watch *watch, const char *text)
{
	int width = 0;

	printf("\033[0;7m\033[%d;1H", watch->rows);
	for (const char *p = text; *p; p++) {
		width += (*p & 0xc0) != 0x80;
		if (width > watch->columns)
			break;
		putchar((unsigned char)*p < ' ' ? ' ' : *p);
	}
	fputs("\033[K\033[0m", stdout);
}

static void show_status(const struct watch *watch, const json_t *reply)
{
	const json_t *display = json_object_get(reply, "display"),
		     *playing = json_object_get(display, "playing");
	const char *message = text_of(playing, "message"), *why = text_of(display, "why"),
		   *time = text_of(reply, "time");
	char *text = xasprintf(_(" %s  %.10s %.8s  %s  %s%s%s   q quits"), watch->display, time,
		strlen(time) > 11 ? time + 11 : "", *message ? message : _(text_of(playing, "source")),
		_(text_of(display, "health")), *why ? ": " : "", why);

	write_status(watch, text);
	free(text);
}

/* --- asking */

static json_t *question(const struct watch *watch)
{
	json_t *request = json_pack("{s:s, s:s, s:i, s:i}", "command", "mirror", "display", watch->display,
		"width", watch->box_width, "height", watch->box_height);

	if (watch->serial >= 0)
		json_object_set_new(request, "after", json_integer(watch->serial));
	return request;
}

/* One picture, or word that it is the same. EXIT_DONE also if the daemon is gone: it will be back. */
static int ask(struct watch *watch)
{
	json_t *request = question(watch), *reply = NULL;
	int error = watch->fd >= 0 ? control_ask(watch->fd, request, ANSWER_MOST, &reply) : -ENOTCONN;
	int code = EXIT_DONE;

	json_decref(request);
	if (error < 0) {
		if (watch->fd >= 0)
			close(watch->fd);
		watch->fd = control_connect(watch->path, ANSWER_MOST);
		watch->serial = -1; /* another daemon counts anew */
		if (watch->fd < 0)
			write_status(watch, _(" no daemon answers; trying again   q quits"));
	} else if (!json_is_true(json_object_get(reply, "ok"))) {
		leave(watch);
		code = cli_fail((int)json_integer_value(json_object_get(reply, "code")), "%s",
			text_of(reply, "error"));
	} else {
		show_picture(watch, reply);
		show_status(watch, reply);
	}
	fflush(stdout);
	json_decref(reply);
	return code;
}

/* Until it is time to ask again; true: q. */
static bool pause_or_quit(const struct watch *watch)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	int64_t wait = watch->fd < 0 ? RETRY_EVERY : ASK_EVERY;
	char key;

	if (poll(&input, 1, (int)(wait / NS_PER_MS)) <= 0)
		return false;
	ssize_t got = read(STDIN_FILENO, &key, 1);
	return (got == 1 && (key == 'q' || key == 'Q')) || (got == 0 && input.revents & POLLHUP);
}

static int mirror(struct watch *watch)
{
	int code = EXIT_DONE;
	bool quit = false;

	enter(watch);
	while (code == EXIT_DONE && !quit && !signals_came()) {
		if (suspended)
			suspend(watch);
		if (resized)
			measure(watch);
		code = ask(watch);
		quit = code != EXIT_DONE || pause_or_quit(watch);
	}
	leave(watch);
	return code;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	struct watch watch = {.serial = -1};
	const struct flag flags[] = {{"display", 'd', FLAG_VALUE, &watch.display},
		{"sixel", 0, FLAG_SET, &watch.sixel}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (!watch.display || operands > 0)
		return cli_usage(command, "which display? -d DISPLAY");
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return cli_usage(command, "wants a terminal; `bangtin snapshot` writes a file");
	char *path = cli_socket_path(&common);
	if (!path)
		return EXIT_INPUT;
	watch.path = path;
	watch.fd = control_connect(path, ANSWER_MOST);
	if (watch.fd < 0) {
		code = cli_explain(path, watch.fd);
		free(path);
		return code;
	}
	signals_catch();
	sigaction(SIGWINCH, &(struct sigaction){.sa_handler = on_resize}, NULL);
	sigaction(SIGTSTP, &(struct sigaction){.sa_handler = on_suspend}, NULL);
	code = mirror(&watch);
	if (watch.fd >= 0)
		close(watch.fd);
	halfblock_finish(&watch.half);
	free(path);
	signals_obey();
	return code;
}

const struct command command_watch = {
	.name = "watch",
	.arguments = "-d DISPLAY [--sixel]",
	.summary = N_("Shows in the terminal what a display shows, until q"),
	.help = N_("  -d, --display NAME\n"
		   "      --sixel               with all pixels, for terminals that know sixel graphics\n"),
	.run = run,
};
