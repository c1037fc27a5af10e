#include "screen.h"

#include "base/words.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static bool inside;

void screen_leave(void)
{
	if (!inside)
		return;
	inside = false;
	fputs("\033[?25h\033[?1049l", stdout);
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

/* Ctrl-C stays a signal, which ends the program in order. Stopping it would leave the screen behind: not here. */
void screen_enter(void)
{
	if (inside || tcgetattr(STDIN_FILENO, &before) < 0)
		return;
	struct termios raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
	raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	raw.c_cc[VSUSP] = _POSIX_VDISABLE;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	inside = true;
	atexit(screen_leave);
	fputs("\033[?1049h\033[?25l\033[2J", stdout);
	fflush(stdout);
}

static void size_of(int *ret_columns, int *ret_rows)
{
	struct winsize size;
	bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;

	*ret_columns = known ? size.ws_col : 80;
	*ret_rows = known ? size.ws_row : 24;
}

/* Cut to the width: a column for each character, which ours are. */
static void line(int row, int columns, bool chosen, const char *text)
{
	int size = 0;

	for (int column = 0; text[size]; size++) {
		column += ((unsigned char)text[size] & 0xc0) != 0x80;
		if (column > columns)
			break;
	}
	printf("\033[%d;1H%s%.*s\033[K\033[0m", row, chosen ? "\033[7m" : "", size, text);
}

void screen_draw(const struct screen_list *list)
{
	int columns, rows;
	char text[512];

	size_of(&columns, &rows);
	size_t room = rows > 6 ? (size_t)rows - 5 : 1, from = list->at < room ? 0 : list->at - room + 1;
	line(1, columns, false, list->title);
	line(2, columns, false, list->state);
	line(3, columns, false, "");
	for (size_t i = 0; i < room; i++) {
		const struct screen_item *item = from + i < list->count ? &list->items[from + i] : NULL;
		snprintf(text, sizeof text, " %-10s %s", item ? item->name : "",
			item && item->help ? item->help : "");
		line(4 + (int)i, columns, item && from + i == list->at, text);
	}
	line(rows - 1, columns, false, "");
	line(rows, columns, false, list->keys);
	fflush(stdout);
}

void screen_draw_prompt(const char *title, const char *prompt, const char *typed)
{
	int columns, rows;

	size_of(&columns, &rows);
	printf("\033[2J");
	line(1, columns, false, title);
	line(3, columns, false, prompt);
	line(4, columns, true, typed);
	line(rows, columns, false, _("Enter: go on   Backspace: delete   Ctrl-C: leave"));
	fflush(stdout);
}

/* --- keys */

/* The rest of a sequence comes at once, or never. */
static int next_byte(int wait_ms)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	unsigned char byte;

	if (poll(&input, 1, wait_ms) <= 0 || read(STDIN_FILENO, &byte, 1) != 1)
		return EOF;
	return byte;
}

static enum screen_key sequence(void)
{
	int kind = next_byte(50), letter = kind == '[' || kind == 'O' ? next_byte(50) : EOF;

	switch (letter) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'H':
		return KEY_FIRST;
	case 'F':
		return KEY_LAST;
	default:
		while (letter >= '0' && letter <= ';')
			letter = next_byte(50);
		return KEY_NONE;
	}
}

enum screen_key screen_key(int *ret_letter)
{
	*ret_letter = next_byte(0);
	switch (*ret_letter) {
	case '\033':
		return sequence();
	case '\r':
	case '\n':
		return KEY_ENTER;
	case ' ':
		return KEY_SPACE;
	case 0x7f:
	case '\b':
		return KEY_BACK;
	default:
		return *ret_letter > ' ' && *ret_letter < 0x7f ? KEY_LETTER : KEY_NONE;
	}
}
