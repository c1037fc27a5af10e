#include "render/typeset.h"

#include "base/alloc.h"

/* One line: breaks become spaces, and what the author joined stays joined. */
static char *flatten(const char *text)
{
	char *flat = xstrdup(text);
	for (char *p = flat; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	return flat;
}

static void measure_lines(struct block *block, int width)
{
	PangoRectangle ink, logical;
	block->lines = pango_layout_get_line_count(block->layout);
	for (int i = 0; i < block->lines; i++) {
		pango_layout_line_get_pixel_extents(
			pango_layout_get_line_readonly(block->layout, i), &ink, &logical);
		int right = ink.x + ink.width > logical.width ? ink.x + ink.width : logical.width;
		if (right > block->width)
			block->width = right;
		if (-ink.y > block->font.ink.up || ink.y + ink.height > block->font.ink.down)
			block->faults |=
				RENDER_TOO_TALL; /* such as Å̊: not measured, would touch the next line */
	}
	if (width > 0 && block->width > width)
		block->faults |= RENDER_TOO_WIDE;
}

void block_set(struct block *block, struct fonts *fonts, struct typesetter *typesetter,
	const struct font *font, const char *text, int width, int spacing)
{
	*block = (struct block){.font = *font};
	block->line_height = font->ink.up + font->ink.down + spacing;
	block->missing = fonts_missing(fonts, font, text);
	if (block->missing)
		block->faults |= RENDER_MISSING_GLYPH;
	block->layout = typesetter_layout(typesetter, font);
	if (width > 0) {
		pango_layout_set_text(block->layout, text, -1);
		pango_layout_set_width(block->layout, width * PANGO_SCALE);
		/* Between words only: Vietnamese syllables are never broken. */
		pango_layout_set_wrap(block->layout, PANGO_WRAP_WORD);
	} else {
		char *flat = flatten(text);
		pango_layout_set_single_paragraph_mode(block->layout, TRUE);
		pango_layout_set_text(block->layout, flat, -1);
		free(flat);
	}
	measure_lines(block, width);
}

void block_finish(struct block *block)
{
	if (block->layout)
		g_object_unref(block->layout);
	*block = (struct block){0};
}

static int ink_height(const struct block *block)
{
	return block->font.ink.up + block->font.ink.down;
}

int block_height(const struct block *block)
{
	return (block->lines - 1) * block->line_height + ink_height(block);
}

int block_lines_in(const struct block *block, int height)
{
	int lines = height < ink_height(block) ? 1 : 1 + (height - ink_height(block)) / block->line_height;
	return lines < block->lines ? lines : block->lines;
}

/* --- painting */

static cairo_t *paint_on(const struct frame *frame)
{
	cairo_surface_t *surface = cairo_image_surface_create_for_data((unsigned char *)frame->pixels,
		CAIRO_FORMAT_RGB24, frame->width, frame->height, frame->stride * 4);
	cairo_t *cr = cairo_create(surface);
	cairo_surface_destroy(surface);
	return cr;
}

static void set_colour(cairo_t *cr, uint32_t colour)
{
	cairo_set_source_rgb(
		cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
}

static int aligned(enum align align, int room)
{
	return align == ALIGN_START || room < 0 ? 0 : align == ALIGN_CENTRE ? room / 2 : room;
}

static void paint_line(struct block *block, cairo_t *cr, const struct frame *frame, int index, int x,
	int baseline, bool whole)
{
	PangoRectangle ink;
	PangoLayoutLine *line = pango_layout_get_line_readonly(block->layout, index);
	pango_layout_line_get_pixel_extents(line, &ink, NULL);
	bool above = baseline + ink.y<0, below = baseline + ink.y + ink.height> frame->height;
	bool beside = whole && (x + ink.x < 0 || x + ink.x + ink.width > frame->width);
	if (ink.width > 0 && (above || below || beside))
		block->faults |= RENDER_CLIPPED;
	cairo_move_to(cr, x, baseline);
	pango_cairo_show_layout_line(cr, line);
}

void block_paint(
	struct block *block, const struct setting *setting, int first, int count, struct frame *frame, int y)
{
	cairo_t *cr = paint_on(frame);
	set_colour(cr, setting->colour);
	for (int i = first; i < first + count && i < block->lines; i++) {
		PangoRectangle ink, logical;
		pango_layout_line_get_pixel_extents(
			pango_layout_get_line_readonly(block->layout, i), &ink, &logical);
		int x = aligned(setting->align, frame->width - logical.width);
		if (x + ink.x < 0) /* a letter that leans out of its box on the left */
			x = -ink.x;
		if (x + ink.x + ink.width > frame->width && ink.width <= frame->width)
			x = frame->width - ink.x - ink.width;
		paint_line(block, cr, frame, i, x, y + (i - first) * block->line_height + block->font.ink.up,
			true);
	}
	cairo_destroy(cr);
}

void block_paint_part(
	struct block *block, const struct setting *setting, int from, struct frame *frame, int y)
{
	cairo_t *cr = paint_on(frame);
	set_colour(cr, setting->colour);
	paint_line(block, cr, frame, 0, -from, y + block->font.ink.up, false);
	cairo_destroy(cr);
}
