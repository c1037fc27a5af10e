/* A display's keys that end in struct panel_spec: rotation, colours, levels. */
#include "site/keys.h"

#include <stdio.h>
#include <string.h>

static const char *const colour_words[] = {
	"rgb",
	"mono-red",
	"mono-amber",
	"mono-yellow",
	"mono-green",
	"mono-blue",
	"mono-white",
	"red-green",
};
static const uint32_t mono_colours[] = {0, 0xff0000, 0xffbf00, 0xffff00, 0x00ff00, 0x0000ff, 0xffffff, 0};
static const char *const order_words[] = {"rgb", "rbg", "grb", "gbr", "brg", "bgr"};
static const char *const rotate_words[] = {"0", "90", "180", "270"};
static const char *const dither_words[] = {"none", "ordered", "blue-noise"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

bool site_read_size(struct site_reader *reader, struct node *map, const char *key, int required, int most,
	int *ret_width, int *ret_height)
{
	struct node *node = check_any(&reader->check, map, key, required);
	if (!node || !check_node_kind(&reader->check, node, key, NODE_SCALAR))
		return false;
	unsigned width, height;
	int used = 0;
	if (strspn(node->text, "0123456789x") != strlen(node->text) || strlen(node->text) > 11 ||
		sscanf(node->text, "%ux%u%n", &width, &height, &used) != 2 || node->text[used]) {
		check_refuse(&reader->check, node, key, "width and height in pixels as \"64x16\"");
		return false;
	}
	if (width < 1 || height < 1 || width > (unsigned)most || height > (unsigned)most) {
		diag_error(reader->check.diags, node->where,
			"`%s` is %s; each side must be from 1 to %d pixels", key, node->text, most);
		return false;
	}
	*ret_width = (int)width;
	*ret_height = (int)height;
	return true;
}

static void read_colours(struct site_reader *reader, struct node *map, struct panel_spec *panel)
{
	int word = 0;
	check_word(&reader->check, map, "colours", CHECK_OPTIONAL, colour_words, COUNT(colour_words), &word);
	panel->mono = mono_colours[word] != 0;
	panel->mono_colour = mono_colours[word];
	panel->no_blue = strcmp(colour_words[word], "red-green") == 0;
	word = ORDER_RGB;
	check_word(
		&reader->check, map, "colour-order", CHECK_OPTIONAL, order_words, COUNT(order_words), &word);
	panel->order = (enum colour_order)word;
}

static void read_white(struct site_reader *reader, struct node *map, struct panel_spec *panel)
{
	static const char what[] = "white-balance";
	for (int i = 0; i < 3; i++)
		panel->white[i] = 1;
	struct node *list = check_list(&reader->check, map, what, CHECK_OPTIONAL);
	if (!list)
		return;
	if (list->count != 3) {
		diag_error(reader->check.diags, list->where,
			"`%s` must be three numbers, red, green and blue, as [ 1.0, 0.9, 0.8 ]", what);
		return;
	}
	for (size_t i = 0; i < 3; i++)
		check_node_number(&reader->check, list->children[i], what, 0, 1, &panel->white[i]);
}

void site_read_panel(struct site_reader *reader, struct node *map, struct display *display)
{
	struct check *check = &reader->check;
	struct panel_spec *panel = &display->panel;
	int64_t threshold = 128, depth = 8;
	int word = 0, dither = DITHER_NONE;
	*panel = (struct panel_spec){.width = display->width, .height = display->height, .gamma = 1};
	if (check_word(check, map, "rotate", CHECK_OPTIONAL, rotate_words, COUNT(rotate_words), &word))
		panel->rotate = word * 90;
	read_colours(reader, map, panel);
	check_number(check, map, "gamma", CHECK_OPTIONAL, 1, 4, &panel->gamma);
	read_white(reader, map, panel);
	check_int(check, map, "threshold", CHECK_OPTIONAL, 0, 255, &threshold);
	panel->threshold = (int)threshold;
	check_int(check, map, "depth", CHECK_OPTIONAL, 1, 8, &depth);
	panel->depth = (int)depth;
	check_word(check, map, "dither", CHECK_OPTIONAL, dither_words, COUNT(dither_words), &dither);
	panel->dither = (enum dither)dither;
	site_read_map(reader, map, display);
}
