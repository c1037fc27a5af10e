/* A text in a box: which letters, and which pages. */
#include <limits.h>

#include "render/typeset.h"

#define LINES_MOST                                                                                           \
	12 /* of a text whose style has no size, where nothing is known of who reads it and its words fit */

/* How far Pango can count along a text, in pixels; half of it, as bold letters are wider, and fonts higher than ink. */
#define PANGO_REACH (INT_MAX / PANGO_SCALE / 2)

struct fitting {
	struct fonts *fonts;
	struct typesetter *typesetter;
	const struct face *face;
	const struct setting *setting;
	struct passage passage;
	int width, height;
	enum overflow overflow;
};

static void judge(const struct fitting *f, struct fitted *fitted)
{
	const struct block *block = &fitted->block;
	fitted->width = f->width;
	fitted->height = f->height;
	fitted->faults = block->faults;
	if (block->font.ink.capital < f->face->legible)
		fitted->faults |= RENDER_TOO_SMALL;
	fitted->whole = !(block->faults & RENDER_TOO_WIDE) &&
			(f->overflow == OVERFLOW_FLOW || block_height(block) <= f->height);
	int lines = block_lines_in(block, f->height);
	fitted->pages = (block->lines + lines - 1) / lines;
}

/* At that height no letter is wider than high, so that Pango's numbers hold a line of all of the text. */
static int countable(const char *text, int height)
{
	long letters = g_utf8_strlen(text, -1), most = PANGO_REACH / (letters + 1);
	return height < most ? height : (int)most;
}

/* Sets the text in lines of at most that height; false: no font is so low. */
static bool try_height(const struct fitting *f, int height, struct fitted *fitted)
{
	struct font font;
	for (int most = countable(f->passage.marked.text, height); most > 0;) {
		if (!fonts_choose(f->fonts, f->typesetter, f->face, f->setting->family, f->setting->bold,
			    most, f->passage.covering, &font))
			return false;
		fitted_finish(fitted);
		block_set(&fitted->block, f->fonts, f->typesetter, &font, &f->passage, f->width,
			f->setting->spacing);
		int over = block_height_of(&fitted->block, 1) - height;
		if (over <= 0)
			break;
		most = font.ink.up + font.ink.down - over; /* its bold words are higher than the font */
	}
	judge(f, fitted);
	return true;
}

static int line_of(const struct fitting *f, int lines)
{
	return (f->height - (lines - 1) * f->setting->spacing) / lines;
}

/* The height at which the lines that fit would fill the box, were letters as wide as they are high at every size; between
 * the two. */
static int likely(const struct fitting *f, const struct fitted *fitted, int fits, int above)
{
	const struct block *block = &fitted->block;
	if (!fitted->whole || block->width < 1)
		return (fits + above) / 2;
	int64_t by_width = (int64_t)fits * f->width / block->width;
	int64_t by_height = (int64_t)fits * f->height / block_height(block);
	int64_t height = by_width < by_height ? by_width : by_height;
	return height <= fits ? fits + 1 : height >= above ? above - 1 : (int)height;
}

/* Between lines that are too high for the text and lower ones at which all of it fits, or that are too low for any font:
 * the highest at which it does, if any. It is mostly where it is likely or beside that; each height tried has letters of
 * its own, which must be loaded. */
static void grow(const struct fitting *f, int fits, int above, struct fitted *fitted)
{
	enum { LIKELY = 4 };
	struct fitted trial = {0};
	for (int tries = 0; above - fits > 1; tries++) {
		int middle = tries < LIKELY ? likely(f, fitted, fits, above) : (fits + above) / 2;
		if (!try_height(f, middle, &trial)) {
			fits = middle; /* no font is so low */
		} else if (trial.whole) {
			fits = middle;
			fitted_finish(fitted);
			*fitted = trial;
			trial = (struct fitted){0};
		} else {
			above = middle;
		}
	}
	fitted_finish(&trial);
}

/* Line by line more, until all of it fits; what would be too small is not tried any more if something larger can be
 * paged. */
static bool choose(const struct fitting *f, struct fitted *fitted)
{
	struct fitted trial = {0};
	bool any = false;
	int above = f->height + 1;
	for (int lines = 1;
		lines <= LINES_MOST || f->face->legible > 0 || (any && fitted->faults & RENDER_TOO_WIDE);
		lines += lines < LINES_MOST ? 1 : lines / 4) {
		int height = line_of(f, lines);
		if (height < 1)
			break;
		if (!try_height(
			    f, height, &trial)) { /* lower than any font; but one may be between the two */
			if (any && !fitted->whole)
				grow(f, height, above, fitted);
			break;
		}
		bool pageable = any && !(fitted->faults & RENDER_TOO_WIDE);
		if (pageable && (trial.faults & RENDER_TOO_SMALL))
			break;
		fitted_finish(fitted);
		*fitted = trial;
		trial = (struct fitted){0};
		any = true;
		if (fitted->whole) {
			grow(f, height, above, fitted);
			break;
		}
		above = height;
	}
	fitted_finish(&trial);
	return any;
}

bool text_fit(struct fonts *fonts, struct typesetter *typesetter, const struct face *face,
	const struct setting *setting, const char *text, int width, int height, enum overflow overflow,
	struct fitted *ret_fitted)
{
	struct fitting f = {
		fonts, typesetter, face, setting, .width = width, .height = height, .overflow = overflow};
	*ret_fitted = (struct fitted){0};
	passage_read(&f.passage, fonts, text, false);
	bool any = setting->size > 0
			   ? try_height(&f, setting->size < height ? setting->size : height, ret_fitted)
			   : choose(&f, ret_fitted);
	passage_finish(&f.passage);
	return any;
}

bool line_fit(struct fonts *fonts, struct typesetter *typesetter, const struct face *face,
	const struct setting *setting, const char *text, int height, struct fitted *ret_fitted)
{
	struct fitting f = {fonts, typesetter, face, setting, .height = height, .overflow = OVERFLOW_FLOW};
	*ret_fitted = (struct fitted){0};
	passage_read(&f.passage, fonts, text, true);
	bool any = try_height(&f, height, ret_fitted);
	passage_finish(&f.passage);
	if (any)
		ret_fitted->width = ret_fitted->block.width;
	return any;
}

/* The first pages have a line more where they cannot all be equal. */
void fitted_page(const struct fitted *fitted, int page, int *ret_first, int *ret_count)
{
	int lines = fitted->block.lines, each = lines / fitted->pages, more = lines % fitted->pages;
	*ret_first = page * each + (page < more ? page : more);
	*ret_count = each + (page < more);
}

/* Where the first of `count` lines has its top in the box. */
static int top_of(const struct fitted *fitted, const struct setting *setting, int count)
{
	int room = fitted->height - block_height_of(&fitted->block, count);
	return room <= 0 || setting->valign == ALIGN_START ? 0
	       : setting->valign == ALIGN_CENTRE	   ? room / 2
							   : room;
}

void fitted_paint(
	struct fitted *fitted, const struct setting *setting, int page, struct frame *frame, int x, int y)
{
	int first, count;
	fitted_page(fitted, page, &first, &count);
	/* The box as a frame of its own, over the same pixels. */
	struct frame box = {.width = fitted->width,
		.height = fitted->height,
		.stride = frame->stride,
		.pixels = frame_row(frame, y) + x,
		.references = 1};
	block_paint(&fitted->block, setting, first, count, &box, top_of(fitted, setting, count));
	fitted->faults |= fitted->block.faults;
}

void fitted_try(struct fitted *fitted, const struct setting *setting, int page)
{
	int first, count;
	fitted_page(fitted, page, &first, &count);
	block_try(&fitted->block, setting, first, count, fitted->width, fitted->height,
		top_of(fitted, setting, count));
	fitted->faults |= fitted->block.faults;
}

void fitted_finish(struct fitted *fitted)
{
	block_finish(&fitted->block);
	*fitted = (struct fitted){0};
}
