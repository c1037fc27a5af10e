/* How a message fills the zones of its layouts. */
#include <string.h>

#include "base/words.h"
#include "playlist/build.h"

enum { LAYOUTS_MOST = 8, SLOTS_MOST = LAYOUT_ZONES_MOST + 4 };

struct slot { /* what the message says to one zone */
	const char *zone;
	struct node *node;
	bool alias; /* of `text`, `qr`, `image`: also for the first open zone of that kind */
	bool plain; /* has a use without a layout too */
	bool used;
	bool read; /* content holds it, as for that kind */
	enum zone_kind kind;
	struct content content;
};

struct filling {
	struct build *build;
	struct declared_message *declared;
	struct slot slots[SLOTS_MOST];
	size_t slot_count;
	const struct layout *layouts[LAYOUTS_MOST];
	size_t layout_count;
};

/* --- what the message says */

static void add_slot(struct filling *f, const char *zone, struct node *node, bool alias, bool plain)
{
	if (f->slot_count == SLOTS_MOST) {
		diag_error(f->build->check.diags, node->key_where, "a message fills at most %d zones",
			LAYOUT_ZONES_MOST);
		return;
	}
	f->slots[f->slot_count++] = (struct slot){.zone = zone, .node = node, .alias = alias, .plain = plain};
}

static void gather_slots(struct filling *f)
{
	const struct declared_message *declared = f->declared;
	if (declared->text)
		add_slot(f, "text", declared->text, true, true);
	if (declared->title)
		add_slot(f, "title", declared->title, false, false);
	if (declared->qr)
		add_slot(f, "qr", declared->qr, true, true);
	if (declared->image)
		add_slot(f, "image", declared->image, true, true);
	for (size_t i = 0; declared->zones && i < declared->zones->count; i++)
		if (!declared->zones->children[i]->visited)
			add_slot(f, declared->zones->children[i]->key, declared->zones->children[i], false,
				false);
}

static void gather_layouts(struct filling *f)
{
	const struct declared_message *declared = f->declared;
	if (declared->layout_count > LAYOUTS_MOST) {
		diag_error(f->build->check.diags, declared->layouts[LAYOUTS_MOST]->where,
			"a message has at most %d layouts", LAYOUTS_MOST);
		return;
	}
	for (size_t i = 0; i < declared->layout_count; i++) {
		struct declared_layout *layout = resolve_name(
			f->build, &f->build->layouts, declared->unit, declared->layouts[i], "layout");
		if (!layout || layout->broken) {
			f->layout_count = 0;
			return;
		}
		layout->used = true;
		f->layouts[f->layout_count++] = &layout->layout;
	}
}

/* --- zones */

static bool is_open(const struct layout_zone *zone)
{
	return zone->kind != ZONE_PANEL && zone->kind != ZONE_PLAYLIST && content_is_empty(&zone->content);
}

static bool of_kind(const struct slot *slot, enum zone_kind kind)
{
	if (strcmp(slot->zone, "qr") == 0)
		return kind == ZONE_QR;
	if (strcmp(slot->zone, "image") == 0)
		return kind == ZONE_IMAGE;
	return kind == ZONE_TEXT || kind == ZONE_TICKER;
}

static const struct layout_zone *open_zone(const struct layout *layout, const char *name)
{
	for (size_t i = 0; i < layout->zone_count; i++)
		if (is_open(&layout->zones[i]) && strcmp(layout->zones[i].name, name) == 0)
			return &layout->zones[i];
	return NULL;
}

static bool is_taken(const struct filling *f, const struct layout_zone *zone, const struct slot *slot)
{
	if (!is_open(zone) || !of_kind(slot, zone->kind))
		return true;
	for (size_t i = 0; i < f->slot_count; i++)
		if (strcmp(f->slots[i].zone, zone->name) == 0)
			return true;
	return false;
}

/* The zone of that name; for `text`, `qr` and `image` else the only one of the kind that nothing else fills. */
static const struct layout_zone *zone_of(
	const struct filling *f, const struct layout *layout, const struct slot *slot)
{
	const struct layout_zone *found = open_zone(layout, slot->zone);
	if (found || !slot->alias)
		return found;
	for (size_t i = 0; i < layout->zone_count; i++) {
		if (is_taken(f, &layout->zones[i], slot))
			continue;
		if (found)
			return NULL;
		found = &layout->zones[i];
	}
	return found;
}

static bool same_content(enum zone_kind a, enum zone_kind b)
{
	bool a_words = a == ZONE_TEXT || a == ZONE_TICKER || a == ZONE_CLOCK;
	bool b_words = b == ZONE_TEXT || b == ZONE_TICKER || b == ZONE_CLOCK;
	return a == b || (a_words && b_words);
}

static void read_slot(struct filling *f, struct slot *slot, enum zone_kind kind)
{
	const struct message *message = &f->declared->message;
	if (slot->read && same_content(slot->kind, kind))
		return;
	slot->read = true;
	slot->kind = kind;
	slot->content = (struct content){.where = slot->node->where};
	if (kind == ZONE_IMAGE)
		slot->content.image = slot->node == f->declared->image
					      ? message->image
					      : resolve_asset(f->build, f->declared->unit, slot->node);
	else if (kind == ZONE_QR)
		slot->content.qr =
			slot->node == f->declared->qr ? message->qr : read_qr_text(f->build, slot->node);
	else if (slot->node == f->declared->text)
		slot->content.words =
			message->forms ? message->forms[0] : (struct words){.text = message->text};
	else
		read_words(f->build, slot->node, slot->zone, message->lang, &slot->content.words);
}

static void require(struct filling *f, const struct layout *layout, const struct layout_zone *zone)
{
	if (zone->required)
		diag_error(f->build->check.diags, f->declared->message.where,
			"the layout `%s` wants something in its zone `%s`; write `zones: {%s: …}` in the "
			"message, or `required: false` in the zone (%s:%d)",
			layout->name, zone->name, zone->name, zone->where.file, zone->where.line);
}

static void fill(struct filling *f, const struct layout *layout, struct page *page)
{
	struct content *contents = arena_alloc(f->build->arena, layout->zone_count * sizeof *contents);
	bool filled[LAYOUT_ZONES_MOST] = {false};
	for (size_t i = 0; i < f->slot_count; i++) {
		struct slot *slot = &f->slots[i];
		const struct layout_zone *zone = zone_of(f, layout, slot);
		if (!zone)
			continue;
		read_slot(f, slot, zone->kind);
		slot->used = true;
		contents[zone - layout->zones] = slot->content;
		filled[zone - layout->zones] = true;
	}
	for (size_t i = 0; i < layout->zone_count; i++) {
		const struct layout_zone *zone = &layout->zones[i];
		if (!is_open(zone))
			contents[i] = zone->content;
		else if (!filled[i])
			require(f, layout, zone);
	}
	*page = (struct page){layout, contents};
}

static void refuse_slot(struct filling *f, const struct slot *slot)
{
	const char *candidates[LAYOUTS_MOST * LAYOUT_ZONES_MOST];
	size_t count = 0;
	for (size_t i = 0; i < f->layout_count; i++)
		for (size_t k = 0; k < f->layouts[i]->zone_count; k++)
			if (is_open(&f->layouts[i]->zones[k]))
				candidates[count++] = f->layouts[i]->zones[k].name;
	const char *near = nearest_word(slot->zone, candidates, count);
	const char *others = f->layout_count > 1 ? _(" (and the others)") : "";
	if (near)
		diag_error(f->build->check.diags, slot->node->key_where,
			"the layout `%s`%s has no zone `%s` that a message fills; did you mean `%s`?",
			f->layouts[0]->name, others, check_excerpt(slot->zone), near);
	else
		diag_error(f->build->check.diags, slot->node->key_where,
			"the layout `%s`%s has no zone `%s` that a message fills; delete it",
			f->layouts[0]->name, others, check_excerpt(slot->zone));
}

/* What no zone has read is judged as a text: a fault in it does not wait until the zone's name is right. */
static void check_unread(struct filling *f)
{
	struct words words;
	for (size_t i = 0; i < f->slot_count; i++)
		if (!f->slots[i].read && !f->slots[i].plain)
			read_words(f->build, f->slots[i].node, f->slots[i].zone, f->declared->message.lang,
				&words);
}

void fill_pages(struct build *build, struct declared_message *declared)
{
	struct filling f = {.build = build, .declared = declared};
	gather_slots(&f);
	gather_layouts(&f);
	if (f.layout_count == 0) {
		check_unread(&f);
		return;
	}
	struct page *pages = arena_alloc(build->arena, f.layout_count * sizeof *pages);
	for (size_t i = 0; i < f.layout_count; i++)
		fill(&f, f.layouts[i], &pages[i]);
	for (size_t i = 0; i < f.slot_count; i++)
		if (!f.slots[i].used && !f.slots[i].plain)
			refuse_slot(&f, &f.slots[i]);
	check_unread(&f);
	declared->message.pages = pages;
	declared->message.page_count = f.layout_count;
}
