/* Where zones lie. */
#include <stdio.h>

#include "base/words.h"
#include "playlist/catalogue.h"

bool content_is_empty(const struct content *content)
{
	return !content->qr && !content->image && !content->words.text;
}

bool layout_suits(const struct layout *layout, int width, int height)
{
	if (width < layout->from_width || height < layout->from_height)
		return false;
	return layout->shape == SHAPE_ANY || (layout->shape == SHAPE_LANDSCAPE) == (width >= height);
}

/* The far end of a stretch; equal shares end where the next ones begin. */
static int end_of(struct extent from, struct extent size, int side)
{
	if ((from.share || from.value == 0) && size.share)
		return extent_pixels((struct extent){from.value + size.value, true}, side);
	return extent_pixels(from, side) + extent_pixels(size, side);
}

struct rect layout_zone_area(const struct layout_zone *zone, int width, int height)
{
	int left = extent_pixels(zone->left, width), top = extent_pixels(zone->top, height);
	return (struct rect){left, top, end_of(zone->left, zone->width, width) - left,
		end_of(zone->top, zone->height, height) - top};
}

struct rect layout_zone_inside(const struct layout_zone *zone, int width, int height)
{
	struct rect area = layout_zone_area(zone, width, height);
	int top = extent_pixels(zone->padding[0], height), right = extent_pixels(zone->padding[1], height),
	    bottom = extent_pixels(zone->padding[2], height), left = extent_pixels(zone->padding[3], height);
	return (struct rect){
		area.x + left, area.y + top, area.width - left - right, area.height - top - bottom};
}

/* --- what is wrong with them */

struct checking {
	const struct layout *layout;
	int width, height;
	const char *display; /* " on display `…`", or "" */
	struct diag_list *diags;
};

static void check_alone(const struct checking *c, const struct layout_zone *zone)
{
	struct rect area = layout_zone_area(zone, c->width, c->height);
	struct rect inside = layout_zone_inside(zone, c->width, c->height);
	int right = area.x + area.width, bottom = area.y + area.height;
	if (right > c->width)
		diag_error(c->diags, zone->where,
			"the zone `%s` ends at %d of %d pixels across%s; make it narrower, move it, or give "
			"its layout a `from-size`",
			zone->name, right, c->width, c->display);
	if (bottom > c->height)
		diag_error(c->diags, zone->where,
			"the zone `%s` ends at %d of %d pixels down%s; make it lower, move it, or give its "
			"layout a `from-size`",
			zone->name, bottom, c->height, c->display);
	if (area.width < 1 || area.height < 1)
		diag_error(c->diags, zone->where, "nothing is left of the zone `%s`%s; make it larger",
			zone->name, c->display);
	else if (inside.width < 1 || inside.height < 1)
		diag_error(c->diags, zone->where,
			"the padding of the zone `%s` (%dx%d pixels) leaves nothing of it%s; make it smaller",
			zone->name, area.width, area.height, c->display);
}

static bool may_lie_below(const struct layout_zone *zone)
{
	return zone->kind == ZONE_PANEL || zone->kind == ZONE_IMAGE;
}

static void check_pair(
	const struct checking *c, const struct layout_zone *lower, const struct layout_zone *upper)
{
	struct rect common, a = layout_zone_area(lower, c->width, c->height),
			    b = layout_zone_area(upper, c->width, c->height);
	if (may_lie_below(lower) || !rect_intersect(a, b, &common))
		return;
	char size[48] = "";
	if (c->display[0])
		snprintf(size, sizeof size, _(" (%dx%d pixels of it)"), common.width, common.height);
	diag_error(c->diags, upper->where,
		"the zone `%s` lies over `%s`%s%s; move one of them (only over a panel or a picture may "
		"others lie, and come after it)",
		upper->name, lower->name, size, c->display);
}

void layout_check(
	const struct layout *layout, int width, int height, const char *display, struct diag_list *diags)
{
	char where[128] = "";
	if (display)
		snprintf(where, sizeof where, _(" on display `%s`"), display);
	const struct checking c = {layout, width, height, where, diags};
	for (size_t i = 0; i < layout->zone_count; i++) {
		check_alone(&c, &layout->zones[i]);
		for (size_t k = 0; k < i; k++)
			check_pair(&c, &layout->zones[k], &layout->zones[i]);
	}
}
