/* A printed report: text, rows of a table and pictures, from the top of the first A4 page on, as PDF. One thread. */
#ifndef RENDER_PAPER_H
#define RENDER_PAPER_H

#include "render/render.h"

struct paper;

enum paper_style { PAPER_TITLE, PAPER_HEADING, PAPER_TEXT, PAPER_SMALL };

/* path is written when the paper is finished. fonts outlive it. -EIO: there cannot be a page. */
int paper_create(struct fonts *fonts, const char *path, struct paper **ret_paper);
/* A paragraph, wrapped. */
void paper_text(struct paper *paper, enum paper_style style, const char *text);
/* A line of a table: what, the value (wrapped, colour 0xRRGGBB). */
void paper_row(struct paper *paper, const char *what, const char *value, uint32_t colour);
/* Two side by side; the caption below. */
void paper_picture(struct paper *paper, const struct frame *frame, const char *caption);
void paper_sign(struct paper *paper, const char *caption); /* room for a name and a signature */

/* --- what a paper of an office has (paper_form.c) */

/* Two columns on top, each line centred: the office left, the state right; the last line of each is smaller. A rule stands
 * below the second line. */
#define PAPER_HEAD_LINES 3
void paper_letterhead(struct paper *paper, const char *const left[PAPER_HEAD_LINES],
	const char *const right[PAPER_HEAD_LINES]);
void paper_centred(struct paper *paper, enum paper_style style, const char *text);
struct paper_column {
	const char *name;
	double share; /* of the width */
	bool right;   /* numbers */
};
/* cells: row by row; the columns' names again on every page. last_bold: the last row is a sum. */
void paper_table(struct paper *paper, const struct paper_column *columns, size_t column_count,
	const char *const *cells, size_t row_count, bool last_bold);
/* A QR code with a text beside it; the text alone where no code holds so much. */
void paper_code(struct paper *paper, const char *code, const char *beside);
/* Who signs, right of the middle: a line about place and date, the office, and how; room for a name below. */
void paper_signature(struct paper *paper, const char *date, const char *who, const char *how);
/* Frees. 0, or -EIO: the file could not be written. */
int paper_finish(struct paper *paper);

#endif
