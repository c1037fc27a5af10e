/* One element of `displays`. */
#include "site/keys.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "site/hours.h"

enum { STEPS_MOST = 96, TAGS_MOST = 64, DEFAULT_TEXT_MOST = 500 };

static void check_ascending(
	struct site_reader *reader, struct node *list, const struct brightness_step *steps)
{
	for (size_t i = 1; i < list->count; i++)
		if (hour_nominal(steps[i].start, steps[i].base) <=
			hour_nominal(steps[i - 1].start, steps[i - 1].base))
			diag_error(reader->check.diags, list->children[i]->where,
				"the steps of `brightness` must follow each other; this one begins before "
				"the one above");
}

static void read_step(struct site_reader *reader, struct node *map, struct brightness_step *step)
{
	struct check *check = &reader->check;
	double percent = 100;
	if (!check_node_kind(check, map, "brightness", NODE_MAP))
		return;
	struct node *from = check_any(check, map, "from", CHECK_REQUIRED);
	if (from && check_node_kind(check, from, "from", NODE_SCALAR) &&
		(!hour_parse(from->text, strlen(from->text), &step->start, &step->base) ||
			(step->base == HOUR_CLOCK && step->start >= 86400)))
		check_refuse(check, from, "from", "an hour as \"18:00\" or \"sunset-15m\"");
	else if (from)
		hour_check_place(check, reader->site, from, step->base);
	check_number(check, map, "percent", CHECK_REQUIRED, 0, 100, &percent);
	step->permille = (int)lround(percent * 10);
	check_done(check, map, "a brightness step");
}

void site_read_brightness(struct site_reader *reader, struct node *map, struct display *display)
{
	struct check *check = &reader->check;
	struct node *node = check_any(check, map, "brightness", CHECK_OPTIONAL);
	size_t count = node && node->kind == NODE_LIST ? node->count : 1;
	struct brightness_step *steps = arena_alloc(reader->arena, count * sizeof *steps);
	steps[0].permille = 1000;
	display->brightness = steps;
	display->brightness_count = count;
	if (!node)
		return;
	if (node->kind != NODE_LIST) {
		double percent = 100;
		check_node_number(check, node, "brightness", 0, 100, &percent);
		steps[0].permille = (int)lround(percent * 10);
		return;
	}
	if (count == 0 || count > STEPS_MOST) {
		diag_error(check->diags, node->where,
			"`brightness` must be a number of percent or 1 to %d steps: ( { from = \"18:00\"; "
			"percent = 40; } )",
			STEPS_MOST);
		return;
	}
	size_t errors = check->diags->errors;
	for (size_t i = 0; i < count; i++)
		read_step(reader, node->children[i], &steps[i]);
	if (check->diags->errors == errors)
		check_ascending(reader, node, steps);
}

/* The value of an option: as it is written; a list of values is joined by commas. */
static const char *option_value(struct site_reader *reader, struct node *node)
{
	if (node->kind == NODE_SCALAR)
		return node->text;
	const char *joined = "";
	for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++) {
		if (node->children[i]->kind != NODE_SCALAR)
			return NULL;
		joined = arena_printf(reader->arena, "%s%s%s", joined, i ? "," : "", node->children[i]->text);
	}
	return node->kind == NODE_LIST ? joined : NULL;
}

/* `driver` and `control`: a name, and options that the driver of that name types. */
static void read_driver(struct site_reader *reader, struct node *driver, const char **ret_name,
	struct option **ret_options, size_t *ret_count)
{
	struct check *check = &reader->check;
	check_text(check, driver, "name", CHECK_REQUIRED, ret_name);
	*ret_options = arena_alloc(reader->arena, driver->count * sizeof **ret_options);
	for (size_t i = 0; i < driver->count; i++) {
		struct node *node = driver->children[i];
		if (node->visited)
			continue;
		node->visited = true;
		const char *value = option_value(reader, node);
		if (!value)
			diag_error(check->diags, node->where,
				"the driver's option `%s` must be a value, not a group", node->key);
		else
			(*ret_options)[(*ret_count)++] = (struct option){node->key, value, node->where};
	}
	check_done(check, driver, "a driver");
}

void site_read_driver(struct site_reader *reader, struct node *map, struct display *display)
{
	struct node *driver = check_map(&reader->check, map, "driver", CHECK_REQUIRED);
	struct node *control = check_map(&reader->check, map, "control", CHECK_OPTIONAL);
	if (driver)
		read_driver(reader, driver, &display->driver, &display->options, &display->option_count);
	if (control)
		read_driver(reader, control, &display->control, &display->control_options,
			&display->control_option_count);
}

/* `on: all` of a schedule entry means every display. */
static void check_target(
	struct site_reader *reader, struct location where, const char *name, const char *what)
{
	if (check_name(&reader->check, where, name, what) && strcmp(name, "all") == 0)
		diag_error(reader->check.diags, where,
			"`all` means every display and names none; choose another name");
}

static void read_tags(struct site_reader *reader, struct node *map, struct display *display)
{
	struct check *check = &reader->check;
	struct node *single, *const *nodes;
	size_t count;
	if (!check_values(check, map, "tags", CHECK_OPTIONAL, &single, &nodes, &count))
		return;
	if (count > TAGS_MOST) {
		diag_error(check->diags, nodes[TAGS_MOST]->where, "a display has at most %d tags", TAGS_MOST);
		return;
	}
	const char **tags = arena_alloc(reader->arena, count * sizeof *tags);
	for (size_t i = 0; i < count; i++) {
		const char *tag;
		if (!check_node_text(check, nodes[i], "tags", &tag))
			continue;
		check_target(reader, nodes[i]->where, tag, "a tag");
		tags[display->tag_count++] = tag;
	}
	display->tags = tags;
}

static void read_fallback(struct site_reader *reader, struct node *map, struct display *display)
{
	static const char *const words[] = {"default", "blank"};
	struct check *check = &reader->check;
	int word = FAILURE_DEFAULT;
	struct node *node = check_any(check, map, "default", CHECK_OPTIONAL);
	if (node && check_node_text(check, node, "default", &display->fallback_text) &&
		check_node_encoding(check, node, "default") &&
		strlen(display->fallback_text) > DEFAULT_TEXT_MOST)
		diag_error(check->diags, node->where, "`default` is longer than %d bytes", DEFAULT_TEXT_MOST);
	check_word(check, map, "on-failure", CHECK_OPTIONAL, words, 2, &word);
	display->on_failure = (enum failure_picture)word;
}

static void read_look(struct site_reader *reader, struct node *map, struct display *display)
{
	struct check *check = &reader->check;
	double rate = 30;
	display->foreground = 0xffffff;
	check_colour(check, map, "foreground", CHECK_OPTIONAL, &display->foreground);
	check_colour(check, map, "background", CHECK_OPTIONAL, &display->background);
	check_number(check, map, "pitch", CHECK_OPTIONAL, 0.1, 100, &display->pitch_mm);
	check_number(check, map, "viewing-distance", CHECK_OPTIONAL, 0.1, 1000, &display->viewing_distance_m);
	check_number(check, map, "rate", CHECK_OPTIONAL, 0.1, 240, &rate);
	display->rate = (int32_t)lround(rate * 1000);
	display->refresh = 10 * NS_PER_SEC;
	check_duration(
		check, map, "refresh", CHECK_OPTIONAL, 100 * NS_PER_MS, NS_PER_HOUR, &display->refresh);
}

void site_read_display(struct site_reader *reader, struct node *map, struct display *display)
{
	struct check *check = &reader->check;
	display->where = map->where;
	struct node *name = check_any(check, map, "name", CHECK_REQUIRED);
	if (name && check_node_text(check, name, "name", &display->name))
		check_target(reader, name->where, display->name, "a display");
	read_tags(reader, map, display);
	site_read_size(
		reader, map, "size", CHECK_REQUIRED, FRAME_SIDE_MOST, &display->width, &display->height);
	site_read_panel(reader, map, display);
	site_read_brightness(reader, map, display);
	site_read_ambient(reader, map, display);
	hours_read(check, reader->arena, reader->site, map, "on-hours", true, &display->on_hours,
		&display->on_hours_count);
	read_look(reader, map, display);
	read_fallback(reader, map, display);
	site_read_driver(reader, map, display);
	check_done(check, map, "a display");
}
