#include "frame/panel_walk.h"

#include "base/alloc.h"
#include "base/words.h"

struct point {
	int x, y;
};

struct walk {
	const struct panel_spec *spec;
	int width, height;	/* of the panel: the frame after rotation */
	struct cabinet cabinet; /* the one that is walked, all zeroes of its map filled in */
	uint32_t *sources;	/* NULL: only the shape is asked for */
	uint8_t *seen;		/* by frame pixel */
	uint32_t next;		/* WIRE_STRING: pixels before this module */
	/* The wire picture. A line is a chain of modules in it: they lie side by side. */
	int wire_width, wire_height;
	int line_x, line_y, line_height; /* where the next module comes; 0: the line has none yet */
	const char *wrong;		 /* NULL: nothing */
};

/* --- from a module's pixel to the frame's */

/* Where a point of something of that size, upright, comes to lie in the box that it fills when turned clockwise. */
static struct point turned(struct point p, int rotate, int width, int height)
{
	switch (rotate) {
	case 90:
		return (struct point){height - 1 - p.y, p.x};
	case 180:
		return (struct point){width - 1 - p.x, height - 1 - p.y};
	case 270:
		return (struct point){p.y, width - 1 - p.x};
	default:
		return p;
	}
}

/* The frame was turned to make the panel: back. */
static struct point from_panel(const struct walk *walk, struct point p)
{
	return turned(p, (360 - walk->spec->rotate) % 360, walk->width, walk->height);
}

static bool on_its_side(int rotate)
{
	return rotate == 90 || rotate == 270;
}

static bool is_turn(int rotate)
{
	return rotate == 0 || rotate == 180 || on_its_side(rotate);
}

/* The pixel of a module that comes i-th, where no scan map says it. */
static struct point in_lines(const struct module_map *map, int i)
{
	int length = map->pixel_columns ? map->module_height : map->module_width;
	int line = i / length, at = i % length;

	if (map->pixel_serpentine && line % 2 == 1)
		at = length - 1 - at;
	return map->pixel_columns ? (struct point){line, at} : (struct point){at, line};
}

/* --- the wire picture */

static void module_shape(const struct module_map *map, int *ret_width, int *ret_height)
{
	*ret_width = map->scan		  ? map->scan->wire_width
		     : map->pixel_columns ? map->module_height
					  : map->module_width;
	*ret_height = map->scan		   ? map->scan->wire_height
		      : map->pixel_columns ? map->module_width
					   : map->module_height;
}

/* Where the i-th pixel of the module that is walked goes. */
static size_t wire_place(const struct walk *walk, uint32_t i)
{
	int width, height;

	if (walk->spec->wire == WIRE_STRING)
		return walk->next + i;
	module_shape(&walk->cabinet.map, &width, &height);
	return (size_t)(walk->line_y + (int)i / width) * (size_t)walk->wire_width +
	       (size_t)(walk->line_x + (int)i % width);
}

static void put(struct walk *walk, struct point module, struct point p, bool upside_down, uint32_t i)
{
	const struct cabinet *cabinet = &walk->cabinet;

	if (upside_down)
		p = turned(p, 180, cabinet->map.module_width, cabinet->map.module_height);
	p = turned((struct point){module.x + p.x, module.y + p.y}, cabinet->rotate, cabinet->width,
		cabinet->height);
	p = from_panel(walk, (struct point){cabinet->x + p.x, cabinet->y + p.y});
	uint32_t pixel = (uint32_t)p.y * (uint32_t)walk->spec->width + (uint32_t)p.x;
	size_t place = wire_place(walk, i);
	if (walk->seen[pixel])
		walk->wrong = _("two cabinets overlap");
	else if (walk->sources[place])
		walk->wrong = _("a scan map names a place of the wire twice");
	walk->seen[pixel] = 1;
	walk->sources[place] = pixel + 1;
}

static void put_module(struct walk *walk, struct point module, bool upside_down)
{
	const struct module_map *map = &walk->cabinet.map;
	uint32_t area = (uint32_t)map->module_width * (uint32_t)map->module_height;

	for (uint32_t i = 0; i < area; i++) {
		struct point p = {(int)i % map->module_width, (int)i / map->module_width};
		if (map->scan && map->scan->wire[i] < area)
			put(walk, module, p, upside_down, map->scan->wire[i]);
		else if (!map->scan)
			put(walk, module, in_lines(map, (int)i), upside_down, i);
		else
			walk->wrong = _("a scan map names a place that the wire does not have");
	}
}

/* --- chains */

static void add_module(struct walk *walk, int column, int row, bool upside_down)
{
	const struct module_map *map = &walk->cabinet.map;
	int width, height;

	module_shape(map, &width, &height);
	if (walk->spec->wire != WIRE_STRING && walk->line_height != 0 && walk->line_height != height)
		walk->wrong = _("modules of one chain have wire pictures of different heights");
	if (walk->sources && !walk->wrong)
		put_module(walk, (struct point){column * map->module_width, row * map->module_height},
			upside_down);
	walk->next += (uint32_t)map->module_width * (uint32_t)map->module_height;
	walk->line_x += width;
	walk->line_height = height;
}

static void end_line(struct walk *walk)
{
	if (walk->spec->wire == WIRE_STRING || walk->line_x == 0)
		return;
	if (walk->line_y > 0 && walk->line_x != walk->wire_width)
		walk->wrong = _("the chains of modules have different lengths");
	walk->wire_width = walk->line_x;
	walk->wire_height = walk->line_y += walk->line_height;
	walk->line_x = walk->line_height = 0;
}

struct place {
	int column, row;
	bool upside_down;
};

/* In columns x rows of modules: the at-th one of a line of the chain. */
static struct place chain_place(const struct module_map *map, int line, int at)
{
	bool along_rows = map->chain == CHAIN_ROWS;
	int lines = along_rows ? map->rows : map->columns, length = along_rows ? map->columns : map->rows;
	bool lines_reversed = along_rows ? map->chain_from_bottom : map->chain_from_right;
	bool reversed = along_rows ? map->chain_from_right : map->chain_from_bottom;
	bool backward = map->chain_serpentine && line % 2 == 1;

	if (lines_reversed)
		line = lines - 1 - line;
	if (reversed != backward)
		at = length - 1 - at;
	return (struct place){
		along_rows ? at : line, along_rows ? line : at, backward && map->flip_alternate};
}

static void add_modules(struct walk *walk)
{
	const struct module_map *map = &walk->cabinet.map;
	bool along_rows = map->chain == CHAIN_ROWS;
	int lines = along_rows ? map->rows : map->columns, length = along_rows ? map->columns : map->rows;

	for (int line = 0; line < lines && !walk->wrong; line++) {
		for (int at = 0; at < length && !walk->wrong; at++) {
			struct place place = chain_place(map, line, at);
			add_module(walk, place.column, place.row, place.upside_down);
		}
		if (walk->spec->wire == WIRE_CHAINS)
			end_line(walk);
	}
}

void panel_cabinet_grid(
	const struct module_map *grid, const struct module_map *inside, struct cabinet *cabinets)
{
	bool along_rows = grid->chain == CHAIN_ROWS;
	int length = along_rows ? grid->columns : grid->rows;

	for (int i = 0; i < grid->columns * grid->rows; i++) {
		struct place place = chain_place(grid, i / length, i % length);
		cabinets[i] = (struct cabinet){.x = place.column * grid->module_width,
			.y = place.row * grid->module_height,
			.width = grid->module_width,
			.height = grid->module_height,
			.rotate = place.upside_down ? 180 : 0,
			.map = *inside};
	}
}

/* --- cabinets */

static const char *fill_in(struct module_map *map, int width, int height)
{
	const struct scan_map *scan = map->scan;

	if (map->module_width < 0 || map->module_height < 0 || map->columns < 0 || map->rows < 0)
		return _("a module map has no negative sizes");
	if (map->module_width == 0)
		map->module_width = scan ? scan->width : map->columns ? width / map->columns : width;
	if (map->module_height == 0)
		map->module_height = scan ? scan->height : map->rows ? height / map->rows : height;
	if (map->module_width == 0 || map->module_height == 0)
		return _("there are more modules than pixels");
	if (scan && (scan->width != map->module_width || scan->height != map->module_height))
		return _("the scan map is of a module of another size");
	if (map->columns == 0)
		map->columns = width / map->module_width;
	if (map->rows == 0)
		map->rows = height / map->module_height;
	if ((int64_t)map->columns * map->module_width != width)
		return _("the modules do not make up the width of the panel (or of a cabinet): it must be "
			 "columns x module width, after rotation");
	if ((int64_t)map->rows * map->module_height != height)
		return _("the modules do not make up the height of the panel (or of a cabinet): it must be "
			 "rows x module height, after rotation");
	if (map->flip_alternate && !map->chain_serpentine)
		return _("only a serpentine chain has backward runs whose modules could be upside down");
	return NULL;
}

static const char *enter_cabinet(struct walk *walk, const struct cabinet *cabinet)
{
	walk->cabinet = *cabinet;
	bool side = on_its_side(cabinet->rotate);
	int64_t width = side ? cabinet->height : cabinet->width;
	int64_t height = side ? cabinet->width : cabinet->height;

	if (!is_turn(cabinet->rotate))
		return _("rotation is 0, 90, 180 or 270 degrees");
	if (width < 1 || height < 1 || cabinet->x < 0 || cabinet->y < 0 || cabinet->x + width > walk->width ||
		cabinet->y + height > walk->height)
		return _("a cabinet is not within the panel");
	return fill_in(&walk->cabinet.map, cabinet->width, cabinet->height);
}

static void walk_cabinets(struct walk *walk)
{
	const struct panel_spec *spec = walk->spec;
	struct cabinet whole = {0, 0, walk->width, walk->height, 0, spec->map};
	size_t count = spec->cabinets ? spec->cabinet_count : 1;

	for (size_t i = 0; i < count && !walk->wrong; i++) {
		walk->wrong = enter_cabinet(walk, spec->cabinets ? &spec->cabinets[i] : &whole);
		if (!walk->wrong)
			add_modules(walk);
	}
	if (walk->wrong)
		return;
	if (walk->next != (uint32_t)walk->width * (uint32_t)walk->height)
		walk->wrong = spec->cabinets
				      ? _("the cabinets do not make up the panel: some pixels are in none")
				      : _("the modules do not make up the panel");
	end_line(walk);
}

static struct walk start(const struct panel_spec *spec)
{
	bool side = on_its_side(spec->rotate);
	struct walk walk = {.spec = spec,
		.width = side ? spec->height : spec->width,
		.height = side ? spec->width : spec->height};

	if (!is_turn(spec->rotate))
		walk.wrong = _("rotation is 0, 90, 180 or 270 degrees");
	return walk;
}

const char *walk_shape(const struct panel_spec *spec, int *ret_width, int *ret_height)
{
	struct walk walk = start(spec);

	if (!walk.wrong)
		walk_cabinets(&walk);
	bool string = walk.wrong || spec->wire == WIRE_STRING;
	*ret_width = string ? walk.width : walk.wire_width;
	*ret_height = string ? walk.height : walk.wire_height;
	return walk.wrong;
}

const char *walk_sources(const struct panel_spec *spec, uint32_t *sources)
{
	struct walk walk = start(spec);
	int width, height;

	walk.wrong = walk_shape(spec, &width, &height);
	if (walk.wrong)
		return walk.wrong;
	walk.wire_width = width; /* known beforehand: places are counted in rows of it */
	walk.sources = sources;
	walk.seen = xcalloc((size_t)spec->width, (size_t)spec->height);
	walk_cabinets(&walk);
	free(walk.seen);
	return walk.wrong;
}
