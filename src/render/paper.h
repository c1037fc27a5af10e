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
/* Frees. 0, or -EIO: the file could not be written. */
int paper_finish(struct paper *paper);

#endif
