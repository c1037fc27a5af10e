/* Module maps. The panel (the frame after rotation) is walked in wire order, module after module, and every straight
 * line in it becomes a run of the frame; rotation turns lines into lines. */
#include "frame/panel_map.h"

#include <errno.h>

#include "base/alloc.h"

struct walk {
	const struct panel_spec *spec;
	struct module_map map; /* with all zeroes filled in */
	struct panel_map *to;
	size_t capacity;
	uint32_t next; /* wire pixels made so far */
};

struct point {
	int x, y;
};

/* The frame pixel that rotation brings to this pixel of the panel. */
static struct point from_panel(const struct panel_spec *spec, struct point p)
{
	switch (spec->rotate) {
	case 90:
		return (struct point){p.y, spec->height - 1 - p.x};
	case 180:
		return (struct point){spec->width - 1 - p.x, spec->height - 1 - p.y};
	case 270:
		return (struct point){spec->width - 1 - p.y, p.x};
	default:
		return p;
	}
}

static bool extend_last(struct panel_map *to, const struct run *run)
{
	if (to->count == 0)
		return false;
	struct run *last = &to->runs[to->count - 1];
	int length = (int)last->count;
	if (last->row != run->row || last->column + last->count != run->column || last->dx != run->dx ||
		last->dy != run->dy || last->x + length * last->dx != run->x ||
		last->y + length * last->dy != run->y)
		return false;
	last->count += run->count;
	return true;
}

/* A line of count pixels of the panel: the next ones on the wire. */
static void add_line(struct walk *walk, struct point start, struct point step, int count)
{
	struct point p = from_panel(walk->spec, start);
	struct point q = from_panel(walk->spec, (struct point){start.x + step.x, start.y + step.y});
	struct run run = {.x = p.x, .y = p.y, .dx = q.x - p.x, .dy = q.y - p.y};

	for (uint32_t left = (uint32_t)count; left > 0; left -= run.count) {
		uint32_t width = (uint32_t)walk->to->width;
		run.row = walk->next / width;
		run.column = walk->next % width;
		run.count = left < width - run.column ? left : width - run.column;
		if (!extend_last(walk->to, &run)) {
			array_reserve_one(walk->to->runs, walk->to->count, walk->capacity);
			walk->to->runs[walk->to->count++] = run;
		}
		walk->next += run.count;
		run.x += (int)run.count * run.dx;
		run.y += (int)run.count * run.dy;
	}
}

static void add_module(struct walk *walk, int column, int row, bool upside_down)
{
	const struct module_map *map = &walk->map;
	int x = column * map->module_width, y = row * map->module_height;
	int lines = map->pixel_columns ? map->module_width : map->module_height;
	int length = map->pixel_columns ? map->module_height : map->module_width;

	for (int i = 0; i < lines; i++) {
		bool backward = (map->pixel_serpentine && i % 2 == 1) != upside_down;
		int line = upside_down ? lines - 1 - i : i;
		int first = backward ? length - 1 : 0, step = backward ? -1 : 1;
		if (map->pixel_columns)
			add_line(walk, (struct point){x + line, y + first}, (struct point){0, step}, length);
		else
			add_line(walk, (struct point){x + first, y + line}, (struct point){step, 0}, length);
	}
}

static void add_modules(struct walk *walk)
{
	const struct module_map *map = &walk->map;
	bool along_rows = map->chain == CHAIN_ROWS;
	int lines = along_rows ? map->rows : map->columns, length = along_rows ? map->columns : map->rows;
	bool lines_reversed = along_rows ? map->chain_from_bottom : map->chain_from_right;
	bool reversed = along_rows ? map->chain_from_right : map->chain_from_bottom;

	for (int i = 0; i < lines; i++) {
		bool backward = map->chain_serpentine && i % 2 == 1;
		int line = lines_reversed ? lines - 1 - i : i;
		for (int k = 0; k < length; k++) {
			int at = reversed != backward ? length - 1 - k : k;
			add_module(walk, along_rows ? at : line, along_rows ? line : at,
				backward && map->flip_alternate);
		}
	}
}

static const char *fill_in(struct module_map *map, int width, int height)
{
	if (map->module_width < 0 || map->module_height < 0 || map->columns < 0 || map->rows < 0)
		return "a module map has no negative sizes";
	if (map->module_width == 0)
		map->module_width = map->columns ? width / map->columns : width;
	if (map->module_height == 0)
		map->module_height = map->rows ? height / map->rows : height;
	if (map->module_width == 0 || map->module_height == 0)
		return "there are more modules than pixels";
	if (map->columns == 0)
		map->columns = width / map->module_width;
	if (map->rows == 0)
		map->rows = height / map->module_height;
	if ((int64_t)map->columns * map->module_width != width)
		return "the modules do not make up the panel's width: it must be columns x module width, "
		       "after rotation";
	if ((int64_t)map->rows * map->module_height != height)
		return "the modules do not make up the panel's height: it must be rows x module height, "
		       "after rotation";
	if (map->flip_alternate && !map->chain_serpentine)
		return "only a serpentine chain has backward runs whose modules could be upside down";
	return NULL;
}

int panel_map_build(const struct panel_spec *spec, struct panel_map *ret_map, const char **ret_why)
{
	bool on_its_side = spec->rotate == 90 || spec->rotate == 270;
	struct panel_map map = {.width = on_its_side ? spec->height : spec->width,
		.height = on_its_side ? spec->width : spec->height};
	struct walk walk = {.spec = spec, .map = spec->map, .to = &map};

	if (spec->rotate != 0 && spec->rotate != 180 && !on_its_side) {
		*ret_why = "rotation is 0, 90, 180 or 270 degrees";
		return -EINVAL;
	}
	const char *why = fill_in(&walk.map, map.width, map.height);
	if (why) {
		*ret_why = why;
		return -EINVAL;
	}
	add_modules(&walk);
	*ret_map = map;
	return 0;
}

void panel_map_finish(struct panel_map *map)
{
	free(map->runs);
	*map = (struct panel_map){0};
}

/* Along one axis: from at, count steps of ±1, within [low, high). */
static bool clip_axis(
	int at, int step, uint32_t count, int low, int high, uint32_t *ret_first, uint32_t *ret_count)
{
	int first = step > 0 ? low - at : at - (high - 1);
	int end = step > 0 ? high - at : at - low + 1;

	if (first < 0)
		first = 0;
	if (end > (int)count)
		end = (int)count;
	if (first >= end)
		return false;
	*ret_first = (uint32_t)first;
	*ret_count = (uint32_t)(end - first);
	return true;
}

bool run_clip(const struct run *run, struct rect rect, uint32_t *ret_first, uint32_t *ret_count)
{
	if (run->dx != 0)
		return run->y >= rect.y && run->y < rect.y + rect.height &&
		       clip_axis(run->x, run->dx, run->count, rect.x, rect.x + rect.width, ret_first,
			       ret_count);
	return run->x >= rect.x && run->x < rect.x + rect.width &&
	       clip_axis(run->y, run->dy, run->count, rect.y, rect.y + rect.height, ret_first, ret_count);
}
