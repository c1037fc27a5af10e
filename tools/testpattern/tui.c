/* The full-screen interface: a port, a driver and a size, where the command line names no board; then the patterns, the
 * chosen one on the board at once. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/words.h"
#include "board.h"
#include "drivers/link/serial.h"
#include "frame/pattern.h"
#include "screen.h"

#define ITEMS_MOST 64
#define REDRAW	   (500 * NS_PER_MS)

/* Moves in the list. False: the key is no such one. */
static bool move(struct screen_list *list, enum screen_key key, int letter)
{
	if (list->count == 0)
		return false;
	if (key == KEY_UP || (key == KEY_LETTER && letter == 'k'))
		list->at = (list->at + list->count - 1) % list->count;
	else if (key == KEY_DOWN || key == KEY_SPACE || (key == KEY_LETTER && letter == 'j'))
		list->at = (list->at + 1) % list->count;
	else if (key == KEY_FIRST)
		list->at = 0;
	else if (key == KEY_LAST)
		list->at = list->count - 1;
	else
		return false;
	return true;
}

/* --- before there is a board */

static bool wait_key(enum screen_key *ret_key, int *ret_letter)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

	while (!board_interrupted())
		if (poll(&input, 1, 100) > 0) {
			*ret_key = screen_key(ret_letter);
			return *ret_key != KEY_NONE || *ret_letter != EOF;
		}
	return false;
}

/* The index of the chosen item; -1: left. */
static int choose(const char *title, const char *state, const struct screen_item *items, size_t count)
{
	struct screen_list list = {.title = _(title),
		.state = state,
		.keys = _("arrows: choose   Enter: go on   q: leave"),
		.items = items,
		.count = count};
	enum screen_key key;
	int letter;

	for (;;) {
		screen_draw(&list);
		if (!wait_key(&key, &letter) || (key == KEY_LETTER && letter == 'q'))
			return -1;
		if (key == KEY_ENTER)
			return (int)list.at;
		move(&list, key, letter);
	}
}

struct ports {
	struct screen_item items[ITEMS_MOST];
	size_t count;
};

static void add_port(void *data, const struct serial_port *port)
{
	struct ports *ports = data;

	if (ports->count < ITEMS_MOST)
		ports->items[ports->count++] = (struct screen_item){
			xstrdup(port->path), port->description ? xstrdup(port->description) : NULL};
}

static bool is_serial(const struct sink_driver *driver)
{
	bool host = false, port = false, device = false;

	for (const struct sink_option *option = driver->options; option && option->name; option++) {
		host |= strcmp(option->name, "host") == 0;
		port |= strcmp(option->name, "port") == 0;
		device |= strcmp(option->name, "device") == 0;
	}
	return !(driver->caps & SINK_CONTROL) && (port || device) && (!host || device);
}

static const char *choose_driver(const char *state)
{
	struct screen_item items[ITEMS_MOST];
	size_t count = 0;

	for (size_t i = 0; sink_drivers[i] && count < ITEMS_MOST; i++)
		if (is_serial(sink_drivers[i]) && strcmp(sink_drivers[i]->name, "kms") != 0)
			items[count++] =
				(struct screen_item){sink_drivers[i]->name, _(sink_drivers[i]->summary)};
	int chosen = choose("bangtin-testpattern: which protocol? (`probe` may know)", state, items, count);
	return chosen < 0 ? NULL : items[chosen].name;
}

static bool read_text(const char *title, const char *prompt, char *typed, size_t most)
{
	enum screen_key key;
	int letter;

	for (;;) {
		size_t used = strlen(typed);
		screen_draw_prompt(_(title), _(prompt), typed);
		if (!wait_key(&key, &letter))
			return false;
		if (key == KEY_ENTER)
			return true;
		if (key == KEY_BACK && used > 0)
			typed[used - 1] = '\0';
		else if (key == KEY_LETTER && used + 1 < most) {
			typed[used] = (char)letter;
			typed[used + 1] = '\0';
		}
	}
}

static bool choose_size(struct arguments *chosen, char *typed, size_t most)
{
	int end = 0;

	do {
		if (!read_text(
			    chosen->port, "Width and height of the board in pixels, as 64x32:", typed, most))
			return false;
	} while (sscanf(typed, "%5dx%5d%n", &chosen->width, &chosen->height, &end) != 2 || typed[end] ||
		 chosen->width < 1 || chosen->height < 1 || chosen->width > FRAME_SIDE_MOST ||
		 chosen->height > FRAME_SIDE_MOST);
	return true;
}

/* False: left. baud is "baud=…", for one of the settings. */
static bool choose_board(
	struct arguments *chosen, const struct ports *ports, char *size, char *baud, size_t most)
{
	int port = choose("bangtin-testpattern: which port?", "", ports->items, ports->count);

	if (port < 0)
		return false;
	chosen->port = ports->items[port].name;
	chosen->driver = choose_driver(chosen->port);
	if (!chosen->driver || !choose_size(chosen, size, most) ||
		!read_text(chosen->port, "Speed of the line in baud; empty: the driver's usual one",
			baud + strlen("baud="), most - strlen("baud=")))
		return false;
	if (baud[strlen("baud=")] && chosen->setting_count < SETTINGS_MOST)
		chosen->settings[chosen->setting_count++] = baud;
	return true;
}

/* --- the patterns */

static void describe(
	const struct arguments *arguments, struct board *board, uint64_t *shown, char *to, size_t most)
{
	struct output_status status;

	board_status(board, &status);
	const char *name = arguments->display ? arguments->display : arguments->driver;
	if (arguments->port)
		snprintf(to, most, _("%s on %s"), name, arguments->port);
	else
		snprintf(to, most, "%s", name);
	size_t used = strlen(to);
	snprintf(to + used, most - used, "%s%s: %s%s%s", status.device[0] ? ", " : "", status.device,
		_(health_name(status.health)), status.why[0] && status.health == HEALTH_DOWN ? ": " : "",
		status.health == HEALTH_DOWN ? _(status.why) : "");
	used = strlen(to);
	if (status.shown > 0 && used < most)
		snprintf(to + used, most - used, _(", %llu pictures/s"),
			(unsigned long long)((status.shown - *shown) * NS_PER_SEC / REDRAW));
	*shown = status.shown;
}

static int lead(const struct arguments *arguments, struct board *board, const struct display *display)
{
	struct screen_item items[ITEMS_MOST];
	char state[512] = "";
	struct screen_list list = {.title = "bangtin-testpattern",
		.state = state,
		.keys = _("arrows, space: choose   b: dark, and back   q: leave"),
		.items = items};
	bool dark = false;
	uint64_t shown = 0;
	int letter;

	(void)display;
	for (; list.count < ITEMS_MOST && patterns[list.count].name; list.count++)
		items[list.count] =
			(struct screen_item){patterns[list.count].name, _(patterns[list.count].help)};
	screen_enter();
	board_pattern(board, patterns[0].name);
	while (!board_interrupted()) {
		describe(arguments, board, &shown, state, sizeof state);
		screen_draw(&list);
		if (!board_wait(board, STDIN_FILENO, REDRAW))
			continue;
		enum screen_key key = screen_key(&letter);
		if (letter == EOF || (key == KEY_LETTER && letter == 'q'))
			break;
		if (key == KEY_LETTER && letter == 'b')
			dark = !dark;
		else if (move(&list, key, letter))
			dark = false;
		else
			continue;
		board_pattern(board, dark ? "black" : items[list.at].name);
	}
	screen_leave();
	return EXIT_DONE;
}

int run_tui(const struct arguments *arguments)
{
	struct arguments chosen = *arguments;
	struct ports ports = {.count = 0};
	char size[16] = "", baud[32] = "baud=";
	int status = EXIT_DONE;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return fail(EXIT_USAGE, "this wants a terminal; --help lists the commands that do not");
	if (arguments->word || (arguments->driver && arguments->display))
		return fail(EXIT_USAGE, "tui wants one of --driver NAME and --display NAME, or neither");
	board_heed_signals();
	bool named = arguments->driver || arguments->display;
	if (!named) {
		if (arguments->port)
			ports.items[ports.count++] = (struct screen_item){xstrdup(arguments->port), NULL};
		else
			serial_list(add_port, &ports);
		if (ports.count == 0)
			return fail(EXIT_REACH,
				"this machine has no serial port; name a board with --driver, or a "
				"display of the daemon with --display");
		screen_enter();
		named = choose_board(&chosen, &ports, size, baud, sizeof size);
		screen_leave();
	}
	if (named)
		status = with_board(&chosen, false, lead);
	for (size_t i = 0; i < ports.count; i++) {
		free((char *)ports.items[i].name);
		free((char *)ports.items[i].help);
	}
	return status;
}
