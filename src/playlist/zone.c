/* One zone of a layout, as it is written. */
#include <string.h>

#include "base/words.h"
#include "playlist/build.h"

static const char *const kind_words[] = {"text", "ticker", "clock", "image", "qr", "playlist", "panel"};
enum { KINDS = sizeof kind_words / sizeof *kind_words, RADIUS_MOST = 1000, BORDER_MOST = 200 };

static void read_place(struct build *build, struct node *map, struct layout_zone *zone)
{
	struct extent *const extents[] = {&zone->left, &zone->top, &zone->width, &zone->height};
	struct check *check = &build->check;
	struct node *list = check_list(check, map, "at", CHECK_OPTIONAL);
	if (!list)
		return;
	if (list->count != 4) {
		diag_error(check->diags, list->where,
			"`at` wants four numbers, left, top, width and height, as [5%%, 10%%, 60%%, 80%%] or "
			"in pixels");
		return;
	}
	bool good = true;
	for (size_t i = 0; i < 4; i++)
		good &= read_extent(build, list->children[i], "at", extents[i]);
	for (size_t i = 0; i < 2 && good; i++) {
		const struct extent *from = extents[i], *size = extents[i + 2];
		if (size->value == 0)
			diag_error(check->diags, list->children[i + 2]->where,
				i == 0 ? N_("the zone `%s` has no width; write more than 0")
				       : N_("the zone `%s` has no height; write more than 0"),
				zone->name);
		else if (from->share && size->share && from->value + size->value > 10000)
			diag_error(check->diags, list->children[i + 2]->where,
				"the zone `%s` reaches beyond the page: %s and %s are more than 100%%; write "
				"at most %.10g%%",
				zone->name, list->children[i]->text, list->children[i + 2]->text,
				(10000 - from->value) / 100.0);
	}
}

/* One for all sides; up and down, left and right; or each, clockwise from the top. */
static void read_padding(struct build *build, struct node *map, struct layout_zone *zone)
{
	struct node *single, *const *nodes;
	size_t count;
	if (!check_values(&build->check, map, "padding", CHECK_OPTIONAL, &single, &nodes, &count))
		return;
	if (count == 3 || count > 4) {
		diag_error(build->check.diags, nodes[0]->where,
			"`padding` wants one number, or [vertical, horizontal], or [top, right, bottom, "
			"left]");
		return;
	}
	for (size_t i = 0; i < 4; i++)
		read_extent(build, nodes[i % count], "padding", &zone->padding[i]);
}

static unsigned read_side(struct check *check, struct node *node)
{
	static const char *const words[] = {"top", "right", "bottom", "left", "all"};
	int word;
	if (!check_node_word(check, node, "sides", words, 5, &word))
		return 0;
	return word == 4 ? SIDE_ALL : 1u << word;
}

static void read_border(struct build *build, struct node *map, struct layout_zone *zone)
{
	struct check *check = &build->check;
	struct node *node = check_map(check, map, "border", CHECK_OPTIONAL), *single, *const * nodes;
	struct border border = {.width = 1, .sides = SIDE_ALL};
	int64_t width;
	size_t count;
	if (!node)
		return;
	check_colour(check, node, "colour", CHECK_REQUIRED, &border.colour);
	if (check_int(check, node, "width", CHECK_OPTIONAL, 0, BORDER_MOST, &width))
		border.width = (int)width;
	if (check_values(check, node, "sides", CHECK_OPTIONAL, &single, &nodes, &count)) {
		border.sides = 0;
		for (size_t i = 0; i < count; i++)
			border.sides |= read_side(check, nodes[i]);
	}
	check_done(check, node, "`border`");
	zone->border = border;
}

static void read_looks(
	struct build *build, struct unit_state *unit, struct node *map, struct layout_zone *zone)
{
	static const char *const fit_words[] = {"contain", "cover"};
	struct check *check = &build->check;
	struct node *style = check_any(check, map, "style", CHECK_OPTIONAL);
	int64_t radius;
	int word;
	if (style)
		zone->style = resolve_style(build, unit, style);
	read_paint(build, unit, map, &zone->background);
	read_border(build, map, zone);
	if (check_int(check, map, "radius", CHECK_OPTIONAL, 0, RADIUS_MOST, &radius))
		zone->radius = (int)radius;
	if (check_word(check, map, "fit", CHECK_OPTIONAL, fit_words, 2, &word))
		zone->fit = (enum image_fit)word;
}

/* --- what stands in it */

static void read_zone_playlist(
	struct build *build, struct unit_state *unit, struct node *node, struct layout_zone *zone)
{
	struct declared_playlist *declared = resolve_name(build, &build->playlists, unit, node, "playlist");
	if (!declared)
		return;
	declared->used = true;
	zone->playlist = &declared->playlist;
}

/* The key that says what always stands in a zone of that kind; NULL: nothing can. */
static const char *content_key(enum zone_kind kind)
{
	switch (kind) {
	case ZONE_TEXT:
	case ZONE_TICKER:
	case ZONE_CLOCK:
		return "text";
	case ZONE_IMAGE:
		return "image";
	case ZONE_QR:
		return "qr";
	case ZONE_PLAYLIST:
		return "playlist";
	case ZONE_PANEL:
		break;
	}
	return "";
}

static void read_content(
	struct build *build, struct unit_state *unit, struct node *map, struct layout_zone *zone)
{
	static const char *const keys[] = {"text", "image", "qr", "playlist"};
	const char *lang = read_language(build, map);
	for (size_t i = 0; i < 4; i++) {
		struct node *node = check_any(&build->check, map, keys[i], CHECK_OPTIONAL);
		if (!node)
			continue;
		if (strcmp(keys[i], content_key(zone->kind)) != 0) {
			diag_error(build->check.diags, node->key_where,
				"a zone of kind `%s` takes no `%s`; delete it, or make it another kind",
				kind_words[zone->kind], keys[i]);
			continue;
		}
		zone->content.where = node->where;
		if (zone->kind == ZONE_PLAYLIST)
			read_zone_playlist(build, unit, node, zone);
		else if (zone->kind == ZONE_IMAGE)
			zone->content.image = resolve_asset(build, unit, node);
		else if (zone->kind == ZONE_QR)
			zone->content.qr = read_qr_text(build, node);
		else
			read_words(build, node, "text", lang, &zone->content.words);
	}
}

/* A clock that says nothing else says the time. */
static const struct field clock_field = {
	.kind = FIELD_TIME, .pace = PACE_MINUTE, .size = 5, .form = "%H:%M", .day = DAY_NONE};
static const struct words clock_words = {"00:00", &clock_field, 1};

void read_layout_zone(struct build *build, struct unit_state *unit, struct node *map,
	struct layout_zone *zone, bool *hidden)
{
	struct check *check = &build->check;
	int kind;
	if (check_word(check, map, "kind", CHECK_OPTIONAL, kind_words, KINDS, &kind) &&
		(enum zone_kind)kind != zone->kind) {
		zone->kind = (enum zone_kind)kind;
		zone->content = (struct content){.qr = NULL};
		zone->playlist = NULL;
	}
	read_place(build, map, zone);
	read_padding(build, map, zone);
	read_looks(build, unit, map, zone);
	read_content(build, unit, map, zone);
	check_bool(check, map, "required", CHECK_OPTIONAL, &zone->required);
	check_bool(check, map, "hide", CHECK_OPTIONAL, hidden);
	if (zone->kind == ZONE_CLOCK && !zone->content.words.text)
		zone->content.words = clock_words;
	check_done(check, map, "a zone");
}
