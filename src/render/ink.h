/* How high letters are, by ink: fonts put marks outside their own line boxes. Hinted outlines are dear to load, so that
 * only letters that may be the highest or the deepest are, and only at sizes that may fit. */
#ifndef RENDER_INK_H
#define RENDER_INK_H

#include "render/fonts.h"

/* What was measured so far. Thread-safe; nothing is locked while laying out. */
struct inks;
struct inks *inks_create(void);
void inks_destroy(struct inks *inks); /* NULL is fine */

/* Fills in font->ink, that of every Vietnamese letter and ASCII. */
void inks_measure(struct inks *inks, struct typesetter *typesetter, struct font *font);
/* An em above which the ink of that outline font (font->pixels is not read) is surely higher than `height` pixels; at
 * most two or three above the largest that fits. >= 0. */
int inks_em_most(struct inks *inks, struct typesetter *typesetter, const struct font *font, int height);

#endif
