/* The board in a terminal, in half blocks. Only what has changed is drawn. Cells beyond the window are left out. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/words.h"
#include "frame/halfblock.h"
#include "output/sink.h"

#define RESTORE_MOST 64

/* auto, then enum colours */
static const char *const colours_words[] = {"auto", "24bit", "256", "mono"};

struct terminal {
	char *tty; /* options */
	int colours;
	int64_t row;
	int fd;
	bool opened, drew;
	int width, height; /* pixels */
	int columns, rows; /* cells of the window */
	struct halfblock half;
	size_t sent;
	uint64_t sequence;
};

static const struct sink_option options[] = {
	{.name = "tty",
		.type = OPTION_PATH,
		.offset = offsetof(struct terminal, tty),
		.help = N_("Terminal, or file, to draw on; standard output if absent.")},
	{.name = "colours",
		.type = OPTION_WORD,
		.offset = offsetof(struct terminal, colours),
		.standard = "auto",
		.words = colours_words,
		.word_count = 4,
		.help = N_("What the terminal can show; auto judges by COLORTERM and TERM.")},
	{.name = "row",
		.type = OPTION_INT,
		.offset = offsetof(struct terminal, row),
		.standard = "1",
		.least = 1,
		.most = 1000,
		.help = N_("Line of the terminal at which the board begins, for several boards on one.")},
	{0},
};

/* A description of our own: O_NONBLOCK on the one we inherited would hit the shell that shares it. */
static int open_again(const char *path)
{
	struct stat status;
	int flags = O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;

	if (path)
		return open(path, flags | O_CREAT | O_APPEND, 0644);
	if (fstat(STDOUT_FILENO, &status) < 0)
		return -1;
	if (S_ISREG(status.st_mode)) /* after what is there, wherever others write meanwhile */
		flags |= O_APPEND;
	return open("/proc/self/fd/1", flags);
}

static void measure_window(struct terminal *terminal)
{
	struct winsize window;

	terminal->columns = terminal->width;
	terminal->rows = (terminal->height + 1) / 2;
	if (ioctl(terminal->fd, TIOCGWINSZ, &window) < 0 || window.ws_col == 0 || window.ws_row == 0)
		return;
	int rows = window.ws_row - (int)terminal->row + 1;
	if (terminal->columns > window.ws_col)
		terminal->columns = window.ws_col;
	if (terminal->rows > rows)
		terminal->rows = rows > 0 ? rows : 0;
}

/* 1: all is out; 0: the rest goes when the terminal takes it. */
static int write_on(struct sink *sink, struct terminal *terminal)
{
	const struct halfblock *half = &terminal->half;

	while (terminal->sent < half->size) {
		ssize_t written =
			write(terminal->fd, half->bytes + terminal->sent, half->size - terminal->sent);
		if (written < 0 && errno == EAGAIN) {
			sink_watch(sink, terminal->fd, SINK_WRITABLE);
			return 0;
		}
		if (written < 0 && errno != EINTR)
			return -errno;
		terminal->sent += written > 0 ? (size_t)written : 0;
	}
	return 1;
}

static bool covers_all(const struct terminal *terminal, const struct region *owed)
{
	return owed->count == 1 && owed->rects[0].width == terminal->width &&
	       owed->rects[0].height == terminal->height;
}

static int terminal_open(struct sink *sink)
{
	struct terminal *terminal = sink_priv(sink);

	terminal->fd = open_again(terminal->tty);
	if (terminal->fd < 0) {
		int error = -errno;
		sink_down(sink, error, "the terminal cannot be opened");
		return error;
	}
	terminal->opened = true;
	terminal->drew = false;
	sink_shape(sink, &terminal->width, &terminal->height);
	halfblock_init(&terminal->half, terminal->width, terminal->height,
		terminal->colours == 0 ? colours_judge() : (enum colours)(terminal->colours - 1),
		(int)terminal->row, 1);
	terminal->sent = 0;
	sink_up(sink);
	return 0;
}

static int terminal_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct terminal *terminal = sink_priv(sink);

	halfblock_clear(&terminal->half);
	terminal->sent = 0;
	terminal->sequence = frame->sequence;
	if (covers_all(terminal, frame->owed)) {
		measure_window(terminal);
		halfblock_forget(&terminal->half);
		terminal->drew = true;
		halfblock_put(&terminal->half, "\033[?25l\033[?7l"); /* no cursor, no wrapping */
	}
	halfblock_draw(&terminal->half, frame->frame, terminal->columns, terminal->rows);
	int done = write_on(sink, terminal);
	if (done < 0)
		return done;
	if (done)
		sink_ready(sink);
	return 0;
}

static void terminal_event(struct sink *sink, int fd, unsigned events)
{
	struct terminal *terminal = sink_priv(sink);
	int done = write_on(sink, terminal);

	if (done < 0) {
		sink_down(sink, done, "the terminal has gone");
	} else if (done) {
		sink_watch(sink, fd, 0);
		sink_ready(sink);
	}
}

/* Colours, wrapping and cursor as they were, below the board. Where it cannot be written, nobody sees it. */
static void restore(const struct terminal *terminal)
{
	char text[RESTORE_MOST];
	int length = snprintf(text, sizeof text, "\033[0m\033[%d;1H\033[?7h\033[?25h\r\n",
		(int)terminal->row + terminal->rows - 1);
	ssize_t ignored = write(terminal->fd, text, (size_t)length);

	(void)ignored;
}

static void terminal_close(struct sink *sink)
{
	struct terminal *terminal = sink_priv(sink);

	if (terminal->opened) {
		if (terminal->drew)
			restore(terminal);
		close(terminal->fd);
	}
	halfblock_finish(&terminal->half);
	terminal->opened = false;
}

const struct sink_driver sink_driver_terminal = {
	.name = "terminal",
	.summary = N_("the board drawn in a terminal, two pixels a character"),
	.caps = SINK_PARTIAL | SINK_HOLDS | SINK_LEVELS,
	.format = PANEL_RGB888,
	.options = options,
	.priv_size = sizeof(struct terminal),
	.dynamic_rate = true,
	.open = terminal_open,
	.submit = terminal_submit,
	.event = terminal_event,
	.close = terminal_close,
};
