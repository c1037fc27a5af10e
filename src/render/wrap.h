/* Breaking a paragraph into lines that are evenly long. Pure arithmetic; what a word is, typeset.c knows.
 *
 * The least number of lines in which the paragraph fits, and with that number the breaks whose sum of costs is least:
 * a line costs the square of the share of the width that it leaves empty, a break what its place costs (total fit, as
 * Knuth and Plass, Breaking Paragraphs into Lines, 1981; without stretching).
 */
#ifndef RENDER_WRAP_H
#define RENDER_WRAP_H

#include <stdbool.h>
#include <stddef.h>

struct wrap_word {	/* what no line break may divide */
	int start, end; /* pixels along the unbroken line, blanks around it not counted */
	float penalty;	/* of a break after it, in costs: a line that is quite empty costs 1 */
	float alone;	/* of its being all of the last line */
};

/* Fills ends[k] with one past the last word of line k; ends has room for count. Returns how many lines, 0 for no words.
 * A word wider than width has its line to itself; no other line is wider. */
size_t wrap_balance(const struct wrap_word *words, size_t count, int width, size_t *ret_ends);

#endif
