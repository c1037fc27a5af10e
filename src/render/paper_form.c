/* The parts that papers of Vietnamese offices have: letterhead, tables with lines, a place to sign (after the layout of
 * Decree 30/2020/ND-CP), and a code by which the paper can be checked. */
#include <stdlib.h>

#include "base/alloc.h"
#include "render/paper_private.h"
#include "render/qr.h"

#define WIDTH	    (PAGE_WIDTH - 2 * MARGIN)
#define HEAD_LEFT   200 /* points */
#define HEAD_SIZE   10
#define CELL_SIZE   9
#define CELL_MARGIN 4
#define CODE_SIDE   88
#define CODE_PIXELS 400
#define SIGN_WIDTH  240
#define SIGN_ROOM   62
#define INK	    0x202020

static double centred(
	struct paper *paper, int size, bool bold, const char *text, double x, double y, double width)
{
	PangoLayout *layout = paper_layout(paper, size, bold, text, width);
	double height = paper_height(layout);

	pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
	paper_show(paper, layout, x, y, INK);
	return height;
}

static void rule(struct paper *paper, double x, double y, double width)
{
	cairo_set_source_rgb(paper->cr, 0.13, 0.13, 0.13);
	cairo_set_line_width(paper->cr, 0.7);
	cairo_move_to(paper->cr, x, y);
	cairo_line_to(paper->cr, x + width, y);
	cairo_stroke(paper->cr);
}

/* Returns its bottom. first_bold: which of the two upper lines weighs more. */
static double head_column(struct paper *paper, const char *const lines[PAPER_HEAD_LINES], double x,
	double width, bool first_bold)
{
	double y = paper->y;

	y += centred(paper, HEAD_SIZE, first_bold, lines[0], x, y, width);
	y += centred(paper, HEAD_SIZE, true, lines[1], x, y, width);
	rule(paper, x + width / 3, y + 4, width / 3);
	y += 9;
	return y + centred(paper, HEAD_SIZE - 1, false, lines[2], x, y, width);
}

void paper_letterhead(struct paper *paper, const char *const left[PAPER_HEAD_LINES],
	const char *const right[PAPER_HEAD_LINES])
{
	double a = head_column(paper, left, MARGIN, HEAD_LEFT, false);
	double b = head_column(paper, right, MARGIN + HEAD_LEFT + GAP, WIDTH - HEAD_LEFT - GAP, true);

	paper->y = (a > b ? a : b) + 18;
}

void paper_centred(struct paper *paper, enum paper_style style, const char *text)
{
	int size = style == PAPER_TITLE ? 16 : style == PAPER_HEADING ? 12 : style == PAPER_TEXT ? 10 : 9;

	paper_end_pair(paper);
	paper_want(paper, size * 2);
	paper->y += centred(paper, size, style == PAPER_TITLE || style == PAPER_HEADING, text, MARGIN,
			    paper->y, WIDTH) +
		    4;
}

/* --- tables */

static double row_height(struct paper *paper, const struct paper_column *columns, size_t count,
	const char *const *cells, bool bold)
{
	double most = 0;

	for (size_t i = 0; i < count; i++) {
		PangoLayout *layout = paper_layout(paper, CELL_SIZE, bold, cells ? cells[i] : columns[i].name,
			columns[i].share * WIDTH - 2 * CELL_MARGIN);
		double height = paper_height(layout);
		most = height > most ? height : most;
		g_object_unref(layout);
	}
	return most + 2 * CELL_MARGIN - 2;
}

/* cells NULL: the columns' names. */
static void table_row(struct paper *paper, const struct paper_column *columns, size_t count,
	const char *const *cells, bool bold, double height)
{
	double x = MARGIN;

	if (!cells) {
		cairo_set_source_rgb(paper->cr, 0.92, 0.92, 0.92);
		cairo_rectangle(paper->cr, MARGIN, paper->y, WIDTH, height);
		cairo_fill(paper->cr);
	}
	for (size_t i = 0; i < count; i++) {
		double width = columns[i].share * WIDTH;
		PangoLayout *layout = paper_layout(paper, CELL_SIZE, bold || !cells,
			cells ? cells[i] : columns[i].name, width - 2 * CELL_MARGIN);
		pango_layout_set_alignment(layout, !cells	      ? PANGO_ALIGN_CENTER
						   : columns[i].right ? PANGO_ALIGN_RIGHT
								      : PANGO_ALIGN_LEFT);
		paper_show(paper, layout, x + CELL_MARGIN, paper->y + CELL_MARGIN - 1, INK);
		cairo_set_source_rgb(paper->cr, 0.45, 0.45, 0.45);
		cairo_set_line_width(paper->cr, 0.5);
		cairo_rectangle(paper->cr, x, paper->y, width, height);
		cairo_stroke(paper->cr);
		x += width;
	}
	paper->y += height;
}

void paper_table(struct paper *paper, const struct paper_column *columns, size_t column_count,
	const char *const *cells, size_t row_count, bool last_bold)
{
	double head = row_height(paper, columns, column_count, NULL, true);

	paper_end_pair(paper);
	paper_want(paper, head + 40);
	table_row(paper, columns, column_count, NULL, true, head);
	for (size_t i = 0; i < row_count; i++) {
		const char *const *row = cells + i * column_count;
		bool bold = last_bold && i + 1 == row_count;
		double height = row_height(paper, columns, column_count, row, bold);
		double before = paper->y;
		paper_want(paper, height);
		if (paper->y < before)
			table_row(paper, columns, column_count, NULL, true, head);
		table_row(paper, columns, column_count, row, bold, height);
	}
	paper->y += 6;
}

/* --- the code, and who signs */

static void draw_code(struct paper *paper, const struct qr *qr, double x, double y)
{
	double module = (double)CODE_SIDE / qr->modules;

	cairo_set_source_rgb(paper->cr, 0, 0, 0);
	for (int row = 0; row < qr->modules; row++)
		for (int column = 0; column < qr->modules; column++)
			if (qr->dark[row * qr->modules + column])
				cairo_rectangle(
					paper->cr, x + column * module, y + row * module, module, module);
	cairo_fill(paper->cr);
}

void paper_code(struct paper *paper, const char *code, const char *beside)
{
	struct qr *qr = NULL;
	bool drawn = qr_create(code, CODE_PIXELS, CODE_PIXELS, &qr, NULL) == 0;
	double x = drawn ? CODE_SIDE + GAP : 0;
	PangoLayout *layout = paper_layout(paper, 8, false, beside, WIDTH - x);
	double height = paper_height(layout);

	if (drawn && height < CODE_SIDE)
		height = CODE_SIDE;
	paper_end_pair(paper);
	paper_want(paper, height + 8);
	if (drawn)
		draw_code(paper, qr, MARGIN, paper->y + 2);
	paper_show(paper, layout, MARGIN + x, paper->y, INK);
	paper->y += height + 8;
	qr_destroy(qr);
}

void paper_signature(struct paper *paper, const char *date, const char *who, const char *how)
{
	double x = PAGE_WIDTH - MARGIN - SIGN_WIDTH;

	paper_end_pair(paper);
	paper_want(paper, SIGN_ROOM + 14);
	paper->y += 2;
	paper->y += centred(paper, 10, false, date, x, paper->y, SIGN_WIDTH) + 2;
	paper->y += centred(paper, 11, true, who, x, paper->y, SIGN_WIDTH);
	paper->y += centred(paper, 9, false, how, x, paper->y, SIGN_WIDTH) + SIGN_ROOM - 30;
}
