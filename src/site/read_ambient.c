/* `ambient`: a light sensor, and how bright the display is by it. */
#include "site/keys.h"

#include <math.h>

enum { LUX_STEPS_MOST = 32 };

static void read_step(struct site_reader *reader, struct node *map, struct lux_step *step)
{
	struct check *check = &reader->check;
	double percent = 100;
	if (!check_node_kind(check, map, "curve", NODE_MAP))
		return;
	check_number(check, map, "lux", CHECK_REQUIRED, 0, 200000, &step->lux);
	check_number(check, map, "percent", CHECK_REQUIRED, 0, 100, &percent);
	step->permille = (int)lround(percent * 10);
	check_done(check, map, "a step of `curve`");
}

static void read_curve(struct site_reader *reader, struct node *map, struct ambient *ambient)
{
	struct check *check = &reader->check;
	struct node *list = check_list(check, map, "curve", CHECK_REQUIRED);
	if (!list)
		return;
	if (list->count == 0 || list->count > LUX_STEPS_MOST) {
		diag_error(check->diags, list->where,
			"`curve` must be 1 to %d steps: ( { lux = 0; percent = 20; }, { lux = 2000; percent "
			"= 100; } )",
			LUX_STEPS_MOST);
		return;
	}
	ambient->steps = arena_alloc(reader->arena, list->count * sizeof *ambient->steps);
	ambient->step_count = list->count;
	for (size_t i = 0; i < list->count; i++) {
		read_step(reader, list->children[i], &ambient->steps[i]);
		if (i > 0 && ambient->steps[i].lux <= ambient->steps[i - 1].lux)
			diag_error(check->diags, list->children[i]->where,
				"the steps of `curve` must rise; this one begins at no more lux than the one "
				"above");
	}
}

void site_read_ambient(struct site_reader *reader, struct node *map, struct display *display)
{
	struct check *check = &reader->check;
	struct node *node = check_map(check, map, "ambient", CHECK_OPTIONAL);
	double hysteresis = 20;
	if (!node)
		return;
	struct ambient *ambient = arena_alloc(reader->arena, sizeof *ambient);
	*ambient =
		(struct ambient){.every = 5 * NS_PER_SEC, .stale = 2 * NS_PER_MIN, .smooth = 20 * NS_PER_SEC};
	if (check_text(check, node, "file", CHECK_REQUIRED, &ambient->path) && ambient->path[0] != '/')
		ambient->path = arena_printf(reader->arena, "%s/%s", reader->directory, ambient->path);
	read_curve(reader, node, ambient);
	check_duration(check, node, "every", CHECK_OPTIONAL, NS_PER_SEC, NS_PER_HOUR, &ambient->every);
	check_duration(check, node, "stale", CHECK_OPTIONAL, NS_PER_SEC, 24 * NS_PER_HOUR, &ambient->stale);
	check_duration(check, node, "smooth", CHECK_OPTIONAL, 0, NS_PER_HOUR, &ambient->smooth);
	check_number(check, node, "hysteresis", CHECK_OPTIONAL, 0, 90, &hysteresis);
	ambient->hysteresis = hysteresis / 100;
	check_done(check, node, "`ambient`");
	display->ambient = ambient;
}
