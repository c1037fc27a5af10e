/* Layouts: their zones, each upon that of the layout that this one is based on. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "playlist/build.h"

enum { DEPTH_MOST = 16, VIRTUAL_SIDE = 10000 };

void declare_layout(struct build *build, struct unit_state *unit, struct node *node)
{
	struct check *check = &build->check;
	struct declared_layout *declared = arena_alloc(build->arena, sizeof *declared);
	declared->unit = unit;
	declared->layout.unit = unit->name;
	declared->layout.name = node->key;
	declared->layout.where = node->key_where;
	declare_name(build, &build->layouts, unit, node, declared, "layout");
	declared->state = LAYOUT_DONE;
	if (!check_name(check, node->key_where, node->key, "a layout") ||
		!check_node_kind(check, node, node->key, NODE_MAP)) {
		declared->broken = true;
		return;
	}
	declared->node = node;
	declared->state = LAYOUT_NEW;
	build_append(build, layout_list, declared);
}

/* --- zones */

struct zones {
	struct layout_zone items[LAYOUT_ZONES_MOST];
	size_t count;
};

static struct layout_zone *find_zone(struct zones *zones, const char *name)
{
	for (size_t i = 0; i < zones->count; i++)
		if (strcmp(zones->items[i].name, name) == 0)
			return &zones->items[i];
	return NULL;
}

static struct layout_zone *add_zone(struct zones *zones, const char *name)
{
	struct layout_zone *zone = &zones->items[zones->count++];
	*zone = (struct layout_zone){.name = name, .style = &style_standard, .required = true};
	return zone;
}

static bool has_key(const struct node *map, const char *key)
{
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->children[i]->key, key) == 0)
			return true;
	return false;
}

static void check_whole(struct build *build, const struct declared_layout *declared, struct node *map,
	bool is_new, const struct layout_zone *zone)
{
	/* What is wrong with either is reported already. */
	if (declared->broken || !is_new)
		return;
	if (!has_key(map, "kind"))
		diag_error(build->check.diags, map->where,
			"the zone `%s` has no `kind`; write text, ticker, clock, image, qr, playlist or "
			"panel",
			zone->name);
	if (!has_key(map, "at"))
		diag_error(build->check.diags, map->where,
			"the zone `%s` has no place; write `at: [left, top, width, height]`", zone->name);
	if (zone->kind == ZONE_PLAYLIST && !has_key(map, "playlist"))
		diag_error(build->check.diags, map->where,
			"the zone `%s` has no playlist; write `playlist: name`", zone->name);
}

static void read_zone(
	struct build *build, struct declared_layout *declared, struct node *node, struct zones *zones)
{
	struct check *check = &build->check;
	bool hidden = false;
	if (!check_name(check, node->key_where, node->key, "a zone") ||
		!check_node_kind(check, node, node->key, NODE_MAP))
		return;
	struct layout_zone *zone = find_zone(zones, node->key);
	bool is_new = zone == NULL;
	if (is_new && zones->count == LAYOUT_ZONES_MOST) {
		diag_error(check->diags, node->key_where, "a layout has at most %d zones", LAYOUT_ZONES_MOST);
		return;
	}
	if (is_new)
		zone = add_zone(zones, node->key);
	zone->where = node->key_where;
	read_layout_zone(build, declared->unit, node, zone, &hidden);
	if (hidden && is_new && !declared->broken)
		diag_error(check->diags, node->key_where,
			"`hide`: the layout that this one is based on has no zone `%s`", node->key);
	check_whole(build, declared, node, is_new && !hidden, zone);
	if (hidden) {
		size_t at = (size_t)(zone - zones->items);
		memmove(zone, zone + 1, (--zones->count - at) * sizeof *zone);
	}
}

/* --- the layout */

static void read_from_size(struct build *build, struct node *map, struct layout *layout)
{
	struct node *node = check_any(&build->check, map, "from-size", CHECK_OPTIONAL);
	int width, height, used = 0;
	if (!node || !check_node_kind(&build->check, node, "from-size", NODE_SCALAR))
		return;
	if (sscanf(node->text, "%5dx%5d%n", &width, &height, &used) != 2 || node->text[used] != '\0' ||
		width < 1 || height < 1) {
		check_refuse(&build->check, node, "from-size", "a width and a height in pixels as 640x360");
		return;
	}
	layout->from_width = width;
	layout->from_height = height;
}

static void read_layout(struct build *build, struct declared_layout *declared, struct zones *zones)
{
	static const char *const shapes[] = {"any", "landscape", "portrait"};
	struct check *check = &build->check;
	struct node *map = declared->node;
	struct layout *layout = &declared->layout;
	int word;
	read_from_size(build, map, layout);
	if (check_word(check, map, "shape", CHECK_OPTIONAL, shapes, 3, &word))
		layout->shape = (enum shape)word;
	read_paint(build, declared->unit, map, &layout->background);
	struct node *list = check_map(check, map, "zones", CHECK_OPTIONAL);
	for (size_t i = 0; list && i < list->count; i++)
		if (!list->children[i]->visited)
			read_zone(build, declared, list->children[i], zones);
	if (zones->count == 0 && !declared->broken)
		diag_error(check->diags, map->where, "the layout `%s` has no zones; write `zones:`",
			layout->name);
	check_done(check, map, "a layout");
}

static bool is_share(struct extent extent)
{
	return extent.share || extent.value == 0;
}

static bool all_shares(const struct layout *layout)
{
	for (size_t i = 0; i < layout->zone_count; i++) {
		const struct layout_zone *zone = &layout->zones[i];
		if (!is_share(zone->left) || !is_share(zone->top) || !is_share(zone->width) ||
			!is_share(zone->height))
			return false;
	}
	return true;
}

static void resolve_layout(struct build *build, struct declared_layout *declared, int depth)
{
	struct zones zones = {.count = 0};
	struct layout *layout = &declared->layout, own = *layout;
	struct node *based_on = check_any(&build->check, declared->node, "based-on", CHECK_OPTIONAL);
	struct declared_layout *base =
		based_on ? resolve_name(build, &build->layouts, declared->unit, based_on, "layout") : NULL;
	size_t errors = build->check.diags->errors;
	declared->state = LAYOUT_BUSY;
	declared->broken = based_on && !base;
	if (base && (base->state == LAYOUT_BUSY || depth == DEPTH_MOST)) {
		diag_error(build->check.diags, based_on->where,
			base->state == LAYOUT_BUSY
				? _("the layout `%s` is based on itself through `%s`; break the circle")
				: _("the layout `%s` and what it is based on are too many, down to `%s`"),
			layout->name, base->layout.name);
		declared->broken = true;
	} else if (base) {
		base->used = true;
		if (base->state == LAYOUT_NEW)
			resolve_layout(build, base, depth + 1);
		*layout = base->layout;
		layout->unit = own.unit;
		layout->name = own.name;
		layout->where = own.where;
		zones.count = base->layout.zone_count;
		for (size_t i = 0; i < zones.count; i++)
			zones.items[i] = base->layout.zones[i];
		declared->broken = base->broken;
	}
	read_layout(build, declared, &zones);
	layout->zones = arena_memdup(build->arena, zones.items, zones.count * sizeof *zones.items);
	layout->zone_count = zones.count;
	declared->broken |= build->check.diags->errors > errors;
	declared->state = LAYOUT_DONE;
	/* Where shares say all, it is as on every display. */
	if (!declared->broken && all_shares(layout))
		layout_check(layout, VIRTUAL_SIDE, VIRTUAL_SIDE, NULL, build->check.diags);
}

void resolve_layouts(struct build *build)
{
	for (size_t i = 0; i < build->layout_list.count; i++)
		if (build->layout_list.items[i]->state == LAYOUT_NEW)
			resolve_layout(build, build->layout_list.items[i], 0);
}

void check_zone_playlists(struct build *build)
{
	for (size_t i = 0; i < build->layout_list.count; i++) {
		const struct layout *layout = &build->layout_list.items[i]->layout;
		for (size_t k = 0; k < layout->zone_count; k++) {
			const struct layout_zone *zone = &layout->zones[k];
			for (size_t n = 0; zone->playlist && n < zone->playlist->item_count; n++) {
				const struct item *item = zone->playlist->items[n];
				if (item->message->text[0] == '\0' && !item->message->image)
					diag_error(build->check.diags, item->where,
						"the zone `%s` of layout `%s` plays this, and a zone shows a "
						"message's `text` and `image`; `%s` has neither",
						zone->name, layout->name, item->message->name);
			}
		}
	}
}
