/* What somebody has to read of a text that was set: numbers for the load gate. */
#ifndef RENDER_READING_H
#define RENDER_READING_H

#include "render/scene.h"
#include "render/typeset.h"

/* Fills in scene->reading, of a scene whose motion is set. */
void reading_take(struct scene *scene, const struct fitted *fitted, const char *text);
/* Runs of letters and digits: what is read one after the other in Vietnamese, a written syllable, or a part of an
 * address. */
size_t reading_syllables(const char *text, size_t size);

#endif
