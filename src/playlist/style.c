#include <string.h>

#include "base/alloc.h"
#include "playlist/build.h"

const struct style style_standard = {
	.name = "",
	.font = "",
	.align = ALIGN_CENTRE,
	.valign = ALIGN_CENTRE,
	.speed = 40,
	.page_time = 5 * NS_PER_SEC,
};

enum {
	SET_FONT = 1 << 0,
	SET_SIZE = 1 << 1,
	SET_BOLD = 1 << 2,
	SET_COLOUR = 1 << 3,
	SET_BACKGROUND = 1 << 4,
	SET_ALIGN = 1 << 5,
	SET_VALIGN = 1 << 6,
	SET_SPEED = 1 << 7,
	SET_PAGE_TIME = 1 << 8,
	SET_LINE_SPACING = 1 << 9,
	SET_LEAST = 1 << 10,
	SET_MOST = 1 << 11,
};

static unsigned read_numbers(struct check *check, struct node *map, struct style *style)
{
	unsigned set = 0;
	int64_t number;
	if (check_int(check, map, "speed", CHECK_OPTIONAL, 1, 2000, &number)) {
		style->speed = (int)number;
		set |= SET_SPEED;
	}
	if (check_int(check, map, "line-spacing", CHECK_OPTIONAL, 0, 64, &number)) {
		style->line_spacing = (int)number;
		set |= SET_LINE_SPACING;
	}
	if (check_duration(
		    check, map, "page-time", CHECK_OPTIONAL, NS_PER_SEC, NS_PER_HOUR, &style->page_time))
		set |= SET_PAGE_TIME;
	return set;
}

/* Of letters: pixels, or a share of the display's height. */
static unsigned read_sizes(struct build *build, struct node *map, struct style *style)
{
	struct node *node = check_any(&build->check, map, "size", CHECK_OPTIONAL);
	struct extent size;
	unsigned set = 0;
	int64_t number;
	if (node && node->kind == NODE_SCALAR && strchr(node->text, '%')) {
		if (read_extent(build, node, "size", &size)) {
			style->size_share = size.value;
			set |= SET_SIZE;
		}
	} else if (node && check_node_int(&build->check, node, "size", 0, 4096, &number)) {
		style->size = (int)number;
		set |= SET_SIZE;
	}
	if (read_extent_key(build, map, "min-size", &style->least))
		set |= SET_LEAST;
	if (read_extent_key(build, map, "max-size", &style->most))
		set |= SET_MOST;
	return set;
}

static unsigned read_looks(struct check *check, struct node *map, struct style *style)
{
	static const char *const across[] = {"left", "centre", "right"};
	static const char *const down[] = {"top", "centre", "bottom"};
	unsigned set = 0;
	int word;
	if (check_text(check, map, "font", CHECK_OPTIONAL, &style->font))
		set |= SET_FONT;
	if (check_bool(check, map, "bold", CHECK_OPTIONAL, &style->bold))
		set |= SET_BOLD;
	if (check_colour(check, map, "colour", CHECK_OPTIONAL, &style->colour))
		set |= SET_COLOUR;
	if (check_colour(check, map, "background", CHECK_OPTIONAL, &style->background))
		set |= SET_BACKGROUND;
	if (check_word(check, map, "align", CHECK_OPTIONAL, across, 3, &word)) {
		style->align = (enum align)word;
		set |= SET_ALIGN;
	}
	if (check_word(check, map, "valign", CHECK_OPTIONAL, down, 3, &word)) {
		style->valign = (enum align)word;
		set |= SET_VALIGN;
	}
	style->colour_set = set & SET_COLOUR;
	style->background_set = set & SET_BACKGROUND;
	return set;
}

void declare_style(struct build *build, struct unit_state *unit, struct node *node)
{
	struct check *check = &build->check;
	struct declared_style *declared = arena_alloc(build->arena, sizeof *declared);
	declared->unit = unit;
	declared->style = style_standard;
	declare_name(build, &build->styles, unit, node, declared, "style");
	if (!check_name(check, node->key_where, node->key, "a style") ||
		!check_node_kind(check, node, node->key, NODE_MAP))
		return;
	declared->style.name = node->key;
	declared->set = read_sizes(build, node, &declared->style) |
			read_numbers(check, node, &declared->style) |
			read_looks(check, node, &declared->style);
	declared->based_on = check_any(check, node, "based-on", CHECK_OPTIONAL);
	check_done(check, node, "a style");
	build_append(build, style_list, declared);
}

/* What the style does not say itself is as in its base. */
static void inherit(struct declared_style *declared, const struct style *base)
{
	struct style own = declared->style, *style = &declared->style;
	unsigned set = declared->set;
	*style = *base;
	style->name = own.name;
	if (set & SET_FONT)
		style->font = own.font;
	if (set & SET_SIZE)
		style->size = own.size, style->size_share = own.size_share;
	if (set & SET_LEAST)
		style->least = own.least;
	if (set & SET_MOST)
		style->most = own.most;
	if (set & SET_BOLD)
		style->bold = own.bold;
	if (set & SET_COLOUR)
		style->colour = own.colour, style->colour_set = true;
	if (set & SET_BACKGROUND)
		style->background = own.background, style->background_set = true;
	if (set & SET_ALIGN)
		style->align = own.align;
	if (set & SET_VALIGN)
		style->valign = own.valign;
	if (set & SET_SPEED)
		style->speed = own.speed;
	if (set & SET_PAGE_TIME)
		style->page_time = own.page_time;
	if (set & SET_LINE_SPACING)
		style->line_spacing = own.line_spacing;
}

/* Follows the chain down to a style that is done, then comes back up: no recursion, as a chain may be long. Bases are
 * named in based_on until then, so the way back is found through the chain itself. */
static void resolve_chain(struct build *build, struct declared_style *top)
{
	ARRAY_OF(struct declared_style) chain = {NULL, 0, 0};
	struct declared_style *at = top;
	const struct style *base = &style_standard;
	while (at->state == STYLE_NEW) {
		array_reserve_one(chain.items, chain.count, chain.capacity);
		chain.items[chain.count++] = at;
		at->state = STYLE_BUSY;
		struct declared_style *next =
			at->based_on ? resolve_name(build, &build->styles, at->unit, at->based_on, "style")
				     : NULL;
		if (!next)
			break;
		if (next->state == STYLE_BUSY) {
			diag_error(build->check.diags, at->based_on->where,
				"the style `%s` is based on itself through `%s`; break the circle",
				at->style.name, next->style.name);
			break;
		}
		if (next->state == STYLE_DONE)
			base = &next->style;
		at = next;
	}
	while (chain.count > 0) {
		at = chain.items[--chain.count];
		if (at->based_on)
			inherit(at, base);
		at->state = STYLE_DONE;
		base = &at->style;
	}
	free(chain.items);
}

void resolve_styles(struct build *build)
{
	for (size_t i = 0; i < build->style_list.count; i++)
		resolve_chain(build, build->style_list.items[i]);
}

const struct style *resolve_style(struct build *build, struct unit_state *unit, struct node *node)
{
	struct declared_style *declared =
		node ? resolve_name(build, &build->styles, unit, node, "style") : NULL;
	return declared ? &declared->style : &style_standard;
}
