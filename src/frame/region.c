#include <stdbool.h>

#include "frame/frame.h"

static bool is_empty(struct rect r)
{
	return r.width <= 0 || r.height <= 0;
}

static bool contains(struct rect outer, struct rect inner)
{
	return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width &&
	       inner.y + inner.height <= outer.y + outer.height;
}

static struct rect box(struct rect a, struct rect b)
{
	int x1 = a.x < b.x ? a.x : b.x, y1 = a.y < b.y ? a.y : b.y;
	int x2 = a.x + a.width > b.x + b.width ? a.x + a.width : b.x + b.width;
	int y2 = a.y + a.height > b.y + b.height ? a.y + a.height : b.y + b.height;
	return (struct rect){x1, y1, x2 - x1, y2 - y1};
}

bool rect_intersect(struct rect a, struct rect b, struct rect *ret)
{
	int x1 = a.x > b.x ? a.x : b.x, y1 = a.y > b.y ? a.y : b.y;
	int x2 = a.x + a.width < b.x + b.width ? a.x + a.width : b.x + b.width;
	int y2 = a.y + a.height < b.y + b.height ? a.y + a.height : b.y + b.height;
	if (x2 <= x1 || y2 <= y1)
		return false;
	*ret = (struct rect){x1, y1, x2 - x1, y2 - y1};
	return true;
}

void region_clear(struct region *region)
{
	region->count = 0;
}

bool region_empty(const struct region *region)
{
	return region->count == 0;
}

struct rect region_bounds(const struct region *region)
{
	struct rect bounds = {0, 0, 0, 0};
	for (int i = 0; i < region->count; i++)
		bounds = i ? box(bounds, region->rects[i]) : region->rects[i];
	return bounds;
}

void region_add(struct region *region, struct rect rect)
{
	if (is_empty(rect))
		return;
	int kept = 0;
	for (int i = 0; i < region->count; i++) {
		if (contains(region->rects[i], rect))
			return;
		if (!contains(rect, region->rects[i]))
			region->rects[kept++] = region->rects[i];
	}
	region->count = kept;
	if (kept == REGION_MOST) {
		region->rects[0] = box(region_bounds(region), rect);
		region->count = 1;
		return;
	}
	region->rects[region->count++] = rect;
}

void region_add_region(struct region *region, const struct region *other)
{
	for (int i = 0; i < other->count; i++)
		region_add(region, other->rects[i]);
}
