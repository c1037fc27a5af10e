/* Where a Vietnamese paragraph may be broken, and how gladly. Pure, but for pango's table of characters. */
#ifndef RENDER_WORDS_H
#define RENDER_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct word {		      /* what no line break may divide */
	size_t begin, end;    /* bytes of the text, blanks around it not counted */
	float penalty, alone; /* as in render/wrap.h */
};

/* The words of one paragraph, without line breaks: Unicode's line breaking (UAX 14: never at a no-break space, never
 * between a word and its punctuation), and besides: a dash or another sign that stands by itself stays with what is
 * before it, a bullet or a number of a list with what follows. A break costs more inside a number with its unit, a
 * name, or a word of two syllables that offices use. ret_words has room for one word a byte. Returns their count. */
size_t words_find(const char *text, size_t size, struct word *ret_words);

/* Whether two syllables, in lower case, are one such word: `hồ`, `sơ`. */
bool words_compound(const char *first, const char *second);

#endif
