/* `find-map`: lights modules and pixels in wire order, asks where they are, and writes what stands in the configuration. */
#include "find_map.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/words.h"
#include "board.h"
#include "frame/pattern.h"

#define FOREVER (INT64_C(1) << 62)

struct talk {
	struct board *board;
	const struct display *display;
	int module_width, module_height;
	char line[128];
};

/* --- the terminal: a line at a time, while pictures flow */

/* False: the input or our time is over. */
static bool read_line(struct talk *talk)
{
	size_t used = 0;

	while (board_wait(talk->board, STDIN_FILENO, FOREVER)) {
		char c;
		if (read(STDIN_FILENO, &c, 1) != 1)
			return false;
		if (c == '\n') {
			talk->line[used] = '\0';
			return true;
		}
		if (used + 1 < sizeof talk->line)
			talk->line[used++] = c;
	}
	return false;
}

static void light(struct talk *talk, int first, int count)
{
	struct frame *canvas = board_canvas(talk->board);

	frame_fill(canvas, (struct rect){0, 0, canvas->width, canvas->height}, 0);
	for (int i = first; i < first + count; i++)
		frame_row(canvas, i / canvas->width)[i % canvas->width] = 0xffffff;
	board_push(talk->board);
	board_settle(talk->board);
}

/* --- questions */

enum reply { PLACE, UNSEEN, AGAIN, GIVE_UP };

static int first_column(const char *word, int width)
{
	return strchr(word, 'r') ? width - 1 : 0;
}

/* "3 1", or a corner: tl, tr, bl, br. */
static enum reply understand(const char *line, int columns, int rows, int *ret_column, int *ret_row)
{
	int column, row, end = 0;
	char word[3] = "";

	if (sscanf(line, " %2[a-z] %n", word, &end) == 1 && !line[end] && strlen(word) == 2 &&
		strchr("tb", word[0]) && strchr("lr", word[1])) {
		*ret_column = first_column(word, columns);
		*ret_row = word[0] == 'b' ? rows - 1 : 0;
		return PLACE;
	}
	if (strcmp(line, "?") == 0)
		return UNSEEN;
	if (strcmp(line, "q") == 0)
		return GIVE_UP;
	if (sscanf(line, " %d %d %n", &column, &row, &end) == 2 && !line[end] && column >= 1 &&
		column <= columns && row >= 1 && row <= rows) {
		*ret_column = column - 1;
		*ret_row = row - 1;
		return PLACE;
	}
	return AGAIN;
}

static void put_question(const struct talk *talk, const struct map_question *question, int number)
{
	int columns = talk->display->width / talk->module_width;
	int rows = talk->display->height / talk->module_height;

	fprintf(stderr, "\n%d. ", number);
	if (question->module)
		fprintf(stderr,
			_("One module is lit. Which? Its column (1 to %d from the left) and row (1 to %d "
			  "from "
			  "the "
			  "top),\n   or tl, tr, bl, br for a corner of the board; ? if none is, or parts of "
			  "several; q gives up: "),
			columns, rows);
	else
		fprintf(stderr,
			_("One pixel is lit. Where in its module? Its column (1 to %d from the left) and row "
			  "(1 "
			  "to %d from\n   the top), or tl, tr, bl, br for a corner; ? if it cannot be seen; "
			  "q "
			  "gives up: "),
			talk->module_width, talk->module_height);
	fflush(stderr);
}

/* An exit code; EXIT_DONE: answered or skipped. */
static int ask(struct talk *talk, struct wirings *wirings, const struct map_question *question, int number)
{
	int columns = question->module ? talk->display->width / talk->module_width : talk->module_width;
	int rows = question->module ? talk->display->height / talk->module_height : talk->module_height;
	int column, row;

	light(talk, question->first, question->count);
	for (;;) {
		put_question(talk, question, number);
		if (!read_line(talk))
			return fail(EXIT_INPUT, "no map was found: the answers ended");
		switch (understand(talk->line, columns, rows, &column, &row)) {
		case PLACE:
			if (wirings_answer(wirings, question, column, row))
				return EXIT_DONE;
			fputs(_("   No wiring does that, after what you said before. Look again; ? skips "
				"it.\n"),
				stderr);
			break;
		case UNSEEN:
			wirings_skip(wirings, question);
			return EXIT_DONE;
		case GIVE_UP:
			return fail(EXIT_INPUT, "given up: no map was found");
		default:
			fputs(_("   Two numbers, as `3 1`, or tl, tr, bl, br, ?, q.\n"), stderr);
		}
	}
}

static bool ask_module_size(struct talk *talk)
{
	for (;;) {
		fprintf(stderr,
			_("How many pixels has one module (one circuit board with LEDs, as wide x high)? "
			  "Enter: "
			  "the whole\nboard is one, %dx%d: "),
			talk->display->width, talk->display->height);
		if (!read_line(talk))
			return false;
		int end = 0;
		if (!talk->line[0]) {
			talk->module_width = talk->display->width;
			talk->module_height = talk->display->height;
			return true;
		}
		if (sscanf(talk->line, " %4dx%4d %n", &talk->module_width, &talk->module_height, &end) == 2 &&
			!talk->line[end] && talk->module_width > 0 && talk->module_height > 0 &&
			talk->display->width % talk->module_width == 0 &&
			talk->display->height % talk->module_height == 0)
			return true;
		fputs(_("Write it as 32x16; whole modules have to make up the board.\n"), stderr);
	}
}

/* --- what comes of it */

static bool is_straight(const struct talk *talk, const struct module_map *map)
{
	return talk->module_width == talk->display->width && talk->module_height == talk->display->height &&
	       !map->pixel_columns && !map->pixel_serpentine;
}

static void print_map(const struct talk *talk, const struct module_map *map, int rotate)
{
	if (rotate)
		printf("rotate = %d;\n", rotate);
	if (is_straight(talk, map)) {
		puts(_("# no map is needed: rows from left to right, from the top down"));
		return;
	}
	printf("map = { module = \"%dx%d\";", talk->module_width, talk->module_height);
	if (map->chain == CHAIN_COLUMNS)
		fputs(" chain = \"columns\";", stdout);
	const struct {
		const char *name;
		bool set;
	} flags[] = {{"chain-serpentine", map->chain_serpentine}, {"chain-from-right", map->chain_from_right},
		{"chain-from-bottom", map->chain_from_bottom}, {"flip-alternate", map->flip_alternate},
		{"pixel-columns", map->pixel_columns}, {"pixel-serpentine", map->pixel_serpentine}};
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (flags[i].set)
			printf(" %s = true;", flags[i].name);
	puts(" };");
}

/* The pattern `modules`, as that map sends it. */
static void show_modules(struct talk *talk, const struct module_map *map, int rotate)
{
	struct frame *picture = frame_create(talk->display->width, talk->display->height);
	struct panel_spec spec = {.width = picture->width,
		.height = picture->height,
		.format = PANEL_RGB888,
		.rotate = rotate,
		.gamma = 1,
		.white = {1, 1, 1},
		.threshold = 128,
		.map = *map};
	struct frame *canvas = board_canvas(talk->board);
	struct panel *panel;
	struct region all;
	const char *why;

	pattern_paint("modules", &(struct pattern_settings){talk->module_width, talk->module_height, NULL}, 0,
		picture);
	if (panel_create(&spec, &panel, &why) == 0) {
		uint8_t *wire = calloc(1, panel_wire_size(panel));
		region_clear(&all);
		region_add(&all, (struct rect){0, 0, picture->width, picture->height});
		panel_set_brightness(panel, 1000);
		if (wire)
			panel_pack(panel, picture, &all, wire);
		for (int i = 0; wire && i < picture->width * picture->height; i++)
			frame_row(canvas, i / canvas->width)[i % canvas->width] =
				(uint32_t)wire[3 * i] << 16 | (uint32_t)wire[3 * i + 1] << 8 |
				wire[3 * i + 2];
		free(wire);
		panel_destroy(panel);
		board_push(talk->board);
		board_settle(talk->board);
	}
	frame_unref(picture);
}

static int confirm(struct talk *talk, const struct wirings *wirings)
{
	struct module_map map;
	int rotate;

	wirings_best(wirings, &map, &rotate);
	show_modules(talk, &map, rotate);
	if (wirings_count(wirings) > 1)
		fprintf(stderr, _("\n%zu wirings fit what you saw; this is one of them.\n"),
			wirings_count(wirings));
	fputs(_("\nEach module should show its number now, upright, row by row from the top left. Is that "
		"so? "
		"(y/n) "),
		stderr);
	fflush(stderr);
	if (!read_line(talk))
		return fail(EXIT_INPUT, "no map was found: the answers ended");
	if (!strchr("ycYC", talk->line[0]) || !talk->line[0]) /* yes, có */
		return fail(EXIT_INPUT, "then this board is wired in a way that these questions do not find: "
					"another module size, "
					"or\nan outdoor module with a scan order of its own; "
					"bangtind.conf(5) says how those are "
					"described");
	fputs(_("Put this into the display's section of bangtind.conf:\n"), stderr);
	print_map(talk, &map, rotate);
	return EXIT_DONE;
}

static int converse(const struct arguments *arguments, struct board *board, const struct display *display)
{
	struct talk talk = {.board = board,
		.display = display,
		.module_width = arguments->module_width,
		.module_height = arguments->module_height};
	struct map_question question;
	int status = EXIT_DONE;

	if (!talk.module_width && !ask_module_size(&talk))
		return fail(EXIT_INPUT, "no map was found: the answers ended");
	struct wirings *wirings =
		wirings_create(display->width, display->height, talk.module_width, talk.module_height);
	if (!wirings)
		return fail(EXIT_INPUT, "modules of %dx%d do not make up a board of %dx%d", talk.module_width,
			talk.module_height, display->width, display->height);
	for (int number = 1; status == EXIT_DONE && wirings_question(wirings, &question); number++)
		status = ask(&talk, wirings, &question, number);
	if (status == EXIT_DONE)
		status = confirm(&talk, wirings);
	wirings_destroy(wirings);
	return status;
}

int run_find_map(const struct arguments *arguments)
{
	if (arguments->word || !arguments->driver == !arguments->display)
		return fail(EXIT_USAGE,
			"find-map wants one of --driver NAME --size WxH and --display NAME -c FILE");
	if (arguments->display && !arguments->configuration)
		return fail(EXIT_USAGE, "find-map opens the board itself: stop the daemon, and name its "
					"configuration with -c");
	board_heed_signals();
	return with_board(arguments, true, converse);
}
