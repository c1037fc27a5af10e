/* `map`: how a display's modules are wired, and the cabinets that it may be made of. */
#include "base/words.h"
#include "site/keys.h"
#include "site/scan_file.h"

#include <stdio.h>
#include <string.h>

enum { CABINETS_MOST = 1024 };

static const char *const chain_words[] = {"rows", "columns"};
static const char *const wire_words[] = {"string", "chain", "chains"};
static const char *const rotate_words[] = {"0", "90", "180", "270"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- modules */

static void read_grid(struct site_reader *reader, struct node *node, struct module_map *map)
{
	struct check *check = &reader->check;
	int64_t number;
	int word = map->chain;
	if (check_int(check, node, "columns", CHECK_OPTIONAL, 1, 1024, &number))
		map->columns = (int)number;
	if (check_int(check, node, "rows", CHECK_OPTIONAL, 1, 1024, &number))
		map->rows = (int)number;
	if (check_word(check, node, "chain", CHECK_OPTIONAL, chain_words, COUNT(chain_words), &word))
		map->chain = word;
	check_bool(check, node, "chain-serpentine", CHECK_OPTIONAL, &map->chain_serpentine);
	check_bool(check, node, "chain-from-right", CHECK_OPTIONAL, &map->chain_from_right);
	check_bool(check, node, "chain-from-bottom", CHECK_OPTIONAL, &map->chain_from_bottom);
	check_bool(check, node, "flip-alternate", CHECK_OPTIONAL, &map->flip_alternate);
}

static void read_scan(struct site_reader *reader, struct node *node, struct module_map *map)
{
	struct check *check = &reader->check;
	const char *name = NULL;
	struct node *scan = check_any(check, node, "scan", CHECK_OPTIONAL);
	if (!scan || !check_node_text(check, scan, "scan", &name))
		return;
	const struct scan_file *file =
		scan_file_read(name, reader->directory, scan->where, reader->arena, check->diags);
	if (!file)
		return;
	map->scan = &file->map;
	if (map->pixel_columns || map->pixel_serpentine)
		diag_error(check->diags, scan->where,
			"`scan` says where each pixel of a module goes; leave out `pixel-columns` and "
			"`pixel-serpentine`");
	if (map->module_width == 0) {
		map->module_width = file->map.width;
		map->module_height = file->map.height;
	} else if (map->module_width != file->map.width || map->module_height != file->map.height) {
		diag_error(check->diags, scan->where,
			"the map `%s` is of modules of %dx%d; leave `module` out, or write \"%dx%d\"", name,
			file->map.width, file->map.height, file->map.width, file->map.height);
	}
}

static void read_modules(struct site_reader *reader, struct node *node, struct module_map *map)
{
	struct check *check = &reader->check;
	site_read_size(reader, node, "module", CHECK_OPTIONAL, FRAME_SIDE_MOST, &map->module_width,
		&map->module_height);
	read_grid(reader, node, map);
	check_bool(check, node, "pixel-columns", CHECK_OPTIONAL, &map->pixel_columns);
	check_bool(check, node, "pixel-serpentine", CHECK_OPTIONAL, &map->pixel_serpentine);
	read_scan(reader, node, map);
}

/* --- cabinets */

static bool read_at(struct site_reader *reader, struct node *map, struct cabinet *cabinet)
{
	struct check *check = &reader->check;
	struct node *node = check_any(check, map, "at", CHECK_REQUIRED);
	int used = 0;
	if (!node || !check_node_kind(check, node, "at", NODE_SCALAR))
		return false;
	if (strspn(node->text, "0123456789,") == strlen(node->text) && strlen(node->text) <= 11 &&
		sscanf(node->text, "%d,%d%n", &cabinet->x, &cabinet->y, &used) == 2 && !node->text[used])
		return true;
	check_refuse(check, node, "at", "the place of its left upper corner on the panel as \"64,0\"");
	return false;
}

static struct rect mounted(const struct cabinet *cabinet)
{
	bool side = cabinet->rotate == 90 || cabinet->rotate == 270;
	return (struct rect){cabinet->x, cabinet->y, side ? cabinet->height : cabinet->width,
		side ? cabinet->width : cabinet->height};
}

static bool read_cabinet(struct site_reader *reader, struct node *map, const struct module_map *standard,
	struct cabinet *cabinet)
{
	struct check *check = &reader->check;
	int word = 0;
	size_t errors = check->diags->errors;
	cabinet->map = *standard;
	if (!check_node_kind(check, map, "cabinets", NODE_MAP))
		return false;
	read_at(reader, map, cabinet);
	site_read_size(
		reader, map, "size", CHECK_REQUIRED, FRAME_SIDE_MOST, &cabinet->width, &cabinet->height);
	if (check_word(check, map, "rotate", CHECK_OPTIONAL, rotate_words, COUNT(rotate_words), &word))
		cabinet->rotate = word * 90;
	read_modules(reader, map, &cabinet->map);
	check_done(check, map, "a cabinet");
	return check->diags->errors == errors;
}

static bool check_places(
	struct site_reader *reader, struct node *list, const struct panel_spec *panel, int width, int height)
{
	struct diag_list *diags = reader->check.diags;
	struct rect common;
	int64_t area = 0;
	size_t errors = diags->errors;
	for (size_t i = 0; i < panel->cabinet_count; i++) {
		struct rect r = mounted(&panel->cabinets[i]);
		area += (int64_t)r.width * r.height;
		if (r.x + r.width > width || r.y + r.height > height)
			diag_error(diags, list->children[i]->where,
				"this cabinet reaches to %d,%d; the panel, after `rotate`, is %dx%d",
				r.x + r.width, r.y + r.height, width, height);
		for (size_t j = 0; j < i; j++)
			if (rect_intersect(r, mounted(&panel->cabinets[j]), &common))
				diag_error(diags, list->children[i]->where,
					"this cabinet overlaps the one in line %d at %d,%d",
					list->children[j]->where.line, common.x, common.y);
	}
	if (diags->errors == errors && area != (int64_t)width * height)
		diag_error(diags, list->where,
			"the cabinets have %lld pixels together, the panel has %lld: some are in no cabinet",
			(long long)area, (long long)width * height);
	return diags->errors == errors;
}

static void read_list(struct site_reader *reader, struct node *list, struct display *display)
{
	struct panel_spec *panel = &display->panel;
	bool side = panel->rotate == 90 || panel->rotate == 270, good = true;
	if (list->count == 0 || list->count > CABINETS_MOST) {
		diag_error(reader->check.diags, list->where, "`cabinets` must have 1 to %d cabinets",
			CABINETS_MOST);
		return;
	}
	struct cabinet *cabinets = arena_alloc(reader->arena, list->count * sizeof *cabinets);
	for (size_t i = 0; i < list->count; i++)
		good = read_cabinet(reader, list->children[i], &panel->map, &cabinets[i]) && good;
	panel->cabinets = cabinets;
	panel->cabinet_count = list->count;
	if (good && display->width > 0)
		check_places(reader, list, panel, side ? display->height : display->width,
			side ? display->width : display->height);
}

/* `cabinets = { size = "64x32"; … }`: all of one kind, chained like modules. */
static void read_group(struct site_reader *reader, struct node *group, struct display *display)
{
	struct check *check = &reader->check;
	struct panel_spec *panel = &display->panel;
	struct module_map grid = {0};
	bool side = panel->rotate == 90 || panel->rotate == 270;
	int width = side ? display->height : display->width, height = side ? display->width : display->height;
	bool sized = site_read_size(reader, group, "size", CHECK_REQUIRED, FRAME_SIDE_MOST,
		&grid.module_width, &grid.module_height);
	read_grid(reader, group, &grid);
	check_done(check, group, "`cabinets`");
	if (!sized || display->width == 0)
		return;
	grid.columns = grid.columns ? grid.columns : width / grid.module_width;
	grid.rows = grid.rows ? grid.rows : height / grid.module_height;
	int64_t count = (int64_t)grid.columns * grid.rows;
	if (grid.columns * grid.module_width != width || grid.rows * grid.module_height != height ||
		count > CABINETS_MOST) {
		diag_error(check->diags, group->where,
			"%d x %d cabinets of %dx%d do not make up the panel, which, after `rotate`, is %dx%d",
			grid.columns, grid.rows, grid.module_width, grid.module_height, width, height);
		return;
	}
	struct cabinet *cabinets = arena_alloc(reader->arena, (size_t)count * sizeof *cabinets);
	panel_cabinet_grid(&grid, &panel->map, cabinets);
	panel->cabinets = cabinets;
	panel->cabinet_count = (size_t)count;
}

/* --- all of it */

/* Whether the modules cover the panel is the frame room's to say. */
static void try_panel(struct site_reader *reader, const struct panel_spec *spec, struct location where)
{
	struct panel *panel;
	const char *why = _("the panel cannot be made so");
	if (panel_create(spec, &panel, &why) < 0)
		diag_error(reader->check.diags, where, "`map`: %s", why);
	else
		panel_destroy(panel);
}

void site_read_map(struct site_reader *reader, struct node *map, struct display *display)
{
	struct check *check = &reader->check;
	struct panel_spec *panel = &display->panel;
	int word = WIRE_STRING;
	size_t errors = check->diags->errors;
	struct node *node = check_map(check, map, "map", CHECK_OPTIONAL);
	if (!node)
		return;
	read_modules(reader, node, &panel->map);
	if (check_word(check, node, "wire", CHECK_OPTIONAL, wire_words, COUNT(wire_words), &word))
		panel->wire = (enum wire_layout)word;
	struct node *cabinets = check_any(check, node, "cabinets", CHECK_OPTIONAL);
	if (cabinets && cabinets->kind == NODE_MAP)
		read_group(reader, cabinets, display);
	else if (cabinets && check_node_kind(check, cabinets, "cabinets", NODE_LIST))
		read_list(reader, cabinets, display);
	check_done(check, node, "a module map");
	if (display->width > 0 && check->diags->errors == errors)
		try_panel(reader, panel, node->where);
}
