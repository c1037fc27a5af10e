/* A passage broken into lines: the text anew, with a line break at the end of each. Pure. */
#ifndef RENDER_LINES_H
#define RENDER_LINES_H

#include "render/passage.h"

/* places: where each byte of the text begins, in pixels along its unbroken paragraph, and one past the last where it
 * ends. What does not begin a line any more, blanks at a break, is gone. The caller finishes what it gets. */
struct marked break_lines(const struct passage *passage, const int *places, int width);

#endif
