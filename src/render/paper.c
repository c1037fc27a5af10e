#include "render/paper.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "render/paper_private.h"

static const struct {
	int size;
	bool bold;
	double before, after;
} styles[] = {
	[PAPER_TITLE] = {18, true, 0, 6},
	[PAPER_HEADING] = {12, true, 12, 4},
	[PAPER_TEXT] = {10, false, 0, 3},
	[PAPER_SMALL] = {8, false, 0, 2},
};

int paper_create(struct fonts *fonts, const char *path, struct paper **ret_paper)
{
	struct paper *paper = xcalloc(1, sizeof *paper);

	paper->fonts = fonts;
	paper->typesetter = fonts_borrow(fonts);
	paper->surface = cairo_pdf_surface_create(path, PAGE_WIDTH, PAGE_HEIGHT);
	paper->cr = cairo_create(paper->surface);
	paper->y = MARGIN;
	if (cairo_status(paper->cr) != CAIRO_STATUS_SUCCESS) {
		paper_finish(paper);
		return -EIO;
	}
	*ret_paper = paper;
	return 0;
}

PangoLayout *paper_layout(struct paper *paper, int size, bool bold, const char *text, double width)
{
	const struct font font = {.family = "Noto Sans", .pixels = size, .outline = true, .bold = bold};
	PangoLayout *layout = typesetter_layout_unhinted(paper->typesetter, &font);

	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_text(layout, text, -1);
	return layout;
}

double paper_height(PangoLayout *layout)
{
	int width, height;

	pango_layout_get_size(layout, &width, &height);
	return (double)height / PANGO_SCALE;
}

void paper_end_pair(struct paper *paper)
{
	if (paper->left_bottom > 0)
		paper->y = paper->left_bottom;
	paper->left_bottom = 0;
}

void paper_want(struct paper *paper, double height)
{
	if (paper->y + height <= PAGE_HEIGHT - MARGIN)
		return;
	cairo_show_page(paper->cr);
	paper->y = MARGIN;
}

void paper_show(struct paper *paper, PangoLayout *layout, double x, double y, uint32_t colour)
{
	cairo_set_source_rgb(
		paper->cr, (colour >> 16) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
	cairo_move_to(paper->cr, x, y);
	pango_cairo_show_layout(paper->cr, layout);
	g_object_unref(layout);
}

void paper_text(struct paper *paper, enum paper_style style, const char *text)
{
	PangoLayout *layout =
		paper_layout(paper, styles[style].size, styles[style].bold, text, PAGE_WIDTH - 2 * MARGIN);
	double height = paper_height(layout);

	paper_end_pair(paper);
	paper->y += styles[style].before;
	/* a heading does not stay behind alone: a code or a picture may follow it */
	paper_want(paper, height + (style == PAPER_HEADING ? 130 : 0));
	paper_show(paper, layout, MARGIN, paper->y, 0x202020);
	paper->y += height + styles[style].after;
}

void paper_row(struct paper *paper, const char *what, const char *value, uint32_t colour)
{
	PangoLayout *left = paper_layout(paper, 10, false, what, COLUMN - GAP);
	PangoLayout *right = paper_layout(paper, 10, colour != 0, value, PAGE_WIDTH - 2 * MARGIN - COLUMN);
	double height = paper_height(left) > paper_height(right) ? paper_height(left) : paper_height(right);

	paper_end_pair(paper);
	paper_want(paper, height + 5);
	paper_show(paper, left, MARGIN, paper->y, 0x505050);
	paper_show(paper, right, MARGIN + COLUMN, paper->y, colour);
	paper->y += height + 2;
	cairo_set_source_rgb(paper->cr, 0.85, 0.85, 0.85);
	cairo_set_line_width(paper->cr, 0.5);
	cairo_move_to(paper->cr, MARGIN, paper->y);
	cairo_line_to(paper->cr, PAGE_WIDTH - MARGIN, paper->y);
	cairo_stroke(paper->cr);
	paper->y += 3;
}

static cairo_surface_t *image_of(const struct frame *frame)
{
	cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, frame->width, frame->height);
	uint8_t *data = cairo_image_surface_get_data(image);
	int stride = cairo_image_surface_get_stride(image);

	for (int y = 0; data && y < frame->height; y++) {
		uint32_t *row = (uint32_t *)(void *)(data + (size_t)y * (size_t)stride);
		for (int x = 0; x < frame->width; x++)
			row[x] = frame_row((struct frame *)frame, y)[x] & 0xffffff;
	}
	cairo_surface_mark_dirty(image);
	return image;
}

static void draw_image(struct paper *paper, const struct frame *frame, double x, double y, double scale)
{
	cairo_surface_t *image = image_of(frame);

	cairo_save(paper->cr);
	cairo_translate(paper->cr, x, y);
	cairo_scale(paper->cr, scale, scale);
	cairo_set_source_surface(paper->cr, image, 0, 0);
	cairo_pattern_set_filter(cairo_get_source(paper->cr), CAIRO_FILTER_NEAREST);
	cairo_paint(paper->cr);
	cairo_restore(paper->cr);
	cairo_surface_destroy(image);
}

void paper_picture(struct paper *paper, const struct frame *frame, const char *caption)
{
	double across = (double)PICTURE_WIDTH / frame->width, down = (double)PICTURE_MOST / frame->height;
	double scale = across < down ? across : down;
	PangoLayout *text = paper_layout(paper, 8, false, caption, PICTURE_WIDTH);
	double height = scale * frame->height + 3 + paper_height(text) + 8;
	bool right = paper->left_bottom > 0;

	if (!right) {
		paper_want(paper, height);
		paper->pair_top = paper->y;
	}
	double x = right ? MARGIN + PICTURE_WIDTH + GAP : MARGIN;
	draw_image(paper, frame, x, paper->pair_top, scale);
	paper_show(paper, text, x, paper->pair_top + scale * frame->height + 3, 0x505050);
	double bottom = paper->pair_top + height;
	if (bottom < paper->left_bottom)
		bottom = paper->left_bottom;
	paper->left_bottom = bottom;
	if (right)
		paper_end_pair(paper);
}

void paper_sign(struct paper *paper, const char *caption)
{
	paper_end_pair(paper);
	paper_want(paper, SIGN_HEIGHT);
	paper->y += SIGN_HEIGHT - 20;
	cairo_set_source_rgb(paper->cr, 0.3, 0.3, 0.3);
	cairo_move_to(paper->cr, MARGIN, paper->y);
	cairo_line_to(paper->cr, MARGIN + PICTURE_WIDTH, paper->y);
	cairo_stroke(paper->cr);
	paper_text(paper, PAPER_SMALL, caption);
}

int paper_finish(struct paper *paper)
{
	cairo_destroy(paper->cr);
	cairo_surface_finish(paper->surface);
	bool good = cairo_surface_status(paper->surface) == CAIRO_STATUS_SUCCESS;
	cairo_surface_destroy(paper->surface);
	fonts_give_back(paper->fonts, paper->typesetter);
	free(paper);
	return good ? 0 : -EIO;
}
