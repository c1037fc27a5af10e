/* The board in a terminal: two pixels a character cell, as an upper half block in the one's colour on the other's. Only
 * what has changed is drawn. Cells beyond the window are left out. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "output/sink.h"

/* Escape sequences: ECMA-48, and "38;2;r;g;b" of ITU-T T.416 as xterm has it. */
#define CELL_MOST    64 /* bytes of one cell: move 12, two colours of 19, the block 3 */
#define RESTORE_MOST 64

enum colours { COLOURS_AUTO, COLOURS_24BIT, COLOURS_256, COLOURS_MONO };
static const char *const colours_words[] = {"auto", "24bit", "256", "mono"};

struct terminal {
	char *tty; /* options */
	int colours;
	int64_t row;
	int fd;
	bool opened, drew;
	enum colours depth;
	int width, height; /* pixels */
	int columns, rows; /* cells of the window */
	uint64_t *cells;   /* drawn: upper colour << 32 | lower; CELL_UNKNOWN */
	char *bytes;
	size_t size, sent;
	bool pen_known; /* what the terminal's colours are: */
	uint64_t pen;
	uint64_t sequence;
};
#define CELL_UNKNOWN UINT64_MAX

static const struct sink_option options[] = {
	{.name = "tty",
		.type = OPTION_PATH,
		.offset = offsetof(struct terminal, tty),
		.help = "Terminal, or file, to draw on; standard output if absent."},
	{.name = "colours",
		.type = OPTION_WORD,
		.offset = offsetof(struct terminal, colours),
		.standard = "auto",
		.words = colours_words,
		.word_count = 4,
		.help = "What the terminal can show; auto judges by COLORTERM and TERM."},
	{.name = "row",
		.type = OPTION_INT,
		.offset = offsetof(struct terminal, row),
		.standard = "1",
		.least = 1,
		.most = 1000,
		.help = "Line of the terminal at which the board begins, for several boards on one."},
	{0},
};

static enum colours judge_colours(void)
{
	const char *colorterm = getenv("COLORTERM"), *term = getenv("TERM");

	if (colorterm && (strcmp(colorterm, "truecolor") == 0 || strcmp(colorterm, "24bit") == 0))
		return COLOURS_24BIT;
	if (!term || strcmp(term, "dumb") == 0 || strncmp(term, "vt", 2) == 0)
		return COLOURS_MONO;
	if (strstr(term, "direct"))
		return COLOURS_24BIT;
	return COLOURS_256;
}

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

static void append(struct terminal *terminal, const char *text)
{
	size_t length = strlen(text);

	memcpy(terminal->bytes + terminal->size, text, length);
	terminal->size += length;
}

/* The nearest of the 6 x 6 x 6 cube of 256 colours (xterm: 0, 95, 135, 175, 215, 255). */
static int cube_colour(uint32_t colour)
{
	int index = 16;
	static const int weight[3] = {36, 6, 1};

	for (int c = 0; c < 3; c++) {
		int level = (int)(colour >> (16 - 8 * c) & 255);
		int step = level < 48 ? 0 : level < 115 ? 1 : (level - 35) / 40;
		index += weight[c] * step;
	}
	return index;
}

static void append_colour(struct terminal *terminal, bool upper, uint32_t colour)
{
	char text[32];
	int ground = upper ? 38 : 48;

	if (terminal->depth == COLOURS_24BIT)
		snprintf(text, sizeof text, "\033[%d;2;%u;%u;%um", ground, colour >> 16 & 255,
			colour >> 8 & 255, colour & 255);
	else
		snprintf(text, sizeof text, "\033[%d;5;%dm", ground, cube_colour(colour));
	append(terminal, text);
}

static bool is_bright(uint32_t colour)
{
	return (colour >> 16 & 255) * 3 + (colour >> 8 & 255) * 6 + (colour & 255) >= 128 * 5;
}

static void append_cell(struct terminal *terminal, uint64_t cell)
{
	uint32_t upper = (uint32_t)(cell >> 32), lower = (uint32_t)cell;

	if (terminal->depth == COLOURS_MONO) {
		static const char *const shapes[2][2] = {{" ", "\u2584"}, {"\u2580", "\u2588"}};
		append(terminal, shapes[is_bright(upper)][is_bright(lower)]);
		return;
	}
	if (!terminal->pen_known || terminal->pen >> 32 != upper)
		append_colour(terminal, true, upper);
	if (!terminal->pen_known || (uint32_t)terminal->pen != lower)
		append_colour(terminal, false, lower);
	terminal->pen_known = true;
	terminal->pen = cell;
	append(terminal, "\u2580");
}

static uint64_t cell_of(const struct terminal *terminal, const struct frame *frame, int column, int row)
{
	uint64_t upper = frame_row(frame, 2 * row)[column] & 0xffffff;
	uint64_t lower = 0;

	if (2 * row + 1 < terminal->height)
		lower = frame_row(frame, 2 * row + 1)[column] & 0xffffff;
	return upper << 32 | lower;
}

static void draw(struct terminal *terminal, const struct frame *frame)
{
	char move[32];

	for (int row = 0; row < terminal->rows; row++) {
		bool there = false; /* the cursor is where the next cell goes */
		for (int column = 0; column < terminal->columns; column++) {
			uint64_t *drawn = &terminal->cells[row * terminal->width + column];
			uint64_t cell = cell_of(terminal, frame, column, row);
			if (*drawn == cell) {
				there = false;
				continue;
			}
			if (!there) {
				snprintf(move, sizeof move, "\033[%d;%dH", (int)terminal->row + row,
					column + 1);
				append(terminal, move);
			}
			append_cell(terminal, cell);
			*drawn = cell;
			there = true;
		}
	}
}

/* 1: all is out; 0: the rest goes when the terminal takes it. */
static int write_on(struct sink *sink, struct terminal *terminal)
{
	while (terminal->sent < terminal->size) {
		ssize_t written = write(
			terminal->fd, terminal->bytes + terminal->sent, terminal->size - terminal->sent);
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

static void forget_drawn(struct terminal *terminal)
{
	size_t count = (size_t)terminal->width * (size_t)((terminal->height + 1) / 2);

	for (size_t i = 0; i < count; i++)
		terminal->cells[i] = CELL_UNKNOWN;
	terminal->pen_known = false;
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
	terminal->depth =
		terminal->colours == COLOURS_AUTO ? judge_colours() : (enum colours)terminal->colours;
	sink_shape(sink, &terminal->width, &terminal->height);
	size_t cells = (size_t)terminal->width * (size_t)((terminal->height + 1) / 2);
	terminal->cells = xcalloc(cells, sizeof *terminal->cells);
	terminal->bytes = xmalloc(cells * CELL_MOST + RESTORE_MOST);
	terminal->size = terminal->sent = 0;
	sink_up(sink);
	return 0;
}

static int terminal_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct terminal *terminal = sink_priv(sink);

	terminal->size = terminal->sent = 0;
	terminal->sequence = frame->sequence;
	if (covers_all(terminal, frame->owed)) {
		measure_window(terminal);
		forget_drawn(terminal);
		terminal->drew = true;
		append(terminal, "\033[?25l\033[?7l"); /* no cursor, no wrapping */
	}
	draw(terminal, frame->frame);
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
	free(terminal->cells);
	free(terminal->bytes);
	terminal->cells = NULL;
	terminal->bytes = NULL;
	terminal->opened = false;
}

const struct sink_driver sink_driver_terminal = {
	.name = "terminal",
	.summary = "the board drawn in a terminal, two pixels a character",
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
