#include "render/text_part.h"

#include "base/alloc.h"
#include "frame/rate.h"
#include "render/reading.h"
#include "render/text_source.h"

/* Reading time of a still text: time to notice it, then a calm pace for somebody who passes by. Vietnamese writes a
 * space between syllables. */
#define NOTICE_TIME   (2 * NS_PER_SEC)
#define SYLLABLE_TIME (350 * NS_PER_MS)
#define READING_LEAST (5 * NS_PER_SEC)

#define TICKER_HEIGHT_MOST                                                                                   \
	160 /* of a scrolling line whose style has no size; higher is harder to read, not easier */

/* A device that is sent a picture every few frames cannot show motion: it would jump, differently each time. */
#define CYCLE_FRAMES_MOST 3

/* --- what is asked for */

static bool is_slow(const struct face *face)
{
	return face->minimum_cycle > frame_instant(face->rate, CYCLE_FRAMES_MOST);
}

enum motion possible_motion(const struct face *face, enum motion motion)
{
	bool scrolls = motion == MOTION_SCROLL_LEFT || motion == MOTION_SCROLL_UP;
	return scrolls && is_slow(face) ? MOTION_PAGE : motion;
}

/* A page takes one cycle to arrive, and is to be seen at least as long. */
static int64_t possible_page_time(const struct face *face, int64_t page_time)
{
	return page_time > 2 * face->minimum_cycle ? page_time : 2 * face->minimum_cycle;
}

void text_order_style(struct text_order *order, const struct style *style)
{
	const struct face *face = order->face;
	order->setting = (struct setting){
		.family = style->font ? style->font : "",
		.bold = style->bold,
		.size = style->size_share
				? extent_pixels((struct extent){style->size_share, true}, face->page_height)
				: style->size,
		.spacing = style->line_spacing,
		.colour = style->colour_set ? style->colour : face->foreground,
		.background = style->background_set ? style->background : face->background,
		.align = style->align,
		.valign = style->valign,
	};
	order->least = extent_pixels(style->least, face->page_height);
	order->most = extent_pixels(style->most, face->page_height);
	order->speed = style->speed;
	order->page_time = possible_page_time(face, style->page_time);
}

/* --- layout: which form of the text, in which font */

struct draft {
	struct fitted fitted;
	size_t form;
	unsigned faults;
};

static bool fit_once(const struct text_order *order, struct fonts *fonts, struct typesetter *typesetter,
	const struct setting *setting, const char *text, struct fitted *ret)
{
	int width = order->width - 2 * order->margin, height = order->height - 2 * order->margin;
	if (order->motion == MOTION_SCROLL_LEFT) {
		int line = setting->size ? setting->size : order->most ? order->most : TICKER_HEIGHT_MOST;
		return line_fit(fonts, typesetter, order->face, setting, text,
			line < order->height ? line : order->height, ret);
	}
	/* What rolls or is paged need not fit at once. */
	return text_fit(fonts, typesetter, order->face, setting, text, width, height,
		order->motion == MOTION_STILL ? OVERFLOW_PAGES : OVERFLOW_FLOW, ret);
}

#define SQUEEZED_LEAST 16 /* pixels of ink, where nothing else says what is legible */

/* Zones are of all shapes: between the lines that are too high and the next ones that would be too low there may be some
 * at which all of the text stands at once. */
static void squeeze(const struct text_order *order, struct fonts *fonts, struct typesetter *typesetter,
	const char *text, struct fitted *fitted)
{
	int least = order->least > SQUEEZED_LEAST ? order->least : SQUEEZED_LEAST;
	int low = least, high = order->height;
	while (low < high) {
		int middle = (low + high) / 2;
		struct setting setting = order->setting;
		struct fitted trial;
		setting.size = middle;
		bool whole = fit_once(order, fonts, typesetter, &setting, text, &trial);
		if (whole && !(whole = trial.whole && !(trial.faults & RENDER_TOO_SMALL)))
			fitted_finish(&trial);
		if (whole) {
			fitted_finish(fitted);
			*fitted = trial;
			low = middle + 1;
		} else {
			high = middle;
		}
	}
}

/* The letters that fit, within the bounds that the style sets. */
static bool fit(const struct text_order *order, struct fonts *fonts, struct typesetter *typesetter,
	const char *text, struct fitted *ret)
{
	struct setting setting = order->setting;
	if (!fit_once(order, fonts, typesetter, &setting, text, ret))
		return false;
	if (order->squeeze && setting.size == 0 && order->motion == MOTION_STILL && !ret->whole)
		squeeze(order, fonts, typesetter, text, ret);
	int ink = ret->block.font.ink.up + ret->block.font.ink.down;
	if (setting.size > 0 || order->motion == MOTION_SCROLL_LEFT)
		return true;
	if (order->most > 0 && ink > order->most)
		setting.size = order->most;
	else if (ink < order->least)
		setting.size = order->least;
	struct fitted bounded;
	if (setting.size > 0 && fit_once(order, fonts, typesetter, &setting, text, &bounded)) {
		fitted_finish(ret);
		*ret = bounded;
	}
	return true;
}

/* The first form that fits is taken; if none does, the last one, which is the narrowest. */
static bool choose_draft(const struct text_order *order, struct fonts *fonts, struct typesetter *typesetter,
	struct draft *draft)
{
	bool any = false;
	*draft = (struct draft){.form = 0};
	for (size_t i = 0; i < order->form_count; i++) {
		char *text = words_sample(&order->forms[i], &order->face->asking);
		struct fitted fitted;
		if (fit(order, fonts, typesetter, text, &fitted)) {
			fitted_finish(&draft->fitted);
			draft->fitted = fitted;
			draft->form = i;
			any = true;
		}
		free(text);
		draft->faults = i > 0 ? RENDER_SHORTENED : 0;
		if ((i == 0 && !any) || order->motion != MOTION_STILL || draft->fitted.whole)
			break;
	}
	return any;
}

/* --- painting */

static struct frame *ground_frame(const struct text_order *order)
{
	const struct rect all = {0, 0, order->width, order->height};
	struct frame *frame = frame_create(order->width, order->height);
	if (order->ground)
		frame_copy(frame, 0, 0, order->ground, all);
	else if (order->setting.background != 0) /* it is black */
		frame_fill(frame, all, order->setting.background);
	return frame;
}

static void add_picture(struct part *part, struct frame *frame)
{
	part->pictures = xrealloc(part->pictures, part->picture_count + 1, sizeof *part->pictures);
	part->pictures[part->picture_count++] = frame;
}

static int block_top(const struct text_order *order, int height)
{
	int room = order->height - height;
	return room <= 0 || order->setting.valign == ALIGN_START ? 0
	       : order->setting.valign == ALIGN_CENTRE		 ? room / 2
								 : room;
}

static void paint_pages(struct part *part, const struct text_order *order, struct draft *draft, bool paint)
{
	struct fitted *fitted = &draft->fitted;
	for (int i = 0; i < fitted->pages; i++) {
		if (!paint) {
			fitted_try(fitted, &order->setting, i);
			part->picture_count++;
			continue;
		}
		struct frame *page = ground_frame(order);
		fitted_paint(fitted, &order->setting, i, page, order->margin, order->margin);
		add_picture(part, page);
	}
	if (part->picture_count > 1)
		part->motion = MOTION_PAGE;
}

/* A strip that runs over what lies below must find the same colour all along each row. */
static bool take_rows(struct part *part, const struct text_order *order)
{
	bool even = true;
	part->rows = xcalloc((size_t)part->band_height, sizeof *part->rows);
	for (int y = 0; y < part->band_height; y++) {
		if (!order->ground) {
			part->rows[y] = order->setting.background;
			continue;
		}
		const uint32_t *row = frame_row(order->ground, part->band_top + y);
		part->rows[y] = row[0];
		for (int x = 1; x < order->width; x++)
			even &= (row[x] & 0xffffff) == (row[0] & 0xffffff);
	}
	return even;
}

static struct frame *blank_tile(const struct part *part, int width)
{
	struct frame *tile = frame_create(width, part->band_height);
	for (int y = 0; y < part->band_height; y++)
		frame_fill(tile, (struct rect){0, y, width, 1}, part->rows[y]);
	return tile;
}

static void paint_tiles(struct part *part, const struct text_order *order, struct draft *draft)
{
	for (int from = 0; from < part->strip_length; from += TILE_WIDTH) {
		int width = part->strip_length - from < TILE_WIDTH ? part->strip_length - from : TILE_WIDTH;
		struct frame *tile = blank_tile(part, width);
		block_paint_part(&draft->fitted.block, &order->setting, from, tile, 0);
		add_picture(part, tile);
	}
}

static void paint_ticker(struct part *part, const struct text_order *order, struct draft *draft, bool paint)
{
	struct block *block = &draft->fitted.block;
	part->band_height = block_height(block);
	part->band_top = block_top(order, part->band_height);
	if (part->band_top + part->band_height > order->height)
		part->band_height = order->height - part->band_top;
	if (part->strip_length == 0) {
		/* What the fields say may be a little wider than their samples. */
		int slack = order->forms[draft->form].field_count > 0 ? part->band_height : 0;
		part->strip_length = (block->width > 0 ? block->width : 1) + slack;
	}
	if (!paint) {
		block_try_part(block, part->band_height);
		return;
	}
	if (!take_rows(part, order))
		draft->faults |= RENDER_UNEVEN;
	paint_tiles(part, order, draft);
}

static bool is_even(const struct frame *frame)
{
	for (int y = 0; y < frame->height; y++)
		for (int x = 0; x < frame->width; x++)
			if ((frame_row(frame, y)[x] ^ frame->pixels[0]) & 0xffffff)
				return false;
	return true;
}

static void paint_roll(struct part *part, const struct text_order *order, struct draft *draft, bool paint)
{
	struct block *block = &draft->fitted.block;
	if (part->strip_length == 0)
		part->strip_length = block_height(block);
	if (part->strip_length > FRAME_SIDE_MOST) /* such a text was refused at load; what fits rolls */
		part->strip_length = FRAME_SIDE_MOST;
	if (!paint) {
		block_try(block, &order->setting, 0, block->lines, order->width, part->strip_length, 0);
		return;
	}
	if (order->ground) {
		part->background = order->ground->pixels[0];
		if (!is_even(order->ground))
			draft->faults |= RENDER_UNEVEN;
	}
	struct frame *strip = frame_create(order->width, part->strip_length);
	frame_fill(strip, (struct rect){0, 0, order->width, part->strip_length}, part->background);
	block_paint(block, &order->setting, 0, block->lines, strip, 0);
	add_picture(part, strip);
}

static void paint_draft(struct part *part, const struct text_order *order, struct draft *draft, bool paint)
{
	part->motion = order->motion;
	part->by_wall =
		order->by_wall && order->motion == MOTION_SCROLL_LEFT; /* pages are read from the first */
	part->alone = order->ground == NULL;
	part->background = order->setting.background;
	part->page_time = order->page_time;
	if (order->motion == MOTION_SCROLL_LEFT)
		paint_ticker(part, order, draft, paint);
	else if (order->motion == MOTION_SCROLL_UP)
		paint_roll(part, order, draft, paint);
	else
		paint_pages(part, order, draft, paint);
}

/* --- front door */

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

void text_part_make(struct fonts *fonts, const struct text_order *order, bool paint, struct part *part,
	struct text_report *ret_report)
{
	struct typesetter *typesetter = fonts_borrow(fonts);
	struct draft draft;
	*ret_report = (struct text_report){.faults = RENDER_TOO_TALL, .reading_time = READING_LEAST};
	part->length = READING_LEAST;
	if (!choose_draft(order, fonts, typesetter, &draft)) {
		part->alone = order->ground == NULL;
		if (paint)
			add_picture(part, ground_frame(order));
	} else {
		const struct words *words = &order->forms[draft.form];
		paint_draft(part, order, &draft, paint);
		part_set_motion(part, order->face->rate, order->speed);
		*ret_report = (struct text_report){
			.faults = draft.faults | draft.fitted.faults | draft.fitted.block.faults,
			.missing = draft.fitted.block.missing,
			.reading_time = reading_time(words->text),
		};
		reading_take(part, order->face->rate, &draft.fitted, words->text, &ret_report->reading);
		if (part->motion == MOTION_STILL)
			part->length = ret_report->reading_time;
		if (paint && words_pace(words) != PACE_NEVER)
			part->source = text_source_create(order, words, &draft.fitted.block.font);
	}
	fitted_finish(&draft.fitted);
	fonts_give_back(fonts, typesetter);
}

bool text_part_repaint(
	struct fonts *fonts, const struct text_order *order, const struct part *as, struct part *ret_part)
{
	struct typesetter *typesetter = fonts_borrow(fonts);
	struct text_order own = *order;
	struct draft draft;
	*ret_part = (struct part){.area = as->area, .strip_length = as->strip_length};
	bool good = choose_draft(&own, fonts, typesetter, &draft);
	if (good && own.motion == MOTION_STILL && draft.fitted.pages > 1 && as->motion == MOTION_STILL) {
		/* It is longer than the sample: smaller letters, as if it were the sample. */
		fitted_finish(&draft.fitted);
		own.setting.size = 0;
		good = choose_draft(&own, fonts, typesetter, &draft);
	}
	if (good)
		paint_draft(ret_part, &own, &draft, true);
	fitted_finish(&draft.fitted);
	fonts_give_back(fonts, typesetter);
	return good;
}
