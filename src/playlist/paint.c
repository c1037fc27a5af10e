/* What pages and zones are filled with: `background: "#003366"`, or a map with a gradient or a picture. */
#include <string.h>

#include "playlist/build.h"

static const char *const fit_words[] = {"contain", "cover"};

static void read_stops(struct build *build, struct node *list, struct paint *paint)
{
	struct check *check = &build->check;
	if (list->count < 2 || list->count > PAINT_STOPS_MOST) {
		diag_error(check->diags, list->where,
			"`gradient` wants 2 to %d colours, as [\"#003366\", \"#001a33\"]", PAINT_STOPS_MOST);
		return;
	}
	for (size_t i = 0; i < list->count; i++)
		check_node_colour(check, list->children[i], "gradient", &paint->stops[i]);
	paint->kind = PAINT_GRADIENT;
	paint->stop_count = (int)list->count;
	paint->angle = 90;
}

static void read_angle(struct build *build, struct node *map, struct paint *paint)
{
	static const char *const words[] = {"right", "bottom-right", "bottom", "bottom-left"};
	struct check *check = &build->check;
	struct node *node = check_any(check, map, "towards", CHECK_OPTIONAL);
	int word;
	int64_t angle;
	if (!node || !check_node_kind(check, node, "towards", NODE_SCALAR))
		return;
	if (node->text[0] >= '0' && node->text[0] <= '9') {
		if (check_node_int(check, node, "towards", 0, 359, &angle))
			paint->angle = (int)angle;
	} else if (check_node_word(check, node, "towards", words, 4, &word)) {
		paint->angle = 45 * word;
	}
}

static void read_paint_map(
	struct build *build, struct unit_state *unit, struct node *map, struct paint *paint)
{
	struct check *check = &build->check;
	struct paint made = {.opacity = 100, .fit = IMAGE_COVER};
	struct node *gradient = check_list(check, map, "gradient", CHECK_OPTIONAL);
	struct node *image = check_any(check, map, "image", CHECK_OPTIONAL);
	int64_t opacity;
	int word;
	if (check_colour(check, map, "colour", CHECK_OPTIONAL, &made.stops[0])) {
		made.kind = PAINT_COLOUR;
		made.stop_count = 1;
	}
	if (gradient && (image || made.kind != PAINT_NONE))
		diag_error(check->diags, gradient->key_where,
			"`gradient` goes with neither `colour` nor `image`; keep one");
	else if (gradient)
		read_stops(build, gradient, &made);
	else if (image && (made.image = resolve_asset(build, unit, image)))
		made.kind = PAINT_IMAGE, made.image_where = image->where;
	read_angle(build, map, &made);
	if (check_word(check, map, "fit", CHECK_OPTIONAL, fit_words, 2, &word))
		made.fit = (enum image_fit)word;
	if (check_int(check, map, "opacity", CHECK_OPTIONAL, 0, 100, &opacity))
		made.opacity = (int)opacity;
	check_done(check, map, "`background`");
	if (made.kind == PAINT_NONE && !gradient && !image)
		diag_error(check->diags, map->where,
			"`background` has neither `colour` nor `gradient` nor `image`; write one");
	*paint = made;
}

void read_paint(struct build *build, struct unit_state *unit, struct node *map, struct paint *paint)
{
	struct node *node = check_any(&build->check, map, "background", CHECK_OPTIONAL);
	uint32_t colour;
	if (!node)
		return;
	if (node->kind == NODE_MAP) {
		read_paint_map(build, unit, node, paint);
	} else if (node->kind == NODE_SCALAR && strcmp(node->text, "none") == 0) {
		*paint = (struct paint){.kind = PAINT_NONE};
	} else if (check_node_colour(&build->check, node, "background", &colour)) {
		*paint = (struct paint){
			.kind = PAINT_COLOUR, .stops = {colour}, .stop_count = 1, .opacity = 100};
	}
}
