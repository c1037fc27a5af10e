/* Module maps as runs: what the walk says of each wire pixel, joined where frame pixels follow each other straight. */
#include "frame/panel_map.h"

#include <errno.h>

#include "base/alloc.h"
#include "frame/panel_walk.h"

/* Whether frame pixel b lies one step from a, and which. */
static bool step_between(uint32_t a, uint32_t b, uint32_t width, struct run *run)
{
	bool same_row = a / width == b / width;

	run->dx = same_row && b == a + 1 ? 1 : same_row && a == b + 1 ? -1 : 0;
	run->dy = b == a + width ? 1 : a == b + width ? -1 : 0;
	return run->dx != 0 || run->dy != 0;
}

/* The run that starts at this wire pixel; left: those that its wire row has yet. */
static struct run run_at(const uint32_t *sources, uint32_t left, uint32_t width)
{
	struct run run = {
		.x = (int)((sources[0] - 1) % width), .y = (int)((sources[0] - 1) / width), .count = 1};
	struct run step;

	if (left < 2 || !step_between(sources[0] - 1, sources[1] - 1, width, &run)) {
		run.dx = 1;
		return run;
	}
	while (run.count < left &&
		step_between(sources[run.count - 1] - 1, sources[run.count] - 1, width, &step) &&
		step.dx == run.dx && step.dy == run.dy)
		run.count++;
	return run;
}

static void make_runs(struct panel_map *map, const uint32_t *sources, uint32_t frame_width)
{
	size_t capacity = 0;
	uint32_t width = (uint32_t)map->width;

	for (uint32_t row = 0; row < (uint32_t)map->height; row++) {
		for (uint32_t column = 0; column < width; column += map->runs[map->count - 1].count) {
			struct run run =
				run_at(sources + (size_t)row * width + column, width - column, frame_width);
			run.row = row;
			run.column = column;
			array_reserve_one(map->runs, map->count, capacity);
			map->runs[map->count++] = run;
		}
	}
}

/* A screen: the wire's rows are the frame's. Two million pixels need not be walked one by one to find that out. */
static bool is_plain(const struct panel_spec *spec)
{
	const struct module_map *map = &spec->map;
	bool one_module = (map->module_width == 0 || map->module_width == spec->width) &&
			  (map->module_height == 0 || map->module_height == spec->height) &&
			  map->columns <= 1 && map->rows <= 1;

	return one_module && spec->rotate == 0 && !spec->cabinets && !map->scan && !map->pixel_columns &&
	       !map->pixel_serpentine;
}

static void make_rows(struct panel_map *map)
{
	map->runs = xcalloc((size_t)map->height, sizeof *map->runs);
	map->count = (size_t)map->height;
	for (int y = 0; y < map->height; y++)
		map->runs[y] =
			(struct run){.y = y, .dx = 1, .count = (uint32_t)map->width, .row = (uint32_t)y};
}

int panel_map_build(const struct panel_spec *spec, struct panel_map *ret_map, const char **ret_why)
{
	struct panel_map map = {0};
	const char *wrong = walk_shape(spec, &map.width, &map.height);

	if (wrong) {
		*ret_why = wrong;
		return -EINVAL;
	}
	if (is_plain(spec)) {
		make_rows(&map);
		*ret_map = map;
		return 0;
	}
	uint32_t *sources = xcalloc((size_t)map.width * (size_t)map.height, sizeof *sources);
	wrong = walk_sources(spec, sources);
	if (!wrong)
		make_runs(&map, sources, (uint32_t)spec->width);
	free(sources);
	if (wrong) {
		*ret_why = wrong;
		return -EINVAL;
	}
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
