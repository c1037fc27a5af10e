/* A text before it is set: read once, however many sizes are tried. */
#ifndef RENDER_PASSAGE_H
#define RENDER_PASSAGE_H

#include "base/emphasis.h"
#include "render/fonts.h"
#include "render/words.h"

/* A text without its marks, and where they were. */
struct marked {
	char *text;
	struct run { /* ascending, apart */
		size_t begin, end;
		struct emphasis look; /* never plain */
	} * runs;
	size_t count, capacity;
	bool bold; /* some of it is */
};

struct passage {
	struct marked marked;
	bool line;		    /* all of it on one line: breaks are spaces */
	unsigned covering;	    /* fonts_covering */
	bool regular;		    /* render/widths.h knows how wide its words are */
	struct paragraph {	    /* as line breaks part it; none where it is one line */
		size_t begin, end;  /* bytes */
		struct word *words; /* their places are counted from its begin */
		size_t count;
	} * paragraphs;
	size_t count, capacity;
};

/* text is only read during the call. Pure, but for the fonts' coverage. */
void passage_read(struct passage *passage, const struct fonts *fonts, const char *text, bool line);
void passage_finish(struct passage *passage);
struct marked marked_copy(const struct marked *marked);
void marked_finish(struct marked *marked); /* all zero is fine, and left */

#endif
