/* What somebody has to read of a text that was set: numbers for the load gate. */
#ifndef RENDER_READING_H
#define RENDER_READING_H

#include "render/scene.h"
#include "render/typeset.h"

/* Of a part whose motion is set, on a display of that rate. */
void reading_take(const struct part *part, int32_t rate, const struct fitted *fitted, const char *text,
	struct reading *ret_reading);
/* Runs of letters and digits: what is read one after the other in Vietnamese, a written syllable, or a part of an
 * address. */
size_t reading_syllables(const char *text, size_t size);

#endif
