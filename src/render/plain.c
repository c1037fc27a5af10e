/* Scenes of one text on the whole of a face; and what is asked of this room. */
#include "base/alloc.h"
#include "frame/legible.h"
#include "render/mount.h"
#include "render/prepare.h"

#define MARGIN_FROM 200 /* pixels of the shorter side */

void face_of_display(const struct display *display, struct face *ret_face)
{
	*ret_face = (struct face){
		.width = display->width,
		.height = display->height,
		.page_height = display->height,
		.foreground = display->foreground,
		.background = display->background,
		.mono = display->panel.mono || display->panel.format == PANEL_MONO1,
		.legible = legible_pixels(display->pitch_mm, display->viewing_distance_m),
		.rate = display->rate,
	};
}

bool face_equal(const struct face *a, const struct face *b)
{
	return a->width == b->width && a->height == b->height && a->page_height == b->page_height &&
	       a->foreground == b->foreground && a->background == b->background && a->mono == b->mono &&
	       a->legible == b->legible && a->rate == b->rate && a->minimum_cycle == b->minimum_cycle;
}

/* --- notes */

void prepare_note(struct preparing *p, struct render_note note)
{
	struct render_notes *notes = p->notes;
	if (!notes || note.faults == 0)
		return;
	array_reserve_one(notes->items, notes->count, notes->capacity);
	notes->items[notes->count++] = note;
}

void render_notes_finish(struct render_notes *notes)
{
	free(notes->items);
	*notes = (struct render_notes){NULL, 0, 0};
}

/* --- one text */

/* Screens have room for a margin; boards of a few lines need every pixel. */
static int margin_of(const struct text_order *order)
{
	const struct face *face = order->face;
	int side = face->width < face->height ? face->width : face->height;
	return side >= MARGIN_FROM && order->motion != MOTION_SCROLL_UP ? side / 20 : 0;
}

static struct scene *one_text(
	struct preparing *p, const struct text_order *order, struct text_report *ret_report)
{
	struct scene *scene = scene_create(order->face);
	struct part *part = scene_add_part(scene, (struct rect){0, 0, order->width, order->height});
	bool paint = p->paint && !(p->trial && !order->ground);
	text_part_make(p->fonts, order, paint, part, ret_report);
	scene->length = part->length;
	scene->reading = ret_report->reading;
	if (order->ground && p->paint) {
		scene->backdrop = frame_create(order->width, order->height);
		frame_copy(scene->backdrop, 0, 0, order->ground,
			(struct rect){0, 0, order->width, order->height});
	}
	return scene;
}

static size_t forms_of(const struct message *message, struct words *forms)
{
	for (size_t i = 0; i <= message->short_count; i++)
		forms[i] = message->forms
				   ? message->forms[i]
				   : (struct words){.text = i ? message->shorts[i - 1] : message->text};
	return 1 + message->short_count;
}

struct scene *prepare_text(struct preparing *p, const struct face *face, const struct item *item,
	const struct frame *ground, bool margin, struct text_report *ret_report)
{
	const struct message *message = item->message;
	struct words *forms = xcalloc(1 + message->short_count, sizeof *forms);
	struct text_order order = {.face = face,
		.forms = forms,
		.form_count = forms_of(message, forms),
		.motion = possible_motion(face, item->motion),
		.width = face->width,
		.height = face->height,
		.ground = ground};
	text_order_style(&order, message->style);
	order.margin = margin ? margin_of(&order) : 0;
	struct scene *scene = one_text(p, &order, ret_report);
	free(forms);
	return scene;
}

struct scene *prepare_plain(struct preparing *p, const struct face *face, const struct item *item,
	const struct frame *ground, const struct layout_zone *zone)
{
	const struct message *message = item->message;
	struct text_report report;
	if (message->style->background_set)
		ground = NULL;
	if (mount_wanted(message))
		return mount_build(p, face, item, ground, zone);
	struct scene *scene = prepare_text(p, face, item, ground, !zone, &report);
	prepare_note(p, (struct render_note){.faults = report.faults,
				.missing = report.missing,
				.zone = zone,
				.where = message->text_where,
				.width = face->width,
				.height = face->height});
	return scene;
}

/* --- front door */

const struct page *scene_page(const struct face *face, const struct message *message)
{
	for (size_t i = 0; i < message->page_count; i++)
		if (layout_suits(message->pages[i].layout, face->width, face->height))
			return &message->pages[i];
	return NULL;
}

static struct scene *prepare(struct preparing *p, const struct item *item)
{
	const struct page *page = scene_page(p->face, item->message);
	return page ? prepare_page(p, page) : prepare_plain(p, p->face, item, NULL, NULL);
}

struct scene *scene_prepare_noted(
	struct fonts *fonts, const struct face *face, const struct item *item, struct render_notes *notes)
{
	struct preparing p = {.fonts = fonts, .face = face, .paint = true, .notes = notes};
	return prepare(&p, item);
}

struct scene *scene_try(
	struct fonts *fonts, const struct face *face, const struct item *item, struct render_notes *notes)
{
	struct preparing p = {.fonts = fonts, .face = face, .paint = true, .trial = true, .notes = notes};
	return prepare(&p, item);
}

struct scene *scene_prepare(struct fonts *fonts, const struct face *face, const struct item *item,
	unsigned *ret_faults, uint32_t *ret_char)
{
	struct render_notes notes = {NULL, 0, 0};
	struct scene *scene = scene_prepare_noted(fonts, face, item, &notes);
	if (ret_faults)
		*ret_faults = 0;
	for (size_t i = 0; i < notes.count; i++) {
		if (ret_faults)
			*ret_faults |= notes.items[i].faults;
		if (ret_char && notes.items[i].missing)
			*ret_char = notes.items[i].missing;
	}
	render_notes_finish(&notes);
	return scene;
}

struct scene *scene_prepare_words(struct fonts *fonts, const struct face *face, const struct words *words,
	enum motion motion, unsigned *ret_faults, uint32_t *ret_char)
{
	static const struct style plain = {.font = "",
		.align = ALIGN_CENTRE,
		.valign = ALIGN_CENTRE,
		.speed = 60,
		.page_time = 4 * NS_PER_SEC};
	struct text_order order = {.face = face,
		.forms = words,
		.form_count = 1,
		.motion = possible_motion(face, motion),
		.width = face->width,
		.height = face->height};
	struct text_report report;
	struct preparing p = {.fonts = fonts, .face = face, .paint = true};
	text_order_style(&order, &plain);
	order.margin = margin_of(&order);
	struct scene *scene = one_text(&p, &order, &report);
	if (ret_faults)
		*ret_faults = report.faults;
	if (ret_char)
		*ret_char = report.missing;
	return scene;
}

struct scene *scene_prepare_text(struct fonts *fonts, const struct face *face, const char *text,
	enum motion motion, unsigned *ret_faults, uint32_t *ret_char)
{
	return scene_prepare_words(fonts, face, &(struct words){.text = text}, motion, ret_faults, ret_char);
}

struct scene *scene_blank(const struct face *face)
{
	struct scene *scene = scene_create(face);
	scene->backdrop = frame_create(face->width, face->height);
	frame_fill(scene->backdrop, (struct rect){0, 0, face->width, face->height}, face->background);
	scene->length = NS_PER_SEC;
	return scene;
}

int64_t scene_length(struct fonts *fonts, const struct face *face, const struct item *item)
{
	if (item->duration > 0)
		return item->duration;
	/* What data says now must not shift the programme: the lengths are those of what stands for it. */
	struct face blind = *face;
	blind.asking.data = NULL;
	struct preparing p = {.fonts = fonts, .face = &blind};
	struct scene *scene = prepare(&p, item);
	int64_t length = scene->length * item->passes;
	scene_unref(scene);
	return length;
}
