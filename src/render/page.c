/* Pages: a layout with what a message fills it with. What stands is painted into the backdrop; what moves, or tells the
 * time, is a part. */
#include "base/alloc.h"
#include "render/ground.h"
#include "render/image.h"
#include "render/prepare.h"
#include "render/qr.h"

struct painting {
	struct preparing *p;
	const struct page *page;
	struct scene *scene;
};

struct placed { /* a zone on the face */
	const struct layout_zone *zone;
	const struct content *content;
	struct rect area, inside;
};

static bool is_empty(const struct placed *at)
{
	enum zone_kind kind = at->zone->kind;
	return kind != ZONE_PANEL && kind != ZONE_PLAYLIST && content_is_empty(at->content);
}

static struct frame *cut(const struct frame *frame, struct rect area)
{
	struct frame *piece = frame_create(area.width, area.height);
	frame_copy(piece, 0, 0, frame, area);
	return piece;
}

static void note(struct painting *painting, const struct placed *at, struct render_note note)
{
	note.zone = at->zone;
	note.where = at->content->where.file ? at->content->where : at->zone->where;
	prepare_note(painting->p, note);
}

static int aligned(enum align align, int room)
{
	return align == ALIGN_START ? 0 : align == ALIGN_CENTRE ? room / 2 : room;
}

/* --- texts */

static struct text_order order_of(
	const struct placed *at, const struct face *face, const struct frame *ground)
{
	struct text_order order = {.face = face,
		.forms = &at->content->words,
		.form_count = 1,
		.motion = possible_motion(
			face, at->zone->kind == ZONE_TICKER ? MOTION_SCROLL_LEFT : MOTION_STILL),
		.width = at->inside.width,
		.height = at->inside.height,
		.ground = ground,
		.by_wall = at->zone->kind == ZONE_TICKER,
		.squeeze = true};
	text_order_style(&order, at->zone->style);
	return order;
}

/* What never changes needs no part. */
static void settle(struct scene *scene, struct part *part)
{
	if (part->motion != MOTION_STILL || part->source || part->sequence || part->picture_count != 1)
		return;
	frame_copy(scene->backdrop, part->area.x, part->area.y, part->pictures[0],
		(struct rect){0, 0, part->area.width, part->area.height});
	part_finish(part);
	scene->part_count--;
}

static void put_text(struct painting *painting, const struct placed *at)
{
	struct preparing *p = painting->p;
	struct scene *scene = painting->scene;
	struct frame *ground = p->paint ? cut(scene->backdrop, at->inside) : NULL;
	struct text_order order = order_of(at, p->face, ground);
	struct text_report report;
	struct part *part = scene_add_part(scene, at->inside);
	text_part_make(p->fonts, &order, p->paint, part, &report);
	/* A ticker runs on from page to page; whoever reads the page does not wait for it. */
	int64_t length = order.motion == MOTION_SCROLL_LEFT ? 0 : part->length;
	if (length > scene->length)
		scene->length = length;
	note(painting, at,
		(struct render_note){.faults = report.faults,
			.missing = report.missing,
			.width = at->inside.width,
			.height = at->inside.height});
	if (p->paint)
		settle(scene, part);
	frame_unref(ground);
}

/* --- codes and pictures */

static void put_qr(struct painting *painting, const struct placed *at)
{
	const struct face *face = painting->p->face;
	struct qr *qr;
	int least = 0;
	if (!painting->p->paint)
		return;
	int error = qr_create(at->content->qr, at->inside.width, at->inside.height, &qr, &least);
	if (error < 0) {
		note(painting, at,
			(struct render_note){.faults = RENDER_NO_ROOM, .width = least, .height = least});
		return;
	}
	const struct style *style = at->zone->style;
	int x = at->inside.x + aligned(style->align, at->inside.width - qr->side);
	int y = at->inside.y + aligned(style->valign, at->inside.height - qr->side);
	qr_paint(qr, painting->scene->backdrop, x, y, face->mono ? face->foreground : 0xffffff, 0);
	qr_destroy(qr);
}

static void paint_image(struct painting *painting, const struct asset *asset, enum image_fit fit,
	struct rect area, struct render_note where)
{
	struct image_fault fault;
	if (image_paint(asset->data, asset->size, fit, painting->scene->backdrop, area, &fault) == 0)
		return;
	where.faults = RENDER_BAD_PICTURE;
	where.picture = asset;
	prepare_note(painting->p, where);
}

/* Where the style aligns it, if it is not to cover all. */
static void put_image(struct painting *painting, const struct placed *at)
{
	const struct asset *asset = at->content->image;
	const struct style *style = at->zone->style;
	if (!painting->p->paint)
		return;
	struct rect place = image_place(&asset->header, at->zone->fit, at->inside);
	place.x = at->inside.x + aligned(style->align, at->inside.width - place.width);
	place.y = at->inside.y + aligned(style->valign, at->inside.height - place.height);
	paint_image(painting, asset, at->zone->fit, place,
		(struct render_note){.zone = at->zone, .where = at->content->where});
}

/* --- playlists */

/* In a zone the time goes on from page to page: nobody's turn comes too short because the page is shown only briefly. */
static void put_playlist(struct painting *painting, const struct placed *at)
{
	struct preparing *p = painting->p;
	const struct playlist *playlist = at->zone->playlist;
	struct scene *scene = painting->scene;
	if (!p->paint)
		return;
	struct frame *ground = cut(scene->backdrop, at->inside);
	struct face face = *p->face;
	face.width = at->inside.width;
	face.height = at->inside.height;
	struct part *part = scene_add_part(scene, at->inside);
	part->pictures = xcalloc(1, sizeof(struct frame *));
	part->pictures[part->picture_count++] = ground;
	part->sequence = xcalloc(1, sizeof *part->sequence);
	struct sequence *sequence = part->sequence;
	sequence->elements = xcalloc(playlist->item_count, sizeof *sequence->elements);
	for (size_t i = 0; i < playlist->item_count; i++) {
		const struct item *item = playlist->items[i];
		struct scene *shown = prepare_plain(p, &face, item, ground, at->zone);
		sequence->elements[sequence->count++] = (struct sequence_element){.scene = shown,
			.length = item->duration > 0 ? item->duration : shown->length * item->passes,
			.until = item->message->until};
	}
}

/* --- the page */

/* A style's own background fills a zone that has none. */
static struct paint paint_of(const struct layout_zone *zone)
{
	struct paint paint = zone->background;
	if (paint.kind == PAINT_NONE && zone->style->background_set)
		paint = (struct paint){.kind = PAINT_COLOUR,
			.stops = {zone->style->background},
			.stop_count = 1,
			.opacity = 100};
	return paint;
}

static void put_ground(struct painting *painting, struct rect area, const struct paint *paint,
	const struct layout_zone *zone)
{
	static const struct border none = {.width = 0};
	struct frame *backdrop = painting->scene->backdrop;
	if (paint->kind != PAINT_IMAGE) {
		ground_paint(backdrop, area, paint, zone ? zone->radius : 0, zone ? &zone->border : &none);
		return;
	}
	ground_paint(backdrop, area, paint, 0, &none);
	paint_image(painting, paint->image, paint->fit, area,
		(struct render_note){.zone = zone, .where = paint->image_where});
	if (zone)
		ground_paint(
			backdrop, area, &(struct paint){.kind = PAINT_NONE}, zone->radius, &zone->border);
}

static void put_zone(struct painting *painting, size_t index)
{
	const struct face *face = painting->p->face;
	const struct layout_zone *zone = &painting->page->layout->zones[index];
	const struct placed at = {.zone = zone,
		.content = &painting->page->contents[index],
		.area = layout_zone_area(zone, face->width, face->height),
		.inside = layout_zone_inside(zone, face->width, face->height)};
	struct rect page = {0, 0, face->width, face->height}, common;
	/* What is wrong with places was refused at load: layout_check. */
	if (is_empty(&at) || at.inside.width < 1 || at.inside.height < 1 ||
		!rect_intersect(at.inside, page, &common) || common.width != at.inside.width ||
		common.height != at.inside.height)
		return;
	if (painting->p->paint) {
		struct paint paint = paint_of(zone);
		put_ground(painting, at.area, &paint, zone);
	}
	switch (zone->kind) {
	case ZONE_TEXT:
	case ZONE_TICKER:
	case ZONE_CLOCK:
		put_text(painting, &at);
		break;
	case ZONE_IMAGE:
		put_image(painting, &at);
		break;
	case ZONE_QR:
		put_qr(painting, &at);
		break;
	case ZONE_PLAYLIST:
		put_playlist(painting, &at);
		break;
	case ZONE_PANEL:
		break;
	}
}

static void paint_page(struct painting *painting)
{
	const struct face *face = painting->p->face;
	const struct rect all = {0, 0, face->width, face->height};
	painting->scene->backdrop = frame_create(face->width, face->height);
	frame_fill(painting->scene->backdrop, all, face->background);
	put_ground(painting, all, &painting->page->layout->background, NULL);
}

#define PAGE_LEAST (5 * NS_PER_SEC)

struct scene *prepare_page(struct preparing *p, const struct page *page)
{
	struct painting painting = {p, page, scene_create(p->face)};
	painting.scene->length = PAGE_LEAST;
	if (p->paint)
		paint_page(&painting);
	for (size_t i = 0; i < page->layout->zone_count; i++)
		put_zone(&painting, i);
	return painting.scene;
}
