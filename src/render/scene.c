#include "render/scene.h"

#include "base/alloc.h"
#include "base/text.h"
#include "frame/legible.h"
#include "frame/rate.h"
#include "render/mount.h"
#include "render/reading.h"
#include "render/typeset.h"

/* Reading time of a still text: time to notice it, then a calm pace for somebody who passes by. Vietnamese writes a
 * space between syllables. */
#define NOTICE_TIME   (2 * NS_PER_SEC)
#define SYLLABLE_TIME (350 * NS_PER_MS)
#define READING_LEAST (5 * NS_PER_SEC)

#define TICKER_HEIGHT_MOST                                                                                   \
	160 /* of a scrolling line whose style has no size; higher is harder to read, not easier */

#define MARGIN_FROM 200 /* pixels of the shorter side */

void face_of_display(const struct display *display, struct face *ret_face)
{
	*ret_face = (struct face){
		.width = display->width,
		.height = display->height,
		.foreground = display->foreground,
		.background = display->background,
		.mono = display->panel.mono || display->panel.format == PANEL_MONO1,
		.legible = legible_pixels(display->pitch_mm, display->viewing_distance_m),
		.rate = display->rate,
	};
}

bool face_equal(const struct face *a, const struct face *b)
{
	return a->width == b->width && a->height == b->height && a->foreground == b->foreground &&
	       a->background == b->background && a->mono == b->mono && a->legible == b->legible &&
	       a->rate == b->rate && a->minimum_cycle == b->minimum_cycle;
}

/* --- what is asked for, style and face merged */

struct order {
	const struct face *face;
	const char *text;
	const char *const *shorts;
	size_t short_count;
	enum motion motion;
	struct setting setting;
	int speed;
	int64_t page_time;
};

/* A device that is sent a picture every few frames cannot show motion: it would jump, differently each time. */
#define CYCLE_FRAMES_MOST 3

static bool is_slow(const struct face *face)
{
	return face->minimum_cycle > frame_instant(face->rate, CYCLE_FRAMES_MOST);
}

static enum motion possible_motion(const struct face *face, enum motion motion)
{
	bool scrolls = motion == MOTION_SCROLL_LEFT || motion == MOTION_SCROLL_UP;

	return scrolls && is_slow(face) ? MOTION_PAGE : motion;
}

/* A page takes one cycle to arrive, and is to be seen at least as long. */
static int64_t possible_page_time(const struct face *face, int64_t page_time)
{
	return page_time > 2 * face->minimum_cycle ? page_time : 2 * face->minimum_cycle;
}

static void order_from_style(struct order *order, const struct style *style)
{
	const struct face *face = order->face;
	order->setting = (struct setting){
		.family = style->font ? style->font : "",
		.bold = style->bold,
		.size = style->size,
		.spacing = style->line_spacing,
		.colour = style->colour_set ? style->colour : face->foreground,
		.background = style->background_set ? style->background : face->background,
		.align = style->align,
		.valign = style->valign,
	};
	order->speed = style->speed;
	order->page_time = possible_page_time(face, style->page_time);
}

static struct order order_of_item(const struct face *face, const struct item *item)
{
	const struct message *message = item->message;
	struct order order = {.face = face,
		.text = message->text,
		.shorts = message->shorts,
		.short_count = message->short_count,
		.motion = possible_motion(face, item->motion)};
	order_from_style(&order, message->style);
	return order;
}

static struct order order_of_text(const struct face *face, const char *text, enum motion motion)
{
	static const struct style plain = {.font = "",
		.align = ALIGN_CENTRE,
		.valign = ALIGN_CENTRE,
		.speed = 60,
		.page_time = 4 * NS_PER_SEC};
	struct order order = {.face = face, .text = text, .motion = possible_motion(face, motion)};
	order_from_style(&order, &plain);
	return order;
}

/* --- layout: which form of the text, in which font */

struct draft {
	const char *text;
	struct fitted fitted;
	unsigned faults;
};

/* Screens have room for a margin; boards of a few lines need every pixel. */
static int margin_of(const struct order *order)
{
	const struct face *face = order->face;
	int side = face->width < face->height ? face->width : face->height;
	return side >= MARGIN_FROM && order->motion != MOTION_SCROLL_UP ? side / 20 : 0;
}

static bool try_text(const struct order *order, struct fonts *fonts, struct typesetter *typesetter,
	const char *text, struct draft *draft)
{
	/* What rolls or is paged need not fit at once. */
	enum overflow overflow = order->motion == MOTION_STILL ? OVERFLOW_PAGES : OVERFLOW_FLOW;
	struct fitted fitted;
	int margin = margin_of(order);
	if (!text_fit(fonts, typesetter, order->face, &order->setting, text, order->face->width - 2 * margin,
		    order->face->height - 2 * margin, overflow, &fitted))
		return false;
	fitted_finish(&draft->fitted);
	draft->fitted = fitted;
	draft->text = text;
	return true;
}

static bool try_ticker(
	const struct order *order, struct fonts *fonts, struct typesetter *typesetter, struct draft *draft)
{
	const struct setting *setting = &order->setting;
	int height = setting->size ? setting->size : TICKER_HEIGHT_MOST;
	if (height > order->face->height)
		height = order->face->height;
	return line_fit(fonts, typesetter, order->face, setting, order->text, height, &draft->fitted);
}

/* The first form that fits is taken; if none does, the last one, which is the narrowest. */
static bool choose_draft(
	const struct order *order, struct fonts *fonts, struct typesetter *typesetter, struct draft *draft)
{
	*draft = (struct draft){0};
	if (order->motion == MOTION_SCROLL_LEFT)
		return try_ticker(order, fonts, typesetter, draft);
	if (!try_text(order, fonts, typesetter, order->text, draft))
		return false;
	if (order->motion != MOTION_STILL)
		return true;
	for (size_t i = 0; i < order->short_count && !draft->fitted.whole; i++) {
		try_text(order, fonts, typesetter, order->shorts[i], draft);
		draft->faults |= RENDER_SHORTENED;
	}
	return true;
}

/* --- painting the drafted text into a scene */

static struct frame *blank_frame(int width, int height, uint32_t colour)
{
	struct frame *frame = frame_create(width, height);
	frame_fill(frame, (struct rect){0, 0, width, height}, colour);
	return frame;
}

static void add_picture(struct scene *scene, struct frame *frame)
{
	scene->pictures = xrealloc(scene->pictures, scene->picture_count + 1, sizeof *scene->pictures);
	scene->pictures[scene->picture_count++] = frame;
}

static int block_top(const struct order *order, int height)
{
	int room = order->face->height - height;
	return room <= 0 || order->setting.valign == ALIGN_START ? 0
	       : order->setting.valign == ALIGN_CENTRE		 ? room / 2
								 : room;
}

static void paint_pages(struct scene *scene, const struct order *order, struct draft *draft, bool paint)
{
	struct fitted *fitted = &draft->fitted;
	for (int i = 0; i < fitted->pages; i++) {
		if (!paint) {
			scene->picture_count++;
			continue;
		}
		struct frame *page = blank_frame(scene->width, scene->height, scene->background);
		fitted_paint(fitted, &order->setting, i, page, margin_of(order), margin_of(order));
		add_picture(scene, page);
	}
	if (scene->picture_count > 1)
		scene->motion = MOTION_PAGE;
}

static void paint_ticker(struct scene *scene, const struct order *order, struct draft *draft, bool paint)
{
	struct block *block = &draft->fitted.block;
	scene->band_height = block_height(block);
	scene->band_top = block_top(order, scene->band_height);
	scene->strip_length = block->width > 0 ? block->width : 1;
	for (int from = 0; from < scene->strip_length && paint; from += TILE_WIDTH) {
		int width = scene->strip_length - from < TILE_WIDTH ? scene->strip_length - from : TILE_WIDTH;
		struct frame *tile = blank_frame(width, scene->band_height, scene->background);
		block_paint_part(block, &order->setting, from, tile, 0);
		add_picture(scene, tile);
	}
}

static void paint_roll(struct scene *scene, const struct order *order, struct draft *draft, bool paint)
{
	struct block *block = &draft->fitted.block;
	scene->strip_length = block_height(block);
	if (scene->strip_length > FRAME_SIDE_MOST) /* such a text was refused at load; what fits rolls */
		scene->strip_length = FRAME_SIDE_MOST;
	if (!paint)
		return;
	struct frame *strip = blank_frame(scene->width, scene->strip_length, scene->background);
	block_paint(block, &order->setting, 0, block->lines, strip, 0);
	add_picture(scene, strip);
}

static int64_t reading_time(const char *text)
{
	int64_t syllables = 0;
	bool inside = false;
	for (; *text; text++) {
		bool space = *text == ' ' || *text == '\n';
		syllables += !space && !inside;
		inside = !space;
	}
	int64_t time = NOTICE_TIME + syllables * SYLLABLE_TIME;
	return time > READING_LEAST ? time : READING_LEAST;
}

static struct scene *empty_scene(const struct face *face, uint32_t background)
{
	struct scene *scene = xcalloc(1, sizeof *scene);
	*scene = (struct scene){.references = 1,
		.width = face->width,
		.height = face->height,
		.rate = face->rate,
		.background = background,
		.length = READING_LEAST};
	return scene;
}

/* paint false: only what the length depends on. */
static struct scene *build(
	struct fonts *fonts, const struct order *order, bool paint, unsigned *ret_faults, uint32_t *ret_char)
{
	struct typesetter *typesetter = fonts_borrow(fonts);
	struct draft draft;
	struct scene *scene = empty_scene(order->face, order->setting.background);
	unsigned faults = 0;
	if (!choose_draft(order, fonts, typesetter, &draft)) {
		faults = RENDER_TOO_TALL;
		if (paint)
			add_picture(scene, blank_frame(scene->width, scene->height, scene->background));
	} else {
		scene->motion = order->motion;
		scene->page_time = order->page_time;
		if (order->motion == MOTION_SCROLL_LEFT)
			paint_ticker(scene, order, &draft, paint);
		else if (order->motion == MOTION_SCROLL_UP)
			paint_roll(scene, order, &draft, paint);
		else
			paint_pages(scene, order, &draft, paint);
		scene_set_motion(scene, order->speed);
		if (scene->motion == MOTION_STILL)
			scene->length = reading_time(draft.text);
		reading_take(scene, &draft.fitted, draft.text ? draft.text : order->text);
		faults = draft.faults | draft.fitted.faults | draft.fitted.block.faults;
		if (ret_char)
			*ret_char = draft.fitted.block.missing;
	}
	fitted_finish(&draft.fitted);
	fonts_give_back(fonts, typesetter);
	if (ret_faults)
		*ret_faults = faults;
	return scene;
}

/* --- front door */

struct scene *scene_build_text(struct fonts *fonts, const struct face *face, const struct item *item,
	bool paint, unsigned *ret_faults, uint32_t *ret_char)
{
	struct order order = order_of_item(face, item);
	struct scene *scene = build(fonts, &order, paint, ret_faults, ret_char);
	if (!paint)
		scene->picture_count = 0; /* counted, not painted */
	return scene;
}

struct scene *scene_prepare(struct fonts *fonts, const struct face *face, const struct item *item,
	unsigned *ret_faults, uint32_t *ret_char)
{
	return (mount_wanted(item->message) ? mount_build : scene_build_text)(
		fonts, face, item, true, ret_faults, ret_char);
}

struct scene *scene_prepare_text(struct fonts *fonts, const struct face *face, const char *text,
	enum motion motion, unsigned *ret_faults, uint32_t *ret_char)
{
	struct order order = order_of_text(face, text, motion);
	return build(fonts, &order, true, ret_faults, ret_char);
}

struct scene *scene_blank(const struct face *face)
{
	struct scene *scene = empty_scene(face, face->background);
	add_picture(scene, blank_frame(face->width, face->height, face->background));
	return scene;
}

int64_t scene_length(struct fonts *fonts, const struct face *face, const struct item *item)
{
	if (item->duration > 0)
		return item->duration;
	struct scene *scene = (mount_wanted(item->message) ? mount_build : scene_build_text)(
		fonts, face, item, false, NULL, NULL);
	int64_t length = scene->length * item->passes;
	scene_unref(scene);
	return length;
}

int64_t scene_natural_length(const struct scene *scene)
{
	return scene->length;
}

size_t scene_size(const struct scene *scene)
{
	size_t size = scene->inner ? scene_size(scene->inner) : 0;
	if (scene->ground)
		size += (size_t)scene->ground->stride * (size_t)scene->ground->height * sizeof(uint32_t);
	for (size_t i = 0; i < scene->picture_count; i++)
		size += (size_t)scene->pictures[i]->stride * (size_t)scene->pictures[i]->height *
			sizeof *scene->pictures[i]->pixels;
	return size;
}

struct scene *scene_ref(struct scene *scene)
{
	__atomic_add_fetch(&scene->references, 1, __ATOMIC_RELAXED);
	return scene;
}

void scene_unref(struct scene *scene)
{
	if (!scene || __atomic_sub_fetch(&scene->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; i < scene->picture_count; i++)
		frame_unref(scene->pictures[i]);
	scene_unref(scene->inner);
	frame_unref(scene->ground);
	free(scene->pictures);
	free(scene);
}
